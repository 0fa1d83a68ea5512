//! One file per format; each reads the same document tree and computes no number.

mod html;
mod latex;
mod markdown;
mod templates;

pub use html::html;
pub use latex::{Latex, latex};
pub use markdown::markdown;
pub use templates::Templates;

use crate::manuscript::{Block, BlockKind, LabelKind};

/// How a cross-reference reads: `Section 3`, `Fig. 1`, `Table 2`, `Eq. 4`.
fn reference_word(kind: LabelKind) -> &'static str {
    match kind {
        LabelKind::Section => "Section",
        LabelKind::Figure => "Fig.",
        LabelKind::Table => "Table",
        LabelKind::Equation => "Eq.",
    }
}

/// The headings of a document: level, number, label and content.
fn headings(blocks: &[Block]) -> impl Iterator<Item = (u8, &str, &str, &[crate::manuscript::Inline])> {
    blocks.iter().filter_map(|block| match &block.kind {
        BlockKind::Heading { level, number, label, content } => {
            Some((*level, number.as_str(), label.as_str(), content.as_slice()))
        }
        _ => None,
    })
}

/// An anchor that is valid in every format.
fn anchor(label: &str) -> String {
    label.replace(':', "-")
}
