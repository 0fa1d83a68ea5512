//! Sentences that stand twice: runs of eight equal words.

use std::collections::BTreeMap;
use std::path::Path;

use super::place;
use super::rules::REPEATED_WORDS;
use super::words::{Passage, passages, plain, words_of};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::manuscript::Document;

/// Words in a row that may not stand twice.
const RUN: usize = 8;

/// Reports runs of equal words across all passages of a document, each with both places.
pub fn repeats(root: &Path, document: &Document) -> Diagnostics {
    let mut first: BTreeMap<Vec<String>, Location> = BTreeMap::new();
    let phrase = |run: &[String]| run.join(" ");
    let mut errors = Diagnostics::default();
    for Passage { location, content, .. } in passages(document) {
        let words = normal(&plain(content));
        let mut end_of_last = 0;
        for (at, run) in words.windows(RUN).enumerate() {
            // A run of numbers and signs alone says nothing.
            if run.iter().filter(|word| word.chars().any(char::is_alphabetic)).count() < RUN - 2 {
                continue;
            }
            match first.get(run) {
                Some(other) if at >= end_of_last => {
                    let here = place::find(root, &location, &phrase(run));
                    let there = place::find(root, other, &phrase(run));
                    let message = format!("the words `{}` stand already at {there}", phrase(run));
                    let error = Diagnostic::new(here, message).breaks(&REPEATED_WORDS);
                    errors.push(error.remedy("say it once, or say something else"));
                    end_of_last = at + RUN;
                }
                Some(_) => {}
                None => {
                    first.insert(run.to_vec(), location.clone().into_owned());
                }
            }
        }
    }
    errors
}

/// Words in small letters, without punctuation.
fn normal(text: &str) -> Vec<String> {
    words_of(text).into_iter().map(str::to_lowercase).collect()
}
