//! Words that stand for text that is not written yet.

use std::borrow::Cow;

use super::rules::PLACEHOLDER;
use super::words::{passages, plain};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::manuscript::Document;

const PLACEHOLDERS: [&str; 6] = ["TBD", "TODO", "FIXME", "XXX", "lorem ipsum", "???"];

/// Reports the placeholders in prose and captions.
pub fn placeholders(document: &Document) -> Diagnostics {
    let mut errors = Diagnostics::default();
    for passage in passages(document) {
        let text = plain(passage.content);
        for (word, byte) in PLACEHOLDERS.into_iter().filter_map(|word| Some((word, find(&text, word)?))) {
            let location = passage.place(&text, byte);
            let message = format!("`{word}` stands for text that is not written");
            let error = Diagnostic::new(location, message).breaks(&PLACEHOLDER);
            errors.push(error.remedy("write the text or delete the sentence"));
        }
    }
    errors
}

/// Returns the byte at which a word stands that is not part of another; one in small letters may stand in
/// capitals.
fn find(text: &str, word: &str) -> Option<usize> {
    let text = match word.chars().any(char::is_lowercase) {
        true => Cow::Owned(text.to_ascii_lowercase()),
        false => Cow::Borrowed(text),
    };
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut places = text.match_indices(word).map(|(at, _)| at);
    places.find(|at| {
        !is_letter(text[..*at].chars().next_back()) && !is_letter(text[at + word.len()..].chars().next())
    })
}
