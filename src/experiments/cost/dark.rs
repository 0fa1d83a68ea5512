//! Studies of dark switches and dark links: what all-to-all is left when routes are balanced anew.
//!
//! Facts are made of the results by [`super::dark_facts`].

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::translations_of;
use crate::maps::maps;
use crate::sim::fabric::SWITCHES;
use crate::sim::flow::{self, Demand};
use crate::sim::learned::{LearnedError, draw_different, random_permutations, without_links};
use crate::sim::{Network, Shape, ShapeError, SwitchMaps};
use paper_engine::facts::{Progress, StoredExperiment};
use paper_engine::model::{Model, Values};
use paper_engine::study::{RandomDraw, first_seeds};

/// The most switches, or links, that are dark at once.
pub(super) const MOST_DARK: usize = 4;
/// How long flows are balanced of which the chips of one cube stand for all: dark switches leave that
/// symmetry.
const SYMMETRIC: flow::Settings = flow::Settings { rounds: 300, gap: 0.005 };
/// The same where no chip stands for another.
const IRREGULAR: flow::Settings = flow::Settings { rounds: 60, gap: 0.015 };
/// A slice with its networks and the draws of each kind.
pub(super) struct Slice {
    pub shape: &'static str,
    pub networks: &'static [&'static str],
    /// The seeds of random translations, from 1.
    draws: u64,
    /// The seeded draws of two, three and four switches, from 1; alone, each of the 48 is dark once.
    samples: u64,
    /// The networks of which links go dark too, one draw for each number of them.
    links: &'static [&'static str],
    /// The numbers of dark links.
    dark_links: &'static [usize],
}

pub(super) const SMALL: [Slice; 2] = [
    Slice {
        shape: "4x8x8",
        networks: &["torus", "twisted", "learned", "translations", "permutations"],
        draws: 3,
        samples: 10,
        links: &[],
        dark_links: &[],
    },
    Slice {
        shape: "8x8x8",
        networks: &["torus", "lattice", "learned", "translations"],
        draws: 3,
        samples: 10,
        links: &["torus", "lattice", "learned", "translations"],
        dark_links: &[0, 1, 2, 3, 4],
    },
];
pub(super) const WHOLE: [Slice; 1] = [Slice {
    shape: "16x16x16",
    networks: &["torus", "lattice", "learned", "translations"],
    draws: 1,
    samples: 3,
    links: &["torus", "lattice", "learned"],
    dark_links: &[0, 1, 4],
}];
/// The draws of each number of dark switches under random permutations, whose flows have no symmetry.
const PERMUTED_DRAWS: u64 = 2;

/// What is drawn; the whole machine has the first of these seeds.
pub const DRAWN: &[RandomDraw] = &[
    RandomDraw { what: "random_translations", seeds: &first_seeds::<{ SMALL[0].draws as usize }>() },
    RandomDraw { what: "dark_parts", seeds: &first_seeds::<{ SMALL[0].samples as usize }>() },
];

/// Dark switches on slices of 256 and 512 chips.
pub const DARK: StoredExperiment = StoredExperiment {
    id: "dark",
    experiment: "cost",
    summary: "Balanced all-to-all with one to four switches or links dark, 256 and 512 chips.",
    inputs: &[],
    data: &[maps(&["4x8x8", "8x8x8"])],
    settings: || settings(&SMALL),
    run: |model, progress| compute(model, &SMALL, progress),
    spot: |model| spot(model, "8x8x8", &["torus", "learned"]),
};

/// The same on the whole machine.
pub const DARK_WHOLE: StoredExperiment = StoredExperiment {
    id: "dark-whole",
    experiment: "cost",
    summary: "Balanced all-to-all with one to four switches or links dark, 4096 chips.",
    inputs: &[],
    data: &[maps(&["16x16x16"])],
    settings: || settings(&WHOLE),
    run: |model, progress| compute(model, &WHOLE, progress),
    spot: |model| spot(model, "16x16x16", &["torus"]),
};

fn settings(slices: &[Slice]) -> BTreeMap<String, f64> {
    let of = |slice: &Slice| {
        [
            ("draws", slice.draws as f64),
            ("samples", slice.samples as f64),
            ("links", slice.links.len() as f64),
            ("dark_links", slice.dark_links.len() as f64),
        ]
        .map(|(name, value)| (format!("{}.{name}", slice.shape), value))
    };
    let mut settings: BTreeMap<String, f64> = slices.iter().flat_map(of).collect();
    for (name, set) in [("symmetric", SYMMETRIC), ("irregular", IRREGULAR)] {
        settings.insert(format!("{name}_rounds"), set.rounds as f64);
        settings.insert(format!("{name}_gap"), set.gap);
    }
    settings
}

impl Slice {
    /// Returns the seeds of a network: one for a network that is not drawn.
    fn seeds(&self, network: &str) -> std::ops::RangeInclusive<u64> {
        1..=if network == "translations" { self.draws } else { 1 }
    }

    /// Returns the sets of a number of dark switches.
    fn cases(&self, network: &str, dark: usize) -> Vec<Vec<usize>> {
        let drawn = |samples| (1..=samples).map(|seed| draw_different(dark, SWITCHES, seed)).collect();
        match dark {
            0 => vec![Vec::new()],
            _ if network == "permutations" => drawn(PERMUTED_DRAWS),
            1 => (0..SWITCHES).map(|switch| vec![switch]).collect(),
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
        }
        for &network in slice.links {
            for &dark in slice.dark_links {
                progress(&format!("{} {network}, {dark} dark links", slice.shape));
                let found = with_dark_links(model, slice.shape, network, dark).map_err(text)?;
                add(&mut values, slice.shape, network, ["links", "link_bound"], dark, vec![found]);
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
    let maps = if network == "permutations" {
        let slice: Shape = shape.parse().map_err(|error: ShapeError| LearnedError::from(error))?;
        random_permutations(slice, seed)?
    } else {
        translations_of(model, shape, network, seed)?.maps()?
    };
    let settings = if network == "permutations" { IRREGULAR } else { SYMMETRIC };
    let entries = |switch: &usize| switch * maps.cubes()..(switch + 1) * maps.cubes();
    let balanced = |case: &Vec<usize>| {
        balanced_without(&maps, &case.iter().flat_map(entries).collect::<Vec<_>>(), settings)
    };
    cases.par_iter().map(balanced).collect()
}

/// Returns throughput and bound with drawn links dark.
fn with_dark_links(model: &Model, shape: &str, network: &str, dark: usize) -> Result<[f64; 2], LearnedError> {
    let maps = translations_of(model, shape, network, 1)?.maps()?;
    let links = SWITCHES * maps.cubes();
    let settings = if dark == 0 { SYMMETRIC } else { IRREGULAR };
    balanced_without(&maps, &draw_different(dark, links, 1), settings)
}

/// Returns throughput and bound of maps without some entries.
fn balanced_without(
    maps: &SwitchMaps,
    dark: &[usize],
    settings: flow::Settings,
) -> Result<[f64; 2], LearnedError> {
    let network: Network = without_links(maps, dark)?.network();
    let found = Demand::uniform(network.chips())
        .and_then(|demand| flow::balance(&network, &demand, settings))
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
