//! `paper/paper.yaml`: what the paper is called and which files it consists of.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::diagnostic::Diagnostics;
use crate::source;

/// Where the paper is described, below its root.
pub const PAPER_FILE: &str = "paper/paper.yaml";

/// Title, authors and files of a paper.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// Title.
    pub title: String,
    /// Stem of the names of generated files.
    pub short: String,
    /// Authors, in order.
    pub authors: Vec<String>,
    /// Key terms.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// File of the abstract, below the root.
    #[serde(rename = "abstract")]
    pub abstract_file: PathBuf,
    /// Files of the sections, in order, below the root.
    pub sections: Vec<PathBuf>,
    /// Bibliography, below the root.
    pub bibliography: PathBuf,
}

impl Paper {
    /// Reads the description of the paper at `root`.
    ///
    /// # Errors
    /// A missing file or broken YAML, located.
    pub fn read(root: &Path) -> Result<Self, Diagnostics> {
        Ok(source::read_yaml(root, Path::new(PAPER_FILE))?)
    }
}
