//! A table as rows of text, ready for any output.

use std::ops::Range;

/// How a column is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alignment {
    /// Words.
    Left,
    /// Numbers, aligned on the decimal point.
    Decimal,
    /// Signs and short words, in the middle.
    Center,
}

/// One column: header text (with its unit) and alignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Header with the unit.
    pub header: String,
    /// How cells are set.
    pub alignment: Alignment,
}

/// One cell: its text and the fact it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Text as the reader sees it.
    pub text: String,
    /// Name of the fact, for provenance.
    pub fact: Option<String>,
}

/// A table ready for any output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Columns, left to right.
    pub columns: Vec<Column>,
    /// Rows of as many cells as there are columns.
    pub rows: Vec<Vec<Cell>>,
    /// Notes under the table.
    pub notes: Vec<String>,
}

impl Table {
    /// Returns the same with some of the rows.
    #[must_use]
    pub fn part(&self, rows: &Range<usize>) -> Self {
        let some = self.rows.get(rows.clone()).unwrap_or_default().to_vec();
        Self { rows: some, ..self.clone() }
    }
}
