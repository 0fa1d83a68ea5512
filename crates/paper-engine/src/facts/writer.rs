//! What an experiment is, and how it writes its facts down.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::Location;

use super::{Fact, Grade, Origin, Published, Side, Unit, Value};
use crate::model::{self, Model, PublishedResult, Read, Span};
use crate::study::{DataNeeded, InputOf, RandomDraw};
pub use sampling::INTERVAL;
use sampling::{Distribution, MOST_AXES, Samples, SamplingError, Surrogate, sample, sample_together};

/// The samples behind every median and interval.
const SAMPLES: usize = 1 << 16;
/// The samples when each takes a simulation and too many inputs move: fewer digits are certain then, and
/// printed.
const FEW_SAMPLES: usize = 1 << 9;
/// The seed of these samples.
pub const SEED: u64 = 1;
/// The inputs that are named as moving a fact most.
const STRONGEST: usize = 3;

/// Returns how an input is sampled; one that is not assumed has one value.
pub fn distribution(model: &Model, name: &str) -> Distribution {
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

/// Why an experiment cannot compute its facts.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What a writer refuses of a fact.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refused {
    /// A number, its median or an end of its interval is not finite.
    #[error("the fact `{name}` is not finite: its {part} is {value}")]
    NotFinite {
        /// The fact.
        name: String,
        /// Which of its numbers.
        part: &'static str,
        /// That number.
        value: f64,
    },
    /// A fact that is to be quoted from an input that the paper lacks.
    #[error("the fact `{name}` quotes the input `{input}`, which is missing")]
    NoInput {
        /// The fact.
        name: String,
        /// The input.
        input: String,
    },
    /// More is said of a fact that has no number.
    #[error("the fact `{0}` is described, but not written")]
    NotWritten(String),
    /// Samples of its inputs or its results.
    #[error("the fact `{name}` cannot be sampled: {error}")]
    NotSampled {
        /// The fact.
        name: String,
        /// What the sampling says.
        error: SamplingError,
    },
    /// A text without a character.
    #[error("the fact `{0}` is an empty text")]
    Empty(String),
    /// A second number under the same name.
    #[error("the fact `{0}` is written twice")]
    Twice(String),
}

impl Refused {
    /// Returns what the author of an experiment or of its inputs does about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::NotFinite { .. } | Self::NotSampled { .. } | Self::Empty(_) => {
                "correct the inputs that it reads"
            }
            Self::NoInput { .. } => "name the input in the experiment's constant",
            Self::NotWritten(_) => "write the fact before what is said of it",
            Self::Twice(_) => "give each fact a name of its own",
        }
    }
}

/// A named computation from inputs to facts.
pub struct Experiment {
    /// Name on the command line and in the cache.
    pub id: &'static str,
    /// What it computes, in one sentence.
    pub summary: &'static str,
    /// The families of its facts: what their names may have before the first dot. Where nothing names a fact
    /// of one, the experiment does not run.
    pub families: &'static [&'static str],
    /// Inputs it reads; a change of any of them runs it again.
    pub inputs: &'static [&'static str],
    /// Inputs it reads where the paper gives them, and has a value of its own for where not.
    pub optional: &'static [&'static str],
    /// Parameters it reads; a change of their values runs it again.
    pub parameters: &'static [&'static str],
    /// Data of the study that it reads.
    pub data: &'static [DataNeeded],
    /// Kinds of data of which it reads those that the words of a parameter name.
    pub data_of: &'static [(&'static str, &'static str)],
    /// Kinds of data of which it reads whatever there is.
    pub any_data: &'static [&'static str],
    /// Published results that stand beside its facts; a fact that starts from one is graded so.
    pub published: &'static [&'static str],
    /// What it and its stored experiments draw at random.
    pub drawn: &'static [RandomDraw],
    /// Says why there are none for these inputs, where it is not made for them.
    pub suits: fn(InputOf<'_>) -> Result<(), String>,
    /// Computes its facts, or says why it cannot.
    pub run: fn(&Model, &mut Writer<'_>) -> Result<(), Failure>,
}

impl Experiment {
    /// An experiment that reads and computes nothing.
    pub const EMPTY: Self = Self {
        id: "",
        summary: "",
        families: &[],
        inputs: &[],
        optional: &[],
        parameters: &[],
        data: &[],
        data_of: &[],
        any_data: &[],
        published: &[],
        drawn: &[],
        suits: |_| Ok(()),
        run: |_, _| Ok(()),
    };
}

/// Collects the facts of one experiment, and names for each what was read for it.
///
/// A fact rests on the published results, data, stored results and settings that were read before it is written,
/// and on the inputs that its [`Basis`] names. One whose basis names none rests on all inputs that were read before,
/// and so does every fact on an input that no fact of the run names. [`Self::apart`] keeps reads from facts
/// that do not rest on them.
pub struct Writer<'a> {
    model: &'a Model,
    /// For what is read to describe a fact, on which later ones do not rest.
    aside: Model,
    facts: BTreeMap<String, Fact>,
    /// The inputs that were read before each fact was written, and that it does not name.
    unnamed: BTreeMap<String, Vec<String>>,
    /// Whether ranges of inputs are sampled.
    samples: bool,
    refused: Vec<Refused>,
}

/// A value with what was read for it; [`Writer::take`] gives it to those who compute with it.
pub struct Apart<T> {
    value: T,
    reads: BTreeSet<Read>,
}

/// What a fact rests on.
struct Provenance {
    /// Inputs, those behind its stored results too.
    inputs: Vec<String>,
    /// Published results, data, stored results and parameters.
    rests_on: Vec<Read>,
    /// Inputs that were read before it, and that it does not name.
    unnamed: Vec<String>,
}

/// How a fact is computed: unit, inputs, formula and source.
#[derive(Clone, Copy)]
pub struct Basis<'a> {
    /// Unit of the value.
    pub unit: Unit,
    /// Inputs it depends on beside those of stored results; all that were read, where there are none.
    pub inputs: &'a [&'a str],
    /// How it is computed, in one line.
    pub formula: &'a str,
    /// Where the formula comes from.
    pub source: &'a str,
}

impl<'a> Writer<'a> {
    /// Starts with no facts.
    pub fn new(model: &'a Model) -> Self {
        let (facts, unnamed) = (BTreeMap::new(), BTreeMap::new());
        Self { model, aside: model.aside(), facts, unnamed, samples: true, refused: Vec::new() }
    }

    /// Starts with no facts, and will sample none: each has its value at the stated inputs, without median
    /// and interval.
    pub fn without_samples(model: &'a Model) -> Self {
        Self { samples: false, ..Self::new(model) }
    }

    /// Writes facts apart: what `write` reads is behind the facts that it writes, and behind no later one
    /// unless [`Self::take`] gives out what it returns. It is `Fn`, so that nothing else it found can come
    /// out.
    ///
    /// # Errors
    /// Those of `write`.
    pub fn apart<T>(&mut self, write: impl Fn(&mut Self) -> Result<T, Failure>) -> Result<Apart<T>, Failure> {
        let before = self.model.at_hand();
        let value = write(self);
        let reads = self.model.put_at_hand(before);
        Ok(Apart { value: value?, reads })
    }

    /// Gives out a value that was found apart; later facts rest on what was read for it.
    pub fn take<T>(&mut self, apart: Apart<T>) -> T {
        let mut reads = self.model.at_hand();
        reads.extend(apart.reads);
        self.model.put_at_hand(reads);
        apart.value
    }

    /// Writes a computed number; it is an assumption when one of its inputs is, and derived from what was
    /// published when one of its inputs is a result of others.
    #[track_caller]
    pub fn number(&mut self, name: impl Into<String>, value: f64, basis: Basis<'_>) {
        self.insert(name.into(), Value::Number(value), basis, None);
    }

    /// Writes a computed number beside its published counterpart, a published result of that name, if any.
    #[track_caller]
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

    /// Writes a number that rests on assumptions: its value at their stated values, with what 5 to 95 % of
    /// their ranges leave open.
    #[track_caller]
    pub fn assumed(
        &mut self,
        name: impl Into<String>,
        value: f64,
        interval: [f64; 2],
        basis: Basis<'_>,
        published: Option<&str>,
    ) {
        let (name, published) = (name.into(), published.and_then(|result| self.counterpart(result)));
        self.insert(name.clone(), Value::Number(value), basis, published);
        if let Some(fact) = self.written(&name) {
            // What starts from a published result stays graded so; its interval tells of the assumption.
            if fact.grade == Grade::Computed {
                fact.grade = Grade::Assumption;
            }
            fact.interval = Some((interval[0], interval[1]));
        }
    }

    /// Writes a number that starts from a published result: arithmetic on it, so that agreeing is no
    /// evidence.
    #[track_caller]
    pub fn derived<'p>(
        &mut self,
        name: impl Into<String>,
        value: f64,
        basis: Basis<'_>,
        published: impl Into<Option<&'p str>>,
    ) {
        let name = name.into();
        self.beside(name.clone(), value, basis, published);
        self.starts_from_published(&name);
    }

    /// Says that a fact starts from a published result.
    pub fn starts_from_published(&mut self, name: &str) {
        if let Some(fact) = self.written(name) {
            fact.grade = Grade::Derived;
        }
    }

    /// Says that a fact rests on all values of a sweep, and not on one that stands in its name.
    pub fn rests_on_sweep(&mut self, name: &str, parameter: &str) {
        if let Some(fact) = self.written(name) {
            fact.rests_on.push(Read::Parameter(parameter.to_owned()));
        }
    }

    /// Says what the median of a fact over its assumptions is.
    pub fn median(&mut self, name: &str, median: f64) {
        if let Some(fact) = self.written(name) {
            fact.median = Some(median);
        }
    }

    /// Says which assumed input moves a fact most.
    pub fn moved_by(&mut self, name: &str, input: impl Into<String>, rank_correlation: f64) {
        if let Some(fact) = self.written(name) {
            fact.moved_by.push((input.into(), rank_correlation));
        }
    }

    /// Writes a number computed from inputs of which some are assumed: its value at the stated inputs, with
    /// the median and 5 to 95 % over samples of the assumed ones, and the inputs that move it most.
    ///
    /// `value` computes the number from the inputs named in `basis`, in their order.
    #[track_caller]
    pub fn sampled(
        &mut self,
        name: impl Into<String>,
        basis: Basis<'_>,
        published: Option<&str>,
        value: impl Fn(&[f64]) -> f64 + Sync,
    ) {
        self.together(SAMPLES, vec![(name.into(), basis, published)], |inputs| [value(inputs)]);
    }

    /// The same for several numbers of one model, which share the work for each sample.
    #[track_caller]
    pub fn sampled_together<const RESULTS: usize>(
        &mut self,
        numbers: [(String, Basis<'_>, Option<&str>); RESULTS],
        value: impl Fn(&[f64]) -> [f64; RESULTS] + Sync,
    ) {
        self.together(SAMPLES, numbers.into(), value);
    }

    /// The same for as many numbers as a sweep makes; `value` returns one for each.
    #[track_caller]
    pub fn sampled_all(
        &mut self,
        numbers: Vec<(String, Basis<'_>, Option<&str>)>,
        value: impl Fn(&[f64]) -> Vec<f64> + Sync,
    ) {
        self.together(SAMPLES, numbers, value);
    }

    /// The same for several numbers of one simulation, from fewer samples.
    #[track_caller]
    pub fn sampled_few_together<const RESULTS: usize>(
        &mut self,
        numbers: [(String, Basis<'_>, Option<&str>); RESULTS],
        value: impl Fn(&[f64]) -> [f64; RESULTS] + Sync,
    ) {
        self.together(FEW_SAMPLES, numbers.into(), value);
    }

    #[track_caller]
    fn together<R: AsRef<[f64]> + Send>(
        &mut self,
        count: usize,
        numbers: Vec<(String, Basis<'_>, Option<&str>)>,
        value: impl Fn(&[f64]) -> R + Sync,
    ) {
        let Some((first, basis, _)) = numbers.first() else { return };
        let (ranges, stated) = (self.ranges(basis), value(&self.stated(basis)));
        if !self.samples {
            for ((name, basis, published), &stated) in numbers.into_iter().zip(stated.as_ref()) {
                self.beside(name, stated, basis, published);
            }
            return;
        }
        let samples = match sample_together(count, SEED, &ranges, numbers.len(), value) {
            Ok(samples) => samples,
            // Samples are shared, so the first name stands for all.
            Err(error) => return self.refused.push(Refused::NotSampled { name: first.clone(), error }),
        };
        let sampled = numbers.into_iter().zip(&samples).zip(stated.as_ref());
        for (((name, basis, published), samples), &stated) in sampled {
            self.spread(name, stated, samples, |_| 0.0, basis, published);
        }
    }

    /// Does the same for a number that takes a simulation: where one or two inputs move, a polynomial
    /// through a grid of simulations is sampled in its place, and its own error counts; else there are fewer
    /// samples.
    #[track_caller]
    pub fn sampled_few(
        &mut self,
        name: impl Into<String>,
        basis: Basis<'_>,
        published: Option<&str>,
        value: impl Fn(&[f64]) -> f64 + Sync,
    ) {
        if !self.samples {
            let stated = value(&self.stated(&basis));
            return self.beside(name, stated, basis, published);
        }
        let ranges = self.ranges(&basis);
        let moving: Vec<usize> = (0..ranges.len()).filter(|&input| !ranges[input].is_constant()).collect();
        let stated = self.stated(&basis);
        let at = |point: &[f64]| {
            let mut inputs = stated.clone();
            for (&input, &coordinate) in moving.iter().zip(point) {
                inputs[input] = ranges[input].quantile(coordinate);
            }
            value(&inputs)
        };
        let grid = (moving.len() <= MOST_AXES).then(|| Surrogate::new(moving.len(), at)).flatten();
        let samples = match &grid {
            Some(grid) => {
                // The same samples, told by the probabilities that the inputs have in their ranges.
                let unit = vec![Distribution::Uniform { low: 0.0, high: 1.0 }; moving.len()];
                let found = sample(SAMPLES, SEED, &unit, |point| grid.at(point));
                found.map(|mut found| {
                    found.sensitivities.iter_mut().for_each(|one| one.input = moving[one.input]);
                    found
                })
            }
            None => sample(FEW_SAMPLES, SEED, &ranges, &value),
        };
        let (name, deviation) =
            (name.into(), |at: f64| grid.as_ref().map_or(0.0, |grid| grid.deviation_near(at)));
        match samples {
            Ok(samples) => self.spread(name, value(&stated), &samples, deviation, basis, published),
            Err(error) => self.refused.push(Refused::NotSampled { name, error }),
        }
    }

    /// Returns how the inputs are sampled, and their stated values.
    fn ranges(&self, basis: &Basis<'_>) -> Vec<Distribution> {
        basis.inputs.iter().map(|input| distribution(&self.aside, input)).collect()
    }

    fn stated(&self, basis: &Basis<'_>) -> Vec<f64> {
        basis.inputs.iter().map(|input| self.aside.value(input)).collect()
    }

    /// Writes a number with what its samples say; `deviation` tells the error of a sample of about some
    /// value.
    #[track_caller]
    fn spread(
        &mut self,
        name: String,
        stated: f64,
        samples: &Samples,
        deviation: impl Fn(f64) -> f64,
        basis: Basis<'_>,
        published: Option<&str>,
    ) {
        self.assumed(name.clone(), stated, samples.interval(), basis, published);
        if let Some(fact) = self.written(&name) {
            fact.median = Some(samples.median());
            let [low, high] = INTERVAL;
            fact.sampling_error =
                Some([low, 0.5, high].map(|probability| {
                    samples.error(probability) + deviation(samples.quantile(probability))
                }));
        }
        let mut strongest = samples.sensitivities.clone();
        strongest.sort_by(|a, b| b.rank_correlation.abs().total_cmp(&a.rank_correlation.abs()));
        for one in strongest.iter().take(STRONGEST).filter(|one| one.rank_correlation.abs() > 0.0) {
            let input = basis.inputs.get(one.input).copied().unwrap_or_default();
            self.moved_by(&name, input, one.rank_correlation);
        }
    }

    fn counterpart(&self, name: &str) -> Option<Published> {
        self.aside.published(name).map(|result| beside(result, result.unit))
    }

    /// Writes an input of the model down as a fact that is only cited.
    #[track_caller]
    pub fn quote(&mut self, name: impl Into<String>, input: &str) {
        let name = name.into();
        let aside = self.aside.clone();
        let Some(found) = aside.get(input) else {
            return self.refused.push(Refused::NoInput { name, input: input.to_owned() });
        };
        let inputs = &[input];
        let basis = Basis { unit: found.unit, inputs, formula: "as published", source: &found.source };
        self.insert(name.clone(), Value::Number(found.value), basis, None);
        if let Some(fact) = self.written(&name) {
            fact.grade = found.grade;
        }
    }

    /// Writes a computed text, such as a coordinate.
    #[track_caller]
    pub fn text(&mut self, name: impl Into<String>, text: impl Into<String>, basis: Basis<'_>) {
        self.insert(name.into(), Value::Text(text.into()), basis, None);
    }

    /// Returns all facts written, and what is refused of them: among it every number that is not finite, and
    /// empty texts.
    pub fn finish(mut self) -> (BTreeMap<String, Fact>, Vec<Refused>) {
        self.name_all_inputs();
        for (name, fact) in &self.facts {
            let value = match &fact.value {
                Value::Number(value) => *value,
                Value::Text(text) => {
                    if text.is_empty() {
                        self.refused.push(Refused::Empty(name.clone()));
                    }
                    continue;
                }
            };
            let ends =
                fact.interval.map(|(low, high)| [("interval's low end", low), ("interval's high end", high)]);
            let median = fact.median.map(|median| ("median", median));
            let errors = fact.sampling_error.into_iter().flatten().map(|error| ("sampling error", error));
            let ranks = fact.moved_by.iter().map(|(_, rank)| ("rank correlation", *rank));
            let parts = [("value", value)].into_iter().chain(median).chain(ends.into_iter().flatten());
            let mut parts = parts.chain(errors).chain(ranks);
            if let Some((part, value)) = parts.find(|(_, value)| !value.is_finite()) {
                self.refused.push(Refused::NotFinite { name: name.clone(), part, value });
            }
        }
        (self.facts, self.refused)
    }

    /// Returns what a fact that is written now rests on.
    fn behind(&self, basis: &Basis<'_>) -> Provenance {
        let at_hand = self.model.at_hand().into_iter().filter(|read| self.model.has(read));
        let (read, rests_on): (Vec<Read>, Vec<Read>) =
            at_hand.partition(|read| matches!(read, Read::Input(_)));
        let stored = rests_on.iter().filter(|read| matches!(read, Read::Stored(_)));
        let stored = stored.filter_map(|read| self.model.study().stored(read.name()));
        let of_stored = stored.flat_map(|stored| stored.inputs).copied();
        let unsaid = read.iter().filter(|_| basis.inputs.is_empty()).map(Read::name);
        let mut inputs: Vec<&str> = basis.inputs.to_vec();
        for input in unsaid.chain(of_stored) {
            if !inputs.contains(&input) {
                inputs.push(input);
            }
        }
        let unnamed = read.iter().map(Read::name).filter(|input| !inputs.contains(input));
        let owned = |name: &str| name.to_owned();
        Provenance {
            unnamed: unnamed.map(owned).collect(),
            inputs: inputs.into_iter().map(owned).collect(),
            rests_on,
        }
    }

    /// Has facts name the inputs that were read before them and that no fact names.
    fn name_all_inputs(&mut self) {
        let named: BTreeSet<String> = self.facts.values().flat_map(|fact| fact.inputs.clone()).collect();
        for (name, fact) in &mut self.facts {
            let unnamed = self.unnamed.get(name).into_iter().flatten();
            fact.inputs.extend(unnamed.filter(|input| !named.contains(*input)).cloned());
        }
    }

    /// Returns a fact of which more is to be said.
    fn written(&mut self, name: &str) -> Option<&mut Fact> {
        let fact = self.facts.get_mut(name);
        if fact.is_none() {
            self.refused.push(Refused::NotWritten(name.to_owned()));
        }
        fact
    }

    #[track_caller]
    fn insert(&mut self, name: String, value: Value, basis: Basis<'_>, published: Option<Published>) {
        let declared = || basis.inputs.iter().filter_map(|name| self.aside.get(name));
        let grade = if declared().any(|input| input.is_result) {
            Grade::Derived
        } else if declared().any(|input| input.grade == Grade::Assumption) {
            Grade::Assumption
        } else {
            Grade::Computed
        };
        let origin = self.model.study().code.place(Location::caller());
        let origin = origin.map(|place| Origin { file: place.file.to_owned(), item: place.item.to_owned() });
        let Provenance { inputs, rests_on, unnamed } = self.behind(&basis);
        self.unnamed.insert(name.clone(), unnamed);
        let fact = Fact {
            inputs,
            rests_on,
            formula: basis.formula.to_owned(),
            source: basis.source.to_owned(),
            published,
            origin,
            ..Fact::new(value, basis.unit, grade)
        };
        if self.facts.insert(name.clone(), fact).is_some() {
            self.refused.push(Refused::Twice(name));
        }
    }
}

/// Returns what was published as it stands beside a fact of this unit.
fn beside(result: &PublishedResult, unit: Unit) -> Published {
    let factor = if result.unit == unit { 1.0 } else { result.unit.in_units_of(unit).unwrap_or(1.0) };
    let (value, high, bound) = match result.span {
        Span::Value(value) => (value, None, None),
        Span::Range(low, high) => (low, Some(high * factor), None),
        Span::AtLeast(value) => (value, None, Some(Side::AtLeast)),
        Span::AtMost(value) => (value, None, Some(Side::AtMost)),
    };
    Published { value: value * factor, high, bound, place: result.source.clone() }
}

/// Returns the published result that names this fact as ours, in its unit; nothing where none does, or where the two
/// measure different things.
pub fn counterpart_of(model: &Model, name: &str, unit: Unit) -> Option<Published> {
    let mut all = model.all_published().map(|(_, result)| result);
    let found = all.find(|result| result.ours.as_deref() == Some(name))?;
    (found.unit == unit || found.unit.in_units_of(unit).is_some()).then(|| beside(found, unit))
}
