//! `phext-paper sim list` and `sim run`.

use std::process::ExitCode;

use super::{announce, print, progress, report, unknown, usage};
use crate::facts::{self, Facts};
use crate::model::Model;
use crate::pipeline::{self, Needed};
use crate::study::Study;

/// Lists all experiments.
pub fn list(study: &'static Study, json: bool) -> ExitCode {
    if json {
        let list = study.experiments.iter().map(|experiment| {
            let facts::Experiment { id, summary, inputs, .. } = experiment;
            serde_json::json!({"id": id, "summary": summary, "inputs": inputs})
        });
        print(&format!("{:#}", serde_json::Value::from(list.collect::<Vec<_>>())));
        return ExitCode::SUCCESS;
    }
    for experiment in study.experiments {
        print(&format!("{:<12} {}", experiment.id, experiment.summary));
        if !experiment.inputs.is_empty() {
            print(&format!("{:<12} inputs: {}", "", experiment.inputs.join(", ")));
        }
    }
    ExitCode::SUCCESS
}

/// Runs some experiments, or all of them, and prints their facts.
pub fn run(study: &'static Study, ids: &[String], root: &std::path::Path, json: bool) -> ExitCode {
    let model = match Model::read(root, study) {
        Ok(model) => model,
        Err(errors) => return report(root, &errors),
    };
    let mut found = Facts::default();
    for id in ids {
        let Some(experiment) = study.experiment(id) else {
            let names = study.experiments.iter().map(|experiment| experiment.id);
            return unknown("experiment", id, names, "sim list");
        };
        announce(&format!("facts {id}"));
        match experiment.facts(&model) {
            Ok(facts) => found.0.extend(facts),
            Err(errors) => return report(root, &errors),
        }
    }
    if ids.is_empty() {
        match pipeline::facts_of(root, &model, &Needed::All, progress()) {
            Ok(all) => found = all,
            Err(errors) => return report(root, &errors),
        }
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
            published.map(|p| format!("  published {} ({})", p.display(fact.unit, None, false), p.place));
        let grade = fact.grade.word();
        print(&format!("{name:<48} {:>14}  {grade}{}", fact.display(None), published.unwrap_or_default()));
    }
    ExitCode::SUCCESS
}
