//! What is left of an all-to-all when optical switches go dark.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::super::fabric::{SWITCHES, SwitchMaps};
use super::LearnedError;
use super::converge::{CLOSE, converge};
use super::flow::Balanced;
use super::graph::Graph;

/// Balances an all-to-all on maps that commute, with some switches dark; every cube loses one plus and one minus
/// link at each of them.
///
/// Commuting maps that join all cubes are the translations of one abelian group, so the 64 chips of a cube stand
/// for all: tori, twists by whole cubes, lattices and translations, but not permutations. A dark switch is
/// dark for all cubes and leaves that symmetry. The gap of bound and throughput tells how close the result is.
///
/// # Errors
/// Refuses maps that do not commute, a switch from 48 on, and maps under which some chip cannot reach another.
pub fn balance_without(maps: &SwitchMaps, dark: &[usize]) -> Result<Balanced, LearnedError> {
    if let Some(&switch) = dark.iter().find(|&&switch| switch >= SWITCHES) {
        return Err(LearnedError::NoSuchSwitch(switch));
    }
    if !commute(maps) {
        return Err(LearnedError::NotCommuting);
    }
    let mut graph = Graph::of_maps(maps);
    dark.iter().for_each(|&switch| graph.darken(switch));
    converge(&graph, CLOSE)
}

/// Draws a number of different switches.
#[must_use]
pub fn draw_switches(count: usize, seed: u64) -> Vec<usize> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut switches: Vec<usize> = (0..SWITCHES).collect();
    let count = count.min(SWITCHES);
    for at in 0..count {
        let span = (SWITCHES - at) as u128;
        switches.swap(at, at + ((u128::from(random.next_u64()) * span) >> 64) as usize);
    }
    switches.truncate(count);
    switches
}

/// Tells whether the maps of all switches are permutations that commute in pairs.
fn commute(maps: &SwitchMaps) -> bool {
    let tables: Option<Vec<Vec<usize>>> = (0..SWITCHES)
        .map(|switch| maps.map(switch)?.iter().map(|target| target.map(usize::from)).collect())
        .collect();
    let Some(mut tables) = tables else { return false };
    tables.sort_unstable();
    tables.dedup();
    tables.iter().enumerate().all(|(at, one)| {
        tables[..at].iter().all(|other| (0..one.len()).all(|cube| one[other[cube]] == other[one[cube]]))
    })
}
