//! The preview in a browser: every edit reaches the page where its reader is, errors come and go.

use crate::driven::Driven;
use crate::paper::Paper;
use crate::watch::{PATIENCE, Watch};

const TEXT: &str = "paper/sections/01-introduction.md";
const MODEL: &str = "paper/model.yaml";
const STYLE: &str = "templates/paper.css";

/// A file, an edit and what the page shows of it, an error and the place where it is reported.
struct Change {
    file: &'static str,
    edit: [&'static str; 2],
    shown: &'static str,
    error: [&'static str; 2],
    /// The line of the error where none is given.
    place: Option<&'static str>,
}

/// The text of the page, without what the preview adds.
const SHOWN: &str = "document.querySelector('main').innerText";

const CHANGES: [Change; 6] = [
    Change {
        file: TEXT,
        edit: ["A torus closes", "Each torus closes"],
        shown: "document.querySelector('main').innerText.includes('Each torus closes')",
        error: ["@sec:results", "@sec:resluts"],
        place: None,
    },
    Change {
        file: "figures/fig-1-gain.yaml",
        edit: ["caption: ", "caption: Freshly drawn. "],
        shown: "document.querySelector('main').innerText.includes('Freshly drawn.')",
        error: ["caption:", "captoin:"],
        place: None,
    },
    Change {
        file: "paper/tables/table-1-gain.yaml",
        edit: ["caption: ", "caption: Freshly set. "],
        shown: "document.querySelector('main').innerText.includes('Freshly set.')",
        error: ["caption:", "captoin:"],
        place: None,
    },
    Change {
        file: STYLE,
        edit: ["--ink: ", "--ink-of-before: 0; --ink: "],
        shown: "document.querySelector('style').textContent.includes('--ink-of-before')",
        error: [":root", "</style> :root"],
        place: Some("templates/paper.css"),
    },
    Change {
        file: MODEL,
        edit: ["link_bandwidth: {value: 50,", "link_bandwidth: {value: 60,"],
        shown: "document.getElementById('preview-moved').innerText.includes('machine.link_bandwidth: 50')",
        error: ["link_bandwidth: {value: 50,", "link_bandwidth: {value: fifty,"],
        place: None,
    },
    Change {
        file: "paper/references.bib",
        edit: ["Performance Analysis of", "Performance Studies of"],
        shown: "document.querySelector('main').innerText.includes('Performance Studies of')",
        error: ["@article{dally1990kary,", "@article{dally1990,"],
        place: Some("paper/sections/01-introduction.md:6:"),
    },
];

#[test]
fn every_kind_of_edit_is_seen_with_scroll_selection_and_open_entry_kept_and_every_error_comes_and_goes() {
    let paper = Paper::minimal();
    std::fs::create_dir_all(paper.path("templates")).unwrap();
    std::fs::copy("templates/paper.css", paper.path(STYLE)).unwrap();
    let watch = Watch::start(paper.root());
    watch.events().next("pdf");
    let profile = tempfile::tempdir().unwrap();
    let page = Driven::open(&format!("http://{}/", watch.address), profile.path(), (900, 500));
    page.wait(&format!("{SHOWN}.length > 100"), PATIENCE);
    // The reader is in the middle of the page, has an entry open and some words selected.
    page.value("location.hash = document.querySelector('main a.entry').getAttribute('href')");
    page.value(
        "scrollTo(0, 400); const chosen = document.querySelector('#sec\\\\:definition').closest('section').querySelector('p'); \
         getSelection().selectAllChildren(chosen)",
    );
    let reader = "JSON.stringify([scrollY, location.hash, String(getSelection()), \
                  document.querySelector(':target') !== null])";
    let before = page.value(reader);
    assert!(before.as_str().unwrap().starts_with("[400,"), "{before}");
    for Change { file, edit, shown, error, place } in &CHANGES {
        let old = paper.read(file);
        for [from, _] in [edit, error] {
            assert!(old.contains(from), "{file} has no `{from}`");
        }
        paper.write(file, old.replacen(edit[0], edit[1], 1));
        page.wait(shown, PATIENCE);
        assert_eq!(page.value(reader), before, "after an edit of {file}");
        paper.write(file, old.replacen(error[0], error[1], 1));
        page.wait("document.getElementById('preview-overlay')", PATIENCE);
        let overlay = page.value("document.getElementById('preview-overlay').innerText");
        let overlay = overlay.as_str().unwrap();
        let line = old.lines().position(|line| line.contains(error[0])).unwrap() + 1;
        let place = place.map_or_else(|| format!("{file}:{line}:"), str::to_owned);
        assert!(overlay.contains(&place), "no {place}: {overlay}");
        assert!(page.value(SHOWN).as_str().unwrap().len() > 100, "the last good page is gone");
        assert_eq!(page.value(reader), before, "with an error in {file}");
        paper.write(file, &old);
        page.wait("!document.getElementById('preview-overlay')", PATIENCE);
        page.wait(&format!("!({shown})"), PATIENCE);
        assert_eq!(page.value(reader), before, "after {file} was mended");
    }
    let errors = page.value("performance.getEntriesByType('resource').filter(one => !one.name.startsWith(location.origin)).length");
    assert_eq!(errors, 0, "the page asked another host");
}
