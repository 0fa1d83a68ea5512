//! The stage of facts: what each experiment that a paper needs computes, kept by what it depends on.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::cache::{Cache, FACTS};
use super::context::{Clock, Progress};
use super::inputs::internal;
use super::needed::Needed;
use crate::diagnostic::Diagnostics;
use crate::facts::{Experiment, Fact, Facts, promised, quoted};
use crate::model::Model;

/// The facts of one experiment, by name.
type Computed = Arc<BTreeMap<String, Fact>>;

/// What earlier sessions of the same program computed, by experiment and the digest of what it depends on.
#[derive(Default)]
pub struct Computations {
    experiments: Mutex<BTreeMap<(&'static str, String), Computed>>,
    facts: Mutex<Arc<Facts>>,
}

impl Computations {
    /// Computes the facts that are needed; what keeps an experiment from running is told by whoever misses a fact.
    /// The same facts as before are the same object.
    ///
    /// # Errors
    /// Those of all experiments together.
    pub fn facts(
        &self,
        cache: &Cache,
        clock: &Clock,
        model: &Model,
        needed: &Needed,
    ) -> Result<Arc<Facts>, Diagnostics> {
        let experiments: Vec<_> = needed.experiments(model).collect();
        let found: Vec<_> = experiments
            .par_iter()
            .map(|experiment| self.experiment(cache, clock, model, experiment))
            .collect();
        let mut errors = Diagnostics::default();
        let mut all = Facts(quoted(model), needed.absent(model));
        let mut now = BTreeMap::new();
        for found in found {
            let Some((key, facts)) = errors.take(found) else { continue };
            all.0.extend(facts.iter().map(|(name, fact)| (name.clone(), fact.clone())));
            now.insert(key, facts);
        }
        *self.experiments.lock().unwrap_or_else(PoisonError::into_inner) = now;
        let promised = promised(model.claims(), &all);
        all.0.extend(promised);
        errors.into_result(())?;
        let mut last = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        if **last != all {
            *last = Arc::new(all);
        }
        Ok(Arc::clone(&last))
    }

    /// The facts of one experiment: those of the last session, those that are kept, or computed.
    fn experiment(
        &self,
        cache: &Cache,
        clock: &Clock,
        model: &Model,
        experiment: &Experiment,
    ) -> Result<((&'static str, String), Computed), Diagnostics> {
        let key = (experiment.id, experiment.input_digest(model));
        let known = self.experiments.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(known) = known {
            return Ok((key, known));
        }
        let stage = format!("facts {}", experiment.id);
        let found = clock.stage(&stage, || kept(experiment, &key.1, model, cache))?;
        Ok((key, Arc::new(found)))
    }
}

/// The facts of one experiment, and whether they came from the cache.
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
    let facts = computations.facts(&Cache::of(root), &Clock::new(progress), model, needed)?;
    drop(computations);
    Ok(Arc::unwrap_or_clone(facts))
}
