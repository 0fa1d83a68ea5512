//! `phext-paper add`.

mod fetch;
mod work;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{Failure, JsonArguments, Outcome, RootArguments, print, print_json, program, say};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::pipeline::{Added, Given, add_references};
use crate::source::write_atomically;
use crate::study::Study;
use work::Work;

/// Options of `add`.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Append works to the bibliography of a paper, after a look at each
    #[command(after_help = "Examples:
  {program} add reference export.bib
  {program} add reference - < export.bib
  {program} add reference '@book{knuth1984, author = {Donald Knuth}, title = {...}}'
  {program} add reference 10.1145/3360307 --fetch --key patterson2020

An entry is refused where its key is taken, where the same work is there already (by DOI, arXiv number, or title, year
and first author), where it lacks what a reader needs to find the work, and where it cannot be printed. What stands
in the bibliography stays as it is, byte for byte.

A DOI or an arXiv number says where its entry can be had. With --fetch, the system's curl gets it from doi.org or
arxiv.org; the environment variable PAPER_REFERENCE_SERVER names another server, such as http://127.0.0.1:8000.
Exit code 1: the bibliography cannot be read or written. 2: nothing was added.")]
    Reference(ReferenceArguments),
}

/// Options of `add reference`.
#[derive(Args)]
struct ReferenceArguments {
    /// A file of BibTeX or biblatex entries, - for standard input, the entry itself, a DOI or an arXiv number
    what: String,
    #[command(flatten)]
    root: RootArguments,
    /// Key of the entry in this paper, instead of its own
    #[arg(long)]
    key: Option<String>,
    /// Get the entry of a DOI or an arXiv number with curl
    #[arg(long)]
    fetch: bool,
    /// Print what would be appended, and change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    json: JsonArguments,
}

/// Adds to the sources of a paper.
pub fn run(study: &Study, arguments: &Arguments) -> Outcome {
    match &arguments.command {
        Command::Reference(arguments) => add_reference(study, arguments),
    }
}

/// The most bytes that are read of what is to be added.
const MOST_BYTES: u64 = 1 << 20;

fn add_reference(study: &Study, arguments: &ReferenceArguments) -> Outcome {
    let root = &arguments.root.root;
    let given = given(arguments)?;
    let added = add_references(root, study, &given, arguments.key.as_deref()).map_err(|refused| {
        if refused.is_of_paper {
            Failure::Paper(root.clone(), refused.errors)
        } else {
            Failure::Argument(PathBuf::new(), refused.errors)
        }
    })?;
    if !arguments.dry_run {
        let path = root.join(&added.file);
        write_atomically(&path, &added.bytes).map_err(|error| Failure::write(&path, &error))?;
    }
    if arguments.json.json {
        return Ok(print_json(&json(&added, arguments.dry_run)));
    }
    tell(&added, arguments.dry_run);
    Ok(ExitCode::SUCCESS)
}

fn tell(added: &Added, is_dry: bool) {
    let file = added.file.display();
    if is_dry {
        print(added.appended.trim_end());
    }
    for (key, line) in &added.keys {
        let done = if is_dry { "would stand" } else { "stands" };
        print(&format!("`{key}` {done} in {file}, line {line}; cite it as [@{key}]"));
    }
    for warning in &added.warnings {
        say(&format!("warning: {warning}"));
    }
}

fn json(added: &Added, is_dry: bool) -> serde_json::Value {
    let keys = added.keys.iter().map(|(key, line)| serde_json::json!({ "key": key, "line": line }));
    serde_json::json!({
        "file": added.file, "written": !is_dry, "entries": keys.collect::<Vec<_>>(),
        "appended": added.appended, "warnings": added.warnings,
    })
}

/// Returns the text of the entries that an author names in one way or another.
fn given(arguments: &ReferenceArguments) -> Result<Given, Failure> {
    let what = arguments.what.trim();
    if what == "-" {
        let text = limited(std::io::stdin().lock(), Path::new("standard input"))?;
        return Ok(Given { file: "standard input".into(), text });
    }
    let path = Path::new(&arguments.what);
    if path.is_file() {
        let file = std::fs::File::open(path)
            .map_err(|error| Failure::machine(&format!("cannot read {}: {error}", path.display()), &error))?;
        return Ok(Given { file: path.to_path_buf(), text: limited(file, path)? });
    }
    if what.starts_with('@') {
        return Ok(Given { file: "the entry given".into(), text: what.to_owned() });
    }
    let Some(work) = Work::read(what) else {
        return Err(Failure::Usage(format!(
            "`{what}` is neither a file nor an entry that begins with `@`, a DOI such as 10.1145/3360307 or an arXiv \
             number such as 2304.01433"
        )));
    };
    if !arguments.fetch {
        let key = arguments.key.as_ref().map(|key| format!(" --key {key}")).unwrap_or_default();
        let root = arguments.root.root.display();
        let root = if root.to_string() == "." { String::new() } else { format!(" --root {root}") };
        return Err(Failure::Usage(format!(
            "{} is no entry, and nothing is asked of the network without --fetch. Its entry can be had at {}:\n\n  \
             {} | {program} add reference -{key}{root}\n  {program} add reference {what} --fetch{key}{root}",
            work.name(),
            work.address(work.server()),
            work.command(),
            program = program()
        )));
    }
    Ok(Given { file: work.name().into(), text: fetch::fetch(&work)? })
}

/// Reads a text of at most [`MOST_BYTES`].
fn limited(from: impl Read, file: &Path) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    from.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::machine(&format!("cannot read {}: {error}", file.display()), &error))?;
    let wrong = |message: String, remedy: &str| {
        let error = Diagnostic::new(Location::file(file), message).remedy(remedy);
        Failure::Argument(PathBuf::new(), Diagnostics::from(error))
    };
    if bytes.len() as u64 > MOST_BYTES {
        return Err(wrong(format!("more than {MOST_BYTES} bytes are given"), "add entries in smaller files"));
    }
    let text = String::from_utf8(bytes);
    text.map_err(|_| wrong("what is given is not UTF-8 text".to_owned(), "save it as UTF-8"))
}
