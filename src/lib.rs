//! One command runs a simulation, computes every number from it, and typesets the paper.
//!
//! This crate is the study: what is particular to our machine. [`sim`] computes, [`experiments`] make facts
//! of it, and [`STUDY`] hands them to the engine, `paper_engine`, which does the rest.

pub mod checks;
pub mod commands;
pub mod drawings;
pub mod experiments;
#[cfg(doctest)]
mod foundations;
pub mod inputs;
pub mod maps;
pub mod parameters;
pub mod sim;
pub mod units;

use paper_engine::figure::{load_all, schema};
use paper_engine::study::Study;

include!(concat!(env!("OUT_DIR"), "/code.rs"));

/// What this study adds to the engine.
pub static STUDY: Study = Study {
    program: env!("CARGO_PKG_NAME"),
    version: env!("CARGO_PKG_VERSION"),
    about: env!("CARGO_PKG_DESCRIPTION"),
    examples: "  phext-paper sim run topology                    compute facts from paper/model.yaml
  phext-paper sim topology 4x4x8 --twisted        analyse one slice",
    inputs: inputs::INPUTS,
    parameters: parameters::PARAMETERS,
    units: units::UNITS,
    experiments: experiments::EXPERIMENTS,
    stored: experiments::STORED,
    data: &[maps::MAPS],
    figures: load_all::<drawings::Drawing>,
    figure_schema: schema::<drawings::Drawing>,
    checks: checks::CHECKS,
    rules: checks::RULES,
    commands: commands::COMMANDS,
    code: CODE,
};
