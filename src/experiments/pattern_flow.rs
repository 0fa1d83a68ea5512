//! Facts of one routing for all traffic: what each network carries of each pattern, balanced and split
//! equally.

mod study;
mod whole;

use crate::sim::flow::patterns::Groups;
use crate::sim::flow::survey::{HOT_PART, Pattern};
use paper_engine::facts::{Basis, Failure, Writer};
use paper_engine::facts::{Seeds, write_seeds};
use paper_engine::model::{Model, Values};
use paper_engine::units::Unit;
use study::PLANS;
pub use study::{DRAWN, PATTERN_128, PATTERN_256, PATTERN_512, PATTERN_1024, PATTERN_4096, SHAPES};
pub use whole::PATTERN_WHOLE;

const SOURCE: &str =
    "this design: balanced by gradient projection on path flows, bound of shahrokhi1990maximum";
const NETWORKS: [&str; 6] = ["torus", "twisted", "lattice", "learned", "translations", "permutations"];
/// What somebody designed: one map for each dimension.
const DESIGNED: [&str; 3] = ["torus", "twisted", "lattice"];

/// Says what a chip sends to whom.
fn words(pattern: Pattern) -> String {
    match pattern {
        Pattern::Uniform => "each chip to all others alike".to_owned(),
        Pattern::Permutation => "each chip to one other, drawn at random".to_owned(),
        Pattern::Transpose => "each chip to its place in the transposed matrix of chips".to_owned(),
        Pattern::Neighbours => "each chip a sixth to each neighbour on the regular torus".to_owned(),
        Pattern::Hotspot => {
            format!("each chip {HOT_PART} of its traffic to one chip, the rest to all others alike")
        }
        Pattern::Experts(groups, exponent) => {
            let who = match groups {
                Groups::Runs => "64 chips in the order of positions",
                Groups::Cubes => "the 64 chips of a cube",
                Groups::All => "all chips",
            };
            format!("tokens to an expert on each of {who}, of Zipf exponent {exponent}")
        }
    }
}

/// Writes the rates of all patterns, where they are stored, and what they gain.
///
/// # Errors
/// There are none.
pub fn write(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    for plan in &PLANS {
        facts.apart(|facts| {
            // A paper may lack each of these results.
            let Some(stored) = model.stored(&format!("pattern-{}", plan.shape)) else { return Ok(()) };
            let mut values = stored.clone();
            if plan.shape == whole::SHAPE {
                values.extend(model.stored(PATTERN_WHOLE.id).cloned().unwrap_or_default());
            }
            write_rates(plan.shape, &values, facts);
            write_ratios(plan.shape, &values, facts);
            Ok(())
        })?;
    }
    Ok(())
}

fn write_rates(shape: &str, values: &Values, facts: &mut Writer<'_>) {
    let mut least = f64::INFINITY;
    for network in NETWORKS {
        for pattern in Pattern::ALL {
            let key = format!("{network}.{}", pattern.name());
            if let (Some(found), Some(bounds)) = (values.get(&key), values.get(&format!("{key}_bound"))) {
                least = found.iter().zip(bounds).map(|(found, bound)| found / bound).fold(least, f64::min);
            }
            for (end, what) in [
                ("", "rate of each chip at which the fullest link is full, balanced routes, in links' worth"),
                ("_bound", "dual bound on the rate of each chip: no routes give more"),
                ("_equal_splitting", "the same rate, split equally over all shortest paths"),
            ] {
                // Not every slice has every network, nor every network all patterns.
                let Some(list) = values.get(&format!("{key}{end}")) else { continue };
                let formula = format!("{what}; {}", words(pattern));
                let basis = Basis { unit: Unit::ONE, inputs: &[], formula: &formula, source: SOURCE };
                write_seeds(facts, &format!("pattern.{shape}.{key}{end}"), list, basis);
            }
        }
    }
    let formula = "lowest ratio of balanced flow to its dual bound, over all networks, patterns and seeds";
    let basis = Basis { unit: Unit::FRACTION, inputs: &[], formula, source: SOURCE };
    facts.number(format!("pattern.{shape}.converged"), least, basis);
}

fn write_ratios(shape: &str, values: &Values, facts: &mut Writer<'_>) {
    let mut write = |quantity: String, value: f64, formula: &str| {
        let basis = Basis { unit: Unit::TIMES, inputs: &[], formula, source: SOURCE };
        facts.number(format!("pattern.{shape}.{quantity}"), value, basis);
    };
    for pattern in Pattern::ALL {
        let (name, what) = (pattern.name(), words(pattern));
        let of = |network: &str| Some(Seeds::of(values.get(&format!("{network}.{name}"))?)?.median);
        // The same: what was not surveyed gains nothing.
        let Some(rival) = DESIGNED.into_iter().filter_map(of).reduce(f64::max) else { continue };
        for network in ["learned", "translations", "permutations"] {
            let Some(rate) = of(network) else { continue };
            let formula = format!("balanced rate over that of the best of torus, twist and lattice; {what}");
            write(format!("{network}.{name}_gain"), rate / rival, &formula);
        }
        if let (Some(learned), Some(random)) = (of("learned"), of("translations")) {
            let formula = format!("balanced rate over that of random translations; {what}");
            write(format!("learned.{name}_over_translations"), learned / random, &formula);
        }
    }
}
