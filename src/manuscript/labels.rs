//! Numbers for cross-references, once all labels are known.

use std::collections::BTreeMap;

use super::tree::{Block, BlockKind, Inline};

/// Fills in the number of every cross-reference.
pub fn resolve(blocks: &mut [Block], numbers: &BTreeMap<String, String>) {
    for block in blocks {
        match &mut block.kind {
            BlockKind::Heading { content, .. } | BlockKind::Paragraph(content) => inlines(content, numbers),
            BlockKind::Figure { caption, .. } | BlockKind::Table { caption, .. } => inlines(caption, numbers),
            BlockKind::List { items, .. } => items.iter_mut().for_each(|item| resolve(item, numbers)),
            BlockKind::Quote(blocks) => resolve(blocks, numbers),
            BlockKind::Code { .. } | BlockKind::Equation { .. } => {}
        }
    }
}

fn inlines(content: &mut [Inline], numbers: &BTreeMap<String, String>) {
    for inline in content {
        match inline {
            Inline::Reference { label, number, .. } => {
                if let Some(found) = numbers.get(label) {
                    number.clone_from(found);
                }
            }
            Inline::Emphasis(content)
            | Inline::Strong(content)
            | Inline::Link { content, .. }
            | Inline::Footnote { content, .. } => inlines(content, numbers),
            _ => {}
        }
    }
}
