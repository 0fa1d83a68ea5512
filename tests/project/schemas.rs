//! The schemas of the YAML files: every file of ours is what its schema says, and `schemas/` and
//! `guide/reference.md` are those of today.

use std::path::{Path, PathBuf};

use paper_engine::model::Model;
use paper_engine::schema::{FOLDER, FileKind, KINDS, files, reference};
use paper_engine::source::misfits;
use paper_engine::units::Unit;
use phext_paper::STUDY;

use crate::root;

/// The folders of papers that this study reads.
const PAPERS: [&str; 5] =
    ["", "guide", "tests/suite/minimal", "tests/suite/everything", "tests/suite/german"];

/// The files of a kind in a folder of a paper.
fn files_of(kind: &FileKind, paper: &Path) -> Vec<PathBuf> {
    let pattern = paper.join(kind.files);
    if pattern.file_stem().is_some_and(|stem| stem != "*") {
        return [pattern].into_iter().filter(|path| path.exists()).collect();
    }
    let entries = std::fs::read_dir(pattern.parent().unwrap()).into_iter().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    found.sort();
    found
}

fn all_files() -> impl Iterator<Item = (&'static FileKind, PathBuf)> {
    let papers = PAPERS.map(|paper| root().join(paper));
    KINDS.iter().flat_map(move |kind| {
        let found: Vec<PathBuf> = papers.iter().flat_map(|paper| files_of(kind, paper)).collect();
        found.into_iter().map(move |path| (kind, path))
    })
}

#[test]
fn every_file_is_what_its_schema_says() {
    Unit::declare(STUDY.units);
    let mut count = 0;
    for (kind, path) in all_files() {
        let text = std::fs::read_to_string(&path).unwrap();
        // A paper may declare units of its own.
        let paper = PAPERS.iter().map(|paper| root().join(paper)).filter(|paper| path.starts_with(paper));
        let paper = paper.max_by_key(|paper| paper.components().count()).unwrap();
        Model::read(&paper, &STUDY).unwrap();
        let found = misfits(&path, &text, &kind.schema(&STUDY));
        assert_eq!(found.0, [], "{}", path.display());
        count += 1;
    }
    assert!(count > 40, "{count} files");
}

#[test]
fn the_example_of_each_kind_is_what_its_schema_says() {
    Unit::declare(STUDY.units);
    // What the example declares.
    Unit::declare_thing("query", "queries", true);
    for kind in &KINDS {
        let found = misfits(Path::new(kind.name), &(kind.example)(&STUDY), &kind.schema(&STUDY));
        assert_eq!(found.0, [], "{}", kind.name);
    }
}

#[test]
fn a_file_of_another_kind_is_refused() {
    Unit::declare(STUDY.units);
    for kind in &KINDS {
        let schema = kind.schema(&STUDY);
        for other in KINDS.iter().filter(|other| (other.example)(&STUDY) != (kind.example)(&STUDY)) {
            let found = misfits(Path::new(other.name), &(other.example)(&STUDY), &schema);
            assert!(!found.0.is_empty(), "a file of `{}` passes as one of `{}`", other.name, kind.name);
        }
    }
}

#[test]
fn schemas_and_reference_are_current() {
    Unit::declare(STUDY.units);
    let program = "target/release/phext-paper schema";
    for (name, text) in files(&STUDY) {
        let stored = std::fs::read_to_string(root().join(FOLDER).join(&name)).unwrap_or_default();
        assert!(stored == text, "{name} is of other types: {program} --out {FOLDER}");
    }
    let stored = std::fs::read_to_string(root().join("guide/reference.md")).unwrap_or_default();
    assert!(
        stored == reference(&STUDY),
        "the reference is of other types: {program} --reference > guide/reference.md"
    );
}

/// An editor finds the schema of a file by its first line.
#[test]
fn the_files_of_the_paper_name_their_schemas() {
    for kind in &KINDS {
        for path in files_of(kind, root()).into_iter().filter(|_| !kind.is_written()) {
            let text = std::fs::read_to_string(&path).unwrap();
            let named =
                text.lines().next().and_then(|line| line.strip_prefix("# yaml-language-server: $schema="));
            let named = named.map(|named| path.parent().unwrap().join(named).canonicalize().unwrap());
            let schema = root().join(FOLDER).join(format!("{}.json", kind.name));
            assert_eq!(named, schema.canonicalize().ok(), "{}", path.display());
        }
    }
}
