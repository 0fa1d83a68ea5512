//! Studies of random wiring and of the length of the search, with balanced routes.

use std::collections::BTreeMap;

use crate::sim::flow::{self, Demand};
use crate::sim::learned::{
    BalanceSettings, LearnedError, SearchSettings, balance, class_loads, learn, random_permutations,
    random_regular, random_translations,
};
use crate::sim::{Network, Shape, ShapeError, analyze_network};
use paper_engine::facts::{Progress, StoredExperiment};
use paper_engine::model::{Model, Values};
use paper_engine::study::{RandomDraw, first_seeds};

/// The slices for which all baselines are computed.
pub const SHAPES: [&str; 6] = ["4x4x8", "4x8x8", "8x8x8", "8x8x16", "8x16x16", "16x16x16"];
/// Slices small enough to balance flows that have no symmetry.
const SMALL: [&str; 4] = ["4x4x8", "4x8x8", "8x8x8", "8x8x16"];
/// The others, whose flows take minutes each.
const BIG: [&str; 2] = ["8x16x16", "16x16x16"];
/// The seeds of random translations, from 1.
const TRANSLATION_SEEDS: u64 = 10;
/// The seeds of wiring without symmetry, from 1.
const IRREGULAR_SEEDS: u64 = 3;
/// How long flows without symmetry are balanced.
const IRREGULAR: flow::Settings = flow::Settings { rounds: 60, gap: 0.01 };
/// The same for the others.
const BIG_IRREGULAR: flow::Settings = flow::Settings { rounds: 30, gap: 0.02 };
/// The slices whose search is repeated with more and more moves.
pub(super) const SEARCHED: [&str; 2] = ["4x8x8", "8x8x8"];
/// The moves of each start.
pub(super) const MOVES: [usize; 5] = [250, 1000, 4000, 16_000, 64_000];
/// The seeds of these searches, from 1.
const SEARCH_SEEDS: u64 = 3;
/// The wirings and searches drawn.
pub(super) const DRAWN: [RandomDraw; 3] = [
    RandomDraw { what: "random_translations", seeds: &first_seeds::<{ TRANSLATION_SEEDS as usize }>() },
    RandomDraw { what: "irregular_wirings", seeds: &first_seeds::<{ IRREGULAR_SEEDS as usize }>() },
    RandomDraw { what: "searches", seeds: &first_seeds::<{ SEARCH_SEEDS as usize }>() },
];
/// Random wiring of all slices.
pub const RANDOM_WIRING: StoredExperiment = StoredExperiment {
    id: "random-wiring",
    experiment: "learned",
    summary: "Random translations, random permutations and random regular graphs with balanced routes.",
    inputs: &[],
    data: &[],
    settings: || {
        BTreeMap::from([
            ("translation_seeds".to_owned(), TRANSLATION_SEEDS as f64),
            ("irregular_seeds".to_owned(), IRREGULAR_SEEDS as f64),
            ("irregular_rounds".to_owned(), IRREGULAR.rounds as f64),
            ("irregular_gap".to_owned(), IRREGULAR.gap),
        ])
    },
    run: run_random_wiring,
    spot: |_| {
        let mut values = translations("4x4x8", 1, BalanceSettings::default()).map_err(text)?;
        let network = permutations("4x4x8", 1).map_err(text)?;
        irregular("4x4x8.permutations", &network, IRREGULAR, &mut values).map_err(text)?;
        values.append(&mut translations("8x8x8", 1, BalanceSettings::default()).map_err(text)?);
        Ok(values)
    },
};

/// Wiring without symmetry of the two largest slices.
pub const IRREGULAR_WIRING: StoredExperiment = StoredExperiment {
    id: "irregular-wiring",
    experiment: "learned",
    summary: "Random permutations and random regular graphs of 2048 and 4096 chips with balanced routes.",
    inputs: &[],
    data: &[],
    settings: || {
        BTreeMap::from([
            ("seeds".to_owned(), IRREGULAR_SEEDS as f64),
            ("rounds".to_owned(), BIG_IRREGULAR.rounds as f64),
            ("gap".to_owned(), BIG_IRREGULAR.gap),
        ])
    },
    run: |_, progress| {
        let mut values = Values::new();
        for name in BIG {
            values.append(&mut without_symmetry(name, BIG_IRREGULAR, progress).map_err(text)?);
        }
        Ok(values)
    },
    // A flow takes minutes; distances take none.
    spot: |_| {
        let network = permutations(BIG[0], 1).map_err(text)?;
        let equal = analyze_network(&network).ok_or("some chip is out of reach")?;
        let value = |quantity: &str, value| (format!("{}.permutations.{quantity}", BIG[0]), vec![value]);
        let rate = value("alltoall_equal_splitting", equal.alltoall_links_per_chip);
        Ok(Values::from([rate, value("mean_distance", equal.mean_distance)]))
    },
};

/// The throughput that searches of more and more moves find.
pub const SEARCH_LENGTH: StoredExperiment = StoredExperiment {
    id: "search-length",
    experiment: "learned",
    summary: "The throughput of learned maps against the moves of the search.",
    inputs: &[],
    data: &[],
    settings: || {
        let moves = MOVES.iter().enumerate();
        let moves = moves.map(|(index, &moves)| (format!("moves_{index}"), moves as f64));
        moves.chain([("seeds".to_owned(), SEARCH_SEEDS as f64)]).collect()
    },
    run: |_, progress| {
        let mut values = Values::new();
        for name in SEARCHED {
            for moves in MOVES {
                progress(&format!("{name}, {moves} moves"));
                values.append(&mut searched(name, moves, SEARCH_SEEDS).map_err(text)?);
            }
        }
        Ok(values)
    },
    spot: |_| searched(SEARCHED[0], MOVES[0], 1).map_err(text),
};

fn run_random_wiring(_: &Model, progress: Progress<'_>) -> Result<Values, String> {
    let mut values = Values::new();
    for name in SHAPES {
        progress(&format!("{name}, random translations"));
        let settings = BalanceSettings::default();
        values.append(&mut translations(name, TRANSLATION_SEEDS, settings).map_err(text)?);
    }
    for name in SMALL {
        values.append(&mut without_symmetry(name, IRREGULAR, progress).map_err(text)?);
    }
    Ok(values)
}

/// Analyses random permutations and random regular graphs.
fn without_symmetry(
    name: &str,
    settings: flow::Settings,
    progress: Progress<'_>,
) -> Result<Values, LearnedError> {
    let mut values = Values::new();
    for seed in 1..=IRREGULAR_SEEDS {
        progress(&format!("{name}, random permutations and regular graph of seed {seed}"));
        irregular(&format!("{name}.permutations"), &permutations(name, seed)?, settings, &mut values)?;
        let free = random_regular(shape(name)?.chips(), seed)?;
        irregular(&format!("{name}.regular_random"), &free, settings, &mut values)?;
    }
    Ok(values)
}

fn text(error: LearnedError) -> String {
    error.to_string()
}

/// Reads the shape of a slice.
fn shape(name: &str) -> Result<Shape, LearnedError> {
    name.parse().map_err(|error: ShapeError| error.into())
}

/// Analyses random translations of seeds from 1.
fn translations(name: &str, seeds: u64, settings: BalanceSettings) -> Result<Values, LearnedError> {
    let mut values = Values::new();
    for seed in 1..=seeds {
        let drawn = random_translations(shape(name)?, seed)?;
        let equal = class_loads(&drawn)?;
        let balanced = balance(&drawn, settings)?;
        let mut add = |quantity: &str, value: f64| {
            values.entry(format!("{name}.translations.{quantity}")).or_default().push(value);
        };
        add("alltoall", balanced.throughput);
        add("alltoall_bound", balanced.bound);
        add("alltoall_equal_splitting", equal.throughput);
        add("mean_distance", equal.mean_distance);
        add("diameter", equal.diameter as f64);
    }
    Ok(values)
}

/// Wires random permutations of a seed.
fn permutations(name: &str, seed: u64) -> Result<Network, LearnedError> {
    Ok(random_permutations(shape(name)?, seed)?.network())
}

/// Analyses a network without symmetry, and adds its numbers to the lists of a prefix.
fn irregular(
    prefix: &str,
    network: &Network,
    settings: flow::Settings,
    values: &mut Values,
) -> Result<(), LearnedError> {
    let equal = analyze_network(network).ok_or(LearnedError::NotConnected)?;
    let found = Demand::uniform(network.chips())
        .and_then(|demand| flow::balance(network, &demand, settings))
        .map_err(|_| LearnedError::NotConnected)?;
    for (quantity, value) in [
        ("alltoall", found.throughput),
        ("alltoall_bound", found.bound),
        ("alltoall_equal_splitting", equal.alltoall_links_per_chip),
        ("mean_distance", equal.mean_distance),
        ("diameter", equal.diameter as f64),
    ] {
        values.entry(format!("{prefix}.{quantity}")).or_default().push(value);
    }
    Ok(())
}

/// Searches maps with so many moves from each start.
fn searched(name: &str, moves: usize, seeds: u64) -> Result<Values, LearnedError> {
    let mut values = Values::new();
    for seed in 1..=seeds {
        let found = learn(shape(name)?, SearchSettings::of(seed, moves))?;
        let key = format!("{name}.learned.alltoall_{moves}_moves");
        values.entry(key).or_default().push(found.balanced.throughput);
    }
    Ok(values)
}
