//! The unit of an axis, and how facts in units of the same kind are brought to it.

use crate::facts::Unit;

/// What an axis is measured in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AxisUnit {
    /// A unit of facts.
    Of(Unit),
    /// A word for what plain numbers count, such as `nodes`; empty where nothing is printed behind the title.
    Word(String),
    /// That of the first fact which the axis is to show.
    OfFacts,
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

    /// Makes the unit of a fact that of the axis, where the author wrote none and no fact came before.
    pub fn settle(&mut self, fact: Unit) {
        if *self == Self::OfFacts {
            let is_plain = [Unit::COUNT, Unit::ONE].contains(&fact);
            *self = if is_plain { Self::Word(String::new()) } else { Self::Of(fact) };
        }
    }

    /// Returns what stands behind the title of the axis.
    pub fn label(&self) -> &str {
        match self {
            Self::Of(unit) if unit.symbol().is_empty() => unit.key(),
            Self::Of(unit) => unit.symbol(),
            Self::Word(word) => word,
            Self::OfFacts => "",
        }
    }

    /// Returns the factor that brings a fact of this unit to the axis; none where the two measure different
    /// things.
    pub fn factor(&self, from: Unit) -> Option<f64> {
        match self {
            Self::OfFacts => Some(1.0),
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

    #[test]
    fn an_axis_without_a_unit_takes_that_of_its_first_fact() {
        let settled = |first: Unit| {
            let mut unit = AxisUnit::OfFacts;
            unit.settle(first);
            unit.settle(Unit::GIBIBYTES);
            unit
        };
        assert_eq!(settled(Unit::HOURS), AxisUnit::parse("h"));
        assert_eq!(settled(Unit::FRACTION).label(), "%");
        assert_eq!((settled(Unit::COUNT).label(), settled(Unit::ONE).label()), ("", ""));
        assert_eq!(settled(Unit::COUNT).factor(Unit::GIBIBYTES), None);
        let mut written = AxisUnit::parse("nodes");
        written.settle(Unit::HOURS);
        assert_eq!(written, AxisUnit::parse("nodes"));
    }
}
