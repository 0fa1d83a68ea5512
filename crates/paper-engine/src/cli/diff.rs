//! `phext-paper diff`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::{Failure, Outcome, print, say};
use crate::diagnostic::Diagnostics;
use crate::publish::{self, Side};
use crate::source::write_atomically;

/// Options of `diff`.
#[derive(Args)]
#[command(
    after_help = "Each side is a release bundle, a folder build/, or a facts.json. Sentences and verdicts need more than \
facts; a redline needs the LaTeX of both sides. The exit code is 0 whether or not something moved.

Examples:
  {program} diff old-release build/release
  {program} diff before/facts.json build/facts.json --format json
  {program} diff old-release build/release --format html --out build/changes.html
  {program} diff old-release build/release --redline build/redline.tex --edition extended"
)]
pub struct Arguments {
    /// The older side
    old: PathBuf,
    /// The newer side
    new: PathBuf,
    /// How the changes are told
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,
    /// File to write; stdout without it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Also write the LaTeX with every change marked, through latexdiff
    #[arg(long, value_name = "FILE")]
    redline: Option<PathBuf>,
    /// The edition of the redline; by default the shortest
    #[arg(long, requires = "redline")]
    edition: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal or a comment
    Markdown,
    /// A page of its own
    Html,
    /// For a script
    Json,
}

/// Tells what moved: exit 0, 2 when a side cannot be read, 1 when a file cannot be written.
pub fn run(arguments: &Arguments) -> Outcome {
    let mut errors = Diagnostics::default();
    let old = errors.take(Side::read(&arguments.old).map_err(Diagnostics::from));
    let new = errors.take(Side::read(&arguments.new).map_err(Diagnostics::from));
    let (Some(old), Some(new)) = (old, new) else {
        return Err(Failure::Argument(PathBuf::new(), errors));
    };
    let changes = publish::diff(&old, &new);
    let text = match arguments.format {
        Format::Markdown => publish::markdown(&changes),
        Format::Html => publish::html(&changes).map_err(|error| Failure::Machine(error.to_string()))?,
        Format::Json => serde_json::to_string_pretty(&changes)?,
    };
    let text = text.trim_end();
    match &arguments.out {
        None => print(text),
        Some(file) => {
            write_atomically(file, format!("{text}\n").as_bytes())
                .map_err(|error| Failure::write(file, &error))?;
            say(&file.display().to_string());
        }
    }
    if let Some(file) = &arguments.redline {
        let marked = publish::redline(&old, &new, arguments.edition.as_deref()).map_err(Failure::Usage)?;
        write_atomically(file, &marked).map_err(|error| Failure::write(file, &error))?;
        say(&file.display().to_string());
    }
    Ok(ExitCode::SUCCESS)
}
