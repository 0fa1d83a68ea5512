//! Facts of what maps per switch cost and survive: dark switches, path tables, spare cubes, entries rewritten.

mod dark;
mod exchange;
mod pareto;
mod tables;

use super::Unit;
use super::experiment::{Basis, Experiment, Writer};
use crate::model::Model;
use crate::sim::learned::{LearnedError, random_translations};
use crate::sim::{Shape, SwitchMaps, Topology};

pub use dark::{DARK, DARK_WHOLE};
pub use pareto::PARETO;
pub use tables::most_table_bytes;

/// The experiment `cost`.
pub const COST: Experiment = Experiment {
    id: "cost",
    summary: "What maps per switch cost and survive: dark switches, path tables, spare cubes, entries to rewrite.",
    inputs: tables::INPUTS,
    maps: &["4x8x8", "8x8x8", "16x16x16"],
    published: &[],
    run,
};

const SOURCE: &str = "this design: one map for each of 48 switches; garg2007faster for the flow";

fn run(model: &Model, facts: &mut Writer<'_>) {
    dark::write(model, facts);
    tables::write(model, facts);
    exchange::write(model, facts);
    pareto::write(model, facts);
}

/// Returns the maps of a named network; of random ones the draw with this seed.
fn maps_of(model: &Model, shape: &str, network: &str, seed: u64) -> Result<SwitchMaps, String> {
    let name = |error: LearnedError| error.to_string();
    let slice: Shape = shape.parse().map_err(|error: crate::sim::ShapeError| error.to_string())?;
    let by_hand = |topology: &Topology| SwitchMaps::of(topology).map_err(|error| error.to_string());
    match network {
        "torus" => by_hand(&Topology::torus(slice)),
        "twisted" => by_hand(&Topology::twisted(slice).map_err(|error| error.to_string())?),
        "translations" => random_translations(slice, seed).and_then(|drawn| drawn.maps()).map_err(name),
        _ => {
            let stored = model.maps(shape).ok_or_else(|| format!("there are no stored maps for {shape}"))?;
            super::learned_maps(stored).translations().and_then(|found| found.maps()).map_err(name)
        }
    }
}

/// Writes median, lowest and highest of a list; nothing for an empty one.
fn write_spread(facts: &mut Writer<'_>, name: &str, values: &[f64], unit: Unit, formula: &str) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (Some(&lowest), Some(&highest)) = (sorted.first(), sorted.last()) else { return };
    let middle = (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]) / 2.0;
    for (suffix, value) in [("", middle), ("_lowest", lowest), ("_highest", highest)] {
        let which = match suffix {
            "" => "median",
            "_lowest" => "lowest",
            _ => "highest",
        };
        let formula = format!("{which} over {} cases of: {formula}", sorted.len());
        facts.number(
            format!("{name}{suffix}"),
            value,
            Basis { unit, inputs: &[], formula: &formula, source: SOURCE },
        );
    }
}
