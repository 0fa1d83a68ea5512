//! `phext-paper sim store`.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use super::super::say;
use super::{print, print_json, report, unknown};
use crate::facts::{STUDIES, State, Study, study};
use crate::model::Model;
use crate::pipeline;

/// Lists the studies, or computes some and stores what they find.
pub fn run(ids: &[String], all: bool, root: &Path, json: bool) -> ExitCode {
    let model = match Model::read(root) {
        Ok(model) => model,
        Err(errors) => return report(root, &errors),
    };
    let mut chosen = Vec::new();
    for id in ids {
        let Some(found) = study(id) else {
            return unknown("study", id, STUDIES.iter().map(|study| study.id), "sim store");
        };
        chosen.push(found);
    }
    if all {
        chosen.extend(STUDIES.iter().filter(|study| study.state(&model) != State::Current));
    }
    if chosen.is_empty() {
        return list(&model, json);
    }
    for study in chosen {
        if let Err(error) = store(study, &model, root) {
            say(&format!("error: {}: {error}", study.id));
            return ExitCode::from(1);
        }
    }
    // What was stored is read back, so that the list says what a build will find.
    match Model::read(root) {
        Ok(model) => list(&model, json),
        Err(errors) => report(root, &errors),
    }
}

fn list(model: &Model, json: bool) -> ExitCode {
    if json {
        let list = STUDIES.iter().map(|study| {
            let state = study.state(model).words();
            serde_json::json!({
                "id": study.id, "summary": study.summary, "state": state, "experiment": study.experiment,
                "file": study.file(),
            })
        });
        return print_json(&serde_json::Value::from(list.collect::<Vec<_>>()));
    }
    for study in STUDIES {
        print(&format!("{:<12} {:<22}  {}", study.id, study.state(model).words(), study.summary));
    }
    ExitCode::SUCCESS
}

fn store(study: &Study, model: &Model, root: &Path) -> Result<(), String> {
    let start = Instant::now();
    let is_terminal = std::io::stderr().is_terminal();
    let progress = |what: &str| {
        if is_terminal {
            say(&format!("{} {what}, after {:.0} s", study.id, start.elapsed().as_secs_f64()));
        }
    };
    let found = study.compute(model, &progress)?;
    let text = serde_json::to_string_pretty(&found).map_err(|error| error.to_string())? + "\n";
    let file = root.join(study.file());
    pipeline::write_atomically(&file, text.as_bytes()).map_err(|error| format!("{}: {error}", file.display()))
}
