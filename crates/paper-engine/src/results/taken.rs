//! Facts that are taken of the rows of a source.

use std::collections::BTreeMap;

use super::frame::{Cell, Frame};
use super::names::{Values, is_plain, plain_name};
use super::read;
use super::select::{self, Condition};
use super::spec::{Empty, FactRule, place};
use super::statistic::{Statistic, Take};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::facts::{Fact, Grade, Unit, Value};
use crate::model::Read;

/// A fact, or a family of them, with the rows that it is taken of.
pub struct Taken<'s> {
    /// How it is made.
    pub rule: &'s FactRule<'s>,
    /// The name of the source.
    pub from: &'s str,
    /// What is taken of its rows.
    pub take: &'s Take,
    /// The rows.
    pub frame: &'s Frame,
    /// What its author says of the source.
    pub about: Option<&'s str>,
}

/// The rows of one fact.
struct Group {
    /// What stands in its name for each column.
    values: Values,
    /// What stands in the columns, in words.
    said: Vec<String>,
    rows: Vec<usize>,
}

impl Taken<'_> {
    /// Returns the facts by their names, each with what stands in its name for each column.
    ///
    /// # Errors
    /// Columns that are not there, values that are no numbers, and rows that no fact can be made of, located.
    pub fn facts(&self) -> Result<Vec<(String, Values, Fact)>, Diagnostics> {
        let Self { rule, frame, .. } = self;
        let mut errors = Diagnostics::default();
        let rows = errors.take(self.rows()).unwrap_or_default();
        let take_at = rule.spec.take.as_ref().map_or_else(|| rule.at.clone(), place);
        let named = rule.pattern.columns().map(|column| (column, &rule.at));
        let taken = self.take.columns.iter().map(|column| (column.as_str(), &take_at));
        for (column, at) in named.chain(taken) {
            if frame.column(column).is_none() {
                let error = Diagnostic::new(at.clone(), format!("there is no column `{column}`"));
                errors.push(error.suggest(column, frame.names()));
            }
        }
        errors.into_result(())?;
        if rows.is_empty() {
            let message = format!("no row of `{}` enters `{}`", self.from, rule.written);
            return Err(Diagnostic::new(rule.at.clone(), message)
                .remedy("ask for less under `where`")
                .into());
        }
        let mut errors = Diagnostics::default();
        let mut facts = Vec::new();
        for (name, group) in self.groups(&rows)? {
            if let Some(fact) = errors.take(self.fact(&name, &group)) {
                facts.push((name, group.values, fact));
            }
        }
        errors.into_result(facts)
    }

    fn rows(&self) -> Result<Vec<usize>, Diagnostics> {
        let Self { rule, frame, .. } = self;
        select::rows(frame, &rule.spec.conditions).map_err(|wrong| {
            let told = wrong.into_iter().map(|wrong| {
                let condition = rule.spec.conditions.get(&wrong.column);
                let meant = match condition.map(|condition| &condition.value) {
                    Some(Condition::Is(value)) if frame.column(&wrong.column).is_some() => value.to_string(),
                    _ => wrong.column,
                };
                let at = condition.map_or_else(|| rule.at.clone(), place);
                Diagnostic::new(at, wrong.message).suggest(&meant, wrong.known.iter().map(String::as_str))
            });
            Diagnostics(told.collect())
        })
    }

    /// Returns the rows of each fact, by its name.
    fn groups(&self, rows: &[usize]) -> Result<BTreeMap<String, Group>, Diagnostics> {
        let Self { rule, frame, .. } = self;
        let refuse = |message: String, remedy: String| {
            Err(Diagnostics::from(Diagnostic::new(rule.at.clone(), message).remedy(remedy)))
        };
        let mut groups: BTreeMap<String, Group> = BTreeMap::new();
        for &row in rows {
            let (mut values, mut said) = (Values::new(), Vec::new());
            for column in rule.pattern.columns() {
                let value = frame.column(column).map_or(Cell::Empty, |column| column.cell(row)).to_string();
                if value.is_empty() {
                    let message = format!("`{column}` is empty here, and names facts");
                    let remedy =
                        format!("give it a value, or ask for `{column}: {{given: true}}` under `where`");
                    return Err(Diagnostic::new(frame.place(row), message).remedy(remedy).into());
                }
                let renamed = rule.spec.names.get(column).and_then(|names| names.get(&value));
                let word = renamed.unwrap_or(&value);
                if !is_plain(word) {
                    let message = format!(
                        "the value `{value}` of the column `{column}` cannot stand in a name of a fact"
                    );
                    let name = plain_name(&value);
                    return refuse(message, format!("say `names: {{{column}: {{\"{value}\": {name}}}}}`"));
                }
                said.push(format!("{column} = {value}"));
                values.insert(column.to_owned(), word.clone());
            }
            let name = rule.pattern.with(&values).unwrap_or_default();
            let group =
                groups.entry(name).or_insert_with(|| Group { values, said: said.clone(), rows: Vec::new() });
            if group.said != said {
                let message = format!("{} and {} make one name", group.said.join(", "), said.join(", "));
                return refuse(message, "give them different `names`".to_owned());
            }
            group.rows.push(row);
        }
        Ok(groups)
    }

    fn fact(&self, name: &str, group: &Group) -> Result<Fact, Diagnostics> {
        let Self { rule, take, frame, .. } = self;
        let mut rows = group.rows.clone();
        if rule.spec.empty == Some(Empty::Skip) {
            let columns: Vec<_> = take.columns.iter().filter_map(|column| frame.column(column)).collect();
            rows.retain(|row| columns.iter().all(|column| column.cell(*row) != Cell::Empty));
        }
        let stated = rule.spec.unit.as_ref().map(|unit| unit.value);
        if let (Statistic::Only, [row], [column]) = (take.statistic, rows.as_slice(), take.columns.as_slice())
            && let Some(Cell::Word(word)) = frame.column(column).map(|column| column.cell(*row))
            && word.parse::<f64>().is_err()
        {
            return Ok(self.written(Value::Text(word.to_owned()), Unit::TEXT, group, rows.len()));
        }
        if take.statistic == Statistic::Only && stated.is_none() {
            let message = format!("`{name}` is a number, and nothing tells its unit");
            let remedy = "say `unit: ms` or the like, as the file has it; `unit: 1` for a plain number";
            return Err(Diagnostic::new(rule.at.clone(), message).remedy(remedy).into());
        }
        self.check_numbers(name, &rows)?;
        let numbers: Vec<Vec<f64>> = match take.statistic {
            Statistic::Count => vec![vec![0.0; rows.len()]],
            Statistic::Distinct => take.columns.iter().map(|column| distinct(frame, column, &rows)).collect(),
            _ => take.columns.iter().map(|column| read::numbers(frame, column, &rows)).collect(),
        };
        let numbers: Vec<&[f64]> = numbers.iter().map(Vec::as_slice).collect();
        let Some(value) = take.statistic.of(&numbers) else {
            let message =
                format!("`{name}` has no {take} over {} rows: {}", rows.len(), take.statistic.why_not());
            let error = Diagnostic::new(rule.at.clone(), message);
            return Err(error.remedy("take something else, or other rows").into());
        };
        let usual = if take.statistic == Statistic::Correlation { Unit::ONE } else { Unit::COUNT };
        let mut fact = self.written(Value::Number(value), stated.unwrap_or(usual), group, rows.len());
        if let Some(entry) = &rule.spec.interval {
            let interval = entry.value.spec();
            let found = interval.of(take.statistic, &numbers);
            fact.interval = Some(found.map_err(|message| {
                Diagnostic::new(place(entry), format!("`{name}` has no interval: {message}"))
                    .remedy("take it of other rows, or state it with its source")
            })?);
            fact.interval_holds = Some(interval.words());
        }
        Ok(fact)
    }

    /// Refuses rows in which no number stands.
    fn check_numbers(&self, name: &str, rows: &[usize]) -> Result<(), Diagnostics> {
        let Self { take, frame, .. } = self;
        if take.statistic == Statistic::Distinct {
            return Ok(());
        }
        for column in &take.columns {
            let Some(row) = read::no_number(frame, column, rows) else { continue };
            let cell = frame.column(column).map_or(Cell::Empty, |column| column.cell(row));
            let (found, remedy) = match cell {
                Cell::Empty => ("empty".to_owned(), "give it a value, or say `empty: skip` at the fact"),
                cell => (format!("`{cell}`"), "correct the file, or leave the row out under `where`"),
            };
            let message = format!("`{column}` is {found} here, and `{name}` takes numbers of it");
            return Err(Diagnostic::new(frame.place(row), message).remedy(remedy).into());
        }
        Ok(())
    }

    /// Returns a fact with what was taken of how many rows, and how many were left out.
    fn written(&self, value: Value, unit: Unit, group: &Group, rows: usize) -> Fact {
        let Self { rule, from, take, frame, about } = self;
        let conditions = rule.spec.conditions.iter();
        let conditions = conditions.map(|(column, condition)| format!("{column} {}", condition.value));
        let conditions: Vec<String> = conditions.chain(group.said.iter().cloned()).collect();
        let of =
            if conditions.is_empty() { String::new() } else { format!(" with {}", conditions.join(", ")) };
        let skipped = match group.rows.len() - rows {
            0 => String::new(),
            left_out => format!("; {left_out} without a value are left out"),
        };
        let rows = if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
        let files: Vec<String> = frame.files.iter().map(|file| file.display().to_string()).collect();
        Fact {
            rests_on: vec![Read::Source((*from).to_owned())],
            formula: format!("{take} over {rows} of `{from}`{of}{skipped}"),
            source: files.join(", ") + &about.map_or(String::new(), |about| format!("; {}", about.trim())),
            ..Fact::new(value, unit, Grade::Measured)
        }
    }
}

/// Returns a number for each value of a column, the same for the same value.
fn distinct(frame: &Frame, column: &str, rows: &[usize]) -> Vec<f64> {
    let Some(column) = frame.column(column) else { return Vec::new() };
    let mut known: BTreeMap<String, f64> = BTreeMap::new();
    let cells = rows.iter().map(|row| column.cell(*row)).filter(|cell| *cell != Cell::Empty);
    let number = |cell: Cell<'_>| {
        let next = known.len() as f64;
        *known.entry(cell.to_string()).or_insert(next)
    };
    cells.map(number).collect()
}
