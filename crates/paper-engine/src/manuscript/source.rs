//! Text of one file and the places of words in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::diagnostic::Location;

/// The lines of a file, for finding where the author wrote a word.
#[derive(Debug, Default)]
pub(super) struct Origin {
    /// The file, relative to the root.
    pub file: PathBuf,
    /// The file's lines.
    lines: Vec<String>,
    /// How often a word was already looked up on a line.
    seen: BTreeMap<(usize, String), usize>,
    /// Whether positions given are positions in this file, or only words can be found.
    exact: bool,
}

impl Origin {
    /// The origin of a section file: given positions are those of the file.
    pub fn section(file: &Path, text: &str) -> Self {
        Self { file: file.into(), lines: lines(text), exact: true, ..Self::default() }
    }

    /// The origin of a text inside another file, such as a caption: words are looked for.
    pub fn embedded(root: &Path, file: &Path) -> Self {
        let bytes = std::fs::read(root.join(file)).unwrap_or_default();
        Self { file: file.into(), lines: lines(&String::from_utf8_lossy(&bytes)), ..Self::default() }
    }

    /// The place of the next occurrence of `word` on `line`, or `column` where it is not found.
    pub fn find(&mut self, word: &str, line: usize, column: usize) -> Location {
        if !self.exact {
            return self.find_anywhere(word);
        }
        let text = line.checked_sub(1).and_then(|index| self.lines.get(index));
        let count = self.seen.entry((line, word.to_owned())).or_default();
        let places: Vec<_> = text.map(|text| text.match_indices(word).collect()).unwrap_or_default();
        let place = places.get(*count).or(places.last());
        *count += 1;
        let column = match (place, text) {
            (Some((byte, _)), Some(text)) => text[..*byte].chars().count() + 1,
            _ => column,
        };
        Location::new(&self.file, line, column)
    }

    /// The place of a position in the text.
    pub fn at(&self, line: usize, column: usize) -> Location {
        if self.exact { Location::new(&self.file, line, column) } else { Location::file(&self.file) }
    }

    fn find_anywhere(&self, word: &str) -> Location {
        let hit =
            self.lines.iter().enumerate().find_map(|(index, line)| Some((index, line, line.find(word)?)));
        hit.map_or_else(
            || Location::file(&self.file),
            |(index, line, byte)| Location::new(&self.file, index + 1, line[..byte].chars().count() + 1),
        )
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}
