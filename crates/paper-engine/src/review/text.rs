//! Walks over a document: its parts, its pieces of text, its figures, tables and code.

use crate::diagnostic::Location;
use crate::lint::{Passage, gather, plain};
use crate::manuscript::{Block, BlockKind, Document, Inline, visit};
use crate::table::Table;

/// The abstract, a section or an appendix.
pub(super) struct Part<'d> {
    /// Its number and title.
    pub title: String,
    /// Its title alone.
    pub name: String,
    /// Where it begins.
    pub place: Location,
    /// Its blocks, without its own heading.
    pub blocks: &'d [Block],
}

impl<'d> Part<'d> {
    /// Paragraphs, lists and quotations; no headings and no captions.
    pub fn prose(&self) -> Vec<Passage<'d>> {
        let mut passages = Vec::new();
        gather(self.blocks, &mut passages);
        passages.retain(|passage| !passage.caption && !passage.heading);
        passages
    }
}

/// The abstract, the sections and the appendices of a document, in order.
pub(super) fn parts(document: &Document) -> Vec<Part<'_>> {
    let place = document.abstract_blocks.first().map(|block| block.location.clone()).unwrap_or_default();
    let name = "Abstract".to_owned();
    let mut parts = vec![Part { title: name.clone(), name, place, blocks: &document.abstract_blocks }];
    for blocks in [&document.blocks, &document.appendices] {
        let is_start = |block: &Block| matches!(block.kind, BlockKind::Heading { level: 1, .. });
        let starts: Vec<usize> = (0..blocks.len()).filter(|&at| is_start(&blocks[at])).collect();
        for (index, &start) in starts.iter().enumerate() {
            let end = starts.get(index + 1).copied().unwrap_or(blocks.len());
            let BlockKind::Heading { number, content, .. } = &blocks[start].kind else { continue };
            let name = plain(content);
            let title = format!("{number} {name}");
            let place = blocks[start].location.clone();
            parts.push(Part { title, name, place, blocks: &blocks[start + 1..end] });
        }
    }
    parts
}

/// All blocks of a document in reading order, those of lists and quotations among them.
pub(super) fn blocks(document: &Document) -> Vec<&Block> {
    fn add<'d>(blocks: &'d [Block], out: &mut Vec<&'d Block>) {
        for block in blocks {
            out.push(block);
            match &block.kind {
                BlockKind::List { items, .. } => items.iter().for_each(|item| add(item, out)),
                BlockKind::Quote(inner) => add(inner, out),
                _ => {}
            }
        }
    }
    let mut out = Vec::new();
    for part in [&document.abstract_blocks, &document.blocks, &document.appendices] {
        add(part, &mut out);
    }
    out
}

/// The facts that passages show, each with the place of its passage.
pub(super) fn shown<'d>(passages: &'d [Passage<'d>]) -> Vec<(&'d str, &'d Location)> {
    let mut found = Vec::new();
    for passage in passages {
        visit(passage.content, &mut |inline| {
            if let Inline::Number { fact, .. } = inline {
                found.push((fact.as_str(), passage.location.as_ref()));
            }
        });
    }
    found
}

/// The tables of a document by id, each with the file that describes it.
pub(super) fn tables(document: &Document) -> Vec<(&Table, Location)> {
    blocks(document)
        .into_iter()
        .filter_map(|block| match &block.kind {
            BlockKind::Table { id, table, .. } => {
                Some((table, Location::file(format!("paper/tables/{id}.yaml"))))
            }
            _ => None,
        })
        .collect()
}
