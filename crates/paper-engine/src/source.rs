//! Reading an author's files: UTF-8 text and YAML, with located errors; digests of what was read.

use std::collections::BTreeMap;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_saphyr::Spanned;
use sha2::{Digest, Sha256};

use crate::diagnostic::{Diagnostic, Diagnostics, Location};

/// Reads a text file below `root`.
///
/// # Errors
/// A missing file, or the place of the first byte that is not UTF-8.
pub fn read_text(root: &Path, file: &Path) -> Result<String, Diagnostic> {
    let bytes = std::fs::read(root.join(file)).map_err(|error| {
        let message = match error.kind() {
            std::io::ErrorKind::NotFound => format!("{} does not exist", file.display()),
            _ => format!("{} cannot be read: {error}", file.display()),
        };
        Diagnostic::new(Location::file(file), message)
            .remedy("create it, or correct its name in paper/paper.yaml")
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..valid]);
        let place = Location::of_byte(file, &before, before.len());
        let byte = error.as_bytes()[valid];
        let message = format!("byte 0x{byte:02X} is not UTF-8 text");
        Diagnostic::new(place, message).remedy("save the file as UTF-8")
    })
}

/// Reads a YAML file below `root`.
///
/// # Errors
/// Those of [`read_text`], and YAML that is broken, has unknown keys or values of the wrong type.
pub fn read_yaml<T: DeserializeOwned>(root: &Path, file: &Path) -> Result<T, Diagnostic> {
    let text = read_text(root, file)?;
    serde_saphyr::from_str(&text).map_err(|error| {
        let error = error.without_snippet();
        let place = error.location();
        let (line, column) = place.map_or((1, 1), |place| (place.line() as usize, place.column() as usize));
        let message = error.to_string();
        let message = message.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        Diagnostic::new(Location::new(file, line, column), message)
            .remedy("correct the YAML at this place; keys and types are described in README.md")
    })
}

/// Reads every file with an extension (YAML, or JSON as its subset) of a folder below `root`, by the stem of
/// its name; no folder, no files.
///
/// # Errors
/// Those of [`read_yaml`], of all files together.
pub fn read_folder<T: DeserializeOwned>(
    root: &Path,
    folder: &Path,
    extension: &str,
) -> Result<BTreeMap<String, T>, Diagnostics> {
    let mut errors = Diagnostics::default();
    let mut found = BTreeMap::new();
    let entries = walkdir::WalkDir::new(root.join(folder)).max_depth(1).sort_by_file_name();
    for entry in entries.into_iter().flatten() {
        let name = Path::new(entry.file_name());
        if !entry.file_type().is_file() || name.extension().is_none_or(|found| found != extension) {
            continue;
        }
        let read = read_yaml(root, &folder.join(name)).map_err(Diagnostics::from);
        if let (Some(value), Some(stem)) = (errors.take(read), name.file_stem()) {
            found.insert(stem.to_string_lossy().into_owned(), value);
        }
    }
    errors.into_result(found)
}

/// The place of a value in its YAML file.
pub fn place<T>(file: &Path, value: &Spanned<T>) -> Location {
    Location::new(file, value.referenced.line() as usize, value.referenced.column() as usize)
}

/// Bytes in lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The SHA-256 of some bytes, in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
