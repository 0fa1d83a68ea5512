//! Learned coordinate maps: every optical switch holds its own translation of the cubes.

use thiserror::Error;

use super::fabric::FabricError;
use super::shape::ShapeError;

pub mod flow;
mod graph;
pub mod search;
pub mod translations;

pub use flow::{BalanceSettings, Balanced, ClassLoads, balance, class_loads};
pub use graph::CLASSES;
pub use search::{Learned, SearchSettings, learn};
pub use translations::Translations;

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
    /// Some chip cannot reach another.
    #[error("some chip cannot reach another under these maps")]
    NotConnected,
}
