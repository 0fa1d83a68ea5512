//! `phext-paper rally`.

mod gate;
mod log;
mod sign;
mod status;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{Failure, LimitArguments, Outcome, RootArguments, print, progress};
use crate::pipeline::{self, Options};
use crate::rally::{Board, CriterionState, Status, TESTS_FILE, Tests, sources};
use crate::study::Study;

/// Options of `rally`.
#[derive(Args)]
#[command(after_help = "The plan stands in paper/rally.yaml; every build writes its board to build/rally/.

Examples:
  {program} rally status                    what is done, and why the rest is not
  {program} rally status --json --strict    the same for a script; exit 1 when a wave is open
  {program} rally gate 2                    what the gate of phase 2 still needs
  {program} rally sign 40 --by \"A. Name\" --note \"on 1 March\"
  {program} rally log                       estimates beside the history of the files")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print every wave with its status, and the reasons of those that are not done
    Status(status::Arguments),
    /// Say what the gate of a phase still needs; exit 1 while it is not passed
    Gate(gate::Arguments),
    /// Sign a wave or a gate in your own name; refused while anything else of it is open
    Sign(sign::Arguments),
    /// Print the estimate of each phase beside the history of its files, and the decisions left open
    Log(log::Arguments),
    /// Print the digest of everything that tests depend on, which begins the record of `make test`
    Sources {
        #[command(flatten)]
        paper: RootArguments,
    },
}

/// Which paper, and what is known of its tests.
#[derive(Args)]
struct LedgerArguments {
    #[command(flatten)]
    paper: RootArguments,
    /// Record of `make test`; target/test-results.txt of the paper without it
    #[arg(long, value_name = "FILE")]
    tests: Option<PathBuf>,
    #[command(flatten)]
    limit: LimitArguments,
}

impl LedgerArguments {
    /// Returns the board, with the tests as recorded.
    fn board(&self, study: &'static Study) -> Result<(Options, Board), Failure> {
        let options = self.paper.options(study, self.limit.time_limit)?;
        let file = self.tests.clone().unwrap_or_else(|| options.root.join(TESTS_FILE));
        let tests = Tests::read(&options.root, &file);
        match pipeline::ledger(&options, &tests, progress()) {
            Ok(board) => Ok((options, board)),
            Err(errors) => Err(Failure::Paper(options.root, errors)),
        }
    }
}

/// Answers about the plan.
pub fn run(study: &'static Study, arguments: &Arguments) -> Outcome {
    match &arguments.command {
        Command::Status(arguments) => status::run(study, arguments),
        Command::Gate(arguments) => gate::run(study, arguments),
        Command::Sign(arguments) => sign::run(study, arguments),
        Command::Log(arguments) => log::run(study, arguments),
        Command::Sources { paper } => {
            print(&sources(&paper.root));
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Returns whether stdout takes colours.
fn colour() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// Returns the columns of the terminal, or those of an ordinary page.
fn width() -> usize {
    terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0))
}

fn criteria(all: &[CriterionState]) -> serde_json::Value {
    let one = |criterion: &CriterionState| {
        serde_json::json!({
            "text": criterion.text, "check": criterion.check,
            "status": Status::of_state(criterion.state).word(), "found": criterion.found,
        })
    };
    serde_json::Value::from(all.iter().map(one).collect::<Vec<_>>())
}
