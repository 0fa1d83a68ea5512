//! `phext-paper sim verdicts`.

use std::path::Path;
use std::process::ExitCode;

use super::{Failure, Outcome, facts_and_model, print, print_json};
use crate::assertion::Assertion;
use crate::facts;
use crate::model::Claim;
use crate::pipeline::Needed;
use crate::study::Study;

/// Prints what the simulation says of each claim.
pub fn run(study: &'static Study, root: &Path, json: bool) -> Outcome {
    let (all, model) = facts_and_model(study, root, |model| {
        Needed::of(model.claims().iter().flat_map(Claim::assertions).flat_map(Assertion::facts))
    })?;
    let verdicts = facts::verdicts(model.claims(), &all).map_err(|undecided| {
        let lines: Vec<String> = undecided.iter().map(ToString::to_string).collect();
        Failure::Usage(lines.join("\n       "))
    })?;
    if json {
        let list = verdicts.iter().map(|verdict| {
            let claim = verdict.claim;
            let parts = verdict.parts.iter().map(|part| {
                serde_json::json!({
                    "part": part.test.part,
                    "fact": part.test.assertion.value.to_string(),
                    "outcome": part.outcome.word(),
                    "number": part.number,
                })
            });
            let weaker = verdict.weaker.as_ref().map(|remark| {
                serde_json::json!({
                    "condition": remark.weaker.condition,
                    "fact": remark.weaker.assertion.value.to_string(),
                    "is_met": remark.is_met,
                    "number": remark.number,
                })
            });
            serde_json::json!({
                "id": claim.id,
                "claim": claim.claim,
                "verdict": verdict.outcome.word(),
                "definition": claim.definition,
                "number": verdict.number,
                "margin": verdict.margin,
                "parts": parts.collect::<Vec<_>>(),
                "fails_if": claim.fails_if,
                "untestable": claim.untestable,
                "fixed": claim.fixed.word(),
                "weaker": weaker,
                "counter_reading": claim.counter_reading,
            })
        });
        return Ok(print_json(&list.collect()));
    }
    for verdict in &verdicts {
        let claim = verdict.claim;
        print(&format!(
            "{:<22} {:<12} {:>12}  margin {:+.4}",
            claim.id,
            verdict.outcome.word(),
            verdict.number,
            verdict.margin
        ));
        print(&format!("    {}", claim.claim));
        print(&format!("    read as: {}", claim.definition));
        for part in &verdict.parts {
            if let Some(name) = &part.test.part {
                print(&format!("    {name}: {} at {}", part.outcome.word(), part.number));
            }
        }
        print(&format!("    fails if: {}", claim.fails_if));
        if let Some(reason) = &claim.untestable {
            print(&format!("    not testable: {reason}"));
        }
        print(&format!("    test fixed: {}", claim.fixed.word()));
        if let Some(remark) = &verdict.weaker {
            let word = if remark.is_met { "would hold" } else { "would not hold either" };
            let condition = &remark.weaker.condition;
            print(&format!("    beside: {word} at {} if {condition}", remark.number));
        }
        print(&format!("    against: {}", claim.counter_reading));
    }
    Ok(ExitCode::SUCCESS)
}
