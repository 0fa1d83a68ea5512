//! Where a word of a passage stands in the author's file.

use std::path::Path;

use crate::diagnostic::Location;
use crate::source::read_text;

/// The place of a phrase at or behind the beginning of its block, or that beginning.
pub fn find(root: &Path, block: &Location, phrase: &str) -> Location {
    let Ok(text) = read_text(root, &block.file) else { return block.clone() };
    let first = phrase.split_whitespace().next().unwrap_or(phrase);
    let from = block.line.saturating_sub(1);
    let hit = text.lines().enumerate().skip(from).find_map(|(index, line)| {
        let byte = whole_word(line, phrase).or_else(|| whole_word(line, first))?;
        Some(Location::new(&block.file, index + 1, line[..byte].chars().count() + 1))
    });
    hit.unwrap_or_else(|| block.clone())
}

/// The byte at which a phrase stands in a line, not inside another word.
fn whole_word(line: &str, phrase: &str) -> Option<usize> {
    let is_letter = |c: char| c.is_alphanumeric();
    line.match_indices(phrase).map(|(at, _)| at).find(|&at| {
        let before = line[..at].chars().next_back();
        let after = line[at + phrase.len()..].chars().next();
        !before.is_some_and(is_letter) && !after.is_some_and(is_letter)
    })
}
