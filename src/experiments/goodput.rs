//! Facts of goodput under failing hosts, and of the failures that a slice tolerates.

mod year;

pub use year::YEAR;

use crate::parameters::{AVAILABILITY, CUBES_PER_AXIS, SHARE, cubes_per_axis, packed_machine};
use crate::sim::fault::{
    Assignment, CHIPS_PER_CUBE, CubeGrid, FaultError, MOST_PACKED, SPARE_CUBES, Tolerance, goodput,
    mixed_tolerance, simulate, tolerance,
};
use crate::sim::{Shape, SwitchMaps, Topology, chip_map};
use paper_engine::facts::{Basis, Experiment, Failure, Writer};
use paper_engine::model::Model;
use paper_engine::units::Unit;

/// The declared quantile: goodput that is reached with this probability.
const QUANTILE: f64 = 0.9;
const SOURCE: &str = "jouppi2023tpuv4, section 2.3 and figure 4";

/// The slices of the examples of remapping: together they fill the machine.
const SLICES: [&str; 2] = ["12x16x16", "8x8x16"];

/// The experiment `goodput`.
pub const GOODPUT: Experiment = Experiment {
    id: "goodput",
    summary: "Goodput of slices when hosts fail: with switches, with spare cubes, without.",
    families: &["goodput"],
    optional: &[CUBES_PER_AXIS],
    parameters: &["goodput.availabilities", "goodput.seed", "goodput.slices", "goodput.trials"],
    published: &["goodput_1k_slice_host_99_0", "goodput_2k_slice", "goodput_3k_slice"],
    run: |model, facts| {
        let grid = machine(model)?;
        for &chips in model.counts("goodput.slices") {
            for &availability in model.numbers("goodput.availabilities") {
                write_goodput(facts, grid, chips as usize, availability, model)?;
            }
        }
        Ok(())
    },
    ..Experiment::EMPTY
};

/// The experiment `tolerance`.
pub const TOLERANCE: Experiment = Experiment {
    id: "tolerance",
    summary: "Hosts, cubes and racks that may fail with a slice left, with switches and without.",
    families: &["tolerance"],
    optional: &[CUBES_PER_AXIS],
    parameters: &["goodput.seed", "goodput.slices", "tolerance.mixed", "tolerance.rack_shares"],
    suits: packed_machine,
    run: |model, facts| {
        let grid = machine(model)?;
        for &chips in model.counts("goodput.slices").iter().filter(|&&chips| chips as usize >= CHIPS_PER_CUBE)
        {
            write_tolerance(facts, grid, chips as usize, model)?;
        }
        Ok(())
    },
    ..Experiment::EMPTY
};

/// Returns the cubes of the machine. Facts name the input where it differs from the published machine, which is
/// that of a paper without it.
///
/// # Errors
/// Refuses a machine that the input does not admit.
pub(super) fn machine(model: &Model) -> Result<CubeGrid, FaultError> {
    let aside = model.aside();
    let cubes = cubes_per_axis(&|name| Some(aside.get(name)?.value));
    CubeGrid::new(if cubes == chip_map::SIDE { cubes } else { model.count(CUBES_PER_AXIS) })
}

fn write_goodput(
    facts: &mut Writer<'_>,
    grid: CubeGrid,
    chips: usize,
    availability: f64,
    model: &Model,
) -> Result<(), Failure> {
    let exact = goodput(grid, availability, chips, QUANTILE)?;
    let (name, cubes) = (AVAILABILITY.text(availability), grid.cubes());
    let published = match (chips, name.as_str()) {
        // What was published is of the published machine.
        _ if grid != CubeGrid::PUBLISHED => None,
        (1024, "99_0") => Some("goodput_1k_slice_host_99_0"),
        (2048, "99_0") => Some("goodput_2k_slice"),
        (3072, "99_5") => Some("goodput_3k_slice"),
        _ => None,
    };
    let mut write = |quantity: &str, value: f64, formula: &str, published: Option<&str>| {
        let basis = Basis { unit: Unit::FRACTION, inputs: &[], formula, source: SOURCE };
        facts.beside(format!("goodput.{chips}.{name}.{quantity}"), value, basis, published);
    };
    let formula = format!("E[floor(H / s)] s / {cubes}, H binomial with {cubes} trials and p = a^16");
    write("switched", exact.switched, &formula, published);
    let all = cubes + SPARE_CUBES;
    let formula =
        format!("E[floor(min(H, {cubes}) / s)] s / {cubes}, H binomial with {all} trials and p = a^16");
    write("switched_with_spares", exact.switched_with_spares, &formula, None);
    let formula = format!("aligned boxes times s / {cubes} times p^s, p = a^16");
    write("static_aligned", exact.static_aligned, &formula, None);
    let formula = "largest goodput with switches that is reached with probability 0.9";
    write("at_quantile", exact.at_quantile, formula, None);
    let formula = "largest goodput with switches and spares that is reached with probability 0.9";
    write("at_quantile_with_spares", exact.at_quantile_with_spares, formula, None);
    // Sampled are whole cubes, of machines whose sets of cubes are one word.
    if grid.cubes() > MOST_PACKED || chips < CHIPS_PER_CUBE {
        return Ok(());
    }
    // No exact number rests on trials and seed.
    facts.apart(|facts| write_sampled(facts, grid, chips, availability, model))?;
    Ok(())
}

/// Writes a share that follows from the machine alone.
#[track_caller]
fn write_share(facts: &mut Writer<'_>, name: String, value: f64, formula: &str) {
    facts.number(name, value, Basis { unit: Unit::FRACTION, inputs: &[], formula, source: SOURCE });
}

fn write_sampled(
    facts: &mut Writer<'_>,
    grid: CubeGrid,
    chips: usize,
    availability: f64,
    model: &Model,
) -> Result<(), Failure> {
    let (trials, seed) = (model.setting("goodput.trials"), model.setting("goodput.seed"));
    let sampled = simulate(grid, availability, chips, trials, seed)?;
    let name = AVAILABILITY.text(availability);
    let mut write = |quantity: &str, value: f64, formula: &str| {
        write_share(facts, format!("goodput.{chips}.{name}.{quantity}"), value, formula);
    };
    let formula =
        "mean over seeded trials of the boxes that fit anywhere, around the ends; first fit below 16 cubes";
    write("static_unaligned", sampled.static_unaligned.mean, formula);
    let formula = format!("mean over seeded trials of floor(H / s) s / {}", grid.cubes());
    write("sampled", sampled.switched.mean, &formula);
    let formula = "standard error of the sampled mean";
    write("sampling_error", sampled.switched.error, formula);
    Ok(())
}

fn write_tolerance(
    facts: &mut Writer<'_>,
    grid: CubeGrid,
    chips: usize,
    model: &Model,
) -> Result<(), Failure> {
    // What is exact does not rest on the seed of the random orders.
    let found = tolerance(grid, chips, model.aside().setting("goodput.seed"))?;
    let mut write = |quantity: &str, value: f64, formula: &str| {
        write_share(facts, format!("tolerance.{chips}.{quantity}"), value, formula);
    };
    let formula = format!("1 - s / {}: cubes that a slice leaves unused", grid.cubes());
    write("cubes_by_definition", found.cubes_by_definition, &formula);
    let formula = "most hosts that may fail in random order with a slice left, probability above 1/2";
    write("hosts_switched", found.switched, formula);
    write("hosts_switched_with_spares", found.switched_with_spares, formula);
    let formula = "most whole racks that may fail with a slice left: as many cubes as it leaves unused";
    write("cubes_switched", found.cubes_by_definition, formula);
    facts.apart(|facts| write_in_boxes(facts, grid, chips, found, model))?;
    Ok(())
}

/// Writes what is found over random orders of failure.
fn write_in_boxes(
    facts: &mut Writer<'_>,
    grid: CubeGrid,
    chips: usize,
    found: Tolerance,
    model: &Model,
) -> Result<(), Failure> {
    let seed = model.setting("goodput.seed");
    let mut write = |quantity: &str, value: f64, formula: &str| {
        write_share(facts, format!("tolerance.{chips}.{quantity}"), value, formula);
    };
    let formula = "most hosts that may fail in random order with a slice left, probability above 1/2";
    write("hosts_static", found.static_unaligned, formula);
    let formula = "most whole racks that may fail in random order with a box left, probability above 1/2";
    write("cubes_static", found.cubes_static, formula);
    let ratio = found.switched / found.static_unaligned;
    // A slice that tolerates no failure without switches has no ratio.
    if ratio.is_finite() {
        let formula = "tolerated share of hosts with switches over without";
        let basis = Basis { unit: Unit::TIMES, inputs: &[], formula, source: SOURCE };
        facts.number(format!("tolerance.{chips}.switched_over_static"), ratio, basis);
    }
    if !model.counts("tolerance.mixed").contains(&(chips as u64)) {
        return Ok(());
    }
    for &share in model.numbers("tolerance.rack_shares") {
        let (name, found) = (SHARE.text(share), mixed_tolerance(grid, chips, share, seed)?);
        for (kind, value) in [("switched", found.switched), ("static", found.static_unaligned)] {
            let formula = "most chips that may fail with a slice left, probability above 1/2, when that share strikes racks";
            let basis = Basis { unit: Unit::FRACTION, inputs: &[], formula, source: SOURCE };
            facts.number(format!("tolerance.{chips}.racks_{name}.chips_{kind}"), value, basis);
        }
    }
    Ok(())
}

/// Returns a machine that runs one slice of 3072 chips and one of 1024, both tori.
pub(super) fn two_slices() -> Result<Assignment, Failure> {
    let maps = |shape: &str| -> Result<SwitchMaps, Failure> {
        Ok(SwitchMaps::of(&Topology::torus(shape.parse::<Shape>()?))?)
    };
    Ok(Assignment::new(SLICES.into_iter().map(maps).collect::<Result<_, _>>()?)?)
}

/// Three scenarios on a machine that runs one slice of 3072 chips and one of 1024.
pub(super) fn write_scenarios(facts: &mut Writer<'_>) -> Result<(), Failure> {
    let before = two_slices()?;
    let scenarios: [(&str, &[usize]); 3] =
        [("one_host", &[7]), ("one_host_and_one_cube", &[7, 50]), ("six_cubes", &[3, 9, 14, 33, 51, 60])];
    for (name, failed) in scenarios {
        let remap = before.without(failed)?;
        let mut write = |quantity: &str, value: usize, formula: &str| {
            let source = "this design: spare cubes on the spare ports of the switches";
            let basis = Basis { unit: Unit::COUNT, inputs: &[], formula, source };
            facts.number(format!("remap.{name}.{quantity}"), value as f64, basis);
        };
        write("cubes_failed", failed.len(), "cubes with a failed host");
        write("cubes_moved", remap.moved, "logical cubes that stand on another cube afterwards");
        write("slices_lost", remap.lost.len(), "slices for which no cube is left");
        let formula = "switch entries that differ before and after, over all 48 switches";
        write("entries_rewritten", remap.entries_rewritten, formula);
        write("chips_moved", remap.moved * CHIPS_PER_CUBE, "chips of the cubes moved");
    }
    Ok(())
}
