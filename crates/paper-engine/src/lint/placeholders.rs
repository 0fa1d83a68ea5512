//! Words that stand for text that is not written yet.

use std::path::Path;

use super::place;
use super::rules::PLACEHOLDER;
use super::words::{passages, plain};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::manuscript::Document;

const PLACEHOLDERS: [&str; 6] = ["TBD", "TODO", "FIXME", "XXX", "lorem ipsum", "???"];

/// Reports the placeholders in prose and captions.
pub fn placeholders(root: &Path, document: &Document) -> Diagnostics {
    let mut errors = Diagnostics::default();
    for passage in passages(document) {
        let text = plain(passage.content);
        for word in PLACEHOLDERS.into_iter().filter(|word| contains_word(&text, word)) {
            let location = place::find(root, &passage.location, word);
            let message = format!("`{word}` stands for text that is not written");
            let error = Diagnostic::new(location, message).breaks(&PLACEHOLDER);
            errors.push(error.remedy("write the text or delete the sentence"));
        }
    }
    errors
}

fn contains_word(text: &str, word: &str) -> bool {
    let text = if word.chars().any(char::is_lowercase) { text.to_lowercase() } else { text.to_owned() };
    text.match_indices(word).any(|(at, _)| {
        let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        !letter(text[..at].chars().next_back()) && !letter(text[at + word.len()..].chars().next())
    })
}
