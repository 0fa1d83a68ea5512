//! Program text as words, texts and comments of its language, line by line.

mod languages;

use languages::{LANGUAGES, Language};

/// What a piece of program text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Anything else.
    Plain,
    /// A word of the language.
    Word,
    /// A text between quotes.
    Text,
    /// A comment.
    Comment,
}

/// Names of all languages that are known.
pub fn names() -> impl Iterator<Item = &'static str> {
    LANGUAGES.iter().flat_map(|language| language.names).copied()
}

/// Returns whether a language is known; one without a name is.
pub fn is_known(language: &str) -> bool {
    language.is_empty() || named(language).is_some()
}

fn named(language: &str) -> Option<&'static Language> {
    // What follows a comma is meant for whoever runs the text.
    let name = language.split(',').next().unwrap_or_default().to_ascii_lowercase();
    LANGUAGES.iter().find(|language| language.names.contains(&name.as_str()))
}

/// Returns the pieces of each line of a program text, of which there are as many as lines.
pub fn lines<'t>(language: &str, text: &'t str) -> Vec<Vec<(Kind, &'t str)>> {
    let pieces = named(language).map_or_else(|| vec![(Kind::Plain, text)], |language| pieces(language, text));
    let mut lines = vec![Vec::new()];
    for (kind, piece) in pieces {
        for (index, part) in piece.split('\n').enumerate() {
            if index > 0 {
                lines.push(Vec::new());
            }
            if let (Some(line), false) = (lines.last_mut(), part.is_empty()) {
                line.push((kind, part));
            }
        }
    }
    lines
}

/// Returns the pieces of a text, one behind the other.
fn pieces<'t>(language: &Language, text: &'t str) -> Vec<(Kind, &'t str)> {
    let mut found: Vec<(Kind, &str)> = Vec::new();
    let (mut plain, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        let before = text[..at].chars().next_back();
        let (kind, length) = piece(language, rest, before);
        if kind != Kind::Plain {
            if plain < at {
                found.push((Kind::Plain, &text[plain..at]));
            }
            found.push((kind, &rest[..length]));
            plain = at + length;
        }
        at += length;
    }
    if plain < at {
        found.push((Kind::Plain, &text[plain..at]));
    }
    found
}

/// Returns what a text begins with, and its length in bytes.
fn piece(language: &Language, rest: &str, before: Option<char>) -> (Kind, usize) {
    for (open, close) in language.block {
        if let Some(inside) = rest.strip_prefix(open) {
            let end = inside.find(close).map_or(rest.len(), |end| open.len() + end + close.len());
            return (Kind::Comment, end);
        }
    }
    // `$#` and `a#b` of a shell begin no comment.
    let is_apart = before.is_none_or(char::is_whitespace);
    if language.line.iter().any(|mark| rest.starts_with(mark) && (is_apart || *mark != "#")) {
        return (Kind::Comment, rest.find('\n').unwrap_or(rest.len()));
    }
    let quote = |marks: &[&'static str]| marks.iter().copied().find(|mark| rest.starts_with(mark));
    if let Some(mark) = quote(language.long_quotes) {
        return (Kind::Text, quoted(rest, mark, true));
    }
    if let Some(mark) = quote(language.quotes) {
        return (Kind::Text, quoted(rest, mark, false));
    }
    if let Some(length) = rest.strip_prefix('\'').filter(|_| language.characters).and_then(character) {
        return (Kind::Text, length + 1);
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    let Some(word) = rest.get(..length).filter(|word| !word.is_empty()) else {
        return (Kind::Plain, rest.chars().next().map_or(1, char::len_utf8));
    };
    let is_word = language.words.split(' ').any(|known| match language.any_case {
        true => known.eq_ignore_ascii_case(word),
        false => known == word,
    });
    (if is_word { Kind::Word } else { Kind::Plain }, length)
}

/// Returns the bytes of a text between quotes; one that is not closed ends with its line, or with everything.
fn quoted(rest: &str, mark: &str, is_long: bool) -> usize {
    let mut at = mark.len();
    while let Some(c) = rest[at..].chars().next() {
        if rest[at..].starts_with(mark) {
            return at + mark.len();
        }
        if c == '\n' && !is_long {
            return at;
        }
        at += c.len_utf8();
        if c == '\\' {
            at += rest[at..].chars().next().filter(|next| *next != '\n').map_or(0, char::len_utf8);
        }
    }
    rest.len()
}

/// Returns the bytes of a character and its closing quote, as behind the opening one.
fn character(inside: &str) -> Option<usize> {
    let first = inside.chars().next().filter(|c| !"'\n".contains(*c))?;
    if first == '\\' {
        let line = inside.lines().next()?;
        let end = line.get(2..)?.find('\'')? + 2;
        return (end < 12).then_some(end + 1);
    }
    inside[first.len_utf8()..].starts_with('\'').then_some(first.len_utf8() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(language: &str, text: &str) -> String {
        let mark = |(kind, part): &(Kind, &str)| match kind {
            Kind::Plain => (*part).to_owned(),
            Kind::Word => format!("<{part}>"),
            Kind::Text => format!("[{part}]"),
            Kind::Comment => format!("({part})"),
        };
        let lines = lines(language, text);
        lines.iter().map(|line| line.iter().map(mark).collect::<String>()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn words_texts_and_comments_are_told_apart() {
        for (language, text, expected) in [
            (
                "rust",
                "fn f<'a>(x: &'a str) -> char { 'x' } // y",
                "<fn> f<'a>(x: &'a str) -> char { ['x'] } (// y)",
            ),
            (
                "rust,ignore",
                "let s = \"a\\\"b\nc\"; /* d\ne */ x",
                "<let> s = [\"a\\\"b]\n[c\"]; (/* d)\n(e */) x",
            ),
            ("python", "def f(): # it's\n  '''a\nb''' 'c", "<def> f(): (# it's)\n  ['''a]\n[b'''] ['c]"),
            ("bash", "echo $# # all\nif x#y", "echo $# (# all)\n<if> x#y"),
            ("SQL", "Select a -- b\nFROM 'c'", "<Select> a (-- b)\n<FROM> ['c']"),
            ("c", "char c = '\\n', d = '\\'';", "<char> c = ['\\n'], d = ['\\''];"),
            ("text", "fn \"a\" // b", "fn \"a\" // b"),
            ("", "fn", "fn"),
            ("klingon", "fn", "fn"),
            ("rust", "übung 'ä' /* ", "übung ['ä'] (/* )"),
        ] {
            assert_eq!(marked(language, text), expected, "{language}");
        }
    }

    #[test]
    fn nothing_of_any_text_is_lost() {
        let texts = ["", "\n", "'", "\"\\", "a\n\n'\\", "/*", "\u{1f600}'\u{1f600}'#", "'''\n''", "%{\n--[["];
        for language in names() {
            for text in texts {
                let lines = lines(language, text);
                let back: Vec<String> =
                    lines.iter().map(|line| line.iter().map(|(_, part)| *part).collect()).collect();
                assert_eq!(back.join("\n"), text, "{language}");
            }
        }
    }

    #[test]
    fn each_name_is_that_of_one_language() {
        let all: Vec<&str> = names().collect();
        let distinct: std::collections::BTreeSet<&&str> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
        assert!(is_known("Rust") && is_known("") && !is_known("pyhton"));
    }
}
