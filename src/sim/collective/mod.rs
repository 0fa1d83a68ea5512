//! Collectives on the modelled networks, each computed by a schedule that is run link by link.
//!
//! [`Plan`] builds ring schedules for reduce-scatter, all-gather and all-reduce and [`execute`] runs them;
//! [`Trees`] runs the same operations on any network as fast as [`all_gather_bound`] allows,
//! [`all_to_all`] and [`sparse_gather`] route traffic between pairs by equal splitting, [`compare_hops`]
//! counts what "hops" may mean, and [`slowdowns`] sets the torus beside islands joined by Infiniband.

mod alltoall;
mod forest;
mod hops;
mod infiniband;
mod mincut;
mod pipeline;
mod ring;
mod schedule;
mod symmetry;
mod time;
mod trees;

pub use alltoall::{Gather, MOST_ROWS, all_to_all, all_to_all_on, sparse_gather};
pub use forest::{Forest, MOST_TREES, even_trees};
pub use hops::{HopComparison, HopCount, compare_hops};
pub use infiniband::{
    FatTree, Hybrid, ISLAND_CHIPS, IslandWiring, Slowdown, fat_tree_of_whole_pods, fat_tree_switches,
    full_fat_tree, full_fat_tree_points, scaled_switches, slowdowns,
};
pub use mincut::{CutBound, MaxFlow, all_gather_bound};
pub use pipeline::{Gathered, MOST_CHUNKS, Pipeline, SMALLEST_CHUNK, Sent};
pub use ring::{Directions, Operation, Phase, Piece, Plan};
pub use schedule::{Executed, Lane, Link, PortBytes, Schedule, Stage, Step, Transfer, Transfers, execute};
pub use symmetry::{MOST_SYMMETRY_CHIPS, Symmetry};
pub use time::{Collective, CollectiveTime, time};
pub use trees::{ByTrees, Trees};

use thiserror::Error;

/// Tells why a collective is refused.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum CollectiveError {
    /// A quantity is outside its range.
    #[error("{name} is {value}: expected {expected}")]
    OutOfRange {
        /// The quantity at fault.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The range in words.
        expected: &'static str,
    },
    /// A transfer leaves through a port that has no link.
    #[error("a transfer leaves chip {chip} through port {port}, which has no link")]
    NoLink {
        /// The chip that sends.
        chip: usize,
        /// The port at fault.
        port: usize,
    },
    /// Two lanes of a stage use one link.
    #[error("two lanes of a stage use the link from chip {chip} through port {port}")]
    SharedLink {
        /// The chip that sends.
        chip: usize,
        /// The port.
        port: usize,
    },
    /// A ring is open, as on a mesh.
    #[error("rings need closed axes, but port {port} of chip {chip} has no link (a mesh has no rings)")]
    OpenRing {
        /// The chip at the end.
        chip: usize,
        /// The port at fault.
        port: usize,
    },
    /// The rings of two axes do not line up.
    #[error(
        "the rings of axes {first} and {second} do not line up: from chip {chip} one step on each ends on \
         different chips in the two orders, so a reduced part has no ring of owners on the next axis"
    )]
    RingsCross {
        /// The chip where the orders differ.
        chip: usize,
        /// One axis, from 0.
        first: usize,
        /// The other axis, from 0.
        second: usize,
    },
    /// Some chip cannot be reached.
    #[error("some chip cannot reach another")]
    Disconnected,
    /// The name is not that of a collective.
    #[error("`{0}` is not a collective: choose all-reduce, reduce-scatter, all-gather or all-to-all")]
    Unknown(String),
    /// The slice cannot be divided into islands.
    #[error("{chips} chips are not two or more islands of {island}")]
    NotIslands {
        /// The chips as given.
        chips: usize,
        /// The chips of an island.
        island: usize,
    },
    /// A fat tree cannot have this many ports or end points.
    #[error(
        "no three-level fat tree of {ports}-port switches has {end_points} end points: expected an even \
         number of ports from 2 to 1024, and 1 to ports^3 / 4 end points"
    )]
    NotAFatTree {
        /// The ports of a switch as given.
        ports: usize,
        /// The end points as given.
        end_points: usize,
    },
}

/// Refuses what is not a finite number of at least zero.
fn check_amount(name: &'static str, value: f64) -> Result<(), CollectiveError> {
    if value.is_finite() && value >= 0.0 {
        return Ok(());
    }
    Err(CollectiveError::OutOfRange { name, value, expected: "a finite number of at least 0" })
}

/// Refuses what is not a finite number above zero.
fn check_positive(name: &'static str, value: f64) -> Result<(), CollectiveError> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    Err(CollectiveError::OutOfRange { name, value, expected: "a finite number above 0" })
}
