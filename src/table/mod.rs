//! Facts to rows.

mod rows;

pub use rows::{Alignment, Cell, Column, Table};
