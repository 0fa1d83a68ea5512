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

/// What is told: `line:column`, words of the message, words of the remedy.
type Told<'t> = (&'t str, &'t str, &'t str);

/// The description of a paper.
const PAPER: &str = "paper/paper.yaml";

/// Holds what is told of a file against places and words.
fn check(file: &str, text: &str, told: &[Told<'_>]) {
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

/// Holds what is told of the description of a paper with lines changed.
fn in_paper(from: &str, to: &str, told: Told<'_>) {
    check(PAPER, &paper(from, to), &[told]);
}

/// The same with a line behind the second.
fn in_paper_with(line: &str, told: Told<'_>) {
    in_paper("short: t", &format!("short: t\n{line}"), told);
}

/// Holds what is told of the inputs of a study.
fn in_model(text: &str, told: Told<'_>) {
    check("paper/model.yaml", text, &[told]);
}

/// Holds what is told of a figure with a drawing, which begins on line 5.
fn in_figure(drawing: &str, told: Told<'_>) {
    check("figures/a.yaml", &format!("title: T\ncaption: C\nalt: A\ndrawing:\n{drawing}"), &[told]);
}

/// Holds what is told of a table with rows, which begin on line 4.
fn in_table(rows: &str, told: Told<'_>) {
    check("paper/tables/a.yaml", &format!("caption: C\ncolumns: [{{header: H}}]\nrows:\n{rows}"), &[told]);
}

/// Holds what is told of a plan with a check, which stands on line 12 behind `    - `.
fn in_plan(check_of_plan: &str, told: Told<'_>) {
    let text = format!(
        "phases: []\nwaves:\n- id: 1\n  phase: 1\n  title: T\n  output: paper/x.md\n  minutes: 9\n  after: []\n  criteria:\n  - text: t\n    checks:\n    - {check_of_plan}\n"
    );
    check("paper/rally.yaml", &text, &[told]);
}

#[test]
fn mistakes_in_the_description_of_a_paper() {
    in_paper(
        "short: t\n",
        "",
        ("1:1", "the key `short` is missing here", "write `short:` with stem of the names"),
    );
    in_paper("title: T", "titel: T", ("1:1", "there is no key `titel` here", "did you mean `title`?"));
    in_paper_with("keyword: [a]", ("3:1", "there is no key `keyword` here", "did you mean `keywords`?"));
    in_paper_with("xyz: 1", ("3:1", "there is no key `xyz` here", "write one of `abstract`"));
    in_paper_with("short: u", ("3:1", "the key `short` stands here a second time, after line 2", "delete"));
    in_paper(
        "sections: [paper/b.md]",
        "sections: paper/b.md",
        ("5:11", "stands behind `sections:` instead of a list", "write a list"),
    );
    in_paper(
        "title: T",
        "title: [T]",
        ("1:8", "a list stands behind `title:` instead of a text", "write a text: title"),
    );
    for short in ["a b", "a (v2)", "a&b", "../a", ".a", "-a", ""] {
        let told = ("2:8", "cannot name the files of the paper", "write letters, digits");
        in_paper("short: t", &format!("short: \"{short}\""), told);
    }
    in_paper_with("macros: {R: a, \"R2\": b}", ("3:16", "`R2` cannot name a command", "letters from a to z"));
    in_paper_with("keywords: [a, b, a]", ("3:18", "`keywords` says `a` twice", "delete one"));
    in_paper_with("ccs: [\"\"]", ("3:7", "an entry of `ccs` is empty", "delete one"));
    in_paper_with("license:\n- MIT\n- MIT", ("5:3", "`license` says `MIT` twice", "delete one"));
    in_paper_with("editions: []", ("3:11", "the list `editions` is empty", "leave it out"));
    in_paper_with(
        "editions: [{name: a}, {name: B}]",
        ("3:30", "`B` cannot name an edition", "small letters"),
    );
    in_paper_with("editions:\n- name: html", ("4:9", "`html` is a folder of other outputs", "another name"));
    in_paper_with("editions: [{name: a}, {name: a}]", ("3:30", "`a` is declared twice", "delete one"));
    in_paper("authors: [A]", "authors: []", ("3:10", "the paper has no authors", "write names"));
    in_paper("title: T", "title: {a: b}", ("1:8", "keys with values stand behind `title:`", "write a text"));
    in_paper("title: T", "title:", ("1:1", "nothing stands behind `title:`", "write a text: title"));
    in_paper(
        "authors: [A]",
        "authors: [{given: A}]",
        ("3:11", "this author has no name, or two", "write `given` and `family`"),
    );
    in_paper(
        "authors: [A]",
        "authors: [{given: A, family: B, mail: c}]",
        ("3:33", "no key `mail`", "did you mean `email`?"),
    );
    in_paper(
        "authors: [A]",
        "authors: [1]",
        ("3:11", "YAML takes `1` here for a number", "put it in quotes: \"1\""),
    );
    in_paper(
        "authors: [A]",
        "authors: [[A]]",
        ("3:11", "a list stands here instead of a text or keys", "write a text"),
    );
    in_paper("authors: [A]", "authors: [no]", ("3:11", "YAML takes `no`", "put it in quotes"));
    in_paper_with(
        "editions: [{name: a, ledger: maybe}]",
        ("3:30", "`maybe` stands behind `ledger:`", "`true` or `false`"),
    );
    in_paper_with("editions: [{nam: a}]", ("3:13", "no key `nam`", "did you mean `name`?"));
    in_paper_with(
        "editions: [{name: a, budgets: {words: 3000}}]",
        ("3:39", "`3000` stands behind `words:` instead of keys with values", "write keys with values"),
    );
    in_paper_with(
        "editions: [{name: a, budgets: {words: {}}}]",
        ("3:39", "nothing here says how to compare", "write `at_least`, `at_most`, `equal` or"),
    );
    in_paper_with(
        "editions: [{name: a, budgets: {words: {most: 3}}}]",
        ("3:40", "there is no key `most` here", "write one of `at_least`, `at_most`, `equal`"),
    );
    in_paper_with(
        "editions: [{name: a, budgets: {words: {at_least: 3, at_most: 2}}}]",
        ("3:39", "no count is at least 3 and at most 2", "correct the value"),
    );
    check(PAPER, "", &[("1:1", "this file holds nothing", "write its keys")]);
    check(
        PAPER,
        "just words\n",
        &[("1:1", "`just words` stands here instead of keys with values", "write keys with values")],
    );
}

#[test]
fn a_language_that_is_none_is_told_with_those_that_there_are() {
    in_paper_with("lang: deutsch", ("3:7", "`deutsch` cannot stand here", "`en`, `de`"));
    in_paper_with("lang: dee", ("3:7", "`dee` cannot stand here", "did you mean `de`?"));
}

#[test]
fn what_is_no_yaml() {
    in_paper(
        "title: T",
        "title: T: U",
        ("1:9", "a second `: ` stands here in one text", "put the text in quotes"),
    );
    in_paper("title: T", "title: @T", ("1:8", "`@` means something in YAML", "put the text in quotes"));
    in_paper("title: T", "title: `T`", ("1:8", "means something in YAML", "put the text in quotes"));
    in_paper("title: T", "title: %T", ("1:8", "`%` means something in YAML", "put the text in quotes"));
    in_paper("title: T", "title: *T", ("1:8", "with a star", "in quotes"));
    in_paper(
        "short: t",
        "  short: t",
        ("2:8", "a second `: ` stands here", "begin the line where the keys beside it begin"),
    );
    in_paper_with("sections\nmore: 1", ("3:1", "no `: ` behind a key", "write `key: value`"));
    in_paper(
        "sections: [paper/b.md]",
        "sections:\n\t- paper/b.md",
        ("6:1", "a tab stands", "indent with spaces"),
    );
    in_paper(
        "sections: [paper/b.md]",
        "sections: [paper/b.md",
        ("6:13", "a second `: ` stands here in one text", "close a bracket above"),
    );
    in_paper_with("macros: {x: \"\\l\"}", ("3:13", "behind a backslash", "double the backslash"));
    in_paper("short: t", "short: 't", ("2:8", "quotation mark", "close the quotation"));
    in_paper_with("---\na: b", ("3:1", "a second document begins here", "`---`"));
}

#[test]
fn mistakes_in_the_inputs_and_what_stands_beside_them() {
    in_model(
        "a.b: {value: 1, unit: ms, grade: quotted, source: s}",
        ("1:34", "`quotted` cannot stand here", "did you mean `quoted`?"),
    );
    in_model(
        "a.b: {value: 1, unit: mss, grade: quoted, source: s}",
        ("1:23", "`mss` is no unit", "did you mean `ms`?"),
    );
    in_model(
        "a.b: {value: one, unit: ms, grade: quoted, source: s}",
        ("1:14", "`one` stands behind `value:` instead of a number", "write a number: the value"),
    );
    in_model(
        "a.b: {value: 1, unit: ms, grade: quoted, source: s, range: [1]}",
        ("1:60", "1 entries and needs 2", "write 2 entries"),
    );
    in_model(
        "a.b: {value: 1, unit: ms, grade: quoted, source: s, range: [1, x]}",
        ("1:64", "`x` stands here instead of a number", "write a number"),
    );
    in_model("a.b: 3", ("1:6", "`3` stands behind `a.b:` instead of keys with values", "keys with values"));
    in_model("- a", ("1:1", "a list stands here instead of keys with values", "keys with values"));
    in_model(
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
    in_figure("  lne: {}", ("5:3", "there is no `lne` to write here", "did you mean `line`?"));
    in_figure("  line: {x: {title: X}}", ("5:9", "`y` is missing", "with the vertical axis"));
    in_figure(
        "  line: {x: {titel: X}, y: {title: Y}, series: []}",
        ("5:14", "no key `titel`", "did you mean `title`?"),
    );
    in_figure(
        "  bar: {y: {title: Y}, categories: [a], series: [], digits: 40}",
        ("5:61", "`40` is no number that can stand here: it is at most 12", "at most 12"),
    );
    in_figure(
        "  bar: {y: {title: Y, scale: logarithmic}, categories: [a], series: []}",
        ("5:30", "`logarithmic` cannot stand here", "`linear`, `log`"),
    );
    in_table("  - [NO]", ("4:6", "YAML takes `NO` here", "put it in quotes: \"NO\""));
    in_table("  - [{fcat: a}]", ("4:7", "no `fcat` to write here", "did you mean `fact`?"));
    in_table("  - a", ("4:5", "`a` stands here instead of a list", "write a list"));
    check(
        "paper/tables/a.yaml",
        "caption: C\ncolumns: [{header: H, align: centre}]\n",
        &[("2:30", "`centre` cannot stand", "did you mean `center`?")],
    );
    in_plan("cunt: {of: waves, at_least: 1}", ("12:7", "no `cunt` to write here", "did you mean `count`?"));
    in_plan("count: {of: wave, at_least: 1}", ("12:19", "`wave` cannot stand here", "did you mean `waves`?"));
    in_plan(
        "count: {of: {rows: {tabel: a}}, at_least: 1}",
        ("12:27", "no key `tabel`", "did you mean `table`?"),
    );
    in_plan(
        "lint: {rule: placeholders}",
        ("12:20", "`placeholders` cannot stand here", "did you mean `placeholder`?"),
    );
    in_plan("sign-off: [a]", ("12:17", "a list stands behind `sign-off:`", "write a text"));
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
