//! A bundle against its own sums, then against what the sources make today.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use super::compare::first_difference;
use super::date::Date;
use super::inspect::{Damage, Inspection, inspect};
use super::sums::SUMS_FILE;
use super::{folder, make};
use crate::diagnostic::Diagnostics;
use crate::pipeline::{Manifest, Options, Progress};

/// What a check of a bundle found.
#[derive(Debug, Default, Serialize)]
pub struct Verified {
    /// The files of the bundle.
    pub files: usize,
    /// Files that are not what the bundle itself says.
    pub damaged: Vec<Damage>,
    /// Files that the sources make otherwise today.
    pub differences: Vec<Difference>,
    /// What of the inputs, the program and the libraries has changed since.
    pub reasons: Vec<String>,
}

/// A file that the sources make otherwise today.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Its path below the bundle.
    pub file: String,
    /// Where it first differs.
    pub what: String,
}

impl Verified {
    /// Returns whether nothing was found.
    pub fn is_same(&self) -> bool {
        self.damaged.is_empty() && self.differences.is_empty()
    }
}

/// Checks a bundle against its own sums; where it holds, rebuilds it from the sources and compares.
///
/// Returns nothing for a folder that is no bundle.
///
/// # Errors
/// Errors of the paper that is built again.
pub fn verify(bundle: &Path, options: &Options, progress: Progress) -> Result<Option<Verified>, Diagnostics> {
    let Some(Inspection { files, damaged }) = inspect(bundle) else { return Ok(None) };
    let mut found = Verified { files: files.len(), damaged, ..Verified::default() };
    let Some(before) = folder::manifest(bundle).filter(|_| found.damaged.is_empty()) else {
        if found.damaged.is_empty() {
            return Ok(None);
        }
        return Ok(Some(found));
    };
    let date = before.release.as_ref().and_then(|release| release.date.as_deref()).map(Date::named);
    let (made, _) = make(options, date, progress)?;
    found.differences = differences(&files, &made.files);
    found.reasons = reasons(&before, &made.manifest);
    if found.reasons.is_empty() && !found.differences.is_empty() {
        let reason = "inputs, program and libraries are the same: another TeX distribution or other fonts are installed";
        found.reasons.push(reason.to_owned());
    }
    Ok(Some(found))
}

/// Files that are not the same; the sums follow all others and are left out.
fn differences(before: &BTreeMap<String, Vec<u8>>, now: &BTreeMap<String, Vec<u8>>) -> Vec<Difference> {
    let paths: BTreeSet<&String> =
        before.keys().chain(now.keys()).filter(|path| *path != SUMS_FILE).collect();
    let compared = paths.into_iter().filter_map(|path| {
        let what = match (before.get(path), now.get(path)) {
            (Some(a), Some(b)) if a == b => return None,
            (Some(a), Some(b)) => first_difference(a, b),
            (Some(_), None) => "it is not made any more".to_owned(),
            _ => "it is not in the bundle".to_owned(),
        };
        Some(Difference { file: path.clone(), what })
    });
    compared.collect()
}

/// Returns what has changed between two manifests besides the outputs.
fn reasons(before: &Manifest, now: &Manifest) -> Vec<String> {
    let mut reasons = Vec::new();
    for (path, change) in changed(&before.inputs, &now.inputs) {
        reasons.push(match change {
            Change::Other(a, b) => {
                format!(
                    "the input {path} is another: SHA-256 {} in the bundle, {} now",
                    short(&a.sha256),
                    short(&b.sha256)
                )
            }
            Change::Gone => format!("the input {path} is not read any more"),
            Change::New => format!("the input {path} is new"),
        });
    }
    let (old, new) = (&before.program, &now.program);
    if old.version != new.version {
        reasons.push(format!("the program is version {}, not {}", new.version, old.version));
    } else if old.sources_sha256 != new.sources_sha256 {
        reasons.push(format!("the program {} has other sources", new.version));
    }
    for (name, change) in changed(&before.libraries, &now.libraries) {
        reasons.push(match change {
            Change::Other(a, b) => format!("the library {name} is version {b}, not {a}"),
            Change::Gone => format!("the library {name} is not used any more"),
            Change::New => format!("the library {name} is new"),
        });
    }
    for (name, change) in changed(&before.seeds, &now.seeds) {
        reasons.push(match change {
            Change::Other(a, b) => format!("the seeds of {name} are {b:?}, not {a:?}"),
            Change::Gone => format!("the seeds of {name} are gone"),
            Change::New => format!("the seeds of {name} are new"),
        });
    }
    reasons
}

enum Change<'a, T> {
    Other(&'a T, &'a T),
    Gone,
    New,
}

fn changed<'a, T: PartialEq>(
    before: &'a BTreeMap<String, T>,
    now: &'a BTreeMap<String, T>,
) -> Vec<(&'a String, Change<'a, T>)> {
    let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    let compared = names.into_iter().filter_map(|name| match (before.get(name), now.get(name)) {
        (Some(a), Some(b)) if a == b => None,
        (Some(a), Some(b)) => Some((name, Change::Other(a, b))),
        (Some(_), None) => Some((name, Change::Gone)),
        _ => Some((name, Change::New)),
    });
    compared.collect()
}

/// Enough of a hash to tell it from another.
fn short(sha256: &str) -> &str {
    sha256.get(..12).unwrap_or(sha256)
}
