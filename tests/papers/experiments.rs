//! What experiments sweep, as an author chooses it: other slices, availabilities and machines without Rust.

use serde_json::Value;

use crate::paper::Paper;

const EXPERIMENTS: &str = "paper/experiments.yaml";
const SECTION: &str = "paper/sections/02-results.md";

/// What the program says of a command on a paper, and whether it was content.
fn said(paper: &Paper, command: &str) -> (bool, String) {
    let output = paper.command(command).output().unwrap();
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

/// The smallest paper with all inputs of our own.
fn with_all_inputs() -> Paper {
    let paper = Paper::minimal();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in ["paper/model.yaml", "paper/measurements.yaml"] {
        paper.write(file, std::fs::read_to_string(root.join(file)).unwrap());
    }
    paper
}

fn facts(paper: &Paper) -> Value {
    serde_json::from_str(&paper.read("build/facts.json")).unwrap()
}

fn replace(paper: &Paper, file: &str, old: &str, new: &str) {
    let text = paper.read(file);
    assert!(text.contains(old), "{file} has no `{old}`");
    paper.write(file, text.replacen(old, new, 1));
}

/// The file of our own paper says what a paper without one computes.
#[test]
fn the_own_paper_lists_the_defaults_and_every_parameter() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |root: &std::path::Path| paper_engine::model::Model::read(root, &phext_paper::STUDY).unwrap();
    let (own, none) = (read(root), read(Paper::empty().root()));
    let text = std::fs::read_to_string(root.join(EXPERIMENTS)).unwrap();
    for parameter in phext_paper::STUDY.parameters {
        assert_eq!(own.chosen(parameter.name), none.chosen(parameter.name), "{}", parameter.name);
        assert!(text.contains(&format!("\n{}: ", parameter.name)), "{} is not listed", parameter.name);
        let reading = phext_paper::STUDY.experiments.iter();
        let reading = reading.filter(|experiment| experiment.parameters.contains(&parameter.name));
        assert!(reading.count() > 0, "no experiment reads {}", parameter.name);
    }
}

#[test]
fn a_fact_of_a_value_that_is_not_listed_says_where_to_add_it() {
    let paper = with_all_inputs();
    let names = [
        ("batching.8x8x4.dlrm.zipf.repeats", "add `8x8x4` to `batching.slices`"),
        ("batching.4x4x8.against_lookups.3", "add `3` to `batching.batches`"),
        ("batching.4x4x8.ids_500.zipf.repeats", "choose `500` as `batching.ids` in paper/experiments.yaml"),
        ("sparse.256.torus.gain_over_tpu_v3", "add `256` to `sparse.torus`"),
        ("sparse.256.twisted.gain_over_tpu_v3", "add `256` to `sparse.twisted`"),
        ("tolerance.1024.racks_0_10.chips_static", "add `1024` to `tolerance.mixed`"),
        ("topology.8x8x4.torus.diameter", "add `8x8x4` to `topology.slices` in paper/experiments.yaml"),
        ("topology.8x8x4.mesh.diameter", "add `8x8x4` to `topology.meshes`"),
        ("twist_gain.8x8x4", "add `8x8x4` to `topology.twisted`"),
        ("goodput.1024.98_0.switched", "add `0.98` to `goodput.availabilities`"),
        ("goodput.192.98_0.switched", "add `0.98` to `goodput.availabilities` and `192` to `goodput.slices`"),
        ("curve.4x4x8.torus.load_30.accepted", "phext-paper learn 4x4x8"),
        ("learned.8x8x4.learned.alltoall", "phext-paper learn 8x8x4"),
        ("topology.4x4x8.torus.diametre", "did you mean `topology.4x4x8.torus.diameter`"),
    ];
    for (name, help) in names {
        let before = paper.read(SECTION);
        paper.append(SECTION, &format!("It is {{{{ fact(name=\"{name}\") }}}}."));
        let (is_content, said) = said(&paper, "check");
        assert!(!is_content && said.contains(help), "{name}: no `{help}` in:\n{said}");
        paper.write(SECTION, before);
    }
}

#[test]
fn values_that_cannot_be_are_refused_at_their_places() {
    let paper = Paper::minimal();
    let sweep = "topology.slices: [4x4x8, 8x8x5, 32x32x32]\ntopology.twisted: [8x8x8]\ntopology.flat: [9x9]\n\
                 goodput.availabilities: [1.2]\ngoodput.slices: [100]\nmachine.scaled: [100]\n\
                 topology.hypercubes: [100]\nbatching.slices: [16x16x32]\nsparse.torus: [100, 2048]\n\
                 sparse.twisted: [512]\nsparse.vocabulary: 1000\nroute.ids: [999, 1000]\n\
                 partition.overlap: []\npartition.activations: [kept, lost]\n";
    paper.write(EXPERIMENTS, sweep);
    replace(&paper, "paper/model.yaml", "machine.cube_side: {value: 4", "machine.cube_side: {value: 8");
    let (is_content, said) = said(&paper, "check");
    assert!(!is_content);
    for part in [
        "experiments.yaml:1:26",
        "every axis must be a positive multiple of 4",
        "experiments.yaml:1:33",
        "32x32x32 has 512 cubes, and the machine has 64 by `machine.cubes_per_axis`",
        "8x8x8 cannot be twisted",
        "9x9 is not a flat torus",
        "experiments.yaml:4:26",
        "no slice has 100 chips",
        "100 chips are no whole cubes",
        "no hypercube has 100 chips",
        "`machine.cube_side` is 8, outside 4 to 4",
        "experiments.yaml:8:19",
        "the slice 16x16x32 has 8192 chips: at most 4096 are batched",
        "experiments.yaml:9:16",
        "expected 64, 128, 256, 512 or 1024",
        "experiments.yaml:9:21",
        "8x8x8 cannot be twisted",
        "experiments.yaml:12:18",
        "the id 1000 is none of the 1000 rows of `sparse.vocabulary`",
        "experiments.yaml:13",
        "the list behind `partition.overlap:` has 0 entries and needs at least 1",
        "`lost` is neither `recomputed` nor `kept`",
        "16 errors",
    ] {
        assert!(said.contains(part), "no `{part}` in:\n{said}");
    }
}

/// A machine of 8x8x8 cubes, a slice of it, an availability, and what other machines do not have.
#[test]
fn a_larger_machine_with_its_own_sweep_builds() {
    let paper = Paper::minimal();
    let sweep = "topology.slices: [4x4x8, 4x8x8, 8x8x16, 8x8x4, 32x32x32]\ntopology.meshes: [8x8x4]\n\
                 goodput.availabilities: [0.98]\ngoodput.slices: [64, 16384]\n";
    paper.write(EXPERIMENTS, sweep);
    let model = "paper/model.yaml";
    replace(&paper, model, "machine.cubes_per_axis: {value: 4", "machine.cubes_per_axis: {value: 8");
    let names = [
        "topology.8x8x4.torus.diameter",
        "topology.8x8x4.mesh.diameter",
        "topology.32x32x32.torus.diameter",
        "goodput.64.98_0.switched",
        "goodput.16384.98_0.at_quantile",
        "machine.chips",
    ];
    let calls: String = names.iter().map(|name| format!("{{{{ fact(name=\"{name}\") }}}}, ")).collect();
    paper.append(SECTION, &format!("It has {calls}and more."));
    let (is_content, text) = said(&paper, "build");
    assert!(!is_content && text.contains("takes 1024 ports of a switch"), "{text}");
    replace(&paper, model, "machine.ocs_ports_usable: {value: 128", "machine.ocs_ports_usable: {value: 1024");
    let (is_content, text) = said(&paper, "build");
    assert!(is_content, "{text}");
    let found = facts(&paper);
    let number = |name: &str| found[name]["value"].as_f64().unwrap();
    // A torus is halfway around along each axis, a mesh from corner to corner.
    let distances = [4.0 + 4.0 + 2.0, 7.0 + 7.0 + 3.0, 48.0];
    assert_eq!([0, 1, 2].map(|at| number(names[at])), distances);
    assert_eq!((number("machine.chips"), number("machine.cubes")), (32_768.0, 512.0));
    // Slices of one cube have the share of cubes that are up.
    assert!((number(names[3]) - 0.98_f64.powi(16)).abs() < 1e-12);
    // Of 512 cubes 370 are up in the mean: one slice of 256.
    assert_eq!(number(names[4]), 0.5);
    assert_eq!(found["goodput.64.98_0.switched"]["inputs"], serde_json::json!(["machine.cubes_per_axis"]));
    paper.append(SECTION, "It takes {{ fact(name=\"coordinate.last_chip\") }}.");
    let (is_content, text) = said(&paper, "check");
    let reason =
        "the experiment `coordinate` is made for 4x4x4 cubes alone, and `machine.cubes_per_axis` is 8";
    assert!(!is_content && text.contains(reason), "{text}");
}

/// Which experiments speak of machines of other sizes; those with slices of fixed names have them there too.
#[test]
fn experiments_that_are_made_for_the_published_machine_refuse_others() {
    let refusing = |cubes: f64| -> Vec<&str> {
        let input = |name: &str| (name == "machine.cubes_per_axis").then_some(cubes);
        let all = phext_paper::STUDY.experiments.iter();
        all.filter(|one| (one.suits)(&input).is_err()).map(|one| one.id).collect()
    };
    let published = ["coordinate", "cost", "energy", "pattern", "reconfigure", "remap", "route"];
    let with = |others: &[&'static str]| {
        let mut all = [&published[..], others].concat();
        all.sort_unstable();
        all
    };
    let sorted = |cubes: f64| {
        let mut all = refusing(cubes);
        all.sort_unstable();
        all
    };
    assert_eq!(sorted(4.0), [""; 0]);
    assert_eq!(sorted(1.0), with(&["partition", "training"]));
    assert_eq!(sorted(2.0), with(&[]));
    assert_eq!(sorted(8.0), with(&["tolerance", "year"]));
    assert_eq!(sorted(11.0), with(&["sparse", "tolerance", "year"]));
}

/// A machine of 3x3x3 cubes: numbers of its own, and none of the published one.
#[test]
fn a_smaller_machine_has_its_own_counts() {
    let paper = with_all_inputs();
    replace(
        &paper,
        "paper/model.yaml",
        "machine.cubes_per_axis: {value: 4",
        "machine.cubes_per_axis: {value: 3",
    );
    let names = [
        "tolerance.64.cubes_by_definition",
        "goodput.64.99_0.sampled",
        "sparse.memory.bytes_per_chip",
        "machine.chips",
    ];
    let sweep = "goodput.slices: [64, 1024]\ngoodput.availabilities: [0.99]\nbatching.slices: []\nsparse.torus: []\n\
                 sparse.twisted: []\nsparse.vocabulary: 1728000\n";
    paper.write(EXPERIMENTS, sweep);
    let calls: String = names.iter().map(|name| format!("{{{{ fact(name=\"{name}\") }}}}, ")).collect();
    let before = paper.read(SECTION);
    paper.append(SECTION, &format!("It has {calls}and more."));
    let (is_content, text) = said(&paper, "build");
    assert!(is_content, "{text}");
    let found = facts(&paper);
    let number = |name: &str| found[name]["value"].as_f64().unwrap();
    assert_eq!((number(names[0]), number(names[3])), (1.0 - 1.0 / 27.0, 1728.0));
    let error = number("goodput.64.99_0.sampling_error");
    assert!((number(names[1]) - 0.99_f64.powi(16)).abs() < 5.0 * error && error > 0.0);
    // A thousand rows of 256 bytes on each of 1728 chips.
    assert_eq!(number(names[2]), 256_000.0 / 1_048_576.0);
    let inputs = |name: &str| found[name]["inputs"].as_array().unwrap().clone();
    for name in &names[..3] {
        assert!(inputs(name).contains(&"machine.cubes_per_axis".into()), "{name}: {:?}", inputs(name));
    }
    let parameters = |name: &str| found[name]["rests_on"].clone();
    let both = serde_json::json!([{"parameter": "goodput.seed"}, {"parameter": "goodput.trials"}]);
    assert_eq!(parameters(names[1]), both);
    assert!(found["goodput.64.99_0.switched"].get("rests_on").is_none());
    // What was published is of another machine.
    assert!(found["goodput.1024.99_0.switched"].get("published").is_none());
    assert_eq!(parameters(names[2]), serde_json::json!([{"parameter": "sparse.vocabulary"}]));
    let mut explain = assert_cmd::Command::cargo_bin("phext-paper").unwrap();
    let output = explain.args(["sim", "explain", names[1], "--root"]).arg(paper.root()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("rests on   the parameter `goodput.trials` = 50000"), "{text}");
    paper.write(SECTION, before);
    for (name, reason) in [
        ("cost.exchange.moved", "the experiment `cost` is made for 4x4x4 cubes alone"),
        ("route.lookup.id", "the experiment `route` is made for 4x4x4 cubes alone"),
    ] {
        let before = paper.read(SECTION);
        paper.append(SECTION, &format!("It is {{{{ fact(name=\"{name}\") }}}}."));
        let (is_content, text) = said(&paper, "check");
        assert!(!is_content && text.contains(reason), "{text}");
        paper.write(SECTION, before);
    }
}

/// A change of one sweep runs what reads it, and nothing else.
#[test]
fn one_key_moves_the_experiments_that_read_it() {
    let paper = Paper::minimal();
    let input = "collective.message: {value: 100, unit: MiB, grade: quoted, source: \"chosen for a test\"}";
    paper.append("paper/model.yaml", input);
    paper.append(SECTION, "It is {{ fact(name=\"exchange.4x4x8.torus.time\") }}.");
    let ran = || {
        let output = paper.command("build").arg("--timings").output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        let stages = said.lines().filter(|line| line.contains("facts ") && !line.contains("cached"));
        stages
            .filter_map(|line| line.split("facts ").nth(1)?.split_whitespace().next().map(str::to_owned))
            .collect()
    };
    let first: Vec<String> = ran();
    assert!(first.iter().any(|id| id == "topology") && first.iter().any(|id| id == "exchange"), "{first:?}");
    paper.write(EXPERIMENTS, "topology.meshes: [4x4x8]\n");
    assert_eq!(ran(), ["topology"]);
    paper.write(EXPERIMENTS, "topology.meshes: [4x4x8]\nexchange.flat: []\n");
    assert_eq!(ran(), ["exchange"]);
    paper.write(EXPERIMENTS, "topology.meshes: [4x4x8]\nexchange.flat: []\ngoodput.trials: 7\n");
    assert_eq!(ran(), [""; 0]);
}

/// Maps of one slice, which no study sweeps, are facts of a paper that has no others.
#[test]
fn maps_that_were_learned_are_facts_at_the_next_build() {
    let paper = Paper::minimal();
    paper.append(SECTION, "It carries {{ fact(name=\"learned.8x8x4.learned.alltoall\") }}.");
    let (is_content, text) = said(&paper, "check");
    assert!(!is_content && text.contains("phext-paper learn 8x8x4"), "{text}");
    let output = paper.command("learn").args(["8x8x4", "--seeds", "1", "--steps", "50"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (is_content, text) = said(&paper, "build");
    assert!(is_content, "{text}");
    let found = facts(&paper);
    let number = |end: &str| found[format!("learned.8x8x4.{end}")]["value"].as_f64().unwrap();
    assert!(number("learned.alltoall") >= number("torus.alltoall") * (1.0 - 1e-9));
    assert!(number("learned.alltoall") <= number("learned.alltoall_bound") * (1.0 + 1e-9));
    assert_eq!(number("learned.steps"), 50.0);
    let behind = &found["learned.8x8x4.learned.alltoall"]["rests_on"];
    assert_eq!(*behind, serde_json::json!([{"data": "maps/8x8x4"}]));
}
