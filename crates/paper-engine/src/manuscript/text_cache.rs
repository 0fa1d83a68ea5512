//! Texts that an earlier draft had too: what reading one told of it is told again, without reading it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::bib::WrittenEntries;
use super::label::Told;
use super::tree::{Block, StatementKind};
use crate::diagnostic::Location;

/// The texts of the last draft, for a paper whose facts, figures, tables and settings are the same.
#[derive(Debug, Default)]
pub struct TextCache(Mutex<BTreeMap<(String, PathBuf), Arc<KeptText>>>);

/// One text as it was read in one place of one edition.
#[derive(Debug)]
pub(super) struct KeptText {
    pub text: String,
    pub numbered: bool,
    pub before: Before,
    pub works: Arc<WrittenEntries>,
    pub after: After,
}

/// What the texts before one left that its own reading looks at.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Before {
    pub counted: Counted,
    pub labels: Vec<String>,
    pub reserved: Arc<BTreeSet<String>>,
    pub tags: Vec<String>,
}

/// What reading a text added.
#[derive(Debug)]
pub(super) struct After {
    pub blocks: Vec<Block>,
    pub told: Vec<Told>,
    pub cited: Vec<String>,
    pub tags: Vec<(String, Location)>,
    pub counted: Counted,
}

/// What is numbered over all files of a paper.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub footnotes: usize,
    pub appendix: bool,
    pub sections: Vec<usize>,
    pub figures: usize,
    pub tables: usize,
    pub equations: usize,
    /// Statements of each kind.
    pub statements: BTreeMap<StatementKind, usize>,
}

impl TextCache {
    /// Returns what is kept of a file of an edition.
    pub(super) fn get(&self, key: &(String, PathBuf)) -> Option<Arc<KeptText>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// Keeps a text in place of the last one of its file.
    pub(super) fn keep(&self, key: (String, PathBuf), read: KeptText) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::new(read));
    }
}
