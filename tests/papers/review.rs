//! The review: clean on the project's own paper, and able to find each kind of defect on a broken copy.

use serde_json::Value;

use crate::paper::Paper;

/// All checks of a paper.
fn checks(paper: &Paper) -> Vec<Value> {
    let output = paper.command("review").arg("--json").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The findings of all checks, each as `severity: file:line: message`.
fn findings(paper: &Paper) -> Vec<String> {
    let line = |check: &Value, finding: &Value| {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let place = format!("{}:{}", text(&finding["file"]), finding["line"]);
        format!("{}: {place}: {}", text(&check["severity"]), text(&finding["message"]))
    };
    let of = |check: &Value| {
        let findings = check["findings"].as_array().unwrap().clone();
        findings.iter().map(|finding| line(check, finding)).collect::<Vec<_>>()
    };
    checks(paper).iter().flat_map(of).collect()
}

#[test]
fn the_own_paper_passes_at_least_47_checks_in_five_classes_without_a_critical_finding() {
    let paper = Paper::own_built();
    let checks = checks(paper);
    let mut classes: Vec<&str> = checks.iter().map(|check| check["class"].as_str().unwrap()).collect();
    classes.dedup();
    let all =
        ["Coordinate arithmetic", "Performance claims", "Algorithms", "Figures and tables", "Terminology"];
    assert_eq!(classes, all);
    assert!(checks.len() >= 47, "{}", checks.len());
    for check in &checks {
        let findings = check["findings"].as_array().unwrap();
        assert!(check["looked_at"].as_u64().unwrap() > 0);
        assert!(check["severity"] != "critical" || findings.is_empty(), "{check:#}");
    }
    let report = paper.read("build/review/technical-review.md");
    let numbered = (1..=checks.len()).all(|number| report.contains(&format!("\n{number}. ")));
    assert!(numbered && report.contains("Every build runs these checks anew"));
    let clarity = paper.read("build/review/clarity.md");
    assert!(clarity.contains("Flesch and Kincaid") && clarity.contains(" → "));
}

#[test]
fn each_kind_of_stumble_is_found_at_its_place() {
    let paper = Paper::minimal();
    assert_eq!(findings(&paper), Vec::<String>::new());
    let text = "paper/sections/02-results.md";
    let line = paper.append(text, "A slice uses the the QXZ unit, and `vanish` leaves nothing behind in it.");
    let spec = paper.read("paper/review.yaml");
    paper.write(
        "paper/review.yaml",
        spec + "terms:\n  - {term: coordinate, never: [leaves nothing], because: one word for one thing, severity: major}\n",
    );
    let found = findings(&paper);
    for message in [
        "`the` stands twice",
        "`vanish` stands in no program of the paper",
        "`leaves nothing`: one word for one thing",
    ] {
        let wanted = format!("major: {text}:{line}: {message}");
        assert!(found.contains(&wanted), "no `{wanted}` in {found:#?}");
    }
    assert!(found.contains(&format!("major: {text}:{line}: `QXZ` is not written out")), "{found:#?}");
    let old = paper.read(text);
    paper.write(
        text,
        old.replace("This section defines the ideal all-to-all and compares it", "All-to-all is compared"),
    );
    assert!(findings(&paper).iter().any(|line| line.ends_with("2 Results has no such sentence")));
}

#[test]
fn a_critical_finding_ends_the_build_at_its_place_and_leaves_the_last_good_output() {
    let paper = Paper::minimal();
    paper.command("build").assert().success();
    let before = paper.read("build/minimal.md");
    let text = "paper/sections/02-results.md";
    let old = paper.read(text);
    let spec = |left: &str, right: &str| {
        format!(
            "relations:\n  - property: \"it holds\"\n    class: algorithms\n    value: {left}\n    equal: {right}\n"
        )
    };
    let chips = "topology.4x4x8.torus.chips";
    let cases = [
        (text, format!("{old}\nThe chip `1.1.1/1.1.1/0.1.1` is none.\n"), "is no coordinate"),
        (
            text,
            format!("{old}\nA program follows.\n\n```rust\nlet a = 1;\n```\n"),
            "this program asserts nothing",
        ),
        ("paper/review.yaml", spec(chips, "{product: [4, 4, 9]}"), "paper/review.yaml:2"),
        ("paper/review.yaml", spec(chips, "topology.nowhere"), "there is no number `topology.nowhere`"),
        ("paper/review.yaml", spec(chips, "{times: [4, 4]}"), "there is no `times` to write here"),
        ("paper/review.yaml", "relations: [{property: 1}]".to_owned(), "paper/review.yaml:1"),
    ];
    for (file, broken, message) in cases {
        let kept = paper.path(file).exists().then(|| paper.read(file));
        paper.write(file, broken);
        let output = paper.command("build").output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(message) && said.contains(file), "no `{message}` in {said}");
        assert_eq!(paper.read("build/minimal.md"), before);
        match kept {
            Some(kept) => paper.write(file, kept),
            None => std::fs::remove_file(paper.path(file)).unwrap(),
        }
    }
    paper.write("paper/review.yaml", spec(chips, "{product: [4, {sum: [2, 2]}, {ratio: [16, 2]}]}"));
    paper.command("build").assert().success();
}

#[test]
fn kept_measures_stand_before_the_arrow() {
    let paper = Paper::minimal();
    paper.command("build").assert().success();
    assert!(paper.read("build/review/clarity.md").contains("no earlier release"));
    paper.command("review").args(["--keep", "0.9"]).assert().success();
    paper.append("paper/sections/02-results.md", "This was short.");
    paper.command("build").assert().success();
    let report = paper.read("build/review/clarity.md");
    assert!(report.contains("the last release, 0.9") && report.contains(" → "), "{report}");
}
