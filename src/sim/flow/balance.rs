//! The balanced flow of a demand on a network, with what no routing can exceed.

use super::super::network::Network;
use super::FlowError;
use super::demand::Demand;
use super::equal::split;
use super::potential::Potential;
use super::problem::Problem;

/// The sources whose paths are searched by the same lengths, in parallel. Steers convergence only.
const BLOCK: usize = 16;
/// The most sweeps over known paths between two searches. Steers convergence only.
const SWEEPS: usize = 30;
/// Sweeps end when one shifts less than this part of what the search has shifted. Steers convergence only.
const QUIET: f64 = 0.1;
/// The first steepness of the potential, and by how much it grows. Steers convergence only.
const STEEPNESS: f64 = 30.0;
const STEEPER: f64 = 2.0;
/// The rounds between two bounds.
const BETWEEN_BOUNDS: usize = 3;

/// Tells how long to balance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The most rounds.
    pub rounds: usize,
    /// The relative gap of bound and throughput at which to stop.
    pub gap: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { rounds: 300, gap: 0.005 }
    }
}

/// Holds the balanced flow of a demand.
#[derive(Debug, Clone, PartialEq)]
pub struct Balanced {
    /// The largest factor by which the demand can be multiplied so that no link carries more than 1.
    pub throughput: f64,
    /// What this factor cannot exceed under any routing.
    pub bound: f64,
    /// What each directed link carries at that factor, at index chip * ports + port; the largest is 1.
    pub loads: Vec<f64>,
    /// The mean number of links that the flow takes.
    pub mean_links: f64,
    /// The rounds taken.
    pub rounds: usize,
}

/// Balances a demand over paths of any length and bounds what any routing can reach.
///
/// Maximum concurrent flow: the potential, a sum of exponentials of the link loads, is made as small as
/// possible by gradient projection on path flows (Bertsekas and Gallager, "Data networks", 2nd edition, 1992,
/// section 5.7; Jayakrishnan and others, "A faster path-based algorithm for traffic assignment",
/// Transportation Research Record 1443, 1994). A round finds the shortest path of each pair by the lengths
/// that the loads give, and shifts flow to it from longer ones, pair after pair; sweeps over the known paths
/// follow. The potential gets steeper when its own distance from the largest load is what keeps the flow from
/// its bound (Shahrokhi and Matula, "The maximum concurrent flow problem", J. ACM 37, 1990). The bound is
/// that of linear programming duality: for any lengths, the factor is at most the sum of lengths over the sum
/// of amounts times distances.
///
/// # Errors
/// Refuses a demand of another size, an empty one, and one between chips that are not connected.
pub fn balance(network: &Network, demand: &Demand, settings: Settings) -> Result<Balanced, FlowError> {
    let problem = Problem::new(network, demand)?;
    let mut potential = Potential::new(&problem, STEEPNESS);
    let count = problem.sources().len();
    let first = problem.search(&potential.whole_lengths(), 0..count)?;
    let distances: f64 = first.iter().map(|found| found.distances).sum();
    let mut routes: Vec<_> = first.into_iter().map(|found| found.routes).collect();
    let mut bound = problem.sum(&potential.whole_lengths()) / distances;
    potential.settle(&routes);
    // Equal splitting is a flow too, and no worse than any on networks that look the same from every link.
    let mut best = split(&problem)?;
    let mut top = best.iter().copied().fold(0.0, f64::max);
    let mut rounds = 0;
    while rounds < settings.rounds && bound * top > 1.0 + settings.gap {
        rounds += 1;
        let mut shifted = 0.0;
        for start in (0..count).step_by(BLOCK) {
            let block = start..(start + BLOCK).min(count);
            let found = problem.search(&potential.whole_lengths(), block.clone())?;
            for (index, found) in block.zip(found) {
                let source = problem.sources()[index];
                routes[index] = potential.improve(source, &routes[index], Some(&found.routes), &mut shifted);
            }
        }
        for _ in 0..SWEEPS {
            let mut swept = 0.0;
            for (routes, &source) in routes.iter_mut().zip(problem.sources()) {
                if routes.has_choice() {
                    *routes = potential.improve(source, routes, None, &mut swept);
                }
            }
            if swept < QUIET * shifted {
                break;
            }
        }
        potential.settle(&routes);
        if potential.top < top {
            top = potential.top;
            best.clone_from(&potential.loads);
        }
        if rounds % BETWEEN_BOUNDS == 0 {
            let lengths = potential.whole_lengths();
            let (weight, distances) = (problem.sum(&lengths), problem.distances(&lengths)?);
            bound = bound.min(weight / distances);
            let each = lengths.iter().zip(&potential.loads).map(|(&length, load)| f64::from(length) * load);
            let cost: f64 = each.sum();
            // The one gap is left by the potential, the other by paths that are not the shortest.
            if 1.0 - cost / (weight * potential.top) > 1.0 - distances / cost {
                potential.steepness *= STEEPER;
            }
        }
    }
    let loads: Vec<f64> = best.iter().map(|load| load / top).collect();
    let mean_links = best.iter().sum::<f64>() / problem.total();
    Ok(Balanced { throughput: 1.0 / top, bound, loads: problem.expand(&loads), mean_links, rounds })
}
