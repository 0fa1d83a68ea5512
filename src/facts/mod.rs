//! Named facts: value, unit, grade, interval, inputs, formula, source and published counterpart.

mod coordinate;
mod experiment;
mod fact;
mod machine;
mod topology;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

pub use experiment::{Basis, Experiment, Writer};
pub use fact::{Fact, Facts, Published, Value};

pub use crate::units::{Grade, Unit};

use crate::model::Model;

/// All experiments, in order of their names.
pub const EXPERIMENTS: &[Experiment] = &[coordinate::COORDINATE, machine::MACHINE, topology::TOPOLOGY];

/// The experiment of this name.
pub fn experiment(id: &str) -> Option<&'static Experiment> {
    EXPERIMENTS.iter().find(|experiment| experiment.id == id)
}

impl Experiment {
    /// Computes the facts of this experiment.
    pub fn facts(&self, model: &Model) -> BTreeMap<String, Fact> {
        let mut writer = Writer::new(model);
        (self.run)(model, &mut writer);
        writer.finish()
    }

    /// A digest of everything the facts depend on besides the program itself.
    pub fn input_digest(&self, model: &Model) -> String {
        let mut digest = Sha256::new();
        let read = self.inputs.iter().chain(self.published);
        for (name, input) in read.filter_map(|&name| Some((name, model.get(name)?))) {
            digest.update(format!("{name}={input:?}\n"));
        }
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The facts that are only cited: every input named `published.*`.
pub fn quoted(model: &Model) -> BTreeMap<String, Fact> {
    let published = model.iter().filter(|(name, _)| name.starts_with("published."));
    let facts = published.map(|(name, input)| {
        let fact = Fact {
            value: Value::Number(input.value),
            unit: input.unit,
            grade: Grade::Quoted,
            interval: None,
            inputs: vec![name.to_owned()],
            formula: "as published".to_owned(),
            source: input.source.clone(),
            published: None,
        };
        (name.to_owned(), fact)
    });
    facts.collect()
}
