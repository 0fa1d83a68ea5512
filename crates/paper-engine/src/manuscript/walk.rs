//! Walks over a document: every block and every piece of text, those inside others among them, in reading
//! order.

use std::path::{Path, PathBuf};

use super::tree::{
    Block, BlockKind, Document, EquationNumber, EquationRow, Inline, InlineKind, TableContent,
};
use crate::table::Table;

impl Inline {
    /// Returns the pieces of text inside this one; what a footnote says are blocks of their own.
    pub fn children(&self) -> &[Inline] {
        match &self.kind {
            InlineKind::Emphasis(content)
            | InlineKind::Strong(content)
            | InlineKind::Strikeout(content)
            | InlineKind::Link { content, .. } => content,
            _ => &[],
        }
    }

    fn children_mut(&mut self) -> &mut [Inline] {
        match &mut self.kind {
            InlineKind::Emphasis(content)
            | InlineKind::Strong(content)
            | InlineKind::Strikeout(content)
            | InlineKind::Link { content, .. } => content,
            _ => &mut [],
        }
    }
}

impl Block {
    /// Returns the text of a heading or a paragraph, the title of a statement, or the caption of a figure or
    /// a table.
    pub fn content(&self) -> &[Inline] {
        match &self.kind {
            BlockKind::Heading { content, .. } | BlockKind::Paragraph(content) => content,
            BlockKind::Statement { title: content, .. } | BlockKind::Definition { term: content, .. } => {
                content
            }
            BlockKind::Figure { caption, .. } | BlockKind::Table { caption, .. } => caption,
            _ => &[],
        }
    }

    /// Returns the file in which [`content`](Self::content) was written: that of the block, or for a caption
    /// that of the figure or the table.
    pub fn content_file(&self) -> PathBuf {
        match &self.kind {
            BlockKind::Figure { id, picture: None, .. } => Path::new("figures").join(format!("{id}.yaml")),
            BlockKind::Table { id, in_text: false, .. } => {
                Path::new("paper/tables").join(format!("{id}.yaml"))
            }
            _ => self.location.file.clone(),
        }
    }

    /// Returns every piece of its text, those in cells of a table among them.
    pub fn every_inline(&self) -> impl Iterator<Item = &Inline> {
        let cells = match &self.kind {
            BlockKind::Table { content, .. } => Some(content),
            _ => None,
        };
        inlines(self.content()).chain(cells.into_iter().flat_map(TableContent::every_inline))
    }

    /// Returns the numbers of an equation: its own, or those of its rows.
    pub fn equation_numbers(&self) -> impl Iterator<Item = &EquationNumber> {
        let (number, rows): (_, &[EquationRow]) = match &self.kind {
            BlockKind::Equation { number, rows, .. } => (number.as_ref(), rows),
            _ => (None, &[]),
        };
        number.into_iter().chain(rows.iter().filter_map(|row| row.number.as_ref()))
    }

    fn content_mut(&mut self) -> &mut [Inline] {
        match &mut self.kind {
            BlockKind::Heading { content, .. } | BlockKind::Paragraph(content) => content,
            BlockKind::Statement { title: content, .. } | BlockKind::Definition { term: content, .. } => {
                content
            }
            BlockKind::Figure { caption, .. } | BlockKind::Table { caption, .. } => caption,
            _ => &mut [],
        }
    }

    /// Returns the runs of blocks inside this one: the items of a list, a quotation, or a statement.
    pub fn children(&self) -> &[Vec<Block>] {
        match &self.kind {
            BlockKind::List { items, .. } => items,
            BlockKind::Quote(inner)
            | BlockKind::Statement { blocks: inner, .. }
            | BlockKind::Definition { blocks: inner, .. } => std::slice::from_ref(inner),
            _ => &[],
        }
    }

    fn children_mut(&mut self) -> &mut [Vec<Block>] {
        match &mut self.kind {
            BlockKind::List { items, .. } => items,
            BlockKind::Quote(inner)
            | BlockKind::Statement { blocks: inner, .. }
            | BlockKind::Definition { blocks: inner, .. } => std::slice::from_mut(inner),
            _ => &mut [],
        }
    }
}

impl TableContent {
    /// Returns the text of every header, cell and note, in reading order.
    pub fn every_text(&self) -> impl Iterator<Item = &[Inline]> {
        let texts = self.headers.iter().chain(self.rows.iter().flatten()).chain(&self.notes);
        texts.map(Vec::as_slice)
    }

    /// Returns every piece of text, in reading order.
    pub fn every_inline(&self) -> impl Iterator<Item = &Inline> {
        self.every_text().flat_map(inlines)
    }

    /// Makes the texts of a table what a reader sees of these.
    fn write_plain(&self, table: &mut Table) {
        let headers = table.columns.iter_mut().map(|column| &mut column.header);
        let cells = table.rows.iter_mut().flatten().map(|cell| &mut cell.text);
        let texts = headers.chain(cells).chain(&mut table.notes);
        let contents = self.headers.iter().chain(self.rows.iter().flatten()).chain(&self.notes);
        for (text, content) in texts.zip(contents) {
            *text = plain_text(content);
        }
    }

    /// Returns the texts of headers, cells and notes, to be changed.
    fn texts_mut(&mut self) -> impl Iterator<Item = &mut Vec<Inline>> {
        self.headers.iter_mut().chain(self.rows.iter_mut().flatten()).chain(&mut self.notes)
    }
}

impl Document {
    /// Returns the abstract, the body, the appendices and the back matter.
    pub fn parts(&self) -> impl Iterator<Item = &[Block]> {
        let text = [&self.abstract_blocks, &self.blocks, &self.appendices];
        text.into_iter().chain(self.back.iter().map(|part| &part.blocks)).map(Vec::as_slice)
    }

    /// Returns every block, those of lists, quotations and footnotes among them.
    pub fn every_block(&self) -> impl Iterator<Item = &Block> {
        self.parts().flat_map(blocks)
    }

    /// Returns every piece of text, captions, footnotes and cells among them.
    pub fn every_inline(&self) -> impl Iterator<Item = &Inline> {
        self.every_block().flat_map(Block::every_inline)
    }
}

/// Returns every block of a run, those of lists, quotations and footnotes among them.
pub fn blocks(run: &[Block]) -> impl Iterator<Item = &Block> {
    let mut open: Vec<&Block> = run.iter().rev().collect();
    std::iter::from_fn(move || {
        let block = open.pop()?;
        open.extend(block.children().iter().flatten().rev());
        let in_notes = block.every_inline().filter_map(|inline| match &inline.kind {
            InlineKind::Footnote { blocks, .. } => Some(blocks.as_slice()),
            _ => None,
        });
        let in_notes: Vec<&Block> = in_notes.flatten().collect();
        open.extend(in_notes.into_iter().rev());
        Some(block)
    })
}

/// Returns every piece of text of a run, those inside others among them, but for footnotes.
pub fn inlines(run: &[Inline]) -> impl Iterator<Item = &Inline> {
    let mut open: Vec<&Inline> = run.iter().rev().collect();
    std::iter::from_fn(move || {
        let inline = open.pop()?;
        open.extend(inline.children().iter().rev());
        Some(inline)
    })
}

/// Returns whether a run shows a reader nothing, neither words nor the sign of a citation, a note or a picture.
pub fn shows_nothing(run: &[Inline]) -> bool {
    inlines(run).all(|inline| match &inline.kind {
        InlineKind::Text(text)
        | InlineKind::Number { text, .. }
        | InlineKind::Verdict { text, .. }
        | InlineKind::Code(text)
        | InlineKind::Math(text) => text.trim().is_empty(),
        // What these hold is met as well.
        InlineKind::Emphasis(_)
        | InlineKind::Strong(_)
        | InlineKind::Strikeout(_)
        | InlineKind::Link { .. }
        | InlineKind::LineBreak => true,
        InlineKind::Cite(_)
        | InlineKind::Reference { .. }
        | InlineKind::Footnote { .. }
        | InlineKind::FootnoteAgain(_)
        | InlineKind::Picture { .. } => false,
    })
}

/// Returns the text of inlines as a reader sees it, without formatting.
pub(super) fn plain_text(inlines: &[Inline]) -> String {
    let part = |inline: &Inline| match &inline.kind {
        InlineKind::Text(text)
        | InlineKind::Number { text, .. }
        | InlineKind::Verdict { text, .. }
        | InlineKind::Code(text)
        | InlineKind::Math(text) => text.clone(),
        InlineKind::Emphasis(content)
        | InlineKind::Strong(content)
        | InlineKind::Strikeout(content)
        | InlineKind::Link { content, .. } => plain_text(content),
        InlineKind::Picture { alt, .. } => alt.clone(),
        InlineKind::LineBreak => " ".into(),
        InlineKind::Reference { number, part: None, .. } => number.clone(),
        InlineKind::Reference { number, part: Some(part), .. } => format!("{number}({part})"),
        InlineKind::Cite(_) | InlineKind::Footnote { .. } | InlineKind::FootnoteAgain(_) => String::new(),
    };
    inlines.iter().map(part).collect()
}

/// Changes every piece of text of some blocks; `change` is told the file in which it was written.
pub(super) fn change_inlines(run: &mut [Block], change: &mut dyn FnMut(&mut Inline, &Path)) {
    for block in run {
        let file = block.content_file();
        change_each(block.content_mut(), &file, change);
        if let BlockKind::Table { content, table, .. } = &mut block.kind {
            content.texts_mut().for_each(|text| change_each(text, &file, change));
            content.write_plain(table);
        }
        block.children_mut().iter_mut().for_each(|inner| change_inlines(inner, change));
    }
}

fn change_each(run: &mut [Inline], file: &Path, change: &mut dyn FnMut(&mut Inline, &Path)) {
    for inline in run {
        change(inline, file);
        change_each(inline.children_mut(), file, change);
        if let InlineKind::Footnote { blocks, .. } = &mut inline.kind {
            change_inlines(blocks, change);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Location;

    fn text(text: &str) -> Inline {
        InlineKind::Text(text.into()).into()
    }

    fn paragraph(content: Vec<Inline>) -> Block {
        Block { location: Location::new("a.md", 1, 1), kind: BlockKind::Paragraph(content) }
    }

    #[test]
    fn everything_is_met_once_in_reading_order() {
        let note = InlineKind::Footnote { number: 1, blocks: vec![paragraph(vec![text("b")])] }.into();
        let quote = BlockKind::Quote(vec![paragraph(vec![text("d")])]);
        let quote = Block { kind: quote, ..paragraph(Vec::new()) };
        let items = vec![vec![paragraph(vec![text("c")]), quote], vec![paragraph(vec![text("e")])]];
        let list = Block { kind: BlockKind::List { start: None, items }, ..paragraph(Vec::new()) };
        let run = [paragraph(vec![text("a"), note]), list, paragraph(vec![text("f")])];
        let seen = |run: &[Block]| {
            let all = blocks(run).flat_map(|block| inlines(block.content()));
            let words = all.filter_map(|inline| match &inline.kind {
                InlineKind::Text(text) => Some(text.clone()),
                _ => None,
            });
            words.collect::<String>()
        };
        assert_eq!(seen(&run), "abcdef");
        let mut run = run.to_vec();
        change_inlines(&mut run, &mut |inline, file| {
            assert_eq!(file, Path::new("a.md"));
            if let InlineKind::Text(text) = &mut inline.kind {
                text.make_ascii_uppercase();
            }
        });
        assert_eq!(seen(&run), "ABCDEF");
    }
}
