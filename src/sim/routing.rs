//! All shortest paths with equal splitting: link loads, distances, ideal all-to-all and a bisection bound.

use rayon::prelude::*;

use super::topology::{DIRECTIONS, Topology};

/// What a topology offers to uniform traffic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Analysis {
    /// Number of chips.
    pub chips: usize,
    /// Largest distance between two chips, in hops.
    pub diameter: usize,
    /// Mean distance between two different chips, in hops.
    pub mean_distance: f64,
    /// Fewest cables cut by a balanced split along coordinate planes: an upper bound on the bisection.
    pub bisection_links: usize,
    /// Ideal all-to-all throughput of a chip, in links' worth of bandwidth: (N - 1) / largest link load.
    pub alltoall_links_per_chip: f64,
}

/// Loads of all directed links when each chip sends one unit to every other chip.
#[derive(Clone, Debug, PartialEq)]
pub struct Loads {
    /// Load of the link of chip c in direction d at index 6 c + d, or, in a symmetric topology, of
    /// any chip's link in direction d at index d.
    pub links: Vec<f64>,
    /// Sum of distances from one chip, or over all chips in a mesh.
    pub distance_sum: usize,
    /// Largest distance.
    pub diameter: usize,
}

/// Analyses a topology under uniform traffic.
pub fn analyze(topology: &Topology) -> Analysis {
    let chips = topology.shape().chips();
    let loads = link_loads(topology);
    let sources = if topology.is_symmetric() { 1 } else { chips };
    let largest = loads.links.iter().copied().fold(0.0, f64::max);
    Analysis {
        chips,
        diameter: loads.diameter,
        mean_distance: loads.distance_sum as f64 / (sources * (chips - 1)) as f64,
        bisection_links: bisection_bound(topology),
        alltoall_links_per_chip: (chips - 1) as f64 / largest,
    }
}

/// Link loads of uniform all-to-all traffic, split equally over all shortest paths.
///
/// Tori and twisted tori are Cayley graphs of abelian groups, so the load of a link is the sum, over
/// one source's traffic, of what all links of its direction carry.
pub fn link_loads(topology: &Topology) -> Loads {
    let chips = topology.shape().chips();
    let table = neighbour_table(topology);
    if topology.is_symmetric() {
        let mut source = Source::new(chips);
        let mut links = vec![0.0; DIRECTIONS.len()];
        source.route(0, &table, |link, load| links[link % DIRECTIONS.len()] += load);
        return Loads { links, distance_sum: source.distance_sum(), diameter: source.diameter() };
    }
    // Chunks of fixed size, added in order, give the same sums with any number of threads.
    let all: Vec<usize> = (0..chips).collect();
    let parts: Vec<Loads> = all.par_chunks(chips.div_ceil(64)).map(|part| mesh_part(part, &table)).collect();
    let mut total = Loads { links: vec![0.0; table.len()], distance_sum: 0, diameter: 0 };
    for part in parts {
        total.links.iter_mut().zip(&part.links).for_each(|(sum, load)| *sum += load);
        total.distance_sum += part.distance_sum;
        total.diameter = total.diameter.max(part.diameter);
    }
    total
}

fn mesh_part(sources: &[usize], table: &[u32]) -> Loads {
    let mut source = Source::new(table.len() / DIRECTIONS.len());
    let mut loads = Loads { links: vec![0.0; table.len()], distance_sum: 0, diameter: 0 };
    for &chip in sources {
        source.route(chip, table, |link, load| loads.links[link] += load);
        loads.distance_sum += source.distance_sum();
        loads.diameter = loads.diameter.max(source.diameter());
    }
    loads
}

const NO_CHIP: u32 = u32::MAX;

fn neighbour_table(topology: &Topology) -> Vec<u32> {
    let links =
        |chip| DIRECTIONS.map(|direction| topology.neighbour(chip, direction).map_or(NO_CHIP, |c| c as u32));
    (0..topology.shape().chips()).flat_map(links).collect()
}

/// Shortest paths from one chip (Brandes 2001, doi:10.1080/0022250X.2001.9990249).
struct Source {
    distance: Vec<u32>,
    /// Number of shortest paths; it exceeds 2^64 on large slices, so it is kept as a float.
    paths: Vec<f64>,
    through: Vec<f64>,
    order: Vec<u32>,
}

impl Source {
    fn new(chips: usize) -> Self {
        let (distance, order) = (vec![NO_CHIP; chips], Vec::with_capacity(chips));
        Self { distance, paths: vec![0.0; chips], through: vec![0.0; chips], order }
    }

    /// Sends one unit to every other chip and tells the load this puts on each link.
    fn route(&mut self, source: usize, table: &[u32], mut carry: impl FnMut(usize, f64)) {
        let degree = DIRECTIONS.len();
        self.distance.fill(NO_CHIP);
        self.paths.fill(0.0);
        self.through.fill(0.0);
        self.order.clear();
        self.distance[source] = 0;
        self.paths[source] = 1.0;
        self.order.push(source as u32);
        let mut next = 0;
        while let Some(&chip) = self.order.get(next) {
            next += 1;
            let chip = chip as usize;
            for &other in table[chip * degree..][..degree].iter().filter(|&&other| other != NO_CHIP) {
                let other = other as usize;
                if self.distance[other] == NO_CHIP {
                    self.distance[other] = self.distance[chip] + 1;
                    self.order.push(other as u32);
                }
                if self.distance[other] == self.distance[chip] + 1 {
                    self.paths[other] += self.paths[chip];
                }
            }
        }
        for &chip in self.order.iter().rev() {
            let chip = chip as usize;
            for (direction, &other) in table[chip * degree..][..degree].iter().enumerate() {
                if other != NO_CHIP && self.distance[other as usize] == self.distance[chip] + 1 {
                    let other = other as usize;
                    let load = self.paths[chip] / self.paths[other] * (1.0 + self.through[other]);
                    self.through[chip] += load;
                    carry(chip * degree + direction, load);
                }
            }
        }
    }

    fn distance_sum(&self) -> usize {
        self.order.iter().map(|&chip| self.distance[chip as usize] as usize).sum()
    }

    fn diameter(&self) -> usize {
        self.order.last().map_or(0, |&chip| self.distance[chip as usize] as usize)
    }
}

/// Fewest cables between the halves of a slice, over all splits by half of one axis's positions.
fn bisection_bound(topology: &Topology) -> usize {
    let sides = topology.shape().sides();
    let axes = (0..3).filter(|&axis| sides[axis] > 1 && sides[axis].is_multiple_of(2));
    let cuts = axes.flat_map(|axis| (0..sides[axis] / 2).map(move |start| (axis, start)));
    cuts.map(|(axis, start)| cables_cut(topology, axis, start)).min().unwrap_or(0)
}

fn cables_cut(topology: &Topology, axis: usize, start: usize) -> usize {
    let half = topology.shape().sides()[axis] / 2;
    let is_inside = |chip| (start..start + half).contains(&topology.position(chip)[axis]);
    let forward = DIRECTIONS.into_iter().filter(|direction| direction.forward);
    let cut = forward.map(|direction| {
        let ends = (0..topology.shape().chips())
            .filter_map(|chip| Some((chip, topology.neighbour(chip, direction)?)));
        ends.filter(|&(a, b)| is_inside(a) != is_inside(b)).count()
    });
    cut.sum()
}
