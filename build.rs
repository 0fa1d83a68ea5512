//! Digests of the sources, so that a kept result counts as long as the code that made it is the same; libraries
//! and seeds for the manifest of a build.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use walkdir::WalkDir;

/// What makes the paper, beside the sources of the crates.
const ALL: [&str; 3] = ["Cargo.lock", "src", "templates"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let all: Vec<PathBuf> = ALL
        .into_iter()
        .map(PathBuf::from)
        .chain(crates().into_iter().map(|folder| folder.join("src")))
        .collect();
    for path in &all {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    std::fs::write(Path::new(&std::env::var("OUT_DIR")?).join("code.rs"), code()?)?;
    println!("cargo::rustc-env=SOURCES_DIGEST={}", digest(&all)?);
    Ok(())
}

/// The folders of the crates of the workspace, in the order of their names.
fn crates() -> Vec<PathBuf> {
    let folders = WalkDir::new("crates").min_depth(1).max_depth(1).sort_by_file_name();
    let folders = folders.into_iter().flatten().map(walkdir::DirEntry::into_path);
    // What the build script alone calls is no part of the program.
    folders.filter(|folder| !folder.ends_with("code-digest")).collect()
}

/// A constant in Rust with the digests of the code behind each experiment, and what else a manifest names.
fn code() -> Result<String, Box<dyn std::error::Error>> {
    let crates = [
        ("phext_paper", "src/lib.rs"),
        ("phext", "crates/phext/src/lib.rs"),
        ("sampling", "crates/sampling/src/lib.rs"),
    ];
    let crates = crates.map(|(name, root)| (name, Path::new(root)));
    let code = code_digest::Code::read(&crates)?;
    let mut text = String::from(
        "const CODE: paper_engine::study::Code = paper_engine::study::Code {\n    digests: &[\n",
    );
    for one in code.constants(&["Experiment", "StoredExperiment"]) {
        text += &format!("        ({:?}, {:?}, {:?}),\n", one.kind, one.id, one.digest);
    }
    text += &format!(
        "    ],\n    sources: env!(\"SOURCES_DIGEST\"),\n    libraries: {:?},\n    seeds: {:?},\n}};\n",
        libraries(),
        seeds()?
    );
    Ok(text)
}

/// Each library that the program calls with its version, as `name=version name=version`.
fn libraries() -> String {
    let read = |file: PathBuf| std::fs::read_to_string(file).unwrap_or_default();
    let own = PathBuf::from("Cargo.toml");
    let manifests = crates().into_iter().map(|folder| folder.join("Cargo.toml")).chain([own]).map(read);
    let (manifests, lock) = (manifests.collect::<Vec<_>>(), read("Cargo.lock".into()));
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in lock.split("[[package]]") {
        let value = |key: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(key))?;
            line.strip_prefix(" = \"")?.strip_suffix('"')
        };
        if let (Some(name), Some(version)) = (value("name"), value("version")) {
            versions.entry(name).or_default().push(version);
        }
    }
    let mut called: Vec<&str> = manifests.iter().flat_map(|manifest| dependencies(manifest)).collect();
    called.sort_unstable();
    called.dedup();
    let named = called.iter().filter_map(|name| Some(format!("{name}={}", versions.get(name)?.join("+"))));
    named.collect::<Vec<_>>().join(" ")
}

/// The names under `[dependencies]` of a manifest.
fn dependencies(manifest: &str) -> impl Iterator<Item = &str> {
    let lines = manifest.lines().skip_while(|line| *line != "[dependencies]").skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    lines.filter_map(|line| line.split(['.', ' ']).next()).filter(|name| !name.is_empty())
}

/// The seed of each file of experiments that has one, as `name=seed name=seed`.
fn seeds() -> Result<String, Box<dyn std::error::Error>> {
    let mut found = Vec::new();
    for entry in WalkDir::new("src/experiments").sort_by_file_name() {
        let entry = entry?;
        if !entry.file_type().is_file() {
            continue;
        }
        let text = std::fs::read_to_string(entry.path())?;
        let seed = text.lines().find_map(|line| line.strip_prefix("const SEED: u64 = ")?.strip_suffix(';'));
        if let (Some(seed), Some(name)) = (seed, entry.path().file_stem()) {
            found.push(format!("{}={seed}", name.to_string_lossy()));
        }
    }
    Ok(found.join(" "))
}

/// The digest of all files below `paths`, whatever the order in which a file system lists them.
fn digest(paths: &[PathBuf]) -> Result<String, Box<dyn std::error::Error>> {
    let mut files: Vec<PathBuf> = Vec::new();
    // A packaged crate may come without its lock file.
    for entry in paths.iter().filter(|path| path.exists()).flat_map(WalkDir::new) {
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
    Ok(hex(digest))
}

fn hex(digest: Sha256) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
