//! What a sceptical reviewer would check, as far as a machine can: a technical review and a report on
//! clarity.
//!
//! - `spec`: `paper/review.yaml`, the checks that belong to one paper: relations between facts, terms, names.
//! - `performance`, `algorithms`, `drawings`, `terms`: the checks of each class.
//! - `sentences`, `clarity`: sentences, readability, passives, acronyms, repeated phrases.
//! - `baseline`: the readability of the last release, to compare with.
//! - `report`: both reports as Markdown.

mod algorithms;
mod baseline;
mod clarity;
mod drawings;
mod performance;
mod report;
mod rules;
mod sentences;
mod spec;
mod terms;
mod text;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Diagnostics, Location, Rule};
use crate::facts::Facts;
use crate::lint::Choice;
use crate::manuscript::Document;
use crate::model::Model;

pub use crate::diagnostic::Severity;
pub use baseline::{BASELINE_FILE, Baseline};
pub use clarity::{Clarity, SectionClarity, clarity};
pub use report::{clarity_report, technical_report};
pub use rules::RULES;
pub use spec::{REVIEW_FILE, ReviewSpec};

/// What a check looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Coordinates and counts of the machine.
    CoordinateArithmetic,
    /// Numbers, their provenance, and claims.
    PerformanceClaims,
    /// Code, searches and samples.
    Algorithms,
    /// Figures and tables.
    FiguresAndTables,
    /// Words.
    Terminology,
}

impl Class {
    /// All classes, in the order of the report.
    pub const ALL: [Self; 5] = [
        Self::CoordinateArithmetic,
        Self::PerformanceClaims,
        Self::Algorithms,
        Self::FiguresAndTables,
        Self::Terminology,
    ];

    /// Returns the words of a heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::CoordinateArithmetic => "Coordinate arithmetic",
            Self::PerformanceClaims => "Performance claims",
            Self::Algorithms => "Algorithms",
            Self::FiguresAndTables => "Figures and tables",
            Self::Terminology => "Terminology",
        }
    }
}

/// An edition of the paper as the review sees it.
#[derive(Clone, Copy, Debug)]
pub struct Edition<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its text.
    pub document: &'a Document,
    /// Columns of a listing that fit on a line of its venue.
    pub listing: usize,
}

/// Everything a review looks at.
pub struct Material<'a> {
    /// What this paper adds to the checks.
    pub spec: &'a ReviewSpec,
    /// All facts.
    pub facts: &'a Facts,
    /// The inputs, claims and published results.
    pub model: &'a Model,
    /// The editions, the fullest last.
    pub editions: &'a [Edition<'a>],
    /// SVG text by figure id.
    pub drawings: &'a BTreeMap<String, String>,
    /// The rules that this paper asks for beside those of every paper, and those that it ignores.
    pub choice: &'a Choice,
}

impl<'a> Material<'a> {
    /// Returns the fullest edition.
    pub fn fullest(&self) -> Option<&'a Document> {
        self.editions.last().map(|edition| edition.document)
    }
}

/// One defect and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The place in an author's file.
    pub place: Location,
    /// What is wrong.
    pub message: String,
}

/// One question, how many things were asked, and which of them failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The rule that it checks.
    pub rule: Rule,
    /// Its class.
    pub class: Class,
    /// How much a finding of it matters.
    pub severity: Severity,
    /// The property that has to hold, as a sentence without its full stop.
    pub property: String,
    /// The number of things looked at.
    pub looked_at: usize,
    /// What does not hold.
    pub findings: Vec<Finding>,
    /// What does not hold and is ignored, each with the reason.
    pub ignored: Vec<(Finding, String)>,
}

impl Check {
    /// Begins a check of a rule, without findings.
    pub fn of(class: Class, rule: &Rule) -> Self {
        Self {
            rule: *rule,
            class,
            severity: rule.severity,
            property: rule.property.to_owned(),
            looked_at: 0,
            findings: Vec::new(),
            ignored: Vec::new(),
        }
    }

    /// Returns the same for one edition of several.
    #[must_use]
    pub fn in_edition(mut self, edition: &str) -> Self {
        self.property = format!("{}, in the edition `{edition}`", self.property);
        self
    }

    /// Counts one thing looked at, and keeps a finding when it fails.
    pub fn look(&mut self, holds: bool, place: &Location, message: impl FnOnce() -> String) {
        self.looked_at += 1;
        if !holds {
            self.findings.push(Finding { place: place.clone(), message: message() });
        }
    }
}

/// Runs every check; those that found nothing to look at are left out.
pub fn technical(material: &Material<'_>) -> Vec<Check> {
    let mut checks = [
        performance::checks(material),
        algorithms::checks(material),
        drawings::checks(material),
        terms::checks(material),
    ]
    .concat();
    let study = material.model.study().checks.iter().flat_map(|checks| checks(material));
    checks.extend(study);
    checks.extend(spec::checks(material));
    checks.retain(|check| check.looked_at > 0 && material.choice.has(&check.rule));
    for check in &mut checks {
        let rule = check.rule.name;
        check.ignored =
            material.choice.take_ignored(&mut check.findings, |finding| Some((rule, &finding.place)));
    }
    checks.sort_by_key(|check| check.class);
    checks
}

/// Returns the critical findings as errors.
///
/// # Errors
/// Every critical finding, located.
pub fn require_none_critical(checks: &[Check]) -> Result<(), Diagnostics> {
    let critical = checks.iter().filter(|check| check.severity == Severity::Critical);
    let errors = critical.flat_map(|check| {
        check.findings.iter().map(|finding| {
            Diagnostic::new(finding.place.clone(), finding.message.clone())
                .remedy(format!("the review demands: {}", check.property))
                .breaks(&check.rule)
        })
    });
    Diagnostics(errors.collect()).into_result(())
}
