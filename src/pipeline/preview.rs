//! What an author sees while writing: the page of the fullest edition at once, everything else behind it.

use std::collections::BTreeMap;

use super::{Cache, Clock, Options, Review, editions, lint, review, stages};
use crate::diagnostic::Diagnostics;
use crate::facts::{self, Facts};
use crate::output::{self, Positions};
use crate::review::require_none_critical;
use crate::table;

/// The page of the fullest edition and what stands beside it.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The HTML page; paragraphs name their places.
    pub html: String,
    /// Every fact as a reader sees it, by name.
    pub numbers: BTreeMap<String, String>,
    /// Each promise with its verdict and the number that decided.
    pub verdicts: Vec<[String; 3]>,
    /// SVG text by figure id.
    pub figures: BTreeMap<String, String>,
    /// Markdown by table id.
    pub tables: BTreeMap<String, String>,
}

/// Facts that were computed before, by experiment and everything they depend on.
#[derive(Debug, Default)]
pub struct Known(BTreeMap<(&'static str, String), BTreeMap<String, facts::Fact>>);

/// Makes the page; facts that did not change come from `known`.
///
/// # Errors
/// Every error that authors can mend, located.
pub fn page(options: &Options, known: &mut Known) -> Result<Page, Diagnostics> {
    let cache = Cache::new(options.root.join("build/.cache"));
    let mut clock = Clock { progress: &|_| {}, timings: Vec::new() };
    let inputs = stages::read(&options.root)?;
    let facts = known.facts(&inputs.model, &cache)?;
    let drawn = stages::draw(&inputs, &facts, &cache, &mut clock);
    let fullest = inputs.paper.editions.last().map(|edition| edition.name.clone());
    let resolved =
        stages::resolve(&Options { edition: fullest, ..options.clone() }, &inputs, &facts, &mut clock);
    let mut errors = Diagnostics::default();
    let pair = (errors.take(drawn), errors.take(resolved));
    let (Some(drawn), Some(resolved)) = errors.into_result(pair)? else { return Err(Diagnostics::default()) };
    let Some((edition, document)) = resolved.last() else { return Err(Diagnostics::default()) };
    let ledger = editions::ledger(edition, document, &facts);
    let html = output::html(document, &inputs.templates, &drawn.svg, &facts, &ledger, Positions::Shown)
        .map_err(Diagnostics::from)?;
    let numbers = facts.0.iter().map(|(name, fact)| (name.clone(), fact.display(None))).collect();
    let decided = facts::verdicts(inputs.model.claims(), &facts).unwrap_or_default();
    let verdicts = decided
        .iter()
        .map(|one| [one.claim.claim.clone(), one.outcome.word().to_owned(), one.number.clone()])
        .collect();
    let mut tables = BTreeMap::new();
    for (id, spec) in &inputs.tables {
        tables.insert(id.clone(), table::markdown(&table::rows(id, spec, &facts)?));
    }
    Ok(Page { html, numbers, verdicts, figures: drawn.svg, tables })
}

/// Holds the text of all editions against the rules of prose and the review.
///
/// # Errors
/// Every mistake, located.
pub fn mistakes(options: &Options, known: &mut Known) -> Result<Review, Diagnostics> {
    let cache = Cache::new(options.root.join("build/.cache"));
    let mut clock = Clock { progress: &|_| {}, timings: Vec::new() };
    let inputs = stages::read(&options.root)?;
    let facts = known.facts(&inputs.model, &cache)?;
    let drawn = stages::draw(&inputs, &facts, &cache, &mut clock)?;
    let resolved = stages::resolve(options, &inputs, &facts, &mut clock)?;
    let mut errors = Diagnostics::default();
    errors.take(lint::lint(&options.root, &inputs, &facts, &resolved));
    let found = review::review(&options.root, &inputs, &facts, &drawn.svg, &resolved);
    errors.take(require_none_critical(&found.checks));
    errors.into_result(found)
}

/// Typesets the first edition, which is the shortest; `options.limit` can end it.
///
/// # Errors
/// Every error that authors can mend, located.
pub fn first_pdf(options: &Options, known: &mut Known) -> Result<Vec<u8>, Diagnostics> {
    let cache = Cache::new(options.root.join("build/.cache"));
    let mut clock = Clock { progress: &|_| {}, timings: Vec::new() };
    let inputs = stages::read(&options.root)?;
    let facts = known.facts(&inputs.model, &cache)?;
    let drawn = stages::draw(&inputs, &facts, &cache, &mut clock)?;
    let first = inputs.paper.editions.first().map(|edition| edition.name.clone());
    let resolved =
        stages::resolve(&Options { edition: first, ..options.clone() }, &inputs, &facts, &mut clock)?;
    let printed = editions::print(options, &inputs, &facts, &drawn, &resolved, &cache, &mut clock)?;
    let pdf = printed.files.into_iter().find(|(path, _)| path.ends_with(".pdf"));
    Ok(pdf.map(|(_, bytes)| bytes).unwrap_or_default())
}

impl Known {
    /// All facts; only what changed is computed or read from the cache again.
    fn facts(&mut self, model: &crate::model::Model, cache: &Cache) -> Result<Facts, Diagnostics> {
        let mut all = Facts(facts::quoted(model));
        let mut now = BTreeMap::new();
        for experiment in facts::EXPERIMENTS {
            let key = (experiment.id, experiment.input_digest(model));
            let found = match self.0.remove(&key) {
                Some(found) => found,
                None => super::facts_of_experiment(experiment, model, cache)?.0,
            };
            all.0.extend(found.iter().map(|(name, fact)| (name.clone(), fact.clone())));
            now.insert(key, found);
        }
        self.0 = now;
        Ok(all)
    }
}
