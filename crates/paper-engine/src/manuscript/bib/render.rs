//! The cited entries as the style of the IEEE sets them, with what it leaves out.

use std::sync::LazyLock;

use hayagriva::archive::{ArchivedStyle, locales};
use hayagriva::citationberg::{FontStyle, FontWeight, Locale, Style};
use hayagriva::{
    BibliographyDriver, BibliographyRequest, CitationItem, CitationRequest, ElemChild, ElemChildren,
    Formatted,
};

use super::super::tree::Inline;
use super::entry::{OTHERS, StyledEntry};
use super::mark::{EMPHASIS, QUOTES, STRONG};

/// The style of the IEEE, unpacked once.
static STYLE: LazyLock<Style> =
    LazyLock::new(|| ArchivedStyle::InstituteOfElectricalAndElectronicsEngineers.get());
/// The words of all languages, unpacked once.
static LOCALES: LazyLock<Vec<Locale>> = LazyLock::new(locales);

/// Before what a reader finds a work by; what the style left out goes before it.
const ADDRESSES: [&str; 4] = [" doi: ", " Accessed: ", " [Online]", " Available: "];

/// Returns each entry as text of a reference list, in order.
pub(super) fn set(entries: &[StyledEntry]) -> Vec<Vec<Inline>> {
    let Style::Independent(style) = &*STYLE else { return Vec::new() };
    let mut driver = BibliographyDriver::new();
    for styled in entries {
        let items = vec![CitationItem::with_entry(&styled.entry)];
        driver.citation(CitationRequest::from_items(items, style, &LOCALES));
    }
    let rendered = driver.finish(BibliographyRequest { style, locale: None, locale_files: &LOCALES });
    let items = rendered.bibliography.map(|bibliography| bibliography.items).unwrap_or_default();
    let text = |styled: &StyledEntry| {
        let mut marked = String::new();
        if let Some(item) = items.iter().find(|item| item.key == styled.entry.key()) {
            flatten(&item.content, &mut marked);
        }
        styled.pieces.inlines(&finished(marked, styled))
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
fn finished(marked: String, styled: &StyledEntry) -> String {
    let mut text = marked.split_whitespace().collect::<Vec<_>>().join(" ");
    // A title ends with one sign.
    for sign in ['?', '!', '.'] {
        for end in [",", "."] {
            text = text.replace(&format!("{sign}{end}”"), &format!("{sign}”"));
        }
    }
    for extra in &styled.extras {
        if !text.to_lowercase().contains(&extra.to_lowercase()) {
            text = with(&text, extra);
        }
    }
    let others = format!(" {}et al.{}", EMPHASIS.0, EMPHASIS.1);
    for before in [format!(", and {OTHERS}"), format!(" and {OTHERS}"), format!(", {OTHERS}")] {
        text = text.replace(&before, &others);
    }
    for (stand_in, meant) in &styled.stand_ins {
        text = text.replace(stand_in, meant);
    }
    inner_quotes(&text.replace('\'', "’"))
}

/// Makes quotation marks inside others single ones.
fn inner_quotes(text: &str) -> String {
    let mut depth = 0_usize;
    let mut quote = |character: char| {
        if character == '“' || character == QUOTES.0 {
            depth += 1;
            return if depth > 1 { '‘' } else { '“' };
        }
        if character == '”' || character == QUOTES.1 {
            depth = depth.saturating_sub(1);
            return if depth > 0 { '’' } else { '”' };
        }
        character
    };
    text.chars().map(&mut quote).collect()
}

/// Adds a sentence before the address of the work.
fn with(text: &str, extra: &str) -> String {
    let at = ADDRESSES.iter().filter_map(|address| text.find(address)).min().unwrap_or(text.len());
    let (before, address) = text.split_at(at);
    let before = before.trim_end_matches([',', ' ']);
    let dot = if before.is_empty() || before.ends_with(['.', '?', '!', '”']) { "" } else { "." };
    let space = if before.is_empty() { "" } else { " " };
    let end = if extra.ends_with(['.', '?', '!', OTHERS]) { "" } else { "." };
    format!("{before}{dot}{space}{extra}{end}{address}")
}
