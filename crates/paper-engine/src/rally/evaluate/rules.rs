//! Checks by the rules of prose and by the review.

use std::path::Path;

use super::{Finding, listed};
use crate::diagnostic::Diagnostics;
use crate::lint;
use crate::rally::check::{LintCheck, ReviewCheck};
use crate::rally::evidence::Evidence;

/// Whether a rule of prose finds nothing in a file, or in all editions.
pub(super) fn lint(check: &LintCheck, evidence: &Evidence<'_>) -> Result<Finding, String> {
    if let Some(place) = &check.place {
        // A file that nothing shows breaks no rule, and that is no reason to call it done.
        evidence.blocks(Some(place), None)?;
    }
    let mut found = Diagnostics::default();
    for (name, document) in evidence.editions {
        let rule = check.rule.as_str();
        let found_here = match rule {
            _ if rule == lint::PLACEHOLDER.name => lint::placeholders(evidence.root, document),
            _ if rule == lint::TYPED_NUMBER.name => {
                lint::numbers(evidence.root, document, evidence.facts, evidence.structural)
            }
            _ if rule == lint::REPEATED_WORDS.name => lint::repeats(evidence.root, document),
            _ if rule == lint::UNCITED_FIGURE.name => lint::uncited(name, document),
            _ if rule == lint::INCOMPLETE_REFERENCE.name => {
                lint::entries(evidence.root, evidence.bibliography, std::iter::once(*document)).incomplete
            }
            _ => return Err(format!("no criterion can ask for the rule `{rule}`")),
        };
        found.0.extend(found_here.0);
    }
    if evidence.editions.is_empty() {
        return Err("there is no edition".to_owned());
    }
    let is_asked = |file: &Path| check.place.as_ref().is_none_or(|place| Path::new(place) == file);
    let found = found.0.into_iter().filter(|error| is_asked(&error.location.file));
    let found: Vec<String> = found.map(|error| format!("{}: {}", error.location, error.message)).collect();
    Ok(match found.is_empty() {
        true => Finding::of(true, "nothing found"),
        false => Finding::open(listed(&found)),
    })
}

/// Whether the review has such checks and none of them found anything.
pub(super) fn review(check: &ReviewCheck, evidence: &Evidence<'_>) -> Finding {
    let chosen: Vec<_> = evidence
        .checks
        .iter()
        .filter(|known| check.rule.as_ref().is_none_or(|rule| known.rule.name == rule))
        .filter(|known| check.class.is_none_or(|class| known.class == class))
        .filter(|known| check.severity.is_none_or(|severity| known.severity == severity))
        .filter(|known| check.property.as_ref().is_none_or(|words| known.property.contains(words)))
        .collect();
    let findings: Vec<String> = chosen
        .iter()
        .flat_map(|known| &known.findings)
        .map(|finding| format!("{}: {}", finding.place, finding.message))
        .collect();
    if chosen.is_empty() {
        return Finding::open("the review has no such check");
    }
    let looked_at: usize = chosen.iter().map(|known| known.looked_at).sum();
    match findings.is_empty() {
        true => Finding::of(true, format!("{} checks, {looked_at} looked at, nothing found", chosen.len())),
        false => Finding::open(listed(&findings)),
    }
}
