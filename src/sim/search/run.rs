//! The search over all configurations of a number of chips, and its spread over declared settings.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::cost::{Collectives, step_time};
use super::memory::memory_per_chip;
use super::partition::{Mapping, Partition, Sharding, mappings, partitions, shapes_of};
use super::{Configuration, Machine, SearchError, Settings, Transformer};
use crate::sim::sampling::quantile_of;
use crate::sim::shape::Shape;

/// The most chips of a slice that is searched.
pub const MOST_SEARCH_CHIPS: usize = 4096;
/// The quantiles a spread reports.
pub const SPREAD_QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// Holds what the model says of one configuration, with its best mapping and number of microbatches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evaluation {
    /// The configuration.
    pub configuration: Configuration,
    /// The microbatches of a step.
    pub microbatches: usize,
    /// The seconds of computing in a step, with the bubble of the pipeline.
    pub compute_seconds: f64,
    /// The seconds of communicating in a step, hidden or not.
    pub communication_seconds: f64,
    /// The seconds of a step.
    pub step_seconds: f64,
    /// The bytes a chip needs.
    pub memory_bytes: f64,
    /// The sequences per second of the whole slice.
    pub sequences_per_second: f64,
}

/// Holds the outcome of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// Every configuration that fits, by shape, partition and sharding.
    pub configurations: Vec<Evaluation>,
    /// The number of configurations that can be divided so but do not fit into memory.
    pub out_of_memory: usize,
    /// The fastest configuration; the first of equals.
    pub best: Evaluation,
    /// The configuration that the expert chose.
    pub expert: Evaluation,
    /// The speed of the best over the speed of the expert's.
    pub ratio: f64,
}

/// Holds the values of every setting; a grid is their product.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// The efficiencies.
    pub efficiency: Vec<f64>,
    /// The overlaps.
    pub overlap: Vec<f64>,
    /// The bytes of a weight, which its gradient takes too.
    pub bytes_per_weight: Vec<f64>,
    /// The bytes of optimizer state of a weight.
    pub optimizer_bytes: Vec<f64>,
    /// The bytes of an activation.
    pub bytes_per_activation: Vec<f64>,
    /// The sequences of a step.
    pub sequences_per_step: Vec<usize>,
    /// The most microbatches of a step.
    pub microbatches: Vec<usize>,
    /// Whether layers are computed anew.
    pub recompute: Vec<bool>,
}

/// Holds the outcome of a search under one of several settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// The settings.
    pub settings: Settings,
    /// The fastest configuration (or the one given to [`compare`]), if it fits.
    pub best: Option<Evaluation>,
    /// The expert's configuration, if it fits.
    pub expert: Option<Evaluation>,
}

/// Holds the ratios of best to expert over a grid of settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// The outcome of every setting, in the order of [`Grid::settings`].
    pub outcomes: Vec<Outcome>,
    /// The ratios in ascending order, of the settings under which both sides fit.
    pub ratios: Vec<f64>,
}

/// Holds the distinct groups of every partition on one shape.
struct Layouts {
    shape: Shape,
    groups: BTreeMap<Partition, Vec<Collectives>>,
}

impl Outcome {
    /// Returns the speed of the best over the speed of the expert's configuration.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        Some(self.best?.sequences_per_second / self.expert?.sequences_per_second)
    }
}

impl Spread {
    /// Returns the smallest ratio, or `None` if there is none.
    #[must_use]
    pub fn min(&self) -> Option<f64> {
        self.ratios.first().copied()
    }

    /// Returns the largest ratio, or `None` if there is none.
    #[must_use]
    pub fn max(&self) -> Option<f64> {
        self.ratios.last().copied()
    }

    /// Returns a quantile of the ratios, or `None` if there are no ratios.
    #[must_use]
    pub fn quantile(&self, probability: f64) -> Option<f64> {
        (!self.ratios.is_empty()).then(|| quantile_of(&self.ratios, probability))
    }

    /// Returns the quantiles of [`SPREAD_QUANTILES`], or `None` if there are no ratios.
    #[must_use]
    pub fn quantiles(&self) -> Option<[f64; 5]> {
        (!self.ratios.is_empty()).then(|| SPREAD_QUANTILES.map(|one| quantile_of(&self.ratios, one)))
    }

    /// Returns the number of settings without a ratio: one of both sides does not fit.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.outcomes.len() - self.ratios.len()
    }
}

impl Grid {
    /// Returns every combination of the values, the last list varying fastest.
    ///
    /// # Errors
    /// Refuses an empty list and settings that are none.
    pub fn settings(&self) -> Result<Vec<Settings>, SearchError> {
        for (name, empty) in [
            ("the efficiency", self.efficiency.is_empty()),
            ("the overlap", self.overlap.is_empty()),
            ("the bytes of a weight", self.bytes_per_weight.is_empty()),
            ("the bytes of optimizer state", self.optimizer_bytes.is_empty()),
            ("the bytes of an activation", self.bytes_per_activation.is_empty()),
            ("the sequences per step", self.sequences_per_step.is_empty()),
            ("the microbatches", self.microbatches.is_empty()),
            ("recomputation", self.recompute.is_empty()),
        ] {
            if empty {
                return Err(SearchError::EmptyGrid(name));
            }
        }
        let mut all = vec![Settings {
            efficiency: 1.0,
            overlap: 0.0,
            bytes_per_weight: 1.0,
            bytes_per_gradient: 1.0,
            optimizer_bytes: 0.0,
            bytes_per_activation: 1.0,
            sequences_per_step: 1,
            microbatches: 1,
            recompute: false,
        }];
        all = product(&all, &self.efficiency, |one, value| one.efficiency = value);
        all = product(&all, &self.overlap, |one, value| one.overlap = value);
        all = product(&all, &self.bytes_per_weight, |one, value| {
            (one.bytes_per_weight, one.bytes_per_gradient) = (value, value);
        });
        all = product(&all, &self.optimizer_bytes, |one, value| one.optimizer_bytes = value);
        all = product(&all, &self.bytes_per_activation, |one, value| one.bytes_per_activation = value);
        all = product(&all, &self.sequences_per_step, |one, value| one.sequences_per_step = value);
        all = product(&all, &self.microbatches, |one, value| one.microbatches = value);
        all = product(&all, &self.recompute, |one, value| one.recompute = value);
        all.iter().try_for_each(Settings::check)?;
        Ok(all)
    }
}

/// Evaluates one configuration with its best mapping and number of microbatches.
///
/// # Errors
/// Refuses impossible inputs, a partition whose product is not the number of chips or that does not divide
/// the transformer or the axes, and one that needs more memory than there is.
pub fn evaluate(
    model: &Transformer,
    machine: &Machine,
    settings: &Settings,
    configuration: &Configuration,
) -> Result<Evaluation, SearchError> {
    check(model, machine, configuration.shape.chips())?;
    settings.check()?;
    check_product(configuration)?;
    best_of(model, machine, settings, configuration, &layouts_of(configuration))
}

/// Evaluates one mapping of a partition instead of the best.
///
/// # Errors
/// Refuses what [`evaluate`] refuses.
pub fn evaluate_mapping(
    model: &Transformer,
    machine: &Machine,
    settings: &Settings,
    sharding: Sharding,
    mapping: &Mapping,
) -> Result<Evaluation, SearchError> {
    let configuration = Configuration { shape: mapping.shape(), partition: mapping.partition(), sharding };
    check(model, machine, configuration.shape.chips())?;
    settings.check()?;
    best_of(model, machine, settings, &configuration, &[Collectives::of(mapping)])
}

/// Searches every shape, partition and sharding of a number of chips.
///
/// # Errors
/// Refuses impossible inputs, a number of chips without a shape, and an expert's configuration that
/// [`evaluate`] refuses.
pub fn search(
    model: &Transformer,
    machine: &Machine,
    settings: &Settings,
    expert: &Configuration,
) -> Result<Search, SearchError> {
    let chips = expert.shape.chips();
    let expert = evaluate(model, machine, settings, expert)?;
    let (configurations, out_of_memory) = all_of(model, machine, settings, &layouts(chips));
    let best = fastest(configurations.iter()).ok_or(SearchError::NothingFits { chips })?;
    let ratio = best.sequences_per_second / expert.sequences_per_second;
    Ok(Search { configurations, out_of_memory, best, expert, ratio })
}

/// Searches under every settings of a grid, and returns the ratios of best to expert.
///
/// # Errors
/// Refuses impossible inputs; an expert's configuration that does not fit under some settings is counted.
pub fn spread(
    model: &Transformer,
    machine: &Machine,
    grid: &Grid,
    expert: &Configuration,
) -> Result<Spread, SearchError> {
    let chips = expert.shape.chips();
    check(model, machine, chips)?;
    let layouts = layouts(chips);
    let best = |settings: &Settings| fastest(all_of(model, machine, settings, &layouts).0.iter());
    over_grid(model, machine, grid, expert, best)
}

/// Compares one given configuration with the expert's under every settings of a grid.
///
/// # Errors
/// Refuses impossible inputs; a configuration that does not fit under some settings is counted.
pub fn compare(
    model: &Transformer,
    machine: &Machine,
    grid: &Grid,
    given: &Configuration,
    expert: &Configuration,
) -> Result<Spread, SearchError> {
    check(model, machine, given.shape.chips())?;
    check_product(given)?;
    let layouts = layouts_of(given);
    let of_given = |settings: &Settings| best_of(model, machine, settings, given, &layouts).ok();
    over_grid(model, machine, grid, expert, of_given)
}

/// Takes the ratios of what `best` returns to the expert's configuration, over a grid.
fn over_grid(
    model: &Transformer,
    machine: &Machine,
    grid: &Grid,
    expert: &Configuration,
    best: impl Fn(&Settings) -> Option<Evaluation> + Sync,
) -> Result<Spread, SearchError> {
    check(model, machine, expert.shape.chips())?;
    check_product(expert)?;
    let settings = grid.settings()?;
    let layouts = layouts_of(expert);
    let outcomes: Vec<Outcome> = settings
        .par_iter()
        .map(|settings| Outcome {
            settings: *settings,
            best: best(settings),
            expert: best_of(model, machine, settings, expert, &layouts).ok(),
        })
        .collect();
    let mut ratios: Vec<f64> = outcomes.iter().filter_map(Outcome::ratio).collect();
    ratios.sort_unstable_by(f64::total_cmp);
    Ok(Spread { outcomes, ratios })
}

/// Evaluates every configuration, and counts those that do not fit into memory.
fn all_of(
    model: &Transformer,
    machine: &Machine,
    settings: &Settings,
    layouts: &[Layouts],
) -> (Vec<Evaluation>, usize) {
    let (mut found, mut out_of_memory) = (Vec::new(), 0);
    for Layouts { shape, groups } in layouts {
        for (&partition, groups) in groups {
            for sharding in Sharding::ALL {
                let configuration = Configuration { shape: *shape, partition, sharding };
                match best_of(model, machine, settings, &configuration, groups) {
                    Ok(evaluation) => found.push(evaluation),
                    Err(SearchError::OutOfMemory { .. }) => out_of_memory += 1,
                    Err(_) => {}
                }
            }
        }
    }
    (found, out_of_memory)
}

/// Returns the fastest layout and number of microbatches of a configuration.
fn best_of(
    model: &Transformer,
    machine: &Machine,
    settings: &Settings,
    configuration: &Configuration,
    layouts: &[Collectives],
) -> Result<Evaluation, SearchError> {
    let Configuration { shape, partition, sharding } = *configuration;
    let refuse = |reason| SearchError::NotDivisible { shape, partition, sharding, reason };
    if let Some(reason) = indivisible(model, &partition, sharding) {
        return Err(refuse(reason));
    }
    let sequences = settings.sequences_per_step;
    let along = if sharding.divides_sequences() { partition.model1 } else { 1 };
    if !sequences.is_multiple_of(partition.data * along) {
        return Err(refuse("the sequences of a step do not divide evenly"));
    }
    let most = sequences / (partition.data * along);
    let mut best: Option<Evaluation> = None;
    let mut least = f64::INFINITY;
    for microbatches in (1..=most.min(settings.microbatches)).filter(|&some| most.is_multiple_of(some)) {
        let each = sequences / partition.data / microbatches;
        let memory = memory_per_chip(model, &partition, sharding, settings, microbatches, each);
        least = least.min(memory);
        if memory > machine.memory {
            continue;
        }
        for groups in layouts {
            let time = step_time(model, machine, settings, sharding, &partition, groups, microbatches);
            if best.is_none_or(|best| time.total < best.step_seconds) {
                best = Some(Evaluation {
                    configuration: *configuration,
                    microbatches,
                    compute_seconds: time.compute,
                    communication_seconds: time.communication,
                    step_seconds: time.total,
                    memory_bytes: memory,
                    sequences_per_second: sequences as f64 / time.total,
                });
            }
        }
    }
    let refuse = || match layouts {
        [] => refuse("its parts do not lie on the axes"),
        _ => {
            let memory = machine.memory;
            SearchError::OutOfMemory { shape, partition, sharding, needed: least, memory }
        }
    };
    best.ok_or_else(refuse)
}

/// Tells what keeps a transformer from being divided so, if anything.
fn indivisible(model: &Transformer, partition: &Partition, sharding: Sharding) -> Option<&'static str> {
    let heads = sharding.head_parts(partition);
    if !model.layers.is_multiple_of(partition.pipeline) {
        Some("the layers do not divide evenly among the stages")
    } else if !model.heads.is_multiple_of(heads) {
        Some("the heads do not divide evenly")
    } else if !model.feed_forward.is_multiple_of(heads) {
        Some("the feed-forward width does not divide evenly")
    } else if !model.width.is_multiple_of(partition.model1 * partition.model2) {
        Some("the width does not divide evenly")
    } else {
        None
    }
}

/// Returns the distinct groups of every partition on every shape of a number of chips.
fn layouts(chips: usize) -> Vec<Layouts> {
    let shapes = shapes_of(chips);
    let layouts = |shape| {
        let mut groups: BTreeMap<Partition, Vec<Collectives>> =
            partitions(chips).into_iter().map(|partition| (partition, Vec::new())).collect();
        for mapping in mappings(shape) {
            insert(groups.entry(mapping.partition()).or_default(), &mapping);
        }
        Layouts { shape, groups }
    };
    shapes.into_par_iter().map(layouts).collect()
}

/// Returns the distinct groups of the mappings of one configuration.
fn layouts_of(configuration: &Configuration) -> Vec<Collectives> {
    let mut groups = Vec::new();
    for mapping in mappings(configuration.shape) {
        if mapping.partition() == configuration.partition {
            insert(&mut groups, &mapping);
        }
    }
    groups
}

/// Adds the groups of a mapping unless they are there.
fn insert(groups: &mut Vec<Collectives>, mapping: &Mapping) {
    let new = Collectives::of(mapping);
    if !groups.contains(&new) {
        groups.push(new);
    }
}

/// Returns the fastest evaluation, the first of equals.
fn fastest<'a>(all: impl Iterator<Item = &'a Evaluation>) -> Option<Evaluation> {
    all.copied().reduce(
        |best, one| {
            if one.sequences_per_second > best.sequences_per_second { one } else { best }
        },
    )
}

/// Returns every element with every value set.
fn product<T: Copy>(all: &[Settings], values: &[T], set: impl Fn(&mut Settings, T)) -> Vec<Settings> {
    let with = |one: &Settings, value| {
        let mut one = *one;
        set(&mut one, value);
        one
    };
    all.iter()
        .flat_map(|one| values.iter().map(move |&value| (one, value)))
        .map(|(one, value)| with(one, value))
        .collect()
}

/// Checks what all evaluations share.
fn check(model: &Transformer, machine: &Machine, chips: usize) -> Result<(), SearchError> {
    model.check()?;
    machine.check()?;
    if chips > MOST_SEARCH_CHIPS {
        return Err(SearchError::NoShape { chips });
    }
    Ok(())
}

/// Checks that a partition has as many parts as its shape has chips.
fn check_product(configuration: &Configuration) -> Result<(), SearchError> {
    let chips = configuration.shape.chips();
    let found = configuration.partition.chips().unwrap_or(usize::MAX);
    if found == chips {
        return Ok(());
    }
    Err(SearchError::WrongProduct { partition: configuration.partition, found, chips })
}
