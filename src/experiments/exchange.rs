//! How long an all-to-all lasts at the ideal rate, for topologies that are compared side by side.

use super::MEBIBYTE;
use crate::parameters::flat_torus;
use crate::sim::{Topology, analyze};
use paper_engine::facts::{Basis, Experiment, Failure, Writer};
use paper_engine::model::Model;
use paper_engine::units::Unit;

const SOURCE: &str = "camara2010twisted; equal splitting over all shortest paths";

/// The experiment `exchange`.
pub const EXCHANGE: Experiment = Experiment {
    id: "exchange",
    summary: "Time of an all-to-all at the ideal rate on tori and twisted tori.",
    families: &["exchange"],
    inputs: &["chip.link_bandwidth", "collective.message"],
    parameters: &["exchange.flat", "exchange.slices", "exchange.twisted"],
    run,
    ..Experiment::EMPTY
};

fn run(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    for name in model.words("exchange.slices") {
        write_time(&format!("{name}.torus"), &Topology::torus(name.parse()?), facts);
    }
    for name in model.words("exchange.twisted") {
        write_time(&format!("{name}.twisted"), &Topology::twisted(name.parse()?)?, facts);
    }
    for name in model.words("exchange.flat") {
        write_time(&format!("{name}.torus"), &flat_torus(name)?, facts);
    }
    Ok(())
}

fn write_time(name: &str, topology: &Topology, facts: &mut Writer<'_>) {
    let links = analyze(topology).alltoall_links_per_chip;
    let inputs = &["chip.link_bandwidth", "collective.message"];
    let formula = "message of a chip over its ideal all-to-all bandwidth, without latency";
    let basis = Basis { unit: Unit::MILLISECONDS, inputs, formula, source: SOURCE };
    facts.sampled(format!("exchange.{name}.time"), basis, None, |values| match values {
        [bandwidth, message, ..] => message * MEBIBYTE / (links * bandwidth * 1e9) * 1e3,
        _ => f64::NAN,
    });
}
