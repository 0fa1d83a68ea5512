//! Tables as booktabs tabulars that fit their column.

use std::ops::Range;

use super::Ledger;
use super::columns::decimal_gaps;
use super::tex_text::{Setting, escape};
use super::venue::Venue;
use crate::language::Language;
use crate::table::{Alignment, Cell, Table};

/// The TeX of headers and cells that hold more than plain text.
#[derive(Default)]
pub(super) struct RichCells {
    /// Of each column.
    pub headers: Vec<Option<String>>,
    /// Of each cell, row by row.
    pub rows: Vec<Vec<Option<String>>>,
}

impl RichCells {
    /// Returns the same for some of the rows.
    pub(super) fn part(&self, rows: &Range<usize>) -> Self {
        let rows = self.rows.get(rows.clone()).unwrap_or_default();
        Self { headers: self.headers.clone(), rows: rows.to_vec() }
    }
}

/// Returns the rows of each part of a table that continues from page to page; one part where it fits on one.
/// `words` are the characters of its caption and its notes.
pub(super) fn parts(table: &Table, words: usize, wide: bool, venue: &Venue) -> Vec<Range<usize>> {
    let room = *venue.cells.of(wide);
    // A page that holds so many rows has one line each for header and caption beside them.
    let beside = header_lines(table, room) + words.div_ceil(room).max(1) - 2;
    let most = venue.rows.saturating_sub(beside).max(1);
    let lines = |row: &Vec<Cell>| {
        let signs: usize = row.iter().map(|cell| cell.text.chars().count() + 3).sum();
        signs.div_ceil(room).max(1)
    };
    let (mut parts, mut start, mut filled) = (Vec::new(), 0, 0);
    for (index, row) in table.rows.iter().enumerate() {
        let height = lines(row);
        if filled + height > most && index > start {
            parts.push(start..index);
            (start, filled) = (index, 0);
        }
        filled += height;
    }
    parts.push(start..table.rows.len());
    parts
}

/// A table as it is set: the side of each column, and the TeX of its cells.
struct Laid {
    /// `l`, `c`, `r`, or `X` for a column whose text takes several lines.
    sides: Vec<char>,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Returns the characters that a column needs of a table whose headers are stacked.
fn needed(table: &Table, column: usize) -> usize {
    table.longest_cell(column).max(longest_word(&table.columns[column].header))
}

/// Returns the lines of the header on lines of so many characters.
fn header_lines(table: &Table, room: usize) -> usize {
    if table.width() <= room {
        return 1;
    }
    let lines = |column: usize| {
        let header = &table.columns[column].header;
        stack(header, needed(table, column).max(8), 'l').matches("\\\\").count() + 1
    };
    (0..table.columns.len()).map(lines).max().unwrap_or(1)
}

fn lay(table: &Table, rich: &RichCells, room: usize, ledger: &Ledger, language: Language) -> Laid {
    let count = table.columns.len();
    let stacked = table.width() > room;
    let needed = |c: usize| if stacked { needed(table, c) } else { 0 };
    let fixed: usize = (0..count).map(|c| needed(c) + 3).sum();
    let wraps = stacked && fixed > room;
    let side = |alignment| match alignment {
        Alignment::Decimal => 'r',
        Alignment::Center => 'c',
        Alignment::Left => 'l',
    };
    let is_long = |index| wraps && table.longest_cell(index) > 14;
    let sides = table.columns.iter().enumerate().map(|(index, column)| match column.alignment {
        Alignment::Left if is_long(index) => 'X',
        alignment => side(alignment),
    });
    let header = (0..count).map(|c| {
        let column = &table.columns[c];
        if let Some(Some(rich)) = rich.headers.get(c) {
            rich.clone()
        } else if stacked {
            stack(&column.header, needed(c).max(8), side(column.alignment))
        } else {
            escape(&column.header, Setting::Text)
        }
    });
    let gaps: Vec<_> = (0..count).map(|column| decimal_gaps(table, column, language)).collect();
    let rows = table.rows.iter().enumerate().map(|(row_index, row)| {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let gap = gaps.get(column).and_then(|gaps| gaps.get(row_index).copied().flatten());
            let gap = gap.map_or(String::new(), |(has_sign, digits)| {
                let sign = if has_sign { language.decimal_sign().to_string() } else { String::new() };
                format!("\\phantom{{{sign}{}}}", "0".repeat(digits))
            });
            let rich = rich.rows.get(row_index).and_then(|row| row.get(column)).and_then(Option::as_ref);
            let text = match &cell.fact {
                _ if rich.is_some() => rich.cloned().unwrap_or_default(),
                Some(fact) => ledger.tex_number(fact, &cell.text),
                None => escape(&cell.text, Setting::Text),
            };
            format!("{{{text}}}{gap}")
        });
        cells.collect()
    });
    Laid { sides: sides.collect(), header: header.collect(), rows: rows.collect() }
}

/// Returns the lines of a tabular, which stands on one page; `room` are the characters that fit on its lines.
pub(super) fn tabular(
    table: &Table,
    rich: &RichCells,
    room: usize,
    ledger: &Ledger,
    language: Language,
) -> Vec<String> {
    let Laid { sides, header, rows } = lay(table, rich, room, ledger, language);
    let column = |side: &char| match side {
        'X' => ">{\\raggedright\\arraybackslash}X".to_owned(),
        side => side.to_string(),
    };
    let columns: String = sides.iter().map(column).collect();
    let (open, close) = match sides.contains(&'X') {
        true => (format!("\\begin{{tabularx}}{{\\linewidth}}{{@{{}}{columns}@{{}}}}"), "\\end{tabularx}"),
        false => (format!("\\begin{{papertabular}}{{@{{}}{columns}@{{}}}}"), "\\end{papertabular}"),
    };
    let mut lines =
        vec![open, "\\toprule".to_owned(), format!("{} \\\\", header.join(" & ")), "\\midrule".to_owned()];
    lines.extend(rows.iter().map(|cells| format!("{} \\\\", cells.join(" & "))));
    lines.push("\\bottomrule".to_owned());
    lines.push(close.to_owned());
    lines
}

/// Returns the lines of a table between whose rows a column may end.
pub(super) fn breakable(
    table: &Table,
    rich: &RichCells,
    room: usize,
    ledger: &Ledger,
    language: Language,
) -> Vec<String> {
    let Laid { sides, header, rows } = lay(table, rich, room, ledger, language);
    let columns = (1..).zip(sides).map(|(index, side)| format!("\\papercolumn{{{index}}}{{{side}}}"));
    let row = |cells: &Vec<String>| {
        let cells = (1..).zip(cells).map(|(index, cell)| format!("\\papercell{{{index}}}{{{cell}}}"));
        format!("\\paperrow{{{}}}", cells.collect::<String>())
    };
    let columns = columns.collect::<String>();
    let mut lines = vec![format!("\\paperrows{{{columns}}}{{{}}}{{%", row(&header))];
    lines.extend(rows.iter().enumerate().map(|(index, cells)| {
        // Neither the first row nor the last stands in another column than its neighbour.
        let keeps = index == 0 || index + 2 == rows.len();
        format!("{}{}%", row(cells), if keeps { "\\paperkeep" } else { "" })
    }));
    lines.push("}".to_owned());
    lines
}

fn longest_word(text: &str) -> usize {
    text.split(' ').map(|word| word.chars().count()).max().unwrap_or(0)
}

/// Returns a header on several lines of about `width` characters.
fn stack(header: &str, width: usize, side: char) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in header.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    let lines: Vec<String> = lines.iter().map(|line| escape(line, Setting::Text)).collect();
    format!("\\begin{{tabular}}[b]{{@{{}}{side}@{{}}}}{}\\end{{tabular}}", lines.join("\\\\"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_table_is_plain() {
        let text = tabular(
            &super::super::sample::table(),
            &RichCells::default(),
            66,
            &Ledger::default(),
            Language::English,
        )
        .join("\n");
        assert!(text.contains("{@{}lr@{}}"), "{text}");
        assert!(text.contains("{2}\\phantom{.00} \\\\"), "{text}");
        assert!(text.contains("Slice \\& shape & Ratio \\\\"), "{text}");
    }

    #[test]
    fn rows_that_may_be_apart_hold_the_same_cells() {
        let (table, ledger) = (super::super::sample::table(), Ledger::default());
        let text = breakable(&table, &RichCells::default(), 66, &ledger, Language::English).join("\n");
        let head =
            "\\paperrows{\\papercolumn{1}{l}\\papercolumn{2}{r}}{\\paperrow{\\papercell{1}{Slice \\& shape}";
        assert!(text.starts_with(head), "{text}");
        assert!(text.contains("\\papercell{2}{{2}\\phantom{.00}}}\\paperkeep%"), "{text}");
    }

    #[test]
    fn a_long_text_column_wraps() {
        let mut table = super::super::sample::table();
        table.rows[0][0].text = "many words ".repeat(12);
        let text =
            tabular(&table, &RichCells::default(), 66, &Ledger::default(), Language::English).join("\n");
        assert!(text.contains("tabularx"), "{text}");
    }
}
