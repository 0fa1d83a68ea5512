//! Works that are added to the bibliography of a paper.

use std::path::{Path, PathBuf};

use super::paper::Paper;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::lint::{is_unaddressed, lacking};
use crate::manuscript::{EntryText, WrittenEntry, addition};
use crate::study::Study;

/// Entries that somebody gives.
#[derive(Clone, Debug)]
pub struct Given {
    /// Where they stand, for messages.
    pub file: PathBuf,
    /// Their text.
    pub text: String,
}

/// A bibliography with works that it did not have.
#[derive(Clone, Debug)]
pub struct Added {
    /// Its file, below the root.
    pub file: PathBuf,
    /// All of it.
    pub bytes: Vec<u8>,
    /// What is new at its end.
    pub appended: String,
    /// The keys of the new works, each with its line.
    pub keys: Vec<(String, usize)>,
    /// What a reader may miss, as sentences.
    pub warnings: Vec<String>,
}

/// Why nothing is added.
#[derive(Clone, Debug)]
pub struct Refused {
    /// What is wrong; files are below the root where it is of the paper, and else as they were given.
    pub errors: Diagnostics,
    /// Whether the paper has the errors, and not what was given.
    pub is_of_paper: bool,
}

/// Returns the bibliography of the paper at `root` with the entries given; `key` is a new key for the one
/// entry. Nothing is written.
///
/// # Errors
/// A paper or a bibliography that cannot be read, entries that lack what a reader needs, and those of
/// [`addition`].
pub fn add_references(
    root: &Path,
    study: &Study,
    given: &Given,
    key: Option<&str>,
) -> Result<Added, Refused> {
    let of_paper = |errors: Diagnostics| Refused { errors, is_of_paper: true };
    let of_given = |errors: Diagnostics| Refused { errors, is_of_paper: false };
    let paper = Paper::read(root, study).map_err(of_paper)?;
    let file = paper.bibliography;
    let bytes = bytes_of(root, &file).map_err(of_paper)?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let place = Location::of_byte(&file, &before, before.len());
        of_paper(
            Diagnostic::new(place, "this byte is not UTF-8 text").remedy("save the file as UTF-8").into(),
        )
    })?;
    if let Some(key) = key {
        check_key(key).map_err(of_given)?;
    }
    let path = root.join(&file);
    let bibliography = EntryText { file: &path, text };
    let added =
        addition(bibliography, EntryText { file: &given.file, text: &given.text }, key).map_err(of_given)?;
    check_complete(&added.entries, given).map_err(of_given)?;
    let (whole, lines) = (format!("{text}{}", added.text), text.matches('\n').count());
    let mut from = 0;
    let keys = added.entries.iter().map(|entry| {
        let at = added.text[from..].find(entry.key.as_str()).map_or(from, |at| from + at);
        from = at + entry.key.len();
        (entry.key.clone(), lines + added.text[..at].matches('\n').count() + 1)
    });
    let keys = keys.collect();
    let unaddressed = added.entries.iter().filter(|entry| is_unaddressed(entry));
    let mut warnings: Vec<String> = unaddressed
        .map(|entry| {
            format!("`{}` has neither DOI nor another address at which a reader finds it", entry.key)
        })
        .collect();
    if added.leaves_out {
        warnings.push("what stands between and around the entries given is not added".to_owned());
    }
    Ok(Added { file, bytes: whole.into_bytes(), appended: added.text, keys, warnings })
}

/// Reads the bibliography as it is; a paper may have none yet.
fn bytes_of(root: &Path, file: &Path) -> Result<Vec<u8>, Diagnostics> {
    match std::fs::read(root.join(file)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        read => read.map_err(|error| {
            let message = format!("{} cannot be read: {error}", file.display());
            Diagnostic::new(Location::file(file), message)
                .remedy("correct its name in paper/paper.yaml")
                .into()
        }),
    }
}

/// Refuses a key that no citation can name.
fn check_key(key: &str) -> Result<(), Diagnostics> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_:.+/".contains(c);
    if key.starts_with(|c: char| c.is_ascii_alphanumeric())
        && key.ends_with(|c: char| c.is_ascii_alphanumeric())
        && key.chars().all(is_plain)
    {
        return Ok(());
    }
    let error = Diagnostic::new(Location::file("--key"), format!("`{key}` cannot be the key of a work"));
    Err(error.remedy("write letters, digits and `-`, `_`, `:`, `.`, `+` or `/` between them").into())
}

/// Refuses entries without what a reader needs to find the work.
fn check_complete(entries: &[WrittenEntry], given: &Given) -> Result<(), Diagnostics> {
    let mut errors = Diagnostics::default();
    for entry in entries {
        for fields in lacking(entry) {
            let message = format!("the entry `{}` has no {}", entry.key, fields.join(" or "));
            let place = Location::of_byte(&given.file, &given.text, entry.at);
            errors.push(
                Diagnostic::new(place, message).remedy("complete it, so that a reader can find the work"),
            );
        }
    }
    errors.into_result(())
}
