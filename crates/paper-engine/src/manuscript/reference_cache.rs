//! What reading a paper made before and can use again while its cause is the same.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::bib::{Set, WrittenEntries};
use super::tree::Reference;
use crate::diagnostic::Diagnostics;

/// Results of earlier readings: the bibliography and its references.
///
/// Editions share most of their text, and an author's next draft shares nearly all of it with the last one.
#[derive(Debug, Default)]
pub struct ReferenceCache(Mutex<CachedReferences>);

#[derive(Debug, Default)]
struct CachedReferences {
    /// Counts the drafts.
    draft: u64,
    entries: Option<(String, Arc<WrittenEntries>)>,
    references: BTreeMap<(Set, Vec<String>), References>,
}

#[derive(Debug)]
struct References {
    list: Vec<Reference>,
    /// The draft that used it last.
    draft: u64,
}

impl ReferenceCache {
    /// Begins a new draft: what the last one did not use is forgotten.
    pub fn begin_draft(&self) {
        let mut state = self.state();
        let last = state.draft;
        state.references.retain(|_, references| references.draft == last);
        state.draft += 1;
    }

    /// Returns the entries of a bibliography; `read` is called where its text is new.
    pub(super) fn entries(&self, text: &str, read: impl FnOnce() -> WrittenEntries) -> Arc<WrittenEntries> {
        if let Some((_, entries)) = self.state().entries.as_ref().filter(|(kept, _)| kept == text) {
            return Arc::clone(entries);
        }
        let entries = Arc::new(read());
        let mut state = self.state();
        state.entries = Some((text.to_owned(), Arc::clone(&entries)));
        state.references.clear();
        entries
    }

    /// Returns the references of the works cited, in this order, in the bibliography that was read last.
    pub(super) fn references(
        &self,
        set: Set,
        cited: &[String],
        make: impl FnOnce() -> Result<Vec<Reference>, Diagnostics>,
    ) -> Result<Vec<Reference>, Diagnostics> {
        let key = (set, cited.to_vec());
        {
            let mut state = self.state();
            let draft = state.draft;
            if let Some(kept) = state.references.get_mut(&key) {
                kept.draft = draft;
                return Ok(kept.list.clone());
            }
        }
        let list = make()?;
        let mut state = self.state();
        let kept = References { list: list.clone(), draft: state.draft };
        state.references.insert(key, kept);
        Ok(list)
    }

    fn state(&self) -> MutexGuard<'_, CachedReferences> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
