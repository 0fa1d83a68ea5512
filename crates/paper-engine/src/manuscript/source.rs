//! The file of a text, and where in it the characters of the text were written.

use std::path::{Path, PathBuf};

use crate::diagnostic::Location;
use crate::source::{Position, SourceMap};

/// Where a text comes from.
#[derive(Debug)]
pub(super) struct Origin {
    /// The file, relative to the root.
    file: PathBuf,
    /// For a value of a YAML file: its text, and where that is written, as far as it is found again.
    value: Option<(String, Option<SourceMap>)>,
}

impl Origin {
    /// Names a file that is the text.
    pub fn whole(file: &Path) -> Self {
        Self { file: file.into(), value: None }
    }

    /// Names the text that stands under a key of a YAML file.
    pub fn value(root: &Path, file: &Path, key: &str, text: &str) -> Self {
        // What cannot be read was reported where the file was; only its places are missing then.
        let yaml = std::fs::read_to_string(root.join(file)).unwrap_or_default();
        let map = SourceMap::of_scalar(&yaml, key, text);
        Self { file: file.into(), value: Some((text.to_owned(), map)) }
    }

    /// Names a text that is a part of one line of this one.
    pub fn part(&self, text: &str, line: usize, column: usize) -> Self {
        let map = self.position(line, column).map(|position| {
            let mut map = SourceMap::default();
            map.push(0, position);
            map
        });
        Self { file: self.file.clone(), value: Some((text.to_owned(), map)) }
    }

    /// Returns the place in the file of a place in the text.
    pub fn position(&self, line: usize, column: usize) -> Option<Position> {
        let Some((text, map)) = &self.value else { return Some(Position { line, column }) };
        let mut lines = text.split_inclusive('\n');
        let before: usize = lines.by_ref().take(line.saturating_sub(1)).map(str::len).sum();
        let inside = lines.next().unwrap_or_default().chars().take(column.saturating_sub(1));
        map.as_ref()?.position(text, before + inside.map(char::len_utf8).sum::<usize>())
    }

    /// Returns the place in the file of a byte of the text.
    pub fn at_byte(&self, text: &str, byte: usize) -> Location {
        let Position { line, column } = Position::of_byte(text, byte);
        self.at(line, column)
    }

    /// Returns the same with the file, or the file as a whole.
    pub fn at(&self, line: usize, column: usize) -> Location {
        self.locate(self.position(line, column))
    }

    /// Names a place in the file, or the file as a whole.
    pub fn locate(&self, position: Option<Position>) -> Location {
        position.map_or_else(|| Location::file(&self.file), |position| position.within(&self.file))
    }
}

/// Returns where the characters of a text that Markdown was read into stand in its line: the byte of the text
/// at which each stretch begins, and the column of that byte, from 1. `column` is where Markdown says that
/// the text begins; where something else stands there, it is the nearest place at which the text does.
pub(super) fn align(text: &str, line: &str, column: usize) -> Vec<(usize, usize)> {
    let written: Vec<char> = line.chars().collect();
    let first: Vec<char> =
        text.chars().take_while(|c| c.is_ascii() && !"\"'&-.".contains(*c)).take(8).collect();
    let given = column.saturating_sub(1);
    let near = (0..written.len()).filter(|at| written[*at..].starts_with(&first));
    let mut at = near.min_by_key(|at| at.abs_diff(given)).filter(|_| !first.is_empty()).unwrap_or(given);
    let mut found = vec![(0, at + 1)];
    let mut has_gap = false;
    for (byte, c) in text.char_indices() {
        if has_gap {
            found.push((byte, at + 1));
        }
        let signs = match (c, written.get(at)) {
            ('“' | '”', Some('"')) | ('‘' | '’', Some('\'')) => 1,
            ('–', Some('-')) => 2,
            ('—', Some('-')) | ('…', Some('.')) => 3,
            (c, Some('&')) if c != '&' || written[at..].starts_with(&['&', 'a', 'm', 'p', ';']) => {
                written[at..].iter().position(|c| *c == ';').map_or(1, |end| end + 1)
            }
            _ => 1,
        };
        has_gap = signs != 1;
        at += signs;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_that_markdown_changes_do_not_move_what_follows() {
        let column = |text: &str, line: &str, word: &str| {
            let byte = text.find(word).unwrap_or_default();
            let (start, column) =
                align(text, line, 1).into_iter().rfind(|(start, _)| *start <= byte).unwrap_or((0, 0));
            column + text[start..byte].chars().count()
        };
        assert_eq!(column("“a” – b… c", "\"a\" -- b... c", "b"), 8);
        assert_eq!(column("“a” – b… c", "\"a\" -- b... c", "c"), 13);
        assert_eq!(column("a — b", "a --- b", "b"), 7);
        assert_eq!(column("a & b < c", "a &amp; b &lt; c", "b"), 9);
        assert_eq!(column("a & b < c", "a &amp; b &lt; c", "c"), 16);
        assert_eq!(column("a & b", "a & b", "b"), 5);
        assert_eq!(column("Title", "# Title", "Title"), 3);
    }
}
