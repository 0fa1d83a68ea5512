//! `phext-paper sim`.

mod experiments;
mod explain;
mod store;
mod validate;
mod verdicts;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{
    Failure, JsonArguments, ModelArguments, Outcome, announce, print, print_json, progress, read_model,
};
use crate::facts::Facts;
use crate::model::Model;
use crate::pipeline::{self, Needed};
use crate::study::Study;

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
        #[command(flatten)]
        json: JsonArguments,
    },
    /// Run experiments and print their facts
    Run {
        /// Experiments; all of them when none is named
        ids: Vec<String>,
        #[command(flatten)]
        model: ModelArguments,
        #[command(flatten)]
        json: JsonArguments,
    },
    /// Say where a fact comes from: formula, inputs, interval, source, published value
    Explain {
        /// Name of the fact, such as queue.half_load.wait
        fact: String,
        #[command(flatten)]
        model: ModelArguments,
        #[command(flatten)]
        json: JsonArguments,
    },
    /// Compare every published result with ours; exit 1 when a computed one disagrees
    Validate {
        #[command(flatten)]
        model: ModelArguments,
        #[command(flatten)]
        json: JsonArguments,
    },
    /// Say what the simulation finds of each claim in paper/claims.yaml
    Verdicts {
        #[command(flatten)]
        model: ModelArguments,
        #[command(flatten)]
        json: JsonArguments,
    },
    /// Compute results that take too long for a build and store them in paper/results
    #[command(after_help = "Examples:
  {program} sim store               list the studies, and whether what is stored is current
  {program} sim store --all         compute every study that is not current
  {program} sim store packet        compute one study, current or not

A build reads what is stored, refuses it when inputs or settings have changed since, and computes a part anew.")]
    Store {
        /// Studies to compute; without any, all are listed
        ids: Vec<String>,
        /// Compute every study that is not current
        #[arg(long, conflicts_with = "ids")]
        all: bool,
        /// Folder of the paper whose results are written
        #[arg(long, default_value = ".")]
        root: PathBuf,
        #[command(flatten)]
        json: JsonArguments,
    },
}

/// Answers a question to the simulation.
pub fn run(study: &'static Study, arguments: &Arguments) -> Outcome {
    match &arguments.command {
        Command::List { json } => {
            experiments::list(study, json.json);
            Ok(ExitCode::SUCCESS)
        }
        Command::Run { ids, model, json } => experiments::run(study, ids, &model.root, json.json),
        Command::Explain { fact, model, json } => explain::run(study, fact, &model.root, json.json),
        Command::Validate { model, json } => validate::run(study, &model.root, json.json),
        Command::Verdicts { model, json } => verdicts::run(study, &model.root, json.json),
        Command::Store { ids, all, root, json } => store::run(study, ids, *all, root, json.json),
    }
}

/// Reads the model of a paper and computes the facts that are needed.
pub(super) fn facts_and_model(
    study: &'static Study,
    root: &Path,
    needed: impl FnOnce(&Model) -> Needed,
) -> Result<(Facts, Model), Failure> {
    let model = read_model(study, root)?;
    let facts = pipeline::facts_of(root, &model, &needed(&model), progress());
    Ok((facts.map_err(|errors| Failure::paper(root, errors))?, model))
}
