//! `phext-paper publish`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{PaperArguments, print, progress, report, say, usage};
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
    /// Longest time in seconds that typesetting may take
    #[arg(long, default_value_t = 120)]
    time_limit: u64,
    /// Print the manifest on stdout
    #[arg(long)]
    json: bool,
}

/// Makes the bundle and names its folder: exit 1 with errors in the paper, 2 when it cannot be written there.
pub fn run(study: &'static Study, arguments: &Arguments) -> ExitCode {
    let options = match arguments.paper.options(study, arguments.time_limit) {
        Ok(options) => options,
        Err(error) => return usage(&error.to_string()),
    };
    let date = match std::env::var(SOURCE_DATE).ok().map(|text| Date::of_seconds(&text)).transpose() {
        Ok(date) => date,
        Err(error) => return usage(&error),
    };
    let out = arguments.out.clone().unwrap_or_else(|| options.root.join(DEFAULT_FOLDER));
    // Whoever named a wrong folder learns it before the work, not behind it.
    if let Err(error) = publish::require_ours(&out) {
        return usage(&error.to_string());
    }
    let (bundle, warnings) = match publish::make(&options, date, progress()) {
        Ok(made) => made,
        Err(errors) => return report(&options.root, &errors),
    };
    match publish::write(&bundle, &out) {
        Ok(()) => {}
        Err(FolderError::Interrupted) => return ExitCode::from(130),
        Err(error) => return usage(&error.to_string()),
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
    ExitCode::SUCCESS
}
