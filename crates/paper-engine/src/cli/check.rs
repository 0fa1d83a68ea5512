//! `phext-paper check`.

use std::process::ExitCode;

use clap::Args;

use super::review::summary;
use super::{Failure, LimitArguments, Outcome, PaperArguments, print, progress, say};
use crate::assertion::Range;
use crate::diagnostic::Diagnostics;
use crate::lint::{Budgets, Count};
use crate::pipeline::{self, Checked, Measure};
use crate::study::Study;

/// Options of `check`.
#[derive(Args)]
#[command(after_help = "Examples:
  {program} check
  {program} check --root tests/suite/minimal --json")]
pub struct Arguments {
    #[command(flatten)]
    paper: PaperArguments,
    #[command(flatten)]
    limit: LimitArguments,
    /// Print the errors as a JSON list on stdout
    #[arg(long)]
    json: bool,
}

/// Checks the paper: exit 0 without errors, 1 with errors.
pub fn run(study: &'static Study, arguments: &Arguments) -> Outcome {
    let options = arguments.paper.options(study, &arguments.limit)?;
    let (checked, errors) = match pipeline::check(&options, progress()) {
        Ok(checked) => (checked, Diagnostics::default()),
        Err(errors) => (Checked::default(), errors),
    };
    if arguments.json {
        let list = errors.0.iter().map(|error| {
            serde_json::json!({
                "file": error.location.file, "line": error.location.line, "column": error.location.column,
                "message": error.told(), "remedy": error.remedy, "rule": error.rule,
            })
        });
        print(&format!("{:#}", serde_json::Value::from(list.collect::<Vec<_>>())));
        return Ok(ExitCode::from(u8::from(!errors.0.is_empty())));
    }
    if !errors.0.is_empty() {
        return Err(Failure::paper(&options.root, errors));
    }
    for warning in &checked.warnings.0 {
        say(&format!("warning: {warning}"));
    }
    print_budgets(&checked);
    print_outreach(&checked.outreach);
    print(&summary(&checked.review));
    print("no errors");
    Ok(ExitCode::SUCCESS)
}

/// Prints the words of each section, their sum and the pages, each with its budget, one column for each
/// edition.
fn print_budgets(checked: &Checked) {
    let row = |title: &str, cells: Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!("{cell:>14}")).collect();
        print(&format!("{title:<46}{cells}"));
    };
    let counts = &checked.words;
    row("words", counts.iter().map(|(edition, _)| edition.clone()).collect());
    let titles = counts.iter().map(|(_, sections)| sections).max_by_key(|sections| sections.len());
    for (index, title) in titles.into_iter().flatten().map(|section| &section.title).enumerate() {
        let cell = |(_, sections): &(String, Vec<Count>)| {
            sections.get(index).map_or("-".to_owned(), |section| section.words.to_string())
        };
        row(title, counts.iter().map(cell).collect());
    }
    let total = |(_, sections): &(String, Vec<Count>)| {
        sections.iter().map(|section| section.words).sum::<usize>().to_string()
    };
    let budget =
        |of: fn(&Budgets) -> Option<Range>| checked.budgets.iter().map(|one| limit(of(one))).collect();
    row("all", counts.iter().map(total).collect());
    row("budget of the abstract", budget(|budgets| budgets.abstract_words));
    row("budget of a section", budget(|budgets| budgets.section_words));
    row("budget of all", budget(|budgets| budgets.words));
    row("pages", checked.pages.iter().map(|(_, pages)| pages.to_string()).collect());
    row("budget of pages", budget(|budgets| budgets.pages));
}

/// Says what a limit allows; a dash where none is set.
fn limit(range: Option<Range>) -> String {
    range.map_or_else(|| "-".to_owned(), |range| range.to_string())
}

/// Prints what was counted in the texts beside the paper, each count with its limit.
fn print_outreach(measures: &[Measure]) {
    for Measure { text, what, count, limit } in measures {
        let limit = self::limit(*limit);
        print(&format!("{:<60}{count:>14}{limit:>14}", format!("{text}: {what}")));
    }
}
