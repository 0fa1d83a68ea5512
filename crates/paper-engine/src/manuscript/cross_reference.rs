//! Cross-references: `@fig:wait` in a sentence, `@Fig:wait` at its beginning, `[@fig:wait; @fig:gain]` for several.

use super::builder::Builder;
use super::label::{kind_of, written_part};
use super::tree::{InlineKind, LabelKind, Naming};
use crate::diagnostic::{Diagnostic, Location};

/// A label as a text refers to it.
pub(super) struct Referred {
    kind: LabelKind,
    label: String,
    /// Whether a sentence begins with it.
    is_first: bool,
    /// The panels or lines that are meant.
    part: Option<String>,
}

impl Referred {
    /// Reads what follows the `@`: a label, whose first letter is a capital where a sentence begins.
    pub fn read(written: &str) -> Option<Self> {
        let mut letters = written.chars();
        let first = letters.next()?;
        let label: String = first.to_lowercase().chain(letters).collect();
        Some(Self { kind: kind_of(&label)?, label, is_first: first.is_uppercase(), part: None })
    }

    /// Reads panels or lines in brackets at the beginning of what follows, and returns how many bytes they have.
    pub fn with_part(mut self, rest: &str) -> (Self, usize) {
        let part = written_part(self.kind, rest);
        let length = part.map_or(0, |part| part.len() + "()".len());
        self.part = part.map(|part| part.replace('-', "–"));
        (self, length)
    }

    /// Reads a label with the part that may follow it, and nothing else.
    fn whole(written: &str) -> Option<Self> {
        let (label, rest) = written.split_at(written.find('(').unwrap_or(written.len()));
        let (referred, length) = Self::read(label)?.with_part(rest);
        (length == rest.len()).then_some(referred)
    }

    /// Returns the reference, its number not filled in yet.
    fn named(self, naming: Naming) -> InlineKind {
        InlineKind::Reference {
            kind: self.kind,
            label: self.label,
            number: String::new(),
            part: self.part,
            naming,
        }
    }
}

impl Builder<'_> {
    /// Refers to one thing.
    pub(super) fn refer(&mut self, referred: Referred, location: Location) -> InlineKind {
        self.labels.want(&referred.label, referred.part.clone(), location);
        let naming = if referred.is_first { Naming::Full } else { Naming::Short };
        referred.named(naming)
    }

    /// Returns whether a pair of brackets refers to things of the paper, and cites no works.
    pub(super) fn is_group(&self, inside: &str) -> bool {
        inside.split(';').any(|part| {
            let written = part.trim().strip_prefix('@');
            written
                .is_some_and(|label| Referred::whole(label).is_some() && !self.bibliography.contains(label))
        })
    }

    /// Refers to several things of one kind at once; each part comes with its place.
    pub(super) fn group(&mut self, parts: Vec<(&str, Location)>) -> Vec<InlineKind> {
        let (count, mut out) = (parts.len(), Vec::new());
        let language = self.sources.language;
        let comma = if count > 2 && language.has_serial_comma() { "," } else { "" };
        let last = format!("{comma} {} ", language.words().and);
        let mut of_first = None;
        for (index, (part, location)) in parts.into_iter().enumerate() {
            let Some(referred) = part.strip_prefix('@').and_then(Referred::whole) else {
                let error = Diagnostic::new(location, format!("`{part}` is no label of this paper"));
                self.errors
                    .push(error.remedy("write `[@fig:one; @fig:two]`, and works in brackets of their own"));
                continue;
            };
            if *of_first.get_or_insert(referred.kind) != referred.kind {
                let error = Diagnostic::new(location, format!("`{part}` is not of the kind of the first"));
                self.errors
                    .push(error.remedy("write figures, tables and sections each in brackets of their own"));
                continue;
            }
            let naming = match (index, count, referred.is_first) {
                (0, 1, false) => Naming::Short,
                (0, 1, true) => Naming::Full,
                (0, _, false) => Naming::ShortPlural,
                (0, _, true) => Naming::FullPlural,
                _ => Naming::Number,
            };
            let between = match index {
                0 => "",
                _ if index + 1 < count => ", ",
                _ => last.as_str(),
            };
            if !between.is_empty() {
                out.push(InlineKind::Text(between.to_owned()));
            }
            self.labels.want(&referred.label, referred.part.clone(), location);
            out.push(referred.named(naming));
        }
        out
    }
}
