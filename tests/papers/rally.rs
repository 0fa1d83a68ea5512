//! The ledger of a plan: each kind of check holds and fails on a small paper, signatures, gates, history, the
//! board.

use std::path::Path;
use std::process::Command;

use paper_engine::rally::{Plan, sources};
use serde_json::Value;

use crate::html::{check_axe, check_validator};
use crate::paper::Paper;

const TEXT: &str = "paper/sections/02-results.md";

/// A plan with a wave for each kind of check; wave 30 needs a signature.
const PLAN: &str = r#"
source:
  work: jouppi2023tpuv4
  sections: {"2.2": Cubes, "2.8": Twist, "3": Units, "3.5": SparseCore}
  figures: {6: Throughput}
  tables: {3: Searches, 4: Chips}
concepts: [torus, bisection]
phases:
  - id: 1
    title: Kinds
    hours: 2
    gate:
      question: "Does every kind of check hold?"
      criteria: [{text: nothing is left to write, checks: [{lint: {rule: placeholder}}, {lint: {rule: repeated-words}}]}]
  - id: 2
    title: People
    hours: 0.5
    gate:
      question: "Does a person agree?"
      criteria: [{text: "sign-off: it is good", checks: [{sign-off: agreement}]}]
waves:
  - {id: 1, phase: 1, title: fact, output: paper/model.yaml, minutes: 5, after: [], criteria: [{text: a gain stands beside its published value, checks: [{fact: {names: [twist_gain.4x4x8], at_least: 1.5, at_most: {product: [twist_gain.4x4x8, 2]}, published: true, in: paper/sections/00-abstract.md}}]}]}
  - {id: 2, phase: 1, title: verdict, output: paper/claims.yaml, minutes: 5, after: [1], criteria: [{text: the promise is judged, checks: [{verdict: {in: paper/sections/02-results.md}}]}]}
  - {id: 3, phase: 1, title: file, output: build/figures/fig-1-gain.svg, minutes: 5, after: [1], criteria: [{text: small, checks: [{file: {path: build/figures/fig-1-gain.svg, bytes: {at_most: 25000}}}, {file: {path: paper/notes.txt}}]}]}
  - {id: 4, phase: 1, title: words, output: build/minimal.md, minutes: 5, after: [2, 3], criteria: [{text: long enough, checks: [{count: {of: {words: {in: paper/sections/02-results.md}}, at_least: 50}}]}]}
  - {id: 5, phase: 1, title: rows and cells, output: build/tables/table-1-gain.md, minutes: 5, after: [1], criteria: [{text: two slices, checks: [{count: {of: {rows: {table: table-1-gain}}, equal: 2}}, {cells: {table: table-1-gain, column: Slice, among: [4x4x8, 4x8x8]}}]}]}
  - {id: 6, phase: 1, title: headings, output: paper/sections/02-results.md, minutes: 5, after: [1], criteria: [{text: topics in order, checks: [{headings: {in: paper/sections/02-results.md, topics: [Definition, [Contrast, Comparison]], in_order: true}}]}]}
  - {id: 7, phase: 1, title: contains, output: paper/sections/02-results.md, minutes: 5, after: [1], criteria: [{text: says what it ignores, checks: [{contains: {in: paper/sections/02-results.md, topics: [messages under way]}}, {contains: {in: build/figures/fig-1-gain.svg, topics: [4x4x8]}}]}]}
  - {id: 8, phase: 1, title: cites, output: paper/sections/02-results.md, minutes: 5, after: [1], criteria: [{text: leads to the chart, checks: [{cites: {in: paper/sections/02-results.md, labels: ["fig:gain", "tab:published"]}}]}]}
  - {id: 9, phase: 1, title: review, output: build/review/technical-review.md, minutes: 5, after: [1], criteria: [{text: no stumble, checks: [{review: {property: no word stands twice}}]}]}
  - {id: 10, phase: 1, title: PDF, output: build/conference/minimal.pdf, minutes: 5, after: [4], criteria: [{text: vectors and own fonts, checks: [{count: {of: {pages: {edition: conference}}, at_most: 2}}, {count: {of: {pixel-images: {edition: conference}}, at_most: 0}}, {count: {of: {foreign-fonts: {edition: conference}}, at_most: 0}}, {count: {of: {references: {edition: conference}}, at_least: 3}}]}]}
  - {id: 11, phase: 1, title: plan, output: paper/rally.yaml, minutes: 5, after: [], criteria: [{text: places and concepts, checks: [{count: {of: unlisted-places, at_most: 0}}, {count: {of: unused-concepts, at_most: 0}}]}]}
  - {id: 12, phase: 1, title: nobody checks it, output: paper/rally.yaml, minutes: 5, after: [], criteria: [{text: it is beautiful}]}
  - {id: 13, phase: 1, title: tests, output: paper/rally.yaml, minutes: 5, after: [12], criteria: [{text: it is tested, checks: [{test: {names: [there_and_back]}}]}]}
  - {id: 30, phase: 2, title: announcement, output: build/figures/, minutes: 30, after: [10], criteria: [{text: drawn, checks: [{file: {path: build/figures/}}]}, {text: "sign-off: when", checks: [{sign-off: a date}]}]}
"#;

const CLAIMS: &str = "- id: gain\n  claim: a twist helps\n  definition: all-to-all of the twist over that of the torus\n  \
    test: {value: twist_gain.4x4x8, at_least: 1.5}\n  fails_if: the twist gained less\n  fixed: after\n  counter_reading: \"Queues are ignored.\"\n";

/// The smallest paper with the plan, whose tests passed.
fn planned() -> Paper {
    let paper = Paper::minimal();
    paper.write("paper/rally.yaml", PLAN);
    paper.write("paper/claims.yaml", CLAIMS);
    paper.write("paper/notes.txt", "kept");
    paper.append(TEXT, "The promise of a gain {{ claim(id=\"gain\", is=\"holds\") }} for this slice.");
    paper
}

/// Leaves a record of `make test` for the sources as they are.
fn record(paper: &Paper, tests: &str) {
    let folder = paper.path("target");
    std::fs::create_dir_all(folder).unwrap();
    let head = format!("sources {}\n", sources(paper.root()));
    paper.write("target/test-results.txt", head + tests);
}

fn rally(paper: &Paper, arguments: &[&str]) -> std::process::Output {
    let mut command = assert_cmd::Command::cargo_bin("phext-paper").unwrap();
    command.arg("rally").args(arguments).arg("--root").arg(paper.root()).output().unwrap()
}

fn status(paper: &Paper) -> Value {
    let output = rally(paper, &["status", "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The waves of a status, as JSON knows them.
fn waves_that_are(board: &Value, status: &str) -> Vec<u64> {
    let waves = board["waves"].as_array().unwrap().iter();
    waves.filter(|wave| wave["status"] == status).map(|wave| wave["id"].as_u64().unwrap()).collect()
}

#[test]
fn each_kind_of_check_holds_and_opens_when_the_paper_is_changed() {
    let paper = planned();
    record(&paper, "test there_and_back ... ok\n");
    let board = status(&paper);
    assert_eq!(waves_that_are(&board, "open"), [12], "{board:#}");
    assert_eq!(waves_that_are(&board, "waiting-sign-off"), [30]);
    assert_eq!(waves_that_are(&board, "done"), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13]);
    let wave = &board["waves"][11];
    assert_eq!(wave["criteria"][0]["found"], "nothing decides it");
    assert_eq!(board["waves"][12]["blocked_by"], serde_json::json!([12]));
    let criterion = &board["waves"][0]["criteria"][0];
    for key in ["text", "check", "status", "found"] {
        assert!(criterion[key].is_string(), "{key}: {criterion:#}");
    }
    assert!(rally(&paper, &["status", "--strict"]).status.code() == Some(1));

    let replace = |file: &str, old: &str, new: &str| {
        let text = paper.read(file);
        assert!(text.contains(old), "{file} has no `{old}`");
        paper.write(file, text.replace(old, new));
    };
    replace(
        "paper/sections/00-abstract.md",
        "{{ published(name=\"twist_gain.4x4x8\", digits=2) }}",
        "a smaller one",
    );
    replace(TEXT, "{{ claim(id=\"gain\", is=\"holds\") }}", "is the the topic");
    std::fs::remove_file(paper.path("paper/notes.txt")).unwrap();
    replace("paper/tables/table-1-gain.yaml", "[\"4x8x8\"", "[\"the other\"");
    replace(TEXT, "## Comparison", "## Both");
    replace(TEXT, "the limited number of messages under way", "queues");
    replace("paper/rally.yaml", "\"2.8\": Twist", "\"2.9\": Twist");
    replace("paper/rally.yaml", "at_least: 50", "at_least: 5000");
    replace("paper/rally.yaml", "labels: [\"fig:gain\"", "labels: [\"fig:other\"");
    replace("paper/rally.yaml", "at_least: 3", "at_least: 30");
    record(&paper, "test there_and_back ... FAILED\n");
    let board = status(&paper);
    let open = waves_that_are(&board, "open");
    assert_eq!(open, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13], "{board:#}");
    for (index, words) in [
        (0, "does not show the published value of twist_gain.4x4x8"),
        (1, "does not say that gain holds"),
        (2, "no paper/notes.txt"),
        (3, "words"),
        (4, "holds `the other`"),
        (5, "`Contrast` or `Comparison`"),
        (6, "`messages under way`"),
        (7, "does not refer to fig:other"),
        (8, "`the` stands twice"),
        (9, "references"),
        (10, "section 2.8"),
        (12, "there_and_back failed"),
    ] {
        let found = board["waves"][index]["criteria"][0]["found"].as_str().unwrap();
        assert!(found.contains(words), "no `{words}` in {found}");
    }
    // A record of other sources decides nothing, and no record neither.
    paper.append(TEXT, "Another sentence ends this section.");
    for reason in ["the record is of other sources", "there is no"] {
        let found = status(&paper)["waves"][12]["criteria"][0]["found"].as_str().unwrap().to_owned();
        assert!(found.contains(reason) && found.contains("run make test"), "{found}");
        let _ = std::fs::remove_file(paper.path("target/test-results.txt"));
    }
}

#[test]
fn what_a_paper_ignores_satisfies_no_criterion() {
    let paper = planned();
    paper.append(TEXT, "TBD is the the name of a place.");
    let ignored = "  ignore: [{rule: placeholder, reason: a name}, {rule: doubled-word, reason: a slip}]\n";
    paper.write("paper/paper.yaml", paper.read("paper/paper.yaml") + ignored);
    let board = status(&paper);
    let found = |criterion: &Value| {
        assert_eq!(criterion["status"], "open", "{criterion:#}");
        criterion["found"].as_str().unwrap().to_owned()
    };
    let gate = found(&board["gates"][0]["criteria"][0]);
    assert!(gate.contains("`TBD`") && gate.contains("(ignored: a name)"), "{gate}");
    let review = found(&board["waves"][8]["criteria"][0]);
    assert!(review.contains("`the` stands twice") && review.contains("(ignored: a slip)"), "{review}");
}

#[test]
fn mistakes_in_the_plan_are_told_at_their_places() {
    let paper = planned();
    paper.command("build").assert().success();
    let before = paper.read("build/rally/board.md");
    let small = |waves: &str| {
        format!(
            "phases:\n  - {{id: 1, title: One, hours: 1, gate: {{question: q, criteria: []}}}}\nwaves:\n{waves}"
        )
    };
    let wave = |id: u32, after: &str, checks: &str| {
        format!(
            "  - id: {id}\n    phase: 1\n    title: T\n    output: paper/a.md\n    minutes: 1\n    after: {after}\n    criteria:\n      - text: c\n        checks: {checks}\n"
        )
    };
    let any = "[{file: {path: paper/a.md}}]";
    for (plan, messages) in [
        (small(&wave(1, "[7]", any)), vec!["there is no wave 7", "paper/rally.yaml:9:"]),
        (
            small(&(wave(1, "[3]", any) + &wave(2, "[1]", any) + &wave(3, "[2]", any))),
            vec!["waves wait for each other: 1 after 3 after 2 after 1", "paper/rally.yaml:"],
        ),
        (
            small(&(wave(1, "[]", any) + &wave(1, "[]", any))),
            vec!["there are two of wave 1", "paper/rally.yaml:13:"],
        ),
        (small(&wave(1, "[]", "[{file: {path: a, size: 3}}]")), vec!["size", "paper/rally.yaml:12:"]),
        (small(&wave(1, "[]", "[{promise: {by: me}}]")), vec!["promise", "paper/rally.yaml:12:"]),
        (small(&wave(1, "[]", "[{count: {of: hopes, at_least: 1}}]")), vec!["hopes", "paper/rally.yaml:12:"]),
        (small(&wave(1, "[]", "[{count: {of: waves}}]")), vec!["write `at_least`", "paper/rally.yaml:12:"]),
        (
            small(&wave(1, "[]", "[{fact: {names: [a.b], most: 3}}]")),
            vec!["there is no key `most` here", "paper/rally.yaml:12:"],
        ),
        (
            small(&wave(1, "[]", "[{sign-off: me}, {file: {path: paper/a.md}}]")),
            vec!["a sign-off cannot stand beside other checks", "paper/rally.yaml:11:"],
        ),
        (small(&wave(1, "[]", any)).replace("phase: 1", "phase: 4"), vec!["there is no phase 4"]),
        (
            small(&wave(1, "[]", any)).replace("paper/a.md\n", "/etc/passwd\n"),
            vec!["neither in paper/ nor in build/"],
        ),
    ] {
        paper.write("paper/rally.yaml", &plan);
        let said = paper.errors();
        for message in messages {
            assert!(said.contains(message), "no `{message}` in {said}\n{plan}");
        }
        assert_eq!(paper.read("build/rally/board.md"), before);
    }
}

#[test]
fn a_signature_counts_until_something_changes_and_nothing_open_can_be_signed() {
    let paper = planned();
    record(&paper, "test there_and_back ... ok\n");
    let sign = |arguments: &[&str]| {
        let output = rally(&paper, &[&["sign"], arguments].concat());
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let who = ["--by", "A. Person", "--note", "on the first of March"];
    let (code, said) = sign(&[&["1"], &who[..]].concat());
    assert!(code == Some(1) && said.contains("wave 1 has nothing that a person signs"), "{said}");
    let (code, said) = sign(&[&["--gate", "2"], &who[..]].concat());
    assert!(code == Some(1) && said.contains("wave 30 announcement: waiting for a signature"), "{said}");
    let (code, said) = sign(&["30", "--by", " ", "--note", "n"]);
    assert!(code == Some(2) && said.contains("needs a name"), "{said}");
    assert!(!paper.path("paper/signed.yaml").exists());

    let (code, said) = sign(&[&["30"], &who[..]].concat());
    assert_eq!(code, Some(0), "{said}");
    let board = status(&paper);
    assert!(waves_that_are(&board, "done").contains(&30), "{board:#}");
    // Signing changes no test, so the record of tests still counts.
    assert!(waves_that_are(&board, "done").contains(&13), "{board:#}");
    assert_eq!(rally(&paper, &["gate", "2"]).status.code(), Some(1));
    let (code, said) = sign(&[&["--gate", "2"], &who[..]].concat());
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(rally(&paper, &["gate", "2"]).status.code(), Some(0));
    assert_eq!(paper.read("paper/signed.yaml").matches("A. Person").count(), 2);

    let figure = paper.read("figures/fig-1-gain.yaml");
    paper.write("figures/fig-1-gain.yaml", figure.replacen("title: ", "title: Anew, ", 1));
    let board = status(&paper);
    let wave = board["waves"].as_array().unwrap().last().unwrap();
    assert_eq!(wave["status"], "waiting-sign-off", "{wave:#}");
    let found = wave["criteria"][1]["found"].as_str().unwrap();
    assert!(found.contains("signed by A. Person") && found.contains("changed since"), "{found}");
    assert_eq!(board["gates"][1]["criteria"][0]["status"], "waiting-sign-off");
    assert_eq!(rally(&paper, &["gate", "2"]).status.code(), Some(1));
    assert_eq!(rally(&paper, &["gate", "7"]).status.code(), Some(2));

    std::fs::remove_file(paper.path("paper/notes.txt")).unwrap();
    let plan = paper.read("paper/rally.yaml");
    paper.write("paper/rally.yaml", plan.replace("{path: build/figures/}", "{path: paper/notes.txt}"));
    let (code, said) = sign(&[&["30"], &who[..]].concat());
    assert!(code == Some(1) && said.contains("drawn: no paper/notes.txt"), "{said}");
}

#[test]
fn a_build_shows_the_board_and_leaves_tests_to_make_test() {
    let paper = planned();
    paper.command("build").assert().success();
    let board = paper.read("build/rally/board.md");
    assert!(board.contains("| 13 | tests | ◐ tests apart | 0 of 1 | 12 |"), "{board}");
    assert!(board.contains("decided by make test") && board.contains("waiting for a signature"));
    record(&paper, "test there_and_back ... ok\n");
    paper.command("build").assert().success();
    assert_eq!(paper.read("build/rally/board.md"), board);
    // A part of the editions decides nothing, and a paper without a plan has no board.
    std::fs::remove_dir_all(paper.path("build/rally")).unwrap();
    paper.command("build").args(["--edition", "conference"]).assert().success();
    assert!(!paper.path("build/rally").exists());
    std::fs::remove_file(paper.path("paper/rally.yaml")).unwrap();
    paper.command("build").assert().success();
    assert!(!paper.path("build/rally").exists());
    let output = rally(&paper, &["status"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && said.contains("paper/rally.yaml does not exist"), "{said}");
}

#[test]
fn the_board_is_valid_and_everyone_can_use_it() {
    let paper = planned();
    paper.command("build").assert().success();
    let page = paper.read("build/rally/board.html");
    check_validator("board", &page);
    check_axe("board", &page, &[320, 1400]);
}

#[test]
fn the_log_needs_no_history_and_counts_the_one_there_is() {
    let paper = planned();
    let told = |arguments: &[&str]| {
        let output = rally(&paper, &[&["log"], arguments].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let git = |arguments: &[&str], date: &str| {
        let mut command = Command::new("git");
        command.current_dir(paper.root()).args(["-c", "user.name=A", "-c", "user.email=a@example.org"]);
        command.env("GIT_AUTHOR_DATE", date).env("GIT_COMMITTER_DATE", date).args(arguments);
        assert!(command.output().unwrap().status.success());
    };
    let without = told(&[]);
    assert!(without.starts_with("No history: "), "{without}");
    assert!(without.contains("2.00 h  Phase 1: Kinds"), "{without}");
    git(&["init", "-q"], "");
    git(&["add", "."], "");
    git(&["commit", "-qm", "one"], "2026-03-01T10:00:00+02:00");
    paper.append(TEXT, "A sentence was added.");
    git(&["commit", "-qam", "two"], "2026-03-02T00:30:00+02:00");
    let log: Value = serde_json::from_str(&told(&["--json"])).unwrap();
    let phase = &log["phases"][0];
    assert_eq!((phase["commits"].as_u64(), phase["active_days"].as_u64()), (Some(2), Some(1)), "{log:#}");
    assert_eq!(phase["first"], "2026-03-01T08:00:00Z");
    assert_eq!(phase["last"], "2026-03-01T22:30:00Z");
    assert_eq!(log["waves"][0]["commits"], 1);
}

#[test]
fn every_criterion_of_the_own_plan_is_bound_and_the_script_knows_the_sources() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let plan = Plan::read(root).unwrap().unwrap();
    assert_eq!(plan.waves.iter().map(|wave| wave.id.value).collect::<Vec<_>>(), (1..=40).collect::<Vec<_>>());
    let per_phase: Vec<usize> = (1..=4).map(|phase| plan.waves_of(phase).count()).collect();
    assert_eq!(per_phase, [10, 15, 10, 5]);
    let gates = plan.phases.iter().flat_map(|phase| &phase.gate.criteria);
    for criterion in plan.waves.iter().flat_map(|wave| &wave.criteria).chain(gates) {
        let text = &criterion.text.value;
        assert!(!criterion.checks.is_empty(), "nothing decides `{text}`");
        assert_eq!(text.starts_with("sign-off:"), criterion.is_sign_off(), "{text}");
    }
    for wave in &plan.waves {
        assert!(!wave.criteria.is_empty(), "wave {} asks for nothing", wave.id.value);
        for source in &wave.sources {
            let is_there = root.join(source).exists() || source.starts_with("paper/outreach");
            assert!(is_there, "wave {} has no {source}", wave.id.value);
        }
    }
    let script = Command::new(root.join("scripts/test")).arg("--sources").output().unwrap();
    assert_eq!(String::from_utf8(script.stdout).unwrap().trim(), sources(root));
}
