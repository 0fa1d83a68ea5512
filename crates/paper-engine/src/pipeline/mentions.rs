//! `build/sentences.json`: where each fact stands in the text, so that a moved number leads to what it
//! decides.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

use crate::diagnostic::Location;
use crate::language::Language;
use crate::lint::passages;
use crate::manuscript::{BlockKind, Document, Inline, InlineKind};
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
    let mut found = Mentions::new();
    let mut add = |fact: &str, Location { file, line, .. }: Location, sentence| {
        let mention = Mention { file: file.to_string_lossy().into_owned(), line, sentence };
        found.entry(fact.to_owned()).or_default().push(mention);
    };
    for document in documents {
        for passage in passages(document) {
            for (inline, fact, sentence) in stated(passage.content, document.language) {
                add(fact, passage.place_of(inline), sentence);
            }
        }
        for block in document.every_block() {
            let BlockKind::Table { number, in_text: false, table, .. } = &block.kind else { continue };
            let file = block.content_file();
            // What cannot be read was told before; the beginning of the table is good enough then.
            let text = read_text(root, &file).unwrap_or_default();
            for (fact, cell) in cells_of(number.unwrap_or_default(), table, document.language) {
                let line = text.lines().position(|line| names(line, fact)).map_or(1, |index| index + 1);
                add(fact, Location::new(&file, line, 1), cell);
            }
        }
    }
    for mentions in found.values_mut() {
        mentions.sort();
        // A sentence that states a fact twice is told once, at the first line.
        let mut told = BTreeSet::new();
        mentions.retain(|mention| told.insert((mention.file.clone(), mention.sentence.clone())));
    }
    found
}

/// Returns the numbers of a run of inlines, each with its fact and the sentence it stands in.
fn stated(inlines: &[Inline], language: Language) -> Vec<(&Inline, &str, String)> {
    let (mut text, mut facts) = (String::new(), Vec::new());
    write(inlines, language, &mut text, &mut facts);
    // A line of the author's file ends no sentence.
    let text = text.replace(['\n', '\r'], " ");
    let mut found = Vec::new();
    for (start, sentence) in text.split_sentence_bound_indices() {
        let inside = facts.iter().filter(|(at, ..)| (start..start + sentence.len()).contains(at));
        found.extend(inside.map(|(_, inline, fact)| (*inline, *fact, words(sentence))));
    }
    found
}

fn write<'d>(
    inlines: &'d [Inline],
    language: Language,
    text: &mut String,
    facts: &mut Vec<(usize, &'d Inline, &'d str)>,
) {
    for inline in inlines {
        match &inline.kind {
            InlineKind::Number { fact, text: number } => {
                facts.push((text.len(), inline, fact));
                text.push_str(number);
            }
            InlineKind::Emphasis(_)
            | InlineKind::Strong(_)
            | InlineKind::Strikeout(_)
            | InlineKind::Link { .. } => {
                write(inline.children(), language, text, facts);
            }
            _ => text.push_str(&plain(std::slice::from_ref(inline), language)),
        }
    }
}

/// Returns a plain text with one space between its words, and none where a citation was left out before a
/// sign.
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

fn cells_of(number: usize, table: &Table, language: Language) -> Vec<(&str, String)> {
    let noun = language.words().table.one;
    let mut found = Vec::new();
    for row in &table.rows {
        let head = row.first().map_or("", |cell| cell.text.as_str());
        for (cell, column) in row.iter().zip(&table.columns) {
            if let Some(fact) = &cell.fact {
                let text = format!("{noun} {number}, {head}, {}: {}", column.header, cell.text);
                found.push((fact.as_str(), words(&text)));
            }
        }
    }
    found
}

/// Returns whether a line holds the whole name of a fact.
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
    use crate::lint::passages_of;
    use crate::manuscript::Block;

    fn number(fact: &str, text: &str) -> Inline {
        InlineKind::Number { fact: fact.into(), text: text.into() }.into()
    }

    #[test]
    fn a_fact_comes_with_its_own_sentence_alone() {
        let text = |text: &str| Inline::from(InlineKind::Text(text.into()));
        let content = vec![text("Of "), number("c", "3"), text(" kinds.")];
        let paragraph =
            |content| Block { location: Location::default(), kind: BlockKind::Paragraph(content) };
        let note = InlineKind::Footnote { number: 1, blocks: vec![paragraph(content)] }.into();
        let inlines = vec![
            text("A slice has "),
            InlineKind::Strong(vec![number("a", "1.74×")]).into(),
            text(" the traffic. Each\nnode has "),
            number("b", "6"),
            text(" links."),
            note,
        ];
        let blocks = [paragraph(inlines)];
        let passages: Vec<_> = passages_of(&blocks).collect();
        let found = passages.iter().flat_map(|passage| stated(passage.content, Language::English));
        let found: Vec<_> = found.collect();
        let expected =
            [("a", "A slice has 1.74× the traffic."), ("b", "Each node has 6 links."), ("c", "Of 3 kinds.")];
        let found: Vec<_> = found.iter().map(|(_, fact, sentence)| (*fact, sentence.as_str())).collect();
        assert_eq!(found, expected);
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
