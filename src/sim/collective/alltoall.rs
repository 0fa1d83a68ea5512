//! Traffic between pairs of chips, split equally over all shortest paths.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

use super::schedule::{Executed, Link};
use super::{CollectiveError, check_amount};
use crate::sim::network::Network;
use crate::sim::routing::{link_loads, port_loads};
use crate::sim::topology::Topology;

/// The most rows that all chips together may fetch.
pub const MOST_ROWS: usize = 1 << 28;
/// Sources are summed in this many fixed groups, so that results do not depend on the number of threads.
const GROUPS: usize = 16;

/// Holds the rows that every chip fetches from others; inputs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gather {
    /// The rows each chip fetches, each from another chip drawn at random.
    pub rows: usize,
    /// The bytes of the request for one row.
    pub request_bytes: f64,
    /// The bytes of one row with its header.
    pub row_bytes: f64,
}

/// Executes an all-to-all with so many bytes from every chip to every other one.
///
/// The time is that of the busiest link, plus one latency for each link of the longest route. Every pair
/// counts one hop for each link of its route.
///
/// # Errors
/// Refuses bytes and links that are not numbers in range, and networks with chips out of reach.
pub fn all_to_all(network: &Network, bytes: f64, link: &Link) -> Result<Executed, CollectiveError> {
    check_amount("the bytes of a pair", bytes)?;
    let loads = link_loads(network).ok_or(CollectiveError::Disconnected)?;
    let link_bytes = loads.loads.iter().map(|load| load * bytes).collect();
    carried(network, link_bytes, link, loads.diameter, loads.distances)
}

/// Executes an all-to-all on a topology; where all chips see the same network, one source stands for all.
///
/// # Errors
/// Refuses what [`all_to_all`] refuses.
pub fn all_to_all_on(topology: &Topology, bytes: f64, link: &Link) -> Result<Executed, CollectiveError> {
    let network = topology.network();
    if !topology.is_vertex_transitive() {
        return all_to_all(&network, bytes, link);
    }
    check_amount("the bytes of a pair", bytes)?;
    let loads = port_loads(&network, 0).ok_or(CollectiveError::Disconnected)?;
    let each: Vec<f64> = loads.loads.iter().map(|load| load * bytes).collect();
    let chips = network.chips();
    carried(&network, each.repeat(chips), link, loads.diameter, loads.distances * chips as u64)
}

/// Executes a gather: every chip fetches rows from others drawn at random with a seed.
///
/// Requests and rows share the links, and rows return over the reversed routes of their requests. The time
/// is that of the busiest link, plus a latency for each link of the longest route there and back.
///
/// # Errors
/// Refuses bytes and links that are not numbers in range, too many rows, and chips out of reach.
pub fn sparse_gather(
    network: &Network,
    gather: &Gather,
    seed: u64,
    link: &Link,
) -> Result<Executed, CollectiveError> {
    check_amount("the bytes of a request", gather.request_bytes)?;
    check_amount("the bytes of a row", gather.row_bytes)?;
    let chips = network.chips();
    if gather.rows.checked_mul(chips).is_none_or(|rows| rows > MOST_ROWS) || chips < 2 {
        return Err(CollectiveError::OutOfRange {
            name: "the rows of a chip",
            value: gather.rows as f64,
            expected: "on two or more chips, and at most 2^28 rows in all",
        });
    }
    let group = chips.div_ceil(GROUPS);
    let parts: Vec<Option<Flow>> = (0..chips.div_ceil(group))
        .into_par_iter()
        .map(|index| {
            let mut sum = Flow { diameter: 0, hops: 0, link_bytes: vec![0.0; chips * network.ports()] };
            for source in index * group..((index + 1) * group).min(chips) {
                let rows = draw(chips, source, gather.rows, seed);
                sum.add(network, source, &rows, gather)?;
            }
            Some(sum)
        })
        .collect();
    let mut total = Flow { diameter: 0, hops: 0, link_bytes: vec![0.0; chips * network.ports()] };
    for part in parts {
        let part = part.ok_or(CollectiveError::Disconnected)?;
        total.diameter = total.diameter.max(part.diameter);
        total.hops += part.hops;
        for (sum, bytes) in total.link_bytes.iter_mut().zip(&part.link_bytes) {
            *sum += bytes;
        }
    }
    carried(network, total.link_bytes, link, 2 * total.diameter, total.hops)
}

/// Turns the bytes over every link into an execution of one step with some latencies in a row.
fn carried(
    network: &Network,
    link_bytes: Vec<f64>,
    link: &Link,
    latencies: usize,
    hops: u64,
) -> Result<Executed, CollectiveError> {
    link.check()?;
    let (chips, ports) = (network.chips(), network.ports());
    let (mut sent, mut received) = (vec![0.0; chips], vec![0.0; chips]);
    for (index, &bytes) in link_bytes.iter().enumerate() {
        if let Some(next) = network.neighbor(index / ports, index % ports) {
            sent[index / ports] += bytes;
            received[next] += bytes;
        }
    }
    let mut done = Executed { seconds: 0.0, steps: 1, hops, sent, received, link_bytes };
    done.seconds = done.busiest_link_bytes() / link.bandwidth + latencies as f64 * link.latency;
    Ok(done)
}

/// Draws how many rows a chip fetches from every other one; chip i draws from stream i of the generator.
fn draw(chips: usize, source: usize, rows: usize, seed: u64) -> Vec<u32> {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    generator.set_stream(source as u64);
    let mut counts = vec![0; chips];
    for _ in 0..rows {
        // the high half of a product maps 64 random bits to a range (Lemire, 2019, without rejection)
        let wide = u128::from(generator.next_u64()) * (chips - 1) as u128;
        let other = usize::try_from(wide >> 64).unwrap_or(0);
        counts[if other < source { other } else { other + 1 }] += 1;
    }
    counts
}

/// Holds the bytes over every link from some sources.
struct Flow {
    diameter: usize,
    hops: u64,
    link_bytes: Vec<f64>,
}

impl Flow {
    /// Adds the requests of a source and the rows that answer them, or returns `None` if a chip is out of
    /// reach.
    ///
    /// This is the accumulation of Brandes, "A faster algorithm for betweenness centrality", 2001, with the
    /// rows from each chip as weights.
    fn add(&mut self, network: &Network, source: usize, rows: &[u32], gather: &Gather) -> Option<()> {
        let (chips, ports) = (network.chips(), network.ports());
        let mut distance = vec![u32::MAX; chips];
        let mut paths = vec![0.0; chips];
        let mut order = Vec::with_capacity(chips);
        distance[source] = 0;
        paths[source] = 1.0;
        order.push(source);
        let mut head = 0;
        while let Some(&chip) = order.get(head) {
            head += 1;
            self.hops += 2 * u64::from(distance[chip]) * u64::from(rows[chip]);
            for other in (0..ports).filter_map(|port| network.neighbor(chip, port)) {
                if distance[other] == u32::MAX {
                    distance[other] = distance[chip] + 1;
                    order.push(other);
                }
                if distance[other] == distance[chip] + 1 {
                    paths[other] += paths[chip];
                }
            }
        }
        if order.len() != chips {
            return None;
        }
        let mut through = vec![0.0; chips];
        for &chip in order.iter().rev() {
            through[chip] += f64::from(rows[chip]);
            for port in 0..ports {
                let Some(before) = network.neighbor(chip, port) else { continue };
                if distance[before] + 1 == distance[chip] {
                    let share = through[chip] * paths[before] / paths[chip];
                    through[before] += share;
                    // the two ends of a cable are the plus port of one chip and the minus port of the other
                    self.link_bytes[before * ports + (port ^ 1)] += share * gather.request_bytes;
                    self.link_bytes[chip * ports + port] += share * gather.row_bytes;
                }
            }
        }
        self.diameter = self.diameter.max(order.last().map_or(0, |&last| distance[last] as usize));
        Some(())
    }
}
