//! The import table and the module list of ARCHITECTURE.md hold in `src/`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What each module may import besides `diagnostic` and `source`.
const IMPORTS: &[(&str, &[&str])] = &[
    ("diagnostic", &[]),
    ("source", &[]),
    ("phext", &[]),
    ("sim", &["phext"]),
    ("units", &[]),
    ("model", &["units"]),
    ("facts", &["model", "sim", "phext", "units"]),
    ("figure", &["facts"]),
    ("table", &["facts"]),
    ("manuscript", &["facts", "table"]),
    ("lint", &["facts", "manuscript"]),
    ("review", &["facts", "lint", "manuscript", "model", "phext", "table"]),
    ("rally", &["facts", "lint", "manuscript", "model", "phext", "review", "table"]),
    ("output", &["facts", "figure", "manuscript", "phext", "table"]),
    ("typeset", &[]),
    (
        "pipeline",
        &["facts", "figure", "lint", "manuscript", "model", "output", "rally", "review", "table", "typeset"],
    ),
    ("preview", &["pipeline", "rally", "review", "typeset"]),
    ("publish", &["facts", "output", "pipeline"]),
    ("foundations", &[]),
    (
        "cli",
        &[
            "facts", "lint", "model", "phext", "pipeline", "preview", "publish", "rally", "review", "sim",
            "typeset",
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
    }
    found.retain(|module, _| module != "lib" && module != "main");
    found
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
fn the_architecture_page_names_every_module() {
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md")).unwrap();
    for (module, _) in IMPORTS {
        assert!(page.contains(&format!("`{module}`")), "ARCHITECTURE.md does not name `{module}`");
    }
}
