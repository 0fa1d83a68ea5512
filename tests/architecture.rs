//! The tables of crates and modules of ARCHITECTURE.md hold.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What each crate of the workspace may call of the others.
const CRATES: &[(&str, &[&str])] = &[
    ("code-digest", &[]),
    ("phext", &[]),
    ("sampling", &[]),
    ("typesetter", &[]),
    ("phext-paper", &["phext", "sampling", "typesetter"]),
];

/// What each module may import besides `diagnostic` and `source`.
const IMPORTS: &[(&str, &[&str])] = &[
    ("diagnostic", &[]),
    ("source", &[]),
    ("sim", &["phext", "sampling"]),
    ("units", &[]),
    ("model", &["units"]),
    ("facts", &["model", "sampling", "sim", "phext", "units"]),
    ("figure", &["facts"]),
    ("table", &["facts"]),
    ("manuscript", &["facts", "table"]),
    ("lint", &["facts", "manuscript"]),
    ("review", &["facts", "lint", "manuscript", "model", "phext", "sim", "table"]),
    ("rally", &["facts", "lint", "manuscript", "model", "phext", "review", "table"]),
    ("output", &["facts", "figure", "manuscript", "phext", "table"]),
    (
        "pipeline",
        &[
            "facts",
            "figure",
            "lint",
            "manuscript",
            "model",
            "output",
            "rally",
            "review",
            "table",
            "typesetter",
        ],
    ),
    ("preview", &["pipeline", "rally", "review", "typesetter"]),
    ("publish", &["facts", "output", "pipeline"]),
    ("foundations", &[]),
    (
        "cli",
        &[
            "facts",
            "lint",
            "model",
            "phext",
            "pipeline",
            "preview",
            "publish",
            "rally",
            "review",
            "sampling",
            "sim",
            "typesetter",
        ],
    ),
];

fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for entry in walkdir::WalkDir::new(&src) {
        let entry = entry.unwrap();
        if entry.path().extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let module = entry.path().strip_prefix(&src).unwrap().iter().next().unwrap();
        let module = module.to_string_lossy().trim_end_matches(".rs").to_owned();
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let used = found.entry(module).or_default();
        for part in text.split("crate::").skip(1) {
            used.insert(part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
        for (other, _) in CRATES {
            let is_start = |(at, _): (usize, _)| {
                let before = text[..at].chars().next_back();
                before.is_none_or(|c| !c.is_alphanumeric() && !"_:".contains(c))
            };
            if text.match_indices(&format!("{other}::")).any(is_start) {
                used.insert((*other).to_owned());
            }
        }
    }
    found.retain(|module, _| module != "lib" && module != "main");
    found
}

#[test]
fn crates_call_only_what_the_table_allows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let names: BTreeSet<&str> = CRATES.iter().map(|(name, _)| *name).collect();
    let folders = std::fs::read_dir(root.join("crates")).unwrap();
    let folders: BTreeSet<String> =
        folders.map(|folder| folder.unwrap().file_name().into_string().unwrap()).collect();
    let own = env!("CARGO_PKG_NAME");
    assert_eq!(names, folders.iter().map(String::as_str).chain([own]).collect());
    for (name, allowed) in CRATES {
        let folder = if *name == own { root.to_owned() } else { root.join("crates").join(name) };
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let called = manifest.lines().skip_while(|line| *line != "[dependencies]").skip(1);
        let called =
            called.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split(['.', ' ']).next());
        let called: BTreeSet<&str> = called.filter(|name| names.contains(name)).collect();
        assert_eq!(called, allowed.iter().copied().collect(), "{name}");
    }
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let found = imports();
    let table: BTreeMap<_, _> = IMPORTS.iter().copied().collect();
    assert_eq!(found.keys().collect::<Vec<_>>(), table.keys().collect::<Vec<_>>());
    for (module, used) in found {
        for other in used {
            let allowed = other == module
                || other == "diagnostic"
                || other == "source"
                || table[module.as_str()].contains(&other.as_str());
            assert!(allowed || other.is_empty(), "{module} imports {other}");
        }
    }
}

#[test]
fn the_architecture_page_names_every_crate_and_module() {
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md")).unwrap();
    for (module, _) in IMPORTS.iter().chain(CRATES) {
        assert!(page.contains(&format!("`{module}`")), "ARCHITECTURE.md does not name `{module}`");
    }
}
