//! One paper in one state of its files: each stage is made when it is first asked for, and only once.
//!
//! `build`, `check`, the preview, `publish` and `verify` ask a session for what they need; which stage needs
//! which stands here alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use typesetter::Limit;

use super::anonymity;
use super::context::{Context, Options, Press, Progress, Timing};
use super::editions::{self, Printed, Printing};
use super::facts::{Computations, Earlier};
use super::figures::{self, Drawings};
use super::inputs::{self, Inputs};
use super::lint::{self, Linted};
use super::needed::{Needed, needed};
use super::outreach::{self, Texts};
use super::paper::Edition;
use super::pdf::Pdf;
use super::reading::{Material, Reading};
use super::review::{self, Review};
use super::{cache::Cache, outputs};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::facts::Facts;
use crate::figure::Figure;
use crate::manuscript::{Document, ReferenceCache, TextCache};
use crate::output::{self, Ledger, Positions, SectionCache};
use crate::review::require_none_critical;

/// A result that is made once, or the errors that kept it from being made.
struct Once<T>(OnceLock<Result<T, Diagnostics>>);

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<T> Once<T> {
    fn get(&self, make: impl FnOnce() -> Result<T, Diagnostics>) -> Result<&T, Diagnostics> {
        self.0.get_or_init(make).as_ref().map_err(Clone::clone)
    }
}

/// What one session leaves in memory for the next.
#[derive(Default)]
pub struct Memory {
    computations: Computations,
    /// The facts that some inputs need.
    facts: Last<(Arc<Inputs>, Needed), Facts>,
    material: Last<Basis, Material>,
    drawn: Last<Basis, Drawings>,
    numbers: Last<Arc<Facts>, Numbers>,
    ledger: Last<Arc<Ledger>, Ledger>,
    kept: ReferenceCache,
    texts: Last<(Basis, Arc<Material>), TextCache>,
    sections: Last<Shown, SectionCache>,
}

/// What a page shows beside its text.
type Shown = (Arc<Facts>, Arc<Drawings>, Arc<Ledger>);

/// What nearly everything is made of.
type Basis = (Arc<Inputs>, Arc<Facts>);

/// Every fact as a reader sees it, by name.
pub type Numbers = BTreeMap<String, String>;

/// The last result of a kind and what it was made of.
struct Last<K, T>(Mutex<Option<(K, Arc<T>)>>);

impl<K, T> Default for Last<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K, T> Last<K, T> {
    /// Returns the last result where it was made of the same, or one that is made now.
    fn get(
        &self,
        key: K,
        is_same: impl FnOnce(&K) -> bool,
        make: impl FnOnce() -> Result<Arc<T>, Diagnostics>,
    ) -> Result<Arc<T>, Diagnostics> {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, last)) = known().as_ref()
            && is_same(of)
        {
            return Ok(Arc::clone(last));
        }
        // Nobody waits for what somebody else makes: that may take minutes, and be of other inputs.
        let made = make()?;
        *known() = Some((key, Arc::clone(&made)));
        Ok(made)
    }
}

/// Returns whether something was made of these inputs and facts.
fn is_of(of: &Basis, inputs: &Arc<Inputs>, facts: &Arc<Facts>) -> bool {
    Arc::ptr_eq(&of.0, inputs) && Arc::ptr_eq(&of.1, facts)
}

/// The stages of one paper.
pub struct Session {
    context: Context,
    memory: Arc<Memory>,
    /// Whether nobody waits for its facts any more.
    stopped: AtomicBool,
    inputs: Once<Arc<Inputs>>,
    facts: Once<Arc<Facts>>,
    material: Once<Arc<Material>>,
    drawn: Once<Arc<Drawings>>,
    pictured: Once<Arc<Drawings>>,
    documents: OnceLock<Vec<Once<Document>>>,
    texts: Once<Texts>,
    linted: Once<Linted>,
    review: Once<Review>,
    outputs: Once<Printed>,
    printed: Once<Printed>,
    outreach: Once<outreach::Made>,
}

impl Session {
    /// Returns a session that knows nothing yet.
    pub fn new(options: Options, progress: Progress) -> Self {
        Self::after(Arc::default(), options, progress)
    }

    /// Returns a session that uses again what earlier ones left.
    pub fn after(memory: Arc<Memory>, options: Options, progress: Progress) -> Self {
        memory.kept.begin_draft();
        Self {
            context: Context::new(options, progress),
            memory,
            stopped: AtomicBool::new(false),
            inputs: Once::default(),
            facts: Once::default(),
            material: Once::default(),
            drawn: Once::default(),
            pictured: Once::default(),
            documents: OnceLock::new(),
            texts: Once::default(),
            linted: Once::default(),
            review: Once::default(),
            outputs: Once::default(),
            printed: Once::default(),
            outreach: Once::default(),
        }
    }

    /// Takes inputs that were read before, of the same files.
    #[must_use]
    pub fn with_inputs(self, inputs: Arc<Inputs>) -> Self {
        Self { inputs: Once(OnceLock::from(Ok(inputs))), ..self }
    }

    /// Takes facts in place of those that it would compute.
    #[must_use]
    pub fn with_facts(self, facts: Arc<Facts>) -> Self {
        Self { facts: Once(OnceLock::from(Ok(facts))), ..self }
    }

    /// Begins no further experiment: [`Self::facts`] is an error where some are missing.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Returns the facts that are known without computing, with earlier ones in place of the others; nothing
    /// where some experiment never ran.
    ///
    /// # Errors
    /// Those of the inputs.
    pub fn earlier(&self) -> Result<Option<Earlier>, Diagnostics> {
        let inputs = self.inputs()?;
        Ok(self.memory.computations.earlier(&inputs.model, &inputs.results, &needed(self.options(), inputs)))
    }

    /// Returns what the session was told.
    pub fn options(&self) -> &Options {
        &self.context.options
    }

    /// Returns the stages that were made so far.
    pub fn timings(&self) -> Vec<Timing> {
        self.context.clock.timings()
    }

    /// Runs a stage that reads others of this session.
    ///
    /// # Errors
    /// Those of the stage.
    pub fn stage<T>(
        &self,
        name: &str,
        run: impl FnOnce() -> Result<(T, bool), Diagnostics>,
    ) -> Result<T, Diagnostics> {
        self.context.stage(name, run)
    }

    /// Returns where results are kept for later sessions.
    pub fn cache(&self) -> &Cache {
        &self.context.cache
    }

    /// Returns everything that an author wrote but the text.
    pub fn inputs(&self) -> Result<&Arc<Inputs>, Diagnostics> {
        self.inputs.get(|| inputs::read(self.options()).map(Arc::new))
    }

    /// Returns the facts that the paper needs.
    pub fn facts(&self) -> Result<&Arc<Facts>, Diagnostics> {
        self.facts.get(|| {
            let inputs = self.inputs()?;
            let needed = needed(self.options(), inputs);
            let Inputs { model, results, .. } = inputs.as_ref();
            // Files that the sources of results were made from stand anywhere.
            let is_same = |(of, last): &(Arc<Inputs>, Needed)| {
                Arc::ptr_eq(of, inputs)
                    && *last == needed
                    && results.check_fresh(model.study().program).is_ok()
            };
            self.memory.facts.get((Arc::clone(inputs), needed.clone()), is_same, || {
                let Context { cache, clock, .. } = &self.context;
                self.memory.computations.facts(cache, clock, model, results, &needed, &self.stopped)
            })
        })
    }

    /// Returns every fact as a reader sees it.
    ///
    /// # Errors
    /// Those of the facts.
    pub fn numbers(&self) -> Result<Arc<Numbers>, Diagnostics> {
        let facts = self.facts()?;
        self.memory.numbers.get(
            Arc::clone(facts),
            |of| Arc::ptr_eq(of, facts),
            || {
                let numbers = facts.0.iter().map(|(name, fact)| (name.clone(), fact.display(None)));
                Ok(Arc::new(numbers.collect()))
            },
        )
    }

    /// Returns the page of an edition for its author, with the drawings that it shows.
    ///
    /// # Errors
    /// Those of its text, and of the template.
    pub fn page(&self, edition: &Edition, drawn: &Arc<Drawings>) -> Result<String, Diagnostics> {
        let (inputs, facts, document) = (self.inputs()?, self.facts()?, self.document(edition)?);
        let ledger = Arc::new(editions::ledger(edition, document, facts));
        // The section of one that says the same is written already.
        let ledger =
            self.memory.ledger.get(Arc::clone(&ledger), |last| *last == ledger, || Ok(ledger.clone()))?;
        let is_same = |(facts_of, drawings, numbers): &Shown| {
            Arc::ptr_eq(facts_of, facts) && Arc::ptr_eq(drawings, drawn) && Arc::ptr_eq(numbers, &ledger)
        };
        let key = (Arc::clone(facts), Arc::clone(drawn), Arc::clone(&ledger));
        let sections = self.memory.sections.get(key, is_same, || Ok(Arc::default()))?;
        let (templates, svg) = (&inputs.templates, &drawn.svg);
        let page = output::html(document, templates, svg, facts, &ledger, Positions::Shown, Some(&sections));
        page.map_err(Diagnostics::from)
    }

    /// Returns what texts may place and say, with what is wrong in it.
    pub fn material(&self) -> Result<&Arc<Material>, Diagnostics> {
        self.material.get(|| {
            let (inputs, facts) = (self.inputs()?, self.facts()?);
            self.memory.material.get(
                (Arc::clone(inputs), Arc::clone(facts)),
                |of| is_of(of, inputs, facts),
                || Ok(Arc::new(Material::of(&self.context, inputs, facts))),
            )
        })
    }

    /// Returns the drawings.
    pub fn drawn(&self) -> Result<&Arc<Drawings>, Diagnostics> {
        self.drawn.get(|| {
            let (inputs, facts) = (self.inputs()?, self.facts()?);
            self.memory.drawn.get(
                (Arc::clone(inputs), Arc::clone(facts)),
                |of| is_of(of, inputs, facts),
                || figures::draw(&self.context, inputs, facts).map(Arc::new),
            )
        })
    }

    /// Returns the drawings with the pictures that some documents show.
    ///
    /// # Errors
    /// Those of drawings and pictures.
    pub fn shown<'d>(
        &self,
        documents: impl Iterator<Item = &'d Document>,
    ) -> Result<Arc<Drawings>, Diagnostics> {
        figures::with_pictures(&self.context, self.drawn()?, documents)
    }

    /// Returns the drawings with the pictures of everything that was asked for and can be read.
    fn pictured(&self) -> Result<&Arc<Drawings>, Diagnostics> {
        self.pictured.get(|| {
            let editions = self.editions()?.into_iter();
            let documents = editions.filter_map(|edition| self.document(edition).ok());
            let beside = self.texts().ok();
            self.shown(documents.chain(beside.iter().flat_map(|texts| texts.documents())))
        })
    }

    /// Returns the files of pictures and of program text that the texts show, below the root.
    ///
    /// # Errors
    /// Those of the texts.
    pub fn shown_files(&self) -> Result<BTreeSet<PathBuf>, Diagnostics> {
        let documents = self.documents()?;
        let mut files = BTreeSet::new();
        for document in documents.iter().map(|(_, document)| *document).chain(self.texts()?.documents()) {
            files.extend(figures::pictures(document).into_iter().map(|shown| shown.picture.file.clone()));
            files.extend(figures::listed(document).map(Path::to_path_buf));
        }
        let described = self.inputs()?.figures.values().flat_map(Figure::pictures);
        files.extend(described.map(Path::to_path_buf));
        Ok(files)
    }

    fn reading(&self) -> Result<Reading<'_>, Diagnostics> {
        let (inputs, facts, material) = (self.inputs()?, self.facts()?, self.material()?);
        let is_same =
            |(of, other): &(_, Arc<Material>)| is_of(of, inputs, facts) && Arc::ptr_eq(other, material);
        let key = ((Arc::clone(inputs), Arc::clone(facts)), Arc::clone(material));
        let texts = self.memory.texts.get(key, is_same, || Ok(Arc::default()))?;
        Ok(Reading { context: &self.context, inputs, facts, material, kept: &self.memory.kept, texts })
    }

    /// Returns the editions that were asked for.
    pub fn editions(&self) -> Result<Vec<&Edition>, Diagnostics> {
        self.inputs()?.paper.editions(self.options().edition.as_deref())
    }

    /// Returns the text of one edition.
    pub fn document(&self, edition: &Edition) -> Result<&Document, Diagnostics> {
        let all = &self.inputs()?.paper.editions;
        let documents = self.documents.get_or_init(|| all.iter().map(|_| Once::default()).collect());
        let document = all.iter().zip(documents).find(|(one, _)| one.name == edition.name);
        let (_, document) = Diagnostics::default().require(document)?;
        document.get(|| self.reading()?.edition(edition))
    }

    /// Returns the text of the editions that were asked for; all errors together, those of tables and
    /// verdicts too.
    pub fn documents(&self) -> Result<Vec<(&Edition, &Document)>, Diagnostics> {
        let editions = self.editions()?;
        let mut errors = self.material()?.errors.clone();
        let documents: Vec<_> = editions
            .into_iter()
            .filter_map(|edition| Some((edition, errors.take(self.document(edition))?)))
            .collect();
        errors.into_result(documents)
    }

    /// Returns the texts beside the paper.
    pub fn texts(&self) -> Result<&Texts, Diagnostics> {
        self.texts.get(|| outreach::read(&self.reading()?))
    }

    /// Returns what the rules of prose say of every text that could be read.
    pub fn linted(&self) -> Result<&Linted, Diagnostics> {
        self.linted.get(|| {
            let (inputs, facts, root) = (self.inputs()?, self.facts()?, &self.options().root);
            let readable = self.editions()?.into_iter();
            let readable: Vec<_> =
                readable.filter_map(|edition| Some((edition, self.document(edition).ok()?))).collect();
            let texts = self.texts().ok();
            let has_unnamed = readable.iter().any(|(edition, _)| edition.is_anonymous());
            let drawn = has_unnamed.then(|| self.pictured().ok()).flatten().map(Arc::as_ref);
            self.context.stage("lint", || {
                let (mut linted, mut errors) = lint::lint(root, inputs, facts, &readable);
                let mut beside = texts.map(|texts| outreach::lint(inputs, facts, texts)).unwrap_or_default();
                linted.ignored.extend(inputs.paper.rules.take_ignored(&mut beside.0, Diagnostic::broken));
                errors.0.extend(beside.0);
                let mut named = anonymity::Search::new(inputs).editions(root, &readable, drawn);
                linted.ignored.extend(inputs.paper.rules.take_ignored(&mut named.0, Diagnostic::broken));
                errors.0.extend(named.0);
                errors.into_result((linted, false))
            })
        })
    }

    /// Returns the review of the editions that were asked for.
    pub fn review(&self) -> Result<&Review, Diagnostics> {
        self.review.get(|| {
            let (inputs, facts, documents) = (self.inputs()?, self.facts()?, self.documents()?);
            // The rules of drawings do not hold for pictures that an author brings, nor for several drawings at once.
            let is_drawn = |id: &str| inputs.figures.get(id).is_some_and(Figure::is_drawing);
            let mut drawings = self.drawn()?.svg.clone();
            drawings.retain(|id, _| is_drawn(id));
            self.context.stage("review", || {
                review::review(inputs, facts, &drawings, &documents).map(|review| (review, false))
            })
        })
    }

    /// Finds everything that is wrong with a paper before it is typeset.
    ///
    /// # Errors
    /// All of it together: drawings, texts, rules of prose, critical findings of the review.
    pub fn proofread(&self) -> Result<(), Diagnostics> {
        let mut errors = Diagnostics::default();
        errors.take(self.pictured());
        errors.take(self.documents());
        errors.take(self.texts());
        errors.take(self.linted());
        errors.take(self.review().and_then(|review| require_none_critical(&review.checks)));
        errors.into_result(())
    }

    fn printing<'s>(&'s self, drawn: &'s Drawings) -> Result<Printing<'s>, Diagnostics> {
        let (inputs, facts) = (self.inputs()?, self.facts()?);
        Ok(Printing { context: &self.context, inputs, facts, drawn })
    }

    /// Returns the files that need no typesetting.
    fn outputs(&self) -> Result<&Printed, Diagnostics> {
        self.outputs
            .get(|| outputs::render(self.printing(self.pictured()?)?, self.material()?, &self.documents()?))
    }

    /// Returns the editions that were asked for, typeset.
    fn printed(&self) -> Result<&Printed, Diagnostics> {
        self.printed.get(|| self.printing(self.pictured()?)?.print(&self.documents()?))
    }

    /// Returns what is made of the texts beside the paper.
    fn outreach(&self) -> Result<&outreach::Made, Diagnostics> {
        self.outreach.get(|| outreach::render(self.printing(self.pictured()?)?, self.texts()?))
    }

    /// Returns everything that is made of a paper, of one that has no errors.
    ///
    /// # Errors
    /// Those of [`Self::proofread`]; where there are none, those of all outputs together.
    pub fn finish(&self) -> Result<Finished<'_>, Diagnostics> {
        self.proofread()?;
        let mut errors = Diagnostics::default();
        let outputs = errors.take(self.outputs());
        let outreach = errors.take(self.outreach());
        let printed = errors.take(self.printed());
        let all = (|| Some(Finished { outputs: outputs?, outreach: outreach?, printed: printed? }))();
        errors.require(all)
    }

    /// Typesets one edition for somebody who waits and may change his mind: `limit` can end it.
    ///
    /// # Errors
    /// Every error that authors can mend, located.
    pub fn pdf(&self, edition: &Edition, limit: &Limit) -> Result<Pdf, Diagnostics> {
        let document = self.document(edition)?;
        let press = Press { context: &self.context, limit };
        let drawn = self.shown(std::iter::once(document))?;
        Ok(self.printing(&drawn)?.typeset(edition, document, press)?.pdf)
    }
}

/// What a session made of its paper.
pub struct Finished<'s> {
    /// What needs no typesetting.
    pub outputs: &'s Printed,
    /// What stands beside the paper.
    pub outreach: &'s outreach::Made,
    /// The editions.
    pub printed: &'s Printed,
}
