//! Labels of sections, figures, tables and equations, and the references to them.

use std::collections::BTreeMap;

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

    /// Whether a label is defined so far.
    pub fn contains(&self, label: &str) -> bool {
        self.defined.contains_key(label)
    }

    /// Notes a reference to a label.
    pub fn want(&mut self, label: &str, location: Location) {
        self.wanted.push((label.to_owned(), location));
    }

    /// Reports the references to labels that are nowhere defined.
    pub fn check(&self, errors: &mut Diagnostics) {
        for (label, location) in self.wanted.iter().filter(|(label, _)| !self.contains(label)) {
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
