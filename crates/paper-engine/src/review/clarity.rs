//! How clear a text is: sentences, readability, passives, acronyms, repeated phrases.

use std::collections::HashMap;

use super::sentences::{grade, is_passive, sentences, syllables, words};
use super::spec::ReviewSpec;
use super::text::{Section, parts};
use crate::diagnostic::Location;
use crate::lint::{PlainText, plain, words_of};
use crate::manuscript::Document;

/// The sentences at the beginning of a section of which one has to address the reader.
const OPENING: usize = 2;
/// Words of a repeated phrase, and how often it has to stand to be listed.
const PHRASE: usize = 4;
const OFTEN: usize = 4;
/// The phrases listed.
const LISTED: usize = 15;

/// What was found in one document.
#[derive(Clone, Debug, PartialEq)]
pub struct Clarity {
    /// Abstract, sections and appendices.
    pub sections: Vec<SectionClarity>,
    /// Acronyms in order of first use, names that need no explanation left out.
    pub acronyms: Vec<Acronym>,
    /// Phrases that stand often, the most frequent first.
    pub phrases: Vec<(String, usize)>,
}

/// What was found in the abstract, a section or an appendix.
#[derive(Clone, Debug, PartialEq)]
pub struct SectionClarity {
    /// Number and title.
    pub title: String,
    /// The title alone, by which releases are compared.
    pub name: String,
    /// Where it begins.
    pub place: Location,
    /// Whether it is more than the abstract.
    pub is_section: bool,
    /// The sentence of its beginning that tells the reader what to expect.
    pub roadmap: Option<String>,
    /// Sentences.
    pub sentences: usize,
    /// Words.
    pub words: usize,
    /// Syllables.
    pub syllables: usize,
    /// Sentences in the passive.
    pub passives: usize,
    /// Words of the longest sentence.
    pub longest: usize,
    /// The paragraph of the longest sentence.
    pub longest_place: Location,
}

/// A word in capitals at its first use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acronym {
    /// The word.
    pub name: String,
    /// The paragraph of its first use.
    pub place: Location,
    /// Whether it is written out there.
    pub is_explained: bool,
}

impl SectionClarity {
    /// Returns words in the mean sentence.
    #[must_use]
    pub fn mean_sentence(&self) -> f64 {
        self.words as f64 / self.sentences.max(1) as f64
    }

    /// Returns the Flesch-Kincaid grade: years of school that a reader needs.
    #[must_use]
    pub fn grade(&self) -> f64 {
        grade(self.sentences, self.words, self.syllables)
    }

    /// Returns the share of sentences in the passive.
    #[must_use]
    pub fn passive_share(&self) -> f64 {
        self.passives as f64 / self.sentences.max(1) as f64
    }
}

/// Measures a document.
#[must_use]
pub fn clarity(document: &Document, spec: &ReviewSpec) -> Clarity {
    let parts = parts(document);
    let sections = parts.iter().enumerate().map(|(index, part)| section(part, index > 0)).collect();
    Clarity { sections, acronyms: acronyms(&parts, spec), phrases: phrases(&parts) }
}

fn section(part: &Section<'_>, is_section: bool) -> SectionClarity {
    let mut found = SectionClarity {
        title: part.title.clone(),
        name: part.name.clone(),
        place: part.place.clone(),
        is_section,
        roadmap: None,
        sentences: 0,
        words: 0,
        syllables: 0,
        passives: 0,
        longest: 0,
        longest_place: part.place.clone(),
    };
    for passage in part.prose() {
        let text = plain(passage.content);
        for sentence in sentences(&text) {
            if found.sentences < OPENING && found.roadmap.is_none() && addresses_reader(sentence) {
                found.roadmap = Some(sentence.to_owned());
            }
            let words = words(sentence);
            found.sentences += 1;
            found.words += words.len();
            found.syllables += words.iter().map(|word| syllables(word)).sum::<usize>();
            found.passives += usize::from(is_passive(sentence));
            if words.len() > found.longest {
                found.longest = words.len();
                found.longest_place = passage.location.clone().into_owned();
            }
        }
    }
    found
}

fn addresses_reader(sentence: &str) -> bool {
    let of_section = |word: &&str| ["reader", "section", "appendix"].contains(&word.to_lowercase().as_str());
    words_of(sentence).iter().any(of_section)
}

/// Returns whether a word is an acronym: two capitals at least, and small letters only as an s of the plural.
fn is_acronym(word: &str) -> bool {
    let name = word.strip_suffix('s').unwrap_or(word);
    let capitals = name.chars().filter(char::is_ascii_uppercase).count();
    capitals >= 2 && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

/// Returns the acronyms by first use; one is explained when its first paragraph has it in brackets behind
/// words, or words in brackets behind it.
fn acronyms(parts: &[Section<'_>], spec: &ReviewSpec) -> Vec<Acronym> {
    let mut found: Vec<Acronym> = Vec::new();
    for passage in parts.iter().flat_map(Section::prose) {
        let text = plain(passage.content);
        for word in words_of(&text).into_iter().filter(|word| is_acronym(word)) {
            let name = word.strip_suffix('s').unwrap_or(word);
            if spec.is_name(name) || found.iter().any(|acronym| acronym.name == name) {
                continue;
            }
            let is_explained = text.contains(&format!("({name})"))
                || text.contains(&format!("({name}s)"))
                || text.contains(&format!("{name} ("));
            let place = passage.location.clone().into_owned();
            found.push(Acronym { name: name.to_owned(), place, is_explained });
        }
    }
    found
}

/// Counts runs of words inside sentences; a run has at least two words of four letters.
fn phrases(parts: &[Section<'_>]) -> Vec<(String, usize)> {
    let texts: Vec<PlainText> =
        parts.iter().flat_map(Section::prose).map(|passage| plain(passage.content)).collect();
    let mut small: HashMap<&str, String> = HashMap::new();
    let sentences: Vec<Vec<&str>> =
        texts.iter().flat_map(|text| sentences(text)).map(|sentence| words_of(sentence)).collect();
    for word in sentences.iter().flatten() {
        small.entry(*word).or_insert_with(|| word.to_lowercase());
    }
    let is_long = |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count() > 3;
    let mut counts: HashMap<[&str; PHRASE], usize> = HashMap::new();
    for sentence in &sentences {
        let words: Vec<&str> = sentence.iter().map(|word| small[word].as_str()).collect();
        for run in words.windows(PHRASE).filter(|run| run.iter().copied().filter(is_long).count() >= 2) {
            let mut key = [""; PHRASE];
            key.copy_from_slice(run);
            *counts.entry(key).or_default() += 1;
        }
    }
    let often = counts.into_iter().filter(|&(_, count)| count >= OFTEN);
    let mut often: Vec<_> = often.map(|(run, count)| (run.join(" "), count)).collect();
    often.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    often.truncate(LISTED);
    often
}
