//! The command line: answers in JSON, exit codes, errors that name the remedy.

use std::process::Output;

use assert_cmd::Command;

fn run(arguments: &[&str]) -> Output {
    Command::cargo_bin("phext-paper").unwrap().args(arguments).output().unwrap()
}

#[test]
fn a_topology_is_answered_in_json() {
    let output = run(&["sim", "topology", "4x4x8", "--twisted", "--json"]);
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((answer["chips"].as_u64(), answer["diameter"].as_u64()), (Some(128), Some(6)));
    assert!((answer["mean_distance"].as_f64().unwrap() - 3.4646).abs() < 5e-5);
    assert!((answer["alltoall_links_per_chip"].as_f64().unwrap() - 1.7318).abs() < 5e-5);
}

#[test]
fn a_lattice_is_analysed_and_one_that_cannot_be_is_refused_with_its_remedy() {
    let lattice = ["sim", "topology", "8x8x8", "--json", "--lattice"];
    let output = run(&[&lattice[..], &["2,3,1"]].concat());
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let number = |name: &str| answer[name].as_f64().unwrap();
    assert!((number("alltoall_links_per_chip") - 1.0479).abs() < 5e-5, "{answer}");
    assert!(number("balanced_links_per_chip") >= number("alltoall_links_per_chip"));
    assert!(number("bound_links_per_chip") >= number("balanced_links_per_chip"));
    // A grid of cubes as a group is the regular torus.
    let torus = run(&["sim", "topology", "8x8x8", "--json"]);
    let torus: serde_json::Value = serde_json::from_slice(&torus.stdout).unwrap();
    let grid = run(&[&lattice[..], &["1:0:0,0:1:0,0:0:1", "--group", "2x2x2"]].concat());
    let grid: serde_json::Value = serde_json::from_slice(&grid.stdout).unwrap();
    for name in ["diameter", "mean_distance", "alltoall_links_per_chip"] {
        assert!((grid[name].as_f64().unwrap() - torus[name].as_f64().unwrap()).abs() < 1e-9, "{name}");
    }
    for (arguments, remedy) in [
        (&["2,3"][..], "three elements"),
        (&["2,3,8"], "0 to 7"),
        (&["2,4,6"], "must generate the group"),
        (&["2,3,1", "--group", "9"], "does not have as many elements"),
        (&["2,3,1", "--group", "2y4"], "is not a group"),
        (&["2,3,1", "--group", "2x4"], "is not an element"),
    ] {
        let output = run(&[&lattice[..], arguments].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(remedy), "{arguments:?}: {said}");
    }
}

#[test]
fn learned_maps_are_written_as_the_stored_ones_are() {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(root.path().join("paper/maps")).unwrap();
    let at = |path: &str| format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    for file in ["paper/paper.yaml", "paper/model.yaml"] {
        std::fs::copy(at(file), root.path().join(file)).unwrap();
    }
    let folder = root.path().to_str().unwrap();
    let output = run(&["learn", "4x4x8", "--seeds", "2", "--steps", "20", "--root", folder]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let written = std::fs::read_to_string(root.path().join("paper/maps/4x4x8.json")).unwrap();
    let stored = std::fs::read_to_string(at("paper/maps/4x4x8.json")).unwrap();
    // One line for a shift, and one for all throughputs.
    assert_eq!(written.lines().count(), stored.lines().count(), "{written}");
    let found: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert_eq!((found["seeds"].as_u64(), found["throughputs"].as_array().unwrap().len()), (Some(2), 2));
}

#[test]
fn impossible_shapes_are_wrong_usage() {
    for shape in ["4x4x7", "0x4x4", "4x4", "4000000x4000000x4000000", "99999999999999999999x4x4", "abc", ""] {
        let output = run(&["sim", "topology", shape]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{shape}: {said}");
        assert!(said.contains("error"), "{shape}: {said}");
    }
}

/// A full disk and a folder that is none ask for no other call, and say what could not be written.
#[test]
fn what_the_machine_does_not_write_is_told_and_is_no_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path).to_str().unwrap().to_owned();
    let project = |path: &str| format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::create_dir(at("paper")).unwrap();
    for file in ["paper/paper.yaml", "paper/model.yaml"] {
        std::fs::copy(project(file), at(file)).unwrap();
    }
    std::fs::write(at("paper/maps"), "").unwrap();
    std::fs::write(at("facts.json"), "{}").unwrap();
    let (facts, below) = (at("facts.json"), at("facts.json/below"));
    for (arguments, file) in [
        (&["diff", &facts, &facts, "--out", &below][..], below.as_str()),
        (&["diff", &facts, &facts, "--out", "/dev/full"], "/dev/full"),
        (&["publish", "--root", &at(""), "--out", &below], below.as_str()),
        (&["learn", "4x4x8", "--seeds", "1", "--steps", "1", "--root", &at("")], "paper/maps/4x4x8.json"),
    ] {
        let output = run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains(&format!("error: cannot write {file}: ")), "{arguments:?}: {said}");
        assert!(!said.contains("--help"), "{arguments:?}: {said}");
    }
    std::fs::write(at("one.phext"), "one").unwrap();
    for arguments in [
        &["sim", "list"][..],
        &["sim", "list", "--json"],
        &["--help"],
        &["--version"],
        &["phext", "get", &at("one.phext"), "1.1.1/1.1.1/1.1.1"],
        &["phext", "list", &at("one.phext")],
    ] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let program = assert_cmd::cargo::cargo_bin("phext-paper");
        let output = std::process::Command::new(program).args(arguments).stdout(full).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains("cannot write to standard output: ") && !said.contains("--help"), "{said}");
    }
}

#[test]
fn facts_come_with_their_published_counterpart() {
    let output = run(&["sim", "run", "--json"]);
    let facts: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(facts["twist_gain.4x4x8"]["published"]["value"], 1.63);
    assert_eq!(facts["machine.addressable_chips"]["value"], 4352.0);
    assert_eq!(facts["machine.address_space"]["value"], 128.0);
    assert_eq!(facts["topology.64x64.torus.diameter"]["value"], 64.0);
    assert_eq!(facts["coordinate.example_chip"]["value"], "2.3.4/2.2.3/1.1.1");
    assert_eq!(facts["published.tons_alltoall_gain"]["grade"], "quoted");
}

#[test]
fn an_unknown_experiment_names_the_nearest() {
    let output = run(&["sim", "run", "topolgy"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean `topology`?"));
}

#[test]
fn every_mistake_in_the_model_is_told_in_one_run() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("paper")).unwrap();
    let model = include_str!("../../paper/model.yaml");
    let model = model.replace("chip.hbm: {value: 32, unit: GiB", "chip.hbm: {value: -32, unit: TiB");
    let model = model.replace("chip.link_bandwidth:", "chip.link_bandwith:");
    std::fs::write(folder.path().join("paper/model.yaml"), model).unwrap();
    let output = run(&["sim", "run", "--root", &folder.path().to_string_lossy()]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let line = include_str!("../../paper/model.yaml").lines().position(|line| line.starts_with("chip.hbm:"));
    let place = format!("paper/model.yaml:{}:", line.unwrap() + 1);
    let expected = ["measured in `GiB`", "outside 1 to 1024", "did you mean `chip.link_bandwidth`?"];
    for part in expected.into_iter().chain([place.as_str(), "3 errors"]) {
        assert!(said.contains(part), "no `{part}` in:\n{said}");
    }
}
