//! `paper/tables/*.yaml`: which facts stand in which cell, and files of data that no fact stands for.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use super::data::Data;
use super::groups::GroupedRows;
use super::{Alignment, Cell, Column, Table};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::{Fact, Facts};
use crate::language::Language;
use crate::results::Frames;
use crate::source;
use crate::units::Unit;

const FOLDER: &str = "paper/tables";

/// A table as its author describes it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableSpec {
    /// Caption in Markdown, with the same expressions as the text.
    pub caption: String,
    /// Whether it spans both columns of a page.
    #[serde(default)]
    pub wide: bool,
    /// Its columns, from left to right; rows of results make their own.
    #[serde(default)]
    columns: Vec<ColumnSpec>,
    /// Its rows, each with a cell for every column; or the rows of results that it has one of for each group.
    #[serde(default)]
    rows: RowsEntry,
    /// Rows that nobody lists.
    #[schemars(with = "Option<Generate>")]
    generate: Option<Spanned<Generate>>,
    /// A file that holds its rows.
    data: Option<Data>,
    /// The rows of `data`.
    #[serde(skip)]
    read: Vec<Vec<Cell>>,
    /// Notes below it, in Markdown.
    #[serde(default)]
    notes: Vec<String>,
}

/// Rows that an author lists, or a row for each group of rows of results.
#[derive(Clone, Debug)]
enum RowsEntry {
    /// A cell for every column of each row.
    Listed(Vec<Spanned<Vec<Spanned<CellSpec>>>>),
    /// Rows of results.
    Grouped(Box<GroupedRows>),
}

impl Default for RowsEntry {
    fn default() -> Self {
        Self::Listed(Vec::new())
    }
}

impl JsonSchema for RowsEntry {
    fn schema_name() -> Cow<'static, str> {
        "TableRows".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let listed = generator.subschema_for::<Vec<Vec<CellSpec>>>();
        let grouped = generator.subschema_for::<GroupedRows>();
        json_schema!({ "anyOf": [listed, grouped] })
    }
}

/// Reads a list or a mapping with the places of its values.
impl<'de> Deserialize<'de> for RowsEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entry;

        impl<'de> Visitor<'de> for Entry {
            type Value = RowsEntry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of rows, or `{from: runs, by: [system], columns: {...}}`")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, rows: A) -> Result<RowsEntry, A::Error> {
                Deserialize::deserialize(SeqAccessDeserializer::new(rows)).map(RowsEntry::Listed)
            }

            fn visit_map<A: MapAccess<'de>>(self, rows: A) -> Result<RowsEntry, A::Error> {
                Deserialize::deserialize(MapAccessDeserializer::new(rows)).map(RowsEntry::Grouped)
            }
        }
        deserializer.deserialize_any(Entry)
    }
}

/// A column of a table.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ColumnSpec {
    /// Its header, in Markdown.
    header: String,
    /// The unit in which its facts are shown, whatever theirs are; it stands behind the header.
    #[schemars(with = "Option<Unit>")]
    unit: Option<Spanned<Unit>>,
    /// Where its cells stand.
    #[serde(default)]
    align: Align,
    /// Decimals of its numbers; those that their unit has without it.
    #[serde(default, deserialize_with = "crate::units::digits")]
    #[schemars(range(max = crate::units::MOST_DIGITS))]
    digits: Option<usize>,
}

impl ColumnSpec {
    /// Returns the header as it is printed.
    fn header(&self) -> String {
        let symbol = self.unit.as_ref().map_or("", |unit| unit.value.symbol());
        let behind = format!("({symbol})");
        match symbol.is_empty() || self.header.ends_with(&behind) {
            true => self.header.clone(),
            false => format!("{} {behind}", self.header),
        }
    }

    fn shown(&self) -> Shown {
        Shown { unit: self.unit.as_ref().map(|unit| unit.value), digits: self.digits }
    }
}

/// How the numbers of a column are shown.
#[derive(Clone, Copy, Debug, Default)]
struct Shown {
    unit: Option<Unit>,
    digits: Option<usize>,
}

/// Where the cells of a column stand.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// With the decimal points below each other.
    Decimal,
    /// In the middle.
    Center,
}

/// A text, or a number by the name of its fact.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "a cell is a text, or one of {fact: NAME}, {published: NAME}, {difference: NAME}, {median: NAME} and \
                 {interval: NAME}; YAML reads NO, yes, off and 1 as other values, so put such a text in quotes"
)]
enum CellSpec {
    /// A text.
    Text(String),
    /// The value of a fact.
    Fact { fact: String },
    /// What was published for a fact.
    Published { published: String },
    /// How far a fact is from what was published, in per cent.
    Difference { difference: String },
    /// The median of a fact over the ranges of its assumptions.
    Median { median: String },
    /// 5 to 95 % of a fact over the ranges of its assumptions.
    Interval { interval: String },
}

/// Rows that no author lists.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Generate {
    /// Every fact with a published counterpart: name, unit, ours, published, difference in per cent.
    Published,
}

/// Reads every table below `root`, by id, with the rows of `data: {file: paper/data/NAME.csv, columns: [...],
/// source: ...}`. No fact stands for such numbers: their source is compulsory, and stands under the table.
///
/// # Errors
/// Broken descriptions, located.
pub fn load_all(root: &Path) -> Result<BTreeMap<String, TableSpec>, Diagnostics> {
    let mut specs: BTreeMap<String, TableSpec> = source::read_folder(root, Path::new(FOLDER))?;
    let mut errors = Diagnostics::default();
    for (id, spec) in &mut specs {
        let described = Path::new(FOLDER).join(format!("{id}.yaml"));
        let read = spec.data.as_ref().map(|data| data.rows(root, &described, spec.columns.len()));
        spec.read = read.and_then(|read| errors.take(read)).unwrap_or_default();
    }
    errors.into_result(specs)
}

impl TableSpec {
    /// Returns the file that its rows are read from, below the root.
    pub fn data_file(&self) -> Option<PathBuf> {
        self.data.as_ref().and_then(Data::file)
    }

    /// Returns whether its rows are made of rows of results.
    pub const fn has_groups(&self) -> bool {
        matches!(self.rows, RowsEntry::Grouped(_))
    }
}

/// Fills in the cells of one table in a language; assumptions are marked with a dagger, quoted values with two, and what is
/// derived from a published result with a section sign. A number is that at the stated inputs unless a cell
/// asks for the median or the interval.
///
/// # Errors
/// Names that are no facts and rows of the wrong length, located.
pub fn rows(
    id: &str,
    spec: &TableSpec,
    facts: &Facts,
    frames: &Frames,
    language: Language,
) -> Result<Table, Diagnostics> {
    let file = PathBuf::from(FOLDER).join(format!("{id}.yaml"));
    let mut errors = Diagnostics::default();
    let whole = |message: &str, remedy: &str| {
        Err(Diagnostics::from(Diagnostic::new(Location::file(&file), message).remedy(remedy)))
    };
    let listed = match &spec.rows {
        RowsEntry::Listed(_) if spec.columns.is_empty() => {
            return whole("the table has no columns", "add one below `columns:`, with its `header`");
        }
        RowsEntry::Listed(rows) => rows,
        RowsEntry::Grouped(rows)
            if spec.columns.is_empty() && spec.generate.is_none() && spec.data.is_none() =>
        {
            let mut table = rows.table(&file, frames, language)?;
            table.notes.splice(0..0, spec.notes.iter().cloned());
            return Ok(table);
        }
        RowsEntry::Grouped(_) => {
            let remedy = "take `columns`, `generate` and `data` out, and write columns below `rows`";
            return whole("rows of results make all columns of their table", remedy);
        }
    };
    let columns = spec.columns.iter().map(|column| {
        let alignment = match column.align {
            Align::Left => Alignment::Left,
            Align::Decimal => Alignment::Decimal,
            Align::Center => Alignment::Center,
        };
        Column { header: column.header(), alignment }
    });
    let notes = spec
        .notes
        .iter()
        .cloned()
        .chain(spec.data.as_ref().map(|data| data.note(language.words())))
        .collect();
    let mut table =
        Table { columns: columns.collect(), rows: Vec::new(), notes, from_file: spec.data.is_some() };
    for row in listed {
        if row.value.len() != spec.columns.len() {
            let message =
                format!("this row has {} cells for {} columns", row.value.len(), spec.columns.len());
            let place = source::place(&file, row);
            errors.push(Diagnostic::new(place, message).remedy("give every column of the row a cell"));
        }
        let cells = row.value.iter().zip(&spec.columns).map(|(cell, column)| {
            let place = source::place(&file, cell);
            errors.take(fill(&cell.value, column.shown(), facts, language, place))
        });
        let cells: Vec<Cell> = cells.flatten().collect();
        table.rows.push(cells);
    }
    table.rows.extend(spec.read.iter().cloned());
    let unfit = match (&spec.data, &spec.generate) {
        (Some(_), _) => Some("nothing tells the unit of numbers in a file, so none is converted"),
        (None, Some(_)) => Some("each row of published results has a unit of its own"),
        (None, None) => None,
    };
    if let Some(why) = unfit {
        for unit in spec.columns.iter().filter_map(|column| column.unit.as_ref()) {
            errors.push(Diagnostic::new(source::place(&file, unit), why).remedy("take `unit` out"));
        }
    }
    if let Some(generate) = &spec.generate {
        let Generate::Published = generate.value;
        let shown: Vec<Shown> = spec.columns.iter().map(ColumnSpec::shown).collect();
        match shown.as_slice() {
            [_, _, ours, theirs, difference] => {
                table.rows.extend(published(
                    facts,
                    language,
                    [*ours, *theirs, *difference],
                    &source::place(&file, generate),
                ));
            }
            _ => {
                let message = "published results fill five columns: name, unit, ours, published, difference";
                let place = source::place(&file, generate);
                errors.push(Diagnostic::new(place, message).remedy("declare these columns"));
            }
        }
    }
    errors.into_result(table)
}

/// Returns one row for each fact that has a published counterpart, by name.
fn published(facts: &Facts, language: Language, shown: [Shown; 3], place: &Location) -> Vec<Vec<Cell>> {
    let row = |name: &str| {
        let fact = facts.get(name)?;
        fact.published.as_ref()?;
        let cell = |spec: CellSpec, shown| fill(&spec, shown, facts, language, place.clone()).ok();
        let unit = Some(fact.unit.symbol()).filter(|symbol| !symbol.is_empty()).unwrap_or("–");
        Some(vec![
            Cell::of(name.replace(['.', '_'], " ")),
            Cell::of(unit),
            cell(CellSpec::Fact { fact: name.to_owned() }, shown[0])?,
            cell(CellSpec::Published { published: name.to_owned() }, shown[1])?,
            cell(CellSpec::Difference { difference: name.to_owned() }, shown[2])?,
        ])
    };
    facts.names().filter_map(row).collect()
}

fn fill(
    cell: &CellSpec,
    shown: Shown,
    facts: &Facts,
    language: Language,
    place: Location,
) -> Result<Cell, Diagnostics> {
    let name = match cell {
        CellSpec::Text(text) => return Ok(Cell::of(text)),
        CellSpec::Fact { fact: name }
        | CellSpec::Published { published: name }
        | CellSpec::Difference { difference: name }
        | CellSpec::Median { median: name }
        | CellSpec::Interval { interval: name } => name,
    };
    let Some(fact) = facts.get(name) else {
        return Err(facts.unknown(name, place, format!("there is no fact `{name}`")).into());
    };
    // A share of what was published is the same in every unit.
    let wanted = shown.unit.filter(|unit| !matches!(cell, CellSpec::Difference { .. }) && *unit != fact.unit);
    let converted = match wanted {
        Some(unit) => Cow::Owned(fact.in_unit(unit).ok_or_else(|| {
            let message = format!("`{name}` is in {}, and its column in {}", fact.unit.key(), unit.key());
            let remedy = "name a fact that measures the same, or write another `unit` at the column";
            Diagnostics::from(Diagnostic::new(place.clone(), message).remedy(remedy))
        })?),
        None => Cow::Borrowed(fact),
    };
    let text = text_of(cell, name, &converted, shown.digits, place)?;
    // A fact that is a text, such as a version, has the signs of nobody's language.
    let text = if fact.number().is_some() { language.number(&text) } else { text };
    Ok(Cell { fact: Some(name.clone()), ..Cell::of(text) })
}

/// Returns what a cell shows of a fact, with the signs of English.
fn text_of(
    cell: &CellSpec,
    name: &str,
    fact: &Fact,
    digits: Option<usize>,
    place: Location,
) -> Result<String, Diagnostics> {
    if let CellSpec::Difference { .. } = cell {
        let Some(share) = fact.difference() else {
            return Err(uncompared(name, place));
        };
        let sign = if share < 0.0 { "−" } else { "" };
        let digits = digits.unwrap_or(1);
        return Ok(format!("{sign}{:.digits$}", 100.0 * share.abs()));
    }
    if matches!(cell, CellSpec::Published { .. }) {
        let Some(published) = &fact.published else {
            return Err(uncompared(name, place));
        };
        return Ok(format!("{}‡", published.display(fact.unit, digits, true)));
    }
    let mark = fact.grade.mark();
    let spread = match cell {
        CellSpec::Median { .. } => Some(fact.median_text(digits, true)),
        CellSpec::Interval { .. } => Some(fact.interval_text(digits, true).map(|ends| ends.join("–"))),
        _ => None,
    };
    if let Some(spread) = spread {
        let Some(text) = spread else {
            let message = format!("fact `{name}` has no spread, since no input of it is assumed");
            return Err(Diagnostic::new(place, message)
                .remedy("name the fact itself, or write a dash")
                .into());
        };
        return Ok(format!("{text}{mark}"));
    }
    let text = fact.number().map_or_else(|| fact.display(digits), |number| fact.unit.digits(number, digits));
    Ok(format!("{text}{mark}"))
}

fn uncompared(name: &str, place: Location) -> Diagnostics {
    let message = format!("fact `{name}` has no published counterpart");
    Diagnostic::new(place, message).remedy("write a dash instead").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Grade, Published, Value};

    fn made(columns: &str, row: &str) -> Result<Table, Vec<String>> {
        let spec: TableSpec =
            serde_saphyr::from_str(&format!("{{caption: C, columns: [{columns}], rows: [[{row}]]}}"))
                .unwrap();
        let published = Published { value: 4.0, high: None, bound: None, place: "a2020, table 1".to_owned() };
        let time = Fact {
            interval: Some((0.001, 0.0025)),
            published: Some(published),
            ..Fact::new(Value::Number(0.002), Unit::SECONDS, Grade::Computed)
        };
        let room = Fact::new(Value::Number(3.0), Unit::BYTES, Grade::Computed);
        let facts = Facts::from(BTreeMap::from([("a.time".to_owned(), time), ("a.room".to_owned(), room)]));
        rows("t", &spec, &facts, &Frames::default(), Language::English).map_err(|errors| {
            errors.0.iter().map(|error| format!("{}: {}", error.location, error.message)).collect()
        })
    }

    #[test]
    fn a_column_shows_its_facts_in_its_unit() {
        let times = "{header: A, unit: ms, digits: 1}, {header: \"B (ms)\", unit: ms, digits: 1}, {header: C, unit: us}, \
                     {header: D, unit: ms, digits: 1}, {header: E, digits: 3}";
        let row =
            "{fact: a.time}, {interval: a.time}, {published: a.time}, {difference: a.time}, {fact: a.time}";
        let table = made(times, row).unwrap();
        let headers: Vec<&str> = table.columns.iter().map(|column| column.header.as_str()).collect();
        assert_eq!(headers, ["A (ms)", "B (ms)", "C (µs)", "D (ms)", "E"]);
        let cells: Vec<&str> = table.rows[0].iter().map(|cell| cell.text.as_str()).collect();
        assert_eq!(cells, ["2.0", "1.0–2.5", "4,000,000‡", "−100.0", "0.002"]);
        let told = made("{header: A, unit: ms}", "{fact: a.room}").unwrap_err();
        assert_eq!(told, ["paper/tables/t.yaml:1:56: `a.room` is in B, and its column in ms"]);
    }
}
