//! Commands of this study.

mod learn;
mod measure;
mod sim;

use clap::{FromArgMatches, Subcommand};

use paper_engine::cli::{Outcome, end};
use paper_engine::study::Commands;

/// All commands.
pub const COMMANDS: &[Commands] = &[
    Commands {
        group: None,
        add: Command::augment_subcommands,
        run: |_, matches| Command::from_arg_matches(matches).ok().map(|command| end(run(&command))),
    },
    sim::COMMANDS,
];

#[derive(Subcommand)]
enum Command {
    /// Search switch maps for a slice and store them in paper/maps
    Learn(learn::Arguments),
    /// Time this program's own table work and store it in paper/measurements.yaml; a build never measures
    Measure(measure::Arguments),
}

fn run(command: &Command) -> Outcome {
    match command {
        Command::Learn(arguments) => learn::run(arguments),
        Command::Measure(arguments) => measure::run(arguments),
    }
}
