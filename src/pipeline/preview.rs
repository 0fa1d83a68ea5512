//! What an author sees while writing: the page of the fullest edition at once, everything else behind it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::stages::{Drawn, Inputs};
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
pub struct Known {
    experiments: BTreeMap<(&'static str, String), BTreeMap<String, facts::Fact>>,
    all: Arc<Facts>,
}

/// One state of an author's files, read once for the page, its mistakes and its PDF.
pub struct Draft {
    inputs: Inputs,
    facts: Arc<Facts>,
    drawn: Drawn,
}

/// Reads the files and makes the page; facts that did not change come from `known`.
///
/// # Errors
/// Every error that authors can mend, located.
pub fn page(options: &Options, known: &mut Known) -> Result<(Draft, Page), Diagnostics> {
    let mut clock = Clock::silent();
    let cache = cache(options);
    let inputs = stages::read(&options.root)?;
    let facts = known.facts(&inputs.model, &cache)?;
    let drawn = stages::draw(&inputs, &facts, &cache, &mut clock);
    let fullest = inputs.paper.editions.last().map(|edition| edition.name.clone());
    let fullest = Options { edition: fullest, ..options.clone() };
    let resolved = stages::resolve(&fullest, &inputs, &facts, &mut clock);
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
    let page = Page { html, numbers, verdicts, figures: drawn.svg.clone(), tables };
    Ok((Draft { inputs, facts, drawn }, page))
}

impl Draft {
    /// Holds the text of all editions against the rules of prose and the review.
    ///
    /// # Errors
    /// Every mistake, located.
    pub fn mistakes(&self, options: &Options) -> Result<Review, Diagnostics> {
        let Self { inputs, facts, drawn } = self;
        let resolved = stages::resolve(options, inputs, facts, &mut Clock::silent())?;
        let mut errors = Diagnostics::default();
        errors.take(lint::lint(&options.root, inputs, facts, &resolved));
        let found = review::review(&options.root, inputs, facts, &drawn.svg, &resolved);
        errors.take(require_none_critical(&found.checks));
        errors.into_result(found)
    }

    /// Typesets the first edition, which is the shortest; `options.limit` can end it.
    ///
    /// # Errors
    /// Every error that authors can mend, located.
    pub fn first_pdf(&self, options: &Options) -> Result<Vec<u8>, Diagnostics> {
        let Self { inputs, facts, drawn } = self;
        let mut clock = Clock::silent();
        let first = inputs.paper.editions.first().map(|edition| edition.name.clone());
        let first = Options { edition: first, ..options.clone() };
        let resolved = stages::resolve(&first, inputs, facts, &mut clock)?;
        let printed = editions::print(options, inputs, facts, drawn, &resolved, &cache(options), &mut clock)?;
        let pdf = printed.files.into_iter().find(|(path, _)| path.ends_with(".pdf"));
        Ok(pdf.map(|(_, bytes)| bytes).unwrap_or_default())
    }
}

fn cache(options: &Options) -> Cache {
    Cache::new(options.root.join("build/.cache"))
}

impl Known {
    /// All facts; only what changed is computed or read from the cache again.
    fn facts(&mut self, model: &crate::model::Model, cache: &Cache) -> Result<Arc<Facts>, Diagnostics> {
        let mut now = BTreeMap::new();
        let mut is_same = true;
        for experiment in facts::EXPERIMENTS {
            let key = (experiment.id, experiment.input_digest(model));
            let found = match self.experiments.remove(&key) {
                Some(found) => found,
                None => {
                    is_same = false;
                    super::facts_of_experiment(experiment, model, cache)?.0
                }
            };
            now.insert(key, found);
        }
        self.experiments = now;
        let quoted = facts::quoted(model);
        let promised = facts::promised(model.claims(), &self.all);
        let count =
            quoted.len() + promised.len() + self.experiments.values().map(BTreeMap::len).sum::<usize>();
        is_same &= count == self.all.0.len();
        is_same &= quoted.iter().chain(&promised).all(|(name, fact)| self.all.get(name) == Some(fact));
        if !is_same {
            let computed = self.experiments.values().flatten();
            let computed = computed.map(|(name, fact)| (name.clone(), fact.clone()));
            let mut all = Facts(quoted.into_iter().chain(computed).collect());
            let promised = facts::promised(model.claims(), &all);
            all.0.extend(promised);
            self.all = Arc::new(all);
        }
        Ok(Arc::clone(&self.all))
    }
}
