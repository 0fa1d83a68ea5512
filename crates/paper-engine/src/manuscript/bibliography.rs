//! The bibliography of one document: entries by key, numbered by first citation.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::bib::{self, ReferenceStyle, Set, WrittenEntries, written_entries};
use super::reference_cache::ReferenceCache;
use super::sources::Sources;
use super::tree::Reference;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::language::Language;
use crate::source::read_text;

/// The entries of a `.bib` file and the order in which they are cited.
#[derive(Debug)]
pub(super) struct Bibliography<'a> {
    language: Language,
    kept: &'a ReferenceCache,
    file: PathBuf,
    text: String,
    written: Arc<WrittenEntries>,
    keys: BTreeSet<String>,
    cited: Vec<String>,
    /// The keys that the present text cites.
    told: Vec<String>,
    broken: bool,
}

impl<'a> Bibliography<'a> {
    /// Reads the entries; with errors, every key is taken as known.
    pub fn read(sources: &Sources<'a>, errors: &mut Diagnostics) -> Self {
        let Sources { root, language, kept, .. } = *sources;
        let file = sources.bibliography.as_path();
        let text = errors.take(read_text(root, file).map_err(Diagnostics::from));
        let is_missing = text.is_none();
        let text = text.unwrap_or_default();
        let written = kept.entries(&text, || written_entries(&text));
        let place = |at: usize| Location::of_byte(file, &text, at);
        for (at, problem) in &written.problems {
            let message = format!("the bibliography cannot be read: {problem}");
            errors.push(Diagnostic::new(place(*at), message).remedy("close or complete it"));
        }
        let mut keys = BTreeSet::new();
        for entry in &written.entries {
            if !keys.insert(entry.key.clone()) {
                let message = format!("a second entry has the key `{}`", entry.key);
                errors.push(
                    Diagnostic::new(place(entry.at), message)
                        .remedy("give it a key of its own, or remove it"),
                );
            }
        }
        let broken = is_missing || !written.problems.is_empty();
        let (file, cited, told) = (file.to_path_buf(), Vec::new(), Vec::new());
        Self { language, kept, file, text, written, keys, cited, told, broken }
    }

    /// Returns the number of an entry by first citation, if the key is known.
    pub fn cite(&mut self, key: &str) -> Option<usize> {
        if !self.broken && !self.contains(key) {
            return None;
        }
        self.told.push(key.to_owned());
        if let Some(index) = self.cited.iter().position(|cited| cited == key) {
            return Some(index + 1);
        }
        self.cited.push(key.to_owned());
        Some(self.cited.len())
    }

    /// Begins a text.
    pub fn begin_telling(&mut self) {
        self.told.clear();
    }

    /// Returns the keys that the present text cites.
    pub fn told(&self) -> &[String] {
        &self.told
    }

    /// Returns the entries.
    pub fn written(&self) -> &Arc<WrittenEntries> {
        &self.written
    }

    /// Returns whether an entry has this key.
    pub fn contains(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// Returns all keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(String::as_str)
    }

    /// Returns the cited entries in a reference style.
    ///
    /// # Errors
    /// What in a cited entry would come out wrong, at its field.
    pub fn references(&self, style: ReferenceStyle) -> Result<Vec<Reference>, Diagnostics> {
        let set = Set { language: self.language, style };
        let make = || bib::references(set, &self.file, &self.text, &self.written, &self.cited);
        self.kept.references(set, &self.cited, make)
    }
}
