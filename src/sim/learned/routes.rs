//! Paths that carry a balanced all-to-all within a limited number of hops and virtual channels, on any maps.
//!
//! Every pair of chips starts with a path of the fewest hops within the channels (`few_channels`). Then pairs
//! take cheaper paths, a few at a time, where a link costs a power of its load that rises from pass to pass
//! (`reroute`). Under translations the 64 chips of one cube stand for all others, and the links that leave
//! one place by one port carry the same load; other maps have paths for every chip.

mod few_channels;
mod reroute;
mod search;
mod wiring;

use super::super::fabric::SwitchMaps;
use super::super::network::Network;
use super::super::packet::PathError;
use super::super::packet::paths::{LinkOrder, MOST_CHIPS, MOST_HOPS, PathTable, Symmetry};
use super::LearnedError;
use super::translations::Translations;
use wiring::Wiring;

/// The most paths a pair may have.
const MOST_PATHS: usize = 64;
/// The most passes.
const MOST_ROUNDS: usize = 1000;
/// The most virtual channels that paths may ask for.
const MOST_CHANNELS: usize = 16;

/// Tells how to balance paths; all are choices of the router's tables, not of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteSettings {
    /// The passes, in each of which every path may be replaced once.
    pub rounds: usize,
    /// The equally likely paths of a pair, of which some may be the same.
    pub paths_per_pair: usize,
    /// The hops that a path may have beyond the longest one it starts from.
    pub extra_hops: usize,
    /// The virtual channels that a path may need.
    pub virtual_channels: usize,
    /// The seed of the order in which pairs take their turn.
    pub seed: u64,
}

impl Default for RouteSettings {
    fn default() -> Self {
        Self { rounds: 5, paths_per_pair: 1, extra_hops: 2, virtual_channels: 4, seed: 1 }
    }
}

/// Holds paths of a balanced all-to-all.
#[derive(Debug, Clone, PartialEq)]
pub struct BalancedRoutes {
    /// The network that the maps wire.
    pub network: Network,
    /// The paths, for [`super::super::packet::simulate_routed`].
    pub paths: PathTable,
    /// The all-to-all rate of each chip that the paths carry, in units of one link's bandwidth.
    pub throughput: f64,
    /// The mean number of links of a path.
    pub mean_links: f64,
}

/// Returns paths that balance an all-to-all under translations.
///
/// # Errors
/// Refuses what [`balanced_routes_of`] refuses.
pub fn balanced_routes(
    translations: &Translations,
    settings: RouteSettings,
) -> Result<BalancedRoutes, LearnedError> {
    balanced_routes_of(&translations.maps()?, settings)
}

/// Returns paths that balance an all-to-all under any maps.
///
/// # Errors
/// Refuses maps under which some chip cannot reach another within the virtual channels or 24 hops, no passes,
/// no paths, no channels, and more than 8192 chips.
pub fn balanced_routes_of(
    maps: &SwitchMaps,
    settings: RouteSettings,
) -> Result<BalancedRoutes, LearnedError> {
    for (name, value, most) in [
        ("the number of rounds", settings.rounds, MOST_ROUNDS),
        ("the number of paths of a pair", settings.paths_per_pair, MOST_PATHS),
        ("the number of virtual channels", settings.virtual_channels, MOST_CHANNELS),
    ] {
        if !(1..=most).contains(&value) {
            return Err(LearnedError::Range { name, value, most });
        }
    }
    let network = maps.network();
    if network.chips() > MOST_CHIPS {
        return Err(PathError::Size(network.chips()).into());
    }
    if network.distances(0).contains(&u32::MAX) {
        return Err(LearnedError::NotConnected);
    }
    let wiring = Wiring::new(maps, &network);
    let first = few_channels::shortest(&wiring, settings.virtual_channels)?;
    let longest = first.iter().map(|path| path.hops()).max().unwrap_or(0);
    if longest > MOST_HOPS {
        return Err(LearnedError::Range { name: "the diameter", value: longest, most: MOST_HOPS });
    }
    let (paths, loads) = reroute::balance(&wiring, first, longest, settings);
    let sent = (wiring.chips() as f64 - 1.0) * settings.paths_per_pair as f64;
    let throughput = sent / f64::from(loads.iter().copied().max().unwrap_or(1));
    let mean_links =
        loads.iter().map(|&load| f64::from(load)).sum::<f64>() / (sent * wiring.sources().len() as f64);
    let order = LinkOrder::of_places(wiring.into_places());
    let symmetry = match Translations::of_maps(maps) {
        Some(translations) => wiring::symmetry(&translations),
        None => Symmetry::own(network.chips()),
    };
    let paths = PathTable::new(&network, symmetry, order, settings.paths_per_pair, paths)?;
    Ok(BalancedRoutes { network, paths, throughput, mean_links })
}
