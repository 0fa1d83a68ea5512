//! Release bundles: the same bytes twice, whole or not at all, checked by other programs, and traced to their
//! sources.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::LazyLock;

use paper_engine::pipeline::FOLDERS;
use scraper::{Html, Selector};
use serde_json::Value;

use crate::html::{check_axe, check_validator};
use crate::paper::Paper;

/// The smallest paper, published once with a date; not to be changed.
static PUBLISHED: LazyLock<Paper> = LazyLock::new(|| {
    let paper = Paper::minimal();
    std::fs::write(paper.path("LICENSE-MIT"), "a licence\n").unwrap();
    let mut text = paper.read("paper/paper.yaml");
    text.push_str("version: 1.2.0\nlicense: [MIT, Apache-2.0]\n");
    paper.write("paper/paper.yaml", text);
    let output = paper.command("publish").env("SOURCE_DATE_EPOCH", "1767225600").output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    paper
});

const BUNDLE: &str = "build/release";

/// A copy of the published paper with its kept results and its bundle.
fn published() -> Paper {
    let paper = Paper::empty();
    for entry in walkdir::WalkDir::new(PUBLISHED.root()) {
        let entry = entry.unwrap();
        let to = paper.root().join(entry.path().strip_prefix(PUBLISHED.root()).unwrap());
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(to).unwrap();
        } else if !entry.path_is_symlink() {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
    paper
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// All files below a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| !entry.file_type().is_dir());
    let read = files.map(|entry| {
        let name = entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned();
        (name, std::fs::read(entry.path()).unwrap())
    });
    read.collect()
}

fn verify(paper: &Paper) -> (Option<i32>, String) {
    let output = paper.command("verify").arg(paper.path(BUNDLE)).output().unwrap();
    (output.status.code(), said(&output))
}

#[test]
fn two_releases_are_the_same_bytes_and_name_no_date_that_was_not_given() {
    let paper = published();
    let run = |out: &str| {
        let output = paper.command("publish").arg("--out").arg(paper.path(out)).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        files(&paper.path(out))
    };
    let (one, two) = (run("one"), run("two"));
    assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        assert!(*bytes == two[name], "{name} differs");
    }
    assert!(!String::from_utf8_lossy(&one["CITATION.cff"]).contains("date"));
    let dated = files(&paper.path(BUNDLE));
    assert!(String::from_utf8_lossy(&dated["CITATION.cff"]).contains("date-released: \"2026-01-01\""));
    assert!(String::from_utf8_lossy(&dated["index.html"]).contains("2026-01-01"));
    for wanted in
        ["conference/minimal.pdf", "html/index.html", "arxiv/minimal.tar.gz", "LICENSE-MIT", "facts.json"]
    {
        assert!(one.contains_key(wanted), "no {wanted}");
    }
}

#[test]
fn sha256sum_accepts_the_sums_and_they_name_every_other_file() {
    let bundle = PUBLISHED.path(BUNDLE);
    let output = Command::new("sha256sum")
        .args(["--check", "--strict", "--quiet", "SHA256SUMS"])
        .current_dir(&bundle)
        .output()
        .unwrap();
    assert!(output.status.success() && said(&output).is_empty(), "{}", said(&output));
    let sums = PUBLISHED.read(&format!("{BUNDLE}/SHA256SUMS"));
    let named: BTreeSet<&str> = sums.lines().map(|line| &line[66..]).collect();
    let there = files(&bundle);
    assert_eq!(named, there.keys().map(String::as_str).filter(|name| *name != "SHA256SUMS").collect());
    let manifest: Value = serde_json::from_slice(&there["manifest.json"]).unwrap();
    assert_eq!(manifest["outputs"].as_object().unwrap().len(), there.len() - 2);
    assert_eq!(manifest["outputs"]["facts.json"]["bytes"], there["facts.json"].len());
    assert!(
        manifest["libraries"]["tectonic_engine_xetex"].is_string()
            && manifest["seeds"]["batching.placement_and_lookups"][0] == 1
    );
    assert!(manifest["inputs"]["paper/model.yaml"]["sha256"].is_string());
}

/// What a release is made of is followed by the preview, and renews the caches of continuous integration.
#[test]
fn whatever_a_build_reads_lies_in_the_folders_of_a_paper() {
    let manifest: Value = serde_json::from_str(&PUBLISHED.read(&format!("{BUNDLE}/manifest.json"))).unwrap();
    for input in manifest["inputs"].as_object().unwrap().keys().filter(|input| *input != "LICENSE-MIT") {
        let is_below = |folder: &str| input.starts_with(&format!("{folder}/"));
        assert!(FOLDERS.iter().any(|folder| is_below(folder)), "{input}");
    }
    let list = include_str!("../../scripts/sources.txt").lines().filter(|line| !line.starts_with('#'));
    let of_paper = list.filter(|line| line.split(' ').skip(1).any(|mark| mark == "paper"));
    let of_paper: BTreeSet<&str> = of_paper.filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(of_paper, FOLDERS.into());
}

#[test]
fn an_untouched_bundle_is_verified_and_a_flipped_byte_names_its_file() {
    let paper = published();
    let (code, text) = verify(&paper);
    assert!(code == Some(0) && text.contains("all as released"), "{text}");
    for file in ["extended/minimal.pdf", "SHA256SUMS", "manifest.json", "figures/fig-1-gain.svg"] {
        let path = paper.path(BUNDLE).join(file);
        let bytes = std::fs::read(&path).unwrap();
        let mut flipped = bytes.clone();
        flipped[0] ^= 1;
        std::fs::write(&path, flipped).unwrap();
        let (code, text) = verify(&paper);
        assert!(code == Some(1) && text.contains(&format!("damaged: {file}: ")), "{file}: {text}");
        std::fs::write(&path, bytes).unwrap();
    }
    let bundle = paper.path(BUNDLE);
    std::fs::remove_file(bundle.join("facts.json")).unwrap();
    std::fs::write(bundle.join("tables/extra.md"), "more").unwrap();
    let (code, text) = verify(&paper);
    assert_eq!(code, Some(1));
    assert!(text.contains("damaged: facts.json: it is missing"), "{text}");
    assert!(text.contains("damaged: tables/extra.md: it is no part of the release"), "{text}");
    assert!(text.contains("2 damaged"), "{text}");
}

#[test]
fn a_hostile_bundle_reads_nothing_outside_of_itself() {
    let paper = published();
    let sums = paper.read(&format!("{BUNDLE}/SHA256SUMS"));
    let outside = format!("{}  ../../paper/paper.yaml\n", "0".repeat(64));
    paper.write(&format!("{BUNDLE}/SHA256SUMS"), sums + &outside);
    std::fs::remove_file(paper.path(BUNDLE).join("facts.json")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", paper.path(BUNDLE).join("facts.json")).unwrap();
    let (code, text) = verify(&paper);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("damaged: ../../paper/paper.yaml: it would stand outside of the bundle"), "{text}");
    assert!(text.contains("damaged: facts.json: it is a link"), "{text}");
}

#[test]
fn a_changed_source_is_named_with_the_files_that_it_changes() {
    let paper = published();
    let section = "paper/sections/02-results.md";
    paper.write(section, paper.read(section).replace("ideal all-to-all", "highest all-to-all"));
    paper.write("LICENSE-MIT", "another licence\n");
    let output = paper.command("verify").arg(paper.path(BUNDLE)).arg("--json").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let files: Vec<&str> =
        found["differences"].as_array().unwrap().iter().filter_map(|one| one["file"].as_str()).collect();
    for wanted in ["conference/minimal.pdf", "html/index.html", "manifest.json", "minimal.md"] {
        assert!(files.contains(&wanted), "{found:#}");
    }
    assert!(!files.contains(&"facts.json") && !files.contains(&"figures/fig-1-gain.svg"), "{found:#}");
    let reasons = found["reasons"].as_array().unwrap();
    assert_eq!(reasons.len(), 2, "{found:#}");
    for (reason, input) in reasons.iter().zip(["LICENSE-MIT", section]) {
        assert!(reason.as_str().unwrap().contains(&format!("the input {input} is another")), "{found:#}");
    }
    let markdown =
        found["differences"].as_array().unwrap().iter().find(|one| one["file"] == "minimal.md").unwrap();
    assert!(markdown["what"].as_str().unwrap().contains("highest all-to-all"), "{found:#}");
}

#[test]
fn only_a_bundle_is_replaced_and_a_failed_release_leaves_the_old_one() {
    let paper = published();
    let run = |out: &Path| paper.command("publish").arg("--out").arg(out).output().unwrap();
    for taken in [paper.path("paper"), paper.path("paper/paper.yaml"), paper.path("build")] {
        let before = files(&paper.path("paper"));
        let output = run(&taken);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains("name another folder with --out"), "{}", said(&output));
        assert!(before == files(&paper.path("paper")));
    }
    let bundle = paper.path(BUNDLE);
    std::fs::write(bundle.join("notes.txt"), "mine").unwrap();
    let output = run(&bundle);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("notes.txt"), "{}", said(&output));
    std::fs::remove_file(bundle.join("notes.txt")).unwrap();
    let before = files(&bundle);
    paper.append("paper/sections/02-results.md", "See @fig:nothing.");
    let output = run(&bundle);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(before == files(&bundle));
    let output = paper.command("publish").env("SOURCE_DATE_EPOCH", "yesterday").output().unwrap();
    assert!(
        output.status.code() == Some(2) && said(&output).contains("SOURCE_DATE_EPOCH"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_release_that_is_interrupted_leaves_a_whole_bundle_and_no_litter() {
    let paper = published();
    let section = "paper/sections/02-results.md";
    for wait in [0, 30, 60, 90, 120, 150, 300] {
        // Another text each time, so that there is work to interrupt.
        paper.write(section, paper.read(section).replace("fullest link", "fullest  link"));
        let mut child = Command::new(assert_cmd::cargo::cargo_bin("phext-paper"))
            .args(["publish", "--root"])
            .arg(paper.root())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait));
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().is_ok());
        child.wait().unwrap();
        let output = Command::new("sha256sum")
            .args(["--check", "--strict", "--quiet", "SHA256SUMS"])
            .current_dir(paper.path(BUNDLE))
            .output()
            .unwrap();
        assert!(output.status.success(), "after {wait} ms: {}", said(&output));
        let left: Vec<String> = std::fs::read_dir(paper.path("build"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        assert!(left.iter().all(|name| name == ".cache" || name == "release"), "{left:?}");
    }
}

#[test]
fn the_first_page_leads_to_every_file_and_only_to_files() {
    let there = files(&PUBLISHED.path(BUNDLE));
    let html = String::from_utf8(there["index.html"].clone()).unwrap();
    let page = Html::parse_document(&html);
    let links = Selector::parse("a[href]").unwrap();
    let hrefs: BTreeSet<&str> = page.select(&links).filter_map(|link| link.value().attr("href")).collect();
    let (anchors, paths): (Vec<&str>, Vec<&str>) = hrefs.into_iter().partition(|href| href.starts_with('#'));
    for anchor in anchors {
        let target = Selector::parse(&format!("[id='{}']", &anchor[1..])).unwrap();
        assert!(page.select(&target).next().is_some(), "nothing is named {anchor}");
    }
    let expected: BTreeSet<&str> =
        there.keys().map(String::as_str).filter(|name| *name != "index.html").collect();
    assert_eq!(paths.into_iter().collect::<BTreeSet<_>>(), expected);
    let texts: Vec<String> =
        page.select(&Selector::parse(".size").unwrap()).map(|size| size.text().collect()).collect();
    assert!(texts.iter().all(|size| size.ends_with('B') && size != "0 B"), "{texts:?}");
}

#[test]
fn the_pages_of_a_release_are_open_to_everyone_at_any_width() {
    let (old, new) = (published(), &*MOVED);
    let page = old.path("changes.html");
    let output = diff(&old, new, &["--format", "html", "--out", &page.to_string_lossy()]);
    assert!(output.status.success(), "{}", said(&output));
    for (name, page) in
        [("first page", old.read(&format!("{BUNDLE}/index.html"))), ("changes", old.read("changes.html"))]
    {
        check_axe(name, &page, &[400, 1400]);
        check_validator(name, &page);
    }
}

#[test]
fn catalogues_read_how_to_cite_the_paper() {
    let there = files(&PUBLISHED.path(BUNDLE));
    let citation: Value = serde_saphyr::from_slice(&there["CITATION.cff"]).unwrap();
    assert_eq!(citation["cff-version"], "1.2.0");
    assert_eq!(citation["title"], "What a Twist Gains");
    assert_eq!(citation["authors"][0]["name"], "The phext-paper Developers");
    assert_eq!(citation["license"], serde_json::json!(["MIT", "Apache-2.0"]));
    assert_eq!(citation["version"], "1.2.0");
    assert_eq!(citation["date-released"], "2026-01-01");
    assert!(citation["abstract"].as_str().unwrap().contains("1.75×"), "{citation:#}");
    let deposit: Value = serde_json::from_slice(&there[".zenodo.json"]).unwrap();
    assert_eq!(deposit["upload_type"], "publication");
    assert_eq!(deposit["creators"][0]["name"], "The phext-paper Developers");
    assert_eq!(deposit["publication_date"], "2026-01-01");
}

/// The published paper with another bandwidth of links, published again; not to be changed.
static MOVED: LazyLock<Paper> = LazyLock::new(|| {
    let paper = published();
    let model = paper.read("paper/model.yaml");
    let faster = model.replace("chip.link_bandwidth: {value: 50,", "chip.link_bandwidth: {value: 60,");
    assert_ne!(model, faster);
    paper.write("paper/model.yaml", faster);
    let output = paper.command("publish").output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    paper
});

fn diff(old: &Paper, new: &Paper, more: &[&str]) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("phext-paper"));
    command.arg("diff").arg(old.path(BUNDLE)).arg(new.path(BUNDLE)).args(more).output().unwrap()
}

#[test]
fn one_changed_input_moves_exactly_the_facts_that_depend_on_it() {
    let (old, new) = (published(), &*MOVED);
    let facts: Value = serde_json::from_str(&old.read(&format!("{BUNDLE}/facts.json"))).unwrap();
    let depends =
        |fact: &Value| fact["inputs"].as_array().unwrap().iter().any(|input| input == "chip.link_bandwidth");
    let facts = facts.as_object().unwrap();
    let expected: BTreeSet<&str> =
        facts.iter().filter(|(_, fact)| depends(fact)).map(|(name, _)| name.as_str()).collect();
    assert!(expected.len() > 10 && expected.len() < facts.len() / 2);
    let output = diff(&old, new, &["--format", "json"]);
    assert!(output.status.success(), "{}", said(&output));
    let changes: Value = serde_json::from_slice(&output.stdout).unwrap();
    let moved = changes["moved"].as_array().unwrap();
    let found: BTreeSet<&str> = moved.iter().filter_map(|one| one["fact"].as_str()).collect();
    assert_eq!(found, expected);
    for list in ["appeared", "vanished", "verdicts"] {
        assert_eq!(changes[list], serde_json::json!([]), "{list}");
    }
    let link = moved.iter().find(|one| one["fact"] == "machine.link_bandwidth").unwrap();
    assert_eq!((&link["from"], &link["to"], &link["absolute"]), (&50.0.into(), &60.0.into(), &10.0.into()));
    assert_eq!(link["because"], serde_json::json!(["chip.link_bandwidth"]));
    let sentence = &link["sentences"][0];
    assert_eq!(sentence["sentence"], "Each of its chips has 6 links of 60\u{a0}GB/s.".replace('\u{a0}', " "));
    let file = sentence["file"].as_str().unwrap();
    let line = sentence["line"].as_u64().unwrap() as usize;
    assert!(new.read(file).lines().nth(line - 1).unwrap().contains("machine.link_bandwidth"), "{sentence}");
    let markdown = said(&diff(&old, new, &[]));
    assert_eq!(markdown.lines().filter(|line| line.starts_with("| `")).count(), expected.len(), "{markdown}");
    assert!(markdown.contains("Sentences to read again"), "{markdown}");
    let same = said(&diff(&old, &old, &[]));
    assert!(same.contains("no number moved and no verdict changed"), "{same}");
}

#[test]
fn facts_alone_can_be_compared_and_what_is_none_is_told_at_its_place() {
    let (old, folder) = (&*PUBLISHED, tempfile::tempdir().unwrap());
    let facts = old.read(&format!("{BUNDLE}/facts.json"));
    let (less, broken) = (folder.path().join("less.json"), folder.path().join("broken.json"));
    let mut map: serde_json::Map<String, Value> = serde_json::from_str(&facts).unwrap();
    map.remove("machine.chips");
    std::fs::write(&less, serde_json::to_vec(&map).unwrap()).unwrap();
    std::fs::write(&broken, "{\n  \"a\": 3\n}").unwrap();
    let run = |other: &Path| {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("phext-paper"));
        command.arg("diff").arg(old.path(BUNDLE)).arg(other).output().unwrap()
    };
    let output = run(&less);
    assert!(output.status.success() && said(&output).contains("1 vanished"), "{}", said(&output));
    for (path, message) in
        [(&broken, "not what a build writes"), (&folder.path().join("none"), "does not exist")]
    {
        let output = run(path);
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains(message) && said(&output).contains("help:"), "{}", said(&output));
    }
}

/// Typesets a redline with stock `pdflatex`, beside the figures and references of an edition.
fn check_compiles(paper: &Paper, redline: &str, edition: &str) {
    let folder = paper.path("redline");
    std::fs::create_dir_all(folder.join("figures")).unwrap();
    for (name, bytes) in files(&paper.path(&format!("{BUNDLE}/figures"))) {
        std::fs::write(folder.join("figures").join(name), bytes).unwrap();
    }
    std::fs::copy(paper.path(redline), folder.join("minimal.tex")).unwrap();
    std::fs::copy(paper.path(&format!("{BUNDLE}/{edition}/minimal.bbl")), folder.join("minimal.bbl"))
        .unwrap();
    let mut pdflatex = Command::new("pdflatex");
    pdflatex.args(["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "minimal.tex"]);
    let run = pdflatex.current_dir(&folder).output().unwrap();
    assert!(run.status.success(), "{}", said(&run));
}

#[test]
fn a_redline_marks_what_changed_and_says_what_it_lacks() {
    let (old, new) = (published(), &*MOVED);
    let file = old.path("redline.tex");
    let output = diff(&old, new, &["--redline", &file.to_string_lossy(), "--edition", "extended"]);
    assert!(output.status.success(), "{}", said(&output));
    let tex = old.read("redline.tex");
    assert!(tex.contains("\\DIFdel{50}") && tex.contains("\\DIFadd{60}"), "{tex}");
    check_compiles(&old, "redline.tex", "extended");
    let output = diff(&old, new, &["--redline", "/dev/null", "--edition", "none"]);
    assert!(
        output.status.code() == Some(2) && said(&output).contains("conference, extended"),
        "{}",
        said(&output)
    );
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("phext-paper"));
    command.env("PATH", "").arg("diff").arg(old.path(BUNDLE)).arg(new.path(BUNDLE));
    let output = command.arg("--redline").arg(&file).output().unwrap();
    assert!(
        output.status.code() == Some(2) && said(&output).contains("apt-get install"),
        "{}",
        said(&output)
    );
}
