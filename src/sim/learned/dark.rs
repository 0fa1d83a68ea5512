//! What is left of an all-to-all when optical switches or single links go dark.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::super::fabric::{SWITCHES, SwitchMaps};
use super::LearnedError;
use super::flow::{BalanceSettings, Balanced, balance_graph};
use super::graph::Graph;
use super::translations::Translations;

/// Balances an all-to-all with some switches dark; every cube loses one plus and one minus link at each of
/// them.
///
/// A dark switch is dark for all cubes and leaves the symmetry of translations, so the 64 chips of a cube
/// still stand for all.
///
/// # Errors
/// Refuses a switch from 48 on, and maps under which some chip cannot reach another then.
pub fn balance_without(
    translations: &Translations,
    dark: &[usize],
    settings: BalanceSettings,
) -> Result<Balanced, LearnedError> {
    if let Some(&switch) = dark.iter().find(|&&switch| switch >= SWITCHES) {
        return Err(LearnedError::NoSuchSwitch(switch));
    }
    let mut graph = Graph::new(translations);
    dark.iter().for_each(|&switch| graph.darken(switch));
    balance_graph(&graph, settings)
}

/// Returns maps without some of their entries, counted over all switches: entry c of switch s is `s * cubes +
/// c`.
///
/// # Errors
/// Refuses nothing that [`SwitchMaps::new`] accepted; entries that do not exist are dark already.
pub fn without_links(maps: &SwitchMaps, dark: &[usize]) -> Result<SwitchMaps, LearnedError> {
    let cubes = maps.cubes();
    let kept = |switch: usize| {
        let entries = maps.map(switch).into_iter().flatten().enumerate();
        entries.map(|(cube, &to)| to.filter(|_| !dark.contains(&(switch * cubes + cube)))).collect()
    };
    Ok(SwitchMaps::new(maps.grid(), (0..SWITCHES).map(kept).collect())?)
}

/// Draws different numbers below a limit, in the order in which they are drawn.
///
/// At most as many as there are below the limit.
#[must_use]
pub fn draw_different(count: usize, limit: usize, seed: u64) -> Vec<usize> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut numbers: Vec<usize> = (0..limit).collect();
    let count = count.min(limit);
    for at in 0..count {
        let span = (limit - at) as u128;
        numbers.swap(at, at + ((u128::from(random.next_u64()) * span) >> 64) as usize);
    }
    numbers.truncate(count);
    numbers
}
