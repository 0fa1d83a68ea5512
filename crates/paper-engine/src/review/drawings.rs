//! Checks of figures and tables: captions, alternative texts, sizes, cells.

use std::collections::BTreeSet;

use super::rules::{
    DISCUSSED_ELSEWHERE, EMPTY_CELL, LOADING_DRAWING, MISSING_ALTERNATIVE_TEXT, PIXELS_IN_DRAWING,
    SHORT_CAPTION, UNALIGNED_NUMBERS, UNCLEAR_HEADER, UNEXPLAINED_MARK,
};
use super::text::{Placed, parts, tables};
use super::{Check, Class, Edition, Material};
use crate::diagnostic::Location;
use crate::lint::plain;
use crate::manuscript::{
    self, Block, BlockKind, Document, Inline, InlineKind, LabelKind, inlines, shows_nothing,
};
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
    for &Edition { name: edition, document, .. } in material.editions {
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

/// Returns what tells a header from others: its words, and the signs of citations, notes and pictures.
fn distinction(words: &str, header: &[Inline]) -> String {
    let signs = inlines(header).map(|inline| match &inline.kind {
        InlineKind::Cite(citations) => citations.iter().map(|one| format!("@{}", one.key)).collect(),
        InlineKind::Footnote { number, .. } | InlineKind::FootnoteAgain(number) => format!("^{number}"),
        InlineKind::Picture { id, .. } => format!("!{id}"),
        _ => String::new(),
    });
    format!("{words}{}", signs.collect::<String>()).trim().to_owned()
}

fn cells(document: &Document) -> Vec<Check> {
    let mut filled = Check::of(CLASS, &EMPTY_CELL);
    let mut headed = Check::of(CLASS, &UNCLEAR_HEADER);
    let mut aligned = Check::of(CLASS, &UNALIGNED_NUMBERS);
    let mut noted = Check::of(CLASS, &UNEXPLAINED_MARK);
    for Placed { table, content, place } in tables(document) {
        let headers = table.columns.iter().zip(&content.headers);
        let headers: BTreeSet<String> =
            headers.map(|(column, header)| distinction(&column.header, header)).collect();
        let is_headed = headers.len() == table.columns.len() && !headers.contains("");
        headed.look(is_headed, &place, || "a header is empty or stands twice".to_owned());
        for (row, shown) in table.rows.iter().zip(&content.rows) {
            let name = row.first().map(|cell| cell.text.as_str()).unwrap_or_default();
            let continues = shown.first().is_none_or(|first| shows_nothing(first));
            for ((cell, shown), column) in row.iter().zip(shown).zip(&table.columns) {
                filled.look(continues || !shows_nothing(shown), &place, || {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manuscript::{Citation, Naming, TableContent};
    use crate::table::{Cell, Column, Table};

    fn text(text: &str) -> Inline {
        InlineKind::Text(text.to_owned()).into()
    }

    fn cite(key: &str) -> Inline {
        InlineKind::Cite(vec![Citation { key: key.to_owned(), number: 1, locator: None }]).into()
    }

    /// What the rule finds in a table of two columns and one row, whose texts are those that the reader left.
    fn found(rule: &str, headers: [Inline; 2], cells: [Inline; 2]) -> usize {
        let words = |inline: &Inline| match &inline.kind {
            InlineKind::Text(text) | InlineKind::Math(text) => text.clone(),
            _ => String::new(),
        };
        let column = |header| Column { header: words(header), alignment: Alignment::Left };
        let cell = |cell| Cell::of(words(cell));
        let table = Table {
            columns: headers.iter().map(column).collect(),
            rows: vec![cells.iter().map(cell).collect()],
            notes: Vec::new(),
            from_file: false,
        };
        let content = TableContent {
            headers: headers.into_iter().map(|header| vec![header]).collect(),
            rows: vec![cells.into_iter().map(|cell| vec![cell]).collect()],
            notes: Vec::new(),
        };
        let kind = BlockKind::Table {
            id: "a".into(),
            label: "tab:a".into(),
            number: Some(1),
            caption: Vec::new(),
            wide: false,
            in_text: true,
            table,
            content,
        };
        let block = Block { location: Location::new("a.md", 1, 1), kind };
        let checks = super::cells(&Document { blocks: vec![block], ..Document::default() });
        let check = checks.into_iter().find(|check| check.rule.name == rule).expect("the rule");
        check.findings.len()
    }

    #[test]
    fn a_cell_is_empty_that_shows_nothing() {
        let empty = |cell| found("empty-cell", [text("a"), text("b")], [text("row"), cell]);
        let reference = InlineKind::Reference {
            kind: LabelKind::Section,
            label: "sec:a".into(),
            number: "2".into(),
            naming: Naming::default(),
            part: None,
        };
        for filled in [
            cite("key"),
            InlineKind::Math("x".into()).into(),
            InlineKind::FootnoteAgain(1).into(),
            InlineKind::Footnote { number: 1, blocks: Vec::new() }.into(),
            InlineKind::Code("0".into()).into(),
            InlineKind::Strong(vec![cite("key")]).into(),
            reference.into(),
            text("–"),
        ] {
            assert_eq!(empty(filled.clone()), 0, "{filled:?}");
        }
        for nothing in [
            text(" \u{a0}"),
            InlineKind::LineBreak.into(),
            InlineKind::Emphasis(vec![text(" ")]).into(),
            InlineKind::Math(" ".into()).into(),
        ] {
            assert_eq!(empty(nothing.clone()), 1, "{nothing:?}");
            // A row whose first cell shows nothing continues the one above.
            assert_eq!(found("empty-cell", [text("a"), text("b")], [text(""), nothing]), 0);
        }
        assert_eq!(found("empty-cell", [text("a"), text("b")], [cite("key"), text("")]), 1);
    }

    #[test]
    fn headers_that_show_citations_alone_differ_by_them() {
        let unclear = |headers| found("unclear-header", headers, [text("x"), text("y")]);
        assert_eq!(unclear([cite("one"), cite("two")]), 0);
        assert_eq!(unclear([text("a"), InlineKind::Math("a".into()).into()]), 1);
        assert_eq!(unclear([cite("one"), cite("one")]), 1);
        assert_eq!(unclear([text("a"), text(" ")]), 1);
    }
}
