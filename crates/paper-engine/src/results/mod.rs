//! `paper/results.yaml`: an author's own results. Sources are files of rows; facts are numbers taken of them, and what
//! follows from those.
//!
//! ```yaml
//! sources:
//!   runs: {file: data/runs.csv}
//! facts:
//!   # A fact for each system and workload: latency.ours.read, latency.base.read and so on.
//!   latency.{system}.{workload}: {from: runs, take: median latency_ms, unit: ms, interval: bootstrap}
//!   speedup.{workload}: {formula: "latency.base.{workload} / latency.ours.{workload}"}
//! ```
//!
//! A number taken of rows is graded `measured`, and names its source, the rows that entered and what was taken of
//! them; one that follows from others has the grade of the weakest.

mod comparison;
mod derived;
mod formula;
mod frame;
mod interval;
mod lock;
mod moments;
mod names;
mod origin;
mod read;
mod rows;
mod run;
mod select;
mod spec;
mod sql;
mod statistic;
mod taken;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::{Entered, Fact, Facts, counterpart_of};
use crate::model::Model;
use crate::source::{self, RESULTS_FILE, sha256};
use derived::{Derived, Known};
pub use frame::{Cell, Column};
pub use interval::{IntervalEntry, IntervalSpec};
pub use lock::LOCK_FILE;
use lock::Lock;
pub use names::Values;
pub use origin::{Origin, Stale};
pub use rows::{Frames, Group, Measure, Measured, Rows};
pub use run::Event;
pub(crate) use select::with_rows;
pub use select::{Condition, Empty, RowsSpec};
use spec::{FactRule, Made, ResultsSpec};
pub use statistic::{Statistic, Take};
use taken::Taken;

/// Returns the schema of `paper/results.yaml`.
pub fn schema() -> serde_json::Value {
    source::schema_of::<ResultsSpec>()
}

/// An author's results as they are described, with the files that are there.
#[derive(Debug, Default)]
pub struct Results {
    root: PathBuf,
    spec: ResultsSpec,
    /// The rows of each source.
    frames: Frames,
    /// The digest of what facts depend on, once somebody asked.
    digest: OnceLock<String>,
}

impl Results {
    /// Reads the description of a paper's results; a paper without the file has none.
    ///
    /// # Errors
    /// Broken YAML, sources without files, facts of no source, statistics that are none: all of them, located.
    pub fn read(root: &Path) -> Result<Self, Diagnostics> {
        let file = Path::new(RESULTS_FILE);
        if !root.join(file).exists() {
            return Ok(Self::default());
        }
        let spec: ResultsSpec = source::read_yaml(root, file)?;
        let mut errors = Diagnostics::default();
        let mut files = BTreeMap::new();
        for (name, source) in &spec.sources {
            let at = spec::place(source);
            errors.0.extend(source.value.wrong(name, &at));
            let found = source.value.found(root, &at);
            // What its command has yet to make is missed by whoever needs it.
            let is_made = source.value.command.is_some() && source.value.path().is_some();
            let found = if is_made { Some(found.unwrap_or_default()) } else { errors.take(found) };
            files.extend(found.map(|found| (name.clone(), found)));
        }
        errors.take(spec.rules().map(drop));
        let sources = spec.sources.iter();
        let frames = Frames::of(
            root,
            sources.filter_map(|(name, source)| Some((name, &source.value, files.remove(name)?))),
        );
        let queries = spec.facts.values().filter_map(|fact| fact.value.query.as_ref());
        let frames = errors.take(frames.with_queries(queries)).unwrap_or_default();
        errors.into_result(Self { root: root.to_path_buf(), spec, frames, digest: OnceLock::new() })
    }

    /// Returns the rows of all sources.
    pub const fn frames(&self) -> &Frames {
        &self.frames
    }

    /// Returns the sources that commands make, in order of their names.
    pub fn origins(&self) -> Vec<Origin<'_>> {
        let sources = self.spec.sources.iter();
        sources.filter_map(|(name, source)| Origin::of(name, &source.value)).collect()
    }

    /// Returns the names of all sources.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        self.spec.sources.keys().map(String::as_str)
    }

    /// Returns the sources that commands make, each with why it is stale.
    ///
    /// # Errors
    /// Inputs that are not there, and a lock that the program did not write.
    pub fn states(&self) -> Result<Vec<(Origin<'_>, Option<Stale>)>, Diagnostics> {
        let lock = Lock::read(&self.root)?;
        let mut errors = Diagnostics::default();
        let mut states: Vec<(Origin<'_>, Option<Stale>)> = Vec::new();
        let made = self.origins();
        for origin in &made {
            let outputs = self.frames.files(origin.name);
            let state = origin.stale(&self.root, outputs, &lock).or_else(|errors| {
                // What another command makes need not be there yet.
                let needed = made.iter().find(|other| other.name != origin.name && origin.needs(other));
                needed.map(|other| Some(Stale::Source(other.name.to_owned()))).ok_or(errors)
            });
            let state = errors.take(state).flatten();
            states.push((origin.clone(), state));
        }
        // What starts from something stale is stale, however many steps before.
        loop {
            let stale: Vec<Origin<'_>> = states
                .iter()
                .filter(|(_, state)| state.is_some())
                .map(|(origin, _)| origin.clone())
                .collect();
            let mut found = false;
            for (origin, state) in states.iter_mut().filter(|(_, state)| state.is_none()) {
                if let Some(other) =
                    stale.iter().find(|other| other.name != origin.name && origin.needs(other))
                {
                    *state = Some(Stale::Source(other.name.to_owned()));
                    found = true;
                }
            }
            if !found {
                break;
            }
        }
        errors.into_result(states)
    }

    /// Refuses sources that are not what their commands would make today.
    ///
    /// # Errors
    /// Each stale source at its command, with what to call.
    pub fn check_fresh(&self, program: &str) -> Result<(), Diagnostics> {
        if self.origins().is_empty() {
            return Ok(());
        }
        let told = self.states()?.into_iter().filter_map(|(origin, stale)| {
            let message = format!("the source `{}` is stale: {}", origin.name, stale?);
            let remedy = format!("run `{program} results run {}`", origin.name);
            Some(Diagnostic::new(origin.at, message).remedy(remedy))
        });
        Diagnostics(told.collect()).into_result(())
    }

    /// Takes the files of a source as they are, and keeps from what they would be made now.
    ///
    /// # Errors
    /// Files and inputs that are not there, and a lock that cannot be written.
    pub fn adopt(&self, origins: &[Origin<'_>]) -> Result<(), Diagnostics> {
        let mut lock = Lock::read(&self.root)?;
        let mut errors = Diagnostics::default();
        for origin in origins {
            let entry = origin
                .spec
                .found(&self.root, &origin.at)
                .and_then(|files| origin.now(&self.root, &files, lock::Made::Adopted));
            if let Some(entry) = errors.take(entry) {
                lock.sources.insert(origin.name.to_owned(), entry);
            }
        }
        errors.into_result(())?;
        run::write(&self.root, &lock)
    }

    /// Runs the commands of some sources, at most so many at once, or as many as there are cores. Once `stopped`, what
    /// runs is ended, and nothing else begins.
    ///
    /// # Errors
    /// Commands that need each other, that fail, take too long, make no file or change what they start from.
    pub fn run<'s>(
        &self,
        origins: Vec<Origin<'s>>,
        jobs: Option<usize>,
        stopped: &AtomicBool,
        told: &(dyn Fn(Event<'s>) + Sync),
    ) -> Result<(), Diagnostics> {
        run::run(&self.root, origins, Lock::read(&self.root)?, jobs, stopped, told)
    }

    /// Keeps others from running commands of the paper, or from putting its files back, for as long as it is held;
    /// nothing where somebody else does.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn hold(&self) -> std::io::Result<Option<std::fs::File>> {
        run::hold(&self.root)
    }

    /// Puts back the files of sources whose commands were killed before their end.
    ///
    /// # Errors
    /// Files that cannot be moved.
    pub fn restore(&self) -> Result<(), Diagnostics> {
        run::restore(&self.root, &self.origins())
    }

    /// Returns the files of all sources, below the root.
    pub fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.frames.all_files()
    }

    /// Returns a digest of everything that facts taken of rows depend on besides the program.
    pub fn digest(&self, model: &Model) -> String {
        let files = self.digest.get_or_init(|| {
            // One that cannot be read is an error of the reading that follows.
            let described = std::fs::read(self.root.join(RESULTS_FILE)).unwrap_or_default();
            sha256(&described) + &self.frames.digest()
        });
        let published = model.all_published().map(|(name, result)| format!("{name} {result:?}\n"));
        sha256((files.clone() + "\n" + &published.collect::<String>()).as_bytes())
    }

    /// Returns whether nothing is taken of any row.
    pub fn is_empty(&self) -> bool {
        self.spec.facts.is_empty()
    }

    /// Computes the facts that are taken of rows, each with what stands in its name for each column.
    ///
    /// # Errors
    /// What is wrong with files and the rows in them, columns that are not there, values that are no numbers, and
    /// facts of one name: all of them, located.
    pub fn taken(&self, model: &Model) -> Result<BTreeMap<String, (Values, Fact)>, Diagnostics> {
        let mut errors = Diagnostics::default();
        let rules = self.spec.rules()?;
        let mut facts: BTreeMap<String, (Values, Fact)> = BTreeMap::new();
        let mut places: BTreeMap<String, Location> = BTreeMap::new();
        for rule in &rules {
            let found = self.of_rows(rule, |taken| taken.facts());
            let found = errors.take(found).unwrap_or_default();
            for (name, values, mut fact) in found {
                if let Some(first) = places.get(&name) {
                    errors.push(twice(&name, &rule.at, first));
                    continue;
                }
                fact.published = counterpart_of(model, &name, fact.unit);
                places.insert(name.clone(), rule.at.clone());
                facts.insert(name, (values, fact));
            }
        }
        errors.into_result(facts)
    }

    /// Hands over what is taken of rows by a fact or a family; nothing where it follows from others.
    fn of_rows<T: Default>(
        &self,
        rule: &FactRule<'_>,
        then: impl FnOnce(&Taken<'_>) -> Result<T, Diagnostics>,
    ) -> Result<T, Diagnostics> {
        match &rule.made {
            Made::Taken { rows, take } => then(&Taken::of(rule, *rows, take, &self.frames)?),
            Made::Asked { rows } => {
                let take = self.value_of(rule, *rows)?;
                then(&Taken::of(rule, *rows, &take, &self.frames)?)
            }
            Made::Derived(_) => Ok(T::default()),
        }
    }

    /// Returns what is taken of the rows of a query: its one column that does not stand in the name of the fact.
    fn value_of(&self, rule: &FactRule<'_>, spec: RowsSpec<'_>) -> Result<Take, Diagnostics> {
        let (rows, _) = self.frames.rows(spec, &[])?;
        let is_value = |name: &&str| rule.pattern.columns().all(|column| column != *name);
        let values: Vec<&str> = rows.frame.names().filter(is_value).collect();
        if let [value] = values.as_slice() {
            return Ok(Take { statistic: Statistic::Only, columns: vec![(*value).to_owned()] });
        }
        let count = values.len();
        let message =
            format!("besides what stands in the name, this query gives {count} columns, and not one value");
        let error = Diagnostic::new(spec.place(spec.from), message);
        Err(error.remedy("select one value, and the columns of the name").into())
    }

    /// Returns the rows that entered a fact; nothing where it is not taken of rows.
    ///
    /// # Errors
    /// Those of [`Self::taken`].
    pub fn entered(&self, name: &str) -> Result<Option<Entered>, Diagnostics> {
        for rule in self.spec.rules()?.iter().filter(|rule| rule.pattern.has(name)) {
            let entered = self.of_rows(rule, |taken| taken.entered(name))?;
            if entered.is_some() {
                return Ok(entered);
            }
        }
        Ok(None)
    }

    /// Returns the files of sources, each with its digest.
    pub fn digests<'s>(&'s self, sources: &'s [String]) -> impl Iterator<Item = (&'s PathBuf, String)> + 's {
        let files = sources.iter().flat_map(|source| self.frames.files(source));
        files.filter_map(|file| Some((file, lock::digest(&self.root, file)?)))
    }

    /// Adds to all facts of a paper those that are taken of rows, and those that follow by formulas.
    ///
    /// # Errors
    /// Facts of one name, formulas without a value, and names in them that nothing makes, located.
    pub fn add(
        &self,
        taken: &BTreeMap<String, (Values, Fact)>,
        facts: &mut Facts,
        model: &Model,
    ) -> Result<(), Diagnostics> {
        let mut errors = Diagnostics::default();
        let mut known = Known::new();
        let rules = self.spec.rules()?;
        let (of_rows, formulas): (Vec<_>, Vec<_>) =
            rules.iter().partition(|rule| !matches!(rule.made, Made::Derived(_)));
        // What describes each fact: two that make one name are told, whichever is first.
        let mut described: BTreeMap<String, Location> = BTreeMap::new();
        for (name, (values, fact)) in taken {
            let rule = of_rows.iter().find(|rule| rule.pattern.has(name));
            let place = rule.map_or_else(|| Location::file(RESULTS_FILE), |rule| rule.at.clone());
            if facts.get(name).is_some() {
                errors.push(computed_already(name, &place));
                continue;
            }
            known.insert(name.clone(), values.clone());
            described.insert(name.clone(), place);
            facts.0.insert(name.clone(), fact.clone());
        }
        // Each round makes what the last one made possible.
        loop {
            let mut is_done = true;
            for rule in &formulas {
                for one in Derived::family(rule, &known) {
                    match described.get(&one.name) {
                        Some(place) if *place == rule.at => continue,
                        Some(first) => {
                            errors.push(twice(&one.name, &rule.at, first));
                            continue;
                        }
                        None if !one.missing(facts).is_empty() => continue,
                        None => {}
                    }
                    is_done = false;
                    // One that cannot be computed is told once, and not waited for.
                    described.insert(one.name.clone(), rule.at.clone());
                    if facts.get(&one.name).is_some() {
                        errors.push(computed_already(&one.name, &rule.at));
                        continue;
                    }
                    known.insert(one.name.clone(), one.values.clone());
                    if let Some(mut fact) = errors.take(one.fact(facts)) {
                        fact.published = counterpart_of(model, &one.name, fact.unit);
                        facts.0.insert(one.name, fact);
                    }
                }
            }
            // What is wrong already would be told again.
            if is_done || !errors.0.is_empty() {
                break;
            }
        }
        errors.into_result(())?;
        let mut unmade = Diagnostics::default();
        for rule in formulas {
            let family = Derived::family(rule, &known);
            if family.is_empty() {
                let message = format!("no facts are there of which `{}` could follow", rule.written);
                let error = Diagnostic::new(rule.at.clone(), message);
                unmade.push(error.remedy("name facts that `facts` describes, with the same columns"));
            }
            for one in family.iter().filter(|one| !described.contains_key(&one.name)) {
                unmade.0.extend(one.unmade(facts, |name| rules.iter().any(|rule| rule.pattern.has(name))));
            }
        }
        unmade.into_result(())
    }
}

fn computed_already(name: &str, place: &Location) -> Diagnostic {
    let message = format!("an experiment, an input or a published result makes `{name}` already");
    Diagnostic::new(place.clone(), message).remedy("give this one another name")
}

fn twice(name: &str, place: &Location, first: &Location) -> Diagnostic {
    let message = format!("the fact `{name}` is made already by what stands at {first}");
    Diagnostic::new(place.clone(), message).remedy("give one of the two another name")
}
