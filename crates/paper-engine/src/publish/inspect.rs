//! A bundle against what it says of itself, in `SHA256SUMS` and in `manifest.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path};

use serde::Serialize;
use walkdir::WalkDir;

use super::sums::{self, SUMS_FILE};
use crate::pipeline::{FileDigest, MANIFEST_FILE, Manifest};

/// A file that is not what the bundle itself says.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Damage {
    /// Its path below the bundle.
    pub file: String,
    /// What is wrong with it.
    pub what: String,
}

/// The files of a bundle, and those that are not what it says.
#[derive(Debug, Default)]
pub struct Inspection {
    /// Every file that can be read, by path below the bundle.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What is wrong, in order of the paths.
    pub damaged: Vec<Damage>,
}

/// Reads a bundle and holds it against itself; nothing for a folder that has neither sums nor manifest.
pub fn inspect(bundle: &Path) -> Option<Inspection> {
    let mut found = Inspection::default();
    found.read(bundle);
    let own = [SUMS_FILE, MANIFEST_FILE];
    if own.iter().all(|name| !found.files.contains_key(*name)) {
        return None;
    }
    let said = Listing { sums: found.sums(), manifest: found.manifest() };
    let named = said.names();
    for path in own.into_iter().chain(named).filter(|path| !found.files.contains_key(*path)) {
        let is_below = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        let what = if is_below { "it is missing" } else { "it would stand outside of the bundle" };
        found.damaged.push(Damage::new(path, what));
    }
    found.damaged.extend(found.files.iter().filter_map(|(path, bytes)| said.contradicts(path, bytes)));
    found.damaged.sort();
    found.damaged.dedup_by(|later, first| later.file == first.file);
    Some(found)
}

impl Damage {
    fn new(file: &str, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), what: what.into() }
    }
}

impl Inspection {
    /// Reads every file; a link is none, wherever it leads.
    fn read(&mut self, bundle: &Path) {
        for entry in WalkDir::new(bundle).min_depth(1).sort_by_file_name().into_iter().flatten() {
            let path = entry.path().strip_prefix(bundle).unwrap_or(entry.path()).to_string_lossy();
            if entry.file_type().is_dir() {
                continue;
            }
            if !entry.file_type().is_file() {
                self.damaged.push(Damage::new(&path, "it is a link or a device, and no file"));
                continue;
            }
            match std::fs::read(entry.path()) {
                Ok(bytes) => drop(self.files.insert(path.into_owned(), bytes)),
                Err(error) => self.damaged.push(Damage::new(&path, format!("it cannot be read: {error}"))),
            }
        }
    }

    fn sums(&mut self) -> Option<BTreeMap<String, String>> {
        let text = String::from_utf8_lossy(self.files.get(SUMS_FILE)?);
        match sums::read(&text) {
            Ok(sums) => Some(sums),
            Err(line) => {
                self.damaged.push(Damage::new(SUMS_FILE, format!("line {line} is no sum")));
                None
            }
        }
    }

    fn manifest(&mut self) -> Option<Manifest> {
        let manifest = serde_json::from_slice(self.files.get(MANIFEST_FILE)?).ok();
        if manifest.is_none() {
            self.damaged.push(Damage::new(MANIFEST_FILE, "it cannot be read as a manifest"));
        }
        manifest
    }
}

/// What a bundle says of its files; nothing where that cannot be read.
struct Listing {
    sums: Option<BTreeMap<String, String>>,
    manifest: Option<Manifest>,
}

impl Listing {
    /// Returns all files that are named.
    fn names(&self) -> BTreeSet<&str> {
        let sums = self.sums.iter().flat_map(BTreeMap::keys);
        let listed = self.manifest.iter().flat_map(|manifest| manifest.outputs.keys());
        sums.chain(listed).map(String::as_str).collect()
    }

    /// Says where a file is not what is said of it; where sums and manifest say different things, the one
    /// that is wrong is the damaged file.
    fn contradicts(&self, path: &str, bytes: &[u8]) -> Option<Damage> {
        let now = FileDigest::of(bytes);
        let sum = self.sums.as_ref().filter(|_| path != SUMS_FILE).map(|sums| sums.get(path));
        let is_own = path == SUMS_FILE || path == MANIFEST_FILE;
        let listed = self.manifest.as_ref().filter(|_| !is_own).map(|manifest| manifest.outputs.get(path));
        let is_named = sum.flatten().is_some() || listed.flatten().is_some();
        let by_sums = sum.map(|sum| sum == Some(&now.sha256));
        let by_manifest = listed.map(|entry| entry == Some(&now));
        let entry_of = |what: &str| format!("its {what} of {path} is not that of the file");
        match (by_sums, by_manifest) {
            (Some(false), Some(true)) => Some(Damage::new(SUMS_FILE, entry_of("line"))),
            (Some(true), Some(false)) => Some(Damage::new(MANIFEST_FILE, entry_of("entry"))),
            (Some(false), _) | (_, Some(false)) if is_named => {
                Some(Damage::new(path, "its bytes are not those of the release"))
            }
            (Some(false), _) | (_, Some(false)) => Some(Damage::new(path, "it is no part of the release")),
            _ => None,
        }
    }
}
