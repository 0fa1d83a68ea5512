//! Phrases in a line.

/// Returns the bytes at which a phrase stands in a line, in capitals or not, and not inside another word.
pub fn whole_words(line: &str, phrase: &str) -> Vec<usize> {
    let is_letter = |c: char| c.is_alphanumeric();
    let (lower, phrase) = (line.to_ascii_lowercase(), phrase.to_ascii_lowercase());
    let places = lower.match_indices(&phrase).map(|(at, _)| at).filter(|&at| {
        let before = line[..at].chars().next_back();
        let after = line[at + phrase.len()..].chars().next();
        !before.is_some_and(is_letter) && !after.is_some_and(is_letter)
    });
    places.collect()
}
