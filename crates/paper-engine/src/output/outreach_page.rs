//! The page of a text that stands alone, with what other sites show of it when it is shared.

use std::collections::BTreeMap;

use serde::Serialize;

use super::html::{Positions, filled};
use super::templates::OUTREACH;
use super::{Ledger, OutputError, Templates, card, plain};
use crate::diagnostic::Diagnostics;
use crate::facts::Facts;
use crate::language::Language;
use crate::manuscript::{Block, BlockKind, Document};

/// Most characters of the summary that is shown beside a shared page.
const DESCRIPTION: usize = 200;

/// What other sites show of a page.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Share {
    /// The address at which the page is published, where it is known.
    pub address: Option<String>,
    /// The address of the card, or its path beside the page.
    pub image: Option<String>,
    /// What a reader who cannot see the card needs.
    pub alt: String,
}

/// Renders a text that stands alone as one page that loads nothing else.
///
/// # Errors
/// Those of [`super::html()`].
pub fn outreach_page(
    document: &Document,
    templates: &Templates,
    figures: &BTreeMap<String, String>,
    facts: &Facts,
    share: &Share,
) -> Result<String, OutputError> {
    let ledger = Ledger::default();
    let (mut context, mut errors) =
        filled(document, templates, figures, facts, &ledger, Positions::Hidden, None);
    context.insert("description", &description(&document.blocks, document.language));
    context.insert("share", share);
    context.insert("width", &card::WIDTH);
    context.insert("height", &card::HEIGHT);
    let rendered = errors.take(templates.html(OUTREACH, &context).map_err(Diagnostics::from));
    Ok(errors.into_result(rendered.unwrap_or_default())?)
}

/// Returns the first paragraph as far as it fits, ended at a sentence or else at a word.
fn description(blocks: &[Block], language: Language) -> String {
    let first = blocks.iter().find_map(|block| match &block.kind {
        BlockKind::Paragraph(content) => Some(plain(content, language)),
        _ => None,
    });
    let text = first.unwrap_or_default();
    let Some((end, _)) = text.char_indices().nth(DESCRIPTION) else { return text };
    let head = &text[..end];
    match (head.rfind(". "), head.rfind(' ')) {
        (Some(sentence), _) => head[..=sentence].to_owned(),
        (None, word) => format!("{}…", &head[..word.unwrap_or(end)]),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::text;
    use super::*;
    use crate::diagnostic::Location;

    fn described(first: &str) -> String {
        let kind = BlockKind::Paragraph(vec![text(first)]);
        description(&[Block { location: Location::file("a.md"), kind }], Language::English)
    }

    #[test]
    fn a_description_ends_at_a_sentence_or_a_word() {
        assert_eq!(described("Short."), "Short.");
        let long = format!("One sentence. {}", "word ".repeat(60));
        assert_eq!(described(&long), "One sentence.");
        let ended = described(&"wörd ".repeat(60));
        assert!(ended.ends_with("wörd…") && ended.chars().count() <= DESCRIPTION + 1, "{ended}");
    }
}
