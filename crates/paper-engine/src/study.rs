//! The one door through which a study enters: its inputs, experiments, stored data, drawings, checks and
//! commands.
//!
//! A paper without code of its own uses [`Study::EMPTY`]. Everything else is told by one constant:
//!
//! - [`Declared`]: an input, with the unit and limits of its values; the paper's author gives it in
//!   `paper/model.yaml`. None is compulsory: an experiment runs where the inputs that it names are given.
//! - [`Parameter`]: what experiments sweep or how they sample; the author may choose its values in
//!   `paper/experiments.yaml`.
//! - [`Experiment`]: a computation from inputs to facts, run by every build whose text uses one of them; one
//!   that fails stops the build with its reason.
//! - [`StoredExperiment`]: one that takes too long for a build; `sim store` runs it, and every build looks at
//!   its result.
//! - [`DataKind`]: files that a command of the study writes and its experiments read.
//! - [`crate::figure::StudyDrawing`]: kinds of drawings beside the charts, as the study's type of drawings
//!   lists them.
//! - checks that the review makes of every paper of the study, and commands beside the engine's own.

pub mod parameter;

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::diagnostic::{Diagnostics, Rule};
use crate::facts::{Experiment, StoredExperiment};
use crate::figure::{Figure, NoDrawing, load_all, schema};
use crate::lint;
use crate::review::{self, Check, Material};
use crate::source;
use crate::units::Unit;
pub use parameter::{Chosen, Domain, InputOf, Label, Parameter};

/// What a study adds to the engine.
pub struct Study {
    /// Name of the program.
    pub program: &'static str,
    /// Its version.
    pub version: &'static str,
    /// What it does, in one sentence.
    pub about: &'static str,
    /// Lines of examples for its help, such as `  program sim run topology    compute facts`.
    pub examples: &'static str,
    /// The inputs that its experiments read, in order of their names.
    pub inputs: &'static [Declared],
    /// What its experiments sweep and how they sample, in order of their names.
    pub parameters: &'static [Parameter],
    /// Its units beside those of the engine.
    pub units: &'static [Unit],
    /// Its experiments, in order of their names.
    pub experiments: &'static [Experiment],
    /// Its experiments whose results are stored, in order of their names.
    pub stored: &'static [StoredExperiment],
    /// The kinds of data that its experiments read beside inputs.
    pub data: &'static [DataKind],
    /// Reads the figures of a paper: [`load_all`] with the study's own type of drawings.
    pub figures: fn(&Path) -> Result<BTreeMap<String, Figure>, Diagnostics>,
    /// Returns the schema of their files: [`schema`] with the same type of drawings.
    pub figure_schema: fn() -> serde_json::Value,
    /// What its review checks besides.
    pub checks: &'static [fn(&Material<'_>) -> Vec<Check>],
    /// The rules behind these checks.
    pub rules: &'static [Rule],
    /// Its commands.
    pub commands: &'static [Commands],
    /// The code behind its experiments.
    pub code: Code,
}

/// What a study's build script knows of its code.
#[derive(Clone, Copy, Default)]
pub struct Code {
    /// For each experiment its kind, `Experiment` or `StoredExperiment`, its id, and the digest of the code
    /// that it reaches.
    pub digests: &'static [(&'static str, &'static str, &'static str)],
    /// SHA-256 of all sources of the program.
    pub sources: &'static str,
    /// The libraries that it calls with their versions, as `name=version name=version`.
    pub libraries: &'static str,
    /// Where the functions and constants of the study stand.
    pub places: &'static [CodePlace],
}

/// Where a function or a constant of a study stands.
#[derive(Clone, Copy, Debug)]
pub struct CodePlace {
    /// The file, below the folder of the study's manifest.
    pub file: &'static str,
    /// Its name.
    pub item: &'static str,
    /// The line of its name, from 1.
    pub first: u32,
    /// Its last line.
    pub last: u32,
}

/// An input that experiments read, with the unit and limits that a value must have. The part of its name
/// before the dot is its group.
pub struct Declared {
    /// Dotted name.
    pub name: &'static str,
    /// The unit it must be written in.
    pub unit: Unit,
    /// Lowest value that makes sense.
    pub low: f64,
    /// Highest value that makes sense.
    pub high: f64,
}

/// A kind of data that experiments read beside inputs: JSON files of one folder.
pub struct DataKind {
    /// Its name, such as `maps`.
    pub name: &'static str,
    /// The folder of its files, below the root of a paper.
    pub folder: &'static str,
    /// Reads them: [`read_data`] with the type of one.
    pub read: fn(&Path, &Path) -> AllData,
    /// The command that makes one, before its name.
    pub command: &'static str,
    /// The starts of the names of facts that one makes, with `{}` for its name, as of a [`Parameter`].
    pub names: &'static [&'static str],
}

/// Data of one kind that an experiment needs, by their names.
#[derive(Clone, Copy)]
pub struct DataNeeded {
    /// The kind.
    pub kind: &'static str,
    /// The names.
    pub names: &'static [&'static str],
}

impl DataNeeded {
    /// Returns each kind with each name that is needed of it.
    pub fn each(all: &'static [Self]) -> impl Iterator<Item = (&'static str, &'static str)> {
        all.iter().flat_map(|data| data.names.iter().map(|name| (data.kind, *name)))
    }
}

/// What an experiment draws at random, and with which seeds.
#[derive(Clone, Copy, Debug)]
pub struct RandomDraw {
    /// What is drawn, such as `arrivals`.
    pub what: &'static str,
    /// The seeds, those that the code draws with.
    pub seeds: &'static [u64],
}

/// Returns the seeds from 1 to `COUNT`, for an experiment that draws with as many.
pub const fn first_seeds<const COUNT: usize>() -> [u64; COUNT] {
    let mut seeds = [0; COUNT];
    let mut at = 0;
    while at < COUNT {
        seeds[at] = at as u64 + 1;
        at += 1;
    }
    seeds
}

/// What a file of data tells of itself.
pub trait Data: DeserializeOwned + fmt::Debug + Send + Sync + 'static {
    /// Returns the name by which experiments ask for it.
    fn name(&self) -> &str;
    /// Returns the seed of the search that found it, where one did.
    fn seed(&self) -> Option<u64>;
    /// Returns the part that results follow from, as text.
    fn essence(&self) -> String;
}

/// A file of data as it was read.
#[derive(Clone)]
pub struct Datum {
    /// The data.
    pub value: Arc<dyn Any + Send + Sync>,
    /// The seed of the search that found it, where one did.
    pub seed: Option<u64>,
    /// The part that results follow from, as text.
    pub essence: String,
    /// All of it, as text.
    pub all: String,
}

impl fmt::Debug for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.all)
    }
}

/// The data of one kind by their names, or what is wrong with their files.
pub type AllData = Result<BTreeMap<String, Datum>, Diagnostics>;

/// Reads the data in a folder below `root`, by their names; no folder, no data.
///
/// # Errors
/// Files that are no JSON or of another form, located.
pub fn read_data<T: Data>(root: &Path, folder: &Path) -> AllData {
    let files: BTreeMap<String, T> = source::read_written_folder(root, folder)?;
    let data = files.into_values().map(|value| {
        let (name, seed) = (value.name().to_owned(), value.seed());
        let (essence, all) = (value.essence(), format!("{value:?}"));
        (name, Datum { value: Arc::new(value), seed, essence, all })
    });
    Ok(data.collect())
}

/// Commands of a study.
pub struct Commands {
    /// The command that they stand under, or the program itself.
    pub group: Option<&'static str>,
    /// Adds them to it.
    pub add: fn(clap::Command) -> clap::Command,
    /// Runs the one that was called, with the matches of the group; nothing when it was none of these.
    pub run: fn(&'static Study, &clap::ArgMatches) -> Option<ExitCode>,
}

impl Study {
    /// A study that adds nothing.
    pub const EMPTY: Self = Self {
        program: "paper-engine",
        version: env!("CARGO_PKG_VERSION"),
        about: "One command computes every number of a paper, and typesets it.",
        examples: "",
        inputs: &[],
        parameters: &[],
        units: &[],
        experiments: &[],
        stored: &[],
        data: &[],
        figures: load_all::<NoDrawing>,
        figure_schema: schema::<NoDrawing>,
        checks: &[],
        rules: &[],
        commands: &[],
        code: Code { digests: &[], sources: "", libraries: "", places: &[] },
    };

    /// Returns the rules that papers are held against: those of prose, of the review, and of this study.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> + Clone {
        lint::RULES.iter().chain(review::RULES).chain(self.rules)
    }

    /// Returns the experiment of this name.
    pub fn experiment(&self, id: &str) -> Option<&'static Experiment> {
        self.experiments.iter().find(|experiment| experiment.id == id)
    }

    /// Returns the stored experiment of this name.
    pub fn stored(&self, id: &str) -> Option<&'static StoredExperiment> {
        self.stored.iter().find(|experiment| experiment.id == id)
    }
}

impl Code {
    /// Returns the digest of the code behind an experiment; of all sources where the build script gave none.
    pub fn digest(&self, kind: &str, id: &str) -> &'static str {
        let found = self.digests.iter().find(|(found, name, _)| *found == kind && *name == id);
        found.map_or(self.sources, |(_, _, digest)| digest)
    }

    /// Returns the innermost function or constant of the study around a place in its code.
    pub fn place(&self, at: &std::panic::Location<'_>) -> Option<&'static CodePlace> {
        let around = self.places.iter().filter(|place| {
            (place.first..=place.last).contains(&at.line()) && Path::new(at.file()).ends_with(place.file)
        });
        around.max_by_key(|place| place.first)
    }

    /// Returns the line on which a function or constant of a file stands today.
    pub fn line(&self, file: &str, item: &str) -> Option<u32> {
        self.places.iter().find(|place| place.file == file && place.item == item).map(|place| place.first)
    }
}

impl PartialEq for Study {
    fn eq(&self, other: &Self) -> bool {
        self.program == other.program
    }
}

impl fmt::Debug for Study {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.program)
    }
}
