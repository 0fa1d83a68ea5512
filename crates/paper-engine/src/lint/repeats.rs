//! Sentences that stand twice: runs of eight equal words.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::rules::REPEATED_WORDS;
use super::words::{PlainText, passages, plain, words_at};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::manuscript::Document;

/// Words in a row that may not stand twice.
const RUN: usize = 8;

/// Reports runs of equal words across all passages of a document, each with both places.
pub fn repeats(document: &Document) -> Diagnostics {
    // Words by their numbers: an author waits for this after each word that he changes.
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut first: HashMap<[usize; RUN], (usize, usize)> = HashMap::new();
    let mut errors = Diagnostics::default();
    let passages = passages(document);
    let texts: Vec<PlainText> = passages.iter().map(|passage| plain(passage.content)).collect();
    let place = |(passage, byte): (usize, usize)| passages[passage].place(&texts[passage], byte);
    for (passage, text) in texts.iter().enumerate() {
        let words = words_at(text);
        // Words in small letters, without punctuation.
        let normal: Vec<String> = words.iter().map(|(_, word)| word.to_lowercase()).collect();
        let numbered = normal.iter().map(|word| {
            let next = numbers.len();
            numbers.get(word).copied().unwrap_or_else(|| *numbers.entry(word.clone()).or_insert(next))
        });
        let numbered: Vec<usize> = numbered.collect();
        let is_word: Vec<bool> = normal.iter().map(|word| word.chars().any(char::is_alphabetic)).collect();
        let mut end_of_last = 0;
        for (at, run) in numbered.windows(RUN).enumerate() {
            // A run of numbers and signs alone says nothing.
            if is_word[at..at + RUN].iter().filter(|is_word| **is_word).count() < RUN - 2 {
                continue;
            }
            let mut key = [0; RUN];
            key.copy_from_slice(run);
            let here = (passage, words[at].0);
            match first.entry(key) {
                Entry::Occupied(there) if at >= end_of_last => {
                    let (run, there) = (normal[at..at + RUN].join(" "), place(*there.get()));
                    let message = format!("the words `{run}` stand already at {there}");
                    let error = Diagnostic::new(place(here), message).breaks(&REPEATED_WORDS);
                    errors.push(error.remedy("say it once, or say something else"));
                    end_of_last = at + RUN;
                }
                Entry::Occupied(_) => {}
                Entry::Vacant(new) => {
                    new.insert(here);
                }
            }
        }
    }
    errors
}
