//! Rows of a table from a file of comma-separated values, and where they come from.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::Cell;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::language::Words;
use crate::source::{self, picture_file, read_text};

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
        let records = records(&text).unwrap_or_else(|(line, message)| {
            let error = Diagnostic::new(Location::new(&file, line, 1), message);
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
            let cell = |column: &usize| Some(Cell { text: literal(fields.get(*column)?.trim()), fact: None });
            rows.push(chosen.iter().filter_map(cell).collect());
        }
        errors.into_result(rows)
    }
}

/// Reads comma-separated values (RFC 4180).
fn records(text: &str) -> Result<Vec<Record>, (usize, String)> {
    let mut records = Vec::new();
    let (mut fields, mut field) = (Vec::new(), String::new());
    let (mut line, mut begun, mut is_quoted, mut is_closed) = (1, 1, None, false);
    let mut signs = text.chars().peekable();
    while let Some(c) = signs.next() {
        line += usize::from(c == '\n');
        match (c, is_quoted) {
            ('"', Some(_)) if signs.next_if_eq(&'"').is_some() => field.push('"'),
            ('"', Some(_)) => (is_quoted, is_closed) = (None, true),
            (c, Some(_)) => field.push(c),
            ('"', None) if field.is_empty() && !is_closed => is_quoted = Some(line),
            (',', None) => {
                fields.push(std::mem::take(&mut field));
                is_closed = false;
            }
            ('\r', None) if signs.peek() == Some(&'\n') => {}
            ('\n', None) => {
                fields.push(std::mem::take(&mut field));
                is_closed = false;
                records.push((begun, std::mem::take(&mut fields)));
                begun = line;
            }
            (c, None) if c == '"' || is_closed => {
                return Err((line, "a quote stands inside a field".to_owned()));
            }
            (c, None) => field.push(c),
        }
    }
    if let Some(line) = is_quoted {
        return Err((line, "a quote is not closed".to_owned()));
    }
    if !fields.is_empty() || !field.is_empty() {
        fields.push(field);
        records.push((begun, fields));
    }
    // An empty line holds no field.
    records.retain(|(_, fields)| fields.len() > 1 || fields.iter().any(|field| !field.trim().is_empty()));
    Ok(records)
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
        assert_eq!(records("a\n\"b\nc"), Err((2, "a quote is not closed".to_owned())));
        for wrong in ["a \"b\"", "\"a\"b", "\"a\" \"b\""] {
            assert_eq!(records(wrong), Err((1, "a quote stands inside a field".to_owned())), "{wrong}");
        }
        assert_eq!(records(""), Ok(Vec::new()));
    }

    #[test]
    fn signs_of_markdown_are_text() {
        assert_eq!(literal("a_b *c* -- 5 \"x\""), "a\\_b \\*c\\* -\\- 5 \\\"x\\\"");
    }
}
