//! Linear and logarithmic scales, and the round numbers at which they carry ticks.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::facts::Unit;
use crate::language::Language;

/// How an axis spaces its values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Spacing {
    /// Equal differences, equal distances.
    #[default]
    Linear,
    /// Equal ratios, equal distances.
    Log,
}

/// The least and the greatest value that an axis has to show.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// The least value; infinity when there is none.
    pub low: f64,
    /// The greatest value; minus infinity when there is none.
    pub high: f64,
}

impl Default for Extent {
    fn default() -> Self {
        Self { low: f64::INFINITY, high: f64::NEG_INFINITY }
    }
}

impl Extent {
    /// Widens the extent to a value.
    pub fn take(&mut self, value: f64) {
        self.low = self.low.min(value);
        self.high = self.high.max(value);
    }

    /// Widens the extent to another one.
    pub fn join(&mut self, other: Self) {
        self.take(other.low);
        self.take(other.high);
    }
}

/// A scale from values to shares of the length of an axis.
#[derive(Clone, Debug)]
pub struct Scale {
    language: Language,
    spacing: Spacing,
    low: f64,
    high: f64,
    ticks: Vec<f64>,
}

/// Room beside the outermost values of a scale whose ends are no ticks, as a share of its length.
const PADDING: f64 = 0.04;

impl Scale {
    /// Returns a scale whose ends and ticks are round numbers, about `wanted` of them.
    pub fn round(spacing: Spacing, extent: Extent, wanted: usize) -> Self {
        match spacing {
            Spacing::Linear => Self::linear(extent, wanted.max(1)),
            Spacing::Log => Self::logarithmic(extent),
        }
    }

    /// Returns a scale whose ticks are the values themselves, with some room at its ends.
    pub fn at(spacing: Spacing, extent: Extent, mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        values.dedup();
        let [low, high] = match spacing {
            Spacing::Linear => {
                let room = (extent.high - extent.low).max(f64::MIN_POSITIVE) * PADDING;
                [extent.low - room, extent.high + room]
            }
            Spacing::Log => {
                let room = (extent.high / extent.low).max(1.01).powf(PADDING);
                [extent.low / room, extent.high * room]
            }
        };
        Self { language: Language::English, spacing, low, high, ticks: values }
    }

    fn linear(Extent { low, mut high }: Extent, wanted: usize) -> Self {
        if high <= low {
            high = low + if low == 0.0 { 1.0 } else { low.abs() };
        }
        let step = round_step((high - low) / wanted as f64);
        // A hair of tolerance keeps 0.30000000000000004 from opening another step.
        let first = (low / step + 1e-9).floor();
        let last = (high / step - 1e-9).ceil();
        let ticks = (0..=(last - first) as usize).map(|index| (first + index as f64) * step).collect();
        Self {
            language: Language::English,
            spacing: Spacing::Linear,
            low: first * step,
            high: last * step,
            ticks,
        }
    }

    fn logarithmic(extent: Extent) -> Self {
        let first = extent.low.log10().floor() as i32;
        let last = extent.high.log10().ceil() as i32;
        let candidates: Vec<f64> =
            (first..=last).flat_map(|power| [1.0, 2.0, 5.0].map(|digit| decimal(digit, power))).collect();
        let tolerance = 1.0 + 1e-9;
        let below = candidates.iter().rev().find(|&&tick| tick <= extent.low * tolerance);
        let above = candidates.iter().find(|&&tick| tick * tolerance >= extent.high);
        let low = below.copied().unwrap_or(extent.low);
        let mut high = above.copied().unwrap_or(extent.high);
        if high <= low {
            high = low * 10.0;
        }
        let decades = (high / low).log10();
        let inside = candidates.into_iter().filter(|&tick| tick >= low && tick <= high * tolerance);
        let ticks = if decades > 2.4 {
            let every = 1 + (decades / 7.0) as i32;
            inside
                .filter(|tick| {
                    let power = tick.log10();
                    (power - power.round()).abs() < 1e-9 && power.round() as i32 % every == 0
                })
                .collect()
        } else {
            inside.collect()
        };
        Self { language: Language::English, spacing: Spacing::Log, low, high, ticks }
    }

    /// Returns the same with labels in a language.
    #[must_use]
    pub fn labelled(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// Returns where a value stands, from 0 at the low end to 1 at the high end.
    pub fn position(&self, value: f64) -> f64 {
        match self.spacing {
            Spacing::Linear => (value - self.low) / (self.high - self.low),
            Spacing::Log => (value / self.low).ln() / (self.high / self.low).ln(),
        }
    }

    /// Returns where bars begin: at zero on a linear scale, at the low end of a logarithmic one.
    pub fn base(&self) -> f64 {
        match self.spacing {
            Spacing::Linear => 0.0_f64.clamp(self.low, self.high),
            Spacing::Log => self.low,
        }
    }

    /// Returns the ticks, in rising order.
    pub fn ticks(&self) -> &[f64] {
        &self.ticks
    }

    /// Returns the text of a tick, with as many decimals as its neighbours need.
    pub fn label(&self, tick: f64) -> String {
        let need = |value: f64| {
            (0..9_usize).find(|&decimals| {
                let scaled = value * 10_f64.powi(decimals as i32);
                (scaled - scaled.round()).abs() <= 1e-6 * scaled.abs().max(1e-3)
            })
        };
        let own = match self.spacing {
            Spacing::Linear => self.ticks.iter().filter_map(|&tick| need(tick)).max(),
            Spacing::Log => need(tick),
        };
        number(self.language, &Unit::ONE.digits(tick + 0.0, Some(own.unwrap_or(2))))
    }
}

/// Returns a number with the signs of a language, as far as the font of drawings has them: it has no narrow space.
pub fn number(language: Language, text: &str) -> String {
    language.number(text).replace('\u{202f}', "\u{a0}")
}

/// Returns the number `digit` times ten to a power, exact where a decimal number is.
fn decimal(digit: f64, power: i32) -> f64 {
    if power < 0 { digit / 10_f64.powi(-power) } else { digit * 10_f64.powi(power) }
}

/// Returns the smallest of 1, 2 and 5 times a power of ten that is at least `rough`.
fn round_step(rough: f64) -> f64 {
    let power = rough.max(f64::MIN_POSITIVE).log10().floor() as i32;
    let steps = [decimal(1.0, power), decimal(2.0, power), decimal(5.0, power), decimal(1.0, power + 1)];
    steps.into_iter().find(|step| *step >= rough * (1.0 - 1e-9)).unwrap_or(rough)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(spacing: Spacing, low: f64, high: f64, expected: &[&str]) {
        let scale = Scale::round(spacing, Extent { low, high }, 5);
        let labels: Vec<String> = scale.ticks().iter().map(|&tick| scale.label(tick)).collect();
        assert_eq!(labels, expected);
    }

    #[test]
    fn linear_ticks_are_round_and_enclose_the_values() {
        check(Spacing::Linear, 0.0, 1.75, &["0.0", "0.5", "1.0", "1.5", "2.0"]);
        check(Spacing::Linear, 0.0, 100.0, &["0", "20", "40", "60", "80", "100"]);
        check(Spacing::Linear, -0.3, 0.3, &["-0.4", "-0.2", "0.0", "0.2", "0.4"]);
    }

    #[test]
    fn logarithmic_ticks_are_powers_of_ten_or_one_two_five() {
        check(Spacing::Log, 0.004, 26.0, &["0.01", "0.1", "1", "10"]);
        check(Spacing::Log, 0.6, 7.0, &["0.5", "1", "2", "5", "10"]);
        check(Spacing::Log, 64.0, 4096.0, &["50", "100", "200", "500", "1000", "2000", "5000"]);
    }

    #[test]
    fn labels_have_the_signs_of_their_language() {
        let scale =
            Scale::round(Spacing::Linear, Extent { low: 0.0, high: 1.5 }, 3).labelled(Language::German);
        assert_eq!(
            scale.ticks().iter().map(|&tick| scale.label(tick)).collect::<Vec<_>>(),
            ["0,0", "0,5", "1,0", "1,5"]
        );
        let scale =
            Scale::round(Spacing::Linear, Extent { low: 0.0, high: 20_000.0 }, 2).labelled(Language::German);
        assert_eq!(scale.label(20_000.0), "20\u{a0}000");
    }

    #[test]
    fn a_ratio_has_one_length_on_a_logarithmic_scale() {
        let scale = Scale::round(Spacing::Log, Extent { low: 1.0, high: 1000.0 }, 5);
        assert!((scale.position(10.0) - 1.0 / 3.0).abs() < 1e-12);
        assert!((scale.position(1000.0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_single_value_has_a_scale_too() {
        let scale = Scale::round(Spacing::Linear, Extent { low: 0.0, high: 0.0 }, 5);
        assert!(scale.position(0.0).abs() < 1e-12 && scale.ticks().len() > 1);
    }
}
