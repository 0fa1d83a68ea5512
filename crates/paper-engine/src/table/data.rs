//! Rows of a table from a file of comma-separated values, and where they come from.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::Cell;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::language::Words;
use crate::source::{self, FOLDERS_OF_DATA, each_record, file_below, lone_return, no_line_end, read_data};

/// What a table says of a file that has its rows.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Data {
    /// A CSV file in `data/`, `results/`, `paper/` or `figures/`, as seen from the folder of the paper; its first line names its columns.
    #[schemars(with = "PathBuf")]
    file: Spanned<PathBuf>,
    /// Names of columns of the file, in the order of the table's; all of them without it.
    #[schemars(with = "Option<Vec<String>>")]
    columns: Option<Vec<Spanned<String>>>,
    /// Where the numbers come from, in Markdown. No fact stands behind them, so that readers are told.
    #[schemars(with = "String")]
    source: Spanned<String>,
}

/// A line of the file: where it begins, and its fields.
type Record = (usize, Vec<String>);

impl Data {
    /// Returns the file, below the root of the paper.
    pub fn file(&self) -> Option<PathBuf> {
        file_below(&self.file.value, &FOLDERS_OF_DATA)
    }

    /// Returns the note that stands under the table.
    pub fn note(&self, words: &Words) -> String {
        format!("{}: {}", words.data_source, self.source.value.trim())
    }

    /// Reads the rows of a table that `described` describes and that has so many columns.
    ///
    /// # Errors
    /// A missing source, file or column; a file that cannot be read, and lines of the wrong length in it.
    pub fn rows(&self, root: &Path, described: &Path, count: usize) -> Result<Vec<Vec<Cell>>, Diagnostics> {
        let mut errors = Diagnostics::default();
        if self.source.value.trim().is_empty() {
            let place = source::place(described, &self.source);
            let error = Diagnostic::new(place, "nobody knows where these numbers come from");
            errors.push(error.remedy("write who measured or published them, such as source: \"[@key]\""));
        }
        let place = source::place(described, &self.file);
        let Some(file) = self.file().filter(|file| root.join(file).is_file()) else {
            let message = format!(
                "there is no file `{}` in data/, results/, figures/ or paper/",
                self.file.value.display()
            );
            errors.push(
                Diagnostic::new(place, message).remedy("write it as seen from the folder of the paper"),
            );
            return Err(errors);
        };
        let Some(text) = errors.take(read_data(root, &file, None).map_err(Diagnostics::from)) else {
            return Err(errors);
        };
        if let Some(byte) = lone_return(&text) {
            errors.push(no_line_end(Location::of_byte(&file, &text, byte)));
            return Err(errors);
        }
        let records = records(&text).unwrap_or_else(|(byte, message)| {
            let error = Diagnostic::new(Location::of_byte(&file, &text, byte), message);
            errors.push(error.remedy("write `\"\"` for a quote in a field"));
            Vec::new()
        });
        let Some(((_, header), records)) = records.split_first() else {
            if errors.0.is_empty() {
                errors.push(Diagnostic::new(Location::file(&file), "this file is empty"));
            }
            return Err(errors);
        };
        let mut chosen = Vec::new();
        for name in self.columns.iter().flatten() {
            match header.iter().position(|one| one.trim() == name.value) {
                Some(column) => chosen.push(column),
                None => {
                    let message = format!("{} has no column `{}`", file.display(), name.value);
                    let error = Diagnostic::new(source::place(described, name), message);
                    errors.push(error.suggest(&name.value, header.iter().map(String::as_str)));
                }
            }
        }
        if self.columns.is_none() {
            chosen = (0..header.len()).collect();
        }
        if errors.0.is_empty() && chosen.len() != count {
            let message =
                format!("{} columns of the file stand in {count} columns of the table", chosen.len());
            let error = Diagnostic::new(source::place(described, &self.file), message);
            errors.push(error.remedy("name those that are shown under `columns` of `data`"));
        }
        let mut rows = Vec::with_capacity(records.len());
        for (line, fields) in records {
            if fields.len() != header.len() {
                let message =
                    format!("this line has {} fields, and the first {}", fields.len(), header.len());
                let error = Diagnostic::new(Location::new(&file, *line, 1), message);
                errors.push(error.remedy("write a comma between fields, and a field with commas in quotes"));
            }
            let cell = |column: &usize| {
                let field = fields.get(*column)?.trim();
                let text = if is_number(field) { field.replace('-', "−") } else { literal(field) };
                Some(Cell::of(text))
            };
            rows.push(chosen.iter().filter_map(cell).collect());
        }
        errors.into_result(rows)
    }
}

/// Reads comma-separated values, each line with a field in it.
///
/// # Errors
/// The byte at which a quote stands that ends or begins no field, and what is wrong with it.
fn records(text: &str) -> Result<Vec<Record>, (usize, String)> {
    let mut records = Vec::new();
    each_record(text, b',', |line, record| records.push((line, record.iter().map(str::to_owned).collect())))?;
    Ok(records)
}

/// Returns whether a field is a number and nothing else: a sign, digits with commas between
/// thousands, decimals, an exponent.
pub(super) fn is_number(field: &str) -> bool {
    let unsigned = |text| str::strip_prefix(text, ['-', '+']).unwrap_or(text);
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (number, exponent) = match unsigned(field).split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (unsigned(field), None),
    };
    let (whole, decimals) = match number.split_once('.') {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (number, None),
    };
    let (first, groups) = match whole.split_once(',') {
        Some((first, groups)) => (first, Some(groups)),
        None => (whole, None),
    };
    let is_whole = match groups {
        Some(groups) => {
            let is_grouped =
                first.len() <= 3 && groups.split(',').all(|group| group.len() == 3 && is_digits(group));
            // Some languages begin decimals with a comma.
            is_digits(first) && (is_grouped || (is_digits(groups) && decimals.is_none()))
        }
        // A number may begin with its point.
        None => is_digits(first) || (first.is_empty() && decimals.is_some()),
    };
    is_whole
        && decimals.is_none_or(is_digits)
        && exponent.is_none_or(|exponent| is_digits(unsigned(exponent)))
}

/// Returns a text in which Markdown finds nothing to read.
pub(super) fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            c if "\\`*_{}[]<>&$~^#\"'@|".contains(c) || (c == '-' && out.ends_with('-')) => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_told_from_what_looks_like_one() {
        for number in ["-3.5", "3", "+2", "-.5", "-1,234.5", "-12,345,678", "1e-5", "-6.02E+23", "-0", "-3,5"]
        {
            assert!(is_number(number), "{number}");
        }
        for text in [
            "",
            "-",
            "--",
            "—",
            "+",
            ".",
            "-.",
            "5.",
            "1-2",
            "A-1",
            "-x",
            "2020-01-31",
            "-1-2",
            "--5",
            "- 5",
            "-5 ms",
            "-5%",
            "1.2.3",
            "-1,23.4",
            "-1,2,3",
            ",123",
            "e5",
            "1e",
            "1e-",
            "-inf",
            "-NaN",
            "−5",
            "-٣",
        ] {
            assert!(!is_number(text), "{text}");
        }
    }

    #[test]
    fn signs_of_markdown_are_text() {
        assert_eq!(literal("a_b *c* -- 5 \"x\""), "a\\_b \\*c\\* -\\- 5 \\\"x\\\"");
    }
}
