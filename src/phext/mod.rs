//! Coordinates and delimiters of phext text, the map from chips to coordinates, and phext documents.

pub mod chip_map;
pub mod coordinate;
pub mod delimiter;
pub mod document;
pub mod index;
pub mod reader;

pub use chip_map::ChipIndex;
pub use coordinate::{Coordinate, CoordinateError};
pub use delimiter::Delimiter;
pub use document::Document;
pub use index::{Entry, Index};
pub use reader::{ReadError, Reader, Scroll};
