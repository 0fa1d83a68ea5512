//! How the chips divide the work, and which splits a model and the memory of a chip admit.

use super::workload::Workload;
use crate::sim::search::{Machine, Settings};

/// The most rings of a tensor group: a chip has links for three, each of both directions.
pub const MOST_RINGS: usize = 3;
/// The most chips of a tensor group that are tried: those of half a cube.
const MOST_TENSOR: usize = 32;

/// Holds how many parts each way of dividing the work has: pipeline x data x tensor chips.
///
/// The rank of (stage, replica, shard) is (stage x data + replica) x tensor + shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Split {
    /// The stages of the pipeline.
    pub pipeline: usize,
    /// The replicas that divide the sequences.
    pub data: usize,
    /// The shards of each layer.
    pub tensor: usize,
    /// The rings of each tensor group, each with an order of its own and an equal share of the bytes.
    pub rings: usize,
    /// The chips that hold one set of experts: all shards of neighbouring replicas; 1 without experts.
    pub experts: usize,
}

impl Split {
    /// Returns the number of chips.
    #[must_use]
    pub const fn chips(&self) -> usize {
        self.pipeline * self.data * self.tensor
    }

    /// Returns the rank of a stage, replica and shard.
    #[must_use]
    pub const fn rank(&self, stage: usize, replica: usize, shard: usize) -> usize {
        (stage * self.data + replica) * self.tensor + shard
    }

    /// Returns the same split with each number of rings that a tensor group may have.
    ///
    /// Up to four chips of a mesh have links for one ring only, as a mesh has no triangles.
    pub(super) fn with_rings(&self) -> impl Iterator<Item = Self> {
        let most = if self.tensor > 4 { MOST_RINGS } else { 1 };
        (1..=most).map(|rings| Self { rings, ..*self })
    }

    /// Returns the number of chips of a stage that hold the same experts; 1 without experts.
    #[must_use]
    pub const fn holders(&self) -> usize {
        if self.experts > 1 { self.data * self.tensor / self.experts } else { 1 }
    }
}

/// Returns every split of so many chips that divides the model and fits into memory with one sequence in a
/// microbatch, with one ring in each tensor group.
///
/// Stages have equally many layers (and layers of experts), shards equally many heads, replicas equally many
/// sequences. A set of experts lies on as many chips of a stage as there are experts, or on all of them.
#[must_use]
pub fn splits(workload: &Workload, machine: &Machine, settings: &Settings, chips: usize) -> Vec<Split> {
    let mut found = Vec::new();
    for pipeline in divisors(chips) {
        for tensor in divisors(chips / pipeline).filter(|&tensor| tensor <= MOST_TENSOR) {
            let data = chips / pipeline / tensor;
            let dense = &workload.dense;
            let mut fits = dense.layers.is_multiple_of(pipeline)
                && dense.heads.is_multiple_of(tensor)
                && settings.sequences_per_step.is_multiple_of(data);
            let mut experts = 1;
            if let Some(one) = workload.experts {
                experts = one.count.min(data * tensor);
                fits &= one.layers.is_multiple_of(pipeline)
                    && one.count.is_multiple_of(experts)
                    && experts.is_multiple_of(tensor)
                    && (data * tensor).is_multiple_of(experts);
            }
            let split = Split { pipeline, data, tensor, rings: 1, experts };
            if fits && workload.memory(&split, settings, 1) <= machine.memory {
                found.push(split);
            }
        }
    }
    found
}

/// Returns the divisors of a number above zero in ascending order.
fn divisors(number: usize) -> impl Iterator<Item = usize> {
    (1..=number).filter(move |divisor| number.is_multiple_of(*divisor))
}
