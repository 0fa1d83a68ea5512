//! Digests of the engine's sources, so that a kept result counts as long as the code that made it is the same.

use std::path::PathBuf;

/// What makes facts of what experiments compute.
const FACTS: [&str; 7] = [
    "../../Cargo.lock",
    "../sampling/src",
    "src/diagnostic.rs",
    "src/facts",
    "src/model",
    "src/source.rs",
    "src/units.rs",
];
/// What makes everything else as well.
const ALL: [&str; 6] =
    ["../../Cargo.lock", "../../templates", "../phext/src", "../sampling/src", "../typesetter/src", "src"];

fn main() -> Result<(), code_digest::Error> {
    println!("cargo::rerun-if-changed=build.rs");
    for path in ALL {
        println!("cargo::rerun-if-changed={path}");
    }
    println!("cargo::rustc-env=FACTS_DIGEST={}", code_digest::digest(&FACTS.map(PathBuf::from))?);
    println!("cargo::rustc-env=ENGINE_DIGEST={}", code_digest::digest(&ALL.map(PathBuf::from))?);
    Ok(())
}
