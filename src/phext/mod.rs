//! Coordinates and delimiters of phext text, and the map from chips to coordinates.

pub mod chip_map;
pub mod coordinate;
pub mod delimiter;

pub use chip_map::ChipIndex;
pub use coordinate::{Coordinate, CoordinateError};
pub use delimiter::Delimiter;
