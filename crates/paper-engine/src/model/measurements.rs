//! `paper/measurements.yaml`: wall-clock times, written by `phext-paper measure` and read as inputs.

use std::collections::BTreeMap;
use std::path::Path;

use serde_saphyr::Spanned;

use super::InputEntry;
use crate::diagnostic::Diagnostics;
use crate::source;

/// Where the measured inputs of a paper stand, below its root.
pub const MEASUREMENTS_FILE: &str = "paper/measurements.yaml";

/// Reads the measurements; a paper without the file has none.
pub(super) fn read(root: &Path) -> Result<BTreeMap<String, Spanned<InputEntry>>, Diagnostics> {
    let file = Path::new(MEASUREMENTS_FILE);
    if !root.join(file).exists() {
        return Ok(BTreeMap::new());
    }
    source::read_placed::<_, BTreeMap<String, InputEntry>>(root, file)
}
