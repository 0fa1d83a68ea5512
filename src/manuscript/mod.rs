//! Markdown to one document tree: numbers, cross-references, citations, editions, positions.
//!
//! What an author writes:
//!
//! - `{{ fact(name="topology.4x4x8.torus.diameter") }}` is a fact with its unit; `digits=2` sets the
//!   decimals, `bare=true` leaves the unit out. `{{ published(name="...") }}` is the published
//!   counterpart of that fact.
//! - `# Title [#sec:label]` is a section; `[#eq:label]` behind `$$` numbers an equation.
//! - `@sec:label`, `@fig:label`, `@tab:label`, `@eq:label` are cross-references; `[@key; @other]` cites.
//! - `::: figure fig-4-topology`, `::: table table-2-performance`, each closed by `:::`, place a figure
//!   (`fig:topology`) and a table (`tab:performance`). `::: edition extended` ... `:::` keeps blocks in
//!   one edition only.
//!
//! The steps of [`read`]: fill in numbers, parse Markdown, build blocks, resolve labels, format references.

mod bibliography;
mod blocks;
mod labels;
mod math;
mod numbers;
mod tree;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use tree::{Block, BlockKind, Document, Inline, LabelKind, Reference};

use crate::diagnostic::{Diagnostics, Location};
use crate::facts::Facts;
use crate::source;
use crate::table::Table;
use bibliography::Bibliography;
use blocks::Reader;

/// Caption and alternative text of a figure.
#[derive(Clone, Debug)]
pub struct FigureText {
    /// Caption in Markdown.
    pub caption: String,
    /// What a reader who cannot see the figure needs.
    pub alt: String,
    /// Whether it spans both columns.
    pub wide: bool,
}

/// Caption and rows of a table.
#[derive(Clone, Debug)]
pub struct TableText {
    /// Caption in Markdown.
    pub caption: String,
    /// Whether it spans both columns.
    pub wide: bool,
    /// Rows with their numbers filled in.
    pub table: Table,
}

/// Everything the manuscript is read from.
pub struct Sources<'a> {
    /// Folder of the paper.
    pub root: &'a Path,
    /// Title.
    pub title: String,
    /// Authors, in order.
    pub authors: Vec<String>,
    /// Key terms.
    pub keywords: Vec<String>,
    /// File of the abstract, below the root.
    pub abstract_file: PathBuf,
    /// Files of the sections, in order, below the root.
    pub sections: Vec<PathBuf>,
    /// Bibliography, below the root.
    pub bibliography: PathBuf,
    /// Edition whose blocks are kept.
    pub edition: &'a str,
    /// Facts by name.
    pub facts: &'a Facts,
    /// Figures by id.
    pub figures: &'a BTreeMap<String, FigureText>,
    /// Tables by id.
    pub tables: &'a BTreeMap<String, TableText>,
}

/// Reads and resolves the manuscript for one edition.
///
/// # Errors
/// Every mistake in every file, located.
pub fn read(sources: &Sources<'_>) -> Result<Document, Diagnostics> {
    let mut errors = Diagnostics::default();
    let bibliography =
        errors.take(Bibliography::read(sources.root, &sources.bibliography)).unwrap_or_default();
    let mut reader = Reader::new(sources, &bibliography);
    let abstract_blocks = read_file(&mut reader, &sources.abstract_file, &mut errors);
    let sections: Vec<_> =
        sources.sections.iter().flat_map(|file| read_file(&mut reader, file, &mut errors)).collect();
    let (mut abstract_blocks, mut blocks) = (abstract_blocks, sections);
    let read = reader.finish();
    errors.0.extend(read.errors.0);
    labels::resolve(&mut abstract_blocks, &read.labels);
    labels::resolve(&mut blocks, &read.labels);
    let references = errors.take(bibliography.format(&read.cited)).unwrap_or_default();
    errors.into_result(Document {
        title: sources.title.clone(),
        authors: sources.authors.clone(),
        keywords: sources.keywords.clone(),
        abstract_blocks,
        blocks,
        references,
    })
}

fn read_file(reader: &mut Reader<'_>, file: &Path, errors: &mut Diagnostics) -> Vec<Block> {
    let text = source::read_text(reader.root(), file).map_err(Diagnostics::from);
    errors.take(text).map_or_else(Vec::new, |text| reader.read(&text, &Location::file(file)))
}
