//! Facts of communication patterns: what networks carry, and the fewest, mean and most links of one message.

use super::pattern_flow;
use crate::maps::{declared_maps, learned_maps, maps};
use crate::parameters::published_machine;
use crate::sim::sparse::{HopSpread, direct_hops, gateway_hops};
use crate::sim::{Network, Shape, Topology};
use paper_engine::facts::{Basis, Experiment, Failure, Writer};
use paper_engine::model::Model;

/// The slice of the whole machine, and the plane torus of as many chips.
const SLICE: &str = "16x16x16";
const FLAT: (usize, usize) = (64, 64);
const SOURCE: &str = "this design: shortest paths, searched from every chip";

/// The experiment `pattern`.
pub const PATTERN: Experiment = Experiment {
    id: "pattern",
    summary: "What networks carry of each traffic pattern, balanced; links of its messages on 4096 chips.",
    families: &["pattern"],
    data: &[maps(pattern_flow::SHAPES)],
    drawn: pattern_flow::DRAWN,
    suits: published_machine,
    run,
    ..Experiment::EMPTY
};

fn run(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let flat = Topology::flat_torus(FLAT.0, FLAT.1)?;
    let shape: Shape = SLICE.parse()?;
    write_direct("64x64", &flat.network(), facts)?;
    let torus = Topology::torus(shape).network();
    write_direct("16x16x16", &torus, facts)?;
    write_over_gateways("16x16x16", &torus, facts)?;
    pattern_flow::write(model, facts)?;
    let learned = learned_maps(declared_maps(model, SLICE)?).translations()?.maps()?.network();
    write_direct("learned", &learned, facts)?;
    write_over_gateways("learned", &learned, facts)
}

fn write_direct(network: &str, links: &Network, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let found = direct_hops(links)?;
    write(facts, "all_to_all", network, found, "links of a message between two chips");
    let back = found.there_and_back();
    write(facts, "all_reduce", network, back, "links of a value up a tree of shortest paths and down again");
    write(facts, "lookup", network, back, "links of a request to the owner of a row, and of its reply");
    Ok(())
}

fn write_over_gateways(network: &str, links: &Network, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let found = gateway_hops(links)?;
    let formula = "links of a request to its gateway and on to the owner of a row, and of its reply";
    write(facts, "gateway_lookup", network, found.there_and_back(), formula);
    Ok(())
}

fn write(facts: &mut Writer<'_>, pattern: &str, network: &str, hops: HopSpread, what: &str) {
    for (quantity, value) in [("best", hops.best as f64), ("mean", hops.mean), ("worst", hops.worst as f64)] {
        let formula = format!("{what}: {quantity} over all pairs of different chips");
        let basis = Basis { unit: crate::units::HOPS, inputs: &[], formula: &formula, source: SOURCE };
        facts.number(format!("pattern.{pattern}.{network}.{quantity}"), value, basis);
    }
}
