//! One routing for all traffic: maximum concurrent flow on any network, with a bound.
//!
//! - `demand`: what each chip sends to each other one.
//! - `balance`: the balanced flow of a demand, with what no routing can exceed.
//! - `equal`: the same demand split equally over all shortest paths, as networks without stored routes do.
//! - `survey`: every pattern on every network.
//! - `patterns`: all-to-all, permutations, transpose, neighbours, hot spot and experts as demands.
//! - `problem`, `symmetry`: a network and a demand, folded so that one source stands for all that see the
//!   same.
//! - `search`, `routes`, `potential`: shortest paths, packed paths, and flow that shifts between them;
//!   `powers`: the functions whose last bit would depend on the machine.
//!
//! A link carries at most 1 in each direction. Chips send and receive as much as their links carry.

use thiserror::Error;

mod balance;
mod demand;
mod equal;
pub mod patterns;
mod potential;
mod powers;
mod problem;
mod routes;
mod search;
pub mod survey;
mod symmetry;

pub use balance::{Balanced, Settings, balance};
pub use demand::Demand;
pub use equal::{EqualSplitting, equal_splitting};

/// Tells why a flow is refused.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum FlowError {
    /// The demand has another number of chips than the network.
    #[error("the demand has {demand} chips, the network {network}")]
    OtherSize {
        /// The chips of the demand.
        demand: usize,
        /// The chips of the network.
        network: usize,
    },
    /// There is no such chip.
    #[error("there is no chip {chip}: the demand has {chips}")]
    NoSuchChip {
        /// The chip as given.
        chip: usize,
        /// The chips of the demand.
        chips: usize,
    },
    /// An amount is negative or not finite.
    #[error("a chip cannot send {0}: amounts are finite and not negative")]
    Amount(f64),
    /// A transposed matrix needs a power of two.
    #[error("{0} chips are not a power of two")]
    NotPowerOfTwo(usize),
    /// Nobody sends anything.
    #[error("the demand is empty")]
    Empty,
    /// Some chip cannot reach one it sends to.
    #[error("some chip cannot reach one that it sends to")]
    NotConnected,
}
