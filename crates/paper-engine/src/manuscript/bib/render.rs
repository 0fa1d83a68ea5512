//! The cited entries as a style of reference lists sets them, with what it leaves out.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use hayagriva::archive::{ArchivedStyle, locales};
use hayagriva::citationberg::{FontStyle, FontWeight, Locale, LocaleCode, Style};
use hayagriva::{
    BibliographyDriver, BibliographyRequest, CitationItem, CitationRequest, ElemChild, ElemChildren,
    Formatted,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::super::tree::Inline;
use super::entry::{OTHERS, StyledEntry};
use super::mark::{EMPHASIS, Pieces, QUOTES, STRONG, is_piece};
use crate::language::{Language, Quotes, Words};

/// The style of a reference list; works are cited by their number in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReferenceStyle {
    /// That of the IEEE: in order of citation.
    #[default]
    Ieee,
    /// That of the Association for Computing Machinery: by authors.
    Acm,
    /// That of the Lecture Notes in Computer Science of Springer: in order of citation.
    Lncs,
}

/// How a reference list is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Set {
    /// The language of the paper.
    pub language: Language,
    /// The style.
    pub style: ReferenceStyle,
}

/// Each style in each language, unpacked when it is first used.
static STYLES: [[OnceLock<Style>; Language::ALL.len()]; 3] =
    [const { [const { OnceLock::new() }; Language::ALL.len()] }; 3];
/// The words of all languages, unpacked once.
static LOCALES: LazyLock<Vec<Locale>> = LazyLock::new(locales);

/// What ACM and LNCS print before a DOI.
const RESOLVER: &str = "https://doi.org/";

/// Returns a style, in which some words are English whatever the language.
fn rules(Set { language, style }: Set) -> Style {
    let style = match style {
        ReferenceStyle::Ieee => ArchivedStyle::InstituteOfElectricalAndElectronicsEngineers,
        ReferenceStyle::Acm => ArchivedStyle::AssociationForComputingMachinery,
        ReferenceStyle::Lncs => ArchivedStyle::SpringerLectureNotesInComputerScience,
    };
    let style = style.get();
    if language == Language::English {
        return style;
    }
    let translated = serde_json::to_value(&style).and_then(|mut written| {
        translate(&mut written, language.words());
        serde_json::from_value(written)
    });
    translated.unwrap_or(style)
}

/// Puts the words of a language in the place of the English ones that a style prints by itself.
fn translate(written: &mut Value, words: &Words) {
    let english = Language::English.words();
    let pairs = [
        (english.cited_number, words.cited_number),
        (english.cited_volume, words.cited_volume),
        (english.cited_article, words.cited_article),
    ];
    match written {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(text) if name == "@prefix" || name == "@value" => {
                        let pair = pairs.iter().find(|(english, _)| text.trim_end() == *english);
                        if let Some((english, word)) = pair {
                            *text = text.replace(english, word);
                        }
                    }
                    other => translate(other, words),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| translate(item, words)),
        _ => {}
    }
}

/// Returns the locale of the style; none stands for that of the style itself.
fn locale(language: Language) -> Option<LocaleCode> {
    match language {
        Language::English => None,
        Language::German => Some(LocaleCode("de-DE".to_owned())),
    }
}

impl Set {
    /// Returns what stands before that by which a reader finds a work; what the style left out goes before it.
    fn addresses(self) -> Vec<String> {
        let words = self.language.words();
        match self.style {
            ReferenceStyle::Ieee => vec![
                " doi: ".to_owned(),
                format!(" {}: ", words.cited_accessed),
                format!(" [{}]", words.cited_online),
                format!(" {}: ", words.cited_available),
            ],
            ReferenceStyle::Acm => [" DOI:", " Retrieved ", " https://doi.org/"].map(str::to_owned).into(),
            // The latter is what stands for any address.
            ReferenceStyle::Lncs => {
                [" https://doi.org/", " https://address.invalid/"].map(str::to_owned).into()
            }
        }
    }
}

/// Returns the entries as texts of a reference list, in its order, each with its index.
pub(super) fn set(entries: &[StyledEntry], set: Set) -> Vec<(usize, Vec<Inline>)> {
    let style = STYLES[set.style as usize][set.language as usize].get_or_init(|| rules(set));
    let Style::Independent(style) = style else { return Vec::new() };
    let mut driver = BibliographyDriver::new();
    for styled in entries {
        let items = vec![CitationItem::with_entry(&styled.entry)];
        driver.citation(CitationRequest::new(items, style, locale(set.language), &LOCALES, None));
    }
    let request = BibliographyRequest { style, locale: locale(set.language), locale_files: &LOCALES };
    let rendered = driver.finish(request);
    let items = rendered.bibliography.map(|bibliography| bibliography.items).unwrap_or_default();
    let places: BTreeMap<&str, usize> =
        items.iter().enumerate().map(|(place, item)| (item.key.as_str(), place)).collect();
    let place = |index: usize| places.get(entries[index].entry.key()).copied();
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|index| place(*index));
    let text = |index: usize| {
        let styled = &entries[index];
        let mut marked = String::new();
        if let Some(place) = place(index) {
            flatten(&items[place].content, &mut marked);
        }
        let mut pieces = styled.pieces.clone();
        let text = whole_links(&finished(marked, styled, set), &mut pieces);
        (index, pieces.inlines(&text))
    };
    order.into_iter().map(text).collect()
}

/// Makes the link of an address the whole of it, where the style wrote its beginning before the link.
fn whole_links(text: &str, pieces: &mut Pieces) -> String {
    let mut parts = text.split(RESOLVER);
    let mut made = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.chars().next() {
            Some(link) if is_piece(link) => pieces.show_address(link),
            _ => made.push_str(RESOLVER),
        }
        made.push_str(part);
    }
    made
}

/// Writes rendered elements as marked text.
fn flatten(children: &ElemChildren, out: &mut String) {
    for child in &children.0 {
        match child {
            ElemChild::Text(text) | ElemChild::Link { text, .. } => formatted(text, out),
            ElemChild::Elem(element) => flatten(&element.children, out),
            ElemChild::Markup(text) => out.push_str(text),
            ElemChild::Transparent { .. } => {}
        }
    }
}

fn formatted(Formatted { text, formatting }: &Formatted, out: &mut String) {
    let italic = formatting.font_style == FontStyle::Italic;
    let bold = formatting.font_weight == FontWeight::Bold;
    let around = [(italic, EMPHASIS), (bold, STRONG)];
    out.extend(around.iter().filter(|(set, _)| *set).map(|(_, (begin, _))| *begin));
    out.push_str(text);
    out.extend(around.iter().rev().filter(|(set, _)| *set).map(|(_, (_, end))| *end));
}

/// Puts right what the style could not know.
fn finished(marked: String, styled: &StyledEntry, set: Set) -> String {
    let words = set.language.words();
    let mut text = marked.split_whitespace().collect::<Vec<_>>().join(" ");
    // A title ends with one sign.
    for sign in ['?', '!', '.'] {
        for end in [",", "."] {
            text = text.replace(&format!("{sign}{end}”"), &format!("{sign}”"));
        }
    }
    for extra in &styled.extras {
        if !text.to_lowercase().contains(&extra.to_lowercase()) {
            text = with(&text, extra, &set.addresses());
        }
    }
    let others = match set.style {
        ReferenceStyle::Ieee => format!(" {}{}{}", EMPHASIS.0, words.cited_others, EMPHASIS.1),
        ReferenceStyle::Acm | ReferenceStyle::Lncs => format!(" {}", words.cited_others),
    };
    let and = words.and;
    for before in [format!(", {and} {OTHERS}"), format!(" {and} {OTHERS}"), format!(", {OTHERS}")] {
        text = text.replace(&before, &others);
    }
    // The space of `u. a.` is one at which no line ends.
    text = text.replace(&words.cited_others.replace('\u{a0}', " "), words.cited_others);
    for (stand_in, meant) in &styled.stand_ins {
        text = text.replace(stand_in, meant);
    }
    inner_quotes(&text.replace('\'', "’"), set.language.quotes())
}

/// Makes quotation marks inside others single ones.
fn inner_quotes(text: &str, Quotes { double, single }: Quotes) -> String {
    let mut depth = 0_usize;
    let mut quote = |character: char| {
        if character == double.0 || character == QUOTES.0 {
            depth += 1;
            return if depth > 1 { single.0 } else { double.0 };
        }
        if character == double.1 || character == QUOTES.1 {
            depth = depth.saturating_sub(1);
            return if depth > 0 { single.1 } else { double.1 };
        }
        character
    };
    text.chars().map(&mut quote).collect()
}

/// Adds a sentence before the address of the work.
fn with(text: &str, extra: &str, addresses: &[String]) -> String {
    let at = addresses.iter().filter_map(|address| text.find(address)).min().unwrap_or(text.len());
    let (before, address) = text.split_at(at);
    let before = before.trim_end_matches([',', ' ']);
    let dot = if before.is_empty() || before.ends_with(['.', '?', '!', '”']) { "" } else { "." };
    let space = if before.is_empty() { "" } else { " " };
    let end = if extra.ends_with(['.', '?', '!', OTHERS]) { "" } else { "." };
    format!("{before}{dot}{space}{extra}{end}{address}")
}
