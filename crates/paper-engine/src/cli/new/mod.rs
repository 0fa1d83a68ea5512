//! `phext-paper new`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::pipeline::built_in_venues;

use super::{Failure, Outcome, print, program};
use crate::schema;
use crate::study::Study;

/// The files of a new paper, below its folder.
const FILES: [(&str, &str); 14] = [
    ("paper/paper.yaml", include_str!("paper.yaml")),
    ("paper/references.bib", include_str!("references.bib")),
    ("paper/sections/00-abstract.md", include_str!("00-abstract.md")),
    ("paper/sections/01-first.md", include_str!("01-first.md")),
    ("paper/sections/02-numbers.md", include_str!("02-numbers.md")),
    ("paper/results.yaml", include_str!("results.yaml")),
    ("paper/structural-numbers.yaml", include_str!("structural-numbers.yaml")),
    ("paper/claims.yaml", include_str!("claims.yaml")),
    ("paper/tables/table-1-latency.yaml", include_str!("table-latency.yaml")),
    ("paper/tables/table-2-machine.yaml", include_str!("table-machine.yaml")),
    ("figures/fig-1-latency.yaml", include_str!("fig-latency.yaml")),
    ("figures/ring.svg", include_str!("ring.svg")),
    ("data/runs.csv", include_str!("runs.csv")),
    ("data/machine.csv", include_str!("machine.csv")),
];

/// Options of `new`.
#[derive(Args)]
#[command(after_help = "Examples:
  {program} new my-paper
  {program} new my-paper --venue acm
  {program} new my-paper --title \"What a Ring Costs\"")]
pub struct Arguments {
    /// Folder of the paper; made where it does not exist
    folder: PathBuf,
    /// Title of the paper, in Markdown
    #[arg(long, default_value = "A New Paper")]
    title: String,
    /// Whose class and layout it has; ieee where none is named
    #[arg(long, value_parser = PossibleValuesParser::new(built_in_venues()))]
    venue: Option<String>,
}

/// Writes a short paper that shows what an author can write, and says how to build it.
pub fn run(study: &Study, arguments: &Arguments) -> Outcome {
    let folder = &arguments.folder;
    let cannot = |path: &Path| {
        let path = path.to_path_buf();
        move |error: std::io::Error| Failure::write(&path, &error)
    };
    if folder.exists() {
        let mut entries = std::fs::read_dir(folder).map_err(cannot(folder))?;
        if entries.next().is_some() {
            let message = format!("{} is not empty; name a folder that does not exist yet", folder.display());
            return Err(Failure::Usage(message));
        }
    }
    let files = FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let schemas = schema::files(study).map(|(name, text)| (format!("{}/{name}", schema::FOLDER), text));
    for (name, text) in files.chain(schemas) {
        let path = folder.join(&name);
        let text = match name.as_str() {
            "paper/paper.yaml" => {
                let title = serde_json::to_string(&arguments.title)?;
                let venue = arguments.venue.as_ref();
                let venue =
                    venue.map_or(String::new(), |venue| format!("venue: {venue}, anonymous: false, "));
                let text = text.replace("{venue}", &venue);
                text.replace("{title}", &title).replace("{short}", &short(&arguments.title))
            }
            _ => text,
        };
        let above = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(above).map_err(cannot(above))?;
        std::fs::write(&path, text).map_err(cannot(&path))?;
    }
    let shown = folder.display();
    print(&format!(
        "{shown} holds a short paper.\n\n  {program} build --root {shown}    makes its PDF, page and archive\n  \
         {program} watch --root {shown}    shows it while you write",
        program = program()
    ));
    Ok(ExitCode::SUCCESS)
}

/// Returns the name of a paper's files: the first words of its title.
fn short(title: &str) -> String {
    let words = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<String> = words.take(5).map(str::to_ascii_lowercase).collect();
    if words.is_empty() { "paper".to_owned() } else { words.join("-") }
}
