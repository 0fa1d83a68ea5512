//! Decides checks on the evidence, one file for each family of checks.

mod count;
mod facts;
mod files;
mod pdf;
mod rules;
mod text;

use super::check::{Check, FileCheck, TestCheck};
use super::evidence::Evidence;
use super::record::Tests;
use super::signed::is_part;
use crate::manuscript::BlockKind;

/// How a check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckState {
    /// It holds.
    Met,
    /// It is left to `make test`.
    Left,
    /// A person has to sign.
    Waiting,
    /// It does not hold.
    Open,
}

/// How a check stands, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How it stands.
    pub state: CheckState,
    /// What was found, in a few words.
    pub found: String,
}

impl Finding {
    /// Holds or not, with what was found.
    pub(super) fn of(holds: bool, found: impl Into<String>) -> Self {
        Self { state: if holds { CheckState::Met } else { CheckState::Open }, found: found.into() }
    }

    /// Does not hold.
    pub(super) fn open(found: impl Into<String>) -> Self {
        Self::of(false, found)
    }
}

/// Decides one check; a sign-off always waits here, since who signed is known to the board.
pub(super) fn evaluate(check: &Check, evidence: &Evidence<'_>) -> Finding {
    let decided = match check {
        Check::Fact(check) => facts::fact(check, evidence),
        Check::Verdict(check) => facts::verdict(check, evidence),
        Check::File(check) => file(check, evidence),
        Check::Count(check) => count::count(check, evidence),
        Check::Contains(topics) => text::contains(topics, evidence),
        Check::Headings(topics) => text::has_headings(topics, evidence),
        Check::Cells(check) => text::cells(check, evidence),
        Check::Cites(check) => text::cites(check, evidence),
        Check::Lint(check) => rules::lint(check, evidence),
        Check::Review(check) => Ok(rules::review(check, evidence)),
        Check::Test(check) => test(check, evidence),
        Check::SignOff(_) => {
            Ok(Finding { state: CheckState::Waiting, found: "nobody has signed".to_owned() })
        }
    };
    decided.unwrap_or_else(Finding::open)
}

fn file(check: &FileCheck, evidence: &Evidence<'_>) -> Result<Finding, String> {
    let path = &check.path;
    let size = match path.strip_prefix("build/") {
        Some(below) => {
            let parts = evidence.outputs.iter().filter(|(file, _)| is_part(file, below));
            parts.map(|(_, bytes)| bytes.len()).reduce(|sum, bytes| sum + bytes)
        }
        None => std::fs::metadata(evidence.root.join(path)).ok().map(|file| file.len() as usize),
    };
    let size = size.ok_or_else(|| format!("no {path}"))?;
    let mut found = format!("{path} has {size} bytes");
    let missed = check.bytes.filter(|range| !range.contains(size as f64));
    if let Some(range) = missed {
        found = format!("{found}; {}", range.limit());
    }
    Ok(Finding::of(size > 0 && missed.is_none(), found))
}

fn test(check: &TestCheck, evidence: &Evidence<'_>) -> Result<Finding, String> {
    let results = match evidence.tests {
        Tests::Apart => {
            return Ok(Finding { state: CheckState::Left, found: "decided by make test".to_owned() });
        }
        Tests::Unknown(reason) => return Err(reason.clone()),
        Tests::Recorded(results) => results,
    };
    let mut bad: Vec<String> = Vec::new();
    let mut passed = 0;
    for name in &check.names {
        match results.get(name) {
            Some(true) => passed += 1,
            Some(false) => bad.push(format!("{name} failed")),
            None => bad.push(format!("{name} did not run")),
        }
    }
    if let Some(place) = &check.programs {
        let programs = programs(place, evidence)?;
        let begins = format!("{place} - ");
        let ran: Vec<bool> =
            results.iter().filter(|(name, _)| name.starts_with(&begins)).map(|(_, &passes)| passes).collect();
        passed += ran.iter().filter(|&&passes| passes).count();
        if ran.contains(&false) || ran.len() < programs || programs == 0 {
            let good = ran.iter().filter(|&&passes| passes).count();
            bad.push(format!("{good} of {programs} programs of {place} passed"));
        }
    }
    if check.names.is_empty() && check.programs.is_none() {
        bad.push("no test is named".to_owned());
    }
    Ok(match bad.is_empty() {
        true => Finding::of(true, format!("{passed} passed")),
        false => Finding::open(bad.join("; ")),
    })
}

/// Returns the programs in a text that run as doc-tests.
fn programs(place: &str, evidence: &Evidence<'_>) -> Result<usize, String> {
    let blocks = evidence.blocks(Some(place), None)?;
    let is_program =
        |kind: &BlockKind| matches!(kind, BlockKind::Code { language, .. } if language.starts_with("rust"));
    Ok(blocks.iter().filter(|block| is_program(&block.kind)).count())
}

/// Returns a list in words, cut where it grows long.
fn listed(words: &[String]) -> String {
    const SHOWN: usize = 4;
    let mut text = words.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if words.len() > SHOWN {
        text.push_str(&format!(" and {} more", words.len() - SHOWN));
    }
    text
}
