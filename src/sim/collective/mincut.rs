//! The least time of an all-gather on any network, as a cut, by maximum flows.
//!
//! Zhao and others, "ForestColl: Throughput-Optimal Collective Communications on Heterogeneous Network
//! Fabrics", arXiv:2402.06787: let every chip hold one unit. A set S of chips that leaves some chip out must
//! send |S| units through the links that lead out of it, so an all-gather takes at least |S| / (links out of
//! S) in the time of one unit on one link; and trees exist that take no longer than the largest such ratio
//! (theorem of Bang-Jensen, Frank and Jackson on spanning trees with many roots). A ratio p/q holds for all
//! sets at once if and only if, with capacity q from a source to every chip and p on every link, the flow
//! from the source to every chip is the whole q N.

use std::collections::VecDeque;

use rayon::prelude::*;

use super::CollectiveError;
use super::symmetry::Symmetry;
use crate::sim::network::Network;

/// Holds the set of chips that bounds an all-gather, as a ratio of whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CutBound {
    /// The chips of the set, each with one unit that must leave it.
    pub chips: u64,
    /// The links out of the set.
    pub links: u64,
}

impl CutBound {
    /// Returns the time of the all-gather in units of one chip's piece on one link.
    #[must_use]
    pub fn pieces(self) -> f64 {
        self.chips as f64 / self.links as f64
    }

    /// Returns the least seconds in which every chip gets the pieces of all others, latency left out.
    #[must_use]
    pub fn seconds(self, piece_bytes: f64, bandwidth: f64) -> f64 {
        self.pieces() * piece_bytes / bandwidth
    }
}

/// Finds the cut that bounds an all-gather, exactly.
///
/// It starts from the sets that leave out one chip and asks for the flows. A flow that is not whole shows a
/// set with a larger ratio, which replaces the first (Dinkelbach, "On nonlinear fractional programming",
/// 1967); when all are whole, no set has a larger one. By symmetry one sink of each class is enough.
///
/// # Errors
/// Refuses networks with a single chip or with chips that no link leads to.
pub fn all_gather_bound(network: &Network, symmetry: &Symmetry) -> Result<CutBound, CollectiveError> {
    let chips = network.chips();
    let degree = |chip: usize| (0..network.ports()).filter(|&p| network.neighbor(chip, p).is_some()).count();
    let fewest = (0..chips).map(degree).min().unwrap_or(0);
    if chips < 2 || fewest == 0 {
        return Err(CollectiveError::Disconnected);
    }
    let mut bound = CutBound { chips: chips as u64 - 1, links: fewest as u64 };
    loop {
        let worse = symmetry
            .representatives()
            .par_iter()
            .map(|&sink| larger_cut(network, sink, bound))
            .collect::<Vec<_>>()
            .into_iter()
            .flatten()
            .max_by(|a, b| (a.chips * b.links).cmp(&(b.chips * a.links)));
        match worse {
            Some(CutBound { links: 0, .. }) => return Err(CollectiveError::Disconnected),
            Some(worse) => bound = worse,
            None => return Ok(bound),
        }
    }
}

/// Returns a set without a sink whose ratio is larger than a given one, if there is any.
fn larger_cut(network: &Network, sink: usize, bound: CutBound) -> Option<CutBound> {
    let (chips, ports) = (network.chips(), network.ports());
    let source = chips;
    let mut flow = MaxFlow::new(chips + 1);
    for chip in 0..chips {
        flow.add(source, chip, bound.links);
        for next in (0..ports).filter_map(|port| network.neighbor(chip, port)) {
            flow.add(chip, next, bound.chips);
        }
    }
    if flow.run(source, sink) == bound.links * chips as u64 {
        return None;
    }
    let side = flow.reached(source);
    let links = |chip: usize| {
        (0..ports).filter_map(|port| network.neighbor(chip, port)).filter(|&next| !side[next]).count()
    };
    let inside = || (0..chips).filter(|&chip| side[chip]);
    Some(CutBound { chips: inside().count() as u64, links: inside().map(links).sum::<usize>() as u64 })
}

/// Finds maximum flows in whole numbers by blocking flows (Dinic, "Algorithm for solution of a problem of
/// maximum flow in networks with power estimation", 1970).
#[derive(Debug, Clone)]
pub struct MaxFlow {
    /// The edges that leave each node; edge e and edge e ^ 1 are one arc and its reverse.
    out: Vec<Vec<usize>>,
    to: Vec<usize>,
    left: Vec<u64>,
    level: Vec<usize>,
    tried: Vec<usize>,
}

impl MaxFlow {
    /// Starts with so many nodes and no arcs.
    #[must_use]
    pub fn new(nodes: usize) -> Self {
        let (level, tried) = (vec![usize::MAX; nodes], vec![0; nodes]);
        Self { out: vec![Vec::new(); nodes], to: Vec::new(), left: Vec::new(), level, tried }
    }

    /// Adds an arc between two nodes; both must be below the number of nodes.
    pub fn add(&mut self, from: usize, to: usize, capacity: u64) {
        for (from, to, capacity) in [(from, to, capacity), (to, from, 0)] {
            self.out[from].push(self.to.len());
            self.to.push(to);
            self.left.push(capacity);
        }
    }

    /// Sends as much as possible from a source to a sink and returns how much.
    pub fn run(&mut self, source: usize, sink: usize) -> u64 {
        let mut sent = 0;
        while self.rank(source, sink) {
            self.tried.fill(0);
            loop {
                let pushed = self.push(source, sink);
                if pushed == 0 {
                    break;
                }
                sent += pushed;
            }
        }
        sent
    }

    /// Tells which nodes the last search from the source of [`MaxFlow::run`] reached: the source's side of a
    /// least cut.
    #[must_use]
    pub fn reached(&self, source: usize) -> Vec<bool> {
        let mut side: Vec<bool> = self.level.iter().map(|&level| level != usize::MAX).collect();
        side[source] = true;
        side
    }

    /// Ranks nodes by their distance from the source over arcs with room, and tells whether the sink has a
    /// rank.
    fn rank(&mut self, source: usize, sink: usize) -> bool {
        self.level.fill(usize::MAX);
        self.level[source] = 0;
        let mut queue = VecDeque::from([source]);
        while let Some(node) = queue.pop_front() {
            for &edge in &self.out[node] {
                let next = self.to[edge];
                if self.left[edge] > 0 && self.level[next] == usize::MAX {
                    self.level[next] = self.level[node] + 1;
                    queue.push_back(next);
                }
            }
        }
        self.level[sink] != usize::MAX
    }

    /// Sends along one path that rises by one rank at each step; zero if there is none left.
    fn push(&mut self, source: usize, sink: usize) -> u64 {
        let mut path: Vec<usize> = Vec::new();
        let mut node = source;
        while node != sink {
            if let Some(&edge) = self.out[node].get(self.tried[node]) {
                if self.left[edge] > 0 && self.level[self.to[edge]] == self.level[node] + 1 {
                    path.push(edge);
                    node = self.to[edge];
                } else {
                    self.tried[node] += 1;
                }
            } else {
                // a dead end: step back and try the next arc there
                let Some(edge) = path.pop() else { return 0 };
                node = self.to[edge ^ 1];
                self.tried[node] += 1;
            }
        }
        let least = path.iter().map(|&edge| self.left[edge]).min().unwrap_or(0);
        for edge in path {
            self.left[edge] -= least;
            self.left[edge ^ 1] += least;
        }
        least
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a generator of small numbers for tests (Knuth's MMIX constants).
    fn draws(mut state: u64) -> impl FnMut(u64) -> u64 {
        move |limit| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % limit
        }
    }

    #[test]
    fn the_largest_flow_is_the_least_cut() {
        let mut draw = draws(1);
        for _ in 0..300 {
            let nodes = 2 + usize::try_from(draw(6)).unwrap();
            let mut capacity = vec![0; nodes * nodes];
            let mut flow = MaxFlow::new(nodes);
            for (pair, capacity) in capacity.iter_mut().enumerate() {
                if draw(2) == 1 && pair / nodes != pair % nodes {
                    *capacity = draw(9);
                    flow.add(pair / nodes, pair % nodes, *capacity);
                }
            }
            let cut = |side: &dyn Fn(usize) -> bool| -> u64 {
                let crosses = |pair: &usize| side(pair / nodes) && !side(pair % nodes);
                (0..nodes * nodes).filter(crosses).map(|pair| capacity[pair]).sum()
            };
            let sides = (0..1_usize << nodes).filter(|set| set & 1 == 1 && set >> (nodes - 1) == 0);
            let least = sides.map(|set| cut(&|node| set >> node & 1 == 1)).min().unwrap();
            assert_eq!(flow.run(0, nodes - 1), least);
            let side = flow.reached(0);
            assert_eq!(cut(&|node| side[node]), least);
        }
    }

    fn brute_force(network: &Network) -> (u64, u64) {
        let chips = network.chips();
        let ratio = |set: usize| {
            let inside = |chip: usize| set >> chip & 1 == 1;
            let ports = (0..chips * network.ports()).filter(|&index| inside(index / network.ports()));
            let leads_out = |&index: &usize| {
                let next = network.neighbor(index / network.ports(), index % network.ports());
                next.is_some_and(|next| !inside(next))
            };
            (u64::from(set.count_ones()), ports.filter(leads_out).count() as u64)
        };
        let sets = (1..(1_usize << chips) - 1).map(ratio);
        sets.max_by(|a, b| (a.0 * b.1).cmp(&(b.0 * a.1))).unwrap()
    }

    #[test]
    fn the_bound_is_the_worst_of_all_cuts() {
        let closes = |sizes: [usize; 3], wraps: [bool; 3]| {
            Network::from_plus(sizes, 3, |mut place, axis| {
                place[axis] = (place[axis] + 1) % sizes[axis];
                (wraps[axis] || place[axis] > 0).then_some(place)
            })
        };
        // two rings of four that one cable joins: the worst cut is not around one chip
        let joined = Network::from_plus([1, 1, 8], 2, |[_, _, z], axis| match axis {
            0 => Some([0, 0, z / 4 * 4 + (z + 1) % 4]),
            _ => (z == 0).then_some([0, 0, 4]),
        });
        let bound = all_gather_bound(&joined, &Symmetry::of(&joined).unwrap()).unwrap();
        assert_eq!(bound, CutBound { chips: 4, links: 1 });
        let mut networks =
            vec![joined, closes([2, 3, 2], [false; 3]), closes([1, 2, 5], [false, false, true])];
        networks.push(closes([1, 3, 4], [false, true, true]));
        let mut draw = draws(7);
        for _ in 0..20 {
            let target: Vec<usize> = (0..8).map(|_| usize::try_from(draw(8)).unwrap()).collect();
            // a ring, and cables drawn at random of which the last to come stay
            networks.push(Network::from_plus([1, 1, 8], 2, |[_, _, z], axis| match axis {
                0 => Some([0, 0, (z + 1) % 8]),
                _ => (target.iter().position(|to| *to == target[z]) == Some(z)).then_some([0, 0, target[z]]),
            }));
        }
        for network in networks {
            let found = all_gather_bound(&network, &Symmetry::of(&network).unwrap()).unwrap();
            let (chips, links) = brute_force(&network);
            assert_eq!(found.chips * links, chips * found.links, "{found:?} {chips}/{links}");
        }
    }
}
