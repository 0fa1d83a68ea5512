//! Facts of the coordinate scheme: worked examples computed from the chip map.

use crate::parameters::published_machine;
use crate::sim::chip_map::{ALL_CHIPS, CHIPS, ChipIndex, coordinate_of};
use paper_engine::facts::{Basis, Experiment, Failure, Writer};
use paper_engine::model::Model;
use paper_engine::units::Unit;

/// The experiment `coordinate`.
pub const COORDINATE: Experiment = Experiment {
    id: "coordinate",
    summary: "Worked coordinates of chips and spares, from the one chip map.",
    families: &["coordinate"],
    suits: published_machine,
    run,
    ..Experiment::EMPTY
};

fn run(_: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let mut write = |name: &str, text: String, formula: &str| {
        let basis = Basis { unit: Unit::TEXT, inputs: &[], formula, source: "this design's chip map" };
        facts.text(format!("coordinate.{name}"), text, basis);
    };
    let example = [5, 9, 14];
    let chips = [
        ("first_chip", ChipIndex::new(0)),
        ("last_chip", ChipIndex::new(CHIPS - 1)),
        ("first_spare", ChipIndex::new(CHIPS)),
        ("last_spare", ChipIndex::new(ALL_CHIPS - 1)),
        ("example_chip", ChipIndex::at_position(example)),
    ];
    for (name, chip) in chips {
        let chip = chip.ok_or_else(|| format!("the machine has no `{name}`"))?;
        write(name, coordinate_of(chip).to_string(), "Z arm: cube + 1; Y arm: chip in its cube + 1");
    }
    let [x, y, z] = example;
    write("example_position", format!("({x}, {y}, {z})"), "chosen example, positions from 0");
    Ok(())
}
