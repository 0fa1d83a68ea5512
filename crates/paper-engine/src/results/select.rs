//! Which rows of a source enter a fact.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::frame::{Cell, Cells, Column, Frame};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::source;

/// Which rows of which source are asked for.
#[derive(Clone, Copy, Debug)]
pub struct RowsSpec<'s> {
    /// The file in which that is written.
    pub file: &'s Path,
    /// The source.
    pub from: &'s Spanned<String>,
    /// What its rows have to keep.
    pub conditions: &'s BTreeMap<String, Spanned<Condition>>,
    /// What becomes of rows whose cell is empty.
    pub empty: Option<Empty>,
}

/// Declares what a chart or a table says of its rows: which they are, and fields of its own. A field of fields would not
/// know the places of its values.
macro_rules! with_rows {
    ($(#[$attribute:meta])* $visible:vis struct $name:ident { $($own:tt)* }) => {
        #[derive(Clone, Debug, serde::Deserialize, schemars::JsonSchema)]
        $(#[$attribute])*
        #[serde(deny_unknown_fields)]
        $visible struct $name {
            /// The source whose rows are shown.
            #[schemars(with = "String")]
            from: serde_saphyr::Spanned<String>,
            /// Which rows enter, by column: a value, a list of values, or bounds.
            #[schemars(with = "std::collections::BTreeMap<String, crate::results::Condition>")]
            #[serde(default, rename = "where")]
            conditions: std::collections::BTreeMap<String, serde_saphyr::Spanned<crate::results::Condition>>,
            /// What becomes of rows whose cell is empty; an error where nothing is said.
            empty: Option<crate::results::Empty>,
            $($own)*
        }

        impl $name {
            /// Returns the rows that are asked for in a file.
            pub(crate) fn rows<'l>(&'l self, file: &'l std::path::Path) -> crate::results::RowsSpec<'l> {
                let Self { from, conditions, empty, .. } = self;
                crate::results::RowsSpec { file, from, conditions, empty: *empty }
            }
        }
    };
}
pub(crate) use with_rows;

/// What becomes of rows whose cell is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Empty {
    /// They are left out.
    Skip,
}

/// What the cells of one column have to be.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "expected a word, a number, a list of them, or `at_least` and the like with a number"
)]
pub enum Condition {
    /// One value.
    Is(CellSpec),
    /// One of several values.
    OneOf(Vec<CellSpec>),
    /// Numbers within bounds, or not some value.
    Within(Bounds),
}

/// A value of a cell.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum CellSpec {
    /// Whether something is so, as programs write it: `true` or `false`.
    Truth(bool),
    /// A number.
    Number(f64),
    /// A word.
    Word(String),
}

/// What a cell has to keep, all of it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Bounds {
    /// The smallest number.
    at_least: Option<f64>,
    /// The largest number.
    at_most: Option<f64>,
    /// Larger numbers alone.
    above: Option<f64>,
    /// Smaller numbers alone.
    below: Option<f64>,
    /// Any value but this one.
    not: Option<CellSpec>,
    /// Whether there has to be a value (`true`), or none (`false`).
    given: Option<bool>,
}

/// What is wrong with a condition.
#[derive(Debug, PartialEq)]
struct Wrong {
    /// The column that it names.
    column: String,
    /// What is wrong.
    message: String,
    /// Names of which one may be meant.
    known: Vec<String>,
}

impl RowsSpec<'_> {
    /// Returns the place of a value beside it.
    pub fn place<T>(&self, value: &Spanned<T>) -> Location {
        source::place(self.file, value)
    }

    /// Reports that there is no such source among those that are known.
    pub fn unknown<'n>(&self, known: impl Iterator<Item = &'n String>) -> Diagnostic {
        let name = &self.from.value;
        let error = Diagnostic::new(self.place(self.from), format!("there is no source `{name}`"));
        let error = error.remedy("describe it under `sources` of paper/results.yaml");
        error.suggest(name, known.map(String::as_str))
    }

    /// Returns the rows that keep all conditions.
    ///
    /// # Errors
    /// Conditions on columns that are not there, on values that no row has, and comparisons of words, located.
    pub fn of(&self, frame: &Frame) -> Result<Vec<usize>, Diagnostics> {
        rows(frame, self.conditions).map_err(|wrong| {
            let told = wrong.into_iter().map(|wrong| {
                let condition = self.conditions.get(&wrong.column);
                let meant = match condition.map(|condition| &condition.value) {
                    Some(Condition::Is(value)) if frame.column(&wrong.column).is_some() => value.to_string(),
                    _ => wrong.column,
                };
                let at = condition.map_or_else(|| self.place(self.from), |condition| self.place(condition));
                let error = Diagnostic::new(at, wrong.message).remedy("write what stands in the file");
                error.suggest(&meant, wrong.known.iter().map(String::as_str))
            });
            Diagnostics(told.collect())
        })
    }
}

impl CellSpec {
    /// Returns whether a cell has this value.
    pub fn is(&self, cell: Cell<'_>) -> bool {
        match (self, cell) {
            (Self::Number(number), Cell::Number(found)) => *number == found,
            (Self::Number(number), Cell::Word(word)) => {
                word.parse::<f64>().is_ok_and(|found| found == *number)
            }
            (Self::Word(word), Cell::Word(found)) => word == found,
            (Self::Word(word), Cell::Number(found)) => word.parse::<f64>().is_ok_and(|word| word == found),
            (Self::Truth(truth), Cell::Word(found)) => found.eq_ignore_ascii_case(&truth.to_string()),
            (Self::Truth(_), Cell::Number(_)) | (_, Cell::Empty) => false,
        }
    }
}

impl Condition {
    fn holds(&self, cell: Cell<'_>) -> bool {
        match self {
            Self::Is(value) => value.is(cell),
            Self::OneOf(values) => values.iter().any(|value| value.is(cell)),
            Self::Within(bounds) => bounds.hold(cell),
        }
    }

    /// Returns the values that are named, which a column has to have.
    fn values(&self) -> &[CellSpec] {
        match self {
            Self::Is(value) => std::slice::from_ref(value),
            Self::OneOf(values) => values,
            Self::Within(_) => &[],
        }
    }
}

impl Bounds {
    fn hold(&self, cell: Cell<'_>) -> bool {
        let number = match cell {
            Cell::Number(number) => Some(number),
            Cell::Word(word) => word.parse().ok(),
            Cell::Empty => None,
        };
        let keeps = |bound: Option<f64>, keeps: fn(f64, f64) -> bool| {
            bound.is_none_or(|bound| number.is_some_and(|number| keeps(number, bound)))
        };
        keeps(self.at_least, |number, bound| number >= bound)
            && keeps(self.at_most, |number, bound| number <= bound)
            && keeps(self.above, |number, bound| number > bound)
            && keeps(self.below, |number, bound| number < bound)
            && self.not.as_ref().is_none_or(|value| !value.is(cell))
            && self.given.is_none_or(|given| given == (cell != Cell::Empty))
    }

    fn compare_numbers(&self) -> bool {
        [self.at_least, self.at_most, self.above, self.below].iter().any(Option::is_some)
    }
}

/// Returns the rows that keep all conditions, or what is wrong with these.
fn rows(frame: &Frame, conditions: &BTreeMap<String, Spanned<Condition>>) -> Result<Vec<usize>, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let mut kept: Vec<usize> = (0..frame.len()).collect();
    for (name, condition) in conditions {
        let condition = &condition.value;
        let Some(column) = frame.column(name) else {
            wrong.push(Wrong {
                column: name.clone(),
                message: format!("there is no column `{name}`"),
                known: frame.names().map(str::to_owned).collect(),
            });
            continue;
        };
        wrong.extend(misfits(column, condition));
        kept.retain(keeping(column, condition));
    }
    if wrong.is_empty() { Ok(kept) } else { Err(wrong) }
}

/// Returns the test of a row; words are looked at once each.
fn keeping<'c>(column: &'c Column, condition: &'c Condition) -> Box<dyn FnMut(&usize) -> bool + 'c> {
    let Cells::Words { words, rows } = &column.cells else {
        return Box::new(|row| condition.holds(column.cell(*row)));
    };
    let holds: Vec<bool> = words.iter().map(|word| condition.holds(Cell::Word(word))).collect();
    let empty = condition.holds(Cell::Empty);
    Box::new(move |row| match rows.get(*row).copied().flatten() {
        Some(word) => holds.get(word as usize).copied().unwrap_or(false),
        None => empty,
    })
}

/// Returns what a condition asks that no row of a column can keep, such as a word that is misspelt.
fn misfits(column: &Column, condition: &Condition) -> Option<Wrong> {
    let name = &column.name;
    let wrong = |message: String, known: Vec<String>| Some(Wrong { column: name.clone(), message, known });
    match (&column.cells, condition) {
        (Cells::Words { words, .. }, Condition::Within(bounds)) if bounds.compare_numbers() => {
            let word = words.iter().find(|word| word.parse::<f64>().is_err())?;
            wrong(
                format!("the column `{name}` holds words such as `{word}`, which no number bounds"),
                Vec::new(),
            )
        }
        (Cells::Words { words, .. }, condition) => {
            let is_there = |value: &CellSpec| words.iter().any(|word| value.is(Cell::Word(word)));
            let missing = condition.values().iter().find(|value| !is_there(value))?;
            wrong(format!("no row has `{missing}` in the column `{name}`"), words.clone())
        }
        (Cells::Numbers(numbers), condition) => {
            let is_there = |value: &CellSpec| {
                numbers.iter().any(|number| number.is_some_and(|number| value.is(Cell::Number(number))))
            };
            let missing = condition.values().iter().find(|value| !is_there(value))?;
            wrong(format!("no row has `{missing}` in the column `{name}`"), Vec::new())
        }
    }
}

impl fmt::Display for CellSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truth(truth) => write!(f, "{truth}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Word(word) => f.write_str(word),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bounds = match self {
            Self::Is(value) => return write!(f, "= {value}"),
            Self::OneOf(values) => {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                return write!(f, "one of {}", values.join(", "));
            }
            Self::Within(bounds) => bounds,
        };
        let numbers =
            [("≥", bounds.at_least), ("≤", bounds.at_most), (">", bounds.above), ("<", bounds.below)];
        let numbers = numbers.iter().filter_map(|(sign, bound)| Some(format!("{sign} {}", (*bound)?)));
        let not = bounds.not.iter().map(|value| format!("≠ {value}"));
        let given = bounds.given.iter().map(|given| if *given { "given" } else { "empty" }.to_owned());
        let all: Vec<String> = numbers.chain(not).chain(given).collect();
        f.write_str(&all.join(" and "))
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::Builder;
    use super::*;

    fn frame() -> Frame {
        let mut builder = Builder::default();
        let file = builder.file("a.csv".into());
        builder.columns(["system", "size", "ok"]);
        let rows = ["ours,64,true", "base,64,false", "ours,128,true", "other,,true"];
        for (line, row) in rows.into_iter().enumerate() {
            builder.row((file, line as u32 + 2), row.split(','));
        }
        builder.finish()
    }

    fn select(conditions: &str) -> Result<Vec<usize>, Vec<String>> {
        let conditions = serde_saphyr::from_str(conditions).unwrap();
        rows(&frame(), &conditions).map_err(|wrong| wrong.into_iter().map(|wrong| wrong.message).collect())
    }

    #[test]
    fn rows_keep_all_conditions() {
        assert_eq!(select("{}"), Ok(vec![0, 1, 2, 3]));
        assert_eq!(select("{system: ours}"), Ok(vec![0, 2]));
        assert_eq!(select("{system: [ours, base], size: 64}"), Ok(vec![0, 1]));
        assert_eq!(select("{size: {above: 64}}"), Ok(vec![2]));
        assert_eq!(select("{size: {at_least: 64, below: 128}}"), Ok(vec![0, 1]));
        assert_eq!(select("{size: {given: false}}"), Ok(vec![3]));
        assert_eq!(select("{system: {not: ours}}"), Ok(vec![1, 3]));
        assert_eq!(select("{ok: true, size: {given: true}}"), Ok(vec![0, 2]));
    }

    #[test]
    fn what_no_row_can_keep_is_told() {
        assert_eq!(select("{sistem: ours}"), Err(vec!["there is no column `sistem`".to_owned()]));
        assert_eq!(select("{system: our}"), Err(vec!["no row has `our` in the column `system`".to_owned()]));
        assert_eq!(select("{size: 65}"), Err(vec!["no row has `65` in the column `size`".to_owned()]));
        let bounded = select("{system: {above: 1}}").unwrap_err();
        assert!(bounded[0].contains("holds words such as `ours`"), "{bounded:?}");
    }

    #[test]
    fn conditions_are_said_in_words() {
        let said = |text: &str| serde_saphyr::from_str::<Condition>(text).unwrap().to_string();
        assert_eq!(said("ours"), "= ours");
        assert_eq!(said("[1, 2]"), "one of 1, 2");
        assert_eq!(said("{at_least: 1, not: 3}"), "≥ 1 and ≠ 3");
    }
}
