//! Checks of figures and tables: captions, alternative texts, sizes, cells.

use std::collections::BTreeSet;

use super::rules::{
    DISCUSSED_ELSEWHERE, EMPTY_CELL, LOADING_DRAWING, MISSING_ALTERNATIVE_TEXT, PIXELS_IN_DRAWING,
    SHORT_CAPTION, UNALIGNED_NUMBERS, UNCLEAR_HEADER, UNEXPLAINED_MARK,
};
use super::text::{parts, tables};
use super::{Check, Class, Material};
use crate::diagnostic::Location;
use crate::lint::plain;
use crate::manuscript::{self, Block, BlockKind, Document, Inline, InlineKind, LabelKind, inlines};
use crate::table::Alignment;

const CLASS: Class = Class::FiguresAndTables;
/// The fewest words of a caption or an alternative text that can stand alone.
const FEWEST: usize = 8;
/// Marks in cells that a note has to explain.
const MARKS: [char; 4] = ['†', '‡', '§', '*'];

/// Returns all checks of this class.
pub(super) fn checks(material: &Material<'_>) -> Vec<Check> {
    let Some(document) = material.fullest() else { return Vec::new() };
    let mut all = captions(document);
    all.extend(discussed(material));
    all.extend(drawings(material));
    all.extend(cells(document));
    all
}

/// Label and caption of a figure or table.
fn floating(block: &Block) -> Option<(&str, &[Inline])> {
    match &block.kind {
        BlockKind::Figure { label, caption, .. }
        | BlockKind::Table { label, caption, number: Some(_), .. } => Some((label, caption)),
        _ => None,
    }
}

fn captions(document: &Document) -> Vec<Check> {
    let mut complete = Check::of(CLASS, &SHORT_CAPTION);
    let mut described = Check::of(CLASS, &MISSING_ALTERNATIVE_TEXT);
    let words = |text: &str| text.split_whitespace().count();
    for block in document.every_block() {
        if let Some((label, caption)) = floating(block) {
            let text = plain(caption);
            let holds = words(&text) >= FEWEST && text.trim_end().ends_with('.');
            complete.look(holds, &block.location, || {
                format!("the caption of {label} is no sentence of {FEWEST} words or more")
            });
        }
        if let BlockKind::Figure { label, caption, alt, .. } = &block.kind {
            let holds = words(alt) >= FEWEST && alt.as_str() != &*plain(caption);
            described.look(holds, &block.location, || {
                format!("{label} has no alternative text of its own of {FEWEST} words or more")
            });
        }
    }
    vec![complete, described]
}

/// Checks that each thing is mentioned in the part where it stands.
fn discussed(material: &Material<'_>) -> Vec<Check> {
    let mut all = Vec::new();
    for (edition, document) in material.editions {
        let mut discussed = Check::of(CLASS, &DISCUSSED_ELSEWHERE).in_edition(edition);
        for part in parts(document) {
            let mentioned = mentions(part.blocks);
            for block in part.blocks {
                let Some((label, _)) = floating(block) else { continue };
                discussed.look(mentioned.contains(label), &block.location, || {
                    format!("{} shows {label} and does not mention it", part.title)
                });
            }
        }
        all.push(discussed);
    }
    all
}

/// Returns the labels of figures and tables that some blocks refer to.
fn mentions(blocks: &[Block]) -> BTreeSet<&str> {
    let all = manuscript::blocks(blocks).flat_map(|block| inlines(block.content()));
    let mentioned = all.filter_map(|inline| match &inline.kind {
        InlineKind::Reference { kind: LabelKind::Figure | LabelKind::Table, label, .. } => {
            Some(label.as_str())
        }
        _ => None,
    });
    mentioned.collect()
}

fn drawings(material: &Material<'_>) -> Vec<Check> {
    let mut vector = Check::of(CLASS, &PIXELS_IN_DRAWING);
    let mut alone = Check::of(CLASS, &LOADING_DRAWING);
    for (id, svg) in material.drawings {
        let place = Location::file(format!("figures/{id}.yaml"));
        vector.look(!svg.contains("<image"), &place, || "the drawing holds an image of pixels".to_owned());
        let loads =
            ["href=\"http", "url(http", "@import", "<script"].iter().find(|sign| svg.contains(**sign));
        alone.look(loads.is_none(), &place, || {
            format!("the drawing has `{}`", loads.copied().unwrap_or_default())
        });
    }
    vec![vector, alone]
}

fn cells(document: &Document) -> Vec<Check> {
    let mut filled = Check::of(CLASS, &EMPTY_CELL);
    let mut headed = Check::of(CLASS, &UNCLEAR_HEADER);
    let mut aligned = Check::of(CLASS, &UNALIGNED_NUMBERS);
    let mut noted = Check::of(CLASS, &UNEXPLAINED_MARK);
    for (table, place) in tables(document) {
        let headers: BTreeSet<&str> = table.columns.iter().map(|column| column.header.as_str()).collect();
        let is_headed = headers.len() == table.columns.len() && !headers.contains("");
        headed.look(is_headed, &place, || "a header is empty or stands twice".to_owned());
        for row in &table.rows {
            let name = row.first().map(|cell| cell.text.as_str()).unwrap_or_default();
            for (cell, column) in row.iter().zip(&table.columns) {
                let is_filled = !cell.text.trim().is_empty() || name.is_empty();
                filled.look(is_filled, &place, || {
                    format!("row `{name}` has nothing under `{}`", column.header)
                });
                for mark in MARKS.into_iter().filter(|mark| cell.text.contains(*mark)) {
                    let is_noted = table.notes.iter().any(|note| note.contains(mark));
                    noted.look(is_noted, &place, || format!("nothing explains the {mark} of row `{name}`"));
                }
            }
        }
        for (at, column) in table.columns.iter().enumerate() {
            let mut cells =
                table.rows.iter().filter_map(|row| row.get(at)).filter(|cell| cell.fact.is_some());
            let is_number = |text: &str| {
                text.starts_with(|c: char| c.is_ascii_digit() || "+-−".contains(c)) && !text.contains('/')
            };
            let is_numeric = cells.clone().next().is_some() && cells.all(|cell| is_number(&cell.text));
            let holds = !is_numeric || column.alignment == Alignment::Decimal;
            aligned.look(holds, &place, || format!("`{}` holds numbers and is set as words", column.header));
        }
    }
    vec![filled, headed, aligned, noted]
}
