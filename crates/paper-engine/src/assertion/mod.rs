//! One way to say that a number has to compare with another. Claims, relations of the review, criteria of the
//! plan and the limits of counts are written with the same keys, judged by one function and told in one
//! sentence.
//!
//! ```yaml
//! value: queue.mean                          # a number, a fact by name, or an operation on such operands
//! at_least: {ratio: [queue.work, 2]}         # or at_most, above, below, equal; several have to hold together
//! ```
//!
//! Operations are `sum`, `product`, `difference` (the first less all others), `ratio` (the first over all
//! others) and `distance` (of two). The sides of `equal` may be apart by rounding, or by `within`, relative
//! to the right one. Units are computed with: what measures one kind is converted where it meets, and what measures
//! different kinds has no sum and does not compare. A number takes the unit of what it meets.
//!
//! A [`Range`] is what a count may be, by the keys `at_least`, `at_most` and `equal` with numbers alone.

mod expression;
mod judgement;
mod range;

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

pub use expression::{Expression, Operation, Quantities, Quantity, Trouble};
pub use judgement::{Judgement, Over, Truth, Unjudged};
pub use range::Range;

/// How far the sides of an equation may be apart unless it says `within`: the rounding of a few operations.
const ROUNDING: f64 = 1e-9;

/// The keys of comparisons, of which an assertion has at least one.
const COMPARISONS: [&str; 5] = ["at_least", "at_most", "above", "below", "equal"];

/// A value and what it has to keep.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "Keys", into = "Keys")]
pub struct Assertion {
    /// What is compared.
    pub value: Expression,
    /// What it is compared with; at least one.
    pub bounds: Bounds,
}

/// What a value has to keep, all of it; nothing where no key is written.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "Keys", into = "Keys")]
pub struct Bounds(Vec<Bound>);

/// One comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// How the two sides compare.
    pub comparison: Comparison,
    /// The right side.
    pub limit: Expression,
    /// How far the sides of an equation may be apart, relative to the right one.
    within: f64,
}

/// How two numbers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The left one is the right one or more.
    AtLeast,
    /// The left one is the right one or less.
    AtMost,
    /// The left one is more.
    Above,
    /// The left one is less.
    Below,
    /// Both are the same but for a tolerance.
    Equal,
}

/// What an author writes.
#[derive(Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Keys {
    /// What is compared: a number, a fact by name, or an operation such as `{ratio: [a.b, c.d]}`.
    value: Option<Expression>,
    /// It is this or more.
    at_least: Option<Expression>,
    /// It is this or less.
    at_most: Option<Expression>,
    /// It is more than this.
    above: Option<Expression>,
    /// It is less than this.
    below: Option<Expression>,
    /// It is this, but for a tolerance.
    equal: Option<Expression>,
    /// How far it may be from `equal`, relative to that: rounding alone without it.
    #[schemars(range(min = 0))]
    within: Option<f64>,
}

impl Comparison {
    /// Returns the words between two numbers of which it holds.
    pub const fn words(self) -> &'static str {
        match self {
            Self::AtLeast => "at least",
            Self::AtMost => "at most",
            Self::Above => "above",
            Self::Below => "below",
            Self::Equal => "equal to",
        }
    }
}

impl Assertion {
    /// Returns the names of all facts in it, some more than once.
    pub fn facts(&self) -> Vec<&str> {
        let limits = self.bounds.iter().flat_map(|bound| bound.limit.facts());
        self.value.facts().into_iter().chain(limits).collect()
    }
}

impl Bounds {
    /// Returns whether nothing has to be kept.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the comparisons in the order of their keys.
    pub fn iter(&self) -> std::slice::Iter<'_, Bound> {
        self.0.iter()
    }
}

impl TryFrom<Keys> for Assertion {
    type Error = String;

    fn try_from(mut keys: Keys) -> Result<Self, String> {
        let value = keys.value.take().ok_or("no `value` says what is compared")?;
        value.check()?;
        let bounds = Bounds::try_from(keys)?;
        if bounds.is_empty() {
            return Err("write `at_least`, `at_most`, `above`, `below` or `equal` beside `value`".to_owned());
        }
        Ok(Self { value, bounds })
    }
}

impl TryFrom<Keys> for Bounds {
    type Error = String;

    fn try_from(keys: Keys) -> Result<Self, String> {
        let Keys { value, at_least, at_most, above, below, equal, within } = keys;
        if value.is_some() {
            return Err("there is no place for `value` here".to_owned());
        }
        if within.is_some() && equal.is_none() {
            return Err("`within` is the tolerance of `equal`, which is not here".to_owned());
        }
        let within = within.unwrap_or(ROUNDING);
        if !(within.is_finite() && within >= 0.0) {
            return Err(format!("`within` is {within}, and no tolerance"));
        }
        let sides = [
            (Comparison::AtLeast, at_least),
            (Comparison::AtMost, at_most),
            (Comparison::Above, above),
            (Comparison::Below, below),
            (Comparison::Equal, equal),
        ];
        let sides = sides.into_iter().filter_map(|(comparison, limit)| Some((comparison, limit?)));
        let bound = |(comparison, limit): (Comparison, Expression)| {
            limit.check()?;
            Ok(Bound { comparison, limit, within })
        };
        sides.map(bound).collect::<Result<_, String>>().map(Self)
    }
}

/// The keys of bounds with their value, and at least one comparison.
impl JsonSchema for Assertion {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Assertion".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Keys::json_schema(generator);
        let bounds = COMPARISONS.map(|key| json_schema!({ "required": [key] }));
        schema.insert("required".to_owned(), vec!["value"].into());
        schema.insert("anyOf".to_owned(), bounds.map(Schema::to_value).to_vec().into());
        schema
    }
}

/// The comparisons alone: nothing says what is compared.
impl JsonSchema for Bounds {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Bounds".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Keys::json_schema(generator);
        if let Some(properties) = schema.get_mut("properties").and_then(|keys| keys.as_object_mut()) {
            properties.remove("value");
        }
        schema
    }
}

impl From<Assertion> for Keys {
    fn from(assertion: Assertion) -> Self {
        Self { value: Some(assertion.value), ..assertion.bounds.into() }
    }
}

impl From<Bounds> for Keys {
    fn from(bounds: Bounds) -> Self {
        let mut keys = Self::default();
        for Bound { comparison, limit, within } in bounds.0 {
            let key = match comparison {
                Comparison::AtLeast => &mut keys.at_least,
                Comparison::AtMost => &mut keys.at_most,
                Comparison::Above => &mut keys.above,
                Comparison::Below => &mut keys.below,
                Comparison::Equal => {
                    keys.within = (within != ROUNDING).then_some(within);
                    &mut keys.equal
                }
            };
            *key = Some(limit);
        }
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Something of a paper's file that is written around an assertion, around bounds and around a range.
    #[derive(Debug, Deserialize, Serialize)]
    #[serde(deny_unknown_fields)]
    struct Around {
        name: String,
        #[serde(flatten)]
        assertion: Assertion,
    }

    #[derive(Debug, Deserialize, Serialize)]
    #[serde(deny_unknown_fields)]
    struct AroundBounds {
        names: Vec<String>,
        #[serde(flatten)]
        bounds: Bounds,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct AroundRange {
        of: String,
        #[serde(flatten)]
        range: Range,
    }

    #[test]
    fn keys_stand_among_those_of_what_is_asserted() {
        let read: Around =
            serde_saphyr::from_str("{name: a, value: queue.mean, below: {ratio: [b.c, 2]}}").unwrap();
        assert_eq!((read.name.as_str(), read.assertion.facts()), ("a", vec!["queue.mean", "b.c"]));
        let [bound] = read.assertion.bounds.0.as_slice() else { panic!("{read:?}") };
        assert_eq!((bound.comparison, bound.limit.to_string().as_str()), (Comparison::Below, "b.c / 2"));
        let read: AroundBounds = serde_saphyr::from_str("{at_most: 3, names: [a.b], at_least: c.d}").unwrap();
        let comparisons: Vec<Comparison> = read.bounds.iter().map(|bound| bound.comparison).collect();
        assert_eq!(comparisons, [Comparison::AtLeast, Comparison::AtMost]);
        let read: AroundBounds = serde_saphyr::from_str("{names: [a.b]}").unwrap();
        assert!(read.bounds.is_empty() && read.names == ["a.b"]);
        let read: AroundRange = serde_saphyr::from_str("{of: pages, at_least: 12}").unwrap();
        assert_eq!((read.of.as_str(), read.range.to_string().as_str()), ("pages", "at least 12"));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = "{value: {distance: [a.b, 2]}, above: -1, equal: {sum: [a.b, c.d]}, within: 1e-6}";
        let read: Assertion = serde_saphyr::from_str(text).unwrap();
        assert_eq!(serde_json::from_value::<Assertion>(serde_json::to_value(&read).unwrap()).unwrap(), read);
        let read: Range = serde_saphyr::from_str("{at_least: 1, at_most: 2}").unwrap();
        assert_eq!(serde_json::from_value::<Range>(serde_json::to_value(read).unwrap()).unwrap(), read);
    }

    #[test]
    fn what_cannot_be_judged_is_refused_with_the_keys_that_can_be_written() {
        for (text, words) in [
            ("{name: a, value: b.c}", "`at_least`"),
            ("{name: a, at_most: 1}", "no `value`"),
            ("{name: a, value: b.c, at_most: 1, most: 2}", "most"),
            ("{name: a, value: b.c, at_most: [1]}", "expected a number, the name of a fact, or one of `sum`"),
            ("{name: a, value: b.c, at_most: {total: [1]}}", "expected a number, the name of a fact"),
            ("{name: a, value: b.c, at_most: {sum: []}}", "needs operands"),
            ("{name: a, value: {distance: [b.c]}, at_most: 1}", "two operands"),
            ("{name: a, value: b.c, at_most: .nan}", "non-finite"),
            ("{name: a, value: b.c, at_most: 1, within: 0.1}", "`within` is the tolerance of `equal`"),
            ("{name: a, value: b.c, equal: 1, within: -0.1}", "no tolerance"),
        ] {
            let error = serde_saphyr::from_str::<Vec<Around>>(&format!("\n- {text}")).unwrap_err();
            let (error, line) = (error.to_string(), error.location().map(|place| place.line()));
            assert!(error.contains(words), "no `{words}` in {error}");
            assert_eq!(line, Some(2), "{error}");
        }
        let error =
            serde_saphyr::from_str::<AroundBounds>("{names: [], value: a.b}").unwrap_err().to_string();
        assert!(error.contains("no place for `value`"), "{error}");
    }

    #[test]
    fn a_range_is_read_in_one_spelling() {
        for (text, words) in [
            ("{at_least: 3, at_most: 2}", "no count is at least 3 and at most 2"),
            ("{}", "write `at_least`"),
            ("{equal: 3, at_most: 2}", "`equal` stands alone"),
            ("[1, 2]", "expected mapping"),
            ("{most: 2}", "most"),
            ("{at_most: .inf}", "finite"),
        ] {
            let error = serde_saphyr::from_str::<Range>(text).unwrap_err().to_string();
            assert!(error.contains(words), "no `{words}` in {error}");
        }
    }
}
