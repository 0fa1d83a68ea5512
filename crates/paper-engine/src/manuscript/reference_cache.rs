//! What reading a paper made before and can use again while its cause is the same.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hayagriva::Library;

use super::tree::Reference;

/// Results of earlier readings: the bibliography and its references.
///
/// Editions share most of their text, and an author's next draft shares nearly all of it with the last one.
#[derive(Debug, Default)]
pub struct ReferenceCache(Mutex<CachedReferences>);

#[derive(Debug, Default)]
struct CachedReferences {
    /// Counts the drafts.
    draft: u64,
    library: Option<(String, Arc<Library>)>,
    references: BTreeMap<Vec<String>, References>,
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

    /// Returns the entries of a bibliography; `read` is called where its text is new and returns `None` on an
    /// error.
    pub(super) fn library(&self, text: &str, read: impl FnOnce() -> Option<Library>) -> Option<Arc<Library>> {
        if let Some((_, library)) = self.state().library.as_ref().filter(|(kept, _)| kept == text) {
            return Some(Arc::clone(library));
        }
        let library = Arc::new(read()?);
        let mut state = self.state();
        state.library = Some((text.to_owned(), Arc::clone(&library)));
        state.references.clear();
        Some(library)
    }

    /// Returns the references of the works cited, in this order, in the bibliography that was read last.
    pub(super) fn references(
        &self,
        cited: &[String],
        make: impl FnOnce() -> Vec<Reference>,
    ) -> Vec<Reference> {
        {
            let mut state = self.state();
            let draft = state.draft;
            if let Some(kept) = state.references.get_mut(cited) {
                kept.draft = draft;
                return kept.list.clone();
            }
        }
        let list = make();
        let mut state = self.state();
        let kept = References { list: list.clone(), draft: state.draft };
        state.references.insert(cited.to_vec(), kept);
        list
    }

    fn state(&self) -> MutexGuard<'_, CachedReferences> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
