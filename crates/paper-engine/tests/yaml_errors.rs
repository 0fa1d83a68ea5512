//! What is told of YAML files with mistakes: in an author's words, at the right place, all of one file
//! together.

use std::path::Path;

use paper_engine::diagnostic::Diagnostics;
use paper_engine::figure::{self, NoDrawing};
use paper_engine::lint::Structural;
use paper_engine::model::Model;
use paper_engine::pipeline::Paper;
use paper_engine::rally::Plan;
use paper_engine::review::ReviewSpec;
use paper_engine::study::Study;
use paper_engine::table;

/// Words that belong to the reader and not to an author.
const READER: [&str; 20] = [
    "untagged",
    "variant",
    "field",
    "struct",
    "sequence",
    "mapping",
    "deserial",
    "serde",
    "expected",
    "enum",
    "tuple",
    "invalid type",
    "invalid value",
    "did not match",
    "f64",
    "usize",
    "u32",
    "scalar",
    "token",
    "document start",
];

fn errors(file: &str, text: &str) -> Diagnostics {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let path = root.join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    let found = match file {
        "paper/paper.yaml" => Paper::read(root, &Study::EMPTY).map(|_| ()),
        "paper/structural-numbers.yaml" => Structural::read(root).map(|_| ()),
        "paper/review.yaml" => ReviewSpec::read(root).map(|_| ()),
        "paper/rally.yaml" => Plan::read(root).map(|_| ()),
        "figures/a.yaml" => figure::load_all::<NoDrawing>(root).map(|_| ()),
        "paper/tables/a.yaml" => table::load_all(root).map(|_| ()),
        _ => Model::read(root, &Study::EMPTY).map(|_| ()),
    };
    found.expect_err(text)
}

/// Holds what is told against places and words: `line:column`, words of the message, words of the remedy.
fn check(file: &str, text: &str, told: &[(&str, &str, &str)]) {
    let found = errors(file, text);
    let shown: Vec<String> = found.0.iter().map(ToString::to_string).collect();
    let shown = shown.join("\n");
    assert_eq!(found.0.len(), told.len(), "{text}\n{shown}");
    for (error, (place, message, remedy)) in found.0.iter().zip(told) {
        assert_eq!(error.location.file, Path::new(file), "{shown}");
        let at = format!("{}:{}", error.location.line, error.location.column);
        assert_eq!(at, *place, "{text}\n{shown}");
        let advice = error.remedy.clone().unwrap_or_default();
        assert!(error.message.contains(message), "no `{message}` for\n{text}\nin\n{shown}");
        assert!(advice.contains(remedy), "no `{remedy}` for\n{text}\nin\n{shown}");
        for word in READER {
            let said = format!("{} {advice}", error.message);
            assert!(!said.to_lowercase().contains(word), "`{word}` for\n{text}\nin\n{shown}");
        }
    }
}

/// A description of a paper with lines changed.
fn paper(from: &str, to: &str) -> String {
    let text = "title: T\nshort: t\nauthors: [A]\nabstract: paper/a.md\nsections: [paper/b.md]\nbibliography: paper/r.bib\n";
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

#[test]
fn mistakes_in_the_description_of_a_paper() {
    let file = "paper/paper.yaml";
    let one = |from: &str, to: &str, told: (&str, &str, &str)| check(file, &paper(from, to), &[told]);
    one(
        "short: t\n",
        "",
        ("1:1", "the key `short` is missing here", "write `short:` with stem of the names"),
    );
    one("title: T", "titel: T", ("1:1", "there is no key `titel` here", "did you mean `title`?"));
    one(
        "short: t",
        "short: t\nkeyword: [a]",
        ("3:1", "there is no key `keyword` here", "did you mean `keywords`?"),
    );
    one("short: t", "short: t\nxyz: 1", ("3:1", "there is no key `xyz` here", "write one of `abstract`"));
    one(
        "short: t",
        "short: t\nshort: u",
        ("3:1", "the key `short` stands here a second time, after line 2", "delete"),
    );
    one(
        "sections: [paper/b.md]",
        "sections: paper/b.md",
        ("5:11", "stands behind `sections:` instead of a list", "write a list"),
    );
    one(
        "title: T",
        "title: [T]",
        ("1:8", "a list stands behind `title:` instead of a text", "write a text: title"),
    );
    for short in ["a b", "a (v2)", "a&b", "../a", ".a", "-a", ""] {
        let told = ("0:0", "cannot name the files of the paper", "write letters, digits");
        one("short: t", &format!("short: \"{short}\""), told);
    }
    one("title: T", "title: {a: b}", ("1:8", "keys with values stand behind `title:`", "write a text"));
    one("title: T", "title:", ("1:1", "nothing stands behind `title:`", "write a text: title"));
    one(
        "authors: [A]",
        "authors: [{given: A}]",
        ("3:11", "this author has no name, or two", "write `given` and `family`"),
    );
    one(
        "authors: [A]",
        "authors: [{given: A, family: B, mail: c}]",
        ("3:33", "no key `mail`", "did you mean `email`?"),
    );
    one(
        "authors: [A]",
        "authors: [1]",
        ("3:11", "YAML takes `1` here for a number", "put it in quotes: \"1\""),
    );
    one(
        "authors: [A]",
        "authors: [[A]]",
        ("3:11", "a list stands here instead of a text or keys", "write a text"),
    );
    one("authors: [A]", "authors: [no]", ("3:11", "YAML takes `no`", "put it in quotes"));
    one(
        "short: t",
        "short: t\neditions: [{name: a, ledger: maybe}]",
        ("3:30", "`maybe` stands behind `ledger:`", "`true` or `false`"),
    );
    one("short: t", "short: t\neditions: [{nam: a}]", ("3:13", "no key `nam`", "did you mean `name`?"));
    one(
        "short: t",
        "short: t\neditions: [{name: a, budgets: {words: 3000}}]",
        ("3:39", "`3000` stands behind `words:` instead of keys with values", "write keys with values"),
    );
    one(
        "short: t",
        "short: t\neditions: [{name: a, budgets: {words: {}}}]",
        ("3:39", "nothing here says how to compare", "write `at_least`, `at_most`, `equal` or"),
    );
    one(
        "short: t",
        "short: t\neditions: [{name: a, budgets: {words: {most: 3}}}]",
        ("3:40", "there is no key `most` here", "write one of `at_least`, `at_most`, `equal`"),
    );
    one(
        "short: t",
        "short: t\neditions: [{name: a, budgets: {words: {at_least: 3, at_most: 2}}}]",
        ("3:39", "no count is at least 3 and at most 2", "correct the value"),
    );
    check(file, "", &[("1:1", "this file holds nothing", "write its keys")]);
    check(
        file,
        "just words\n",
        &[("1:1", "`just words` stands here instead of keys with values", "write keys with values")],
    );
}

#[test]
fn a_language_that_is_none_is_told_with_those_that_there_are() {
    let text = paper("short: t", "short: t\nlang: deutsch");
    check("paper/paper.yaml", &text, &[("3:7", "`deutsch` cannot stand here", "`en`, `de`")]);
    let text = paper("short: t", "short: t\nlang: dee");
    check("paper/paper.yaml", &text, &[("3:7", "`dee` cannot stand here", "did you mean `de`?")]);
}

#[test]
fn what_is_no_yaml() {
    let file = "paper/paper.yaml";
    let one = |from: &str, to: &str, told: (&str, &str, &str)| check(file, &paper(from, to), &[told]);
    one(
        "title: T",
        "title: T: U",
        ("1:9", "a second `: ` stands here in one text", "put the text in quotes"),
    );
    one("title: T", "title: @T", ("1:8", "`@` means something in YAML", "put the text in quotes"));
    one("title: T", "title: `T`", ("1:8", "means something in YAML", "put the text in quotes"));
    one("title: T", "title: %T", ("1:8", "`%` means something in YAML", "put the text in quotes"));
    one("title: T", "title: *T", ("1:8", "with a star", "in quotes"));
    one(
        "short: t",
        "  short: t",
        ("2:8", "a second `: ` stands here", "begin the line where the keys beside it begin"),
    );
    one("short: t", "short: t\nsections\nmore: 1", ("3:1", "no `: ` behind a key", "write `key: value`"));
    one("sections: [paper/b.md]", "sections:\n\t- paper/b.md", ("6:1", "a tab stands", "indent with spaces"));
    one(
        "sections: [paper/b.md]",
        "sections: [paper/b.md",
        ("6:13", "a second `: ` stands here in one text", "close a bracket above"),
    );
    one("short: t", "short: t\nmacros: {x: \"\\l\"}", ("3:13", "behind a backslash", "double the backslash"));
    one("short: t", "short: 't", ("2:8", "quotation mark", "close the quotation"));
    one("short: t", "short: t\n---\na: b", ("3:1", "a second document begins here", "`---`"));
}

#[test]
fn mistakes_in_the_inputs_and_what_stands_beside_them() {
    let file = "paper/model.yaml";
    let one = |text: &str, told: (&str, &str, &str)| check(file, text, &[told]);
    one(
        "a.b: {value: 1, unit: ms, grade: quotted, source: s}",
        ("1:34", "`quotted` cannot stand here", "did you mean `quoted`?"),
    );
    one(
        "a.b: {value: 1, unit: mss, grade: quoted, source: s}",
        ("1:23", "`mss` cannot stand here", "did you mean `ms`?"),
    );
    one(
        "a.b: {value: one, unit: ms, grade: quoted, source: s}",
        ("1:14", "`one` stands behind `value:` instead of a number", "write a number: the value"),
    );
    one(
        "a.b: {value: 1, unit: ms, grade: quoted, source: s, range: [1]}",
        ("1:60", "1 entries and needs 2", "write 2 entries"),
    );
    one(
        "a.b: {value: 1, unit: ms, grade: quoted, source: s, range: [1, x]}",
        ("1:64", "`x` stands here instead of a number", "write a number"),
    );
    one("a.b: 3", ("1:6", "`3` stands behind `a.b:` instead of keys with values", "keys with values"));
    one("- a", ("1:1", "a list stands here instead of keys with values", "keys with values"));
    one(
        "a.b: {value: 1, unit: ms, grade: quoted, source: s, distribution: normal}",
        ("1:67", "`normal` cannot stand here", "`triangular`"),
    );
    check(
        "paper/published.yaml",
        "a: {valu: 1, unit: ms, source: s}",
        &[("1:5", "no key `valu`", "did you mean `value`?")],
    );
    check(
        "paper/claims.yaml",
        "- {id: a, claim: b, definition: c, test: {value: d}, fails_if: e, fixed: before, counter_reading: f}",
        &[("1:42", "nothing here says how to compare", "write `at_least`")],
    );
    check(
        "paper/claims.yaml",
        "- {id: a, claim: b, definition: c, test: {value: d, at_mst: 1}, fails_if: e, fixed: before, counter_reading: f}",
        &[("1:53", "no key `at_mst`", "did you mean `at_most`?")],
    );
    check(
        "paper/claims.yaml",
        "- {id: a, claim: b, definition: c, test: {value: {rato: [d, 2]}, at_most: 1}, fails_if: e, fixed: soon, counter_reading: f}",
        &[
            ("1:51", "no `rato` to write here", "did you mean `ratio`?"),
            ("1:99", "`soon` cannot stand here", "`before`, `after`"),
        ],
    );
    check(
        "paper/structural-numbers.yaml",
        "- {numbers: two, reason: r}",
        &[("1:13", "instead of a list", "write a list")],
    );
    check(
        "paper/review.yaml",
        "terms: [{term: a, never: [b]}]",
        &[("1:9", "`because` is missing", "with why")],
    );
    check("paper/review.yaml", "relation: []", &[("1:1", "no key `relation`", "did you mean `relations`?")]);
}

#[test]
fn mistakes_in_figures_tables_and_plans() {
    let figure = |drawing: &str| format!("title: T\ncaption: C\nalt: A\ndrawing:\n{drawing}");
    let one = |drawing: &str, told: (&str, &str, &str)| check("figures/a.yaml", &figure(drawing), &[told]);
    one("  lne: {}", ("5:3", "there is no `lne` to write here", "did you mean `line`?"));
    one("  line: {x: {title: X}, y: {title: Y}}", ("5:9", "`series` is missing", "with the lines"));
    one(
        "  line: {x: {titel: X}, y: {title: Y}, series: []}",
        ("5:14", "no key `titel`", "did you mean `title`?"),
    );
    one(
        "  bar: {y: {title: Y}, categories: [a], series: [], digits: 40}",
        ("5:61", "`40` is no number that can stand here: it is at most 12", "at most 12"),
    );
    one(
        "  bar: {y: {title: Y, scale: logarithmic}, categories: [a], series: []}",
        ("5:30", "`logarithmic` cannot stand here", "`linear`, `log`"),
    );
    let table = |rows: &str| format!("caption: C\ncolumns: [{{header: H}}]\nrows:\n{rows}");
    let one = |rows: &str, told: (&str, &str, &str)| check("paper/tables/a.yaml", &table(rows), &[told]);
    one("  - [NO]", ("4:6", "YAML takes `NO` here", "put it in quotes: \"NO\""));
    one("  - [{fcat: a}]", ("4:7", "no `fcat` to write here", "did you mean `fact`?"));
    one("  - a", ("4:5", "`a` stands here instead of a list", "write a list"));
    check(
        "paper/tables/a.yaml",
        "caption: C\ncolumns: [{header: H, align: centre}]\n",
        &[("2:30", "`centre` cannot stand", "did you mean `center`?")],
    );
    let plan = |check: &str| {
        format!(
            "phases: []\nwaves:\n- id: 1\n  phase: 1\n  title: T\n  output: paper/x.md\n  minutes: 9\n  after: []\n  criteria:\n  - text: t\n    checks:\n    - {check}\n"
        )
    };
    let one = |line: &str, told: (&str, &str, &str)| check("paper/rally.yaml", &plan(line), &[told]);
    one("cunt: {of: waves, at_least: 1}", ("12:7", "no `cunt` to write here", "did you mean `count`?"));
    one("count: {of: wave, at_least: 1}", ("12:19", "`wave` cannot stand here", "did you mean `waves`?"));
    one("count: {of: {rows: {tabel: a}}, at_least: 1}", ("12:27", "no key `tabel`", "did you mean `table`?"));
    one(
        "lint: {rule: placeholders}",
        ("12:20", "`placeholders` cannot stand here", "did you mean `placeholder`?"),
    );
    one("sign-off: [a]", ("12:17", "a list stands behind `sign-off:`", "write a text"));
    check(
        "paper/rally.yaml",
        "phases: []\nwaves: []\nsource: {figures: {one: a}}",
        &[("3:20", "`one` stands where a number has to", "whole number")],
    );
}

#[test]
fn all_mistakes_of_a_file_are_told_together_and_one_that_repeats_once() {
    let text =
        "a.b: {value: x, unit: ms, grade: quoted}\nc.d: {value: 1, unt: ms, grade: quoted, source: s}\n";
    check(
        "paper/model.yaml",
        text,
        &[
            ("1:6", "the key `source` is missing", "write `source:`"),
            ("1:14", "`x` stands behind `value:`", "write a number"),
            ("2:17", "no key `unt`", "did you mean `unit`?"),
        ],
    );
    let lines: String = (1..=5)
        .map(|n| format!("a.x{n}: {{value: 1, unit: ms, grade: quoted, src: s, source: s}}\n"))
        .collect();
    check(
        "paper/model.yaml",
        &lines,
        &[("1:43", "there is no key `src` here, and so on line 2, 3, 4 and 5", "write one of")],
    );
    // An alias repeats a value, and is told where it stands.
    let text =
        "a.b: &in {value: 1, unit: ms, grade: quoted, source: s}\nc.d: *in\ne.f: {<<: *in, value: x}\n";
    check("paper/model.yaml", text, &[("3:23", "`x` stands behind `value:`", "write a number")]);
}
