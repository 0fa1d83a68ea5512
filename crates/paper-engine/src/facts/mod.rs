//! Named facts: value, unit, grade, interval, inputs, formula, source and published counterpart.

mod fact;
mod seeds;
mod stored;
mod validate;
mod verdict;
mod writer;

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

pub use fact::{Absent, Entered, Fact, Facts, Origin, Published, Side, Value, family};
pub use seeds::{Seeds, write_seeds};
pub use stored::{Progress, StoredExperiment, StoredState, made_by_older_code};
pub use validate::{Agreement, Comparison, validate};
pub use verdict::{Outcome, Remark, TestResult, Undecided, Verdict, verdicts};
pub use writer::{
    Apart, Basis, Experiment, Failure, INTERVAL, Refused, SEED as SAMPLING_SEED, Writer, counterpart_of,
    distribution,
};

pub use crate::model::Read;
pub use crate::units::{Grade, Unit};

use crate::assertion::{Quantities, Quantity};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::model::{Claim, MODEL_FILE, Model, Span};
use crate::source::hex;
use crate::study::DataNeeded;

impl Experiment {
    /// Returns what the model lacks of what this experiment reads, by name.
    pub fn missing(&self, model: &Model) -> Vec<String> {
        missing(self.inputs, self.data(model), model)
    }

    /// Says why there are no facts for the inputs of a model, where the experiment is not made for them.
    pub fn unsuited(&self, model: &Model) -> Option<String> {
        (self.suits)(&|name| Some(model.get(name)?.value)).err()
    }

    /// Returns the data that it needs, by kind and name.
    fn data<'m>(&self, model: &'m Model) -> impl Iterator<Item = (&'static str, &'m str)> + use<'m> {
        let of_words = |&(kind, parameter): &(&'static str, &str)| {
            model.words(parameter).iter().map(move |name| (kind, name.as_str()))
        };
        DataNeeded::each(self.data)
            .map(|(kind, name)| -> (&'static str, &'m str) { (kind, name) })
            .chain(self.data_of.iter().flat_map(of_words))
    }

    /// Returns the stored experiments of whose results this one makes facts.
    pub fn stored(&self, model: &Model) -> impl Iterator<Item = &'static StoredExperiment> {
        model.study().stored.iter().filter(|stored| stored.experiment == self.id)
    }

    /// Computes the facts of this experiment; none where the model lacks an input.
    ///
    /// # Errors
    /// Why it cannot compute them; facts that the writer refuses. What it does and does not declare: facts of
    /// another family, and inputs, published results, data or stored results that it reads.
    pub fn facts(&self, model: &Model) -> Result<BTreeMap<String, Fact>, Diagnostics> {
        if !self.missing(model).is_empty() || self.unsuited(model).is_some() {
            return Ok(BTreeMap::new());
        }
        let model = model.tracked();
        let mut writer = Writer::new(&model);
        let failure = (self.run)(&model, &mut writer).err();
        let failure = failure.map(|error| (error.to_string(), "correct the inputs that it reads"));
        let (facts, refused) = writer.finish();
        let refused = refused.iter().map(|refused| (refused.to_string(), refused.remedy()));
        let failures = failure.into_iter().chain(refused).map(|(reason, remedy)| {
            let message = format!("the experiment `{}` cannot compute its facts: {reason}", self.id);
            Diagnostic::new(Location::file(MODEL_FILE), message).remedy(remedy)
        });
        let read = model.reads().into_iter().filter(|read| !self.declares(read, &model));
        let read = read.map(|read| format!("reads {read}"));
        let families: BTreeSet<&str> = facts.keys().map(|name| family(name)).collect();
        let written = families.into_iter().filter(|family| !self.families.contains(family));
        let written = written.map(|family| format!("makes facts of the family `{family}`"));
        let undeclared = read.chain(written).map(|what| {
            let message = format!("the experiment `{}` {what}, which it does not declare", self.id);
            Diagnostic::new(Location::file(MODEL_FILE), message)
                .remedy("name it in the experiment's constant")
        });
        Diagnostics(failures.chain(undeclared).collect()).into_result(facts)
    }

    fn declares(&self, read: &Read, model: &Model) -> bool {
        match read {
            Read::Input(name) => self.inputs.iter().chain(self.optional).any(|input| *input == name),
            Read::Published(name) => self.published.contains(&name.as_str()),
            Read::Data(name) => {
                let kind = name.split('/').next();
                self.any_data.iter().any(|any| Some(*any) == kind)
                    || self.data(model).any(|(kind, found)| format!("{kind}/{found}") == *name)
            }
            Read::Stored(id) => self.stored(model).any(|stored| stored.id == id),
            Read::Parameter(name) => self.parameters.contains(&name.as_str()),
            Read::Source(_) => false,
        }
    }

    /// Returns a digest of everything the facts depend on besides the engine: the experiment's code, and what
    /// it reads.
    pub fn input_digest(&self, model: &Model) -> String {
        let mut digest = Sha256::new();
        digest.update(format!("{}\n", model.study().code.digest("Experiment", self.id)));
        for input in self.inputs.iter().chain(self.optional).map(|&name| (name, model.get(name))) {
            digest.update(format!("{input:?}\n"));
        }
        digest.update(format!("{:?}\n", self.unsuited(model)));
        for parameter in self.parameters.iter().map(|&name| (name, model.chosen(name))) {
            digest.update(format!("{parameter:?}\n"));
        }
        for (kind, name) in self.data(model) {
            digest.update(format!("{name} {:?}\n", model.datum(kind, name)));
        }
        for (_, name, datum) in model.all_data().filter(|(kind, ..)| self.any_data.contains(kind)) {
            digest.update(format!("{name} {datum:?}\n"));
        }
        for result in self.published.iter().map(|&name| (name, model.published(name))) {
            digest.update(format!("{result:?}\n"));
        }
        for stored in self.stored(model) {
            let result = model.stored_result(stored.id);
            digest.update(format!(
                "{} {} {result:?}\n",
                stored.code_digest(model),
                stored.input_digest(model)
            ));
        }
        hex(&digest.finalize())
    }
}

/// Returns what a model lacks of inputs and data, by name.
fn missing<'d>(
    inputs: &[&str],
    data: impl Iterator<Item = (&'static str, &'d str)>,
    model: &Model,
) -> Vec<String> {
    let inputs = inputs.iter().filter(|name| model.get(name).is_none()).map(|&name| name.to_owned());
    let data = data.filter(|(kind, name)| model.datum(kind, name).is_none());
    inputs.chain(data.map(|(kind, name)| format!("{kind}/{name}"))).collect()
}

/// Returns the inputs of the simulation as facts, `input.NAME`; the interval of an assumed one is its
/// declared range.
fn inputs(model: &Model) -> impl Iterator<Item = (String, Fact)> {
    model.iter().map(|(name, input)| {
        let fact = Fact {
            interval: input.range,
            inputs: vec![name.to_owned()],
            formula: "an input of the simulation".to_owned(),
            source: input.source.clone(),
            ..Fact::new(Value::Number(input.value), input.unit, input.grade)
        };
        (format!("input.{name}"), fact)
    })
}

/// Returns the facts that no experiment computes: every input, as `input.NAME`; each published result, as
/// `published.NAME`, the ends of a range as `published.NAME.low` and `published.NAME.high`.
pub fn quoted(model: &Model) -> BTreeMap<String, Fact> {
    let facts = model.all_published().flat_map(|(name, result)| {
        let name = format!("published.{name}");
        let values = match result.span {
            Span::Range(low, high) => vec![(format!("{name}.low"), low), (format!("{name}.high"), high)],
            span => vec![(name, span.middle())],
        };
        values.into_iter().map(|(name, value)| {
            let fact = Fact {
                formula: "as published".to_owned(),
                source: result.source.clone(),
                ..Fact::new(Value::Number(value), result.unit, Grade::Quoted)
            };
            (name, fact)
        })
    });
    facts.chain(inputs(model)).collect()
}

impl Quantities for Facts {
    fn quantity(&self, name: &str) -> Option<Quantity> {
        let fact = self.get(name)?;
        Some(Quantity::of(fact.number()?, fact.unit, fact.interval))
    }
}

/// Returns the bounds that the claims of a paper name, as facts `claim.ID` in the unit of what decides: the first
/// bound of the strict test. A claim whose facts nobody computes promises nothing that could be printed.
pub fn claimed(claims: &[Claim], facts: &Facts) -> BTreeMap<String, Fact> {
    let claimed = claims.iter().filter_map(|claim| {
        let assertion = &claim.test.assertion;
        let value = assertion.value.quantity(facts).ok()?;
        let bound = assertion.bounds.iter().next()?.limit.quantity(facts).ok()?;
        let number = bound.in_size(value.size.as_ref())?;
        let fact = Fact {
            formula: "the bound of the strict reading".to_owned(),
            source: "the claims of this design, paper/claims.yaml".to_owned(),
            ..Fact::new(Value::Number(number), value.unit.or(bound.unit).unwrap_or(Unit::ONE), Grade::Quoted)
        };
        Some((format!("claim.{}", claim.id), fact))
    });
    claimed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{StoredResult, Values};
    use crate::study::{Declared, Study};

    const BASIS: Basis<'_> = Basis { unit: Unit::ONE, inputs: &[], formula: "chosen", source: "none" };

    fn experiment(run: fn(&Model, &mut Writer<'_>) -> Result<(), Failure>) -> Experiment {
        Experiment { id: "queue", families: &["queue"], run, ..Experiment::EMPTY }
    }

    fn refused(run: fn(&Model, &mut Writer<'_>) -> Result<(), Failure>) -> Vec<String> {
        let errors = experiment(run).facts(&Model::default()).unwrap_err();
        errors.0.iter().for_each(|error| assert_eq!(error.location.file, std::path::Path::new(MODEL_FILE)));
        errors.0.into_iter().map(|error| error.message).collect()
    }

    #[test]
    fn a_failure_is_told_with_its_experiment_and_reason() {
        let told = refused(|_, _| Err("no server is open")?);
        assert_eq!(told, ["the experiment `queue` cannot compute its facts: no server is open"]);
    }

    #[test]
    fn a_fact_is_written_once() {
        let told = refused(|_, facts| {
            facts.number("queue.wait", 1.0, BASIS);
            facts.number("queue.wait", 1.0, BASIS);
            Ok(())
        });
        assert_eq!(
            told,
            ["the experiment `queue` cannot compute its facts: the fact `queue.wait` is written twice"]
        );
    }

    #[test]
    fn numbers_are_finite_and_so_are_their_medians_and_intervals() {
        let told = refused(|_, facts| {
            facts.number("queue.a", f64::NAN, BASIS);
            facts.number("queue.b", 1.0, BASIS);
            facts.median("queue.b", f64::NAN);
            facts.assumed("queue.c", 1.0, [0.0, f64::INFINITY], BASIS, None);
            facts.number("queue.d", 1.0, BASIS);
            Ok(())
        });
        let ends = ["`queue.a` is not finite: its value is NaN", "median is NaN", "high end is inf"];
        assert!(told.len() == 3 && told.iter().zip(ends).all(|(told, end)| told.ends_with(end)), "{told:?}");
    }

    #[test]
    fn texts_say_something_and_what_is_said_of_numbers_is_finite() {
        let told = refused(|_, facts| {
            facts.text("queue.a", "", BASIS);
            facts.number("queue.b", 1.0, BASIS);
            facts.moved_by("queue.b", "desk.service_time", f64::NAN);
            Ok(())
        });
        assert!(told.len() == 2 && told[0].ends_with("`queue.a` is an empty text"), "{told:?}");
        assert!(told[1].ends_with("`queue.b` is not finite: its rank correlation is NaN"), "{told:?}");
    }

    #[test]
    fn what_cannot_be_sampled_quoted_or_described_is_told() {
        let told = refused(|_, facts| {
            facts.sampled("queue.a", BASIS, None, |_| 1.0);
            facts.sampled_few("queue.b", BASIS, None, |_| 1.0);
            facts.quote("queue.c", "desk.service_time");
            facts.moved_by("queue.d", "desk.service_time", 1.0);
            Ok(())
        });
        let own = ["no input to sample", "no input to sample", "which is missing", "but not written"];
        let ends = own.into_iter().chain(["which it does not declare"]);
        assert!(told.len() == 5 && told.iter().zip(ends).all(|(told, end)| told.ends_with(end)), "{told:?}");
    }

    #[test]
    fn all_failures_of_an_experiment_are_told_together() {
        let told = refused(|model, facts| {
            facts.number("queue.wait", f64::NAN, BASIS);
            facts.number("desk.wait", model.value("desk.service_time"), BASIS);
            facts.number("queue.wait", f64::NAN, BASIS);
            Err("no server is open")?
        });
        let parts = [
            "no server is open",
            "`desk.wait` is not finite",
            "`queue.wait` is not finite",
            "written twice",
            "makes facts of the family `desk`, which it does not declare",
            "reads the input `desk.service_time`, which it does not declare",
        ];
        assert!(told.iter().zip(parts).all(|(told, part)| told.contains(part)), "{told:?}");
        assert_eq!(told.len(), parts.len());
    }

    /// A study with two inputs and a stored result that is computed from one of them.
    static STUDY: Study = Study {
        inputs: &[
            Declared { name: "desk.clerks", unit: Unit::COUNT, low: 1.0, high: 9.0 },
            Declared { name: "desk.rate", unit: Unit::ONE, low: 0.0, high: 9.0 },
        ],
        stored: &[StoredExperiment {
            id: "day",
            experiment: "queue",
            summary: "",
            inputs: &["desk.rate"],
            data: &[],
            settings: BTreeMap::new,
            run: |_, _| Ok(Values::new()),
            spot: |_| Ok(Values::new()),
        }],
        ..Study::EMPTY
    };

    /// Returns what each fact of a run names, inputs first.
    fn named(run: fn(&Model, &mut Writer<'_>) -> Result<(), Failure>) -> BTreeMap<String, String> {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("paper")).unwrap();
        let input =
            |name: &str, unit| format!("{name}: {{value: 2, unit: {unit}, grade: quoted, source: x}}\n");
        let text = input("desk.clerks", "count") + &input("desk.rate", "'1'");
        std::fs::write(root.path().join(MODEL_FILE), text).unwrap();
        let published = "mean: {value: 3, unit: '1', source: x, because: none}\n";
        std::fs::write(root.path().join(crate::model::PUBLISHED_FILE), published).unwrap();
        let result = StoredResult {
            study: "day".to_owned(),
            code: String::new(),
            inputs: String::new(),
            settings: BTreeMap::new(),
            values: Values::new(),
        };
        let model = Model::read(root.path(), &STUDY).unwrap().with_result(result);
        let experiment = Experiment {
            inputs: &["desk.clerks", "desk.rate"],
            published: &["mean", "no such result"],
            ..experiment(run)
        };
        let facts = experiment.facts(&model).unwrap();
        let all = |fact: &Fact| {
            let rests_on = fact.rests_on.iter().map(|read| format!("{} {}", read.kind(), read.name()));
            fact.inputs.iter().cloned().chain(rests_on).collect::<Vec<_>>().join(", ")
        };
        facts.iter().map(|(name, fact)| (name.clone(), all(fact))).collect()
    }

    fn list(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|&(name, behind)| (name.to_owned(), behind.to_owned())).collect()
    }

    #[test]
    fn a_fact_rests_on_what_was_read_before_it_is_written() {
        let found = named(|model, facts| {
            facts.number("queue.a", 1.0, BASIS);
            let clerks = model.value("desk.clerks");
            facts.number("queue.b", clerks, BASIS);
            model.published("mean").ok_or("no mean")?;
            model.published("no such result");
            let rate = model.value("desk.rate");
            facts.number("queue.c", rate, Basis { inputs: &["desk.rate"], ..BASIS });
            model.stored("day").ok_or("no day")?;
            facts.number("queue.d", clerks, Basis { inputs: &["desk.clerks"], ..BASIS });
            Ok(())
        });
        let expected = [
            ("queue.a", ""),
            ("queue.b", "desk.clerks"),
            ("queue.c", "desk.rate, published mean"),
            ("queue.d", "desk.clerks, desk.rate, published mean, stored day"),
        ];
        assert_eq!(found, list(&expected));
    }

    /// Whoever names some inputs is believed, but what nobody names is behind every later fact.
    #[test]
    fn an_input_that_no_fact_names_is_behind_all_that_follow() {
        let found = named(|model, facts| {
            let named = Basis { inputs: &["desk.clerks"], ..BASIS };
            facts.number("queue.a", 1.0, named);
            let rate = model.value("desk.rate");
            facts.number("queue.b", rate * model.value("desk.clerks"), named);
            Ok(())
        });
        assert_eq!(found, list(&[("queue.a", "desk.clerks"), ("queue.b", "desk.clerks, desk.rate")]));
    }

    #[test]
    fn what_describes_a_fact_is_not_behind_the_next_one() {
        let found = named(|_, facts| {
            let basis = Basis { inputs: &["desk.clerks"], ..BASIS };
            facts.sampled("queue.a", basis, Some("mean"), |inputs| inputs.iter().sum());
            facts.quote("queue.b", "desk.rate");
            facts.beside("queue.c", 1.0, BASIS, "mean");
            Ok(())
        });
        assert_eq!(found, list(&[("queue.a", "desk.clerks"), ("queue.b", "desk.rate"), ("queue.c", "")]));
    }

    #[test]
    fn what_is_read_apart_is_behind_a_later_fact_only_when_that_takes_it() {
        let found = named(|model, facts| {
            let clerks = facts.apart(|facts| {
                let clerks = model.value("desk.clerks");
                facts.number("queue.a", clerks, BASIS);
                Ok(clerks)
            })?;
            facts.apart(|facts| {
                model.published("mean").ok_or("no mean")?;
                facts.number("queue.b", 1.0, BASIS);
                Ok(())
            })?;
            facts.number("queue.c", 1.0, BASIS);
            let clerks = facts.take(clerks);
            facts.number("queue.d", clerks, BASIS);
            Ok(())
        });
        let expected = [
            ("queue.a", "desk.clerks"),
            ("queue.b", "published mean"),
            ("queue.c", ""),
            ("queue.d", "desk.clerks"),
        ];
        assert_eq!(found, list(&expected));
    }

    #[test]
    fn without_samples_a_fact_has_its_value_alone() {
        let model = Model::default();
        let mut facts = Writer::without_samples(&model);
        facts.sampled_few("queue.a", BASIS, None, |_| 2.0);
        facts.sampled_together([("queue.b".to_owned(), BASIS, None)], |_| [3.0]);
        let (facts, refused) = facts.finish();
        assert!(refused.is_empty(), "{refused:?}");
        let values: Vec<_> = facts.values().map(|fact| (fact.number(), fact.interval)).collect();
        assert_eq!(values, [(Some(2.0), None), (Some(3.0), None)]);
    }

    /// A kept fact is the fact that was computed, to the last bit.
    #[test]
    fn numbers_are_kept_and_read_back_bit_for_bit() {
        let mut bits: u64 = 1;
        for _ in 0..100_000 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let number = f64::from_bits(bits);
            if !number.is_finite() {
                continue;
            }
            let text = serde_json::to_vec(&Value::Number(number)).unwrap();
            match serde_json::from_slice(&text).unwrap() {
                Value::Number(read) => assert_eq!(read.to_bits(), bits, "{number:e}"),
                Value::Text(text) => panic!("{text}"),
            }
        }
    }

    #[test]
    fn an_experiment_that_succeeds_gives_its_facts() {
        let run = |_: &Model, facts: &mut Writer<'_>| {
            facts.number("queue.wait", 1.0, BASIS);
            Ok(())
        };
        assert_eq!(experiment(run).facts(&Model::default()).unwrap()["queue.wait"].number(), Some(1.0));
    }
}
