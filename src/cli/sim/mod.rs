//! `phext-paper sim`.

mod experiments;
mod explain;
mod topology;
mod validate;
mod verdicts;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{print, report, usage};
use crate::sim::Kind;

/// Options of `sim`.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the experiments with the inputs they read
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Run experiments and print their facts
    Run {
        /// Experiments; all of them when none is named
        ids: Vec<String>,
        /// Folder of the paper whose model is read
        #[arg(long, default_value = ".")]
        root: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Say where a fact comes from: formula, inputs, interval, source, published value
    Explain {
        /// Name of the fact, such as twist_gain.4x4x8
        fact: String,
        /// Folder of the paper whose model is read
        #[arg(long, default_value = ".")]
        root: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Compare every published result with ours; exit 1 when a computed one disagrees
    Validate {
        /// Folder of the paper whose model is read
        #[arg(long, default_value = ".")]
        root: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Say what the simulation finds of each promise in paper/claims.yaml
    Verdicts {
        /// Folder of the paper whose model is read
        #[arg(long, default_value = ".")]
        root: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Analyse a slice such as 4x4x8: diameter, mean distance, bisection, ideal all-to-all
    #[command(after_help = "Examples:
  phext-paper sim topology 8x8x16
  phext-paper sim topology 4x4x8 --twisted --json")]
    Topology {
        /// Chips along the three axes, each a multiple of 4, such as 4x4x8
        shape: String,
        /// Twist the torus: shapes k x k x 2k and k x 2k x 2k
        #[arg(long, conflicts_with = "mesh")]
        twisted: bool,
        /// Leave out the wrap-around links
        #[arg(long)]
        mesh: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Answers a question to the simulation.
pub fn run(arguments: &Arguments) -> ExitCode {
    match &arguments.command {
        Command::List { json } => experiments::list(*json),
        Command::Run { ids, root, json } => experiments::run(ids, root, *json),
        Command::Explain { fact, root, json } => explain::run(fact, root, *json),
        Command::Validate { root, json } => validate::run(root, *json),
        Command::Verdicts { root, json } => verdicts::run(root, *json),
        Command::Topology { shape, twisted, mesh, json } => {
            let kind = match (twisted, mesh) {
                (true, _) => Kind::Twisted,
                (_, true) => Kind::Mesh,
                _ => Kind::Torus,
            };
            topology::run(shape, kind, *json)
        }
    }
}

/// Prints a JSON value, indented.
fn print_json(value: &serde_json::Value) -> ExitCode {
    print(&format!("{value:#}"));
    ExitCode::SUCCESS
}
