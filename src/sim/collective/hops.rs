//! What "hops of an all-reduce" may mean, and how two tori compare under each meaning.

use super::CollectiveError;
use super::ring::{Directions, Operation, Plan};
use super::schedule::{Link, execute};
use crate::sim::routing::{analyze_network, port_loads};
use crate::sim::topology::Topology;

/// Holds the hops of an all-reduce on two topologies under one definition.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HopCount {
    /// The definition in words.
    pub definition: &'static str,
    /// Whether it counts hops one after another, which decide latency, or all messages, which decide work.
    pub sequential: bool,
    /// The hops on the flat torus.
    pub flat: f64,
    /// The hops on the other topology.
    pub torus: f64,
}

/// Holds the hops under all definitions, and the ratios flat torus over torus.
#[derive(Debug, Clone, PartialEq)]
pub struct HopComparison {
    /// The definitions in a fixed order.
    pub counts: Vec<HopCount>,
    /// The largest ratio: the definition that favours the torus most.
    pub best: f64,
    /// The arithmetic mean of the ratios.
    pub mean: f64,
    /// The smallest ratio.
    pub worst: f64,
}

impl HopCount {
    /// Returns the hops on the flat torus over those on the torus.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        self.flat / self.torus
    }
}

/// The definitions, each with whether it counts hops one after another.
const DEFINITIONS: [(&str, bool); 9] = [
    ("steps of rings over the axes in turn, all the way around", true),
    ("steps of rings over the axes in turn, both ways to halfway", true),
    ("the longest shortest route between two chips", true),
    ("the mean shortest route between two chips", true),
    ("depth of a tree of shortest routes, up to reduce and down to broadcast", true),
    ("links to the root and back, as a mean over all chips", true),
    ("steps of one ring through all chips", true),
    ("messages a chip sends in rings over all axes at once, both directions", false),
    ("messages a chip sends in a tree, as a mean over all chips", false),
];

/// Compares the hops of an all-reduce on a torus and on a flat torus under nine definitions.
///
/// They include those that favour neither topology, so the worst ratio says as much as the best. The routes
/// come from a search of the networks and the steps from executed schedules.
///
/// # Errors
/// Refuses topologies without rings.
pub fn compare_hops(torus: &Topology, flat: &Topology) -> Result<HopComparison, CollectiveError> {
    let (torus, flat) = (hops_of(torus)?, hops_of(flat)?);
    let counts: Vec<HopCount> = DEFINITIONS
        .into_iter()
        .zip(flat.into_iter().zip(torus))
        .map(|((definition, sequential), (flat, torus))| HopCount { definition, sequential, flat, torus })
        .collect();
    let ratios = || counts.iter().map(HopCount::ratio);
    Ok(HopComparison {
        best: ratios().fold(f64::NEG_INFINITY, f64::max),
        mean: ratios().sum::<f64>() / counts.len() as f64,
        worst: ratios().fold(f64::INFINITY, f64::min),
        counts,
    })
}

/// Counts the hops on one topology in the order of the definitions.
fn hops_of(topology: &Topology) -> Result<[f64; DEFINITIONS.len()], CollectiveError> {
    let network = topology.network();
    let chips = network.chips() as f64;
    // hops do not depend on the speed of links or on the length of vectors
    let link = Link { bandwidth: 1.0, latency: 0.0 };
    let ring = |directions| {
        let plan = Plan::new(&network, Operation::AllReduce, directions)?;
        execute(&network, &plan.schedule(chips), &link)
    };
    let one = ring(Directions::One)?;
    let opposite = ring(Directions::Opposite)?;
    let shortest = ring(Directions::Shortest)?;
    let (diameter, distances) = if topology.is_vertex_transitive() {
        let loads = port_loads(&network, 0).ok_or(CollectiveError::Disconnected)?;
        (loads.diameter as f64, loads.distances as f64 / (chips - 1.0))
    } else {
        let analysis = analyze_network(&network).ok_or(CollectiveError::Disconnected)?;
        (analysis.diameter as f64, analysis.mean_distance)
    };
    Ok([
        one.steps as f64,
        shortest.steps as f64,
        diameter,
        distances,
        2.0 * diameter,
        2.0 * distances,
        2.0 * (chips - 1.0),
        opposite.hops as f64 / chips,
        2.0 * (chips - 1.0) / chips,
    ])
}
