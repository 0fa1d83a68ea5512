//! What learned maps cost: rings and torus neighbours.

use super::super::fabric::DIMENSIONS;
use super::super::shape::{CUBE_SIDE, Shape};
use super::LearnedError;
use super::graph::{CLASSES, Graph, PLACES, PORTS, Search};
use super::translations::Translations;

/// Holds the cycles that the plus ports of one dimension form; on a torus all are one side long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rings {
    /// The number of cycles through the chips of the slice.
    pub rings: usize,
    /// The fewest chips of a cycle.
    pub shortest: usize,
    /// The most chips of a cycle.
    pub longest: usize,
}

/// Returns the cycles of plus ports in each dimension, which ring all-reduces run on.
#[must_use]
pub fn rings(translations: &Translations) -> [Rings; DIMENSIONS] {
    let graph = Graph::new(translations);
    [0, 1, 2].map(|axis| {
        let mut seen = vec![false; graph.chips()];
        let mut rings = Rings { rings: 0, shortest: usize::MAX, longest: 0 };
        for start in 0..graph.chips() {
            let (mut chip, mut length) = (start, 0);
            while !seen[chip] {
                seen[chip] = true;
                chip = graph.next(chip, 2 * axis);
                length += 1;
            }
            if length > 0 {
                rings.rings += 1;
                rings.shortest = rings.shortest.min(length);
                rings.longest = rings.longest.max(length);
            }
        }
        rings
    })
}

/// Holds how far apart the neighbours on the regular torus are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NeighborDistance {
    /// The mean distance, in links; 1 on the torus itself.
    pub mean: f64,
    /// The longest distance, in links.
    pub longest: usize,
}

/// Returns the distance between chips that are neighbours on the regular torus of the same grid.
///
/// # Errors
/// Refuses maps under which some chip cannot reach another.
pub fn neighbor_distance(translations: &Translations) -> Result<NeighborDistance, LearnedError> {
    let torus = torus_graph(translations.grid())?;
    let graph = Graph::new(translations);
    let mut search = Search::new(graph.chips(), 1);
    let (mut sum, mut longest) = (0_u64, 0);
    for source in 0..PLACES {
        search.reach(&graph, &[1; CLASSES], source).ok_or(LearnedError::NotConnected)?;
        for port in 0..PORTS {
            let distance = search.distance[torus.next(source, port)];
            sum += u64::from(distance);
            longest = longest.max(distance as usize);
        }
    }
    Ok(NeighborDistance { mean: sum as f64 / CLASSES as f64, longest })
}

/// Returns the regular torus on a grid of cubes.
fn torus_graph(grid: [usize; 3]) -> Result<Graph, LearnedError> {
    let shape = Shape::new(grid.map(|cubes| cubes * CUBE_SIDE))?;
    Ok(Graph::new(&Translations::of_torus(shape)))
}
