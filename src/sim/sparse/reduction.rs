//! What batching by coordinate saves, as a function of the batch.

use super::SparseError;
use super::batch::{Batching, Requests, Sources, Step, Traffic, count_traffic, draw_requests};
use super::placement::Placement;
use crate::sim::topology::Topology;

/// Holds what hierarchical batching divides each count by, at one batch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reduction {
    /// The samples of a chip.
    pub batch: usize,
    /// The lookups divided by the different rows of a chip: what deduplication alone saves.
    pub deduplication: f64,
    /// The message-hops of each way of batching, in the order of [`Batching::ALL`], over the hierarchical
    /// ones.
    pub message_hops: [f64; 4],
    /// The byte-hops of each way of batching over the hierarchical ones.
    pub byte_hops: [f64; 4],
    /// The messages of each way of batching over the hierarchical ones.
    pub messages: [f64; 4],
}

impl Reduction {
    /// Returns the message-hops with one message per lookup over the hierarchical ones.
    #[must_use]
    pub const fn against_lookups(&self) -> f64 {
        self.message_hops[0]
    }

    /// Returns the message-hops with one message per destination chip over the hierarchical ones.
    #[must_use]
    pub const fn against_chips(&self) -> f64 {
        self.message_hops[2]
    }
}

/// Computes the reductions of a step with each of several batches in place of its own.
///
/// # Errors
/// Refuses what [`draw_requests`] and [`count_traffic`] refuse.
pub fn reductions(
    step: &Step,
    placement: &Placement,
    topology: &Topology,
    sources: Sources,
    batches: &[usize],
    seed: u64,
) -> Result<Vec<Reduction>, SparseError> {
    let one = |&batch: &usize| {
        let step = Step { batch, ..*step };
        let requests = draw_requests(&step, placement, sources, seed)?;
        reduction(&step, topology, &requests)
    };
    batches.iter().map(one).collect()
}

/// Computes the reduction in the limit of a large batch, when every chip asks every other.
///
/// Only the counts of messages per chip and per cube have a limit; those per lookup and per row, and all
/// bytes, are those of one row per pair.
///
/// # Errors
/// Refuses a slice without cubes.
pub fn saturated_reduction(step: &Step, topology: &Topology) -> Result<Reduction, SparseError> {
    let chips = topology.chips();
    let ones = vec![vec![1; chips]; chips];
    let requests = Requests { sources: (0..chips).collect(), lookups: ones.clone(), rows: ones };
    reduction(step, topology, &requests)
}

/// Returns the pairs of neighbouring batches between which a curve passes a level.
#[must_use]
pub fn crossings(curve: &[(usize, f64)], level: f64) -> Vec<[usize; 2]> {
    let passes = |pair: &&[(usize, f64)]| (pair[0].1 < level) != (pair[1].1 < level);
    curve.windows(2).filter(passes).map(|pair| [pair[0].0, pair[1].0]).collect()
}

/// Compares all ways of batching the same requests.
fn reduction(step: &Step, topology: &Topology, requests: &Requests) -> Result<Reduction, SparseError> {
    let mut all = Vec::new();
    for batching in Batching::ALL {
        all.push(count_traffic(requests, step, topology, batching)?);
    }
    let over_last = |count: fn(&Traffic) -> u64| {
        [0, 1, 2, 3].map(|way: usize| count(&all[way]) as f64 / count(&all[3]) as f64)
    };
    let sum = |counts: &[Vec<u64>]| counts.iter().flatten().sum::<u64>() as f64;
    Ok(Reduction {
        batch: step.batch,
        deduplication: sum(&requests.lookups) / sum(&requests.rows),
        message_hops: over_last(|traffic| traffic.message_hops),
        byte_hops: over_last(|traffic| traffic.byte_hops),
        messages: over_last(|traffic| traffic.messages),
    })
}
