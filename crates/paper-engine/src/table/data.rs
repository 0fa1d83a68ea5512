//! Rows of a table from a file of comma-separated values, and where they come from.

use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::Cell;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::language::Words;
use crate::source::{self, lone_return, no_line_end, picture_file, read_text};

/// What a table says of a file that has its rows.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Data {
    /// A CSV file in `paper/` or `figures/`, as seen from the folder of the paper; its first line names its columns.
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
        picture_file(&self.file.value)
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
            let message = format!("there is no file `{}` in figures/ or paper/", self.file.value.display());
            errors.push(
                Diagnostic::new(place, message).remedy("write it as seen from the folder of the paper"),
            );
            return Err(errors);
        };
        let Some(text) = errors.take(read_text(root, &file).map_err(Diagnostics::from)) else {
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
                Some(Cell { text, fact: None })
            };
            rows.push(chosen.iter().filter_map(cell).collect());
        }
        errors.into_result(rows)
    }
}

/// Reads comma-separated values (RFC 4180).
///
/// # Errors
/// The byte at which a quote stands that ends or begins no field, and what is wrong with it.
fn records(text: &str) -> Result<Vec<Record>, (usize, String)> {
    let mut records = Vec::new();
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let (mut record, mut end, mut line) = (StringRecord::new(), 0, 1);
    loop {
        let is_there = reader.read_record(&mut record).map_err(|error| (end, error.to_string()))?;
        let start = end;
        end = usize::try_from(reader.position().byte()).unwrap_or(text.len()).min(text.len());
        let written = &text[start..end];
        if !is_there {
            return Ok(records);
        }
        // The ends of the line before, and empty lines, stand before a record.
        let before = written.len() - written.trim_start_matches(['\r', '\n']).len();
        let begun = line + written[..before].matches('\n').count();
        line += written.matches('\n').count();
        let fields: Vec<String> = record.iter().map(str::to_owned).collect();
        check_quotes(&written[before..], &fields).map_err(|(at, message)| (start + before + at, message))?;
        // An empty line holds no field.
        if fields.len() > 1 || fields.iter().any(|field| !field.trim().is_empty()) {
            records.push((begun, fields));
        }
    }
}

/// Finds the quotes of a record that the reader takes as they come: those inside a field, and one that is not
/// closed.
fn check_quotes(written: &str, fields: &[String]) -> Result<(), (usize, String)> {
    let mut at = 0;
    for field in fields {
        let rest = &written[at..];
        let is_quoted = rest.starts_with('"');
        let expected = if is_quoted { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.clone() };
        let is_end = |after: &str| after.is_empty() || after.starts_with([',', '\r', '\n']);
        let is_as_read =
            rest.strip_prefix(&expected).is_some_and(is_end) && (is_quoted || !field.contains('"'));
        if !is_as_read {
            let is_open = is_quoted && rest.replace("\"\"", "").matches('"').count() == 1;
            if is_open {
                return Err((at, "a quote is not closed".to_owned()));
            }
            let inside = rest.char_indices().zip(expected.chars().chain([',']));
            let parts = inside.take_while(|((_, one), other)| one == other).count();
            let quote = match is_quoted {
                true => rest.char_indices().nth(parts).map_or(0, |(byte, _)| byte),
                false => rest.find('"').unwrap_or(0),
            };
            return Err((at + quote, "a quote stands inside a field".to_owned()));
        }
        at += expected.len() + 1;
        at = at.min(written.len());
    }
    Ok(())
}

/// Returns whether a field is a number and nothing else: a sign, digits with commas between
/// thousands, decimals, an exponent.
fn is_number(field: &str) -> bool {
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
fn literal(text: &str) -> String {
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
    fn values_are_read_as_rfc_4180_writes_them() {
        let read = records("a,b\r\n\"x, \"\"y\"\"\n2\",3\n\n,\nlast,4").unwrap();
        let expected =
            [(1, vec!["a", "b"]), (2, vec!["x, \"y\"\n2", "3"]), (5, vec!["", ""]), (6, vec!["last", "4"])];
        let expected = expected.map(|(line, fields)| (line, fields.into_iter().map(str::to_owned).collect()));
        assert_eq!(read, Vec::from(expected));
        assert_eq!(records("a\r\nc,\"b\r\nc"), Err((5, "a quote is not closed".to_owned())));
        for (wrong, at) in [("a \"b\"", 2), ("\"a\"b", 2), ("\"a\" \"b\"", 2), ("x\ny,é\"b,\"\"", 6)] {
            assert_eq!(records(wrong), Err((at, "a quote stands inside a field".to_owned())), "{wrong}");
        }
        for (right, field) in [("\"\"", ""), ("\"a\"\"\"", "a\""), ("\"\"\"a\"", "\"a"), ("\",\"", ",")] {
            let text = format!("{right},b\n");
            assert_eq!(records(&text), Ok(vec![(1, vec![field.to_owned(), "b".to_owned()])]), "{right}");
        }
        assert_eq!(records(""), Ok(Vec::new()));
    }

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
