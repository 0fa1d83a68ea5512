//! Labels of sections, figures, tables and equations, and the references to them.

use std::collections::BTreeMap;

use super::source::Origin;
use super::tree::{Block, BlockKind, Inline, LabelKind};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};

/// A defined label.
#[derive(Clone, Debug)]
struct Label {
    number: String,
    location: Location,
}

/// All labels of a paper and the references made to them.
#[derive(Debug, Default)]
pub(super) struct Labels {
    defined: BTreeMap<String, Label>,
    wanted: Vec<(String, Location)>,
    left_out: BTreeMap<String, Location>,
}

/// The kind that a label's prefix names.
pub(super) fn kind_of(label: &str) -> Option<LabelKind> {
    match label.split_once(':')?.0 {
        "sec" => Some(LabelKind::Section),
        "fig" => Some(LabelKind::Figure),
        "tab" => Some(LabelKind::Table),
        "eq" => Some(LabelKind::Equation),
        _ => None,
    }
}

/// The labels written in a line as `[#label]`.
pub(super) fn written_in(line: &str) -> impl Iterator<Item = &str> {
    line.split("[#").skip(1).filter_map(|rest| rest.split_once(']')).map(|(label, _)| label)
}

impl Labels {
    /// Defines a label, or reports both places of one defined twice.
    pub fn define(&mut self, label: &str, number: String, location: Location, errors: &mut Diagnostics) {
        if let Some(first) = self.defined.get(label) {
            let message = format!("the label `{label}` is already at {}", first.location);
            errors.push(Diagnostic::new(location, message).remedy("give one of the two another label"));
            return;
        }
        self.defined.insert(label.to_owned(), Label { number, location });
    }

    /// Notes a label that stands in a part of the text that this edition leaves out.
    pub fn leave_out_label(&mut self, label: &str, location: Location) {
        self.left_out.entry(label.to_owned()).or_insert(location);
    }

    /// Notes the labels of a whole text that this edition leaves out.
    pub fn leave_out(&mut self, text: &str, mut origin: Origin) {
        for (index, line) in text.lines().enumerate() {
            for label in written_in(line) {
                let location = origin.find(label, index + 1, 1);
                self.leave_out_label(label, location);
            }
        }
    }

    /// Whether a label is defined so far.
    pub fn contains(&self, label: &str) -> bool {
        self.defined.contains_key(label)
    }

    /// Notes a reference to a label.
    pub fn want(&mut self, label: &str, location: Location) {
        self.wanted.push((label.to_owned(), location));
    }

    /// Reports the references to labels that are nowhere defined, or not in this edition.
    pub fn check(&self, edition: &str, errors: &mut Diagnostics) {
        for (label, location) in self.wanted.iter().filter(|(label, _)| !self.contains(label)) {
            if let Some(place) = self.left_out.get(label) {
                let message = format!(
                    "`{label}` is not in the edition `{edition}`: it stands at {place}, which is left out"
                );
                let remedy =
                    "put the reference into a block of the same edition, or take its target out of one";
                errors.push(Diagnostic::new(location.clone(), message).remedy(remedy));
                continue;
            }
            let diagnostic = Diagnostic::new(location.clone(), format!("nothing is labelled `{label}`"));
            errors.push(diagnostic.suggest(label, self.defined.keys().map(String::as_str)));
        }
    }

    /// Fills in the numbers of all references.
    pub fn fill_blocks(&self, blocks: &mut [Block]) {
        for block in blocks {
            match &mut block.kind {
                BlockKind::Heading { content, .. } | BlockKind::Paragraph(content) => self.fill(content),
                BlockKind::Figure { caption, .. } | BlockKind::Table { caption, .. } => self.fill(caption),
                BlockKind::Quote(blocks) => self.fill_blocks(blocks),
                BlockKind::List { items, .. } => items.iter_mut().for_each(|item| self.fill_blocks(item)),
                BlockKind::Code { .. } | BlockKind::Equation { .. } => {}
            }
        }
    }

    fn fill(&self, inlines: &mut [Inline]) {
        for inline in inlines {
            match inline {
                Inline::Reference { label, number, .. } => {
                    if let Some(defined) = self.defined.get(label) {
                        number.clone_from(&defined.number);
                    }
                }
                Inline::Emphasis(content) | Inline::Strong(content) => self.fill(content),
                Inline::Link { content, .. } | Inline::Footnote { content, .. } => self.fill(content),
                _ => {}
            }
        }
    }
}
