//! What every stage may use: options, the cache, and the clock that measures it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use typesetter::{Limit, Standby};

use super::cache::Cache;
use crate::study::Study;

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
pub type Progress = Arc<dyn Fn(&str) + Send + Sync>;

/// Measures stages and names each one as it begins.
pub struct Clock {
    progress: Progress,
    timings: Mutex<Vec<Timing>>,
}

impl Clock {
    /// Returns a clock that tells `progress`.
    pub fn new(progress: Progress) -> Self {
        Self { progress, timings: Mutex::default() }
    }

    /// Runs a stage, which tells whether its result was still valid.
    ///
    /// # Errors
    /// Those of the stage.
    pub fn stage<T, E>(&self, name: &str, run: impl FnOnce() -> Result<(T, bool), E>) -> Result<T, E> {
        (self.progress)(name);
        let start = Instant::now();
        let (value, cached) = run()?;
        let timing = Timing { stage: name.to_owned(), elapsed: start.elapsed(), cached };
        self.timings.lock().unwrap_or_else(PoisonError::into_inner).push(timing);
        Ok(value)
    }

    /// Returns the stages so far, in the order in which they ended.
    pub fn timings(&self) -> Vec<Timing> {
        self.timings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Options, cache and clock of one session.
pub struct Context {
    /// What the session was told.
    pub options: Options,
    /// Results of earlier sessions.
    pub cache: Cache,
    /// What measures the stages.
    pub clock: Clock,
}

impl Context {
    /// Returns a context whose cache stands below the folder of the paper.
    pub fn new(options: Options, progress: Progress) -> Self {
        let cache = Cache::of(&options.root);
        Self { options, cache, clock: Clock::new(progress) }
    }

    /// Runs a stage by the clock.
    ///
    /// # Errors
    /// Those of the stage.
    pub fn stage<T, E>(&self, name: &str, run: impl FnOnce() -> Result<(T, bool), E>) -> Result<T, E> {
        self.clock.stage(name, run)
    }
}

/// What TeX is run with.
#[derive(Clone, Copy)]
pub struct Press<'a> {
    /// The program to call, a worker that may stand by, and the cache.
    pub context: &'a Context,
    /// Longest time that this may take.
    pub limit: &'a Limit,
}

impl Press<'_> {
    /// Returns where the formats of TeX are kept.
    pub fn formats(&self) -> PathBuf {
        self.context.cache.formats()
    }
}
