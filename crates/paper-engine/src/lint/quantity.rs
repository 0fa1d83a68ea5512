//! Quantities in running text: digits and spelled-out numbers, told apart from names, ordinals and pronouns.

use std::ops::Range;

/// Words that are numbers wherever they stand.
const CARDINALS: [&str; 31] = [
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
    "thousand",
    "million",
    "billion",
    "trillion",
];
/// Words that multiply or divide.
const FACTORS: [&str; 12] = [
    "half",
    "halves",
    "twice",
    "thrice",
    "dozen",
    "dozens",
    "hundreds",
    "thousands",
    "millions",
    "billions",
    "tens",
    "thirds",
];
/// Denominators, numbers only behind a numerator.
const DENOMINATORS: [&str; 12] = [
    "third",
    "quarter",
    "quarters",
    "fifth",
    "fifths",
    "sixth",
    "eighth",
    "eighths",
    "tenth",
    "tenths",
    "hundredth",
    "thousandth",
];
/// Units that make a quantity of the word `one` before them.
const UNITS: [&str; 18] = [
    "percent",
    "second",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "year",
    "millisecond",
    "microsecond",
    "nanosecond",
    "byte",
    "bit",
    "watt",
    "metre",
    "meter",
    "gigabyte",
    "terabyte",
];

/// A word and its place in the text.
#[derive(Clone, Copy, Debug)]
struct Word<'t> {
    text: &'t str,
    start: usize,
}

/// Returns the byte ranges of all quantities in a text, in order.
pub fn quantities(text: &str) -> Vec<Range<usize>> {
    let words = words(text);
    let mut found: Vec<Range<usize>> = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let before =
            index.checked_sub(1).and_then(|index| words.get(index)).map(|word| word.text.to_lowercase());
        let after = words.get(index + 1).map(|word| word.text.to_lowercase());
        if is_quantity(word.text, before.as_deref(), after.as_deref()) {
            let range = word.start..word.start + word.text.len();
            match found.last_mut() {
                // `two thirds` and `three hundred` are one quantity each.
                Some(last) if text[last.end..range.start].trim_matches([' ', '-', '\u{a0}']).is_empty() => {
                    last.end = range.end;
                }
                _ => found.push(range),
            }
        }
    }
    found
}

/// Returns words between spaces and dashes, without the punctuation around them.
fn words(text: &str) -> Vec<Word<'_>> {
    let mut out = Vec::new();
    let mut start = None;
    for (at, character) in text.char_indices().chain([(text.len(), ' ')]) {
        let inside = character.is_alphanumeric() || "'’.,:%+×".contains(character) || character == '/';
        match (inside, start) {
            (true, None) => start = Some(at),
            (false, Some(begin)) => {
                push(text, begin, at, &mut out);
                // A hyphen between letters or digits keeps a name such as GPT-3 together.
                start = None;
            }
            _ => {}
        }
    }
    join_names(text, out)
}

fn push<'t>(text: &'t str, begin: usize, end: usize, out: &mut Vec<Word<'t>>) {
    let raw = &text[begin..end];
    let trimmed = raw.trim_start_matches(|c: char| !c.is_alphanumeric());
    let start = begin + raw.len() - trimmed.len();
    let trimmed = trimmed.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '%' && c != '×');
    if !trimmed.is_empty() {
        out.push(Word { text: trimmed, start });
    }
}

/// Joins words around a hyphen into one name when the first part ends the name of a thing, as in GPT-3.
fn join_names<'t>(text: &'t str, words: Vec<Word<'t>>) -> Vec<Word<'t>> {
    let mut out: Vec<Word<'t>> = Vec::new();
    for word in words {
        if let Some(last) = out.last_mut() {
            let end = last.start + last.text.len();
            let named = last.text.starts_with(|c: char| c.is_ascii_uppercase()) && is_name_part(word.text);
            if &text[end..word.start] == "-" && named {
                last.text = &text[last.start..word.start + word.text.len()];
                continue;
            }
        }
        out.push(word);
    }
    out
}

/// Returns whether a word behind a hyphen can belong to a name: digits, or a capital letter.
fn is_name_part(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase())
}

fn is_quantity(word: &str, before: Option<&str>, after: Option<&str>) -> bool {
    if word.contains(|c: char| c.is_ascii_digit()) {
        return !is_name(word);
    }
    let lower = word.to_lowercase();
    let lower = lower.as_str();
    if CARDINALS.contains(&lower) {
        return true;
    }
    if let Some(stem) = lower.strip_suffix("fold") {
        return CARDINALS.contains(&stem.trim_end_matches('-'));
    }
    if FACTORS.contains(&lower) {
        // `in half` and `half-duplex` tell how, not how many.
        return !(lower == "half" && matches!(after, Some("duplex" | "open" | "hearted")));
    }
    if DENOMINATORS.contains(&lower) {
        let numerator = before.is_some_and(|word| word == "a" || word == "one" || CARDINALS.contains(&word));
        return numerator && !after.is_some_and(is_counted_ordinal);
    }
    lower == "one"
        && after.is_some_and(|after| UNITS.contains(&after.trim_end_matches('s')) || is_scale(after))
}

/// Returns words behind an ordinal that count a thing instead of dividing one: `a third route`.
fn is_counted_ordinal(word: &str) -> bool {
    !matches!(
        word,
        "of" | "to" | "more" | "less" | "fewer" | "the" | "as" | "and" | "or" | "in" | "by" | "is" | "at"
    )
}

/// Returns whether a word after `one` makes a number of both: `one hundred`, `one third`.
fn is_scale(word: &str) -> bool {
    matches!(
        word,
        "hundred" | "thousand" | "million" | "billion" | "half" | "third" | "quarter" | "fifth" | "tenth"
    )
}

/// Returns whether a word with digits names a thing: A100, v4, IPv6, 3D, 4x4x8, 2.3.4/2.2.3/1.1.1.
fn is_name(word: &str) -> bool {
    let letters_first = word.starts_with(|c: char| c.is_alphabetic()) && !word.starts_with(['~', '≈']);
    let dimension =
        word.strip_suffix(['D', 'd']).is_some_and(|rest| rest.len() == 1 && rest.parse::<u8>().is_ok());
    let parts: Vec<&str> = word.split('x').collect();
    let shape = parts.len() > 1 && parts.iter().all(|part| !part.is_empty() && part.parse::<usize>().is_ok());
    let coordinate = word.contains('/') && word.split('/').all(|arm| arm.split('.').count() == 3);
    letters_first || dimension || shape || coordinate
}
