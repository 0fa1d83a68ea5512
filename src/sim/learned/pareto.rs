//! Maps between the torus and learned ones: what each further switch that differs brings.

use rayon::prelude::*;

use super::super::fabric::SWITCHES;
use super::LearnedError;
use super::flow::{BalanceSettings, Balanced, balance};
use super::translations::Translations;

/// How closely candidates are balanced; the maps of each step are balanced as closely as any.
const CANDIDATES: BalanceSettings = BalanceSettings { rounds: 30, gap: 0.02 };

/// Holds a sequence of maps in which one more switch takes its map of the end at each step.
#[derive(Debug, Clone, PartialEq)]
pub struct Nested {
    /// The switches in the order in which they change.
    pub order: Vec<usize>,
    /// The balanced all-to-all after each number of changes, from none to all.
    pub balanced: Vec<Balanced>,
}

/// Goes from some translations to others, one switch at a time, each time the one that leaves most
/// throughput.
///
/// The result is an upper bound on the fewest entries for a throughput, since other maps than those of the
/// end might need fewer.
///
/// # Errors
/// Refuses translations of different grids, and maps under which some chip cannot reach another.
pub fn nested(from: &Translations, to: &Translations) -> Result<Nested, LearnedError> {
    let mut order: Vec<usize> = Vec::new();
    let mut balanced = vec![balance(from, BalanceSettings::default())?];
    loop {
        let differs =
            |switch: &usize| to.shifts()[*switch] != from.shifts()[*switch] && !order.contains(switch);
        let candidates: Vec<usize> = (0..SWITCHES).filter(differs).collect();
        let Some(&first) = candidates.first() else { return Ok(Nested { order, balanced }) };
        let found: Vec<Result<f64, LearnedError>> = candidates
            .par_iter()
            .map(|&switch| {
                let changed: Vec<usize> = order.iter().copied().chain([switch]).collect();
                Ok(balance(&mixed(from, to, &changed)?, CANDIDATES)?.throughput)
            })
            .collect();
        let mut best = (f64::NEG_INFINITY, first);
        for (throughput, &switch) in found.into_iter().zip(&candidates) {
            let throughput = throughput?;
            if throughput > best.0 {
                best = (throughput, switch);
            }
        }
        order.push(best.1);
        balanced.push(balance(&mixed(from, to, &order)?, BalanceSettings::default())?);
    }
}

/// Returns translations of which some switches hold those of another set.
///
/// # Errors
/// Refuses translations of different grids.
pub fn mixed(
    from: &Translations,
    to: &Translations,
    changed: &[usize],
) -> Result<Translations, LearnedError> {
    let shift =
        |switch: usize| if changed.contains(&switch) { to.shifts()[switch] } else { from.shifts()[switch] };
    Translations::new(from.grid(), (0..SWITCHES).map(shift).collect())
}
