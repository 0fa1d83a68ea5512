//! The paper as one phext document, in which every part has a coordinate.
//!
//! The scheme, which the index scroll repeats: the library says what a scroll is, the Y arm which one, the X
//! arm which part of it. Shelf and series stay 1.
//!
//! | library | what | collection.volume.book | chapter | scroll |
//! | --- | --- | --- | --- | --- |
//! | 1 | front | 1 the index, 2 the abstract, 3 text before the first section, 4 before the first appendix, 5 to 7 the back matter: availability, funding, acknowledgements | as 2 | as 2 |
//! | 2 | sections | section, subsection + 1, its subsection + 1 | 1 the heading, 2 and on the blocks below it | 1 Markdown, 2 its numbers |
//! | 3 | appendices | appendix A is 1; otherwise as 2 | as 2 | as 2 |
//! | 4 | figures | number of the figure, 1, 1 | 1 | 1 caption, 2 alternative text, 3 SVG, 4 numbers of the caption |
//! | 5 | tables | number of the table, 1, 1 | 1 | 1 caption, 2 Markdown, 3 CSV, 4 its numbers |
//! | 6 | facts | rank of the name's first part, rank of its second part below that, rank of the fact below both | 1 | 1 |
//! | 7 | references | number of the work, 1, 1 | 1 | 1 |
//!
//! - A section's text before its first subsection has volume 1, so subsection 3.1 has the Y arm 3.2.1.
//!   A heading of the fourth level or below is a block like any other.
//! - A block is a paragraph, a list, a quotation, code, an equation, or the place of a figure or table.
//!   References in its Markdown lead to coordinates: `[Fig. 1](4.1.1/1.1.1/1.1.1)`.
//! - Numbers are tab-separated lines: what the text shows, the name of the fact, its coordinate.
//! - Facts and references are tab-separated lines of a word and its fields: `value`, `unit`, `grade`,
//!   `interval`, `published`, `formula`, `source` and more; see [`records`].
//! - Ranks count names in their order, from 1.
//!
//! The index at 1.1.1/1.1.1/1.1.1 lists every scroll; its form is described in [`phext::index`].

mod places;
mod records;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use phext::index::record;
use phext::{Coordinate, Delimiter, Index, ScrollEntry};

use self::places::{LIBRARIES, Places, ScrollPlace};
use super::markdown::{block_alone, inlines_alone, table_alone};
use super::{OutputError, plain, reference_text, shown, statement_head};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::Facts;
use crate::language::Language;
use crate::manuscript::{Block, BlockKind, Document, Inline, InlineKind, LabelKind, blocks};
use crate::source::PAPER_FILE;
use crate::table::{self, Table};

/// Renders a document, its figures as SVG text by id, and all facts as phext text.
///
/// # Errors
/// Text that holds a delimiter of phext, parts that outnumber a coordinate, and a figure without its drawing,
/// each at its place.
pub fn phext(
    edition: &str,
    document: &Document,
    figures: &BTreeMap<String, String>,
    facts: &Facts,
) -> Result<String, OutputError> {
    let places = Places::of(document, facts)?;
    let mut writer = Writer::new(head(edition, document), document.language, &places);
    writer.texts();
    writer.figures(figures);
    writer.tables();
    for (name, fact) in &facts.0 {
        let Some(&at) = places.facts.get(name.as_str()) else { continue };
        let place = ScrollPlace { coordinate: at, location: Location::file(places::FACTS_FILE) };
        let shown = shown(fact, fact.display(None), document.language);
        writer.push(&place, 1, "fact", name, &shown, records::fact(name, fact, &shown));
    }
    for (place, work) in &places.works {
        let title = format!("[{}]", work.number);
        writer.push(place, 1, "reference", &work.key, &title, records::reference(work, document.language));
    }
    Ok(writer.finish()?)
}

/// Returns the lines of the index about the document and its scheme.
fn head(edition: &str, document: &Document) -> Vec<String> {
    let mut head = vec![record(&["title", &document.title])];
    head.extend(
        document.front.printed_names(document.language).iter().map(|author| record(&["author", author])),
    );
    for author in &document.front.authors {
        let texts = document.front.affiliations_of(author).map(|one| ("affiliation", one.text()));
        let known = [
            ("email", author.email.clone()),
            ("orcid", author.orcid_address()),
            ("page", author.url.clone()),
        ];
        let known = known.into_iter().filter_map(|(word, text)| Some((word, text?)));
        let marks = [("equal", author.equal), ("corresponding", author.corresponding)];
        head.extend(texts.chain(known).map(|(word, text)| record(&[word, &author.name, &text])));
        let marks = marks.iter().filter(|(_, is_marked)| *is_marked);
        head.extend(marks.map(|(word, _)| record(&[word, &author.name])));
    }
    head.extend(document.front.ccs.iter().map(|concept| record(&["concept", concept])));
    head.extend(document.keywords.iter().map(|keyword| record(&["keyword", keyword])));
    head.push(record(&["edition", edition]));
    for (arm, meaning) in places::ARMS {
        head.push(record(&["arm", arm, meaning]));
    }
    for (library, (name, meaning)) in (1..).zip(LIBRARIES) {
        head.push(record(&["library", &format!("{library}"), name, meaning]));
    }
    head.push(record(&["fields", "scroll", "coordinate", "bytes", "kind", "name", "title"]));
    head
}

struct Writer<'a> {
    language: Language,
    places: &'a Places<'a>,
    document: phext::Document,
    index: Index,
    errors: Diagnostics,
}

impl<'a> Writer<'a> {
    fn new(head: Vec<String>, language: Language, places: &'a Places<'a>) -> Self {
        let index = Index { head, entries: BTreeMap::new() };
        Self { language, places, document: phext::Document::default(), index, errors: Diagnostics::default() }
    }

    /// Puts a text into the `part`-th scroll of a place, and into the index.
    fn push(&mut self, place: &ScrollPlace, part: usize, kind: &str, name: &str, title: &str, text: String) {
        let mut coordinate = Some(place.coordinate);
        for _ in 1..part {
            coordinate = coordinate.and_then(|at| at.after(Delimiter::Scroll));
        }
        let Some(coordinate) = coordinate.filter(|_| !text.is_empty()) else { return };
        let (bytes, kind) = (text.len(), kind.to_owned());
        match self.document.insert(coordinate, text) {
            Ok(()) => {
                let (name, title) = (name.to_owned(), title.to_owned());
                self.index.entries.insert(coordinate, ScrollEntry { bytes, kind, name, title });
            }
            Err(error) => {
                let message = format!("the {kind} cannot be written as phext: {error}");
                let error = Diagnostic::new(place.location.clone(), message);
                self.errors.push(error.remedy("take the control character out, or shorten the text"));
            }
        }
    }

    /// Abstract, sections and appendices, block by block.
    fn texts(&mut self) {
        let (places, words) = (self.places, self.language.words());
        let heading = ScrollPlace { coordinate: places.abstract_heading, location: Location::default() };
        let title = words.abstract_heading;
        self.push(&heading, 1, "heading", "", title, format!("## {title}"));
        for (place, part) in &places.back {
            let heading = part.kind.heading(words);
            self.push(place, 1, "heading", part.kind.key(), heading, format!("## {heading}"));
        }
        for (place, block) in &places.blocks {
            let (kind, name, title) = described(block, self.language);
            self.push(place, 1, kind, name, &title, block_alone(block, self.language, &places.targets));
            if !matches!(block.kind, BlockKind::Figure { .. } | BlockKind::Table { number: Some(_), .. }) {
                self.numbers(place, 2, name, &numbers_of(block));
            }
        }
    }

    fn figures(&mut self, drawings: &BTreeMap<String, String>) {
        let places = self.places;
        for (place, block) in &places.figures {
            let BlockKind::Figure { id, label, number: of, caption, alt, .. } = &block.kind else { continue };
            let title = reference_text(LabelKind::Figure, &of.to_string(), self.language);
            let text = inlines_alone(caption, self.language, &places.targets);
            self.push(place, 1, "caption", label, &title, text);
            self.push(place, 2, "alt", label, &title, alt.clone());
            match drawings.get(id) {
                Some(svg) => self.push(place, 3, "svg", label, &title, svg.clone()),
                None => {
                    let missing = Diagnostic::new(place.location.clone(), format!("no drawing of `{id}`"));
                    self.errors.push(missing.suggest(id, drawings.keys().map(String::as_str)));
                }
            }
            self.numbers(place, 4, label, &numbers_of(block));
        }
    }

    fn tables(&mut self) {
        let places = self.places;
        for (place, block) in &places.tables {
            let BlockKind::Table { label, number: Some(of), caption, table, content, .. } = &block.kind
            else {
                continue;
            };
            let title = reference_text(LabelKind::Table, &of.to_string(), self.language);
            let text = inlines_alone(caption, self.language, &places.targets);
            self.push(place, 1, "caption", label, &title, text);
            let text = table_alone(table, content, self.language, &places.targets);
            self.push(place, 2, "markdown", label, &title, text);
            self.push(place, 3, "csv", label, &title, table::csv(table));
            let shown: Vec<_> = numbers_of(block).into_iter().chain(in_cells(table)).collect();
            self.numbers(place, 4, label, &shown);
        }
    }

    /// The numbers of a text: what it shows, the fact, the fact's coordinate; each once.
    fn numbers(&mut self, place: &ScrollPlace, part: usize, name: &str, shown: &[(&str, &str)]) {
        let mut seen = BTreeSet::new();
        let lines = shown.iter().filter(|number| seen.insert(**number)).map(|(text, fact)| {
            let at = self.places.facts.get(fact).map(Coordinate::to_string).unwrap_or_default();
            record(&[text, fact, &at])
        });
        let text = lines.collect::<Vec<_>>().join("\n");
        self.push(place, part, "numbers", name, "", text);
    }

    /// Puts the index in front.
    fn finish(mut self) -> Result<String, Diagnostics> {
        if let Err(error) = self.document.insert(Coordinate::ORIGIN, self.index.text()) {
            let message = format!("the index cannot be written as phext: {error}");
            let error = Diagnostic::new(Location::file(PAPER_FILE), message);
            self.errors.push(error.remedy("take the control character out of title, authors and keywords"));
        }
        self.errors.into_result(self.document.to_string())
    }
}

/// Kind, label and title of a block.
fn described(block: &Block, language: Language) -> (&'static str, &str, String) {
    match &block.kind {
        BlockKind::Heading { number, label, content, .. } => {
            let title = format!("{number} {}", plain(content, language));
            ("heading", label, title.trim().to_owned())
        }
        BlockKind::Paragraph(_) => ("paragraph", "", String::new()),
        BlockKind::List { .. } => ("list", "", String::new()),
        BlockKind::Quote(_) => ("quote", "", String::new()),
        BlockKind::Definition { .. } => ("definition", "", String::new()),
        BlockKind::Statement { kind, number, label, .. } => {
            ("statement", label.as_deref().unwrap_or_default(), statement_head(*kind, *number, language))
        }
        BlockKind::Rule => ("rule", "", String::new()),
        BlockKind::Code { language, .. } => ("code", "", language.clone()),
        BlockKind::Equation { .. } => {
            let title = |text: &str| reference_text(LabelKind::Equation, text, language);
            let titles = block.equation_numbers().map(|number| title(&number.text));
            let label = block.equation_numbers().find_map(|number| number.label.as_deref());
            ("equation", label.unwrap_or_default(), titles.collect::<Vec<_>>().join(", "))
        }
        BlockKind::Figure { label, number, .. } => {
            ("figure", label, reference_text(LabelKind::Figure, &number.to_string(), language))
        }
        BlockKind::Table { label, number, .. } => {
            let title = number.map_or(String::new(), |number| {
                reference_text(LabelKind::Table, &number.to_string(), language)
            });
            ("table", label, title)
        }
    }
}

/// Returns the numbers that a block shows, those of its footnotes among them.
fn numbers_of(block: &Block) -> Vec<(&str, &str)> {
    blocks(std::slice::from_ref(block)).flat_map(|block| numbers(block.every_inline())).collect()
}

/// Returns the numbers of a text, each with the fact it came from.
fn numbers<'d>(content: impl Iterator<Item = &'d Inline>) -> impl Iterator<Item = (&'d str, &'d str)> {
    content.filter_map(|inline| match &inline.kind {
        InlineKind::Number { fact, text } => Some((text.as_str(), fact.as_str())),
        _ => None,
    })
}

fn in_cells(table: &Table) -> impl Iterator<Item = (&str, &str)> {
    table.rows.iter().flatten().filter_map(|cell| Some((cell.text.as_str(), cell.fact.as_deref()?)))
}
