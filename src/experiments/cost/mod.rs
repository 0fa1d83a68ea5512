//! Facts of what maps per switch cost and survive: dark switches, path tables, spare cubes, entries
//! rewritten.

mod dark;
mod dark_facts;
mod exchange;
mod pareto;
mod tables;

use crate::maps::{Maps, maps};
use crate::parameters::published_machine;
use crate::sim::learned::{LearnedError, Translations, best_lattices, random_translations};
use crate::sim::{Shape, ShapeError, Topology};
use paper_engine::facts::{Experiment, Failure, Writer};
use paper_engine::model::Model;

pub use dark::{DARK, DARK_WHOLE};
pub use pareto::PARETO;
pub use tables::most_table_bytes;

/// The experiment `cost`.
pub const COST: Experiment = Experiment {
    id: "cost",
    summary: "What maps per switch cost and survive: dark switches, path tables, spare cubes, entries to rewrite.",
    families: &["cost"],
    inputs: tables::INPUTS,
    data: &[maps(&["4x8x8", "8x8x8", "16x16x16"])],
    drawn: dark::DRAWN,
    suits: published_machine,
    run,
    ..Experiment::EMPTY
};

const SOURCE: &str = "this design: one map for each of 48 switches; garg2007faster for the flow";

fn run(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    dark_facts::write(model, facts)?;
    tables::write(model, facts)?;
    exchange::write(model, facts)?;
    facts.apart(|facts| pareto::write(model, facts))?;
    Ok(())
}

/// Returns the translations of a named network; of random ones the draw with this seed.
fn translations_of(
    model: &Model,
    shape: &str,
    network: &str,
    seed: u64,
) -> Result<Translations, LearnedError> {
    let slice: Shape = shape.parse().map_err(|error: ShapeError| LearnedError::from(error))?;
    match network {
        "torus" => Ok(Translations::of_torus(slice)),
        "twisted" => Translations::of(&Topology::twisted(slice)?).ok_or(LearnedError::NotPermutations),
        "lattice" => best_lattices(slice.cubes().iter().product())?.best.lattice.translations(),
        "translations" => random_translations(slice, seed),
        _ => {
            let shifts = model.maps(shape).map(|stored| stored.shifts.clone()).unwrap_or_default();
            Translations::new(slice.cubes(), shifts)
        }
    }
}
