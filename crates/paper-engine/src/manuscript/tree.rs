//! The one document tree that every output reads.

use std::path::PathBuf;

use super::front::{BackKind, Front};
use crate::diagnostic::Location;
use crate::language::{Language, Noun, Words};
use crate::source::{Position, SourceMap, Width};

/// A resolved paper of one edition: numbers filled in, labels numbered, citations known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// The language of its text.
    pub language: Language,
    /// Title of the paper, without markup.
    pub title: String,
    /// The same with its markup.
    pub heading: Vec<Inline>,
    /// Authors and affiliations.
    pub front: Front,
    /// Key terms of the paper.
    pub keywords: Vec<String>,
    /// Blocks of the abstract.
    pub abstract_blocks: Vec<Block>,
    /// Blocks of the body; sections begin with headings.
    pub blocks: Vec<Block>,
    /// Blocks of the appendices; their headings are numbered A, A.1, B.
    pub appendices: Vec<Block>,
    /// What stands between the text and the references.
    pub back: Vec<BackMatter>,
    /// Cited works in the order of the reference style.
    pub references: Vec<Reference>,
}

/// A text between the body and the references.
#[derive(Clone, Debug, PartialEq)]
pub struct BackMatter {
    /// What it is about.
    pub kind: BackKind,
    /// Its blocks.
    pub blocks: Vec<Block>,
}

/// One cited work.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// Citation key.
    pub key: String,
    /// Number in the reference list, from 1.
    pub number: usize,
    /// Where its entry begins in the bibliography.
    pub location: Location,
    /// The entry in the reference style.
    pub content: Vec<Inline>,
    /// DOI or other address of the work.
    pub url: Option<String>,
}

/// A work that a text cites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// Citation key.
    pub key: String,
    /// Its number in the reference list.
    pub number: usize,
    /// The place in the work, such as `p. 3`.
    pub locator: Option<String>,
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
    /// A footnote, `fn:`.
    Footnote,
    /// A theorem or its like, `thm:` and others.
    Statement(StatementKind),
}

/// The kinds of statements: blocks that begin with a word, and most with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StatementKind {
    /// A theorem, `thm:`.
    Theorem,
    /// A lemma, `lem:`.
    Lemma,
    /// A proposition, `prop:`.
    Proposition,
    /// A corollary, `cor:`.
    Corollary,
    /// A definition, `def:`.
    Definition,
    /// An example, `exa:`.
    Example,
    /// A remark, `rem:`.
    Remark,
    /// A proof, which has no number.
    Proof,
    /// An algorithm, `alg:`.
    Algorithm,
    /// A listing, `lst:`.
    Listing,
    /// A remark beside the text, which has no number.
    Note,
    /// A piece of advice, which has no number.
    Tip,
    /// What a reader must not miss, which has no number.
    Important,
    /// What goes wrong where it is not heeded, which has no number.
    Warning,
    /// What does harm where it is not heeded, which has no number.
    Caution,
}

impl StatementKind {
    /// All kinds.
    pub const ALL: [Self; 15] = [
        Self::Theorem,
        Self::Lemma,
        Self::Proposition,
        Self::Corollary,
        Self::Definition,
        Self::Example,
        Self::Remark,
        Self::Proof,
        Self::Algorithm,
        Self::Listing,
        Self::Note,
        Self::Tip,
        Self::Important,
        Self::Warning,
        Self::Caution,
    ];

    /// Returns its name, which in lower case begins such a block.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Theorem => "Theorem",
            Self::Lemma => "Lemma",
            Self::Proposition => "Proposition",
            Self::Corollary => "Corollary",
            Self::Definition => "Definition",
            Self::Example => "Example",
            Self::Remark => "Remark",
            Self::Proof => "Proof",
            Self::Algorithm => "Algorithm",
            Self::Listing => "Listing",
            Self::Note => "Note",
            Self::Tip => "Tip",
            Self::Important => "Important",
            Self::Warning => "Warning",
            Self::Caution => "Caution",
        }
    }

    /// Returns the noun that outputs print before its number.
    pub fn noun(self, words: &Words) -> Noun {
        let unnumbered = |word| Noun { one: word, many: word };
        match self {
            Self::Theorem => words.theorem,
            Self::Lemma => words.lemma,
            Self::Proposition => words.proposition,
            Self::Corollary => words.corollary,
            Self::Definition => words.definition,
            Self::Example => words.example,
            Self::Remark => words.remark,
            Self::Algorithm => words.algorithm,
            Self::Listing => words.listing,
            Self::Proof => unnumbered(words.proof),
            Self::Note => unnumbered(words.note),
            Self::Tip => unnumbered(words.tip),
            Self::Important => unnumbered(words.important),
            Self::Warning => unnumbered(words.warning),
            Self::Caution => unnumbered(words.caution),
        }
    }

    /// Returns what its labels begin with.
    pub const fn prefix(self) -> Option<&'static str> {
        match self {
            Self::Theorem => Some("thm"),
            Self::Lemma => Some("lem"),
            Self::Proposition => Some("prop"),
            Self::Corollary => Some("cor"),
            Self::Definition => Some("def"),
            Self::Example => Some("exa"),
            Self::Remark => Some("rem"),
            Self::Algorithm => Some("alg"),
            Self::Listing => Some("lst"),
            Self::Proof | Self::Note | Self::Tip | Self::Important | Self::Warning | Self::Caution => None,
        }
    }

    /// Returns whether it has a number.
    pub const fn is_numbered(self) -> bool {
        self.prefix().is_some()
    }

    /// Returns whether it is set off from the text as a notice to the reader.
    pub const fn is_notice(self) -> bool {
        matches!(self, Self::Note | Self::Tip | Self::Important | Self::Warning | Self::Caution)
    }

    /// Returns whether its text is set in italics, as what is claimed and proved is.
    pub const fn is_claim(self) -> bool {
        matches!(self, Self::Theorem | Self::Lemma | Self::Proposition | Self::Corollary)
    }
}

/// How a text names what it refers to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Naming {
    /// As in a sentence: `Fig. 1`.
    #[default]
    Short,
    /// As where a sentence begins: `Figure 1`.
    Full,
    /// The first of several: `Figs. 1`.
    ShortPlural,
    /// The first of several, where a sentence begins: `Figures 1`.
    FullPlural,
    /// Another of several, by its number alone.
    Number,
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
    /// A theorem or its like.
    Statement {
        /// What it is.
        kind: StatementKind,
        /// Its number among those of its kind.
        number: Option<usize>,
        /// Its label, such as `thm:bound`.
        label: Option<String>,
        /// Its title.
        title: Vec<Inline>,
        /// What it says.
        blocks: Vec<Block>,
    },
    /// A term and what it means, one of a list.
    Definition {
        /// The term.
        term: Vec<Inline>,
        /// What it means.
        blocks: Vec<Block>,
    },
    /// A line across the column, between two thoughts.
    Rule,
    /// Program text or pseudocode.
    Code {
        /// The language, as the author named it.
        language: String,
        /// The text, without a newline at its end.
        text: String,
        /// How its lines are set.
        lines: CodeLines,
        /// The file that it is a part of, below the root of the paper.
        file: Option<PathBuf>,
    },
    /// A displayed equation.
    Equation {
        /// The formula in TeX as it stands inside a display, without labels and tags.
        tex: String,
        /// Its number, where it has one.
        number: Option<EquationNumber>,
        /// Its rows, where they have numbers of their own.
        rows: Vec<EquationRow>,
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
        /// The picture that the text shows in place of `figures/ID.yaml`.
        picture: Option<Picture>,
    },
    /// A table of `paper/tables/ID.yaml`, or of the text.
    Table {
        /// The name of its file without ending.
        id: String,
        /// Its label, such as `tab:performance`; empty where it has no caption.
        label: String,
        /// Its number, where it has a caption.
        number: Option<usize>,
        /// Its caption.
        caption: Vec<Inline>,
        /// Whether it spans both columns.
        wide: bool,
        /// Whether it is written in the text.
        in_text: bool,
        /// Its cells, already text.
        table: crate::table::Table,
        /// The same with their markup.
        content: TableContent,
    },
}

/// The number of an equation, or of a row of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EquationNumber {
    /// Its label, such as `eq:throughput`.
    pub label: Option<String>,
    /// What stands in the brackets.
    pub text: String,
    /// Whether its author wrote it; others are counted.
    pub is_tag: bool,
}

/// A row of an equation whose rows have numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EquationRow {
    /// Its TeX, with the signs between its columns.
    pub tex: String,
    /// What ends it: `\\`, with a space behind it as written; nothing for the last.
    pub end: String,
    /// Its number, where it has one.
    pub number: Option<EquationNumber>,
}

impl EquationNumber {
    /// Returns its label; empty where it has none.
    pub fn label(&self) -> &str {
        self.label.as_deref().unwrap_or_default()
    }
}

/// How the lines of program text are set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeLines {
    /// The number of the first line, where lines have numbers.
    pub first: Option<usize>,
    /// The lines that are marked, counted from 0.
    pub marked: Vec<usize>,
}

impl CodeLines {
    /// Columns that a tab takes in print.
    pub const TAB: usize = 4;
    /// Columns that the number of a line takes in print.
    const NUMBER: usize = 5;

    /// Returns the room of a line beside its number, in a listing of so many columns.
    pub fn room(&self, listing: usize) -> usize {
        if self.first.is_some() { listing.saturating_sub(Self::NUMBER) } else { listing }
    }

    /// Returns how many columns a line takes in print, without space at its end.
    pub fn columns(line: &str) -> usize {
        line.trim_end().chars().map(|c| if c == '\t' { Self::TAB } else { 1 }).sum()
    }
}

/// A picture that the text shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Its file, below the root of the paper.
    pub file: PathBuf,
    /// The page of a PDF, from 1.
    pub page: Option<usize>,
    /// How wide it is printed; as its file says without it.
    pub width: Option<Width>,
    /// Whether it stands in a line of text, and is as high as that.
    pub in_line: bool,
    /// Whether its author gave it a label, so that the text can refer to it.
    pub is_labelled: bool,
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
    /// Citations of one pair of brackets.
    Cite(Vec<Citation>),
    /// A cross-reference.
    Reference {
        /// What it refers to.
        kind: LabelKind,
        /// The label of its target; for a footnote, `fn:` and its number.
        label: String,
        /// The number of its target.
        number: String,
        /// How the text names it.
        naming: Naming,
        /// The panels of a figure, or the lines of a listing or an algorithm, that are meant: `a`, `3–5`.
        part: Option<String>,
    },
    /// A footnote, where it is called first.
    Footnote {
        /// Its number through the paper.
        number: usize,
        /// What it says.
        blocks: Vec<Block>,
    },
    /// A footnote that is called again, by its number.
    FootnoteAgain(usize),
    /// A picture in the line.
    Picture {
        /// The name of its drawing.
        id: String,
        /// What a reader who cannot see it needs.
        alt: String,
        /// The picture.
        picture: Picture,
    },
    /// A hard line break.
    LineBreak,
}
