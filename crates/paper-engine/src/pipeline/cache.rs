//! Results kept by the hash of everything they depend on, below `build/.cache`.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};
use typesetter::sealed::{seal, unseal};
use walkdir::WalkDir;

use crate::source::{hex, write_atomically};

/// A kind of results, and the digest of the code that makes them.
pub struct Stage {
    name: &'static str,
    code: &'static str,
}

/// Facts of experiments, whose own code is part of their keys.
pub const FACTS: Stage = Stage { name: "facts", code: env!("FACTS_DIGEST") };
/// Facts that are taken of an author's own results.
pub const RESULTS: Stage = Stage { name: "results", code: env!("RESULTS_DIGEST") };
/// Drawings as PDF.
pub const FIGURES: Stage = Stage { name: "figures", code: env!("FIGURES_DIGEST") };
/// Drawings of rows of an author's results.
pub const DRAWN: Stage = Stage { name: "drawn", code: env!("ROWS_DIGEST") };
/// Tables of the same.
pub const TABLES: Stage = Stage { name: "tables", code: env!("ROWS_DIGEST") };
/// Pictures of the author as drawings.
pub const PICTURED: Stage = Stage { name: "pictured", code: env!("FIGURES_DIGEST") };
/// Drawings as PNG.
pub const PICTURES: Stage = Stage { name: "picture", code: env!("FIGURES_DIGEST") };
/// Drawings as PNG of documents that show no SVG.
pub const PRINTED: Stage = Stage { name: "printed", code: env!("FIGURES_DIGEST") };
/// What Pandoc makes of documents, and what is mended in it; whatever else that rests on is part of their keys.
pub const DOCX: Stage = Stage { name: "docx", code: env!("DOCX_DIGEST") };
/// The cards of posts.
pub const CARDS: Stage = Stage { name: "card", code: env!("FIGURES_DIGEST") };
/// What TeX made.
pub const PDF: Stage = Stage { name: "pdf", code: env!("TYPESETTER_DIGEST") };

/// The results of a stage that are kept although the last build did not use them.
const SPARE: usize = 64;

/// A folder of results by content hash.
pub struct Cache {
    folder: PathBuf,
    /// The results that were asked for, each by its stage and file.
    used: Mutex<BTreeSet<(&'static str, PathBuf)>>,
}

/// A result and whether it had to be computed.
pub struct Cached {
    /// The result.
    pub bytes: Vec<u8>,
    /// Whether it came from the cache.
    pub hit: bool,
}

impl Cache {
    /// Uses `folder`; results of other code do not count.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, used: Mutex::default() }
    }

    /// Returns the cache of a paper, below its root.
    pub fn of(root: &Path) -> Self {
        Self::new(root.join("build/.cache"))
    }

    /// Returns where the formats of TeX are kept.
    pub fn formats(&self) -> PathBuf {
        self.folder.join("tex")
    }

    /// Returns the result for `key`, computed when it is not there.
    ///
    /// # Errors
    /// Those of `compute`; a cache that cannot be read or written only costs time.
    pub fn get<E>(
        &self,
        stage: &Stage,
        key: &[&[u8]],
        compute: impl FnOnce() -> Result<Vec<u8>, E>,
    ) -> Result<Cached, E> {
        let mut digest = Sha256::new();
        for part in [stage.code.as_bytes()].iter().chain(key) {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        let path = self.folder.join(stage.name).join(hex(&digest.finalize()));
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.insert((stage.name, path.clone()));
        drop(used);
        if let Ok(Some(bytes)) = std::fs::read(&path).map(unseal) {
            return Ok(Cached { bytes, hit: true });
        }
        let bytes = compute()?;
        // A full disk or a read-only folder is no reason to fail a build that has its result.
        let _unused = write_atomically(&path, &seal(&bytes));
        Ok(Cached { bytes, hit: false })
    }
}

impl Cache {
    /// Removes results that were not asked for, but for the latest of each stage; after a whole build, which
    /// asks for all that the paper needs.
    pub fn prune(&self) {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let stages: BTreeSet<&str> = used.iter().map(|(stage, _)| *stage).collect();
        for stage in stages {
            let folder = self.folder.join(stage);
            // A folder that leads elsewhere, and files that no cache names so, belong to somebody else.
            if !is_within(&folder, &self.folder) {
                continue;
            }
            let entries = WalkDir::new(&folder).min_depth(1).max_depth(1).into_iter().flatten();
            let entries = entries.filter(|entry| entry.file_type().is_file() && is_digest(entry.file_name()));
            let spare = entries.filter(|entry| !used.contains(&(stage, entry.path().to_owned())));
            let mut spare: Vec<_> = spare
                .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.into_path())))
                .collect();
            spare.sort();
            for (_, path) in spare.iter().rev().skip(SPARE) {
                // What cannot be removed costs space, and nothing else.
                let _kept = std::fs::remove_file(path);
            }
        }
    }
}

/// Returns whether a file is one of a folder and not, through a link on its way, one of another place.
pub fn is_within(file: &Path, folder: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let (Some(parent), Some(folder)) = (file.parent().and_then(real), real(folder)) else { return false };
    let is_link = std::fs::symlink_metadata(file).is_ok_and(|found| found.file_type().is_symlink());
    parent.starts_with(folder) && !is_link
}

/// Returns whether a name is a digest as the cache writes them.
fn is_digest(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.len() == 64 && name.iter().all(u8::is_ascii_hexdigit)
}
