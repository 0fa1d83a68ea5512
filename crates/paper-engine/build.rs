//! Digests of the engine's sources, so that a kept result counts as long as the code that made it is the
//! same.

use std::path::PathBuf;

/// What makes facts of what experiments compute.
const FACTS: [&str; 8] = [
    "../../Cargo.lock",
    "../sampling/src",
    "src/diagnostic.rs",
    "src/facts",
    "src/model",
    "src/source.rs",
    "src/units",
    "src/units.rs",
];
/// What makes facts of an author's own results.
const RESULTS: [&str; 9] = [
    "../../Cargo.lock",
    "../sampling/src",
    "src/diagnostic.rs",
    "src/facts",
    "src/results",
    "src/source",
    "src/source.rs",
    "src/units",
    "src/units.rs",
];
/// What draws rows of an author's results, and makes tables of them.
const ROWS: [&str; 10] = [
    "../../Cargo.lock",
    "../sampling/src",
    "src/facts",
    "src/figure",
    "src/language",
    "src/results",
    "src/source",
    "src/table",
    "src/units",
    "src/units.rs",
];
/// What makes PDF and PNG of drawings.
const FIGURES: [&str; 3] = ["../../Cargo.lock", "src/figure", "src/output/card.rs"];
/// What runs TeX, and keeps what it made.
const TYPESETTER: [&str; 3] = ["../../Cargo.lock", "../typesetter/src", "src/pipeline/pdf.rs"];
/// What has Pandoc make a document, and mends that.
const DOCX: [&str; 3] = ["../../Cargo.lock", "src/pipeline/docx.rs", "src/pipeline/ooxml.rs"];

fn main() -> Result<(), code_digest::Error> {
    println!("cargo::rerun-if-changed=build.rs");
    let digests = [
        ("FACTS", FACTS.as_slice()),
        ("RESULTS", RESULTS.as_slice()),
        ("ROWS", ROWS.as_slice()),
        ("FIGURES", FIGURES.as_slice()),
        ("TYPESETTER", TYPESETTER.as_slice()),
        ("DOCX", DOCX.as_slice()),
    ];
    for (name, paths) in digests {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        for path in &paths {
            println!("cargo::rerun-if-changed={}", path.display());
        }
        println!("cargo::rustc-env={name}_DIGEST={}", code_digest::digest(&paths)?);
    }
    Ok(())
}
