//! A study of waiting: one server and several, simulated customer by customer, beside their closed forms.

use paper_engine::facts::{Basis, Experiment, Failure, Writer};
use paper_engine::model::Model;
use paper_engine::study::{Declared, Label, Parameter, Study};
use paper_engine::units::Unit;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

include!(concat!(env!("OUT_DIR"), "/code.rs"));

/// How a load stands in the name of a fact: 0.9 is `load_90`.
const LOAD: Label = Label::Percent(0);

static STUDY: Study = Study {
    program: "queue",
    about: "A paper about waiting in queues.",
    inputs: &[
        Declared { name: "desk.service_time", unit: Unit::MINUTES, low: 0.01, high: 1e4 },
        Declared { name: "hall.servers", unit: Unit::COUNT, low: 2.0, high: 100.0 },
    ],
    parameters: &[
        Parameter::numbers("queue.loads", "Loads of the servers.", [0.01, 0.99], &[0.5, 0.6, 0.7, 0.8, 0.9])
            .named(&["desk.load_{}", "hall.load_{}"])
            .labelled(LOAD),
        Parameter::seed("queue.seed", "customers", &[1]),
    ],
    experiments: &[DESK, HALL],
    code: CODE,
    ..Study::EMPTY
};

const DESK: Experiment = Experiment {
    id: "desk",
    summary: "Mean wait before one server.",
    families: &["desk"],
    inputs: &["desk.service_time"],
    parameters: &["queue.loads", "queue.seed"],
    run: |model, facts| write(&DESK, 1, model, facts),
    ..Experiment::EMPTY
};

const HALL: Experiment = Experiment {
    id: "hall",
    summary: "Mean wait before several servers.",
    families: &["hall"],
    inputs: &["desk.service_time", "hall.servers"],
    run: |model, facts| write(&HALL, model.count("hall.servers"), model, facts),
    ..DESK
};

/// Writes load and mean wait at each load, by the closed form and as simulated.
fn write(of: &Experiment, servers: usize, model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let service = model.value("desk.service_time");
    for &load in model.numbers("queue.loads") {
        let mut number = |quantity: &str, value: f64, unit: Unit, formula: &str| {
            let name = format!("{}.load_{}.{quantity}", of.id, LOAD.text(load));
            let source = "kendall1953stochastic, the many-server queue with exponential service";
            facts.number(name, value, Basis { unit, inputs: of.inputs, formula, source });
        };
        number("load", load, Unit::FRACTION, "arrivals times service time over servers");
        let wait = erlang_c(servers, load) * service / (servers as f64 * (1.0 - load));
        number("wait", wait, Unit::MINUTES, "probability to wait times service time / (c (1 - load))");
        let waited = simulate(servers, load, model.setting("queue.seed"));
        number("simulated", waited * service, Unit::MINUTES, "mean over simulated customers");
    }
    Ok(())
}

/// Returns the probability that a customer waits before `servers` of some load (Erlang's C formula, by the
/// recursion of his B formula: Cooper, "Introduction to Queueing Theory", 1981, section 3.4).
fn erlang_c(servers: usize, load: f64) -> f64 {
    let offered = load * servers as f64;
    let lost = (1..=servers).fold(1.0, |lost, server| offered * lost / (server as f64 + offered * lost));
    lost / (1.0 - load * (1.0 - lost))
}

/// Returns the mean wait in service times, first come, first served (Kiefer and Wolfowitz, "On the Theory of
/// Queues with Many Servers", 1955: the work of each server that an arrival finds).
fn simulate(servers: usize, load: f64, seed: u64) -> f64 {
    const CUSTOMERS: usize = 2_000_000;
    const WARM_UP: usize = 50_000;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut exponential =
        |mean: f64| -mean * ((random.next_u64() >> 11) as f64 + 0.5).mul_add(-f64::EPSILON / 2.0, 1.0).ln();
    let (mut work, mut waited) = (vec![0.0_f64; servers], 0.0);
    for customer in 0..WARM_UP + CUSTOMERS {
        let pause = exponential(1.0 / (load * servers as f64));
        work.iter_mut().for_each(|left| *left = (*left - pause).max(0.0));
        let first = (0..servers).fold(0, |best, at| if work[at] < work[best] { at } else { best });
        waited += if customer < WARM_UP { 0.0 } else { work[first] };
        work[first] += exponential(1.0);
    }
    waited / CUSTOMERS as f64
}

fn main() -> std::process::ExitCode {
    paper_engine::cli::run(&STUDY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formula_has_its_known_values() {
        let close =
            |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-12, "{found}, not {wanted}");
        close(erlang_c(1, 0.7), 0.7);
        close(erlang_c(2, 0.5), 1.0 / 3.0);
    }

    #[test]
    fn simulated_waits_are_those_of_the_closed_form() {
        for servers in [1, 2, 8] {
            for load in [0.5, 0.8] {
                let exact = erlang_c(servers, load) / (servers as f64 * (1.0 - load));
                let found = simulate(servers, load, 1);
                assert!((found / exact - 1.0).abs() < 0.03, "{servers} at {load}: {found}, not {exact}");
            }
        }
    }
}
