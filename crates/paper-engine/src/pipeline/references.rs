//! The reference list of LaTeX: BibTeX's, with its messages at the entry.

use typesetter::{TexMessage, TypesetError};

use super::cache;
use super::context::Press;
use super::inputs::internal;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::manuscript::Document;
use crate::output::{self, Bibtex};
use crate::source;

/// A reference list as TeX reads it and what BibTeX said about it.
pub struct ReferenceList {
    /// What went into BibTeX.
    pub bibtex: Bibtex,
    /// The `.bbl` file.
    pub bbl: String,
    /// The bibliography, below the root.
    pub file: std::path::PathBuf,
    /// What is missing in the entries, each at its entry.
    pub warnings: Diagnostics,
}

/// Makes the reference list, or takes the one of the same bibliography and citations from the cache.
pub fn references(
    press: &Press<'_>,
    file: &std::path::Path,
    document: &Document,
) -> Result<(ReferenceList, bool), Diagnostics> {
    let text = source::read_text(&press.context.options.root, file)?;
    let bibtex = output::bibtex(document, file, &text)?;
    let run = || {
        let (aux, bibliography) = (bibtex.aux.clone(), bibtex.bibliography.clone());
        let worker = &press.context.options.worker;
        typesetter::bibtex(aux, bibliography, worker, &press.formats(), press.limit)
            .map_err(|error| explain(&error, file, &bibtex))
            .and_then(|made| serde_json::to_vec(&made).map_err(internal))
    };
    let key = [bibtex.aux.as_bytes(), bibtex.bibliography.as_bytes()];
    let entry = press.context.cache.get(&cache::REFERENCES, &key, run)?;
    let made: typesetter::References = serde_json::from_slice(&entry.bytes).map_err(internal)?;
    let warnings = made.warnings.iter().map(|message| locate(message, file, &bibtex)).collect();
    let list =
        ReferenceList { bbl: made.bbl, file: file.to_path_buf(), warnings: Diagnostics(warnings), bibtex };
    Ok((list, entry.hit))
}

fn explain(error: &TypesetError, file: &std::path::Path, bibtex: &Bibtex) -> Diagnostics {
    match error {
        TypesetError::Tex(messages) => {
            Diagnostics(messages.iter().map(|message| locate(message, file, bibtex)).collect())
        }
        other => Diagnostic::new(Location::file(file), other.to_string()).into(),
    }
}

/// Returns a message at its line, or at the entry whose key it ends in.
fn locate(message: &TexMessage, file: &std::path::Path, bibtex: &Bibtex) -> Diagnostic {
    let key = message.text.rsplit(' ').next().unwrap_or_default();
    let place = match message.line {
        0 => bibtex.place(key).cloned().unwrap_or_else(|| Location::file(file)),
        line => Location::new(file, line, 1),
    };
    Diagnostic::new(place, format!("BibTeX: {}", message.text)).remedy("complete or correct this entry")
}
