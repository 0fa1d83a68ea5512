//! Sparse embedding lookups: where rows lie, which rows a step asks for, what messages that takes and how
//! long.
//!
//! [`Placement`] maps ids to coordinates, [`Zipf`] draws ids, [`count_traffic`] counts messages under
//! four ways of batching, [`step_time`] models the time of a step on three machines, and [`bisections`]
//! compares their networks.

mod batch;
mod bisection;
mod contest;
mod hops;
mod lookup;
mod placement;
mod reduction;
mod zipf;

pub use batch::{Batching, MOST_LOOKUPS, Requests, Sources, Step, Traffic, count_traffic, draw_requests};
pub use bisection::{Bisection, COMPARED_CHIPS, bisections, flat_torus, v4_torus};
pub use contest::{Compared, Contest, Rival};
pub use hops::{HopSpread, direct_hops, gateway_hops};
pub use lookup::{
    Assumptions, CHIPS_PER_HOST, Chip, DistinctRows, FIGURE_8, Machine, Model, StepTime, Storage, step_time,
};
pub use placement::{MOST_PLACED_CHIPS, Memory, Permutation, Placement, RowAddress, hash_table_bytes};
pub use reduction::{Reduction, crossings, reductions, saturated_reduction};
pub use zipf::Zipf;

use thiserror::Error;

/// Tells why a model of sparse lookups is refused.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SparseError {
    /// A count is zero or too large.
    #[error("{name}: expected 1 to {most}, found {value}")]
    WrongCount {
        /// What is counted.
        name: &'static str,
        /// The count as given.
        value: u64,
        /// The limit.
        most: u64,
    },
    /// The chips are not whole cubes of the machine.
    #[error("expected 64 to {most} chips in whole cubes of 64, found {chips}")]
    NotCubes {
        /// The chips as given.
        chips: usize,
        /// The chips of the machine.
        most: usize,
    },
    /// A quantity is outside its range.
    #[error("{name} is {value}: expected {expected}")]
    OutOfRange {
        /// The quantity at fault.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The range in words.
        expected: &'static str,
    },
    /// The slice has no such shape.
    #[error(transparent)]
    Shape(#[from] super::shape::ShapeError),
}
