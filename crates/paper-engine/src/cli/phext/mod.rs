//! `phext-paper phext`.

mod check;
mod get;
mod list;

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use phext::{ReadError, Reader};

use super::{Failure, JsonArguments, Outcome, note_unprinted, print, program, report, say};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};

/// Options of `phext`.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print the scroll at a coordinate, byte for byte
    #[command(after_help = "Examples:
  {program} phext get build/phext-based-compute.phext 1.1.1/1.1.1/1.1.1     the index of the paper
  {program} phext get build/phext-based-compute.phext 2.1.1/3.1.1/1.1.1     the heading of its section 3
  cat some.phext | {program} phext get - '1.1.1;1.1.1;1.1.2'

A coordinate has nine numbers from 1 to 999: library.shelf.series/collection.volume.book/chapter.section.scroll.
Exit code 1: the file is malformed up to there, or has no scroll there. 2: wrong usage.")]
    Get {
        /// A phext document; - for standard input
        file: PathBuf,
        /// Where the scroll stands, such as 2.1.1/3.1.1/1.1.1
        coordinate: String,
    },
    /// List the coordinates that hold a scroll, with their bytes and what the index says of them
    #[command(after_help = "Examples:
  {program} phext list build/phext-based-compute.phext
  {program} phext list build/phext-based-compute.phext --json

Columns: coordinate, bytes, kind, name, title. A document without an index shows how each scroll begins.
Exit code 1: the document is malformed behind what was listed; in JSON, `error` says why and is null otherwise.")]
    List {
        /// A phext document; - for standard input
        file: PathBuf,
        #[command(flatten)]
        json: JsonArguments,
    },
    /// Look for errors: text that is not UTF-8, numbers above 999, scrolls that differ from the index
    #[command(after_help = "Examples:
  {program} phext check build/phext-based-compute.phext
  curl -s https://example.org/some.phext | {program} phext check -

A document has at most 512 MiB and 1,000,000 scrolls, a scroll at most 16 MiB. Memory stays bounded whatever comes
in. Only a document with an index tells that it was cut off between two scrolls.
Exit code 1: an error. 2: wrong usage.")]
    Check {
        /// A phext document; - for standard input
        file: PathBuf,
    },
}

/// Answers a question to a phext document.
pub fn run(arguments: &Arguments) -> Outcome {
    match &arguments.command {
        Command::Get { file, coordinate } => get::run(file, coordinate),
        Command::List { file, json } => list::run(file, json.json),
        Command::Check { file } => check::run(file),
    }
}

/// Opens a document, or standard input for `-`.
fn open(file: &Path) -> Result<Reader<Box<dyn Read>>, Failure> {
    if file == Path::new("-") {
        return Ok(Reader::new(Box::new(io::stdin())));
    }
    match File::open(file) {
        Ok(opened) => Ok(Reader::new(Box::new(opened))),
        Err(error) => {
            let message = match error.kind() {
                ErrorKind::NotFound => format!("{} does not exist", file.display()),
                _ => format!("{} cannot be read: {error}", file.display()),
            };
            let remedy = format!("`{} build` writes one into build/", program());
            Err(wrong(located(file, message).remedy(remedy)))
        }
    }
}

/// Returns a message about a document as a whole; a place inside it is part of the message.
fn located(file: &Path, message: String) -> Diagnostic {
    let name = if file == Path::new("-") { Path::new("standard input") } else { file };
    Diagnostic::new(Location::file(name), message)
}

/// Returns what is wrong with a document.
fn wrong(error: impl Into<Diagnostics>) -> Failure {
    Failure::paper(Path::new(""), error)
}

/// Why a document cannot be read.
fn malformed(file: &Path, error: &ReadError) -> Failure {
    wrong(located(file, error.to_string()).remedy(error.fault.remedy()))
}

/// Ends a command whose output went as far as `written`.
fn finish(written: io::Result<()>) -> ExitCode {
    if let Err(error) = written {
        note_unprinted(error);
    }
    ExitCode::SUCCESS
}
