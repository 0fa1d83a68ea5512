//! Named facts: value, unit, grade, interval, inputs, formula, source and published counterpart.

mod baseline;
mod collective;
mod collective_trees;
mod coordinate;
mod cost;
mod curve;
mod energy;
mod exchange;
mod experiment;
mod fact;
mod goodput;
mod learned;
mod machine;
mod packet;
mod partition;
mod pattern;
mod pattern_flow;
mod reconfigure;
mod remap;
mod route;
mod scale;
mod seeds;
mod sparse;
mod stored;
mod topology;
mod training;
mod validate;
mod verdict;
mod wiring;
mod workload;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

pub use experiment::{Basis, Experiment, Writer};
pub use fact::{Fact, Facts, Published, Value};
pub use learned::learned_maps;
pub(crate) use seeds::Seeds;
pub use stored::{Progress, STUDIES, State, Study, made_by_older_code, study};
pub use validate::{Agreement, Comparison, validate};
pub use verdict::{Outcome, Part, Remark, Verdict, verdicts};

pub use crate::units::{Grade, Unit};

use crate::model::{Bound, Claim, Model, Span};

/// All experiments, in order of their names.
pub const EXPERIMENTS: &[Experiment] = &[
    collective::COLLECTIVE,
    coordinate::COORDINATE,
    cost::COST,
    curve::CURVE,
    energy::ENERGY,
    exchange::EXCHANGE,
    goodput::GOODPUT,
    learned::LEARNED,
    machine::MACHINE,
    workload::MLPERF,
    packet::PACKET,
    partition::PARTITION,
    pattern::PATTERN,
    reconfigure::RECONFIGURE,
    remap::REMAP,
    route::ROUTE,
    sparse::SPARSE,
    topology::TOPOLOGY,
    training::TRAINING,
    workload::WORKLOAD,
];

/// The experiment of this name.
pub fn experiment(id: &str) -> Option<&'static Experiment> {
    EXPERIMENTS.iter().find(|experiment| experiment.id == id)
}

impl Experiment {
    /// Whether the model gives everything that this experiment reads.
    pub fn is_possible(&self, model: &Model) -> bool {
        self.inputs.iter().all(|name| model.get(name).is_some())
            && self.maps.iter().all(|shape| model.maps(shape).is_some())
    }

    /// The studies of which this experiment makes facts.
    pub fn studies(&self) -> impl Iterator<Item = &'static Study> {
        STUDIES.iter().filter(|study| study.experiment == self.id)
    }

    /// Computes the facts of this experiment; none where the model lacks an input.
    pub fn facts(&self, model: &Model) -> BTreeMap<String, Fact> {
        if !self.is_possible(model) {
            return BTreeMap::new();
        }
        let mut writer = Writer::new(model);
        (self.run)(model, &mut writer);
        writer.finish()
    }

    /// A digest of everything the facts depend on besides the program itself.
    pub fn input_digest(&self, model: &Model) -> String {
        let mut digest = Sha256::new();
        for input in self.inputs.iter().map(|&name| (name, model.get(name))) {
            digest.update(format!("{input:?}\n"));
        }
        for maps in self.maps.iter().map(|&shape| (shape, model.maps(shape))) {
            digest.update(format!("{maps:?}\n"));
        }
        for result in self.published.iter().map(|&name| (name, model.published(name))) {
            digest.update(format!("{result:?}\n"));
        }
        for study in self.studies() {
            digest.update(format!("{} {:?}\n", study.input_digest(model), model.stored_result(study.id)));
        }
        stored::hex(digest)
    }
}

/// The inputs of the simulation as facts, `input.NAME`; the interval of an assumed one is its declared range.
fn inputs(model: &Model) -> impl Iterator<Item = (String, Fact)> {
    model.iter().map(|(name, input)| {
        let fact = Fact {
            value: Value::Number(input.value),
            unit: input.unit,
            grade: input.grade,
            median: None,
            interval: input.range,
            sampling_error: None,
            moved_by: Vec::new(),
            inputs: vec![name.to_owned()],
            formula: "an input of the simulation".to_owned(),
            source: input.source.clone(),
            published: None,
        };
        (format!("input.{name}"), fact)
    })
}

/// The facts that no experiment computes: every input, as `input.NAME`, and everything that is only cited: each published result as `published.NAME`, the ends of a range as
/// `published.NAME.low` and `published.NAME.high`.
pub fn quoted(model: &Model) -> BTreeMap<String, Fact> {
    let facts = model.all_published().flat_map(|(name, result)| {
        let name = format!("published.{name}");
        let values = match result.span {
            Span::Range(low, high) => vec![(format!("{name}.low"), low), (format!("{name}.high"), high)],
            span => vec![(name, span.middle())],
        };
        values.into_iter().map(|(name, value)| {
            let fact = Fact {
                value: Value::Number(value),
                unit: result.unit,
                grade: Grade::Quoted,
                median: None,
                interval: None,
                sampling_error: None,
                moved_by: Vec::new(),
                inputs: Vec::new(),
                formula: "as published".to_owned(),
                source: result.source.clone(),
                published: None,
            };
            (name, fact)
        })
    });
    facts.chain(inputs(model)).collect()
}

/// What the claims of a paper promise, as facts `promise.ID` in the unit of the fact that decides; a claim whose fact
/// nobody computes promises nothing that could be printed.
pub fn promised(claims: &[Claim], facts: &Facts) -> BTreeMap<String, Fact> {
    let promises = claims.iter().filter_map(|claim| {
        let (Bound::AtLeast(bound) | Bound::AtMost(bound)) = claim.test.bound;
        let fact = Fact {
            value: Value::Number(bound),
            unit: facts.get(&claim.test.fact)?.unit,
            grade: Grade::Quoted,
            median: None,
            interval: None,
            sampling_error: None,
            moved_by: Vec::new(),
            inputs: Vec::new(),
            formula: "the bound of the strict reading".to_owned(),
            source: "the promises of this design, paper/claims.yaml".to_owned(),
            published: None,
        };
        Some((format!("promise.{}", claim.id), fact))
    });
    promises.collect()
}
