//! Limits of any maps: what no wiring of the 48 switches, and no graph of six links a chip, can exceed.
//!
//! Whatever the switches hold, a walk between chips alternates walks in the mesh of a cube and optical links.
//! Let every optical link lead to a fresh cube: the cubes form a tree, the universal cover of the graph of
//! cubes. Every walk under any maps is the image of a walk of the tree that starts at the same place of a
//! cube, passes links of the same classes and ends at the same place. So n chips of one place, one for each
//! cube, have n different chips of that place above them in the tree, and the sum of their distances is at
//! least the sum of the n smallest in the tree. In the tree no walk returns to a cube but by the link that it
//! left through, so distances are sums over the cubes between. Moore's bound for graphs is the same with
//! chips in place of cubes.
//!
//! By duality of linear programming a bound on distances, for any lengths of links, bounds the all-to-all:
//! the rate of each chip is at most (N - 1) times the sum of lengths over the sum of distances. Electrical
//! links are given one length and optical links another.

use rayon::prelude::*;

use super::super::fabric::SWITCHES;
use super::super::network::place_of;
use super::super::shape::{CUBE_SIDE, MOST_CHIPS};
use super::LearnedError;
use super::graph::{CLASSES, Graph, PLACES, PORTS, is_optical};
use super::translations::Translations;

/// The length of an electrical link.
const ELECTRICAL: usize = 4;
/// The lengths of an optical link that are tried: one to four electrical ones.
const OPTICAL: std::ops::RangeInclusive<usize> = ELECTRICAL..=4 * ELECTRICAL;

/// Holds what no maps of a number of cubes can exceed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FabricBound {
    /// The least mean distance between two different chips, in links.
    pub mean_distance: f64,
    /// The least diameter.
    pub diameter: usize,
    /// The most all-to-all of each chip, in units of one link's bandwidth.
    pub alltoall: f64,
}

/// Bounds the all-to-all of any maps of a number of cubes.
///
/// # Errors
/// Refuses no cubes, and more than a slice may have.
pub fn fabric_bound(cubes: usize) -> Result<FabricBound, LearnedError> {
    let most = MOST_CHIPS / PLACES;
    if !(1..=most).contains(&cubes) {
        return Err(LearnedError::Range { name: "the number of cubes", value: cubes, most });
    }
    let tree = Tree::new()?;
    let pairs = (cubes * PLACES * PLACES - PLACES) as f64;
    let optical = tree.ports.len() as f64;
    let mut alltoall = f64::INFINITY;
    for length in OPTICAL {
        let sum = ELECTRICAL as f64 * (CLASSES as f64 - optical) + length as f64 * optical;
        let (distances, _) = tree.nearest_of_all(cubes, ELECTRICAL, length);
        alltoall = alltoall.min(pairs / PLACES as f64 * sum / distances);
    }
    let (distances, diameter) = tree.nearest_of_all(cubes, 1, 1);
    Ok(FabricBound { mean_distance: distances / pairs, diameter, alltoall })
}

/// Returns the least mean distance of a graph of as many chips with six links each (Moore's bound on the
/// number of chips within a distance; Cerf, Cowan, Mullin and Stanton, "A lower bound on the average shortest
/// path length in regular graphs", Networks 4, 1974).
#[must_use]
pub fn moore_mean_distance(chips: usize) -> f64 {
    let others = chips.saturating_sub(1) as f64;
    let (mut left, mut ring, mut distance, mut sum) = (others, PORTS as f64, 0.0, 0.0);
    while left > 0.0 {
        distance += 1.0;
        let reached = left.min(ring);
        sum += distance * reached;
        left -= reached;
        ring *= PORTS as f64 - 1.0;
    }
    sum / others
}

/// The tree of cubes.
struct Tree {
    /// The links of the shortest walk in the mesh of a cube, from place * 64 + place.
    mesh: Vec<usize>,
    /// The 96 optical links out of a cube.
    ports: Vec<Port>,
}

/// An optical link out of a cube.
struct Port {
    place: usize,
    /// The port through which it enters the next cube.
    entry: usize,
}

impl Tree {
    fn new() -> Result<Self, LearnedError> {
        // One cube that is joined to itself has the classes of all links.
        let graph = Graph::new(&Translations::new([1; 3], vec![[0; 3]; SWITCHES])?);
        let optical: Vec<usize> = (0..CLASSES).filter(|&class| is_optical(class)).collect();
        let port = |&class: &usize| {
            let back = graph.reverse(class);
            let entry = optical.iter().position(|&other| other == back);
            Port { place: class / PORTS, entry: entry.unwrap_or(0) }
        };
        let ports = optical.iter().map(port).collect();
        let steps = |from: usize, to: usize| {
            let [from, to] = [from, to].map(|place| place_of([CUBE_SIDE; 3], place));
            (0..3).map(|axis| from[axis].abs_diff(to[axis])).sum()
        };
        let mesh = (0..PLACES * PLACES).map(|pair| steps(pair / PLACES, pair % PLACES)).collect();
        Ok(Self { mesh, ports })
    }

    /// Returns the least sum of distances from the 64 places of a cube to all chips, and the least largest
    /// distance.
    fn nearest_of_all(&self, cubes: usize, electrical: usize, optical: usize) -> (f64, usize) {
        // Places with as many steps inside a face see the same tree: one for each stands for 8, 24, 24 and 8.
        let nearest: Vec<(f64, usize)> = [(0, 8.0), (1, 24.0), (5, 24.0), (21, 8.0)]
            .into_par_iter()
            .map(|(place, count)| {
                let (sum, farthest) = self.nearest(place, cubes, electrical, optical);
                (sum * count, farthest)
            })
            .collect();
        nearest.into_iter().fold((0.0, 0), |(sum, most), (part, farthest)| (sum + part, most.max(farthest)))
    }

    /// Returns the sum of the distances from a place of the first cube to the `copies` nearest chips of each
    /// place, and the largest of them.
    fn nearest(&self, source: usize, copies: usize, electrical: usize, optical: usize) -> (f64, usize) {
        let copies = copies as f64;
        let mut counts = Counts { electrical, optical, cubes: Vec::new(), chips: Vec::new() };
        let mut left = vec![copies; PLACES];
        let (mut sum, mut farthest, mut distance) = (0.0, 0, 0);
        counts.add(self, source, None, 1.0, 0);
        while left.iter().any(|&left| left > 0.0) {
            // More than all copies of a place within reach change nothing.
            counts.advance(self, distance, copies);
            for (left, &found) in left.iter_mut().zip(counts.chips.get(distance).into_iter().flatten()) {
                let taken = left.min(found);
                if taken > 0.0 {
                    farthest = distance;
                    sum += taken * distance as f64;
                    *left -= taken;
                }
            }
            distance += 1;
        }
        (sum, farthest)
    }
}

/// Counts cubes and chips of the tree by their distance from a place of the first cube.
struct Counts {
    electrical: usize,
    optical: usize,
    /// At index distance, then port: the cubes that are entered by a port and not yet looked into.
    cubes: Vec<Vec<f64>>,
    /// At index distance, then place: the chips.
    chips: Vec<Vec<f64>>,
}

impl Counts {
    /// Looks into the cubes at a distance, of those that are entered by the same port at most a number.
    fn advance(&mut self, tree: &Tree, distance: usize, most: f64) {
        let Some(entered) = self.cubes.get_mut(distance).map(std::mem::take) else { return };
        for (entry, &count) in entered.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            self.add(tree, tree.ports[entry].place, Some(entry), count.min(most), distance);
        }
    }

    /// Adds the chips of `count` cubes that are entered at a place, and the cubes behind their other ports.
    fn add(&mut self, tree: &Tree, place: usize, entry: Option<usize>, count: f64, distance: usize) {
        let walk = |to: usize| distance + self.electrical * tree.mesh[place * PLACES + to];
        for to in 0..PLACES {
            *at(&mut self.chips, walk(to), PLACES, to) += count;
        }
        for (_, port) in tree.ports.iter().enumerate().filter(|(index, _)| Some(*index) != entry) {
            *at(&mut self.cubes, walk(port.place) + self.optical, tree.ports.len(), port.entry) += count;
        }
    }
}

/// Returns a count in a table that grows.
fn at(table: &mut Vec<Vec<f64>>, row: usize, columns: usize, column: usize) -> &mut f64 {
    if table.len() <= row {
        table.resize(row + 1, Vec::new());
    }
    let row = &mut table[row];
    if row.is_empty() {
        row.resize(columns, 0.0);
    }
    &mut row[column]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Builds the tree of cubes link by link and walks it.
    #[test]
    fn counts_in_the_tree_equal_a_search_of_the_tree_itself() {
        let tree = Tree::new().unwrap();
        assert_eq!(tree.ports.len(), 96);
        for source in [0, 5, 21] {
            // all walks of at most five links
            let mut found = std::collections::BTreeMap::from([((0, source), 0)]);
            let mut parents: Vec<(usize, Option<usize>)> = vec![(0, None)];
            let mut queue = std::collections::VecDeque::from([(0, source)]);
            let mut children = std::collections::BTreeMap::new();
            while let Some((cube, place)) = queue.pop_front() {
                let distance = found[&(cube, place)];
                if distance == 5 {
                    continue;
                }
                let near = (0..PLACES).filter(|&to| tree.mesh[place * PLACES + to] == 1).map(|to| (cube, to));
                let mut next: Vec<(usize, usize)> = near.collect();
                for (index, port) in tree.ports.iter().enumerate().filter(|(_, port)| port.place == place) {
                    let (parent, entry) = parents[cube];
                    if entry == Some(index) {
                        let back = &tree.ports[index];
                        next.push((parent, tree.ports[back.entry].place));
                    } else {
                        let other = *children.entry((cube, index)).or_insert_with(|| {
                            parents.push((cube, Some(port.entry)));
                            parents.len() - 1
                        });
                        next.push((other, tree.ports[port.entry].place));
                    }
                }
                for chip in next {
                    if let std::collections::btree_map::Entry::Vacant(entry) = found.entry(chip) {
                        entry.insert(distance + 1);
                        queue.push_back(chip);
                    }
                }
            }
            let mut counts = Counts { electrical: 1, optical: 1, cubes: Vec::new(), chips: Vec::new() };
            counts.add(&tree, source, None, 1.0, 0);
            for distance in 0..=5 {
                counts.advance(&tree, distance, f64::INFINITY);
                let walked = found.values().filter(|&&steps| steps == distance).count();
                assert_eq!(counts.chips[distance].iter().sum::<f64>(), walked as f64, "{source} {distance}");
            }
        }
    }

    #[test]
    fn one_cube_has_its_mean_distance_at_least_and_moore_counts_its_rings() {
        // A cube joined to itself is a torus of 4x4x4: no walk in the tree reaches a place sooner.
        let bound = fabric_bound(1).unwrap();
        assert!((bound.mean_distance - 192.0 / 63.0).abs() < 1e-12);
        assert!((moore_mean_distance(7) - 1.0).abs() < 1e-12);
        assert!((moore_mean_distance(37) - (6.0 + 60.0) / 36.0).abs() < 1e-12);
        assert!(bound.mean_distance >= moore_mean_distance(64));
        assert!(fabric_bound(0).is_err());
    }
}
