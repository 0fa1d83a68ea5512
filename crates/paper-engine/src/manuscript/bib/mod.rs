//! What authors write in `.bib` files, and each entry as the style of the references sets it.

mod addition;
mod entry;
mod mark;
mod render;
mod scan;
#[cfg(test)]
mod tests;
mod tex;

use std::path::Path;

use super::tree::{Inline, InlineKind, Reference};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
#[cfg(test)]
use crate::language::Language;

pub use addition::{Addition, EntryText, addition};
pub use render::{ReferenceStyle, Set};
pub use scan::WrittenEntry;
pub(super) use scan::{WrittenEntries, written_entries};

/// Returns the entries of a `.bib` file that could be read, with the fields of those to which they refer.
pub fn whole_entries(text: &str) -> Vec<WrittenEntry> {
    let written = written_entries(text);
    let all = written.by_key();
    written.entries.iter().map(|found| entry::whole(found, &all)).collect()
}

/// Returns the cited entries of a bibliography as references, in the order of the style.
///
/// # Errors
/// What in a cited entry would come out wrong, at its field.
pub(super) fn references(
    set: Set,
    file: &Path,
    text: &str,
    written: &WrittenEntries,
    cited: &[String],
) -> Result<Vec<Reference>, Diagnostics> {
    let all = written.by_key();
    let entries = cited.iter().filter_map(|key| all.get(key.as_str()));
    let whole: Vec<WrittenEntry> = entries.map(|found| entry::whole(found, &all)).collect();
    let mut errors = Diagnostics::default();
    let mut styled = Vec::with_capacity(whole.len());
    for entry in &whole {
        match entry::styled(entry, set.language) {
            Ok(entry) => styled.push(entry),
            Err(problems) => errors.0.extend(problems.into_iter().map(|(at, problem)| {
                let place = Location::of_byte(file, text, at);
                Diagnostic::new(place, problem).remedy("write what is meant as text, or take the field out")
            })),
        }
    }
    errors.into_result(())?;
    let listed = render::set(&styled, set).into_iter().enumerate();
    let reference = |(place, (index, content)): (usize, (usize, Vec<Inline>))| {
        let entry = &whole[index];
        Reference {
            key: entry.key.clone(),
            number: place + 1,
            location: Location::of_byte(file, text, entry.at),
            content: with_address(content, entry::link(entry)),
            url: entry::link(entry),
        }
    };
    Ok(listed.map(reference).collect())
}

/// Returns all entries of a bibliography as references, for tests of what prints them.
///
/// # Errors
/// What would come out wrong.
#[cfg(test)]
pub fn all_references(language: Language, text: &str) -> Result<Vec<Reference>, Diagnostics> {
    let written = written_entries(text);
    let keys: Vec<String> = written.entries.iter().map(|entry| entry.key.clone()).collect();
    let set = Set { language, style: ReferenceStyle::Ieee };
    references(set, Path::new("paper/references.bib"), text, &written, &keys)
}

/// Adds the address of a work that its text does not hold.
fn with_address(mut content: Vec<Inline>, url: Option<String>) -> Vec<Inline> {
    let has_one = content.iter().any(|inline| matches!(inline.kind, InlineKind::Link { .. }));
    if let Some(url) = url.filter(|_| !has_one) {
        let text = InlineKind::Text(url.clone()).into();
        content.push(InlineKind::Text(" ".to_owned()).into());
        content.push(InlineKind::Link { url, content: vec![text] }.into());
    }
    content
}
