//! `phext-paper sim verdicts`.

use std::path::Path;
use std::process::ExitCode;

use super::{facts_and_model, print, print_json, report, usage};
use crate::facts;

/// Prints what the simulation says of each promise.
pub fn run(root: &Path, json: bool) -> ExitCode {
    let (all, model) = match facts_and_model(root) {
        Ok(read) => read,
        Err(errors) => return report(root, &errors),
    };
    let verdicts = match facts::verdicts(model.claims(), &all) {
        Ok(verdicts) => verdicts,
        Err(missing) => return usage(&missing.join("\n       ")),
    };
    if json {
        let list = verdicts.iter().map(|verdict| {
            let claim = verdict.claim;
            serde_json::json!({
                "id": claim.id,
                "claim": claim.claim,
                "verdict": verdict.outcome.word(),
                "condition": claim.weaker.as_ref().map(|weaker| &weaker.condition),
                "definition": claim.definition,
                "number": verdict.number,
                "margin": verdict.margin,
                "counter_reading": claim.counter_reading,
            })
        });
        return print_json(&list.collect());
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
        if let (facts::Outcome::HoldsIf, Some(weaker)) = (verdict.outcome, &claim.weaker) {
            print(&format!("    holds if: {}", weaker.condition));
        }
        print(&format!("    against: {}", claim.counter_reading));
    }
    ExitCode::SUCCESS
}
