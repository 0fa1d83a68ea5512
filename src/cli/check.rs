//! `phext-paper check`.

use std::process::ExitCode;

use clap::Args;

use super::{PaperArguments, announce, print, report, usage};
use crate::pipeline;

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
    let errors = pipeline::check(&options, &|stage| announce(stage)).err().unwrap_or_default();
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
    print("no errors");
    ExitCode::SUCCESS
}
