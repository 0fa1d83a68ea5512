//! `paper/review.yaml`: what one paper adds to the checks.

use std::path::Path;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::rules::{RELATION, TERM};
use super::{Check, Class, Material, Severity};
use crate::diagnostic::{Diagnostics, Location};
use crate::facts::Facts;
use crate::lint::{passages, phrase_place, plain, whole_words};
use crate::source;

/// Where the checks of a paper stand, below its root.
pub const REVIEW_FILE: &str = "paper/review.yaml";

/// Relations between facts, terms, and names that need no explanation.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReviewSpec {
    relations: Vec<Relation>,
    terms: Vec<Term>,
    names: Vec<Name>,
}

/// Two expressions over facts and how they compare.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Relation {
    /// What has to hold, as a sentence without its full stop.
    property: Spanned<String>,
    class: Class,
    #[serde(default = "critical")]
    severity: Severity,
    left: Expression,
    is: Comparison,
    right: Expression,
    /// How far the sides of an equation may be apart, relative to the right one.
    #[serde(default = "rounding")]
    within: f64,
}

/// A number, a fact by name, or an operation on expressions.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Expression {
    Number(f64),
    Fact(String),
    Operation(Operation),
}

/// What is done with expressions.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Operation {
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

/// How two numbers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Comparison {
    Equal,
    AtMost,
    Below,
}

/// The one word for a concept, and the words that may not stand for it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Term {
    /// The word to use.
    term: String,
    /// Phrases that may not stand in the text.
    never: Vec<String>,
    /// Why.
    because: String,
    #[serde(default = "minor")]
    severity: Severity,
}

/// Words in capitals that are names and not acronyms of the text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    names: Vec<String>,
    /// Why they need no explanation.
    #[serde(rename = "reason")]
    _reason: String,
}

const fn critical() -> Severity {
    Severity::Critical
}

const fn minor() -> Severity {
    Severity::Minor
}

const fn rounding() -> f64 {
    1e-9
}

impl ReviewSpec {
    /// Reads the checks of the paper at `root`; a paper without the file adds none.
    ///
    /// # Errors
    /// Broken YAML, located.
    pub fn read(root: &Path) -> Result<Self, Diagnostics> {
        if !root.join(REVIEW_FILE).exists() {
            return Ok(Self::default());
        }
        Ok(source::read_yaml(root, Path::new(REVIEW_FILE))?)
    }

    /// Whether a word in capitals is a name.
    pub(super) fn is_name(&self, word: &str) -> bool {
        self.names.iter().any(|group| group.names.iter().any(|name| name == word))
    }
}

/// One check for each relation and each term.
pub(super) fn checks(material: &Material<'_>) -> Vec<Check> {
    let spec = material.spec;
    let relations = spec.relations.iter().map(|relation| relation.check(material.facts));
    relations.chain(spec.terms.iter().map(|term| term.check(material))).collect()
}

impl Relation {
    fn check(&self, facts: &Facts) -> Check {
        let mut check = Check::of(self.class, &RELATION);
        check.severity = self.severity;
        check.property.clone_from(&self.property.value);
        let place = source::place(Path::new(REVIEW_FILE), &self.property);
        match (self.left.value(facts), self.right.value(facts)) {
            (Ok(left), Ok(right)) => check.look(self.holds(left, right), &place, || {
                format!("{left} is not {} {right}", self.is.words())
            }),
            (left, right) => {
                for fact in [left, right].into_iter().filter_map(Result::err) {
                    check.look(false, &place, || format!("there is no number `{fact}`"));
                }
            }
        }
        check
    }

    fn holds(&self, left: f64, right: f64) -> bool {
        match self.is {
            Comparison::Equal => (left - right).abs() <= self.within * right.abs(),
            Comparison::AtMost => left <= right,
            Comparison::Below => left < right,
        }
    }
}

impl Comparison {
    const fn words(self) -> &'static str {
        match self {
            Self::Equal => "equal to",
            Self::AtMost => "at most",
            Self::Below => "below",
        }
    }
}

impl Expression {
    /// The number, or the name of the first fact that is missing.
    fn value(&self, facts: &Facts) -> Result<f64, String> {
        match self {
            Self::Number(number) => Ok(*number),
            Self::Fact(name) => facts.get(name).and_then(|fact| fact.number()).ok_or_else(|| name.clone()),
            Self::Operation(operation) => operation.value(facts),
        }
    }
}

impl Operation {
    fn value(&self, facts: &Facts) -> Result<f64, String> {
        let (Self::Sum(parts)
        | Self::Product(parts)
        | Self::Difference(parts)
        | Self::Ratio(parts)
        | Self::Distance(parts)) = self;
        let values: Vec<f64> = parts.iter().map(|part| part.value(facts)).collect::<Result<_, _>>()?;
        let Some((&first, others)) = values.split_first() else { return Ok(f64::NAN) };
        Ok(match self {
            Self::Sum(_) => values.iter().sum(),
            Self::Product(_) => values.iter().product(),
            Self::Difference(_) => first - others.iter().sum::<f64>(),
            Self::Ratio(_) => first / others.iter().product::<f64>(),
            Self::Distance(_) => (first - others.iter().sum::<f64>()).abs(),
        })
    }
}

impl Term {
    fn check(&self, material: &Material<'_>) -> Check {
        let property = format!("the text says {} and not {}", self.term, self.never.join(", "));
        let mut check = Check::of(Class::Terminology, &TERM);
        check.severity = self.severity;
        check.property = property;
        for passage in material.fullest().map(passages).unwrap_or_default() {
            let text = plain(passage.content);
            let wrong = self.never.iter().find(|phrase| !whole_words(&text, phrase).is_empty());
            let place: Location = wrong.map_or_else(
                || passage.location.clone().into_owned(),
                |phrase| phrase_place(material.root, &passage.location, phrase),
            );
            check.look(wrong.is_none(), &place, || {
                format!("`{}`: {}", wrong.map_or("", String::as_str), self.because)
            });
        }
        check
    }
}
