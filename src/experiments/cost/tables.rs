//! Path tables: their bytes, and how long it takes to load them.

use super::{SOURCE, translations_of};
use crate::sim::learned::tables::{PathTables, path_tables};
use crate::sim::learned::{BalanceSettings, LearnedError, RouteSettings, Translations, balance, class_loads};
use paper_engine::facts::{Basis, Failure, Writer};
use paper_engine::model::Model;
use paper_engine::units::Unit;

/// The links over which tables come: from a host to its chips, and from one controller to the hosts.
pub(super) const INPUTS: &[&str] =
    &["sparse.host_link_bandwidth", "sparse.host_network_bandwidth", "sparse.host_network_efficiency"];
const SHAPES: [&str; 3] = ["4x8x8", "8x8x8", "16x16x16"];
/// The chips of a cube, each of which has a table of its own under translations.
const PLACES: usize = 64;

/// Returns the chips of a slice and the most hops of a path under translations.
fn longest(maps: &Translations) -> Result<(usize, usize), LearnedError> {
    let longest = class_loads(maps)?.diameter + RouteSettings::default().extra_hops;
    Ok((maps.cubes() * PLACES, longest))
}

/// Returns the chips of a slice and the path table of each under the maps of a network.
fn tables(model: &Model, shape: &str, network: &str) -> Result<(usize, PathTables), LearnedError> {
    let maps = translations_of(model, shape, network, 1)?;
    let (chips, longest) = longest(&maps)?;
    let mean = balance(&maps, BalanceSettings::default())?.mean_links;
    Ok((chips, path_tables(chips, RouteSettings::default().paths_per_pair, mean, longest)))
}

/// Returns the most bytes that a chip's path table may take under the learned maps of a slice.
pub fn most_table_bytes(model: &Model, shape: &str) -> Result<f64, LearnedError> {
    let (chips, longest) = longest(&translations_of(model, shape, "learned", 1)?)?;
    let paths = RouteSettings::default().paths_per_pair;
    Ok(path_tables(chips, paths, longest as f64, longest).slotted)
}

pub(super) fn write(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    for shape in SHAPES {
        facts.apart(|facts| write_slice(model, shape, facts))?;
    }
    Ok(())
}

fn write_slice(model: &Model, shape: &str, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let mut write = |network: &str, quantity: &str, value: f64, unit: Unit, formula: &str| {
        let basis = Basis { unit, inputs: &[], formula, source: SOURCE };
        facts.number(format!("cost.{shape}.{network}.{quantity}"), value, basis);
    };
    let formula = "bytes of a chip's path table; dimension order computes its ports from coordinates";
    write("torus", "table_bytes", 0.0, Unit::BYTES, formula);
    // The learned maps come last, so that only what follows rests on them.
    for network in ["translations", "learned"] {
        let (chips, found) = tables(model, shape, network)?;
        let formula = "a path to each other chip: its length and three bits for each hop, mean over chips";
        write(network, "table_bytes", found.bytes, Unit::BYTES, formula);
        let formula = "the same with a slot for the longest path each";
        write(network, "table_bytes_slotted", found.slotted, Unit::BYTES, formula);
        let formula = "bits of the longest path in the header of a packet";
        write(network, "header_bits", found.header_bits as f64, Unit::COUNT, formula);
        let all = 1.0 / 1_048_576.0;
        let formula =
            "different tables of the slice, one for each place in a cube: translations carry them over";
        write(network, "tables_all", found.bytes * PLACES as f64 * all, Unit::MEBIBYTES, formula);
        let formula = "tables of the slice without that symmetry, one for each chip";
        let without = found.bytes * chips as f64 * all;
        write(network, "tables_all_without_symmetry", without, Unit::MEBIBYTES, formula);
    }
    let (chips, found) = tables(model, shape, "learned")?;
    let at = |values: &[f64], index: usize| values.get(index).copied().unwrap_or(f64::NAN);
    let formula = "table of one chip over the link to its host";
    let basis = Basis { unit: Unit::MICROSECONDS, inputs: &INPUTS[..1], formula, source: SOURCE };
    let name = |quantity: &str| format!("cost.{shape}.learned.{quantity}");
    facts.sampled(name("table_load_time"), basis, None, |values| found.bytes / (at(values, 0) * 1e3));
    for (quantity, tables, formula) in [
        ("tables_send_time", PLACES, "the different tables once through the adapter of one controller"),
        ("tables_send_time_without_symmetry", chips, "a table for each chip through the same adapter"),
    ] {
        let basis = Basis { unit: Unit::MILLISECONDS, inputs: &INPUTS[1..], formula, source: SOURCE };
        let bytes = found.bytes * tables as f64;
        facts.sampled(name(quantity), basis, None, |values| bytes / (at(values, 0) * at(values, 1) * 1e6));
    }
    Ok(())
}
