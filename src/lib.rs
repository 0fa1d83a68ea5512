//! One command runs a simulation, computes every number from it, and typesets the paper.
//!
//! Data flows one way: `model` to `sim` to `facts`, then `figure`, `table` and `manuscript`, then
//! `output` and `typeset`. `pipeline` is the only place that joins them.

pub mod checks;
pub mod cli;
pub mod commands;
pub mod diagnostic;
pub mod drawings;
pub mod experiments;
pub mod facts;
pub mod figure;
#[cfg(doctest)]
mod foundations;
pub mod inputs;
pub mod lint;
pub mod manuscript;
pub mod maps;
pub mod model;
pub mod output;
pub mod pipeline;
pub mod preview;
pub mod publish;
pub mod rally;
pub mod review;
pub mod sim;
pub mod source;
pub mod study;
pub mod table;
pub mod units;

include!(concat!(env!("OUT_DIR"), "/code.rs"));

/// What this study adds to the engine.
pub static STUDY: study::Study = study::Study {
    program: env!("CARGO_PKG_NAME"),
    version: env!("CARGO_PKG_VERSION"),
    about: env!("CARGO_PKG_DESCRIPTION"),
    examples: "  phext-paper sim run topology                    compute facts from paper/model.yaml
  phext-paper sim topology 4x4x8 --twisted        analyse one slice",
    inputs: inputs::INPUTS,
    experiments: experiments::EXPERIMENTS,
    stored: experiments::STORED,
    data: &[maps::MAPS],
    figures: figure::load_all::<drawings::Drawing>,
    checks: checks::CHECKS,
    commands: commands::COMMANDS,
    code: CODE,
};
