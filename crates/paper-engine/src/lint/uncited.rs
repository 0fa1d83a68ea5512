//! Figures and tables that an edition shows but never mentions.

use std::collections::BTreeSet;

use super::rules::UNCITED_FIGURE;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::manuscript::{Block, BlockKind, Document, InlineKind, Picture};

/// Reports placed figures and tables that no text or caption refers to.
pub fn uncited(edition: &str, document: &Document) -> Diagnostics {
    let cited: BTreeSet<&str> = document
        .every_inline()
        .filter_map(|inline| match &inline.kind {
            InlineKind::Reference { label, .. } => Some(label.as_str()),
            _ => None,
        })
        .collect();
    let mut errors = Diagnostics::default();
    for (label, location) in placed(&document.blocks).into_iter().chain(placed(&document.appendices)) {
        if !cited.contains(label) {
            let message = format!("`{label}` is shown in the edition `{edition}` and never referred to");
            let remedy = format!("say with @{label} what a reader should see there, or take it out");
            errors.push(Diagnostic::new(location.clone(), message).remedy(remedy).breaks(&UNCITED_FIGURE));
        }
    }
    errors
}

fn placed(blocks: &[Block]) -> Vec<(&str, &Location)> {
    let named = blocks.iter().filter_map(|block| match &block.kind {
        // What has no name that its author gave it stands where it belongs.
        BlockKind::Figure { picture: Some(Picture { is_labelled: false, .. }), .. } => None,
        BlockKind::Figure { label, .. } | BlockKind::Table { label, number: Some(_), .. } => {
            Some((label.as_str(), &block.location))
        }
        _ => None,
    });
    named.collect()
}
