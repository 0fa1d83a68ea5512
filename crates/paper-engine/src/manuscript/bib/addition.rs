//! Entries that are appended to a bibliography: as they were written, where the bibliography does not have
//! the work yet.

use std::path::Path;

use super::scan::{WrittenEntries, WrittenEntry, written_entries};
use super::{ReferenceStyle, Set, entry, references};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::language::Language;

/// A text of entries and the file that it stands in.
#[derive(Clone, Copy, Debug)]
pub struct EntryText<'t> {
    /// The file, for messages.
    pub file: &'t Path,
    /// The text.
    pub text: &'t str,
}

/// What is to be appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addition {
    /// The text behind that of the bibliography.
    pub text: String,
    /// The new entries as they stand in it, with the fields of those to which they refer; places are those of
    /// the text that was given.
    pub entries: Vec<WrittenEntry>,
    /// Whether something besides entries was given, which is left out.
    pub leaves_out: bool,
}

/// Returns what is to be appended to a bibliography so that it has the entries of another text; `key` is a
/// new key for the one entry.
///
/// # Errors
/// Entries that cannot be read, of either text; none at all; keys that are taken, works that are there
/// already, and what cannot be printed: all of them, located.
pub fn addition(
    bibliography: EntryText<'_>,
    given: EntryText<'_>,
    key: Option<&str>,
) -> Result<Addition, Diagnostics> {
    let old = readable(bibliography)?;
    let new = readable(given)?;
    let mut errors = Diagnostics::default();
    let at = |byte: usize| Location::of_byte(given.file, given.text, byte);
    if new.entries.is_empty() {
        let error = Diagnostic::new(Location::file(given.file), "there is no entry in what is given");
        return Err(error.remedy("give an entry such as `@article{key, title = {...}, ...}`").into());
    }
    if let (Some(_), [_, second, ..]) = (key, new.entries.as_slice()) {
        let error = Diagnostic::new(at(second.at), "a second entry begins here, and one key is given");
        return Err(error.remedy("add entries one by one to give them keys").into());
    }
    let mut renamed = new.clone();
    if let (Some(key), [entry]) = (key, renamed.entries.as_mut_slice()) {
        key.clone_into(&mut entry.key);
    }
    let all = WrittenEntries {
        entries: [renamed.entries.clone(), old.entries.clone()].concat(),
        problems: Vec::new(),
    };
    let by_key = all.by_key();
    let entries: Vec<WrittenEntry> =
        renamed.entries.iter().map(|found| entry::whole(found, &by_key)).collect();
    let old_by_key = old.by_key();
    let old_entries: Vec<WrittenEntry> =
        old.entries.iter().map(|found| entry::whole(found, &old_by_key)).collect();
    for (index, entry) in entries.iter().enumerate() {
        let earlier = entries[..index].iter().map(|other| (other, given));
        let mut known = old_entries.iter().map(|other| (other, bibliography)).chain(earlier);
        errors.0.extend(known.find_map(|(other, of)| conflict(entry, at(entry.at), other, of)));
    }
    let keys: Vec<String> = renamed.entries.iter().map(|entry| entry.key.clone()).collect();
    let set = Set { language: Language::English, style: ReferenceStyle::Ieee };
    errors.take(references(set, given.file, given.text, &all, &keys).map(|_| ()));
    errors.into_result(())?;
    let (text, leaves_out) = appended(bibliography.text, given.text, &new.entries, key);
    prove(bibliography.text, &text, &old, &renamed, at)?;
    Ok(Addition { text, entries, leaves_out })
}

/// Reads entries.
fn readable(from: EntryText<'_>) -> Result<WrittenEntries, Diagnostics> {
    let found = written_entries(from.text);
    let mut errors = Diagnostics::default();
    for (at, problem) in &found.problems {
        let place = Location::of_byte(from.file, from.text, *at);
        errors.push(Diagnostic::new(place, problem.clone()).remedy("correct the entry at this place"));
    }
    errors.into_result(found)
}

/// Says why an entry cannot stand beside another one, which stands in a text of its own.
fn conflict(new: &WrittenEntry, at: Location, other: &WrittenEntry, of: EntryText<'_>) -> Option<Diagnostic> {
    let place = Location::of_byte(of.file, of.text, other.at);
    if let Some(what) = same_work(new, other) {
        let message = format!("this work is there already: `{}` at {place} has {what}", other.key);
        return Some(Diagnostic::new(at, message).remedy(format!("cite it as [@{}]", other.key)));
    }
    if new.key == other.key {
        let message = format!("the key `{}` is taken by another work, at {place}", new.key);
        return Some(Diagnostic::new(at, message).remedy("choose another one with `--key NAME`"));
    }
    None
}

/// Returns by what two entries are those of one work.
fn same_work(a: &WrittenEntry, b: &WrittenEntry) -> Option<String> {
    let both = |of: fn(&WrittenEntry) -> Option<String>| of(a).filter(|id| of(b).as_ref() == Some(id));
    if let Some(doi) = both(|entry| entry::doi(entry).map(|(_, doi)| doi.to_lowercase())) {
        return Some(format!("the DOI {doi}"));
    }
    if let Some(id) = both(|entry| entry::arxiv(entry).map(|(_, id)| without_version(&id).to_lowercase())) {
        return Some(format!("the arXiv number {id}"));
    }
    let title = both(|entry| entry.text(&["title"]).map(letters).filter(|title| !title.is_empty()))?;
    let year = both(|entry| {
        Some(entry.text(&["date", "year"])?.chars().filter(char::is_ascii_digit).take(4).collect())
    })?;
    let author = both(|entry| entry.text(&["author", "editor"]).map(family))?;
    (!title.is_empty() && !author.is_empty())
        .then(|| format!("this title, the year {year} and this first author"))
}

/// Returns an arXiv number without its version.
fn without_version(id: &str) -> &str {
    match id.rsplit_once('v') {
        Some((id, version)) if !version.is_empty() && version.chars().all(|c| c.is_ascii_digit()) => id,
        _ => id,
    }
}

/// Returns the letters and digits of a text, in small letters.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Returns the family name of the first of some names.
fn family(names: &str) -> String {
    let first = names.split(" and ").next().unwrap_or_default();
    match first.split_once(',') {
        Some((family, _)) => letters(family),
        None => letters(first.split_whitespace().next_back().unwrap_or_default()),
    }
}

/// Returns the text to append, in the way in which the bibliography separates entries and ends lines; and
/// whether anything but entries stands in what was given.
fn appended(bibliography: &str, given: &str, entries: &[WrittenEntry], key: Option<&str>) -> (String, bool) {
    let is_dense = bibliography.contains("}\n@") && !bibliography.contains("}\n\n@");
    let gap = if is_dense { "" } else { "\n" };
    let mut text = String::new();
    let mut rest = String::new();
    let mut end = 0;
    for (index, entry) in entries.iter().enumerate() {
        let start = given[..entry.at].rfind('@').unwrap_or(entry.at);
        rest.push_str(&given[end..start]);
        end = end_of(given, start);
        if index > 0 {
            text.push_str(gap);
        }
        let behind = entry.at + entry.key.len();
        let own = [&given[start..entry.at], key.unwrap_or(&entry.key), &given[behind..end]].concat();
        text.push_str(&own.replace("\r\n", "\n"));
        text.push('\n');
    }
    rest.push_str(&given[end..]);
    let before = match bibliography {
        "" => "",
        old if old.ends_with("\n\n") || old.ends_with("\r\n\r\n") => "",
        old if old.ends_with('\n') => gap,
        _ if gap.is_empty() => "\n",
        _ => "\n\n",
    };
    text.insert_str(0, before);
    if bibliography.contains("\r\n") {
        text = text.replace('\n', "\r\n");
    }
    (text, !rest.trim().is_empty())
}

/// Returns the byte behind the entry whose `@` is at `start`.
fn end_of(text: &str, start: usize) -> usize {
    let Some(open) = text[start..].find(['{', '(']).map(|open| start + open) else { return text.len() };
    let in_parentheses = text[open..].starts_with('(');
    let (mut depth, mut is_quoted) = (0_usize, false);
    for (at, character) in text[open..].char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '"' if depth == 0 => is_quoted = !is_quoted,
            _ => {}
        }
        let closes = if in_parentheses { character == ')' && !is_quoted } else { character == '}' };
        if closes && depth == 0 {
            return open + at + 1;
        }
    }
    text.len()
}

/// Reads the bibliography with what is appended: it has to have its old entries as they were, and the new
/// ones as they were given.
fn prove(
    bibliography: &str,
    text: &str,
    old: &WrittenEntries,
    new: &WrittenEntries,
    at: impl Fn(usize) -> Location,
) -> Result<(), Diagnostics> {
    let whole = written_entries(&format!("{bibliography}{text}"));
    let mut errors = Diagnostics::default();
    let (kept, added) = whole.entries.split_at_checked(old.entries.len()).unwrap_or((&[], &whole.entries));
    for (given, found) in new.entries.iter().zip(added) {
        let explained =
            |one: &&super::scan::WrittenField| found.fields.iter().any(|other| other.text == one.text);
        for field in given.fields.iter().filter(|field| !explained(field)) {
            let message = format!(
                "the field `{}` of `{}` holds an abbreviation that the bibliography does not have",
                field.name, given.key
            );
            errors.push(Diagnostic::new(at(field.at), message).remedy("write it out, without its `@string`"));
        }
    }
    if kept != old.entries || added.len() != new.entries.len() || !whole.problems.is_empty() {
        let place = at(new.entries.first().map_or(0, |entry| entry.at));
        let message = "this entry would not be read as it stands here once it is in the bibliography";
        errors.push(Diagnostic::new(place, message).remedy("add it by hand, and see what the build says"));
    }
    errors.into_result(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "% ours\n@article{one2020, author = {Ada One}, title = {On {Rings}}, year = 2020,\n  journal = {J}, doi = {10.1000/ABC}}\n";

    fn add(old: &str, new: &str, key: Option<&str>) -> Result<Addition, Diagnostics> {
        let bibliography = EntryText { file: Path::new("old.bib"), text: old };
        addition(bibliography, EntryText { file: Path::new("new.bib"), text: new }, key)
    }

    fn refused(old: &str, new: &str, key: Option<&str>) -> Vec<(String, usize)> {
        let errors = add(old, new, key).unwrap_err();
        errors.0.into_iter().map(|error| (error.message, error.location.line)).collect()
    }

    #[test]
    fn entries_are_appended_as_they_were_written_and_separated_as_the_others() {
        let new = "junk\n@book{two,\n\tauthor={Bob Two},\n\ttitle={A } # \"B\", year=1999, publisher={P}}\n\n@misc(three, title = {C (d)}, author = {E})";
        let added = add(OLD, new, None).unwrap();
        assert_eq!(
            added.text,
            "\n@book{two,\n\tauthor={Bob Two},\n\ttitle={A } # \"B\", year=1999, publisher={P}}\n\n@misc(three, title = {C (d)}, author = {E})\n"
        );
        assert!(added.leaves_out);
        assert_eq!(
            added.entries.iter().map(|entry| entry.key.as_str()).collect::<Vec<_>>(),
            ["two", "three"]
        );
        let entry = "@misc{a, title = {T}}";
        let text = |old: &str| add(old, entry, None).unwrap().text;
        assert_eq!(text(""), "@misc{a, title = {T}}\n");
        assert_eq!(text("@misc{b, title = {U}}"), "\n\n@misc{a, title = {T}}\n");
        assert_eq!(text("@misc{b, title = {U}}\n@misc{c, title = {V}}\n"), "@misc{a, title = {T}}\n");
        assert_eq!(text("@misc{b, title = {U}}\r\n\r\n"), "@misc{a, title = {T}}\r\n");
        assert_eq!(text("@misc{b, title = {U}}\r\n"), "\r\n@misc{a, title = {T}}\r\n");
    }

    #[test]
    fn a_new_key_stands_in_place_of_the_old_one() {
        let added = add(OLD, "@article{ one2020 , title = {one2020}, author = {X Y}, year = 1}", Some("x:1"))
            .unwrap();
        assert_eq!(added.text, "\n@article{ x:1 , title = {one2020}, author = {X Y}, year = 1}\n");
        let two = "@misc{a, title = {T}}\n@misc{b, title = {U}}";
        assert_eq!(
            refused(OLD, two, Some("k")),
            [("a second entry begins here, and one key is given".to_owned(), 2)]
        );
    }

    #[test]
    fn a_work_that_is_there_is_told_by_what_it_shares() {
        for (new, what) in [
            ("@article{x, title = {Y}, doi = {https://doi.org/10.1000/abc}}", "has the DOI 10.1000/abc"),
            (
                "@book{x, title = {on rings}, author = {One, A.}, date = {2020-03-01}}",
                "has this title, the year 2020",
            ),
            (
                "@misc{one2020, title = {Other}, author = {Z}}",
                "the key `one2020` is taken by another work, at old.bib:2:10",
            ),
        ] {
            let found = refused(OLD, new, None);
            assert!(found.len() == 1 && found[0].0.contains(what), "{found:?}");
        }
        let old = "@misc{p, title = {A}, eprint = {2304.01433v1}, archiveprefix = {arXiv}}";
        let found = refused(old, "@article{q, title = {B}, eprint = {arXiv:2304.01433v2}}", None);
        assert!(found[0].0.contains("the arXiv number 2304.01433"), "{found:?}");
        let twice = "@misc{a, title = {T}, doi = {10.1/x}}\n@misc{b, title = {U}, doi = {10.1/X}}";
        assert!(refused("", twice, None)[0].0.contains("new.bib:1:7"), "{:?}", refused("", twice, None));
        // Another year is another work, and so is one without any.
        add(OLD, "@book{x, title = {On Rings}, author = {Ada One}, year = 2021}", None).unwrap();
        add(OLD, "@book{x, title = {On Rings}, author = {Ada One}}", None).unwrap();
    }

    #[test]
    fn what_cannot_be_read_or_printed_is_refused_at_its_place() {
        for (old, new, what, line) in [
            (OLD, "", "there is no entry", 0),
            (OLD, "just words", "there is no entry", 0),
            (OLD, "\n@misc{a, title = {T}", "`a` is not closed", 2),
            (OLD, "@misc{, title = {T}}", "no key", 1),
            ("@misc{open, title = {T}\n", "@misc{a, title = {T}}", "`open` is not closed", 1),
            (OLD, "@misc{a,\n title = {T \\unheard{x}}}", "`\\unheard`", 2),
            (OLD, "@misc{a,\n publisher = acm, title = {T}}", "abbreviation `acm`", 2),
            (OLD, "@string{acm = {ACM}}\n@book{a, title = {T},\n publisher = acm}", "does not have", 3),
        ] {
            let found = refused(old, new, None);
            assert!(found.len() == 1 && found[0].0.contains(what) && found[0].1 == line, "{new}: {found:?}");
        }
    }
}
