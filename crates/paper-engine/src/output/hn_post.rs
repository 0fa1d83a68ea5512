//! A post for Hacker News: the title on the first line, then the first comment as that site shows it.
//!
//! The site knows no markup but addresses, which it links, and lines behind two spaces, which it sets as
//! program text; paragraphs are told apart by empty lines (<https://news.ycombinator.com/formatdoc>).

use super::bare::{Bare, BareWriter, Citations};
use super::{plain, reference_url};
use crate::diagnostic::Diagnostics;
use crate::manuscript::Document;

/// Renders title and comment as plain text; cited works stand behind it with their addresses.
///
/// # Errors
/// What such a text cannot hold, located.
pub fn hn_post(document: &Document) -> Result<String, Diagnostics> {
    let citations = Citations::Numbers;
    let mut writer = BareWriter { what: "the comment", citations, errors: Diagnostics::default() };
    let mut paragraphs = vec![document.title.replace('\u{a0}', " ")];
    for Bare { lines, code } in document.blocks.iter().filter_map(|block| writer.block(block)) {
        if code {
            let lines: Vec<String> = lines.iter().map(|line| format!("  {line}")).collect();
            paragraphs.push(lines.join("\n"));
        } else {
            paragraphs.extend(lines);
        }
    }
    for work in &document.references {
        let address = reference_url(work).unwrap_or_else(|| plain(&work.content, document.language));
        paragraphs.push(format!("[{}] {address}", work.number));
    }
    writer.errors.into_result(paragraphs.join("\n\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::super::sample::{self, text};
    use super::*;
    use crate::diagnostic::Location;
    use crate::language::Language;
    use crate::manuscript::{Block, BlockKind, CodeLines, InlineKind};

    #[test]
    fn markup_is_gone_and_addresses_stay() {
        let at = |kind| Block { location: Location::new("hn.md", 1, 1), kind };
        let content = vec![text("https://a.org")];
        let link = InlineKind::Link { url: "https://a.org".into(), content }.into();
        let works = InlineKind::Cite(vec![sample::citation("k", 1)]).into();
        let paragraph = vec![
            InlineKind::Strong(vec![text("Bold")]).into(),
            text(" "),
            InlineKind::Code("make".into()).into(),
            text(" "),
            link,
            works,
        ];
        let code = BlockKind::Code {
            language: "sh".into(),
            text: "make paper\nmake test".into(),
            lines: CodeLines::default(),
            file: None,
        };
        let work = sample::work("k", 1, Some("10.1/x"));
        let document = Document {
            language: Language::English,
            heading: Vec::new(),
            title: "Show HN: A\u{a0}b".into(),
            front: crate::manuscript::Front::default(),
            keywords: Vec::new(),
            abstract_blocks: Vec::new(),
            blocks: vec![at(BlockKind::Paragraph(paragraph)), at(code)],
            appendices: Vec::new(),
            back: Vec::new(),
            references: vec![work],
        };
        let expected = "Show HN: A b\n\nBold make https://a.org[1]\n\n  make paper\n  make test\n\n\
                        [1] https://doi.org/10.1/x\n";
        assert_eq!(hn_post(&document).expect("a post"), expected);
        let table = super::super::sample::table();
        let kind = BlockKind::Table {
            id: "t".into(),
            label: "tab:t".into(),
            number: Some(1),
            caption: Vec::new(),
            wide: false,
            in_text: false,
            content: super::super::sample::content(&table),
            table,
        };
        let error = hn_post(&Document { blocks: vec![at(kind)], ..document }).expect_err("an error");
        assert!(error.0[0].to_string().contains("hn.md:1:1: the comment cannot hold a table"));
    }
}
