//! Statements of a text: theorems and their like, proofs and algorithms, each numbered by its kind; notices.

use comrak::nodes::{AlertType, Node, NodeAlert};

use super::builder::{Builder, Nest, Text};
use super::directive::Begun;
use super::label::kind_of;
use super::listing::numbered;
use super::tree::{Block, BlockKind, Inline, InlineKind, LabelKind, StatementKind};
use crate::diagnostic::{Diagnostic, Location};

impl Builder<'_> {
    /// Converts a notice that is written as on GitHub, `> [!NOTE] Title`.
    pub(super) fn alert<'n>(
        &mut self,
        text: &mut Text<'n>,
        node: Node<'n>,
        alert: &NodeAlert,
        at: (usize, usize),
    ) -> Block {
        let kind = match alert.alert_type {
            AlertType::Note => StatementKind::Note,
            AlertType::Tip => StatementKind::Tip,
            AlertType::Important => StatementKind::Important,
            AlertType::Warning => StatementKind::Warning,
            AlertType::Caution => StatementKind::Caution,
        };
        let (line, column) = at;
        let location = text.origin.at(line, column);
        let title = alert.title.as_deref().unwrap_or_default().trim();
        let written = text.lines.get(line - 1).copied().unwrap_or_default();
        let column = written.find(title).map_or(column, |at| written[..at].chars().count() + 1);
        let title = text.masked.unmask(title);
        let title = self.paragraph_of(&title, text.origin.part(&title, line, column), "title");
        self.open_nest(text, Nest::Quote, &location);
        let blocks = self.blocks(text, node);
        text.nests.pop();
        self.statement(Begun { kind, label: None, title: None }, title, blocks, &location)
    }

    /// Converts a statement around the blocks inside it.
    pub(super) fn statement(
        &mut self,
        begun: Begun,
        title: Vec<Inline>,
        mut blocks: Vec<Block>,
        location: &Location,
    ) -> Block {
        let Begun { kind, label, .. } = begun;
        let number = kind.is_numbered().then(|| {
            let count = self.counted.statements.entry(kind).or_default();
            *count += 1;
            *count
        });
        let label = label.and_then(|(label, place)| match number {
            Some(number) if kind_of(&label) == Some(LabelKind::Statement(kind)) => {
                self.labels.define(&label, number.to_string(), place, &mut self.errors);
                if let (StatementKind::Listing | StatementKind::Algorithm, Some(lines)) =
                    (kind, numbered(&blocks))
                {
                    self.labels.has_parts(&label, lines);
                }
                Some(label)
            }
            _ => {
                let word = kind.name().to_lowercase();
                let message = format!("`{label}` cannot label this {word}");
                let remedy = match kind.prefix() {
                    Some(prefix) => format!("write [#{prefix}:name]"),
                    None => format!("a {word} has no number: refer to what it is about"),
                };
                self.errors.push(Diagnostic::new(place, message).remedy(remedy));
                None
            }
        });
        if blocks.is_empty() {
            let message = format!("this {} says nothing", kind.name().to_lowercase());
            let remedy = "write it below this line";
            self.errors.push(Diagnostic::new(location.clone(), message).remedy(remedy));
        }
        if kind == StatementKind::Proof {
            let end = InlineKind::Text("\u{a0}□".to_owned()).into();
            match blocks.last_mut() {
                Some(Block { kind: BlockKind::Paragraph(content), .. }) => content.push(end),
                _ => blocks.push(Block { location: location.clone(), kind: BlockKind::Paragraph(vec![end]) }),
            }
        }
        let kind = BlockKind::Statement { kind, number, label, title, blocks };
        Block { location: location.clone(), kind }
    }
}
