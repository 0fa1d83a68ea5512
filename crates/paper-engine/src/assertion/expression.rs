//! The sides of an assertion: numbers, facts, and arithmetic on them.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::{Size, Unit};

/// A number with what is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// The number.
    pub value: f64,
    /// What it counts; nothing for a number that takes the unit of what it is compared with.
    pub size: Option<Size>,
    /// The unit in which it is told, where it has a name.
    pub unit: Option<Unit>,
    /// The ends between which it lies, where it rests on assumptions.
    pub interval: Option<(f64, f64)>,
}

/// What keeps an expression from having a value, or a comparison from having an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A fact that is not there, or is a text.
    Missing(String),
    /// Two sides that measure different things, in words.
    Mixed(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) => write!(f, "there is no number `{name}`"),
            Self::Mixed(message) => f.write_str(message),
        }
    }
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
    fn of(&self, values: &[Quantity]) -> Result<Quantity, Trouble> {
        let expressions = self.parts();
        match self {
            Self::Product(_) => Ok(product(values, &[])),
            Self::Ratio(_) => {
                let (first, others) = values.split_at(values.len().min(1));
                Ok(product(first, others))
            }
            Self::Sum(_) | Self::Difference(_) | Self::Distance(_) => {
                // What the first of them that counts anything counts.
                let at = values.iter().position(|part| part.size.is_some());
                let (size, unit) = at.map_or((None, None), |at| (values[at].size.clone(), values[at].unit));
                let mut numbers = Vec::with_capacity(values.len());
                for (expression, value) in expressions.iter().zip(values) {
                    let number = value.in_size(size.as_ref()).ok_or_else(|| {
                        let at = at.unwrap_or_default();
                        mixed((&expressions[at], &values[at]), (expression, value))
                    })?;
                    numbers.push(number);
                }
                let first = numbers.first().copied().unwrap_or(f64::NAN);
                let others: f64 = numbers.iter().skip(1).sum();
                let value = match self {
                    Self::Sum(_) => first + others,
                    Self::Distance(_) => (first - others).abs(),
                    _ => first - others,
                };
                Ok(Quantity { value, size, unit, interval: None })
            }
        }
    }
}

/// Multiplies some quantities and divides by others.
fn product(factors: &[Quantity], divisors: &[Quantity]) -> Quantity {
    let number = |parts: &[Quantity]| parts.iter().map(|part| part.value).product::<f64>();
    let value = number(factors) / number(divisors);
    let sizes = |parts: &[Quantity]| {
        let sizes = parts.iter().filter_map(|part| part.size.as_ref());
        sizes.fold(Size::one(), |all, size| all.times(size, 1))
    };
    let (above, below) = (sizes(factors), sizes(divisors));
    // One division, so that units which cancel leave the number as it is.
    let scale = above.size / below.size;
    let size = Size { size: scale, ..above.times(&below, -1) };
    let all = || factors.iter().chain(divisors);
    if all().all(|part| part.size.is_none()) {
        return Quantity { value, size: None, unit: None, interval: None };
    }
    if size.dimensions.is_empty() {
        return Quantity::of(value * scale, Unit::ONE, None);
    }
    // What a plain number multiplies has its unit still.
    let is_kind = |part: &&Quantity| part.size.as_ref().is_some_and(|size| !size.dimensions.is_empty());
    let mut kinds = all().filter(is_kind);
    let only = kinds.next().filter(|one| kinds.next().is_none() && factors.iter().any(|part| part == *one));
    match only.and_then(|one| one.unit) {
        Some(unit) => Quantity::of(value * (scale / unit.sized().size), unit, None),
        None => Quantity { value, size: Some(size), unit: None, interval: None },
    }
}

/// Says that two sides measure different things.
pub(super) fn mixed(one: (&Expression, &Quantity), other: (&Expression, &Quantity)) -> Trouble {
    let measures = |quantity: &Quantity| {
        let measures = quantity.size.as_ref().map(Size::measures).unwrap_or_default();
        if measures.is_empty() { "a plain number".to_owned() } else { measures }
    };
    let [first, second] = [measures(one.1), measures(other.1)];
    Trouble::Mixed(format!("`{}` is {first}, and `{}` is {second}", one.0, other.0))
}

impl Quantity {
    /// Returns a number of a unit.
    #[must_use]
    pub fn of(value: f64, unit: Unit, interval: Option<(f64, f64)>) -> Self {
        Self { value, size: Some(unit.sized()), unit: Some(unit), interval }
    }

    /// Returns the number where things of another size are counted; as it stands where one of both counts nothing.
    pub fn in_size(&self, size: Option<&Size>) -> Option<f64> {
        Some(self.value * self.factor(size)?)
    }

    /// Returns by how much its number grows where things of another size are counted; nothing where these are of
    /// another kind.
    pub(super) fn factor(&self, size: Option<&Size>) -> Option<f64> {
        match (&self.size, size) {
            (Some(own), Some(other)) => (own.dimensions == other.dimensions).then(|| own.size / other.size),
            _ => Some(1.0),
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
    /// The facts that are not there, and sums of what measures different things.
    pub fn quantity(&self, of: &dyn Quantities) -> Result<Quantity, Vec<Trouble>> {
        match self {
            Self::Number(value) => Ok(Quantity { value: *value, size: None, unit: None, interval: None }),
            Self::Fact(name) => of.quantity(name).ok_or_else(|| vec![Trouble::Missing(name.clone())]),
            Self::Operation(operation) => {
                let (mut values, mut troubles) = (Vec::new(), Vec::new());
                for part in operation.parts() {
                    match part.quantity(of) {
                        Ok(value) => values.push(value),
                        Err(found) => troubles.extend(found),
                    }
                }
                if !troubles.is_empty() {
                    return Err(troubles);
                }
                operation.of(&values).map_err(|trouble| vec![trouble])
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
                "share" => (0.5, Unit::FRACTION),
                _ => return None,
            };
            Some(Quantity::of(value, unit, Some((0.0, 1.0))))
        }
    }

    fn value(text: &str) -> Result<Quantity, Vec<Trouble>> {
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
        check("{product: [2, size, 3]}", 60.0, Some(Unit::BYTES));
        check("{ratio: [{product: [size, 6]}, 2, 3]}", 10.0, Some(Unit::BYTES));
        check("{product: [size, share]}", 5.0, Some(Unit::BYTES));
        check("{product: [2, 3]}", 6.0, None);
        assert_eq!(value("{sum: [size, 0]}").unwrap().interval, None);
        assert!(value("size").unwrap().interval.is_some());
    }

    #[test]
    fn products_and_ratios_compute_with_units() {
        // Two seconds over one and a half.
        let ratio = value("{ratio: [wait.s, wait.ms]}").unwrap();
        assert_eq!((ratio.value, ratio.unit), (2.0 / 1500.0 * 1e3, Some(Unit::ONE)));
        // Bytes in a second, whatever the time was written in.
        let in_unit = |text: &str, unit: &str| {
            let found = value(text).unwrap().in_size(Some(&Unit::with_key(unit).unwrap().sized()));
            found.map(|number| (number * 1e9).round() / 1e9)
        };
        assert_eq!(in_unit("{ratio: [size, wait.s]}", "B/s"), Some(5.0));
        assert_eq!(in_unit("{ratio: [{product: [size, 3]}, wait.ms, 2]}", "B/s"), Some(10.0));
        assert_eq!(in_unit("{ratio: [size, size, wait.s]}", "B/s"), None);
        assert_eq!(in_unit("{product: [{ratio: [size, wait.s]}, wait.ms]}", "B"), Some(7.5));
    }

    #[test]
    fn what_measures_different_things_has_no_sum() {
        for (text, told) in [
            ("{sum: [size, wait.s]}", "`size` is bytes, and `wait.s` is time"),
            ("{difference: [1, share, size]}", "`share` is a plain number, and `size` is bytes"),
            (
                "{distance: [wait.s, {ratio: [wait.s, wait.ms]}]}",
                "`wait.s` is time, and `wait.s / wait.ms` is a plain number",
            ),
        ] {
            assert_eq!(value(text).unwrap_err(), [Trouble::Mixed(told.to_owned())], "{text}");
        }
    }

    #[test]
    fn all_facts_that_are_missing_are_named() {
        let missing = ["a.b", "c.d"].map(|name| Trouble::Missing(name.to_owned()));
        assert_eq!(value("{sum: [a.b, size, {ratio: [c.d, 2]}]}").unwrap_err(), missing);
    }

    #[test]
    fn an_expression_prints_as_it_is_said() {
        let text = "{ratio: [{sum: [a, 1]}, {distance: [b, c]}, {product: [2, {difference: [d, e]}]}]}";
        let read: Expression = serde_saphyr::from_str(text).unwrap();
        assert_eq!(read.to_string(), "(a + 1) / |b − c| / (2 × (d − e))");
        assert_eq!(read.facts(), ["a", "b", "c", "d", "e"]);
    }
}
