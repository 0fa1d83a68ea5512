//! One side of a comparison: a release bundle, a folder `build/`, or a `facts.json` alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::diagnostic::{Diagnostic, Location};
use crate::facts::{Facts, Unit};
use crate::pipeline::{MANIFEST_FILE, MENTIONS_FILE, Manifest, Mentions, StoredVerdict, VERDICTS_FILE};
use crate::source::read_text;

const FACTS_FILE: &str = "facts.json";

/// What is known of one build.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// What it was named.
    pub name: String,
    /// Its folder, where there is more than facts.
    pub folder: Option<PathBuf>,
    /// All facts.
    pub facts: Facts,
    /// Verdicts on the claims; none where only facts are known.
    pub verdicts: Option<Vec<StoredVerdict>>,
    /// Where each fact stands in the text.
    pub mentions: Mentions,
    /// Editions, from the shortest to the fullest.
    pub editions: Vec<String>,
}

impl Side {
    /// Reads what is known of a build.
    ///
    /// # Errors
    /// No facts at this path, or a file of another form than a build writes.
    pub fn read(path: &Path) -> Result<Self, Diagnostic> {
        let name = path.display().to_string();
        if !path.is_dir() {
            let folder = path.parent().unwrap_or(Path::new(""));
            let file = path.file_name().map(Path::new).unwrap_or(path);
            let facts = facts(folder, file, path)?;
            return Ok(Self { name, facts, ..Self::default() });
        }
        let whole = |file: &str| path.join(file);
        let facts = facts(path, Path::new(FACTS_FILE), &whole(FACTS_FILE))?;
        let verdicts = optional(path, VERDICTS_FILE)?;
        let mentions = optional(path, MENTIONS_FILE)?.unwrap_or_default();
        let manifest: Option<Manifest> = optional(path, MANIFEST_FILE)?;
        let editions = manifest.map(|manifest| manifest.editions).unwrap_or_default();
        Ok(Self { name, folder: Some(path.to_path_buf()), facts, verdicts, mentions, editions })
    }
}

const REMEDY: &str = "name a release bundle, a folder build/ or a facts.json that this program wrote";

/// Reads facts, whose units may be such as their paper declared.
fn facts(folder: &Path, file: &Path, shown: &Path) -> Result<Facts, Diagnostic> {
    #[derive(Deserialize)]
    struct Written {
        unit: String,
    }
    let text = text(folder, file, shown)?;
    let written: BTreeMap<String, Written> = parsed(&text, shown)?;
    for Written { unit } in written.values().filter(|fact| Unit::with_key(&fact.unit).is_none()) {
        Unit::declare_thing(unit, unit, false);
    }
    parsed(&text, shown)
}

fn optional<T: DeserializeOwned>(folder: &Path, file: &str) -> Result<Option<T>, Diagnostic> {
    let path = folder.join(file);
    if path.exists() { json(folder, Path::new(file), &path).map(Some) } else { Ok(None) }
}

fn json<T: DeserializeOwned>(folder: &Path, file: &Path, shown: &Path) -> Result<T, Diagnostic> {
    parsed(&text(folder, file, shown)?, shown)
}

fn text(folder: &Path, file: &Path, shown: &Path) -> Result<String, Diagnostic> {
    read_text(folder, file).map_err(|mut error| {
        error.location.file = shown.to_path_buf();
        error.message = error.message.replacen(&file.display().to_string(), &shown.display().to_string(), 1);
        error.remedy(REMEDY)
    })
}

fn parsed<T: DeserializeOwned>(text: &str, shown: &Path) -> Result<T, Diagnostic> {
    serde_json::from_str(text).map_err(|error| {
        let place = Location::new(shown, error.line(), error.column().max(1));
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        Diagnostic::new(place, format!("this is not what a build writes: {message}")).remedy(REMEDY)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_keep_the_units_that_their_paper_declared() {
        let folder = tempfile::tempdir().unwrap();
        let fact = r#"{"a.b": {"value": 3.5, "unit": "parcels", "grade": "measured", "inputs": [], "formula": "", "source": ""}}"#;
        std::fs::write(folder.path().join(FACTS_FILE), fact).unwrap();
        for path in [folder.path().to_owned(), folder.path().join(FACTS_FILE)] {
            let side = Side::read(&path).unwrap();
            assert_eq!(side.facts.get("a.b").unwrap().display(None), "3.50\u{a0}parcels");
        }
    }
}
