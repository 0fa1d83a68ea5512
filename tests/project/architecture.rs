//! The tables of crates and modules of ARCHITECTURE.md hold, and the engine knows no study.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::circles::circles;
use crate::root;

/// A table of the page: the names in its first column with the words of its last.
fn table(heading: &str) -> BTreeMap<String, BTreeSet<String>> {
    let page = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let part = page.split("\n## ").find(|part| part.starts_with(heading)).unwrap();
    let rows = part.lines().filter(|line| line.starts_with("| `"));
    let found = rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let words = cells[cells.len() - 1].split(", ").filter(|word| *word != "-");
        (cells[0].trim_matches('`').to_owned(), words.map(str::to_owned).collect())
    });
    found.collect()
}

/// The Rust files below a folder, in order.
pub fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let files =
        walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.unwrap().into_path());
    files.filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect()
}

/// The modules and crates that each module below a folder names.
fn imports(src: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let crates: Vec<String> = table("Crates").keys().map(|name| name.replace('-', "_")).collect();
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in rust_files(src) {
        let module = path.strip_prefix(src).unwrap().iter().next().unwrap();
        let module = module.to_string_lossy().trim_end_matches(".rs").to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("use crate::{"), "{}: imports of a crate's root hide modules", path.display());
        let used = found.entry(module).or_default();
        for part in text.split("crate::").skip(1) {
            used.insert(part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
        for other in &crates {
            let is_start = |(at, _): (usize, _)| {
                let before = text[..at].chars().next_back();
                before.is_none_or(|c| !c.is_alphanumeric() && !"_:".contains(c))
            };
            if text.match_indices(&format!("{other}::")).any(is_start) {
                used.insert(other.clone());
            }
        }
    }
    found.retain(|module, _| module != "lib" && module != "main");
    found
}

fn check_modules(src: &Path, heading: &str, everywhere: &[&str]) {
    let (found, table) = (imports(src), table(heading));
    assert_eq!(found.keys().collect::<Vec<_>>(), table.keys().collect::<Vec<_>>(), "{heading}");
    for (module, used) in found {
        for other in used {
            let allowed =
                other == module || everywhere.contains(&other.as_str()) || table[&module].contains(&other);
            assert!(allowed || other.is_empty(), "{module} imports {other}");
        }
    }
}

#[test]
fn crates_call_only_what_the_table_allows() {
    let table = table("Crates");
    let folders = std::fs::read_dir(root().join("crates")).unwrap();
    let own = env!("CARGO_PKG_NAME");
    let folders = folders.map(|folder| folder.unwrap().file_name().into_string().unwrap());
    assert_eq!(table.keys().cloned().collect::<BTreeSet<_>>(), folders.chain([own.to_owned()]).collect());
    for (name, allowed) in &table {
        let folder = if name == own { root().to_owned() } else { root().join("crates").join(name) };
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let called = manifest.lines().skip_while(|line| *line != "[dependencies]").skip(1);
        let called =
            called.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split(['.', ' ']).next());
        let called: BTreeSet<String> =
            called.filter(|name| table.contains_key(*name)).map(str::to_owned).collect();
        assert_eq!(called, *allowed, "{name}");
    }
}

#[test]
fn modules_import_only_what_the_tables_allow() {
    check_modules(&root().join("src"), "Modules of the study", &["STUDY"]);
    check_modules(
        &root().join("crates/paper-engine/src"),
        "Modules of the engine",
        &["diagnostic", "source"],
    );
}

/// Circles that stay, each with its reason.
const CIRCLES: [&str; 3] = [
    // A study hands over experiments, drawings and rules, which read facts and the model of what it declares.
    "facts::fact, facts::stored, facts::writer, figure, model, review, study",
    // Stored results are kept by this code; the circles go when they are computed anew.
    "sim::learned::lattice, sim::learned::lattice_flow",
    "sim::training::split, sim::training::workload",
];

#[test]
fn no_files_import_each_other_in_a_circle() {
    let crates = std::fs::read_dir(root().join("crates")).unwrap();
    let crates = crates.map(|entry| entry.unwrap().path());
    let folders: Vec<PathBuf> = crates.chain([root().into(), root().join("examples/queue")]).collect();
    let found: Vec<String> = folders.iter().flat_map(|folder| circles(&folder.join("src"))).collect();
    let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(found, BTreeSet::from(CIRCLES), "files that import each other in a circle");
}

/// The engine, its templates, messages and tests.
#[test]
fn the_engine_has_no_word_of_our_study() {
    let words = [
        "chip", "chips", "cube", "cubes", "torus", "tori", "tpu", "tpus", "tpuv", "switch", "switches",
        "switched", "twist", "twisted", "goodput", "jouppi",
    ];
    let folders = ["crates/paper-engine", "crates/sampling", "crates/typesetter", "templates"];
    let mut read = 0;
    for folder in folders {
        for entry in walkdir::WalkDir::new(root().join(folder)) {
            let path = entry.unwrap().into_path();
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            read += 1;
            // A keyword of several languages is one of our words too.
            if path.ends_with("highlight/languages.rs") {
                continue;
            }
            for (at, line) in text.lines().enumerate() {
                let found = line
                    .split(|c: char| !c.is_alphabetic())
                    .find(|word| words.contains(&word.to_lowercase().as_str()));
                assert!(found.is_none(), "{}:{}: {line}", path.display(), at + 1);
            }
        }
    }
    assert!(read > 100, "{read} files");
}
