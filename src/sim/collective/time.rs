//! The time of a collective on a topology, by name.

use std::fmt;
use std::str::FromStr;

use super::alltoall::all_to_all_on;
use super::ring::{Directions, Operation, Plan};
use super::schedule::{Executed, Link, execute};
use super::{CollectiveError, check_amount};
use crate::sim::topology::Topology;

/// Names a collective.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Collective {
    /// Every chip ends with the sum of all vectors.
    AllReduce,
    /// Every chip ends with its piece of the sum of all vectors.
    ReduceScatter,
    /// Every chip ends with the pieces of all chips.
    AllGather,
    /// Every chip sends a piece of its own to every other chip.
    AllToAll,
}

/// Holds the time of a collective and what its execution counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CollectiveTime {
    /// The time, in seconds.
    pub seconds: f64,
    /// The bytes of one chip's vector over the time, in bytes per second; zero when the time is zero.
    pub algorithm_bandwidth: f64,
    /// The steps, one after another.
    pub steps: usize,
    /// The transfers over single links.
    pub hops: u64,
    /// The bytes over the busiest link.
    pub busiest_link_bytes: f64,
    /// The bytes over all links.
    pub total_link_bytes: f64,
    /// The share of the time in which links carry bytes, as a mean over all links.
    pub mean_link_use: f64,
}

impl Collective {
    /// Lists all collectives.
    pub const ALL: [Self; 4] = [Self::AllReduce, Self::ReduceScatter, Self::AllGather, Self::AllToAll];

    /// Returns the name, such as `all-reduce`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AllReduce => "all-reduce",
            Self::ReduceScatter => "reduce-scatter",
            Self::AllGather => "all-gather",
            Self::AllToAll => "all-to-all",
        }
    }
}

impl fmt::Display for Collective {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Collective {
    type Err = CollectiveError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|kind| kind.name() == text);
        named.ok_or_else(|| CollectiveError::Unknown(text.to_owned()))
    }
}

/// Computes the time of a collective on vectors of so many bytes on every chip.
///
/// The bytes are those of a whole vector: what a chip puts into a reduction, what it holds after an
/// all-gather, and what an all-to-all cuts into one piece per chip, its own included. Rings run in
/// [`Directions::Shortest`]; an all-to-all splits its traffic equally over shortest paths.
///
/// # Errors
/// Refuses bytes and links that are not numbers in range, and rings on a mesh.
pub fn time(
    kind: Collective,
    topology: &Topology,
    bytes: f64,
    link: &Link,
) -> Result<CollectiveTime, CollectiveError> {
    check_amount("the bytes of a vector", bytes)?;
    let network = topology.network();
    let ring = |operation| {
        let plan = Plan::new(&network, operation, Directions::Shortest)?;
        execute(&network, &plan.schedule(bytes), link)
    };
    let done: Executed = match kind {
        Collective::AllReduce => ring(Operation::AllReduce)?,
        Collective::ReduceScatter => ring(Operation::ReduceScatter)?,
        Collective::AllGather => ring(Operation::AllGather)?,
        Collective::AllToAll => all_to_all_on(topology, bytes / topology.chips() as f64, link)?,
    };
    Ok(CollectiveTime {
        seconds: done.seconds,
        algorithm_bandwidth: if done.seconds > 0.0 { bytes / done.seconds } else { 0.0 },
        steps: done.steps,
        hops: done.hops,
        busiest_link_bytes: done.busiest_link_bytes(),
        total_link_bytes: done.link_bytes.iter().sum(),
        mean_link_use: done.mean_link_use(&network, link),
    })
}
