//! The one document tree that every output reads.

use crate::diagnostic::Location;
use crate::source::{Position, SourceMap};

/// A resolved paper of one edition: numbers filled in, labels numbered, citations known.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Title of the paper, without markup.
    pub title: String,
    /// The same with its markup.
    pub heading: Vec<Inline>,
    /// Authors, in order.
    pub authors: Vec<String>,
    /// Key terms of the paper.
    pub keywords: Vec<String>,
    /// Blocks of the abstract.
    pub abstract_blocks: Vec<Block>,
    /// Blocks of the body; sections begin with headings.
    pub blocks: Vec<Block>,
    /// Blocks of the appendices; their headings are numbered A, A.1, B.
    pub appendices: Vec<Block>,
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
    /// Where its entry begins in the bibliography.
    pub location: Location,
    /// The entry in the reference style (IEEE).
    pub content: Vec<Inline>,
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
    /// A heading.
    Heading {
        /// Depth, from 1.
        level: u8,
        /// Its number, such as `3.2`.
        number: String,
        /// Its label, such as `sec:architecture`.
        label: String,
        /// Its text.
        content: Vec<Inline>,
    },
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A list.
    List {
        /// The first number of an ordered list.
        start: Option<usize>,
        /// The blocks of each item.
        items: Vec<Vec<Block>>,
    },
    /// A quotation.
    Quote(Vec<Block>),
    /// A line across the column, between two thoughts.
    Rule,
    /// Program text or pseudocode.
    Code {
        /// The language, as the author named it.
        language: String,
        /// The text, without a newline at its end.
        text: String,
    },
    /// A displayed equation; it has a number when it has a label.
    Equation {
        /// The formula in TeX.
        tex: String,
        /// Its label, such as `eq:throughput`.
        label: Option<String>,
        /// Its number.
        number: Option<usize>,
    },
    /// A figure of `figures/ID.yaml`.
    Figure {
        /// The name of its file without ending.
        id: String,
        /// Its label, such as `fig:topology`.
        label: String,
        /// Its number.
        number: usize,
        /// Its caption.
        caption: Vec<Inline>,
        /// What a reader who cannot see it needs.
        alt: String,
        /// Whether it spans both columns.
        wide: bool,
    },
    /// A table of `paper/tables/ID.yaml`.
    Table {
        /// The name of its file without ending.
        id: String,
        /// Its label, such as `tab:performance`.
        label: String,
        /// Its number.
        number: usize,
        /// Its caption.
        caption: Vec<Inline>,
        /// Whether it spans both columns.
        wide: bool,
        /// Its cells, already text.
        table: crate::table::Table,
        /// The same with their markup.
        content: TableContent,
    },
}

/// The words of a table with their markup: of each column's header, each cell and each note.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableContent {
    /// Headers, left to right.
    pub headers: Vec<Vec<Inline>>,
    /// Cells, row by row.
    pub rows: Vec<Vec<Vec<Inline>>>,
    /// Notes under the table.
    pub notes: Vec<Vec<Inline>>,
}

/// A piece of text inside a block, and where it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Inline {
    /// What it is.
    pub kind: InlineKind,
    /// Where its characters were written in the file of its block; for anything but plain text, where it
    /// begins.
    pub source: SourceMap,
}

impl Inline {
    /// Makes a piece of text that begins at a place, where that is known.
    pub fn new(kind: InlineKind, position: Option<Position>) -> Self {
        let mut source = SourceMap::default();
        if let Some(position) = position {
            source.push(0, position);
        }
        Self { kind, source }
    }

    /// Returns the place at which it begins; none for a text that no author wrote.
    pub fn position(&self) -> Option<Position> {
        self.source.position("", 0)
    }
}

impl From<InlineKind> for Inline {
    /// Makes a piece of text that no author wrote.
    fn from(kind: InlineKind) -> Self {
        Self::new(kind, None)
    }
}

/// The kinds of text inside a block.
#[derive(Clone, Debug, PartialEq)]
pub enum InlineKind {
    /// Plain text.
    Text(String),
    /// A number.
    Number {
        /// Name of the fact it came from.
        fact: String,
        /// What the reader sees.
        text: String,
    },
    /// The verdict on a claim.
    Verdict {
        /// The claim.
        claim: String,
        /// What the reader sees.
        text: String,
    },
    /// Emphasis.
    Emphasis(Vec<Inline>),
    /// Strong emphasis.
    Strong(Vec<Inline>),
    /// Text that no longer holds.
    Strikeout(Vec<Inline>),
    /// Verbatim text.
    Code(String),
    /// Inline mathematics in TeX.
    Math(String),
    /// A link out of the paper.
    Link {
        /// The address.
        url: String,
        /// The text of the link.
        content: Vec<Inline>,
    },
    /// Citations: keys with their numbers.
    Cite(Vec<(String, usize)>),
    /// A cross-reference.
    Reference {
        /// What it refers to.
        kind: LabelKind,
        /// The label of its target.
        label: String,
        /// The number of its target.
        number: String,
    },
    /// A footnote, where it is called first.
    Footnote {
        /// Its number through the paper.
        number: usize,
        /// Its text.
        content: Vec<Inline>,
    },
    /// A footnote that is called again, by its number.
    FootnoteAgain(usize),
    /// A hard line break.
    LineBreak,
    /// The end of a paragraph inside a footnote.
    ParagraphBreak,
}
