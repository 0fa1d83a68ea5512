//! Facts of collectives: times, hops under several definitions, Infiniband islands.

use super::goodput::machine;
use super::{MEBIBYTE, collective_trees};
use crate::maps::KIND;
use crate::parameters::CUBES_PER_AXIS;
use crate::sim::collective::{
    Collective, Hybrid, IslandWiring, Link, compare_hops, fat_tree_of_whole_pods, fat_tree_switches,
    full_fat_tree_points, scaled_switches, slowdowns, time,
};
use crate::sim::fault::CubeGrid;
use crate::sim::{ShapeError, Topology};
use paper_engine::facts::{Basis, Experiment, Failure, Writer};
use paper_engine::model::Model;
use paper_engine::units::Unit;

/// Names of the definitions of hops, in the order of the comparison.
const DEFINITIONS: [&str; 9] = [
    "ring_steps_around",
    "ring_steps_halfway",
    "diameter",
    "mean_distance",
    "tree_depth",
    "root_and_back",
    "one_ring",
    "ring_messages",
    "tree_messages",
];
/// Ports of the Infiniband switches, and the published system that is scaled (section 7.3).
pub(super) const SWITCH_PORTS: usize = 40;
const REFERENCE: (usize, usize) = (164, 1120);
const SOURCE: &str = "chan2007collective, section 5; jouppi2023tpuv4, section 7.3";

/// The experiment `collective`.
pub const COLLECTIVE: Experiment = Experiment {
    id: "collective",
    summary: "All-reduce and all-to-all executed link by link; hops against a 2D torus; Infiniband islands.",
    families: &["collective", "infiniband"],
    inputs: &[
        "chip.hop_latency",
        "chip.link_bandwidth",
        "collective.message",
        "infiniband.nic_bandwidth",
        "infiniband.nic_latency",
        "infiniband.nics_per_chip",
    ],
    optional: &[CUBES_PER_AXIS],
    parameters: &["collective.slices", "collective.trees"],
    data_of: &[(KIND, "collective.trees")],
    published: &[
        "ib_allreduce_slowdown",
        "ib_alltoall_slowdown",
        "ib_switches_for_4096",
        "machine_all_reduce_bandwidth",
        "machine_bisection_bandwidth",
    ],
    drawn: collective_trees::DRAWN,
    run,
    ..Experiment::EMPTY
};

fn run(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    // Hops of all chips, and the switches that join them, are those of the whole machine.
    facts.apart(|facts| {
        let grid = machine(model)?;
        write_hops(grid, facts)?;
        write_switches(grid, facts)
    })?;
    for name in model.words("collective.slices") {
        let torus = torus(name)?;
        write_times(name, &torus, facts);
        write_infiniband(name, &torus, facts);
    }
    collective_trees::write(model, facts)
}

fn torus(name: &str) -> Result<Topology, ShapeError> {
    name.parse().map(Topology::torus)
}

/// Returns the axes of the plane torus of so many chips that are most alike; both are even.
fn flat_axes(chips: usize) -> Option<[usize; 2]> {
    let fits = |a: &usize| a.is_multiple_of(2) && chips.is_multiple_of(2 * a);
    let short = (1..=chips.isqrt()).rev().find(fits)?;
    Some([short, chips / short])
}

/// Compares the torus of all chips with the plane torus of as many.
fn write_hops(grid: CubeGrid, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let shape = grid.shape()?;
    let [a, b] = flat_axes(shape.chips()).ok_or("no plane torus has as many chips as the machine")?;
    let found = compare_hops(&Topology::torus(shape), &Topology::flat_torus(a, b)?)?;
    let flat = format!("{a}x{b}");
    let mut write = |name: String, value: f64, unit: Unit, formula: &str| {
        let basis = Basis { unit, inputs: &[], formula, source: SOURCE };
        facts.number(format!("collective.{name}"), value, basis);
    };
    for (name, count) in DEFINITIONS.iter().zip(&found.counts) {
        write(format!("hops.{name}.{flat}"), count.flat, crate::units::HOPS, count.definition);
        write(format!("hops.{name}.{shape}"), count.torus, crate::units::HOPS, count.definition);
        let formula = format!("{}: {flat} over {shape}", count.definition);
        write(format!("hops_2d_over_3d.{name}"), count.ratio(), Unit::TIMES, &formula);
    }
    let formula =
        format!("largest ratio of hops of an all-reduce over nine definitions, {flat} over {shape}");
    write("hops_2d_over_3d.best".into(), found.best, Unit::TIMES, &formula);
    write("hops_2d_over_3d.mean".into(), found.mean, Unit::TIMES, "mean of the same ratios");
    write("hops_2d_over_3d.worst".into(), found.worst, Unit::TIMES, "smallest of the same ratios");
    Ok(())
}

fn write_switches(grid: CubeGrid, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let chips = grid.chips();
    // Three levels of such switches join no more, and how many a deeper tree has is another question.
    if chips > full_fat_tree_points(SWITCH_PORTS) {
        return Ok(());
    }
    let source = "alfares2008scalable, section 3; jouppi2023tpuv4, section 7.3";
    let mut write = |name: &str, value: f64, formula: &str, published: Option<&str>| {
        let basis = Basis { unit: Unit::COUNT, inputs: &[], formula, source };
        facts.beside(name, value, basis, published);
    };
    let tree = fat_tree_switches(SWITCH_PORTS, chips)?;
    let formula = format!(
        "leaves, as many aggregation switches, and cores of a three-level fat tree for {chips} end points"
    );
    // Published is the count of the published machine.
    let published = (grid == CubeGrid::PUBLISHED).then_some("ib_switches_for_4096");
    write("infiniband.switches", tree.switches() as f64, &formula, published);
    let tree = fat_tree_of_whole_pods(SWITCH_PORTS, chips)?;
    let formula = "the same with every pod whole";
    write("infiniband.switches_whole_pods", tree.switches() as f64, formula, None);
    let (switches, points) = REFERENCE;
    let scaled = scaled_switches(switches, points, chips)?;
    write("infiniband.switches_scaled", scaled, "164 switches for 1120 end points, in proportion", None);
    facts.starts_from_published("infiniband.switches_scaled");
    Ok(())
}

/// Reads a link and a message out of a sample of the inputs, in their order.
fn unpack(values: &[f64]) -> (Link, f64) {
    let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
    (Link { bandwidth: at(1) * 1e9, latency: at(0) * 1e-6 }, at(2) * MEBIBYTE)
}

fn write_times(name: &str, topology: &Topology, facts: &mut Writer<'_>) {
    let inputs = &["chip.hop_latency", "chip.link_bandwidth", "collective.message"];
    for (kind, word) in [(Collective::AllReduce, "all_reduce"), (Collective::AllToAll, "all_to_all")] {
        let formula = "time of the schedule executed link by link, for one vector on every chip";
        let basis = Basis { unit: Unit::MILLISECONDS, inputs, formula, source: SOURCE };
        facts.sampled_few(format!("collective.{name}.{word}_time"), basis, None, |values| {
            let (link, bytes) = unpack(values);
            // No number is refused by the writer.
            time(kind, topology, bytes, &link).map_or(f64::NAN, |found| found.seconds * 1e3)
        });
    }
}

fn write_infiniband(name: &str, topology: &Topology, facts: &mut Writer<'_>) {
    let words = [
        ("all_reduce", Some("ib_allreduce_slowdown")),
        ("all_reduce_pipelined", None),
        ("all_to_all", Some("ib_alltoall_slowdown")),
    ];
    let formula = "time as islands of 2x2x2 chips joined by Infiniband over that on the torus with switches";
    let numbers = words.map(|(word, published)| {
        let basis = Basis { unit: Unit::TIMES, inputs: COLLECTIVE.inputs, formula, source: SOURCE };
        let published = published.filter(|_| name == "8x8x8");
        (format!("infiniband.{name}.{word}_slowdown"), basis, published)
    });
    facts.sampled_few_together(numbers, |values| {
        let (link, bytes) = unpack(values);
        let at_input = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        let hybrid = Hybrid {
            nics_per_chip: at_input(5),
            nic_bandwidth: at_input(3) * 1e9,
            nic_latency: at_input(4) * 1e-6,
            wiring: IslandWiring::Torus,
            link,
        };
        // No number is refused by the writer.
        slowdowns(topology, bytes, &hybrid).map_or([f64::NAN; 3], |found| found.ratios())
    });
}
