//! Whole builds: the same bytes every time, and only what changed is done again.

use std::collections::BTreeMap;
use std::path::Path;

use crate::archive::check_archive;
use crate::outputs::check;
use crate::paper::Paper;

fn outputs(paper: &Paper) -> BTreeMap<String, Vec<u8>> {
    paper.files("build")
}

#[test]
fn two_folders_and_any_number_of_threads_give_the_same_bytes() {
    let minimal = (Paper::minimal(), Paper::minimal());
    minimal.1.command("build").args(["--threads", "2"]).assert().success();
    let own = (Paper::own(), Paper::own_built());
    for (one, two, short) in [(&minimal.0, &minimal.1, "minimal"), (&own.0, own.1, "phext-based-compute")] {
        one.command("build").args(["--threads", "1"]).assert().success();
        let (one, two) = (outputs(one), outputs(two));
        assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
        let differ: Vec<&String> =
            one.iter().filter(|(name, bytes)| **bytes != two[*name]).map(|(name, _)| name).collect();
        assert!(differ.is_empty(), "{differ:?} differ");
        assert!(one[&format!("conference/{short}.pdf")].starts_with(b"%PDF"));
    }
}

/// A release of the smallest paper, which holds all of a build.
#[test]
fn every_output_of_the_smallest_paper_has_the_bytes_that_were_accepted() {
    let paper = Paper::minimal();
    paper.command("publish").assert().success();
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outputs/minimal.sha256");
    check(&paper.path("build/release"), &list);
}

#[test]
fn one_changed_input_changes_text_table_and_figure_and_redoes_only_what_depends_on_it() {
    let paper = Paper::minimal();
    paper.command("build").assert().success();
    let before = outputs(&paper);
    let published = paper.read("paper/published.yaml");
    assert!(published.contains("value: 1.63,"));
    paper.write("paper/published.yaml", published.replace("value: 1.63,", "value: 1.53,"));
    let output = paper.command("build").arg("--timings").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let is_cached =
        |stage: &str| said.lines().find(|line| line.starts_with(stage)).unwrap().ends_with("cached");
    assert!(is_cached("facts machine") && !said.contains("facts coordinate"), "{said}");
    assert!(
        !is_cached("facts topology") && !is_cached("figure fig-1-gain") && !is_cached("pdf conference"),
        "{said}"
    );
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
fn every_edition_embeds_its_fonts_and_no_image_and_the_archive_compiles_elsewhere() {
    let minimal = Paper::minimal();
    let output = minimal.command("build").output().unwrap();
    let own = (Paper::own_built(), "phext-based-compute", Paper::own_output());
    for (paper, short, output) in [(&minimal, "minimal", &output), own] {
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !said.contains("warning"), "{said}");
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(printed.contains(&format!("conference/{short}.pdf")));
        for path in printed.lines() {
            let pdf = lopdf::Document::load(path).unwrap();
            let pages: Vec<u32> = pdf.get_pages().into_keys().collect();
            assert!(!pdf.extract_text(&pages).unwrap().contains("??"));
            check_fonts_and_images(&pdf);
        }
        check_archive(paper, short);
    }
}

fn check_fonts_and_images(pdf: &lopdf::Document) {
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

#[test]
fn what_the_paper_no_longer_has_goes_from_the_build_and_what_others_wrote_stays() {
    let paper = Paper::minimal();
    paper.command("build").assert().success();
    std::fs::rename(
        paper.path("paper/tables/table-1-gain.yaml"),
        paper.path("paper/tables/table-1-gains.yaml"),
    )
    .unwrap();
    let section = paper.read("paper/sections/02-results.md");
    paper.write(
        "paper/sections/02-results.md",
        section
            .replace("::: table table-1-gain", "::: table table-1-gains")
            .replace("@tab:gain ", "@tab:gains "),
    );
    paper.write("build/tables/table-1-gain.csv", "changed by hand");
    paper.write("build/tables/notes.txt", "mine");
    // One edition alone says nothing of the files of the others.
    paper.command("build").args(["--edition", "conference"]).assert().success();
    assert!(paper.path("build/tables/table-1-gain.md").exists());
    paper.command("build").assert().success();
    assert!(!paper.path("build/tables/table-1-gain.md").exists());
    for file in
        ["tables/table-1-gains.md", "tables/table-1-gain.csv", "tables/notes.txt", "extended/minimal.pdf"]
    {
        assert!(paper.path("build").join(file).exists(), "{file}");
    }
}

#[test]
fn an_output_that_cannot_be_written_is_told_by_its_name() {
    let paper = Paper::minimal();
    std::fs::create_dir_all(paper.path("build/facts.json")).unwrap();
    let said = paper.errors();
    let file = paper.path("build/facts.json");
    assert!(said.contains(&format!("error: cannot write {}: ", file.display())), "{said}");
    assert!(!said.contains("--help"), "{said}");
}

/// Facts that only a command asks for, or that are asked for expressly.
#[test]
fn facts_that_nothing_names_are_computed_when_asked_for() {
    let paper = Paper::minimal();
    paper.command("build").assert().success();
    let named = paper.read("build/facts.json");
    paper.command("build").arg("--all-facts").assert().success();
    let all = paper.read("build/facts.json");
    assert!(named.contains("twist_gain.4x4x8") && !named.contains("coordinate.example_chip"));
    assert!(all.contains("twist_gain.4x4x8") && all.contains("coordinate.example_chip"));
}
