//! The time of a step from what it computes and how its messages load the links.

use super::layout::{Layout, Phase};
use super::split::Split;
use super::spread::Paths;
use super::workload::{Workload, ring_volume};
use crate::sim::search::{Machine, Settings};

/// The most sequences in a microbatch that are tried, in powers of two.
const MOST_SEQUENCES: usize = 8;

/// Holds what a placed split costs on one wiring, without regard to bandwidth, latency and overlap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Costs {
    /// The split.
    pub split: Split,
    /// The bytes on the busiest link in each phase, for a microbatch of one sequence; gradients once a step.
    pub loads: [f64; 4],
    /// The hops that one after another make up each phase, for a microbatch; gradients once a step.
    pub hops: [f64; 4],
}

/// Holds the time of one step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepTime {
    /// The seconds of computing, with the bubble of the pipeline.
    pub compute: f64,
    /// The seconds of communicating in each phase, with the bubble, hidden or not.
    pub phases: [f64; 4],
    /// The seconds of the step.
    pub total: f64,
    /// The sequences in a microbatch.
    pub sequences: usize,
}

impl StepTime {
    /// Returns the seconds of communicating, hidden or not.
    #[must_use]
    pub fn communication(&self) -> f64 {
        self.phases.iter().sum()
    }
}

/// Returns the microbatches in flight of a step of one-sequence microbatches: m + p - 1.
#[must_use]
pub(super) fn slots(split: &Split, settings: &Settings) -> f64 {
    (settings.sequences_per_step / split.data + split.pipeline - 1) as f64
}

/// Returns the hops of each phase, one after another.
///
/// A piece of an all-reduce travels (n - 1) / n of its ring's round twice, one group waiting for the longest;
/// stages send once forward and once back; an all-to-all takes the longest way in a group. Ways are counted
/// on shortest paths, of which balanced routes may use longer ones.
#[must_use]
pub(super) fn hops(paths: &Paths<'_>, layout: &Layout, all_reduces: f64, all_to_alls: f64) -> [f64; 4] {
    let seat = |rank: u32| layout.seats[rank as usize] as usize;
    let round = |phase| {
        let rings = layout.rings.iter().filter(|ring| ring.phase == phase);
        let longest = rings.map(|ring| {
            let next = ring.order.iter().cycle().skip(1);
            let hops = ring.order.iter().zip(next).map(|(&a, &b)| paths.distance(seat(a), seat(b)));
            ring_volume(ring.order.len(), f64::from(hops.sum::<u32>()))
        });
        longest.fold(0.0, f64::max)
    };
    let farthest = |phase| {
        let of_phase = layout.messages.iter().filter(|message| message.phase == phase);
        of_phase.map(|one| paths.distance(seat(one.from), seat(one.to))).max().map_or(0.0, f64::from)
    };
    [
        all_reduces * round(Phase::Tensor),
        2.0 * farthest(Phase::Pipeline),
        all_to_alls * farthest(Phase::Experts),
        round(Phase::Gradients),
    ]
}

/// Returns the time of a step with the best number of sequences in a microbatch among 1, 2, 4 and 8 that fit
/// into memory.
///
/// With m microbatches and p stages, computing takes C = (m + p - 1) c and communicating K = (m + p - 1) k +
/// g, where c and k are the seconds of one microbatch in one stage and g those of the gradients (Narayanan et
/// al., SC 2021, section 2.2.1: the bubble is (p - 1) / m). The step takes C + K - h min(C, K), h being the
/// declared overlap; the same as in the partition search.
#[must_use]
pub fn step_time(workload: &Workload, machine: &Machine, settings: &Settings, costs: &Costs) -> StepTime {
    let split = &costs.split;
    let share = settings.sequences_per_step / split.data;
    let with = |sequences| with_sequences(workload, machine, settings, costs, sequences);
    let tried = std::iter::successors(Some(2), |&sequences| Some(2 * sequences))
        .take_while(|&sequences| sequences <= MOST_SEQUENCES)
        .filter(|&sequences| share.is_multiple_of(sequences))
        .filter(|&sequences| workload.memory(split, settings, sequences) <= machine.memory);
    tried.map(with).fold(with(1), |best, one| if one.total < best.total { one } else { best })
}

/// Returns the time of a step with so many sequences in a microbatch.
pub(super) fn with_sequences(
    workload: &Workload,
    machine: &Machine,
    settings: &Settings,
    costs: &Costs,
    sequences: usize,
) -> StepTime {
    let split = &costs.split;
    let flops = workload.flops(settings);
    let whole = flops / (split.chips() as f64 * machine.peak_flops * settings.efficiency);
    let microbatches = settings.sequences_per_step / split.data / sequences;
    let slots = (microbatches + split.pipeline - 1) as f64;
    let compute = slots * whole / microbatches as f64;
    let phases = Phase::ALL.map(|phase| {
        let (bytes, times) = match phase {
            Phase::Gradients => (1.0, 1.0),
            _ => (sequences as f64, slots),
        };
        let transfer = bytes * costs.loads[phase as usize] / machine.link_bandwidth;
        times * (transfer + costs.hops[phase as usize] * machine.hop_latency)
    });
    let communication: f64 = phases.iter().sum();
    let total = compute + communication - settings.overlap * compute.min(communication);
    StepTime { compute, phases, total, sequences }
}

/// Returns the shortest step among some placed splits; `None` if there are none.
#[must_use]
pub fn best_step(
    workload: &Workload,
    machine: &Machine,
    settings: &Settings,
    all: &[Costs],
) -> Option<(Split, StepTime)> {
    let timed = all.iter().map(|costs| (costs.split, step_time(workload, machine, settings, costs)));
    timed.reduce(|best, one| if one.1.total < best.1.total { one } else { best })
}

/// Returns the shortest step of any split on a machine whose messages take no time: what no wiring can beat.
#[must_use]
pub fn least_step(
    workload: &Workload,
    machine: &Machine,
    settings: &Settings,
    splits: &[Split],
) -> Option<f64> {
    let free = |&split| Costs { split, loads: [0.0; 4], hops: [0.0; 4] };
    let all: Vec<Costs> = splits.iter().map(free).collect();
    best_step(workload, machine, settings, &all).map(|(_, time)| time.total)
}
