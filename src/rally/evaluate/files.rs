//! What a finished text file holds: words, pictures, tables, posts.

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

/// The characters of the first line.
pub(super) fn first_line(text: &str) -> usize {
    text.lines().next().unwrap_or_default().trim_start_matches('#').trim().chars().count()
}

/// The words of the prose of a Markdown file.
pub(super) fn words(text: &str, after_first_line: bool) -> usize {
    let mut is_code = false;
    let mut count = 0;
    for line in text.lines().skip(usize::from(after_first_line)) {
        let line = line.trim();
        if line.starts_with("```") {
            is_code = !is_code;
        } else if !is_code && !["#", "|", "![", "<"].iter().any(|sign| line.starts_with(sign)) {
            let is_word = |word: &&str| word.contains(char::is_alphanumeric);
            count += line.split_whitespace().filter(is_word).count();
        }
    }
    count
}

/// The pictures of a Markdown file.
pub(super) fn pictures(text: &str) -> usize {
    text.matches("![").count() + text.matches("<img").count() + text.matches("<svg").count()
}

/// The tables of a Markdown file, by the lines below their headers.
pub(super) fn tables(text: &str) -> usize {
    let is_rule = |line: &str| {
        line.contains("---") && line.starts_with('|') && line.chars().all(|c| "|-: ".contains(c))
    };
    text.lines().filter(|line| is_rule(line.trim())).count()
}

#[derive(Deserialize)]
struct Thread {
    posts: Vec<Post>,
}

#[derive(Deserialize)]
struct Post {
    text: String,
}

/// The weights of the posts of a thread.
pub(super) fn posts(bytes: &[u8]) -> Result<Vec<usize>, String> {
    let thread: Thread = serde_json::from_slice(bytes).map_err(|error| format!("no thread: {error}"))?;
    Ok(thread.posts.iter().map(|post| weight(&post.text)).collect())
}

/// The weight of a post by the rules of the platform (twitter-text, configuration 3): after normalization to NFC a
/// link counts 23, a character of the Latin, Greek, Cyrillic and neighbouring blocks or of general punctuation one,
/// any other two.
fn weight(text: &str) -> usize {
    const LINK: usize = 23;
    const LIGHT: [std::ops::RangeInclusive<u32>; 4] = [0..=4351, 8192..=8205, 8208..=8223, 8242..=8247];
    let of = |c: char| if LIGHT.iter().any(|range| range.contains(&u32::from(c))) { 1 } else { 2 };
    let text: String = text.nfc().collect();
    text.split_inclusive(char::is_whitespace)
        .map(|part| {
            let word = part.trim_end();
            let space: usize = part[word.len()..].chars().map(of).sum();
            let is_link = word.starts_with("https://") || word.starts_with("http://");
            space + if is_link { LINK } else { word.chars().map(of).sum() }
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_counts_and_frames_do_not() {
        let text = "# A title\n\nOne two – three.\n\n| a | b |\n| --- | ---: |\n| 1 | 2 |\n\n![alt](p.svg)\n```\nfour\n```\nfive";
        assert_eq!((words(text, false), words("Show HN: x\n\nOne two", true)), (4, 2));
        assert_eq!((pictures(text), tables(text), first_line(text)), (1, 1, 7));
    }

    #[test]
    fn posts_weigh_as_on_the_platform() {
        assert_eq!(weight("abc é"), 5);
        assert_eq!(weight("e\u{301}"), 1);
        assert_eq!(weight("日本"), 4);
        assert_eq!(weight("see https://example.org/a/very/long/path/that/never/ends now"), 4 + 23 + 4);
        assert_eq!(posts(br#"{"posts": [{"text": "a", "alt": "x"}, {"text": "bcd"}]}"#), Ok(vec![1, 3]));
        assert!(posts(b"[]").is_err());
    }
}
