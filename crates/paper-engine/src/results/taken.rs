//! Facts that are taken of the rows of a source.

use std::collections::BTreeMap;

use super::frame::{Cell, Column};
use super::names::{Values, is_plain, plain_name};
use super::rows::{Frames, Measure, Rows};
use super::select::RowsSpec;
use super::spec::{FactRule, place};
use super::statistic::{Statistic, Take};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::{Entered, Fact, Grade, Unit, Value};
use crate::model::Read;

/// A fact, or a family of them, with the rows that it is taken of.
pub struct Taken<'s> {
    rule: &'s FactRule<'s>,
    take: &'s Take,
    rows: Rows<'s>,
}

/// The most rows that are kept with a fact.
const MOST_KEPT: usize = 2000;

/// The rows of one fact.
struct Group {
    /// What stands in its name for each column.
    values: Values,
    /// What stands in the columns, in words.
    said: Vec<String>,
    rows: Vec<usize>,
}

impl<'s> Taken<'s> {
    /// Finds the rows of a fact that is taken of those of a source.
    ///
    /// # Errors
    /// Those of the source, columns that are not there, and conditions that no row keeps, located.
    pub fn of(
        rule: &'s FactRule<'s>,
        spec: RowsSpec<'s>,
        take: &'s Take,
        frames: &'s Frames,
    ) -> Result<Self, Diagnostics> {
        let take_at = rule.spec.take.as_ref().map_or_else(|| rule.at.clone(), place);
        let named = rule.pattern.columns().map(|column| (column, rule.at.clone()));
        let taken = take.columns.iter().map(|column| (column.as_str(), take_at.clone()));
        let between = rule.spec.between.iter().map(|(column, groups)| (column.as_str(), place(groups)));
        let (mut rows, columns) =
            frames.rows(spec, &named.chain(taken).chain(between).collect::<Vec<_>>())?;
        // Rows of neither group do not enter.
        for (groups, column) in rule.spec.between.values().zip(columns.last()) {
            rows.chosen.retain(|row| groups.value.iter().any(|value| value.is(column.cell(*row))));
        }
        if rows.chosen.is_empty() {
            let message = format!("no row of `{}` enters `{}`", spec.from.value, rule.written);
            return Err(Diagnostic::new(rule.at.clone(), message)
                .remedy("ask for less under `where`")
                .into());
        }
        Ok(Self { rule, take, rows })
    }

    /// Returns the facts by their names, each with what stands in its name for each column.
    ///
    /// # Errors
    /// Values that are no numbers, and rows that no fact can be made of, located.
    pub fn facts(&self) -> Result<Vec<(String, Values, Fact)>, Diagnostics> {
        let mut errors = Diagnostics::default();
        let mut facts = Vec::new();
        for (name, group) in self.groups()? {
            if let Some(fact) = errors.take(self.fact(&name, &group)) {
                facts.push((name, group.values, fact));
            }
        }
        errors.into_result(facts)
    }

    /// Returns the rows that enter one fact; nothing where it is none of these.
    ///
    /// # Errors
    /// Rows that no fact can be made of, located.
    pub fn entered(&self, name: &str) -> Result<Option<Entered>, Diagnostics> {
        Ok(self.groups()?.get(name).map(|group| self.rows_of(group)))
    }

    fn rows_of(&self, group: &Group) -> Entered {
        let Rows { spec, frame, .. } = &self.rows;
        let between = self.rule.spec.between.keys().map(String::as_str);
        let named =
            self.rule.pattern.columns().chain(between).chain(self.take.columns.iter().map(String::as_str));
        let asked = spec.conditions.keys().map(String::as_str);
        let mut columns: Vec<&Column> = Vec::new();
        for column in asked.chain(named).filter_map(|name| frame.column(name)) {
            if !columns.iter().any(|known| known.name == column.name) {
                columns.push(column);
            }
        }
        let taken: Vec<&Column> =
            self.take.columns.iter().filter_map(|column| frame.column(column)).collect();
        let row = |row: usize| {
            let Location { file, line, .. } = frame.place(row);
            let cells = columns.iter().map(|column| column.cell(row).to_string());
            (format!("{}:{line}", file.display()), cells.collect())
        };
        Entered {
            sources: self.rows.sources().to_vec(),
            columns: columns.iter().map(|column| column.name.clone()).collect(),
            rows: self.rows.given(&taken, &group.rows).into_iter().map(row).collect(),
        }
    }

    /// Returns the rows of each fact, by its name.
    fn groups(&self) -> Result<BTreeMap<String, Group>, Diagnostics> {
        let Self { rule, rows: Rows { frame, chosen, .. }, .. } = self;
        let refuse = |message: String, remedy: String| {
            Err(Diagnostics::from(Diagnostic::new(rule.at.clone(), message).remedy(remedy)))
        };
        let mut groups: BTreeMap<String, Group> = BTreeMap::new();
        for &row in chosen {
            let (mut values, mut said) = (Values::new(), Vec::new());
            for column in rule.pattern.columns() {
                let value = frame.column(column).map_or(Cell::Empty, |column| column.cell(row)).to_string();
                if value.is_empty() {
                    let message = format!("`{column}` is empty here, and names facts");
                    let remedy =
                        format!("give it a value, or ask for `{column}: {{given: true}}` under `where`");
                    return Err(Diagnostic::new(frame.cell_place(row, column), message)
                        .remedy(remedy)
                        .into());
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
        let Self { rule, take, rows } = self;
        let columns: Vec<_> = take.columns.iter().filter_map(|column| rows.frame.column(column)).collect();
        let stated = rule.spec.unit.as_ref().map(|unit| unit.value);
        if take.statistic == Statistic::Only {
            let given = rows.given(&columns, &group.rows);
            if let ([row], [column]) = (given.as_slice(), columns.as_slice())
                && let Cell::Word(word) = column.cell(*row)
                && word.parse::<f64>().is_err()
            {
                return Ok(self.written(Value::Text(word.to_owned()), Unit::TEXT, group, 1));
            }
            if stated.is_none() {
                let message = format!("`{name}` is a number, and nothing tells its unit");
                let remedy = "say `unit: ms` or the like, as the file has it; `unit: 1` for a plain number";
                return Err(Diagnostic::new(rule.at.clone(), message).remedy(remedy).into());
            }
        }
        let interval = rule.spec.interval.as_ref().map(|entry| (entry.value.spec(), place(entry)));
        let measure = Measure { take, interval: interval.as_ref().map(|(interval, at)| (*interval, at)) };
        let whose = format!("`{name}`");
        let compared = rule.spec.between.iter().next();
        let compared = compared.and_then(|(column, groups)| Some((rows.frame.column(column)?, groups)));
        let found = match compared {
            Some((column, groups)) => {
                let between = (column, &groups.value, &place(groups));
                rows.compare(take, between, &group.rows, (&whose, &rule.at))?
            }
            None => rows.measure(measure, &group.rows, (&whose, &rule.at))?,
        };
        let usual = match take.statistic {
            Statistic::Correlation | Statistic::Compared(_) => Unit::ONE,
            _ => Unit::COUNT,
        };
        let value = Value::Number(found.value);
        let mut fact = self.written(value, stated.unwrap_or(usual), group, found.rows);
        fact.interval = found.interval;
        fact.interval_holds = interval.map(|(interval, _)| interval.words());
        Ok(fact)
    }

    /// Returns a fact with what was taken of how many rows, and how many were left out.
    fn written(&self, value: Value, unit: Unit, group: &Group, count: usize) -> Fact {
        let Self { take, rows, .. } = self;
        let skipped = match group.rows.len() - count {
            0 => String::new(),
            left_out => format!("; {left_out} without a value are left out"),
        };
        let between = self.rule.spec.between.iter().map(|(column, groups)| {
            let [one, other] = &groups.value;
            format!(" between {column} = {one} and {column} = {other}")
        });
        let between: String = between.collect();
        let about = rows.about.map_or(String::new(), |about| format!("; {}", about.trim()));
        Fact {
            rests_on: rows.sources().iter().cloned().map(Read::Source).collect(),
            formula: format!("{take}{between} over {}{skipped}", rows.told(count, &group.said)),
            source: rows.files() + &about,
            entered: (count <= MOST_KEPT).then(|| self.rows_of(group)),
            ..Fact::new(value, unit, Grade::Measured)
        }
    }
}
