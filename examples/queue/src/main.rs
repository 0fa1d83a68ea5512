//! A study of waiting: one server and several, simulated customer by customer, beside their closed forms.

mod queues;

use paper_engine::facts::{Basis, Experiment, Failure, Writer};
use paper_engine::figure::{NoDrawing, load_all};
use paper_engine::model::Model;
use paper_engine::study::{Declared, RandomDraw, Study};
use paper_engine::units::Unit;
use queues::{SEED, erlang_c, simulate};

include!(concat!(env!("OUT_DIR"), "/code.rs"));

static STUDY: Study = Study {
    program: "queue",
    about: "A paper about waiting in queues.",
    inputs: &[
        Declared { name: "desk.service_time", unit: Unit::MINUTES, low: 0.01, high: 1e4 },
        Declared { name: "hall.servers", unit: Unit::COUNT, low: 2.0, high: 100.0 },
    ],
    experiments: &[DESK, HALL],
    figures: load_all::<NoDrawing>,
    code: CODE,
    ..Study::EMPTY
};

/// Customers come at random to several servers: M/M/c.
const HALL: Experiment = Experiment {
    id: "hall",
    summary: "Mean wait before several servers.",
    families: &["hall"],
    inputs: &["desk.service_time", "hall.servers"],
    data: &[],
    published: &[],
    drawn: &[RandomDraw { what: "customers", seeds: &[SEED] }],
    run: |model, facts| write("hall", model.count("hall.servers"), model, facts),
};

/// Customers come at random to one server: M/M/1.
const DESK: Experiment = Experiment {
    id: "desk",
    summary: "Mean wait before one server.",
    families: &["desk"],
    inputs: &["desk.service_time"],
    run: |model, facts| write("desk", 1, model, facts),
    ..HALL
};

/// Writes the mean wait at each load in per cent, by the closed form and as simulated.
fn write(name: &str, servers: usize, model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let service = model.value("desk.service_time");
    let inputs: &[&str] = if servers == 1 { DESK.inputs } else { HALL.inputs };
    for load in (50..=95).step_by(5) {
        let (share, unit) = (f64::from(load) / 100.0, Unit::MINUTES);
        let mut number = |quantity: &str, value: f64, unit: Unit, formula: &str| {
            let source = "kendall1953stochastic, the many-server queue with exponential service";
            facts.number(
                format!("{name}.load_{load}.{quantity}"),
                value,
                Basis { unit, inputs, formula, source },
            );
        };
        number("load", share, Unit::FRACTION, "arrivals times service time over servers");
        let wait = erlang_c(servers, share) * service / (servers as f64 * (1.0 - share));
        number("wait", wait, unit, "probability to wait times service time / (c (1 - load))");
        number("simulated", simulate(servers, share) * service, unit, "mean over simulated customers");
    }
    Ok(())
}

fn main() -> std::process::ExitCode {
    paper_engine::cli::run(&STUDY)
}
