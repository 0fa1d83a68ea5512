//! Facts to rows.

mod data;
mod groups;
mod rows;
mod spec;
mod text;

pub use rows::{Alignment, Cell, Column, FIT, GAP, Table};
pub use spec::{TableSpec, load_all, rows};
pub use text::csv;
