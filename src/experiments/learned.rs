//! Facts of learned switch maps, recomputed from the stored ones.

use super::baseline::{self, ByHand};
use super::{scale, wiring};
use crate::maps::{KIND, Maps, learned_maps};
use crate::sim::learned::{Checked, channels, neighbor_distance, rings};
use crate::sim::workload::geometric_mean;
use crate::sim::{Topology, analyze};
use paper_engine::facts::{Basis, Experiment, Failure, Writer};
use paper_engine::model::Model;
use paper_engine::units::Unit;

/// The slices whose gains are averaged.
pub(super) const SHAPES: &[&str] = &["4x4x8", "4x8x8", "8x8x8", "8x8x16", "16x16x16"];
const SOURCE: &str = "this design: one map for each of 48 switches; garg2007faster for the flow";

/// The experiment `learned`.
pub const LEARNED: Experiment = Experiment {
    id: "learned",
    summary: "Switch maps found by search: balanced all-to-all with its bound, and what they cost elsewhere.",
    families: &["learned"],
    parameters: &["learned.slices"],
    any_data: &[KIND],
    published: &["tons_alltoall_gain"],
    drawn: &[wiring::DRAWN[0], wiring::DRAWN[1], wiring::DRAWN[2], scale::DRAWN],
    run,
    ..Experiment::EMPTY
};

fn run(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let listed = model.words("learned.slices");
    let unlisted = model.mapped().filter(|shape| listed.iter().all(|name| name != shape));
    let slices: Vec<(&str, ByHand)> = listed
        .iter()
        .map(String::as_str)
        .chain(unlisted)
        .map(|name| Ok((name, baseline::write_by_hand(name, facts)?)))
        .collect::<Result<_, Failure>>()?;
    facts.apart(|facts| baseline::write_search_length(model, facts))?;
    let larger = facts.apart(|facts| scale::write(model, facts))?;
    let drawn: Vec<_> = slices
        .iter()
        .map(|(name, by_hand)| facts.apart(|facts| Ok(baseline::write_random(name, by_hand, model, facts))))
        .collect::<Result<_, Failure>>()?;
    let learned: Vec<_> = slices
        .iter()
        .map(|(name, by_hand)| facts.apart(|facts| write_slice(name, by_hand, model, facts)))
        .collect::<Result<_, Failure>>()?;
    let drawn = drawn.into_iter().filter_map(|gain| facts.take(gain));
    let mut random_gains: Vec<[f64; 2]> = drawn.collect();
    random_gains.extend(facts.take(larger));
    baseline::write_growth(&random_gains, facts);
    let gains: Vec<f64> = learned.into_iter().filter_map(|gain| facts.take(gain)).collect();
    // A mean over other slices would be another number.
    if gains.len() < SHAPES.len() {
        return Ok(());
    }
    let basis = Basis {
        unit: Unit::TIMES,
        inputs: &[],
        formula: "geometric mean over five slices of balanced all-to-all over the better of torus and twist",
        source: SOURCE,
    };
    facts.beside("learned.gain_mean", geometric_mean(gains.into_iter()), basis, "tons_alltoall_gain");
    Ok(())
}

/// Writes the facts of the learned maps of one slice, and returns their gain over the best of torus and twist
/// where it is one of those whose gains are averaged.
fn write_slice(
    name: &str,
    by_hand: &ByHand,
    model: &Model,
    facts: &mut Writer<'_>,
) -> Result<Option<f64>, Failure> {
    // Not every slice was searched.
    let Some(stored) = model.maps(name) else { return Ok(None) };
    let checked = learned_maps(stored).check().map_err(|error| format!("the maps of {name}: {error}"))?;
    baseline::write_learned(name, &checked, &stored.throughputs, by_hand, facts);
    // Of the whole sweep one slice stands out of the averages, and these numbers too.
    if SHAPES.contains(&name) || !wiring::SHAPES.contains(&name) {
        let mut write = |quantity: &str, value: f64, unit: Unit, formula: &str| {
            let basis = Basis { unit, inputs: &[], formula, source: SOURCE };
            facts.number(format!("learned.{name}.learned.{quantity}"), value, basis);
        };
        write(
            "route_length",
            checked.balanced.mean_links,
            crate::units::HOPS,
            "mean links of a balanced route",
        );
        let formula = "fewest links cut by a balanced split along coordinate planes";
        write(
            "bisection_links",
            checked.maps.network().plane_bisection() as f64,
            crate::units::LINKS,
            formula,
        );
        write("seed", stored.seed as f64, Unit::COUNT, "seed of the search that found the maps");
        write("steps", stored.steps as f64, Unit::COUNT, "moves tried from each start of the search");
        write_costs(name, &checked, facts)?;
    }
    // Last, because random wiring is behind it.
    baseline::write_gains_over_random(name, &checked, model, facts);
    let best = analyze(&Topology::twisted_or_torus(checked.shape)).alltoall_links_per_chip;
    Ok(SHAPES.contains(&name).then(|| checked.balanced.throughput / best))
}

fn write_costs(name: &str, checked: &Checked, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let mut write = |quantity: &str, value: f64, unit: Unit, formula: &str| {
        let basis = Basis { unit, inputs: &[], formula, source: SOURCE };
        facts.number(format!("learned.{name}.learned.{quantity}"), value, basis);
    };
    let found = channels(&checked.translations)?;
    let formula = "virtual channels that free shortest routes of deadlock, rising with the order of links";
    write("virtual_channels", found.by_order as f64, Unit::COUNT, formula);
    write("virtual_channels_by_hop", found.by_hop as f64, Unit::COUNT, "the same with one for each hop");
    let distance = neighbor_distance(&checked.translations)?;
    let formula = "mean links between chips that are neighbours on the torus";
    write("neighbour_distance", distance.mean, crate::units::HOPS, formula);
    let found = rings(&checked.translations);
    let longest = found.iter().map(|rings| rings.longest).max().ok_or("the maps have no rings")?;
    write(
        "longest_ring",
        longest as f64,
        Unit::COUNT,
        "longest cycle of plus ports, for rings of all-reduce",
    );
    Ok(())
}
