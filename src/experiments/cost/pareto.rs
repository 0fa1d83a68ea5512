//! Gain against the switch entries that differ from the torus.

use std::collections::BTreeMap;

use super::SOURCE;
use crate::maps::{Maps, maps};
use crate::sim::Shape;
use crate::sim::fabric::entries_changed;
use crate::sim::learned::pareto::{mixed, nested};
use crate::sim::learned::{BalanceSettings, Translations, balance};
use paper_engine::facts::{Basis, Failure, Writer};
use paper_engine::facts::{Progress, StoredExperiment};
use paper_engine::model::{Model, Values};
use paper_engine::units::Unit;

const SHAPE: &str = "8x8x8";
/// The gains for which entries are counted, with the names that facts carry.
const GAINS: [(&str, f64); 4] = [("1_05", 1.05), ("1_10", 1.1), ("1_20", 1.2), ("1_30", 1.3)];
/// Facts are written after each of these many changes.
const STRIDE: usize = 6;
/// Changes that every build computes anew.
const CHECKED: usize = 2;

/// Nested maps from the torus to the learned ones.
pub const PARETO: StoredExperiment = StoredExperiment {
    id: "pareto",
    experiment: "cost",
    summary: "Balanced all-to-all of maps between the torus and the learned ones, one switch after another.",
    inputs: &[],
    data: &[maps(&[SHAPE])],
    settings: BTreeMap::new,
    run: compute,
    spot,
};

fn ends(model: &Model) -> Result<(Translations, Translations), String> {
    let shape: Shape = SHAPE.parse().map_err(|error: crate::sim::ShapeError| error.to_string())?;
    let stored = model.maps(SHAPE).ok_or_else(|| format!("there are no stored maps for {SHAPE}"))?;
    let learned = crate::maps::learned_maps(stored).translations().map_err(|error| error.to_string())?;
    Ok((Translations::of_torus(shape), learned))
}

/// Computes throughput and bound after each number of changes, and the switches in the order in which they
/// change.
fn compute(model: &Model, progress: Progress<'_>) -> Result<Values, String> {
    let (torus, learned) = ends(model)?;
    progress("one switch after another");
    let found = nested(&torus, &learned).map_err(|error| error.to_string())?;
    Ok(Values::from([
        ("throughput".to_owned(), found.balanced.iter().map(|balanced| balanced.throughput).collect()),
        ("bound".to_owned(), found.balanced.iter().map(|balanced| balanced.bound).collect()),
        ("order".to_owned(), found.order.iter().map(|&switch| switch as f64).collect()),
    ]))
}

/// Balances the first of the stored maps anew.
fn spot(model: &Model) -> Result<Values, String> {
    let (torus, learned) = ends(model)?;
    let order = model.stored(PARETO.id).and_then(|values| values.get("order")).map_or(&[][..], Vec::as_slice);
    let order: Vec<usize> = order.iter().take(CHECKED).map(|&switch| switch as usize).collect();
    let rate = |changed: usize| {
        let maps = mixed(&torus, &learned, &order[..changed]);
        let found = maps.and_then(|maps| balance(&maps, BalanceSettings::default()));
        found.map(|found| found.throughput).map_err(|error| error.to_string())
    };
    let found = (0..=order.len()).map(rate).collect::<Result<_, _>>()?;
    Ok(Values::from([("throughput".to_owned(), found)]))
}

pub(super) fn write(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    // A paper may lack this result.
    let Some(values) = model.stored(PARETO.id) else { return Ok(()) };
    let (torus, learned) = ends(model)?;
    let (torus_maps, learned_maps) = (torus.maps()?, learned.maps()?);
    let list = values.get("throughput").map_or(&[][..], Vec::as_slice);
    let &start = list.first().ok_or("the stored maps between torus and learned have no throughput")?;
    // the best with as many switches changed, or with fewer
    let mut gains: Vec<f64> = list.iter().map(|throughput| throughput / start).collect();
    (1..gains.len()).for_each(|at| gains[at] = gains[at].max(gains[at - 1]));
    let mut write = |quantity: String, value: f64, unit: Unit, formula: &str| {
        let basis = Basis { unit, inputs: &[], formula, source: SOURCE };
        facts.number(format!("cost.{SHAPE}.learned.{quantity}"), value, basis);
    };
    let entries = entries_changed(&torus_maps, &learned_maps);
    write(
        "entries".into(),
        entries as f64,
        Unit::COUNT,
        "switch entries that differ from those of the torus",
    );
    let per_switch = torus.cubes() as f64;
    for (name, gain) in GAINS {
        // The learned maps need not gain that much.
        let Some(changed) = gains.iter().position(|&found| found >= gain) else { continue };
        let formula = "fewest entries that differ from the torus, of nested maps to the learned ones, for that gain over it";
        write(format!("entries_for_gain_{name}"), changed as f64 * per_switch, Unit::COUNT, formula);
    }
    for changed in (0..gains.len()).step_by(STRIDE) {
        let formula = "all-to-all over that of the torus when at most that many switches differ from it";
        write(format!("gain_with_{changed:02}_switches"), gains[changed], Unit::TIMES, formula);
    }
    Ok(())
}
