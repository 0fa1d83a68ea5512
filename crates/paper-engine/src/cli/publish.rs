//! `phext-paper publish`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Failure, LimitArguments, Outcome, PaperArguments, print, progress, say};
use crate::publish::{self, DEFAULT_FOLDER, Date, FolderError, SOURCE_DATE};
use crate::study::Study;

/// Options of `publish`.
#[derive(Args)]
#[command(
    after_help = "The bundle holds every output, a page that leads to each, CITATION.cff, .zenodo.json, the licences, \
manifest.json and SHA256SUMS. The same sources give the same bytes. A date of release is written only where \
SOURCE_DATE_EPOCH is set.

Examples:
  {program} publish
  {program} publish --out bundle && (cd bundle && sha256sum --check --quiet SHA256SUMS)
  SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) {program} publish"
)]
pub struct Arguments {
    #[command(flatten)]
    paper: PaperArguments,
    /// Folder of the bundle; by default build/release below the root
    #[arg(long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    limit: LimitArguments,
    /// Print the manifest on stdout
    #[arg(long)]
    json: bool,
}

/// Makes the bundle and names its folder: exit 1 with errors in the paper or when the bundle cannot be
/// written, 2 when something else is in its place.
pub fn run(study: &'static Study, arguments: &Arguments) -> Outcome {
    let options = arguments.paper.options(study, &arguments.limit)?;
    let date = std::env::var(SOURCE_DATE).ok().map(|text| Date::of_seconds(&text)).transpose();
    let date = date.map_err(Failure::Usage)?;
    let out = arguments.out.clone().unwrap_or_else(|| options.root.join(DEFAULT_FOLDER));
    // Whoever named a wrong folder learns it before the work, not behind it.
    publish::require_ours(&out).map_err(failure)?;
    let made = publish::make(&options, date, progress());
    let (bundle, warnings) = made.map_err(|errors| Failure::paper(&options.root, errors))?;
    match publish::write(&bundle, &out) {
        Ok(()) => {}
        Err(FolderError::Interrupted) => return Ok(ExitCode::from(130)),
        Err(error) => return Err(failure(error)),
    }
    for warning in &warnings.0 {
        say(&format!("warning: {warning}"));
    }
    if arguments.json {
        print(&format!(
            "{:#}",
            json!({"folder": out, "files": bundle.files.len(), "manifest": bundle.manifest})
        ));
    } else {
        print(&out.display().to_string());
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns a folder that belongs to somebody else is a wrong argument; one that cannot be written is none.
fn failure(error: FolderError) -> Failure {
    match error {
        FolderError::Taken(_) | FolderError::Foreign(..) => Failure::Usage(error.to_string()),
        FolderError::Io(_, ref cause) => Failure::machine(&error.to_string(), cause),
        FolderError::Interrupted => Failure::Machine(error.to_string()),
    }
}
