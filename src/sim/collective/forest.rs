//! One spanning tree per piece of every chip, over shortest routes, with the same number of trees on every
//! link.
//!
//! In a tree of shortest routes every chip hangs on a neighbour nearer to the root, and any such choice of
//! each chip makes a tree. So the choices of different chips are free of each other. A chip has one incoming
//! link per tree, and all its incoming links should carry equally many: this is a transport problem of few
//! variables per chip, in which roots with the same nearer neighbours are alike. Where it has an even
//! solution for every chip, the trees are as short as can be and meet the bound of
//! [`super::all_gather_bound`] for sets that leave out one chip. Where it has none, some chips hang on a
//! neighbour that is not nearer. [`Forest::most_used`] tells what was reached. The trees are a special case
//! of those of Zhao and others, "ForestColl", arXiv:2402.06787, which need not be short.
//!
//! Only the tree choices of one chip of each class are kept: symmetries carry them to all others.

use super::CollectiveError;
use super::symmetry::Symmetry;
use crate::sim::network::Network;

/// The most trees of one root.
pub const MOST_TREES: usize = 64;
/// The most ports of a chip here.
const MOST_PORTS: usize = 8;
/// Marks the root, which hangs on nothing.
const ROOT: u8 = u8::MAX;

/// Holds some trees per root that together span a network from every chip.
#[derive(Debug, Clone)]
pub struct Forest<'a> {
    network: &'a Network,
    symmetry: &'a Symmetry,
    trees: usize,
    depth: usize,
    /// The port of a class's representative that leads to its parent, at index (class * chips + root) * trees
    /// + tree.
    up: Vec<u8>,
    /// The links from the representative of a class to a root, at index class * chips + root.
    distance: Vec<u16>,
}

/// Returns the fewest trees per root with which all links of a chip can carry the same number of trees.
///
/// A chip with so many links is in (N - 1) trees for one tree per root.
#[must_use]
pub fn even_trees(chips: usize, links: usize) -> usize {
    let (mut a, mut b) = (links, chips.saturating_sub(1));
    while b > 0 {
        (a, b) = (b, a % b);
    }
    links / a.max(1)
}

impl<'a> Forest<'a> {
    /// Grows so many trees per root.
    ///
    /// # Errors
    /// Refuses networks with chips out of reach, more than 8 ports, and other than 1 to 64 trees.
    pub fn new(network: &'a Network, symmetry: &'a Symmetry, trees: usize) -> Result<Self, CollectiveError> {
        let (chips, classes) = (network.chips(), symmetry.classes());
        let out_of_range = |name, value: usize, expected| CollectiveError::OutOfRange {
            name,
            value: value as f64,
            expected,
        };
        if !(1..=MOST_TREES).contains(&trees) {
            return Err(out_of_range("the trees of a root", trees, "1 to 64"));
        }
        if network.ports() > MOST_PORTS {
            return Err(out_of_range("the ports of a chip", network.ports(), "at most 8"));
        }
        let mut distance = Vec::with_capacity(classes * chips);
        for &chip in symmetry.representatives() {
            for links in network.distances(chip) {
                distance.push(u16::try_from(links).map_err(|_| CollectiveError::Disconnected)?);
            }
        }
        let depth = distance.iter().copied().max().map_or(0, usize::from);
        let mut forest =
            Self { network, symmetry, trees, depth, up: vec![ROOT; classes * chips * trees], distance };
        for class in 0..classes {
            forest.hang(class);
        }
        forest.detour();
        Ok(forest)
    }

    /// Chooses the parents of the representative of a class in all trees.
    fn hang(&mut self, class: usize) {
        let (chips, ports, trees) = (self.network.chips(), self.network.ports(), self.trees);
        let chip = self.symmetry.representatives()[class];
        // the ports that lead nearer to each root, as bits
        let mut alike: Vec<Vec<usize>> = vec![Vec::new(); 1 << ports];
        let mut roots: Vec<usize> = (0..chips).filter(|&root| root != chip).collect();
        roots.sort_by_key(|&root| self.distance[class * chips + root]);
        for &root in &roots {
            let nearer = |port: &usize| {
                self.network
                    .neighbor(chip, *port)
                    .is_some_and(|next| self.links(next, root) < self.links(chip, root))
            };
            alike[(0..ports).filter(nearer).map(|port| 1_usize << port).sum::<usize>()].push(root);
        }
        let supply: Vec<usize> = alike.iter().map(|roots| roots.len() * trees).collect();
        let shares = even_shares(&supply, ports);
        for (roots, share) in alike.iter().zip(&shares) {
            let total: usize = share.iter().sum();
            let mut given = [0; MOST_PORTS];
            for unit in 0..total {
                // the port that lags furthest behind its share of the units so far
                let lag = |port: &usize| (unit + 1) * share[*port] - given[*port] * total;
                let behind = |port: &usize| (given[*port] * total) < (unit + 1) * share[*port];
                let port = (0..ports).filter(behind).max_by_key(|port| (lag(port), MOST_PORTS - port));
                let Some(port) = port else { continue };
                given[port] += 1;
                let root = roots[unit / trees];
                self.up[(class * chips + root) * trees + unit % trees] = u8::try_from(port).unwrap_or(ROOT);
            }
        }
    }

    /// Moves chips from ports in too many trees to others, over detours, where shortest routes allow no even
    /// choice.
    ///
    /// A chip may hang on any neighbour that does not hang on it. Of all such moves, the one after which the
    /// ways through the chip are shortest comes first.
    fn detour(&mut self) {
        let (chips, ports, trees) = (self.network.chips(), self.network.ports(), self.trees);
        let open =
            |chip: usize| (0..ports).filter(|&port| self.network.neighbor(chip, port).is_some()).count();
        let fewest = (0..chips).map(open).min().unwrap_or(1).max(1);
        let most = (trees * (chips - 1)).div_ceil(fewest);
        let mut uses = self.uses();
        for class in 0..self.symmetry.classes() {
            let chip = self.symmetry.representatives()[class];
            while let Some(full) = (0..ports).find(|&port| uses[class * ports + port] > most) {
                let rooms: Vec<usize> = (0..ports).filter(|port| uses[class * ports + port] < most).collect();
                let Some((longest, index, port)) = self.shortest_detour(chip, full, &rooms) else { break };
                self.up[class * chips * trees + index] = u8::try_from(port).unwrap_or(ROOT);
                self.depth = self.depth.max(longest);
                uses[class * ports + full] -= 1;
                uses[class * ports + port] += 1;
            }
        }
    }

    /// Finds the tree in which a chip can best move from a port to one of several others.
    ///
    /// Returns the longest way through the chip afterwards, root * trees + tree, and the port.
    fn shortest_detour(&self, chip: usize, full: usize, rooms: &[usize]) -> Option<(usize, usize, usize)> {
        let mut best: Option<(usize, usize, usize)> = None;
        for index in 0..self.network.chips() * self.trees {
            let (root, tree) = (index / self.trees, index % self.trees);
            if self.up(chip, root, tree) != Some(full) {
                continue;
            }
            let below = self.below(chip, root, tree);
            for &port in rooms {
                let Some(above) = self.network.neighbor(chip, port) else { continue };
                if self.way_up(above, root, tree).any(|at| at == chip) {
                    continue;
                }
                let longest = self.way_up(above, root, tree).count() + below;
                if best.is_none_or(|(shortest, _, _)| longest < shortest) {
                    best = Some((longest, index, port));
                }
            }
        }
        best
    }

    /// Returns the links from a chip down to its farthest descendant in a tree.
    fn below(&self, chip: usize, root: usize, tree: usize) -> usize {
        let hangs = |port: usize| {
            let below = self.network.neighbor(chip, port)?;
            (self.up(below, root, tree) == Some(port ^ 1)).then(|| 1 + self.below(below, root, tree))
        };
        (0..self.network.ports()).filter_map(hangs).max().unwrap_or(0)
    }

    /// Lists the chips from a chip up to the root of a tree, both included.
    fn way_up(&self, chip: usize, root: usize, tree: usize) -> impl Iterator<Item = usize> {
        let above = move |&at: &usize| self.network.neighbor(at, self.up(at, root, tree)?);
        std::iter::successors(Some(chip), above)
    }

    /// Returns the links between a chip and a root.
    fn links(&self, chip: usize, root: usize) -> u16 {
        let seen = self.symmetry.seen_from(chip, root);
        self.distance[self.symmetry.class(chip) * self.network.chips() + seen]
    }

    /// Returns the network.
    #[must_use]
    pub const fn network(&self) -> &'a Network {
        self.network
    }

    /// Returns the symmetries that carry the trees of one chip of each class to all others.
    #[must_use]
    pub const fn symmetry(&self) -> &'a Symmetry {
        self.symmetry
    }

    /// Returns the number of trees of each root.
    #[must_use]
    pub const fn trees(&self) -> usize {
        self.trees
    }

    /// Returns the links from a root to the farthest chip: the diameter of the network, or more after
    /// detours.
    #[must_use]
    pub const fn depth(&self) -> usize {
        self.depth
    }

    /// Returns the port of a chip that leads to its parent in a tree of a root, or `None` at the root.
    #[must_use]
    pub fn up(&self, chip: usize, root: usize, tree: usize) -> Option<usize> {
        let seen = self.symmetry.seen_from(chip, root);
        let row = self.symmetry.class(chip) * self.network.chips() + seen;
        self.up.get(row * self.trees + tree).filter(|&&port| port != ROOT).map(|&port| usize::from(port))
    }

    /// Returns the trees that come in through each port of the representative of a class, at index class *
    /// ports + port.
    #[must_use]
    pub fn uses(&self) -> Vec<usize> {
        let ports = self.network.ports();
        let mut uses = vec![0; self.symmetry.classes() * ports];
        let row = self.network.chips() * self.trees;
        for (index, &port) in self.up.iter().enumerate().filter(|(_, port)| **port != ROOT) {
            uses[index / row * ports + usize::from(port)] += 1;
        }
        uses
    }

    /// Returns the trees of all roots that use the busiest link.
    #[must_use]
    pub fn most_used(&self) -> usize {
        self.uses().into_iter().max().unwrap_or(0)
    }
}

/// Divides supplies over ports as evenly as can be, at index ports allowed as bits, then port.
///
/// It moves one unit at a time from a fuller port to one with at least two fewer, over as many exchanges as
/// that takes; when no such move is left, the sorted loads are the least there are (Harvey, Ladner, Lovász
/// and Tamir, "Semi-matchings for bipartite graphs and load balancing", 2006).
fn even_shares(supply: &[usize], ports: usize) -> Vec<[usize; MOST_PORTS]> {
    let allowed = |mask: usize, port: usize| mask >> port & 1 == 1;
    let mut shares = vec![[0; MOST_PORTS]; supply.len()];
    let mut load = [0_usize; MOST_PORTS];
    for (mask, &units) in supply.iter().enumerate() {
        let open: Vec<usize> = (0..ports).filter(|&port| allowed(mask, port)).collect();
        for (place, &port) in open.iter().enumerate() {
            let units = units * (place + 1) / open.len() - units * place / open.len();
            shares[mask][port] = units;
            load[port] += units;
        }
    }
    while let Some(path) = exchange(&shares, &load, ports) {
        for pair in path.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let Some(mask) = (0..supply.len()).find(|&mask| shares[mask][from] > 0 && allowed(mask, to))
            else {
                return shares;
            };
            shares[mask][from] -= 1;
            shares[mask][to] += 1;
        }
        load[path[0]] -= 1;
        load[path[path.len() - 1]] += 1;
    }
    shares
}

/// Finds ports over which one unit can be handed on from a port to one with at least two units fewer.
fn exchange(shares: &[[usize; MOST_PORTS]], load: &[usize], ports: usize) -> Option<Vec<usize>> {
    let mut starts: Vec<usize> = (0..ports).collect();
    starts.sort_by_key(|&port| std::cmp::Reverse(load[port]));
    for start in starts {
        let mut before = [usize::MAX; MOST_PORTS];
        before[start] = start;
        let mut reached = vec![start];
        let mut head = 0;
        while let Some(&from) = reached.get(head) {
            head += 1;
            for (to, before) in before.iter_mut().enumerate().take(ports) {
                let movable = || (0..shares.len()).any(|mask| mask >> to & 1 == 1 && shares[mask][from] > 0);
                if *before == usize::MAX && movable() {
                    *before = from;
                    reached.push(to);
                }
            }
        }
        if let Some(&end) = reached.iter().find(|&&port| load[port] + 2 <= load[start]) {
            let mut path = vec![end];
            while path[path.len() - 1] != start {
                path.push(before[path[path.len() - 1]]);
            }
            path.reverse();
            return Some(path);
        }
    }
    None
}
