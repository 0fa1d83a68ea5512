//! One entry as the style of the references takes it.

use std::collections::BTreeMap;
use std::ops::Range;

use biblatex::{Bibliography, Pair, RawBibliography, RawChunk, RawEntry, Spanned};
use hayagriva::Entry;
use hayagriva::types::{Date, FormatString, PersonRole, Publisher, QualifiedUrl};

use super::mark::{COMMA, Piece, Pieces, QUOTES, is_piece, literal};
use super::scan::{WrittenEntry, WrittenField, month};
use super::tex::{FieldReader, address};
use crate::language::{Language, Words};
use crate::source::is_meaningless;

/// The year that stands for the first date: it shows whether the style prints one, and may be `in press`.
const FIRST_YEAR: i32 = 1_000_000_000;
/// The address that stands for that of an entry: `hayagriva` would print it in another spelling.
const ADDRESS: &str = "https://address.invalid/";
/// Names that can matter: the style sets up to six, or the first and "et al.".
const MOST_NAMES: usize = 8;

const NAMES: [&str; 5] = ["author", "editor", "translator", "holder", "bookauthor"];
/// Fields that are printed, beyond names, dates and addresses.
const PRINTED: [&str; 25] = [
    "title",
    "titleaddon",
    "maintitle",
    "booktitle",
    "journaltitle",
    "issuetitle",
    "eventtitle",
    "venue",
    "series",
    "volume",
    "number",
    "issue",
    "edition",
    "chapter",
    "pages",
    "version",
    "publisher",
    "location",
    "organization",
    "institution",
    "type",
    "howpublished",
    "note",
    "addendum",
    "editortype",
];
/// Fields that another entry has for itself and hands on to none.
const OWN: [&str; 16] = [
    "ids",
    "crossref",
    "xdata",
    "xref",
    "entryset",
    "title",
    "subtitle",
    "doi",
    "url",
    "urldate",
    "eprint",
    "pages",
    "label",
    "shorttitle",
    "abstract",
    "note",
];

/// Returns the name by which BibLaTeX calls a field of BibTeX.
fn canonical(name: &str) -> &str {
    match name {
        "journal" => "journaltitle",
        "address" => "location",
        "school" => "institution",
        "archiveprefix" => "eprinttype",
        "primaryclass" => "eprintclass",
        "accessed" | "lastaccessed" | "lastchecked" | "visited" => "urldate",
        other => other,
    }
}

/// Returns an entry with canonical names and the fields of the entries to which it refers.
pub(super) fn whole(entry: &WrittenEntry, all: &BTreeMap<&str, &WrittenEntry>) -> WrittenEntry {
    inherited(entry, all, 8)
}

fn inherited(entry: &WrittenEntry, all: &BTreeMap<&str, &WrittenEntry>, depth: usize) -> WrittenEntry {
    let rename =
        |field: &WrittenField| WrittenField { name: canonical(&field.name).to_owned(), ..field.clone() };
    let mut made = WrittenEntry { fields: entry.fields.iter().map(rename).collect(), ..entry.clone() };
    let Some(depth) = depth.checked_sub(1) else { return made };
    let keys = |name: &str| {
        let text = entry.text(&[name]).unwrap_or_default();
        text.split(',').map(|key| key.trim().to_owned()).collect::<Vec<_>>()
    };
    let add = |made: &mut WrittenEntry, name: &str, field: &WrittenField| {
        if made.text(&[name]).is_none() {
            made.fields.push(WrittenField { name: name.to_owned(), ..field.clone() });
        }
    };
    for other in keys("xdata").iter().filter_map(|key| all.get(key.as_str())) {
        for field in &inherited(other, all, depth).fields {
            add(&mut made, &field.name, field);
        }
    }
    for other in keys("crossref").iter().filter_map(|key| all.get(key.as_str())) {
        let other = inherited(other, all, depth);
        let title = match made.kind.as_str() {
            "article" | "suppperiodical" => "journaltitle",
            _ => "booktitle",
        };
        for field in &other.fields {
            match field.name.as_str() {
                "title" => add(&mut made, title, field),
                "booktitle" | "journaltitle" => add(&mut made, &field.name, field),
                // A date is one field or several, and never some of each.
                "date" | "year" | "month" if made.text(&["date", "year"]).is_some() => {}
                "author" if made.kind != "inbook" => {}
                name if OWN.contains(&name) => {}
                name => add(&mut made, name, field),
            }
        }
    }
    made
}

/// Returns the address of a work: its DOI, its URL or its arXiv page.
pub(super) fn link(entry: &WrittenEntry) -> Option<String> {
    doi(entry).map(|(url, _)| url).or_else(|| url(entry)).or_else(|| arxiv(entry).map(|(url, _)| url))
}

/// Returns the address of a DOI and the DOI.
pub(super) fn doi(entry: &WrittenEntry) -> Option<(String, String)> {
    let written = address(entry.text(&["doi"])?);
    let lower = written.to_lowercase();
    let mut doi = lower.find("10.").and_then(|start| written.get(start..))?.trim_end_matches('.').to_owned();
    if !doi.contains('/') {
        doi = doi.replace("%2F", "/").replace("%2f", "/");
    }
    let mut url = "https://doi.org/".to_owned();
    let is_encoded = doi_is_encoded(&doi);
    for character in doi.chars() {
        match character {
            '%' if is_encoded => url.push('%'),
            '%' | '#' | '<' | '>' | '"' | '?' | '^' | '`' | '{' | '|' | '}' | '\\' | '[' | ']' => {
                url.push_str(&format!("%{:02X}", u32::from(character)));
            }
            other => url.push(other),
        }
    }
    Some((url, doi))
}

/// Returns whether all percent signs of a DOI stand for signs that an address cannot have.
fn doi_is_encoded(doi: &str) -> bool {
    let codes = ["%3C", "%3E", "%23", "%3c", "%3e"];
    doi.match_indices('%').all(|(at, _)| codes.iter().any(|code| doi[at..].starts_with(code)))
}

/// Returns the URL of a work, with the scheme that a browser needs.
fn url(entry: &WrittenEntry) -> Option<String> {
    let url = address(entry.text(&["url"])?);
    let is_bare = url.starts_with("www.");
    Some(if is_bare { format!("https://{url}") } else { url })
}

/// Returns the address of an arXiv page and its number.
pub(super) fn arxiv(entry: &WrittenEntry) -> Option<(String, String)> {
    let id = address(entry.text(&["eprint"])?);
    let kind = entry.text(&["eprinttype"]).unwrap_or("arxiv").to_lowercase();
    if kind != "arxiv" {
        return None;
    }
    let id = id.trim_start_matches("arXiv:").trim_start_matches("arxiv:").to_owned();
    Some((format!("https://arxiv.org/abs/{id}"), id))
}

/// An entry ready for the style, and what the style does not know of it.
#[derive(Debug)]
pub(super) struct StyledEntry {
    /// The entry.
    pub entry: Entry,
    /// What its marks stand for.
    pub pieces: Pieces,
    /// What a reader needs and the style may leave out, in the order in which it is to be added.
    pub extras: Vec<String>,
    /// Texts that stand for others: what the style prints, and what is meant.
    pub stand_ins: Vec<(String, String)>,
}

/// Where something is wrong, and what.
pub(super) type Problem = (usize, String);

/// Makes a whole entry ready for the style.
///
/// # Errors
/// Everything in a printed field that would come out wrong, at the field.
pub(super) fn styled(written: &WrittenEntry, language: Language) -> Result<StyledEntry, Vec<Problem>> {
    let words = language.words();
    let mut reader = FieldReader::default();
    let mut problems = Vec::new();
    let mut fields: Vec<(&str, usize, String)> = Vec::new();
    for field in &written.fields {
        let name = field.name.as_str();
        let text = if NAMES.contains(&name) {
            names(&field.text, &mut reader)
        } else if PRINTED.contains(&name) {
            reader.text(&field.text)
        } else {
            continue;
        };
        problems.extend(field.unknown.iter().map(|word| {
            (
                field.at,
                format!(
                    "nothing explains the abbreviation `{word}` in the field `{name}` of `{}`",
                    written.key
                ),
            )
        }));
        problems.extend(field.text.chars().find(|c| is_meaningless(*c)).map(|c| {
            let message = format!(
                "the character U+{:04X} in the field `{name}` of `{}` means nothing outside one program",
                u32::from(c),
                written.key
            );
            (field.at, message)
        }));
        problems.extend(reader.unknown.drain(..).map(|command| {
            (
                field.at,
                format!(
                    "the command `{command}` in the field `{name}` of the entry `{}` is unknown",
                    written.key
                ),
            )
        }));
        let text = carried(name, text, words);
        if !text.is_empty() {
            fields.push((name, field.at, text));
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    if let Some(word) = unwritten_kind(&written.kind, language)
        && fields.iter().all(|(name, ..)| *name != "type")
    {
        fields.push(("type", written.at, word.to_owned()));
    }
    for (name, below) in
        [("title", "subtitle"), ("booktitle", "booksubtitle"), ("journaltitle", "journalsubtitle")]
    {
        let Some(below) = written.text(&[below]).map(|text| carried(below, reader.text(text), words)) else {
            continue;
        };
        for (_, _, text) in fields.iter_mut().filter(|(one, ..)| *one == name) {
            *text = format!("{text}: {below}");
        }
    }
    let text_of = |name: &str| fields.iter().find(|(one, ..)| *one == name).map(|(.., text)| text.clone());
    let is_book = matches!(written.kind.as_str(), "book" | "mvbook" | "collection" | "proceedings");
    // The style gives a numbered book of a series the number twice.
    let is_numbered = is_book && text_of("volume").is_some();
    let told: Vec<_> =
        fields.iter().filter(|(name, ..)| !is_numbered || *name != "series").cloned().collect();
    let mut entry = entry(written, &told).map_err(|problem| vec![problem])?;
    let mut stand_ins = Vec::new();
    let mut year = None;
    if let Some(mut date) = date(written, &mut reader, &mut stand_ins) {
        if date.year < FIRST_YEAR {
            date.year = stand_in(date.year.to_string(), &mut reader, &mut stand_ins).year;
        }
        year = Some(date.year.to_string());
        entry.set_date(date);
    }
    // One address is enough: a preprint has its number where it has no other.
    let url = url(written);
    let is_preprint = url.as_ref().is_none_or(|url| url.contains("//arxiv.org/"));
    let preprint = arxiv(written).filter(|_| is_preprint && doi(written).is_none());
    match (doi(written), url.filter(|_| preprint.is_none())) {
        (Some((url, doi)), _) => {
            let text = doi.chars().map(literal).collect();
            entry.set_doi(reader.pieces.add(Piece::Link { url, text }));
        }
        (None, Some(url)) => {
            let visit_date =
                written.text(&["urldate"]).and_then(|text| day(text, &mut reader, &mut stand_ins));
            if let Ok(value) = ADDRESS.parse() {
                entry.set_url(QualifiedUrl { value, visit_date });
            }
            let text = url.chars().map(literal).collect();
            stand_ins.push((ADDRESS.to_owned(), reader.pieces.add(Piece::Link { url, text })));
        }
        (None, None) => {}
    }
    let institution = text_of("institution").or_else(|| text_of("organization"));
    if let Some(institution) = &institution
        && entry.publisher().is_none()
        && matches!(
            written.kind.as_str(),
            "thesis" | "phdthesis" | "mastersthesis" | "report" | "techreport" | "manual"
        )
    {
        let place = text_of("location").map(marked_string);
        entry.set_publisher(Publisher::new(Some(marked_string(institution.clone())), place));
    }
    let mut extras: Vec<String> = year.into_iter().chain(institution).collect();
    if matches!(written.kind.as_str(), "report" | "techreport" | "patent" | "manual" | "standard") {
        extras.extend(text_of("number"));
    }
    extras.extend(text_of("edition").map(|edition| edition_text(&edition, language)));
    extras.extend(["series", "eventtitle", "venue", "titleaddon"].into_iter().filter_map(text_of));
    extras.extend(text_of("version").map(|version| match version.to_lowercase().contains("version") {
        true => version,
        false => format!("{} {version}", words.cited_version),
    }));
    extras.extend(translators(&entry, language));
    extras.extend(text_of("howpublished"));
    extras.extend(text_of("note"));
    extras.extend(text_of("addendum"));
    if let Some((url, id)) = preprint {
        let class = written.text(&["eprintclass"]).map(|class| format!(" [{}]", reader.text(class)));
        let link = reader.pieces.add(Piece::Link { url, text: format!("arXiv:{id}") });
        extras.push(link + &class.unwrap_or_default());
    }
    extras.retain(|text| !text.is_empty());
    let extras = extras.into_iter().map(|text| text.replace(['{', '}'], "")).collect();
    Ok(StyledEntry { entry, pieces: reader.pieces, extras, stand_ins })
}

/// Returns who translated a work, for whom the style has no place.
fn translators(entry: &Entry, language: Language) -> Option<String> {
    let Words { and, cited_translated, .. } = language.words();
    let all = entry.affiliated().unwrap_or_default();
    let named =
        all.iter().filter(|group| group.role == PersonRole::Translator).flat_map(|group| &group.names);
    let names: Vec<String> = named.map(|person| person.given_first(true)).collect();
    let listed = match names.as_slice() {
        [] => return None,
        [one] => one.clone(),
        [one, other] => format!("{one} {and} {other}"),
        [first @ .., last] => {
            let comma = if language.has_serial_comma() { "," } else { "" };
            format!("{}{comma} {and} {last}", first.join(", "))
        }
    };
    Some(format!("{cited_translated} {listed}"))
}

/// Returns the text of a field as it has to pass through the style, which would take quotation marks for its own,
/// a comma in a name such as `US 1,234` for the end of a number, and prints an edition that is no number without
/// saying what it is.
fn carried(name: &str, text: String, words: &Words) -> String {
    // What opens a quotation in English closes it in German.
    let (open, close) =
        if text.contains('„') { ("„", ["“", "”"].as_slice()) } else { ("“", ["”"].as_slice()) };
    let mut text = text.replace(open, &QUOTES.0.to_string());
    for close in close {
        text = text.replace(close, &QUOTES.1.to_string());
    }
    match name {
        "number" | "volume" | "issue" if text.contains(char::is_alphabetic) => {
            text.replace(',', &COMMA.to_string())
        }
        "edition" => edition(&text, words),
        "type" => kind_of_work(&text, words).map_or(text, str::to_owned),
        _ => text,
    }
}

/// Returns what the words by which BibLaTeX knows some kinds of works mean.
fn kind_of_work(word: &str, words: &Words) -> Option<&'static str> {
    Some(match word {
        "mathesis" => words.master_thesis,
        "bathesis" => words.bachelor_thesis,
        "phdthesis" => words.doctoral_thesis,
        "candthesis" => words.candidate_thesis,
        "techreport" => words.technical_report,
        "resreport" => words.research_report,
        _ => return None,
    })
}

/// Returns what kind of work an entry is that does not say so itself, where the style would say it in English.
fn unwritten_kind(kind: &str, language: Language) -> Option<&'static str> {
    let words = language.words();
    match (language, kind) {
        (Language::English, _) => None,
        (_, "mastersthesis") => Some(words.master_thesis),
        (_, "phdthesis") => Some(words.doctoral_thesis),
        (_, "techreport") => Some(words.technical_report),
        _ => None,
    }
}

/// Returns an edition as the style prints it.
fn edition_text(edition: &str, language: Language) -> String {
    let word = language.words().cited_edition;
    match (edition.parse::<u64>(), language) {
        (Ok(number), Language::German) => format!("{number}. {word}"),
        (Ok(number), Language::English) => {
            let end = match (number % 100, number % 10) {
                (11..=13, _) => "th",
                (_, 1) => "st",
                (_, 2) => "nd",
                (_, 3) => "rd",
                _ => "th",
            };
            format!("{number}{end} {word}")
        }
        (Err(_), _) if is_ordinal(edition) => format!("{edition} {word}"),
        (Err(_), _) => edition.to_owned(),
    }
}

/// Tells whether an edition is written as `3rd` is.
fn is_ordinal(edition: &str) -> bool {
    edition.starts_with(|c: char| c.is_ascii_digit()) && edition.chars().all(char::is_alphanumeric)
}

/// Returns an edition as a number, or with the word for it.
fn edition(text: &str, words: &Words) -> String {
    const ORDINALS: [&str; 12] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
        "eleventh", "twelfth",
    ];
    let word = text.trim_matches(['{', '}', ' ']);
    let lower = word.to_lowercase();
    let ends = [" edition", " edn.", " edn", " ed.", " ed", " auflage", " aufl.", " aufl"];
    let end = ends.iter().find(|end| lower.ends_with(**end)).map_or(0, |end| end.len());
    let plain = lower.len().checked_sub(end).and_then(|length| lower.get(..length)).unwrap_or(&lower);
    if let Some(number) = ORDINALS.iter().position(|ordinal| *ordinal == plain) {
        return (number + 1).to_string();
    }
    if is_ordinal(plain) {
        return plain.to_owned();
    }
    match end {
        0 if !["edition", "auflage"].iter().any(|word| lower.contains(word)) => {
            format!("{text} {}", words.cited_edition.trim_end_matches('.'))
        }
        _ => text.trim_end_matches('.').to_owned(),
    }
}

fn marked_string(text: String) -> FormatString {
    FormatString::from(text.replace(['{', '}'], ""))
}

/// Reads the fields as `biblatex` does, each at its place in the file.
fn entry(written: &WrittenEntry, fields: &[(&str, usize, String)]) -> Result<Entry, Problem> {
    let spanned = |at: usize, length: usize| -> Range<usize> { at..at + length };
    let kind = match written.kind.as_str() {
        "conference" => "inproceedings",
        "electronic" | "www" | "webpage" => "online",
        "standard" => "report",
        other => other,
    };
    let fields = fields.iter().map(|(name, at, text)| Pair {
        key: Spanned::new(*name, spanned(*at, name.len())),
        value: Spanned::new(
            vec![Spanned::new(RawChunk::Normal(text.as_str()), spanned(*at, text.len()))],
            spanned(*at, text.len()),
        ),
    });
    let raw = RawEntry {
        key: Spanned::new(written.key.as_str(), spanned(written.at, written.key.len())),
        kind: Spanned::new(kind, spanned(written.at, 0)),
        fields: fields.collect(),
    };
    let entries = vec![Spanned::new(raw, spanned(written.at, 0))];
    let raw = RawBibliography { preamble: String::new(), entries, abbreviations: Vec::new() };
    let told = |at: usize, kind: String| (at, format!("the entry `{}` cannot be read: {kind}", written.key));
    let read = Bibliography::from_raw(raw).map_err(|error| told(error.span.start, error.kind.to_string()))?;
    let entry = read.iter().next().ok_or_else(|| told(written.at, "it is empty".to_owned()))?;
    Entry::try_from(entry).map_err(|error| told(error.span.start, error.kind.to_string()))
}

/// Returns the names of a field as `biblatex` reads them.
fn names(written: &str, reader: &mut FieldReader) -> String {
    let mut all = split_names(written);
    all.truncate(MOST_NAMES);
    let text = |name: &&str| match name.trim() {
        "others" => OTHERS.to_string(),
        name => shortened(&reader.text(name)),
    };
    let names: Vec<String> = all.iter().map(text).filter(|name| !name.is_empty()).collect();
    names.join(" and ")
}

/// Returns a name whose given names keep only the initials that their author marked: `Ch` of `Christos`.
fn shortened(name: &str) -> String {
    let mut out = String::new();
    let mut rest = name;
    while let Some(at) = rest.find(is_piece) {
        let Some(end) = rest[at..].find('}').map(|end| at + end + 1) else { break };
        let (before, after) = rest.split_at(end);
        let (letters, after) =
            after.split_at(after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len()));
        out.push_str(before);
        let is_given = out.contains(',') || (after.contains(' ') && !after.contains(','));
        out.push_str(if is_given && !letters.is_empty() { "." } else { letters });
        rest = after;
    }
    out + rest
}

/// The name of the others, which the style sets as that of a person.
pub(super) const OTHERS: char = '\u{e130}';

/// Splits names at the word `and` outside of braces, in any spelling.
fn split_names(written: &str) -> Vec<&str> {
    let (mut names, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    let mut word_start = 0;
    let ends = written.char_indices().chain([(written.len(), ' ')]);
    for (at, character) in ends {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            c if c.is_whitespace() => {
                if depth == 0 && written[word_start..at].eq_ignore_ascii_case("and") && at < written.len() {
                    names.push(&written[start..word_start]);
                    start = at;
                }
                word_start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    names.push(&written[start..]);
    names
}

/// Returns when a work appeared; what is no date stands behind a year that stands for it.
fn date(
    written: &WrittenEntry,
    reader: &mut FieldReader,
    stand_ins: &mut Vec<(String, String)>,
) -> Option<Date> {
    if let Some(text) = written.text(&["date"]) {
        return day(text, reader, stand_ins);
    }
    let year = written.text(&["year"])?;
    let plain = reader.text(year).replace(['{', '}'], "");
    let Some(months) = written.text(&["month"]) else { return day(year, reader, stand_ins) };
    let number = plain.parse().ok().filter(|_| plain.len() <= 4);
    match (number, month_and_day(months)) {
        (Some(year), Some((month, day))) => Some(on(year, Some(month), day)),
        (None, Some((month, day))) => Some(on(stand_in(plain, reader, stand_ins).year, Some(month), day)),
        _ => {
            let months = reader.text(months);
            Some(stand_in(format!("{months} {plain}"), reader, stand_ins))
        }
    }
}

/// Reads `2021-05-06`, `2021`, `May 6, 2021` or any other text as a date.
fn day(written: &str, reader: &mut FieldReader, stand_ins: &mut Vec<(String, String)>) -> Option<Date> {
    let text = reader.text(written).replace(['{', '}'], "");
    let parts: Vec<&str> = text.trim_end_matches(['~', '?', '%']).split('-').collect();
    let numbers: Option<Vec<i32>> = parts.iter().map(|part| part.parse().ok()).collect();
    let part = |number: i32, most: i32| u8::try_from(number - 1).ok().filter(|_| number <= most);
    match numbers.as_deref() {
        Some([year]) if text.len() <= 4 => return Some(on(*year, None, None)),
        Some([year, month]) => {
            if let Some(month) = part(*month, 12) {
                return Some(on(*year, Some(month), None));
            }
        }
        Some([year, month, day]) => {
            if let (Some(month), Some(day)) = (part(*month, 12), part(*day, 31)) {
                return Some(on(*year, Some(month), Some(day)));
            }
        }
        _ => {}
    }
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if let [a, b, year] = words[..]
        && let Some(year) = year.parse().ok().filter(|_| year.len() == 4)
        && let Some((month, Some(day))) = month_and_day(&format!("{a} {b}"))
    {
        return Some(on(year, Some(month), Some(day)));
    }
    (!text.is_empty()).then(|| stand_in(text, reader, stand_ins))
}

/// Returns a month and a day, both from 0, where a text names one month and at most one day.
fn month_and_day(written: &str) -> Option<(u8, Option<u8>)> {
    let words: Vec<&str> =
        written.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let number = |word: &str, most: u8| word.parse::<u8>().ok().filter(|number| (1..=most).contains(number));
    match words[..] {
        [one] => {
            let named = month(one).and_then(|month| u8::try_from(month).ok());
            named.or_else(|| number(one, 12)).map(|month| (month - 1, None))
        }
        [one, other] => {
            let (name, day) = if month(one).is_some() { (one, other) } else { (other, one) };
            let month = month(name).and_then(|month| u8::try_from(month).ok())?;
            Some((month - 1, Some(number(day, 31)? - 1)))
        }
        _ => None,
    }
}

fn on(year: i32, month: Option<u8>, day: Option<u8>) -> Date {
    Date { year, month, day, approximate: false, season: None }
}

/// Returns a date whose year stands for a text.
fn stand_in(text: String, reader: &mut FieldReader, stand_ins: &mut Vec<(String, String)>) -> Date {
    let year = FIRST_YEAR + i32::try_from(stand_ins.len()).unwrap_or_default();
    let ends = text.ends_with('.');
    let piece = reader.pieces.add(Piece::Text(text));
    // An abbreviation such as `n.d.` ends the sentence as well.
    if ends {
        stand_ins.push((format!("{year}."), piece.clone()));
    }
    stand_ins.push((year.to_string(), piece));
    on(year, None, None)
}
