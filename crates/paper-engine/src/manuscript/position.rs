//! Where the nodes of Markdown stand in the text, also where its reader counts otherwise.

use comrak::nodes::{LineColumn, Node};

use super::builder::Text;

/// A note that stands in its line and is written over several: Markdown's reader counts what follows it in its
/// block as if the note had no line breaks.
#[derive(Debug)]
pub(super) struct Folded {
    /// Where the note begins, as Markdown's reader counts.
    begin: LineColumn,
    /// The last line of the block.
    last_line: usize,
    /// The line breaks in the note.
    lines: usize,
    /// Characters of its last line up to its end.
    end: usize,
}

impl Folded {
    /// Returns whether what begins there follows the note in its block.
    fn is_before(&self, start: LineColumn) -> bool {
        start.line <= self.last_line && (start.line, start.column) > (self.begin.line, self.begin.column)
    }
}

impl Text<'_> {
    /// Returns where a node begins in the text.
    pub fn start(&self, node: Node<'_>) -> LineColumn {
        let counted = node.data.borrow().sourcepos.start;
        let mut start = counted;
        start.column += self.indent;
        for note in self.folded.iter().filter(|note| note.is_before(counted)) {
            start.line += note.lines;
            // Columns are lost in the rest of the line: it begins where the note ends.
            if counted.line == note.begin.line {
                start.column = note.end + 1;
            }
        }
        if let Some((line, column)) = self.note {
            start.column += if start.line == 1 { column } else { 0 };
            start.line += line.saturating_sub(1);
        }
        start
    }

    /// Keeps in mind that a note in its line is written over several, if it is.
    pub fn fold(&mut self, note: Node<'_>) {
        let start = self.start(note);
        let Some(first) = self.lines.get(start.line.saturating_sub(1)) else { return };
        let before: usize = first.chars().take(start.column.saturating_sub(1)).map(char::len_utf8).sum();
        let Some((_, inside)) = first[before..].split_once('^') else { return };
        let rest = std::iter::once(inside).chain(self.lines[start.line..].iter().copied());
        let Some((lines, end)) = end_of_note(rest) else { return };
        if lines == 0 {
            return;
        }
        let block = note.ancestors().find(|node| node.data.borrow().value.block());
        let last_line = block.map_or(0, |block| block.data.borrow().sourcepos.end.line);
        let begin = note.data.borrow().sourcepos.start;
        self.folded.push(Folded { begin, last_line, lines, end });
    }
}

/// Returns how many line breaks stand before the bracket that closes the first one of these lines, and the
/// characters of its line up to and with it.
fn end_of_note<'l>(lines: impl Iterator<Item = &'l str>) -> Option<(usize, usize)> {
    let mut depth = 0_usize;
    for (number, line) in lines.enumerate() {
        let mut is_escaped = false;
        for (at, c) in line.chars().enumerate() {
            match c {
                _ if is_escaped => is_escaped = false,
                '\\' => is_escaped = true,
                '[' => depth += 1,
                ']' if depth == 1 => return Some((number, at + 1)),
                ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_ends_at_the_bracket_that_closes_its_own() {
        let end = |text: &str| end_of_note(text.lines());
        assert_eq!(end("[one] more]"), Some((0, 5)));
        assert_eq!(end("[one [two]\nand \\] three] four"), Some((1, 13)));
        assert_eq!(end("[one\n\n"), None);
    }
}
