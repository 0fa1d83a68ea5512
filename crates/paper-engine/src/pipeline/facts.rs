//! The stage of facts: what each experiment that a paper needs computes, kept by what it depends on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::cache::{Cache, FACTS, RESULTS};
use super::context::{Clock, Progress};
use super::inputs::internal;
use super::needed::Needed;
use crate::diagnostic::Diagnostics;
use crate::facts::{Experiment, Fact, Facts, claimed};
use crate::model::Model;
use crate::results::{Results, Values};

/// The facts of one experiment, by name.
type Computed = Arc<BTreeMap<String, Fact>>;

/// Facts that are taken of an author's own results, by name.
type Taken = BTreeMap<String, (Values, Fact)>;

/// What earlier sessions of the same program computed.
#[derive(Default)]
pub struct Computations {
    /// What each experiment made last, by its id, with the digest of what it depends on.
    experiments: Mutex<BTreeMap<&'static str, (String, Computed)>>,
    /// What was taken of an author's own results last, with the digest of what that depends on.
    taken: Mutex<Option<(String, Arc<Taken>)>>,
    facts: Mutex<Arc<Facts>>,
    /// Held by the session that computes: what another one finds meanwhile, the next need not compute.
    running: Mutex<()>,
}

/// Facts of which some are those of earlier inputs.
pub struct Earlier {
    /// All of them.
    pub facts: Arc<Facts>,
    /// The experiments whose facts are earlier ones.
    pub experiments: Vec<&'static str>,
    /// The names of these facts.
    pub names: BTreeSet<String>,
}

impl Computations {
    /// Computes the facts that are needed; what keeps an experiment from running is told by whoever misses a
    /// fact. The same facts as before are the same object. Once `stopped`, no further experiment begins.
    ///
    /// # Errors
    /// Those of all experiments together.
    pub fn facts(
        &self,
        cache: &Cache,
        clock: &Clock,
        model: &Model,
        results: &Results,
        needed: &Needed,
        stopped: &AtomicBool,
    ) -> Result<Arc<Facts>, Diagnostics> {
        let _running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let experiments: Vec<_> = needed.experiments(model).collect();
        let found: Vec<_> = experiments
            .par_iter()
            .map(|experiment| {
                if stopped.load(Ordering::Relaxed) {
                    return Err(internal("the inputs changed while numbers were computed from them"));
                }
                self.experiment(cache, clock, model, experiment)
            })
            .collect();
        let mut errors = Diagnostics::default();
        let taken = errors.take(self.taken(cache, clock, model, results));
        let mut all = needed.facts(model);
        for found in found {
            let Some(facts) = errors.take(found) else { continue };
            all.0.extend(facts.iter().map(|(name, fact)| (name.clone(), fact.clone())));
        }
        // What follows from facts that could not be computed is no error of its own.
        if let (Some(taken), true) = (taken, errors.0.is_empty()) {
            errors.take(results.add(&taken, &mut all, model));
        }
        let claimed = claimed(model.claims(), &all);
        all.0.extend(claimed);
        errors.into_result(())?;
        let mut last = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        if **last != all {
            *last = Arc::new(all);
        }
        Ok(Arc::clone(&last))
    }

    /// Returns the facts that are needed, as far as they are known, with those of earlier inputs in place of
    /// the others; nothing where an experiment never ran.
    pub fn earlier(&self, model: &Model, results: &Results, needed: &Needed) -> Option<Earlier> {
        let mut all = needed.facts(model);
        let (mut experiments, mut names) = (Vec::new(), BTreeSet::new());
        let known = self.experiments.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // One that lacks an input makes no facts, whatever it made before.
        for experiment in needed
            .experiments(model)
            .filter(|one| one.missing(model).is_empty() && one.unsuited(model).is_none())
        {
            let (digest, facts) = known.get(experiment.id)?;
            if *digest != experiment.input_digest(model) {
                experiments.push(experiment.id);
                names.extend(facts.keys().cloned());
            }
            all.0.extend(facts.iter().map(|(name, fact)| (name.clone(), fact.clone())));
        }
        if !results.is_empty() {
            let (digest, taken) = self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
            if digest != results.digest(model) {
                return None;
            }
            results.add(&taken, &mut all, model).ok()?;
        }
        let claimed = claimed(model.claims(), &all);
        all.0.extend(claimed);
        Some(Earlier { facts: Arc::new(all), experiments, names })
    }

    /// Returns what is taken of an author's own results: as in the last session, as it is kept, or computed.
    fn taken(
        &self,
        cache: &Cache,
        clock: &Clock,
        model: &Model,
        results: &Results,
    ) -> Result<Arc<Taken>, Diagnostics> {
        // Tables may show the files of a source of which no fact is taken.
        results.check_fresh(model.study().program)?;
        if results.is_empty() {
            return Ok(Arc::default());
        }
        let digest = results.digest(model);
        let known = || self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let last = known().clone();
        if let Some((_, taken)) = last.filter(|(of, _)| *of == digest) {
            return Ok(taken);
        }
        let compute = || serde_json::to_vec(&results.taken(model)?).map_err(internal);
        let taken = clock.stage("facts of results", || {
            let cached = cache.get(&RESULTS, &[digest.as_bytes()], compute)?;
            let taken: Taken = serde_json::from_slice(&cached.bytes).map_err(internal)?;
            Ok::<_, Diagnostics>((taken, cached.hit))
        })?;
        let taken = Arc::new(taken);
        *known() = Some((digest, Arc::clone(&taken)));
        Ok(taken)
    }

    /// Returns the facts of one experiment: those of the last session, those that are kept, or computed.
    fn experiment(
        &self,
        cache: &Cache,
        clock: &Clock,
        model: &Model,
        experiment: &Experiment,
    ) -> Result<Computed, Diagnostics> {
        let digest = experiment.input_digest(model);
        let known = || self.experiments.lock().unwrap_or_else(PoisonError::into_inner);
        let last = known().get(experiment.id).cloned();
        if let Some((_, facts)) = last.filter(|(of, _)| *of == digest) {
            return Ok(facts);
        }
        let stage = format!("facts {}", experiment.id);
        let found = Arc::new(clock.stage(&stage, || kept(experiment, &digest, model, cache))?);
        known().insert(experiment.id, (digest, Arc::clone(&found)));
        Ok(found)
    }
}

/// Returns the facts of one experiment, and whether they came from the cache.
fn kept(
    experiment: &Experiment,
    digest: &str,
    model: &Model,
    cache: &Cache,
) -> Result<(BTreeMap<String, Fact>, bool), Diagnostics> {
    let key = [experiment.id.as_bytes(), digest.as_bytes()].concat();
    let compute = || {
        let mut errors = Diagnostics::default();
        for stored in experiment.stored(model) {
            errors.take(stored.check(model).map_err(Diagnostics::from));
        }
        errors.into_result(())?;
        serde_json::to_vec(&experiment.facts(model)?).map_err(internal)
    };
    let cached = cache.get(&FACTS, &[&key], compute)?;
    let facts: Facts = serde_json::from_slice(&cached.bytes).map_err(internal)?;
    Ok((facts.0, cached.hit))
}

/// Computes some facts of one paper from its model, without its text; results are kept below `root`.
///
/// # Errors
/// Those of all experiments together.
pub fn facts_of(
    root: &Path,
    model: &Model,
    needed: &Needed,
    progress: Progress,
) -> Result<Facts, Diagnostics> {
    let computations = Computations::default();
    let results = Results::read(root)?;
    let facts = computations.facts(
        &Cache::of(root),
        &Clock::new(progress),
        model,
        &results,
        needed,
        &AtomicBool::new(false),
    )?;
    drop(computations);
    Ok(Arc::unwrap_or_clone(facts))
}
