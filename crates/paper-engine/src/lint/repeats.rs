//! Sentences that stand twice: runs of eight equal words.

use std::collections::BTreeMap;

use super::rules::REPEATED_WORDS;
use super::words::{passages, plain, words_at};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::manuscript::Document;

/// Words in a row that may not stand twice.
const RUN: usize = 8;

/// Reports runs of equal words across all passages of a document, each with both places.
pub fn repeats(document: &Document) -> Diagnostics {
    let mut first: BTreeMap<Vec<String>, Location> = BTreeMap::new();
    let mut errors = Diagnostics::default();
    for passage in passages(document) {
        let text = plain(passage.content);
        let words = words_at(&text);
        // Words in small letters, without punctuation.
        let normal: Vec<String> = words.iter().map(|(_, word)| word.to_lowercase()).collect();
        let mut end_of_last = 0;
        for (at, run) in normal.windows(RUN).enumerate() {
            // A run of numbers and signs alone says nothing.
            if run.iter().filter(|word| word.chars().any(char::is_alphabetic)).count() < RUN - 2 {
                continue;
            }
            let here = passage.place(&text, words[at].0);
            match first.get(run) {
                Some(there) if at >= end_of_last => {
                    let message = format!("the words `{}` stand already at {there}", run.join(" "));
                    let error = Diagnostic::new(here, message).breaks(&REPEATED_WORDS);
                    errors.push(error.remedy("say it once, or say something else"));
                    end_of_last = at + RUN;
                }
                Some(_) => {}
                None => {
                    first.insert(run.to_vec(), here);
                }
            }
        }
    }
    errors
}
