//! A fact: one computed or quoted quantity with everything a sceptical reader asks of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How a fact came about; every table and number shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// From the machine's published structure alone.
    Computed,
    /// Computed, but an input is assumed; the interval shows what that does.
    Assumption,
    /// Only cited, never ours.
    Quoted,
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
    /// Hops between chips.
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
    /// Milliseconds.
    #[serde(rename = "ms")]
    Milliseconds,
    /// No quantity: a text such as a coordinate.
    #[serde(rename = "text")]
    Text,
}

/// The value of a fact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A quantity in the fact's unit.
    Number(f64),
    /// A text, such as a coordinate.
    Text(String),
}

/// What was published for the same quantity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Published {
    /// The published value, in the fact's unit.
    pub value: f64,
    /// Citation key and place, such as `jouppi2023tpuv4, fig. 6`.
    pub place: String,
}

/// One named quantity with its provenance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// The value, in `unit`.
    pub value: Value,
    /// The unit of the value, the interval and the published value.
    pub unit: Unit,
    /// How it came about.
    pub grade: Grade,
    /// 5 to 95 % over the ranges of assumed inputs.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub interval: Option<(f64, f64)>,
    /// Names of the model inputs it depends on.
    pub inputs: Vec<String>,
    /// How it is computed, in one line.
    pub formula: String,
    /// Where the formula or value comes from.
    pub source: String,
    /// The published counterpart.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub published: Option<Published>,
}

/// All facts of a build, by dotted name such as `topology.4x4x8.twisted.diameter`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Facts(pub BTreeMap<String, Fact>);

impl Facts {
    /// The fact of this name.
    pub fn get(&self, name: &str) -> Option<&Fact> {
        self.0.get(name)
    }

    /// All names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl Fact {
    /// The number, where the value is one.
    pub fn number(&self) -> Option<f64> {
        match self.value {
            Value::Number(number) => Some(number),
            Value::Text(_) => None,
        }
    }

    /// The value as a reader sees it, with its unit: thousands grouped, ratios with a times sign.
    ///
    /// `digits` is the number of decimals; without it counts show none and other quantities
    /// three significant digits.
    pub fn display(&self, digits: Option<usize>) -> String {
        match &self.value {
            Value::Text(text) => text.clone(),
            Value::Number(number) => self.unit.display(*number, digits),
        }
    }
}

impl Unit {
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
            Self::Milliseconds => "ms",
        }
    }

    /// A value of this unit in digits alone, for tables whose header carries the symbol.
    pub fn digits(self, number: f64, digits: Option<usize>) -> String {
        let number = if self == Self::Fraction { number * 100.0 } else { number };
        let whole = matches!(self, Self::Count | Self::Links) || (number.fract() == 0.0 && self != Self::Times);
        let magnitude = if number == 0.0 { 0 } else { number.abs().log10().floor() as i32 };
        let decimals = digits.unwrap_or(if whole { 0 } else { (2 - magnitude).clamp(0, 9) as usize });
        group_thousands(&format!("{number:.decimals$}"))
    }

    /// A value of this unit as a reader sees it in running text.
    pub fn display(self, number: f64, digits: Option<usize>) -> String {
        let text = self.digits(number, digits);
        match self {
            Self::Count | Self::One | Self::Text => text,
            Self::Times => format!("{text}×"),
            _ => format!("{text}\u{a0}{}", self.symbol()),
        }
    }
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
