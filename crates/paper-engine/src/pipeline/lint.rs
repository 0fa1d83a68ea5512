//! What a machine can hold against the text of all editions, before anything is typeset.

use std::path::Path;

use super::inputs::Inputs;
use super::paper::Edition;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::facts::Facts;
use crate::lint::{self, Count};
use crate::manuscript::Document;

/// The words of each edition, by its name.
pub type WordCounts = Vec<(String, Vec<Count>)>;

/// What is told of a text without errors.
#[derive(Clone, Debug, Default)]
pub struct Linted {
    /// The words of each edition.
    pub words: WordCounts,
    /// What an author should look at.
    pub warnings: Diagnostics,
    /// What breaks a rule that the paper ignores there, each with the reason.
    pub ignored: Vec<(Diagnostic, String)>,
}

/// Checks the text of each edition: what is told of it, and all errors.
pub fn lint(
    root: &Path,
    inputs: &Inputs,
    facts: &Facts,
    resolved: &[(&Edition, &Document)],
) -> (Linted, Diagnostics) {
    let mut errors = Diagnostics::default();
    let mut counts = WordCounts::new();
    for (edition, document) in resolved {
        let count = lint::count(document);
        let parts = [
            lint::numbers(document, facts, &inputs.structural),
            lint::placeholders(document),
            lint::uncited(&edition.name, document),
            lint::check_budgets(&edition.name, &count, &edition.budgets),
        ];
        errors.0.extend(parts.into_iter().flat_map(|part| part.0));
        counts.push((edition.name.clone(), count));
    }
    if let Some((_, fullest)) = resolved.last() {
        errors.0.extend(lint::repeats(fullest).0);
    }
    let documents = resolved.iter().map(|(_, document)| *document);
    let found = lint::entries(root, &inputs.paper.bibliography, documents);
    errors.0.extend(found.incomplete.0);
    // What one edition leaves out, another may cite.
    let is_whole = resolved.len() == inputs.paper.editions.len();
    let mut warnings = found.unaddressed;
    warnings.0.extend(is_whole.then_some(found.unused.0).into_iter().flatten());
    let changed = inputs.model.quotations().changed().0;
    warnings.0.extend(changed.into_iter().map(|one| one.breaks(&lint::CHANGED_QUOTATION)));
    let mut ignored = inputs.paper.rules.take_ignored(&mut warnings.0, Diagnostic::broken);
    ignored.extend(inputs.paper.rules.take_ignored(&mut errors.0, Diagnostic::broken));
    (Linted { words: counts, warnings, ignored }, errors)
}
