//! Linear and logarithmic scales, and the round numbers at which they carry ticks.

use schemars::JsonSchema;
use serde::Deserialize;

use super::time;
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
    /// Dates such as 2024-01-31, in charts of rows.
    Time,
    /// Words side by side, in charts of rows.
    Category,
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
    /// What stands at each tick in place of its number.
    names: Vec<String>,
}

/// How little two ends may differ, as a share of the greater one, for a scale to lie between them.
const LEAST: f64 = 1e-12;
/// From where on numbers are written with a power of ten, and below which step they are.
const LARGE: f64 = 1e9;
const SMALL: f64 = 1e-6;
/// Room beside the outermost values of a scale whose ends are no ticks, as a share of its length.
const PADDING: f64 = 0.04;

impl Scale {
    /// Returns a scale whose ends and ticks are round numbers, about `wanted` of them.
    pub fn round(spacing: Spacing, extent: Extent, wanted: usize) -> Self {
        let wanted = wanted.max(1);
        match spacing {
            Spacing::Log => Self::logarithmic(extent),
            Spacing::Time => Self::time(extent, wanted),
            Spacing::Linear | Spacing::Category => Self::linear(extent, wanted),
        }
    }

    /// Returns a scale of words side by side.
    pub fn of_names(names: Vec<String>) -> Self {
        let ticks: Vec<f64> = (0..names.len()).map(|place| place as f64).collect();
        let high = names.len().max(1) as f64 - 0.5;
        Self { language: Language::English, spacing: Spacing::Category, low: -0.5, high, ticks, names }
    }

    fn time(Extent { low, high }: Extent, wanted: usize) -> Self {
        // A single day has the days around it.
        let room = if high > low { (high - low) * PADDING } else { 86_400.0 };
        let [low, high] = if low <= high { [low - room, high + room] } else { [0.0, 86_400.0] };
        // Labels of dates are wide.
        let (ticks, names) = time::ticks(low, high, (wanted * 2 / 3).max(2)).into_iter().unzip();
        Self { language: Language::English, spacing: Spacing::Time, low, high, ticks, names }
    }

    /// Returns a scale whose ticks are the values themselves, with some room at its ends.
    pub fn at(spacing: Spacing, extent: Extent, mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        values.dedup();
        let [low, high] = match spacing {
            Spacing::Linear | Spacing::Time | Spacing::Category => {
                let range = extent.high - extent.low;
                let room = if range > 0.0 { range * PADDING } else { extent.low.abs().max(1.0) / 2.0 };
                [extent.low - room, extent.high + room]
            }
            Spacing::Log => {
                let room = (extent.high / extent.low).max(1.01).powf(PADDING);
                [extent.low / room, extent.high * room]
            }
        };
        Self { language: Language::English, spacing, low, high, ticks: values, names: Vec::new() }
    }

    fn linear(Extent { low, mut high }: Extent, wanted: usize) -> Self {
        let low = if low.is_finite() { low } else { 0.0 };
        if high - low <= LEAST * low.abs() || !high.is_finite() {
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
            names: Vec::new(),
        }
    }

    fn logarithmic(extent: Extent) -> Self {
        let extent = if extent.low <= extent.high { extent } else { Extent { low: 1.0, high: 10.0 } };
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
        Self { language: Language::English, spacing: Spacing::Log, low, high, ticks, names: Vec::new() }
    }

    /// Returns the same with labels in a language.
    #[must_use]
    pub fn labelled(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// Returns where a value stands, from 0 at the low end to 1 at the high end.
    pub fn position(&self, value: f64) -> f64 {
        match self.spacing {
            Spacing::Linear | Spacing::Time | Spacing::Category => {
                (value - self.low) / (self.high - self.low)
            }
            Spacing::Log => (value / self.low).ln() / (self.high / self.low).ln(),
        }
    }

    /// Returns where bars begin: at zero on a linear scale, at the low end of a logarithmic one.
    pub fn base(&self) -> f64 {
        match self.spacing {
            Spacing::Linear => 0.0_f64.clamp(self.low, self.high),
            Spacing::Log | Spacing::Time | Spacing::Category => self.low,
        }
    }

    /// Returns the ticks, in rising order.
    pub fn ticks(&self) -> &[f64] {
        &self.ticks
    }

    /// Returns the text of a tick, with as many decimals as its neighbours need.
    pub fn label(&self, tick: f64) -> String {
        let named = self.ticks.iter().zip(&self.names).find(|(own, _)| **own == tick);
        if let Some((_, name)) = named {
            return name.clone();
        }
        let is_extreme = match self.spacing {
            Spacing::Log => !(SMALL..LARGE).contains(&tick),
            _ => {
                let step = self.ticks.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
                step < SMALL || self.low.abs().max(self.high.abs()) >= LARGE
            }
        };
        if is_extreme && tick != 0.0 {
            return power_of_ten(self.language, tick);
        }
        let need = |value: f64| {
            (0..9_usize).find(|&decimals| {
                let scaled = value * 10_f64.powi(decimals as i32);
                (scaled - scaled.round()).abs() <= 1e-6 * scaled.abs().max(1e-3)
            })
        };
        let own = match self.spacing {
            Spacing::Log => need(tick),
            _ => self.ticks.iter().filter_map(|&tick| need(tick)).max(),
        };
        number(self.language, &Unit::ONE.digits(tick + 0.0, Some(own.unwrap_or(2))))
    }
}

/// Returns a number with the signs of a language, as far as the font of drawings has them: it has no narrow space.
pub fn number(language: Language, text: &str) -> String {
    language.number(text).replace('\u{202f}', "\u{a0}")
}

/// Returns a number with a power of ten, such as `2e12`, without what its steps rounded wrongly.
fn power_of_ten(language: Language, tick: f64) -> String {
    let text = format!("{tick:.6e}");
    let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    format!("{}e{power}", number(language, digits))
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
    fn numbers_that_are_far_from_one_have_a_power_of_ten() {
        check(Spacing::Linear, 0.0, 4e-12, &["0", "1e-12", "2e-12", "3e-12", "4e-12"]);
        check(Spacing::Linear, 0.0, 4e12, &["0", "1e12", "2e12", "3e12", "4e12"]);
        check(Spacing::Log, 1e-9, 1e-7, &["1e-9", "2e-9", "5e-9", "1e-8", "2e-8", "5e-8", "1e-7"]);
        // Neither ends that a number cannot tell apart nor none at all have no ticks or too many.
        for (low, high) in [(1e17, 1e17 + 16.0), (1.0, 1.0 + 1e-15), (f64::INFINITY, f64::NEG_INFINITY)] {
            for spacing in [Spacing::Linear, Spacing::Log, Spacing::Time] {
                let scale = Scale::round(spacing, Extent { low, high }, 5);
                assert!(scale.ticks().len() < 20 && scale.high > scale.low, "{low} {high} {scale:?}");
            }
        }
    }

    #[test]
    fn a_single_value_has_a_scale_too() {
        let scale = Scale::round(Spacing::Linear, Extent { low: 0.0, high: 0.0 }, 5);
        assert!(scale.position(0.0).abs() < 1e-12 && scale.ticks().len() > 1);
    }
}
