//! A source of results as columns: numbers or words, and where each row was written.

use std::collections::BTreeMap;
use std::path::PathBuf;

use encoding_rs::Encoding;

use crate::diagnostic::Location;
use crate::source::{byte_of_line, each_record, field_at, read_data};

/// The rows of a source, as columns.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// The files that it was read from, below the root of the paper.
    pub files: Vec<PathBuf>,
    /// Its columns, in the order of the first file.
    pub columns: Vec<Column>,
    /// For each row its file, as a place in `files`, and its line.
    places: Vec<(u32, u32)>,
    /// How these files are written, where they are texts.
    written: Option<Written>,
}

/// How the texts of a source are written, so that a cell can be found in them again.
#[derive(Clone, Debug)]
pub struct Written {
    /// The folder of the paper.
    pub root: PathBuf,
    /// The encoding that the source names.
    pub encoding: Option<&'static Encoding>,
    /// The sign between fields; none in JSON.
    pub delimiter: Option<u8>,
}

impl Written {
    /// Returns where a column begins in a row, which begins at a place.
    fn find(&self, row: &Location, column: &str) -> Option<Location> {
        let text = read_data(&self.root, &row.file, self.encoding).ok()?;
        let byte = match self.delimiter {
            Some(delimiter) => {
                let mut field = None;
                let mut is_first = true;
                each_record(&text, delimiter, |_, record| {
                    if std::mem::take(&mut is_first) {
                        field = record.iter().position(|name| name.trim() == column);
                    }
                })
                .ok()?;
                field_at(&text, delimiter, row.line, field?)?
            }
            None => {
                let start = byte_of_line(&text, row.line)?;
                let key = column.rsplit('.').next().unwrap_or(column);
                let key = serde_json::Value::from(key).to_string();
                start + text[start..].lines().next()?.find(&key)?
            }
        };
        Some(Location::of_byte(&row.file, &text, byte))
    }
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What stands in it.
    pub cells: Cells,
}

/// What stands in a column, a cell for each row; nothing where a cell is empty.
#[derive(Clone, Debug)]
pub enum Cells {
    /// Numbers alone.
    Numbers(Vec<Option<f64>>),
    /// Words, each kept once.
    Words {
        /// The words.
        words: Vec<String>,
        /// For each row its word.
        rows: Vec<Option<u32>>,
    },
}

/// What stands in one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'f> {
    /// Nothing.
    Empty,
    /// A number.
    Number(f64),
    /// A word.
    Word(&'f str),
}

impl Frame {
    /// Returns the column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Returns the names of all columns.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// Returns how many rows there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Returns it with all rows at one line, as those that a query gives.
    #[cfg(feature = "sql")]
    pub fn at(mut self, line: usize) -> Self {
        self.places.iter_mut().for_each(|place| place.1 = line as u32);
        self
    }

    /// Returns it with how its files are written.
    pub fn written(self, written: Written) -> Self {
        Self { written: Some(written), ..self }
    }

    /// Returns where a cell was written; only its row, where the cell cannot be found in it.
    pub fn cell_place(&self, row: usize, column: &str) -> Location {
        let place = self.place(row);
        self.written.as_ref().and_then(|written| written.find(&place, column)).unwrap_or(place)
    }

    /// Returns where a row was written.
    pub fn place(&self, row: usize) -> Location {
        let Some((file, line)) = self.places.get(row) else { return Location::file("") };
        let file = self.files.get(*file as usize).cloned().unwrap_or_default();
        Location::new(file, *line as usize, 1)
    }
}

impl Column {
    /// Returns what stands in a row.
    pub fn cell(&self, row: usize) -> Cell<'_> {
        match &self.cells {
            Cells::Numbers(numbers) => match numbers.get(row) {
                Some(Some(number)) => Cell::Number(*number),
                _ => Cell::Empty,
            },
            Cells::Words { words, rows } => match rows.get(row).copied().flatten() {
                Some(word) => words.get(word as usize).map_or(Cell::Empty, |word| Cell::Word(word)),
                None => Cell::Empty,
            },
        }
    }
}

impl std::fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Number(number) => write!(f, "{number}"),
            Self::Word(word) => f.write_str(word),
        }
    }
}

/// A frame that is being read. A column holds numbers until a word comes; those before it are words then, as they
/// were written.
#[derive(Debug, Default)]
pub struct Builder {
    frame: Frame,
    /// For each column its cells as they were written, and the places of its words.
    columns: Vec<Growing>,
}

#[derive(Debug, Default)]
struct Growing {
    name: String,
    numbers: Vec<Option<f64>>,
    /// The numbers as they were written, where a column of numbers is not written as they print.
    written: BTreeMap<u32, String>,
    words: Option<Words>,
}

#[derive(Debug, Default)]
struct Words {
    words: Vec<String>,
    numbers: std::collections::HashMap<String, u32>,
    rows: Vec<Option<u32>>,
}

impl Words {
    fn push(&mut self, word: Option<&str>) {
        let row = word.map(|word| match self.numbers.get(word) {
            Some(number) => *number,
            None => {
                let number = self.words.len() as u32;
                self.words.push(word.to_owned());
                self.numbers.insert(word.to_owned(), number);
                number
            }
        });
        self.rows.push(row);
    }
}

impl Growing {
    fn push_text(&mut self, text: &str) {
        let text = text.trim();
        if let Some(words) = &mut self.words {
            return words.push((!text.is_empty()).then_some(text));
        }
        if text.is_empty() {
            return self.numbers.push(None);
        }
        match number(text) {
            Some(number) => {
                if !prints_as(number, text) {
                    self.written.insert(self.numbers.len() as u32, text.to_owned());
                }
                self.numbers.push(Some(number));
            }
            None => self.become_words().push(Some(text)),
        }
    }

    fn push(&mut self, cell: Cell<'_>) {
        match cell {
            Cell::Number(number) => match &mut self.words {
                Some(words) => words.push(Some(&number.to_string())),
                None => self.numbers.push(Some(number)),
            },
            Cell::Word(word) => self.become_words().push(Some(word)),
            Cell::Empty => match &mut self.words {
                Some(words) => words.push(None),
                None => self.numbers.push(None),
            },
        }
    }

    fn become_words(&mut self) -> &mut Words {
        let Self { numbers, written, words, .. } = self;
        words.get_or_insert_with(|| {
            let mut words = Words::default();
            for (row, number) in std::mem::take(numbers).into_iter().enumerate() {
                let text =
                    number.map(|number| written.remove(&(row as u32)).unwrap_or_else(|| number.to_string()));
                words.push(text.as_deref());
            }
            words
        })
    }

    fn finish(self) -> Column {
        let cells = match self.words {
            Some(Words { words, rows, .. }) => Cells::Words { words, rows },
            None => Cells::Numbers(self.numbers),
        };
        Column { name: self.name, cells }
    }
}

/// Returns the number that a field is, as programs write numbers: digits, a point, an exponent; `nan` and `inf` are
/// numbers too, so that they are found where they are used. A whole number with more digits than a float keeps is none:
/// two that differ, such as ids, would be one.
fn number(text: &str) -> Option<f64> {
    if !is_exact(text) {
        return None;
    }
    let is_number = text.bytes().next().is_some_and(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte));
    let is_special = || {
        let word = text.trim_start_matches(['+', '-']).to_ascii_lowercase();
        ["nan", "inf", "infinity"].contains(&word.as_str())
    };
    if is_number || is_special() { text.parse().ok() } else { None }
}

/// Returns whether a text, if it is a whole number, is one that a float keeps.
pub fn is_exact(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '+']);
    let is_whole = digits.len() > MOST_EXACT && digits.bytes().all(|byte| byte.is_ascii_digit());
    !is_whole || text.parse::<f64>().is_ok_and(|number| format!("{:.0}", number.abs()) == digits)
}

/// Every whole number of so many digits is a float.
const MOST_EXACT: usize = 15;

/// Returns whether a number prints as it was written, for the plain whole numbers that most are.
fn prints_as(number: f64, text: &str) -> bool {
    let is_plain = text.len() <= MOST_EXACT && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_plain && !text.starts_with('0')) || number.to_string() == text
}

impl Builder {
    /// Begins a file; returns its place in the list.
    pub fn file(&mut self, file: PathBuf) -> u32 {
        self.frame.files.push(file);
        self.frame.files.len() as u32 - 1
    }

    /// Names the columns, once.
    pub fn columns<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) {
        let column = |name: &str| Growing { name: name.to_owned(), ..Growing::default() };
        self.columns = names.into_iter().map(column).collect();
    }

    /// Returns the names of the columns, as far as they are known.
    pub fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|column| column.name.as_str()).collect()
    }

    /// Adds a row of fields, in the order of `order`: for each column of the frame its field.
    pub fn row<'t>(&mut self, place: (u32, u32), fields: impl Iterator<Item = &'t str>) {
        self.frame.places.push(place);
        self.columns.iter_mut().zip(fields).for_each(|(column, field)| column.push_text(field));
    }

    /// Adds rows of a file, whose cells follow column by column.
    #[cfg(feature = "sql")]
    pub fn rows(&mut self, file: u32, rows: std::ops::Range<u32>) {
        self.frame.places.extend(rows.map(|row| (file, row)));
    }

    /// Adds a cell to a column.
    #[cfg(feature = "sql")]
    pub fn cell(&mut self, column: usize, cell: Cell<'_>) {
        if let Some(column) = self.columns.get_mut(column) {
            column.push(cell);
        }
    }

    /// Adds a row of named cells; columns that were not there are empty in the rows before.
    pub fn record(&mut self, place: (u32, u32), cells: &[(String, Cell<'_>)]) {
        let before = self.frame.places.len();
        for (name, _) in cells {
            if !self.columns.iter().any(|column| column.name == *name) {
                let numbers = vec![None; before];
                self.columns.push(Growing { name: name.clone(), numbers, ..Growing::default() });
            }
        }
        self.frame.places.push(place);
        for column in &mut self.columns {
            let cell = cells.iter().find(|(name, _)| *name == column.name);
            column.push(cell.map_or(Cell::Empty, |(_, cell)| *cell));
        }
    }

    /// Returns the whole.
    pub fn finish(self) -> Frame {
        Frame { columns: self.columns.into_iter().map(Growing::finish).collect(), ..self.frame }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_of_numbers_until_a_word_comes() {
        let mut builder = Builder::default();
        let file = builder.file("a.csv".into());
        builder.columns(["size", "name"]);
        for (line, fields) in [["1", "007"], ["2.50", "x"], ["", ""], ["-1e3", "7"]].into_iter().enumerate() {
            builder.row((file, line as u32 + 2), fields.into_iter());
        }
        let frame = builder.finish();
        let cells = |column: usize| (0..4).map(|row| frame.columns[column].cell(row)).collect::<Vec<_>>();
        assert_eq!(cells(0), [Cell::Number(1.0), Cell::Number(2.5), Cell::Empty, Cell::Number(-1000.0)]);
        assert_eq!(cells(1), [Cell::Word("007"), Cell::Word("x"), Cell::Empty, Cell::Word("7")]);
        assert_eq!(frame.place(3), Location::new("a.csv", 5, 1));
    }

    #[test]
    fn records_may_differ_in_their_names() {
        let mut builder = Builder::default();
        let file = builder.file("a.jsonl".into());
        builder.record((file, 1), &[("a".into(), Cell::Number(1.0))]);
        builder.record((file, 2), &[("b".into(), Cell::Word("x")), ("a".into(), Cell::Word("y"))]);
        let frame = builder.finish();
        assert_eq!(frame.column("a").map(|one| one.cell(0)), Some(Cell::Word("1")));
        assert_eq!(
            frame.column("b").map(|one| (one.cell(0), one.cell(1))),
            Some((Cell::Empty, Cell::Word("x")))
        );
    }

    #[test]
    fn numbers_are_those_that_programs_write() {
        for (text, expected) in [
            ("1", Some(1.0)),
            ("+1.5e-3", Some(0.0015)),
            (".5", Some(0.5)),
            ("-inf", Some(f64::NEG_INFINITY)),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
        assert_eq!(number("9007199254740992"), Some(9_007_199_254_740_992.0));
        for text in ["9007199254740993", "-9007199254740993", "12345678901234567890123"] {
            assert_eq!(number(text), None, "{text}");
        }
        for text in ["1,5", "1 000", "0x10", "1_000", "infinite", "e5", "", "-"] {
            assert_eq!(number(text), None, "{text}");
        }
        assert!(number("NaN").is_some_and(f64::is_nan));
    }
}
