//! What failing hosts leave of the machine: goodput, exact and simulated, with and without switches.
//!
//! Model: hosts fail independently; a cube is up when all its hosts are (Jouppi et al., "TPU v4: An Optically
//! Reconfigurable Supercomputer", ISCA 2023, section 2.3, figure 4). With switches a slice takes any cubes
//! that are up; without them it takes a box of neighbouring cubes. Goodput is the share of the chips that
//! work for slices of the wanted size.

mod binomial;
mod capacity;
mod monte_carlo;
mod packing;
mod remap;
mod tolerance;
mod year;

use thiserror::Error;

use super::shape::{CUBE_SIDE, Shape, ShapeError};

pub use crate::sim::chip_map::{CHIPS_PER_CUBE, CUBES, SPARE_CUBES};
pub use capacity::{Goodput, goodput};
pub use monte_carlo::{Estimate, Sampled, simulate};
pub use remap::{Assignment, Remap, RemapError};
pub use tolerance::{MixedTolerance, Tolerance, mixed_tolerance, tolerance};
pub use year::{OtherFailures, Placement, Year, YearSetting, simulate_year};

/// The most cubes along each axis of a machine.
pub const MOST_CUBES_PER_AXIS: usize = 16;
/// The most along each axis where boxes of cubes are looked for: a set of cubes is one word.
pub const MOST_PACKED_PER_AXIS: usize = 4;
/// The most cubes of such a machine.
pub const MOST_PACKED: usize = MOST_PACKED_PER_AXIS * MOST_PACKED_PER_AXIS * MOST_PACKED_PER_AXIS;

/// The cubes of a machine without spares: as many along each of three axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CubeGrid {
    side: usize,
}

impl CubeGrid {
    /// The published machine: 64 cubes.
    pub const PUBLISHED: Self = Self { side: 4 };

    /// Returns the grid with so many cubes along each axis.
    ///
    /// # Errors
    /// Refuses none, and more than 16.
    pub fn new(side: usize) -> Result<Self, FaultError> {
        if (1..=MOST_CUBES_PER_AXIS).contains(&side) {
            return Ok(Self { side });
        }
        let (name, most) = ("the number of cubes per axis", MOST_CUBES_PER_AXIS as f64);
        Err(FaultError::Range { name, value: side as f64, most })
    }

    /// Returns the number of cubes.
    #[must_use]
    pub const fn cubes(self) -> usize {
        self.side * self.side * self.side
    }

    /// Returns the set of all cubes as bits.
    ///
    /// # Errors
    /// Refuses a machine of more than 64 cubes, which have no bit each.
    fn bits(self) -> Result<u64, FaultError> {
        if self.side <= MOST_PACKED_PER_AXIS {
            return Ok(u64::MAX >> (u64::BITS as usize - self.cubes()));
        }
        Err(FaultError::TooManyCubes(self.cubes()))
    }

    /// Returns the number of chips.
    #[must_use]
    pub const fn chips(self) -> usize {
        self.cubes() * CHIPS_PER_CUBE
    }

    /// Returns the shape of the slice of all cubes.
    ///
    /// # Errors
    /// Says why there is none; every grid has one.
    pub fn shape(self) -> Result<Shape, ShapeError> {
        Shape::new([CUBE_SIDE * self.side; 3])
    }

    /// Checks a slice: hosts of one cube, or whole cubes.
    ///
    /// # Errors
    /// Refuses what is neither, and slices that are larger than the machine.
    pub fn check_slice(self, chips: usize) -> Result<(), FaultError> {
        if (CHIPS_PER_HOST..CHIPS_PER_CUBE).contains(&chips) && chips.is_power_of_two() {
            return Ok(());
        }
        self.slice_cubes(chips).map(drop)
    }

    /// Returns the cubes of a slice of at least one cube.
    fn slice_cubes(self, chips: usize) -> Result<usize, FaultError> {
        if chips.is_multiple_of(CHIPS_PER_CUBE) && (1..=self.cubes()).contains(&(chips / CHIPS_PER_CUBE)) {
            Ok(chips / CHIPS_PER_CUBE)
        } else {
            Err(FaultError::Slice { chips, most: self.chips() })
        }
    }
}

/// The chips of a host.
pub const CHIPS_PER_HOST: usize = 4;
/// The hosts of a cube.
pub const HOSTS_PER_CUBE: usize = CHIPS_PER_CUBE / CHIPS_PER_HOST;

/// Tells why a question about goodput is refused.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum FaultError {
    /// The availability is not a probability above zero.
    #[error("the host availability is {0}: it must be above 0 and at most 1, such as 0.99")]
    Availability(f64),
    /// The machine has no slice of this size.
    #[error(
        "no slice has {chips} chips: below a cube there are 4, 8, 16 and 32, above it multiples of 64 up to {most}"
    )]
    Slice {
        /// The chips as given.
        chips: usize,
        /// Those of the machine.
        most: usize,
    },
    /// Boxes of cubes are not looked for in a machine of so many.
    #[error("boxes are looked for among at most {MOST_PACKED} cubes, not {0}")]
    TooManyCubes(usize),
    /// The quantile is not a probability.
    #[error("the quantile is {0}: it must be above 0 and below 1")]
    Quantile(f64),
    /// A count is zero or too large.
    #[error("{name} is {value}: it must be from 1 to {most}")]
    Range {
        /// What is counted.
        name: &'static str,
        /// The value as given.
        value: f64,
        /// The limit.
        most: f64,
    },
}

/// Refuses what is no availability.
pub(crate) fn check_availability(availability: f64) -> Result<(), FaultError> {
    if availability > 0.0 && availability <= 1.0 {
        Ok(())
    } else {
        Err(FaultError::Availability(availability))
    }
}
