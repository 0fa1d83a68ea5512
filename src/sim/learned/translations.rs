//! Switch maps that are translations: 48 vectors in place of 48 permutations.
//!
//! The cubes of a slice form the abelian group `Z_gx` x `Z_gy` x `Z_gz`. When every switch holds a
//! translation of that group, moving all cubes by one group element keeps every link: the graph of chips
//! looks the same from every cube, and the 64 chips of one cube stand for all sources.

use super::super::fabric::{SWITCHES, SwitchMaps};
use super::super::network::{number_of, place_of};
use super::super::shape::Shape;
use super::super::topology::Topology;
use super::LearnedError;

/// Holds one translation of the grid of cubes per switch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translations {
    grid: [usize; 3],
    shifts: Vec<[usize; 3]>,
}

impl Translations {
    /// Checks one shift per switch for a grid of cubes.
    ///
    /// # Errors
    /// Refuses a grid that is no slice, other than 48 shifts, and shifts outside the grid.
    pub fn new(grid: [usize; 3], shifts: Vec<[usize; 3]>) -> Result<Self, LearnedError> {
        let axes = grid.map(|cubes| cubes.saturating_mul(super::super::shape::CUBE_SIDE));
        Shape::new(axes)?;
        if shifts.len() != SWITCHES {
            return Err(LearnedError::NotAllSwitches(shifts.len()));
        }
        for (switch, &shift) in shifts.iter().enumerate() {
            if (0..3).any(|axis| shift[axis] >= grid[axis]) {
                return Err(LearnedError::OutsideGrid { switch, shift, grid });
            }
        }
        Ok(Self { grid, shifts })
    }

    /// Returns the translations of the regular torus: one step along the dimension of each switch.
    #[must_use]
    pub fn of_torus(shape: Shape) -> Self {
        let grid = shape.cubes();
        let shifts = (0..SWITCHES).map(|switch| {
            let mut shift = [0; 3];
            let axis = super::super::fabric::DIMENSIONS * switch / SWITCHES;
            shift[axis] = 1 % grid[axis];
            shift
        });
        Self { grid, shifts: shifts.collect() }
    }

    /// Returns the translations that wire a topology, or `None` if its maps are not translations.
    ///
    /// Tori and the twists that shift by whole cubes are; meshes and flat tori are not.
    #[must_use]
    pub fn of(topology: &Topology) -> Option<Self> {
        Self::of_maps(&SwitchMaps::of(topology).ok()?)
    }

    /// Returns the translations that a set of switch maps holds, or `None` if some map is no translation.
    #[must_use]
    pub fn of_maps(maps: &SwitchMaps) -> Option<Self> {
        let grid = maps.grid();
        let mut shifts = Vec::with_capacity(SWITCHES);
        for switch in 0..SWITCHES {
            let map = maps.map(switch)?;
            let shift = place_of(grid, usize::from((*map.first()?)?));
            let moved = |cube| number_of(grid, add(grid, place_of(grid, cube), shift));
            if (0..map.len()).any(|cube| map[cube].map(usize::from) != Some(moved(cube))) {
                return None;
            }
            shifts.push(shift);
        }
        Some(Self { grid, shifts })
    }

    /// Returns the cubes along each axis.
    #[must_use]
    pub const fn grid(&self) -> [usize; 3] {
        self.grid
    }

    /// Returns the shift of each switch, in cubes along each axis.
    #[must_use]
    pub fn shifts(&self) -> &[[usize; 3]] {
        &self.shifts
    }

    /// Returns the number of cubes.
    #[must_use]
    pub const fn cubes(&self) -> usize {
        self.grid[0] * self.grid[1] * self.grid[2]
    }

    /// Returns the map of cubes that each switch holds.
    ///
    /// # Errors
    /// Refuses nothing that [`Translations::new`] accepts; the error is that of [`SwitchMaps::new`].
    pub fn maps(&self) -> Result<SwitchMaps, LearnedError> {
        self.maps_on(self.grid)
    }

    /// Returns the same maps for another grid of as many cubes; cubes keep their numbers.
    ///
    /// A group of cubes, such as the cyclic one, need not be the grid that a shape names.
    ///
    /// # Errors
    /// Refuses another number of cubes.
    pub fn maps_on(&self, grid: [usize; 3]) -> Result<SwitchMaps, LearnedError> {
        let target = |cube, shift| number_of(self.grid, add(self.grid, place_of(self.grid, cube), shift));
        let maps = self
            .shifts
            .iter()
            .map(|&shift| (0..self.cubes()).map(|cube| u16::try_from(target(cube, shift)).ok()).collect());
        Ok(SwitchMaps::new(grid, maps.collect())?)
    }

    /// Replaces the shift of one switch, taken modulo the grid.
    pub(super) fn set(&mut self, switch: usize, shift: [usize; 3]) {
        self.shifts[switch] = add(self.grid, shift, [0; 3]);
    }
}

/// Adds two elements of the group of cubes.
pub(super) fn add(grid: [usize; 3], a: [usize; 3], b: [usize; 3]) -> [usize; 3] {
    [0, 1, 2].map(|axis| (a[axis] + b[axis]) % grid[axis])
}
