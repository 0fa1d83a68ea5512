//! Facts of the whole machine: what its published structure adds up to.

use crate::parameters::cubes_per_axis;
use paper_engine::facts::{Basis, Experiment, Failure, Writer};
use paper_engine::model::Model;
use paper_engine::study::InputOf;
use paper_engine::units::Unit;

const PAPER: &str = "jouppi2023tpuv4, section 2.2";

/// The experiment `machine`.
pub const MACHINE: Experiment = Experiment {
    id: "machine",
    summary: "Counts of chips, cubes, hosts, switches and links, and the memory they hold.",
    families: &["machine", "scaling"],
    inputs: &[
        "chip.hbm",
        "chip.link_bandwidth",
        "chip.links",
        "machine.chips_per_host",
        "machine.cube_side",
        "machine.cubes_per_axis",
        "machine.ocs_ports_spare",
        "machine.ocs_ports_usable",
    ],
    parameters: &["machine.scaled"],
    suits: switches_reach,
    run,
    ..Experiment::EMPTY
};

/// Says that the switches do not reach all cubes, where they have too few ports: two for each cube.
fn switches_reach(inputs: InputOf<'_>) -> Result<(), String> {
    let cubes = cubes_per_axis(inputs).pow(3);
    match inputs("machine.ocs_ports_usable") {
        Some(ports) if ports < 2.0 * cubes as f64 => Err(format!(
            "connects {cubes} cubes, which takes {} ports of a switch, and `machine.ocs_ports_usable` is {ports}",
            2 * cubes
        )),
        _ => Ok(()),
    }
}

fn run(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let side = model.count("machine.cube_side");
    let per_axis = model.count("machine.cubes_per_axis");
    let (cubes, chips_per_cube) = (per_axis.pow(3), side.pow(3));
    let chips = cubes * chips_per_cube;
    let switches = 3 * side * side;
    let spare_cubes = model.count("machine.ocs_ports_spare") / 2;
    let spare_chips = spare_cubes * chips_per_cube;
    let shape = &["machine.cube_side", "machine.cubes_per_axis"];
    let spare = &["machine.cube_side", "machine.ocs_ports_spare"];
    let electrical = cubes * 3 * side * side * (side - 1);
    let hosts = chips / model.count("machine.chips_per_host");
    let address_space = chips as f64 * model.value("chip.hbm") / 1024.0;

    let mut count = |name: &str, value: usize, inputs: &[&str], formula: &str| {
        let basis = Basis { unit: Unit::COUNT, inputs, formula, source: PAPER };
        facts.number(format!("machine.{name}"), value as f64, basis);
    };
    count("face_positions", side * side, &["machine.cube_side"], "cube side squared");
    count("chips_per_cube", chips_per_cube, &["machine.cube_side"], "cube side to the third power");
    count("cubes", cubes, &["machine.cubes_per_axis"], "cubes per axis to the third power");
    count("chips", chips, shape, "cubes times chips per cube");
    let host_inputs = &["machine.cube_side", "machine.cubes_per_axis", "machine.chips_per_host"];
    count("hosts", hosts, host_inputs, "chips divided by chips per host");
    count("ocs_count", switches, &["machine.cube_side"], "3 dimensions times face positions");
    count(
        "spare_cubes",
        spare_cubes,
        &["machine.ocs_ports_spare"],
        "spare ports of a switch divided by 2 ports per cube",
    );
    count("spare_chips", spare_chips, spare, "spare cubes times chips per cube");
    let all = &["machine.cube_side", "machine.cubes_per_axis", "machine.ocs_ports_spare"];
    count("addressable_chips", chips + spare_chips, all, "chips plus spare chips");
    count("optical_links", switches * cubes, shape, "switches times cubes, one + port per cube");
    count("electrical_links", electrical, shape, "cubes times 3 n^2 (n - 1) for cube side n");

    for name in ["ocs_ports_usable", "ocs_ports_spare", "cube_side"] {
        facts.quote(format!("machine.{name}"), &format!("machine.{name}"));
    }
    facts.quote("machine.links_per_chip", "chip.links");
    facts.quote("machine.link_bandwidth", "chip.link_bandwidth");
    let inputs = &["chip.hbm", "machine.cube_side", "machine.cubes_per_axis"];
    let formula = "chips times memory per chip";
    let basis = Basis { unit: Unit::TEBIBYTES, inputs, formula, source: "jouppi2023tpuv4, section 3.5" };
    facts.number("machine.address_space", address_space, basis);
    for &chips in model.counts("machine.scaled") {
        let basis = Basis {
            unit: Unit::COUNT,
            inputs: &["machine.cube_side"],
            formula: "chips divided by chips per cube",
            source: PAPER,
        };
        facts.number(format!("scaling.{chips}.cubes"), (chips as usize / chips_per_cube) as f64, basis);
    }
    Ok(())
}
