//! Digests of the code behind each experiment and of all sources; libraries and seeds for the manifest of a
//! build.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

fn main() -> Result<(), code_digest::Error> {
    println!("cargo::rerun-if-changed=build.rs");
    let folders = WalkDir::new("crates").min_depth(1).max_depth(1).sort_by_file_name();
    let folders = folders.into_iter().flatten().map(walkdir::DirEntry::into_path);
    // What the build script alone calls is no part of the program.
    let crates: Vec<PathBuf> = folders.filter(|folder| !folder.ends_with("code-digest")).collect();
    let own = ["Cargo.lock", "src", "templates"].map(PathBuf::from);
    let sources: Vec<PathBuf> =
        own.into_iter().chain(crates.iter().map(|folder| folder.join("src"))).collect();
    let manifests =
        crates.iter().map(|folder| folder.join("Cargo.toml")).chain([PathBuf::from("Cargo.toml")]);
    code_digest::Study {
        crates: &[
            ("phext_paper", Path::new("src/lib.rs")),
            ("phext", Path::new("crates/phext/src/lib.rs")),
            ("sampling", Path::new("crates/sampling/src/lib.rs")),
        ],
        sources: &sources,
        manifests: &manifests.collect::<Vec<_>>(),
        lock: Path::new("Cargo.lock"),
    }
    .write()
}
