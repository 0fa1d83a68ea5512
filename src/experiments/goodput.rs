//! Facts of goodput under failing hosts, of remapping, and of a year of failures.

mod year;

use super::remap::two_slices;
use crate::sim::fault::{CHIPS_PER_CUBE, goodput, mixed_tolerance, simulate, tolerance};
use paper_engine::facts::{Basis, Experiment, Failure, Writer};
use paper_engine::model::Model;
use paper_engine::study::RandomDraw;
use paper_engine::units::Unit;

/// Host availabilities of the published figure 4, with the names that facts carry.
const AVAILABILITIES: [(&str, f64); 3] = [("99_0", 0.99), ("99_5", 0.995), ("99_9", 0.999)];
/// Slices of the figure, in chips.
const SLICES: [usize; 7] = [64, 128, 256, 512, 1024, 2048, 3072];
/// The declared quantile: goodput that is reached with this probability.
const QUANTILE: f64 = 0.9;
/// The slice of the promise, in chips.
const PROMISED: usize = 3072;
/// Trials and seed of the sampled goodput.
const TRIALS: u64 = 50_000;
const SEED: u64 = 1;
const SOURCE: &str = "jouppi2023tpuv4, section 2.3 and figure 4";
/// Shares of failures that strike whole racks, with the names that facts carry.
const RACK_SHARES: [(&str, f64); 4] = [("0_10", 0.1), ("0_25", 0.25), ("0_50", 0.5), ("0_90", 0.9)];

/// The experiment `goodput`.
pub const GOODPUT: Experiment = Experiment {
    id: "goodput",
    summary: "Goodput of slices when hosts fail: with switches, with spare cubes, without; remapping; a year.",
    families: &["goodput", "remap", "tolerance", "year"],
    inputs: year::INPUTS,
    data: &[],
    published: &[
        "goodput_1k_slice_host_99_0",
        "goodput_2k_slice",
        "goodput_3k_slice",
        "static_needs_host_availability",
    ],
    drawn: &[
        RandomDraw { what: "failures", seeds: &[SEED] },
        RandomDraw { what: "years", seeds: &[year::SEED] },
    ],
    run,
};

fn run(_: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    for chips in SLICES {
        for (name, availability) in AVAILABILITIES {
            write_goodput(facts, chips, name, availability)?;
        }
        write_tolerance(facts, chips)?;
    }
    write_scenarios(facts)?;
    year::write(facts);
    Ok(())
}

fn write_goodput(facts: &mut Writer<'_>, chips: usize, name: &str, availability: f64) -> Result<(), Failure> {
    let exact = goodput(availability, chips, QUANTILE)?;
    let sampled = simulate(availability, chips, TRIALS, SEED)?;
    let published = match (chips, name) {
        (1024, "99_0") => Some("goodput_1k_slice_host_99_0"),
        (2048, "99_0") => Some("goodput_2k_slice"),
        (3072, "99_5") => Some("goodput_3k_slice"),
        _ => None,
    };
    let mut write = |quantity: &str, value: f64, formula: &str, published: Option<&str>| {
        let basis = Basis { unit: Unit::FRACTION, inputs: &[], formula, source: SOURCE };
        facts.beside(format!("goodput.{chips}.{name}.{quantity}"), value, basis, published);
    };
    let formula = "E[floor(H / s)] s / 64, H binomial with 64 trials and p = a^16";
    write("switched", exact.switched, formula, published);
    let formula = "E[floor(min(H, 64) / s)] s / 64, H binomial with 68 trials and p = a^16";
    write("switched_with_spares", exact.switched_with_spares, formula, None);
    let formula = "aligned boxes times s / 64 times p^s, p = a^16";
    write("static_aligned", exact.static_aligned, formula, None);
    let formula =
        "mean over seeded trials of the boxes that fit anywhere, around the ends; first fit below 16 cubes";
    write("static_unaligned", sampled.static_unaligned.mean, formula, None);
    let formula = "mean over seeded trials of floor(H / s) s / 64";
    write("sampled", sampled.switched.mean, formula, None);
    let formula = "standard error of the sampled mean";
    write("sampling_error", sampled.switched.error, formula, None);
    let formula = "largest goodput with switches that is reached with probability 0.9";
    write("at_quantile", exact.at_quantile, formula, None);
    let formula = "largest goodput with switches and spares that is reached with probability 0.9";
    write("at_quantile_with_spares", exact.at_quantile_with_spares, formula, None);
    Ok(())
}

fn write_tolerance(facts: &mut Writer<'_>, chips: usize) -> Result<(), Failure> {
    let found = tolerance(chips, SEED)?;
    let mut write = |quantity: &str, value: f64, formula: &str| {
        let basis = Basis { unit: Unit::FRACTION, inputs: &[], formula, source: SOURCE };
        facts.number(format!("tolerance.{chips}.{quantity}"), value, basis);
    };
    write("cubes_by_definition", found.cubes_by_definition, "1 - s / 64: cubes that a slice leaves unused");
    let formula = "most hosts that may fail in random order with a slice left, probability above 1/2";
    write("hosts_switched", found.switched, formula);
    write("hosts_switched_with_spares", found.switched_with_spares, formula);
    write("hosts_static", found.static_unaligned, formula);
    let formula = "most whole racks that may fail with a slice left: as many cubes as it leaves unused";
    write("cubes_switched", found.cubes_by_definition, formula);
    let formula = "most whole racks that may fail in random order with a box left, probability above 1/2";
    write("cubes_static", found.cubes_static, formula);
    let ratio = found.switched / found.static_unaligned;
    // A slice that tolerates no failure without switches has no ratio.
    if ratio.is_finite() {
        let formula = "tolerated share of hosts with switches over without";
        let basis = Basis { unit: Unit::TIMES, inputs: &[], formula, source: SOURCE };
        facts.number(format!("tolerance.{chips}.switched_over_static"), ratio, basis);
    }
    if chips != PROMISED {
        return Ok(());
    }
    for (name, share) in RACK_SHARES {
        let found = mixed_tolerance(chips, share, SEED)?;
        for (kind, value) in [("switched", found.switched), ("static", found.static_unaligned)] {
            let formula = "most chips that may fail with a slice left, probability above 1/2, when that share strikes racks";
            let basis = Basis { unit: Unit::FRACTION, inputs: &[], formula, source: SOURCE };
            facts.number(format!("tolerance.{chips}.racks_{name}.chips_{kind}"), value, basis);
        }
    }
    Ok(())
}

/// Three scenarios on a machine that runs one slice of 3072 chips and one of 1024.
fn write_scenarios(facts: &mut Writer<'_>) -> Result<(), Failure> {
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
