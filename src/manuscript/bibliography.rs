//! `references.bib` and the references in their style.

use std::path::{Path, PathBuf};

use hayagriva::archive::{ArchivedStyle, locales};
use hayagriva::citationberg::Style;
use hayagriva::io::BibLaTeXError;
use hayagriva::{
    BibliographyDriver, BibliographyRequest, BufWriteFormat, CitationItem, CitationRequest, Library,
};

use super::Reference;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::source;

/// All works that can be cited.
#[derive(Default)]
pub struct Bibliography {
    file: PathBuf,
    library: Library,
}

impl Bibliography {
    /// Reads a bibliography.
    pub fn read(root: &Path, file: &Path) -> Result<Self, Diagnostics> {
        let text = source::read_text(root, file)?;
        let library = hayagriva::io::from_biblatex_str(&text).map_err(|errors| {
            let located = errors.into_iter().map(|error| {
                let start = match &error {
                    BibLaTeXError::Parse(error) => error.span.start,
                    BibLaTeXError::Type(error) => error.span.start,
                };
                let before = text.get(..start).unwrap_or_default();
                let line = before.matches('\n').count() + 1;
                let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
                Diagnostic::new(Location::new(file, line, column), error.to_string())
                    .remedy("correct this entry of the bibliography")
            });
            Diagnostics(located.collect())
        })?;
        Ok(Self { file: file.to_path_buf(), library })
    }

    /// Whether a work can be cited.
    pub fn contains(&self, key: &str) -> bool {
        self.library.get(key).is_some()
    }

    /// All citation keys.
    pub fn keys(&self) -> Vec<&str> {
        self.library.keys().collect()
    }

    /// The cited works in IEEE style, numbered in order of first citation.
    pub fn format(&self, cited: &[String]) -> Result<Vec<Reference>, Diagnostics> {
        let Style::Independent(style) = ArchivedStyle::InstituteOfElectricalAndElectronicsEngineers.get()
        else {
            let message = "the IEEE style is not available";
            return Err(Diagnostic::new(Location::file(&self.file), message).into());
        };
        let locales = locales();
        let mut driver = BibliographyDriver::new();
        let entries: Vec<_> = cited.iter().filter_map(|key| self.library.get(key)).collect();
        for &entry in &entries {
            driver.citation(CitationRequest::from_items(
                vec![CitationItem::with_entry(entry)],
                &style,
                &locales,
            ));
        }
        let request = BibliographyRequest { style: &style, locale: None, locale_files: &locales };
        let items =
            driver.finish(request).bibliography.map(|bibliography| bibliography.items).unwrap_or_default();
        let references = entries.iter().enumerate().map(|(index, entry)| {
            let mut text = String::new();
            if let Some(item) = items.iter().find(|item| item.key == entry.key()) {
                // Writing to a string cannot fail.
                let _written = item.content.write_buf(&mut text, BufWriteFormat::Plain);
            }
            let url = entry.doi().map(|doi| format!("https://doi.org/{doi}"));
            let url = url.or_else(|| entry.url_any().map(|url| url.value.to_string()));
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            Reference { key: entry.key().to_owned(), number: index + 1, text, url }
        });
        Ok(references.collect())
    }
}
