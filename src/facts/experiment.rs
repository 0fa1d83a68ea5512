//! What an experiment is, and how it writes its facts down.

use std::collections::BTreeMap;

use super::{Fact, Grade, Published, Unit, Value};
use crate::model::{self, Model, Span};
use crate::sim::sampling::{Distribution, sample};

/// The samples behind every interval.
const SAMPLES: usize = 2000;
/// The samples behind an interval when each takes a simulation.
const FEW_SAMPLES: usize = 100;
/// The seed of these samples.
const SEED: u64 = 1;
/// The inputs that are named as moving a fact most.
const STRONGEST: usize = 3;

/// How an input is sampled; one that is not assumed has one value.
pub(super) fn distribution(model: &Model, name: &str) -> Distribution {
    let value = model.value(name);
    let range = model.get(name).and_then(|input| Some((input.range?, input.distribution?)));
    match range {
        Some(((low, high), model::Distribution::Uniform)) => Distribution::Uniform { low, high },
        Some(((low, high), model::Distribution::LogUniform)) => Distribution::LogUniform { low, high },
        Some(((low, high), model::Distribution::Triangular)) => {
            Distribution::Triangular { low, mode: value, high }
        }
        None => Distribution::Uniform { low: value, high: value },
    }
}

/// A named computation from inputs to facts.
pub struct Experiment {
    /// Name on the command line and in the cache.
    pub id: &'static str,
    /// What it computes, in one sentence.
    pub summary: &'static str,
    /// Inputs it reads; a change of any of them runs it again.
    pub inputs: &'static [&'static str],
    /// Shapes of the stored switch maps it reads.
    pub maps: &'static [&'static str],
    /// Published results that stand beside its facts; it never starts from them.
    pub published: &'static [&'static str],
    /// Computes its facts.
    pub run: fn(&Model, &mut Writer<'_>),
}

/// Collects the facts of one experiment.
pub struct Writer<'a> {
    model: &'a Model,
    facts: BTreeMap<String, Fact>,
}

/// How a fact is computed: unit, inputs, formula and source.
#[derive(Clone, Copy)]
pub struct Basis<'a> {
    /// Unit of the value.
    pub unit: Unit,
    /// Inputs it depends on.
    pub inputs: &'a [&'a str],
    /// How it is computed, in one line.
    pub formula: &'a str,
    /// Where the formula comes from.
    pub source: &'a str,
}

impl<'a> Writer<'a> {
    /// Starts with no facts.
    pub fn new(model: &'a Model) -> Self {
        Self { model, facts: BTreeMap::new() }
    }

    /// Writes a computed number; it is an assumption when one of its inputs is.
    pub fn number(&mut self, name: impl Into<String>, value: f64, basis: Basis<'_>) {
        self.insert(name.into(), Value::Number(value), basis, None);
    }

    /// Writes a computed number beside its published counterpart, a published result of that name, if any.
    pub fn beside<'p>(
        &mut self,
        name: impl Into<String>,
        value: f64,
        basis: Basis<'_>,
        published: impl Into<Option<&'p str>>,
    ) {
        let published = published.into().and_then(|result| self.counterpart(result));
        self.insert(name.into(), Value::Number(value), basis, published);
    }

    /// Writes a number that rests on assumptions: the median over their ranges, with 5 to 95 % of them.
    pub fn assumed(
        &mut self,
        name: impl Into<String>,
        median: f64,
        interval: [f64; 2],
        basis: Basis<'_>,
        published: Option<&str>,
    ) {
        let (name, published) = (name.into(), published.and_then(|result| self.counterpart(result)));
        self.insert(name.clone(), Value::Number(median), basis, published);
        if let Some(fact) = self.facts.get_mut(&name) {
            fact.grade = Grade::Assumption;
            fact.interval = Some((interval[0], interval[1]));
        }
    }

    /// Says which assumed input moves a fact most.
    pub fn moved_by(&mut self, name: &str, input: impl Into<String>, rank_correlation: f64) {
        if let Some(fact) = self.facts.get_mut(name) {
            fact.moved_by.push((input.into(), rank_correlation));
        }
    }

    /// Writes a number computed from inputs of which some are assumed: the median over samples of these, with
    /// 5 to 95 % and the inputs that move it most.
    ///
    /// `value` computes the number from the inputs named in `basis`, in their order.
    pub fn sampled(
        &mut self,
        name: impl Into<String>,
        basis: Basis<'_>,
        published: Option<&str>,
        value: impl Fn(&[f64]) -> f64 + Sync,
    ) {
        self.sample(name.into(), SAMPLES, basis, published, value);
    }

    /// The same from fewer samples, for numbers that take a simulation each.
    pub fn sampled_few(
        &mut self,
        name: impl Into<String>,
        basis: Basis<'_>,
        published: Option<&str>,
        value: impl Fn(&[f64]) -> f64 + Sync,
    ) {
        self.sample(name.into(), FEW_SAMPLES, basis, published, value);
    }

    fn sample(
        &mut self,
        name: String,
        count: usize,
        basis: Basis<'_>,
        published: Option<&str>,
        value: impl Fn(&[f64]) -> f64 + Sync,
    ) {
        let ranges: Vec<Distribution> =
            basis.inputs.iter().map(|input| distribution(self.model, input)).collect();
        // Ranges are checked when the model is read, so sampling refuses none.
        let Ok(samples) = sample(count, SEED, &ranges, value) else { return };
        self.assumed(name.clone(), samples.median(), samples.interval(), basis, published);
        let mut strongest = samples.sensitivities;
        strongest.sort_by(|a, b| b.rank_correlation.abs().total_cmp(&a.rank_correlation.abs()));
        for one in strongest.iter().take(STRONGEST).filter(|one| one.rank_correlation.abs() > 0.0) {
            let input = basis.inputs.get(one.input).copied().unwrap_or_default();
            self.moved_by(&name, input, one.rank_correlation);
        }
    }

    fn counterpart(&self, name: &str) -> Option<Published> {
        self.model.published(name).map(|result| {
            let (value, high) = match result.span {
                Span::Range(low, high) => (low, Some(high)),
                span => (span.middle(), None),
            };
            Published { value, high, place: result.source.clone() }
        })
    }

    /// Writes an input of the model down as a fact that is only cited.
    pub fn quote(&mut self, name: impl Into<String>, input: &str) {
        let Some(found) = self.model.get(input) else { return };
        let inputs = &[input];
        let basis = Basis { unit: found.unit, inputs, formula: "as published", source: &found.source };
        let name = name.into();
        self.insert(name.clone(), Value::Number(found.value), basis, None);
        if let Some(fact) = self.facts.get_mut(&name) {
            fact.grade = found.grade;
        }
    }

    /// Writes a computed text, such as a coordinate.
    pub fn text(&mut self, name: impl Into<String>, text: impl Into<String>, basis: Basis<'_>) {
        self.insert(name.into(), Value::Text(text.into()), basis, None);
    }

    /// All facts written.
    pub fn finish(self) -> BTreeMap<String, Fact> {
        self.facts
    }

    fn insert(&mut self, name: String, value: Value, basis: Basis<'_>, published: Option<Published>) {
        let is_assumed = |name: &&str| self.model.get(name).is_some_and(|i| i.grade == Grade::Assumption);
        let assumed = basis.inputs.iter().any(is_assumed);
        let fact = Fact {
            value,
            unit: basis.unit,
            grade: if assumed { Grade::Assumption } else { Grade::Computed },
            interval: None,
            moved_by: Vec::new(),
            inputs: basis.inputs.iter().map(|&name| name.to_owned()).collect(),
            formula: basis.formula.to_owned(),
            source: basis.source.to_owned(),
            published,
        };
        self.facts.insert(name, fact);
    }
}
