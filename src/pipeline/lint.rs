//! What a machine can hold against the text of all editions, before anything is typeset.

use std::path::Path;

use super::paper::Edition;
use super::stages::Inputs;
use crate::diagnostic::Diagnostics;
use crate::facts::Facts;
use crate::lint::{self, Count};
use crate::manuscript::Document;

/// The words of each edition, by its name.
pub type WordCounts = Vec<(String, Vec<Count>)>;

/// Checks the text of each edition; all errors together.
pub fn lint(
    root: &Path,
    inputs: &Inputs,
    facts: &Facts,
    resolved: &[(&Edition, Document)],
) -> Result<WordCounts, Diagnostics> {
    let mut errors = Diagnostics::default();
    let mut counts = WordCounts::new();
    for (edition, document) in resolved {
        let count = lint::count(document);
        let parts = [
            lint::numbers(root, document, facts, &inputs.structural),
            lint::placeholders(root, document),
            lint::uncited(&edition.name, document),
            lint::check_budgets(&edition.name, &count, &edition.budgets),
        ];
        errors.0.extend(parts.into_iter().flat_map(|part| part.0));
        counts.push((edition.name.clone(), count));
    }
    if let Some((_, fullest)) = resolved.last() {
        errors.0.extend(lint::repeats(root, fullest).0);
    }
    errors.into_result(counts)
}
