//! `paper/model.yaml` to validated inputs, each with unit, source, grade and range.

mod claims;
mod measurements;
mod parameters;
mod published;
mod quotations;
mod results;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{self, RESULTS_FILE};
use crate::study::parameter::Chosen;
use crate::study::{Datum, Declared, Study};
use crate::units::{Grade, Unit, UnitSpec};
pub use claims::{CLAIMS_FILE, Claim, Fixed, Test, Weaker};
pub use measurements::MEASUREMENTS_FILE;
pub use parameters::{EXPERIMENTS_FILE, example as parameters_example, schema as parameters_schema};
pub use published::{PUBLISHED_FILE, PublishedResult, Span, schema as published_schema};
pub use quotations::{QUOTED_LOCK_FILE, Quotations};
pub use results::{RESULTS_FOLDER, StoredResult, Values};

/// Where the inputs of a paper stand, below its root.
pub const MODEL_FILE: &str = "paper/model.yaml";

/// One input of the simulation.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// The value, in `unit`.
    pub value: f64,
    /// Its unit.
    pub unit: Unit,
    /// Quoted from a source, or assumed.
    pub grade: Grade,
    /// Citation key and place, or the reason of an assumption.
    pub source: String,
    /// Lowest and highest plausible value of an assumption.
    pub range: Option<(f64, f64)>,
    /// How an assumption is distributed over its range.
    pub distribution: Option<Distribution>,
    /// Whether it is a result that others measured or concluded, not a property of a machine: what is
    /// computed from it is derived from what was published.
    pub is_result: bool,
}

/// How an assumed input is distributed over its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Distribution {
    /// Every value is as likely as any other.
    Uniform,
    /// Every factor is as likely as any other.
    LogUniform,
    /// Most likely at the value, less and less towards both ends.
    Triangular,
}

/// What a paper gives a study: inputs by dotted name, published results, claims, data and stored results.
///
/// A [tracked](Self::tracked) model notes what is read of it: that an experiment declares all of it is
/// checked whenever it runs, so that no kept fact outlives an input behind it.
#[derive(Clone, Debug)]
pub struct Model {
    contents: Arc<Contents>,
    reads: Option<Arc<Mutex<Reads>>>,
    /// Whether what is read stays out of [`Reads::at_hand`].
    is_aside: bool,
}

/// What was read of a tracked model.
#[derive(Debug, Default)]
struct Reads {
    /// All of it.
    all: BTreeSet<Read>,
    /// What a number that is computed now may rest on.
    at_hand: BTreeSet<Read>,
}

#[derive(Clone, Debug)]
struct Contents {
    study: &'static Study,
    inputs: BTreeMap<String, Input>,
    parameters: BTreeMap<&'static str, Chosen>,
    published: BTreeMap<String, PublishedResult>,
    quotations: Quotations,
    claims: Vec<Claim>,
    data: BTreeMap<(&'static str, String), Datum>,
    results: BTreeMap<String, StoredResult>,
}

/// Something that was read of a model, by its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Read {
    /// An input.
    Input(String),
    /// A published result.
    Published(String),
    /// A file of the study's data, as `kind/name`.
    Data(String),
    /// The result of a stored experiment.
    Stored(String),
    /// A source of an author's own results.
    Source(String),
    /// What an experiment sweeps or how it samples.
    Parameter(String),
}

impl Read {
    /// Returns the word for what was read, as `facts.json` has it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Input(_) => "input",
            Self::Published(_) => "published",
            Self::Data(_) => "data",
            Self::Stored(_) => "stored",
            Self::Source(_) => "source",
            Self::Parameter(_) => "parameter",
        }
    }

    /// Returns the name of what was read.
    pub fn name(&self) -> &str {
        match self {
            Self::Input(name)
            | Self::Published(name)
            | Self::Data(name)
            | Self::Stored(name)
            | Self::Source(name)
            | Self::Parameter(name) => name,
        }
    }
}

impl fmt::Display for Read {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(name) => write!(f, "the input `{name}`"),
            Self::Published(name) => write!(f, "the published result `{name}`"),
            Self::Data(name) => write!(f, "the data `{name}`"),
            Self::Stored(name) => write!(f, "the stored result `{name}`"),
            Self::Source(name) => write!(f, "the source `{name}`"),
            Self::Parameter(name) => write!(f, "the parameter `{name}`"),
        }
    }
}

/// An input as an author writes it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Input")]
struct InputEntry {
    /// The value, in its unit.
    #[schemars(with = "f64")]
    value: Spanned<f64>,
    /// The key of its unit.
    #[schemars(with = "Unit")]
    unit: Spanned<Unit>,
    /// Whether it is quoted from a source or assumed.
    #[schemars(with = "Grade")]
    grade: Spanned<Grade>,
    /// Citation key and place, or the reason of an assumption.
    #[schemars(with = "String")]
    source: Spanned<String>,
    /// Lowest and highest plausible value of an assumption.
    #[schemars(with = "Option<(f64, f64)>")]
    range: Option<Spanned<(f64, f64)>>,
    /// How an assumption is distributed over its range.
    distribution: Option<Distribution>,
    /// Whether it is a result of others, so that what starts from it is derived from what was published.
    #[serde(default)]
    result: bool,
}

/// Returns the schema of `paper/model.yaml` and `paper/measurements.yaml`.
pub fn schema() -> serde_json::Value {
    source::schema_of::<BTreeMap<String, InputEntry>>()
}

impl Default for Contents {
    fn default() -> Self {
        Self {
            study: &Study::EMPTY,
            inputs: BTreeMap::new(),
            parameters: BTreeMap::new(),
            published: BTreeMap::new(),
            quotations: Quotations::default(),
            claims: Vec::new(),
            data: BTreeMap::new(),
            results: BTreeMap::new(),
        }
    }
}

impl Default for Model {
    /// Returns the model of a paper without a study, inputs and results.
    fn default() -> Self {
        Contents::default().into()
    }
}

impl From<Contents> for Model {
    fn from(contents: Contents) -> Self {
        Self { contents: Arc::new(contents), reads: None, is_aside: false }
    }
}

impl Model {
    /// Reads and validates what the paper at `root` gives a study; a paper without `paper/model.yaml` has no
    /// inputs.
    ///
    /// # Errors
    /// Broken YAML, inputs that the study does not know, wrong units, values out of range: all of them,
    /// located.
    pub fn read(root: &Path, study: &'static Study) -> Result<Self, Diagnostics> {
        declare_units(root, study);
        let file = Path::new(MODEL_FILE);
        let mut errors = Diagnostics::default();
        let published = errors.take(published::read(root)).unwrap_or_default();
        let quoted = published.iter().map(|(name, (result, at))| (name, result, at));
        let mut quotations = errors.take(Quotations::read(root, quoted)).unwrap_or_default();
        let published = published.into_iter().map(|(name, (result, _))| (name, result)).collect();
        let claims = errors.take(claims::read(root)).unwrap_or_default();
        let mut data = BTreeMap::new();
        for kind in study.data {
            let found = errors.take((kind.read)(root, Path::new(kind.folder))).unwrap_or_default();
            data.extend(found.into_iter().map(|(name, datum)| ((kind.name, name), datum)));
        }
        let results = errors.take(results::read(root, study.program)).unwrap_or_default();
        let mut entries: BTreeMap<String, Spanned<InputEntry>> = BTreeMap::new();
        if root.join(file).exists() {
            let read = source::read_placed::<_, BTreeMap<String, InputEntry>>(root, file);
            entries = errors.take(read).unwrap_or_default();
        }
        let measured = errors.take(measurements::read(root)).unwrap_or_default();
        if !errors.0.is_empty() {
            return Err(errors);
        }
        let mut inputs = BTreeMap::new();
        let own = entries.into_iter().map(|entry| (file, entry));
        let all = own.chain(measured.into_iter().map(|entry| (Path::new(MEASUREMENTS_FILE), entry)));
        for (file, (name, entry)) in all {
            check(study, file, &name, &entry, &mut errors);
            let at = source::place(file, &entry.value.value);
            let InputEntry { value, unit, grade, source, range, distribution, result } = entry.value;
            let range = range.map(|range| range.value);
            let input = Input {
                value: value.value,
                unit: unit.value,
                grade: grade.value,
                source: source.value,
                range,
                distribution,
                is_result: result,
            };
            quotations.note_input(&name, &input, at);
            inputs.insert(name, input);
        }
        let input = |name: &str| inputs.get(name).map(|input: &Input| input.value);
        let parameters = errors.take(parameters::read(root, study.parameters, &input)).unwrap_or_default();
        errors.into_result(
            Contents { study, inputs, parameters, published, quotations, claims, data, results }.into(),
        )
    }

    /// Returns the same model, with nothing read of it yet.
    #[must_use]
    pub fn tracked(&self) -> Self {
        Self { contents: Arc::clone(&self.contents), reads: Some(Arc::default()), is_aside: false }
    }

    /// Returns the same model for reads that a later number does not rest on, such as of what stands beside a
    /// fact. They count as reads of the experiment all the same.
    #[must_use]
    pub fn aside(&self) -> Self {
        Self { is_aside: true, ..self.clone() }
    }

    /// Returns what was read of a tracked model; nothing of one that is not.
    pub fn reads(&self) -> BTreeSet<Read> {
        self.with_reads(|reads| reads.all.clone()).unwrap_or_default()
    }

    /// Returns what a number that is computed now may rest on, of a tracked model.
    pub fn at_hand(&self) -> BTreeSet<Read> {
        self.with_reads(|reads| reads.at_hand.clone()).unwrap_or_default()
    }

    /// Puts other reads at hand, and returns those that were.
    pub fn put_at_hand(&self, others: BTreeSet<Read>) -> BTreeSet<Read> {
        self.with_reads(|reads| std::mem::replace(&mut reads.at_hand, others)).unwrap_or_default()
    }

    fn with_reads<T>(&self, of: impl FnOnce(&mut Reads) -> T) -> Option<T> {
        let reads = self.reads.as_ref()?;
        Some(of(&mut reads.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    fn note(&self, read: impl FnOnce() -> Read) {
        self.with_reads(|reads| {
            let read = read();
            if !self.is_aside && self.moves_facts(&read) {
                reads.at_hand.insert(read.clone());
            }
            reads.all.insert(read);
        });
    }

    /// Returns whether facts that are written after a read rest on it.
    fn moves_facts(&self, read: &Read) -> bool {
        let Read::Parameter(name) = read else { return true };
        let parameters = self.contents.study.parameters;
        parameters.iter().any(|parameter| parameter.name == name && parameter.moves_facts())
    }

    /// Returns whether the model has what was read.
    pub fn has(&self, read: &Read) -> bool {
        let Contents { inputs, published, data, results, .. } = &*self.contents;
        match read {
            Read::Input(name) => inputs.contains_key(name),
            Read::Published(name) => published.contains_key(name),
            Read::Data(name) => data.keys().any(|(kind, found)| format!("{kind}/{found}") == *name),
            Read::Stored(name) => results.contains_key(name),
            Read::Parameter(name) => self.contents.parameters.contains_key(name.as_str()),
            Read::Source(_) => false,
        }
    }

    /// Returns the value of an input, in its unit. An experiment that runs has all inputs that it declares;
    /// one that it does not declare may be missing, which is no number, and is refused after the run.
    pub fn value(&self, name: &str) -> f64 {
        self.get(name).map_or(f64::NAN, |input| input.value)
    }

    /// Returns a whole-number input; the schema admits only such values for counts.
    pub fn count(&self, name: &str) -> usize {
        self.value(name) as usize
    }

    /// Returns the values of a parameter.
    pub fn chosen(&self, name: &str) -> Option<&Chosen> {
        self.note(|| Read::Parameter(name.to_owned()));
        self.contents.parameters.get(name)
    }

    /// Returns the numbers of a parameter. An experiment has all parameters that it declares; of one that it
    /// does not declare the read is refused after the run.
    pub fn numbers(&self, name: &str) -> &[f64] {
        match self.chosen(name) {
            Some(Chosen::Numbers(values)) => values,
            _ => &[],
        }
    }

    /// Returns the whole numbers of a parameter, as [`Self::numbers`] does.
    pub fn counts(&self, name: &str) -> &[u64] {
        match self.chosen(name) {
            Some(Chosen::Counts(values)) => values,
            _ => &[],
        }
    }

    /// Returns the words of a parameter, as [`Self::numbers`] does.
    pub fn words(&self, name: &str) -> &[String] {
        match self.chosen(name) {
            Some(Chosen::Words(values)) => values,
            _ => &[],
        }
    }

    /// Returns the whole number that a parameter is set to, as [`Self::numbers`] does.
    pub fn setting(&self, name: &str) -> u64 {
        self.counts(name).first().copied().unwrap_or_default()
    }

    /// Returns the published result of this name.
    pub fn published(&self, name: &str) -> Option<&PublishedResult> {
        self.note(|| Read::Published(name.to_owned()));
        self.contents.published.get(name)
    }

    /// Returns all published results, by name.
    pub fn all_published(&self) -> impl Iterator<Item = (&str, &PublishedResult)> {
        self.contents.published.iter().map(|(name, result)| (name.as_str(), result))
    }

    /// Returns what the paper quotes, beside what it quoted when each source was given.
    pub fn quotations(&self) -> &Quotations {
        &self.contents.quotations
    }

    /// Returns the study that reads this model.
    pub fn study(&self) -> &'static Study {
        self.contents.study
    }

    /// Returns a file of the study's data, by its kind and name.
    pub fn datum(&self, kind: &str, name: &str) -> Option<&Datum> {
        self.note(|| Read::Data(format!("{kind}/{name}")));
        let mut of_kind = self.contents.data.iter().filter(|((found, _), _)| *found == kind);
        of_kind.find(|((_, found), _)| found == name).map(|(_, datum)| datum)
    }

    /// Returns the same as the type that the study keeps it in.
    pub fn data<T: 'static>(&self, kind: &str, name: &str) -> Option<&T> {
        self.datum(kind, name)?.value.downcast_ref()
    }

    /// Returns all data of the study, by kind and name.
    pub fn all_data(&self) -> impl Iterator<Item = (&str, &str, &Datum)> {
        self.contents.data.iter().map(|((kind, name), datum)| (*kind, name.as_str(), datum))
    }

    /// Returns what a study found, by name.
    pub fn stored(&self, study: &str) -> Option<&Values> {
        self.stored_result(study).map(|stored| &stored.values)
    }

    /// Returns the stored result of a study.
    pub fn stored_result(&self, study: &str) -> Option<&StoredResult> {
        self.note(|| Read::Stored(study.to_owned()));
        self.contents.results.get(study)
    }

    /// Returns the same model with the result of a study in place of an earlier one.
    #[must_use]
    pub fn with_result(mut self, result: StoredResult) -> Self {
        Arc::make_mut(&mut self.contents).results.insert(result.study.clone(), result);
        self
    }

    /// Returns the same model with another value of an input that it has.
    #[must_use]
    pub fn with_value(mut self, name: &str, value: f64) -> Self {
        if let Some(input) = Arc::make_mut(&mut self.contents).inputs.get_mut(name) {
            input.value = value;
        }
        self
    }

    /// Returns the files that a model is read from, below its root; some papers lack some.
    pub fn files(&self) -> Vec<PathBuf> {
        let fixed =
            [MODEL_FILE, EXPERIMENTS_FILE, CLAIMS_FILE, MEASUREMENTS_FILE, PUBLISHED_FILE].map(PathBuf::from);
        let folder = |name: &str| {
            self.contents.study.data.iter().find(|kind| kind.name == name).map(|kind| kind.folder)
        };
        let keys = self.contents.data.keys();
        let data =
            keys.filter_map(|(kind, name)| Some(Path::new(folder(kind)?).join(format!("{name}.json"))));
        let results =
            self.contents.results.keys().map(|study| Path::new(RESULTS_FOLDER).join(format!("{study}.json")));
        fixed.into_iter().chain(data).chain(results).collect()
    }

    /// Returns the claims of the plan, in order.
    pub fn claims(&self) -> &[Claim] {
        &self.contents.claims
    }

    /// Returns the input of this name.
    pub fn get(&self, name: &str) -> Option<&Input> {
        self.note(|| Read::Input(name.to_owned()));
        self.contents.inputs.get(name)
    }

    /// Returns all inputs, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Input)> {
        self.contents.inputs.iter().map(|(name, input)| (name.as_str(), input))
    }
}

/// Makes the units known of a study, and those that a paper declares beside its results; what is wrong with that file
/// is told where all of it is read.
pub fn declare_units(root: &Path, study: &Study) {
    Unit::declare(study.units);
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Units {
        units: BTreeMap<String, UnitSpec>,
    }
    let text = std::fs::read_to_string(root.join(RESULTS_FILE)).unwrap_or_default();
    let Units { units } = serde_saphyr::from_str(&text).unwrap_or_default();
    for (key, UnitSpec { symbol, counted }) in units {
        Unit::declare_thing(&key, symbol.as_deref().unwrap_or(&key), counted);
    }
}

fn check(study: &Study, file: &Path, name: &str, entry: &Spanned<InputEntry>, errors: &mut Diagnostics) {
    let InputEntry { value, unit, grade, source, range, distribution, .. } = &entry.value;
    let names = || study.inputs.iter().map(|declared| declared.name);
    let declared = study.inputs.iter().find(|declared| declared.name == name);
    if declared.is_none() {
        let message = format!("no experiment reads an input called `{name}`");
        errors.push(Diagnostic::new(source::place(file, entry), message).suggest(name, names()));
    }
    if let Some(Declared { unit: wanted, low, high, .. }) = declared {
        if unit.value != *wanted {
            let message =
                format!("`{name}` is measured in `{}`, not in `{}`", wanted.key(), unit.value.key());
            errors.push(
                Diagnostic::new(source::place(file, unit), message)
                    .remedy("convert the value and write that unit"),
            );
        }
        if !(*low..=*high).contains(&value.value) {
            let message = format!("`{name}` is {}, outside {low} to {high}", value.value);
            errors.push(
                Diagnostic::new(source::place(file, value), message)
                    .remedy("write a value inside these limits"),
            );
        }
    }
    if unit.value == Unit::COUNT && value.value.fract() != 0.0 {
        let message = format!("`{name}` counts things, so {} cannot be its value", value.value);
        errors.push(Diagnostic::new(source::place(file, value), message).remedy("write a whole number"));
    }
    if !value.value.is_finite() {
        errors.push(Diagnostic::new(source::place(file, value), format!("`{name}` is not a finite number")));
    }
    if source.value.trim().is_empty() {
        let message = format!("`{name}` names no source");
        errors.push(
            Diagnostic::new(source::place(file, source), message).remedy("cite where the value stands"),
        );
    }
    check_range(file, name, value, grade, range.as_ref(), errors);
    if grade.value == Grade::Assumption && distribution.is_none() {
        errors.push(
            Diagnostic::new(
                source::place(file, grade),
                format!("`{name}` is assumed but has no distribution"),
            )
            .remedy("add `distribution: uniform`, `log-uniform` or `triangular`"),
        );
    }
    if *distribution == Some(Distribution::LogUniform)
        && let Some(range) = range.as_ref().filter(|range| range.value.0 <= 0.0)
    {
        errors.push(
            Diagnostic::new(
                source::place(file, range),
                format!("`{name}` is log-uniform, but its range is not above zero"),
            )
            .remedy("raise the low end or use `uniform`"),
        );
    }
}

fn check_range(
    file: &Path,
    name: &str,
    value: &Spanned<f64>,
    grade: &Spanned<Grade>,
    range: Option<&Spanned<(f64, f64)>>,
    errors: &mut Diagnostics,
) {
    match (grade.value, range) {
        (Grade::Computed | Grade::Derived | Grade::Measured, _) => errors.push(
            Diagnostic::new(
                source::place(file, grade),
                format!("`{name}` is an input, so it cannot be graded `{}`", grade.value.word()),
            )
            .remedy("write `quoted` with its source, or `assumption` with its range"),
        ),
        (Grade::Assumption, None) => errors.push(
            Diagnostic::new(source::place(file, grade), format!("`{name}` is assumed but has no range"))
                .remedy("add `range: [low, high]`"),
        ),
        (_, Some(range)) if !(range.value.0..=range.value.1).contains(&value.value) => {
            let message = format!("`{name}` is {}, outside its own range", value.value);
            errors.push(
                Diagnostic::new(source::place(file, range), message)
                    .remedy("widen the range or correct the value"),
            );
        }
        _ => {}
    }
}
