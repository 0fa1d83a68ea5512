//! The review of a paper: its checks, its clarity, and both as files.

use std::collections::BTreeMap;
use std::path::Path;

use super::inputs::{Inputs, internal};
use super::paper::Edition;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::Facts;
use crate::manuscript::Document;
use crate::review::{
    self, BASELINE_FILE, Baseline, Check, Clarity, Material, clarity, clarity_report, technical,
    technical_report,
};
use crate::source::write_atomically;

/// What a review found.
#[derive(Clone, Debug, Default)]
pub struct Review {
    /// Every check with its findings.
    pub checks: Vec<Check>,
    /// The clarity of the fullest edition.
    pub clarity: Option<Clarity>,
}

/// Reviews all editions together.
///
/// # Errors
/// An edition whose venue is none.
pub fn review(
    inputs: &Inputs,
    facts: &Facts,
    drawings: &BTreeMap<String, String>,
    resolved: &[(&Edition, &Document)],
) -> Result<Review, Diagnostics> {
    let mut editions = Vec::with_capacity(resolved.len());
    for (edition, document) in resolved {
        let listing = inputs.layout(edition.venue.as_ref())?.venue.listing;
        editions.push(review::Edition { name: &edition.name, document, listing });
    }
    let paper = &inputs.paper;
    let material = Material {
        spec: &inputs.review,
        facts,
        model: &inputs.model,
        editions: &editions,
        drawings,
        choice: &paper.rules,
    };
    let clarity = editions.last().map(|fullest| clarity(fullest.document, &inputs.review));
    Ok(Review { checks: technical(&material), clarity })
}

/// Returns both reports, by path below `build/`; `ignored` is what lint would have told.
pub fn reports(
    inputs: &Inputs,
    review: &Review,
    ignored: &[(Diagnostic, String)],
) -> BTreeMap<String, Vec<u8>> {
    let title = &inputs.paper.title;
    let mut files = BTreeMap::new();
    let technical = technical_report(title, &review.checks, ignored);
    files.insert("review/technical-review.md".to_owned(), technical.into_bytes());
    if let Some(found) = &review.clarity {
        let report = clarity_report(title, found, inputs.baseline.as_ref());
        files.insert("review/clarity.md".to_owned(), report.into_bytes());
    }
    files
}

/// Keeps the clarity of a text as that of a release, for later texts to be compared with.
///
/// # Errors
/// Those of the file system.
pub fn keep_clarity(root: &Path, release: &str, found: &Clarity) -> Result<(), Diagnostics> {
    let text = serde_saphyr::to_string(&Baseline::of(release, found)).map_err(internal)?;
    write_atomically(&root.join(BASELINE_FILE), text.as_bytes()).map_err(|error| {
        let message = format!("{BASELINE_FILE} cannot be written: {error}");
        Diagnostic::new(Location::file(BASELINE_FILE), message).into()
    })
}
