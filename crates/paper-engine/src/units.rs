//! Units and grades of quantities; printing and rounding rules.

mod parse;

use std::borrow::Cow;
use std::fmt;
use std::sync::RwLock;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use parse::{Dimensions, Size};

/// How a fact came about; every table and number shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// From the machine's published structure alone.
    Computed,
    /// Computed, but an input is assumed; the interval shows what that does.
    Assumption,
    /// Arithmetic on a published result: agreeing with what was published is no evidence.
    #[serde(rename = "derived from published")]
    Derived,
    /// Taken of an author's own results.
    Measured,
    /// Only cited, never ours.
    Quoted,
}

impl Grade {
    /// Returns the word that stands in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Computed => "computed",
            Self::Assumption => "assumption",
            Self::Derived => "derived from published",
            Self::Measured => "measured",
            Self::Quoted => "quoted",
        }
    }

    /// Returns the mark that stands behind a number in a table.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Computed => "",
            Self::Assumption => "†",
            Self::Derived => "§",
            Self::Measured => "",
            Self::Quoted => "‡",
        }
    }
}

/// What a quantity is measured in: the key that files write, the symbol that readers see, how numbers of it
/// print, and what it measures.
///
/// The engine has the constants below; a study declares its own as values of the same type.
#[derive(Clone, Copy)]
pub struct Unit {
    key: &'static str,
    symbol: &'static str,
    style: Style,
    measures: &'static str,
    size: f64,
}

/// How numbers of a unit print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// With three significant digits, the symbol behind it.
    Plain,
    /// Without decimals: things that are counted.
    Whole,
    /// With a times sign, and decimals even where the number is whole.
    Times,
    /// In per cent.
    Fraction,
    /// The number alone.
    Bare,
}

/// A unit that an author names: a thing of its own kind.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "NewUnit")]
pub struct UnitSpec {
    /// What readers see behind a number; its own name where nothing is said.
    pub symbol: Option<String>,
    /// Whether it is counted, so that numbers of it print without decimals.
    pub counted: bool,
}

/// The units that studies have declared, which files may write.
static DECLARED: RwLock<Vec<Unit>> = RwLock::new(Vec::new());

/// The units that papers declare, and those that were made of others: any file may write them, and no list has them.
static MET: RwLock<Vec<Unit>> = RwLock::new(Vec::new());

const KIB: f64 = 1024.0;

impl Unit {
    /// A whole number of things.
    pub const COUNT: Self = Self { symbol: "", style: Style::Whole, ..Self::of("count", "number", 1.0) };
    /// A dimensionless number.
    pub const ONE: Self = Self { symbol: "", style: Style::Bare, ..Self::of("1", "plain number", 1.0) };
    /// A ratio of two like quantities, printed with a times sign.
    pub const TIMES: Self = Self { symbol: "×", style: Style::Times, ..Self::of("x", "ratio", 1.0) };
    /// A fraction, printed in per cent.
    pub const FRACTION: Self =
        Self { symbol: "%", style: Style::Fraction, ..Self::of("fraction", "share", 1.0) };
    /// No quantity: a text such as a coordinate.
    pub const TEXT: Self = Self { symbol: "", style: Style::Bare, ..Self::of("text", "text", 1.0) };
    /// Hours.
    pub const HOURS: Self = Self::of("h", TIME, 3600e9);
    /// Minutes.
    pub const MINUTES: Self = Self::of("min", TIME, 60e9);
    /// Seconds.
    pub const SECONDS: Self = Self::of("s", TIME, 1e9);
    /// Milliseconds.
    pub const MILLISECONDS: Self = Self::of("ms", TIME, 1e6);
    /// Microseconds.
    pub const MICROSECONDS: Self = Self { symbol: "µs", ..Self::of("us", TIME, 1e3) };
    /// Nanoseconds.
    pub const NANOSECONDS: Self = Self::of("ns", TIME, 1.0);
    /// 10^6 a second.
    pub const MEGAHERTZ: Self = Self::of("MHz", "1/time", 1e-3);
    /// Bytes.
    pub const BYTES: Self = Self::of("B", BYTES, 1.0);
    /// 2^20 bytes.
    pub const MEBIBYTES: Self = Self::of("MiB", BYTES, KIB * KIB);
    /// 2^30 bytes.
    pub const GIBIBYTES: Self = Self::of("GiB", BYTES, KIB * KIB * KIB);
    /// 2^40 bytes.
    pub const TEBIBYTES: Self = Self::of("TiB", BYTES, KIB * KIB * KIB * KIB);
    /// 10^9 bytes a second.
    pub const GIGABYTES_PER_SECOND: Self = Self::of("GB/s", "bytes/time", 1.0);
    /// 10^12 bytes a second.
    pub const TERABYTES_PER_SECOND: Self = Self::of("TB/s", "bytes/time", 1e3);
    /// Watts.
    pub const WATTS: Self = Self::of("W", "energy/time", 1.0);
    /// 10^3 watts.
    pub const KILOWATTS: Self = Self::of("kW", "energy/time", 1e3);
    /// 10^3 megawatt-hours.
    pub const GIGAWATT_HOURS: Self = Self::of("GWh", ENERGY, 3600e18);
    /// 1000 kilograms.
    pub const TONNES: Self = Self::of("t", "mass", 1e3);

    /// The units that every paper may use.
    const OWN: [Self; 22] = [
        Self::COUNT,
        Self::ONE,
        Self::TIMES,
        Self::FRACTION,
        Self::TEXT,
        Self::HOURS,
        Self::MINUTES,
        Self::SECONDS,
        Self::MILLISECONDS,
        Self::MICROSECONDS,
        Self::NANOSECONDS,
        Self::MEGAHERTZ,
        Self::BYTES,
        Self::MEBIBYTES,
        Self::GIBIBYTES,
        Self::TEBIBYTES,
        Self::GIGABYTES_PER_SECOND,
        Self::TERABYTES_PER_SECOND,
        Self::WATTS,
        Self::KILOWATTS,
        Self::GIGAWATT_HOURS,
        Self::TONNES,
    ];

    /// Returns a unit of a kind of quantity, in sizes of a smallest unit of that kind; its symbol is its key.
    #[must_use]
    pub const fn of(key: &'static str, measures: &'static str, size: f64) -> Self {
        Self { key, symbol: key, style: Style::Plain, measures, size }
    }

    /// Returns a unit of things that are counted, such as `links`.
    #[must_use]
    pub const fn counted(key: &'static str) -> Self {
        Self { style: Style::Whole, ..Self::of(key, key, 1.0) }
    }

    /// Makes units known to whatever reads files; those that are known stay as they are.
    pub fn declare(units: &[Self]) {
        let mut declared = DECLARED.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        for unit in units {
            if !declared.contains(unit) {
                declared.push(*unit);
            }
        }
    }

    /// Returns the unit with a key: one that is known, or one that is made of those by prefixes, products, quotients
    /// and powers.
    #[must_use]
    pub fn with_key(key: &str) -> Option<Self> {
        if let Some(unit) = Self::known(key) {
            return Some(unit);
        }
        let (size, symbol) = parse::read(key, &Self::known)?;
        let unit =
            Self { symbol: kept(symbol), ..Self::of(kept(key.to_owned()), kept(size.measures()), size.size) };
        MET.write().unwrap_or_else(std::sync::PoisonError::into_inner).push(unit);
        Some(unit)
    }

    /// Returns whether the engine or the study has a unit of this key.
    #[must_use]
    pub fn is_given(key: &str) -> bool {
        let declared = DECLARED.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        Self::OWN.iter().chain(declared.iter()).any(|unit| unit.key == key) || parse::is_base(key)
    }

    fn known(key: &str) -> Option<Self> {
        let declared = DECLARED.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let met = MET.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        Self::OWN.iter().chain(declared.iter()).chain(met.iter()).find(|unit| unit.key == key).copied()
    }

    /// Makes a unit known that an author names: a thing of its own kind, with the symbol that readers see.
    pub fn declare_thing(key: &str, symbol: &str, is_counted: bool) {
        let same = Self::known(key)
            .filter(|unit| unit.symbol == symbol && (unit.style == Style::Whole) == is_counted);
        if same.is_some() {
            return;
        }
        let key = kept(key.to_owned());
        let style = if is_counted { Style::Whole } else { Style::Plain };
        let unit = Self { symbol: kept(symbol.to_owned()), style, ..Self::of(key, key, 1.0) };
        let mut met = MET.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        met.retain(|known| known.key != unit.key);
        met.push(unit);
    }

    /// Returns what the unit measures, and how much of that.
    #[must_use]
    pub fn sized(self) -> Size {
        Size::of(self.measures, self.size)
    }

    /// Returns the keys of all units that files may write, in their order.
    fn keys() -> Vec<&'static str> {
        let declared = DECLARED.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut keys: Vec<&str> = Self::OWN.iter().chain(declared.iter()).map(|unit| unit.key).collect();
        keys.sort_unstable();
        keys
    }

    /// Returns the key that `model.yaml` and `facts.json` write.
    #[must_use]
    pub fn key(self) -> &'static str {
        self.key
    }

    /// Returns the unit's symbol behind a number; empty for plain numbers.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        self.symbol
    }

    /// Returns how many of another unit one of this makes; nothing where the two measure different things.
    #[must_use]
    pub fn in_units_of(self, other: Self) -> Option<f64> {
        (self.measures == other.measures).then(|| self.size / other.size)
    }

    /// Returns a value of this unit in digits alone, for tables whose header carries the symbol.
    pub fn digits(self, number: f64, digits: Option<usize>) -> String {
        let number = self.scaled(number);
        let decimals = self.decimals(number, digits);
        group_thousands(&format!("{number:.decimals$}"))
    }

    /// Returns the same for a number that is known within an error: with the most decimals, at most so many,
    /// of which the error is no more than half a unit, so that the last digit is off by one at most. One that
    /// is not even known to a whole is rounded to tens, hundreds and so on; one whose first digit is not
    /// known keeps that.
    pub fn certain_digits(self, number: f64, error: f64, digits: Option<usize>) -> String {
        let (number, error) = (self.scaled(number), self.scaled(error).abs());
        let most = self.decimals(number, digits) as i32;
        let least = -magnitude(number);
        let is_certain = |places: &i32| 2.0 * error <= 10_f64.powi(-places);
        let places = (least..=most).rev().find(is_certain).unwrap_or(least.min(most));
        group_thousands(&rounded(number, places))
    }

    /// Returns the number as it is printed: a fraction in per cent.
    fn scaled(self, number: f64) -> f64 {
        if self.style == Style::Fraction { number * 100.0 } else { number }
    }

    /// Returns the decimals of a scaled number: those asked for, none for what is counted, or three
    /// significant digits.
    fn decimals(self, number: f64, digits: Option<usize>) -> usize {
        let whole = self.style == Style::Whole || (number.fract() == 0.0 && self.style != Style::Times);
        digits.unwrap_or(if whole { 0 } else { (2 - magnitude(number)).clamp(0, 9) as usize })
    }

    /// Digits that are already text, with the unit as a reader sees it in running text.
    pub fn with_symbol(self, digits: String) -> String {
        match self.style {
            Style::Times => format!("{digits}{}", self.symbol),
            _ if self.symbol.is_empty() => digits,
            _ => format!("{digits}\u{a0}{}", self.symbol),
        }
    }

    /// Returns a value of this unit as a reader sees it in running text.
    pub fn display(self, number: f64, digits: Option<usize>) -> String {
        self.with_symbol(self.digits(number, digits))
    }
}

/// What units measure that are written in several places.
const TIME: &str = "time";
const BYTES: &str = "bytes";
const ENERGY: &str = "energy";

/// Keeps a text for as long as the program runs: units are copied wherever numbers go, and a paper has few.
fn kept(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

impl PartialEq for Unit {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Unit {}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key)
    }
}

impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.key)
    }
}

impl<'de> Deserialize<'de> for Unit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        Self::with_key(&key).ok_or_else(|| {
            D::Error::custom(format!(
                "`{key}` is no unit, and made of none such as `{}`",
                Self::keys().join("`, `")
            ))
        })
    }
}

/// Any unit that can be read; its examples are the keys of the units of the engine and of the study that runs.
impl JsonSchema for Unit {
    fn schema_name() -> Cow<'static, str> {
        "Unit".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A unit, such as ms, GB/s or req/s.",
            "type": "string",
            "format": "unit",
            "examples": Self::keys(),
        })
    }
}

/// The most decimals that an author may ask for.
pub const MOST_DIGITS: usize = 12;

/// Reads the number of decimals that an author asks for, for `#[serde(deserialize_with)]`.
///
/// # Errors
/// Anything but a whole number of at most [`MOST_DIGITS`].
pub fn digits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    match Option::<usize>::deserialize(deserializer)? {
        None => Ok(None),
        Some(digits) if digits <= MOST_DIGITS => Ok(Some(digits)),
        Some(digits) => {
            let message =
                format!("`digits` is the number of decimals, at most {MOST_DIGITS}, and not {digits}");
            Err(D::Error::custom(message))
        }
    }
}

/// Returns the power of ten of the first digit.
fn magnitude(number: f64) -> i32 {
    if number == 0.0 { 0 } else { number.abs().log10().floor() as i32 }
}

/// Returns a number with so many decimals; for fewer than none, whole and rounded to that power of ten.
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
            assert_eq!(Unit::MILLISECONDS.certain_digits(number, error, digits), expected);
        };
        check(7.7123, 0.001, None, "7.71");
        check(7.7123, 0.02, None, "7.7");
        check(7.7123, 0.0, Some(4), "7.7123");
        check(7.7049, 0.004, None, "7.70");
        check(7.7, 0.3, None, "8");
        check(7.7, 30.0, None, "8");
        check(12_345.0, 20.0, None, "12,300");
        check(0.1234, 0.01, None, "0.1");
        assert_eq!(Unit::FRACTION.certain_digits(0.977_12, 0.0006, None), "98");
    }

    fn check(unit: Unit, number: f64, digits: Option<usize>, expected: &str) {
        assert_eq!(unit.display(number, digits), expected);
    }

    #[test]
    fn numbers_print_with_their_unit() {
        check(Unit::COUNT, 4096.0, None, "4096");
        check(Unit::COUNT, 65536.0, None, "65,536");
        check(Unit::TIMES, 1.745_49, None, "1.75×");
        check(Unit::TIMES, 1.745_49, Some(1), "1.7×");
        check(Unit::FRACTION, 0.05, None, "5\u{a0}%");
        check(Unit::of("hops", "hops", 1.0), 3.4646, Some(4), "3.4646\u{a0}hops");
        check(Unit::ONE, -0.0125, None, "-0.0125");
        check(Unit::counted("links"), 2.5, None, "2\u{a0}links");
    }

    #[test]
    fn units_of_one_kind_convert_and_others_do_not() {
        assert_eq!(Unit::SECONDS.in_units_of(Unit::MILLISECONDS), Some(1e3));
        assert_eq!(Unit::TEBIBYTES.in_units_of(Unit::GIBIBYTES), Some(1024.0));
        assert_eq!(Unit::SECONDS.in_units_of(Unit::BYTES), None);
        assert_eq!(Unit::counted("links").in_units_of(Unit::counted("hops")), None);
    }

    #[test]
    fn a_unit_is_read_by_its_key_once_it_is_declared() {
        let read = |key: &str| serde_json::from_value::<Unit>(key.into());
        assert_eq!(read("GB/s").unwrap(), Unit::GIGABYTES_PER_SECOND);
        assert!(read("furlongs").unwrap_err().to_string().contains("`furlongs` is no unit"));
        Unit::declare(&[Unit::of("furlongs", "length", 201.168)]);
        assert_eq!(read("furlongs").unwrap().symbol(), "furlongs");
    }
}
