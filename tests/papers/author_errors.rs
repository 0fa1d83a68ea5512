//! Errors of authors: each is said with file, line, excerpt and remedy, all in one run.

use crate::paper::Paper;

const RESULTS: &str = "paper/sections/02-results.md";
const REFERENCES: &str = "paper/references.bib";

fn check_error(text: &str, expected: &[&str]) {
    let paper = Paper::minimal();
    let line = paper.append(RESULTS, text);
    let said = paper.errors();
    assert!(said.contains(&format!("{RESULTS}:{line}:")), "no place {line} in:\n{said}");
    for part in expected {
        assert!(said.contains(part), "no `{part}` in:\n{said}");
    }
}

#[test]
fn an_unknown_fact_is_named_with_the_nearest_one() {
    check_error(r#"It is {{ fact(name="twist_gain.4x4x9") }}."#, &["twist_gain.4x4x9", "twist_gain.4x4x8"]);
}

#[test]
fn an_undefined_reference_is_an_error() {
    check_error("See @sec:resluts.", &["sec:resluts"]);
}

#[test]
fn an_undefined_citation_is_an_error() {
    check_error("As shown [@nobody1999].", &["nobody1999", "add its entry to the bibliography"]);
}

#[test]
fn a_missing_figure_is_an_error() {
    check_error("::: figure fig-9-missing\n:::", &["figures/fig-9-missing.yaml"]);
}

#[test]
fn broken_mathematics_is_an_error() {
    check_error(r"The load is $\foo{$ here.", &["foo"]);
}

#[test]
fn a_broken_template_expression_is_an_error() {
    check_error(r#"It is {{ fact(name="twist_gain.4x4x8" }} now."#, &[]);
}

#[test]
fn a_duplicate_label_is_an_error() {
    check_error("# Again [#sec:results]", &["sec:results"]);
}

#[test]
fn broken_yaml_is_located() {
    let paper = Paper::minimal();
    paper.write("paper/model.yaml", "chip.links: {value: 6, unit: count\n");
    let said = paper.errors();
    assert!(said.contains("paper/model.yaml:"), "{said}");
}

#[test]
fn an_unknown_input_names_the_nearest_one() {
    let paper = Paper::minimal();
    let model = paper.read("paper/model.yaml").replace("chip.link_bandwidth:", "chip.link_bandwith:");
    paper.write("paper/model.yaml", model);
    let said = paper.errors();
    assert!(said.contains("did you mean `chip.link_bandwidth`?"), "{said}");
    assert!(said.contains("1 error"), "{said}");
}

#[test]
fn a_wrong_unit_and_a_value_out_of_range_are_told_together() {
    let paper = Paper::minimal();
    let model = paper.read("paper/model.yaml");
    let model = model.replace("unit: GB/s", "unit: TB/s").replace("value: 32,", "value: -32,");
    paper.write("paper/model.yaml", model);
    let said = paper.errors();
    assert!(said.contains("is measured in `GB/s`"), "{said}");
    assert!(said.contains("outside"), "{said}");
}

#[test]
fn a_missing_section_file_is_an_error() {
    let paper = Paper::minimal();
    std::fs::remove_file(paper.path(RESULTS)).unwrap();
    assert!(paper.errors().contains(RESULTS));
}

#[test]
fn bytes_that_are_no_text_are_located() {
    let paper = Paper::minimal();
    let mut bytes = paper.read(RESULTS).into_bytes();
    let line = bytes.iter().filter(|&&byte| byte == b'\n').count() + 1;
    bytes.extend(b"ab\xff\n");
    paper.write(RESULTS, bytes);
    let said = paper.errors();
    assert!(said.contains(&format!("{RESULTS}:{line}:3")), "{said}");
    assert!(said.contains("UTF-8"), "{said}");
}

#[test]
fn errors_of_several_files_come_in_one_run_and_the_last_build_stays() {
    let paper = Paper::minimal();
    paper.command("build").assert().success();
    let before = paper.read("build/manifest.json");
    paper.append(RESULTS, "See @sec:nowhere.");
    paper.append("paper/sections/01-introduction.md", "As shown [@nobody1999].");
    let said = paper.errors();
    assert!(
        said.contains("sec:nowhere") && said.contains("nobody1999") && said.contains("2 errors"),
        "{said}"
    );
    assert_eq!(before, paper.read("build/manifest.json"));
}

#[test]
fn check_prints_errors_as_json() {
    let paper = Paper::minimal();
    paper.append(RESULTS, "See @sec:nowhere.");
    let output = paper.command("check").arg("--json").output().unwrap();
    let list: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(list[0]["file"], RESULTS);
}

#[test]
fn incomplete_and_unused_entries_are_reported_where_they_stand() {
    let paper = Paper::minimal();
    let old = paper.read(REFERENCES);
    let line = old.lines().count() + 1;
    paper.write(
        REFERENCES,
        format!("{old}@article{{lost2020, title = {{Lost}}, author = {{A. Bee}}, year = 2020}}\n"),
    );
    let uncited = paper.command("check").output().unwrap();
    assert!(uncited.status.success(), "{}", String::from_utf8_lossy(&uncited.stderr));
    paper.append(RESULTS, "See [@lost2020].");
    let said = paper.errors();
    for part in [format!("{REFERENCES}:{line}:10"), "`lost2020` has no journal".to_owned()] {
        assert!(said.contains(&part), "no `{part}` in:\n{said}");
    }
    let paper = Paper::minimal();
    let whole =
        "@book{idle2020, title = {Idle}, author = {A. Bee}, year = 2020, publisher = {P}, isbn = {1}}";
    paper.write(REFERENCES, format!("{old}{whole}\n"));
    let output = paper.command("check").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let warning = format!("{REFERENCES}:{line}:7: nothing cites the entry `idle2020`");
    assert!(output.status.success() && said.contains(&warning), "{said}");
    let second = whole.replace("idle2020", "idle2021");
    paper.write(REFERENCES, format!("{old}{whole}\n{second}\n"));
    let said = String::from_utf8(paper.command("check").output().unwrap().stderr).unwrap();
    let warning = format!("{REFERENCES}:{line}:7: nothing cites 2 entries, of which `idle2020` is the first");
    assert!(said.contains(&warning) && !said.contains("idle2021"), "{said}");
}

#[test]
fn an_entry_that_is_not_closed_is_told_at_its_key() {
    let paper = Paper::minimal();
    let line =
        paper.append(REFERENCES, "@book{open2020, title = {Open, year = 2020}\n\n@misc{after, title = {T}}");
    let said = paper.errors();
    assert!(
        said.contains(&format!("{REFERENCES}:{line}:7")) && said.contains("`open2020` is not closed"),
        "{said}"
    );
}
