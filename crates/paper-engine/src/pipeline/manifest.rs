//! `build/manifest.json`: the hashes of everything read and written, and what made the one from the other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::inputs::Inputs;
use crate::facts::{Experiment, SAMPLING_SEED};
use crate::source::sha256;
use crate::study::RandomDraw;

/// Where the manifest stands, below `build/` and in a release bundle.
pub const MANIFEST_FILE: &str = "manifest.json";

/// What a build read, what it wrote, and the program between the two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The program that built.
    pub program: Program,
    /// Versions of the libraries that the program calls, by name.
    pub libraries: BTreeMap<String, String>,
    /// Seeds of whatever is random: `EXPERIMENT.WHAT` by experiment, `KIND/NAME` for data of the study, and
    /// `samples` for those of the ranges of inputs.
    pub seeds: BTreeMap<String, Vec<u64>>,
    /// Names of the editions, from the shortest to the fullest.
    pub editions: Vec<String>,
    /// The files read, by path below the root of the paper.
    pub inputs: BTreeMap<String, FileDigest>,
    /// The files written, by path.
    pub outputs: BTreeMap<String, FileDigest>,
    /// What a release bundle says of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<Release>,
}

/// The program that built, and a digest of its sources.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its sources.
    pub sources_sha256: String,
}

/// Hash and size of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileDigest {
    /// SHA-256 in hexadecimal digits.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: usize,
}

/// What a release bundle says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The day of the release, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

impl FileDigest {
    /// Hash and size of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self { sha256: sha256(bytes), bytes: bytes.len() }
    }
}

impl Manifest {
    /// Returns the manifest as the text of a JSON file.
    ///
    /// # Errors
    /// None that a manifest can cause.
    pub fn json(&self) -> serde_json::Result<Vec<u8>> {
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        Ok(text)
    }
}

/// Names the inputs and outputs of a build with their SHA-256 and size.
pub fn manifest(
    root: &Path,
    inputs: &Inputs,
    pictures: &BTreeSet<PathBuf>,
    files: &BTreeMap<String, Vec<u8>>,
) -> Manifest {
    let study = inputs.model.study();
    let read = inputs.files().into_iter().chain(pictures.iter().cloned()).filter_map(|file| {
        let bytes = std::fs::read(root.join(&file)).ok()?;
        Some((file.to_string_lossy().into_owned(), FileDigest::of(&bytes)))
    });
    let data = inputs
        .model
        .all_data()
        .filter_map(|(kind, name, datum)| Some((format!("{kind}/{name}"), vec![datum.seed?])));
    let of = |experiment: &'static Experiment| {
        let named = |drawn: &RandomDraw| (format!("{}.{}", experiment.id, drawn.what), drawn.seeds.to_vec());
        experiment.drawn.iter().map(named)
    };
    let chosen = study.parameters.iter().filter_map(|parameter| {
        let group = parameter.name.split('.').next()?;
        Some((format!("{group}.{}", parameter.draws?), inputs.model.counts(parameter.name).to_vec()))
    });
    let seeds = study.experiments.iter().flat_map(of).chain(chosen);
    let samples = ("samples".to_owned(), vec![SAMPLING_SEED]);
    Manifest {
        program: Program {
            name: study.program.to_owned(),
            version: study.version.to_owned(),
            sources_sha256: study.code.sources.to_owned(),
        },
        libraries: pairs(study.code.libraries).map(|(name, version)| (name, version.to_owned())).collect(),
        seeds: seeds.chain(data).chain([samples]).collect(),
        editions: inputs.paper.editions.iter().map(|edition| edition.name.clone()).collect(),
        inputs: read.collect(),
        outputs: files.iter().map(|(path, bytes)| (path.clone(), FileDigest::of(bytes))).collect(),
        release: None,
    }
}

/// Reads `name=value name=value`.
fn pairs(text: &'static str) -> impl Iterator<Item = (String, &'static str)> {
    text.split_whitespace()
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value))
}
