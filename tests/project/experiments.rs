//! The simulation as scripts see it: every experiment, every explanation, every interface, every refusal.

use std::collections::BTreeSet;
use std::process::Output;

use assert_cmd::Command;
use paper_engine::facts::{Grade, Verdict, family, validate, verdicts};
use paper_engine::model::{Model, PublishedResult, Span};
use phext_paper::experiments::EXPERIMENTS;
use serde_json::Value;

use crate::{FACTS, MODEL, root};

fn run(arguments: &[&str]) -> Output {
    Command::cargo_bin("phext-paper").unwrap().current_dir(root()).args(arguments).output().unwrap()
}

fn json(arguments: &[&str]) -> Value {
    let output = run(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn published_results_agree_as_far_as_their_grade_promises_and_every_claim_has_a_verdict() {
    let (model, facts) = (&*MODEL, &*FACTS);
    for comparison in validate(model, facts) {
        assert!(!comparison.agreement.is_defect(), "{comparison:?}");
    }
    let decided: Vec<Verdict<'_>> = verdicts(model.claims(), facts).unwrap();
    assert_eq!(decided.len(), 8);
    let names: BTreeSet<&str> = facts.names().collect();
    let families: BTreeSet<&str> =
        EXPERIMENTS.iter().flat_map(|experiment| experiment.families).copied().collect();
    let computed = facts.0.iter().filter(|(name, _)| families.contains(family(name)));
    for (name, fact) in computed {
        assert!(!fact.formula.is_empty() && !fact.source.is_empty(), "{name} explains nothing");
        assert!(fact.number().is_none_or(f64::is_finite), "{name} is not a finite number");
        for input in &fact.inputs {
            assert!(model.get(input).is_some() || names.contains(input.as_str()), "{name} reads {input}");
        }
        // An input that equals a published result is that result, or says nothing of it by chance: either way
        // a fact from it may not pass for one of ours.
        for input in fact.inputs.iter().filter_map(|input| model.get(input)) {
            let same = |result: &PublishedResult| {
                let ends = match result.span {
                    Span::Range(low, high) => [low, high],
                    span => [span.middle(); 2],
                };
                result.unit == input.unit && ends.contains(&input.value)
            };
            // An assumption has its range beside it, and so says of itself that it is no result.
            let is_assumed = input.grade == Grade::Assumption;
            let is_restated =
                input.is_result || (!is_assumed && model.all_published().any(|(_, result)| same(result)));
            assert!(!is_restated || fact.grade != Grade::Computed, "{name} restates a published result");
        }
        if fact.grade == Grade::Assumption && fact.number().is_some() {
            let (low, high) = fact.interval.unwrap_or_else(|| panic!("{name} has no interval"));
            assert!(low <= high, "{name}");
            let is_over_seeds = fact.formula.ends_with("interval over seeds, at the stated latency of a hop");
            assert!(low == high || is_over_seeds == fact.moved_by.is_empty(), "{name}: what moves it?");
        }
    }
}

/// Every number behind a key of a line of `published.yaml`, a tenth larger.
fn enlarged(line: &str) -> String {
    let mut out = line.to_owned();
    for (key, end) in [("value: ", ','), ("min: ", ','), ("max: ", ','), ("range: [", ']')] {
        let Some(start) = out.find(&format!("{{{key}")).map(|at| at + 1 + key.len()) else { continue };
        let length = out[start..].find(end).unwrap();
        let numbers = out[start..start + length].split(", ").map(|text| 1.1 * text.parse::<f64>().unwrap());
        let text: Vec<String> = numbers.map(|number| number.to_string()).collect();
        out.replace_range(start..start + length, &text.join(", "));
    }
    out
}

/// What moves with a published result starts from it. Only experiments whose code reads published results are
/// run.
#[test]
fn facts_that_start_from_a_published_result_say_so() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("paper/maps")).unwrap();
    for file in ["model.yaml", "measurements.yaml"] {
        std::fs::copy(root().join("paper").join(file), folder.path().join("paper").join(file)).unwrap();
    }
    for file in std::fs::read_dir(root().join("paper/maps")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), folder.path().join("paper/maps").join(file.file_name())).unwrap();
    }
    let published = std::fs::read_to_string(root().join("paper/published.yaml")).unwrap();
    let lines: Vec<String> = published.lines().map(enlarged).collect();
    std::fs::write(folder.path().join("paper/published.yaml"), lines.join("\n")).unwrap();
    let moved = Model::read(folder.path(), &phext_paper::STUDY).unwrap();
    let mut found = BTreeSet::new();
    let code: Vec<String> = walkdir::WalkDir::new(root().join("src/experiments"))
        .into_iter()
        .map(|file| file.unwrap().into_path())
        .filter(|path| path.is_file())
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    for experiment in EXPERIMENTS {
        let own = |code: &&String| code.contains(&format!("    id: \"{}\",", experiment.id));
        if !code.iter().find(own).unwrap().contains("model.published(") {
            continue;
        }
        for (name, after) in experiment.facts(&moved).unwrap() {
            let before = FACTS.get(&name).unwrap();
            if before.value != after.value {
                assert_eq!(after.grade, Grade::Derived, "{name} moves with a published result");
                found.insert(name);
            }
        }
    }
    for name in ["performance_per_watt.v4_over_v3", "overall.v4_over_v3", "twist_shortfall.4x4x8"] {
        assert!(found.contains(name), "{name} does not move");
    }
}

/// A number of the text is the one that the command of the same name prints.
#[test]
fn times_in_the_text_are_those_of_the_command() {
    let model = &*MODEL;
    for (operation, name) in [("all-reduce", "all_reduce_time"), ("all-to-all", "all_to_all_time")] {
        let found = json(&["sim", "collective", operation, "8x8x8", "--bytes", "104857600", "--json"]);
        let fact = FACTS.get(&format!("collective.8x8x8.{name}")).unwrap();
        let (ours, seconds) = (fact.number().unwrap() / 1e3, found["seconds"].as_f64().unwrap());
        assert!(
            (ours / seconds - 1.0).abs() < 1e-9,
            "{name}: {ours} s in the text, {seconds} s by the command"
        );
        assert_ne!(fact.median, fact.number(), "{name}: no median beside the value");
    }
    // Milliseconds: the whole machine drains over a torus that carries half a link's worth of each chip and
    // whose longest way has 24 links; then commands, tables, mirrors and links follow.
    let sent = model.value("ocs.outstanding") * 1_048_576.0;
    let drain = sent / (0.5 * model.value("chip.link_bandwidth") * 1e6)
        + 24.0 * model.value("chip.hop_latency") / 1e3;
    let stated = drain
        + model.value("ocs.command_time")
        + model.value("measured.table_rewrite") / 1e3
        + model.value("ocs.settling_time")
        + model.value("ocs.link_bring_up");
    let settled = FACTS.get("reconfigure.total_time").unwrap().number().unwrap();
    assert!((settled / stated - 1.0).abs() < 2e-4, "{settled} ms in the text, {stated} ms by its parts");
}

#[test]
fn experiments_read_only_the_inputs_that_they_declare() {
    let folder = tempfile::tempdir().unwrap();
    let copy = |file: &str| {
        let to = folder.path().join(file);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(root().join(file), to).unwrap();
    };
    copy("paper/published.yaml");
    // without the groups of optional inputs, the experiments that need them give nothing and nothing panics
    let model = std::fs::read_to_string(root().join("paper/model.yaml")).unwrap();
    let kept = |line: &&str| line.starts_with("chip.") || line.starts_with("machine.");
    let text: Vec<&str> = model.lines().filter(kept).collect();
    std::fs::write(folder.path().join("paper/model.yaml"), text.join("\n")).unwrap();
    let model = Model::read(folder.path(), &phext_paper::STUDY).unwrap();
    for experiment in EXPERIMENTS {
        let needs_more = experiment.inputs.iter().any(|name| model.get(name).is_none());
        assert_eq!(
            experiment.facts(&model).unwrap().is_empty(),
            needs_more || !experiment.data.is_empty() || !experiment.data_of.is_empty(),
            "{}",
            experiment.id
        );
    }
}

#[test]
fn goodput_answers_with_the_published_points() {
    let found = json(&["sim", "goodput", "--host-availability", "0.99", "--slice-chips", "1024", "--json"]);
    assert!((found["expected_goodput_switched"].as_f64().unwrap() - 0.75).abs() < 0.01);
    assert!((found["expected_goodput_static"].as_f64().unwrap() - 0.0763).abs() < 1e-3);
    assert_eq!(found["goodput_at_quantile"], 0.75);
}

#[test]
fn packets_answer_with_load_and_latency() {
    let found =
        json(&["sim", "packet", "4x4x4", "--load", "0.5", "--cycles", "1000", "--seed", "3", "--json"]);
    assert_eq!((found["chips"].as_u64(), found["cycles"].as_u64()), (Some(64), Some(1000)));
    assert!((found["accepted_flits_per_chip_cycle"].as_f64().unwrap() - 0.5).abs() < 0.02);
    assert!(found["mean_latency_cycles"].as_f64().unwrap() > 6.0);
    assert!(found["p99_latency_cycles"].as_f64() > found["mean_latency_cycles"].as_f64());
    let maps = json(&[
        "sim",
        "packet",
        "4x4x8",
        "--load",
        "0.5",
        "--cycles",
        "500",
        "--maps",
        "paper/maps/4x4x8.json",
        "--json",
    ]);
    assert!(maps["accepted_fraction_of_bound"].as_f64().unwrap() > 0.2);
}

#[test]
fn packets_answer_for_stored_and_random_maps_every_routing_and_traffic() {
    let ask =
        |more: &[&str]| json(&[&["sim", "packet", "4x4x8", "--cycles", "300", "--json"], more].concat());
    let accepted = |found: &serde_json::Value| found["accepted_flits_per_chip_cycle"].as_f64().unwrap();
    let learned = ask(&["--maps", "learned", "--load", "2"]);
    assert_eq!(learned, ask(&["--maps", "paper/maps/4x4x8.json", "--load", "2"]));
    assert_eq!(learned["virtual_channels"], 4);
    let random = ask(&["--maps", "permutations", "--load", "2", "--seeds", "2", "--channels", "3"]);
    let random = random.as_array().unwrap();
    assert_eq!((random.len(), &random[0]["virtual_channels"]), (2, &serde_json::json!(3)));
    assert_ne!(random[0]["bound_flits_per_chip_cycle"], random[1]["bound_flits_per_chip_cycle"]);
    let order = ask(&[
        "--twisted",
        "--routing",
        "dimension-order",
        "--channels",
        "2",
        "--load",
        "1",
        "--hop-latency",
        "0.2",
    ]);
    assert!((accepted(&order) - 1.0).abs() < 0.2, "{order}");
    // short hops take less time
    let short = ask(&["--load", "0.5", "--hop-latency", "0.2"]);
    assert_eq!(
        (&short["hop_cycles"], &learned["hop_cycles"]),
        (&serde_json::json!(39), &serde_json::json!(195))
    );
    let all = ask(&["--traffic", "all-to-all", "--packets", "2", "--hop-latency", "0.02"]);
    let sent = accepted(&all) * all["cycles"].as_f64().unwrap();
    assert!((sent / (127.0 * 4.0) - 1.0).abs() < 1e-9, "{all}");
    let replies = ask(&["--traffic", "request-reply", "--load", "0.5", "--hop-latency", "0.2"]);
    assert_eq!(replies["virtual_channels"], 8);
    assert!((accepted(&replies) - 1.0).abs() < 0.1, "{replies}");
}

#[test]
fn learned_maps_are_48_permutations_that_topology_accepts() {
    let found = json(&["sim", "maps", "4x8x8", "--json"]);
    let maps = found["maps"].as_array().unwrap();
    assert_eq!(maps.len(), 48);
    for map in maps {
        let targets: BTreeSet<u64> =
            map.as_array().unwrap().iter().map(|cube| cube.as_u64().unwrap()).collect();
        assert_eq!(targets, (0..4).collect());
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("maps.json");
    std::fs::write(&file, found.to_string()).unwrap();
    let file = file.to_string_lossy();
    let by_maps = json(&["sim", "topology", "4x8x8", "--maps", &file, "--json"]);
    let by_shifts = json(&["sim", "topology", "4x8x8", "--maps", "paper/maps/4x8x8.json", "--json"]);
    assert_eq!(by_maps, by_shifts);
    let mut broken = found.clone();
    broken["maps"][0][0] = broken["maps"][0][1].clone();
    std::fs::write(&*file, broken.to_string()).unwrap();
    let output = run(&["sim", "topology", "4x8x8", "--maps", &file]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && said.contains("not one to one"), "{said}");
}

#[test]
fn every_fact_can_be_explained() {
    for name in ["goodput.1024.99_0.switched", "sparse.128.torus.gain_over_host_memory", "twist_gain.4x4x8"] {
        let output = run(&["sim", "explain", name]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && said.contains("formula") && said.contains("source"), "{said}");
    }
    for (name, behind) in [
        ("twist_shortfall.4x4x8", "the published result `twist_alltoall_4x4x8` = "),
        ("training.4x8x8.converged", "the stored result `training-4x8x8`, computed from "),
        ("curve.4x4x8.learned.load_25.accepted", "the data `maps/4x4x8`"),
    ] {
        let output = run(&["sim", "explain", name]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains(&format!("rests on   {behind}")), "{name}: {said}");
    }
}

#[test]
fn bad_values_get_a_sentence_and_exit_2() {
    let cases: [(&[&str], &str); 12] = [
        (&["sim", "goodput", "--host-availability", "1.2", "--slice-chips", "64"], "availability is 1.2"),
        (
            &["sim", "goodput", "--host-availability", "0.99", "--slice-chips", "100"],
            "no slice has 100 chips",
        ),
        (&["sim", "goodput", "--host-availability", "0.99", "--slice-chips", "8192"], "no slice has 8192"),
        (&["sim", "packet", "4x4x4", "--load", "9"], "the load is 9"),
        (&["sim", "packet", "4x4x4", "--load", "NaN"], "the load is NaN"),
        (&["sim", "packet", "4x4x4", "--load", "1", "--cycles", "0"], "cycles is 0"),
        (&["sim", "packet", "64x64x64", "--load", "1"], "262144"),
        (&["sim", "packet", "4x4x4", "--load", "1", "--maps", "learned"], "no maps are stored"),
        (&["sim", "packet", "4x4x8", "--maps", "learned", "--channels", "1"], "within 1 virtual channels"),
        (&["sim", "packet", "4x4x8", "--maps", "learned", "--routing", "escape"], "maps take `balanced`"),
        (&["sim", "packet", "4x4x4", "--hop-latency", "-1"], "a hop of -1"),
        (&["sim", "maps", "4x4x4"], "no maps are stored"),
    ];
    for (arguments, message) in cases {
        let output = run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(message), "{arguments:?}: {said}");
    }
}
