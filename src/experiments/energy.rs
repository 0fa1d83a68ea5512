//! Facts of energy and carbon.

use super::collective::SWITCH_PORTS;
use crate::parameters::published_machine;
use crate::sim::collective::fat_tree_switches;
use paper_engine::facts::{Basis, Experiment, Failure, Writer};
use paper_engine::model::Model;
use paper_engine::units::Unit;

/// Hours of a year of 365 days.
const HOURS: f64 = 8760.0;
/// Watt-hours of a gigawatt-hour.
const GIGAWATT_HOUR: f64 = 1e9;
const SOURCE: &str = "jouppi2023tpuv4, section 7.6";

/// The experiment `energy`.
pub const ENERGY: Experiment = Experiment {
    id: "energy",
    summary: "Energy and carbon of the machine against an on-premise one, and of its switches against Infiniband.",
    families: &["energy"],
    inputs: &[
        "energy.carbon_oklahoma",
        "energy.carbon_world",
        "energy.infiniband_switch_power",
        "energy.machine_ratio",
        "energy.ocs_power",
        "energy.pue_google",
        "energy.pue_world",
        "machine.cube_side",
        "machine.cubes_per_axis",
        "tpu_v4.power_mean",
    ],
    published: &["co2e_ratio_on_premise", "energy_ratio_on_premise", "ocs_share_of_power"],
    suits: published_machine,
    run,
    ..Experiment::EMPTY
};

fn run(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let value = |name: &str| model.value(name);
    let energy = value("energy.machine_ratio") * value("energy.pue_world") / value("energy.pue_google");
    let inputs = &["energy.machine_ratio", "energy.pue_world", "energy.pue_google"];
    let formula = "machine ratio times PUE of the world's mean over PUE of Google";
    let basis = Basis { unit: Unit::TIMES, inputs, formula, source: SOURCE };
    facts.beside("energy.ratio_on_premise", energy, basis, "energy_ratio_on_premise");
    let carbon = energy * value("energy.carbon_world") / value("energy.carbon_oklahoma");
    let inputs = &[
        "energy.machine_ratio",
        "energy.pue_world",
        "energy.pue_google",
        "energy.carbon_world",
        "energy.carbon_oklahoma",
    ];
    let formula = "energy ratio times carbon intensity of the world's mean over that of Oklahoma";
    let basis = Basis { unit: Unit::TIMES, inputs, formula, source: SOURCE };
    facts.beside("energy.carbon_ratio_on_premise", carbon, basis, "co2e_ratio_on_premise");
    write_year(model, facts);
    write_switches(facts)
}

fn write_year(model: &Model, facts: &mut Writer<'_>) {
    let chips = (model.value("machine.cube_side") * model.value("machine.cubes_per_axis")).powi(3);
    let watts = chips * model.value("tpu_v4.power_mean");
    let inputs = &["machine.cube_side", "machine.cubes_per_axis", "tpu_v4.power_mean", "energy.pue_google"];
    let formula = "chips times mean power of a chip times PUE times 8760 h; hosts and switches not counted";
    let basis = Basis {
        unit: Unit::GIGAWATT_HOURS,
        inputs,
        formula,
        source: "jouppi2023tpuv4, table 4 and section 7.6",
    };
    let year = watts * model.value("energy.pue_google") * HOURS / GIGAWATT_HOUR;
    facts.number("energy.chips_in_a_year", year, basis);
    let inputs = &[
        "machine.cube_side",
        "machine.cubes_per_axis",
        "tpu_v4.power_mean",
        "energy.pue_google",
        "energy.carbon_oklahoma",
    ];
    let formula = "energy of the chips in a year times carbon intensity";
    let basis =
        Basis { unit: Unit::TONNES, inputs, formula, source: "jouppi2023tpuv4, table 4 and section 7.6" };
    facts.number("energy.carbon_in_a_year", year * model.value("energy.carbon_oklahoma") * 1e3, basis);
}

fn write_switches(facts: &mut Writer<'_>) -> Result<(), Failure> {
    let inputs = &["machine.cube_side", "energy.ocs_power"];
    let formula = "48 switches times their power";
    let basis = Basis { unit: Unit::KILOWATTS, inputs, formula, source: "jouppi2023tpuv4, section 2.2" };
    facts.sampled("energy.ocs_power_total", basis, None, |v| match v {
        [side, power] => 3.0 * side * side * power / 1e3,
        _ => f64::NAN,
    });
    let inputs = &["energy.ocs_power", "tpu_v4.power_mean", "machine.cube_side", "machine.cubes_per_axis"];
    let formula = "power of the switches over that of the chips and the switches; hosts not counted";
    let basis =
        Basis { unit: Unit::FRACTION, inputs, formula, source: "jouppi2023tpuv4, sections 2.2 and 2.10" };
    facts.sampled("energy.ocs_share_of_power", basis, Some("ocs_share_of_power"), |v| match v {
        [ocs, chip, side, cubes] => {
            let ocs = 3.0 * side * side * ocs;
            ocs / (ocs + (side * cubes).powi(3) * chip)
        }
        _ => f64::NAN,
    });
    let count = fat_tree_switches(SWITCH_PORTS, crate::sim::chip_map::CHIPS)?.switches() as f64;
    let inputs = &["energy.infiniband_switch_power", "energy.ocs_power", "machine.cube_side"];
    let formula = "switches of a fat tree for 4096 chips times their power, over 48 optical ones";
    let basis = Basis {
        unit: Unit::TIMES,
        inputs,
        formula,
        source: "alfares2008scalable, section 3; jouppi2023tpuv4, section 7.3",
    };
    facts.sampled("energy.infiniband_over_ocs_power", basis, None, |v| match v {
        [infiniband, ocs, side] => count * infiniband / (3.0 * side * side * ocs),
        _ => f64::NAN,
    });
    Ok(())
}
