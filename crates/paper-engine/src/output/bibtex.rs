//! The bibliography as `IEEEtran.bst` reads it: every entry on the lines where the author wrote it.
//!
//! BibTeX knows neither DOIs nor arXiv numbers nor Unicode: a DOI becomes a note, a number an address, and a
//! character that pdfTeX may lack a command.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use biblatex::{Pair, RawBibliography, RawChunk, RawEntry};
use unicode_normalization::UnicodeNormalization;

use super::tex_text::{Setting, escape, name, url};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::manuscript::Document;

/// The name of the control entry, which no author's key can have because keys have no `=` after [`name`].
const CONTROL: &str = "paper=control";

/// The manner of the reference list, as the other outputs have it: names up to six, otherwise the first and
/// "et al."; no dashes for repeated names.
const MANNER: &str = "CTLuse_forced_etal = {yes}, CTLmax_names_forced_etal = {6}, CTLnames_show_etal = {1}, \
                      CTLdash_repeated_names = {no}";

/// Fields that BibTeX passes on to `\url` or not at all.
const VERBATIM: [&str; 6] = ["url", "doi", "eprint", "file", "key", "crossref"];

/// A bibliography and the citations of one document, ready for BibTeX.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bibtex {
    /// The bibliography; line N is the author's line N.
    pub bibliography: String,
    /// The `.aux` file with the citations in order of their numbers.
    pub aux: String,
    places: BTreeMap<String, Location>,
}

impl Bibtex {
    /// Returns the place of the entry with this key, as TeX spells it.
    pub fn place(&self, key: &str) -> Option<&Location> {
        self.places.get(key)
    }

    /// Returns the place of the entry that a line of the reference list belongs to.
    pub fn place_of_line(&self, bbl: &str, line: usize) -> Option<&Location> {
        let before: Vec<&str> = bbl.lines().take(line).collect();
        let item = before.iter().rev().find_map(|line| line.strip_prefix("\\bibitem{"))?;
        self.place(item.split('}').next()?)
    }
}

/// Writes the bibliography `text` of `file` for BibTeX, and the citations of `document`.
///
/// # Errors
/// A bibliography that cannot be read, at its place.
pub fn bibtex(document: &Document, file: &Path, text: &str) -> Result<Bibtex, Diagnostics> {
    let raw = RawBibliography::parse(text).map_err(|error| {
        let place = Location::of_byte(file, text, error.span.start);
        Diagnostic::new(place, format!("the bibliography cannot be read: {}", error.kind))
    })?;
    let mut edits = Vec::new();
    let mut places = BTreeMap::new();
    for entry in &raw.entries {
        let entry = &entry.v;
        places.insert(name(entry.key.v), Location::of_byte(file, text, entry.key.span.start));
        let mut key = name(entry.key.v);
        if let Some(field) = address(entry) {
            key.push_str(&format!(", {field}"));
        }
        edits.push((entry.key.span.clone(), key));
        for Pair { key, value } in &entry.fields {
            let field = key.v.to_ascii_lowercase();
            for chunk in &value.v {
                let RawChunk::Normal(written) = chunk.v else { continue };
                let span = chunk.span.clone();
                if text.get(span.clone()) != Some(written) {
                    continue;
                }
                let new = match field.as_str() {
                    "url" => url(&unescaped(written)),
                    "crossref" => name(written),
                    other if VERBATIM.contains(&other) => continue,
                    _ => tex(written),
                };
                edits.push((span, new));
            }
        }
    }
    edits.sort_by_key(|(span, _)| span.start);
    let mut bibliography = rewritten(text, &edits);
    if !bibliography.ends_with('\n') {
        bibliography.push('\n');
    }
    bibliography.push_str(&format!("@IEEEtranBSTCTL{{{CONTROL}, {MANNER}}}\n"));
    let mut aux = format!("\\relax\n\\citation{{{CONTROL}}}\n");
    for reference in &document.references {
        aux.push_str(&format!("\\citation{{{}}}\n", name(&reference.key)));
    }
    aux.push_str("\\bibstyle{IEEEtran}\n\\bibdata{references}\n");
    Ok(Bibtex { bibliography, aux, places })
}

fn rewritten(text: &str, edits: &[(Range<usize>, String)]) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut at = 0;
    for (span, new) in edits.iter().filter(|(span, _)| span.start <= span.end) {
        if let Some(kept) = text.get(at..span.start) {
            out.push_str(kept);
            out.push_str(new);
            at = span.end;
        }
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// Returns the field that BibTeX's styles lack: the DOI as a note, or the address of an arXiv number.
fn address(entry: &RawEntry<'_>) -> Option<String> {
    let names: BTreeSet<String> = entry.fields.iter().map(|field| field.key.v.to_ascii_lowercase()).collect();
    let value = |wanted: &str| {
        let field = entry.fields.iter().find(|field| field.key.v.eq_ignore_ascii_case(wanted))?;
        let chunks = field.value.v.iter().map(|chunk| match chunk.v {
            RawChunk::Normal(text) | RawChunk::Abbreviation(text) => text,
        });
        Some(unescaped(chunks.collect::<String>().trim()))
    };
    let doi = value("doi").map(|doi| {
        let bare = ["https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/"];
        let bare = bare.iter().find_map(|start| doi.strip_prefix(start)).unwrap_or(&doi);
        url(bare)
    });
    match (doi, value("eprint")) {
        (Some(doi), _) if !names.contains("note") => Some(format!("note = {{{{doi:}} \\paperdoi{{{doi}}}}}")),
        _ if names.contains("url") => None,
        (Some(doi), _) => Some(format!("url = {{https://doi.org/{doi}}}")),
        (None, Some(id)) => {
            Some(format!("url = {{https://arxiv.org/abs/{}}}", url(id.trim_start_matches("arXiv:"))))
        }
        (None, None) => None,
    }
}

/// Returns an address without the backslashes that BibTeX users put before signs.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        if character != '\\' || !rest.peek().is_some_and(|next| "_%#&~{}".contains(*next)) {
            out.push(character);
        }
    }
    out
}

/// Returns a field's TeX, with signs that only TeX gives a meaning made plain and Unicode made commands.
fn tex(written: &str) -> String {
    let mut out = String::with_capacity(written.len());
    let (mut formula, mut escaped) = (false, false);
    let pairs = written.matches('$').count().is_multiple_of(2);
    for character in written.chars() {
        let plain = !escaped;
        match character {
            '%' | '&' | '#' if plain => out.push_str(&format!("\\{character}")),
            '_' if plain && !formula => out.push_str("\\_"),
            // BibTeX makes the letters of a title small unless braces protect them.
            '$' if plain && pairs => out.push_str(if formula { "$}" } else { "{$" }),
            c if c.is_ascii() => out.push(c),
            c => out.push_str(&letter(c)),
        }
        formula ^= character == '$' && plain;
        escaped = character == '\\' && plain;
    }
    out
}

/// Returns a character beyond ASCII as one TeX group, so that BibTeX can shorten a name to it.
fn letter(character: char) -> String {
    let parts: Vec<char> = character.nfd().collect();
    if let [base, mark] = parts[..]
        && base.is_ascii_alphabetic()
        && let Some(accent) = accent(mark)
    {
        let base = match (base, accent) {
            ('i' | 'j', accent) if !"cdbk".contains(accent) => format!("\\{base}"),
            _ => base.to_string(),
        };
        return format!("{{\\{accent}{{{base}}}}}");
    }
    let command = match character {
        'ß' => "ss",
        'æ' => "ae",
        'Æ' => "AE",
        'œ' => "oe",
        'Œ' => "OE",
        'ø' => "o",
        'Ø' => "O",
        'ł' => "l",
        'Ł' => "L",
        'ı' => "i",
        _ => {
            let text = escape(&character.to_string(), Setting::Text);
            return if text.starts_with(['-', '~']) { text } else { format!("{{{text}}}") };
        }
    };
    format!("{{\\{command}}}")
}

/// Returns the TeX accent of a combining mark.
fn accent(mark: char) -> Option<char> {
    Some(match mark {
        '\u{300}' => '`',
        '\u{301}' => '\'',
        '\u{302}' => '^',
        '\u{303}' => '~',
        '\u{304}' => '=',
        '\u{306}' => 'u',
        '\u{307}' => '.',
        '\u{308}' => '"',
        '\u{30a}' => 'r',
        '\u{30b}' => 'H',
        '\u{30c}' => 'v',
        '\u{323}' => 'd',
        '\u{327}' => 'c',
        '\u{328}' => 'k',
        '\u{331}' => 'b',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn written(text: &str) -> Bibtex {
        bibtex(&sample::document(), Path::new("paper/references.bib"), text).expect("a bibliography")
    }

    #[test]
    fn an_entry_keeps_its_lines_and_gains_its_doi() {
        let text =
            "% a note\n@article{k_2,\n  title = {A},\n  doi = {10.1/x_y},\n}\n\n@misc{b, eprint = {1.2}}\n";
        let made = written(text);
        assert_eq!(made.bibliography.lines().count(), text.lines().count() + 1);
        assert!(made.bibliography.contains("@article{k=5f=2, note = {{doi:} \\paperdoi{10.1/x\\_y}},\n"));
        assert!(made.bibliography.contains("@misc{b, url = {https://arxiv.org/abs/1.2}, eprint"));
        let place = made.place("k=5f=2").expect("a place");
        assert_eq!((place.line, place.column), (2, 10));
        assert_eq!(made.place_of_line("\\x\n\\bibitem{b}\nB.\n", 3).map(|place| place.line), Some(7));
        assert!(made.aux.contains("\\citation{key}\n\\citation{k=5f=2}\n\\bibstyle{IEEEtran}"));
    }

    #[test]
    fn signs_and_letters_are_tex() {
        let made = written(
            "@misc{b, author = {Élie Çą}, title = {R&D at 5% of $a_b$ a_b ≤ \\& Øí}, url = {a_b%20}}",
        );
        for part in [
            "{\\'{E}}lie {\\c{C}}{\\k{a}}",
            "R\\&D at 5\\% of {$a_b$} a\\_b {\\ensuremath{\\le}} \\& {\\O}{\\'{\\i}}",
        ] {
            assert!(made.bibliography.contains(part), "{}", made.bibliography);
        }
        assert!(made.bibliography.contains("url = {a\\_b\\%20}"));
    }
}
