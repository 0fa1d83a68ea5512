//! What is known of a paper while its texts are read, and what their calls print.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use comrak::nodes::Node;

use super::bibliography::Bibliography;
use super::call::{Masked, Scope, mask};
use super::directive::Placed;
use super::label::Labels;
use super::source::Origin;
use super::sources::Sources;
use super::tree::InlineKind;
use crate::diagnostic::{Diagnostics, Location};
use crate::source::Position;

/// What is gathered over all files of a paper.
pub(super) struct Builder<'a> {
    pub sources: &'a Sources<'a>,
    pub known: Arc<Scope>,
    pub bibliography: Bibliography<'a>,
    pub labels: Labels,
    pub errors: Diagnostics,
    pub pending_labels: Vec<(String, Location)>,
    pub footnotes: usize,
    pub appendix: bool,
    pub sections: Vec<usize>,
    pub figures: usize,
    pub tables: usize,
    pub equations: usize,
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
    pub placed: Vec<Placed>,
    pub footnotes: BTreeMap<String, Node<'n>>,
    pub open_notes: Vec<String>,
    pub numbered: bool,
    /// Characters before the place from which Markdown counts columns.
    pub indent: usize,
}

impl Builder<'_> {
    /// Makes the sections from here on appendices, counted A, B, C.
    pub fn begin_appendices(&mut self) {
        self.appendix = true;
        self.sections.clear();
    }

    /// Returns what a call of a text prints; what is wrong with it is reported once.
    pub(super) fn print(&mut self, text: &mut Text<'_>, index: usize) -> Option<InlineKind> {
        let known = Arc::clone(&self.known);
        match text.masked.calls.get(index)?.print(&known) {
            Ok(printed) => Some(printed),
            Err(wrong) => {
                if text.reported.insert(index) {
                    for wrong in wrong {
                        let Position { line, column } = Position::of_byte(text.source, wrong.byte);
                        self.errors.push(wrong.at(text.origin.at(line, column)));
                    }
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
        let mut rest = literal;
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
        let mut text = Text {
            origin: Origin::value(self.sources.root, file, key, source),
            source,
            masked: mask(source),
            reported: BTreeSet::new(),
            lines: Vec::new(),
            placed: Vec::new(),
            footnotes: BTreeMap::new(),
            open_notes: Vec::new(),
            numbered: false,
            indent: 0,
        };
        let masked = text.masked.text.clone();
        self.fill(&mut text, &masked, false, str::to_owned)
    }
}
