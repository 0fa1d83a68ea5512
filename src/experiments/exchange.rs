//! How long an all-to-all lasts at the ideal rate, for topologies that are compared side by side.

use super::MEBIBYTE;
use crate::sim::{Shape, Topology, analyze};
use paper_engine::facts::{Basis, Experiment, Failure, Writer};
use paper_engine::model::Model;
use paper_engine::units::Unit;

/// Slices that are compared as torus and as twist.
const TWISTABLE: [&str; 4] = ["4x4x8", "4x8x8", "8x8x16", "8x16x16"];
/// Topologies that have no twist: the largest torus, and a plane one.
const LARGEST: &str = "16x16x16";
const FLAT: usize = 64;
const SOURCE: &str = "camara2010twisted; equal splitting over all shortest paths";

/// The experiment `exchange`.
pub const EXCHANGE: Experiment = Experiment {
    id: "exchange",
    summary: "Time of an all-to-all at the ideal rate on tori and twisted tori.",
    families: &["exchange"],
    inputs: &["chip.link_bandwidth", "collective.message"],
    data: &[],
    published: &[],
    drawn: &[],
    run,
};

fn run(_model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    for name in TWISTABLE {
        let shape: Shape = name.parse()?;
        write_time(&format!("{shape}.torus"), &Topology::torus(shape), facts);
        write_time(&format!("{shape}.twisted"), &Topology::twisted(shape)?, facts);
    }
    let shape: Shape = LARGEST.parse()?;
    write_time(&format!("{shape}.torus"), &Topology::torus(shape), facts);
    write_time(&format!("{FLAT}x{FLAT}.torus"), &Topology::flat_torus(FLAT, FLAT)?, facts);
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
