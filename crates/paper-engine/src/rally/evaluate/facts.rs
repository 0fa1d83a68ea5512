//! Checks of facts and of verdicts.

use std::collections::BTreeSet;

use super::{Finding, listed};
use crate::assertion::{Assertion, Expression, Over, Truth};
use crate::lint::whole_words;
use crate::manuscript::{BlockKind, InlineKind};
use crate::rally::check::{FactCheck, VerdictCheck};
use crate::rally::evidence::Evidence;

/// Returns whether facts exist, keep their bounds, and are shown in their place.
pub(super) fn fact(check: &FactCheck, evidence: &Evidence<'_>) -> Result<Finding, String> {
    if check.names.is_empty() {
        return Err("no number is named".to_owned());
    }
    let (mut bad, mut good) = (Vec::new(), Vec::new());
    for name in &check.names {
        let Some(fact) = evidence.facts.get(name) else {
            bad.push(format!("there is no number `{name}`"));
            continue;
        };
        let shown = format!("{name} is {}", fact.display(None));
        if let Some(message) = missed(check, name, evidence) {
            bad.push(message);
        } else if check.published && fact.published.is_none() {
            bad.push(format!("{name} has no published value"));
        } else if check.interval && fact.interval.is_none() {
            bad.push(format!("{name} has no interval"));
        } else {
            good.push(shown);
        }
    }
    if let Some(place) = &check.place {
        bad.extend(not_shown(check, place, evidence)?);
    }
    Ok(Finding::of(bad.is_empty(), listed(if bad.is_empty() { &good } else { &bad })))
}

/// Returns what a fact does not keep of its bounds.
fn missed(check: &FactCheck, name: &str, evidence: &Evidence<'_>) -> Option<String> {
    if check.bounds.is_empty() {
        return None;
    }
    let assertion = Assertion { value: Expression::Fact(name.to_owned()), bounds: check.bounds.clone() };
    match assertion.judge(evidence.facts, Over::Values) {
        Ok(found) => (found.truth != Truth::Holds).then_some(found.message),
        Err(unjudged) => Some(unjudged.to_string()),
    }
}

/// Returns the facts that a place does not show, and those whose published value it does not show.
fn not_shown(check: &FactCheck, place: &str, evidence: &Evidence<'_>) -> Result<Vec<String>, String> {
    let written = evidence.written(place)?;
    let mut shown: BTreeSet<&str> = BTreeSet::new();
    let is_text = !place.starts_with("build/");
    if is_text {
        shown.extend(evidence.inlines(Some(place), None)?.filter_map(|inline| match &inline.kind {
            InlineKind::Number { fact, .. } => Some(fact.as_str()),
            _ => None,
        }));
        for block in evidence.blocks(Some(place), None)? {
            match &block.kind {
                BlockKind::Table { table, .. } => {
                    shown.extend(table.rows.iter().flatten().filter_map(|cell| cell.fact.as_deref()));
                }
                // A program or a form shows what it spells.
                BlockKind::Code { text, .. } => {
                    shown.extend(check.names.iter().map(String::as_str).filter(|name| {
                        let fact = evidence.facts.get(name);
                        fact.is_some_and(|fact| !whole_words(text, &fact.display(None)).is_empty())
                    }))
                }
                _ => {}
            }
        }
    }
    // What a figure or the published half of a text shows is known from the author's words alone.
    let names = |sign: &str, name: &str| {
        let phrase = format!("{sign}{name}");
        let ends = |text: &str, at: usize| {
            let after = text[at + phrase.len()..].chars().next();
            !after.is_some_and(|c| c.is_alphanumeric() || "._".contains(c))
        };
        written.iter().any(|text| text.match_indices(&phrase).any(|(at, _)| ends(text, at)))
    };
    let mut missing = Vec::new();
    for name in &check.names {
        let is_shown = shown.contains(name.as_str()) || (!is_text && names("", name));
        if !is_shown {
            missing.push(format!("{place} does not show {name}"));
        } else if check.published && !names("published(name=\"", name) && !names("published: ", name) {
            missing.push(format!("{place} does not show the published value of {name}"));
        }
    }
    Ok(missing)
}

/// Returns whether a text states the verdict of each claim; the text itself fails to build with a wrong one.
pub(super) fn verdict(check: &VerdictCheck, evidence: &Evidence<'_>) -> Result<Finding, String> {
    let told: BTreeSet<&str> = evidence
        .inlines(Some(&check.place), None)?
        .filter_map(|inline| match &inline.kind {
            InlineKind::Verdict { claim, .. } => Some(claim.as_str()),
            _ => None,
        })
        .collect();
    let all: Vec<String> = match check.claims.is_empty() {
        true => evidence.claims.iter().map(|claim| claim.id.clone()).collect(),
        false => check.claims.clone(),
    };
    let verdicts = crate::facts::verdicts(evidence.claims, evidence.facts).map_err(|undecided| {
        let lines: Vec<String> = undecided.iter().map(ToString::to_string).collect();
        lines.join("; ")
    })?;
    let (mut bad, mut good) = (Vec::new(), Vec::new());
    for id in &all {
        let Some(verdict) = verdicts.iter().find(|verdict| verdict.claim.id == *id) else {
            bad.push(format!("there is no claim `{id}`"));
            continue;
        };
        let word = verdict.outcome.word();
        if told.contains(id.as_str()) {
            good.push(format!("{id} {word}"));
        } else {
            bad.push(format!("{} does not say that {id} {word}", check.place));
        }
    }
    if all.is_empty() {
        return Err("there are no claims".to_owned());
    }
    Ok(Finding::of(bad.is_empty(), listed(if bad.is_empty() { &good } else { &bad })))
}
