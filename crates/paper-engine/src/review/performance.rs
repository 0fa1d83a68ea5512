//! Checks of numbers and claims: where each comes from, and whether it agrees with what was published.

use std::collections::BTreeSet;

use super::rules::{
    ASSUMPTION_AT_END, ASSUMPTION_WITHOUT_INTERVAL, CLAIM_THAT_CANNOT_FAIL, CLAIM_WITHOUT_COUNTER_READING,
    DISAGREEING_RESULT, NUMBER_ONLY_IN_ABSTRACT, NUMBER_WITHOUT_FACT, RESULT_WITHOUT_SOURCE,
    REVERSED_INTERVAL, TYPED_CELL, UNDECIDED_CLAIM, UNEXPLAINED_FACT, UNJUDGED_CLAIM, UNKNOWN_INPUT,
    UNLISTED_SOURCE, VALUE_OUTSIDE_INTERVAL,
};
use super::text::{Placed, Section, parts, shown, tables};
use super::{Check, Class, Edition, Material};
use crate::diagnostic::Location;
use crate::facts::{Fact, Grade, validate, verdicts};
use crate::lint::{Passage, passages};
use crate::manuscript::InlineKind;
use crate::model::{CLAIMS_FILE, Input, MODEL_FILE, PUBLISHED_FILE};
use crate::table::Alignment;

const CLASS: Class = Class::PerformanceClaims;

/// Returns all checks of this class.
pub(super) fn checks(material: &Material<'_>) -> Vec<Check> {
    let text = material.fullest().map(passages).unwrap_or_default();
    let facts = shown_facts(material, &text);
    let mut all = traced(&facts);
    all.push(cells_traced(material));
    all.extend(sources_listed(material, &facts));
    all.extend(of_all_facts(material));
    all.push(assumed_within(material.model.iter()));
    all.extend(published(material));
    all.extend(claims(material));
    all.extend(abstract_in_body(material));
    all
}

/// Returns the facts that text and tables show: name, fact where it exists, place.
fn shown_facts<'a>(
    material: &Material<'a>,
    text: &'a [Passage<'a>],
) -> Vec<(String, Option<&'a Fact>, Location)> {
    let mut found: Vec<_> = shown(text)
        .into_iter()
        .map(|(name, place)| (name.to_owned(), material.facts.get(name), place.clone()))
        .collect();
    for Placed { table, place, .. } in material.fullest().map(tables).unwrap_or_default() {
        for name in table.rows.iter().flatten().filter_map(|cell| cell.fact.as_ref()) {
            found.push((name.clone(), material.facts.get(name), place.clone()));
        }
    }
    found
}

fn traced(facts: &[(String, Option<&Fact>, Location)]) -> Vec<Check> {
    let mut exists = Check::of(CLASS, &NUMBER_WITHOUT_FACT);
    let mut explained = Check::of(CLASS, &UNEXPLAINED_FACT);
    let mut bounded = Check::of(CLASS, &ASSUMPTION_WITHOUT_INTERVAL);
    for (name, fact, place) in facts {
        exists.look(fact.is_some(), place, || format!("the number `{name}` has no fact"));
        let Some(fact) = fact else { continue };
        let is_told = !fact.formula.trim().is_empty() && !fact.source.trim().is_empty();
        explained.look(is_told, place, || format!("`{name}` has no formula or no source"));
        if fact.grade == Grade::Assumption && fact.number().is_some() {
            bounded.look(fact.interval.is_some(), place, || format!("`{name}` has no interval"));
        }
    }
    vec![exists, explained, bounded]
}

fn cells_traced(material: &Material<'_>) -> Check {
    let mut check = Check::of(CLASS, &TYPED_CELL);
    let tables = material.fullest().map(tables).unwrap_or_default();
    // The cells of a table in the text are text, whose numbers the rules of prose hold.
    let has_facts = |one: &Placed<'_>| one.place.line == 0 && !one.table.from_file;
    for Placed { table, place, .. } in tables.into_iter().filter(has_facts) {
        for row in &table.rows {
            for (cell, column) in row.iter().zip(&table.columns) {
                if column.alignment == Alignment::Decimal {
                    let holds = cell.fact.is_some() || !cell.text.contains(|c: char| c.is_ascii_digit());
                    check.look(holds, &place, || format!("`{}` under `{}`", cell.text, column.header));
                }
            }
        }
    }
    check
}

/// Returns the citation keys in a source, such as `brin1998anatomy`: letters, a year, letters.
fn keys(source: &str) -> impl Iterator<Item = &str> {
    let is_key = |word: &&str| {
        let start = word.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(word.len());
        let year: String = word[start..].chars().take(4).collect();
        start > 1 && year.len() == 4 && year.chars().all(|c| c.is_ascii_digit())
    };
    source.split(|c: char| !c.is_ascii_alphanumeric()).filter(is_key)
}

fn sources_listed(material: &Material<'_>, facts: &[(String, Option<&Fact>, Location)]) -> Option<Check> {
    let mut check = Check::of(CLASS, &UNLISTED_SOURCE);
    let listed: BTreeSet<&str> =
        material.fullest()?.references.iter().map(|work| work.key.as_str()).collect();
    let mut asked = BTreeSet::new();
    for (name, fact, place) in facts {
        for key in fact.iter().flat_map(|fact| keys(&fact.source)) {
            if asked.insert(key) {
                check.look(listed.contains(key), place, || {
                    format!("`{key}`, the source of `{name}`, is not cited")
                });
            }
        }
    }
    Some(check)
}

fn of_all_facts(material: &Material<'_>) -> Vec<Check> {
    let mut ordered = Check::of(CLASS, &REVERSED_INTERVAL);
    let mut inside = Check::of(CLASS, &VALUE_OUTSIDE_INTERVAL);
    let mut given = Check::of(CLASS, &UNKNOWN_INPUT);
    let place = Location::file(MODEL_FILE);
    for (name, fact) in &material.facts.0 {
        if let (Some((low, high)), Some(value)) = (fact.interval, fact.number()) {
            ordered.look(low <= high, &place, || format!("`{name}` has the interval {low} to {high}"));
            let slack = 1e-9 * value.abs();
            let holds = low - slack <= value && value <= high + slack;
            inside.look(holds, &place, || format!("`{name}` is {value}, outside {low} to {high}"));
        }
        for input in &fact.inputs {
            let is_known = material.model.get(input).is_some() || material.facts.get(input).is_some();
            given.look(is_known, &place, || format!("`{name}` depends on `{input}`, which is not there"));
        }
    }
    vec![ordered, inside, given]
}

/// Returns a value at an end of its range claims that nothing lies beyond on one side, so every interval lies
/// on the other.
fn assumed_within<'a>(inputs: impl Iterator<Item = (&'a str, &'a Input)>) -> Check {
    let mut check = Check::of(CLASS, &ASSUMPTION_AT_END);
    for (name, input) in inputs {
        if let Some((low, high)) = input.range {
            let value = input.value;
            check.look(low < value && value < high, &Location::file(MODEL_FILE), || {
                format!("`{name}` is assumed to be {value}, an end of its range from {low} to {high}")
            });
        }
    }
    check
}

fn published(material: &Material<'_>) -> Vec<Check> {
    let mut agrees = Check::of(CLASS, &DISAGREEING_RESULT);
    let mut sourced = Check::of(CLASS, &RESULT_WITHOUT_SOURCE);
    let place = Location::file(PUBLISHED_FILE);
    for one in validate(material.model, material.facts) {
        agrees.look(!one.agreement.is_defect(), &place, || {
            let (unit, name) = (one.published.unit, one.name);
            let published = one.published.span.display(unit);
            match one.ours {
                Some((fact, value)) => {
                    format!("`{name}` is {published}, and `{fact}` is {}", unit.display(value, None))
                }
                None => {
                    let fact = one.published.ours.as_deref().unwrap_or_default();
                    format!("`{name}` is {published}, and `{fact}` is no number of that kind")
                }
            }
        });
        let is_placed = keys(&one.published.source).next().is_some();
        sourced
            .look(is_placed, &place, || format!("`{}` has the source `{}`", one.name, one.published.source));
    }
    vec![agrees, sourced]
}

fn claims(material: &Material<'_>) -> Vec<Check> {
    let mut decided = Check::of(CLASS, &UNDECIDED_CLAIM);
    let mut told = Check::of(CLASS, &UNJUDGED_CLAIM);
    let mut opposed = Check::of(CLASS, &CLAIM_WITHOUT_COUNTER_READING);
    let mut argued = Check::of(CLASS, &CLAIM_THAT_CANNOT_FAIL);
    let place = Location::file(CLAIMS_FILE);
    let undecided = verdicts(material.model.claims(), material.facts).err().unwrap_or_default();
    let judged: BTreeSet<&str> = material
        .editions
        .iter()
        .flat_map(|edition| edition.document.every_inline())
        .filter_map(|inline| match &inline.kind {
            InlineKind::Verdict { claim, .. } => Some(claim.as_str()),
            _ => None,
        })
        .collect();
    for claim in material.model.claims() {
        let id = &claim.id;
        let is_decided = undecided.iter().all(|one| one.claim != *id);
        decided.look(is_decided, &place, || format!("`{id}` has no verdict"));
        told.look(judged.contains(id.as_str()), &place, || format!("no sentence judges `{id}`"));
        argued.look(!claim.fails_if.trim().is_empty(), &place, || format!("`{id}` cannot fail"));
        let is_complete = !claim.definition.is_empty() && !claim.counter_reading.is_empty();
        opposed.look(is_complete, &place, || format!("`{id}` lacks a definition or a counter-reading"));
    }
    vec![decided, told, opposed, argued]
}

/// In each edition, so that the abstract of a short one promises nothing that only a fuller one shows.
fn abstract_in_body(material: &Material<'_>) -> Vec<Check> {
    let mut all = Vec::new();
    for &Edition { name: edition, document, .. } in material.editions {
        let mut check = Check::of(CLASS, &NUMBER_ONLY_IN_ABSTRACT).in_edition(edition);
        let parts = parts(document);
        let Some((summary, body)) = parts.split_first() else { continue };
        let body: Vec<Passage<'_>> = body.iter().flat_map(Section::prose).collect();
        let mut said: BTreeSet<&str> = shown(&body).into_iter().map(|(fact, _)| fact).collect();
        for Placed { table, .. } in tables(document) {
            said.extend(table.rows.iter().flatten().filter_map(|cell| cell.fact.as_deref()));
        }
        for (fact, place) in shown(&summary.prose()) {
            check.look(said.contains(fact), &place, || format!("`{fact}` stands in the abstract alone"));
        }
        all.push(check);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Unit;

    #[test]
    fn a_value_at_either_end_of_its_range_is_found_and_one_within_or_without_a_range_is_not() {
        let input = |value: f64, range: Option<(f64, f64)>| Input {
            value,
            unit: Unit::ONE,
            grade: Grade::Assumption,
            source: "a reason".to_owned(),
            range,
            distribution: None,
            is_result: false,
        };
        let inputs = [
            ("low", input(1.0, Some((1.0, 4.0)))),
            ("high", input(4.0, Some((1.0, 4.0)))),
            ("within", input(2.0, Some((1.0, 4.0)))),
            ("quoted", input(1.0, None)),
        ];
        let check = assumed_within(inputs.iter().map(|(name, input)| (*name, input)));
        assert_eq!(check.looked_at, 3);
        let found: Vec<&str> = check.findings.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("`low` is assumed to be 1,") && found[1].contains("`high`"), "{found:?}");
    }
}
