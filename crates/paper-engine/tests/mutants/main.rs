//! Ten thousand inputs that nobody would write: each is read and rendered, or refused at its place.

mod commonmark;
mod mutate;
mod paper;
mod properties;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use proptest::prelude::{Strategy, any};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRng, TestRunner};

use mutate::{Change, changes, mutate};
use paper::{Paper, REFERENCES, TEXT, suite};
use properties::{disagreement, unlocated};

/// No input may take longer, on a machine that does other things as well.
const LONGEST: Duration = Duration::from_secs(20);

/// How often a failing input is made smaller.
const SMALLER: usize = 200;
/// How many failing inputs are told.
const MOST_TOLD: usize = 40;

/// Returns a runner that always draws the same inputs.
fn runner() -> TestRunner {
    let config = Config { failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(config.rng_algorithm);
    TestRunner::new_with_rng(config, rng)
}

/// Returns the files of the suites that end so.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    entries
        .map(|entry| entry.path().to_owned())
        .filter(|file| file.extension().is_some_and(|end| end == ending))
        .collect()
}

/// Returns the pieces of the suites' English texts, between empty lines; labels that they define are their own.
fn pieces() -> Vec<String> {
    let mut pieces = Vec::new();
    let is_english = |file: &PathBuf| !file.starts_with(suite().join("german"));
    for file in files(&suite(), "md").into_iter().filter(is_english) {
        let text = std::fs::read_to_string(file).unwrap();
        pieces.extend(text.split("\n\n").map(str::to_owned));
        // What belongs together, and the whole.
        pieces.extend(text.split("\n## ").map(str::to_owned));
    }
    for piece in &mut pieces {
        for mark in ["[#", "{#"] {
            for kind in ["sec", "fig", "tab", "eq", "thm", "def", "lem", "alg", "lst"] {
                *piece = piece.replace(&format!("{mark}{kind}:"), &format!("{mark}{kind}:own-"));
            }
        }
        *piece = piece.replace("::: figure fig-1-gain\n:::\n", "");
    }
    pieces
}

/// Draws inputs, each made smaller while it fails, and tells all that fail together.
fn hold<T: std::fmt::Debug>(
    cases: u32,
    inputs: &impl Strategy<Value = T>,
    bytes_of: impl Fn(&T) -> Vec<u8>,
    wrong: impl Fn(&[u8]) -> Option<String>,
) {
    let mut runner = runner();
    let (mut failures, mut kinds) = (Vec::new(), BTreeSet::new());
    for _ in 0..cases {
        let mut tree = inputs.new_tree(&mut runner).unwrap();
        let bytes = bytes_of(&tree.current());
        let Some(mut why) = wrong(&bytes) else { continue };
        let mut smallest = bytes;
        for _ in 0..SMALLER {
            let bytes = bytes_of(&tree.current());
            let is_simpler = match wrong(&bytes) {
                Some(still) => {
                    (why, smallest) = (still, bytes);
                    tree.simplify()
                }
                None => tree.complicate(),
            };
            if !is_simpler {
                break;
            }
        }
        // Those that fail alike are one.
        let told: String = why.chars().filter(|c| c.is_alphabetic()).take(40).collect();
        if kinds.insert(told) {
            failures.push(format!("{why}\n--- of {:?}", String::from_utf8_lossy(&smallest)));
        }
        if failures.len() == MOST_TOLD {
            break;
        }
    }
    assert!(failures.is_empty(), "{} fail:\n\n{}", failures.len(), failures.join("\n\n"));
}

/// What a mutant of some texts is made of: pieces, changes, and whether no line stands between the pieces.
type Mutant = (Vec<usize>, Vec<Change>, bool);

fn mutants(pieces: &[String]) -> impl Strategy<Value = Mutant> {
    (proptest::collection::vec(0..pieces.len(), 1..4), changes(), any::<bool>())
}

fn mutant(pieces: &[String], (picked, changes, is_spliced): &Mutant) -> Vec<u8> {
    let between = if *is_spliced { "\n" } else { "\n\n" };
    let text = picked.iter().map(|&at| pieces[at].as_str()).collect::<Vec<_>>().join(between);
    mutate(&text, changes)
}

#[test]
fn mutants_of_texts_are_whole_or_refused() {
    let paper = Paper::new();
    let pieces = pieces();
    hold(8000, &mutants(&pieces), |made| mutant(&pieces, made), |bytes| wrong(&paper, bytes));
}

#[test]
fn a_draft_is_the_same_after_others_as_alone() {
    let paper = Paper::new();
    let pieces = pieces();
    let differs = |bytes: &[u8]| {
        paper.write(TEXT, bytes);
        // What the draft before left, and what this one leaves.
        let after = [paper.draft(true), paper.draft(true)];
        let alone = paper.draft(false);
        (after != [alone.clone(), alone.clone()]).then(|| format!("{after:?}\nis not\n{alone:?}"))
    };
    hold(1000, &mutants(&pieces), |made| mutant(&pieces, made), differs);
}

#[test]
fn mutants_of_references_are_whole_or_refused() {
    let paper = Paper::new();
    let references = std::fs::read_to_string(paper.root().join(REFERENCES)).unwrap();
    let entries = references.lines().filter(|line| line.starts_with('@'));
    let keys = entries.filter_map(|line| line.split(['{', ',']).nth(1));
    let cited: String = keys.map(|key| format!("[@{key}] ")).collect();
    paper.write(TEXT, cited.as_bytes());
    let pieces: Vec<&str> = references.split_inclusive("\n\n").collect();
    let inputs = (0..pieces.len(), changes());
    let bytes = |(picked, changes): &(usize, Vec<Change>)| {
        let mut bytes = Vec::new();
        for (index, piece) in pieces.iter().enumerate() {
            match index == *picked {
                true => bytes.extend(mutate(piece, changes)),
                false => bytes.extend(piece.bytes()),
            }
        }
        bytes
    };
    hold(1000, &inputs, bytes, |bytes| {
        paper.write(REFERENCES, bytes);
        within_time(|| match paper.outputs() {
            Ok(outputs) => disagreement("", &outputs),
            Err(errors) => unlocated(&errors, paper.root()),
        })
    });
}

#[test]
fn mutants_of_descriptions_are_read_or_refused() {
    let paper = Paper::new();
    let seeds: Vec<(PathBuf, String)> = ["minimal", "everything"]
        .into_iter()
        .flat_map(|name| {
            let folder = suite().join(name);
            files(&folder, "yaml").into_iter().map(move |file| {
                let text = std::fs::read_to_string(&file).unwrap();
                (file.strip_prefix(&folder).unwrap().to_owned(), text)
            })
        })
        .collect();
    let inputs = (0..seeds.len(), changes());
    let picked = std::cell::Cell::new(0);
    let bytes = |(index, changes): &(usize, Vec<Change>)| {
        picked.set(*index);
        mutate(&seeds[*index].1, changes)
    };
    hold(1000, &inputs, bytes, |bytes| {
        let file = paper.root().join(&seeds[picked.get()].0);
        let before = std::fs::read(&file);
        std::fs::write(&file, bytes).unwrap();
        let wrong = within_time(|| unlocated(&paper.descriptions().err()?, paper.root()));
        match before {
            Ok(before) => std::fs::write(file, before).unwrap(),
            Err(_) => std::fs::remove_file(file).unwrap(),
        }
        wrong
    });
}

/// Says what is wrong with what becomes of one text.
fn wrong(paper: &Paper, bytes: &[u8]) -> Option<String> {
    paper.write(TEXT, bytes);
    within_time(|| match paper.outputs() {
        Ok(outputs) => disagreement(&String::from_utf8_lossy(bytes), &outputs),
        Err(errors) => unlocated(&errors, paper.root()),
    })
}

/// Adds to what is wrong that it took too long.
fn within_time(find: impl FnOnce() -> Option<String>) -> Option<String> {
    let begin = Instant::now();
    let wrong = find();
    let took = begin.elapsed();
    wrong.or_else(|| (took > LONGEST).then(|| format!("it took {took:?}")))
}
