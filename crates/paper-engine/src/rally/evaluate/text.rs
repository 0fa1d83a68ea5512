//! Checks of what a text treats and refers to.

use std::collections::BTreeSet;

use super::{Finding, listed};
use crate::lint::whole_words;
use crate::manuscript::InlineKind;
use crate::rally::check::{CellsCheck, CitesCheck, Topic, Topics};
use crate::rally::evidence::{Evidence, headings};

/// Returns whether a text has every topic in its words.
pub(super) fn contains(topics: &Topics, evidence: &Evidence<'_>) -> Result<Finding, String> {
    let pieces = evidence.pieces(&topics.place, topics.edition.as_deref())?;
    Ok(treated(topics, &pieces, "the words"))
}

/// Returns whether a text has every topic in a heading.
pub(super) fn has_headings(topics: &Topics, evidence: &Evidence<'_>) -> Result<Finding, String> {
    let found: Vec<String> = if topics.place.starts_with("build/") {
        let text = evidence.output_text(&topics.place)?;
        text.lines()
            .filter_map(|line| Some(line.strip_prefix('#')?.trim_start_matches('#').to_owned()))
            .collect()
    } else {
        let blocks = evidence.blocks(Some(&topics.place), topics.edition.as_deref())?;
        headings(&blocks).into_iter().map(|(_, _, text)| text).collect()
    };
    Ok(treated(topics, &found, "a heading with"))
}

/// Looks for each topic in some pieces of text, if asked in the order of the topics.
fn treated(topics: &Topics, pieces: &[String], what: &str) -> Finding {
    if topics.topics.is_empty() {
        return Finding::open("no topic is named");
    }
    let mut missing = Vec::new();
    let mut from = 0;
    for topic in &topics.topics {
        let phrases = match topic {
            Topic::Phrase(phrase) => std::slice::from_ref(phrase),
            Topic::AnyOf(phrases) => phrases.as_slice(),
        };
        let has = |piece: &String| phrases.iter().any(|phrase| !whole_words(piece, phrase).is_empty());
        match pieces[from..].iter().position(has) {
            Some(at) if topics.in_order => from += at + 1,
            Some(_) => {}
            None => missing.push(format!("`{}`", phrases.join("` or `"))),
        }
    }
    let order = if topics.in_order { " in this order" } else { "" };
    if missing.is_empty() {
        Finding::of(true, format!("all {} topics{order}", topics.topics.len()))
    } else {
        Finding::open(format!("{} lacks {what}{order}: {}", topics.place, listed(&missing)))
    }
}

/// Returns whether every cell of a column is among those allowed, or begins the title of a section.
pub(super) fn cells(check: &CellsCheck, evidence: &Evidence<'_>) -> Result<Finding, String> {
    let table = evidence.table(&check.table)?;
    let column = table.columns.iter().position(|column| column.header == check.column);
    let column = column.ok_or_else(|| format!("{} has no column `{}`", check.table, check.column))?;
    let cells: Vec<&str> =
        table.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.text.as_str()).collect();
    let titles: Vec<String> = if check.among.is_empty() {
        let blocks = evidence.blocks(None, None)?;
        let all = headings(&blocks).into_iter().filter(|(level, _, _)| *level == 1);
        all.map(|(_, _, title)| title.to_lowercase()).collect()
    } else {
        Vec::new()
    };
    let is_allowed = |cell: &str| match check.among.is_empty() {
        true => !cell.is_empty() && titles.iter().any(|title| title.starts_with(&cell.to_lowercase())),
        false => check.among.iter().any(|allowed| allowed == cell),
    };
    let wrong: BTreeSet<&str> = cells.iter().copied().filter(|cell| !is_allowed(cell)).collect();
    if wrong.is_empty() && !cells.is_empty() {
        return Ok(Finding::of(true, format!("all {} cells of `{}`", cells.len(), check.column)));
    }
    let wrong: Vec<String> = wrong.into_iter().map(|cell| format!("`{cell}`")).collect();
    Ok(Finding::open(format!("`{}` of {} holds {}", check.column, check.table, listed(&wrong))))
}

/// Returns whether a text refers to every label and work.
pub(super) fn cites(check: &CitesCheck, evidence: &Evidence<'_>) -> Result<Finding, String> {
    let mut found = BTreeSet::new();
    for inline in evidence.inlines(Some(&check.place), check.edition.as_deref())? {
        match &inline.kind {
            InlineKind::Reference { label, .. } => {
                found.insert(label.as_str());
            }
            InlineKind::Cite(keys) => found.extend(keys.iter().map(|cited| cited.key.as_str())),
            _ => {}
        }
    }
    let missing: Vec<String> =
        check.labels.iter().filter(|label| !found.contains(label.as_str())).cloned().collect();
    if check.labels.is_empty() {
        return Err("no label is named".to_owned());
    }
    Ok(match missing.is_empty() {
        true => Finding::of(true, format!("refers to {}", listed(&check.labels))),
        false => Finding::open(format!("{} does not refer to {}", check.place, listed(&missing))),
    })
}
