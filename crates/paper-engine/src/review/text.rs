//! Walks over a document: its parts, its pieces of text, its figures, tables and code.

use crate::diagnostic::Location;
use crate::lint::{Passage, passages_of, plain};
use crate::manuscript::{Block, BlockKind, Document, InlineKind, TableContent, inlines};
use crate::table::Table;

/// The abstract, a section or an appendix.
pub(super) struct Section<'d> {
    /// Its number and title.
    pub title: String,
    /// Its title alone.
    pub name: String,
    /// Where it begins.
    pub place: Location,
    /// Its blocks, without its own heading.
    pub blocks: &'d [Block],
}

impl<'d> Section<'d> {
    /// Paragraphs, lists and quotations; no headings and no captions.
    pub fn prose(&self) -> Vec<Passage<'d>> {
        passages_of(self.blocks).filter(|passage| !passage.caption && !passage.heading).collect()
    }
}

/// Returns the abstract, the sections and the appendices of a document, in order.
pub(super) fn parts(document: &Document) -> Vec<Section<'_>> {
    let place = document.abstract_blocks.first().map(|block| block.location.clone()).unwrap_or_default();
    let name = "Abstract".to_owned();
    let mut parts = vec![Section { title: name.clone(), name, place, blocks: &document.abstract_blocks }];
    for blocks in [&document.blocks, &document.appendices] {
        let is_start = |block: &Block| matches!(block.kind, BlockKind::Heading { level: 1, .. });
        let starts: Vec<usize> = (0..blocks.len()).filter(|&at| is_start(&blocks[at])).collect();
        for (index, &start) in starts.iter().enumerate() {
            let end = starts.get(index + 1).copied().unwrap_or(blocks.len());
            let BlockKind::Heading { number, content, .. } = &blocks[start].kind else { continue };
            let name = String::from(plain(content));
            let title = format!("{number} {name}");
            let place = blocks[start].location.clone();
            parts.push(Section { title, name, place, blocks: &blocks[start + 1..end] });
        }
    }
    parts
}

/// Returns the facts that passages show, each with its place.
pub(super) fn shown<'d>(passages: &'d [Passage<'d>]) -> Vec<(&'d str, Location)> {
    let numbers = passages.iter().flat_map(|passage| {
        inlines(passage.content).filter_map(move |inline| match &inline.kind {
            InlineKind::Number { fact, .. } => Some((fact.as_str(), passage.place_of(inline))),
            _ => None,
        })
    });
    numbers.collect()
}

/// A table of a document.
pub(super) struct Placed<'d> {
    /// Its cells as plain text.
    pub table: &'d Table,
    /// The same with their markup.
    pub content: &'d TableContent,
    /// The file that describes it, or its place in the text.
    pub place: Location,
}

/// Returns the tables of a document.
pub(super) fn tables(document: &Document) -> Vec<Placed<'_>> {
    let placed = |block: &Block| match &block.kind {
        BlockKind::Table { in_text: true, .. } => block.location.clone(),
        _ => Location::file(block.content_file()),
    };
    let tables = document.every_block().filter_map(|block| match &block.kind {
        BlockKind::Table { table, content, .. } => Some(Placed { table, content, place: placed(block) }),
        _ => None,
    });
    tables.collect()
}
