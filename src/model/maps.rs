//! `paper/maps/SHAPE.json`: switch maps that a search found, written by `phext-paper learn`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostics;
use crate::source;

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

/// Reads all stored maps; a paper without the folder has none.
pub(super) fn read(root: &Path) -> Result<BTreeMap<String, StoredMaps>, Diagnostics> {
    let files: BTreeMap<String, StoredMaps> = source::read_folder(root, Path::new(MAPS_FOLDER), "json")?;
    Ok(files.into_values().map(|maps| (maps.shape.clone(), maps)).collect())
}
