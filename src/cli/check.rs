//! `phext-paper check`.

use std::process::ExitCode;

use clap::Args;

use super::review::summary;
use super::{PaperArguments, announce, print, report, say, usage};
use crate::diagnostic::Diagnostics;
use crate::lint::Count;
use crate::pipeline::{self, Checked, WordCounts};

/// Options of `check`.
#[derive(Args)]
#[command(after_help = "Examples:
  phext-paper check
  phext-paper check --root tests/suite/minimal --json")]
pub struct Arguments {
    #[command(flatten)]
    paper: PaperArguments,
    /// Print the errors as a JSON list on stdout
    #[arg(long)]
    json: bool,
}

/// Checks the paper: exit 0 without errors, 1 with errors.
pub fn run(arguments: &Arguments) -> ExitCode {
    let options = match arguments.paper.options(0) {
        Ok(options) => options,
        Err(error) => return usage(&error.to_string()),
    };
    let (checked, errors) = match pipeline::check(&options, &|stage| announce(stage)) {
        Ok(checked) => (checked, Diagnostics::default()),
        Err(errors) => (Checked::default(), errors),
    };
    if arguments.json {
        let list = errors.0.iter().map(|error| {
            serde_json::json!({
                "file": error.location.file, "line": error.location.line, "column": error.location.column,
                "message": error.message, "remedy": error.remedy,
            })
        });
        print(&format!("{:#}", serde_json::Value::from(list.collect::<Vec<_>>())));
        return ExitCode::from(u8::from(!errors.0.is_empty()));
    }
    if !errors.0.is_empty() {
        return report(&options.root, &errors);
    }
    for warning in &checked.warnings.0 {
        say(&format!("warning: {warning}"));
    }
    print_words(&checked.words);
    print(&summary(&checked.review));
    print("no errors");
    ExitCode::SUCCESS
}

/// Prints the words of each section, one column for each edition.
fn print_words(counts: &WordCounts) {
    let titles = counts.iter().map(|(_, sections)| sections).max_by_key(|sections| sections.len());
    let header: String = counts.iter().map(|(edition, _)| format!("{edition:>12}")).collect();
    print(&format!("{:<48}{header}", "words"));
    for (index, title) in titles.into_iter().flatten().map(|section| &section.title).enumerate() {
        let cell = |(_, sections): &(String, Vec<Count>)| {
            sections.get(index).map_or(format!("{:>12}", "-"), |section| format!("{:>12}", section.words))
        };
        print(&format!("{title:<48}{}", counts.iter().map(cell).collect::<String>()));
    }
    let total = |(_, sections): &(String, Vec<Count>)| {
        format!("{:>12}", sections.iter().map(|section| section.words).sum::<usize>())
    };
    print(&format!("{:<48}{}", "all", counts.iter().map(total).collect::<String>()));
}
