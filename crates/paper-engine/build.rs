//! Digests of the engine's sources, so that a kept result counts as long as the code that made it is the same.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use walkdir::WalkDir;

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

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    for path in ALL {
        println!("cargo::rerun-if-changed={path}");
    }
    println!("cargo::rustc-env=FACTS_DIGEST={}", digest(&FACTS)?);
    println!("cargo::rustc-env=ENGINE_DIGEST={}", digest(&ALL)?);
    Ok(())
}

/// The digest of all files below `paths`, whatever the order in which a file system lists them.
fn digest(paths: &[&str]) -> Result<String, Box<dyn std::error::Error>> {
    let mut files: Vec<PathBuf> = Vec::new();
    // A packaged crate comes without its neighbours.
    for entry in paths.iter().filter(|path| Path::new(path).exists()).flat_map(WalkDir::new) {
        let entry = entry?;
        if entry.file_type().is_file() {
            files.push(entry.into_path());
        }
    }
    files.sort();
    let mut digest = Sha256::new();
    for file in files {
        let bytes = std::fs::read(&file)?;
        digest.update(format!("{}\0{}\0", file.display(), bytes.len()));
        digest.update(bytes);
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
