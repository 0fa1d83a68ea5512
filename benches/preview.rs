//! Time from saving a file to what an author sees of it, on the long edition of the project's own paper.
//!
//! `cargo bench --bench preview` prints the medians; the limits beside them are the project's own.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is what this program is for")]

#[path = "../tests/browser/mod.rs"]
#[expect(dead_code, reason = "tests use more of it")]
mod browser;
#[path = "../tests/browser/driven.rs"]
mod driven;
#[path = "../tests/papers/paper.rs"]
#[expect(dead_code, reason = "tests use more of it")]
mod paper;
#[path = "../tests/preview/mod.rs"]
#[expect(dead_code, reason = "tests use more of it")]
mod running;
#[path = "../tests/papers/watch.rs"]
mod watch;

use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use driven::Driven;
use paper::Paper;
use serde_json::Value;
use watch::{Events, PATIENCE, Watch};

/// Edits of each kind.
const EDITS: usize = 20;
/// A word of the conference edition, and one that takes its place.
const WORDS: [&str; 2] = ["one long side is poor at", "one long side is weak at"];
const TEXT: &str = "paper/sections/05-topology.md";
/// An input that moves ten facts or more, and a value near it.
const VALUES: [&str; 2] = ["a100.hbm_bandwidth: {value: 2039", "a100.hbm_bandwidth: {value: 1500"];
const FEWEST_FACTS: usize = 10;
const MODEL: &str = "paper/model.yaml";
/// Notes in the page when a change of the text is on the screen, in milliseconds since 1970.
const NOTE: &str = "window.painted = []; new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => \
    painted.push(performance.timeOrigin + performance.now())))).observe(document.querySelector('main'), \
    {subtree: true, childList: true, characterData: true}); 0";

/// Times of one kind, in milliseconds.
struct Times {
    what: &'static str,
    limit: f64,
    seen: Vec<f64>,
}

impl Times {
    fn of(what: &'static str, limit: f64) -> Self {
        Self { what, limit, seen: Vec::new() }
    }

    fn median(&mut self) -> f64 {
        self.seen.sort_by(f64::total_cmp);
        let middle = self.seen.len() / 2;
        (self.seen[middle] + self.seen[(self.seen.len() - 1) / 2]) / 2.0
    }

    fn print(&mut self) -> bool {
        let median = self.median();
        let (first, last) = (self.seen[0], self.seen[self.seen.len() - 1]);
        let Self { what, limit, .. } = self;
        println!("{what:<58} {median:>8.1} {first:>8.1} {last:>8.1} {limit:>8.0}");
        median <= *limit
    }
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}

fn edit(paper: &Paper, file: &str, from_to: [&str; 2], index: usize) {
    let [from, to] = if index.is_multiple_of(2) { from_to } else { [from_to[1], from_to[0]] };
    let old = paper.read(file);
    assert!(old.contains(from), "{file} has no `{from}`");
    paper.write(file, old.replacen(from, to, 1));
}

/// Lets a preview come to rest.
fn rest() {
    std::thread::sleep(Duration::from_millis(400));
}

fn words(paper: &Paper, events: &mut Events, page: &Driven) -> [Times; 3] {
    let mut times = [
        Times::of("saved word to `html` event", 50.0),
        Times::of("saved word to the browser's repaint", 100.0),
        Times::of("saved word to `pdf` event, no reference moved", 500.0),
    ];
    for index in 0..EDITS {
        page.value("painted.length = 0");
        let (start, since) = (Instant::now(), SystemTime::now().duration_since(UNIX_EPOCH).unwrap());
        edit(paper, TEXT, WORDS, index);
        events.next("html");
        times[0].seen.push(milliseconds(start));
        let pdf = events.next("pdf");
        assert_eq!(pdf["passes"], 1, "references moved");
        times[2].seen.push(milliseconds(start));
        page.wait("painted.length", PATIENCE);
        let painted = page.value("painted.at(-1)").as_f64().unwrap();
        times[1].seen.push(painted - since.as_secs_f64() * 1000.0);
        rest();
    }
    times
}

fn inputs(paper: &Paper, events: &mut Events) -> Times {
    let mut times = Times::of("saved input of ten facts to `html` event", 1000.0);
    for index in 0..EDITS {
        let start = Instant::now();
        edit(paper, MODEL, VALUES, index);
        // A page with earlier numbers may come before the one that counts.
        let settled = |html: &Value| html["computing"].as_array().is_some_and(Vec::is_empty);
        let html = std::iter::repeat_with(|| events.next("html")).find(settled).unwrap();
        times.seen.push(milliseconds(start));
        let moved = html["moved"].as_array().unwrap().len();
        assert!(moved >= FEWEST_FACTS, "only {moved} numbers moved");
        events.next("pdf");
        rest();
    }
    times
}

fn main() -> ExitCode {
    let paper = Paper::own();
    let watch = Watch::start(paper.root());
    let mut events = watch.events();
    eprintln!("computing all facts and the first PDF ...");
    events.next("pdf");
    rest();
    let profile = tempfile::tempdir().unwrap();
    let page = Driven::open(&format!("http://{}/", watch.address), profile.path(), (1400, 900));
    page.wait("document.querySelector('main')", PATIENCE);
    page.value(NOTE);
    rest();
    println!(
        "{:<58} {:>8} {:>8} {:>8} {:>8}",
        "milliseconds, 20 edits", "median", "fastest", "slowest", "limit"
    );
    let all = words(&paper, &mut events, &page).into_iter().chain([inputs(&paper, &mut events)]);
    let missed = all.map(|mut times| times.print()).filter(|holds| !holds).count();
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
