//! Studies of dark switches and dark links: what all-to-all is left when routes are balanced anew.
//!
//! Facts are made of the results by [`super::dark_facts`].

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::super::stored::{Progress, Study};
use super::translations_of;
use crate::model::{Model, Values};
use crate::sim::fabric::SWITCHES;
use crate::sim::flow::{self, Demand};
use crate::sim::learned::{
    BalanceSettings, LearnedError, balance_without, draw_different, random_permutations, without_links,
};
use crate::sim::{Network, Shape, ShapeError, SwitchMaps};

/// The most switches, or links, that are dark at once.
pub(super) const MOST_DARK: usize = 4;
/// How long flows without symmetry are balanced.
const IRREGULAR: flow::Settings = flow::Settings { rounds: 15, gap: 0.01 };
/// The code that makes the results.
const CODE: &[&str] = &[
    "src/facts/cost/dark.rs",
    "src/facts/cost/mod.rs",
    "src/sim/automorphism.rs",
    "src/sim/fabric.rs",
    "src/sim/flow",
    "src/sim/learned/dark.rs",
    "src/sim/learned/flow.rs",
    "src/sim/learned/graph.rs",
    "src/sim/learned/lattice.rs",
    "src/sim/learned/lattice_flow.rs",
    "src/sim/learned/master.rs",
    "src/sim/learned/normal_form.rs",
    "src/sim/learned/random.rs",
    "src/sim/learned/translations.rs",
    "src/sim/network.rs",
];

/// A slice with its networks and the draws of each kind.
pub(super) struct Slice {
    pub shape: &'static str,
    pub networks: &'static [&'static str],
    /// The seeds of random translations, from 1.
    draws: u64,
    /// The seeded draws of two, three and four switches, from 1.
    samples: u64,
    /// The switches that are dark alone: all 48, or as many drawn ones.
    alone: usize,
    /// The draws of dark links for each number of them, from 1; none where flows take too long.
    links: u64,
}

pub(super) const SMALL: [Slice; 2] = [
    Slice {
        shape: "4x8x8",
        networks: &["torus", "twisted", "learned", "translations", "permutations"],
        draws: 3,
        samples: 10,
        alone: SWITCHES,
        links: 0,
    },
    Slice {
        shape: "8x8x8",
        networks: &["torus", "lattice", "learned", "translations"],
        draws: 3,
        samples: 10,
        alone: SWITCHES,
        links: 1,
    },
];
pub(super) const WHOLE: [Slice; 1] = [Slice {
    shape: "16x16x16",
    networks: &["torus", "lattice", "learned", "translations"],
    draws: 1,
    samples: 3,
    alone: 8,
    links: 0,
}];
/// The draws of each number of dark switches under random permutations, whose flows have no symmetry.
const PERMUTED_DRAWS: u64 = 2;

/// Dark switches on slices of 256 and 512 chips.
pub const DARK: Study = Study {
    id: "dark",
    experiment: "cost",
    summary: "Balanced all-to-all with one to four switches or links dark, 256 and 512 chips.",
    code: CODE,
    inputs: &[],
    maps: &["4x8x8", "8x8x8"],
    settings: || settings(&SMALL),
    run: |model, progress| compute(model, &SMALL, progress),
    spot: |model| spot(model, "8x8x8", &["torus", "learned"]),
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
    spot: |model| spot(model, "16x16x16", &["torus"]),
};

fn settings(slices: &[Slice]) -> BTreeMap<String, f64> {
    let of = |slice: &Slice| {
        [
            ("draws", slice.draws as f64),
            ("samples", slice.samples as f64),
            ("alone", slice.alone as f64),
            ("links", slice.links as f64),
        ]
        .map(|(name, value)| (format!("{}.{name}", slice.shape), value))
    };
    let mut settings: BTreeMap<String, f64> = slices.iter().flat_map(of).collect();
    settings.insert("irregular_rounds".to_owned(), IRREGULAR.rounds as f64);
    settings.insert("irregular_gap".to_owned(), IRREGULAR.gap);
    settings
}

impl Slice {
    /// The seeds of a network: one for a network that is not drawn.
    fn seeds(&self, network: &str) -> std::ops::RangeInclusive<u64> {
        1..=if network == "translations" { self.draws } else { 1 }
    }

    /// The sets of a number of dark switches.
    fn cases(&self, network: &str, dark: usize) -> Vec<Vec<usize>> {
        let drawn = |samples| (1..=samples).map(|seed| draw_different(dark, SWITCHES, seed)).collect();
        match dark {
            0 => vec![Vec::new()],
            _ if network == "permutations" => drawn(PERMUTED_DRAWS),
            1 => {
                let mut alone = draw_different(self.alone, SWITCHES, 1);
                alone.sort_unstable();
                alone.into_iter().map(|switch| vec![switch]).collect()
            }
            _ => drawn(self.samples),
        }
    }
}

fn text(error: LearnedError) -> String {
    error.to_string()
}

/// Computes throughput and bound of every case at `SHAPE.NETWORK.dark_COUNT` and `SHAPE.NETWORK.bound_COUNT`,
/// the cases of the first seed first; those of dark links at `SHAPE.NETWORK.links_COUNT` and
/// `SHAPE.NETWORK.link_bound_COUNT`.
fn compute(model: &Model, slices: &[Slice], progress: Progress<'_>) -> Result<Values, String> {
    let mut values = Values::new();
    for slice in slices {
        for &network in slice.networks {
            for seed in slice.seeds(network) {
                for dark in 0..=MOST_DARK {
                    progress(&format!("{} {network} {seed}, {dark} dark switches", slice.shape));
                    let cases = slice.cases(network, dark);
                    let found =
                        with_dark_switches(model, slice.shape, network, seed, &cases).map_err(text)?;
                    add(&mut values, slice.shape, network, ["dark", "bound"], dark, found);
                }
            }
            if network == "permutations" {
                continue;
            }
            for dark in (0..=MOST_DARK).filter(|_| slice.links > 0) {
                progress(&format!("{} {network}, {dark} dark links", slice.shape));
                let found = with_dark_links(model, slice, network, dark).map_err(text)?;
                add(&mut values, slice.shape, network, ["links", "link_bound"], dark, found);
            }
        }
    }
    Ok(values)
}

/// Adds throughput and bound of each case to their lists.
fn add(values: &mut Values, shape: &str, network: &str, names: [&str; 2], dark: usize, found: Vec<[f64; 2]>) {
    for (index, name) in names.iter().enumerate() {
        let list = values.entry(format!("{shape}.{network}.{name}_{dark}")).or_default();
        list.extend(found.iter().map(|pair| pair[index]));
    }
}

/// Returns throughput and bound with each set of switches dark.
fn with_dark_switches(
    model: &Model,
    shape: &str,
    network: &str,
    seed: u64,
    cases: &[Vec<usize>],
) -> Result<Vec<[f64; 2]>, LearnedError> {
    if network == "permutations" {
        let slice: Shape = shape.parse().map_err(|error: ShapeError| LearnedError::from(error))?;
        let maps = random_permutations(slice, seed)?;
        let entries = |switch: &usize| switch * maps.cubes()..(switch + 1) * maps.cubes();
        let dark = |case: &Vec<usize>| irregular(&maps, &case.iter().flat_map(entries).collect::<Vec<_>>());
        return cases.iter().map(dark).collect();
    }
    let maps = translations_of(model, shape, network, seed)?;
    cases
        .par_iter()
        .map(|case| {
            let found = balance_without(&maps, case, BalanceSettings::default())?;
            Ok([found.throughput, found.bound])
        })
        .collect()
}

/// Returns throughput and bound with drawn links dark.
fn with_dark_links(
    model: &Model,
    slice: &Slice,
    network: &str,
    dark: usize,
) -> Result<Vec<[f64; 2]>, LearnedError> {
    let maps = translations_of(model, slice.shape, network, 1)?.maps()?;
    let links = SWITCHES * maps.cubes();
    let draws = if dark == 0 { 1 } else { slice.links };
    (1..=draws).map(|seed| irregular(&maps, &draw_different(dark, links, seed))).collect()
}

/// Returns throughput and bound of maps without some entries.
fn irregular(maps: &SwitchMaps, dark: &[usize]) -> Result<[f64; 2], LearnedError> {
    let network: Network = without_links(maps, dark)?.network();
    let found = Demand::uniform(network.chips())
        .and_then(|demand| flow::balance(&network, &demand, IRREGULAR))
        .map_err(|_| LearnedError::NotConnected)?;
    Ok([found.throughput, found.bound])
}

/// Balances some networks with all switches, as the study does first of all.
fn spot(model: &Model, shape: &str, networks: &[&str]) -> Result<Values, String> {
    let mut values = Values::new();
    for network in networks {
        let found = with_dark_switches(model, shape, network, 1, &[Vec::new()]).map_err(text)?;
        add(&mut values, shape, network, ["dark", "bound"], 0, found);
    }
    Ok(values)
}
