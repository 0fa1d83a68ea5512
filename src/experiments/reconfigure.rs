//! Facts of the time that a change of topology takes.

use super::cost::most_table_bytes;
use crate::maps::maps;
use crate::parameters::published_machine;
use crate::sim::{Shape, Topology, analyze};
use paper_engine::facts::{Basis, Experiment, Failure, Writer};
use paper_engine::model::Model;
use paper_engine::units::Unit;

/// The slice that drains: the whole machine, wired as a torus.
const SLICE: &str = "16x16x16";
const SOURCE: &str = "jouppi2023tpuv4, sections 2.1 and 2.6";

/// The experiment `reconfigure`.
pub const RECONFIGURE: Experiment = Experiment {
    id: "reconfigure",
    summary: "Time to change a topology: drain, commands, tables, mirrors, links and paths, and what a job waits for.",
    families: &["reconfigure"],
    inputs: &[
        "chip.hop_latency",
        "chip.link_bandwidth",
        "measured.coordinate_lookup",
        "measured.table_rewrite",
        "ocs.command_time",
        "ocs.link_bring_up",
        "ocs.outstanding",
        "ocs.settling_time",
        "sparse.host_link_bandwidth",
    ],
    data: &[maps(&[SLICE])],
    suits: published_machine,
    run,
    ..Experiment::EMPTY
};

/// The inputs of the parts of a change, in the order in which [`Change`] reads them.
const PARTS: [&str; 7] = [
    "ocs.outstanding",
    "chip.link_bandwidth",
    "chip.hop_latency",
    "ocs.command_time",
    "measured.table_rewrite",
    "ocs.settling_time",
    "ocs.link_bring_up",
];
/// The same with the link over which path tables come.
const ALL: [&str; 8] =
    [PARTS[0], PARTS[1], PARTS[2], PARTS[3], PARTS[4], PARTS[5], PARTS[6], "sparse.host_link_bandwidth"];

/// Holds what of a change depends on the slice alone.
#[derive(Clone, Copy)]
struct Change {
    /// The all-to-all rate of a chip, in links.
    rate: f64,
    /// The longest way, in links.
    diameter: f64,
}

impl Change {
    /// Milliseconds until the last packet has arrived; inputs as in [`PARTS`].
    fn drain(self, values: &[f64]) -> f64 {
        let at = |index| at(values, index);
        at(0) * 1_048_576.0 / (self.rate * at(1) * 1e6) + self.diameter * at(2) / 1e3
    }

    /// Milliseconds until all links carry again.
    fn total(self, values: &[f64]) -> f64 {
        self.drain(values) + at(values, 3) + at(values, 4) / 1e3 + at(values, 5) + at(values, 6)
    }
}

fn at(values: &[f64], index: usize) -> f64 {
    values.get(index).copied().unwrap_or(f64::NAN)
}

fn run(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let measured = "measured by phext-paper measure";
    let torus = analyze(&Topology::torus(SLICE.parse::<Shape>()?));
    let change = Change { rate: torus.alltoall_links_per_chip, diameter: torus.diameter as f64 };
    let basis = Basis {
        unit: Unit::NANOSECONDS,
        inputs: &["measured.coordinate_lookup"],
        formula: "measured time from the text of a coordinate to the chip",
        source: measured,
    };
    facts.sampled("reconfigure.lookup_time", basis, None, |values| at(values, 0));
    let mut write =
        |name: &str, inputs: &[&str], formula: &str, source: &str, value: &(dyn Fn(&[f64]) -> f64 + Sync)| {
            let basis = Basis { unit: Unit::MILLISECONDS, inputs, formula, source };
            facts.sampled(format!("reconfigure.{name}"), basis, None, value);
        };
    let formula = "measured time to compute and write all entries of 48 switches for 64 cubes";
    write("table_time", &PARTS[4..5], formula, measured, &|values| at(values, 0) / 1e3);
    let formula = "time until the mirrors of a switch have settled; all switches move at once";
    write("optical_time", &PARTS[5..6], formula, SOURCE, &|values| at(values, 0));
    let formula =
        "outstanding bytes of a chip at the all-to-all rate of the torus, then the longest way, 4096 chips";
    write("drain_time", &PARTS[..3], formula, "this design: a job stops before its links move", &|values| {
        change.drain(values)
    });
    let formula = "time until commands have reached all switches";
    write("command_time", &PARTS[3..4], formula, "not published; see the range of the input", &|values| {
        at(values, 0)
    });
    let formula = "time until receivers have locked to the new light and links carry again";
    write(
        "link_bring_up_time",
        &PARTS[6..7],
        formula,
        "not published; see the range of the input",
        &|values| at(values, 0),
    );
    let formula = "drain, commands, tables, mirrors and links, one after another";
    write("total_time", &PARTS, formula, SOURCE, &|values| change.total(values));
    // Bytes of a chip's path table; only what follows rests on the learned maps.
    let table = most_table_bytes(model, SLICE)?;
    let paths = |bandwidth: f64| table / (bandwidth * 1e6);
    let formula =
        "a chip's path table, each path in a slot for the longest one, over the link to its host; 4096 chips";
    write("path_table_time", &ALL[7..], formula, "this design: stored paths for each pair", &|values| {
        paths(at(values, 0))
    });
    let formula =
        "total time, then the path tables of learned maps: from the decision until the job sends again";
    write("job_wait", &ALL, formula, SOURCE, &|values| change.total(values) + paths(at(values, 7)));
    Ok(())
}
