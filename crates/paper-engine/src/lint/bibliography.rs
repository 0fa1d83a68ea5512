//! Entries of the bibliography that lack what a reader needs to find the work, and entries that nothing
//! cites.

use std::collections::BTreeSet;
use std::path::Path;

use super::rules::{INCOMPLETE_REFERENCE, UNUSED_REFERENCE};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::manuscript::{Document, WrittenEntry, whole_entries};
use crate::source::read_text;

/// What entries need, one field of each group; of the kinds named, or of all but those behind a `!`.
const NEEDED: [(&str, &[&str]); 8] = [
    ("", &["title"]),
    (
        "!misc online electronic www manual proceedings periodical standard software dataset",
        &["author", "editor", "organization", "institution"],
    ),
    ("!misc online electronic www manual unpublished software dataset", &["year", "date"]),
    ("article", &["journaltitle", "eprint"]),
    ("inproceedings conference incollection", &["booktitle"]),
    ("book", &["publisher", "location", "institution", "organization", "howpublished"]),
    ("phdthesis mastersthesis thesis", &["institution"]),
    ("techreport report", &["institution"]),
];

/// Where a reader finds a work.
const ADDRESS: &[&str] = &["doi", "eprint", "url", "isbn", "howpublished"];

/// Kinds of works that have such an address if they are of this year or later: there was no ISBN before.
const HAS_ADDRESS: [&str; 6] = ["article", "inproceedings", "conference", "incollection", "book", "inbook"];
const FIRST_ISBN: u32 = 1970;

/// What a bibliography was found to hold.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    /// Cited entries without something they need.
    pub incomplete: Diagnostics,
    /// Cited entries without an address, of works that may have one.
    pub unaddressed: Diagnostics,
    /// Entries that no edition cites, in one message.
    pub unused: Diagnostics,
}

/// Looks at every entry of a bibliography; `documents` are all editions.
pub fn entries<'d>(root: &Path, file: &Path, documents: impl Iterator<Item = &'d Document>) -> Entries {
    let mut found = Entries::default();
    // What cannot be read was reported where citations were resolved.
    let Ok(text) = read_text(root, file) else { return found };
    let all = whole_entries(&text);
    let works = documents.flat_map(|document| &document.references);
    let cited: BTreeSet<&str> = works.map(|work| work.key.as_str()).collect();
    let of_cited = all.iter().filter(|entry| cited.contains(entry.key.as_str()));
    let sources = of_cited.flat_map(|entry| [entry.text(&["crossref"]), entry.text(&["xdata"])]);
    let sources: BTreeSet<&str> = sources.flatten().flat_map(|keys| keys.split(',').map(str::trim)).collect();
    let mut unused: Vec<&WrittenEntry> = Vec::new();
    for entry in &all {
        let key = entry.key.as_str();
        if !cited.contains(key) {
            if !sources.contains(key) {
                unused.push(entry);
            }
            continue;
        }
        let lacks = |fields: &[&str], remedy: &str| {
            let message = format!("the entry `{key}` has no {}", fields.join(" or "));
            let place = Location::of_byte(file, &text, entry.at);
            Diagnostic::new(place, message).remedy(remedy).breaks(&INCOMPLETE_REFERENCE)
        };
        for fields in lacking(entry) {
            found.incomplete.push(lacks(fields, "complete it, so that a reader can find the work"));
        }
        if is_unaddressed(entry) {
            found.unaddressed.push(lacks(
                ADDRESS,
                "add one; if the work has none, ignore the rule `incomplete-reference` in the block `rules` of \
                 paper/paper.yaml and give the reason",
            ));
        }
    }
    if let Some(first) = unused.first() {
        let message = match unused.len() {
            1 => format!("nothing cites the entry `{}`", first.key),
            count => format!("nothing cites {count} entries, of which `{}` is the first", first.key),
        };
        let place = Location::of_byte(file, &text, first.at);
        let remedy = "cite it where it supports what is said, or take it out";
        found.unused.push(Diagnostic::new(place, message).remedy(remedy).breaks(&UNUSED_REFERENCE));
    }
    found
}

/// Returns what an entry lacks for a reader to find the work: groups of fields, of each of which one would do.
pub fn lacking(entry: &WrittenEntry) -> impl Iterator<Item = &'static [&'static str]> {
    let missing =
        NEEDED.iter().filter(|(kinds, fields)| concerns(kinds, &entry.kind) && entry.text(fields).is_none());
    missing.map(|(_, fields)| *fields)
}

/// Returns whether an entry has no address and is of a work that may have one.
pub fn is_unaddressed(entry: &WrittenEntry) -> bool {
    let year = entry.text(&["date", "year"]).and_then(|year| year.get(..4)?.parse::<u32>().ok());
    HAS_ADDRESS.contains(&entry.kind.as_str())
        && year.is_some_and(|year| year >= FIRST_ISBN)
        && entry.text(ADDRESS).is_none()
}

/// Returns whether a list of kinds means this one.
fn concerns(kinds: &str, kind: &str) -> bool {
    let is_listed = |kinds: &str| kinds.split(' ').any(|one| one == kind);
    kinds.is_empty() || kinds.strip_prefix('!').map_or_else(|| is_listed(kinds), |others| !is_listed(others))
}
