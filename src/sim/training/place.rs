//! The splits that promise the shortest steps on a wiring, placed by annealing, and their loads by balanced
//! flow.

use rayon::prelude::*;

use super::anneal::{anneal, cost, norms};
use super::layout::{Layout, Phase};
use super::natural::natural_layouts;
use super::split::{Split, splits};
use super::spread::Paths;
use super::step::{Costs, hops, slots, step_time};
use super::workload::Workload;
use crate::sim::flow::{self, Demand, FlowError};
use crate::sim::network::Network;
use crate::sim::search::{Machine, Settings};
use crate::sim::shape::Shape;

/// Holds what is trained on which slice.
#[derive(Debug, Clone, Copy)]
pub struct Problem<'a> {
    /// The transformer.
    pub workload: &'a Workload,
    /// The chips and links; the latency is the highest that may be assumed.
    pub machine: &'a Machine,
    /// The settings of training.
    pub settings: &'a Settings,
    /// The slice.
    pub shape: Shape,
}

/// Tells how long to search, the same for every wiring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Search<'a> {
    /// The moves of one annealing for each chip.
    pub moves: usize,
    /// The seeds of the annealings; the best placement counts.
    pub seeds: &'a [u64],
    /// The splits, whatever their rings, that are annealed and balanced: those with the shortest steps from
    /// their starts if every phase took what the annealing's estimate of link loads says.
    pub finalists: usize,
}

/// Holds a placed split.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The annealed placement.
    pub layout: Layout,
    /// The placement along the axes from which it started.
    pub start: Layout,
    /// Its annealing cost over that of the start.
    pub gain: f64,
}

/// Holds the loads of a placement by balanced flow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Balance {
    /// The costs.
    pub costs: Costs,
    /// The least that any routing loads the busiest link with, by duality.
    pub least_loads: [f64; 4],
}

/// Places the splits that promise the shortest steps on a wiring, the most promising first.
///
/// Each starts from the placement along the axes of the slice that is best on this wiring, and is annealed
/// from there; what a split promises is its step from that start.
#[must_use]
pub fn place(paths: &Paths<'_>, problem: &Problem<'_>, search: &Search<'_>) -> Vec<Placed> {
    let all = splits(problem.workload, problem.machine, problem.settings, problem.shape.chips());
    let starts: Vec<Start> = all.par_iter().filter_map(|&split| Start::new(paths, problem, split)).collect();
    let is_worth = |one: &&Start| !starts.iter().any(|other| other.beats(one, problem));
    let worth: Vec<Split> =
        starts.iter().filter(is_worth).flat_map(|start| start.split.with_rings()).collect();
    let mut promising: Vec<(f64, Start)> = worth
        .par_iter()
        .filter_map(|&split| Start::new(paths, problem, split))
        .map(|start| (start.promise(paths, problem), start))
        .collect();
    promising.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut finalists: Vec<Start> = Vec::new();
    for (_, start) in promising {
        let is_same = |other: &Start| Split { rings: 1, ..other.split } == Split { rings: 1, ..start.split };
        if finalists.len() < search.finalists && !finalists.iter().any(is_same) {
            finalists.push(start);
        }
    }
    let moves = search.moves * problem.shape.chips();
    let annealed: Vec<(Layout, f64)> = finalists
        .par_iter()
        .flat_map(|start| search.seeds.par_iter().map(move |&seed| (start, seed)))
        .map(|(start, seed)| anneal(paths, start.layout.clone(), start.weights, moves, seed))
        .collect();
    let tries = annealed.chunks(search.seeds.len().max(1));
    let best = |(start, tries): (Start, &[(Layout, f64)])| {
        let (layout, cost) = tries.iter().reduce(|best, one| if one.1 < best.1 { one } else { best })?;
        Some(Placed { layout: layout.clone(), start: start.layout, gain: cost / start.cost })
    };
    finalists.into_iter().zip(tries).filter_map(best).collect()
}

/// Balances the messages of the annealed placement and of its start, and returns the better of both at the
/// settings and the latency of the problem.
///
/// # Errors
/// Refuses a problem on another number of chips than the network has.
pub fn balanced(
    paths: &Paths<'_>,
    problem: &Problem<'_>,
    placed: &Placed,
    settings: flow::Settings,
) -> Result<Balance, FlowError> {
    let annealed = balanced_layout(paths, problem, &placed.layout, settings)?;
    if placed.layout == placed.start {
        return Ok(annealed);
    }
    let start = balanced_layout(paths, problem, &placed.start, settings)?;
    let time = |balance: &Balance| {
        step_time(problem.workload, problem.machine, problem.settings, &balance.costs).total
    };
    Ok(if time(&start) < time(&annealed) { start } else { annealed })
}

/// Balances the messages of a placement, each phase on its own.
fn balanced_layout(
    paths: &Paths<'_>,
    problem: &Problem<'_>,
    layout: &Layout,
    settings: flow::Settings,
) -> Result<Balance, FlowError> {
    let (mut loads, mut least_loads) = ([0.0; 4], [0.0; 4]);
    for phase in Phase::ALL {
        let Some((demand, unit)) = demand(layout, phase)? else { continue };
        let found = flow::balance(paths.network(), &demand, settings)?;
        loads[phase as usize] = unit / found.throughput;
        least_loads[phase as usize] = unit / found.bound;
    }
    Ok(Balance { costs: costs(paths, problem, layout, loads), least_loads })
}

/// Returns the messages of a phase, if there are any, and the bytes that an amount of 1 stands for.
///
/// Amounts are near 1, so that no sum of them loses digits.
fn demand(layout: &Layout, phase: Phase) -> Result<Option<(Demand, f64)>, FlowError> {
    let transfers = layout.transfers(phase);
    let unit = transfers.iter().map(|transfer| transfer.bytes).fold(0.0, f64::max);
    if unit <= 0.0 {
        return Ok(None);
    }
    let mut rows = vec![Vec::new(); layout.split().chips()];
    for transfer in transfers {
        rows[transfer.from].push((transfer.to, transfer.bytes / unit));
    }
    Ok(Some((Demand::sparse(rows)?, unit)))
}

/// Holds where the annealing of a split starts, with bounds on what the split can cost.
struct Start {
    split: Split,
    layout: Layout,
    weights: [f64; 4],
    cost: f64,
    /// What the start costs under equal splitting, which balanced routes can only lower.
    costs: Costs,
    /// The bytes of each phase over all links: what the busiest one carries at least.
    least: [f64; 4],
}

impl Start {
    fn new(paths: &Paths<'_>, problem: &Problem<'_>, split: Split) -> Option<Self> {
        let volumes = problem.workload.volumes(&split, problem.settings);
        let slots = slots(&split, problem.settings);
        let weights = [slots, slots, slots, 1.0];
        let along_axes = natural_layouts(problem.shape, split, &volumes).into_iter();
        let (layout, cost) = along_axes
            .map(|layout| {
                let cost = cost(paths, &layout, weights);
                (layout, cost)
            })
            .reduce(|best, one| if one.1 < best.1 { one } else { best })?;
        let links = paths.links() as f64;
        let least = Phase::ALL
            .map(|phase| layout.transfers(phase).iter().map(|transfer| transfer.bytes / links).sum::<f64>());
        let costs = costs(paths, problem, &layout, equal_loads(paths.network(), &layout).ok()?);
        Some(Self { split, layout, weights, cost, costs, least })
    }

    /// Returns the time of a step from this start by the annealing's estimate of link loads.
    fn promise(&self, paths: &Paths<'_>, problem: &Problem<'_>) -> f64 {
        let costs = costs(paths, problem, &self.layout, norms(paths, &self.layout));
        step_time(problem.workload, problem.machine, problem.settings, &costs).total
    }

    /// Tells whether this start is better than any placement of another split, whatever the efficiency, the
    /// overlap and the latency up to that of the problem.
    ///
    /// A step takes longer with more computing and with more communicating, so it is enough that this one
    /// computes no longer and communicates less at the highest latency than the other at no latency and one
    /// hop a message.
    fn beats(&self, other: &Self, problem: &Problem<'_>) -> bool {
        let one = |costs: &Costs, machine: &Machine| step_time_of_single(problem, machine, costs);
        let fast = Machine { hop_latency: 0.0, ..*problem.machine };
        let [here, there] = [
            one(&self.costs, problem.machine),
            one(&Costs { split: other.split, loads: other.least, hops: [0.0; 4] }, &fast),
        ];
        here.0 <= there.0 && here.1 < there.1
    }
}

/// Returns the seconds of computing and communicating with one sequence in a microbatch.
fn step_time_of_single(problem: &Problem<'_>, machine: &Machine, costs: &Costs) -> (f64, f64) {
    let time = super::step::with_sequences(problem.workload, machine, problem.settings, costs, 1);
    (time.compute, time.communication())
}

/// Returns the bytes on the busiest link in each phase when all messages are split equally over their
/// shortest paths.
///
/// # Errors
/// Refuses a layout on another number of chips than the network has, and chips that cannot reach each other.
pub fn equal_loads(network: &Network, layout: &Layout) -> Result<[f64; 4], FlowError> {
    let mut loads = [0.0; 4];
    for phase in Phase::ALL {
        if let Some((demand, unit)) = demand(layout, phase)? {
            loads[phase as usize] = unit / flow::equal_splitting(network, &demand)?.throughput;
        }
    }
    Ok(loads)
}

/// Returns what a placement costs with given loads of the busiest link.
fn costs(paths: &Paths<'_>, problem: &Problem<'_>, layout: &Layout, loads: [f64; 4]) -> Costs {
    let volumes = problem.workload.volumes(layout.split(), problem.settings);
    let hops = hops(paths, layout, volumes.all_reduces, volumes.all_to_alls);
    Costs { split: *layout.split(), loads, hops }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::super::anneal::below;
    use super::*;
    use crate::sim::Topology;
    use crate::sim::search::Transformer;

    #[test]
    fn annealing_from_a_random_placement_comes_near_the_best_along_the_axes() {
        let dense = Transformer {
            layers: 32,
            width: 4096,
            feed_forward: 16_384,
            heads: 32,
            sequence: 1024,
            vocabulary: 32_768,
        };
        let settings = Settings {
            efficiency: 0.6,
            overlap: 0.4,
            bytes_per_weight: 2.0,
            bytes_per_gradient: 2.0,
            optimizer_bytes: 12.0,
            bytes_per_activation: 2.0,
            sequences_per_step: 256,
            microbatches: 256,
            recompute: true,
        };
        let machine = Machine { peak_flops: 275e12, link_bandwidth: 50e9, memory: 3.5e10, hop_latency: 1e-6 };
        let workload = Workload { dense, experts: None };
        let shape = Shape::new([4, 4, 4]).unwrap();
        let problem = Problem { workload: &workload, machine: &machine, settings: &settings, shape };
        let network = Topology::torus(shape).network();
        let paths = Paths::new(&network).unwrap();
        let split = Split { pipeline: 4, data: 4, tensor: 4, rings: 1, experts: 1 };
        let start = Start::new(&paths, &problem, split).unwrap();
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut layout = start.layout.clone();
        for last in (1..layout.seats.len()).rev() {
            layout.seats.swap(last, below(&mut random, last + 1));
        }
        let drawn = cost(&paths, &layout, start.weights);
        assert!(drawn > 1.5 * start.cost, "{drawn} {}", start.cost);
        let best = (1..=4)
            .map(|seed| anneal(&paths, layout.clone(), start.weights, 100_000, seed).1)
            .fold(f64::MAX, f64::min);
        assert!(best <= 1.06 * start.cost, "{best} {}", start.cost);
    }
}
