//! Walks over the inlines of a document.

use super::tree::{Block, BlockKind, Document, Inline};

/// Visits every inline of a run, those inside others among them.
pub fn visit<'d>(inlines: &'d [Inline], see: &mut dyn FnMut(&'d Inline)) {
    for inline in inlines {
        see(inline);
        match inline {
            Inline::Emphasis(content)
            | Inline::Strong(content)
            | Inline::Link { content, .. }
            | Inline::Footnote { content, .. } => visit(content, see),
            _ => {}
        }
    }
}

/// Visits every inline of some blocks: headings, paragraphs, lists, quotations and captions.
pub fn visit_blocks<'d>(blocks: &'d [Block], see: &mut dyn FnMut(&'d Inline)) {
    for block in blocks {
        match &block.kind {
            BlockKind::Heading { content, .. } | BlockKind::Paragraph(content) => visit(content, see),
            BlockKind::Figure { caption, .. } | BlockKind::Table { caption, .. } => visit(caption, see),
            BlockKind::List { items, .. } => items.iter().for_each(|item| visit_blocks(item, see)),
            BlockKind::Quote(inner) => visit_blocks(inner, see),
            BlockKind::Code { .. } | BlockKind::Equation { .. } => {}
        }
    }
}

/// Visits every inline of a document in reading order.
pub fn visit_document<'d>(document: &'d Document, see: &mut dyn FnMut(&'d Inline)) {
    for blocks in [&document.abstract_blocks, &document.blocks, &document.appendices] {
        visit_blocks(blocks, see);
    }
}
