//! The one document tree that every output reads.

use crate::diagnostic::Location;

/// A resolved paper of one edition: numbers filled in, labels numbered, citations known.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Title of the paper.
    pub title: String,
    /// Authors, in order.
    pub authors: Vec<String>,
    /// Key terms of the paper.
    pub keywords: Vec<String>,
    /// Blocks of the abstract.
    pub abstract_blocks: Vec<Block>,
    /// Blocks of the body; sections begin with headings.
    pub blocks: Vec<Block>,
    /// Cited works in order of first citation.
    pub references: Vec<Reference>,
}

/// One cited work.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// Citation key.
    pub key: String,
    /// Number in order of first citation, from 1.
    pub number: usize,
    /// The entry in the reference style (IEEE), plain text.
    pub text: String,
    /// DOI or other address of the work.
    pub url: Option<String>,
}

/// What kind of thing a label names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LabelKind {
    /// A section, `sec:`.
    Section,
    /// A figure, `fig:`.
    Figure,
    /// A table, `tab:`.
    Table,
    /// An equation, `eq:`.
    Equation,
}

/// A block of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Where the author wrote it.
    pub location: Location,
    /// What it is.
    pub kind: BlockKind,
}

/// The kinds of block.
#[derive(Clone, Debug, PartialEq)]
pub enum BlockKind {
    /// A heading: depth from 1, its number such as `3.2`, its label such as `sec:architecture`.
    Heading { level: u8, number: String, label: String, content: Vec<Inline> },
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A list; `start` is the first number of an ordered one.
    List { start: Option<usize>, items: Vec<Vec<Block>> },
    /// A quotation.
    Quote(Vec<Block>),
    /// Program text or pseudocode.
    Code { language: String, text: String },
    /// A displayed equation, numbered when it has a label.
    Equation { tex: String, label: Option<String>, number: Option<usize> },
    /// A figure of `figures/ID.yaml`.
    Figure { id: String, label: String, number: usize, caption: Vec<Inline>, alt: String, wide: bool },
    /// A table of `paper/tables/ID.yaml`, its cells already text.
    Table {
        id: String,
        label: String,
        number: usize,
        caption: Vec<Inline>,
        wide: bool,
        table: crate::table::Table,
    },
}

/// A piece of text inside a block.
#[derive(Clone, Debug, PartialEq)]
pub enum Inline {
    /// Plain text.
    Text(String),
    /// A number that came from the fact of this name.
    Number { fact: String, text: String },
    /// Emphasis.
    Emphasis(Vec<Inline>),
    /// Strong emphasis.
    Strong(Vec<Inline>),
    /// Verbatim text.
    Code(String),
    /// Inline mathematics in TeX.
    Math(String),
    /// A link out of the paper.
    Link { url: String, content: Vec<Inline> },
    /// Citations: keys with their numbers.
    Cite(Vec<(String, usize)>),
    /// A cross-reference, resolved to kind and number.
    Reference { kind: LabelKind, label: String, number: String },
    /// A footnote, numbered through the paper.
    Footnote { number: usize, content: Vec<Inline> },
    /// A hard line break.
    LineBreak,
}
