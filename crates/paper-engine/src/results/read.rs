//! Files of results, read into a frame: fields between delimiters, and JSON.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use encoding_rs::Encoding;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use serde_saphyr::Spanned;
use walkdir::WalkDir;

use super::frame::{Builder, Cell, Frame, Written, is_exact};
use super::names::is_plain;
use super::sql::{self, Columnar, Query, Table};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::source::{
    self, FOLDERS_OF_DATA, RESULTS_FILE, each_record, file_below, lone_return, no_line_end, read_data,
};

/// Where results stand, as an author writes it: one file, or several of one form.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Source")]
pub struct SourceSpec {
    /// A file in `data/`, `results/`, `paper/` or `figures/`, as seen from the folder of the paper.
    #[schemars(with = "Option<PathBuf>")]
    pub file: Option<Spanned<PathBuf>>,
    /// Several files: a path in which `*` stands for any part of a name.
    #[schemars(with = "Option<String>")]
    pub files: Option<Spanned<String>>,
    /// Rows that a query in SQL gives, in which other sources are tables of their names.
    #[schemars(with = "Option<String>")]
    pub query: Option<Spanned<String>>,
    /// How they are written; by the ends of their names where nothing is said.
    pub format: Option<Format>,
    /// The encoding of the text, such as windows-1252; UTF-8 where nothing is said, and the file begins with no byte
    /// order mark of another.
    #[schemars(with = "Option<String>")]
    pub encoding: Option<Spanned<String>>,
    /// The sign between fields; a comma or, in TSV, a tab where nothing is said.
    #[schemars(with = "Option<char>")]
    pub delimiter: Option<Spanned<char>>,
    /// In JSON, the keys that lead to the list of rows, with points between them.
    #[schemars(with = "Option<String>")]
    pub rows: Option<Spanned<String>>,
    /// Columns that have to be there, and what each has to hold.
    #[schemars(with = "BTreeMap<String, Holds>")]
    #[serde(default)]
    pub columns: BTreeMap<String, Spanned<Holds>>,
    /// Who made them and how, in Markdown.
    pub about: Option<String>,
    /// The command that makes them, for a shell in the folder of the paper; `results run` alone runs it.
    #[schemars(with = "Option<String>")]
    pub command: Option<Spanned<String>>,
    /// The files from which the command makes them; `*` stands for any part of a name.
    #[schemars(with = "Vec<String>")]
    #[serde(default)]
    pub inputs: Vec<Spanned<String>>,
    /// The variables of the environment that it reads.
    #[serde(default)]
    pub environment: Vec<String>,
    /// How many seconds it may take; an hour where nothing is said.
    #[schemars(with = "Option<f64>")]
    pub limit: Option<Spanned<f64>>,
    /// Commands that print the versions of its tools, such as `python3 --version`.
    #[serde(default)]
    pub versions: Vec<String>,
}

/// How a file of results is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Fields between commas; the first line names them.
    Csv,
    /// The same between tabs.
    Tsv,
    /// A list of objects, or one object.
    Json,
    /// An object on each line.
    Jsonl,
    /// Columns with their types, as data frames write them.
    Parquet,
    /// Arrow: a file or a stream of its interprocess format, also called Feather.
    Arrow,
}

/// What a column has to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Holds {
    /// A number in every row.
    Number,
    /// A whole number in every row.
    Whole,
    /// Something in every row.
    Text,
    /// Whatever there is.
    Any,
}

impl Format {
    /// Returns the format that the end of a name tells.
    fn of(file: &Path) -> Option<Self> {
        Some(match file.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Self::Csv,
            "tsv" | "tab" => Self::Tsv,
            "json" => Self::Json,
            "jsonl" | "ndjson" => Self::Jsonl,
            "parquet" => Self::Parquet,
            "arrow" | "arrows" | "feather" | "ipc" => Self::Arrow,
            _ => return None,
        })
    }

    /// Returns the sign between its fields, where a source says no other.
    fn delimiter(self) -> u8 {
        if self == Self::Tsv { b'\t' } else { b',' }
    }

    /// Returns how it is called.
    fn word(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
            Self::Json => "JSON",
            Self::Jsonl => "JSON Lines",
            Self::Parquet => "Parquet",
            Self::Arrow => "Arrow",
        }
    }

    /// Returns how it holds columns, where it does.
    fn columnar(self) -> Option<Columnar> {
        match self {
            Self::Parquet => Some(Columnar::Parquet),
            Self::Arrow => Some(Columnar::Arrow),
            Self::Csv | Self::Tsv | Self::Json | Self::Jsonl => None,
        }
    }
}

/// Returns the place of a value of the description.
pub fn place<T>(value: &Spanned<T>) -> Location {
    source::place(Path::new(RESULTS_FILE), value)
}

impl SourceSpec {
    /// Returns the path or the pattern of its files, where results may stand there.
    pub fn path(&self) -> Option<PathBuf> {
        let written = match (&self.file, &self.files) {
            (Some(file), None) => file.value.as_path(),
            (None, Some(files)) => Path::new(&files.value),
            _ => return None,
        };
        file_below(written, &FOLDERS_OF_DATA)
    }

    /// Returns a source of what a query gives.
    pub fn of_query(query: &Spanned<String>) -> Self {
        Self { query: Some(query.clone()), ..Self::default() }
    }

    /// Returns its query, where it has one.
    pub fn query(&self) -> Option<Query<'_>> {
        self.query.as_ref().map(|query| Query { sql: &query.value, at: place(query) })
    }

    /// Returns what is wrong with its name, and with what it says of its command.
    pub fn wrong(&self, name: &str, at: &Location) -> Vec<Diagnostic> {
        let mut errors = Vec::new();
        // Logs, and files that are put aside, are called by it.
        if name.is_empty() || name.starts_with('.') || !is_plain(name) {
            let error = Diagnostic::new(at.clone(), format!("`{name}` is no name of a source"));
            errors.push(error.remedy("write letters, digits, `_`, `-` and points inside, such as runs"));
        }
        let is_of_command = !self.inputs.is_empty()
            || !self.environment.is_empty()
            || !self.versions.is_empty()
            || self.limit.is_some();
        let is_of_file = self.format.is_some()
            || self.encoding.is_some()
            || self.delimiter.is_some()
            || self.rows.is_some();
        if self.query.is_some() && (is_of_file || self.command.is_some()) {
            let error = Diagnostic::new(at.clone(), "a query reads sources, and no file");
            errors.push(error.remedy("take `format`, `encoding`, `delimiter`, `rows` and `command` out"));
        }
        if let Some(path) = self.path()
            && let Some(format) = self.format.or_else(|| Format::of(&path))
        {
            errors.extend(self.unfit(format, &path));
        }
        match &self.command {
            None if is_of_command => {
                let error =
                    Diagnostic::new(at.clone(), "this source has no command that would start from anything");
                errors.push(
                    error.remedy(
                        "say `command:`, or take `inputs`, `environment`, `limit` and `versions` out",
                    ),
                );
            }
            Some(command) if command.value.trim().is_empty() => {
                let error = Diagnostic::new(place(command), "this command does nothing");
                errors.push(
                    error.remedy("write what makes the file, such as python3 bench.py > data/runs.csv"),
                );
            }
            _ => {}
        }
        if let Some(limit) = self.limit.as_ref().filter(|limit| !(limit.value > 0.0 && limit.value < 1e7)) {
            let error = Diagnostic::new(place(limit), format!("no command ends within {} s", limit.value));
            errors.push(error.remedy("write how many seconds it may take"));
        }
        errors
    }

    /// Returns the files of a source that are there, in order of their names.
    ///
    /// # Errors
    /// A source without files, files elsewhere, and names that no file has.
    pub fn found(&self, root: &Path, at: &Location) -> Result<Vec<PathBuf>, Diagnostics> {
        let wrong = |place: Location, message: String, remedy: &str| {
            Err(Diagnostics::from(Diagnostic::new(place, message).remedy(remedy)))
        };
        let folders = FOLDERS_OF_DATA.map(|folder| format!("{folder}/")).join(", ");
        match (&self.file, &self.files, &self.query) {
            (Some(file), None, None) => {
                let written = &file.value;
                let Some(below) = file_below(written, &FOLDERS_OF_DATA) else {
                    let message = format!("`{}` is in none of {folders}", written.display());
                    return wrong(place(file), message, "write it as seen from the folder of the paper");
                };
                if !root.join(&below).is_file() {
                    let message = format!("there is no file `{}`", written.display());
                    let near = near(root, &below);
                    let error = Diagnostic::new(place(file), message)
                        .remedy("write it as seen from the folder of the paper, or make it");
                    let below = below.display().to_string();
                    return Err(error.suggest(&below, near.iter().map(String::as_str)).into());
                }
                Ok(vec![below])
            }
            (None, Some(pattern), None) => {
                let Some(below) = file_below(Path::new(&pattern.value), &FOLDERS_OF_DATA) else {
                    let message = format!("`{}` is in none of {folders}", pattern.value);
                    return wrong(place(pattern), message, "write it as seen from the folder of the paper");
                };
                let found = matching(root, &below);
                if found.is_empty() {
                    let message = format!("no file is called `{}`", pattern.value);
                    return wrong(
                        place(pattern),
                        message,
                        "`*` stands for any part of a name, and for no folder",
                    );
                }
                Ok(found)
            }
            // Its rows stand in the files of other sources.
            (None, None, Some(_)) => Ok(Vec::new()),
            _ => wrong(
                at.clone(),
                "a source has one of `file`, `files` and `query`".to_owned(),
                "write `file:` and a path",
            ),
        }
    }

    /// Reads the rows of a source from its files.
    ///
    /// # Errors
    /// Files that cannot be read, broken lines and values in them, and columns that are missing or hold something
    /// else than they have to.
    pub fn read(&self, root: &Path, files: &[PathBuf]) -> Result<Frame, Diagnostics> {
        let mut errors = Diagnostics::default();
        let mut builder = Builder::default();
        let encoding = errors.take(self.encoding().map_err(Diagnostics::from)).flatten();
        for file in files {
            let Some(format) = self.format.or_else(|| Format::of(file)) else {
                let place = self.file.as_ref().map(place).or_else(|| self.files.as_ref().map(place));
                let message = format!("nothing tells how `{}` is written", file.display());
                let error = Diagnostic::new(place.unwrap_or_else(|| Location::file(RESULTS_FILE)), message);
                errors.push(error.remedy("say `format: csv`, `tsv`, `json`, `jsonl`, `parquet` or `arrow`"));
                continue;
            };
            if let Some(columnar) = format.columnar() {
                errors.take(sql::read(&mut builder, root, file, columnar));
                continue;
            }
            let text = read_data(root, file, encoding).map_err(Diagnostics::from);
            let Some(text) = errors.take(text) else { continue };
            let read = match format {
                Format::Json => self.objects(&mut builder, file, &text),
                Format::Jsonl => lines(&mut builder, file, &text),
                _ => self.fields(&mut builder, format, file, &text),
            };
            errors.take(read);
        }
        errors.into_result(())?;
        let frame = builder.finish();
        let is_one_form = files.windows(2).all(|pair| pair[0].extension() == pair[1].extension());
        let first = files.first().filter(|_| is_one_form || self.format.is_some());
        let frame = match first.and_then(|file| self.written(root, file, encoding)) {
            Some(written) => frame.written(written),
            None => frame,
        };
        self.check(&frame)?;
        Ok(frame)
    }

    /// Returns the source as a table of a query, where it holds columns itself.
    pub fn table<'t>(&self, root: &'t Path, files: &'t [PathBuf]) -> Option<Table<'t>> {
        let format = self.format.or_else(|| Format::of(files.first()?))?;
        Some(Table::Columns { root, files, columnar: format.columnar()? })
    }

    /// Returns the encoding that the source names.
    fn encoding(&self) -> Result<Option<&'static Encoding>, Diagnostic> {
        let Some(written) = &self.encoding else { return Ok(None) };
        let encoding = Encoding::for_label_no_replacement(written.value.trim().as_bytes());
        encoding.map(Some).ok_or_else(|| {
            let message = format!("no encoding is called `{}`", written.value);
            let common =
                ["utf-8", "utf-16", "windows-1252", "iso-8859-1", "iso-8859-15", "shift_jis", "gb18030"];
            Diagnostic::new(place(written), message)
                .remedy(format!("write {} or another of the WHATWG's labels", common.join(", ")))
                .suggest(&written.value.to_lowercase(), common)
        })
    }

    /// Returns how its files are written, where they are texts.
    fn written(&self, root: &Path, file: &Path, encoding: Option<&'static Encoding>) -> Option<Written> {
        let delimiter = match self.format.or_else(|| Format::of(file))? {
            Format::Parquet | Format::Arrow => return None,
            Format::Json | Format::Jsonl => None,
            format => Some(self.delimiter_of(format).ok()?),
        };
        Some(Written { root: root.to_path_buf(), encoding, delimiter })
    }

    /// Returns the sign between the fields of its files.
    fn delimiter_of(&self, format: Format) -> Result<u8, Diagnostic> {
        match &self.delimiter {
            None => Ok(format.delimiter()),
            Some(sign) if sign.value.is_ascii() && !"\"\r\n".contains(sign.value) => Ok(sign.value as u8),
            Some(sign) => {
                let error = Diagnostic::new(place(sign), "no file has this sign between its fields");
                Err(error.remedy("write \",\", \";\", \"|\" or \"\\t\""))
            }
        }
    }

    /// Returns what is said of the source that files of this format do not have.
    fn unfit(&self, format: Format, file: &Path) -> Option<Diagnostic> {
        let (is_fields, is_json) =
            (matches!(format, Format::Csv | Format::Tsv), matches!(format, Format::Json));
        let delimiter = self.delimiter.as_ref().filter(|_| !is_fields).map(|key| ("delimiter", place(key)));
        let rows = self.rows.as_ref().filter(|_| !is_json).map(|key| ("rows", place(key)));
        let is_columnar = format.columnar().is_some();
        let encoding = self.encoding.as_ref().filter(|_| is_columnar).map(|key| ("encoding", place(key)));
        let (key, place) = delimiter.or(rows).or(encoding)?;
        let word = format.word();
        let message = format!("`{key}` tells nothing of `{}`, which is {word}", file.display());
        Some(Diagnostic::new(place, message).remedy("take it out, or correct `format`"))
    }

    fn fields(
        &self,
        builder: &mut Builder,
        format: Format,
        file: &Path,
        text: &str,
    ) -> Result<(), Diagnostics> {
        let delimiter = self.delimiter_of(format)?;
        if let Some(byte) = lone_return(text) {
            return Err(no_line_end(Location::of_byte(file, text, byte)).into());
        }
        let mut errors = Diagnostics::default();
        let number = builder.file(file.to_path_buf());
        // For each column of the frame its field in this file.
        let mut order: Option<Vec<usize>> = None;
        let mut width = 0;
        let mut is_begun = false;
        let each = each_record(text, delimiter, |line, record| {
            let Some(order) = &order else {
                // What is wrong with the first line is told once, and not of those behind it.
                if std::mem::replace(&mut is_begun, true) {
                    return;
                }
                width = record.len();
                let others =
                    [";", "\t", "|"].iter().find(|sign| record.iter().any(|field| field.contains(**sign)));
                if let Some(sign) = others.filter(|_| width == 1 && self.delimiter.is_none()) {
                    let sign = if *sign == "\t" { "\\t" } else { sign };
                    let message =
                        format!("this line is one field, in which `{sign}` seems to be the delimiter");
                    let error = Diagnostic::new(Location::new(file, line, 1), message);
                    errors.push(error.remedy(format!("say `delimiter: \"{sign}\"` at the source")));
                    return;
                }
                order = header(builder, record.iter(), &Location::new(file, line, 1), &mut errors);
                return;
            };
            if record.len() != width {
                let message = format!("this line has {} fields, and the first {width}", record.len());
                let error = Diagnostic::new(Location::new(file, line, 1), message);
                errors.push(
                    error.remedy("write as many as there are columns, one with the delimiter in quotes"),
                );
                return;
            }
            let fields = order.iter().map(|field| record.get(*field).unwrap_or_default());
            builder.row((number, line as u32), fields);
        });
        if let Err((byte, message)) = each {
            let error = Diagnostic::new(Location::of_byte(file, text, byte), message);
            errors.push(error.remedy("write `\"\"` for a quote in a field"));
        } else if order.is_none() && errors.0.is_empty() {
            errors.push(Diagnostic::new(Location::file(file), "this file is empty"));
        }
        errors.into_result(())
    }

    fn objects(&self, builder: &mut Builder, file: &Path, text: &str) -> Result<(), Diagnostics> {
        let wrong = |error: serde_json::Error| json_error(file, &error, 0);
        let whole: &RawValue = serde_json::from_str(text).map_err(wrong)?;
        let mut inside = whole;
        if let Some(path) = &self.rows {
            for key in path.value.split('.') {
                let keys: BTreeMap<String, &RawValue> =
                    serde_json::from_str(inside.get()).unwrap_or_default();
                let Some(found) = keys.get(key) else {
                    let message = format!("{} has no `{key}`", file.display());
                    let error = Diagnostic::new(place(path), message);
                    return Err(error.suggest(key, keys.keys().map(String::as_str)).into());
                };
                inside = found;
            }
        }
        let number = builder.file(file.to_path_buf());
        let line_of = |value: &RawValue| {
            let byte = value.get().as_ptr() as usize - text.as_ptr() as usize;
            text[..byte].matches('\n').count() as u32 + 1
        };
        let list: Vec<&RawValue> = match inside.get().trim_start().starts_with('[') {
            true => serde_json::from_str(inside.get()).map_err(wrong)?,
            false => vec![inside],
        };
        let mut errors = Diagnostics::default();
        let (mut line, mut counted) = (line_of(inside), inside.get().as_ptr() as usize);
        for value in list {
            // Lines are counted once, from each value to the next.
            let at = value.get().as_ptr() as usize;
            let (from, to) = (counted - text.as_ptr() as usize, at - text.as_ptr() as usize);
            line += text[from..to].matches('\n').count() as u32;
            counted = at;
            let parsed: Value = serde_json::from_str(value.get()).map_err(wrong)?;
            errors.take(record(builder, (number, line), file, &parsed));
        }
        errors.into_result(())
    }

    /// Holds the columns against what they have to hold.
    ///
    /// # Errors
    /// Columns that are missing, and the first cell of each that holds something else.
    pub fn check(&self, frame: &Frame) -> Result<(), Diagnostics> {
        let mut errors = Diagnostics::default();
        for (name, holds) in &self.columns {
            let Some(column) = frame.column(name) else {
                let error = Diagnostic::new(place(holds), format!("there is no column `{name}`"));
                errors.push(error.suggest(name, frame.names()));
                continue;
            };
            let is_wrong = |row: &usize| match (holds.value, column.cell(*row)) {
                (Holds::Any, _) | (Holds::Text, Cell::Word(_) | Cell::Number(_)) => false,
                (Holds::Number, Cell::Number(number)) => !number.is_finite(),
                (Holds::Whole, Cell::Number(number)) => number.fract() != 0.0,
                (Holds::Number | Holds::Whole, Cell::Word(word)) => {
                    let number = word.parse::<f64>().ok().filter(|number| number.is_finite());
                    number.is_none_or(|number| holds.value == Holds::Whole && number.fract() != 0.0)
                }
                (_, Cell::Empty) => true,
            };
            let mut wrong = (0..frame.len()).filter(is_wrong);
            if let Some(row) = wrong.next() {
                let cell = column.cell(row);
                let found = if cell == Cell::Empty { "nothing".to_owned() } else { format!("`{cell}`") };
                let wanted = match holds.value {
                    Holds::Number => "a number",
                    Holds::Whole => "a whole number",
                    Holds::Text | Holds::Any => "something",
                };
                let more = match wrong.count() {
                    0 => String::new(),
                    more => format!(", as in {more} more rows"),
                };
                let message = format!("`{name}` is {found} here and has to be {wanted}{more}");
                let remedy = "correct the file, or what `columns` says of it in paper/results.yaml";
                errors.push(Diagnostic::new(frame.cell_place(row, name), message).remedy(remedy));
            }
        }
        errors.into_result(())
    }
}

/// Reads the names of columns: the first file has them all, and each other the same in any order.
pub fn header<'t>(
    builder: &mut Builder,
    fields: impl Iterator<Item = &'t str>,
    place: &Location,
    errors: &mut Diagnostics,
) -> Option<Vec<usize>> {
    let fields: Vec<&str> = fields.map(str::trim).collect();
    for (at, name) in fields.iter().enumerate() {
        let message = match name.is_empty() {
            true => format!("the column {} has no name", at + 1),
            false if fields[..at].contains(name) => format!("two columns are called `{name}`"),
            false => continue,
        };
        errors.push(Diagnostic::new(place.clone(), message).remedy("give each column a name of its own"));
        return None;
    }
    if builder.names().is_empty() {
        builder.columns(fields.iter().copied());
    }
    let names = builder.names();
    let find = |name: &&str| fields.iter().position(|field| field == name);
    let order: Option<Vec<usize>> = names.iter().map(find).collect();
    match order.filter(|order| order.len() == fields.len()) {
        Some(order) => Some(order),
        None => {
            let message = format!(
                "this file has the columns {}, and the first {}",
                fields.join(", "),
                names.join(", ")
            );
            let remedy = "make files of the same columns, or name them as sources of their own";
            errors.push(Diagnostic::new(place.clone(), message).remedy(remedy));
            None
        }
    }
}

/// Reads an object from each line.
fn lines(builder: &mut Builder, file: &Path, text: &str) -> Result<(), Diagnostics> {
    let mut errors = Diagnostics::default();
    let number = builder.file(file.to_path_buf());
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str::<Value>(line) {
            Ok(value) => drop(errors.take(record(builder, (number, index as u32 + 1), file, &value))),
            Err(error) => errors.push(json_error(file, &error, index)),
        }
    }
    errors.into_result(())
}

/// Reports what is no JSON, at its place; `before` is the number of lines before its text.
fn json_error(file: &Path, error: &serde_json::Error, before: usize) -> Diagnostic {
    let place = Location::new(file, before + error.line().max(1), error.column().max(1));
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    Diagnostic::new(place, format!("this is no JSON: {message}"))
        .remedy("correct the file, or the program that writes it")
}

/// Adds an object as a row; objects inside of it give columns with points in their names.
fn record(builder: &mut Builder, place: (u32, u32), file: &Path, value: &Value) -> Result<(), Diagnostics> {
    let refuse = |message: String| {
        let error = Diagnostic::new(Location::new(file, place.1 as usize, 1), message);
        Err(error
            .remedy(
                "write an object of numbers, texts (an id is one) and objects; `rows` names a list of them",
            )
            .into())
    };
    let Value::Object(_) = value else {
        return refuse("a row is an object, such as {\"size\": 64}".to_owned());
    };
    let mut flat = Vec::new();
    flatten("", value, &mut flat);
    let mut cells = Vec::with_capacity(flat.len());
    for (name, value) in flat {
        let cell = match value {
            Value::Null => Cell::Empty,
            Value::Bool(truth) => Cell::Word(if *truth { "true" } else { "false" }),
            Value::Number(number) if !is_exact(&number.to_string()) => {
                return refuse(format!("`{name}` is {number}, and has more digits than a number keeps"));
            }
            Value::Number(number) => Cell::Number(number.as_f64().unwrap_or(f64::NAN)),
            Value::String(text) => Cell::Word(text),
            Value::Array(_) | Value::Object(_) => return refuse(format!("`{name}` is a list, and no cell")),
        };
        cells.push((name, cell));
    }
    builder.record(place, &cells);
    Ok(())
}

fn flatten<'v>(before: &str, value: &'v Value, out: &mut Vec<(String, &'v Value)>) {
    let Value::Object(entries) = value else { return out.push((before.to_owned(), value)) };
    for (key, value) in entries {
        let name = if before.is_empty() { key.clone() } else { format!("{before}.{key}") };
        flatten(&name, value, out);
    }
}

/// Returns the files below `root` that a pattern names, in order of their names.
pub fn matching(root: &Path, pattern: &Path) -> Vec<PathBuf> {
    let parts: Vec<String> = pattern.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let fixed: PathBuf = parts.iter().take_while(|part| !part.contains('*')).collect();
    let entries = WalkDir::new(root.join(fixed)).max_depth(parts.len()).sort_by_file_name();
    let files = entries.into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let below = files.filter_map(|entry| entry.path().strip_prefix(root).ok().map(Path::to_path_buf));
    let is_named = |path: &PathBuf| {
        path.iter().count() == parts.len()
            && path.iter().zip(&parts).all(|(name, part)| is_match(part, &name.to_string_lossy()))
    };
    below.filter(is_named).collect()
}

/// Returns whether a name is one that a pattern with `*` stands for.
pub fn is_match(pattern: &str, name: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(first) else { return false };
    let parts: Vec<&str> = rest.split('*').collect();
    let (last, between) = parts.split_last().unwrap_or((&"", &[]));
    for part in between {
        let Some(at) = name.find(part) else { return false };
        name = &name[at + part.len()..];
    }
    name.ends_with(last)
}

/// Returns the files that stand beside a missing one.
fn near(root: &Path, missing: &Path) -> Vec<String> {
    let folder = missing.parent().unwrap_or(Path::new(""));
    matching(root, &folder.join("*")).iter().map(|file| file.display().to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: impl AsRef<[u8]>, spec: &str) -> Result<Frame, Vec<String>> {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("data")).unwrap();
        std::fs::write(root.path().join("data").join(name), text).unwrap();
        let spec: SourceSpec = serde_saphyr::from_str(&format!("{{file: data/{name}, {spec}}}")).unwrap();
        let told = |errors: Diagnostics| {
            let told = |error: &Diagnostic| format!("{}: {}", error.location, error.message);
            errors.0.iter().map(told).collect::<Vec<_>>()
        };
        let files = spec.found(root.path(), &Location::file(RESULTS_FILE)).map_err(told)?;
        spec.read(root.path(), &files).map_err(told)
    }

    fn table(frame: &Frame) -> String {
        let row = |row| {
            frame.columns.iter().map(|column| column.cell(row).to_string()).collect::<Vec<_>>().join("|")
        };
        let names = frame.names().collect::<Vec<_>>().join("|");
        [names].into_iter().chain((0..frame.len()).map(row)).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn all_formats_give_the_same_rows() {
        let expected = "system|time\nours|1.5\nbase, old|2";
        let formats = [
            ("a.csv", "system,time\nours,1.5\n\"base, old\",2\n", ""),
            ("a.tsv", "system\ttime\nours\t1.5\nbase, old\t2\n", ""),
            ("a.txt", "system;time\r\nours;1.5\r\nbase, old;2", "format: csv, delimiter: ;"),
            (
                "a.json",
                "[{\"system\": \"ours\", \"time\": 1.5},\n{\"time\": 2, \"system\": \"base, old\"}]",
                "",
            ),
            (
                "a.json",
                "{\"a\": {\"b\": [{\"system\": \"ours\", \"time\": 1.5}, {\"system\": \"base, old\", \"time\": 2}]}}",
                "rows: a.b",
            ),
            (
                "a.jsonl",
                "{\"system\": \"ours\", \"time\": 1.5}\n\n{\"system\": \"base, old\", \"time\": 2}\n",
                "",
            ),
        ];
        for (name, text, spec) in formats {
            assert_eq!(read(name, text, spec).map(|frame| table(&frame)), Ok(expected.to_owned()), "{text}");
        }
        let nested =
            read("a.json", "{\"gain\": {\"mean\": 2, \"of\": \"x\"}, \"ok\": true, \"none\": null}", "")
                .unwrap();
        assert_eq!(table(&nested), "gain.mean|gain.of|none|ok\n2|x||true");
    }

    #[test]
    fn broken_files_are_told_at_their_lines() {
        let told = |name: &str, text: &str, spec: &str| {
            read(name, text, spec).map(|frame| table(&frame)).unwrap_err().join("\n")
        };
        let check = |name: &str, text: &str, spec: &str, expected: &str| {
            let told = told(name, text, spec);
            assert!(told.starts_with(expected) && !told.contains('\n'), "{told}");
        };
        check("a.csv", "", "", "data/a.csv: this file is empty");
        check("a.csv", "a,b\n1\n", "", "data/a.csv:2:1: this line has 1 fields, and the first 2");
        check("a.csv", "a;b\n1;2\n", "", "data/a.csv:1:1: this line is one field, in which `;` seems to be");
        check("a.csv", "a,a\n1,2\n", "", "data/a.csv:1:1: two columns are called `a`");
        check("a.csv", "a,\n1,2\n", "", "data/a.csv:1:1: the column 2 has no name");
        check("a.csv", "a,b\n1,\"x\n", "", "data/a.csv:2:3: a quote is not closed");
        check(
            "a.csv",
            "a\nx\n",
            "columns: {a: number}",
            "data/a.csv:2:1: `a` is `x` here and has to be a number",
        );
        check(
            "a.csv",
            "b,a\n1,2\n\"é,\",\n3,\n",
            "columns: {a: whole}",
            "data/a.csv:3:6: `a` is nothing here and has to be a whole number, as in 1 more rows",
        );
        check(
            "a.jsonl",
            "{\"a\": 1, \"b\": 2}\n{\"a\": 1, \"b\": \"x\"}\n",
            "columns: {b: number}",
            "data/a.jsonl:2:10: `b` is `x` here",
        );
        check("a.csv", "a\n1\n", "columns: {b: any}", "paper/results.yaml:1:33: there is no column `b`");
        check("a.json", "[{\"a\": 1},\n {\"a\": }]", "", "data/a.json:2:8: this is no JSON: expected value");
        check("a.json", "[{\"a\": 1},\n [1]]", "", "data/a.json:2:1: a row is an object");
        check("a.json", "[{\"a\": [1]}]", "", "data/a.json:1:1: `a` is a list");
        check("a.json", "{\"a\": []}", "rows: b", "paper/results.yaml:1:27: data/a.json has no `b`");
        check("a.jsonl", "{\"a\": 1}\n{\"a\" 1}\n", "", "data/a.jsonl:2:6: this is no JSON: expected `:`");
        check("a.dat", "a\n1\n", "", "paper/results.yaml:1:8: nothing tells how `data/a.dat` is written");
    }

    #[test]
    fn an_encoding_is_named_or_stands_in_the_file() {
        let expected = "Größe\n1\n2";
        let text = "Größe\n1\n2\n";
        let pairs: Vec<u16> = text.encode_utf16().collect();
        let little: Vec<u8> = pairs.iter().flat_map(|pair| pair.to_le_bytes()).collect();
        let big: Vec<u8> = pairs.iter().flat_map(|pair| pair.to_be_bytes()).collect();
        let (single, _, _) = encoding_rs::WINDOWS_1252.encode(text);
        for (bytes, spec) in [
            (text.as_bytes().to_vec(), ""),
            ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), ""),
            ([b"\xFF\xFE", little.as_slice()].concat(), ""),
            ([b"\xFE\xFF", big.as_slice()].concat(), ""),
            (little.clone(), "encoding: utf-16"),
            (big.clone(), "encoding: UTF-16BE"),
            (single.to_vec(), "encoding: windows-1252"),
            (single.to_vec(), "encoding: latin1"),
            // The mark of the file is believed.
            ([b"\xFF\xFE", little.as_slice()].concat(), "encoding: windows-1252"),
        ] {
            assert_eq!(
                read("a.csv", &bytes, spec).map(|frame| table(&frame)),
                Ok(expected.to_owned()),
                "{spec}"
            );
        }
        let told = |name: &str, bytes: &[u8], spec: &str| {
            read(name, bytes, spec).map(|_| ()).unwrap_err().join("\n")
        };
        assert_eq!(told("a.csv", &single, ""), "data/a.csv:1:3: byte 0xF6 is not UTF-8 text");
        assert_eq!(
            told("a.csv", b"a\n1\n\x81\x01\n", "encoding: shift_jis"),
            "data/a.csv:3:1: byte 0x81 is not Shift_JIS text"
        );
        assert_eq!(
            told("a.csv", b"a\n", "encoding: windows-1225"),
            "paper/results.yaml:1:30: no encoding is called `windows-1225`"
        );
    }

    #[test]
    fn what_is_said_of_a_file_fits_its_format() {
        for (name, spec, key) in [
            ("a.json", "delimiter: ;", "delimiter"),
            ("a.csv", "rows: runs", "rows"),
            ("a.jsonl", "rows: runs", "rows"),
            ("a.parquet", "encoding: latin1", "encoding"),
            ("*.arrow", "delimiter: ;", "delimiter"),
        ] {
            let spec: SourceSpec =
                serde_saphyr::from_str(&format!("{{files: data/{name}, {spec}}}")).unwrap();
            // Whoever reads it, a query too.
            let wrong = spec.wrong("a", &Location::file(RESULTS_FILE));
            let [Diagnostic { message: told, .. }] = wrong.as_slice() else { panic!("{wrong:?}") };
            assert!(told.contains(&format!("`{key}` tells nothing of `data/{name}`, which is ")), "{told}");
        }
    }

    #[test]
    fn a_pattern_names_files_of_one_folder() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("data/deep")).unwrap();
        for (file, text) in [
            ("run-2.csv", "b,a\n2,1\n"),
            ("run-1.csv", "a,b\n3,4\n"),
            ("other.csv", "c\n1\n"),
            ("deep/run-3.csv", "a,b\n"),
        ] {
            std::fs::write(root.path().join("data").join(file), text).unwrap();
        }
        let spec: SourceSpec = serde_saphyr::from_str("{files: data/run-*.csv}").unwrap();
        let files = spec.found(root.path(), &Location::file(RESULTS_FILE)).unwrap();
        assert_eq!(files, [Path::new("data/run-1.csv"), Path::new("data/run-2.csv")]);
        assert_eq!(table(&spec.read(root.path(), &files).unwrap()), "a|b\n3|4\n1|2");
        let spec: SourceSpec = serde_saphyr::from_str("{files: data/*.csv}").unwrap();
        let files = spec.found(root.path(), &Location::file(RESULTS_FILE)).unwrap();
        let errors = spec.read(root.path(), &files).unwrap_err();
        assert!(
            errors.0[0].message.starts_with("this file has the columns a, b, and the first c"),
            "{errors:?}"
        );
        for outside in ["../x.csv", "/etc/passwd", "build/x.csv", "data/../../x.csv"] {
            let spec: SourceSpec = serde_saphyr::from_str(&format!("{{file: {outside}}}")).unwrap();
            let errors = spec.found(root.path(), &Location::file(RESULTS_FILE)).unwrap_err();
            assert!(errors.0[0].message.contains("is in none of"), "{errors:?}");
        }
    }
}
