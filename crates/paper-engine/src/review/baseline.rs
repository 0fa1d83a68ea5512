//! `paper/clarity-baseline.yaml`: the readability of the last release, which later texts are compared with.

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::clarity::Clarity;
use crate::diagnostic::Diagnostics;
use crate::source;

/// Where the measures of the last release stand, below the root of a paper.
pub const BASELINE_FILE: &str = "paper/clarity-baseline.yaml";

/// The measures of one release.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The name of the release.
    pub release: String,
    /// Its sections.
    pub sections: Vec<Section>,
}

/// The measures of a section, rounded to two decimals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// The title without its number.
    pub name: String,
    /// Words in the mean sentence.
    pub mean_sentence: f64,
    /// The Flesch-Kincaid grade.
    pub grade: f64,
    /// The share of sentences in the passive.
    pub passive_share: f64,
}

impl Baseline {
    /// Takes the measures of a text under the name of a release.
    #[must_use]
    pub fn of(release: &str, found: &Clarity) -> Self {
        let round = |value: f64| (value * 100.0).round() / 100.0;
        let sections = found.sections.iter().map(|section| Section {
            name: section.name.clone(),
            mean_sentence: round(section.mean_sentence()),
            grade: round(section.grade()),
            passive_share: round(section.passive_share()),
        });
        Self { release: release.to_owned(), sections: sections.collect() }
    }

    /// Reads the measures of the last release; a paper that was never released has none.
    ///
    /// # Errors
    /// Broken YAML, located.
    pub fn read(root: &Path) -> Result<Option<Self>, Diagnostics> {
        if !root.join(BASELINE_FILE).exists() {
            return Ok(None);
        }
        Ok(Some(source::read_yaml(root, Path::new(BASELINE_FILE))?))
    }

    /// Returns the measures of the section with a title.
    #[must_use]
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }
}
