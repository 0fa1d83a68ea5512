//! How many links requests cross: straight to their owners, or over gateways.

use rayon::prelude::*;

use super::SparseError;
use super::placement::MOST_ROWS;
use crate::sim::chip_map::CHIPS_PER_CUBE;
use crate::sim::network::{Network, number_of, place_of};
use crate::sim::shape::CUBE_SIDE;

/// Holds the fewest, mean and most links between different chips, over all ordered pairs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HopSpread {
    /// The fewest links.
    pub best: u64,
    /// The mean number of links.
    pub mean: f64,
    /// The most links.
    pub worst: u64,
}

impl HopSpread {
    /// Returns the spread of going out and back the same way: twice each number.
    #[must_use]
    pub fn there_and_back(self) -> Self {
        Self { best: 2 * self.best, mean: 2.0 * self.mean, worst: 2 * self.worst }
    }
}

/// Returns the links between different chips on shortest paths.
///
/// # Errors
/// Refuses a network of one chip, and one with chips out of reach.
pub fn direct_hops(network: &Network) -> Result<HopSpread, SparseError> {
    let found = distance_table(network)?;
    let other = |from: usize, to: usize| (from != to).then(|| u64::from(found[from][to]));
    spread(network.chips(), other)
}

/// Returns the links between different chips when the way leads over the gateway.
///
/// The gateway is the chip with the sender's place in a cube, in the cube of the receiver.
///
/// # Errors
/// Refuses networks that are not made of cubes of 4x4x4 chips, and those that [`direct_hops`] refuses.
pub fn gateway_hops(network: &Network) -> Result<HopSpread, SparseError> {
    let (sizes, chips) = (network.sizes(), network.chips());
    if sizes.iter().any(|size| !size.is_multiple_of(CUBE_SIDE)) {
        return Err(SparseError::NotCubes { chips, most: chips - chips % CHIPS_PER_CUBE });
    }
    let found = distance_table(network)?;
    let over = |from: usize, to: usize| {
        let [own, wanted] = [from, to].map(|chip| place_of(sizes, chip));
        let gateway = [0, 1, 2].map(|axis| wanted[axis] - wanted[axis] % CUBE_SIDE + own[axis] % CUBE_SIDE);
        let gateway = number_of(sizes, gateway);
        (from != to).then(|| u64::from(found[from][gateway]) + u64::from(found[gateway][to]))
    };
    spread(chips, over)
}

/// Takes the spread of the links of all pairs that have a number.
fn spread(
    chips: usize,
    links: impl Fn(usize, usize) -> Option<u64> + Sync,
) -> Result<HopSpread, SparseError> {
    let rows: Vec<[u64; 4]> = (0..chips)
        .into_par_iter()
        .map(|from| {
            (0..chips)
                .filter_map(|to| links(from, to))
                .fold([u64::MAX, 0, 0, 0], |[low, sum, high, n], d| [low.min(d), sum + d, high.max(d), n + 1])
        })
        .collect();
    let [best, sum, worst, pairs] = rows.into_iter().fold([u64::MAX, 0, 0, 0], |all, row| {
        [all[0].min(row[0]), all[1] + row[1], all[2].max(row[2]), all[3] + row[3]]
    });
    if pairs == 0 {
        return Err(SparseError::WrongCount { name: "pairs of chips in reach", value: 0, most: MOST_ROWS });
    }
    Ok(HopSpread { best, mean: sum as f64 / pairs as f64, worst })
}

/// Searches the distances from every chip to every other.
fn distance_table(network: &Network) -> Result<Vec<Vec<u32>>, SparseError> {
    let chips = network.chips();
    let table: Vec<Vec<u32>> = (0..chips).into_par_iter().map(|from| network.distances(from)).collect();
    let in_reach = table.iter().flatten().filter(|&&links| links != u32::MAX).count();
    if in_reach == chips * chips {
        return Ok(table);
    }
    let most = (chips * chips) as u64;
    Err(SparseError::WrongCount { name: "pairs of chips in reach", value: in_reach as u64, most })
}
