//! `phext-paper sim list` and `sim run`.

use std::process::ExitCode;

use super::{Failure, Outcome, announce, print, progress, read_model};
use crate::facts::{self, Facts};
use crate::pipeline::{self, Needed};
use crate::study::Study;

/// Lists all experiments.
pub fn list(study: &'static Study, json: bool) {
    if json {
        let list = study.experiments.iter().map(|experiment| {
            let facts::Experiment { id, summary, inputs, parameters, .. } = experiment;
            serde_json::json!({"id": id, "summary": summary, "inputs": inputs, "parameters": parameters})
        });
        print(&format!("{:#}", serde_json::Value::from(list.collect::<Vec<_>>())));
        return;
    }
    for experiment in study.experiments {
        print(&format!("{:<12} {}", experiment.id, experiment.summary));
        for (what, names) in [("inputs", experiment.inputs), ("parameters", experiment.parameters)] {
            if !names.is_empty() {
                print(&format!("{:<12} {what}: {}", "", names.join(", ")));
            }
        }
    }
}

/// Runs some experiments, or all of them, and prints their facts.
pub fn run(study: &'static Study, ids: &[String], root: &std::path::Path, json: bool) -> Outcome {
    let model = read_model(study, root)?;
    let mut found = Facts::default();
    for id in ids {
        let Some(experiment) = study.experiment(id) else {
            let names = study.experiments.iter().map(|experiment| experiment.id);
            return Err(Failure::unknown("experiment", id, names, "sim list"));
        };
        announce(&format!("facts {id}"));
        let facts = experiment.facts(&model).map_err(|errors| Failure::paper(root, errors))?;
        found.0.extend(facts);
    }
    if ids.is_empty() {
        found = pipeline::facts_of(root, &model, &Needed::All, progress())
            .map_err(|errors| Failure::paper(root, errors))?;
    }
    if json {
        print(&serde_json::to_string_pretty(&found)?);
        return Ok(ExitCode::SUCCESS);
    }
    for (name, fact) in &found.0 {
        let published = fact.published.as_ref();
        let published =
            published.map(|p| format!("  published {} ({})", p.display(fact.unit, None, false), p.place));
        let grade = fact.grade.word();
        print(&format!("{name:<48} {:>14}  {grade}{}", fact.display(None), published.unwrap_or_default()));
    }
    Ok(ExitCode::SUCCESS)
}
