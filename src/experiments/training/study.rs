//! The studies `training-SHAPE`: the splits that promise the shortest steps, placed and balanced on every
//! wiring.

use std::collections::BTreeMap;

use super::job::{GPT3, INPUTS, JOBS, Job, stated};
use crate::maps::{Maps, learned_maps, maps};
use crate::sim::learned::{Lattice, LearnedError, best_lattices, random_translations};
use crate::sim::search::Machine;
use crate::sim::training::{Balance, Costs, Paths, Problem, Search, Split, balanced, place};
use crate::sim::{Network, Shape, Topology, flow};
use paper_engine::facts::{Progress, StoredExperiment};
use paper_engine::model::{Model, Values};
use paper_engine::study::RandomDraw;

/// What is computed for one slice.
struct Plan {
    shape: &'static str,
    /// The gap of the balanced flow.
    gap: f64,
    /// The wiring that every build places the dense model on anew.
    spot: &'static str,
}

/// One slice has a twist; the other has twice as many chips, and a regular torus.
const PLANS: [Plan; 2] =
    [Plan { shape: "4x8x8", gap: 0.005, spot: "learned" }, Plan { shape: "8x8x8", gap: 0.01, spot: "torus" }];

/// The studies, each with its slice.
pub const STUDIES: [(&str, &StoredExperiment); 2] =
    [(PLANS[0].shape, &TRAINING_256), (PLANS[1].shape, &TRAINING_512)];

/// The seeds of random wirings.
const WIRINGS: [u64; 3] = [1, 2, 3];
/// The annealings of a split, the same for every wiring; those of a model with experts take longer, so one
/// must do.
const SEEDS: [u64; 2] = [1, 2];
const SEEDS_WITH_EXPERTS: [u64; 1] = [1];
/// What is drawn.
pub const DRAWN: &[RandomDraw] = &[
    RandomDraw { what: "random_translations", seeds: &WIRINGS },
    RandomDraw { what: "annealing", seeds: &SEEDS },
    RandomDraw { what: "annealing_with_experts", seeds: &SEEDS_WITH_EXPERTS },
];
/// The moves of an annealing for each chip.
const MOVES: usize = 100;
/// The splits of a wiring that are annealed and balanced.
const FINALISTS: usize = 4;
/// The most rounds of the balanced flow.
const ROUNDS: usize = 100;
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

/// Returns the stored experiment of one slice.
const fn of_slice<const AT: usize>() -> StoredExperiment {
    StoredExperiment {
        id: "",
        experiment: "training",
        summary: "Splits of a training step, placed by annealing and balanced on every wiring.",
        inputs: INPUTS,
        data: const { &[maps(const { &[PLANS[AT].shape] })] },
        settings: || PLANS[AT].settings(),
        run: |model, progress| PLANS[AT].compute(model, progress),
        spot: |model| PLANS[AT].spot(model),
    }
}

/// The facts of a slice: [`PLANS`] at 0.
pub const TRAINING_256: StoredExperiment = StoredExperiment { id: "training-4x8x8", ..of_slice::<0>() };
/// The facts of a slice: [`PLANS`] at 1.
pub const TRAINING_512: StoredExperiment = StoredExperiment { id: "training-8x8x8", ..of_slice::<1>() };

/// Returns what is stored of one wiring of a slice for one job: the seed of the wiring and the costs, by
/// seed.
pub fn stored(values: &Values, network: &str, job: &Job) -> Vec<(u64, Vec<Costs>)> {
    let list = |field: &str| values.get(&key(network, job, field)).map_or(&[][..], Vec::as_slice);
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

/// Returns the lowest ratio of the least possible load of the busiest link to its load, over all that is
/// stored.
pub fn converged(values: &Values) -> Option<f64> {
    let ratios = values.iter().filter_map(|(key, least)| {
        let loads = values.get(&format!("{}_load", key.strip_suffix("_least_load")?))?;
        let pairs = least.iter().zip(loads).filter(|&(_, &load)| load > 0.0);
        pairs.map(|(least, load)| least / load).reduce(f64::min)
    });
    ratios.reduce(f64::min)
}

fn key(network: &str, job: &Job, field: &str) -> String {
    format!("{network}.{}.{field}", job.name)
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

fn text(error: LearnedError) -> String {
    error.to_string()
}

/// Returns the wirings of a slice: their name, the seed of a random one, and their links.
fn wirings(model: &Model, shape: Shape) -> Result<Vec<(&'static str, u64, Network)>, String> {
    let (torus, twisted) = (Topology::torus(shape), Topology::twisted(shape).ok());
    let best = best_lattices(shape.cubes().iter().product()).map_err(text)?.best.lattice;
    let is_best = |topology: &Topology| Lattice::of(topology).is_some_and(|known| known == best);
    let lattice = ![Some(&torus), twisted.as_ref()].into_iter().flatten().any(is_best);
    let mut found = vec![("torus", 0, torus.network())];
    if let Some(twisted) = twisted {
        found.push(("twisted", 0, twisted.network()));
    }
    if lattice {
        found.push(("lattice", 0, best.maps(shape.cubes()).map_err(text)?.network()));
    }
    let stored = model.maps(&shape.to_string()).ok_or_else(|| format!("no maps for {shape}"))?;
    let learned = learned_maps(stored).translations().and_then(|one| one.maps()).map_err(text)?;
    found.push(("learned", 0, learned.network()));
    for seed in WIRINGS {
        let drawn = random_translations(shape, seed).and_then(|one| one.maps()).map_err(text)?;
        found.push(("translations", seed, drawn.network()));
    }
    Ok(found)
}

impl Plan {
    fn settings(&self) -> BTreeMap<String, f64> {
        let named = [
            ("annealing.moves_for_each_chip", MOVES as f64),
            ("annealing.seeds", SEEDS.len() as f64),
            ("annealing.seeds_with_experts", SEEDS_WITH_EXPERTS.len() as f64),
            ("finalists", FINALISTS as f64),
            ("flow.rounds", ROUNDS as f64),
            ("flow.gap", self.gap),
            ("wiring.seeds", WIRINGS.len() as f64),
        ];
        named.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn slice(&self) -> Result<Shape, String> {
        self.shape.parse().map_err(|error| format!("{error}"))
    }

    fn compute(&self, model: &Model, progress: Progress<'_>) -> Result<Values, String> {
        let mut values = Values::new();
        for wiring in wirings(model, self.slice()?)? {
            for job in &JOBS {
                progress(&format!("{} {} {}", wiring.0, wiring.1, job.name));
                self.add(model, job, &wiring, FINALISTS, &mut values)?;
            }
        }
        Ok(values)
    }

    /// Computes the most promising split of the dense model on one wiring.
    fn spot(&self, model: &Model) -> Result<Values, String> {
        let mut values = Values::new();
        for wiring in wirings(model, self.slice()?)?.iter().filter(|wiring| wiring.0 == self.spot) {
            self.add(model, &GPT3, wiring, 1, &mut values)?;
        }
        Ok(values)
    }

    /// Places and balances one job on one wiring, and adds the numbers to the lists.
    fn add(
        &self,
        model: &Model,
        job: &Job,
        (name, seed, network): &(&'static str, u64, Network),
        finalists: usize,
        values: &mut Values,
    ) -> Result<(), String> {
        let shape = self.slice()?;
        let (machine, settings) = stated(model, job);
        let longest = model.get("chip.hop_latency").and_then(|input| input.range);
        let hop_latency = longest.map_or(machine.hop_latency, |(_, high)| high * 1e-6);
        let machine = Machine { hop_latency, ..machine };
        let problem = Problem { workload: &job.workload, machine: &machine, settings: &settings, shape };
        let seeds = if job.workload.experts.is_some() { &SEEDS_WITH_EXPERTS[..] } else { &SEEDS };
        let search = Search { moves: MOVES, seeds, finalists };
        let paths = Paths::new(network).ok_or_else(|| format!("{name} is not connected"))?;
        let flow = flow::Settings { rounds: ROUNDS, gap: self.gap };
        for one in &place(&paths, &problem, &search) {
            let balance = balanced(&paths, &problem, one, flow).map_err(|error| error.to_string())?;
            for (field, value) in FIELDS.iter().zip(encode(*seed, &balance)) {
                values.entry(key(name, job, field)).or_default().push(value);
            }
        }
        Ok(())
    }
}
