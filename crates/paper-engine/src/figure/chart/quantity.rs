//! The unit of an axis, and how facts in units of the same kind are brought to it.

use serde::Deserialize;
use serde::de::IntoDeserializer;

use crate::facts::Unit;

/// What an axis is measured in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AxisUnit {
    /// A unit of facts.
    Of(Unit),
    /// None, which is an error of its own; every fact fits.
    Missing,
    /// A word for what plain numbers count, such as `nodes`.
    Word(String),
}

impl AxisUnit {
    /// Reads the key or symbol of a unit; anything else is a word.
    pub fn parse(text: &str) -> Self {
        let key = match text {
            "%" => "fraction",
            "×" => "x",
            "µs" => "us",
            text => text,
        };
        let unit: Result<Unit, serde::de::value::Error> = Unit::deserialize(key.into_deserializer());
        unit.map_or_else(|_| Self::Word(text.to_owned()), Self::Of)
    }

    /// What stands behind the title of the axis.
    pub fn label(&self) -> &str {
        match self {
            Self::Of(unit) if unit.symbol().is_empty() => unit.key(),
            Self::Of(unit) => unit.symbol(),
            Self::Word(word) => word,
            Self::Missing => "",
        }
    }

    /// The factor that brings a fact of this unit to the axis; none where the two measure different things.
    pub fn factor(&self, from: Unit) -> Option<f64> {
        match self {
            Self::Missing => Some(1.0),
            Self::Word(_) => matches!(from, Unit::Count | Unit::One).then_some(1.0),
            Self::Of(Unit::Fraction) => (from == Unit::Fraction).then_some(100.0),
            Self::Of(unit) if *unit == from => Some(1.0),
            Self::Of(Unit::One) => (from == Unit::Count).then_some(1.0),
            Self::Of(unit) => {
                let ((kind, size), (other, other_size)) = (size(*unit)?, size(from)?);
                (kind == other).then(|| other_size / size)
            }
        }
    }
}

/// Units of one kind, with their size in the smallest of the kind that is used.
fn size(unit: Unit) -> Option<(&'static str, f64)> {
    Some(match unit {
        Unit::Hours => ("time", 3600e9),
        Unit::Minutes => ("time", 60e9),
        Unit::Seconds => ("time", 1e9),
        Unit::Milliseconds => ("time", 1e6),
        Unit::Microseconds => ("time", 1e3),
        Unit::Nanoseconds => ("time", 1.0),
        Unit::GigabytesPerSecond => ("rate", 1.0),
        Unit::TerabytesPerSecond => ("rate", 1e3),
        Unit::Kilowatts => ("power", 1e3),
        Unit::Watts => ("power", 1.0),
        Unit::Bytes => ("bytes", 1.0),
        Unit::Mebibytes => ("bytes", 1024.0 * 1024.0),
        Unit::Gibibytes => ("bytes", 1024.0 * 1024.0 * 1024.0),
        Unit::Tebibytes => ("bytes", 1024.0 * 1024.0 * 1024.0 * 1024.0),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_of_one_kind_share_an_axis_and_others_do_not() {
        let near = |factor: Option<f64>, expected: f64| {
            factor.is_some_and(|factor| (factor / expected - 1.0).abs() < 1e-12)
        };
        assert!(near(AxisUnit::parse("ms").factor(Unit::Nanoseconds), 1e-6));
        assert!(near(AxisUnit::parse("%").factor(Unit::Fraction), 100.0));
        assert!(near(AxisUnit::parse("nodes").factor(Unit::Count), 1.0));
        assert_eq!(AxisUnit::parse("ms").factor(Unit::Gibibytes), None);
        assert_eq!(AxisUnit::parse("nodes").factor(Unit::Hours), None);
    }
}
