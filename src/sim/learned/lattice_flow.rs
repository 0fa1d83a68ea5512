//! What a lattice carries: every chip sees the same network, so one source and three loads decide.

use super::LearnedError;
use super::graph::{CLASSES, Graph, LONGEST, PLACES, PORTS, Search};
use super::lattice::Lattice;

/// The most rounds of balancing three loads.
const ROUNDS: usize = 40;
/// The relative gap of bound and throughput at which three loads are balanced.
pub(super) const GAP: f64 = 1e-6;
/// What passes for rounding when weights are compared with zero.
const ROUNDING: f64 = 1e-9;

/// Holds a lattice with what it carries.
#[derive(Debug, Clone, PartialEq)]
pub struct AnalyzedLattice {
    /// The lattice.
    pub lattice: Lattice,
    /// The longest distance between two chips, in links.
    pub diameter: usize,
    /// The mean distance between two different chips, in links.
    pub mean_distance: f64,
    /// The all-to-all rate of each chip by equal splitting, in units of one link's bandwidth.
    pub equal_splitting: f64,
}

/// Holds the balanced all-to-all of a lattice, in units of one link's bandwidth for each chip.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BalancedLattice {
    /// What a mixture of shortest-path flows by axis lengths carries.
    pub throughput: f64,
    /// What no routing of any kind can exceed.
    pub bound: f64,
}

impl Lattice {
    /// Finds distances, and the throughput by equal splitting.
    ///
    /// # Errors
    /// Refuses more cubes than a slice may have.
    pub fn analyze(&self) -> Result<AnalyzedLattice, LearnedError> {
        let flow = Flows::new(self)?.along([1; 3])?;
        let others = (self.cubes() * PLACES) as f64 - 1.0;
        Ok(AnalyzedLattice {
            lattice: *self,
            diameter: flow.farthest,
            mean_distance: flow.distances / others,
            equal_splitting: others / flow.largest(),
        })
    }

    /// Balances an all-to-all over paths of any length.
    ///
    /// Every chip sees the same network, so averaged over all chips any flow has three loads, one for each
    /// axis, and the linear programme has three prices. Cutting planes solve it (Kelley, J. SIAM 8, 1960):
    /// the best mixture of the flows found so far gives prices, and shortest paths by these prices the next
    /// flow.
    ///
    /// # Errors
    /// Refuses more cubes than a slice may have.
    pub fn balance(&self) -> Result<BalancedLattice, LearnedError> {
        let mut flows = Flows::new(self)?;
        let others = (self.cubes() * PLACES) as f64 - 1.0;
        let mut columns: Vec<[f64; 3]> = Vec::new();
        let mut lengths = [LONGEST; 3];
        let mut bound = f64::INFINITY;
        let mut throughput = 0.0;
        for _ in 0..ROUNDS {
            let flow = flows.along(lengths)?;
            // six links for each chip: two of each length
            let sum: f64 = lengths.iter().map(|&length| 2.0 * f64::from(length)).sum();
            bound = bound.min(others * sum / flow.distances);
            columns.push(flow.loads);
            let (load, prices) = mixture(&columns);
            throughput = others / load;
            if bound <= throughput * (1.0 + GAP) {
                break;
            }
            let top = prices.iter().copied().fold(0.0, f64::max);
            lengths = prices.map(|price| (f64::from(LONGEST) * price / top).round().max(1.0) as u32);
        }
        Ok(BalancedLattice { throughput, bound: bound.max(throughput) })
    }
}

/// Finds flows from one chip, which stands for all.
struct Flows {
    graph: Graph,
    search: Search,
}

/// The flow of 1 to every other chip.
struct AxisFlow {
    /// The load of a link on each axis.
    loads: [f64; 3],
    distances: f64,
    farthest: usize,
}

impl AxisFlow {
    fn largest(&self) -> f64 {
        self.loads.iter().copied().fold(0.0, f64::max)
    }
}

impl Flows {
    fn new(lattice: &Lattice) -> Result<Self, LearnedError> {
        let graph = Graph::new(&lattice.translations()?);
        let search = Search::new(graph.chips(), 1);
        Ok(Self { graph, search })
    }

    /// Splits equally over all paths that are shortest by the lengths of the axes.
    fn along(&mut self, axes: [u32; 3]) -> Result<AxisFlow, LearnedError> {
        let lengths: [u32; CLASSES] = std::array::from_fn(|class| axes[class % PORTS / 2]);
        let longest = axes.into_iter().max().unwrap_or(1);
        self.search.set_longest(longest);
        self.search.reach(&self.graph, &lengths, 0).ok_or(LearnedError::NotConnected)?;
        let mut loads = [0.0; 3];
        // both directions of an axis carry the same, by the reflection of all axes
        let report = |_, port: usize, _, load: f64| loads[port / 2] += load / 2.0;
        self.search.spread(&self.graph, &lengths, &[1.0], |_| 1.0, report);
        let distances = &self.search.distance;
        Ok(AxisFlow {
            loads,
            distances: distances.iter().copied().map(f64::from).sum(),
            farthest: distances.iter().copied().max().unwrap_or(0) as usize,
        })
    }
}

/// Returns the least largest load of a mixture of columns, and prices in sum 1 at which no column is cheaper.
///
/// A matrix game of three rows: prices are best where up to three columns cost the same, so every set of one,
/// two or three columns on every set of as many rows is tried (Shapley and Snow, 1950).
fn mixture(columns: &[[f64; 3]]) -> (f64, [f64; 3]) {
    let cost = |prices: [f64; 3]| {
        let cost = |column: &[f64; 3]| (0..3).map(|row| column[row] * prices[row]).sum::<f64>();
        columns.iter().map(cost).fold(f64::INFINITY, f64::min)
    };
    let mut best = (f64::NEG_INFINITY, [1.0 / 3.0; 3]);
    let mut offer = |prices: [f64; 3]| {
        let sum: f64 = prices.iter().sum();
        if sum.abs() > 0.0 && prices.iter().all(|price| price / sum > -ROUNDING) {
            let prices = prices.map(|price| (price / sum).max(0.0));
            let value = cost(prices);
            if value > best.0 {
                best = (value, prices);
            }
        }
    };
    for row in 0..3 {
        offer(std::array::from_fn(|other| if other == row { 1.0 } else { 0.0 }));
    }
    for (index, a) in columns.iter().enumerate() {
        for (next, b) in columns[..index].iter().enumerate() {
            let difference: [f64; 3] = std::array::from_fn(|row| a[row] - b[row]);
            for row in 0..3 {
                // equal costs with one price at zero
                let (one, two) = ((row + 1) % 3, (row + 2) % 3);
                let mut prices = [0.0; 3];
                (prices[one], prices[two]) = (difference[two], -difference[one]);
                offer(prices);
            }
            for c in &columns[..next] {
                let other: [f64; 3] = std::array::from_fn(|row| a[row] - c[row]);
                offer(std::array::from_fn(|row| {
                    let (one, two) = ((row + 1) % 3, (row + 2) % 3);
                    difference[one] * other[two] - difference[two] * other[one]
                }));
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixtures_solve_small_games() {
        assert_eq!(mixture(&[[3.0, 1.0, 1.0]]).0, 3.0);
        let (value, prices) = mixture(&[[3.0, 1.0, 0.0], [1.0, 3.0, 0.0]]);
        assert!((value - 2.0).abs() < 1e-12 && (prices[0] - 0.5).abs() < 1e-12);
        let (value, _) = mixture(&[[3.0, 0.0, 0.0], [0.0, 3.0, 0.0], [0.0, 0.0, 3.0]]);
        assert!((value - 1.0).abs() < 1e-12);
    }
}
