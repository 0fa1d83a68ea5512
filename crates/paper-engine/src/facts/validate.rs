//! Our facts against what was published, line by line.

use super::{Facts, Grade};
use crate::model::{Model, PublishedResult};

/// How far a computed fact may be from a published value unless the value says otherwise.
const TOLERANCE: f64 = 0.01;

/// One published result beside ours.
#[derive(Clone, Debug)]
pub struct Comparison<'a> {
    /// Name of the published result.
    pub name: &'a str,
    /// The published result.
    pub published: &'a PublishedResult,
    /// Name of our fact and its value in the unit of the published result, where there is one.
    pub ours: Option<(&'a str, f64)>,
    /// Grade of our fact; quoted where there is none.
    pub grade: Grade,
    /// Our distance from the published span, relative to its nearest end.
    pub error: Option<f64>,
    /// Whether ours agrees as far as its grade promises.
    pub agreement: Agreement,
}

/// Whether ours agrees with a published result as far as its grade promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// Within the tolerance.
    Within,
    /// Within the tolerance, but ours starts from a published result, so that this is no evidence.
    Restated,
    /// Outside, with a declared reason: an assumption, or a quantity that is not the same.
    Explained,
    /// Outside without a reason: a defect.
    Outside,
    /// Only quoted.
    Quoted,
    /// The fact that the published result names does not exist, or measures something else: a defect.
    Missing,
}

impl Agreement {
    /// Returns the word that stands in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Within => "within",
            Self::Restated => "restated",
            Self::Explained => "explained",
            Self::Outside => "OUTSIDE",
            Self::Quoted => "quoted",
            Self::Missing => "MISSING",
        }
    }

    /// Returns whether something has to be mended.
    pub fn is_defect(self) -> bool {
        matches!(self, Self::Outside | Self::Missing)
    }
}

/// Compares every published result with the fact it names.
pub fn validate<'a>(model: &'a Model, facts: &Facts) -> Vec<Comparison<'a>> {
    model.all_published().map(|(name, published)| compare(name, published, facts)).collect()
}

fn compare<'a>(name: &'a str, published: &'a PublishedResult, facts: &Facts) -> Comparison<'a> {
    let quoted =
        |agreement| Comparison { name, published, ours: None, grade: Grade::Quoted, error: None, agreement };
    let Some(fact_name) = published.ours.as_deref() else { return quoted(Agreement::Quoted) };
    let Some(fact) = facts.get(fact_name) else { return quoted(Agreement::Missing) };
    let converted = fact.in_unit(published.unit);
    let Some(value) = converted.and_then(|fact| fact.number()) else { return quoted(Agreement::Missing) };
    let error = published.span.error(value);
    let agreement = if error.abs() <= published.tolerance.unwrap_or(TOLERANCE) {
        if fact.grade == Grade::Derived { Agreement::Restated } else { Agreement::Within }
    } else if fact.grade == Grade::Assumption || published.because.is_some() {
        Agreement::Explained
    } else {
        Agreement::Outside
    };
    let ours = Some((fact_name, value));
    Comparison { name, published, ours, grade: fact.grade, error: Some(error), agreement }
}
