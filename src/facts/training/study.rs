//! The study `training`: every split worth trying, placed and balanced on every wiring.

use std::collections::BTreeMap;

use super::super::learned::learned_maps;
use super::super::stored::{Progress, Study};
use super::{EXPERTS, GPT3, Job};
use crate::model::{Model, Values};
use crate::sim::learned::{random_permutations, random_translations};
use crate::sim::search::{Machine, Settings};
use crate::sim::training::{Balance, Costs, Problem, Search, Split, balanced, place};
use crate::sim::{Network, Shape, Topology, flow};

/// The slices.
pub const SHAPES: [&str; 3] = ["4x4x8", "4x8x8", "8x8x8"];
/// What is trained.
pub const JOBS: [Job; 2] = [GPT3, EXPERTS];
/// The seeds of random wirings.
const WIRINGS: [u64; 3] = [1, 2, 3];
/// The annealings of a split, the same for every wiring; those of a model with experts take longer, so one must do.
const SEEDS: [u64; 2] = [1, 2];
const SEEDS_WITH_EXPERTS: [u64; 1] = [1];
/// The moves of an annealing for each chip.
const MOVES: usize = 20;
/// The splits of a wiring whose loads are balanced.
const FINALISTS: usize = 6;
/// The rounds and the gap of the balanced flow.
const ROUNDS: usize = 100;
const GAP: f64 = 0.005;
/// The numbers of a placed split, in the order of their lists.
const FIELDS: [&str; 18] = [
    "seed",
    "pipeline",
    "data",
    "tensor",
    "rings",
    "experts",
    "tensor_load",
    "pipeline_load",
    "experts_load",
    "gradients_load",
    "tensor_hops",
    "pipeline_hops",
    "experts_hops",
    "gradients_hops",
    "tensor_least_load",
    "pipeline_least_load",
    "experts_least_load",
    "gradients_least_load",
];

/// The study.
pub const STUDY: Study = Study {
    id: "training",
    experiment: "training",
    summary: "Splits of a training step, placed by annealing and balanced on every wiring of three slices.",
    code: &[
        "src/facts/training.rs",
        "src/facts/training",
        "src/sim/fabric.rs",
        "src/sim/flow",
        "src/sim/learned/random.rs",
        "src/sim/network.rs",
        "src/sim/search",
        "src/sim/topology.rs",
        "src/sim/training",
    ],
    inputs: super::INPUTS,
    maps: &SHAPES,
    settings,
    run,
    spot,
};

fn settings() -> BTreeMap<String, f64> {
    let named = [
        ("annealing.moves_for_each_chip", MOVES as f64),
        ("annealing.seeds", SEEDS.len() as f64),
        ("annealing.seeds_with_experts", SEEDS_WITH_EXPERTS.len() as f64),
        ("finalists", FINALISTS as f64),
        ("flow.rounds", ROUNDS as f64),
        ("flow.gap", GAP),
        ("wiring.seeds", WIRINGS.len() as f64),
    ];
    named.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Returns the machine and the settings of training at the stated inputs.
pub fn stated(model: &Model, job: &Job) -> (Machine, Settings) {
    let machine = Machine {
        peak_flops: model.value("chip.peak_bf16") * 1e12,
        link_bandwidth: model.value("chip.link_bandwidth") * 1e9,
        memory: model.value("chip.hbm") * f64::from(1 << 30),
        hop_latency: model.value("chip.hop_latency") * 1e-6,
    };
    let settings = job.settings(model.value("training.efficiency"), model.value("training.overlap"));
    (machine, settings)
}

/// Returns what is stored of one wiring of a slice for one job: the seed of the wiring and the costs, by seed.
pub fn stored(values: &Values, shape: &str, network: &str, job: &Job) -> Vec<(u64, Vec<Costs>)> {
    let list = |field: &str| values.get(&key(shape, network, job, field)).map_or(&[][..], Vec::as_slice);
    let lists = FIELDS.map(list);
    let mut found: Vec<(u64, Vec<Costs>)> = Vec::new();
    for index in 0..lists[0].len() {
        let row = lists.map(|list| list.get(index).copied().unwrap_or(f64::NAN));
        let (seed, costs) = decode(row);
        match found.last_mut() {
            Some((last, all)) if *last == seed => all.push(costs),
            _ => found.push((seed, vec![costs])),
        }
    }
    found
}

fn key(shape: &str, network: &str, job: &Job, field: &str) -> String {
    format!("{shape}.{network}.{}.{field}", job.name)
}

fn decode(row: [f64; 18]) -> (u64, Costs) {
    let [seed, pipeline, data, tensor, rings, experts, ..] = row.map(|value| value as usize);
    let four = |first: usize| std::array::from_fn(|index| row[first + index]);
    let split = Split { pipeline, data, tensor, rings, experts };
    (seed as u64, Costs { split, loads: four(6), hops: four(10) })
}

fn encode(seed: u64, balance: &Balance) -> Vec<f64> {
    let Balance { costs, least_loads } = balance;
    let Split { pipeline, data, tensor, rings, experts } = costs.split;
    let parts = [pipeline, data, tensor, rings, experts].map(|part| part as f64);
    [&[seed as f64][..], &parts, &costs.loads, &costs.hops, least_loads].concat()
}

/// The wirings of a slice: their name, the seed of a random one, and their links.
fn wirings(model: &Model, shape: Shape) -> Result<Vec<(&'static str, u64, Network)>, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let mut found = vec![("torus", 0, Topology::torus(shape).network())];
    if let Ok(twisted) = Topology::twisted(shape) {
        found.push(("twisted", 0, twisted.network()));
    }
    let stored = model.maps(&shape.to_string()).ok_or_else(|| format!("no maps for {shape}"))?;
    let learned = learned_maps(stored).translations().and_then(|one| one.maps()).map_err(|e| text(&e))?;
    found.push(("learned", 0, learned.network()));
    for seed in WIRINGS {
        let drawn = random_translations(shape, seed).and_then(|one| one.maps()).map_err(|e| text(&e))?;
        found.push(("translations", seed, drawn.network()));
        let drawn = random_permutations(shape, seed).map_err(|e| text(&e))?;
        found.push(("permutations", seed, drawn.network()));
    }
    Ok(found)
}

/// Places and balances one job on one wiring, and adds the numbers to the lists.
fn add(
    model: &Model,
    shape: Shape,
    job: &Job,
    (name, seed, network): &(&'static str, u64, Network),
    values: &mut Values,
) -> Result<(), String> {
    let (machine, settings) = stated(model, job);
    let longest = model.get("chip.hop_latency").and_then(|input| input.range);
    let hop_latency = longest.map_or(machine.hop_latency, |(_, high)| high * 1e-6);
    let machine = Machine { hop_latency, ..machine };
    let problem = Problem { workload: &job.workload, machine: &machine, settings: &settings, shape };
    let seeds = if job.workload.experts.is_some() { &SEEDS_WITH_EXPERTS[..] } else { &SEEDS };
    let search = Search { moves: MOVES, seeds, finalists: FINALISTS };
    let placed = place(network, &problem, &search).ok_or_else(|| format!("{name} is not connected"))?;
    let flow = flow::Settings { rounds: ROUNDS, gap: GAP, ..flow::Settings::default() };
    for one in &placed {
        let balance = balanced(network, one, flow).map_err(|error| error.to_string())?;
        for (field, value) in FIELDS.iter().zip(encode(*seed, &balance)) {
            values.entry(key(&shape.to_string(), name, job, field)).or_default().push(value);
        }
    }
    Ok(())
}

fn run(model: &Model, progress: Progress<'_>) -> Result<Values, String> {
    let mut values = Values::new();
    for shape in SHAPES {
        let shape: Shape = shape.parse().map_err(|error| format!("{error}"))?;
        for wiring in wirings(model, shape)? {
            for job in &JOBS {
                progress(&format!("{shape} {} {} {}", wiring.0, wiring.1, job.name));
                add(model, shape, job, &wiring, &mut values)?;
            }
        }
    }
    Ok(values)
}

/// The dense model on the learned maps of the smallest slice.
fn spot(model: &Model) -> Result<Values, String> {
    let mut values = Values::new();
    let shape: Shape = SHAPES[0].parse().map_err(|error| format!("{error}"))?;
    for wiring in wirings(model, shape)?.iter().filter(|wiring| wiring.0 == "learned") {
        add(model, shape, &GPT3, wiring, &mut values)?;
    }
    Ok(values)
}
