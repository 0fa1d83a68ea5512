//! Facts of a training step on every wiring: GPT-3, and a model with experts of about as many weights.

mod study;

use super::Unit;
use super::experiment::{Basis, Experiment, Writer};
use crate::model::{Model, Values};
use crate::sim::Shape;
use crate::sim::search::{Machine, Settings, Transformer};
use crate::sim::training::{Costs, Experts, Phase, Split, StepTime, Workload, best_step, least_step, splits};
pub use study::STUDY;
use study::{JOBS, SHAPES, stated, stored};

/// A model to train, with what a step of it is.
pub struct Job {
    /// Its name in the stored lists.
    name: &'static str,
    /// What stands before the quantities of its facts.
    prefix: &'static str,
    workload: Workload,
    sequences: usize,
    source: &'static str,
}

/// GPT-3 175B (Brown et al. 2020, table 2.1), 1536 sequences a step as in Narayanan et al. 2021, section 5.
const GPT3: Job = Job {
    name: "gpt3",
    prefix: "",
    workload: Workload {
        dense: Transformer {
            layers: 96,
            width: 12_288,
            feed_forward: 49_152,
            heads: 96,
            sequence: 2048,
            vocabulary: 50_257,
        },
        experts: None,
    },
    sequences: 1536,
    source: "narayanan2021efficient, sections 2 to 4; brown2020gpt3, table 2.1",
};

/// GLaM 8B/64E (Du et al. 2022, table 4): every other layer has 64 experts, two for each token; a step is a million
/// tokens. Its inner width of 16,384 stands in half the layers of the part without experts.
const EXPERTS: Job = Job {
    name: "glam",
    prefix: "experts_",
    workload: Workload {
        dense: Transformer {
            layers: 32,
            width: 4096,
            feed_forward: 8192,
            heads: 32,
            sequence: 1024,
            vocabulary: 256_000,
        },
        experts: Some(Experts { layers: 16, count: 64, chosen: 2, inner: 16_384 }),
    },
    sequences: 1024,
    source: "narayanan2021efficient, sections 2 to 4; du2022glam, section 4",
};

/// The inputs of a step; the last three are assumed.
const INPUTS: &[&str] = &[
    "chip.hbm",
    "chip.link_bandwidth",
    "chip.peak_bf16",
    "chip.hop_latency",
    "training.efficiency",
    "training.overlap",
];
/// The wirings that one would choose by hand.
const BY_HAND: [&str; 3] = ["torus", "twisted", "lattice"];
/// The others, which are compared with the best of these.
const OTHERS: [&str; 3] = ["learned", "translations", "permutations"];

/// The experiment `training`.
pub const TRAINING: Experiment = Experiment {
    id: "training",
    summary: "One training step of GPT-3 and of a model with experts, placed anew on every wiring.",
    inputs: INPUTS,
    maps: &[],
    published: &[],
    run,
};

impl Job {
    /// Mixed precision with Adam: 2 bytes of weight and gradient and 12 of state (Rajbhandari et al. 2020, section 3.1);
    /// layers are computed anew in the backward pass.
    fn settings(&self, efficiency: f64, overlap: f64) -> Settings {
        Settings {
            efficiency,
            overlap,
            bytes_per_weight: 2.0,
            bytes_per_gradient: 2.0,
            optimizer_bytes: 12.0,
            bytes_per_activation: 2.0,
            sequences_per_step: self.sequences,
            microbatches: self.sequences,
            recompute: true,
        }
    }
}

/// A job on a slice, with the splits that fit.
struct Case<'a> {
    job: &'a Job,
    shape: &'static str,
    splits: Vec<Split>,
}

impl Case<'_> {
    /// The machine and settings for values of [`INPUTS`].
    fn at(&self, inputs: &[f64]) -> (Machine, Settings) {
        let of = |index: usize| inputs.get(index).copied().unwrap_or(f64::NAN);
        let machine = Machine {
            memory: of(0) * f64::from(1 << 30),
            link_bandwidth: of(1) * 1e9,
            peak_flops: of(2) * 1e12,
            hop_latency: of(3) * 1e-6,
        };
        (machine, self.job.settings(of(4), of(5)))
    }

    /// The best step of some placed splits.
    fn step(&self, inputs: &[f64], costs: &[Costs]) -> Option<(Split, StepTime)> {
        let (machine, settings) = self.at(inputs);
        best_step(&self.job.workload, &machine, &settings, costs)
    }

    /// The time of the best step; no number where nothing fits.
    fn time(&self, inputs: &[f64], costs: &[Costs]) -> f64 {
        self.step(inputs, costs).map_or(f64::NAN, |(_, time)| time.total)
    }

    /// The time of the best step where messages take no time.
    fn least(&self, inputs: &[f64]) -> f64 {
        let (machine, settings) = self.at(inputs);
        least_step(&self.job.workload, &machine, &settings, &self.splits).unwrap_or(f64::NAN)
    }
}

fn run(model: &Model, facts: &mut Writer<'_>) {
    let Some(values) = model.stored(STUDY.id) else { return };
    for shape in SHAPES {
        let Ok(chips) = shape.parse::<Shape>().map(Shape::chips) else { continue };
        for job in &JOBS {
            let (machine, settings) = stated(model, job);
            let splits = splits(&job.workload, &machine, &settings, chips);
            let case = Case { job, shape, splits };
            for network in BY_HAND.into_iter().chain(OTHERS) {
                write_steps(&case, network, values, facts);
            }
            write_speedups(&case, values, facts);
        }
    }
}

/// The name, unit and formula of a quantity of a step, and how it follows from its time.
type Quantity = (&'static str, Unit, &'static str, fn(&StepTime) -> f64);

/// Writes how long a step takes on a wiring: on random ones the median over seeds.
fn write_steps(case: &Case<'_>, network: &str, values: &Values, facts: &mut Writer<'_>) {
    let found = stored(values, case.shape, network, case.job);
    if found.is_empty() {
        return;
    }
    let name = |quantity: &str| format!("training.{}.{network}.{}{quantity}", case.shape, case.job.prefix);
    let over = if found.len() > 1 { format!(", median of {} wirings", found.len()) } else { String::new() };
    let quantities: [Quantity; 4] = [
        ("step_time", Unit::Seconds, "C + K - h min(C, K) of the best split", |time| time.total),
        ("compute_time", Unit::Seconds, "C: computing with the bubble of the pipeline", |time| time.compute),
        (
            "communication_time",
            Unit::Seconds,
            "K: communicating with the bubble, hidden or not",
            StepTime::communication,
        ),
        (
            "alltoall_share",
            Unit::Fraction,
            "time of the all-to-all of experts over that of the step",
            |time| time.phases[Phase::Experts as usize] / time.total,
        ),
    ];
    for (quantity, unit, what, of) in quantities {
        if quantity == "alltoall_share" && case.job.workload.experts.is_none() {
            continue;
        }
        let formula = format!("{what}{over}");
        let basis = Basis { unit, inputs: INPUTS, formula: &formula, source: case.job.source };
        let each = |inputs: &[f64]| -> Vec<f64> {
            let of_one =
                |(_, costs): &(u64, Vec<Costs>)| case.step(inputs, costs).map_or(f64::NAN, |(_, t)| of(&t));
            found.iter().map(of_one).collect()
        };
        facts.sampled_few(name(quantity), basis, None, |inputs| middle(each(inputs)));
        if found.len() > 1 && quantity == "step_time" {
            for (end, pick) in [("lowest", f64::min as fn(f64, f64) -> f64), ("highest", f64::max)] {
                let formula = format!("{what}, {end} of {} wirings", found.len());
                let basis = Basis { unit, inputs: INPUTS, formula: &formula, source: case.job.source };
                let value = |inputs: &[f64]| each(inputs).into_iter().reduce(pick).unwrap_or(f64::NAN);
                facts.sampled_few(name(&format!("{quantity}_{end}")), basis, None, value);
            }
        }
    }
}

/// Writes how much faster a step is than on the best wiring by hand, and how much faster any wiring could make it.
fn write_speedups(case: &Case<'_>, values: &Values, facts: &mut Writer<'_>) {
    let by_hand: Vec<Costs> = BY_HAND
        .iter()
        .flat_map(|network| stored(values, case.shape, network, case.job))
        .flat_map(|(_, costs)| costs)
        .collect();
    if by_hand.is_empty() {
        return;
    }
    let Job { prefix, source, .. } = case.job;
    for network in OTHERS {
        let found = stored(values, case.shape, network, case.job);
        if found.is_empty() {
            continue;
        }
        let ratios = |inputs: &[f64]| -> Vec<f64> {
            let hand = case.time(inputs, &by_hand);
            found.iter().map(|(_, costs)| hand / case.time(inputs, costs)).collect()
        };
        let over =
            if found.len() > 1 { format!(", median of {} wirings", found.len()) } else { String::new() };
        let formula = format!("step time of the best wiring by hand over that of these maps{over}");
        let basis = Basis { unit: Unit::Times, inputs: INPUTS, formula: &formula, source };
        let name = format!("training.{}.{network}.{prefix}speedup", case.shape);
        facts.sampled_few(name.clone(), basis, None, |inputs| middle(ratios(inputs)));
        if found.len() > 1 {
            for (end, pick) in [("lowest", f64::min as fn(f64, f64) -> f64), ("highest", f64::max)] {
                let formula = format!("the same, {end} of {} wirings", found.len());
                let basis = Basis { unit: Unit::Times, inputs: INPUTS, formula: &formula, source };
                let value = |inputs: &[f64]| ratios(inputs).into_iter().reduce(pick).unwrap_or(f64::NAN);
                facts.sampled_few(format!("{name}_{end}"), basis, None, value);
            }
        }
    }
    let formula = "step time of the best wiring by hand over that with messages that take no time: no wiring gains more";
    let basis = Basis { unit: Unit::Times, inputs: INPUTS, formula, source };
    let value = |inputs: &[f64]| case.time(inputs, &by_hand) / case.least(inputs);
    facts.sampled_few(format!("training.{}.bound.{prefix}speedup", case.shape), basis, None, value);
}

/// Returns the median of a few numbers.
fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    crate::sim::sampling::quantile_of(&values, 0.5)
}
