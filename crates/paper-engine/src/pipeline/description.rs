//! What a catalogue asks of a paper: title, authors, abstract, licence, and the names of its parts.

use std::collections::BTreeMap;

use super::inputs::Inputs;
use super::mentions::words;
use super::paper::{Edition, Paper};
use crate::language::Language;
use crate::manuscript::{BlockKind, Document, Front};
use crate::output::plain;

/// What a built paper is called and what it consists of.
#[derive(Clone, Debug, Default)]
pub struct Description {
    /// Language.
    pub language: Language,
    /// Title.
    pub title: String,
    /// Stem of the names of generated files.
    pub short: String,
    /// Authors and affiliations, as the fullest edition names them.
    pub front: Front,
    /// Key terms.
    pub keywords: Vec<String>,
    /// Licences by their SPDX names; a reader chooses one of them.
    pub licenses: Vec<String>,
    /// Version of the paper, where it has one.
    pub version: Option<String>,
    /// The abstract of the fullest edition, without markup.
    pub summary: String,
    /// The style sheet of the page.
    pub css: String,
    /// Editions with their pages, from the shortest to the fullest.
    pub editions: Vec<(String, usize)>,
    /// Figures by id.
    pub figures: BTreeMap<String, Illustration>,
    /// Tables by id.
    pub tables: BTreeMap<String, Illustration>,
}

/// A figure or a table.
#[derive(Clone, Debug, Default)]
pub struct Illustration {
    /// Its number in the fullest edition, where it is shown there.
    pub number: Option<usize>,
    /// The title of a figure, the caption of a table.
    pub title: String,
}

/// Describes a paper by what was resolved and printed of it.
pub fn describe(
    inputs: &Inputs,
    resolved: &[(&Edition, &Document)],
    pages: Vec<(String, usize)>,
) -> Description {
    let Paper { short, license, version, .. } = inputs.paper.clone();
    let language = inputs.paper.lang;
    let title_of =
        |figure: &crate::figure::Figure| Illustration { number: None, title: figure.title.clone() };
    let mut figures: BTreeMap<String, Illustration> =
        inputs.figures.iter().map(|(id, figure)| (id.clone(), title_of(figure))).collect();
    let mut tables = BTreeMap::new();
    let fullest = resolved.last().map(|(_, document)| document);
    for block in fullest.into_iter().flat_map(|document| document.blocks.iter().chain(&document.appendices)) {
        match &block.kind {
            BlockKind::Figure { id, number, .. } => {
                figures.entry(id.clone()).and_modify(|figure| figure.number = Some(*number));
            }
            BlockKind::Table { id, number: number @ Some(_), caption, .. } => {
                let title = words(&plain(caption, language));
                tables.insert(id.clone(), Illustration { number: *number, title });
            }
            _ => {}
        }
    }
    let paragraphs = fullest.into_iter().flat_map(|document| &document.abstract_blocks);
    let paragraphs = paragraphs.filter_map(|block| match &block.kind {
        BlockKind::Paragraph(content) => Some(words(&plain(content, language))),
        _ => None,
    });
    let summary = paragraphs.collect::<Vec<_>>().join("\n\n");
    let title = fullest.map_or_else(|| inputs.paper.title.clone(), |document| words(&document.title));
    let css = inputs.templates.css().to_owned();
    let printed = fullest.map(|document| (document.front.clone(), document.keywords.clone()));
    let (front, keywords) = printed.unwrap_or_default();
    Description {
        language,
        title,
        short,
        front,
        keywords,
        licenses: license,
        version,
        summary,
        css,
        editions: pages,
        figures,
        tables,
    }
}
