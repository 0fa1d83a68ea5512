//! What facts say of where they come from is true.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use paper_engine::facts::{Experiment, Fact, Read, Writer};
use paper_engine::model::{Input, Model};
use paper_engine::units::Unit;
use phext_paper::STUDY;
use phext_paper::experiments::EXPERIMENTS;
use phext_paper::inputs::INPUTS;
use rayon::prelude::*;

use crate::{FACTS, MODEL, root};

/// The inputs of an experiment that admit more than one value.
fn moving(experiment: &Experiment) -> BTreeSet<&'static str> {
    let admits = |name: &&str| INPUTS.iter().any(|input| input.name == *name && input.low < input.high);
    experiment.inputs.iter().copied().filter(admits).collect()
}

/// Another value of an input: at the far end of its range where it has one, else a little away. No two inputs
/// move by the same factor, so that ratios move too.
fn other(name: &str, place: usize) -> f64 {
    let declared = INPUTS.iter().find(|input| input.name == name).unwrap();
    let Input { value, range, .. } = MODEL.get(name).unwrap();
    if let Some((_, high)) = range.filter(|(_, high)| high > value && declared.unit != Unit::COUNT) {
        return high;
    }
    let step = if declared.unit == Unit::COUNT { 1.0 } else { 0.01 * value * (1.0 + 0.13 * place as f64) };
    if value + step <= declared.high { value + step } else { value - step }
}

/// Experiments that take a minute or more for each run.
const SLOW: [&str; 2] = ["collective", "year"];

/// Whether inputs of an experiment are moved.
fn is_looked_at(experiment: &Experiment) -> bool {
    !experiment.inputs.is_empty() && !SLOW.contains(&experiment.id)
}

/// The facts of an experiment at their stated values alone, which takes no samples, and what was read for
/// them.
type Stated = (BTreeMap<String, Fact>, BTreeSet<Read>);

fn stated(experiment: &Experiment, model: &Model) -> Stated {
    let model = model.tracked();
    let mut facts = Writer::without_samples(&model);
    (experiment.run)(&model, &mut facts).unwrap();
    (facts.finish().0, model.reads())
}

/// Those of the experiments that read inputs, at the inputs of the paper.
static STATED: LazyLock<BTreeMap<&str, Stated>> = LazyLock::new(|| {
    let reading = EXPERIMENTS.par_iter().filter(|experiment| is_looked_at(experiment));
    reading.map(|experiment| (experiment.id, stated(experiment, &MODEL))).collect()
});

/// An experiment runs only where it has all that it declares, so what it never reads would keep it from
/// running.
#[test]
fn locks_have_the_numbers_that_are_quoted() {
    for paper in ["", "guide", "tests/suite/everything", "tests/suite/german", "tests/suite/minimal"] {
        let model = Model::read(&root().join(paper), &STUDY).unwrap();
        assert_eq!(model.quotations().lock(), None, "build `{paper}` and commit its paper/quoted.lock");
        assert_eq!(model.quotations().changed().0, [], "{paper}");
    }
}

#[test]
fn experiments_read_all_inputs_that_they_declare() {
    for experiment in EXPERIMENTS.iter().filter(|experiment| is_looked_at(experiment)) {
        let (_, read) = &STATED[experiment.id];
        let is_read = |name: &&&str| read.contains(&Read::Input((**name).to_owned()));
        let unread: Vec<_> = experiment.inputs.iter().filter(|name| !is_read(name)).collect();
        assert!(unread.is_empty(), "{} declares {unread:?} and does not read them", experiment.id);
    }
}

/// Facts that name the same inputs stand still when all others move. So every input is moved, and an
/// experiment runs once for each set of inputs that some fact names, not once for each input.
#[test]
fn facts_name_every_input_that_moves_them() {
    // Here, because threads that wait for it could not compute it.
    let all_before = &*STATED;
    let wrong: BTreeSet<String> = EXPERIMENTS
        .par_iter()
        .filter(|experiment| is_looked_at(experiment))
        .flat_map(|experiment| {
            let inputs = moving(experiment);
            let (before, _) = &all_before[experiment.id];
            let mut alike: BTreeMap<BTreeSet<&str>, Vec<&str>> = BTreeMap::new();
            for (name, fact) in before {
                let is_other = |input: &&str| !fact.inputs.iter().any(|one| one == *input);
                alike.entry(inputs.iter().copied().filter(is_other).collect()).or_default().push(name);
            }
            alike.retain(|others, _| !others.is_empty());
            let moves = |(others, names): (BTreeSet<&str>, Vec<&str>)| {
                let place = |name: &str| inputs.iter().position(|input| *input == name).unwrap();
                let change = |model: Model, input: &&str| model.with_value(input, other(input, place(input)));
                let (after, _) = stated(experiment, &others.iter().fold(MODEL.clone(), change));
                let moved = names
                    .into_iter()
                    .filter(|name| after.get(*name).is_none_or(|after| after.value != before[*name].value));
                moved.map(|name| format!("{name}: one of {others:?}")).collect::<Vec<_>>()
            };
            alike.into_par_iter().flat_map(moves).collect::<Vec<_>>()
        })
        .collect();
    assert!(wrong.is_empty(), "{} facts move with inputs that they do not name:\n{wrong:#?}", wrong.len());
}

/// A number of a stored result moves with its inputs once it is computed anew.
#[test]
fn facts_of_stored_results_name_the_inputs_behind_them() {
    let mut resting = BTreeSet::new();
    for (name, fact) in &FACTS.0 {
        for read in &fact.rests_on {
            let Read::Stored(id) = read else { continue };
            let stored = STUDY.stored(id).unwrap();
            for input in stored.inputs {
                assert!(fact.inputs.iter().any(|one| one == input), "{name} rests on {id}: {input}");
            }
            resting.insert(id.as_str());
        }
    }
    let all: BTreeSet<&str> = STUDY.stored.iter().map(|stored| stored.id).collect();
    assert_eq!(resting, all, "no fact rests on some stored result");
}

/// What is read of one slice is named by its facts and by no other's.
#[test]
fn facts_name_the_maps_results_and_published_values_behind_them_and_no_others() {
    let behind = |name: &str| -> Vec<String> {
        let reads = FACTS.get(name).unwrap().rests_on.iter();
        reads.map(|read| format!("{} {}", read.kind(), read.name())).collect()
    };
    let none: [&str; 0] = [];
    assert_eq!(behind("learned.4x4x8.torus.alltoall"), none);
    assert_eq!(behind("learned.4x4x8.learned.alltoall"), ["data maps/4x4x8"]);
    assert_eq!(behind("learned.4x4x8.learned.gain_over_torus"), ["data maps/4x4x8"]);
    assert!(behind("learned.gain_mean").len() >= 5, "{:?}", behind("learned.gain_mean"));
    assert_eq!(behind("pattern.4x4x8.converged"), ["stored pattern-4x4x8"]);
    assert_eq!(behind("training.4x8x8.converged"), ["stored training-4x8x8"]);
    assert_eq!(behind("topology.4x4x8.twisted.diameter"), none);
    assert_eq!(behind("twist_shortfall.4x4x8"), ["published twist_alltoall_4x4x8"]);
    let settings = ["parameter curve.cycles", "parameter curve.seed"];
    assert_eq!(behind("curve.4x4x8.torus.load_25.accepted"), settings);
    // Settings are behind what is sampled, and behind nothing that is exact.
    assert_eq!(behind("goodput.1024.99_0.switched"), none);
    assert_eq!(behind("goodput.1024.99_0.sampled"), ["parameter goodput.seed", "parameter goodput.trials"]);
    assert_eq!(behind("tolerance.1024.hosts_switched"), none);
    assert_eq!(behind("tolerance.1024.hosts_static"), ["parameter goodput.seed"]);
    assert_eq!(behind("batching.ids"), ["parameter batching.ids"]);
    assert_eq!(behind("batching.4x4x8.against_chips.limit"), none);
    assert_eq!(behind("batching.4x4x8.dlrm.zipf.repeats"), ["parameter batching.seed"]);
    let crossing = ["parameter batching.seed", "parameter batching.batches"];
    assert_eq!(behind("batching.4x4x8.claimed_between.low"), crossing);
    assert_eq!(behind("sparse.memory.ids"), ["parameter sparse.vocabulary"]);
    assert_eq!(behind("sparse.128.torus.gain_over_host_memory"), none);
    assert_eq!(behind("partition.settings").len(), 8);
    let lookup = ["parameter route.ids", "parameter route.seed", "parameter sparse.vocabulary"];
    assert_eq!(behind("route.lookup.id"), lookup);
    assert_eq!(behind("route.allreduce.hops"), none);
    assert_eq!(behind("reconfigure.total_time"), none);
    assert_eq!(behind("reconfigure.job_wait"), ["data maps/16x16x16"]);
}

/// The manifest of a build lists what experiments declare, so no seed may be left out of what they declare.
#[test]
fn every_seed_in_the_code_of_experiments_is_declared() {
    let files = walkdir::WalkDir::new(root().join("src/experiments")).into_iter().map(Result::unwrap);
    let files = files.filter(|file| file.path().is_file());
    let mut seeds = 0;
    for file in files {
        let text = std::fs::read_to_string(file.path()).unwrap();
        let constants = text.lines().filter_map(|line| line.split_once("const ")?.1.split_once(": "));
        let is_seed = |name: &str, kind: &str| {
            name.split('_').any(|word| word == "SEED" || word == "SEEDS")
                && ["u64", "[u64"].iter().any(|start| kind.starts_with(start))
        };
        for (name, _) in constants.filter(|(name, kind)| is_seed(name, kind)) {
            // In the file itself, or in the one beside its folder.
            let parent = file.path().parent().unwrap().with_extension("rs");
            let beside = std::fs::read_to_string(parent).unwrap_or_default();
            let declared =
                [text.as_str(), &beside].into_iter().flat_map(|text| text.split("seeds: &").skip(1));
            let is_word = |part: &str| {
                let declared = part.split('}').take(2).collect::<String>();
                declared.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word == name)
            };
            assert!(declared.into_iter().any(is_word), "{}: {name} is not declared", file.path().display());
            seeds += 1;
        }
    }
    assert!(seeds >= 10, "{seeds}");
    for experiment in EXPERIMENTS {
        let mut names: Vec<&str> = experiment.drawn.iter().map(|drawn| drawn.what).collect();
        names.dedup();
        assert_eq!(names.len(), experiment.drawn.len(), "{}", experiment.id);
        assert!(experiment.drawn.iter().all(|drawn| !drawn.seeds.is_empty()), "{}", experiment.id);
    }
}
