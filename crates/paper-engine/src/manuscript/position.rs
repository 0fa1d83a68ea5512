//! Where the nodes of Markdown stand in the text, also where its reader counts otherwise.

use comrak::nodes::LineColumn;

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
    /// Finds the end of a note that begins so in its block, and at this place of the lines; nothing where it has no
    /// line break.
    pub fn of(begin: LineColumn, last_line: usize, start: LineColumn, all: &[&str]) -> Option<Self> {
        let first = all.get(start.line.saturating_sub(1))?;
        let before: usize = first.chars().take(start.column.saturating_sub(1)).map(char::len_utf8).sum();
        let (_, inside) = first[before..].split_once('^')?;
        let rest = std::iter::once(inside).chain(all[start.line..].iter().copied());
        let (lines, end) = end_of_note(rest).filter(|(lines, _)| *lines > 0)?;
        Some(Self { begin, last_line, lines, end })
    }

    /// Moves a place behind the note to where it is in the text; `counted` is where Markdown's reader counts it.
    pub fn unfold(&self, counted: LineColumn, start: &mut LineColumn) {
        if !self.is_before(counted) {
            return;
        }
        start.line += self.lines;
        // Columns are lost in the rest of the line: it begins where the note ends.
        if counted.line == self.begin.line {
            start.column = self.end + 1;
        }
    }

    /// Returns whether what begins there follows the note in its block.
    fn is_before(&self, start: LineColumn) -> bool {
        start.line <= self.last_line && (start.line, start.column) > (self.begin.line, self.begin.column)
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
