//! The plain text of a document, piece by piece.

use std::borrow::Cow;

use crate::diagnostic::Location;
use crate::manuscript::{Block, BlockKind, Document, Inline};

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

/// All passages of a document: abstract, sections, appendices.
pub fn passages(document: &Document) -> Vec<Passage<'_>> {
    let mut out = Vec::new();
    for blocks in [&document.abstract_blocks, &document.blocks, &document.appendices] {
        gather(blocks, &mut out);
    }
    out
}

/// The passages of some blocks, those of lists and quotations among them.
pub fn gather<'d>(blocks: &'d [Block], out: &mut Vec<Passage<'d>>) {
    for Block { location, kind } in blocks {
        let passage =
            |content| Passage { location: Cow::Borrowed(location), content, caption: false, heading: false };
        let caption = |file: String, content| {
            let location = Cow::Owned(Location::new(file, 1, 1));
            Passage { location, content, caption: true, heading: false }
        };
        match kind {
            BlockKind::Heading { content, .. } => out.push(Passage { heading: true, ..passage(content) }),
            BlockKind::Paragraph(content) => out.push(passage(content)),
            BlockKind::Figure { id, caption: text, .. } => {
                out.push(caption(format!("figures/{id}.yaml"), text))
            }
            BlockKind::Table { id, caption: text, .. } => {
                out.push(caption(format!("paper/tables/{id}.yaml"), text));
            }
            BlockKind::List { items, .. } => items.iter().for_each(|item| gather(item, out)),
            BlockKind::Quote(inner) => gather(inner, out),
            BlockKind::Code { .. } | BlockKind::Equation { .. } => {}
        }
    }
}

/// The text of inlines: a fact's number is a `#`, mathematics, code, citations and references are an `@` each.
pub fn plain(inlines: &[Inline]) -> String {
    let mut text = String::new();
    for inline in inlines {
        match inline {
            Inline::Text(part) => text.push_str(part),
            Inline::Number { .. } => text.push('#'),
            Inline::Emphasis(content) | Inline::Strong(content) | Inline::Link { content, .. } => {
                text.push_str(&plain(content));
            }
            Inline::Footnote { content, .. } => {
                text.push(' ');
                text.push_str(&plain(content));
            }
            Inline::LineBreak => text.push(' '),
            Inline::Code(_) | Inline::Math(_) | Inline::Cite(_) | Inline::Reference { .. } => text.push('@'),
        }
    }
    text
}

/// The words of a plain text, without the signs around them.
pub fn words_of(text: &str) -> Vec<&str> {
    let is_sign = |c: char| !c.is_alphanumeric() && c != '#' && c != '@';
    let parts = text.split(|c: char| c.is_whitespace() || c == '–' || c == '—');
    parts.map(|word| word.trim_matches(is_sign)).filter(|word| !word.is_empty()).collect()
}
