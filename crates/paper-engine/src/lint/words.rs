//! The plain text of a document, piece by piece.

use std::borrow::Cow;
use std::ops::Deref;

use crate::diagnostic::Location;
use crate::manuscript::{Block, BlockKind, Document, Inline, InlineKind, TableContent, blocks};
use crate::source::{Position, SourceMap};

/// A run of inlines and the place of the block they stand in.
#[derive(Clone, Debug)]
pub struct Passage<'d> {
    /// The block's place; that of a caption is its own file.
    pub location: Cow<'d, Location>,
    /// The text.
    pub content: &'d [Inline],
    /// Whether it is a caption.
    pub caption: bool,
    /// Whether it is a heading.
    pub heading: bool,
}

impl Passage<'_> {
    /// Returns the place at which a piece of this passage begins.
    pub fn place_of(&self, inline: &Inline) -> Location {
        self.at(inline.position())
    }

    /// Returns the place of a byte of the plain text of this passage.
    pub fn place(&self, text: &PlainText, byte: usize) -> Location {
        self.at(text.source.position(&text.text, byte))
    }

    fn at(&self, position: Option<Position>) -> Location {
        let place = position.map(|position| position.within(&self.location.file));
        place.unwrap_or_else(|| self.location.clone().into_owned())
    }
}

/// A text without markup, and where its characters were written.
#[derive(Clone, Debug, Default)]
pub struct PlainText {
    text: String,
    source: SourceMap,
}

impl Deref for PlainText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl From<PlainText> for String {
    fn from(plain: PlainText) -> Self {
        plain.text
    }
}

/// Returns all passages of a document: abstract, sections, appendices.
pub fn passages(document: &Document) -> Vec<Passage<'_>> {
    document.parts().flat_map(passages_of).collect()
}

/// Returns the passages of some blocks, those of lists, quotations and footnotes among them, and the cells of tables
/// that stand in the text.
pub fn passages_of(run: &[Block]) -> impl Iterator<Item = Passage<'_>> {
    blocks(run).flat_map(|block| {
        let cells = match &block.kind {
            BlockKind::Table { in_text: true, content, .. } => Some(content),
            _ => None,
        };
        let location = &block.location;
        let cells = cells.into_iter().flat_map(TableContent::every_text).map(move |content| Passage {
            location: Cow::Borrowed(location),
            content,
            caption: true,
            heading: false,
        });
        passage_of(block).into_iter().chain(cells)
    })
}

/// Returns the passage of a block: its text, or its caption.
fn passage_of(block: &Block) -> Option<Passage<'_>> {
    // Titles and terms are no sentences either.
    let caption = matches!(
        block.kind,
        BlockKind::Figure { .. }
            | BlockKind::Table { .. }
            | BlockKind::Statement { .. }
            | BlockKind::Definition { .. }
    );
    let heading = matches!(block.kind, BlockKind::Heading { .. });
    if !caption && !heading && !matches!(block.kind, BlockKind::Paragraph(_)) {
        return None;
    }
    let file = block.content_file();
    let location = match file == block.location.file {
        true => Cow::Borrowed(&block.location),
        false => Cow::Owned(Location::new(file, 1, 1)),
    };
    Some(Passage { location, content: block.content(), caption, heading })
}

/// Returns the text of inlines: a fact's number is a `#`, mathematics, code, citations and references are an
/// `@` each.
pub fn plain(inlines: &[Inline]) -> PlainText {
    let mut plain = PlainText::default();
    add(inlines, &mut plain);
    plain
}

fn add(inlines: &[Inline], plain: &mut PlainText) {
    for inline in inlines {
        let written = match &inline.kind {
            InlineKind::Text(part) | InlineKind::Verdict { text: part, .. } => part,
            InlineKind::Number { .. } => "#",
            InlineKind::LineBreak => " ",
            InlineKind::Code(_)
            | InlineKind::Math(_)
            | InlineKind::Cite(_)
            | InlineKind::Reference { .. } => "@",
            InlineKind::Footnote { .. } | InlineKind::FootnoteAgain(_) | InlineKind::Picture { .. } => " ",
            InlineKind::Emphasis(_)
            | InlineKind::Strong(_)
            | InlineKind::Strikeout(_)
            | InlineKind::Link { .. } => "",
        };
        plain.source.append(plain.text.len(), &inline.source);
        plain.text.push_str(written);
        add(inline.children(), plain);
    }
}

/// Returns the words of a plain text, without the signs around them.
pub fn words_of(text: &str) -> Vec<&str> {
    words_at(text).into_iter().map(|(_, word)| word).collect()
}

/// Returns the same, each with its byte in the text.
pub fn words_at(text: &str) -> Vec<(usize, &str)> {
    let is_sign = |c: char| !c.is_alphanumeric() && c != '#' && c != '@';
    let mut found = Vec::new();
    let mut start = 0;
    for part in text.split_inclusive(|c: char| c.is_whitespace() || c == '–' || c == '—') {
        let word = part.trim_start_matches(is_sign);
        let byte = start + part.len() - word.len();
        start += part.len();
        let word = word.trim_end_matches(is_sign);
        if !word.is_empty() {
            found.push((byte, word));
        }
    }
    found
}

/// Returns the bytes at which a phrase stands in a line, in capitals or not, and not inside another word.
pub fn whole_words(line: &str, phrase: &str) -> Vec<usize> {
    let is_letter = |c: char| c.is_alphanumeric();
    let first = phrase.bytes().next().map(|byte| [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()]);
    let Some(first) = first else { return Vec::new() };
    let mut places = Vec::new();
    let mut from = 0;
    while let Some(offset) = line.bytes().skip(from).position(|byte| first.contains(&byte)) {
        let (at, end) = (from + offset, from + offset + phrase.len());
        from = at + 1;
        if !line.get(at..end).is_some_and(|found| found.eq_ignore_ascii_case(phrase)) {
            continue;
        }
        let before = line[..at].chars().next_back();
        let after = line[end..].chars().next();
        if !before.is_some_and(is_letter) && !after.is_some_and(is_letter) {
            places.push(at);
        }
        from = end;
    }
    places
}
