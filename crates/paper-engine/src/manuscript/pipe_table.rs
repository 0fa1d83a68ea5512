//! Tables that stand in the text, with bars between their cells and a caption below.

use comrak::nodes::{Node, NodeValue, TableAlignment};

use super::builder::{Builder, Text};
use super::inline::trim;
use super::tree::{Block, BlockKind, Inline, InlineKind, LabelKind, TableContent};
use super::walk::plain_text;
use crate::diagnostic::{Diagnostic, Location};
use crate::table::{Alignment, Cell, Column, FIT, Table};

/// What a caption begins with.
const MARKS: [&str; 2] = [":", "Table:"];

impl Builder<'_> {
    /// Converts a table; `caption` is the paragraph below it, if it is its caption.
    pub(super) fn pipe_table<'n>(
        &mut self,
        text: &mut Text<'n>,
        node: Node<'n>,
        caption: Option<Node<'n>>,
        location: &Location,
    ) -> Option<Block> {
        let alignments = match &node.data.borrow().value {
            NodeValue::Table(table) => table.alignments.clone(),
            _ => return None,
        };
        // Printed above its cells, it comes before them in the order of notes and citations.
        let (label, number, caption) = match caption {
            None => (String::new(), None, Vec::new()),
            Some(paragraph) => {
                let caption = without_mark(self.inlines(text, paragraph.children()));
                self.counted.tables += 1;
                let number = self.counted.tables;
                let (label, place) = self
                    .take_label(Some(LabelKind::Table))
                    .unwrap_or_else(|| (format!("tab:{number}"), location.clone()));
                self.labels.define(&label, number.to_string(), place, &mut self.errors);
                (label, Some(number), caption)
            }
        };
        let mut rows: Vec<Vec<Vec<Inline>>> = Vec::new();
        for row in node.children() {
            self.count_cells(text, row, alignments.len());
            rows.push(row.children().map(|cell| trim(self.inlines(text, cell.children()))).collect());
        }
        let headers = if rows.is_empty() { Vec::new() } else { rows.remove(0) };
        let content = TableContent { headers, rows, notes: Vec::new() };
        let table = plain_table(&content, &alignments);
        let id = match label.strip_prefix("tab:") {
            Some(name) => format!("table-{name}"),
            None => format!("table-at-line-{}", location.line),
        };
        let wide = number.is_some() && table.width() > FIT.0;
        let kind = BlockKind::Table { id, label, number, caption, wide, in_text: true, table, content };
        Some(Block { location: location.clone(), kind })
    }

    /// Reports a row of more cells than there are columns, of which Markdown leaves out what is too much, and a
    /// line without any bar, which is hardly meant as a row.
    fn count_cells<'n>(&mut self, text: &Text<'n>, row: Node<'n>, columns: usize) {
        let start = row.data.borrow().sourcepos.start;
        let line = text.lines.get(start.line - 1).copied().unwrap_or_default();
        let line: String = line.chars().skip(start.column - 1).collect();
        let (cells, has_bar) = (cells(line.trim()), bars(line.trim()) > 0);
        if columns > 1 && !has_bar {
            let message = "this line stands directly below a table, and would be a row of it";
            let place = text.origin.at(start.line, start.column);
            let remedy = "write an empty line before it, or bars between its cells";
            self.errors.push(Diagnostic::new(place, message).remedy(remedy));
        }
        if cells > columns {
            let message = format!("this row has {cells} cells, and the table {columns} columns");
            let place = text.origin.at(start.line, start.column);
            let remedy = "write `\\|` for a bar inside a cell, or give each column a header";
            self.errors.push(Diagnostic::new(place, message).remedy(remedy));
        }
    }
}

/// Returns whether a paragraph is written as the caption of the table above it.
pub(super) fn is_caption<'n>(text: &Text<'n>, paragraph: Node<'n>) -> bool {
    let ast = paragraph.data.borrow();
    if !matches!(ast.value, NodeValue::Paragraph) {
        return false;
    }
    let line = text.lines.get(ast.sourcepos.start.line - 1).copied().unwrap_or_default().trim_start();
    MARKS.iter().any(|mark| {
        line.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
    })
}

/// Returns the words of a caption behind its mark.
fn without_mark(mut caption: Vec<Inline>) -> Vec<Inline> {
    if let Some(Inline { kind: InlineKind::Text(text), source }) = caption.first_mut()
        && let Some(mark) = MARKS.iter().find(|mark| text.trim_start().starts_with(**mark))
    {
        let start = text.len() - text.trim_start().len() + mark.len();
        *source = source.part(text, start..text.len());
        text.drain(..start);
    }
    trim(caption)
}

/// Returns how many cells a row has, as GFM counts them: a bar behind a backslash divides nothing.
fn cells(row: &str) -> usize {
    let row = row.strip_prefix('|').unwrap_or(row);
    let ends_with_bar = row.ends_with('|') && bars(row) > bars(&row[..row.len() - 1]);
    bars(row) + usize::from(!ends_with_bar)
}

/// Returns how many bars of a row divide cells.
fn bars(row: &str) -> usize {
    let mut escaped = false;
    let divides = |c: char| {
        let divides = c == '|' && !escaped;
        escaped = c == '\\' && !escaped;
        divides
    };
    row.chars().map(divides).filter(|divides| *divides).count()
}

/// Returns a table whose texts are filled in later, when references have their numbers.
fn plain_table(content: &TableContent, alignments: &[TableAlignment]) -> Table {
    let columns = content.headers.iter().zip(alignments).map(|(header, alignment)| {
        let alignment = match alignment {
            TableAlignment::Right => Alignment::Decimal,
            TableAlignment::Center => Alignment::Center,
            TableAlignment::Left | TableAlignment::None => Alignment::Left,
        };
        Column { header: plain_text(header), alignment }
    });
    let cell = |cell: &Vec<Inline>| {
        let fact = match cell.as_slice() {
            [Inline { kind: InlineKind::Number { fact, .. }, .. }] => Some(fact.clone()),
            _ => None,
        };
        Cell { fact, ..Cell::of(plain_text(cell)) }
    };
    let rows = content.rows.iter().map(|row| row.iter().map(cell).collect());
    Table { columns: columns.collect(), rows: rows.collect(), notes: Vec::new(), from_file: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_counted_as_gfm_counts_them() {
        for (row, count) in [
            ("| a | b |", 2),
            ("a | b", 2),
            ("| a \\| b | c", 2),
            ("| `a|b` | c |", 3),
            ("|a|b|\\|", 3),
            ("| |", 1),
            ("a", 1),
        ] {
            assert_eq!(cells(row), count, "{row}");
        }
    }
}
