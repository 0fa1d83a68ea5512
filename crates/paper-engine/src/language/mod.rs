//! Languages of papers: the words that outputs print by themselves, quotation marks, and signs of numbers.
//!
//! Every word that no author wrote stands in [`Words`], once for each language. What people read who make a
//! paper, such as messages and reports, is English.

mod english;
mod german;
mod words;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use words::{Noun, Words};

/// The language of a paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// German.
    #[serde(rename = "de")]
    German,
}

/// Marks around what is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotes {
    /// Outer ones.
    pub double: (char, char),
    /// Those inside others.
    pub single: (char, char),
}

impl Language {
    /// All languages.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// Returns its code of ISO 639-1, as `paper/paper.yaml` and the outputs write it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// Returns its code of ISO 639-3, as catalogues write it.
    pub const fn long_code(self) -> &'static str {
        match self {
            Self::English => "eng",
            Self::German => "deu",
        }
    }

    /// Returns the words that outputs print.
    pub const fn words(self) -> &'static Words {
        match self {
            Self::English => &english::WORDS,
            Self::German => &german::WORDS,
        }
    }

    /// Returns the name by which TeX knows its hyphenation.
    pub const fn hyphenation(self) -> &'static str {
        match self {
            Self::English => "english",
            // The spelling of 1996.
            Self::German => "ngerman",
        }
    }

    /// Returns its quotation marks.
    pub const fn quotes(self) -> Quotes {
        match self {
            Self::English => Quotes { double: ('“', '”'), single: ('‘', '’') },
            Self::German => Quotes { double: ('„', '“'), single: ('‚', '‘') },
        }
    }

    /// Returns whether a comma stands before the last of more than two things.
    pub const fn has_serial_comma(self) -> bool {
        matches!(self, Self::English)
    }

    /// Returns the sign before the decimals of a number.
    pub const fn decimal_sign(self) -> char {
        match self {
            Self::English => '.',
            Self::German => ',',
        }
    }

    /// Returns the sign between groups of three digits.
    const fn group_sign(self) -> char {
        match self {
            Self::English => ',',
            // A narrow space at which no line breaks: a point would be read as English decimals.
            Self::German => '\u{202f}',
        }
    }

    /// Returns a number that is written as in English, its unit among it, with the signs of this language.
    pub fn number(self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text.chars().peekable();
        let mut is_behind_digit = false;
        while let Some(character) = rest.next() {
            let is_inside = is_behind_digit && rest.peek().is_some_and(char::is_ascii_digit);
            out.push(match character {
                '.' if is_inside => self.decimal_sign(),
                ',' if is_inside => self.group_sign(),
                other => other,
            });
            is_behind_digit = character.is_ascii_digit();
        }
        out
    }

    /// Returns a noun as it stands within a sentence.
    pub fn within(self, noun: &str) -> String {
        match self {
            Self::English => noun.to_lowercase(),
            Self::German => noun.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// Returns every word of a table.
    fn all(table: &Value, found: &mut Vec<String>) {
        match table {
            Value::String(word) => found.push(word.clone()),
            Value::Object(fields) => fields.values().for_each(|field| all(field, found)),
            other => panic!("{other} is no word"),
        }
    }

    #[test]
    fn every_language_has_a_word_for_everything() {
        for language in Language::ALL {
            let mut found = Vec::new();
            all(&serde_json::to_value(language.words()).expect("a table"), &mut found);
            assert!(found.len() > 100, "{} words", found.len());
            for word in found {
                assert!(!word.is_empty() && word.trim() == word, "{language:?}: {word:?}");
            }
        }
    }

    #[test]
    fn a_language_is_read_by_its_code() {
        for language in Language::ALL {
            let code = format!("\"{}\"", language.code());
            assert_eq!(serde_json::from_str::<Language>(&code).expect("a language"), language);
        }
    }

    #[test]
    fn numbers_have_the_signs_of_their_language() {
        for (written, german) in [
            ("2.5\u{a0}ms", "2,5\u{a0}ms"),
            ("65,536", "65\u{202f}536"),
            ("1,234.5–2,000.25\u{a0}%", "1\u{202f}234,5–2\u{202f}000,25\u{a0}%"),
            ("≥ 0.5×†", "≥ 0,5×†"),
            ("3. and 4, .5", "3. and 4, .5"),
        ] {
            assert_eq!(Language::German.number(written), german);
            assert_eq!(Language::English.number(written), written);
        }
    }

    #[test]
    fn nouns_keep_their_capital_in_german_alone() {
        assert_eq!(Language::English.within("Figure"), "figure");
        assert_eq!(Language::German.within("Abbildung"), "Abbildung");
    }
}
