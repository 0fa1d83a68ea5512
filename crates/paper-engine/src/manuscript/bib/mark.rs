//! Marks for what plain text cannot say, which pass through the style as letters do.
//!
//! The style of the references knows neither TeX nor HTML. What a field says beyond plain text becomes
//! private characters before the style sets it, and inlines behind it.

use super::super::tree::{Inline, InlineKind};

/// Around emphasis.
pub(super) const EMPHASIS: (char, char) = ('\u{e110}', '\u{e111}');
/// Around strong emphasis.
pub(super) const STRONG: (char, char) = ('\u{e112}', '\u{e113}');
/// Characters that would be syntax to `biblatex`, or that it takes for other spaces.
const LITERALS: [(char, char); 5] =
    [('\u{e120}', '\\'), ('\u{e121}', '{'), ('\u{e122}', '}'), ('\u{e123}', '$'), ('\u{e124}', '\u{a0}')];
/// A comma that ends nothing.
pub(super) const COMMA: char = '\u{e125}';
/// Quotation marks of a field, which those of the style may stand around.
pub(super) const QUOTES: (char, char) = ('\u{e126}', '\u{e127}');
/// The first character that stands for a piece.
const FIRST_PIECE: u32 = 0xf_0000;
/// Pieces that an entry can have; the last characters of the plane are none.
const MOST_PIECES: usize = 0xfff0;

/// What a single character stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A formula.
    Math(String),
    /// Text that nothing may change or shorten.
    Text(String),
    /// A link and its text, which may hold marks.
    Link { url: String, text: String },
}

/// The pieces of one entry.
#[derive(Clone, Debug, Default)]
pub(super) struct Pieces(Vec<Piece>);

impl Pieces {
    /// Returns the character that stands for a piece; an entry of too many has the text of the others.
    pub fn add(&mut self, piece: Piece) -> String {
        let index = self.0.len();
        let character = u32::try_from(index).ok().and_then(|index| char::from_u32(FIRST_PIECE + index));
        match (character, piece) {
            (Some(character), piece) if index < MOST_PIECES => {
                self.0.push(piece);
                character.to_string()
            }
            (_, Piece::Math(text) | Piece::Text(text) | Piece::Link { text, .. }) => {
                text.chars().map(literal).collect()
            }
        }
    }

    /// Makes the address of a link its text.
    pub fn show_address(&mut self, character: char) {
        let index =
            u32::from(character).checked_sub(FIRST_PIECE).and_then(|index| usize::try_from(index).ok());
        if let Some(Piece::Link { url, text }) = index.and_then(|index| self.0.get_mut(index)) {
            *text = url.chars().map(literal).collect();
        }
    }

    fn get(&self, character: char) -> Option<&Piece> {
        let index = u32::from(character).checked_sub(FIRST_PIECE)?;
        self.0.get(usize::try_from(index).ok()?)
    }

    /// Returns a marked text as inlines.
    pub fn inlines(&self, marked: &str) -> Vec<Inline> {
        let mut open: Vec<(char, Vec<Inline>)> = vec![('\0', Vec::new())];
        let mut text = String::new();
        for character in marked.chars() {
            let begins = character == EMPHASIS.0 || character == STRONG.0;
            let ends = character == EMPHASIS.1 || character == STRONG.1;
            let piece = self.get(character);
            if begins || ends || piece.is_some_and(|piece| !matches!(piece, Piece::Text(_))) {
                flush(&mut text, &mut open);
            }
            match piece {
                Some(Piece::Math(tex)) => push(&mut open, InlineKind::Math(tex.clone())),
                Some(Piece::Text(kept)) => text.push_str(kept),
                Some(Piece::Link { url, text }) => {
                    let content = self.inlines(text);
                    push(&mut open, InlineKind::Link { url: url.clone(), content });
                }
                None if begins => open.push((character, Vec::new())),
                None if ends => close(&mut open),
                None => text.push(shown(character)),
            }
        }
        flush(&mut text, &mut open);
        while open.len() > 1 {
            close(&mut open);
        }
        open.pop().map(|(_, inlines)| inlines).unwrap_or_default()
    }
}

fn push(open: &mut [(char, Vec<Inline>)], kind: InlineKind) {
    if let Some((_, inlines)) = open.last_mut() {
        inlines.push(Inline::from(kind));
    }
}

fn flush(text: &mut String, open: &mut [(char, Vec<Inline>)]) {
    if !text.is_empty() {
        push(open, InlineKind::Text(std::mem::take(text)));
    }
}

/// Ends the innermost emphasis; an end without a beginning is nothing.
fn close(open: &mut Vec<(char, Vec<Inline>)>) {
    if open.len() < 2 {
        return;
    }
    if let Some((mark, content)) = open.pop()
        && !content.is_empty()
    {
        let kind = if mark == STRONG.0 { InlineKind::Strong(content) } else { InlineKind::Emphasis(content) };
        push(open, kind);
    }
}

/// Returns the character that carries a character safely through `biblatex`.
pub(super) fn literal(character: char) -> char {
    LITERALS.iter().find(|(_, shown)| *shown == character).map_or(character, |(mark, _)| *mark)
}

fn shown(mark: char) -> char {
    if mark == COMMA {
        return ',';
    }
    LITERALS.iter().find(|(one, _)| *one == mark).map_or(mark, |(_, shown)| *shown)
}

/// Returns whether a character stands for a piece.
pub(super) fn is_piece(character: char) -> bool {
    u32::from(character) >= FIRST_PIECE
}

/// Returns whether a character is one of the private ones, which an author's text may not bring along.
pub(super) fn is_private(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}
