//! `paper/results/ID.json`: results of studies that take too long for a build, written by `phext-paper sim
//! store`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::source;

/// Where the stored results of a paper stand, below its root.
pub const RESULTS_FOLDER: &str = "paper/results";

/// Named lists of numbers, such as one number for each seed.
pub type Values = BTreeMap<String, Vec<f64>>;

/// The result of a study with what it was computed from.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StoredResult {
    /// Name of the study.
    pub study: String,
    /// Digest of the code that computed it.
    pub code: String,
    /// Digest of the inputs and data that it read.
    pub inputs: String,
    /// Settings of the study, such as seeds and cycles, by name.
    pub settings: BTreeMap<String, f64>,
    /// What it found.
    pub values: Values,
}

/// Reads all stored results; a paper without the folder has none.
pub(super) fn read(root: &Path, program: &str) -> Result<BTreeMap<String, StoredResult>, Diagnostics> {
    let results: BTreeMap<String, StoredResult> =
        source::read_written_folder(root, Path::new(RESULTS_FOLDER))?;
    let mut errors = Diagnostics::default();
    for (name, result) in results.iter().filter(|(name, result)| **name != result.study) {
        let file = Path::new(RESULTS_FOLDER).join(format!("{name}.json"));
        let message = format!("this is the result of the study `{}`", result.study);
        let remedy = format!("compute this one anew: {program} sim store {name}");
        errors.push(Diagnostic::new(Location::file(file), message).remedy(remedy));
    }
    errors.into_result(results)
}
