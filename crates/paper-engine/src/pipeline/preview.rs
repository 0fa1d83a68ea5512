//! What an author sees while writing: the page of the fullest edition at once, everything else behind it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use super::needed::{Needed, needed};
use super::stages::{Drawn, Inputs};
use super::{Cache, Clock, Options, Progress, Review, editions, lint, outreach, review, stages};
use crate::diagnostic::Diagnostics;
use crate::facts::{self, Facts};
use crate::manuscript::Kept;
use crate::model::Model;
use crate::output::{self, Positions};
use crate::review::require_none_critical;
use crate::source::hex;
use crate::table;

/// The page of the fullest edition and what stands beside it.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The title of the paper.
    pub title: String,
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

/// What earlier drafts made and the next one can use again.
#[derive(Default)]
pub struct Known {
    experiments: BTreeMap<(&'static str, String), BTreeMap<String, facts::Fact>>,
    facts: Arc<Facts>,
    inputs: Option<(String, Arc<Inputs>)>,
    drawn: Option<(Arc<Inputs>, Arc<Facts>, Arc<Drawn>)>,
    kept: Arc<Kept>,
}

/// One state of an author's files, read once for the page, its mistakes and its PDF.
#[derive(Clone)]
pub struct Draft {
    seen: Seen,
    inputs: Arc<Inputs>,
    facts: Arc<Facts>,
    drawn: Arc<Drawn>,
    kept: Arc<Kept>,
}

/// The PDF of a draft.
pub struct DraftPdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// Passes that TeX needed: one, unless references moved.
    pub passes: usize,
}

/// Reads the files and makes the page; what did not change comes from `known`, and `progress` hears of what is
/// computed anew.
///
/// # Errors
/// Every error that authors can mend, located.
pub fn page(
    options: &Options,
    known: &mut Known,
    progress: Progress<'_>,
) -> Result<(Draft, Page), Diagnostics> {
    let cache = cache(options);
    let seen = Seen::now(&options.root);
    let inputs = known.inputs(options, &seen)?;
    let facts = known.facts(&inputs.model, &needed(options, &inputs), &cache, progress)?;
    let drawn = known.drawn(&inputs, &facts, &cache);
    let kept = Arc::clone(&known.kept);
    kept.begin_draft();
    let fullest = inputs.paper.editions.last().map(|edition| edition.name.clone());
    let fullest = Options { edition: fullest, ..options.clone() };
    let resolved = stages::resolve(&fullest, &inputs, &facts, &kept, &mut Clock::silent());
    let mut errors = Diagnostics::default();
    let pair = errors.take(drawn).zip(errors.take(resolved));
    let (drawn, resolved) = errors.require(pair)?;
    let (edition, document) = Diagnostics::default().require(resolved.last())?;
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
    let title = inputs.paper.title.clone();
    let page = Page { title, html, numbers, verdicts, figures: drawn.svg.clone(), tables };
    Ok((Draft { seen, inputs, facts, drawn, kept }, page))
}

impl Draft {
    /// Whether the files are still those of this draft: its text is read again for whatever is made of it.
    #[must_use]
    pub fn is_current(&self, root: &Path) -> bool {
        Seen::now(root) == self.seen
    }

    /// Holds the text of all editions, and the texts beside the paper, against the rules of prose and the review.
    ///
    /// # Errors
    /// Every mistake, located.
    pub fn mistakes(&self, options: &Options) -> Result<Review, Diagnostics> {
        let Self { inputs, facts, drawn, kept, .. } = self;
        let resolved = stages::resolve(options, inputs, facts, kept, &mut Clock::silent())?;
        let mut errors = Diagnostics::default();
        errors.take(lint::lint(&options.root, inputs, facts, &resolved));
        let texts = outreach::read(options, inputs, facts, kept, &mut Clock::silent());
        errors.take(texts.and_then(|texts| texts.lint(&options.root, inputs, facts)));
        let found = review::review(&options.root, inputs, facts, &drawn.svg, &resolved);
        errors.take(require_none_critical(&found.checks));
        errors.into_result(found)
    }

    /// Typesets the first edition, which is the shortest; `options.limit` can end it.
    ///
    /// # Errors
    /// Every error that authors can mend, located.
    pub fn first_pdf(&self, options: &Options) -> Result<DraftPdf, Diagnostics> {
        let Self { inputs, facts, drawn, kept, .. } = self;
        let first = inputs.paper.editions.first().map(|edition| edition.name.clone());
        let first = Options { edition: first, ..options.clone() };
        let resolved = stages::resolve(&first, inputs, facts, kept, &mut Clock::silent())?;
        let (edition, document) = Diagnostics::default().require(resolved.first())?;
        let set = editions::set(options, inputs, facts, drawn, edition, document, &cache(options))?;
        Ok(DraftPdf { bytes: set.pdf.bytes, passes: set.pdf.passes })
    }
}

fn cache(options: &Options) -> Cache {
    Cache::new(options.root.join("build/.cache"))
}

/// Folders below a paper's root that its author writes.
pub const FOLDERS: [&str; 3] = ["paper", "figures", "templates"];

/// Digests of an author's files: their names, and what stands in them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    /// Of all files but the text, whose names alone count.
    inputs: String,
    /// Of the text.
    text: String,
}

impl Seen {
    fn now(root: &Path) -> Self {
        let folders = FOLDERS.map(|folder| root.join(folder));
        let (mut inputs, mut text) = (Sha256::new(), Sha256::new());
        // A folder that cannot be read is an error of the reading that follows.
        let entries = folders.iter().flat_map(|folder| WalkDir::new(folder).sort_by_file_name());
        for entry in entries.filter_map(Result::ok).filter(|entry| entry.file_type().is_file()) {
            let path = entry.path();
            let bytes = std::fs::read(path).unwrap_or_default();
            inputs.update(format!("{}\0", path.display()));
            let is_text = path.extension().is_some_and(|ending| ending == "md" || ending == "bib");
            let digest = if is_text { &mut text } else { &mut inputs };
            digest.update(bytes.len().to_le_bytes());
            digest.update(bytes);
        }
        Self { inputs: hex(&inputs.finalize()), text: hex(&text.finalize()) }
    }
}

impl Known {
    /// Everything but the text, read again where a file changed.
    fn inputs(&mut self, options: &Options, seen: &Seen) -> Result<Arc<Inputs>, Diagnostics> {
        if let Some((_, inputs)) = self.inputs.as_ref().filter(|(kept, _)| *kept == seen.inputs) {
            return Ok(Arc::clone(inputs));
        }
        let inputs = Arc::new(stages::read(options)?);
        // A file that changed meanwhile may have been read in either state.
        let is_sure = Seen::now(&options.root).inputs == seen.inputs;
        self.inputs = is_sure.then(|| (seen.inputs.clone(), Arc::clone(&inputs)));
        Ok(inputs)
    }

    /// The figures of these inputs and facts.
    fn drawn(
        &mut self,
        inputs: &Arc<Inputs>,
        facts: &Arc<Facts>,
        cache: &Cache,
    ) -> Result<Arc<Drawn>, Diagnostics> {
        let fits = |kept: &&(Arc<Inputs>, Arc<Facts>, Arc<Drawn>)| {
            Arc::ptr_eq(&kept.0, inputs) && Arc::ptr_eq(&kept.1, facts)
        };
        if let Some((_, _, drawn)) = self.drawn.as_ref().filter(fits) {
            return Ok(Arc::clone(drawn));
        }
        let drawn = Arc::new(stages::draw(inputs, facts, cache, &mut Clock::silent())?);
        self.drawn = Some((Arc::clone(inputs), Arc::clone(facts), Arc::clone(&drawn)));
        Ok(drawn)
    }

    /// All facts; only what changed is computed or read from the cache again.
    fn facts(
        &mut self,
        model: &Model,
        needed: &Needed,
        cache: &Cache,
        progress: Progress<'_>,
    ) -> Result<Arc<Facts>, Diagnostics> {
        let mut now = BTreeMap::new();
        let absent = needed.absent(model);
        let mut is_same = absent == self.facts.1;
        for experiment in needed.experiments(model) {
            let key = (experiment.id, experiment.input_digest(model));
            let found = match self.experiments.remove(&key) {
                Some(found) => found,
                None => {
                    is_same = false;
                    progress(&format!("facts {}", experiment.id));
                    super::facts_of_experiment(experiment, model, cache)?.0
                }
            };
            now.insert(key, found);
        }
        self.experiments = now;
        let quoted = facts::quoted(model);
        let promised = facts::promised(model.claims(), &self.facts);
        let count =
            quoted.len() + promised.len() + self.experiments.values().map(BTreeMap::len).sum::<usize>();
        is_same &= count == self.facts.0.len();
        is_same &= quoted.iter().chain(&promised).all(|(name, fact)| self.facts.get(name) == Some(fact));
        if !is_same {
            let computed = self.experiments.values().flatten();
            let computed = computed.map(|(name, fact)| (name.clone(), fact.clone()));
            let mut all = Facts(quoted.into_iter().chain(computed).collect(), absent);
            let promised = facts::promised(model.claims(), &all);
            all.0.extend(promised);
            self.facts = Arc::new(all);
        }
        Ok(Arc::clone(&self.facts))
    }
}
