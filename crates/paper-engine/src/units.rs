//! Units and grades of quantities; printing and rounding rules.

use serde::{Deserialize, Serialize};

/// How a fact came about; every table and number shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// From the machine's published structure alone.
    Computed,
    /// Computed, but an input is assumed; the interval shows what that does.
    Assumption,
    /// Arithmetic on a published result: agreeing with what was published is no evidence.
    #[serde(rename = "derived from published")]
    Derived,
    /// Only cited, never ours.
    Quoted,
}

impl Grade {
    /// The word that stands in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Computed => "computed",
            Self::Assumption => "assumption",
            Self::Derived => "derived from published",
            Self::Quoted => "quoted",
        }
    }

    /// The same where a reader has a sentence before them and no legend.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Assumption => "computed from an assumption",
            other => other.word(),
        }
    }

    /// The mark that stands behind a number in a table.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Computed => "",
            Self::Assumption => "†",
            Self::Derived => "§",
            Self::Quoted => "‡",
        }
    }
}

/// What a quantity is measured in; the key is what `facts.json` and `model.yaml` write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// A whole number of things.
    #[serde(rename = "count")]
    Count,
    /// A dimensionless number.
    #[serde(rename = "1")]
    One,
    /// A ratio of two like quantities, printed with a times sign.
    #[serde(rename = "x")]
    Times,
    /// A fraction, printed in per cent.
    #[serde(rename = "fraction")]
    Fraction,
    /// Hops between nodes.
    #[serde(rename = "hops")]
    Hops,
    /// Links.
    #[serde(rename = "links")]
    Links,
    /// 10^9 bytes a second.
    #[serde(rename = "GB/s")]
    GigabytesPerSecond,
    /// 10^12 bytes a second.
    #[serde(rename = "TB/s")]
    TerabytesPerSecond,
    /// 2^30 bytes.
    #[serde(rename = "GiB")]
    Gibibytes,
    /// 2^40 bytes.
    #[serde(rename = "TiB")]
    Tebibytes,
    /// Hours.
    #[serde(rename = "h")]
    Hours,
    /// Minutes.
    #[serde(rename = "min")]
    Minutes,
    /// Seconds.
    #[serde(rename = "s")]
    Seconds,
    /// Milliseconds.
    #[serde(rename = "ms")]
    Milliseconds,
    /// Microseconds.
    #[serde(rename = "us")]
    Microseconds,
    /// Nanoseconds.
    #[serde(rename = "ns")]
    Nanoseconds,
    /// Cycles of a clock.
    #[serde(rename = "cycles")]
    Cycles,
    /// 10^6 cycles a second.
    #[serde(rename = "MHz")]
    Megahertz,
    /// 10^9 elements a second.
    #[serde(rename = "Gelem/s")]
    GigaelementsPerSecond,
    /// 10^3 megawatt-hours.
    #[serde(rename = "GWh")]
    GigawattHours,
    /// 10^3 watts.
    #[serde(rename = "kW")]
    Kilowatts,
    /// 1000 kilograms.
    #[serde(rename = "t")]
    Tonnes,
    /// Watts.
    #[serde(rename = "W")]
    Watts,
    /// Kilograms of carbon dioxide equivalent for each kilowatt-hour.
    #[serde(rename = "kg/kWh")]
    KilogramsPerKilowattHour,
    /// 10^12 floating-point operations a second.
    #[serde(rename = "Tflop/s")]
    Teraflops,
    /// Floating-point operations for each byte of memory traffic.
    #[serde(rename = "flop/B")]
    FlopsPerByte,
    /// Sequences a second.
    #[serde(rename = "seq/s")]
    SequencesPerSecond,
    /// Bytes.
    #[serde(rename = "B")]
    Bytes,
    /// 2^20 bytes.
    #[serde(rename = "MiB")]
    Mebibytes,
    /// No quantity: a text such as a coordinate.
    #[serde(rename = "text")]
    Text,
}

impl Unit {
    /// The key that `model.yaml` and `facts.json` write.
    pub fn key(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::One => "1",
            Self::Times => "x",
            Self::Fraction => "fraction",
            Self::Text => "text",
            Self::Microseconds => "us",
            _ => self.symbol(),
        }
    }

    /// The unit's symbol behind a number; empty for plain numbers.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Count | Self::One | Self::Text => "",
            Self::Times => "×",
            Self::Fraction => "%",
            Self::Hops => "hops",
            Self::Links => "links",
            Self::GigabytesPerSecond => "GB/s",
            Self::TerabytesPerSecond => "TB/s",
            Self::Gibibytes => "GiB",
            Self::Tebibytes => "TiB",
            Self::Hours => "h",
            Self::Minutes => "min",
            Self::Seconds => "s",
            Self::Milliseconds => "ms",
            Self::Microseconds => "µs",
            Self::Nanoseconds => "ns",
            Self::Cycles => "cycles",
            Self::Megahertz => "MHz",
            Self::GigaelementsPerSecond => "Gelem/s",
            Self::GigawattHours => "GWh",
            Self::Kilowatts => "kW",
            Self::Tonnes => "t",
            Self::Watts => "W",
            Self::KilogramsPerKilowattHour => "kg/kWh",
            Self::Teraflops => "Tflop/s",
            Self::FlopsPerByte => "flop/B",
            Self::SequencesPerSecond => "seq/s",
            Self::Bytes => "B",
            Self::Mebibytes => "MiB",
        }
    }

    /// A value of this unit in digits alone, for tables whose header carries the symbol.
    pub fn digits(self, number: f64, digits: Option<usize>) -> String {
        let number = self.scaled(number);
        let decimals = self.decimals(number, digits);
        group_thousands(&format!("{number:.decimals$}"))
    }

    /// The same for a number that is known within an error: with the most decimals, at most so many, of which the
    /// error is no more than half a unit, so that the last digit is off by one at most. One that is not even known
    /// to a whole is rounded to tens, hundreds and so on; one whose first digit is not known keeps that.
    pub fn certain_digits(self, number: f64, error: f64, digits: Option<usize>) -> String {
        let (number, error) = (self.scaled(number), self.scaled(error).abs());
        let most = self.decimals(number, digits) as i32;
        let least = -magnitude(number);
        let is_certain = |places: &i32| 2.0 * error <= 10_f64.powi(-places);
        let places = (least..=most).rev().find(is_certain).unwrap_or(least.min(most));
        group_thousands(&rounded(number, places))
    }

    /// The number as it is printed: a fraction in per cent.
    fn scaled(self, number: f64) -> f64 {
        if self == Self::Fraction { number * 100.0 } else { number }
    }

    /// The decimals of a scaled number: those asked for, none for what is counted, or three significant digits.
    fn decimals(self, number: f64, digits: Option<usize>) -> usize {
        let whole =
            matches!(self, Self::Count | Self::Links) || (number.fract() == 0.0 && self != Self::Times);
        digits.unwrap_or(if whole { 0 } else { (2 - magnitude(number)).clamp(0, 9) as usize })
    }

    /// Digits that are already text, with the unit as a reader sees it in running text.
    pub fn with_symbol(self, digits: String) -> String {
        match self {
            Self::Count | Self::One | Self::Text => digits,
            Self::Times => format!("{digits}×"),
            _ => format!("{digits}\u{a0}{}", self.symbol()),
        }
    }

    /// A value of this unit as a reader sees it in running text.
    pub fn display(self, number: f64, digits: Option<usize>) -> String {
        self.with_symbol(self.digits(number, digits))
    }
}

/// The power of ten of the first digit.
fn magnitude(number: f64) -> i32 {
    if number == 0.0 { 0 } else { number.abs().log10().floor() as i32 }
}

/// A number with so many decimals; for fewer than none, whole and rounded to that power of ten.
fn rounded(number: f64, places: i32) -> String {
    if places >= 0 {
        return format!("{number:.0$}", places as usize);
    }
    let step = 10_f64.powi(-places);
    format!("{:.0}", (number / step).round() * step)
}

fn group_thousands(text: &str) -> String {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(w, f)| (w, Some(f)));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |rest| ("-", rest));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 && whole.len() > 4 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let fraction = fraction.map_or(String::new(), |f| format!(".{f}"));
    format!("{sign}{grouped}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_certain_digits_are_printed() {
        let check = |number, error, digits, expected: &str| {
            assert_eq!(Unit::Milliseconds.certain_digits(number, error, digits), expected);
        };
        check(7.7123, 0.001, None, "7.71");
        check(7.7123, 0.02, None, "7.7");
        check(7.7123, 0.0, Some(4), "7.7123");
        check(7.7049, 0.004, None, "7.70");
        check(7.7, 0.3, None, "8");
        check(7.7, 30.0, None, "8");
        check(12_345.0, 20.0, None, "12,300");
        check(0.1234, 0.01, None, "0.1");
        assert_eq!(Unit::Fraction.certain_digits(0.977_12, 0.0006, None), "98");
    }

    fn check(unit: Unit, number: f64, digits: Option<usize>, expected: &str) {
        assert_eq!(unit.display(number, digits), expected);
    }

    #[test]
    fn numbers_print_with_their_unit() {
        check(Unit::Count, 4096.0, None, "4096");
        check(Unit::Count, 65536.0, None, "65,536");
        check(Unit::Times, 1.745_49, None, "1.75×");
        check(Unit::Times, 1.745_49, Some(1), "1.7×");
        check(Unit::Fraction, 0.05, None, "5\u{a0}%");
        check(Unit::Hops, 3.4646, Some(4), "3.4646\u{a0}hops");
        check(Unit::One, -0.0125, None, "-0.0125");
    }
}
