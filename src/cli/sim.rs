//! `phext-paper sim`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{print, report, usage};
use crate::facts::{self, Facts};
use crate::model::Model;
use crate::sim::{Kind, Shape, Topology, analyze};

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
        Command::List { json } => list(*json),
        Command::Run { ids, root, json } => experiments(ids, root, *json),
        Command::Topology { shape, twisted, mesh, json } => {
            let kind = match (twisted, mesh) {
                (true, _) => Kind::Twisted,
                (_, true) => Kind::Mesh,
                _ => Kind::Torus,
            };
            topology(shape, kind, *json)
        }
    }
}

fn list(json: bool) -> ExitCode {
    if json {
        let list = facts::EXPERIMENTS.iter().map(|experiment| {
            let facts::Experiment { id, summary, inputs, .. } = experiment;
            serde_json::json!({"id": id, "summary": summary, "inputs": inputs})
        });
        print(&format!("{:#}", serde_json::Value::from(list.collect::<Vec<_>>())));
        return ExitCode::SUCCESS;
    }
    for experiment in facts::EXPERIMENTS {
        print(&format!("{:<12} {}", experiment.id, experiment.summary));
        if !experiment.inputs.is_empty() {
            print(&format!("{:<12} inputs: {}", "", experiment.inputs.join(", ")));
        }
    }
    ExitCode::SUCCESS
}

fn experiments(ids: &[String], root: &std::path::Path, json: bool) -> ExitCode {
    let model = match Model::read(root) {
        Ok(model) => model,
        Err(errors) => return report(root, &errors),
    };
    let mut found = Facts::default();
    for id in ids {
        let Some(experiment) = facts::experiment(id) else {
            let names = facts::EXPERIMENTS.iter().map(|experiment| experiment.id);
            let near = crate::diagnostic::nearest(id, names).map(|name| format!("; did you mean `{name}`?"));
            let near = near.unwrap_or_else(|| "; see `phext-paper sim list`".to_owned());
            return usage(&format!("there is no experiment `{id}`{near}"));
        };
        found.0.extend(experiment.facts(&model));
    }
    if ids.is_empty() {
        found.0.extend(facts::quoted(&model));
        facts::EXPERIMENTS.iter().for_each(|experiment| found.0.extend(experiment.facts(&model)));
    }
    if json {
        return match serde_json::to_string_pretty(&found) {
            Ok(text) => {
                print(&text);
                ExitCode::SUCCESS
            }
            Err(error) => usage(&error.to_string()),
        };
    }
    for (name, fact) in &found.0 {
        let published = fact.published.as_ref();
        let published =
            published.map(|p| format!("  published {} ({})", fact.unit.display(p.value, None), p.place));
        let grade = format!("{:?}", fact.grade).to_lowercase();
        print(&format!("{name:<48} {:>14}  {grade}{}", fact.display(None), published.unwrap_or_default()));
    }
    ExitCode::SUCCESS
}

fn topology(shape: &str, kind: Kind, json: bool) -> ExitCode {
    let topology = shape.parse::<Shape>().and_then(|shape| match kind {
        Kind::Twisted => Topology::twisted(shape),
        Kind::Mesh => Topology::mesh(shape),
        _ => Ok(Topology::torus(shape)),
    });
    let analysis = match topology {
        Ok(topology) => analyze(&topology),
        Err(error) => return usage(&error.to_string()),
    };
    let name = format!("{kind:?}").to_lowercase();
    if json {
        let value = serde_json::json!({
            "shape": shape,
            "kind": name,
            "chips": analysis.chips,
            "diameter": analysis.diameter,
            "mean_distance": analysis.mean_distance,
            "bisection_links": analysis.bisection_links,
            "alltoall_links_per_chip": analysis.alltoall_links_per_chip,
        });
        print(&format!("{value:#}"));
        return ExitCode::SUCCESS;
    }
    print(&format!("{shape} {name}"));
    print(&format!("  chips                    {:>10}", analysis.chips));
    print(&format!("  diameter                 {:>10} hops", analysis.diameter));
    print(&format!("  mean distance            {:>10.4} hops", analysis.mean_distance));
    print(&format!("  bisection, at most       {:>10} links", analysis.bisection_links));
    print(&format!(
        "  ideal all-to-all         {:>10.4} links' worth per chip",
        analysis.alltoall_links_per_chip
    ));
    ExitCode::SUCCESS
}
