//! The study of the patterns that the cubes of the whole machine do not see alike, so that no chip stands for
//! another.

use std::collections::BTreeMap;

use super::study::SHAPES;
use crate::maps::{Maps, learned_maps, maps};
use crate::sim::flow::patterns::Groups;
use crate::sim::flow::survey::{Extent, HOT_PART, Kind, Pattern, survey};
use crate::sim::flow::{Settings, equal_splitting};
use crate::sim::learned::{LearnedError, best_lattices, random_permutations, random_translations};
use crate::sim::{Network, Shape, ShapeError, Topology};
use paper_engine::facts::{Progress, StoredExperiment};
use paper_engine::model::{Model, Values};

/// The slice, which is the whole machine.
pub(super) const SHAPE: &str = SHAPES[4];
const PATTERNS: [Pattern; 10] = [
    Pattern::Permutation,
    Pattern::Transpose,
    Pattern::Hotspot,
    Pattern::Experts(Groups::Runs, 0.0),
    Pattern::Experts(Groups::Runs, 0.5),
    Pattern::Experts(Groups::Runs, 1.0),
    Pattern::Experts(Groups::Cubes, 0.5),
    Pattern::Experts(Groups::Cubes, 1.0),
    Pattern::Experts(Groups::All, 0.5),
    Pattern::Experts(Groups::All, 1.0),
];
/// Ten draws of who sends to whom and one of each other pattern, on one draw of each random wiring: a flow
/// takes tens of seconds.
const EXTENT: Extent = Extent { permutations: 10, others: 1, settings: Settings { rounds: 100, gap: 0.02 } };
const NETWORKS: [&str; 5] = ["torus", "lattice", "learned", "translations", "permutations"];

/// The study behind the facts of these patterns.
pub const PATTERN_WHOLE: StoredExperiment = StoredExperiment {
    id: "pattern-whole",
    experiment: "pattern",
    summary: "The patterns that cubes do not see alike, on the networks of 4096 chips.",
    inputs: &[],
    data: &[maps(&[SHAPE])],
    settings: || {
        BTreeMap::from([
            ("patterns".to_owned(), PATTERNS.len() as f64),
            ("networks".to_owned(), NETWORKS.len() as f64),
            ("permutations".to_owned(), EXTENT.permutations as f64),
            ("hot_part".to_owned(), HOT_PART),
            ("rounds".to_owned(), EXTENT.settings.rounds as f64),
            ("gap".to_owned(), EXTENT.settings.gap),
        ])
    },
    run,
    spot: |_| {
        let shape: Shape = SHAPE.parse().map_err(|error: ShapeError| error.to_string())?;
        let pattern = Pattern::Transpose;
        let demand = pattern.demand(shape, 1).map_err(|error| error.to_string())?;
        let found = equal_splitting(&Topology::torus(shape).network(), &demand);
        let rate = found.map_err(|error| error.to_string())?.throughput;
        Ok(Values::from([(format!("torus.{}_equal_splitting", pattern.name()), vec![rate])]))
    },
};

/// Finds one flow after another, each on all cores, since each fills much memory.
fn run(model: &Model, progress: Progress<'_>) -> Result<Values, String> {
    let shape: Shape = SHAPE.parse().map_err(|error: ShapeError| error.to_string())?;
    let mut values = Values::new();
    for name in NETWORKS {
        let kind = Kind { name, networks: vec![network(model, name, shape)?] };
        for pattern in PATTERNS {
            let found = survey(shape, std::slice::from_ref(&kind), &[pattern], EXTENT, progress);
            for rates in found.map_err(|error| error.to_string())?.into_values() {
                let key = format!("{name}.{}", pattern.name());
                values.insert(format!("{key}_bound"), rates.bound);
                values.insert(format!("{key}_equal_splitting"), rates.equal_splitting);
                values.insert(key, rates.balanced);
            }
        }
    }
    Ok(values)
}

fn network(model: &Model, name: &str, shape: Shape) -> Result<Network, String> {
    let maps = match name {
        "torus" => return Ok(Topology::torus(shape).network()),
        "lattice" => best_lattices(shape.cubes().iter().product())
            .and_then(|best| best.best.lattice.maps(shape.cubes())),
        "learned" => learned_maps(model.maps(SHAPE).ok_or("the maps are missing")?)
            .translations()
            .and_then(|translations| translations.maps()),
        "translations" => random_translations(shape, 1).and_then(|translations| translations.maps()),
        _ => random_permutations(shape, 1),
    };
    maps.map(|maps| maps.network()).map_err(|error: LearnedError| error.to_string())
}
