//! Facts of a training step on every wiring: GPT-3, and a model with experts of about as many weights.

mod job;
mod study;

use crate::parameters::machine_of_512;
use crate::sim::Shape;
use crate::sim::search::{Machine, Settings};
use crate::sim::training::{Costs, Phase, Split, StepTime, best_step, least_step, splits};
pub(super) use job::GPT3;
use job::{INPUTS, JOBS, Job, stated};
use paper_engine::facts::Seeds;
use paper_engine::facts::{Basis, Experiment, Failure, StoredExperiment, Writer};
use paper_engine::model::{Model, Values};
use paper_engine::units::Unit;
use study::{STUDIES, converged, stored};
pub use study::{TRAINING_256, TRAINING_512};

const FLOW: &str =
    "this design: balanced by gradient projection on path flows, bound of shahrokhi1990maximum";
/// The wirings that one would choose by hand.
const BY_HAND: [&str; 3] = ["torus", "twisted", "lattice"];
/// The others, which are compared with the best of these.
const OTHERS: [&str; 2] = ["learned", "translations"];

/// The experiment `training`.
pub const TRAINING: Experiment = Experiment {
    id: "training",
    summary: "One training step of GPT-3 and of a model with experts, placed anew on every wiring.",
    families: &["training"],
    inputs: INPUTS,
    drawn: study::DRAWN,
    suits: machine_of_512,
    run,
    ..Experiment::EMPTY
};

/// A job on a slice, with the splits that fit.
struct Case<'a> {
    job: &'a Job,
    shape: &'static str,
    splits: Vec<Split>,
}

impl Case<'_> {
    /// Returns the machine and settings for values of [`INPUTS`].
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

    /// Returns the best step of some placed splits.
    fn step(&self, inputs: &[f64], costs: &[Costs]) -> Option<(Split, StepTime)> {
        let (machine, settings) = self.at(inputs);
        best_step(&self.job.workload, &machine, &settings, costs)
    }

    /// Returns the time of the best step; no number where nothing fits, which the writer refuses.
    fn time(&self, inputs: &[f64], costs: &[Costs]) -> f64 {
        self.step(inputs, costs).map_or(f64::NAN, |(_, time)| time.total)
    }

    /// Returns the time of the best step where messages take no time.
    fn least(&self, inputs: &[f64]) -> f64 {
        let (machine, settings) = self.at(inputs);
        least_step(&self.job.workload, &machine, &settings, &self.splits).unwrap_or(f64::NAN)
    }
}

fn run(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    for (shape, study) in STUDIES {
        facts.apart(|facts| write_slice(shape, study, model, facts))?;
    }
    Ok(())
}

/// Writes the facts of one slice from its stored result.
fn write_slice(
    shape: &'static str,
    study: &StoredExperiment,
    model: &Model,
    facts: &mut Writer<'_>,
) -> Result<(), Failure> {
    // A paper may lack each of these results.
    let Some(values) = model.stored(study.id) else { return Ok(()) };
    let least = converged(values).ok_or_else(|| format!("the result of `{}` has no loads", study.id))?;
    let formula = "lowest ratio of the dual bound on the busiest link's load to that load, over all \
                   wirings, models, splits and phases";
    let basis = Basis { unit: Unit::FRACTION, inputs: &[], formula, source: FLOW };
    facts.number(format!("training.{shape}.converged"), least, basis);
    let chips = shape.parse::<Shape>()?.chips();
    for job in &JOBS {
        let (machine, settings) = stated(model, job);
        let splits = splits(&job.workload, &machine, &settings, chips);
        let case = Case { job, shape, splits };
        for network in BY_HAND.into_iter().chain(OTHERS) {
            write_steps(model, &case, network, values, facts)?;
        }
        write_speedups(&case, values, facts);
    }
    Ok(())
}

/// A quantity of a step: its name, unit and formula, and how it follows from the times of the step.
type Quantity = (&'static str, Unit, &'static str, fn(&StepTime) -> f64);

const QUANTITIES: [Quantity; 4] = [
    ("step_time", Unit::SECONDS, "C + K - h min(C, K) of the best split", |time| time.total),
    ("compute_time", Unit::SECONDS, "C: computing with the bubble of the pipeline", |time| time.compute),
    (
        "communication_time",
        Unit::SECONDS,
        "K: communicating with the bubble, hidden or not",
        StepTime::communication,
    ),
    ("alltoall_time", Unit::SECONDS, "the part of K that is the all-to-all of experts", |time| {
        time.phases[Phase::Experts as usize]
    }),
];

/// Writes how long a step takes on a wiring, and the split that makes it shortest at the stated inputs.
fn write_steps(
    model: &Model,
    case: &Case<'_>,
    network: &str,
    values: &Values,
    facts: &mut Writer<'_>,
) -> Result<(), Failure> {
    let found = stored(values, network, case.job);
    // Not every slice has every network.
    if found.is_empty() {
        return Ok(());
    }
    let name = |quantity: &str| format!("training.{}.{network}.{}{quantity}", case.shape, case.job.prefix);
    for (quantity, unit, formula, of) in QUANTITIES {
        if quantity == "alltoall_time" && case.job.workload.experts.is_none() {
            continue;
        }
        let basis = Basis { unit, inputs: INPUTS, formula, source: case.job.source };
        let of_one =
            |inputs: &[f64], costs: &[Costs]| case.step(inputs, costs).map_or(f64::NAN, |(_, t)| of(&t));
        write_spread(facts, &name(quantity), basis, found.len(), |inputs| {
            found.iter().map(|(_, costs)| of_one(inputs, costs)).collect()
        });
    }
    let inputs: Vec<f64> = INPUTS.iter().map(|input| model.value(input)).collect();
    let splits = found.iter().map(|(seed, costs)| {
        let best = case.step(&inputs, costs).map(|(split, time)| named(&split, time.sequences));
        best.ok_or_else(|| format!("no split of `{}` fits {network} {seed} of {}", case.job.name, case.shape))
    });
    let splits = splits.collect::<Result<Vec<_>, _>>()?;
    let formula = "pipeline x data x tensor (rings of a tensor group, sequences in a microbatch) of the best \
                   split, by wiring";
    let basis = Basis { unit: Unit::TEXT, inputs: INPUTS, formula, source: case.job.source };
    facts.text(name("split"), splits.join(", "), basis);
    Ok(())
}

fn named(split: &Split, sequences: usize) -> String {
    let Split { pipeline, data, tensor, rings, .. } = split;
    format!("{pipeline} x {data} x {tensor} ({rings}, {sequences})")
}

/// Writes how much faster a step is than on the best wiring by hand and than on random translations, and how
/// much faster any wiring could make it.
fn write_speedups(case: &Case<'_>, values: &Values, facts: &mut Writer<'_>) {
    let of = |network| stored(values, network, case.job);
    let by_hand: Vec<Costs> = BY_HAND.into_iter().flat_map(of).flat_map(|(_, costs)| costs).collect();
    // A result without them compares nothing.
    if by_hand.is_empty() {
        return;
    }
    let Job { prefix, source, .. } = case.job;
    let basis = |formula| Basis { unit: Unit::TIMES, inputs: INPUTS, formula, source };
    let name = |network: &str, end: &str| format!("training.{}.{network}.{prefix}speedup{end}", case.shape);
    for network in OTHERS {
        let found = of(network);
        let formula = "step time of the best of torus, twist and lattice over that of these maps";
        write_spread(facts, &name(network, ""), basis(formula), found.len(), |inputs| {
            let hand = case.time(inputs, &by_hand);
            found.iter().map(|(_, costs)| hand / case.time(inputs, costs)).collect()
        });
    }
    let (learned, random) = (of("learned"), of("translations"));
    if let [(_, learned)] = &learned[..] {
        let formula = "step time of random translations over that of the learned maps";
        write_spread(facts, &name("learned", "_over_translations"), basis(formula), random.len(), |inputs| {
            let learned = case.time(inputs, learned);
            random.iter().map(|(_, costs)| case.time(inputs, costs) / learned).collect()
        });
    }
    let formula = "step time of the best of torus, twist and lattice over that where messages take no time";
    let value = |inputs: &[f64]| case.time(inputs, &by_hand) / case.least(inputs);
    facts.sampled(name("bound", ""), basis(formula), None, value);
}

/// The ending of a name, what it says of several wirings, and how it follows from their spread.
type End = (&'static str, &'static str, fn(Seeds) -> f64);

/// Writes a number of several wirings: its median under the name and, where there are several, its ends; each
/// with what the assumed inputs leave open.
fn write_spread(
    facts: &mut Writer<'_>,
    name: &str,
    basis: Basis<'_>,
    count: usize,
    each: impl Fn(&[f64]) -> Vec<f64> + Sync,
) {
    let ends: [End; 3] = [
        ("", "median", |seeds| seeds.median),
        ("_lowest", "lowest", |seeds| seeds.lowest),
        ("_highest", "highest", |seeds| seeds.highest),
    ];
    let written = match count {
        0 => 0,
        1 => 1,
        _ => ends.len(),
    };
    for (end, which, pick) in &ends[..written] {
        let formula = match count {
            1 => basis.formula.to_owned(),
            _ => format!("{}; {which} of {count} wirings", basis.formula),
        };
        let basis = Basis { formula: &formula, ..basis };
        let value = |inputs: &[f64]| Seeds::of(&each(inputs)).map_or(f64::NAN, *pick);
        facts.sampled(format!("{name}{end}"), basis, None, value);
    }
}
