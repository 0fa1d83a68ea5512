//! Facts of one failed cube, followed from failure to the slice that runs again.

use crate::sim::chip_map::{CHIPS_PER_CUBE, CUBES, ChipIndex, coordinate_of};
use crate::sim::fault::Assignment;
use crate::sim::{Shape, SwitchMaps, Topology};
use paper_engine::facts::{Basis, Experiment, Writer};
use paper_engine::model::Model;
use paper_engine::units::Unit;

/// The slices of the example: together they fill the machine.
const SLICES: [&str; 2] = ["12x16x16", "8x8x16"];
/// The cube that fails, from 0; the same as in the scenario `remap.one_host`.
const FAILED: usize = 7;
/// The chip followed, from 0 in its cube.
const CHIP: usize = 25;
const SOURCE: &str = "this design: spare cubes on the spare ports of the switches";

/// The experiment `remap`.
pub const REMAP: Experiment = Experiment {
    id: "remap",
    summary: "One failed cube: which spare takes its place, what coordinates do, and how long it takes.",
    families: &["remap"],
    inputs: &[
        "fault.restart_time",
        "measured.table_rewrite",
        "ocs.settling_time",
        "ocs.command_time",
        "ocs.link_bring_up",
    ],
    data: &[],
    published: &[],
    run,
};

fn run(_: &Model, facts: &mut Writer<'_>) {
    write_example(facts);
    let basis = Basis {
        unit: Unit::MINUTES,
        inputs: REMAP.inputs,
        formula: "commands sent, tables rewritten, mirrors settled, links up, work since the last checkpoint redone",
        source: "jouppi2023tpuv4, sections 2.1 to 2.6",
    };
    facts.sampled("remap.example.outage", basis, None, |values| {
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        at(0) * 60.0 + at(1) / 6e7 + (at(2) + at(3) + at(4)) / 6e4
    });
    let basis = Basis {
        unit: Unit::MINUTES,
        inputs: &["fault.restart_time"],
        formula: "half a checkpoint interval and the start of the program",
        source: "not published; see the range of the input",
    };
    facts.sampled("remap.example.restart", basis, None, |values| {
        values.first().copied().unwrap_or(f64::NAN) * 60.0
    });
}

fn write_example(facts: &mut Writer<'_>) {
    let maps =
        |shape: &str| shape.parse::<Shape>().ok().and_then(|s| SwitchMaps::of(&Topology::torus(s)).ok());
    let Ok(before) = Assignment::new(SLICES.iter().filter_map(|shape| maps(shape)).collect()) else { return };
    let Ok(remap) = before.without(&[FAILED]) else { return };
    let (Some(old), Some(new)) = (before.cubes(0), remap.after.cubes(0)) else { return };
    let Some(logical) = old.iter().position(|&cube| cube == FAILED) else { return };
    let Some(&stands_on) = new.get(logical) else { return };
    let chip = |cube: usize| ChipIndex::new(cube * CHIPS_PER_CUBE + CHIP).map(coordinate_of);
    let mut write = |name: &str, text: String, formula: &str| {
        let basis = Basis { unit: Unit::TEXT, inputs: &[], formula, source: SOURCE };
        facts.text(format!("remap.example.{name}"), text, basis);
    };
    let arm = |[a, b, c]: [u16; 3]| format!("{a}.{b}.{c}");
    if let (Some(failed), Some(spare)) = (chip(FAILED), chip(stands_on)) {
        write("failed_cube", arm(failed.z()), "Z arm of the cube whose host fails, a chosen example");
        write("spare_cube", arm(spare.z()), "Z arm of the lowest free cube, which takes its place");
        write("coordinate", failed.to_string(), "coordinate that a program uses, before and after");
        write("place_before", failed.to_string(), "chip behind that coordinate before the failure");
        write("place_after", spare.to_string(), "chip behind that coordinate after the remap");
    }
    let slice = |index: usize| before.cubes(index).map_or(0, <[usize]>::len);
    let mut write = |name: &str, value: f64, unit: Unit, formula: &str| {
        let basis = Basis { unit, inputs: &[], formula, source: SOURCE };
        facts.number(format!("remap.example.{name}"), value, basis);
    };
    write("slice_0.cubes", slice(0) as f64, Unit::COUNT, "cubes of the slice of 12x16x16 chips");
    write("slice_1.cubes", slice(1) as f64, Unit::COUNT, "cubes of the slice of 8x8x16 chips");
    let cubes = (slice(0) + slice(1)) as f64;
    let formula = "cubes whose slice runs, over all 64";
    write("running.normal", cubes / CUBES as f64, Unit::FRACTION, formula);
    let formula = "the same while the slice with the failed cube stands still";
    write("running.failure", (cubes - slice(0) as f64) / CUBES as f64, Unit::FRACTION, formula);
    let lost: usize = remap.lost.iter().map(|&index| slice(index)).sum();
    let formula = "the same once each slice has the cubes it needs again";
    write("running.recovered", (cubes - lost as f64) / CUBES as f64, Unit::FRACTION, formula);
}
