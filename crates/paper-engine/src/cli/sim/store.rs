//! `phext-paper sim store`.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use super::super::say;
use super::{Failure, Outcome, print, print_json, read_model};
use crate::facts::{StoredExperiment, StoredState};
use crate::model::Model;
use crate::source;
use crate::study::Study;

/// Lists the stored experiments, or computes some and stores what they find.
pub fn run(study: &'static Study, ids: &[String], all: bool, root: &Path, json: bool) -> Outcome {
    let model = read_model(study, root)?;
    let mut chosen = Vec::new();
    for id in ids {
        let Some(found) = study.stored(id) else {
            let names = study.stored.iter().map(|stored| stored.id);
            return Err(Failure::unknown("study", id, names, "sim store"));
        };
        chosen.push(found);
    }
    if all {
        chosen.extend(study.stored.iter().filter(|stored| stored.state(&model) != StoredState::Current));
    }
    if chosen.is_empty() {
        return Ok(list(&model, json));
    }
    for stored in chosen {
        store(stored, &model, root).map_err(|error| Failure::Machine(format!("{}: {error}", stored.id)))?;
    }
    // What was stored is read back, so that the list says what a build will find.
    Ok(list(&read_model(study, root)?, json))
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
    source::write_atomically(&file, text.as_bytes())
        .map_err(|error| format!("cannot write {}: {error}", file.display()))
}
