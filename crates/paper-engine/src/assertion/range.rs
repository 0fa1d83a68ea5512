//! What a count may be: words, pages, posts, and whatever else a limit is set for.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Location};

/// A least and a most, of which at least one is set.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "Keys", into = "Keys")]
pub struct Range {
    least: f64,
    most: f64,
}

/// What an author writes.
#[derive(Clone, Copy, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Keys {
    /// So many or more.
    at_least: Option<f64>,
    /// So many or fewer.
    at_most: Option<f64>,
    /// Just so many; it stands alone.
    equal: Option<f64>,
}

impl Range {
    /// Makes a range from a least to a most; either may be infinite.
    pub const fn new(least: f64, most: f64) -> Self {
        Self { least, most }
    }

    /// Returns whether a count is allowed.
    pub fn contains(self, count: f64) -> bool {
        self.least <= count && count <= self.most
    }

    /// Says at a place by how much a count is outside, with the remedy; nothing where it is allowed.
    ///
    /// `subject` has the `things`, as in "the abstract has 12 words".
    pub fn check(self, subject: &str, count: usize, things: &str, place: &Location) -> Option<Diagnostic> {
        let number = count as f64;
        let (miss, remedy) = match number {
            few if few < self.least => {
                (format!("{} too few", self.least - few), format!("add {}", self.least - few))
            }
            many if many > self.most => {
                (format!("{} too many", many - self.most), format!("cut {}", many - self.most))
            }
            _ => return None,
        };
        let message = format!("{subject} has {count} {things}, {miss}: {}", self.limit());
        let remedy = format!("{remedy}, or change the limit");
        Some(Diagnostic::new(place.clone(), message).remedy(remedy))
    }

    /// Returns the words that tell the limit at the end of a sentence.
    pub fn limit(self) -> String {
        format!("the limit is {self}")
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { least, most } = self;
        match (least.is_finite(), most.is_finite()) {
            (true, true) if least == most => write!(f, "{least}"),
            (true, true) => write!(f, "{least}–{most}"),
            (true, false) => write!(f, "at least {least}"),
            (false, _) => write!(f, "at most {most}"),
        }
    }
}

impl TryFrom<Keys> for Range {
    type Error = String;

    fn try_from(keys: Keys) -> Result<Self, String> {
        let range = match keys {
            Keys { at_least: None, at_most: None, equal: Some(exact) } => Self::new(exact, exact),
            Keys { equal: Some(_), .. } => return Err("`equal` stands alone".to_owned()),
            Keys { at_least: None, at_most: None, equal: None } => {
                return Err("write `at_least`, `at_most` or `equal`".to_owned());
            }
            Keys { at_least, at_most, equal: None } => {
                Self::new(at_least.unwrap_or(f64::NEG_INFINITY), at_most.unwrap_or(f64::INFINITY))
            }
        };
        let is_number = |limit: &Option<f64>| limit.is_none_or(f64::is_finite);
        if ![keys.at_least, keys.at_most, keys.equal].iter().all(is_number) {
            return Err("a limit is a finite number".to_owned());
        }
        if range.least > range.most {
            return Err(format!("no count is at least {} and at most {}", range.least, range.most));
        }
        Ok(range)
    }
}

/// At least one of the keys.
impl JsonSchema for Range {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Range".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Keys::json_schema(generator);
        let keys = ["at_least", "at_most", "equal"].map(|key| json_schema!({ "required": [key] }));
        schema.insert("anyOf".to_owned(), keys.map(Schema::to_value).to_vec().into());
        schema
    }
}

impl From<Range> for Keys {
    fn from(Range { least, most }: Range) -> Self {
        if least == most {
            return Self { equal: Some(least), ..Self::default() };
        }
        let finite = |limit: f64| limit.is_finite().then_some(limit);
        Self { at_least: finite(least), at_most: finite(most), equal: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_outside_is_told_with_its_overshoot_and_remedy() {
        let place = Location::file("a.yaml");
        let told = |range: Range, count| {
            let error = range.check("the text", count, "words", &place)?;
            Some((error.message, error.remedy.unwrap()))
        };
        let said = |message: &str, remedy: &str| Some((message.to_owned(), remedy.to_owned()));
        let both = Range::new(10.0, 60.0);
        assert_eq!([10, 60].map(|count| told(both, count)), [None, None]);
        assert_eq!(
            told(both, 140),
            said("the text has 140 words, 80 too many: the limit is 10–60", "cut 80, or change the limit")
        );
        assert_eq!(
            told(both, 8),
            said("the text has 8 words, 2 too few: the limit is 10–60", "add 2, or change the limit")
        );
        let most = Range::new(f64::NEG_INFINITY, 3.0);
        assert_eq!(
            told(most, 4),
            said("the text has 4 words, 1 too many: the limit is at most 3", "cut 1, or change the limit")
        );
        assert_eq!(Range::new(2.0, 2.0).to_string(), "2");
        assert_eq!(Range::new(2.0, f64::INFINITY).to_string(), "at least 2");
    }
}
