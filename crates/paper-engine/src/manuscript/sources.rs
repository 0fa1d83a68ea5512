//! What a paper is read from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::bib::ReferenceStyle;
use super::front::{BackKind, Front};
use super::reference_cache::ReferenceCache;
use super::text_cache::TextCache;
use crate::diagnostic::Location;
use crate::facts::{Facts, Outcome};
use crate::language::Language;
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
    /// Caption and alternative text of each panel, where it has several.
    pub panels: Vec<(String, String)>,
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
    /// The language of its texts.
    pub language: Language,
    /// Title of the paper.
    pub title: String,
    /// Authors and affiliations.
    pub front: Front,
    /// Texts behind the body, in Markdown; values of `paper/paper.yaml` under the keys of their kinds.
    pub back: Vec<(BackKind, String)>,
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
    /// The style of the reference list.
    pub references: ReferenceStyle,
    /// The edition whose blocks are kept.
    pub edition: &'a str,
    /// All names that blocks of an edition may have.
    pub editions: &'a [&'a str],
    /// Commands of formulas that the paper defines, by name.
    pub macros: &'a BTreeMap<String, String>,
    /// All facts.
    pub facts: &'a Arc<Facts>,
    /// The verdict of each claim, by its id.
    pub verdicts: &'a BTreeMap<String, Outcome>,
    /// Words of the figures, by identifier.
    pub figures: &'a BTreeMap<String, FigureText>,
    /// The tables, by identifier.
    pub tables: &'a BTreeMap<String, TableText>,
    /// What earlier readings made.
    pub kept: &'a ReferenceCache,
    /// Texts that earlier readings of the same facts, figures, tables and settings made.
    pub texts: &'a TextCache,
}

impl Sources<'_> {
    /// Returns the files of the text, in order.
    pub(super) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.abstract_file.iter().chain(&self.sections).chain(&self.appendices)
    }
}
