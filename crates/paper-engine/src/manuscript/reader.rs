//! Reads all files of a paper into one document.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::bibliography::Bibliography;
use super::block::Builder;
use super::call::Known;
use super::kept::Kept;
use super::label::Labels;
use super::source::Origin;
use super::tree::{Block, Document};
use crate::diagnostic::{Diagnostics, Location};
use crate::facts::{Facts, Outcome};
use crate::source::read_text;
use crate::table::Table;

/// The words of a figure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FigureText {
    /// Caption in Markdown.
    pub caption: String,
    /// Alternative text; may hold numbers.
    pub alt: String,
    /// Whether the figure spans both columns.
    pub wide: bool,
}

/// A table and its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableText {
    /// Caption in Markdown.
    pub caption: String,
    /// Whether the table spans both columns.
    pub wide: bool,
    /// The table, its cells already text.
    pub table: Table,
    /// Where the table is written.
    pub location: Location,
}

/// Everything a paper is read from.
#[derive(Clone, Debug)]
pub struct Sources<'a> {
    /// The folder of the paper.
    pub root: &'a Path,
    /// Title of the paper.
    pub title: String,
    /// Authors, in order.
    pub authors: Vec<String>,
    /// Key terms.
    pub keywords: Vec<String>,
    /// The abstract, relative to the root; a text that stands alone has none.
    pub abstract_file: Option<PathBuf>,
    /// The section files in order, relative to the root.
    pub sections: Vec<PathBuf>,
    /// The files of this edition's appendices in order, relative to the root.
    pub appendices: Vec<PathBuf>,
    /// Files that only other editions have, relative to the root.
    pub left_out: Vec<PathBuf>,
    /// The bibliography, relative to the root.
    pub bibliography: PathBuf,
    /// The edition whose blocks are kept.
    pub edition: &'a str,
    /// All facts.
    pub facts: &'a Arc<Facts>,
    /// The verdict of each claim, by its id.
    pub verdicts: &'a BTreeMap<String, Outcome>,
    /// Words of the figures, by identifier.
    pub figures: &'a BTreeMap<String, FigureText>,
    /// The tables, by identifier.
    pub tables: &'a BTreeMap<String, TableText>,
    /// What earlier readings made.
    pub kept: &'a Kept,
}

/// Reads a paper: numbers filled in, labels numbered, citations set.
///
/// # Errors
/// All errors of all files together.
pub fn read(sources: &Sources<'_>) -> Result<Document, Diagnostics> {
    let mut errors = Diagnostics::default();
    let bibliography = Bibliography::read(sources.root, &sources.bibliography, sources.kept, &mut errors);
    let mut builder = Builder {
        sources,
        known: Arc::new(Known { facts: Arc::clone(sources.facts), verdicts: sources.verdicts.clone() }),
        bibliography,
        labels: Labels::default(),
        errors,
        pending_labels: Vec::new(),
        footnotes: 0,
        appendix: false,
        sections: Vec::new(),
        figures: 0,
        tables: 0,
        equations: 0,
    };
    let mut complete = true;
    let mut read_file = |builder: &mut Builder<'_>, file: &Path, numbered: bool| -> Vec<Block> {
        match read_text(sources.root, file) {
            Ok(text) => builder.text(&text, Origin::section(file, &text), numbered),
            Err(error) => {
                builder.errors.push(error);
                complete = false;
                Vec::new()
            }
        }
    };
    let mut abstract_blocks: Vec<Block> =
        sources.abstract_file.iter().flat_map(|file| read_file(&mut builder, file, false)).collect();
    let mut blocks: Vec<Block> =
        sources.sections.iter().flat_map(|file| read_file(&mut builder, file, true)).collect();
    builder.begin_appendices();
    let mut appendices: Vec<Block> =
        sources.appendices.iter().flat_map(|file| read_file(&mut builder, file, true)).collect();
    for file in &sources.left_out {
        let text = read_text(sources.root, file).unwrap_or_default();
        builder.labels.leave_out(&text, Origin::section(file, &text));
    }
    // The labels of a file that cannot be read are unknown: its own error comes first.
    if complete {
        builder.labels.check(sources.edition, &mut builder.errors);
    }
    builder.labels.fill_blocks(&mut abstract_blocks);
    builder.labels.fill_blocks(&mut blocks);
    builder.labels.fill_blocks(&mut appendices);
    let document = Document {
        title: sources.title.clone(),
        authors: sources.authors.clone(),
        keywords: sources.keywords.clone(),
        abstract_blocks,
        blocks,
        appendices,
        references: builder.bibliography.references(),
    };
    builder.errors.into_result(document)
}
