//! The sides of an assertion: numbers, facts, and arithmetic on them.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::Unit;

/// A number with what is known of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    /// The number, in `unit`.
    pub value: f64,
    /// Its unit; none for a number that takes the unit of what it is compared with.
    pub unit: Option<Unit>,
    /// The ends between which it lies, in the same unit, where it rests on assumptions.
    pub interval: Option<(f64, f64)>,
}

/// Where the numbers behind names are found.
pub trait Quantities {
    /// Returns the number of a fact; none where there is no such fact, or where it is a text.
    fn quantity(&self, name: &str) -> Option<Quantity>;
}

/// A number, a fact by name, or an operation on expressions.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema, Serialize)]
#[serde(
    untagged,
    expecting = "expected a number, the name of a fact, or one of `sum`, `product`, `difference`, `ratio` and \
                 `distance` with a list"
)]
pub enum Expression {
    /// A number, in the unit of what it is compared with.
    Number(f64),
    /// A fact by its name.
    Fact(String),
    /// What is done with other expressions.
    Operation(Operation),
}

/// What is done with expressions.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// The sum of all.
    Sum(Vec<Expression>),
    /// The product of all.
    Product(Vec<Expression>),
    /// The first less all others.
    Difference(Vec<Expression>),
    /// The first over the product of all others.
    Ratio(Vec<Expression>),
    /// The distance of the first from the second.
    Distance(Vec<Expression>),
}

impl Operation {
    fn parts(&self) -> &[Expression] {
        let (Self::Sum(parts)
        | Self::Product(parts)
        | Self::Difference(parts)
        | Self::Ratio(parts)
        | Self::Distance(parts)) = self;
        parts
    }

    /// Computes what the operation makes of its parts; an interval is lost, since facts vary together.
    fn of(&self, parts: &[Quantity]) -> Quantity {
        let Some((first, others)) = parts.split_first() else {
            return Quantity { value: f64::NAN, unit: None, interval: None };
        };
        let unit = parts.iter().find_map(|part| part.unit);
        let others_product = || others.iter().map(|part| part.value).product::<f64>();
        let others_sum = || others.iter().map(|part| part.in_unit(unit)).sum::<f64>();
        let (value, unit) = match self {
            Self::Sum(_) => (first.in_unit(unit) + others_sum(), unit),
            Self::Difference(_) => (first.in_unit(unit) - others_sum(), unit),
            Self::Distance(_) => ((first.in_unit(unit) - others_sum()).abs(), unit),
            Self::Product(_) => (first.value * others_product(), None),
            Self::Ratio(_) => (first.value / others_product(), None),
        };
        Quantity { value, unit, interval: None }
    }
}

impl Quantity {
    /// Returns the number in another unit; as it stands where the two measure different things or one is not
    /// known.
    pub fn in_unit(&self, unit: Option<Unit>) -> f64 {
        match (self.unit, unit) {
            (Some(own), Some(other)) if own != other => self.value * own.in_units_of(other).unwrap_or(1.0),
            _ => self.value,
        }
    }
}

impl Expression {
    /// Returns the names of the facts in it, some more than once.
    pub fn facts(&self) -> Vec<&str> {
        match self {
            Self::Number(_) => Vec::new(),
            Self::Fact(name) => vec![name],
            Self::Operation(operation) => operation.parts().iter().flat_map(Self::facts).collect(),
        }
    }

    /// Computes the number.
    ///
    /// # Errors
    /// The names of the facts that are not there.
    pub fn quantity(&self, of: &dyn Quantities) -> Result<Quantity, Vec<String>> {
        match self {
            Self::Number(value) => Ok(Quantity { value: *value, unit: None, interval: None }),
            Self::Fact(name) => of.quantity(name).ok_or_else(|| vec![name.clone()]),
            Self::Operation(operation) => {
                let (mut values, mut missing) = (Vec::new(), Vec::new());
                for part in operation.parts() {
                    match part.quantity(of) {
                        Ok(value) => values.push(value),
                        Err(names) => missing.extend(names),
                    }
                }
                if missing.is_empty() { Ok(operation.of(&values)) } else { Err(missing) }
            }
        }
    }

    /// Refuses what has no value whatever the facts are.
    pub(super) fn check(&self) -> Result<(), String> {
        match self {
            Self::Fact(name) if name.trim().is_empty() => Err("a fact has a name".to_owned()),
            Self::Number(_) | Self::Fact(_) => Ok(()),
            Self::Operation(operation) => {
                let parts = operation.parts();
                if matches!(operation, Operation::Distance(_)) && parts.len() != 2 {
                    return Err("a `distance` is that of two operands".to_owned());
                }
                if parts.is_empty() {
                    return Err("an operation needs operands".to_owned());
                }
                parts.iter().try_for_each(Self::check)
            }
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = match self {
            Self::Number(number) => return write!(f, "{number}"),
            Self::Fact(name) => return f.write_str(name),
            Self::Operation(operation) => operation,
        };
        let (sign, open, close) = match operation {
            Operation::Sum(_) => (" + ", "", ""),
            Operation::Product(_) => (" × ", "", ""),
            Operation::Difference(_) => (" − ", "", ""),
            Operation::Ratio(_) => (" / ", "", ""),
            Operation::Distance(_) => (" − ", "|", "|"),
        };
        f.write_str(open)?;
        for (index, part) in operation.parts().iter().enumerate() {
            f.write_str(if index > 0 { sign } else { "" })?;
            let is_bare = !matches!(part, Self::Operation(_))
                || matches!(part, Self::Operation(Operation::Distance(_)));
            if is_bare { write!(f, "{part}")? } else { write!(f, "({part})")? }
        }
        f.write_str(close)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Table;

    impl Quantities for Table {
        fn quantity(&self, name: &str) -> Option<Quantity> {
            let (value, unit) = match name {
                "wait.ms" => (1500.0, Unit::MILLISECONDS),
                "wait.s" => (2.0, Unit::SECONDS),
                "size" => (10.0, Unit::BYTES),
                _ => return None,
            };
            Some(Quantity { value, unit: Some(unit), interval: Some((0.0, 1.0)) })
        }
    }

    fn value(text: &str) -> Result<Quantity, Vec<String>> {
        serde_saphyr::from_str::<Expression>(text).unwrap().quantity(&Table)
    }

    #[test]
    fn operations_nest_and_sums_convert_between_units_of_one_kind() {
        let check = |text: &str, expected: f64, unit: Option<Unit>| {
            let found = value(text).unwrap();
            assert_eq!((found.value, found.unit), (expected, unit), "{text}");
        };
        check("7.5", 7.5, None);
        check("wait.ms", 1500.0, Some(Unit::MILLISECONDS));
        check("{sum: [wait.ms, wait.s, 0.5]}", 3500.5, Some(Unit::MILLISECONDS));
        check("{difference: [wait.s, wait.ms, 0.25]}", 0.25, Some(Unit::SECONDS));
        check("{distance: [wait.ms, wait.s]}", 500.0, Some(Unit::MILLISECONDS));
        check("{product: [2, size, 3]}", 60.0, None);
        check("{ratio: [{product: [size, 6]}, 2, 3]}", 10.0, None);
        // What measures other things is taken as it stands.
        check("{sum: [size, wait.s]}", 12.0, Some(Unit::BYTES));
        assert_eq!(value("{sum: [size, 0]}").unwrap().interval, None);
        assert!(value("size").unwrap().interval.is_some());
    }

    #[test]
    fn all_facts_that_are_missing_are_named() {
        assert_eq!(value("{sum: [a.b, size, {ratio: [c.d, 2]}]}").unwrap_err(), ["a.b", "c.d"]);
    }

    #[test]
    fn an_expression_prints_as_it_is_said() {
        let text = "{ratio: [{sum: [a, 1]}, {distance: [b, c]}, {product: [2, {difference: [d, e]}]}]}";
        let read: Expression = serde_saphyr::from_str(text).unwrap();
        assert_eq!(read.to_string(), "(a + 1) / |b − c| / (2 × (d − e))");
        assert_eq!(read.facts(), ["a", "b", "c", "d", "e"]);
    }
}
