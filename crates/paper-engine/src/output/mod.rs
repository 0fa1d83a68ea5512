//! One file or folder per format: Markdown, HTML, LaTeX, phext and the texts of outreach, all from the same
//! document tree.

mod archive;
mod bare;
mod card;
mod columns;
mod front;
mod hn_post;
mod html;
mod html_inline;
mod html_links;
mod html_listing;
mod html_text;
mod jats;
mod latex;
mod latex_listing;
mod latex_table;
mod ledger;
mod markdown;
mod math;
mod math_fonts;
mod naming;
mod outreach_page;
mod pandoc;
mod phext;
mod scripts;
mod templates;
mod tex_text;
mod thread;
mod venue;

#[cfg(test)]
mod reference_lists;
#[cfg(test)]
mod sample;

use std::collections::BTreeSet;
use std::fmt;

use crate::diagnostic::Diagnostics;
use crate::facts::{Fact, Grade};
use crate::language::{Language, Words};
use crate::manuscript::{
    CodeLines, Document, Inline, InlineKind, LabelKind, Naming, Reference, StatementKind,
};

pub use archive::archive;
pub use card::{card, picture, print, print_width};
pub use hn_post::hn_post;
pub use html::{Positions, SectionCache, html};
pub use html_text::escape as escape_html;
pub use jats::jats;
pub use latex::{Engines, Latex, Line, latex, reference_list, standalone_latex};
pub use ledger::Ledger;
pub use markdown::{TableFiles, markdown, standalone_markdown, tables};
pub use outreach_page::{Share, outreach_page};
pub use pandoc::{PandocTree, pandoc};
pub use phext::phext;
pub use templates::Templates;
pub use thread::{Post, posts, thread_json, thread_markdown};
pub use venue::{Layout, Venue, built_in as built_in_venues};

/// Everything that kept a format from being written, each at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputError(pub Diagnostics);

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.0.0.iter().enumerate() {
            write!(f, "{}{diagnostic}", if index > 0 { "\n" } else { "" })?;
        }
        Ok(())
    }
}

impl std::error::Error for OutputError {}

impl From<Diagnostics> for OutputError {
    fn from(diagnostics: Diagnostics) -> Self {
        Self(diagnostics)
    }
}

impl From<OutputError> for Diagnostics {
    fn from(error: OutputError) -> Self {
        error.0
    }
}

/// Returns the text of inlines without any markup, for document properties, bookmarks and catalogues.
pub fn plain(inlines: &[Inline], language: Language) -> String {
    let mut text = String::new();
    for inline in inlines {
        match &inline.kind {
            InlineKind::Text(part) | InlineKind::Code(part) | InlineKind::Math(part) => text.push_str(part),
            InlineKind::Number { text: part, .. } | InlineKind::Verdict { text: part, .. } => {
                text.push_str(part)
            }
            InlineKind::Emphasis(content)
            | InlineKind::Strong(content)
            | InlineKind::Strikeout(content)
            | InlineKind::Link { content, .. } => {
                text.push_str(&plain(content, language));
            }
            InlineKind::Cite(_) | InlineKind::Footnote { .. } | InlineKind::FootnoteAgain(_) => {}
            InlineKind::Reference { kind, number, part, naming, .. } => {
                text.push_str(&naming::text(*kind, number, *naming, language));
                text.push_str(&part_text(*kind, part.as_deref(), language));
            }
            InlineKind::Picture { alt, .. } => text.push_str(alt),
            InlineKind::LineBreak => text.push(' '),
        }
    }
    text
}

/// How the items of a numbered list are counted, by the numbered lists around it: as LaTeX does in all classes,
/// each of which puts its own signs behind the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Numbering {
    /// 1, 2, 3.
    Decimal,
    /// a, b, c.
    LowerAlpha,
    /// i, ii, iii.
    LowerRoman,
    /// A, B, C.
    UpperAlpha,
}

impl Numbering {
    /// Returns the one of a list inside so many numbered ones; no text has more than four levels.
    fn at(depth: usize) -> Self {
        match depth {
            0 => Self::Decimal,
            1 => Self::LowerAlpha,
            2 => Self::LowerRoman,
            _ => Self::UpperAlpha,
        }
    }
}

/// Returns the label of a footnote.
fn note_label(number: usize) -> String {
    format!("fn:{number}")
}

/// Returns the labels of the footnotes that a document refers to.
fn notes_referred_to(document: &Document) -> BTreeSet<String> {
    let labels = document.every_inline().filter_map(|inline| match &inline.kind {
        InlineKind::Reference { kind: LabelKind::Footnote, label, .. } => Some(label.clone()),
        _ => None,
    });
    labels.collect()
}

/// Returns whether a cell holds more than plain text or one number.
fn is_rich(content: &[Inline]) -> bool {
    !matches!(content, [] | [Inline { kind: InlineKind::Text(_) | InlineKind::Number { .. }, .. }])
}

/// Returns a text of a fact's number in the signs of a language; a fact that is a text, such as a version, has those
/// of none.
fn shown(fact: &Fact, text: String, language: Language) -> String {
    if fact.number().is_some() { language.number(&text) } else { text }
}

/// Returns how a sentence says where a number comes from.
fn grade(grade: Grade, words: &Words) -> &'static str {
    match grade {
        Grade::Computed => words.grade_computed,
        Grade::Assumption => words.grade_assumption,
        Grade::Derived => words.grade_derived,
        Grade::Measured => words.grade_measured,
        Grade::Quoted => words.grade_quoted,
    }
}

/// Returns how running text names a labelled thing within a sentence.
fn reference_text(kind: LabelKind, number: &str, language: Language) -> String {
    naming::text(kind, number, Naming::Short, language)
}

/// Returns program text for formats whose lines have no numbers and no marks of their own: both stand before
/// each line.
fn gutter(text: &str, lines: &CodeLines) -> String {
    let width = lines.first.map_or(0, |first| (first + text.lines().count()).to_string().len());
    let line = |(index, line): (usize, &str)| {
        let mark = match (lines.marked.is_empty(), lines.marked.contains(&index)) {
            (true, _) => "",
            (false, true) => "▸ ",
            (false, false) => "  ",
        };
        let number = lines.first.map_or(String::new(), |first| format!("{:width$}  ", first + index));
        format!("{mark}{number}{line}").trim_end().to_owned()
    };
    text.lines().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

/// Returns what stands behind such a name where a part is meant: panels of a figure, lines of a listing.
fn part_text(kind: LabelKind, part: Option<&str>, language: Language) -> String {
    let Some(part) = part else { return String::new() };
    let lines = language.words().line;
    match kind {
        LabelKind::Statement(_) => {
            let noun = if part.contains([',', '–']) { lines.many } else { lines.one };
            format!(", {}\u{a0}{part}", language.within(noun))
        }
        _ => format!("({part})"),
    }
}

/// Returns how a statement begins: its word and its number.
fn statement_head(kind: StatementKind, number: Option<usize>, language: Language) -> String {
    match number {
        Some(number) => reference_text(LabelKind::Statement(kind), &number.to_string(), language),
        None => kind.noun(language.words()).one.to_owned(),
    }
}

/// Returns the address when it is one a reader may follow: no script, no local file.
fn safe_url(url: &str) -> Option<&str> {
    let lower = url.trim().to_ascii_lowercase();
    ["https://", "http://", "mailto:", "#"].iter().any(|start| lower.starts_with(start)).then(|| url.trim())
}

/// Returns the web address of a cited work; a bare DOI becomes its resolver address.
fn reference_url(reference: &Reference) -> Option<String> {
    let url = reference.url.as_deref()?.trim();
    if url.starts_with("10.") {
        return Some(format!("https://doi.org/{url}"));
    }
    safe_url(url).filter(|url| !url.starts_with('#')).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_links() {
        assert_eq!(safe_url("https://example.org"), Some("https://example.org"));
        assert_eq!(safe_url("JavaScript:alert(1)"), None);
        assert_eq!(safe_url("file:///etc/passwd"), None);
    }

    #[test]
    fn a_bare_doi_is_resolved() {
        let work = sample::work("a", 1, Some("10.1/x"));
        assert_eq!(reference_url(&work), Some("https://doi.org/10.1/x".into()));
    }
}
