//! `paper/structural-numbers.yaml`: numbers that belong to the language of a text and not to its results.

use std::path::Path;

use serde::Deserialize;

use crate::diagnostic::Diagnostics;
use crate::source;

/// Where a paper lists its structural numbers, below its root.
pub const STRUCTURAL_FILE: &str = "paper/structural-numbers.yaml";

/// Numbers that a paper may write out, each group with its reason.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Structural(Vec<Group>);

/// Numbers that are allowed before some words, or alone.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    /// The numbers, as written.
    numbers: Vec<String>,
    /// The words that may follow; any word when there are none.
    #[serde(default)]
    before: Vec<String>,
    /// Why these are no results.
    #[serde(rename = "reason")]
    _reason: String,
}

impl Structural {
    /// Reads the list of the paper at `root`; a paper without the file has none.
    ///
    /// # Errors
    /// Broken YAML, located.
    pub fn read(root: &Path) -> Result<Self, Diagnostics> {
        if !root.join(STRUCTURAL_FILE).exists() {
            return Ok(Self::default());
        }
        Ok(source::read_yaml(root, Path::new(STRUCTURAL_FILE))?)
    }

    /// Whether a number may stand before the words that follow it.
    pub fn allows(&self, number: &str, after: &str) -> bool {
        let (number, after) = (number.to_lowercase(), after.to_lowercase());
        let after = after.trim_start_matches(|c: char| !c.is_alphanumeric());
        let next: String = after.chars().take_while(|c| c.is_alphanumeric()).collect();
        self.0.iter().any(|group| {
            group.numbers.contains(&number) && (group.before.is_empty() || group.before.contains(&next))
        })
    }
}
