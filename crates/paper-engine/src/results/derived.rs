//! Facts that follow from other facts by a formula.

use std::collections::{BTreeMap, BTreeSet};

use super::formula::{Formula, Made, Operand};
use super::names::{Pattern, Values};
use super::spec::{FactRule, Made as Rule, place};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::{Fact, Facts, Grade, Unit, Value};

/// Names of facts, each with what stands in it for each column.
pub type Known = BTreeMap<String, Values>;

/// One fact that follows from others.
pub struct Derived<'s> {
    /// Its name.
    pub name: String,
    /// What stands in it for each column.
    pub values: Values,
    formula: Formula,
    rule: &'s FactRule<'s>,
    at: Location,
}

impl<'s> Derived<'s> {
    /// Returns the facts of a family: one for each choice of values for which the first facts of its formula with
    /// those columns are there.
    pub fn family(rule: &'s FactRule<'s>, known: &Known) -> Vec<Self> {
        let Rule::Derived(formula) = &rule.made else { return Vec::new() };
        let at = rule.spec.formula.as_ref().map_or_else(|| rule.at.clone(), place);
        let mut choices = BTreeSet::from([Values::new()]);
        for pattern in formula.names().into_iter().filter_map(|name| Pattern::read(name).ok()) {
            let is_bound = |values: &Values| pattern.columns().all(|column| values.contains_key(column));
            if choices.iter().all(is_bound) {
                continue;
            }
            let of_name = known.iter().filter(|(name, values)| pattern.with(values).as_ref() == Some(*name));
            let of_name: Vec<Values> = of_name.map(|(_, values)| pattern.part(values)).collect();
            let fits = |choice: &Values, values: &Values| {
                values.iter().all(|(column, value)| choice.get(column).is_none_or(|chosen| chosen == value))
            };
            let joined = choices.iter().flat_map(|choice| {
                let fitting = of_name.iter().filter(|values| fits(choice, values));
                fitting.map(|values| choice.clone().into_iter().chain(values.clone()).collect())
            });
            choices = joined.collect();
        }
        let one = |values: Values| {
            let fill = |name: &str| {
                let filled = Pattern::read(name).ok().and_then(|pattern| pattern.with(&values));
                filled.unwrap_or_else(|| name.to_owned())
            };
            let (name, formula) = (rule.pattern.with(&values)?, formula.with_names(&fill));
            Some(Self { name, values: rule.pattern.part(&values), formula, rule, at: at.clone() })
        };
        choices.into_iter().filter_map(one).collect()
    }

    /// Returns the names of the facts that it needs and that are not there.
    pub fn missing(&self, facts: &Facts) -> Vec<&str> {
        self.formula.names().into_iter().filter(|name| facts.get(name).is_none()).collect()
    }

    /// Returns an error for each fact that it needs and nothing makes; one that is described waits for this one.
    pub fn unmade(&self, facts: &Facts, is_described: impl Fn(&str) -> bool) -> Vec<Diagnostic> {
        let told = |name| match is_described(name) {
            true => {
                let message = format!("`{}` waits for `{name}`, which is never made", self.name);
                Diagnostic::new(self.at.clone(), message).remedy("let no fact follow from itself")
            }
            false => facts.unknown(name, self.at.clone(), format!("no fact is called `{name}`")),
        };
        self.missing(facts).into_iter().map(told).collect()
    }

    /// Computes it.
    ///
    /// # Errors
    /// Why it has no value, and units that do not fit, located.
    pub fn fact(&self, facts: &Facts) -> Result<Fact, Diagnostics> {
        let parts: Vec<&Fact> = self.formula.names().into_iter().filter_map(|name| facts.get(name)).collect();
        let operand = |name: &str| {
            let fact = facts.get(name)?;
            Some(Operand { value: fact.number()?, interval: fact.interval, unit: fact.unit })
        };
        let wrong = |message: String, remedy: &str| {
            Diagnostics::from(Diagnostic::new(self.at.clone(), message).remedy(remedy))
        };
        let made = self.formula.of(&operand).map_err(|message| {
            wrong(
                format!("`{}` has no value: {message}", self.name),
                "correct the formula, or what it starts from",
            )
        })?;
        let unit = self.unit(&made)?;
        let scale = unit.sized().size;
        if !(made.value / scale).is_finite() {
            return Err(wrong(
                format!("`{}` is not finite", self.name),
                "divide by something that is not zero",
            ));
        }
        let has_interval = parts.iter().any(|fact| fact.interval.is_some());
        let sources: BTreeSet<&str> = parts.iter().map(|fact| fact.source.as_str()).collect();
        let inputs: BTreeSet<&String> = parts.iter().flat_map(|fact| &fact.inputs).collect();
        let rests_on: BTreeSet<_> = parts.iter().flat_map(|fact| &fact.rests_on).collect();
        Ok(Fact {
            interval: has_interval.then_some((made.ends.0 / scale, made.ends.1 / scale)),
            interval_holds: has_interval.then(|| "what the intervals of its parts allow".to_owned()),
            inputs: inputs.into_iter().cloned().collect(),
            rests_on: rests_on.into_iter().cloned().collect(),
            formula: self.formula.to_string(),
            source: Vec::from_iter(sources).join(", "),
            ..Fact::new(Value::Number(made.value / scale), unit, grade(&parts))
        })
    }

    /// Returns the unit: the one that is asked for, that of a part that measures the same, or none of a ratio.
    fn unit(&self, made: &Made) -> Result<Unit, Diagnostics> {
        let dimensions = &made.size.dimensions;
        if let Some(stated) = &self.rule.spec.unit {
            if stated.value.sized().dimensions == *dimensions {
                return Ok(stated.value);
            }
            let measures = made.size.measures();
            let measures = if measures.is_empty() { "a plain number" } else { &measures };
            let message =
                format!("`{}` measures {measures}, which `{}` does not", self.name, stated.value.key());
            return Err(Diagnostic::new(place(stated), message)
                .remedy("write a unit of that, or another formula")
                .into());
        }
        if let Some(unit) = made.unit.filter(|unit| unit.sized().dimensions == *dimensions) {
            return Ok(unit);
        }
        if dimensions.is_empty() {
            return Ok(if matches!(self.formula, Formula::Both(super::formula::Sign::Over, ..)) {
                Unit::TIMES
            } else {
                Unit::ONE
            });
        }
        let message =
            format!("`{}` measures {}, and nothing tells in which unit", self.name, made.size.measures());
        Err(Diagnostic::new(self.rule.at.clone(), message).remedy("say `unit: GB/s` or the like").into())
    }
}

/// Returns the grade of what follows from facts: that of the weakest.
fn grade(parts: &[&Fact]) -> Grade {
    let has = |grade: Grade| parts.iter().any(|fact| fact.grade == grade);
    if has(Grade::Derived) || has(Grade::Quoted) {
        Grade::Derived
    } else if has(Grade::Assumption) {
        Grade::Assumption
    } else if has(Grade::Measured) {
        Grade::Measured
    } else {
        Grade::Computed
    }
}
