//! What the build script of a study tells its program.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use super::{Code, CodePlace, Error};

/// A study whose experiments are kept by the digests of their code. Paths are below the folder of its
/// manifest.
pub struct Study<'a> {
    /// The crates whose code is followed, each with its name and root file; its own is the first.
    pub crates: &'a [(&'a str, &'a Path)],
    /// Files and folders that the program is made from.
    pub sources: &'a [PathBuf],
    /// The manifests of the crates that are part of the program.
    pub manifests: &'a [PathBuf],
    /// `Cargo.lock`.
    pub lock: &'a Path,
}

/// Writes `code.rs` for a study of one package, as [`Study::write`] does: of `src`, with `src/main.rs` as its root.
///
/// # Errors
/// Those of [`Study::write`].
pub fn write_package() -> Result<(), Error> {
    let package = std::env::var("CARGO_PKG_NAME").map_err(|_| Error::NoBuildScript)?;
    let folder = std::env::current_dir().map_err(|error| Error::File(PathBuf::from("."), error))?;
    // A member of a workspace has its lock in a folder above; digests know no path from the root of a machine.
    let mut above =
        (0..folder.ancestors().count()).map(|up| PathBuf::from("../".repeat(up)).join("Cargo.lock"));
    let lock = above.find(|lock| lock.exists()).unwrap_or_else(|| PathBuf::from("Cargo.lock"));
    Study {
        crates: &[(&package.replace('-', "_"), Path::new("src/main.rs"))],
        sources: &[PathBuf::from("src"), lock.clone()],
        manifests: &[PathBuf::from("Cargo.toml")],
        lock: &lock,
    }
    .write()
}

impl Study<'_> {
    /// Writes `code.rs` into `OUT_DIR`, with the constant `CODE: paper_engine::study::Code`, and has cargo
    /// run the script again when a source changes.
    ///
    /// # Errors
    /// Sources that cannot be read, or no build script.
    pub fn write(&self) -> Result<(), Error> {
        let out = std::env::var_os("OUT_DIR").ok_or(Error::NoBuildScript)?;
        for path in self.sources {
            // Cargo listens; when nobody does, nothing is lost.
            let _ = writeln!(std::io::stdout(), "cargo::rerun-if-changed={}", path.display());
        }
        let file = Path::new(&out).join("code.rs");
        std::fs::write(&file, self.constant()?).map_err(|error| Error::File(file, error))
    }

    /// Returns the text of the constant.
    fn constant(&self) -> Result<String, Error> {
        let mut text = String::from(
            "const CODE: paper_engine::study::Code = paper_engine::study::Code {\n    digests: &[\n",
        );
        let code = Code::read(self.crates)?;
        for one in code.constants(&["Experiment", "StoredExperiment"]) {
            let _ = writeln!(text, "        ({:?}, {:?}, {:?}),", one.kind, one.id, one.digest);
        }
        text.push_str("    ],\n    places: &[\n");
        let own = self.crates.first().map_or("", |(name, _)| *name);
        for CodePlace { file, item, first, last } in code.places(own) {
            let file = file.to_string_lossy();
            let _ = writeln!(
                text,
                "        paper_engine::study::CodePlace {{ file: {file:?}, item: {item:?}, first: {first}, last: {last} }},"
            );
        }
        let (sources, libraries) = (digest(self.sources)?, self.libraries());
        let _ = writeln!(text, "    ],\n    sources: {sources:?},\n    libraries: {libraries:?},\n}};");
        Ok(text)
    }

    /// Returns each library that the program calls with its version, as `name=version name=version`.
    fn libraries(&self) -> String {
        let read = |file: &Path| std::fs::read_to_string(file).unwrap_or_default();
        let (manifests, lock) =
            (self.manifests.iter().map(|file| read(file)).collect::<Vec<_>>(), read(self.lock));
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
        let named =
            called.iter().filter_map(|name| Some(format!("{name}={}", versions.get(name)?.join("+"))));
        named.collect::<Vec<_>>().join(" ")
    }
}

/// Returns the names under `[dependencies]` of a manifest.
fn dependencies(manifest: &str) -> impl Iterator<Item = &str> {
    let lines = manifest.lines().skip_while(|line| *line != "[dependencies]").skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    lines.filter_map(|line| line.split(['.', ' ']).next()).filter(|name| !name.is_empty())
}

/// Returns all files below some paths, in order; a path that does not exist has none.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for entry in paths.iter().filter(|path| path.exists()).flat_map(WalkDir::new) {
        let entry = entry?;
        if entry.file_type().is_file() {
            files.push(entry.into_path());
        }
    }
    files.sort();
    Ok(files)
}

/// Returns the SHA-256 of all files below some paths with their names, in hexadecimal digits.
///
/// # Errors
/// Files that cannot be read.
pub fn digest(paths: &[PathBuf]) -> Result<String, Error> {
    let mut digest = Sha256::new();
    for file in files(paths)? {
        let bytes = std::fs::read(&file).map_err(|error| Error::File(file.clone(), error))?;
        digest.update(format!("{}\0{}\0", file.display(), bytes.len()));
        digest.update(bytes);
    }
    Ok(super::hex(digest))
}
