//! `phext-paper review`.

use std::process::ExitCode;

use clap::Args;

use super::{Failure, LimitArguments, Outcome, PaperArguments, print, progress};
use crate::pipeline::{self, Review};
use crate::review::{Check, Severity};
use crate::study::Study;

/// Options of `review`.
#[derive(Args)]
#[command(after_help = "The same review is part of every build, which writes it to build/review/.

Examples:
  {program} review
  {program} review --json
  {program} review --rules         list all rules of lint and review, and which papers have to ask for
  {program} review --keep 1.0      keep these measures as those of release 1.0, in paper/clarity-baseline.yaml")]
pub struct Arguments {
    #[command(flatten)]
    paper: PaperArguments,
    #[command(flatten)]
    limit: LimitArguments,
    /// Print all checks as a JSON list on stdout
    #[arg(long, conflicts_with = "keep")]
    json: bool,
    /// List the rules by name, instead of holding the paper against them
    #[arg(long, conflicts_with = "keep")]
    rules: bool,
    /// Keep the measures of clarity under the name of this release, for later texts to be compared with
    #[arg(long, value_name = "RELEASE")]
    keep: Option<String>,
}

/// Reviews the paper: exit 0 without critical findings, 1 with some or with errors in the paper.
pub fn run(study: &'static Study, arguments: &Arguments) -> Outcome {
    if arguments.rules {
        list_rules(study, arguments.json);
        return Ok(ExitCode::SUCCESS);
    }
    let options = arguments.paper.options(study, &arguments.limit)?;
    let checked = pipeline::check(&options, progress());
    let review = checked.map_err(|errors| Failure::paper(&options.root, errors))?.review;
    if arguments.json {
        print(&format!("{:#}", serde_json::Value::from(review.checks.iter().map(json).collect::<Vec<_>>())));
        return Ok(ExitCode::SUCCESS);
    }
    if let (Some(release), Some(found)) = (&arguments.keep, &review.clarity) {
        pipeline::keep_clarity(&options.root, release, found)
            .map_err(|errors| Failure::paper(&options.root, errors))?;
    }
    print_findings(&review);
    Ok(ExitCode::SUCCESS)
}

/// Prints every rule with its severity, what has to hold, and why.
fn list_rules(study: &Study, json: bool) {
    if json {
        let rules = study.rules().map(|rule| {
            serde_json::json!({
                "name": rule.name, "severity": rule.severity.word(), "property": rule.property,
                "why": rule.why, "asked_for": rule.is_asked_for,
            })
        });
        print(&format!("{:#}", serde_json::Value::from(rules.collect::<Vec<_>>())));
        return;
    }
    for rule in study.rules() {
        let asked = if rule.is_asked_for { ", where paper.yaml asks for it" } else { "" };
        print(&format!("{} ({}{asked})", rule.name, rule.severity.word()));
        print(&format!("  {}", rule.property));
        print(&format!("  {}", rule.why));
    }
}

fn json(check: &Check) -> serde_json::Value {
    let findings = check.findings.iter().map(|finding| {
        serde_json::json!({
            "file": finding.place.file, "line": finding.place.line, "column": finding.place.column,
            "message": finding.message,
        })
    });
    serde_json::json!({
        "rule": check.rule.name, "class": check.class.title(), "severity": check.severity.word(), "property": check.property,
        "looked_at": check.looked_at, "findings": findings.collect::<Vec<_>>(),
    })
}

/// Prints each finding, the worst first, and the sum.
fn print_findings(review: &Review) {
    for severity in Severity::ALL {
        for check in review.checks.iter().filter(|check| check.severity == severity) {
            for finding in &check.findings {
                print(&format!("{}: {}: {}", severity.word(), finding.place, finding.message));
            }
        }
    }
    print(&summary(review));
}

/// Returns one line: how many checks, and how many findings of each severity.
pub fn summary(review: &Review) -> String {
    let count = |severity| {
        let of = review.checks.iter().filter(|check| check.severity == severity);
        of.map(|check| check.findings.len()).sum::<usize>()
    };
    let counts = Severity::ALL.map(|severity| format!("{} {}", count(severity), severity.word()));
    format!("review: {} checks; findings: {}", review.checks.len(), counts.join(", "))
}
