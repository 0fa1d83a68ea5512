//! `build/sentences.json`: where each fact stands in the text, so that a moved number leads to what it decides.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

use crate::diagnostic::Location;
use crate::lint::passages;
use crate::manuscript::{Block, BlockKind, Document, Inline};
use crate::output::plain;
use crate::source::read_text;
use crate::table::Table;

/// Where the mentions of facts stand, below `build/` and in a release bundle.
pub const MENTIONS_FILE: &str = "sentences.json";

/// A sentence or a cell of a table in which a fact stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mention {
    /// The author's file, below the root.
    pub file: String,
    /// The line that names the fact, or the first of its block; from 1.
    pub line: usize,
    /// The sentence as a reader sees it, or the cell.
    pub sentence: String,
}

/// The mentions of each fact, by its name.
pub type Mentions = BTreeMap<String, Vec<Mention>>;

/// Collects the mentions of every fact in all editions, each once, in order of file and line.
pub fn mentions<'d>(root: &Path, documents: impl Iterator<Item = &'d Document>) -> Mentions {
    let mut files = Files { root, texts: BTreeMap::new() };
    let mut found = Mentions::new();
    for document in documents {
        for passage in passages(document) {
            for (fact, sentence) in stated(passage.content) {
                found.entry(fact.to_owned()).or_default().push(files.mention(
                    &passage.location,
                    fact,
                    sentence,
                ));
            }
        }
        for blocks in [&document.abstract_blocks, &document.blocks, &document.appendices] {
            cells(blocks, &mut files, &mut found);
        }
    }
    for mentions in found.values_mut() {
        mentions.sort();
        mentions.dedup();
    }
    found
}

/// The facts of a run of inlines, each with the sentence it stands in; a footnote is a text of its own.
fn stated(inlines: &[Inline]) -> Vec<(&str, String)> {
    let (mut text, mut facts, mut notes) = (String::new(), Vec::new(), Vec::new());
    write(inlines, &mut text, &mut facts, &mut notes);
    // A line of the author's file ends no sentence.
    let text = text.replace(['\n', '\r'], " ");
    let mut found: Vec<(&str, String)> = Vec::new();
    for (start, sentence) in text.split_sentence_bound_indices() {
        let inside = facts.iter().filter(|(at, _)| (start..start + sentence.len()).contains(at));
        found.extend(inside.map(|(_, fact)| (*fact, words(sentence))));
    }
    found.extend(notes.into_iter().flat_map(stated));
    found
}

fn write<'d>(
    inlines: &'d [Inline],
    text: &mut String,
    facts: &mut Vec<(usize, &'d str)>,
    notes: &mut Vec<&'d [Inline]>,
) {
    for inline in inlines {
        match inline {
            Inline::Number { fact, text: number } => {
                facts.push((text.len(), fact));
                text.push_str(number);
            }
            Inline::Emphasis(content) | Inline::Strong(content) | Inline::Link { content, .. } => {
                write(content, text, facts, notes);
            }
            Inline::Footnote { content, .. } => notes.push(content),
            other => text.push_str(&plain(std::slice::from_ref(other))),
        }
    }
}

/// A plain text with one space between its words, and none where a citation was left out before a sign.
pub(super) fn words(text: &str) -> String {
    let mut out = String::new();
    for word in text.split_whitespace() {
        let is_sign = word.chars().all(|c| ".,;:!?)".contains(c));
        if !out.is_empty() && !is_sign {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Adds the facts in the cells of tables, each with its row and column.
fn cells(blocks: &[Block], files: &mut Files<'_>, found: &mut Mentions) {
    for block in blocks {
        match &block.kind {
            BlockKind::List { items, .. } => items.iter().for_each(|item| cells(item, files, found)),
            BlockKind::Quote(inner) => cells(inner, files, found),
            BlockKind::Table { id, number, table, .. } => {
                let place = Location::new(format!("paper/tables/{id}.yaml"), 1, 1);
                for (fact, cell) in cells_of(*number, table) {
                    found.entry(fact.to_owned()).or_default().push(files.mention(&place, fact, cell));
                }
            }
            _ => {}
        }
    }
}

fn cells_of(number: usize, table: &Table) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    for row in &table.rows {
        let head = row.first().map_or("", |cell| cell.text.as_str());
        for (cell, column) in row.iter().zip(&table.columns) {
            if let Some(fact) = &cell.fact {
                let text = format!("Table {number}, {head}, {}: {}", column.header, cell.text);
                found.push((fact.as_str(), words(&text)));
            }
        }
    }
    found
}

/// The author's files, each read once.
struct Files<'a> {
    root: &'a Path,
    texts: BTreeMap<std::path::PathBuf, String>,
}

impl Files<'_> {
    fn mention(&mut self, block: &Location, fact: &str, sentence: String) -> Mention {
        let text = self.texts.entry(block.file.clone()).or_insert_with(|| {
            // What cannot be read was told before; the beginning of the block is good enough then.
            read_text(self.root, &block.file).unwrap_or_default()
        });
        let first = block.line.max(1);
        let lines = text.lines().enumerate().skip(first - 1);
        let line =
            lines.into_iter().find(|(_, line)| names(line, fact)).map_or(first, |(index, _)| index + 1);
        Mention { file: block.file.to_string_lossy().into_owned(), line, sentence }
    }
}

/// Whether a line holds the whole name of a fact.
fn names(line: &str, fact: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || "._-".contains(c);
    line.match_indices(fact).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + fact.len()..].chars().next();
        !before.is_some_and(is_name) && !after.is_some_and(is_name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(fact: &str, text: &str) -> Inline {
        Inline::Number { fact: fact.into(), text: text.into() }
    }

    #[test]
    fn a_fact_comes_with_its_own_sentence_alone() {
        let text = |text: &str| Inline::Text(text.into());
        let note =
            Inline::Footnote { number: 1, content: vec![text("Of "), number("c", "3"), text(" kinds.")] };
        let inlines = [
            text("A slice has "),
            Inline::Strong(vec![number("a", "1.74×")]),
            text(" the traffic. Each\nnode has "),
            number("b", "6"),
            text(" links."),
            note,
        ];
        let found = stated(&inlines);
        let expected =
            [("a", "A slice has 1.74× the traffic."), ("b", "Each node has 6 links."), ("c", "Of 3 kinds.")];
        assert_eq!(found, expected.map(|(fact, sentence)| (fact, sentence.to_owned())));
    }

    #[test]
    fn a_citation_leaves_no_gap() {
        assert_eq!(
            words("chooses its\ntopology . A fixed one , too"),
            "chooses its topology. A fixed one, too"
        );
    }

    #[test]
    fn a_longer_name_is_another_fact() {
        assert!(names("{{ fact(name=\"a.b\") }}", "a.b"));
        assert!(!names("{{ fact(name=\"a.b.c\") }}", "a.b"));
        assert!(!names("{{ fact(name=\"x.a.b\") }}", "a.b"));
    }
}
