//! Shortest paths, equal splitting and the all-to-all throughput they allow.

use rayon::prelude::*;

use super::network::Network;
use super::topology::Topology;

/// Sources are summed in this many fixed groups, so that results do not depend on the number of threads.
const GROUPS: usize = 16;

/// Holds what the structure of a network alone decides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Analysis {
    /// The number of chips.
    pub chips: usize,
    /// The longest distance between two chips, in links.
    pub diameter: usize,
    /// The mean distance between two different chips, in links.
    pub mean_distance: f64,
    /// The fewest cables cut by a half-split along coordinate planes: an upper bound on the bisection.
    pub bisection_links: usize,
    /// The all-to-all rate of each chip under equal splitting, in units of one link's bandwidth.
    pub alltoall_links_per_chip: f64,
}

/// Holds the distances and the directed link loads of unit flows between chips.
#[derive(Debug, Clone, PartialEq)]
pub struct Loads {
    /// The longest distance.
    pub diameter: usize,
    /// The sum of all distances, which equals the sum of all loads.
    pub distances: u64,
    /// The load of each directed link, or of each class of links when one source stands for all.
    pub loads: Vec<f64>,
}

impl Loads {
    /// Returns the largest load.
    #[must_use]
    pub fn largest(&self) -> f64 {
        self.loads.iter().copied().fold(0.0, f64::max)
    }
}

/// Analyses a topology: from one source when it is vertex transitive, else from all.
#[must_use]
pub fn analyze(topology: &Topology) -> Analysis {
    let network = topology.network();
    let chips = network.chips();
    let (sources, loads) = if topology.is_vertex_transitive() {
        (1, port_loads(&network, 0))
    } else {
        (chips, link_loads(&network))
    };
    summarize(&network, sources, loads.unwrap_or(Loads { diameter: 0, distances: 0, loads: Vec::new() }))
}

/// Analyses any network from all sources, or returns `None` if some chip cannot reach another.
#[must_use]
pub fn analyze_network(network: &Network) -> Option<Analysis> {
    link_loads(network).map(|loads| summarize(network, network.chips(), loads))
}

/// Returns the flow over each port when one source sends 1 to every other chip by equal splitting.
///
/// All shortest paths between two chips carry the same share. On a Cayley graph of an abelian group every
/// translation of the source gives a translated flow, so entry p is the load of every link that leaves a
/// port p when all chips send to all. Returns `None` if the source cannot reach some chip.
#[must_use]
pub fn port_loads(network: &Network, source: usize) -> Option<Loads> {
    let ports = network.ports();
    let mut scratch = Scratch::new(network.chips());
    let mut loads = vec![0.0; ports];
    let (diameter, distances) =
        scratch.send_to_all(network, source, |link, load| loads[link % ports] += load)?;
    Some(Loads { diameter, distances, loads })
}

/// Returns the load of every directed link, at index chip * ports + port, when all chips send 1 to all
/// others.
///
/// All shortest paths between two chips carry the same share (Brandes, "A faster algorithm for betweenness
/// centrality", 2001). Returns `None` if some chip cannot reach another.
#[must_use]
pub fn link_loads(network: &Network) -> Option<Loads> {
    let chips = network.chips();
    let group = chips.div_ceil(GROUPS).max(1);
    let parts: Vec<Option<Loads>> = (0..chips.div_ceil(group))
        .into_par_iter()
        .map(|index| {
            let mut scratch = Scratch::new(chips);
            let mut sum = Loads { diameter: 0, distances: 0, loads: vec![0.0; chips * network.ports()] };
            for source in index * group..((index + 1) * group).min(chips) {
                let loads = &mut sum.loads;
                let (diameter, distances) =
                    scratch.send_to_all(network, source, |link, load| loads[link] += load)?;
                sum.diameter = sum.diameter.max(diameter);
                sum.distances += distances;
            }
            Some(sum)
        })
        .collect();
    let mut parts = parts.into_iter();
    let mut total = parts.next()??;
    for part in parts {
        let part = part?;
        total.diameter = total.diameter.max(part.diameter);
        total.distances += part.distances;
        for (sum, load) in total.loads.iter_mut().zip(&part.loads) {
            *sum += load;
        }
    }
    Some(total)
}

/// Returns the chips on a shortest path, both ends included, or `None` if the target is out of reach.
///
/// Of several shortest paths it takes the one that leaves each chip through its lowest port.
#[must_use]
pub fn shortest_path(network: &Network, from: usize, to: usize) -> Option<Vec<usize>> {
    // Every cable runs both ways, so distances from the target are distances to it.
    let distance = network.distances(to);
    let mut left = *distance.get(from)?;
    if left == u32::MAX {
        return None;
    }
    let mut path = vec![from];
    while left > 0 {
        let last = *path.last()?;
        let mut neighbors = (0..network.ports()).filter_map(|port| network.neighbor(last, port));
        path.push(neighbors.find(|&next| distance[next] + 1 == left)?);
        left -= 1;
    }
    Some(path)
}

/// Turns loads from some number of sources into an analysis.
fn summarize(network: &Network, sources: usize, loads: Loads) -> Analysis {
    let chips = network.chips();
    let others = chips.saturating_sub(1) as f64;
    let largest = loads.largest();
    Analysis {
        chips,
        diameter: loads.diameter,
        mean_distance: if others > 0.0 { loads.distances as f64 / (others * sources as f64) } else { 0.0 },
        bisection_links: network.plane_bisection(),
        alltoall_links_per_chip: if largest > 0.0 { others / largest } else { 0.0 },
    }
}

/// Holds the working memory of searches from one source after another.
pub(super) struct Scratch {
    order: Vec<u32>,
    distance: Vec<u32>,
    paths: Vec<f64>,
    carried: Vec<f64>,
}

impl Scratch {
    pub(super) fn new(chips: usize) -> Self {
        Self {
            order: Vec::with_capacity(chips),
            distance: vec![0; chips],
            paths: vec![0.0; chips],
            carried: vec![0.0; chips],
        }
    }

    /// Sends 1 from a source to every other chip and reports the load of each directed link it uses.
    ///
    /// Returns the longest distance and the sum of distances, or `None` if some chip is out of reach.
    fn send_to_all(
        &mut self,
        network: &Network,
        source: usize,
        report: impl FnMut(usize, f64),
    ) -> Option<(usize, u64)> {
        self.reach(network, source);
        if self.order.len() != network.chips() {
            return None;
        }
        self.send(network, |_| 1.0, report);
        let sum = self.distance.iter().map(|&distance| u64::from(distance)).sum();
        Some((self.order.last().map_or(0, |&last| self.distance[last as usize] as usize), sum))
    }

    /// Counts the shortest paths from a source to every chip within its reach.
    pub(super) fn reach(&mut self, network: &Network, source: usize) {
        let (ports, table) = (network.ports(), network.table());
        self.order.clear();
        self.distance.fill(u32::MAX);
        self.paths.fill(0.0);
        let Ok(first) = u32::try_from(source) else { return };
        self.distance[source] = 0;
        self.paths[source] = 1.0;
        self.order.push(first);
        let mut head = 0;
        while head < self.order.len() {
            let chip = self.order[head] as usize;
            head += 1;
            let step = self.distance[chip] + 1;
            for &entry in &table[chip * ports..(chip + 1) * ports] {
                if !Network::is_link(entry) {
                    continue;
                }
                let other = entry as usize;
                if self.distance[other] == u32::MAX {
                    self.distance[other] = step;
                    self.order.push(entry);
                }
                if self.distance[other] == step {
                    self.paths[other] += self.paths[chip];
                }
            }
        }
    }

    /// Tells whether the last search reached a chip.
    pub(super) fn is_reached(&self, chip: usize) -> bool {
        self.distance[chip] != u32::MAX
    }

    /// Sends a demand from the source of the last search to each chip in its reach, split equally over
    /// shortest paths, and reports the load of each directed link from the farthest chip back.
    pub(super) fn send(
        &mut self,
        network: &Network,
        demand: impl Fn(usize) -> f64,
        mut report: impl FnMut(usize, f64),
    ) {
        let (ports, table) = (network.ports(), network.table());
        self.carried.fill(0.0);
        for &chip in self.order.iter().rev() {
            let chip = chip as usize;
            let step = self.distance[chip] + 1;
            let mut carried = 0.0;
            for port in 0..ports {
                let entry = table[chip * ports + port];
                if Network::is_link(entry) && self.distance[entry as usize] == step {
                    let other = entry as usize;
                    let load = self.paths[chip] / self.paths[other] * (demand(other) + self.carried[other]);
                    report(chip * ports + port, load);
                    carried += load;
                }
            }
            self.carried[chip] = carried;
        }
    }
}
