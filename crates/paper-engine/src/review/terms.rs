//! Checks of words that hold for any paper; a paper's own terms are in its `review.yaml`.

use std::collections::BTreeSet;

use super::clarity::clarity;
use super::rules::{
    DOUBLED_WORD, LONG_MEAN_SENTENCE, LONG_SENTENCE, REPEATED_TITLE, SECTION_WITHOUT_ROADMAP,
    UNEXPLAINED_ACRONYM,
};
use super::text::parts;
use super::{Check, Class, Edition, Material};
use crate::lint::{passages, plain, words_of};

const CLASS: Class = Class::Terminology;
/// The most words of a sentence before a reader loses its beginning.
const LONGEST: usize = 40;
/// The most words of the mean sentence of a part.
const MEAN: f64 = 20.0;

/// Returns all checks of this class.
pub(super) fn checks(material: &Material<'_>) -> Vec<Check> {
    let mut all = by_edition(material);
    all.push(titles(material));
    all.push(doubled(material));
    all
}

fn by_edition(material: &Material<'_>) -> Vec<Check> {
    let mut all = Vec::new();
    for &Edition { name: edition, document, .. } in material.editions {
        let check = |rule| Check::of(CLASS, rule).in_edition(edition);
        let mut opens = check(&SECTION_WITHOUT_ROADMAP);
        let mut short = check(&LONG_SENTENCE);
        let mut mean = check(&LONG_MEAN_SENTENCE);
        let mut told = check(&UNEXPLAINED_ACRONYM);
        let found = clarity(document, material.spec);
        for part in &found.sections {
            if part.is_section {
                opens.look(part.roadmap.is_some(), &part.place, || {
                    format!("{} has no such sentence", part.title)
                });
                mean.look(part.mean_sentence() <= MEAN, &part.place, || {
                    format!("{} has {:.1} words in its mean sentence", part.title, part.mean_sentence())
                });
            }
            short.look(part.longest <= LONGEST, &part.longest_place, || {
                format!("a sentence of {} words", part.longest)
            });
        }
        for acronym in &found.acronyms {
            told.look(acronym.is_explained, &acronym.place, || {
                format!("`{}` is not written out", acronym.name)
            });
        }
        all.extend([opens, mean, short, told]);
    }
    all
}

fn titles(material: &Material<'_>) -> Check {
    let mut check = Check::of(CLASS, &REPEATED_TITLE);
    let mut seen = BTreeSet::new();
    for part in material.fullest().map(parts).unwrap_or_default() {
        check.look(seen.insert(part.name.to_lowercase()), &part.place, || {
            format!("`{}` stands twice", part.name)
        });
    }
    check
}

fn doubled(material: &Material<'_>) -> Check {
    let mut check = Check::of(CLASS, &DOUBLED_WORD);
    for passage in material.fullest().map(passages).unwrap_or_default() {
        let text = plain(passage.content);
        let words: Vec<&str> = text.split_whitespace().collect();
        // A sign behind the first word sets the two apart.
        let is_same = |pair: &&[&str]| {
            words_of(pair[1]).first().is_some_and(|second| pair[0].eq_ignore_ascii_case(second))
        };
        let twice = words.windows(2).find(|pair| is_same(pair) && pair[0].chars().all(char::is_alphabetic));
        check.look(twice.is_none(), &passage.location, || {
            format!("`{}` stands twice", twice.map_or("", |pair| pair[0]))
        });
    }
    check
}
