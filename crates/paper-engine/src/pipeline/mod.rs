//! The only place that joins the stages: from model inputs to finished files.

mod archive;
mod cache;
mod description;
mod editions;
mod lint;
mod manifest;
mod mentions;
mod needed;
mod outreach;
mod paper;
mod pdf;
mod preview;
mod rally;
mod references;
mod review;
mod stages;
mod verdicts;

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use typesetter::{Limit, Standby};

use crate::diagnostic::Diagnostics;
use crate::facts::{self, Facts};
use crate::lint::Budgets;
use crate::manuscript::Kept;
use crate::model::Model;
use crate::rally::{Board, Tests};
use crate::review::require_none_critical;
use crate::source;
use crate::study::Study;

pub use cache::{Cache, write_atomically};
pub use description::{Description, Part};
pub use lint::WordCounts;
pub use manifest::{Entry, MANIFEST_FILE, Manifest, Program, Release};
pub use mentions::{MENTIONS_FILE, Mention, Mentions};
pub use needed::Needed;
pub use outreach::{Measure, Outreach};
pub use paper::{Author, Edition, PAPER_FILE, Paper, Person};
pub use preview::{Draft, DraftPdf, FOLDERS, Known, Page, page};
pub use rally::{ledger, plan, sign};
pub use review::{Review, keep_clarity};
pub use verdicts::{StoredVerdict, VERDICTS_FILE};

/// Everything a build needs to be told.
#[derive(Clone, Debug)]
pub struct Options {
    /// The study that computes.
    pub study: &'static Study,
    /// Folder of the paper.
    pub root: PathBuf,
    /// Whether to compute also the facts that nothing in the paper names.
    pub all_facts: bool,
    /// The only edition to build; all of them when none is named.
    pub edition: Option<String>,
    /// This program, called again to typeset in a process of its own.
    pub worker: PathBuf,
    /// Longest time that typesetting may take.
    pub limit: Limit,
    /// The worker that stands by for the next draft, where somebody waits for each one.
    pub standby: Option<Arc<Mutex<Standby>>>,
}

/// How long one stage took and whether its result was still valid.
#[derive(Clone, Debug)]
pub struct Timing {
    /// Name of the stage.
    pub stage: String,
    /// Wall time.
    pub elapsed: Duration,
    /// Whether nothing had to be done again.
    pub cached: bool,
}

/// Receives the name of each stage as it begins.
pub type Progress<'a> = &'a dyn Fn(&str);

/// A finished build.
#[derive(Clone, Debug)]
pub struct Built {
    /// Files by path below `build/`.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Whether these are all files of the paper, and not those of one edition.
    pub is_whole: bool,
    /// Stages in order.
    pub timings: Vec<Timing>,
    /// Paths of the PDFs below `build/`, one for each edition.
    pub pdfs: Vec<String>,
    /// What an author should look at although the build succeeds.
    pub warnings: Diagnostics,
    /// What the paper is called and what it consists of.
    pub description: Description,
    /// What was read and written, as in `manifest.json`.
    pub manifest: Manifest,
    /// The ledger of the plan, where the paper has one and every edition was built.
    pub board: Option<Board>,
}

/// What a check of a paper without mistakes tells.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// The words of each edition.
    pub words: WordCounts,
    /// The pages of each edition, in the same order.
    pub pages: Vec<(String, usize)>,
    /// What each edition may hold, in the same order.
    pub budgets: Vec<Budgets>,
    /// What was counted in the texts beside the paper.
    pub outreach: Vec<Measure>,
    /// The review of all editions.
    pub review: Review,
    /// What an author should look at.
    pub warnings: Diagnostics,
}

/// Measures the stages of a build.
pub struct Clock<'a> {
    progress: Progress<'a>,
    timings: Vec<Timing>,
}

impl<'a> Clock<'a> {
    fn new(progress: Progress<'a>) -> Self {
        Self { progress, timings: Vec::new() }
    }

    /// A clock that tells nobody.
    fn silent() -> Self {
        Self::new(&|_| {})
    }

    fn stage<T, E>(&mut self, name: &str, run: impl FnOnce() -> Result<(T, bool), E>) -> Result<T, E> {
        (self.progress)(name);
        let start = Instant::now();
        let (value, cached) = run()?;
        self.note(name, start.elapsed(), cached);
        Ok(value)
    }

    /// Keeps how long a stage took.
    fn note(&mut self, stage: &str, elapsed: Duration, cached: bool) {
        self.timings.push(Timing { stage: stage.to_owned(), elapsed, cached });
    }
}

/// Computes and renders the whole paper in memory; nothing under `build/` but the cache changes.
///
/// # Errors
/// Every error that authors can mend, located.
pub fn build(options: &Options, progress: Progress<'_>) -> Result<Built, Diagnostics> {
    // What a build writes depends on sources alone, and the record of tests is none.
    build_with(options, &Tests::Apart, progress)
}

/// Builds with what is known of the tests, which only the ledger reads.
fn build_with(options: &Options, tests: &Tests, progress: Progress<'_>) -> Result<Built, Diagnostics> {
    let cache = Cache::new(options.root.join("build/.cache"));
    let mut clock = Clock::new(progress);
    let inputs = stages::read(options)?;
    let needed = needed::needed(options, &inputs);
    let facts = Arc::new(compute(&inputs.model, &needed, &cache, &mut clock)?);
    let drawn = stages::draw(&inputs, &facts, &cache, &mut clock);
    let kept = Kept::default();
    let resolved = stages::resolve(options, &inputs, &facts, &kept, &mut clock);
    let texts = outreach::read(options, &inputs, &facts, &kept, &mut clock);
    let mut errors = Diagnostics::default();
    let all = (errors.take(drawn), errors.take(resolved), errors.take(texts));
    let all = (|| Some((all.0?, all.1?, all.2?)))();
    let (drawn, resolved, texts) = errors.require(all)?;
    let linted = clock.stage("lint", || {
        let mut errors = Diagnostics::default();
        errors.take(texts.lint(&options.root, &inputs, &facts));
        let linted = errors.take(lint::lint(&options.root, &inputs, &facts, &resolved));
        errors.into_result((linted.unwrap_or_default(), false))
    })?;
    let found = clock.stage("review", || {
        let found = review::review(&options.root, &inputs, &facts, &drawn.svg, &resolved);
        require_none_critical(&found.checks)?;
        Ok::<_, Diagnostics>((found, false))
    })?;
    let made = outreach::render(options, &inputs, &facts, &drawn, &texts, &cache, &mut clock);
    let rendered = stages::render(options, &inputs, &facts, &drawn, &resolved, &cache, &mut clock);
    let mut errors = Diagnostics::default();
    let both = errors.take(made).zip(errors.take(rendered));
    let (made, mut rendered) = errors.require(both)?;
    rendered.files.extend(review::reports(&inputs, &found));
    rendered.files.extend(made.files);
    rendered.warnings.0.extend(made.warnings.0);
    let mentions = mentions::mentions(&options.root, resolved.iter().map(|(_, document)| document));
    rendered.files.insert(MENTIONS_FILE.to_owned(), json(&mentions)?);
    let decided: Vec<_> = stages::verdicts(&inputs.model, &facts)?.iter().map(StoredVerdict::of).collect();
    rendered.files.insert(VERDICTS_FILE.to_owned(), json(&decided)?);
    let board = clock.stage("rally", || {
        let board = rally::board(options, &inputs, &facts, &resolved, &found, &rendered, tests);
        Ok::<_, Diagnostics>((board, false))
    })?;
    let mut files = rendered.files;
    files.extend(board.iter().flat_map(|board| rally::files(&inputs, board)));
    let manifest = manifest::manifest(&options.root, &inputs, &files);
    files.insert(MANIFEST_FILE.to_owned(), manifest.json().map_err(stages::internal)?);
    let description = description::describe(&inputs, &resolved, rendered.pages);
    let pdfs = resolved.iter().map(|(edition, _)| edition.file(&inputs.paper.short, "pdf")).collect();
    let older = facts::made_by_older_code(&inputs.model);
    let warnings = Diagnostics([linted.warnings.0, rendered.warnings.0, older].concat());
    let is_whole = options.edition.is_none();
    if is_whole {
        cache.prune();
    }
    Ok(Built { files, is_whole, timings: clock.timings, pdfs, warnings, description, manifest, board })
}

/// A value as the text of a JSON file.
fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, Diagnostics> {
    let mut text = serde_json::to_vec_pretty(value).map_err(stages::internal)?;
    text.push(b'\n');
    Ok(text)
}

/// Checks everything and writes nothing: names, references, citations, figures, tables, the rules of prose, the
/// review, and the pages of each edition, which are typeset where the text is mended.
///
/// # Errors
/// Every error that authors can mend, located.
pub fn check(options: &Options, progress: Progress<'_>) -> Result<Checked, Diagnostics> {
    let cache = Cache::new(options.root.join("build/.cache"));
    let mut clock = Clock::new(progress);
    let inputs = stages::read(options)?;
    let needed = needed::needed(options, &inputs);
    let facts = Arc::new(compute(&inputs.model, &needed, &cache, &mut clock)?);
    let mut errors = Diagnostics::default();
    let drawn = errors.take(stages::draw(&inputs, &facts, &cache, &mut clock));
    let kept = Kept::default();
    let resolved =
        errors.take(stages::resolve(options, &inputs, &facts, &kept, &mut clock)).unwrap_or_default();
    let texts = errors.take(outreach::read(options, &inputs, &facts, &kept, &mut clock));
    let linted = errors.take(lint::lint(&options.root, &inputs, &facts, &resolved)).unwrap_or_default();
    if let Some(texts) = &texts {
        errors.take(texts.lint(&options.root, &inputs, &facts));
    }
    let nothing = BTreeMap::new();
    let svg = drawn.as_ref().map_or(&nothing, |drawn| &drawn.svg);
    let review = review::review(&options.root, &inputs, &facts, svg, &resolved);
    errors.take(require_none_critical(&review.checks));
    let (drawn, texts) = errors.require(drawn.zip(texts))?;
    let mut errors = Diagnostics::default();
    let made = outreach::render(options, &inputs, &facts, &drawn, &texts, &cache, &mut clock);
    let printed = editions::print(options, &inputs, &facts, &drawn, &resolved, &cache, &mut clock);
    let both = errors.take(made).zip(errors.take(printed));
    let (made, printed) = errors.require(both)?;
    let older = facts::made_by_older_code(&inputs.model);
    let warnings = Diagnostics([linted.warnings.0, printed.warnings.0, made.warnings.0, older].concat());
    let budgets = resolved.iter().map(|(edition, _)| edition.budgets).collect();
    Ok(Checked {
        words: linted.words,
        pages: printed.pages,
        budgets,
        outreach: made.measures,
        review,
        warnings,
    })
}

/// What builds have written below `build/`, so that what a paper no longer has can go.
const WRITTEN_FILE: &str = ".cache/written.json";

/// Writes a finished build below `build/`; each file appears whole or not at all. Files that earlier builds wrote and
/// this one did not make are removed after a whole build, unless somebody changed them.
///
/// # Errors
/// Those of the file system.
pub fn write(root: &Path, built: &Built) -> std::io::Result<()> {
    let folder = root.join("build");
    let written = std::fs::read(folder.join(WRITTEN_FILE)).unwrap_or_default();
    let mut written: BTreeMap<String, Entry> = serde_json::from_slice(&written).unwrap_or_default();
    built.files.iter().try_for_each(|(path, bytes)| write_atomically(&folder.join(path), bytes))?;
    let mut left = BTreeMap::new();
    if built.is_whole {
        left = std::mem::take(&mut written);
        left.retain(|path, _| !built.files.contains_key(path));
    }
    written.extend(built.files.iter().map(|(path, bytes)| (path.clone(), Entry::of(bytes))));
    write_atomically(&folder.join(WRITTEN_FILE), &serde_json::to_vec(&written)?)?;
    for (path, entry) in &left {
        let file = folder.join(path);
        // A list that somebody else wrote names nothing outside, and leads nowhere by a link.
        let is_below = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        if is_below
            && cache::is_within(&file, &folder)
            && std::fs::read(&file).is_ok_and(|bytes| Entry::of(&bytes) == *entry)
        {
            std::fs::remove_file(&file)?;
            // The folder goes with its last file.
            let _kept = file.parent().filter(|parent| *parent != folder).map(std::fs::remove_dir);
        }
    }
    Ok(())
}

/// Computes the facts that are needed; what keeps an experiment from running is told by whoever misses a fact.
fn compute(
    model: &Model,
    needed: &Needed,
    cache: &Cache,
    clock: &mut Clock<'_>,
) -> Result<Facts, Diagnostics> {
    let mut all = Facts(facts::quoted(model), needed.absent(model));
    let mut errors = Diagnostics::default();
    for experiment in needed.experiments(model) {
        let stage = format!("facts {}", experiment.id);
        let found = clock.stage(&stage, || facts_of_experiment(experiment, model, cache));
        all.0.extend(errors.take(found).unwrap_or_default());
    }
    let promised = facts::promised(model.claims(), &all);
    all.0.extend(promised);
    errors.into_result(all)
}

/// The facts of one experiment, and whether they came from the cache.
fn facts_of_experiment(
    experiment: &facts::Experiment,
    model: &Model,
    cache: &Cache,
) -> Result<(BTreeMap<String, facts::Fact>, bool), Diagnostics> {
    let key = [experiment.id.as_bytes(), experiment.input_digest(model).as_bytes()].concat();
    let compute = || {
        let mut errors = Diagnostics::default();
        for stored in experiment.stored(model) {
            errors.take(stored.check(model).map_err(Diagnostics::from));
        }
        errors.into_result(())?;
        serde_json::to_vec(&experiment.facts(model)?).map_err(stages::internal)
    };
    let cached = cache.get(cache::FACTS, &[&key], compute)?;
    let facts: Facts = serde_json::from_slice(&cached.bytes).map_err(stages::internal)?;
    Ok((facts.0, cached.hit))
}

/// Computes some facts of one paper from its model, without its text; results are kept below `root`.
///
/// # Errors
/// Facts that cannot be stored as text.
pub fn facts_of(
    root: &Path,
    model: &Model,
    needed: &Needed,
    progress: Progress<'_>,
) -> Result<Facts, Diagnostics> {
    let cache = Cache::new(root.join("build/.cache"));
    compute(model, needed, &cache, &mut Clock::new(progress))
}

/// Whether `root` holds a paper.
///
/// # Errors
/// A located error when there is no description of a paper.
pub fn require_paper(root: &Path) -> Result<(), Diagnostics> {
    source::read_text(root, Path::new(PAPER_FILE)).map(drop).map_err(|error| {
        error.remedy("name the folder of a paper with --root; it holds paper/paper.yaml").into()
    })
}
