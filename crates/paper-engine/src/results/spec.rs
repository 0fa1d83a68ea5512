//! `paper/results.yaml` as an author writes it.

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::formula::Formula;
use super::interval::{IntervalEntry, IntervalSpec};
use super::names::Pattern;
use super::read::SourceSpec;
pub use super::read::place;
use super::select::{CellSpec, Condition, Empty, RowsSpec};
use super::statistic::{Statistic, Take};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::source::RESULTS_FILE;
use crate::units::{Unit, UnitSpec};

/// The description of an author's results.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Results")]
pub struct ResultsSpec {
    /// Files of rows, by the names that facts call them by.
    #[schemars(with = "BTreeMap<String, SourceSpec>")]
    pub sources: BTreeMap<String, Spanned<SourceSpec>>,
    /// Units that no others make, such as `req`, each with what readers see.
    #[schemars(with = "BTreeMap<String, UnitSpec>")]
    pub units: BTreeMap<String, Spanned<UnitSpec>>,
    /// Numbers, by dotted names; `{column}` in a name makes a fact for each value of that column.
    #[schemars(with = "BTreeMap<String, FactSpec>")]
    pub facts: BTreeMap<String, Spanned<FactSpec>>,
}

/// A number of a paper, or a family of them: taken of rows (`from` and `take`, or `query`), or of other facts
/// (`formula`).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ResultFact")]
pub struct FactSpec {
    /// The source whose rows enter.
    #[schemars(with = "Option<String>")]
    pub from: Option<Spanned<String>>,
    /// What is taken of them: a statistic and a column, such as `median latency_ms`; `count` counts rows.
    #[schemars(with = "Option<String>")]
    pub take: Option<Spanned<String>>,
    /// What is asked of sources in SQL, as tables of their names: a query that gives one value, or beside it the columns
    /// in the name of the fact.
    #[schemars(with = "Option<String>")]
    pub query: Option<Spanned<String>>,
    /// What follows from other facts: their names, numbers, `+ - * /` with spaces around them, and parentheses.
    #[schemars(with = "Option<String>")]
    pub formula: Option<Spanned<String>>,
    /// Which rows enter, by column: a value, a list of values, or bounds.
    #[schemars(with = "BTreeMap<String, Condition>")]
    #[serde(default, rename = "where")]
    pub conditions: BTreeMap<String, Spanned<Condition>>,
    /// For what compares two groups, such as `welch p latency_ms`: a column, and the value of each group.
    #[schemars(with = "BTreeMap<String, [CellSpec; 2]>")]
    #[serde(default)]
    pub between: BTreeMap<String, Spanned<[CellSpec; 2]>>,
    /// The unit in which the file has it, or in which a formula is stated.
    #[schemars(with = "Option<Unit>")]
    pub unit: Option<Spanned<Unit>>,
    /// How the interval around it is found; none where nothing is said.
    #[schemars(with = "Option<IntervalEntry>")]
    pub interval: Option<Spanned<IntervalEntry>>,
    /// For columns that name facts, what stands in a name for a value.
    #[serde(default)]
    pub names: BTreeMap<String, BTreeMap<String, String>>,
    /// What becomes of rows whose cell is empty; an error where nothing is said.
    pub empty: Option<Empty>,
}

/// How a fact is made, once it is clear that it can be.
#[derive(Clone, Debug)]
pub enum Made<'s> {
    /// Of the rows of a source.
    Taken {
        /// The rows.
        rows: RowsSpec<'s>,
        /// What is taken.
        take: Take,
    },
    /// By a query over sources.
    Asked {
        /// The rows that it gives.
        rows: RowsSpec<'s>,
    },
    /// Of other facts.
    Derived(Formula),
}

/// A fact or a family of them, read.
#[derive(Clone, Debug)]
pub struct FactRule<'s> {
    /// The name as it is written.
    pub written: &'s str,
    /// The name in parts.
    pub pattern: Pattern,
    /// How it is made.
    pub made: Made<'s>,
    /// Whatever else is said of it.
    pub spec: &'s FactSpec,
    /// Where it stands.
    pub at: Location,
}

impl ResultsSpec {
    /// Returns how each fact is made, in order of their names.
    ///
    /// # Errors
    /// Everything that is wrong with them whatever the rows are.
    pub fn rules(&self) -> Result<Vec<FactRule<'_>>, Diagnostics> {
        let mut errors = Diagnostics::default();
        for (key, unit) in self.units.iter().filter(|(key, _)| Unit::is_given(key)) {
            let error = Diagnostic::new(place(unit), format!("`{key}` is a unit already"));
            errors.push(error.remedy("give this one another name"));
        }
        let rules = self.facts.iter().filter_map(|(name, fact)| errors.take(self.rule(name, fact)));
        let rules = rules.collect();
        errors.into_result(rules)
    }

    fn rule<'s>(
        &'s self,
        written: &'s str,
        fact: &'s Spanned<FactSpec>,
    ) -> Result<FactRule<'s>, Diagnostics> {
        let (spec, at) = (&fact.value, place(fact));
        let mut errors = Diagnostics::default();
        let pattern = Pattern::read(written).map_err(|message| {
            Diagnostics::from(
                Diagnostic::new(at.clone(), message).remedy("write a name such as latency.{system}"),
            )
        });
        let pattern = errors.take(pattern);
        let made = errors.take(self.made(written, spec, &at));
        if let (Some(pattern), Some(Made::Derived(formula))) = (&pattern, &made) {
            errors.0.extend(unnamed(pattern, formula, spec));
        }
        if let Some(interval) = &spec.interval {
            errors.take(interval.value.at(place(interval)).map_err(Diagnostics::from));
        }
        let rule = pattern.zip(made).map(|(pattern, made)| FactRule { written, pattern, made, spec, at });
        errors.require(rule)
    }

    fn made<'s>(&'s self, written: &str, spec: &'s FactSpec, at: &Location) -> Result<Made<'s>, Diagnostics> {
        let wrong = |at: Location, message: String, remedy: &str| {
            Err(Diagnostics::from(Diagnostic::new(at, message).remedy(remedy)))
        };
        match (&spec.from, &spec.take, &spec.query, &spec.formula) {
            (Some(from), Some(take), None, None) => {
                let rows = RowsSpec {
                    file: Path::new(RESULTS_FILE),
                    from,
                    conditions: &spec.conditions,
                    empty: spec.empty,
                };
                if !self.sources.contains_key(&from.value) {
                    return Err(rows.unknown(self.sources.keys()).into());
                }
                let read = Take::at(&take.value, place(take))?;
                let is_comparison = matches!(read.statistic, Statistic::Compared(_));
                if is_comparison != (spec.between.len() == 1) {
                    let message = match is_comparison {
                        true => format!("`{written}` compares two groups, and nothing tells which"),
                        false => format!("`{written}` compares nothing between groups"),
                    };
                    let remedy = "say `between: {system: [ours, base]}` beside a comparison such as `welch p latency_ms`";
                    return wrong(at.clone(), message, remedy);
                }
                if let Some(interval) = spec.interval.as_ref().filter(|_| is_comparison) {
                    let message = "no interval is computed around what compares two groups".to_owned();
                    return wrong(place(interval), message, "take it out");
                }
                let is_bare = is_comparison
                    || matches!(
                        read.statistic,
                        Statistic::Count | Statistic::Distinct | Statistic::Only | Statistic::Correlation
                    );
                if spec.unit.is_none() && !is_bare {
                    let message = format!("nothing tells the unit of `{written}`");
                    let remedy =
                        "say `unit: ms` or the like, as the file has it; `unit: 1` for a plain number";
                    return wrong(at.clone(), message, remedy);
                }
                Ok(Made::Taken { rows, take: read })
            }
            (None, None, Some(query), None) => {
                if !spec.conditions.is_empty() || !spec.between.is_empty() || spec.empty.is_some() {
                    let message =
                        format!("`{written}` is asked for by a query, which says itself what enters");
                    return wrong(at.clone(), message, "write it into the query, after WHERE");
                }
                let is_stated =
                    |entry: &&Spanned<IntervalEntry>| matches!(entry.value.spec(), IntervalSpec::Stated(_));
                if let Some(interval) = spec.interval.as_ref().filter(|entry| !is_stated(entry)) {
                    let message = format!("the rows behind `{written}` are known to its query alone");
                    let remedy = "say `stated`, or make the query a source and take the fact of its rows";
                    return wrong(place(interval), message, remedy);
                }
                let (file, conditions) = (Path::new(RESULTS_FILE), &spec.conditions);
                Ok(Made::Asked { rows: RowsSpec { file, from: query, conditions, empty: None } })
            }
            (None, None, None, Some(formula)) => {
                let is_of_rows = !spec.conditions.is_empty()
                    || !spec.names.is_empty()
                    || !spec.between.is_empty()
                    || spec.empty.is_some();
                if is_of_rows || spec.interval.is_some() {
                    let message = format!("`{written}` follows from facts, and no row enters it");
                    let remedy = "take `where`, `names`, `empty` and `interval` out: its interval follows from its parts";
                    return wrong(at.clone(), message, remedy);
                }
                let read = Formula::read(&formula.value).and_then(|read| {
                    read.names().into_iter().try_for_each(|name| Pattern::read(name).map(drop))?;
                    Ok(read)
                });
                match read {
                    Ok(read) => Ok(Made::Derived(read)),
                    Err(message) => {
                        let remedy =
                            "write names of facts and numbers with `+`, `-`, `*` and `/` between them";
                        wrong(place(formula), message, remedy)
                    }
                }
            }
            _ => {
                let message = format!("`{written}` says not how it is made");
                wrong(at.clone(), message, "say `from` and `take`, or `query` or `formula` alone")
            }
        }
    }
}

/// Reports columns of a formula that the name of its fact lacks: several facts would have one name.
fn unnamed(pattern: &Pattern, formula: &Formula, spec: &FactSpec) -> Option<Diagnostic> {
    let read = formula.names().into_iter().filter_map(|name| Pattern::read(name).ok());
    let columns: Vec<String> =
        read.flat_map(|name| name.columns().map(str::to_owned).collect::<Vec<_>>()).collect();
    let column = columns.iter().find(|column| pattern.columns().all(|own| own != column.as_str()))?;
    let message = format!("`{{{column}}}` stands in the formula, and not in the name of what it makes");
    let error = Diagnostic::new(place(spec.formula.as_ref()?), message);
    Some(error.remedy(format!("write `{{{column}}}` into the name, or one of its values into the formula")))
}
