//! Release bundles: everything a build makes with what a catalogue and a doubter ask besides.
//!
//! - `bundle`: the files of a release, from a finished build.
//! - `contents`, `site`: the page that leads to every file.
//! - `citation`, `date`: `CITATION.cff`, `.zenodo.json` and the day they name.
//! - `sums`: `SHA256SUMS`, written and checked.
//! - `folder`: a bundle appears whole or not at all, and never in place of something else.
//! - `inspect`, `verify`, `compare`: a bundle against itself, then against what the sources make today.
//! - `side`, `diff`, `changes`, `report`, `page`, `redline`: what moved from one build to the next.

mod bundle;
mod changes;
mod citation;
mod compare;
mod contents;
mod date;
mod diff;
mod folder;
mod inspect;
mod page;
mod redline;
mod report;
mod side;
mod site;
mod sums;
mod verify;

use std::path::Path;

use crate::diagnostic::Diagnostics;
use crate::pipeline::{self, Options, Progress};

pub use bundle::Bundle;
pub use changes::{Change, Changes, Moved, VerdictChange};
pub use date::{Date, SOURCE_DATE};
pub use diff::diff;
pub use folder::{FolderError, require_ours};
pub use inspect::Damage;
pub use page::html;
pub use redline::redline;
pub use report::markdown;
pub use side::Side;
pub use verify::{Difference, Verified, verify};

/// Where a bundle goes when nothing else is said, below the root of the paper.
pub const DEFAULT_FOLDER: &str = "build/release";

/// Builds a paper and makes the files of its release; nothing is written but the cache.
///
/// # Errors
/// Every error that authors can mend, located.
pub fn make(
    options: &Options,
    date: Option<Date>,
    progress: Progress,
) -> Result<(Bundle, Diagnostics), Diagnostics> {
    let built = pipeline::build(options, progress)?;
    let bundle = Bundle::of(&options.root, &built, date)?;
    Ok((bundle, built.warnings))
}

/// Writes a bundle in place of an older one, or where nothing is.
///
/// # Errors
/// A folder that holds something else, and those of the file system.
pub fn write(bundle: &Bundle, out: &Path) -> Result<(), FolderError> {
    folder::write(&bundle.files, out)
}
