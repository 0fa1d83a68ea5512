//! The index scroll of a document: what stands at each coordinate, in tab-separated lines.
//!
//! The index is the scroll at 1.1.1/1.1.1/1.1.1. Each line is a record: a word, then fields, separated by
//! tabs.
//!
//! - `format`, [`FORMAT`], [`VERSION`]: always the first line.
//! - Any number of lines about the document: title, scheme.
//! - `scrolls`, how many there are, the index among them.
//! - `scroll`, coordinate, bytes, kind, name, title: one for each scroll, in the order of coordinates. The
//!   name is a label or key, the title a word for people; both may be empty.
//!
//! The bytes of every scroll make a document that was cut off or changed visible.

use std::collections::BTreeMap;
use std::fmt::Write;

use thiserror::Error;

use super::coordinate::Coordinate;

/// The second field of the first line of an index.
pub const FORMAT: &str = "phext-paper";
/// The third field: the version of what the lines mean.
pub const VERSION: &str = "1";

/// What an index says of one scroll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScrollEntry {
    /// Length of its text.
    pub bytes: usize,
    /// What it is, such as `paragraph`.
    pub kind: String,
    /// Its label or key; may be empty.
    pub name: String,
    /// A word for people; may be empty.
    pub title: String,
}

/// The records of an index scroll.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// Lines about the document, without tabs at their ends.
    pub head: Vec<String>,
    /// The scrolls, the index itself left out.
    pub entries: BTreeMap<Coordinate, ScrollEntry>,
}

/// What is wrong with an index, by its line from 1.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line} of the index: {message}")]
pub struct IndexError {
    /// Line of the index.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

/// Joins fields to a record; a tab or line break inside a field becomes a space.
#[must_use]
pub fn record(fields: &[&str]) -> String {
    let fields: Vec<String> = fields.iter().map(|field| field.replace(['\t', '\n', '\r'], " ")).collect();
    fields.join("\t")
}

impl Index {
    /// Writes the index scroll.
    #[must_use]
    pub fn text(&self) -> String {
        let mut before = record(&["format", FORMAT, VERSION]);
        for line in &self.head {
            let _ = write!(before, "\n{line}");
        }
        let count = self.entries.len() + 1;
        let _ = write!(before, "\n{}", record(&["scrolls", &count.to_string()]));
        let mut after = String::new();
        for (coordinate, entry) in &self.entries {
            let _ = write!(after, "\n{}", entry.line(*coordinate));
        }
        let of_itself = |bytes| {
            let (name, title) = (String::new(), String::new());
            ScrollEntry { bytes, kind: "index".to_owned(), name, title }.line(Coordinate::ORIGIN)
        };
        // The index names its own length, which grows with the digits of that number until both agree.
        let mut bytes = 0;
        loop {
            let length = before.len() + 1 + of_itself(bytes).len() + after.len();
            if length == bytes {
                return format!("{before}\n{}{after}", of_itself(bytes));
            }
            bytes = length;
        }
    }

    /// Reads the text of a first scroll; `None` when it is no index.
    ///
    /// # Errors
    /// The first line that is malformed, and a length or count that disagrees.
    #[must_use]
    pub fn parse(text: &str) -> Option<Result<Self, IndexError>> {
        let mut lines = text.split('\n').enumerate().map(|(index, line)| (index + 1, line));
        let (_, first) = lines.next()?;
        let version = first.strip_prefix(&format!("format\t{FORMAT}\t"))?;
        if version != VERSION {
            let message = format!("version `{version}` is not known, only {VERSION}");
            return Some(Err(IndexError { line: 1, message }));
        }
        Some(Self::parse_lines(text.len(), lines))
    }

    fn parse_lines<'t>(
        length: usize,
        lines: impl Iterator<Item = (usize, &'t str)>,
    ) -> Result<Self, IndexError> {
        let mut index = Self::default();
        let mut count = None;
        let mut last = None;
        for (line, text) in lines {
            let fault = |message: String| IndexError { line, message };
            if let Some(number) = text.strip_prefix("scrolls\t") {
                let number = number.parse::<usize>().map_err(|_| fault(format!("`{number}` is no count")))?;
                count = Some((line, number));
            } else if let Some(fields) = text.strip_prefix("scroll\t") {
                let (coordinate, entry) = ScrollEntry::parse(fields).map_err(fault)?;
                match last {
                    None if coordinate != Coordinate::ORIGIN => {
                        return Err(fault(format!("the index itself is listed first, not {coordinate}")));
                    }
                    None if entry.bytes != length => {
                        return Err(fault(format!("the index has {length} bytes, not {}", entry.bytes)));
                    }
                    None => {}
                    Some(last) if coordinate <= last => {
                        return Err(fault(format!("{coordinate} does not come after {last}")));
                    }
                    Some(_) => {
                        index.entries.insert(coordinate, entry);
                    }
                }
                last = Some(coordinate);
            } else {
                index.head.push(text.to_owned());
            }
        }
        let listed = index.entries.len() + usize::from(last.is_some());
        match count {
            Some((_, count)) if count == listed => Ok(index),
            Some((line, count)) => {
                let message = format!("{count} scrolls are announced, {listed} listed");
                Err(IndexError { line, message })
            }
            None => Err(IndexError { line: 1, message: "no line tells the number of scrolls".into() }),
        }
    }

    /// Takes the entry of a scroll out of the index and says how the scroll differs from it, if it does.
    ///
    /// What is left when every scroll was taken is missing in the document.
    pub fn take(&mut self, coordinate: Coordinate, text: &str) -> Option<String> {
        match self.entries.remove(&coordinate) {
            _ if coordinate == Coordinate::ORIGIN => None,
            None => Some("the index lists no scroll here".to_owned()),
            Some(entry) if entry.bytes == text.len() => None,
            Some(entry) => {
                Some(format!("this scroll has {} bytes, the index says {}", text.len(), entry.bytes))
            }
        }
    }
}

impl ScrollEntry {
    fn line(&self, coordinate: Coordinate) -> String {
        let (coordinate, bytes) = (coordinate.to_string(), self.bytes.to_string());
        record(&["scroll", &coordinate, &bytes, &self.kind, &self.name, &self.title])
    }

    fn parse(fields: &str) -> Result<(Coordinate, Self), String> {
        let fields: Vec<&str> = fields.split('\t').collect();
        let &[coordinate, bytes, kind, name, title] = fields.as_slice() else {
            return Err(format!("a scroll has 5 fields, not {}", fields.len()));
        };
        let at = Coordinate::parse(coordinate).map_err(|error| format!("`{coordinate}`, {error}"))?;
        let bytes = bytes.parse().map_err(|_| format!("`{bytes}` is no number of bytes"))?;
        Ok((at, Self { bytes, kind: kind.into(), name: name.into(), title: title.into() }))
    }
}
