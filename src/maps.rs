//! `paper/maps/SHAPE.json`: switch maps that a search found, written by `phext-paper learn`.

use serde::{Deserialize, Serialize};

use crate::sim::learned::LearnedMaps;
use paper_engine::model::Model;
use paper_engine::study::{Data, DataKind, DataNeeded, read_data};

/// Where the stored switch maps of a paper stand, below its root.
pub const MAPS_FOLDER: &str = "paper/maps";

/// Switch maps of one slice with the search that found them.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StoredMaps {
    /// The shape of the slice, such as `8x8x8`.
    pub shape: String,
    /// The seed of the search that found them.
    pub seed: u64,
    /// The seeds searched, from 1 to this one, of which that is the best.
    pub seeds: u64,
    /// The steps of the search.
    pub steps: usize,
    /// The balanced all-to-all throughput that the search reported, in links' worth per chip.
    pub throughput: f64,
    /// The same for the best maps of every seed, in order of seeds.
    pub throughputs: Vec<f64>,
    /// For each of the 48 switches, by how many cubes its map moves along each axis.
    pub shifts: Vec<[usize; 3]>,
}

/// The switch maps of a study's papers.
pub const MAPS: DataKind = DataKind {
    name: KIND,
    folder: MAPS_FOLDER,
    read: read_data::<StoredMaps>,
    command: "learn",
    names: &["learned.{}.learned"],
};

/// The name of their kind.
pub const KIND: &str = "maps";

/// Names the maps that an experiment needs, by the shapes of their slices.
pub const fn maps(names: &'static [&'static str]) -> DataNeeded {
    DataNeeded { kind: KIND, names }
}

/// Gives experiments the stored maps of a shape such as `8x8x8`.
pub trait Maps {
    /// Returns the maps of a shape.
    fn maps(&self, shape: &str) -> Option<&StoredMaps>;
    /// Returns the shapes of all stored maps.
    fn mapped(&self) -> impl Iterator<Item = &str>;
}

/// Returns the maps of a shape, for an experiment that declares them and so has them.
///
/// # Errors
/// There are none.
pub fn declared_maps<'m>(model: &'m Model, shape: &str) -> Result<&'m StoredMaps, String> {
    model.maps(shape).ok_or_else(|| format!("there are no stored maps of {shape}"))
}

impl Maps for Model {
    fn maps(&self, shape: &str) -> Option<&StoredMaps> {
        self.data(KIND, shape)
    }

    fn mapped(&self) -> impl Iterator<Item = &str> {
        self.all_data().filter(|(kind, ..)| *kind == KIND).map(|(_, shape, _)| shape)
    }
}

impl Data for StoredMaps {
    fn name(&self) -> &str {
        &self.shape
    }

    fn seed(&self) -> Option<u64> {
        Some(self.seed)
    }

    fn essence(&self) -> String {
        format!("{:?}", self.shifts)
    }
}

/// Returns stored maps as the search knows them.
pub fn learned_maps(stored: &StoredMaps) -> LearnedMaps {
    LearnedMaps {
        shape: stored.shape.clone(),
        seed: stored.seed,
        seeds: stored.seeds,
        steps: stored.steps,
        shifts: stored.shifts.clone(),
        throughput: stored.throughput,
        throughputs: stored.throughputs.clone(),
    }
}
