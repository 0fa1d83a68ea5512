//! The messages of one step of lookups, under four ways of batching them by coordinate.
//!
//! The matrix of a step tells how many lookups, and how many different rows, each chip asks of every other.
//! The prefix of a row's coordinate tells where it lies: its Z arm the cube, its Y arm the chip in the cube.
//! Hierarchical batching sends one message per cube to the chip there with the sender's own Y arm, the
//! gateway; gateways then send one message per chip of their cube, with what came from all cubes.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

use super::SparseError;
use super::placement::Placement;
use super::zipf::Zipf;
use crate::sim::chip_map::CHIPS_PER_CUBE;
use crate::sim::network::{Network, number_of, place_of};
use crate::sim::shape::CUBE_SIDE;
use crate::sim::topology::{Kind, Topology};

/// The most lookups of one chip in a step.
pub const MOST_LOOKUPS: u64 = 1 << 28;

/// Describes the lookups of a step; the published model of figure 8 has 300 features on 150 tables of
/// valency 1 to 100 with 20e9 parameters, and every other value is an assumed input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The samples of a chip.
    pub batch: usize,
    /// The features of a sample.
    pub features: usize,
    /// The tables; feature f looks up in table f mod tables.
    pub tables: usize,
    /// The largest valency; a feature of a sample looks up 1 to this many ids, all equally likely (assumed).
    pub valency: u64,
    /// The rows of a table.
    pub rows_per_table: u64,
    /// The exponent of Zipf's law on the rows of a table (assumed).
    pub exponent: f64,
    /// The bytes that a row takes in a message, its id included.
    pub row_bytes: u64,
    /// The bytes that a message takes besides its rows (assumed).
    pub header_bytes: u64,
}

/// Names the chips whose lookups are drawn; all chips of a slice draw from the same law.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sources {
    /// Every chip of the slice.
    All,
    /// The chips with the Y arms 1.1.1, 2.2.2, 3.3.3 and 4.4.4 in every cube.
    ///
    /// Each number of an arm comes once on each axis, so sums over axes, such as mean distances on a
    /// torus or in the mesh of a cube, equal those of all chips.
    Diagonal,
}

/// Names a way of batching.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Batching {
    /// One message per lookup, repeated ids included.
    PerLookup,
    /// One message per different row.
    PerRow,
    /// One message per destination chip.
    PerChip,
    /// One message per destination cube, then one per chip in it.
    PerCube,
}

impl Batching {
    /// All ways, from the most messages to the fewest.
    pub const ALL: [Self; 4] = [Self::PerLookup, Self::PerRow, Self::PerChip, Self::PerCube];
}

/// Holds what each drawn chip asks of every chip, itself included, in the order of coordinates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requests {
    /// The chips whose lookups were drawn, in ascending order.
    pub sources: Vec<usize>,
    /// The lookups of each source from each chip.
    pub lookups: Vec<Vec<u64>>,
    /// The different rows that each source needs of each chip.
    pub rows: Vec<Vec<u64>>,
}

/// Holds the messages of a step under one way of batching.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traffic {
    /// The messages between different chips.
    pub messages: u64,
    /// The sum over messages of the links they cross.
    pub message_hops: u64,
    /// The sum over messages of their bytes times the links they cross.
    pub byte_hops: u64,
    /// The bytes that each chip sends, headers included.
    pub sent: Vec<u64>,
    /// The bytes that each chip receives, headers included.
    pub received: Vec<u64>,
}

/// Draws the requests of a step: source i from stream i of a `ChaCha8` generator with the seed.
///
/// # Errors
/// Refuses counts of zero, a vocabulary that is not the placement's, more than 2^28 lookups of a chip, and
/// an exponent out of range.
pub fn draw_requests(
    step: &Step,
    placement: &Placement,
    sources: Sources,
    seed: u64,
) -> Result<Requests, SparseError> {
    let law = Zipf::new(step.rows_per_table, step.exponent)?;
    let counts = [("the batch", step.batch), ("the features", step.features), ("the tables", step.tables)];
    for (name, value) in counts.map(|(name, value)| (name, value as u64)).into_iter().chain([
        ("the valency", step.valency),
        (
            "the lookups of a chip",
            (step.batch as u64).saturating_mul(step.features as u64).saturating_mul(step.valency),
        ),
    ]) {
        if !(1..=MOST_LOOKUPS).contains(&value) {
            return Err(SparseError::WrongCount { name, value, most: MOST_LOOKUPS });
        }
    }
    let rows = step.rows_per_table.saturating_mul(step.tables as u64);
    if rows != placement.vocabulary() {
        let (name, most) = ("the rows of all tables", placement.vocabulary());
        return Err(SparseError::WrongCount { name, value: rows, most });
    }
    let chips = placement.chips() as usize;
    let sources: Vec<usize> = (0..chips)
        .filter(|chip| {
            let [a, b, c] = place_of([CUBE_SIDE; 3], chip % CHIPS_PER_CUBE);
            sources == Sources::All || (a == b && b == c)
        })
        .collect();
    let drawn: Vec<[Vec<u64>; 2]> =
        sources.par_iter().map(|&source| draw_chip(step, placement, &law, seed, source)).collect();
    let (lookups, rows) = drawn.into_iter().map(|[lookups, rows]| (lookups, rows)).unzip();
    Ok(Requests { sources, lookups, rows })
}

/// Draws the ids of one chip and counts, for each owner, its lookups and its different rows.
fn draw_chip(step: &Step, placement: &Placement, law: &Zipf, seed: u64, source: usize) -> [Vec<u64>; 2] {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(source as u64);
    let mut ids = Vec::new();
    for _ in 0..step.batch {
        for feature in 0..step.features {
            let table = (feature % step.tables) as u64;
            let valency = 1 + random.next_u64() % step.valency;
            ids.extend((0..valency).map(|_| table * step.rows_per_table + law.draw(&mut random) - 1));
        }
    }
    ids.sort_unstable();
    let chips = placement.chips() as usize;
    let mut counts = [vec![0; chips], vec![0; chips]];
    for equal in ids.chunk_by(|a, b| a == b) {
        if let Some(place) = placement.place_of(equal[0]) {
            counts[0][place.chip] += equal.len() as u64;
            counts[1][place.chip] += 1;
        }
    }
    counts
}

/// Counts the messages of requests on a slice, under one way of batching.
///
/// # Errors
/// Refuses a flat torus, which has no cubes, and a slice of another number of chips than the requests.
pub fn count_traffic(
    requests: &Requests,
    step: &Step,
    topology: &Topology,
    batching: Batching,
) -> Result<Traffic, SparseError> {
    let chips = topology.chips();
    let asked = requests.rows.first().map_or(0, Vec::len);
    if topology.kind() == Kind::FlatTorus || asked != chips {
        return Err(SparseError::NotCubes { chips: asked, most: chips });
    }
    let network = topology.network();
    let legs: Vec<Vec<(usize, usize, u64, u64)>> = match batching {
        Batching::PerLookup => vec![direct(requests, &requests.lookups, true)],
        Batching::PerRow => vec![direct(requests, &requests.rows, true)],
        Batching::PerChip => vec![direct(requests, &requests.rows, false)],
        Batching::PerCube => over_gateways(requests, chips),
    };
    let mut traffic = Traffic {
        messages: 0,
        message_hops: 0,
        byte_hops: 0,
        sent: vec![0; chips],
        received: vec![0; chips],
    };
    for leg in legs {
        // messages come in order of their senders, so one search of distances serves a run of them
        let runs: Vec<_> = leg.chunk_by(|a, b| a.0 == b.0).collect();
        let distances: Vec<Vec<u64>> = runs.par_iter().map(|run| distances(&network, run[0].0)).collect();
        for (run, distance) in runs.into_iter().zip(distances) {
            for &(from, to, messages, rows) in run {
                let bytes = rows * step.row_bytes + messages * step.header_bytes;
                traffic.messages += messages;
                traffic.message_hops += messages * distance[to];
                traffic.byte_hops += bytes * distance[to];
                traffic.sent[from] += bytes;
                traffic.received[to] += bytes;
            }
        }
    }
    Ok(traffic)
}

/// Lists (sender, receiver, messages, rows) between different chips when owners are asked directly.
fn direct(requests: &Requests, asked: &[Vec<u64>], one_each: bool) -> Vec<(usize, usize, u64, u64)> {
    let mut messages = Vec::new();
    for (&from, counts) in requests.sources.iter().zip(asked) {
        for (to, &rows) in counts.iter().enumerate().filter(|&(to, &rows)| to != from && rows > 0) {
            messages.push((from, to, if one_each { rows } else { 1 }, rows));
        }
    }
    messages
}

/// Lists the messages to the gateways, then those from the gateways to the owners.
fn over_gateways(requests: &Requests, chips: usize) -> Vec<Vec<(usize, usize, u64, u64)>> {
    let mut to_gateways = Vec::new();
    let mut held = vec![[0_u64; CHIPS_PER_CUBE]; chips];
    for (&from, counts) in requests.sources.iter().zip(&requests.rows) {
        for (cube, rows) in counts.chunks(CHIPS_PER_CUBE).enumerate() {
            let gateway = cube * CHIPS_PER_CUBE + from % CHIPS_PER_CUBE;
            let sum: u64 = rows.iter().sum();
            if gateway != from && sum > 0 {
                to_gateways.push((from, gateway, 1, sum));
            }
            held[gateway].iter_mut().zip(rows).for_each(|(held, rows)| *held += rows);
        }
    }
    let mut to_owners = Vec::new();
    for (gateway, held) in held.iter().enumerate() {
        let first = gateway - gateway % CHIPS_PER_CUBE;
        for (chip, &rows) in held.iter().enumerate() {
            if first + chip != gateway && rows > 0 {
                to_owners.push((gateway, first + chip, 1, rows));
            }
        }
    }
    vec![to_gateways, to_owners]
}

/// Returns the links from a chip to every chip, all named in the order of coordinates.
fn distances(network: &Network, source: usize) -> Vec<u64> {
    let sizes = network.sizes();
    let found = network.distances(in_grid(sizes, source));
    (0..network.chips()).map(|chip| u64::from(found[in_grid(sizes, chip)])).collect()
}

/// Turns a number in the order of coordinates into a number on the logical grid.
fn in_grid(sizes: [usize; 3], chip: usize) -> usize {
    let cube = place_of(sizes.map(|size| size / CUBE_SIDE), chip / CHIPS_PER_CUBE);
    let inner = place_of([CUBE_SIDE; 3], chip % CHIPS_PER_CUBE);
    number_of(sizes, [0, 1, 2].map(|axis| CUBE_SIDE * cube[axis] + inner[axis]))
}
