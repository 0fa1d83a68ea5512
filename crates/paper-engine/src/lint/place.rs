//! Where a word of a passage stands in the author's file.

use std::path::Path;

use crate::diagnostic::Location;
use crate::source::read_text;

/// Lines behind the beginning of a block in which its words are looked for.
const LINES: usize = 60;

/// The place of a phrase at or behind the beginning of its block, or that beginning.
pub fn find(root: &Path, block: &Location, phrase: &str) -> Location {
    let words: Vec<&str> = phrase.split_whitespace().collect();
    // A phrase may go on in the next line: as many of its first words as stand on one.
    let parts = (1..=words.len()).rev().map(|count| words[..count].join(" "));
    parts.into_iter().find_map(|part| nth(root, block, &part, 0)).unwrap_or_else(|| block.clone())
}

/// The place of the occurrence of a word with this index, from 0, behind the beginning of its block.
pub fn nth(root: &Path, block: &Location, word: &str, index: usize) -> Option<Location> {
    let text = read_text(root, &block.file).ok()?;
    let lines = text.lines().enumerate().skip(block.line.saturating_sub(1)).take(LINES);
    let places = lines.flat_map(|(number, line)| {
        let at = whole_words(line, word).into_iter();
        at.map(move |byte| Location::new(&block.file, number + 1, line[..byte].chars().count() + 1))
    });
    places.into_iter().nth(index)
}

/// The bytes at which a phrase stands in a line, in capitals or not, and not inside another word.
pub fn whole_words(line: &str, phrase: &str) -> Vec<usize> {
    let is_letter = |c: char| c.is_alphanumeric();
    let (lower, phrase) = (line.to_ascii_lowercase(), phrase.to_ascii_lowercase());
    let places = lower.match_indices(&phrase).map(|(at, _)| at).filter(|&at| {
        let before = line[..at].chars().next_back();
        let after = line[at + phrase.len()..].chars().next();
        !before.is_some_and(is_letter) && !after.is_some_and(is_letter)
    });
    places.collect()
}
