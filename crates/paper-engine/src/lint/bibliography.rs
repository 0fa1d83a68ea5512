//! Entries of the bibliography that lack what a reader needs to find the work, and entries that nothing
//! cites.

use std::collections::BTreeSet;
use std::path::Path;

use biblatex::{RawBibliography, RawEntry};

use super::rules::{INCOMPLETE_REFERENCE, UNUSED_REFERENCE};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::manuscript::Document;
use crate::source::read_text;

/// What every entry needs: one field of each group.
const NEEDED: [&[&str]; 4] = [
    &["author", "editor", "organization", "institution"],
    &["title"],
    &["year", "date"],
    &["doi", "eprint", "url", "isbn"],
];

/// What entries of a kind need beyond that.
const NEEDED_BY_KIND: [(&str, &[&str]); 5] = [
    ("article", &["journal", "journaltitle", "eprint"]),
    ("inproceedings", &["booktitle"]),
    ("book", &["publisher"]),
    ("phdthesis", &["school", "institution"]),
    ("techreport", &["institution"]),
];

/// What a bibliography was found to hold.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    /// Entries without something they need.
    pub incomplete: Diagnostics,
    /// Entries that no edition cites.
    pub unused: Diagnostics,
}

/// Looks at every entry of a bibliography; `documents` are all editions.
pub fn entries<'d>(root: &Path, file: &Path, documents: impl Iterator<Item = &'d Document>) -> Entries {
    let mut found = Entries::default();
    // What cannot be read was reported where citations were resolved.
    let Ok(text) = read_text(root, file) else { return found };
    let Ok(raw) = RawBibliography::parse(&text) else { return found };
    let works = documents.flat_map(|document| &document.references);
    let cited: BTreeSet<&str> = works.map(|work| work.key.as_str()).collect();
    for entry in &raw.entries {
        let place = Location::of_byte(file, &text, entry.v.key.span.start);
        let key = entry.v.key.v;
        for fields in missing(&entry.v) {
            let message = format!("the entry `{key}` has no {}", fields.join(" or "));
            let remedy = "complete it, so that a reader can find the work";
            let error = Diagnostic::new(place.clone(), message).remedy(remedy);
            found.incomplete.push(error.breaks(&INCOMPLETE_REFERENCE));
        }
        if !cited.contains(key) {
            let message = format!("nothing cites the entry `{key}`");
            let remedy = "cite it where it supports what is said, or take it out";
            found.unused.push(Diagnostic::new(place, message).remedy(remedy).breaks(&UNUSED_REFERENCE));
        }
    }
    found
}

/// Returns the groups of fields of which an entry has none with a text.
fn missing(entry: &RawEntry<'_>) -> Vec<&'static [&'static str]> {
    let kind = entry.kind.v.to_ascii_lowercase();
    let has = |field: &&str| {
        entry.fields.iter().any(|pair| pair.key.v.eq_ignore_ascii_case(field) && !pair.value.v.is_empty())
    };
    let of_kind = NEEDED_BY_KIND.iter().filter(|(name, _)| *name == kind).map(|(_, fields)| *fields);
    NEEDED.into_iter().chain(of_kind).filter(|fields| !fields.iter().any(&has)).collect()
}
