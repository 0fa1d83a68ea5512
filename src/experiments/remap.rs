//! Facts of one failed cube, followed from failure to the slice that runs again.

use super::goodput::{two_slices, write_scenarios};
use crate::parameters::published_machine;
use crate::sim::chip_map::{CHIPS_PER_CUBE, CUBES, ChipIndex, coordinate_of};
use paper_engine::facts::{Basis, Experiment, Failure, Writer};
use paper_engine::model::Model;
use paper_engine::units::Unit;

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
    suits: published_machine,
    run,
    ..Experiment::EMPTY
};

fn run(_: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    write_scenarios(facts)?;
    write_example(facts)?;
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
    Ok(())
}

fn write_example(facts: &mut Writer<'_>) -> Result<(), Failure> {
    let before = two_slices()?;
    let remap = before.without(&[FAILED])?;
    let old = before.cubes(0).ok_or("the first slice has no cubes")?;
    let new = remap.after.cubes(0).ok_or("no spare cube takes the place of the failed one")?;
    let logical = old.iter().position(|&cube| cube == FAILED);
    let logical = logical.ok_or("the failed cube is none of the first slice")?;
    let &stands_on = new.get(logical).ok_or("the first slice lost a cube")?;
    let chip = |cube: usize| {
        let chip = ChipIndex::new(cube * CHIPS_PER_CUBE + CHIP).map(coordinate_of);
        chip.ok_or_else(|| format!("cube {cube} is none of the machine"))
    };
    let mut write = |name: &str, text: String, formula: &str| {
        let basis = Basis { unit: Unit::TEXT, inputs: &[], formula, source: SOURCE };
        facts.text(format!("remap.example.{name}"), text, basis);
    };
    let arm = |[a, b, c]: [u16; 3]| format!("{a}.{b}.{c}");
    let (failed, spare) = (chip(FAILED)?, chip(stands_on)?);
    write("failed_cube", arm(failed.z()), "Z arm of the cube whose host fails, a chosen example");
    write("spare_cube", arm(spare.z()), "Z arm of the lowest free cube, which takes its place");
    write("coordinate", failed.to_string(), "coordinate that a program uses, before and after");
    write("place_before", failed.to_string(), "chip behind that coordinate before the failure");
    write("place_after", spare.to_string(), "chip behind that coordinate after the remap");
    let slice = |index: usize| before.cubes(index).map(<[usize]>::len).ok_or("a slice has no cubes");
    let (first, second) = (slice(0)?, slice(1)?);
    let mut write = |name: &str, value: f64, unit: Unit, formula: &str| {
        let basis = Basis { unit, inputs: &[], formula, source: SOURCE };
        facts.number(format!("remap.example.{name}"), value, basis);
    };
    write("slice_0.cubes", first as f64, Unit::COUNT, "cubes of the slice of 12x16x16 chips");
    write("slice_1.cubes", second as f64, Unit::COUNT, "cubes of the slice of 8x8x16 chips");
    let cubes = (first + second) as f64;
    let formula = "cubes whose slice runs, over all 64";
    write("running.normal", cubes / CUBES as f64, Unit::FRACTION, formula);
    let formula = "the same while the slice with the failed cube stands still";
    write("running.failure", (cubes - first as f64) / CUBES as f64, Unit::FRACTION, formula);
    let lost = remap.lost.iter().map(|&index| slice(index)).sum::<Result<usize, _>>()?;
    let formula = "the same once each slice has the cubes it needs again";
    write("running.recovered", (cubes - lost as f64) / CUBES as f64, Unit::FRACTION, formula);
    Ok(())
}
