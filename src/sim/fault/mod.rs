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

pub use crate::sim::chip_map::{CHIPS_PER_CUBE, CUBES, SPARE_CUBES};
pub use capacity::{Goodput, goodput};
pub use monte_carlo::{Estimate, Sampled, simulate};
pub use remap::{Assignment, Remap, RemapError};
pub use tolerance::{MixedTolerance, Tolerance, mixed_tolerance, tolerance};
pub use year::{OtherFailures, Placement, Year, YearSetting, simulate_year};

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
        "no slice has {0} chips: below a cube there are 4, 8, 16 and 32, above it multiples of 64 up to 4096"
    )]
    Slice(usize),
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

/// Returns the cubes of a slice of at least one cube.
pub(crate) fn slice_cubes(chips: usize) -> Result<usize, FaultError> {
    if chips.is_multiple_of(CHIPS_PER_CUBE) && (1..=CUBES).contains(&(chips / CHIPS_PER_CUBE)) {
        Ok(chips / CHIPS_PER_CUBE)
    } else {
        Err(FaultError::Slice(chips))
    }
}
