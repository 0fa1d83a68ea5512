//! The rows of an author's files, read once for all who ask for them: facts, charts and tables.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_saphyr::Spanned;
use sha2::{Digest, Sha256};

use super::frame::{Cell, Cells, Column, Frame};
use super::interval::IntervalSpec;
use super::read::SourceSpec;
use super::select::{CellSpec, Empty, RowsSpec};
use super::sql::{self, Table};
use super::statistic::{Statistic, Take};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::source::hex;

/// The sources of a paper, each of which is read when somebody first asks for its rows.
#[derive(Debug, Default)]
pub struct Frames {
    root: PathBuf,
    sources: BTreeMap<String, Source>,
}

/// A source with its files, and what was found in them.
#[derive(Debug, Default)]
struct Source {
    spec: SourceSpec,
    files: Vec<PathBuf>,
    /// The sources that its query reads.
    reads: Vec<String>,
    frame: OnceLock<Result<Frame, Diagnostics>>,
    digest: OnceLock<String>,
}

/// Rows of a source.
#[derive(Clone, Debug)]
pub struct Rows<'s> {
    /// What was asked for.
    pub spec: RowsSpec<'s>,
    /// All rows of the source.
    pub frame: &'s Frame,
    /// What its author says of the source.
    pub about: Option<&'s str>,
    /// The files in which the rows stand.
    pub files: &'s [PathBuf],
    /// The sources that its query reads; none where it is a file.
    pub reads: &'s [String],
    /// Those that were asked for.
    pub chosen: Vec<usize>,
}

/// Rows that have the same values in some columns.
#[derive(Clone, Debug)]
pub struct Group {
    /// The values, a word for each column.
    pub values: Vec<String>,
    /// The rows.
    pub rows: Vec<usize>,
}

/// What is taken of rows.
#[derive(Clone, Copy, Debug)]
pub struct Measure<'s> {
    /// The statistic with its columns.
    pub take: &'s Take,
    /// How the interval around it is found, and where that is written.
    pub interval: Option<(IntervalSpec, &'s Location)>,
}

/// A number that was taken of rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// The number.
    pub value: f64,
    /// The interval around it.
    pub interval: Option<(f64, f64)>,
    /// How many rows entered.
    pub rows: usize,
}

impl Frames {
    /// Returns the sources of a paper, none of them read, each with its files.
    pub fn of<'s>(
        root: &Path,
        sources: impl Iterator<Item = (&'s String, &'s SourceSpec, Vec<PathBuf>)>,
    ) -> Self {
        let source = |(name, spec, files): (&String, &SourceSpec, _)| {
            let (frame, digest) = (OnceLock::new(), OnceLock::new());
            (name.clone(), Source { spec: spec.clone(), files, reads: Vec::new(), frame, digest })
        };
        Self { root: root.to_path_buf(), sources: sources.map(source).collect() }
    }

    /// Adds what queries give, each called by its own text, and finds what all queries read.
    ///
    /// # Errors
    /// Broken queries, those that read what is no source, and those that read each other, located.
    pub fn with_queries<'q>(
        mut self,
        queries: impl Iterator<Item = &'q Spanned<String>>,
    ) -> Result<Self, Diagnostics> {
        let mut errors = Diagnostics::default();
        let known: Vec<String> = self.sources.keys().cloned().collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        for source in self.sources.values_mut() {
            let Some(query) = source.spec.query() else { continue };
            source.reads = errors.take(sql::sources(&query, &known)).unwrap_or_default();
        }
        for query in queries {
            let spec = SourceSpec::of_query(query);
            let reads = spec.query().and_then(|query| errors.take(sql::sources(&query, &known)));
            let source = Source { spec, reads: reads.unwrap_or_default(), ..Source::default() };
            self.sources.entry(query.value.clone()).or_insert(source);
        }
        let names: Vec<String> = self.sources.keys().cloned().collect();
        for name in names {
            let reached = self.reached(&name);
            let Some(source) = self.sources.get(&name) else { continue };
            if let Some(query) = source.spec.query().filter(|_| reached.contains(&name)) {
                let error = Diagnostic::new(query.at, format!("the query of `{name}` reads what it gives"));
                errors.push(error.remedy("let no query follow from itself"));
            }
            let files = reached.iter().flat_map(|name| self.files(name).to_vec());
            let files: BTreeSet<PathBuf> = files.chain(source.files.clone()).collect();
            if let Some(source) = self.sources.get_mut(&name) {
                source.files = files.into_iter().collect();
            }
        }
        errors.into_result(self)
    }

    /// Returns the sources that a query reads, and those that their queries read.
    fn reached(&self, name: &str) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut next = vec![name];
        while let Some(source) = next.pop().and_then(|name| self.sources.get(name)) {
            next.extend(
                source.reads.iter().filter(|read| reached.insert((*read).clone())).map(String::as_str),
            );
        }
        reached
    }

    /// Returns the rows of a source, read once.
    ///
    /// # Errors
    /// What is wrong with its files, or its query.
    fn frame<'s>(&'s self, source: &'s Source) -> Result<&'s Frame, Diagnostics> {
        let read = || {
            let Some(query) = source.spec.query() else { return source.spec.read(&self.root, &source.files) };
            let mut tables = BTreeMap::new();
            for (name, read) in source.reads.iter().filter_map(|name| self.sources.get_key_value(name)) {
                let table = match read.spec.table(&self.root, &read.files) {
                    Some(columns) => columns,
                    None => Table::Rows(self.frame(read)?),
                };
                tables.insert(name.as_str(), table);
            }
            let frame = sql::answer(&query, &tables)?;
            source.spec.check(&frame)?;
            Ok(frame)
        };
        source.frame.get_or_init(read).as_ref().map_err(Clone::clone)
    }

    /// Returns the files of a source, below the root.
    pub fn files(&self, name: &str) -> &[PathBuf] {
        self.sources.get(name).map(|source| source.files.as_slice()).unwrap_or_default()
    }

    /// Returns the files of all sources, below the root.
    pub fn all_files(&self) -> impl Iterator<Item = &PathBuf> {
        self.sources.values().flat_map(|source| &source.files)
    }

    /// Returns a digest of what stands in the files of all sources.
    pub fn digest(&self) -> String {
        self.sources.keys().map(|name| format!("{name} {}\n", self.digest_of(name))).collect()
    }

    /// Returns a digest of what a source says of its files and of what stands in them.
    pub fn digest_of(&self, name: &str) -> &str {
        let Some(source) = self.sources.get(name) else { return "" };
        source.digest.get_or_init(|| {
            let mut digest = Sha256::new();
            digest.update(format!("{:?}\n", source.spec));
            for read in &source.reads {
                digest.update(self.digest_of(read));
            }
            for file in source.files.iter().filter(|_| source.reads.is_empty()) {
                // One that cannot be read is an error of the reading that follows.
                let bytes = std::fs::read(self.root.join(file)).unwrap_or_default();
                digest.update(format!("{} {}\n", file.display(), bytes.len()));
                digest.update(bytes);
            }
            hex(&digest.finalize())
        })
    }

    /// Returns the rows that are asked for, with the columns of these names and places.
    ///
    /// # Errors
    /// A source that is not there, what is wrong with its files, columns that it lacks, and conditions that no row
    /// can keep: all of them, located.
    pub fn rows<'s>(
        &'s self,
        spec: RowsSpec<'s>,
        columns: &[(&str, Location)],
    ) -> Result<(Rows<'s>, Vec<&'s Column>), Diagnostics> {
        let Some(found) = self.sources.get(&spec.from.value) else {
            return Err(spec.unknown(self.sources.keys()).into());
        };
        let frame = self.frame(found)?;
        let mut errors = Diagnostics::default();
        let chosen = errors.take(spec.of(frame));
        let mut named = Vec::with_capacity(columns.len());
        for (column, at) in columns {
            match frame.column(column) {
                Some(column) => named.push(column),
                None => {
                    let error = Diagnostic::new(at.clone(), format!("there is no column `{column}`"));
                    errors.push(error.suggest(column, frame.names()));
                }
            }
        }
        let chosen = errors.require(chosen)?;
        let about = found.spec.about.as_deref();
        Ok((Rows { spec, frame, about, files: &found.files, reads: &found.reads, chosen }, named))
    }
}

impl Rows<'_> {
    /// Splits rows by what stands in some columns, in the order in which they first appear.
    ///
    /// # Errors
    /// An empty cell, where rows with one are not left out.
    pub fn groups(&self, columns: &[&Column], rows: &[usize]) -> Result<Vec<Group>, Diagnostics> {
        let mut groups: Vec<Group> = Vec::new();
        let mut known: BTreeMap<Vec<u64>, usize> = BTreeMap::new();
        let mut key = Vec::with_capacity(columns.len());
        for &row in rows {
            key.clear();
            key.extend(columns.iter().map_while(|column| column.key(row)));
            if let Some(empty) = columns.get(key.len()) {
                if self.spec.empty == Some(Empty::Skip) {
                    continue;
                }
                let message = format!("`{}` is empty here, and rows are told apart by it", empty.name);
                let remedy =
                    format!("give it a value, or ask for `{}: {{given: true}}` under `where`", empty.name);
                return Err(Diagnostic::new(self.frame.cell_place(row, &empty.name), message)
                    .remedy(remedy)
                    .into());
            }
            let at = known.get(key.as_slice()).copied().unwrap_or_else(|| {
                let values = columns.iter().map(|column| column.cell(row).to_string()).collect();
                groups.push(Group { values, rows: Vec::new() });
                known.insert(key.clone(), groups.len() - 1);
                groups.len() - 1
            });
            groups[at].rows.push(row);
        }
        Ok(groups)
    }

    /// Returns those of some rows that have a value in each of some columns, where others are to be left out.
    pub fn given(&self, columns: &[&Column], rows: &[usize]) -> Vec<usize> {
        let is_given = |row: &usize| columns.iter().all(|column| column.cell(*row) != Cell::Empty);
        let all = rows.iter().copied();
        if self.spec.empty == Some(Empty::Skip) { all.filter(is_given).collect() } else { all.collect() }
    }

    /// Returns the numbers that stand in some rows of a column; `whose` takes them.
    ///
    /// # Errors
    /// The first row in which no finite number stands.
    pub fn numbers(&self, column: &Column, rows: &[usize], whose: &str) -> Result<Vec<f64>, Diagnostics> {
        let mut numbers = Vec::with_capacity(rows.len());
        for &row in rows {
            let cell = column.cell(row);
            let number = match cell {
                Cell::Number(number) => Some(number),
                Cell::Word(word) => word.parse().ok(),
                Cell::Empty => None,
            };
            let Some(number) = number.filter(|number| number.is_finite()) else {
                let (found, remedy) = match cell {
                    Cell::Empty => {
                        ("empty".to_owned(), "give it a value, or say `empty: skip` beside `from`")
                    }
                    Cell::Word(word) if word.replacen(',', ".", 1).parse::<f64>().is_ok() => {
                        (format!("`{word}`"), "write a point for the comma")
                    }
                    cell => (format!("`{cell}`"), "correct the file, or leave the row out under `where`"),
                };
                let message = format!("`{}` is {found} here, and {whose} takes numbers of it", column.name);
                return Err(Diagnostic::new(self.frame.cell_place(row, &column.name), message)
                    .remedy(remedy)
                    .into());
            };
            numbers.push(number);
        }
        Ok(numbers)
    }

    /// Takes a number of some rows; `whose` is what needs it, at a place.
    ///
    /// # Errors
    /// Rows without a number, and too few of them or such as have no such statistic or interval.
    pub fn measure(
        &self,
        measure: Measure<'_>,
        rows: &[usize],
        (whose, at): (&str, &Location),
    ) -> Result<Measured, Diagnostics> {
        let Measure { take, interval } = measure;
        let columns: Vec<&Column> =
            take.columns.iter().filter_map(|column| self.frame.column(column)).collect();
        let rows = self.given(&columns, rows);
        let numbers: Vec<Vec<f64>> = match take.statistic {
            Statistic::Count => vec![vec![0.0; rows.len()]],
            Statistic::Distinct => columns.iter().map(|column| distinct(column, &rows)).collect(),
            _ => {
                let numbers = columns.iter().map(|column| self.numbers(column, &rows, whose));
                numbers.collect::<Result<_, _>>()?
            }
        };
        let numbers: Vec<&[f64]> = numbers.iter().map(Vec::as_slice).collect();
        let value = statistic(take, &numbers, rows.len(), (whose, at))?;
        let interval = interval.map(|(interval, at)| {
            interval.of(take.statistic, &numbers).map_err(|message| {
                let message = format!("{whose} has no interval: {message}");
                Diagnostic::new(at.clone(), message)
                    .remedy("take it of other rows, or state it with its source")
            })
        });
        Ok(Measured { value, interval: interval.transpose()?, rows: rows.len() })
    }

    /// Compares two groups of some rows, told apart by what stands in a column; returns how they differ, and how many rows
    /// entered.
    ///
    /// # Errors
    /// Groups without a row, rows without a number, and groups that cannot be compared.
    pub fn compare(
        &self,
        take: &Take,
        (column, groups, between): (&Column, &[CellSpec; 2], &Location),
        rows: &[usize],
        (whose, at): (&str, &Location),
    ) -> Result<Measured, Diagnostics> {
        let taken: Vec<&Column> = take.columns.iter().filter_map(|name| self.frame.column(name)).collect();
        let rows = self.given(&taken, rows);
        let mut entered: Vec<Vec<usize>> = Vec::with_capacity(groups.len());
        for value in groups {
            let group: Vec<usize> = rows.iter().copied().filter(|row| value.is(column.cell(*row))).collect();
            if group.is_empty() {
                let message = format!("no row of {whose} has `{value}` in the column `{}`", column.name);
                let error = Diagnostic::new(between.clone(), message).remedy("write what stands in the file");
                let all = 0..self.frame.len();
                let known: BTreeSet<String> = all.map(|row| column.cell(row).to_string()).collect();
                return Err(error.suggest(&value.to_string(), known.iter().map(String::as_str)).into());
            }
            entered.push(group);
        }
        let numbers =
            entered.iter().flat_map(|group| taken.iter().map(|taken| self.numbers(taken, group, whose)));
        let numbers: Vec<Vec<f64>> = numbers.collect::<Result<_, _>>()?;
        let rows = numbers.iter().map(Vec::len).sum();
        let numbers: Vec<&[f64]> = numbers.iter().map(Vec::as_slice).collect();
        let value = statistic(take, &numbers, rows, (whose, at))?;
        Ok(Measured { value, interval: None, rows })
    }

    /// Says which rows of which source some are, with what else tells them apart.
    pub fn told(&self, count: usize, besides: &[String]) -> String {
        let conditions = self.spec.conditions.iter();
        let conditions = conditions.map(|(column, condition)| format!("{column} {}", condition.value));
        let conditions: Vec<String> = conditions.chain(besides.iter().cloned()).collect();
        let with =
            if conditions.is_empty() { String::new() } else { format!(" with {}", conditions.join(", ")) };
        let rows = if count == 1 { "1 row".to_owned() } else { format!("{count} rows") };
        format!("{rows} of `{}`{with}", self.spec.from.value)
    }

    /// Returns the sources behind the rows.
    pub fn sources(&self) -> &[String] {
        if self.reads.is_empty() { std::slice::from_ref(&self.spec.from.value) } else { self.reads }
    }

    /// Names the files of the source.
    pub fn files(&self) -> String {
        let files: Vec<String> = self.files.iter().map(|file| file.display().to_string()).collect();
        files.join(", ")
    }
}

impl Column {
    /// Returns a number that is the same for cells with the same value; nothing for an empty one.
    fn key(&self, row: usize) -> Option<u64> {
        match &self.cells {
            // Adding zero makes one of the two zeros.
            Cells::Numbers(numbers) => Some((numbers.get(row).copied().flatten()? + 0.0).to_bits()),
            Cells::Words { rows, .. } => Some(rows.get(row).copied().flatten()?.into()),
        }
    }
}

/// Takes a statistic of numbers that stand in so many rows.
fn statistic(
    take: &Take,
    numbers: &[&[f64]],
    rows: usize,
    (whose, at): (&str, &Location),
) -> Result<f64, Diagnostic> {
    take.statistic.of(numbers).ok_or_else(|| {
        let why_not = take.statistic.why_not();
        let error = Diagnostic::new(at.clone(), format!("{whose} has no {take} over {rows} rows: {why_not}"));
        error.remedy("take something else, or other rows")
    })
}

/// Returns a number for each value of a column, the same for the same value.
fn distinct(column: &Column, rows: &[usize]) -> Vec<f64> {
    let mut known: BTreeMap<u64, f64> = BTreeMap::new();
    let keys = rows.iter().filter_map(|row| column.key(*row));
    let number = |key| {
        let next = known.len() as f64;
        *known.entry(key).or_insert(next)
    };
    keys.map(number).collect()
}
