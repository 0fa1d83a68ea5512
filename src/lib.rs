//! One command runs a simulation, computes every number from it, and typesets the paper.
//!
//! Data flows one way: `model` to `sim` to `facts`, then `figure`, `table` and `manuscript`, then
//! `output` and `typeset`. `pipeline` is the only place that joins them.

pub mod cli;
pub mod diagnostic;
pub mod facts;
pub mod figure;
#[cfg(doctest)]
mod foundations;
pub mod lint;
pub mod manuscript;
pub mod model;
pub mod output;
pub mod pipeline;
pub mod preview;
pub mod publish;
pub mod rally;
pub mod review;
pub mod sim;
pub mod source;
pub mod table;
pub mod units;
