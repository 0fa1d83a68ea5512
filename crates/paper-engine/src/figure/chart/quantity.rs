//! The unit of an axis, and how facts in units of the same kind are brought to it.

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
        Unit::with_key(key).map_or_else(|| Self::Word(text.to_owned()), Self::Of)
    }

    /// Returns what stands behind the title of the axis.
    pub fn label(&self) -> &str {
        match self {
            Self::Of(unit) if unit.symbol().is_empty() => unit.key(),
            Self::Of(unit) => unit.symbol(),
            Self::Word(word) => word,
            Self::Missing => "",
        }
    }

    /// Returns the factor that brings a fact of this unit to the axis; none where the two measure different
    /// things.
    pub fn factor(&self, from: Unit) -> Option<f64> {
        match self {
            Self::Missing => Some(1.0),
            Self::Word(_) => [Unit::COUNT, Unit::ONE].contains(&from).then_some(1.0),
            Self::Of(unit) if *unit == Unit::FRACTION => (from == *unit).then_some(100.0),
            Self::Of(unit) if *unit == from => Some(1.0),
            Self::Of(unit) if *unit == Unit::ONE => (from == Unit::COUNT).then_some(1.0),
            Self::Of(unit) => from.in_units_of(*unit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_of_one_kind_share_an_axis_and_others_do_not() {
        let near = |factor: Option<f64>, expected: f64| {
            factor.is_some_and(|factor| (factor / expected - 1.0).abs() < 1e-12)
        };
        assert!(near(AxisUnit::parse("ms").factor(Unit::NANOSECONDS), 1e-6));
        assert!(near(AxisUnit::parse("%").factor(Unit::FRACTION), 100.0));
        assert!(near(AxisUnit::parse("nodes").factor(Unit::COUNT), 1.0));
        assert_eq!(AxisUnit::parse("ms").factor(Unit::GIBIBYTES), None);
        assert_eq!(AxisUnit::parse("nodes").factor(Unit::HOURS), None);
    }
}
