//! The example builds, with its own numbers and no word of any other study.

#[path = "../../../tests/outputs/mod.rs"]
mod outputs;
#[path = "../../../tests/preview/mod.rs"]
mod running;

use std::path::Path;
use std::time::{Duration, Instant};

use assert_cmd::Command;
use serde_json::Value;

use running::Watch;

fn program() -> Command {
    Command::cargo_bin("queue").unwrap()
}

/// Returns a copy of the paper, since builds write into its folder.
fn paper() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in [
        "figures/wait.yaml",
        "paper/experiments.yaml",
        "paper/model.yaml",
        "paper/paper.yaml",
        "paper/references.bib",
        "paper/sections/00-abstract.md",
        "paper/sections/01-waiting.md",
    ] {
        std::fs::create_dir_all(folder.path().join(file).parent().unwrap()).unwrap();
        std::fs::copy(root.join(file), folder.path().join(file)).unwrap();
    }
    folder
}

#[test]
fn the_paper_builds_with_numbers_of_its_study() {
    let paper = paper();
    program().arg("build").arg("--root").arg(paper.path()).assert().success();
    let build = paper.path().join("build");
    assert!(std::fs::read(build.join("conference/queue.pdf")).unwrap().starts_with(b"%PDF"));
    let facts: Value = serde_json::from_slice(&std::fs::read(build.join("facts.json")).unwrap()).unwrap();
    // M/M/1 at a load of 0.9 waits 9 service times of 3 minutes.
    assert!((facts["desk.load_90.wait"]["value"].as_f64().unwrap() - 27.0).abs() < 1e-9);
    let origin = serde_json::json!({"file": "src/main.rs", "item": "write"});
    assert_eq!(facts["desk.load_90.wait"]["origin"], origin);
    let text = std::fs::read_to_string(build.join("queue.md")).unwrap();
    assert!(text.contains("27.0\u{a0}min"), "{text}");
}

#[test]
fn every_output_has_the_bytes_that_were_accepted() {
    let paper = paper();
    program().arg("build").arg("--root").arg(paper.path()).assert().success();
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outputs.sha256");
    outputs::check(&paper.path().join("build"), &list);
}

/// Only what the text names is computed, and a missing input is told once, where numbers would stand.
#[test]
fn an_experiment_without_its_inputs_is_told_at_the_numbers_that_miss_it() {
    let paper = paper();
    let model = paper.path().join("paper/model.yaml");
    let text = std::fs::read_to_string(&model).unwrap();
    let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with("hall.")).collect();
    std::fs::write(&model, kept.join("\n")).unwrap();
    let output = program().args(["check", "--root"]).arg(paper.path()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    // One cause is told once, with the places of all numbers that miss it.
    assert_eq!(said.matches("is not computed").count(), 1, "{said}");
    for part in
        ["lacks `hall.servers`", "and so on at", "00-abstract.md:3:", "01-waiting.md:8:", "wait.yaml:15:"]
    {
        assert!(said.contains(part), "no `{part}` in:\n{said}");
    }
    for (file, part) in [("figures/wait.yaml", "hall"), ("paper/sections/00-abstract.md", "hall")] {
        let path = paper.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        let kept: Vec<&str> = text.lines().filter(|line| !line.contains(part)).collect();
        std::fs::write(path, kept.join("\n")).unwrap();
    }
    let section = paper.path().join("paper/sections/01-waiting.md");
    std::fs::write(&section, "# Waiting [#sec:waiting]\n\nIt waits {{ fact(name=\"desk.load_90.wait\") }} [@kendall1953stochastic].\n\n::: figure wait\n:::\n\nSee @fig:wait.\n").unwrap();
    program().args(["build", "--root"]).arg(paper.path()).assert().success();
    let facts = std::fs::read_to_string(paper.path().join("build/facts.json")).unwrap();
    assert!(facts.contains("desk.load_90.wait") && !facts.contains("hall.load"));
}

/// The sweep is the author's: a load in the text is asked for in `paper/experiments.yaml`, and the simulation
/// agrees with the closed form there.
#[test]
fn a_load_that_the_text_names_is_computed_once_it_is_listed() {
    let paper = paper();
    let section = paper.path().join("paper/sections/01-waiting.md");
    let text = std::fs::read_to_string(&section).unwrap();
    std::fs::write(&section, text.replace("desk.load_90.simulated", "desk.load_30.simulated")).unwrap();
    let output = program().args(["check", "--root"]).arg(paper.path()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("add `0.3` to `queue.loads` in paper/experiments.yaml"), "{said}");
    let sweep = paper.path().join("paper/experiments.yaml");
    std::fs::write(&sweep, "queue.loads: [0.3, 0.9]\nqueue.seed: 2\n").unwrap();
    program().args(["build", "--root"]).arg(paper.path()).assert().success();
    let facts: Value =
        serde_json::from_slice(&std::fs::read(paper.path().join("build/facts.json")).unwrap()).unwrap();
    let number = |name: &str| facts[name]["value"].as_f64().unwrap();
    let (exact, simulated) = (number("desk.load_30.wait"), number("desk.load_30.simulated"));
    // M/M/1 at a load of 0.3 waits 3/7 of a service time of 3 minutes.
    assert!((exact - 9.0 / 7.0).abs() < 1e-9 && (simulated / exact - 1.0).abs() < 0.03, "{simulated}");
    assert!(facts.get("desk.load_50.wait").is_none());
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(paper.path().join("build/manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["seeds"]["queue.customers"], serde_json::json!([2]));
    std::fs::write(&sweep, "queue.loads: [0.5, 1.5, 0.5]\nqueue.load: []\nqueue.seed: -1\n").unwrap();
    let output = program().args(["check", "--root"]).arg(paper.path()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    for part in [
        "experiments.yaml:1:20",
        "at most 0.99",
        "experiments.yaml:1:25",
        "twice",
        "experiments.yaml:2:1",
        "did you mean `queue.loads`",
        "experiments.yaml:3:13",
    ] {
        assert!(said.contains(part), "no `{part}` in:\n{said}");
    }
}

#[test]
fn the_program_has_its_own_name_and_experiments() {
    let list = program().args(["sim", "list"]).output().unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    assert_eq!(list.lines().filter(|line| line.contains("Mean wait")).count(), 2, "{list}");
    let help = String::from_utf8(program().arg("--help").output().unwrap().stdout).unwrap();
    assert!(help.contains("Usage: queue"), "{help}");
}

#[test]
fn its_program_calls_itself_by_its_own_name() {
    for arguments in [&["--help"][..], &["build", "--help"], &["rally", "sign", "--help"]] {
        let output = program().args(arguments).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains("  queue ") && !said.contains("{program}"), "{said}");
        assert!(!said.contains("phext-paper"), "{said}");
    }
    let output =
        program().args(["sim", "explain", "desc.load_90.wait", "--root"]).arg(paper().path()).output();
    let said = String::from_utf8(output.unwrap().stderr).unwrap();
    assert!(said.contains("did you mean") || said.contains("`queue sim run`"), "{said}");
}

/// Returns the first page that is as wanted.
fn page(preview: &Watch, what: &str, is_wanted: impl Fn(&str) -> bool) -> String {
    let start = Instant::now();
    loop {
        let page = preview.get("/");
        if is_wanted(&page) {
            return page;
        }
        assert!(start.elapsed() < Duration::from_secs(300), "no page {what}:\n{page}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Returns every mention of a number in a page: whether it is marked, and its unrounded value.
fn mentions(page: &str, fact: &str) -> Vec<(bool, String)> {
    let named = page.split("<data class=\"fact\"").skip(1).filter_map(|part| {
        let tag = part.split_once('>')?.0;
        let value = tag.split_once("value=\"")?.1.split('"').next()?;
        let is_named = tag.contains(&format!("title=\"{fact}:"));
        is_named.then(|| (tag.contains("aria-busy=\"true\""), value.to_owned()))
    });
    named.collect()
}

/// Numbers that take long keep neither their page nor the next edit: earlier ones are marked until those of
/// today come.
#[test]
fn a_preview_shows_earlier_numbers_marked_while_it_computes_todays() {
    const MARK: &str = "aria-busy";
    let paper = paper();
    let preview = Watch::of(env!("CARGO_BIN_EXE_queue"), paper.path());
    let before = page(&preview, "of the start", |page| page.contains("title=\"hall.load_90.wait:"));
    assert!(!before.contains(MARK), "{before}");
    let hall = mentions(&before, "hall.load_90.wait");
    assert!(hall.len() > 1 && hall.iter().all(|(is_marked, _)| !is_marked), "{hall:?}");
    // So many servers take longer than a page waits.
    let model = paper.path().join("paper/model.yaml");
    let text = std::fs::read_to_string(&model).unwrap();
    std::fs::write(&model, text.replace("hall.servers: {value: 8,", "hall.servers: {value: 24,")).unwrap();
    let meanwhile = page(&preview, "with earlier numbers", |page| page.contains(MARK));
    for (is_marked, value) in mentions(&meanwhile, "hall.load_90.wait") {
        assert!(is_marked && value == hall[0].1, "{value}, marked: {is_marked}");
    }
    assert_eq!(mentions(&meanwhile, "input.hall.servers")[0], (false, "24".to_owned()));
    assert!(mentions(&meanwhile, "desk.load_90.wait").iter().all(|(is_marked, _)| !is_marked), "{meanwhile}");
    assert!(meanwhile.contains("Being computed anew: hall."), "{meanwhile}");
    assert!(preview.get("/figures").contains("Being computed anew: hall."));
    // The next edit of the text is shown before the numbers are there.
    let section = paper.path().join("paper/sections/01-waiting.md");
    let text = std::fs::read_to_string(&section).unwrap();
    std::fs::write(&section, text.replace("Customers arrive at random", "Customers come at random")).unwrap();
    let edited = page(&preview, "with the edit", |page| page.contains("Customers come at random"));
    assert!(edited.contains(MARK), "the edit waited for the numbers");
    let after = page(&preview, "with numbers of today", |page| !page.contains(MARK));
    assert!(after.contains("Customers come at random"), "{after}");
    let now = mentions(&after, "hall.load_90.wait");
    assert!(now.len() == hall.len() && now.iter().all(|(_, value)| *value != hall[0].1), "{now:?}");
    assert_eq!(preview.get("/figures").matches("Being computed anew").count(), 0);
}
