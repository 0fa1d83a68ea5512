//! Cubes, switches, and a topology as the maps that the switches hold.
//!
//! Source of the structure: "TPU v4: An Optically Reconfigurable Supercomputer for Machine Learning with
//! Hardware Support for Embeddings", ISCA 2023, section 2.2. A cube has 4x4x4 chips in an electrical mesh.
//! Its six faces have 16 optical links each. Switch (d, i) takes, from every cube, both links of position i
//! on the two faces across dimension d, and connects the plus port of cube c to the minus port of cube pi(c).

use thiserror::Error;

use super::network::{Network, number_of, place_of};
use super::shape::CUBE_SIDE;
use super::topology::{Kind, Topology};

/// The number of dimensions.
pub const DIMENSIONS: usize = 3;
/// The positions on a face of a cube.
pub const POSITIONS: usize = CUBE_SIDE * CUBE_SIDE;
/// The switches of the machine: 3 dimensions x 16 face positions.
pub const SWITCHES: usize = DIMENSIONS * POSITIONS;
/// The electrical links in a cube: 3 dimensions x 16 lines x 3 links.
pub const ELECTRICAL_LINKS_PER_CUBE: usize = DIMENSIONS * POSITIONS * (CUBE_SIDE - 1);
/// The optical links of a cube: 6 faces x 16 positions.
pub const OPTICAL_LINKS_PER_CUBE: usize = 2 * DIMENSIONS * POSITIONS;

/// Tells why a set of switch maps is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FabricError {
    /// The number of maps is not 48.
    #[error("expected {SWITCHES} switch maps, found {0}")]
    NotAllSwitches(usize),
    /// A map does not have one entry per cube.
    #[error("the map of switch {switch} has {entries} entries for {cubes} cubes")]
    WrongLength {
        /// The switch, from 0.
        switch: usize,
        /// The entries of its map.
        entries: usize,
        /// The cubes of the slice.
        cubes: usize,
    },
    /// A map sends two plus ports to one minus port, or one to a cube that is not there.
    #[error("the map of switch {switch} is not one to one on {cubes} cubes: see cube {cube}")]
    NotOneToOne {
        /// The switch, from 0.
        switch: usize,
        /// The cube whose entry is at fault.
        cube: usize,
        /// The cubes of the slice.
        cubes: usize,
    },
    /// The topology has no cubes.
    #[error("a flat torus is not made of cubes")]
    Flat,
}

/// Holds the topology of a slice as one map of cubes per switch.
///
/// Switch 16 d + i serves dimension d and face position i. Entry c of its map is the cube whose minus port
/// meets the plus port of cube c, or `None` where nothing is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwitchMaps {
    grid: [usize; 3],
    maps: Vec<Vec<Option<u16>>>,
}

impl SwitchMaps {
    /// Checks the maps of all 48 switches for a grid of cubes.
    ///
    /// # Errors
    /// Refuses maps that are incomplete or not one to one.
    pub fn new(grid: [usize; 3], maps: Vec<Vec<Option<u16>>>) -> Result<Self, FabricError> {
        let cubes = grid[0] * grid[1] * grid[2];
        if maps.len() != SWITCHES {
            return Err(FabricError::NotAllSwitches(maps.len()));
        }
        for (switch, map) in maps.iter().enumerate() {
            if map.len() != cubes {
                return Err(FabricError::WrongLength { switch, entries: map.len(), cubes });
            }
            let mut taken = vec![false; cubes];
            for (cube, target) in map.iter().enumerate() {
                if let Some(target) = target {
                    match taken.get_mut(usize::from(*target)) {
                        Some(slot) if !*slot => *slot = true,
                        _ => return Err(FabricError::NotOneToOne { switch, cube, cubes }),
                    }
                }
            }
        }
        Ok(Self { grid, maps })
    }

    /// Returns the maps that wire a topology: all 16 switches of a dimension hold the same one.
    ///
    /// # Errors
    /// Refuses a flat torus.
    pub fn of(topology: &Topology) -> Result<Self, FabricError> {
        if topology.kind() == Kind::FlatTorus {
            return Err(FabricError::Flat);
        }
        let grid = topology.sizes().map(|size| size / CUBE_SIDE);
        let cubes = grid[0] * grid[1] * grid[2];
        let maps = (0..SWITCHES).map(|switch| {
            let past = |cube| topology.plus(place_of(grid, cube), switch / POSITIONS, CUBE_SIDE);
            let target = |place| u16::try_from(number_of(grid, place)).ok();
            (0..cubes).map(|cube| past(cube).and_then(target)).collect()
        });
        Self::new(grid, maps.collect())
    }

    /// Returns the cubes along each axis.
    #[must_use]
    pub const fn grid(&self) -> [usize; 3] {
        self.grid
    }

    /// Returns the number of cubes.
    #[must_use]
    pub const fn cubes(&self) -> usize {
        self.grid[0] * self.grid[1] * self.grid[2]
    }

    /// Returns the map of a switch, in 0..48.
    #[must_use]
    pub fn map(&self, switch: usize) -> Option<&[Option<u16>]> {
        self.maps.get(switch).map(Vec::as_slice)
    }

    /// Tells whether every map is a permutation of the cubes, with no port left open.
    #[must_use]
    pub fn are_permutations(&self) -> bool {
        self.maps.iter().flatten().all(Option::is_some)
    }

    /// Returns the number of electrical links: 144 per cube.
    #[must_use]
    pub const fn electrical_links(&self) -> usize {
        self.cubes() * ELECTRICAL_LINKS_PER_CUBE
    }

    /// Returns the number of optical links that pass through switches.
    #[must_use]
    pub fn optical_links(&self) -> usize {
        self.maps.iter().flatten().filter(|target| target.is_some()).count()
    }

    /// Returns the network of chips: the electrical mesh of every cube, joined by the switches.
    #[must_use]
    pub fn network(&self) -> Network {
        let sizes = self.grid.map(|cubes| cubes * CUBE_SIDE);
        Network::from_plus(sizes, DIMENSIONS, |place, axis| {
            let mut next = place;
            if place[axis] % CUBE_SIDE + 1 < CUBE_SIDE {
                next[axis] += 1;
                return Some(next);
            }
            let cube = number_of(self.grid, place.map(|along| along / CUBE_SIDE));
            let target = self.maps[axis * POSITIONS + face_position(place, axis)][cube]?;
            let target = place_of(self.grid, usize::from(target));
            for along in 0..DIMENSIONS {
                let within = if along == axis { 0 } else { place[along] % CUBE_SIDE };
                next[along] = target[along] * CUBE_SIDE + within;
            }
            Some(next)
        })
    }
}

/// Returns the position, in 0..16, of a chip on the face across an axis: the other two steps in its cube.
#[must_use]
pub fn face_position(place: [usize; 3], axis: usize) -> usize {
    (0..DIMENSIONS)
        .filter(|&along| along != axis)
        .fold(0, |position, along| position * CUBE_SIDE + place[along] % CUBE_SIDE)
}

/// Counts the switch entries that differ between two topologies; missing cubes count as unconnected.
#[must_use]
pub fn entries_changed(before: &SwitchMaps, after: &SwitchMaps) -> usize {
    let cubes = before.cubes().max(after.cubes());
    let entry = |map: &[Option<u16>], cube: usize| map.get(cube).copied().flatten();
    let changed = |(a, b): (&Vec<Option<u16>>, &Vec<Option<u16>>)| {
        (0..cubes).filter(|&cube| entry(a, cube) != entry(b, cube)).count()
    };
    before.maps.iter().zip(&after.maps).map(changed).sum()
}
