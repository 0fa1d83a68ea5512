//! Whole builds: the same bytes every time, and only what changed is done again.

use std::collections::BTreeMap;

use crate::paper::Paper;
use assert_cmd::Command;

fn outputs(paper: &Paper) -> BTreeMap<String, Vec<u8>> {
    let build = paper.path("build");
    let entries = walkdir::WalkDir::new(&build).into_iter().filter_entry(|e| e.file_name() != ".cache");
    let files = entries.map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    let read = files.map(|entry| {
        let name = entry.path().strip_prefix(&build).unwrap().to_string_lossy().into_owned();
        (name, std::fs::read(entry.path()).unwrap())
    });
    read.collect()
}

#[test]
fn two_folders_and_any_number_of_threads_give_the_same_bytes() {
    let (one, two) = (Paper::minimal(), Paper::minimal());
    one.command("build").args(["--threads", "1"]).assert().success();
    two.command("build").args(["--threads", "2"]).assert().success();
    let (one, two) = (outputs(&one), outputs(&two));
    assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        assert!(bytes == &two[name], "{name} differs");
    }
    assert!(one["conference/minimal.pdf"].starts_with(b"%PDF"));
}

#[test]
fn one_changed_input_changes_text_table_and_figure_and_redoes_only_what_depends_on_it() {
    let paper = Paper::minimal();
    paper.command("build").assert().success();
    let before = outputs(&paper);
    let model = paper.read("paper/model.yaml");
    assert!(model.contains("value: 1.63,"));
    paper.write("paper/model.yaml", model.replace("value: 1.63,", "value: 1.53,"));
    let output = paper.command("build").arg("--timings").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let is_cached =
        |stage: &str| said.lines().find(|line| line.starts_with(stage)).unwrap().ends_with("cached");
    assert!(is_cached("facts coordinate") && is_cached("facts machine"), "{said}");
    assert!(!is_cached("facts topology") && !is_cached("figure fig-1-gain") && !is_cached("pdf"), "{said}");
    let after = outputs(&paper);
    for name in
        ["minimal.md", "tables/table-1-gain.csv", "figures/fig-1-gain.svg", "html/index.html", "facts.json"]
    {
        assert!(before[name] != after[name], "{name} is unchanged");
    }
    let text = |name: &str| String::from_utf8(after[name].clone()).unwrap();
    assert!(text("tables/table-1-gain.csv").contains("1.53") && text("minimal.md").contains("1.53"));
    let output = paper.command("build").arg("--timings").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.lines().find(|line| line.starts_with("pdf")).unwrap().ends_with("cached"), "{said}");
}

#[test]
fn the_page_needs_no_network_and_no_script() {
    let paper = Paper::minimal();
    paper.command("build").assert().success();
    let html = paper.read("build/html/index.html");
    let page = scraper::Html::parse_document(&html);
    for forbidden in ["script", "link[href]", "img[src^=http]", "iframe"] {
        let selector = scraper::Selector::parse(forbidden).unwrap();
        assert_eq!(page.select(&selector).count(), 0, "{forbidden}");
    }
    for wanted in ["math", "svg title", "th[scope]", "nav a[href^='#']"] {
        let selector = scraper::Selector::parse(wanted).unwrap();
        assert!(page.select(&selector).count() > 0, "{wanted}");
    }
}

#[test]
fn every_font_is_embedded_and_nothing_is_a_raster_image() {
    let paper = Paper::minimal();
    paper.command("build").assert().success();
    let pdf = lopdf::Document::load(paper.path("build/conference/minimal.pdf")).unwrap();
    let mut fonts = 0;
    for object in pdf.objects.values() {
        let dictionary = match object {
            lopdf::Object::Dictionary(dictionary) => dictionary,
            lopdf::Object::Stream(stream) => &stream.dict,
            _ => continue,
        };
        let is = |key: &[u8], value: &[u8]| {
            dictionary.get(key).and_then(lopdf::Object::as_name).is_ok_and(|name| name == value)
        };
        assert!(!is(b"Subtype", b"Image"), "a raster image");
        if is(b"Type", b"FontDescriptor") {
            fonts += 1;
            let embedded = [&b"FontFile"[..], b"FontFile2", b"FontFile3"];
            assert!(embedded.iter().any(|key| dictionary.has(key)), "a font is not embedded");
        }
    }
    assert!(fonts > 0);
}

fn topology(arguments: &[&str]) -> std::process::Output {
    let mut command = Command::cargo_bin("phext-paper").unwrap();
    command.args(["sim", "topology"]).args(arguments).output().unwrap()
}

#[test]
fn the_simulation_answers_in_json() {
    let output = topology(&["4x4x8", "--twisted", "--json"]);
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((answer["chips"].as_u64(), answer["diameter"].as_u64()), (Some(128), Some(6)));
    assert!((answer["mean_distance"].as_f64().unwrap() - 3.4646).abs() < 5e-5);
    assert!((answer["alltoall_links_per_chip"].as_f64().unwrap() - 1.7318).abs() < 5e-5);
}

#[test]
fn impossible_shapes_are_wrong_usage() {
    for shape in ["4x4x7", "0x4x4", "4x4", "4000000x4000000x4000000", "99999999999999999999x4x4", "abc", ""] {
        let output = topology(&[shape]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{shape}: {said}");
        assert!(said.contains("error"), "{shape}: {said}");
    }
}
