//! The cited entries as the style of the IEEE sets them, with what it leaves out.

use std::sync::LazyLock;

use hayagriva::archive::{ArchivedStyle, locales};
use hayagriva::citationberg::{FontStyle, FontWeight, Locale, LocaleCode, Style};
use hayagriva::{
    BibliographyDriver, BibliographyRequest, CitationItem, CitationRequest, ElemChild, ElemChildren,
    Formatted,
};
use serde_json::Value;

use super::super::tree::Inline;
use super::entry::{OTHERS, StyledEntry};
use super::mark::{EMPHASIS, QUOTES, STRONG};
use crate::language::{Language, Quotes, Words};

/// The style of the IEEE in each language, unpacked once.
static STYLES: LazyLock<[(Language, Style); Language::ALL.len()]> =
    LazyLock::new(|| Language::ALL.map(|language| (language, style(language))));
/// The words of all languages, unpacked once.
static LOCALES: LazyLock<Vec<Locale>> = LazyLock::new(locales);

/// Returns the style of the IEEE, in which some words are English whatever the language.
fn style(language: Language) -> Style {
    let style = ArchivedStyle::InstituteOfElectricalAndElectronicsEngineers.get();
    let translated = serde_json::to_value(&style).and_then(|mut written| {
        translate(&mut written, language.words());
        serde_json::from_value(written)
    });
    if language == Language::English { style } else { translated.unwrap_or(style) }
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

/// Returns each entry as text of a reference list, in order.
pub(super) fn set(entries: &[StyledEntry], language: Language) -> Vec<Vec<Inline>> {
    let found = STYLES.iter().find(|(of, _)| *of == language);
    let Some((_, Style::Independent(style))) = found else { return Vec::new() };
    let mut driver = BibliographyDriver::new();
    for styled in entries {
        let items = vec![CitationItem::with_entry(&styled.entry)];
        driver.citation(CitationRequest::new(items, style, locale(language), &LOCALES, None));
    }
    let request = BibliographyRequest { style, locale: locale(language), locale_files: &LOCALES };
    let rendered = driver.finish(request);
    let items = rendered.bibliography.map(|bibliography| bibliography.items).unwrap_or_default();
    let text = |styled: &StyledEntry| {
        let mut marked = String::new();
        if let Some(item) = items.iter().find(|item| item.key == styled.entry.key()) {
            flatten(&item.content, &mut marked);
        }
        styled.pieces.inlines(&finished(marked, styled, language))
    };
    entries.iter().map(text).collect()
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
fn finished(marked: String, styled: &StyledEntry, language: Language) -> String {
    let words = language.words();
    let mut text = marked.split_whitespace().collect::<Vec<_>>().join(" ");
    let others = format!(" {}{}{}", EMPHASIS.0, words.cited_others, EMPHASIS.1);
    let and = words.and;
    for before in [format!(", {and} {OTHERS}"), format!(" {and} {OTHERS}"), format!(", {OTHERS}")] {
        text = text.replace(&before, &others);
    }
    // The space of `u. a.` is one at which no line ends.
    text = text.replace(&words.cited_others.replace('\u{a0}', " "), words.cited_others);
    for sign in ['?', '!'] {
        text = text.replace(&format!("{sign},”"), &format!("{sign}”"));
        text = text.replace(&format!("{sign}.”"), &format!("{sign}”"));
    }
    for extra in &styled.extras {
        if !text.to_lowercase().contains(&extra.to_lowercase()) {
            text = with(&text, extra, words);
        }
    }
    for (stand_in, meant) in &styled.stand_ins {
        text = text.replace(stand_in, meant);
    }
    inner_quotes(&text.replace('\'', "’"), language.quotes())
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

/// Adds a sentence before what a reader finds the work by.
fn with(text: &str, extra: &str, words: &Words) -> String {
    let addresses = [
        " doi: ".to_owned(),
        format!(" {}: ", words.cited_accessed),
        format!(" [{}]", words.cited_online),
        format!(" {}: ", words.cited_available),
    ];
    let at = addresses.iter().filter_map(|address| text.find(address)).min().unwrap_or(text.len());
    let (before, address) = text.split_at(at);
    let before = before.trim_end_matches([',', ' ']);
    let dot = if before.is_empty() || before.ends_with(['.', '?', '!', '”']) { "" } else { "." };
    let space = if before.is_empty() { "" } else { " " };
    let end = if extra.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{before}{dot}{space}{extra}{end}{address}")
}
