//! Which chip takes which rank, and the messages that follow.

use super::split::Split;
use super::workload::Volumes;

/// Names the traffic of a step by what it serves; each kind has the network to itself while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// All-reduces of activations in tensor groups.
    Tensor,
    /// Activations to the next stage and gradients back.
    Pipeline,
    /// Tokens to their experts and back.
    Experts,
    /// All-reduces of gradients between replicas.
    Gradients,
}

impl Phase {
    /// All phases, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Tensor, Self::Pipeline, Self::Experts, Self::Gradients];
}

/// Holds a cycle of ranks, each of which sends to both neighbours.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ring {
    /// What the ring serves.
    pub phase: Phase,
    /// The bytes along each edge in each direction.
    pub bytes: f64,
    /// The ranks in their order.
    pub order: Vec<u32>,
}

/// Holds what one rank sends to another whatever the order of rings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Message {
    /// What the message serves.
    pub phase: Phase,
    /// The rank that sends.
    pub from: u32,
    /// The rank that receives.
    pub to: u32,
    /// The bytes.
    pub bytes: f64,
}

/// Holds the bytes that one chip sends to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transfer {
    /// The chip that sends.
    pub from: usize,
    /// The chip that receives.
    pub to: usize,
    /// The bytes.
    pub bytes: f64,
}

/// Holds a placement: the chip of every rank, and the order of every ring.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    pub(super) split: Split,
    pub(super) seats: Vec<u32>,
    pub(super) rings: Vec<Ring>,
    pub(super) messages: Vec<Message>,
}

impl Layout {
    /// Places ranks on chips, the rings of tensor groups in the given orders of shards and those of gradients
    /// in the order of replicas.
    ///
    /// An all-reduce of a group is mapped to its rings: of the 2 (n - 1) / n of the vector that each member
    /// sends, every ring carries an equal share, half in each direction.
    pub(super) fn new(split: Split, volumes: &Volumes, seats: Vec<u32>, orders: &[Vec<u32>]) -> Self {
        let mut rings = Vec::new();
        let rank = |stage, replica, shard| narrow(split.rank(stage, replica, shard));
        if split.tensor > 1 {
            let bytes = volumes.tensor / (2 * split.rings) as f64;
            for group in 0..split.pipeline * split.data {
                for ring in 0..split.rings {
                    let order = &orders[ring % orders.len()];
                    let order = order.iter().map(|&shard| narrow(group * split.tensor) + shard).collect();
                    rings.push(Ring { phase: Phase::Tensor, bytes, order });
                }
            }
        }
        for stage in 0..split.pipeline {
            for shard in 0..split.tensor {
                let mut ring = |bytes: f64, members: &mut dyn Iterator<Item = usize>| {
                    let order: Vec<u32> = members.map(|replica| rank(stage, replica, shard)).collect();
                    if order.len() > 1 && bytes > 0.0 {
                        rings.push(Ring { phase: Phase::Gradients, bytes: bytes / 2.0, order });
                    }
                };
                ring(volumes.gradients, &mut (0..split.data));
                if split.holders() > 1 {
                    let apart = split.experts / split.tensor;
                    for first in 0..apart {
                        ring(volumes.expert_gradients, &mut (first..split.data).step_by(apart));
                    }
                }
            }
        }
        Self { split, seats, rings, messages: messages(&split, volumes) }
    }

    /// Returns the split.
    #[must_use]
    pub const fn split(&self) -> &Split {
        &self.split
    }

    /// Returns the chip of a rank.
    #[must_use]
    pub fn chip(&self, rank: usize) -> Option<usize> {
        self.seats.get(rank).map(|&chip| chip as usize)
    }

    /// Returns what chips send to each other in a phase, all groups at once, for one microbatch (gradients:
    /// for one step).
    #[must_use]
    pub fn transfers(&self, phase: Phase) -> Vec<Transfer> {
        let seat = |rank: u32| self.seats[rank as usize] as usize;
        let mut found = Vec::new();
        for ring in self.rings.iter().filter(|ring| ring.phase == phase) {
            for (at, &rank) in ring.order.iter().enumerate() {
                let [from, to] = [rank, ring.order[(at + 1) % ring.order.len()]].map(seat);
                found.push(Transfer { from, to, bytes: ring.bytes });
                found.push(Transfer { from: to, to: from, bytes: ring.bytes });
            }
        }
        let of_phase = self.messages.iter().filter(|message| message.phase == phase);
        found.extend(of_phase.map(|&Message { from, to, bytes, .. }| Transfer {
            from: seat(from),
            to: seat(to),
            bytes,
        }));
        found
    }
}

/// Lists what goes between stages and between the chips of each group of experts.
fn messages(split: &Split, volumes: &Volumes) -> Vec<Message> {
    let mut found = Vec::new();
    let stage_ranks = split.data * split.tensor;
    if volumes.pipeline > 0.0 {
        for from in 0..(split.pipeline - 1) * stage_ranks {
            let [from, to] = [from, from + stage_ranks].map(narrow);
            let phase = Phase::Pipeline;
            found.push(Message { phase, from, to, bytes: volumes.pipeline });
            found.push(Message { phase, from: to, to: from, bytes: volumes.pipeline });
        }
    }
    if volumes.experts > 0.0 {
        for from in 0..split.chips() {
            let first = from / split.experts * split.experts;
            let others = (first..first + split.experts).filter(|&to| to != from);
            let message = |to| (narrow(from), narrow(to));
            found.extend(others.map(message).map(|(from, to)| Message {
                phase: Phase::Experts,
                from,
                to,
                bytes: volumes.experts,
            }));
        }
    }
    found
}

/// Stores a rank or chip number; networks here have at most 2^20 chips.
pub(super) fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
