//! The files of a release, from a finished build.

use std::collections::BTreeMap;
use std::path::Path;

use super::citation::{CITATION_FILE, ZENODO_FILE, cff, zenodo};
use super::contents::{LICENCE_FILES, SITE_FILE};
use super::date::Date;
use super::site::site;
use super::sums::{self, SUMS_FILE};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::pipeline::{Built, FileDigest, MANIFEST_FILE, Manifest, PAPER_FILE, Release};

/// Sizes stand on the page and the page's own hash in the files whose size it tells: two rounds settle that,
/// as only the digits of a size can still change another.
const ROUNDS: usize = 4;

/// A release: files by path, and the manifest among them.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// Every file, by path below the bundle.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What `manifest.json` says.
    pub manifest: Manifest,
}

impl Bundle {
    /// Gathers a release from a build.
    ///
    /// # Errors
    /// A description that no catalogue can hold.
    pub(super) fn of(root: &Path, built: &Built, date: Option<Date>) -> Result<Self, Diagnostics> {
        let paper = &built.description;
        let mut files = built.files.clone();
        files.remove(MANIFEST_FILE);
        let mut manifest = built.manifest.clone();
        manifest.release = Some(Release { date: date.as_ref().map(ToString::to_string) });
        for name in LICENCE_FILES {
            if let Ok(bytes) = std::fs::read(root.join(name)) {
                manifest.inputs.insert(name.to_owned(), FileDigest::of(&bytes));
                files.insert(name.to_owned(), bytes);
            }
        }
        files.insert(CITATION_FILE.to_owned(), cff(paper, date.as_ref()).map_err(internal)?);
        files.insert(ZENODO_FILE.to_owned(), zenodo(paper, date.as_ref()).map_err(internal)?);
        let mut sizes: BTreeMap<String, usize> =
            files.iter().map(|(path, bytes)| (path.clone(), bytes.len())).collect();
        for last in [MANIFEST_FILE, SUMS_FILE] {
            sizes.insert(last.to_owned(), 0);
        }
        let mut finished = Self { files: BTreeMap::new(), manifest: Manifest::default() };
        for _ in 0..ROUNDS {
            let page = site(paper, &sizes, date.as_ref()).map_err(internal)?;
            files.insert(SITE_FILE.to_owned(), page.into_bytes());
            finished = close(&manifest, &files)?;
            let now = [MANIFEST_FILE, SUMS_FILE].map(|name| (name.to_owned(), finished.files[name].len()));
            if now.iter().all(|(name, size)| sizes[name] == *size) {
                break;
            }
            sizes.extend(now);
        }
        Ok(finished)
    }
}

/// Adds the manifest and the sums of everything else.
fn close(manifest: &Manifest, files: &BTreeMap<String, Vec<u8>>) -> Result<Bundle, Diagnostics> {
    let (mut files, mut manifest) = (files.clone(), manifest.clone());
    manifest.outputs = files.iter().map(|(path, bytes)| (path.clone(), FileDigest::of(bytes))).collect();
    files.insert(MANIFEST_FILE.to_owned(), manifest.json().map_err(internal)?);
    files.insert(SUMS_FILE.to_owned(), sums::write(&files));
    Ok(Bundle { files, manifest })
}

fn internal(error: impl std::fmt::Display) -> Diagnostics {
    Diagnostic::new(Location::file(PAPER_FILE), error.to_string()).into()
}
