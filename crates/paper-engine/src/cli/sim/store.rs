//! `phext-paper sim store`.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use super::super::say;
use super::{print, print_json, report, unknown};
use crate::facts::{State, StoredExperiment};
use crate::model::Model;
use crate::pipeline;
use crate::study::Study;

/// Lists the stored experiments, or computes some and stores what they find.
pub fn run(study: &'static Study, ids: &[String], all: bool, root: &Path, json: bool) -> ExitCode {
    let model = match Model::read(root, study) {
        Ok(model) => model,
        Err(errors) => return report(root, &errors),
    };
    let mut chosen = Vec::new();
    for id in ids {
        let Some(found) = study.stored(id) else {
            return unknown("study", id, study.stored.iter().map(|stored| stored.id), "sim store");
        };
        chosen.push(found);
    }
    if all {
        chosen.extend(study.stored.iter().filter(|stored| stored.state(&model) != State::Current));
    }
    if chosen.is_empty() {
        return list(&model, json);
    }
    for stored in chosen {
        if let Err(error) = store(stored, &model, root) {
            say(&format!("error: {}: {error}", stored.id));
            return ExitCode::from(1);
        }
    }
    // What was stored is read back, so that the list says what a build will find.
    match Model::read(root, study) {
        Ok(model) => list(&model, json),
        Err(errors) => report(root, &errors),
    }
}

fn list(model: &Model, json: bool) -> ExitCode {
    if json {
        let list = model.study().stored.iter().map(|stored| {
            let state = stored.state(model).words();
            serde_json::json!({
                "id": stored.id, "summary": stored.summary, "state": state, "experiment": stored.experiment,
                "file": stored.file(),
            })
        });
        return print_json(&serde_json::Value::from(list.collect::<Vec<_>>()));
    }
    for stored in model.study().stored {
        print(&format!("{:<12} {:<22}  {}", stored.id, stored.state(model).words(), stored.summary));
    }
    ExitCode::SUCCESS
}

fn store(stored: &StoredExperiment, model: &Model, root: &Path) -> Result<(), String> {
    let start = Instant::now();
    let is_terminal = std::io::stderr().is_terminal();
    let progress = |what: &str| {
        if is_terminal {
            say(&format!("{} {what}, after {:.0} s", stored.id, start.elapsed().as_secs_f64()));
        }
    };
    let found = stored.compute(model, &progress)?;
    let text = serde_json::to_string_pretty(&found).map_err(|error| error.to_string())? + "\n";
    let file = root.join(stored.file());
    pipeline::write_atomically(&file, text.as_bytes()).map_err(|error| format!("{}: {error}", file.display()))
}
