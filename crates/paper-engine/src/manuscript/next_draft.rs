//! The texts of a next draft: those that are as they were are not read again.

use std::path::Path;
use std::sync::Arc;

use super::builder::Builder;
use super::source::Origin;
use super::text_cache::{After, Before, KeptText};
use super::tree::Block;
use crate::diagnostic::Location;

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
        let known = kept.get(&key);
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
            kept.keep(key, read);
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
