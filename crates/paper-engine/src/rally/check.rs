//! The checks that a criterion can be bound to: a closed set, each decided by the program itself.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::measure::Measure;
use crate::assertion::{Bounds, Range};
use crate::lint::RULES;
use crate::review::{Class, Severity};

/// One check of a criterion.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// Facts exist, compare with a bound, and are shown where they belong.
    Fact(FactCheck),
    /// A sentence states the verdict of claims.
    Verdict(VerdictCheck),
    /// A file exists and keeps its size.
    File(FileCheck),
    /// There are so many of something.
    Count(CountCheck),
    /// A text treats every topic of a list.
    Contains(Topics),
    /// A text has a heading for every topic of a list.
    Headings(Topics),
    /// Every cell of a column is one of a list, or names a section.
    Cells(CellsCheck),
    /// A rule of prose finds nothing.
    Lint(LintCheck),
    /// Checks of the review exist and find nothing.
    Review(ReviewCheck),
    /// A text refers to figures, tables, sections or works.
    Cites(CitesCheck),
    /// Tests passed on these very sources.
    Test(TestCheck),
    /// A person has to give it; the text says what.
    SignOff(String),
}

/// Facts by name, and what they have to keep.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FactCheck {
    /// Their names.
    pub names: Vec<String>,
    /// What each has to keep, at its stated value.
    #[serde(flatten)]
    pub bounds: Bounds,
    /// Whether each has a published value, which is shown beside it.
    #[serde(default)]
    pub published: bool,
    /// Whether each carries an interval.
    #[serde(default)]
    pub interval: bool,
    /// The text, figure or table that shows them.
    #[serde(default, rename = "in")]
    pub place: Option<String>,
}

/// Claims and where their verdicts are stated.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictCheck {
    /// Their ids; all claims of the paper when none is named.
    #[serde(default)]
    pub claims: Vec<String>,
    /// The file of the text.
    #[serde(rename = "in")]
    pub place: String,
}

/// A file in `paper/`, `figures/` or `build/`.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FileCheck {
    /// Its path; one that ends in `/` is a folder with something in it.
    pub path: String,
    /// How many bytes it may have.
    #[serde(default)]
    pub bytes: Option<Range>,
}

/// A measure and its bounds.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CountCheck {
    /// What is counted.
    pub of: Measure,
    /// How many there may be.
    #[serde(flatten)]
    pub range: Range,
}

/// Topics of a text.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Topics {
    /// The file of the text, or the figure or table in `build/`.
    #[serde(rename = "in")]
    pub place: String,
    /// The edition; the fullest when none is named.
    #[serde(default)]
    pub edition: Option<String>,
    /// The topics.
    pub topics: Vec<Topic>,
    /// Whether they have to stand in this order.
    #[serde(default)]
    pub in_order: bool,
}

/// A phrase, or phrases of which one is enough.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(untagged)]
pub enum Topic {
    /// This phrase.
    Phrase(String),
    /// Any of these.
    AnyOf(Vec<String>),
}

/// The cells of a column.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CellsCheck {
    /// The id of the table.
    pub table: String,
    /// The header of the column.
    pub column: String,
    /// What may stand in it; the beginnings of the titles of sections when nothing is listed.
    #[serde(default)]
    pub among: Vec<String>,
}

/// A rule of prose.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LintCheck {
    /// The rule.
    pub rule: RuleName,
    /// The file it is asked of; the whole text of all editions without one.
    #[serde(default, rename = "in")]
    pub place: Option<String>,
}

/// A rule of prose by its name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String")]
pub struct RuleName(String);

/// The names of the rules of prose.
impl JsonSchema for RuleName {
    fn schema_name() -> Cow<'static, str> {
        "RuleName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
        json_schema!({ "description": "The name of a rule of prose.", "type": "string", "enum": names })
    }
}

impl RuleName {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RuleName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        if RULES.iter().any(|rule| rule.name == name) {
            return Ok(Self(name));
        }
        let names = RULES.iter().map(|rule| rule.name).collect::<Vec<_>>().join(", ");
        Err(format!("there is no rule of prose `{name}`; name one of: {names}"))
    }
}

/// Checks of the review, chosen by rule, class, severity and words.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewCheck {
    /// Only those of this rule.
    #[serde(default)]
    pub rule: Option<String>,
    /// Only those of this class.
    #[serde(default)]
    pub class: Option<Class>,
    /// Only those of this severity.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// Only those whose property has these words.
    #[serde(default)]
    pub property: Option<String>,
}

/// References of a text.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CitesCheck {
    /// The file of the text.
    #[serde(rename = "in")]
    pub place: String,
    /// The edition; the fullest when none is named.
    #[serde(default)]
    pub edition: Option<String>,
    /// Labels, such as `fig:topology`, and keys of works.
    pub labels: Vec<String>,
}

/// Tests that have to have passed.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TestCheck {
    /// Names of tests.
    #[serde(default)]
    pub names: Vec<String>,
    /// A text whose programs run as doc-tests.
    #[serde(default)]
    pub programs: Option<String>,
}

impl Check {
    /// Returns the name of its kind, with what it looks at.
    pub(super) fn kind(&self) -> String {
        let of = |kind: &str, what: &str| format!("{kind} {what}");
        match self {
            Self::Fact(check) => of("fact", &check.names.join(" ")),
            Self::Verdict(check) => of("verdict", &check.place),
            Self::File(check) => of("file", &check.path),
            Self::Count(check) => of("count", &check.of.name()),
            Self::Contains(topics) => of("contains", &topics.place),
            Self::Headings(topics) => of("headings", &topics.place),
            Self::Cells(check) => of("cells", &check.table),
            Self::Lint(check) => of("lint", check.rule.as_str()),
            Self::Review(check) => {
                of("review", check.rule.as_deref().or(check.property.as_deref()).unwrap_or("all"))
            }
            Self::Cites(check) => of("cites", &check.labels.join(" ")),
            Self::Test(check) => of("test", check.programs.as_deref().unwrap_or(&check.names.join(" "))),
            Self::SignOff(_) => "sign-off".to_owned(),
        }
    }
}
