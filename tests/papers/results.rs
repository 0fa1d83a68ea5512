//! Commands behind an author's own results: in order, at once, again when something changed, and never half.

use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::paper::Paper;

/// Four commands: one, two that start from what it makes, and one that starts from both.
const DIAMOND: &str = "
sources:
  top:
    file: data/top.csv
    command: sh top.sh
    inputs: [top.sh, seed.txt]
    environment: [SCALE]
    versions: ['echo version 3']
  left: {file: data/left.csv, command: sh half.sh left, inputs: [half.sh, data/top.csv]}
  right: {file: data/right.csv, command: sh half.sh right, inputs: [half.sh, data/top.csv]}
  bottom:
    file: data/bottom.csv
    command: cat data/left.csv data/right.csv > data/bottom.csv
    inputs: ['data/*t.csv', data/top.csv]
units:
  row: {symbol: rows, counted: true}
facts:
  top.mean: {from: top, take: mean n, unit: '1'}
  bottom.count: {from: bottom, take: count, unit: row}
";

/// A paper of the diamond, which says what it computes.
fn diamond() -> Paper {
    let paper = Paper::minimal();
    std::fs::create_dir(paper.path("data")).unwrap();
    paper.write("paper/results.yaml", DIAMOND);
    paper.write("seed.txt", "4\n");
    paper.write("top.sh", "printf 'n\\n' > data/top.csv; cat seed.txt >> data/top.csv\n");
    paper.write(
        "half.sh",
        "date +%s.%N > begun-$1; sleep 0.4; cp data/top.csv data/$1.csv; date +%s.%N > ended-$1\n",
    );
    paper.append("paper/sections/02-results.md", "\nThe mean is {{ fact(name=\"top.mean\") }}.\n");
    paper
}

/// The program with a command about results, on a paper.
fn program(paper: &Paper, arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("phext-paper"));
    command.arg("results").args(arguments).arg("--root").arg(paper.root());
    command
}

fn results(paper: &Paper, arguments: &[&str]) -> Output {
    program(paper, arguments).stdin(Stdio::null()).output().unwrap()
}

/// Runs stale commands; returns those that were run, in their order.
fn made(paper: &Paper) -> Vec<String> {
    let output = results(paper, &["run", "--yes", "--jobs", "2"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    said.lines().filter_map(|line| Some(line.split_once(": made in")?.0.to_owned())).collect()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn time(paper: &Paper, file: &str) -> f64 {
    paper.read(file).trim().parse().unwrap()
}

#[test]
fn commands_run_in_order_and_at_once_and_again_when_something_they_start_from_changed() {
    let paper = diamond();
    // A build runs nothing, and names what is to be run.
    let refused = paper.command("build").output().unwrap();
    let told = said(&refused);
    assert_eq!(refused.status.code(), Some(1));
    assert!(told.contains("the source `top` is stale: nothing tells that its command made it"), "{told}");
    assert!(told.contains("paper/results.yaml:5:14") && told.contains("results run top"), "{told}");
    assert!(!paper.path("data/top.csv").exists());
    // Without a terminal nobody can be asked.
    let unasked = results(&paper, &["run"]);
    assert_eq!(unasked.status.code(), Some(2));
    assert!(
        said(&unasked).contains("top: sh top.sh") && said(&unasked).contains("--yes"),
        "{}",
        said(&unasked)
    );
    let order = made(&paper);
    assert_eq!((order.len(), order[0].as_str(), order[3].as_str()), (4, "top", "bottom"));
    // The two in the middle ran at the same time.
    assert!(time(&paper, "begun-left") < time(&paper, "ended-right"));
    assert!(time(&paper, "begun-right") < time(&paper, "ended-left"));
    let lock = paper.read("paper/results.lock");
    assert!(lock.contains("\"echo version 3\": \"version 3\"") && lock.contains("\"cores\""), "{lock}");
    assert!(!lock.contains(paper.root().to_str().unwrap()), "{lock}");
    paper.command("build").assert().success();
    assert!(paper.read("build/minimal.md").contains("The mean is 4"));
    assert!(made(&paper).is_empty());
    // What starts from a changed file runs again, however many steps behind.
    paper.write("half.sh", paper.read("half.sh").replace("0.4", "0.1"));
    let status = said(&results(&paper, &["status"]));
    assert!(status.contains("left    stale: half.sh has changed since"), "{status}");
    assert!(status.contains("bottom  stale: `left`, which makes an input of it, is stale"), "{status}");
    assert!(status.contains("top     up to date"), "{status}");
    assert_eq!(made(&paper).len(), 3);
    paper.write("seed.txt", "8\n");
    assert_eq!(made(&paper).len(), 4);
    // A variable that the source names, and a file that somebody edited.
    let scaled = program(&paper, &["status"]).env("SCALE", "2").output().unwrap();
    assert!(
        said(&scaled).contains("top     stale: the variable SCALE has changed since"),
        "{}",
        said(&scaled)
    );
    paper.write("data/right.csv", "n\n5\n");
    let edited = said(&paper.command("build").output().unwrap());
    assert!(edited.contains("`right` is stale: data/right.csv is not what its command made"), "{edited}");
    assert_eq!(results(&paper, &["adopt", "right", "bottom"]).status.code(), Some(0));
    paper.command("build").assert().success();
}

/// A paper of one source with a command, whose file was made once.
fn one(command: &str) -> Paper {
    let paper = Paper::minimal();
    std::fs::create_dir(paper.path("data")).unwrap();
    paper.write("start.txt", "1\n");
    paper.write("data/a.csv", "n\n1\n");
    paper.write("make.sh", command);
    paper.write(
        "paper/results.yaml",
        "sources:\n  a: {file: data/a.csv, command: sh make.sh, inputs: [make.sh, start.txt], limit: 5}\n",
    );
    paper
}

#[test]
fn a_command_that_fails_leaves_what_was_there() {
    let long = "i=0; while [ $i -lt 100000 ]; do echo 'a line of about a hundred characters, so that there is much to print, and more'; i=$((i+1)); done; exit 1";
    for (command, expected) in [
        ("echo n > data/a.csv; echo it broke >&2; exit 3", "failed (exit status 3); it said last: it broke"),
        ("echo half > data/a.csv; kill -9 $$", "failed (exit status 137)"),
        ("echo half > data/a.csv; sleep 60 & sleep 60", "was ended after 5 s"),
        ("true", "ended well, and there is no file `data/a.csv`"),
        ("echo n > data/a.csv; echo 2 > start.txt", "changed its input start.txt"),
        (&format!("head -c 100000000 /dev/zero | tr '\\0' x; {long}"), "failed (exit status 1)"),
    ] {
        let paper = one(command);
        let begun = Instant::now();
        let output = results(&paper, &["run", "--yes"]);
        let told = said(&output);
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains(expected) && told.contains("paper/results.yaml:2:"), "{command}: {told}");
        assert_eq!(paper.read("data/a.csv"), "n\n1\n", "{command}");
        assert!(!paper.path("paper/results.lock").exists() && !paper.path("paper/.results-aside").exists());
        // Nothing that it began lives on, and its log has an end.
        assert!(begun.elapsed() < Duration::from_secs(30), "{command}: {:?}", begun.elapsed());
        let log = std::fs::metadata(paper.path("build/results/a.log")).unwrap().len();
        assert!(log <= (16 << 20) + 100, "{log}");
    }
}

#[test]
fn what_cannot_run_is_told_before_anything_runs() {
    let paper = Paper::minimal();
    let check = |results: &str, expected: &[&str]| {
        paper.write("paper/results.yaml", results);
        let output = self::results(&paper, &["run", "--yes"]);
        let told = said(&output);
        assert_eq!(output.status.code(), Some(1), "{told}");
        expected.iter().for_each(|part| assert!(told.contains(part), "{told}"));
        assert!(!paper.path("data").exists(), "{results}");
    };
    check(
        "sources:\n  a: {file: data/a.csv, command: echo n > data/a.csv, inputs: [data/b.csv]}\n  \
         b: {file: data/b.csv, command: echo n > data/b.csv, inputs: [data/a.csv]}\n",
        &["the commands of `a`, `b` need what each other makes", "paper/results.yaml:2:34"],
    );
    check(
        "sources:\n  a: {file: data/a.csv, command: echo n > data/a.csv, inputs: [none.txt]}\n",
        &["no file is called `none.txt`", "paper/results.yaml:2:64"],
    );
    check(
        "sources:\n  a: {file: data/a.csv, command: echo n > data/a.csv, inputs: [../x.txt]}\n",
        &["`../x.txt` is outside of the folder of the paper"],
    );
    check("sources:\n  a: {file: data/a.csv, inputs: [start.txt]}\n", &["this source has no command"]);
    check("sources:\n  a: {file: ../a.csv, command: 'true'}\n", &["is in none of data/"]);
}

#[test]
fn an_interrupted_or_killed_run_goes_on_where_it_was() {
    for signal in ["-INT", "-KILL"] {
        let paper = diamond();
        made(&paper);
        paper.write("half.sh", paper.read("half.sh").replace("0.4", "2.5"));
        let mut running = program(&paper, &["run", "--yes"]).stderr(Stdio::null()).spawn().unwrap();
        let begun = Instant::now();
        while paper.path("data/left.csv").exists() || paper.path("data/right.csv").exists() {
            assert!(begun.elapsed() < Duration::from_secs(10), "the commands do not begin");
            std::thread::sleep(Duration::from_millis(10));
        }
        Command::new("kill").args([signal, &running.id().to_string()]).status().unwrap();
        let status = running.wait().unwrap();
        if signal == "-INT" {
            assert_eq!(status.code(), Some(130));
            assert!(!paper.path("paper/.results-aside").exists());
        }
        // What was there is there again, and nothing counts as made.
        let status = said(&results(&paper, &["status"]));
        assert!(status.contains("left    stale: half.sh has changed since"), "{status}");
        assert_eq!(paper.read("data/left.csv"), "n\n4\n", "{signal}");
        // A command that a killed run left behind ends by itself.
        std::thread::sleep(Duration::from_secs(if signal == "-KILL" { 3 } else { 0 }));
        paper.write("half.sh", paper.read("half.sh").replace("2.5", "0.1"));
        assert_eq!(made(&paper).len(), 3);
        assert!(made(&paper).is_empty());
        paper.command("build").assert().success();
    }
}

#[test]
fn a_folder_that_somebody_sent_takes_nothing_with_it() {
    let paper = one("true");
    let outside = tempfile::tempdir().unwrap();
    let victim = outside.path().join("a.csv");
    std::fs::write(&victim, "mine").unwrap();
    // What looks like files that a killed run had put aside, behind a link out of the folder.
    std::fs::create_dir_all(paper.path("paper/.results-aside/a/data")).unwrap();
    paper.write("paper/.results-aside/a/data/a.csv", "theirs");
    std::fs::remove_dir_all(paper.path("data")).unwrap();
    std::os::unix::fs::symlink(outside.path(), paper.path("data")).unwrap();
    let told = said(&results(&paper, &["status"]));
    assert!(told.contains("leads out of the folder of the paper"), "{told}");
    assert_eq!(std::fs::read_to_string(&victim).unwrap(), "mine");
    // A link in place of the file that keeps others away.
    std::fs::remove_file(paper.path("data")).unwrap();
    std::fs::remove_dir_all(paper.path("paper/.results-aside")).unwrap();
    std::fs::remove_file(paper.path("build/results/.running")).unwrap();
    std::os::unix::fs::symlink(&victim, paper.path("build/results/.running")).unwrap();
    std::os::unix::fs::symlink(&victim, paper.path("build/results/a.log")).unwrap();
    results(&paper, &["status"]);
    results(&paper, &["run", "--yes"]);
    assert_eq!(std::fs::read_to_string(&victim).unwrap(), "mine");
    // Of what was put aside only the files of the source come back.
    std::fs::create_dir_all(paper.path("paper/.results-aside/a/paper/sections")).unwrap();
    paper.write("paper/.results-aside/a/paper/sections/01-introduction.md", "theirs");
    let before = paper.read("paper/sections/01-introduction.md");
    results(&paper, &["status"]);
    assert_eq!(paper.read("paper/sections/01-introduction.md"), before);
    // A name that leads elsewhere is refused before anything is touched.
    let named = "sources:\n  ../../data: {file: data/a.csv, command: 'true'}\n";
    paper.write("paper/results.yaml", named);
    std::fs::create_dir_all(paper.path("data")).unwrap();
    paper.write("data/kept.csv", "n\n");
    assert!(said(&results(&paper, &["status"])).contains("`../../data` is no name of a source"));
    assert_eq!(paper.read("data/kept.csv"), "n\n");
}

#[test]
fn all_that_would_run_is_shown_as_it_is() {
    let paper = one("true");
    let description =
        "sources:\n  a: {file: data/a.csv, command: \"true \\e[2K\\u202E # x\", versions: [touch said]}\n";
    paper.write("paper/results.yaml", description);
    let told = said(&results(&paper, &["run"]));
    assert!(told.contains("a: true \\u{1b}[2K\\u{202e} # x") && told.contains("a: touch said"), "{told}");
    assert!(!told.contains('\u{1b}') && !paper.path("said").exists(), "{told}");
}

/// Runs the cells of a notebook, as `jupyter nbconvert` does, where that is not installed.
const CELLS: &str = "import json; \
    exec(''.join(''.join(cell['source']) for cell in json.load(open('bench.ipynb'))['cells'] if cell['cell_type'] == 'code'))";

#[test]
fn a_notebook_and_a_script_make_what_the_guide_says() {
    let guide = |file: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("guide/paper/data").join(file);
        std::fs::read_to_string(path).unwrap()
    };
    let paper = Paper::minimal();
    for folder in ["data", "build"] {
        std::fs::create_dir_all(paper.path(folder)).unwrap();
    }
    for file in ["bench.ipynb", "bench.sh"] {
        paper.write(file, guide(file));
    }
    let has_jupyter = Command::new("jupyter").args(["nbconvert", "--version"]).output();
    let recipe = guide("notebook.yaml");
    let recipe = if has_jupyter.is_ok_and(|run| run.status.success()) {
        recipe
    } else {
        paper.write("cells.py", CELLS);
        let (before, after) = (recipe.find("    command:").unwrap(), recipe.find("    inputs:").unwrap());
        let shortened = recipe[..before].to_owned() + "    command: python3 cells.py\n" + &recipe[after..];
        shortened.replace("    versions: [jupyter nbconvert --version]\n", "")
    };
    let (sources, facts) = recipe.split_once("facts:\n").unwrap();
    let script =
        "  lines: {file: data/lines.jsonl, command: sh bench.sh > data/lines.jsonl, inputs: [bench.sh]}\n";
    let own = "  zipped.{lines}: {from: lines, take: only bytes, unit: B}\n";
    paper.write("paper/results.yaml", format!("{sources}{script}facts:\n{facts}{own}"));
    assert_eq!(made(&paper).len(), 2);
    let explained = results(&paper, &["explain", "sort.256"]);
    let said = String::from_utf8(explained.stdout).unwrap();
    // No sort by comparisons takes fewer than the logarithm of the orders, 1684 bits, and a merge at most 1793.
    let count: f64 = said.split([' ', '\n']).nth(2).unwrap().replace(',', "").parse().unwrap();
    assert!((1600.0..1793.0).contains(&count), "{said}");
    let explained = results(&paper, &["explain", "zipped.1000", "--json"]);
    let said: serde_json::Value = serde_json::from_slice(&explained.stdout).unwrap();
    assert!(said["value"].as_f64().is_some_and(|bytes| bytes < 15_000.0), "{said}");
}
