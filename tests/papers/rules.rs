//! Rules by name: what a paper ignores with a reason, what it asks for, and what it misspells.

use crate::paper::Paper;

const INTRODUCTION: &str = "paper/sections/01-introduction.md";
const PAPER: &str = "paper/paper.yaml";

/// The smallest paper with a typed number, and with these lines in its block `rules`.
fn typed(lines: &str) -> Paper {
    let paper = Paper::minimal();
    paper.append(INTRODUCTION, "We counted 42 of them.");
    paper.write(PAPER, paper.read(PAPER) + lines);
    paper
}

#[test]
fn a_broken_rule_is_named_and_ignored_only_where_the_paper_says_why() {
    let said = typed("").errors();
    assert!(said.contains("error[typed-number]: the number `42` is typed by hand"), "{said}");
    let elsewhere = "  ignore: [{rule: typed-number, in: paper/sections/02-results.md, reason: a year}]\n";
    assert!(typed(elsewhere).errors().contains("typed-number"));
    for place in ["", ", in: paper/sections/01-introduction.md"] {
        let paper = typed(&format!("  ignore: [{{rule: typed-number{place}, reason: counted by hand}}]\n"));
        paper.command("build").assert().success();
        let report = paper.read("build/review/technical-review.md");
        let line = "the number `42` is typed by hand. Reason: counted by hand";
        assert!(report.contains("## Ignored") && report.contains(line), "{report}");
    }
}

#[test]
fn unknown_rules_and_missing_reasons_are_errors_and_what_nothing_breaks_is_a_warning() {
    let paper = typed("  ignore: [{rule: typed-numbers, reason: a}, {rule: placeholder, reason: \" \"}]\n");
    let said = paper.errors();
    for part in
        ["there is no rule `typed-numbers`", "did you mean `typed-number`?", "ignored without a reason"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    let paper = Paper::minimal();
    let lines = "  ignore: [{rule: placeholder, reason: none is left}]\n";
    paper.write(PAPER, paper.read(PAPER) + lines);
    let output = paper.command("build").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.contains("nothing breaks the rule `placeholder`"), "{said}");
}

#[test]
fn a_rule_that_holds_for_every_paper_cannot_be_asked_for() {
    let paper = Paper::minimal();
    paper.write(PAPER, paper.read(PAPER).replace("also: [", "also: [placeholder, "));
    let said = paper.errors();
    for part in ["every paper is held against the rule `placeholder`", "take it out of `also`", "1 error"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn pages_outside_their_budget_break_a_rule_that_can_be_ignored() {
    let paper = Paper::minimal();
    let text = paper
        .read(PAPER)
        .replace("  - name: conference\n", "  - {name: conference, budgets: {pages: {at_least: 90}}}\n");
    paper.write(PAPER, &text);
    let said = paper.errors();
    for part in ["error[page-budget]: the edition `conference` has ", "too few: the limit is at least 90"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    paper.write(PAPER, text + "  ignore: [{rule: page-budget, reason: a draft}]\n");
    let output = paper.command("build").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && !said.contains("nothing breaks the rule"), "{said}");
    let report = paper.read("build/review/technical-review.md");
    assert!(report.contains("the limit is at least 90. Reason: a draft"), "{report}");
}

#[test]
fn a_box_that_sticks_out_is_told_until_it_is_ignored() {
    let paper = Paper::minimal();
    paper.append(INTRODUCTION, &format!("A `{}` runs on.", "w".repeat(90)));
    let text = paper.read(PAPER);
    let warned = |lines: &str| {
        paper.write(PAPER, format!("{text}{lines}"));
        let output = paper.command("build").output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        said.contains("Overfull")
    };
    assert!(warned(""));
    assert!(!warned("  ignore: [{rule: overfull-box, reason: a long name}]\n"));
    let report = paper.read("build/review/technical-review.md");
    assert!(report.contains("Reason: a long name"), "{report}");
}

#[test]
fn a_finding_of_the_review_is_ignored_and_rules_of_taste_are_asked_for() {
    let paper = Paper::minimal();
    // No two alike, so that no other rule is broken.
    let words: String = ('a'..='e').flat_map(|a| ('a'..='j').map(move |b| format!("{a}{b} "))).collect();
    paper.append(INTRODUCTION, &format!("This {words}ends."));
    let finding = |paper: &Paper| {
        let output = paper.command("review").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().contains("a sentence of 52 words")
    };
    assert!(finding(&paper));
    let text = paper.read(PAPER);
    paper.write(PAPER, format!("{text}  ignore: [{{rule: long-sentence, reason: a list}}]\n"));
    assert!(!finding(&paper));
    paper.write(PAPER, text.replace("long-sentence, ", ""));
    assert!(!finding(&paper));
}

#[test]
fn every_rule_has_a_name_of_its_own_and_says_what_and_why() {
    let output = Paper::minimal().command("review").args(["--rules", "--json"]).output().unwrap();
    let rules: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let rules = rules.as_array().unwrap();
    let names: std::collections::BTreeSet<&str> =
        rules.iter().map(|rule| rule["name"].as_str().unwrap()).collect();
    assert!(names.len() == rules.len() && names.contains("typed-number"), "{names:?}");
    for rule in rules {
        let is_plain = |name: &str| name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        assert!(is_plain(rule["name"].as_str().unwrap()), "{rule}");
        assert!(
            rule["property"].as_str().unwrap().len() > 20 && rule["why"].as_str().unwrap().ends_with('.')
        );
    }
}
