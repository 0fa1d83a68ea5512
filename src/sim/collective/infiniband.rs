//! Islands of chips joined by Infiniband in place of optical switches.
//!
//! The alternative is that of Jouppi et al., "TPU v4", ISCA 2023, section 7.3: islands of 8 chips with their
//! own links inside, joined by a three-level fat tree of 40-port Infiniband switches. The paper does not
//! print how it models the two collectives; what is assumed here is an input or stands in the words below.

use super::alltoall::{all_to_all, all_to_all_on};
use super::schedule::{Lane, Link, Schedule, Transfer, Transfers, execute};
use super::time::{Collective, time};
use super::{CollectiveError, check_amount, check_positive};
use crate::sim::network::Network;
use crate::sim::topology::Topology;

/// The chips of an island (TPU v4, ISCA 2023, section 7.3).
pub const ISLAND_CHIPS: usize = 8;
/// The chips along each axis of an island; the shape 2x2x2 is assumed.
const ISLAND_SIDE: usize = 2;

/// Names how the 2x2x2 chips of an island are wired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IslandWiring {
    /// One cable between neighbours, as in a slice below one cube; half of the ports stay open.
    Mesh,
    /// Two cables between neighbours: each axis closes on itself, and all six ports are in use.
    Torus,
}

/// Holds the network of islands; every field is an input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hybrid {
    /// The adapters of a chip; the paper does not print them: assumed.
    pub nics_per_chip: f64,
    /// The bandwidth of an adapter in one direction, in bytes per second (200 Gbit/s in section 7.3).
    pub nic_bandwidth: f64,
    /// The time of a message from adapter to adapter, in seconds; assumed.
    pub nic_latency: f64,
    /// How an island is wired; assumed.
    pub wiring: IslandWiring,
    /// The links inside an island.
    pub link: Link,
}

/// Holds the times of a slice with optical switches and as islands joined by Infiniband.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slowdown {
    /// The all-reduce on the torus, in seconds.
    pub torus_all_reduce: f64,
    /// The all-reduce of the islands when its three phases follow each other, in seconds.
    pub hybrid_all_reduce: f64,
    /// The all-reduce of the islands when long vectors keep links and adapters busy at once, in seconds.
    pub pipelined_all_reduce: f64,
    /// The all-to-all on the torus, in seconds.
    pub torus_all_to_all: f64,
    /// The all-to-all of the islands, in seconds.
    pub hybrid_all_to_all: f64,
}

impl Slowdown {
    /// Returns the times as multiples of the torus: all-reduce in phases, pipelined, and all-to-all.
    #[must_use]
    pub fn ratios(&self) -> [f64; 3] {
        [
            self.hybrid_all_reduce / self.torus_all_reduce,
            self.pipelined_all_reduce / self.torus_all_reduce,
            self.hybrid_all_to_all / self.torus_all_to_all,
        ]
    }
}

/// Computes how much longer collectives on vectors of so many bytes take as islands than on a topology.
///
/// The all-reduce of the islands has three phases: a reduce-scatter inside islands, executed link by link, an
/// all-reduce of each eighth between islands over the adapters, and an all-gather inside. Between M islands
/// an adapter sends 2 (M - 1) / M of its eighth (Chan et al., 2007, section 5) in the 2 log2 M steps of
/// recursive halving and doubling, and a fat tree of full bisection is taken to delay nothing. In an
/// all-to-all the bytes for other islands pass through the adapters while those for the island pass through
/// its links.
///
/// # Errors
/// Refuses inputs out of range, slices that are not islands, and topologies without rings.
pub fn slowdowns(topology: &Topology, bytes: f64, hybrid: &Hybrid) -> Result<Slowdown, CollectiveError> {
    check_amount("the bytes of a vector", bytes)?;
    check_positive("the adapters of a chip", hybrid.nics_per_chip)?;
    check_positive("the bandwidth of an adapter", hybrid.nic_bandwidth)?;
    check_amount("the latency of an adapter", hybrid.nic_latency)?;
    let chips = topology.chips();
    if !chips.is_multiple_of(ISLAND_CHIPS) || chips < 2 * ISLAND_CHIPS {
        return Err(CollectiveError::NotIslands { chips, island: ISLAND_CHIPS });
    }
    let islands = (chips / ISLAND_CHIPS) as f64;
    let rate = hybrid.nics_per_chip * hybrid.nic_bandwidth;
    let inside = 2.0 * island_reduce_scatter(hybrid, bytes)?;
    let between = 2.0 * bytes / ISLAND_CHIPS as f64 * (islands - 1.0) / islands / rate
        + 2.0 * islands.log2().ceil() * hybrid.nic_latency;
    let pair = bytes / chips as f64;
    let outside = (chips - ISLAND_CHIPS) as f64 * pair / rate + hybrid.nic_latency;
    let network = island(hybrid.wiring);
    let local = all_to_all(&network, pair, &hybrid.link)?.seconds;
    Ok(Slowdown {
        torus_all_reduce: time(Collective::AllReduce, topology, bytes, &hybrid.link)?.seconds,
        hybrid_all_reduce: inside + between,
        pipelined_all_reduce: inside.max(between),
        torus_all_to_all: all_to_all_on(topology, pair, &hybrid.link)?.seconds,
        hybrid_all_to_all: outside.max(local),
    })
}

/// Builds the network of an island.
fn island(wiring: IslandWiring) -> Network {
    Network::from_plus([ISLAND_SIDE; 3], 3, |place, axis| {
        let mut next = place;
        next[axis] = (place[axis] + 1) % ISLAND_SIDE;
        (wiring == IslandWiring::Torus || next[axis] > 0).then_some(next)
    })
}

/// Executes the reduce-scatter inside an island: three parts of the vector, each halved over the three axes.
fn island_reduce_scatter(hybrid: &Hybrid, bytes: f64) -> Result<f64, CollectiveError> {
    let network = island(hybrid.wiring);
    let (mut schedule, mut lane) = (Schedule::default(), Lane::default());
    let mut left = bytes / 3.0;
    for _ in 0..3 {
        left /= 2.0;
        let mut listed = Vec::new();
        for chip in 0..network.chips() {
            for axis in 0..3 {
                // neighbours on an axis of two share one cable or two
                let open = |port: &usize| network.neighbor(chip, *port).is_some();
                let ports: Vec<usize> = [2 * axis, 2 * axis + 1].into_iter().filter(open).collect();
                let bytes = left / ports.len().max(1) as f64;
                listed.extend(ports.iter().map(|&port| Transfer { chip, port, bytes }));
            }
        }
        lane.push(Transfers::Listed(listed));
    }
    schedule.push(lane);
    Ok(execute(&network, &schedule, &hybrid.link)?.seconds)
}

/// Holds the switches of a three-level fat tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FatTree {
    /// The switches that end points connect to.
    pub leaves: usize,
    /// The switches between.
    pub aggregation: usize,
    /// The switches at the top.
    pub cores: usize,
}

impl FatTree {
    /// Returns the number of switches.
    #[must_use]
    pub const fn switches(&self) -> usize {
        self.leaves + self.aggregation + self.cores
    }
}

/// Returns the fewest switches of a three-level fat tree with full bisection for so many end points.
///
/// Half of the ports of a leaf lead down and half up, the same at the aggregation level, and a core uses all
/// ports: ceil(n / (k/2)) leaves, as many aggregation switches, and ceil(n / k) cores. Whole pods are not
/// kept together.
///
/// # Errors
/// Refuses an odd number of ports, and more end points than three levels can hold.
pub fn fat_tree_switches(ports: usize, end_points: usize) -> Result<FatTree, CollectiveError> {
    check_fat_tree(ports, end_points)?;
    let leaves = end_points.div_ceil(ports / 2);
    Ok(FatTree { leaves, aggregation: leaves, cores: end_points.div_ceil(ports) })
}

/// Returns the switches when every pod is whole: k/2 leaves and k/2 aggregation switches for k^2/4 end
/// points.
///
/// The pods are those of Al-Fares, Loukissas and Vahdat, "A scalable, commodity data center network
/// architecture", SIGCOMM 2008, section 3; the cores are as many as the links up from the pods fill.
///
/// # Errors
/// Refuses what [`fat_tree_switches`] refuses.
pub fn fat_tree_of_whole_pods(ports: usize, end_points: usize) -> Result<FatTree, CollectiveError> {
    check_fat_tree(ports, end_points)?;
    let half = ports / 2;
    let pods = end_points.div_ceil(half * half);
    let leaves = pods * half;
    Ok(FatTree { leaves, aggregation: leaves, cores: (leaves * half).div_ceil(ports) })
}

/// Returns the most end points of a three-level fat tree: k^3/4, of k pods.
#[must_use]
pub const fn full_fat_tree_points(ports: usize) -> usize {
    ports.pow(3) / 4
}

/// Returns the complete tree of k pods: k^3/4 end points on 5 k^2/4 switches (Al-Fares et al., 2008, section
/// 3).
///
/// # Errors
/// Refuses an odd number of ports.
pub fn full_fat_tree(ports: usize) -> Result<FatTree, CollectiveError> {
    fat_tree_of_whole_pods(ports, full_fat_tree_points(ports.min(MOST_PORTS + 1)))
}

/// Returns the switches of a system scaled in proportion to its end points, rounded to a whole number.
///
/// # Errors
/// Refuses a reference without end points.
pub fn scaled_switches(
    reference_switches: usize,
    reference_end_points: usize,
    end_points: usize,
) -> Result<f64, CollectiveError> {
    let reference = reference_end_points as f64;
    check_positive("the end points of the reference", reference)?;
    Ok((reference_switches as f64 * end_points as f64 / reference).round())
}

/// The most ports of a switch here.
const MOST_PORTS: usize = 1024;

/// Refuses trees that cannot be built.
fn check_fat_tree(ports: usize, end_points: usize) -> Result<(), CollectiveError> {
    let possible = (2..=MOST_PORTS).contains(&ports) && ports.is_multiple_of(2);
    if possible && (1..=full_fat_tree_points(ports)).contains(&end_points) {
        return Ok(());
    }
    Err(CollectiveError::NotAFatTree { ports, end_points })
}
