//! Markdown to one document tree: numbers, cross-references, citations, editions, positions.

mod tree;

pub use tree::{Block, BlockKind, Document, Inline, LabelKind, Reference};
