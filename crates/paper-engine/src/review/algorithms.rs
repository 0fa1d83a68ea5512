//! Checks of code, equations and searches.

use std::collections::BTreeSet;

use super::rules::{
    LONG_CODE_LINE, PROGRAM_WITHOUT_ASSERTION, UNINTRODUCED_CODE, UNKNOWN_FUNCTION, UNUSED_EQUATION,
};
use super::{Check, Class, Material};
use crate::lint::passages;
use crate::manuscript::{Block, BlockKind, InlineKind, LabelKind, inlines};

const CLASS: Class = Class::Algorithms;
/// Characters of a line of code that fit into a column of the printed page.
const LINE: usize = 50;
/// Words that assert something in Rust.
const ASSERTIONS: [&str; 3] = ["assert!(", "assert_eq!(", "assert_ne!("];

/// Returns all checks of this class.
pub(super) fn checks(material: &Material<'_>) -> Vec<Check> {
    let Some(document) = material.fullest() else { return Vec::new() };
    let blocks: Vec<&Block> = document.every_block().collect();
    let mut all = code(&blocks);
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
    let mut fits = Check::of(CLASS, &LONG_CODE_LINE);
    let mut introduced = Check::of(CLASS, &UNINTRODUCED_CODE);
    for (at, block) in blocks.iter().enumerate() {
        let BlockKind::Code { language, text, .. } = &block.kind else { continue };
        if is_program(language) {
            let holds = ASSERTIONS.iter().any(|word| text.contains(word));
            asserts.look(holds, &block.location, || "this program asserts nothing".to_owned());
        }
        let long = text.lines().enumerate().find(|(_, line)| line.chars().count() > LINE);
        fits.look(long.is_none(), &block.location, || {
            let (line, text) = long.unwrap_or_default();
            format!("line {} of the code has {} characters", line + 1, text.chars().count())
        });
        let before = at.checked_sub(1).and_then(|before| blocks.get(before));
        let is_introduced = before.is_some_and(|before| matches!(before.kind, BlockKind::Paragraph(_)));
        introduced.look(is_introduced, &block.location, || "no paragraph stands before this code".to_owned());
    }
    vec![asserts, fits, introduced]
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
