//! The example builds, with its own numbers and no word of any other study.

#[path = "../../../tests/outputs/mod.rs"]
mod outputs;

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

fn program() -> Command {
    Command::cargo_bin("queue").unwrap()
}

/// A copy of the paper, since builds write into its folder.
fn paper() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in [
        "figures/wait.yaml",
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

/// Only what the text names is computed, and a missing input is told where its number would stand.
#[test]
fn an_experiment_without_its_inputs_is_told_at_the_number_that_misses_it() {
    let paper = paper();
    let model = paper.path().join("paper/model.yaml");
    let text = std::fs::read_to_string(&model).unwrap();
    let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with("hall.")).collect();
    std::fs::write(&model, kept.join("\n")).unwrap();
    let output = program().args(["check", "--root"]).arg(paper.path()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    for part in ["`hall.load_90.wait` is not computed", "lacks `hall.servers`", "00-abstract.md:3:"] {
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
