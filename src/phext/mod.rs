//! Phext coordinates, the delimiters of phext text, and the one map between chips and coordinates.

mod chip_map;
mod coordinate;
mod delimiter;

pub use chip_map::{CHIPS, ChipIndex, SPARE_CHIPS, chip_at, coordinate_of};
pub use coordinate::{Coordinate, CoordinateError};
pub use delimiter::Delimiter;
