//! Checks of figures and tables: captions, alternative texts, sizes, cells.

use std::collections::{BTreeMap, BTreeSet};

use super::text::{blocks, parts, tables};
use super::{Check, Class, Material, Severity};
use crate::diagnostic::Location;
use crate::lint::{gather, plain};
use crate::manuscript::{Block, BlockKind, Document, Inline, LabelKind, visit};
use crate::table::Alignment;

const CLASS: Class = Class::FiguresAndTables;
/// The fewest words of a caption or an alternative text that can stand alone.
const FEWEST: usize = 8;
/// The most bytes of a drawing.
const HEAVIEST: usize = 25_000;
/// Marks in cells that a note has to explain.
const MARKS: [char; 4] = ['†', '‡', '§', '*'];

/// All checks of this class.
pub(super) fn checks(material: &Material<'_>) -> Vec<Check> {
    let Some(document) = material.fullest() else { return Vec::new() };
    let mut all = captions(document);
    all.extend(order(material));
    all.extend(drawings(material));
    all.extend(cells(document));
    all
}

/// Label, number and caption of a figure or table.
fn floating(block: &Block) -> Option<(&str, usize, &[Inline])> {
    match &block.kind {
        BlockKind::Figure { label, number, caption, .. }
        | BlockKind::Table { label, number, caption, .. } => Some((label, *number, caption)),
        _ => None,
    }
}

fn captions(document: &Document) -> Vec<Check> {
    let mut complete = Check::new(CLASS, Severity::Major, "every caption is a sentence that can stand alone");
    let mut described = Check::new(CLASS, Severity::Major, "every figure says in words what it shows");
    let words = |text: &str| text.split_whitespace().count();
    for block in blocks(document) {
        if let Some((label, _, caption)) = floating(block) {
            let text = plain(caption);
            let holds = words(&text) >= FEWEST && text.trim_end().ends_with('.');
            complete.look(holds, &block.location, || format!("the caption of {label} is no full sentence"));
        }
        if let BlockKind::Figure { label, caption, alt, .. } = &block.kind {
            let holds = words(alt) >= FEWEST && *alt != plain(caption);
            described.look(holds, &block.location, || format!("{label} has no alternative text of its own"));
        }
    }
    vec![complete, described]
}

/// Numbers ascend, first mentions ascend, and each thing is mentioned in the part where it stands.
fn order(material: &Material<'_>) -> Vec<Check> {
    let mut all = Vec::new();
    for (edition, document) in material.editions {
        let property = format!("figures and tables of the edition `{edition}` are numbered in their order");
        let mut numbered = Check::new(CLASS, Severity::Critical, property);
        let property = format!(
            "each figure and table of the edition `{edition}` is discussed in the part where it stands"
        );
        let mut discussed = Check::new(CLASS, Severity::Minor, property);
        let mut last: BTreeMap<&str, usize> = BTreeMap::new();
        for part in parts(document) {
            let mentioned = mentions(part.blocks);
            for block in part.blocks {
                let Some((label, number, _)) = floating(block) else { continue };
                let kind = label.split(':').next().unwrap_or_default();
                let before = last.insert(kind, number).unwrap_or(0);
                numbered.look(number == before + 1, &block.location, || {
                    format!("{label} has the number {number} after {before}")
                });
                discussed.look(mentioned.contains(label), &block.location, || {
                    format!("{} shows {label} and does not mention it", part.title)
                });
            }
        }
        all.extend([numbered, discussed]);
    }
    all
}

/// The labels of figures and tables that some blocks refer to.
fn mentions(blocks: &[Block]) -> BTreeSet<&str> {
    let mut passages = Vec::new();
    gather(blocks, &mut passages);
    let mut found = BTreeSet::new();
    for passage in &passages {
        visit(passage.content, &mut |inline| {
            if let Inline::Reference { kind: LabelKind::Figure | LabelKind::Table, label, .. } = inline {
                found.insert(label.as_str());
            }
        });
    }
    found
}

fn drawings(material: &Material<'_>) -> Vec<Check> {
    let property = format!("every drawing is smaller than {} kB", HEAVIEST / 1000);
    let mut light = Check::new(CLASS, Severity::Major, property);
    let mut vector = Check::new(CLASS, Severity::Critical, "every drawing is made of vectors and text alone");
    let mut titled =
        Check::new(CLASS, Severity::Minor, "every drawing carries a title for those who cannot see it");
    let mut alone = Check::new(CLASS, Severity::Critical, "no drawing loads anything from elsewhere");
    for (id, svg) in material.drawings {
        let place = Location::file(format!("figures/{id}.yaml"));
        light.look(svg.len() < HEAVIEST, &place, || format!("the drawing has {} bytes", svg.len()));
        vector.look(!svg.contains("<image"), &place, || "the drawing holds an image of pixels".to_owned());
        titled.look(svg.contains("<title"), &place, || "the drawing has no title".to_owned());
        let loads =
            ["href=\"http", "url(http", "@import", "<script"].iter().find(|sign| svg.contains(**sign));
        alone.look(loads.is_none(), &place, || {
            format!("the drawing has `{}`", loads.copied().unwrap_or_default())
        });
    }
    vec![light, vector, titled, alone]
}

fn cells(document: &Document) -> Vec<Check> {
    let mut even = Check::new(CLASS, Severity::Critical, "every row of a table has a cell for each column");
    let mut filled = Check::new(
        CLASS,
        Severity::Major,
        "no cell of a table is empty but in rows that continue the one above",
    );
    let mut headed = Check::new(CLASS, Severity::Major, "the columns of a table have headers that differ");
    let mut aligned = Check::new(CLASS, Severity::Minor, "columns of numbers are set on the decimal point");
    let mut noted = Check::new(CLASS, Severity::Major, "every mark in a cell is explained under its table");
    for (table, place) in tables(document) {
        let headers: BTreeSet<&str> = table.columns.iter().map(|column| column.header.as_str()).collect();
        let is_headed = headers.len() == table.columns.len() && !headers.contains("");
        headed.look(is_headed, &place, || "a header is empty or stands twice".to_owned());
        for row in &table.rows {
            let name = row.first().map(|cell| cell.text.as_str()).unwrap_or_default();
            even.look(row.len() == table.columns.len(), &place, || {
                format!("row `{name}` has {} cells", row.len())
            });
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
    vec![even, filled, headed, aligned, noted]
}
