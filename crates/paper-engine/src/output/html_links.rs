//! Links back: from a figure, table, equation or reference to each place that mentions it.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::html_text::escape;
use crate::manuscript::{Document, InlineKind, LabelKind};

/// How often each thing is mentioned, and how many of these mentions stand on the page already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mentions {
    total: BTreeMap<String, usize>,
    placed: BTreeMap<String, usize>,
}

impl Mentions {
    /// Counts the mentions of a document.
    pub fn of(document: &Document) -> Self {
        let mut total: BTreeMap<String, usize> = BTreeMap::new();
        for inline in document.every_inline() {
            match &inline.kind {
                InlineKind::Cite(works) => {
                    works.iter().for_each(|cited| *total.entry(work(&cited.key)).or_default() += 1);
                }
                InlineKind::Reference { kind, label, .. } if *kind != LabelKind::Section => {
                    *total.entry(label.clone()).or_default() += 1;
                }
                _ => {}
            }
        }
        Self { total, placed: BTreeMap::new() }
    }

    /// Returns the attribute that names the next mention of a target; none for what has no links back.
    pub fn place(&mut self, target: &str) -> String {
        if !self.total.contains_key(target) {
            return String::new();
        }
        let placed = self.placed.entry(target.to_owned()).or_default();
        *placed += 1;
        format!(" id=\"at-{}-{placed}\"", escape(target))
    }

    /// Links to every mention of a target, which `what` says in words; nothing where it is never
    /// mentioned.
    pub fn back(&self, target: &str, what: &str) -> String {
        let Some(&total) = self.total.get(target) else { return String::new() };
        let (target, what) = (escape(target), escape(what));
        let mut out = String::from(" <span class=\"back\">↩");
        for number in 1..=total {
            let label = format!("{number}, {what}");
            let _ = write!(out, " <a href=\"#at-{target}-{number}\" aria-label=\"{label}\">{number}</a>");
        }
        out + "</span>"
    }
}

/// Returns the target of citations of a work.
pub(super) fn work(key: &str) -> String {
    format!("ref-{key}")
}
