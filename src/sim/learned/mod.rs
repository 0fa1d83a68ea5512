//! Learned coordinate maps: every optical switch holds its own translation of the cubes.
//!
//! - `translations`: 48 shifts in place of 48 permutations.
//! - `graph`: the chips under translations, and flows along short paths.
//! - `flow`: the all-to-all throughput, by equal splitting and balanced, with a bound.
//! - `bounds`: what no maps of this fabric, and no graph of six links a chip, can exceed.
//! - `lattice`: one translation per dimension over every group of cubes, and the best of them.
//! - `random`: maps drawn at random, to compare with.
//! - `search`: simulated annealing from the regular torus.
//! - `dark`: what is left when switches or links go dark.
//! - `tables`: the bytes of path tables; `pareto`: maps between the torus and learned ones.
//! - `cost`, `channels`: what the maps cost other traffic, failures and virtual channels.
//! - `routes`: paths on any maps that carry the balanced flow within few virtual channels.
//! - `confirm`: maps, tori and twisted tori with their routes, ready for packets.
//!
//! Only translations of the grid of cubes are searched; groups such as the cyclic one, which the twists of
//! 8x8x16 and 8x16x16 need, are left out.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::fabric::{FabricError, SwitchMaps};
use super::shape::{Shape, ShapeError};

pub mod bounds;
pub mod channels;
pub mod confirm;
pub mod cost;
pub mod dark;
pub mod flow;
mod graph;
pub mod lattice;
mod lattice_flow;
mod master;
mod measure;
mod normal_form;
pub mod pareto;
pub mod random;
pub mod routes;
pub mod search;
pub mod tables;
pub mod translations;

pub use bounds::{FabricBound, fabric_bound, moore_mean_distance};
pub use channels::{Channels, Hop, channels, routes};
pub use confirm::{Routed, RoutedError, Scheme};
pub use cost::{NeighborDistance, Rings, neighbor_distance, rings};
pub use dark::{balance_without, draw_different, without_links};
pub use flow::{BalanceSettings, Balanced, ClassLoads, balance, class_loads};
pub use graph::CLASSES;
pub use lattice::{BestLattices, Lattice, best_lattices};
pub use lattice_flow::{AnalyzedLattice, BalancedLattice};
pub use random::{random_permutations, random_regular, random_translations};
pub use routes::{BalancedRoutes, RouteSettings, balanced_routes, balanced_routes_of};
pub use search::{Learned, SearchSettings, learn};
pub use translations::Translations;

/// The relative difference of a stored throughput from the computed one that passes for rounding.
const ROUNDING: f64 = 1e-3;

/// Stored throughputs are rounded to one part in this, so that every reader of the file gets the same number.
const DECIMALS: f64 = 1e6;

/// Tells why learned maps are refused.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum LearnedError {
    /// The shape is no slice.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// The maps are no permutations.
    #[error(transparent)]
    Fabric(#[from] FabricError),
    /// The number of shifts is not 48.
    #[error("expected one shift for each of 48 switches, found {0}")]
    NotAllSwitches(usize),
    /// A shift leaves the grid of cubes.
    #[error("the shift {shift:?} of switch {switch} is not within the grid {grid:?} of cubes")]
    OutsideGrid {
        /// The switch, from 0.
        switch: usize,
        /// Its shift.
        shift: [usize; 3],
        /// The cubes along each axis.
        grid: [usize; 3],
    },
    /// A map leaves a port open.
    #[error("some switch map is not a permutation of all cubes")]
    NotPermutations,
    /// There is no such switch.
    #[error("there is no switch {0}: switches are numbered from 0 to 47")]
    NoSuchSwitch(usize),
    /// There is no such chip.
    #[error("there is no chip {chip}: the slice has {chips}")]
    NoSuchChip {
        /// The chip as given.
        chip: usize,
        /// The chips of the slice.
        chips: usize,
    },
    /// Paths cannot be balanced with these settings.
    #[error("{name} is {value}: it must be from 1 to {most}")]
    Range {
        /// What the number counts.
        name: &'static str,
        /// The number.
        value: usize,
        /// The limit.
        most: usize,
    },
    /// The paths do not fit the packet simulation.
    #[error(transparent)]
    Paths(#[from] super::packet::PathError),
    /// Some chip cannot reach another.
    #[error("some chip cannot reach another under these maps")]
    NotConnected,
    /// The stored maps are not the best of the seeds that they name.
    #[error(
        "the maps for {shape} are stored as seed {seed}, the best of {seeds}, which their throughputs do not say"
    )]
    NotBestOfSeeds {
        /// The shape of the slice.
        shape: Shape,
        /// The seed as stored.
        seed: u64,
        /// The number of seeds as stored.
        seeds: u64,
    },
    /// Some chip cannot reach another without more virtual channels.
    #[error("some chip cannot reach another within {0} virtual channels")]
    FewChannels(usize),
    /// The stored throughput is not that of the stored maps.
    #[error(
        "the maps for {shape} are stored with a throughput of {stored}, but have {computed}: learn them anew"
    )]
    WrongThroughput {
        /// The shape of the slice.
        shape: Shape,
        /// The throughput as stored.
        stored: f64,
        /// The throughput of the maps.
        computed: f64,
    },
}

/// Holds learned maps as they are stored, with the seed and steps that find them again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearnedMaps {
    /// The shape of the slice, such as `8x8x8`.
    pub shape: String,
    /// The seed of the search that found the maps.
    pub seed: u64,
    /// The seeds searched, from 1 to this one, of which that is the best.
    pub seeds: u64,
    /// The moves tried from each start.
    pub steps: usize,
    /// The balanced all-to-all rate of each chip, in units of one link's bandwidth.
    pub throughput: f64,
    /// The same of the best maps of every seed, in order of seeds.
    pub throughputs: Vec<f64>,
    /// The shift of each of the 48 switches, in cubes along each axis.
    pub shifts: Vec<[usize; 3]>,
}

/// Holds stored maps after all their claims were recomputed.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The shape of the slice.
    pub shape: Shape,
    /// The translations.
    pub translations: Translations,
    /// The maps of the 48 switches.
    pub maps: SwitchMaps,
    /// The loads under equal splitting.
    pub class_loads: ClassLoads,
    /// The balanced all-to-all.
    pub balanced: Balanced,
}

impl LearnedMaps {
    /// Learns maps for a shape with [`SearchSettings::of`] from seeds 1 to `seeds`, and keeps the best.
    ///
    /// # Errors
    /// Refuses what [`learn`] refuses, and no seeds.
    pub fn learn(shape: Shape, seeds: u64, steps: usize) -> Result<Self, LearnedError> {
        let mut throughputs = Vec::new();
        let mut best: Option<(u64, Learned)> = None;
        for seed in 1..=seeds {
            let found = learn(shape, SearchSettings::of(seed, steps))?;
            throughputs.push(rounded(found.balanced.throughput));
            if best.as_ref().is_none_or(|(_, best)| found.balanced.throughput > best.balanced.throughput) {
                best = Some((seed, found));
            }
        }
        let none = LearnedError::Range { name: "the number of seeds", value: 0, most: usize::MAX };
        let (seed, found) = best.ok_or(none)?;
        Ok(Self {
            shape: shape.to_string(),
            seed,
            seeds,
            steps,
            throughput: rounded(found.balanced.throughput),
            throughputs,
            shifts: found.translations.shifts().to_vec(),
        })
    }

    /// Returns the translations, without checking what they claim to carry.
    ///
    /// # Errors
    /// Refuses malformed shapes and shifts.
    pub fn translations(&self) -> Result<Translations, LearnedError> {
        let shape: Shape = self.shape.parse()?;
        Translations::new(shape.cubes(), self.shifts.clone())
    }

    /// Rebuilds the maps, checks that all 48 are permutations, and recomputes the throughput.
    ///
    /// # Errors
    /// Refuses malformed shapes and shifts, and a throughput that is not that of the maps.
    pub fn check(&self) -> Result<Checked, LearnedError> {
        let shape: Shape = self.shape.parse()?;
        let of_seed = self.seed.checked_sub(1).and_then(|seed| self.throughputs.get(seed as usize));
        let highest = self.throughputs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if self.throughputs.len() as u64 != self.seeds
            || of_seed != Some(&highest)
            || highest != self.throughput
        {
            return Err(LearnedError::NotBestOfSeeds { shape, seed: self.seed, seeds: self.seeds });
        }
        let translations = self.translations()?;
        let maps = translations.maps()?;
        if !maps.are_permutations() {
            return Err(LearnedError::NotPermutations);
        }
        let balanced = balance(&translations, BalanceSettings::default())?;
        let computed = balanced.throughput;
        if self.throughput.is_nan() || (self.throughput - computed).abs() > ROUNDING * computed {
            return Err(LearnedError::WrongThroughput { shape, stored: self.throughput, computed });
        }
        Ok(Checked { shape, class_loads: class_loads(&translations)?, translations, maps, balanced })
    }
}

/// Rounds a throughput as it is stored.
fn rounded(throughput: f64) -> f64 {
    (throughput * DECIMALS).round() / DECIMALS
}
