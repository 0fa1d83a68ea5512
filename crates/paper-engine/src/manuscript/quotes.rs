//! Quotation marks of the language: Markdown makes English ones of straight ones, which are replaced here; what
//! an author wrote as a mark of its own stays.

use std::borrow::Cow;

use crate::language::{Language, Quotes};

/// The quotations of a text while it is converted.
#[derive(Debug)]
pub(super) struct Quoting {
    language: Language,
    /// How many pieces of markup are open.
    depth: usize,
    /// Single quotations that are open in the block.
    open: usize,
}

impl Quoting {
    /// Begins a text.
    pub fn new(language: Language) -> Self {
        Self { language, depth: 0, open: 0 }
    }

    /// Goes into a block, or into markup inside one.
    pub fn enter(&mut self) {
        if self.depth == 0 {
            self.open = 0;
        }
        self.depth += 1;
    }

    /// Comes out again.
    pub fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Returns a text with the marks of the language. It was read from a line, whose columns from 1 say where
    /// each of its stretches was written.
    pub fn set<'t>(&mut self, text: &'t str, line: &str, columns: &[(usize, usize)]) -> Cow<'t, str> {
        if self.language == Language::English || !text.contains(['“', '”', '‘', '’']) {
            return Cow::Borrowed(text);
        }
        let Quotes { double, single } = self.language.quotes();
        let written: Vec<char> = line.chars().collect();
        let mut stretches = columns.iter().peekable();
        let mut at = 0;
        let mut out = String::with_capacity(text.len());
        let mut rest = text.char_indices().peekable();
        while let Some((byte, character)) = rest.next() {
            if let Some((_, column)) = stretches.next_if(|(start, _)| *start == byte) {
                at = column.saturating_sub(1);
            }
            let is_straight = written.get(at).is_none_or(|c| *c != character && *c != '&');
            at += 1;
            let is_in_word = rest.peek().is_some_and(|(_, next)| next.is_alphanumeric());
            out.push(match character {
                '“' if is_straight => double.0,
                '”' if is_straight => double.1,
                '‘' if is_straight => {
                    self.open += 1;
                    single.0
                }
                // Anything else is an apostrophe.
                '’' if is_straight && !is_in_word && self.open > 0 => {
                    self.open -= 1;
                    single.1
                }
                other => other,
            });
        }
        Cow::Owned(out)
    }
}

#[cfg(test)]
mod tests {
    use super::super::source::align;
    use super::*;

    fn german(text: &str, line: &str) -> String {
        let mut quoting = Quoting::new(Language::German);
        quoting.enter();
        quoting.set(text, line, &align(text, line, 1)).into_owned()
    }

    #[test]
    fn straight_marks_become_those_of_the_language_and_others_stay() {
        for (text, line, expected) in [
            ("Ein “Wort” hier", "Ein \"Wort\" hier", "Ein „Wort“ hier"),
            ("“Er sagt ‘ja’.”", "\"Er sagt 'ja'.\"", "„Er sagt ‚ja‘.“"),
            ("‘geht’s gut’ – Hans’ Haus", "'geht's gut' -- Hans' Haus", "‚geht’s gut‘ – Hans’ Haus"),
            ("„Wort“ und “Wort”", "„Wort“ und \"Wort\"", "„Wort“ und „Wort“"),
            ("a – “b” “c”", "a -- \"b\" “c”", "a – „b“ “c”"),
            ("“a” &", "&ldquo;a&rdquo; &amp;", "“a” &"),
        ] {
            assert_eq!(german(text, line), expected);
        }
        let mut english = Quoting::new(Language::English);
        assert_eq!(english.set("“a” ‘b’", "\"a\" 'b'", &[(0, 1)]), "“a” ‘b’");
    }

    #[test]
    fn a_quotation_goes_on_behind_markup_and_ends_with_its_block() {
        let mut quoting = Quoting::new(Language::German);
        quoting.enter();
        assert_eq!(quoting.set("‘", "'*a*' b", &[(0, 1)]), "‚");
        quoting.enter();
        quoting.leave();
        assert_eq!(quoting.set("’ b", "'*a*' b", &[(0, 5)]), "‘ b");
        assert_eq!(quoting.set("‘", "'", &[(0, 1)]), "‚");
        quoting.leave();
        quoting.enter();
        assert_eq!(quoting.set("Hans’ Haus", "Hans' Haus", &[(0, 1)]), "Hans’ Haus");
    }
}
