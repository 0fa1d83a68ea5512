//! What is known of a paper while its texts are read, and what their calls print.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use comrak::nodes::Node;

use super::bibliography::Bibliography;
use super::call::{Masked, Scope, mask};
use super::directive::Marked;
use super::label::Labels;
use super::position::Folded;
use super::quotes::Quoting;
use super::source::Origin;
use super::sources::Sources;
use super::text_cache::Counted;
use super::tree::InlineKind;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::source::is_meaningless;

/// What a block may stand inside of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nest {
    /// A list with bullets.
    Bullets,
    /// A list with numbers.
    Numbered,
    /// A quotation.
    Quote,
}

/// What is gathered over all files of a paper.
pub(super) struct Builder<'a> {
    pub sources: &'a Sources<'a>,
    pub scope: Scope,
    pub bibliography: Bibliography<'a>,
    pub labels: Labels,
    pub errors: Diagnostics,
    pub pending_labels: Vec<(String, Location)>,
    pub counted: Counted,
    /// The tags that equations have in place of numbers, and where.
    pub tags: BTreeMap<String, Location>,
    /// Whether the present text shows other files.
    pub reads_files: bool,
}

/// One text while it is converted.
pub(super) struct Text<'n> {
    pub origin: Origin,
    /// The text as its author wrote it.
    pub source: &'n str,
    pub masked: Masked,
    /// The calls whose errors were reported.
    pub reported: BTreeSet<usize>,
    /// The lines that Markdown was read from.
    pub lines: Vec<&'n str>,
    /// What the marks in its lines stand for.
    pub marked: Vec<(Marked, Location)>,
    /// The footnotes that it defines, and where.
    pub footnotes: BTreeMap<String, (Node<'n>, Location)>,
    /// The numbers of the footnotes that it called.
    pub called_notes: BTreeMap<String, usize>,
    /// The lists and quotations around the present block, the outermost first.
    pub nests: Vec<Nest>,
    pub open_notes: Vec<String>,
    pub numbered: bool,
    /// Characters before the place from which Markdown counts columns.
    pub indent: usize,
    /// The line of a note that stands in its line, and the characters before its text: Markdown counts the lines
    /// and columns inside from its beginning.
    pub note: Option<(usize, usize)>,
    /// The notes in their lines that are written over several.
    pub folded: Vec<Folded>,
    /// Its quotations.
    pub quoting: Quoting,
}

/// Returns whether a reader sees nothing where this character stands, and the author most likely did not
/// either.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

impl Builder<'_> {
    /// Makes the sections from here on appendices, counted A, B, C.
    pub fn begin_appendices(&mut self) {
        self.counted.appendix = true;
        self.counted.sections.clear();
    }

    /// Begins a text: its calls are masked, and a character that would pass for a mask is reported.
    pub(super) fn begin<'n>(&mut self, source: &'n str, origin: Origin) -> Text<'n> {
        let mut meaningless = BTreeSet::new();
        for (byte, c) in source.char_indices().filter(|(_, c)| is_meaningless(*c)) {
            if meaningless.insert(c) {
                let message = format!("the character U+{:04X} means nothing outside one program", c as u32);
                self.errors.push(Diagnostic::new(origin.at_byte(source, byte), message).remedy("delete it"));
            }
        }
        for (byte, c) in source.char_indices().filter(|(_, c)| is_invisible(*c)) {
            let message = format!("an invisible character, U+{:04X}, stands here", u32::from(c));
            let remedy = "delete it; a hyphen that may break needs no sign, a space that may not is U+00A0";
            self.errors.push(Diagnostic::new(origin.at_byte(source, byte), message).remedy(remedy));
        }
        Text {
            origin,
            source,
            masked: mask(source),
            reported: BTreeSet::new(),
            lines: Vec::new(),
            marked: Vec::new(),
            footnotes: BTreeMap::new(),
            called_notes: BTreeMap::new(),
            nests: Vec::new(),
            open_notes: Vec::new(),
            numbered: false,
            indent: 0,
            note: None,
            folded: Vec::new(),
            quoting: Quoting::new(self.sources.language),
        }
    }

    /// Returns what a call of a text prints; what is wrong with it is reported once.
    pub(super) fn print(&mut self, text: &mut Text<'_>, index: usize) -> Option<InlineKind> {
        let at = |byte| text.origin.at_byte(text.source, byte);
        match text.masked.calls.get(index)?.print(&self.scope, &at) {
            Ok(printed) => Some(printed),
            Err(wrong) => {
                if text.reported.insert(index) {
                    self.errors.0.extend(wrong.0);
                }
                None
            }
        }
    }

    /// Fills in the calls of a text that is no Markdown; with `is_verbatim`, braces around other names are
    /// what they look like.
    pub(super) fn fill(
        &mut self,
        text: &mut Text<'_>,
        literal: &str,
        is_verbatim: bool,
        write: impl Fn(&str) -> String,
    ) -> String {
        let mut out = String::new();
        let opened = text.masked.open(literal);
        let mut rest = opened.as_str();
        while let Some((at, index, length)) = text.masked.next(rest) {
            out.push_str(&rest[..at]);
            let call = text.masked.calls.get(index);
            match call.filter(|call| is_verbatim && !call.is_known()) {
                Some(call) => out.push_str(&call.source),
                None => match self.print(text, index) {
                    Some(InlineKind::Number { text, .. } | InlineKind::Verdict { text, .. }) => {
                        out.push_str(&write(&text));
                    }
                    _ => out.push('?'),
                },
            }
            rest = &rest[at + length..];
        }
        out + rest
    }

    /// Fills in the calls of a value of a YAML file that is no Markdown.
    pub(super) fn plain(&mut self, source: &str, file: &Path, key: &str) -> String {
        let mut text = self.begin(source, Origin::value(self.sources.root, file, key, source));
        let masked = text.masked.text.clone();
        self.fill(&mut text, &masked, false, str::to_owned)
    }
}
