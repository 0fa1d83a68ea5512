//! Labels of sections, figures, tables and equations, and the references to them.

use std::collections::BTreeMap;
use std::path::Path;

use super::tree::{Block, InlineKind, LabelKind, StatementKind};
use super::walk::change_inlines;
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

/// Returns the kind that a label's prefix names.
pub(super) fn kind_of(label: &str) -> Option<LabelKind> {
    match label.split_once(':')?.0 {
        "sec" => Some(LabelKind::Section),
        "fig" => Some(LabelKind::Figure),
        "tab" => Some(LabelKind::Table),
        "eq" => Some(LabelKind::Equation),
        prefix => {
            let kind = StatementKind::ALL.into_iter().find(|kind| kind.prefix() == Some(prefix));
            kind.map(LabelKind::Statement)
        }
    }
}

/// Returns the labels written in a line as `[#label]`, each with its column in characters, from 1.
pub(super) fn written_in(line: &str) -> impl Iterator<Item = (usize, &str)> {
    line.match_indices("[#").filter_map(|(at, mark)| {
        let start = at + mark.len();
        let (label, _) = line[start..].split_once(']')?;
        Some((line[..start].chars().count() + 1, label))
    })
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
    pub fn leave_out(&mut self, text: &str, file: &Path) {
        for (index, line) in text.lines().enumerate() {
            for (column, label) in written_in(line) {
                self.leave_out_label(label, Location::new(file, index + 1, column));
            }
        }
    }

    /// Returns whether a label is defined so far.
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
    pub fn fill(&self, blocks: &mut [Block]) {
        change_inlines(blocks, &mut |inline, _| {
            if let InlineKind::Reference { label, number, .. } = &mut inline.kind
                && let Some(defined) = self.defined.get(label)
            {
                number.clone_from(&defined.number);
            }
        });
    }
}
