//! Texts that an earlier draft had too: what reading one told of it is told again, without reading it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::bib::WrittenEntries;
use super::builder::{Builder, Counted};
use super::label::Told;
use super::source::Origin;
use super::tree::Block;
use crate::diagnostic::Location;

/// The texts of the last draft, for a paper whose facts, figures, tables and settings are the same.
#[derive(Debug, Default)]
pub struct TextCache(Mutex<BTreeMap<(String, PathBuf), Arc<KeptText>>>);

/// One text as it was read in one place of one edition.
#[derive(Debug)]
struct KeptText {
    text: String,
    numbered: bool,
    before: Before,
    works: Arc<WrittenEntries>,
    after: After,
}

/// What the texts before one left that its own reading looks at.
#[derive(Debug, PartialEq, Eq)]
struct Before {
    counted: Counted,
    labels: Vec<String>,
    reserved: Arc<BTreeSet<String>>,
    tags: Vec<String>,
}

/// What reading a text added.
#[derive(Debug)]
struct After {
    blocks: Vec<Block>,
    told: Vec<Told>,
    cited: Vec<String>,
    tags: Vec<(String, Location)>,
    counted: Counted,
}

impl Before {
    fn of(builder: &Builder<'_>) -> Self {
        Self {
            counted: builder.counted.clone(),
            labels: builder.labels.names().cloned().collect(),
            reserved: builder.labels.reserved(),
            tags: builder.tags.keys().cloned().collect(),
        }
    }

    /// Returns whether a builder stands where another one stood.
    fn is_of(&self, builder: &Builder<'_>) -> bool {
        let Self { counted, labels, reserved, tags } = self;
        *counted == builder.counted
            && labels.iter().eq(builder.labels.names())
            && *reserved == builder.labels.reserved()
            && tags.iter().eq(builder.tags.keys())
    }
}

impl Builder<'_> {
    /// Converts a file of the text, or takes what an earlier draft made of the same words in the same place.
    pub(super) fn file(&mut self, file: &Path, text: &str, numbered: bool) -> Vec<Block> {
        let kept = self.sources.texts;
        let key = (self.sources.edition.to_owned(), file.to_path_buf());
        let known = kept.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(known) = known.filter(|known| {
            (known.text.as_str(), known.numbered) == (text, numbered)
                && Arc::ptr_eq(&known.works, self.bibliography.written())
                && known.before.is_of(self)
        }) {
            return self.repeat(&known.after);
        }
        let (before, errors) = (Before::of(self), self.errors.0.len());
        self.reads_files = false;
        self.labels.begin_telling();
        self.bibliography.begin_telling();
        let blocks = self.text(text, Origin::whole(file), numbered);
        // Errors are told anew, and whoever changes another file changes no text.
        if self.errors.0.len() == errors && !self.reads_files && self.pending_labels.is_empty() {
            let is_new = |(tag, _): &(&String, &Location)| before.tags.binary_search(tag).is_err();
            let tags = self.tags.iter().filter(is_new).map(|(tag, at)| (tag.clone(), at.clone()));
            let after = After {
                blocks: blocks.clone(),
                told: self.labels.told().to_vec(),
                cited: self.bibliography.told().to_vec(),
                tags: tags.collect(),
                counted: self.counted.clone(),
            };
            let works = Arc::clone(self.bibliography.written());
            let read = KeptText { text: text.to_owned(), numbered, before, works, after };
            kept.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::new(read));
        }
        blocks
    }

    /// Tells what reading a text told before.
    fn repeat(&mut self, after: &After) -> Vec<Block> {
        let After { blocks, told, cited, tags, counted } = after;
        for told in told {
            self.labels.tell_again(told, &mut self.errors);
        }
        for key in cited {
            self.bibliography.cite(key);
        }
        self.tags.extend(tags.iter().cloned());
        self.counted.clone_from(counted);
        blocks.clone()
    }
}
