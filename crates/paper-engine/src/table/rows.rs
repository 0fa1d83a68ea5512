//! A table as rows of text, ready for any output.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Characters of small print that fit side by side in a column of the printed page (252 pt) and in both (516 pt).
pub const FIT: (usize, usize) = (66, 138);
/// The room between two columns of a table, in characters.
pub const GAP: usize = 3;

/// How a column is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Alignment {
    /// Words.
    Left,
    /// Numbers, aligned on the decimal point.
    Decimal,
    /// Signs and short words, in the middle.
    Center,
}

/// One column: header text (with its unit) and alignment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Header with the unit.
    pub header: String,
    /// How cells are set.
    pub alignment: Alignment,
}

/// One cell: its text and the fact it came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Text as the reader sees it.
    pub text: String,
    /// Name of the fact, for provenance.
    pub fact: Option<String>,
    /// Whether it is the best of its column, and printed in bold.
    pub best: bool,
}

impl Cell {
    /// Returns a cell with a text that is no number of a fact.
    pub fn of(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// A table ready for any output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Columns, left to right.
    pub columns: Vec<Column>,
    /// Rows of as many cells as there are columns.
    pub rows: Vec<Vec<Cell>>,
    /// Notes under the table.
    pub notes: Vec<String>,
    /// Whether its rows come from a file, whose source a note tells.
    pub from_file: bool,
}

impl Table {
    /// Returns the characters of the longest cell of a column, its header apart.
    pub fn longest_cell(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.text.chars().count()).max().unwrap_or(0)
    }

    /// Returns the characters of the widest cells side by side, headers among them, and the room between them.
    pub fn width(&self) -> usize {
        let columns = self.columns.iter().enumerate();
        let width =
            |(index, column): (usize, &Column)| self.longest_cell(index).max(column.header.chars().count());
        columns.map(|column| width(column) + GAP).sum()
    }

    /// Returns the same with some of the rows.
    #[must_use]
    pub fn part(&self, rows: &Range<usize>) -> Self {
        let some = self.rows.get(rows.clone()).unwrap_or_default().to_vec();
        Self { rows: some, ..self.clone() }
    }
}
