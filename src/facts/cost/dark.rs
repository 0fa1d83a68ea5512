//! Dark switches: each of 48 alone, and seeded draws of two to four.

use std::collections::BTreeMap;

use super::super::stored::{Progress, Study};
use super::{SOURCE, maps_of, write_spread};
use crate::facts::experiment::{Basis, Writer};
use crate::model::{Model, Values};
use crate::sim::fabric::SWITCHES;
use crate::sim::learned::{balance_without, draw_switches};
use crate::units::Unit;

/// The most switches that are dark at once.
const MOST_DARK: usize = 4;
/// The code that makes the results.
const CODE: &[&str] = &[
    "src/facts/cost/dark.rs",
    "src/sim/fabric.rs",
    "src/sim/learned/converge.rs",
    "src/sim/learned/dark.rs",
    "src/sim/learned/graph.rs",
    "src/sim/learned/game.rs",
    "src/sim/learned/random.rs",
];

/// A slice with its networks and the draws of each kind.
struct Slice {
    shape: &'static str,
    networks: &'static [&'static str],
    /// The seeds of random translations, from 1.
    draws: u64,
    /// The seeded draws of two, three and four switches, from 1.
    samples: u64,
}

const SMALL: [Slice; 2] = [
    Slice {
        shape: "4x8x8",
        networks: &["torus", "twisted", "learned", "translations"],
        draws: 3,
        samples: 10,
    },
    Slice { shape: "8x8x8", networks: &["torus", "learned", "translations"], draws: 3, samples: 10 },
];
const WHOLE: [Slice; 1] =
    [Slice { shape: "16x16x16", networks: &["torus", "learned", "translations"], draws: 1, samples: 3 }];

/// Dark switches on slices of 256 and 512 chips.
pub const DARK: Study = Study {
    id: "dark",
    experiment: "cost",
    summary: "Balanced all-to-all with one to four switches dark, 256 and 512 chips.",
    code: CODE,
    inputs: &[],
    maps: &["4x8x8", "8x8x8"],
    settings: || settings(&SMALL),
    run: |model, progress| compute(model, &SMALL, progress),
    spot: |model| spot(model, &SMALL),
};

/// The same on the whole machine.
pub const DARK_WHOLE: Study = Study {
    id: "dark-whole",
    experiment: "cost",
    summary: "Balanced all-to-all with one to four switches dark, 4096 chips.",
    code: CODE,
    inputs: &[],
    maps: &["16x16x16"],
    settings: || settings(&WHOLE),
    run: |model, progress| compute(model, &WHOLE, progress),
    spot: |model| spot(model, &WHOLE),
};

fn settings(slices: &[Slice]) -> BTreeMap<String, f64> {
    let of = |slice: &Slice| {
        [("draws", slice.draws), ("samples", slice.samples)]
            .map(|(name, value)| (format!("{}.{name}", slice.shape), value as f64))
    };
    slices.iter().flat_map(of).collect()
}

impl Slice {
    /// The seeds of a network: one for a network that is not drawn.
    fn seeds(&self, network: &str) -> std::ops::RangeInclusive<u64> {
        1..=if network == "translations" { self.draws } else { 1 }
    }

    /// The cases of a number of dark switches.
    fn cases(&self, dark: usize) -> Vec<Vec<usize>> {
        match dark {
            0 => vec![Vec::new()],
            1 => (0..SWITCHES).map(|switch| vec![switch]).collect(),
            _ => (1..=self.samples).map(|seed| draw_switches(dark, seed)).collect(),
        }
    }
}

/// Computes throughput and bound of every case at `SHAPE.NETWORK.dark_COUNT` and `SHAPE.NETWORK.bound_COUNT`,
/// the cases of the first draw first, and the mean links of a route with all switches at `SHAPE.NETWORK.links_0`.
fn compute(model: &Model, slices: &[Slice], progress: Progress<'_>) -> Result<Values, String> {
    let mut values = Values::new();
    for slice in slices {
        for network in slice.networks {
            for seed in slice.seeds(network) {
                let maps = maps_of(model, slice.shape, network, seed)?;
                for dark in 0..=MOST_DARK {
                    progress(&format!("{} {network} {seed}, {dark} dark", slice.shape));
                    for switches in slice.cases(dark) {
                        let found = balance_without(&maps, &switches).map_err(|error| error.to_string())?;
                        let mut push = |name: &str, value: f64| {
                            let name = format!("{}.{network}.{name}_{dark}", slice.shape);
                            values.entry(name).or_default().push(value);
                        };
                        push("dark", found.throughput);
                        push("bound", found.bound);
                        if dark == 0 {
                            push("links", found.mean_links);
                        }
                    }
                }
            }
        }
    }
    Ok(values)
}

/// Darkens the first switch of the torus, and of the learned maps where that takes no time.
fn spot(model: &Model, slices: &[Slice]) -> Result<Values, String> {
    let mut values = Values::new();
    for slice in slices {
        let networks = if slice.shape == WHOLE[0].shape { &["torus"][..] } else { &["torus", "learned"] };
        for network in networks {
            let maps = maps_of(model, slice.shape, network, 1)?;
            let found = balance_without(&maps, &[0]).map_err(|error| error.to_string())?;
            values.insert(format!("{}.{network}.dark_1", slice.shape), vec![found.throughput]);
            values.insert(format!("{}.{network}.bound_1", slice.shape), vec![found.bound]);
        }
    }
    Ok(values)
}

/// Returns the mean links of the balanced routes of a network, of the first draw.
pub(super) fn mean_links(model: &Model, shape: &str, network: &str) -> Option<f64> {
    let name = format!("{shape}.{network}.links_0");
    [&DARK, &DARK_WHOLE].iter().find_map(|study| model.stored(study.id)?.get(&name)?.first().copied())
}

pub(super) fn write(model: &Model, facts: &mut Writer<'_>) {
    for (study, slices) in [(&DARK, &SMALL[..]), (&DARK_WHOLE, &WHOLE[..])] {
        let Some(values) = model.stored(study.id) else { continue };
        for slice in slices {
            write_slice(values, slice, facts);
        }
    }
}

fn write_slice(values: &Values, slice: &Slice, facts: &mut Writer<'_>) {
    let list = |network: &str, name: &str, dark: usize| {
        values.get(&format!("{}.{network}.{name}_{dark}", slice.shape)).map_or(&[][..], Vec::as_slice)
    };
    let by_hand = |network: &&&str| !matches!(**network, "learned" | "translations");
    let strength = |network: &str| list(network, "dark", 0).first().copied().unwrap_or(0.0);
    let rival =
        slice.networks.iter().filter(by_hand).max_by(|a, b| strength(a).total_cmp(&strength(b))).copied();
    for network in slice.networks {
        let name = |quantity: &str| format!("cost.{}.{network}.{quantity}", slice.shape);
        let intact = list(network, "dark", 0);
        let mut gap = 0.0_f64;
        for dark in 0..=MOST_DARK {
            let (flows, bounds) = (list(network, "dark", dark), list(network, "bound", dark));
            let gaps = flows.iter().zip(bounds).map(|(flow, bound)| bound / flow - 1.0);
            gap = gap.max(gaps.fold(0.0, f64::max));
            let formula =
                "balanced all-to-all with that many of 48 switches dark, links' worth for each chip";
            write_spread(facts, &name(&format!("dark_{dark}")), flows, Unit::One, formula);
            if dark == 0 {
                continue;
            }
            let cases = flows.len() / intact.len().max(1);
            let kept: Vec<f64> = flows
                .chunks(cases.max(1))
                .zip(intact)
                .flat_map(|(flows, all)| flows.iter().map(move |flow| flow / all))
                .collect();
            let formula = "the same over that of the same maps with all switches";
            write_spread(facts, &name(&format!("dark_{dark}_kept")), &kept, Unit::Fraction, formula);
            let Some(rival) = rival.filter(|_| matches!(*network, "learned" | "translations")) else {
                continue;
            };
            let least = |flows: &[f64]| flows.iter().copied().fold(f64::INFINITY, f64::min);
            let formula =
                format!("lowest of these over the lowest of the best wiring by hand, {rival}, likewise dark");
            let basis = Basis { unit: Unit::Times, inputs: &[], formula: &formula, source: SOURCE };
            let gain = least(flows) / least(list(rival, "dark", dark));
            facts.number(name(&format!("dark_{dark}_gain")), gain, basis);
        }
        let formula = "largest relative distance of a balanced flow of these from its dual bound";
        let basis = Basis { unit: Unit::Fraction, inputs: &[], formula, source: SOURCE };
        facts.number(name("dark_gap"), gap, basis);
    }
}
