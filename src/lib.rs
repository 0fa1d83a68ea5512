//! One command runs a simulation, computes every number from it, and typesets the paper.
//!
//! Data flows one way: `model` to `sim` to `facts`; `manuscript` and `table` define what the outputs
//! read; `typeset` turns LaTeX into PDF.

pub mod cli;
pub mod diagnostic;
pub mod facts;
pub mod manuscript;
pub mod model;
pub mod output;
pub mod phext;
pub mod sim;
pub mod source;
pub mod table;
pub mod typeset;
pub mod units;
