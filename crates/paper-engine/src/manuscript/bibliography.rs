//! The bibliography: entries by key, numbered by first citation, set in IEEE style.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use hayagriva::archive::{ArchivedStyle, locales};
use hayagriva::citationberg::{Locale, Style};
use hayagriva::io::{BibLaTeXError, from_biblatex_str};
use hayagriva::{
    BibliographyDriver, BibliographyRequest, BufWriteFormat, CitationItem, CitationRequest, Entry, Library,
};

use super::reference_cache::ReferenceCache;
use super::tree::Reference;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::source::read_text;

/// The style of the IEEE, unpacked once.
static STYLE: LazyLock<Style> =
    LazyLock::new(|| ArchivedStyle::InstituteOfElectricalAndElectronicsEngineers.get());
/// The words of all languages, unpacked once.
static LOCALES: LazyLock<Vec<Locale>> = LazyLock::new(locales);

/// The entries of a `.bib` file and the order in which they are cited.
#[derive(Debug)]
pub(super) struct Bibliography<'a> {
    kept: &'a ReferenceCache,
    library: Arc<Library>,
    cited: Vec<String>,
    broken: bool,
}

impl<'a> Bibliography<'a> {
    /// Reads the entries; with errors, every key is taken as known.
    pub fn read(root: &Path, file: &Path, kept: &'a ReferenceCache, errors: &mut Diagnostics) -> Self {
        let library = match read_text(root, file) {
            Ok(text) => kept.library(&text, || library(file, &text, errors)),
            Err(error) => {
                errors.push(error);
                None
            }
        };
        let broken = library.is_none();
        Self { kept, library: library.unwrap_or_default(), cited: Vec::new(), broken }
    }

    /// Returns the number of an entry by first citation, if the key is known.
    pub fn cite(&mut self, key: &str) -> Option<usize> {
        if !self.broken && self.library.get(key).is_none() {
            return None;
        }
        if let Some(index) = self.cited.iter().position(|cited| cited == key) {
            return Some(index + 1);
        }
        self.cited.push(key.to_owned());
        Some(self.cited.len())
    }

    /// Returns whether an entry has this key.
    pub fn contains(&self, key: &str) -> bool {
        self.library.get(key).is_some()
    }

    /// Returns all keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.library.keys()
    }

    /// Returns the cited entries in the reference style of the IEEE.
    pub fn references(&self) -> Vec<Reference> {
        self.kept.references(&self.cited, || self.set_references())
    }

    fn set_references(&self) -> Vec<Reference> {
        let Style::Independent(style) = &*STYLE else { return Vec::new() };
        let entries: Vec<&Entry> = self.cited.iter().filter_map(|key| self.library.get(key)).collect();
        let mut driver = BibliographyDriver::new();
        for entry in &entries {
            let items = vec![CitationItem::with_entry(*entry)];
            driver.citation(CitationRequest::from_items(items, style, &LOCALES));
        }
        let rendered = driver.finish(BibliographyRequest { style, locale: None, locale_files: &LOCALES });
        let items = rendered.bibliography.map(|bibliography| bibliography.items).unwrap_or_default();
        let text_of = |key: &str| {
            let mut text = String::new();
            if let Some(item) = items.iter().find(|item| item.key == key) {
                // Writing to a string cannot fail.
                let _ = item.content.write_buf(&mut text, BufWriteFormat::Plain);
            }
            // BibTeX's `and others` comes out as a person of that name.
            let text = text.replace(", and others,", " et al.,").replace(" and others,", " et al.,");
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let numbered = entries.iter().enumerate();
        let reference = |(index, entry): (usize, &&Entry)| Reference {
            key: entry.key().to_owned(),
            number: index + 1,
            text: text_of(entry.key()),
            url: address(entry),
        };
        numbered.map(reference).collect()
    }
}

/// Returns the entries of a `.bib` file, unless it cannot be read.
fn library(file: &Path, text: &str, errors: &mut Diagnostics) -> Option<Library> {
    let problems = match from_biblatex_str(text) {
        Ok(library) => return Some(library),
        Err(problems) => problems,
    };
    for problem in problems {
        let (span, message) = match &problem {
            BibLaTeXError::Parse(error) => (error.span.clone(), error.kind.to_string()),
            BibLaTeXError::Type(error) => (error.span.clone(), error.kind.to_string()),
        };
        let message = format!("the bibliography cannot be read: {message}");
        errors.push(Diagnostic::new(Location::of_byte(file, text, span.start), message));
    }
    None
}

/// Returns the address of a work: its DOI, its arXiv page or its URL.
fn address(entry: &Entry) -> Option<String> {
    let doi = entry.doi().map(|doi| format!("https://doi.org/{doi}"));
    let arxiv =
        || entry.arxiv().map(|id| format!("https://arxiv.org/abs/{}", id.trim_start_matches("arXiv:")));
    doi.or_else(arxiv).or_else(|| entry.url_any().map(|url| url.value.to_string()))
}
