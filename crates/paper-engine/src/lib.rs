//! The engine: from the facts of a study to a typeset paper.
//!
//! A [`study::Study`] brings inputs, experiments, drawings, checks and commands; [`cli::run`] is its program.
//! Data flows one way: `model` to `facts`, then `figure`, `table` and `manuscript`, then `output`. `pipeline`
//! is the only place that joins them.

pub mod assertion;
pub mod cli;
pub mod diagnostic;
pub mod facts;
pub mod figure;
pub mod highlight;
pub mod language;
pub mod lint;
pub mod manuscript;
pub mod model;
pub mod output;
pub mod pipeline;
pub mod preview;
pub mod publish;
pub mod rally;
pub mod results;
pub mod review;
pub mod schema;
pub mod source;
pub mod study;
pub mod table;
pub mod units;
