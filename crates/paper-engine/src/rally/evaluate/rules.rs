//! Checks by the rules of prose and by the review.

use std::path::Path;

use super::{Finding, listed};
use crate::diagnostic::Location;
use crate::rally::check::{LintCheck, ReviewCheck};
use crate::rally::evidence::Evidence;

/// Returns whether nothing breaks a rule of prose in a file, or anywhere; what the paper ignores breaks it
/// all the same.
pub(super) fn lint(check: &LintCheck, evidence: &Evidence<'_>) -> Result<Finding, String> {
    if let Some(place) = &check.place {
        // A file that nothing shows breaks no rule, and that is no reason to call it done.
        evidence.blocks(Some(place), None)?;
    }
    if evidence.editions.is_empty() {
        return Err("there is no edition".to_owned());
    }
    let is_asked = |file: &Path| check.place.as_ref().is_none_or(|place| Path::new(place) == file);
    let broken = evidence.broken(check.rule.as_str());
    let broken = broken.filter(|(error, _)| is_asked(&error.location.file));
    let found: Vec<String> =
        broken.map(|(error, reason)| told(&error.location, &error.message, reason)).collect();
    Ok(match found.is_empty() {
        true => Finding::of(true, "nothing found"),
        false => Finding::open(listed(&found)),
    })
}

/// Returns what breaks a rule and where; a reason to ignore it does not decide a criterion, and is told.
fn told(place: &Location, message: &str, reason: Option<&str>) -> String {
    let ignored = reason.map_or_else(String::new, |reason| format!(" (ignored: {reason})"));
    format!("{place}: {message}{ignored}")
}

/// Returns whether the review has such checks and none of them found anything, ignored or not.
pub(super) fn review(check: &ReviewCheck, evidence: &Evidence<'_>) -> Finding {
    let chosen: Vec<_> = evidence
        .checks
        .iter()
        .filter(|known| check.rule.as_ref().is_none_or(|rule| known.rule.name == rule))
        .filter(|known| check.class.is_none_or(|class| known.class == class))
        .filter(|known| check.severity.is_none_or(|severity| known.severity == severity))
        .filter(|known| check.property.as_ref().is_none_or(|words| known.property.contains(words)))
        .collect();
    let findings = chosen.iter().flat_map(|known| {
        let findings = known.findings.iter().map(|finding| (finding, None));
        findings.chain(known.ignored.iter().map(|(finding, reason)| (finding, Some(reason.as_str()))))
    });
    let findings: Vec<String> =
        findings.map(|(finding, reason)| told(&finding.place, &finding.message, reason)).collect();
    if chosen.is_empty() {
        return Finding::open("the review has no such check");
    }
    let looked_at: usize = chosen.iter().map(|known| known.looked_at).sum();
    match findings.is_empty() {
        true => Finding::of(true, format!("{} checks, {looked_at} looked at, nothing found", chosen.len())),
        false => Finding::open(listed(&findings)),
    }
}
