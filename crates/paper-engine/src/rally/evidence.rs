//! What criteria are decided on: the resolved paper, its facts, its outputs, and the record of its tests.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use usvg::roxmltree;

use super::plan::Plan;
use super::record::Tests;
use super::signed::Signatures;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::facts::Facts;
use crate::lint::{passages_of, plain};
use crate::manuscript::{self, Block, BlockKind, Document, Inline};
use crate::model::Claim;
use crate::review::{Baseline, Check, Clarity};
use crate::source;
use crate::table::Table;

/// Everything that a check may look at; nothing of it is computed anew.
pub struct Evidence<'a> {
    /// Folder of the paper.
    pub root: &'a Path,
    /// The plan itself.
    pub plan: &'a Plan,
    /// All facts.
    pub facts: &'a Facts,
    /// The claims of the paper.
    pub claims: &'a [Claim],
    /// Each edition by name, the fullest last.
    pub editions: &'a [(&'a str, &'a Document)],
    /// The checks of the review.
    pub checks: &'a [Check],
    /// The clarity of the fullest edition.
    pub clarity: Option<&'a Clarity>,
    /// The clarity of the last release.
    pub baseline: Option<&'a Baseline>,
    /// The files of the build, by path below `build/`.
    pub outputs: &'a BTreeMap<String, Vec<u8>>,
    /// Path of the PDF of each edition below `build/`.
    pub pdfs: &'a [(String, String)],
    /// What the build warns of.
    pub warnings: &'a Diagnostics,
    /// What breaks a rule of prose that the paper ignores, each with the reason.
    pub ignored: &'a [(Diagnostic, String)],
    /// What is known of the tests.
    pub tests: &'a Tests,
    /// What people signed.
    pub signatures: &'a Signatures,
}

impl<'a> Evidence<'a> {
    /// Returns everything that breaks a rule of prose, with the reason where the paper ignores it. A build
    /// that has a board has no errors, so that these are warnings and what is ignored.
    pub(super) fn broken(&self, rule: &str) -> impl Iterator<Item = (&'a Diagnostic, Option<&'a str>)> {
        let warnings = self.warnings.0.iter().map(|warning| (warning, None));
        let ignored = self.ignored.iter().map(|(error, reason)| (error, Some(reason.as_str())));
        warnings.chain(ignored).filter(move |(error, _)| error.rule == Some(rule))
    }

    /// Returns the edition of this name, or the fullest.
    pub(super) fn edition(&self, name: Option<&str>) -> Result<&'a Document, String> {
        let found = match name {
            Some(name) => self.editions.iter().find(|(known, _)| *known == name),
            None => self.editions.last(),
        };
        found.map(|(_, document)| *document).ok_or_else(|| {
            name.map_or_else(|| "there is no edition".to_owned(), |name| format!("no edition `{name}`"))
        })
    }

    /// Returns the blocks of an edition that come from one file, or all.
    pub(super) fn blocks(
        &self,
        place: Option<&str>,
        edition: Option<&str>,
    ) -> Result<Vec<&'a Block>, String> {
        let document = self.edition(edition)?;
        let blocks = document.parts().flatten();
        let blocks: Vec<&Block> = match place {
            None => blocks.collect(),
            Some(file) => blocks.filter(|block| block.location.file == Path::new(file)).collect(),
        };
        match (place, blocks.is_empty()) {
            (Some(file), true) => Err(format!("no text of {file} in the edition")),
            _ => Ok(blocks),
        }
    }

    /// Returns the pieces of text of an edition that come from one file, or all.
    pub(super) fn inlines(
        &self,
        place: Option<&str>,
        edition: Option<&str>,
    ) -> Result<impl Iterator<Item = &'a Inline>, String> {
        let run = self.blocks(place, edition)?.into_iter().map(std::slice::from_ref);
        Ok(run.flat_map(manuscript::blocks).flat_map(|block| manuscript::inlines(block.content())))
    }

    /// Returns a file of the build, by a path that begins with `build/`.
    pub(super) fn output(&self, path: &str) -> Result<&'a [u8], String> {
        let below = path.strip_prefix("build/").unwrap_or(path);
        self.outputs.get(below).map(Vec::as_slice).ok_or_else(|| format!("no {path}"))
    }

    /// Returns a file of the build as text.
    pub(super) fn output_text(&self, path: &str) -> Result<Cow<'a, str>, String> {
        Ok(String::from_utf8_lossy(self.output(path)?))
    }

    /// Returns what a reader finds in a place, piece by piece: passages, code and cells of a text, labels of
    /// a drawing, lines of another file.
    pub(super) fn pieces(&self, place: &str, edition: Option<&str>) -> Result<Vec<String>, String> {
        if let Some(id) = place.strip_prefix("build/figures/").and_then(|name| name.strip_suffix(".svg")) {
            return self.labels(id);
        }
        if place.starts_with("build/") {
            return Ok(self.output_text(place)?.lines().map(str::to_owned).collect());
        }
        let mut pieces = Vec::new();
        for block in self.blocks(Some(place), edition)? {
            let passages = passages_of(std::slice::from_ref(block));
            pieces.extend(passages.map(|passage| String::from(plain(passage.content))));
            match &block.kind {
                BlockKind::Code { text, .. } => pieces.push(text.clone()),
                BlockKind::Table { table, .. } => pieces.extend(cells(table)),
                _ => {}
            }
        }
        Ok(pieces)
    }

    /// Returns the title and the labels of a drawing, in its order.
    pub(super) fn labels(&self, figure: &str) -> Result<Vec<String>, String> {
        let path = format!("build/figures/{figure}.svg");
        let text = self.output_text(&path)?;
        let tree = roxmltree::Document::parse(&text).map_err(|error| format!("{path}: {error}"))?;
        let is_text = |node: &roxmltree::Node<'_, '_>| ["title", "text"].contains(&node.tag_name().name());
        let texts = tree.descendants().filter(is_text);
        let label = |node: roxmltree::Node<'_, '_>| {
            let parts: String =
                node.descendants().filter(|part| part.is_text()).filter_map(|part| part.text()).collect();
            parts.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        Ok(texts.map(label).collect())
    }

    /// Returns a table of the paper, from whichever edition shows it.
    pub(super) fn table(&self, wanted: &str) -> Result<&'a Table, String> {
        let documents = self.editions.iter().rev().map(|(_, document)| *document);
        let blocks = documents.flat_map(|document| document.blocks.iter().chain(&document.appendices));
        let mut tables = blocks.filter_map(|block| match &block.kind {
            BlockKind::Table { id, table, .. } if id == wanted => Some(table),
            _ => None,
        });
        tables.next().ok_or_else(|| format!("no edition shows the table {wanted}"))
    }

    /// Returns what an author wrote in a place, with the tables and figures that a text shows.
    pub(super) fn written(&self, place: &str) -> Result<Vec<String>, String> {
        let read = |file: &str| source::read_text(self.root, Path::new(file)).map_err(|error| error.message);
        if let Some(id) = place.strip_prefix("build/figures/").and_then(|name| name.strip_suffix(".svg")) {
            return Ok(vec![read(&format!("figures/{id}.yaml"))?]);
        }
        if let Some(id) = place.strip_prefix("build/tables/").and_then(|name| name.strip_suffix(".md")) {
            return Ok(vec![read(&format!("paper/tables/{id}.yaml"))?]);
        }
        let mut texts = vec![read(place)?];
        for block in self.blocks(Some(place), None)? {
            match &block.kind {
                BlockKind::Figure { .. } | BlockKind::Table { .. } => {
                    let described = block.content_file().to_string_lossy().into_owned();
                    if described != place {
                        texts.push(read(&described)?);
                    }
                }
                _ => {}
            }
        }
        Ok(texts)
    }
}

fn cells(table: &Table) -> Vec<String> {
    let headers = table.columns.iter().map(|column| column.header.clone());
    let cells = table.rows.iter().flatten().map(|cell| cell.text.clone());
    headers.chain(cells).chain(table.notes.iter().cloned()).collect()
}

/// Returns the headings of some blocks, each with its level, label and text.
pub(super) fn headings<'d>(blocks: &[&'d Block]) -> Vec<(u8, &'d str, String)> {
    let headings = blocks.iter().filter_map(|block| match &block.kind {
        BlockKind::Heading { level, label, content, .. } => {
            Some((*level, label.as_str(), plain(content).into()))
        }
        _ => None,
    });
    headings.collect()
}
