//! `paper/results.lock`: from what each source was made, as digests, written by the program alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostics;
use crate::source::{read_written, sha256};

/// Where it stands, below the root of a paper.
pub const LOCK_FILE: &str = "paper/results.lock";

/// What is known of all sources that commands make.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Lock {
    /// Each by the name of its source.
    pub sources: BTreeMap<String, Entry>,
}

/// From what one source was made, and what came out.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Entry {
    /// The command.
    pub command: String,
    /// The digest of each input, by its path below the root.
    pub inputs: BTreeMap<PathBuf, String>,
    /// The digest of the value of each environment variable that is named.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
    /// The digest of each file that was made.
    pub outputs: BTreeMap<PathBuf, String>,
    /// How it came about.
    pub made: Made,
}

/// How the files of a source came about.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Made {
    /// Elsewhere, and taken as they are.
    #[default]
    Adopted,
    /// By the command.
    Run {
        /// How long it took, in seconds.
        seconds: f64,
        /// The cores of the machine.
        cores: usize,
        /// The clock of its processor in MHz, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clock_mhz: Option<f64>,
        /// What the tools that are named said of their versions.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        versions: BTreeMap<String, String>,
    },
}

impl Lock {
    /// Reads what is known; nothing where the file is not there.
    ///
    /// # Errors
    /// A file that the program did not write.
    pub fn read(root: &Path) -> Result<Self, Diagnostics> {
        let file = Path::new(LOCK_FILE);
        if root.join(file).exists() { read_written(root, file) } else { Ok(Self::default()) }
    }

    /// Returns it as a file.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}

/// Returns the digest of a file below the root; nothing where it cannot be read.
pub fn digest(root: &Path, file: &Path) -> Option<String> {
    std::fs::read(root.join(file)).ok().map(|bytes| sha256(&bytes))
}
