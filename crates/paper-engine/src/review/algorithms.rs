//! Checks of code, equations and searches.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::{
    LONG_CODE_LINE, PROGRAM_WITHOUT_ASSERTION, UNINTRODUCED_CODE, UNKNOWN_FUNCTION, UNUSED_EQUATION,
};
use super::{Check, Class, Edition, Material};
use crate::diagnostic::Location;
use crate::lint::passages;
use crate::manuscript::{Block, BlockKind, CodeLines, InlineKind, LabelKind, inlines};

const CLASS: Class = Class::Algorithms;
/// Words that assert something in Rust.
const ASSERTIONS: [&str; 3] = ["assert!(", "assert_eq!(", "assert_ne!("];

/// Returns all checks of this class.
pub(super) fn checks(material: &Material<'_>) -> Vec<Check> {
    let Some(document) = material.fullest() else { return Vec::new() };
    let blocks: Vec<&Block> = document.every_block().collect();
    let mut all = code(&blocks);
    all.push(lines_fit(material.editions));
    all.push(functions_shown(material, &blocks));
    all.push(equations_used(material, &blocks));
    all
}

/// Returns whether a language is one that the program text is run in.
fn is_program(language: &str) -> bool {
    language == "rust"
}

fn code(blocks: &[&Block]) -> Vec<Check> {
    let mut asserts = Check::of(CLASS, &PROGRAM_WITHOUT_ASSERTION);
    let mut introduced = Check::of(CLASS, &UNINTRODUCED_CODE);
    for (at, block) in blocks.iter().enumerate() {
        let BlockKind::Code { language, text, .. } = &block.kind else { continue };
        if is_program(language) {
            let holds = ASSERTIONS.iter().any(|word| text.contains(word));
            asserts.look(holds, &block.location, || "this program asserts nothing".to_owned());
        }
        let before = at.checked_sub(1).and_then(|before| blocks.get(before));
        let is_introduced = before.is_some_and(|before| matches!(before.kind, BlockKind::Paragraph(_)));
        introduced.look(is_introduced, &block.location, || "no paragraph stands before this code".to_owned());
    }
    vec![asserts, introduced]
}

/// Looks at each listing once, in the narrowest of the editions that print it.
fn lines_fit(editions: &[Edition<'_>]) -> Check {
    let mut check = Check::of(CLASS, &LONG_CODE_LINE);
    let mut narrowest: BTreeMap<&Location, (&Edition<'_>, &str, &CodeLines)> = BTreeMap::new();
    for edition in editions {
        for block in edition.document.every_block() {
            let BlockKind::Code { text, lines, .. } = &block.kind else { continue };
            let (printed, ..) = narrowest.entry(&block.location).or_insert((edition, text, lines));
            if edition.listing < printed.listing {
                *printed = edition;
            }
        }
    }
    for (place, (edition, text, lines)) in narrowest {
        let room = lines.room(edition.listing);
        let mut columns = text.lines().map(CodeLines::columns).enumerate();
        let long = columns.find(|(_, columns)| *columns > room);
        check.look(long.is_none(), place, || {
            let (line, columns) = long.unwrap_or_default();
            format!(
                "line {} of the code has {columns} characters, and the edition `{}` has room for {room}",
                line + 1,
                edition.name
            )
        });
    }
    check
}

/// Inline code that is one word in small letters names a function or value of some program.
fn functions_shown(material: &Material<'_>, blocks: &[&Block]) -> Check {
    let mut check = Check::of(CLASS, &UNKNOWN_FUNCTION);
    let mut words = BTreeSet::new();
    for block in blocks {
        if let BlockKind::Code { text, .. } = &block.kind {
            words.extend(text.split(|c: char| !c.is_alphanumeric() && c != '_'));
        }
    }
    let is_name = |text: &str| text.chars().all(|c| c.is_alphabetic() || c == '_') && !text.is_empty();
    for passage in material.fullest().map(passages).unwrap_or_default() {
        for inline in inlines(passage.content) {
            if let InlineKind::Code(text) = &inline.kind
                && is_name(text)
            {
                check.look(words.contains(text.as_str()), &passage.place_of(inline), || {
                    format!("`{text}` stands in no program of the paper")
                });
            }
        }
    }
    check
}

fn equations_used(material: &Material<'_>, blocks: &[&Block]) -> Check {
    let mut check = Check::of(CLASS, &UNUSED_EQUATION);
    let mut used = BTreeSet::new();
    for passage in material.fullest().map(passages).unwrap_or_default() {
        for inline in inlines(passage.content) {
            if let InlineKind::Reference { kind: LabelKind::Equation, label, .. } = &inline.kind {
                used.insert(label.clone());
            }
        }
    }
    for block in blocks {
        for label in block.equation_numbers().filter_map(|number| number.label.as_ref()) {
            check.look(used.contains(label), &block.location, || format!("nothing refers to @{label}"));
        }
    }
    check
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manuscript::Document;

    fn code(line: usize, text: &str, lines: CodeLines) -> Block {
        let kind = BlockKind::Code { language: "text".into(), text: text.into(), lines, file: None };
        Block { location: Location::new("a.md", line, 1), kind }
    }

    /// What is found in editions of these rooms; each has the blocks up to a number.
    fn found(blocks: &[Block], editions: &[(&'static str, usize, usize)]) -> (usize, Vec<String>) {
        let document = |count| Document { blocks: blocks[..count].to_vec(), ..Document::default() };
        let documents: Vec<Document> = editions.iter().map(|(_, _, count)| document(*count)).collect();
        let editions = editions.iter().zip(&documents);
        let editions =
            editions.map(|((name, listing, _), document)| Edition { name, document, listing: *listing });
        let check = lines_fit(&editions.collect::<Vec<_>>());
        (check.looked_at, check.findings.into_iter().map(|found| found.message).collect())
    }

    #[test]
    fn a_listing_has_the_room_of_the_narrowest_edition_that_prints_it() {
        let blocks = [
            code(1, &"x".repeat(60), CodeLines::default()),
            code(9, &format!("a\n{}", "y".repeat(70)), CodeLines::default()),
        ];
        assert_eq!(found(&blocks, &[("wide", 74, 2)]), (2, Vec::new()));
        let (count, narrow) = found(&blocks, &[("narrow", 60, 1), ("wide", 69, 2)]);
        assert_eq!((count, narrow.len()), (2, 1), "{narrow:?}");
        assert!(
            narrow[0].contains("line 2 of the code has 70") && narrow[0].contains("`wide` has room for 69")
        );
        let (_, both) = found(&blocks, &[("narrow", 59, 2), ("wide", 69, 2)]);
        assert!(both.len() == 2 && both.iter().all(|one| one.contains("`narrow`")), "{both:?}");
    }

    #[test]
    fn a_line_is_as_wide_as_it_is_printed() {
        let numbered = CodeLines { first: Some(1), marked: Vec::new() };
        for (text, lines, room) in [
            ("x".repeat(50), CodeLines::default(), 50),
            ("x".repeat(50) + "   ", CodeLines::default(), 50),
            ("x".repeat(50), numbered, 55),
            ("\txx".to_owned(), CodeLines::default(), 6),
        ] {
            let blocks = [code(1, &text, lines)];
            assert_eq!(found(&blocks, &[("a", room, 1)]), (1, Vec::new()), "{text}");
            assert_eq!(found(&blocks, &[("a", room - 1, 1)]).1.len(), 1, "{text}");
        }
    }
}
