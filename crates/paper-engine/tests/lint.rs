//! The rules of prose find what they should, and little else.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use paper_engine::assertion::Range;
use paper_engine::facts::Facts;
use paper_engine::language::Language;
use paper_engine::lint::{self, Budgets, Structural};
use paper_engine::manuscript::{Document, Front, ReferenceCache, ReferenceStyle, Sources, TextCache, read};

const SENTENCES: &str = include_str!("lint/sentences.txt");

#[test]
fn quantities_are_found_with_high_precision_and_recall() {
    let (mut right, mut found_in_all, mut marked_in_all) = (0, 0, 0);
    let mut wrong = Vec::new();
    let sentences = SENTENCES.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let mut count = 0;
    for line in sentences {
        count += 1;
        let (text, marked) = line.split_once("=>").expect("a sentence and its quantities");
        let mut marked: Vec<&str> =
            marked.split(';').map(str::trim).filter(|quantity| !quantity.is_empty()).collect();
        let found: Vec<&str> = lint::quantities(text).into_iter().map(|range| &text[range]).collect();
        (found_in_all, marked_in_all) = (found_in_all + found.len(), marked_in_all + marked.len());
        for quantity in &found {
            // `37%` and `37`, `44 microseconds` and `44` mark the same place.
            let same = |other: &&str| other.contains(quantity) || quantity.contains(*other);
            if let Some(at) = marked.iter().position(same) {
                marked.remove(at);
                right += 1;
            } else {
                wrong.push(format!("found `{quantity}` in: {text}"));
            }
        }
        wrong.extend(marked.iter().map(|missed| format!("missed `{missed}` in: {text}")));
    }
    let (precision, recall) = (right as f64 / found_in_all as f64, right as f64 / marked_in_all as f64);
    println!("{count} sentences, precision {precision:.3}, recall {recall:.3}");
    assert!(count >= 300, "{count} sentences");
    assert!(precision >= 0.97 && recall >= 0.97, "{precision:.3} {recall:.3}\n{}", wrong.join("\n"));
}

/// Returns a paper of one section with this text.
fn document(section: &str) -> (tempfile::TempDir, Document) {
    let root = tempfile::tempdir().expect("a folder");
    std::fs::write(root.path().join("a.md"), "Short.\n").expect("written");
    std::fs::write(root.path().join("one.md"), section).expect("written");
    std::fs::write(root.path().join("r.bib"), "").expect("written");
    let (verdicts, figures, tables) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let sources = Sources {
        language: Language::English,
        root: root.path(),
        title: "T".into(),
        front: Front::default(),
        back: Vec::new(),
        keywords: Vec::new(),
        abstract_file: Some("a.md".into()),
        sections: vec![PathBuf::from("one.md")],
        appendices: Vec::new(),
        left_out: Vec::new(),
        bibliography: "r.bib".into(),
        references: ReferenceStyle::Ieee,
        edition: "conference",
        editions: &["conference"],
        macros: &BTreeMap::new(),
        facts: &Arc::default(),
        verdicts: &verdicts,
        figures: &figures,
        tables: &tables,
        kept: &ReferenceCache::default(),
        texts: &TextCache::default(),
    };
    let document = read(&sources).expect("the text is valid");
    (root, document)
}

#[test]
fn a_typed_number_is_told_with_its_place_unless_it_is_structural() {
    let (root, document) = document("# One\n\nThe three arms\nhold 128 nodes.\n");
    let none = Structural::default();
    let found = lint::numbers(&document, &Facts::default(), &none);
    let found: Vec<String> = found.0.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].starts_with("one.md:3:5: the number `three` is typed by hand"), "{found:#?}");
    assert!(found[1].starts_with("one.md:4:6: the number `128` is typed by hand"), "{found:#?}");
    let list = "- {numbers: [three], before: [arms], reason: the notation has these}\n";
    std::fs::create_dir(root.path().join("paper")).expect("a folder");
    std::fs::write(root.path().join(lint::STRUCTURAL_FILE), list).expect("written");
    let without = list.replace("the notation has these", "\" \"");
    std::fs::write(root.path().join(lint::STRUCTURAL_FILE), without).expect("written");
    let error = Structural::read(root.path()).expect_err("a group without a reason");
    assert!(error.0[0].message.contains("no reason"), "{error:?}");
    std::fs::write(root.path().join(lint::STRUCTURAL_FILE), list).expect("written");
    let list = Structural::read(root.path()).expect("a list");
    assert_eq!(lint::numbers(&document, &Facts::default(), &list).0.len(), 1);
}

#[test]
fn numbers_behind_quotes_and_dashes_have_their_places() {
    let text = "# One\n\nIt was the '80s, she said \"so\".\nA shelf of 5'11\" is tall; pages 3--5,\nand 'tis \"9\" or---later---7.\n";
    let (_root, document) = document(text);
    let found = lint::numbers(&document, &Facts::default(), &Structural::default());
    let places: BTreeSet<(usize, usize)> =
        found.0.iter().map(|error| (error.location.line, error.location.column)).collect();
    for (line, number) in [(4, "5'11"), (4, "3--5"), (5, "9"), (5, "7")] {
        let written = text.lines().nth(line - 1).expect("a line");
        let column = written.find(number).expect("a number") + 1;
        let near = places.iter().any(|at| *at == (line, column));
        assert!(near, "{number} at {line}:{column} in {places:?}: {found:?}");
    }
}

#[test]
fn a_placeholder_is_told_with_its_place() {
    let (_root, document) = document("# One\n\nThis is fine.\n\nThis is TBD.\n");
    let found = lint::placeholders(&document);
    assert_eq!(found.0.len(), 1);
    assert!(found.0[0].to_string().starts_with("one.md:5:9: `TBD`"), "{}", found.0[0]);
}

#[test]
fn eight_words_that_stand_twice_are_told_with_both_places() {
    let text = "# One\n\nThe router joins each input to one of the outputs.\n\n## Two\n\nHere the router joins each \
                input to one of all.\n";
    let (_root, document) = document(text);
    let found = lint::repeats(&document);
    assert_eq!(found.0.len(), 1, "{found:?}");
    let told = found.0[0].to_string();
    assert!(told.starts_with("one.md:7:") && told.contains("one.md:3:1"), "{told}");
    let (_root, document) = self::document(&text.replace("Here the router joins", "Here a mirror lends"));
    assert!(lint::repeats(&document).0.is_empty());
}

#[test]
fn parts_outside_their_budget_are_told_at_their_beginning() {
    let (_root, document) = document("# One\n\nFour words stand here.\n\n# Two\n\nOne.\n");
    let counts = lint::count(&document);
    assert_eq!(counts.iter().map(|count| count.words).collect::<Vec<_>>(), [1, 4, 1]);
    let budgets = Budgets {
        section_words: Some(Range::new(2.0, 3.0)),
        words: Some(Range::new(1.0, 6.0)),
        ..Budgets::default()
    };
    let found = lint::check_budgets("conference", &counts, &budgets);
    let found: Vec<String> = found.0.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].starts_with("one.md:1:1: section 1 One has 4 words") && found[0].contains("cut 1"));
    assert!(
        found[1].starts_with("one.md:5:1: section 2 Two has 1 words")
            && found[1].contains("1 too few: the limit is 2–3 (add 1")
    );
}
