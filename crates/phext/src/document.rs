//! Phext documents: scrolls by coordinate, written as text between delimiters.
//!
//! Only the nine delimiter bytes have a meaning. So none of them may stand inside a scroll, and whatever a
//! document holds comes back byte for byte. An empty scroll cannot be told from none: it is not kept.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::io::Read;

use thiserror::Error;

use super::coordinate::Coordinate;
use super::delimiter::{Delimiter, find_delimiter};
use super::place::behind;
use super::reader::{MOST_SCROLL_BYTES, MOST_SCROLLS, ReadError, Reader};

/// Scrolls by coordinate; its `Display` form is the phext text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    scrolls: BTreeMap<Coordinate, String>,
}

/// Why a scroll cannot be put into a document.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InsertError {
    /// The text holds a delimiter.
    #[error(
        "line {line}, column {column}: the byte 0x{:02X} is the {} break of phext and cannot stand in a text",
        .delimiter.byte(),
        .delimiter.name()
    )]
    Delimiter {
        /// Line of the text, from 1.
        line: usize,
        /// Column of the line, from 1.
        column: usize,
        /// What the byte means.
        delimiter: Delimiter,
    },
    /// Another scroll stands there.
    #[error("there is a scroll at {0} already")]
    Occupied(Coordinate),
    /// The text is above its limit.
    #[error("a scroll has at most {MOST_SCROLL_BYTES} bytes, not {0}")]
    TooLong(usize),
    /// The document is full.
    #[error("a document has at most {MOST_SCROLLS} scrolls")]
    Full,
}

impl Document {
    /// Puts a text at a coordinate; an empty one leaves no trace.
    ///
    /// # Errors
    /// A delimiter inside the text, a coordinate that is taken, and limits that a reader holds.
    pub fn insert(&mut self, coordinate: Coordinate, text: impl Into<String>) -> Result<(), InsertError> {
        let text = text.into();
        if let Some((at, delimiter)) = find_delimiter(&text) {
            let (line, column) = behind(&text[..at]);
            return Err(InsertError::Delimiter { line, column, delimiter });
        }
        if text.len() > MOST_SCROLL_BYTES {
            return Err(InsertError::TooLong(text.len()));
        }
        if self.scrolls.contains_key(&coordinate) {
            return Err(InsertError::Occupied(coordinate));
        }
        if self.scrolls.len() >= MOST_SCROLLS {
            return Err(InsertError::Full);
        }
        if !text.is_empty() {
            self.scrolls.insert(coordinate, text);
        }
        Ok(())
    }

    /// Returns the text at a coordinate, where there is one.
    #[must_use]
    pub fn get(&self, coordinate: Coordinate) -> Option<&str> {
        self.scrolls.get(&coordinate).map(String::as_str)
    }

    /// Lists all scrolls in the order of their coordinates.
    pub fn iter(&self) -> impl Iterator<Item = (Coordinate, &str)> {
        self.scrolls.iter().map(|(&coordinate, text)| (coordinate, text.as_str()))
    }

    /// Reads a whole document; a [`Reader`] holds one scroll at a time.
    ///
    /// # Errors
    /// The first fault of the text, with its place.
    pub fn read(input: impl Read) -> Result<Self, ReadError> {
        let scrolls = Reader::new(input).map(|scroll| scroll.map(|scroll| (scroll.coordinate, scroll.text)));
        Ok(Self { scrolls: scrolls.collect::<Result<_, _>>()? })
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut here = Coordinate::ORIGIN;
        for (coordinate, text) in self.iter() {
            for (delimiter, count) in steps(here, coordinate) {
                (0..count).try_for_each(|_| f.write_char(char::from(delimiter.byte())))?;
            }
            f.write_str(text)?;
            here = coordinate;
        }
        Ok(())
    }
}

/// Returns the fewest delimiters that lead from a coordinate to a later one, each with its count.
fn steps(from: Coordinate, to: Coordinate) -> impl Iterator<Item = (Delimiter, u16)> {
    let (from, to) = (from.numbers(), to.numbers());
    let first = from.iter().zip(&to).position(|(from, to)| from != to).unwrap_or(to.len());
    Delimiter::ALL.into_iter().rev().skip(first).map(move |delimiter| {
        let index = delimiter.index();
        // The first step in a larger dimension sets all smaller numbers to 1.
        let start = if index == first { from[index] } else { 1 };
        (delimiter, to[index].saturating_sub(start))
    })
}
