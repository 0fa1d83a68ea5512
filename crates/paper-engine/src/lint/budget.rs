//! Words by section and the budgets of an edition.

use schemars::JsonSchema;
use serde::Deserialize;

use super::rules::BUDGET;
use super::words::{Passage, passages_of, plain};
use crate::assertion::Range;
use crate::diagnostic::{Diagnostics, Location};
use crate::manuscript::{Block, BlockKind, Document};

/// How much an edition may hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Budgets {
    /// Words of the abstract.
    pub abstract_words: Option<Range>,
    /// Words of each section.
    pub section_words: Option<Range>,
    /// Words of abstract and sections together.
    pub words: Option<Range>,
    /// Pages of the PDF.
    pub pages: Option<Range>,
}

/// The words of the abstract or of one section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// `Abstract`, or number and title of the section.
    pub title: String,
    /// Where it begins.
    pub location: Location,
    /// Words of its paragraphs, lists and quotations; no headings, captions, code or mathematics.
    pub words: usize,
}

/// Counts the words of the abstract and of each section; appendices are not counted.
pub fn count(document: &Document) -> Vec<Count> {
    let begin = document.abstract_blocks.first().map(|block| block.location.clone()).unwrap_or_default();
    let summary = words_of(&document.abstract_blocks);
    let mut counts = vec![Count { title: "Abstract".to_owned(), location: begin, words: summary }];
    let mut counts_sections = false;
    for block in &document.blocks {
        if let BlockKind::Heading { level: 1, number, content, .. } = &block.kind {
            let title = format!("{number} {}", &*plain(content));
            counts.push(Count { title, location: block.location.clone(), words: 0 });
            counts_sections = true;
        } else {
            // What stands before the first heading belongs to no section, and not to the abstract.
            let words = words_of(std::slice::from_ref(block));
            match counts.last_mut() {
                Some(last) if counts_sections => last.words += words,
                _ if words == 0 => {}
                _ => {
                    let title = "Before the first section".to_owned();
                    counts.push(Count { title, location: block.location.clone(), words });
                    counts_sections = true;
                }
            }
        }
    }
    counts
}

fn words_of(blocks: &[Block]) -> usize {
    let is_word = |word: &&str| word.contains(|c: char| c.is_alphanumeric() || c == '#');
    let counted = passages_of(blocks).filter(|Passage { caption, heading, .. }| !caption && !heading);
    counted.map(|passage| plain(passage.content).split_whitespace().filter(is_word).count()).sum()
}

/// Reports the parts of an edition that are shorter or longer than its budgets.
pub fn check_budgets(edition: &str, counts: &[Count], budgets: &Budgets) -> Diagnostics {
    let mut errors = Diagnostics::default();
    let things = format!("words in the edition `{edition}`");
    let mut check = |what: &str, location: &Location, words: usize, budget: Option<Range>| {
        let missed = budget.and_then(|range| range.check(what, words, &things, location));
        errors.0.extend(missed.map(|error| error.breaks(&BUDGET)));
    };
    if let [summary, sections @ ..] = counts {
        check("the abstract", &summary.location, summary.words, budgets.abstract_words);
        for section in sections {
            check(
                &format!("section {}", section.title),
                &section.location,
                section.words,
                budgets.section_words,
            );
        }
        check("the text", &summary.location, counts.iter().map(|count| count.words).sum(), budgets.words);
    }
    errors
}
