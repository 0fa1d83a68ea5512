//! Text without any markup, for places that show what they are given: paragraphs, addresses as they are.

use super::{reference_text, reference_url, safe_url};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::language::Language;
use crate::manuscript::{Block, BlockKind, Citation, Inline, InlineKind, Reference};

/// A block as lines: those of a list are its items, those of program text its own.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bare {
    /// The lines.
    pub lines: Vec<String>,
    /// Whether it is program text.
    pub code: bool,
}

/// How a citation is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Citations<'d> {
    /// As the number of a work, such as `[1]`.
    Numbers,
    /// As the address of each work.
    Addresses(&'d [Reference]),
}

/// Writes blocks without markup, and reports what such a text cannot hold; `what` names the text.
pub(super) struct BareWriter<'d> {
    pub(super) what: &'static str,
    pub(super) citations: Citations<'d>,
    pub(super) errors: Diagnostics,
}

impl BareWriter<'_> {
    /// Returns a block as lines, where it can be written so.
    pub(super) fn block(&mut self, block: &Block) -> Option<Bare> {
        let at = &block.location;
        match &block.kind {
            BlockKind::Paragraph(content) => {
                Some(Bare { lines: vec![self.inlines(content, at)], code: false })
            }
            BlockKind::Code { text, .. } => {
                Some(Bare { lines: text.lines().map(str::to_owned).collect(), code: true })
            }
            BlockKind::List { start, items } => {
                let mut lines = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    let mark = start.map_or("- ".to_owned(), |first| format!("{}. ", first + index));
                    let parts = item.iter().filter_map(|block| self.block(block));
                    let text = parts.flat_map(|part| part.lines).collect::<Vec<_>>().join(" ");
                    lines.push(format!("{mark}{text}"));
                }
                Some(Bare { lines, code: false })
            }
            BlockKind::Heading { .. } => self.refuse("heading", at),
            BlockKind::Quote(_) => self.refuse("quotation", at),
            BlockKind::Definition { .. } => self.refuse("definition", at),
            BlockKind::Statement { kind, .. } => self.refuse(&kind.name().to_lowercase(), at),
            BlockKind::Rule => self.refuse("line", at),
            BlockKind::Equation { .. } => self.refuse("displayed formula", at),
            BlockKind::Figure { .. } => self.refuse("figure", at),
            BlockKind::Table { .. } => self.refuse("table", at),
        }
    }

    /// Reports a thing that this text cannot hold.
    pub(super) fn refuse<T>(&mut self, thing: &str, at: &Location) -> Option<T> {
        let error = Diagnostic::new(at.clone(), format!("{} cannot hold a {thing}", self.what));
        self.errors.push(error.remedy("say it in words, or take it out"));
        None
    }

    fn inlines(&mut self, inlines: &[Inline], at: &Location) -> String {
        inlines.iter().map(|inline| self.inline(inline, at)).collect()
    }

    fn inline(&mut self, inline: &Inline, at: &Location) -> String {
        match &inline.kind {
            // A space that does not break is lost or shown as a sign where text is pasted.
            InlineKind::Text(text) | InlineKind::Number { text, .. } | InlineKind::Verdict { text, .. } => {
                text.replace('\u{a0}', " ")
            }
            InlineKind::Code(text) => text.clone(),
            InlineKind::Emphasis(content) | InlineKind::Strong(content) => self.inlines(content, at),
            InlineKind::Link { url, content } => {
                let text = self.inlines(content, at);
                match safe_url(url).filter(|url| !url.starts_with('#')) {
                    Some(url) if text == url => text,
                    Some(url) => format!("{text} ({url})"),
                    None => text,
                }
            }
            InlineKind::Cite(works) => self.cite(works),
            InlineKind::LineBreak => "\n".to_owned(),
            InlineKind::Strikeout(_) => self.refuse("struck text", at).unwrap_or_default(),
            InlineKind::Math(_) => self.refuse("formula", at).unwrap_or_default(),
            InlineKind::Picture { .. } => self.refuse("picture", at).unwrap_or_default(),
            InlineKind::Footnote { .. } | InlineKind::FootnoteAgain(_) => {
                self.refuse("footnote", at).unwrap_or_default()
            }
            InlineKind::Reference { kind, number, .. } => {
                let thing = format!("reference to {}", reference_text(*kind, number, Language::English));
                self.refuse(&thing, at).unwrap_or_default()
            }
        }
    }

    fn cite(&self, works: &[Citation]) -> String {
        let written = works.iter().map(|Citation { key, number, locator }| match self.citations {
            Citations::Numbers => match locator {
                Some(place) => format!("[{number}, {place}]"),
                None => format!("[{number}]"),
            },
            Citations::Addresses(references) => {
                let work = references.iter().find(|work| work.key == *key);
                work.and_then(reference_url).unwrap_or_default()
            }
        });
        written.collect::<Vec<_>>().join(" ")
    }
}
