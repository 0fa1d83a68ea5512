//! `paper/signed.yaml`: what people signed, each with the digest of what lay before them.

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::plan::{Criterion, Plan, Wave};
use super::written::written;
use crate::diagnostic::Diagnostics;
use crate::source::{self, hex, sha256};

/// Where signatures stand, below the root of a paper.
pub const SIGNED_FILE: &str = "paper/signed.yaml";

/// What can be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// A wave by its number.
    Wave(u32),
    /// The gate of a phase by its number.
    Gate(u32),
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Wave(id) => write!(f, "wave {id}"),
            Self::Gate(id) => write!(f, "the gate of phase {id}"),
        }
    }
}

/// One signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// What was signed.
    pub target: Target,
    /// Who signed.
    pub by: String,
    /// What they had to say.
    pub note: String,
    /// The digest of what was signed.
    pub sha256: String,
}

/// All signatures, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Signatures(pub Vec<Signature>);

impl Signatures {
    /// Reads the signatures of the paper at `root`; nobody has signed where there is no file.
    ///
    /// # Errors
    /// Broken YAML, located.
    pub fn read(root: &Path) -> Result<Self, Diagnostics> {
        if !root.join(SIGNED_FILE).exists() {
            return Ok(Self::default());
        }
        source::read_yaml(root, Path::new(SIGNED_FILE))
    }

    /// Returns the last signature of a target.
    pub fn last(&self, target: Target) -> Option<&Signature> {
        self.0.iter().rev().find(|signature| signature.target == target)
    }
}

/// Returns the digest of the files that a wave delivers and of its criteria; files are those of the build and
/// of `root`.
pub(super) fn digest_of_wave(wave: &Wave, root: &Path, outputs: &BTreeMap<String, Vec<u8>>) -> String {
    let mut digest = Sha256::new();
    digest.update(criteria(&wave.criteria));
    if let Some(path) = wave.output.strip_prefix("build/") {
        for (file, bytes) in outputs.iter().filter(|(file, _)| is_part(file, path)) {
            digest.update(format!("{} {file}\n", sha256(bytes)));
        }
    } else {
        let bytes = std::fs::read(root.join(&wave.output)).unwrap_or_default();
        digest.update(format!("{} {}\n", sha256(&bytes), wave.output));
    }
    hex(&digest.finalize())
}

/// Returns the digest of all waves of a phase and of the criteria of its gate.
pub(super) fn digest_of_gate(
    plan: &Plan,
    phase: u32,
    root: &Path,
    outputs: &BTreeMap<String, Vec<u8>>,
) -> String {
    let gate = plan.phases.iter().find(|known| known.id.value == phase);
    let mut text = gate.map(|phase| criteria(&phase.gate.criteria)).unwrap_or_default();
    for wave in plan.waves_of(phase) {
        text.push_str(&digest_of_wave(wave, root, outputs));
        text.push('\n');
    }
    sha256(text.as_bytes())
}

/// Returns whether a file is the one at `path`, or lies in it where it ends in a slash.
pub(super) fn is_part(file: &str, path: &str) -> bool {
    if path.ends_with('/') { file.starts_with(path) } else { file == path }
}

fn criteria(criteria: &[Criterion]) -> String {
    let lines = criteria.iter().map(|one| format!("{} {}\n", one.text.value, written(&one.checks)));
    lines.collect()
}
