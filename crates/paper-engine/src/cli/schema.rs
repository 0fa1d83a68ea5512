//! `phext-paper schema`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{Failure, Outcome, print};
use crate::schema::{FileKind, KINDS, reference};
use crate::source::write_atomically;
use crate::study::Study;

/// Options of `schema`.
#[derive(Args)]
#[command(after_help = "Examples:
  {program} schema                          list the kinds of files
  {program} schema figure                   print the schema of figures/*.yaml
  {program} schema --out my-paper/schemas   write all of them beside a paper
  {program} schema --reference              print every key of every file as a page

An editor that knows the YAML language server completes and checks keys by the first line of a file:
  # yaml-language-server: $schema=../schemas/paper.json")]
pub struct Arguments {
    /// Kind of file, such as paper, model, figure or table; all of them without it
    kind: Option<String>,
    /// Folder to write KIND.json into, instead of printing
    #[arg(long)]
    out: Option<PathBuf>,
    /// Print the reference of all keys in Markdown
    #[arg(long, conflicts_with_all = ["kind", "out"])]
    reference: bool,
}

/// Prints or writes JSON Schemas of the YAML files of a paper.
pub fn run(study: &Study, arguments: &Arguments) -> Outcome {
    if arguments.reference {
        print(reference(study).trim_end());
        return Ok(ExitCode::SUCCESS);
    }
    let named = match &arguments.kind {
        None => None,
        Some(name) => Some(FileKind::named(name).ok_or_else(|| {
            Failure::unknown("kind of file", name, KINDS.iter().map(|kind| kind.name), "schema")
        })?),
    };
    let chosen = KINDS.iter().filter(|kind| named.is_none_or(|named| named.name == kind.name));
    match (&arguments.out, named) {
        (Some(folder), _) => {
            for kind in chosen {
                let path = folder.join(format!("{}.json", kind.name));
                write_atomically(&path, kind.text(study).as_bytes())
                    .map_err(|error| Failure::write(&path, &error))?;
                print(&path.display().to_string());
            }
        }
        (None, Some(kind)) => print(kind.text(study).trim_end()),
        (None, None) => {
            for kind in chosen {
                print(&format!("{:<20}{:<32}{}", kind.name, kind.files, kind.about));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
