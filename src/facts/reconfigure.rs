//! Facts of the time that a change of topology takes.

use super::Unit;
use super::experiment::{Basis, Experiment, Writer};
use crate::model::Model;

/// The experiment `reconfigure`.
pub const RECONFIGURE: Experiment = Experiment {
    id: "reconfigure",
    summary: "Time to change a topology: rewriting the tables of the switches, and settling of their mirrors.",
    inputs: &["measured.coordinate_lookup", "measured.table_rewrite", "ocs.settling_time"],
    maps: &[],
    published: &[],
    run,
};

fn run(_: &Model, facts: &mut Writer<'_>) {
    let source = "measured by phext-paper measure";
    let basis = Basis {
        unit: Unit::Milliseconds,
        inputs: &["measured.table_rewrite"],
        formula: "measured time to compute and write all entries of 48 switches for 64 cubes",
        source,
    };
    let at = |values: &[f64], index: usize| values.get(index).copied().unwrap_or(f64::NAN);
    facts.sampled("reconfigure.table_time", basis, None, |values| at(values, 0) / 1e3);
    let basis = Basis {
        unit: Unit::Milliseconds,
        inputs: &["ocs.settling_time"],
        formula: "time until the mirrors of a switch have settled; all switches move at once",
        source: "jouppi2023tpuv4, sections 2.1 and 2.6",
    };
    facts.sampled("reconfigure.optical_time", basis, None, |values| at(values, 0));
    let basis = Basis {
        unit: Unit::Milliseconds,
        inputs: &["measured.table_rewrite", "ocs.settling_time"],
        formula: "table time plus settling time",
        source: "jouppi2023tpuv4, sections 2.1 and 2.6",
    };
    facts.sampled("reconfigure.total_time", basis, None, |values| at(values, 0) / 1e3 + at(values, 1));
    let basis = Basis {
        unit: Unit::Nanoseconds,
        inputs: &["measured.coordinate_lookup"],
        formula: "measured time from the text of a coordinate to the chip",
        source,
    };
    facts.sampled("reconfigure.lookup_time", basis, None, |values| at(values, 0));
}
