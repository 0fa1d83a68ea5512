//! The search over all configurations of a number of chips.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::cost::{Collectives, step_time};
use super::memory::memory_per_chip;
use super::partition::{Mapping, Partition, Sharding, mappings, partitions, shapes_of};
use super::{Configuration, Machine, SearchError, Settings, Transformer};
use crate::sim::shape::Shape;

/// The most chips of a slice that is searched.
pub const MOST_SEARCH_CHIPS: usize = 4096;
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

/// Holds the distinct groups of every partition on one shape.
pub(super) struct Layouts {
    shape: Shape,
    groups: BTreeMap<Partition, Vec<Collectives>>,
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

/// Evaluates every configuration, and counts those that do not fit into memory.
pub(super) fn all_of(
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
pub(super) fn best_of(
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
pub(super) fn layouts(chips: usize) -> Vec<Layouts> {
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
pub(super) fn layouts_of(configuration: &Configuration) -> Vec<Collectives> {
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
pub(super) fn fastest<'a>(all: impl Iterator<Item = &'a Evaluation>) -> Option<Evaluation> {
    all.copied().reduce(
        |best, one| {
            if one.sequences_per_second > best.sequences_per_second { one } else { best }
        },
    )
}

/// Checks what all evaluations share.
pub(super) fn check(model: &Transformer, machine: &Machine, chips: usize) -> Result<(), SearchError> {
    model.check()?;
    machine.check()?;
    if chips > MOST_SEARCH_CHIPS {
        return Err(SearchError::NoShape { chips });
    }
    Ok(())
}

/// Checks that a partition has as many parts as its shape has chips.
pub(super) fn check_product(configuration: &Configuration) -> Result<(), SearchError> {
    let chips = configuration.shape.chips();
    let found = configuration.partition.chips().unwrap_or(usize::MAX);
    if found == chips {
        return Ok(());
    }
    Err(SearchError::WrongProduct { partition: configuration.partition, found, chips })
}
