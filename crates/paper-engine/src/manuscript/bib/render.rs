//! The cited entries as a style of reference lists sets them, with what it leaves out.

use std::sync::LazyLock;

use hayagriva::archive::{ArchivedStyle, locales};
use hayagriva::citationberg::{FontStyle, FontWeight, Locale, Style};
use hayagriva::{
    BibliographyDriver, BibliographyRequest, CitationItem, CitationRequest, ElemChild, ElemChildren,
    Formatted,
};

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::tree::Inline;
use super::entry::{OTHERS, StyledEntry};
use super::mark::{EMPHASIS, Pieces, QUOTES, STRONG, is_piece};

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

/// The style of the IEEE, unpacked once.
static IEEE: LazyLock<Style> =
    LazyLock::new(|| ArchivedStyle::InstituteOfElectricalAndElectronicsEngineers.get());
/// The style of the ACM, unpacked once.
static ACM: LazyLock<Style> = LazyLock::new(|| ArchivedStyle::AssociationForComputingMachinery.get());
/// The style of the LNCS, unpacked once.
static LNCS: LazyLock<Style> = LazyLock::new(|| ArchivedStyle::SpringerLectureNotesInComputerScience.get());
/// The words of all languages, unpacked once.
static LOCALES: LazyLock<Vec<Locale>> = LazyLock::new(locales);

/// What ACM and LNCS print before a DOI.
const RESOLVER: &str = "https://doi.org/";

impl ReferenceStyle {
    fn rules(self) -> &'static Style {
        match self {
            Self::Ieee => &IEEE,
            Self::Acm => &ACM,
            Self::Lncs => &LNCS,
        }
    }

    /// Returns what stands before that by which a reader finds a work; what the style left out goes before it.
    fn addresses(self) -> &'static [&'static str] {
        match self {
            Self::Ieee => &[" doi: ", " Accessed: ", " [Online]", " Available: "],
            Self::Acm => &[" DOI:", " Retrieved ", " https://doi.org/"],
            // The latter is what stands for any address.
            Self::Lncs => &[" https://doi.org/", " https://address.invalid/"],
        }
    }
}

/// Returns the entries as texts of a reference list, in its order, each with its index.
pub(super) fn set(entries: &[StyledEntry], style: ReferenceStyle) -> Vec<(usize, Vec<Inline>)> {
    let Style::Independent(rules) = style.rules() else { return Vec::new() };
    let mut driver = BibliographyDriver::new();
    for styled in entries {
        let items = vec![CitationItem::with_entry(&styled.entry)];
        driver.citation(CitationRequest::from_items(items, rules, &LOCALES));
    }
    let rendered = driver.finish(BibliographyRequest { style: rules, locale: None, locale_files: &LOCALES });
    let items = rendered.bibliography.map(|bibliography| bibliography.items).unwrap_or_default();
    let place = |index: usize| items.iter().position(|item| item.key == entries[index].entry.key());
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|index| place(*index));
    let text = |index: usize| {
        let styled = &entries[index];
        let mut marked = String::new();
        if let Some(place) = place(index) {
            flatten(&items[place].content, &mut marked);
        }
        let mut pieces = styled.pieces.clone();
        let text = whole_links(&finished(marked, styled, style), &mut pieces);
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
fn finished(marked: String, styled: &StyledEntry, style: ReferenceStyle) -> String {
    let mut text = marked.split_whitespace().collect::<Vec<_>>().join(" ");
    // A title ends with one sign.
    for sign in ['?', '!', '.'] {
        for end in [",", "."] {
            text = text.replace(&format!("{sign}{end}”"), &format!("{sign}”"));
        }
    }
    for extra in &styled.extras {
        if !text.to_lowercase().contains(&extra.to_lowercase()) {
            text = with(&text, extra, style.addresses());
        }
    }
    let others = match style {
        ReferenceStyle::Ieee => format!(" {}et al.{}", EMPHASIS.0, EMPHASIS.1),
        ReferenceStyle::Acm | ReferenceStyle::Lncs => " et al.".to_owned(),
    };
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
fn with(text: &str, extra: &str, addresses: &[&str]) -> String {
    let at = addresses.iter().filter_map(|address| text.find(address)).min().unwrap_or(text.len());
    let (before, address) = text.split_at(at);
    let before = before.trim_end_matches([',', ' ']);
    let dot = if before.is_empty() || before.ends_with(['.', '?', '!', '”']) { "" } else { "." };
    let space = if before.is_empty() { "" } else { " " };
    let end = if extra.ends_with(['.', '?', '!', OTHERS]) { "" } else { "." };
    format!("{before}{dot}{space}{extra}{end}{address}")
}
