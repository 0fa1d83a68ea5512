//! Sentences, syllables and passives of English prose, by rules that a reader can repeat by hand.

use unicode_segmentation::UnicodeSegmentation;

/// Forms of *to be* that begin a passive.
const BE: [&str; 8] = ["am", "are", "be", "been", "being", "is", "was", "were"];
/// Words that may stand between *to be* and its participle.
const BETWEEN: usize = 2;
/// Participles that do not end in `ed`.
const IRREGULAR: [&str; 40] = [
    "begun", "bound", "broken", "built", "chosen", "cut", "done", "drawn", "driven", "fed", "found", "given",
    "held", "hidden", "kept", "known", "laid", "left", "lost", "made", "meant", "met", "paid", "put", "read",
    "run", "seen", "sent", "set", "shown", "sold", "spent", "split", "spread", "taken", "taught", "thought",
    "told", "won", "written",
];
/// Words in `ed` that are no participles.
const NO_PARTICIPLE: [&str; 4] = ["embed", "hundred", "need", "speed"];

/// Returns the sentences of a plain text (Unicode Standard Annex 29, section 5), those without letters left
/// out.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    text.unicode_sentences().map(str::trim).filter(|part| part.contains(char::is_alphabetic)).collect()
}

/// Returns the words of a sentence; a number of a fact is one, mathematics, code and references are none.
pub(super) fn words(sentence: &str) -> Vec<&str> {
    let is_word = |word: &&str| word.contains(|c: char| c.is_alphanumeric() || c == '#');
    sentence.split_whitespace().filter(is_word).collect()
}

/// Returns the syllables of a word: runs of vowels, less a silent final e; one at least.
pub(super) fn syllables(word: &str) -> usize {
    let letters: Vec<char> = word.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
    let is_vowel = |c: char| "aeiouy".contains(c);
    let mut count = 0;
    let mut before = false;
    for &letter in &letters {
        let vowel = is_vowel(letter);
        count += usize::from(vowel && !before);
        before = vowel;
    }
    let ends_silent = matches!(letters.as_slice(), [.., a, 'e'] if !is_vowel(*a) && *a != 'l');
    count.saturating_sub(usize::from(ends_silent && count > 1)).max(1)
}

/// Returns whether a sentence holds a form of *to be* with a participle at most two words behind it.
pub(super) fn is_passive(sentence: &str) -> bool {
    let words: Vec<String> = words(sentence)
        .iter()
        .map(|word| word.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase())
        .collect();
    words.iter().enumerate().any(|(at, word)| {
        let behind = words.iter().skip(at + 1).take(BETWEEN + 1);
        BE.contains(&word.as_str()) && behind.into_iter().any(|word| is_participle(word))
    })
}

fn is_participle(word: &str) -> bool {
    let regular = word.ends_with("ed") && word.len() > 3 && !NO_PARTICIPLE.contains(&word);
    regular || IRREGULAR.contains(&word)
}

/// Returns the Flesch-Kincaid grade: 0.39 words per sentence + 11.8 syllables per word - 15.59.
///
/// Kincaid, Fishburne, Rogers and Chissom, "Derivation of New Readability Formulas", Naval Technical Training
/// Command, Research Branch Report 8-75, 1975.
pub(super) fn grade(sentences: usize, words: usize, syllables: usize) -> f64 {
    let [sentences, words, syllables] = [sentences, words, syllables].map(|count| count.max(1) as f64);
    0.39 * words / sentences + 11.8 * syllables / words - 15.59
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_a_reader_ends_them() {
        let text = "A router holds # maps. It moves, e.g. at night, none! Does @ hold? Yes.";
        let found = ["A router holds # maps.", "It moves, e.g. at night, none!", "Does @ hold?", "Yes."];
        assert_eq!(sentences(text), found);
    }

    #[test]
    fn words_are_counted_with_numbers_and_without_mathematics() {
        assert_eq!(words("A node has # links and @ no more.").len(), 8);
    }

    #[test]
    fn syllables_follow_runs_of_vowels() {
        let expected =
            [("the", 1), ("rate", 1), ("table", 2), ("topology", 4), ("branches", 2), ("rhythm", 1)];
        for (word, count) in expected {
            assert_eq!(syllables(word), count, "{word}");
        }
    }

    #[test]
    fn a_passive_needs_a_form_of_be_and_a_participle() {
        assert!(is_passive("The table is written once."));
        assert!(is_passive("Maps were also quickly learned."));
        assert!(!is_passive("The router is fast and needs speed."));
        assert!(!is_passive("We learned maps."));
    }

    #[test]
    fn the_grade_is_that_of_the_published_formula() {
        assert!((grade(2, 20, 30) - (0.39 * 10.0 + 11.8 * 1.5 - 15.59)).abs() < 1e-12);
    }
}
