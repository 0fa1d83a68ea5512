//! What facts say of where they come from is true.

use std::collections::BTreeSet;

use paper_engine::facts::{Experiment, Writer};
use paper_engine::model::Read;
use paper_engine::units::Unit;
use phext_paper::experiments::EXPERIMENTS;
use phext_paper::inputs::INPUTS;

use crate::MODEL;

/// The experiments that take seconds; the others simulate for minutes at each change.
const QUICK: [&str; 6] = ["energy", "exchange", "machine", "mlperf", "topology", "workload"];

fn quick() -> impl Iterator<Item = &'static Experiment> {
    EXPERIMENTS.iter().filter(|experiment| QUICK.contains(&experiment.id))
}

/// An experiment runs only where it has all that it declares, so what it never reads would keep it from running.
#[test]
fn experiments_read_all_inputs_that_they_declare() {
    let stated = &*MODEL;
    for experiment in quick() {
        let model = stated.tracked();
        (experiment.run)(&model, &mut Writer::new(&model)).unwrap();
        let read = model.reads();
        let unread: Vec<&str> = experiment
            .inputs
            .iter()
            .filter(|name| !read.contains(&Read::Input((**name).to_owned())))
            .copied()
            .collect();
        assert!(unread.is_empty(), "{} declares {unread:?} and does not read them", experiment.id);
    }
}

/// Every number that an input moves names the input: each is changed by itself, and what moves is compared.
#[test]
fn facts_name_every_input_that_moves_them() {
    let model = &*MODEL;
    let mut wrong = BTreeSet::new();
    for experiment in quick() {
        let stated = experiment.facts(model).unwrap();
        for declared in INPUTS.iter().filter(|declared| experiment.inputs.contains(&declared.name)) {
            // An input that admits one value moves nothing.
            if declared.low == declared.high {
                continue;
            }
            let value = model.value(declared.name);
            let step = if declared.unit == Unit::COUNT { 1.0 } else { 0.01 * value };
            let other = if value + step <= declared.high { value + step } else { value - step };
            let moved = experiment.facts(&model.clone().with_value(declared.name, other)).unwrap();
            for (name, fact) in &stated {
                let names_it = fact.inputs.iter().any(|input| input == declared.name);
                if !names_it && moved.get(name).is_none_or(|moved| moved.value != fact.value) {
                    wrong.insert(format!("{name}: {}", declared.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} facts move with inputs that they do not name:\n{wrong:#?}", wrong.len());
}
