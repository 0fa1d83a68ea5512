//! The graph of chips under translations, and shortest-path flows from the 64 chips of one cube.
//!
//! Chips are numbered cube after cube, 64 each, so that chip modulo 64 is the place in the cube. The links
//! that leave one place through one port are a class: translations carry each into all others.

use rayon::prelude::*;

use super::super::fabric::{DIMENSIONS, POSITIONS, SWITCHES, face_position};
use super::super::network::{number_of, place_of};
use super::super::shape::CUBE_SIDE;
use super::translations::{Translations, add};

/// The ports of a chip.
pub(super) const PORTS: usize = 2 * DIMENSIONS;
/// The chips of one cube.
pub(super) const PLACES: usize = CUBE_SIDE * CUBE_SIDE * CUBE_SIDE;
/// The classes of directed links: 64 places in a cube x 6 ports.
pub const CLASSES: usize = PLACES * PORTS;
/// The longest length of a link class in whole units, as shortest paths count them.
pub(super) const LONGEST: u32 = 1 << 11;
/// Sources that share one working memory.
const CHUNK: usize = 8;
/// The sides of a cube in chips.
const CUBE: [usize; 3] = [CUBE_SIDE; 3];

/// Holds what lies past each port of each chip; a dark link leads back to its own chip.
#[derive(Debug, Clone)]
pub(super) struct Graph {
    pub(super) grid: [usize; 3],
    pub(super) next: Vec<u32>,
}

/// Holds the flow of 1 from every chip to every other, or from one chip alone, along short paths.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Flow {
    /// The load of each link of a class, at index place * 6 + port.
    pub(super) loads: Vec<f64>,
    /// The sum of the distances from the chips that send, one of each place in a cube, in units of the
    /// lengths.
    pub(super) distances: u64,
    /// The longest distance.
    pub(super) farthest: u32,
}

impl Flow {
    /// Returns the largest load.
    pub(super) fn largest(&self) -> f64 {
        self.loads.iter().copied().fold(0.0, f64::max)
    }
}

impl Graph {
    /// Wires the electrical meshes of all cubes and the links through all switches.
    pub(super) fn new(translations: &Translations) -> Self {
        let mut graph = Self { grid: translations.grid(), next: meshes(translations.cubes()) };
        for (switch, &shift) in translations.shifts().iter().enumerate() {
            graph.set(switch, shift);
        }
        graph
    }

    /// Returns the number of chips.
    pub(super) fn chips(&self) -> usize {
        self.next.len() / PORTS
    }

    /// Returns the chip past a port.
    pub(super) fn next(&self, chip: usize, port: usize) -> usize {
        self.next[chip * PORTS + port] as usize
    }

    /// Returns the class of the same links in the other direction; a dark link is its own.
    pub(super) fn reverse(&self, class: usize) -> usize {
        let (place, port) = (class / PORTS, class % PORTS);
        let other = self.next(place, port);
        if other == place { class } else { other % PLACES * PORTS + (port ^ 1) }
    }

    /// Tells whether the links of a class lead anywhere.
    pub(super) fn is_live(&self, class: usize) -> bool {
        self.next(class / PORTS, class % PORTS) != class / PORTS
    }

    /// Turns the map of one switch to a translation.
    pub(super) fn set(&mut self, switch: usize, shift: [usize; 3]) {
        let grid = self.grid;
        self.connect(switch, |cube| Some(number_of(grid, add(grid, place_of(grid, cube), shift))));
    }

    /// Cuts all links of one switch.
    pub(super) fn darken(&mut self, switch: usize) {
        self.connect(switch, |_| None);
    }

    /// Connects the plus port of every cube on one switch to the minus port of another cube, or to nothing.
    fn connect(&mut self, switch: usize, target: impl Fn(usize) -> Option<usize>) {
        let (axis, plus, minus) = ends(switch);
        for cube in 0..self.chips() / PLACES {
            for (place, port) in [(plus, 2 * axis), (minus, 2 * axis + 1)] {
                let chip = cube * PLACES + place;
                self.next[chip * PORTS + port] = narrow(chip);
            }
        }
        for cube in 0..self.chips() / PLACES {
            if let Some(target) = target(cube) {
                let (from, to) = (cube * PLACES + plus, target * PLACES + minus);
                self.next[from * PORTS + 2 * axis] = narrow(to);
                self.next[to * PORTS + 2 * axis + 1] = narrow(from);
            }
        }
    }

    /// Sends 1 from every chip to every other, split equally over all paths with the fewest links.
    ///
    /// Returns `None` if some chip cannot reach another.
    pub(super) fn equal_splitting(&self) -> Option<Flow> {
        self.shortest_paths(&[1; CLASSES], &[1.0])
    }

    /// Sends 1 from every chip to every other, split over short paths by class lengths.
    ///
    /// Lengths are whole numbers from 1 to [`LONGEST`], so that ties are exact; see [`Search::spread`] for
    /// the weights. Returns `None` if some chip cannot reach another.
    pub(super) fn shortest_paths(&self, lengths: &[u32; CLASSES], weights: &[f64]) -> Option<Flow> {
        let mut sources = self.source_flows(lengths, weights)?.into_iter();
        let mut total = sources.next()?;
        for flow in sources {
            total.distances += flow.distances;
            total.farthest = total.farthest.max(flow.farthest);
            total.loads.iter_mut().zip(&flow.loads).for_each(|(sum, load)| *sum += load);
        }
        Some(total)
    }

    /// Returns the same for each of the 64 chips of a cube alone.
    pub(super) fn source_flows(&self, lengths: &[u32; CLASSES], weights: &[f64]) -> Option<Vec<Flow>> {
        let longest = lengths.iter().copied().max().unwrap_or(1);
        let parts: Vec<Option<Vec<Flow>>> = (0..PLACES / CHUNK)
            .into_par_iter()
            .map(|chunk| {
                let mut search = Search::new(self.chips(), longest);
                let flow = |source| {
                    search.reach(self, lengths, source)?;
                    let mut loads = vec![0.0; CLASSES];
                    let report = |_, _, class: usize, load: f64| loads[class] += load;
                    search.spread(self, lengths, weights, |_| 1.0, report);
                    Some(Flow {
                        loads,
                        distances: search.distance.iter().copied().map(u64::from).sum(),
                        farthest: search.distance.iter().copied().max().unwrap_or(0),
                    })
                };
                (chunk * CHUNK..(chunk + 1) * CHUNK).map(flow).collect()
            })
            .collect();
        parts.into_iter().collect::<Option<Vec<_>>>().map(|parts| parts.into_iter().flatten().collect())
    }
}

/// Tells whether links of a class leave the cube.
pub(super) fn is_optical(class: usize) -> bool {
    let (place, port) = (class / PORTS, class % PORTS);
    let step = place_of(CUBE, place)[port / 2];
    step == if port.is_multiple_of(2) { CUBE_SIDE - 1 } else { 0 }
}

/// Returns the neighbours in the electrical meshes of all cubes; every other port leads back to its chip.
fn meshes(cubes: usize) -> Vec<u32> {
    let chips = cubes * PLACES;
    let mut next: Vec<u32> = (0..chips * PORTS).map(|port| narrow(port / PORTS)).collect();
    for chip in 0..chips {
        let (cube, place) = (chip / PLACES, place_of(CUBE, chip % PLACES));
        for axis in (0..DIMENSIONS).filter(|&axis| place[axis] + 1 < CUBE_SIDE) {
            let mut after = place;
            after[axis] += 1;
            let other = cube * PLACES + number_of(CUBE, after);
            next[chip * PORTS + 2 * axis] = narrow(other);
            next[other * PORTS + 2 * axis + 1] = narrow(chip);
        }
    }
    next
}

/// Returns the axis of a switch and the places of a cube whose plus and minus ports it serves.
fn ends(switch: usize) -> (usize, usize, usize) {
    let axis = switch / POSITIONS % (SWITCHES / POSITIONS);
    let position = switch % POSITIONS;
    let at = |step| {
        (0..PLACES).find(|&place| {
            let steps = place_of(CUBE, place);
            steps[axis] == step && face_position(steps, axis) == position
        })
    };
    (axis, at(CUBE_SIDE - 1).unwrap_or(0), at(0).unwrap_or(0))
}

/// Holds the working memory of searches from one source after another.
pub(super) struct Search {
    order: Vec<u32>,
    pub(super) distance: Vec<u32>,
    paths: Vec<f64>,
    carried: Vec<f64>,
    /// Chips to visit by distance modulo the number of buckets (Dial, CACM 12, 1969, algorithm 360).
    buckets: Vec<Vec<u32>>,
}

impl Search {
    /// Makes room for a graph whose links are at most `longest` long.
    pub(super) fn new(chips: usize, longest: u32) -> Self {
        Self {
            order: Vec::with_capacity(chips),
            distance: vec![0; chips],
            paths: vec![0.0; chips],
            carried: vec![0.0; chips],
            buckets: vec![Vec::new(); longest as usize + 1],
        }
    }

    /// Makes room for links that are at most `longest` long.
    pub(super) fn set_longest(&mut self, longest: u32) {
        self.buckets.resize(longest as usize + 1, Vec::new());
    }

    /// Finds the distance of every chip, or `None` if some is out of reach.
    pub(super) fn reach(&mut self, graph: &Graph, lengths: &[u32; CLASSES], source: usize) -> Option<()> {
        self.order.clear();
        self.distance.fill(u32::MAX);
        self.distance[source] = 0;
        if self.buckets.len() == 2 {
            self.by_links(graph, source);
        } else {
            self.by_lengths(graph, lengths, source);
        }
        (self.order.len() == graph.chips()).then_some(())
    }

    /// Returns the chips in order of distance.
    pub(super) fn order(&self) -> &[u32] {
        &self.order
    }

    /// Visits chips in order of distance when every link is 1 long.
    fn by_links(&mut self, graph: &Graph, source: usize) {
        self.order.push(narrow(source));
        let mut head = 0;
        while head < self.order.len() {
            let chip = self.order[head] as usize;
            head += 1;
            let step = self.distance[chip] + 1;
            for &next in &graph.next[chip * PORTS..(chip + 1) * PORTS] {
                let other = next as usize;
                if self.distance[other] == u32::MAX {
                    self.distance[other] = step;
                    self.order.push(next);
                }
            }
        }
    }

    /// Visits chips in order of distance by class lengths.
    fn by_lengths(&mut self, graph: &Graph, lengths: &[u32; CLASSES], source: usize) {
        let count = self.buckets.len();
        self.buckets[0].push(narrow(source));
        let (mut now, mut waiting) = (0_u32, 1_usize);
        while waiting > 0 {
            let mut bucket = std::mem::take(&mut self.buckets[now as usize % count]);
            waiting -= bucket.len();
            for &entry in &bucket {
                let chip = entry as usize;
                // An entry is stale when the chip has been reached by a shorter way since.
                if self.distance[chip] != now {
                    continue;
                }
                self.order.push(entry);
                let first = chip * PORTS;
                let class = chip % PLACES * PORTS;
                for (&next, length) in
                    graph.next[first..first + PORTS].iter().zip(&lengths[class..class + PORTS])
                {
                    let (other, there) = (next as usize, now + length);
                    if there < self.distance[other] {
                        self.distance[other] = there;
                        self.buckets[there as usize % count].push(next);
                        waiting += 1;
                    }
                }
            }
            bucket.clear();
            self.buckets[now as usize % count] = bucket;
            now += 1;
        }
    }

    /// Sends a demand from the source to every other chip and reports chip, port, class and load of each
    /// link.
    ///
    /// The last link of a path that is `slack` longer than the shortest one weighs `weights[slack]`, and
    /// nothing beyond them; every link leads to a larger distance. Loads are summed from the farthest chip
    /// back (Brandes, "A faster algorithm for betweenness centrality", 2001).
    pub(super) fn spread(
        &mut self,
        graph: &Graph,
        lengths: &[u32; CLASSES],
        weights: &[f64],
        demand: impl Fn(usize) -> f64,
        mut report: impl FnMut(usize, usize, usize, f64),
    ) {
        let weight = |from: u32, length: u32, to: u32| {
            // A link that leads no farther has a slack of at least its length.
            if to > from { weights.get((from + length - to) as usize).copied() } else { None }
        };
        self.paths.fill(0.0);
        if let Some(&source) = self.order.first() {
            self.paths[source as usize] = 1.0;
        }
        for &chip in &self.order {
            let chip = chip as usize;
            let (distance, paths) = (self.distance[chip], self.paths[chip]);
            for port in 0..PORTS {
                let other = graph.next(chip, port);
                let length = lengths[chip % PLACES * PORTS + port];
                if let Some(weight) = weight(distance, length, self.distance[other]) {
                    self.paths[other] += paths * weight;
                }
            }
        }
        for &chip in self.order.iter().rev() {
            let chip = chip as usize;
            let (distance, paths) = (self.distance[chip], self.paths[chip]);
            let mut carried = 0.0;
            for port in 0..PORTS {
                let class = chip % PLACES * PORTS + port;
                let other = graph.next(chip, port);
                if let Some(weight) = weight(distance, lengths[class], self.distance[other]) {
                    // `carried` holds the flow into a chip per weight of the paths to it.
                    let load = paths * weight * self.carried[other];
                    report(chip, port, class, load);
                    carried += load;
                }
            }
            self.carried[chip] = (demand(chip) + carried) / paths;
        }
    }
}

/// Stores a chip number; a slice has at most 2^20 chips.
fn narrow(chip: usize) -> u32 {
    u32::try_from(chip).unwrap_or(0)
}
