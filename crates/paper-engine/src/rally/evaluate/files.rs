//! What a finished text file holds: words, pictures, tables, posts.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};
use serde::Deserialize;

/// The heading above the list of references.
const REFERENCES: &str = "## References";

/// How captions of figures and tables begin.
const CAPTIONS: [&str; 2] = ["**Fig.", "**Table"];

/// Returns the characters of the first line.
pub(super) fn first_line(text: &str) -> usize {
    text.lines().next().unwrap_or_default().trim_start_matches('#').trim().chars().count()
}

/// What a Markdown file holds, found in one pass over its events.
#[derive(Debug, Default)]
struct Parts {
    pictures: usize,
    tables: usize,
    /// The bytes that are no prose: headings, captions, code, tables, pictures, HTML.
    apart: Vec<Range<usize>>,
    /// Where the list of references begins, or the text ends.
    end: usize,
}

fn parts(text: &str) -> Parts {
    let mut parts = Parts { end: text.len(), ..Parts::default() };
    let events = Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES).into_offset_iter();
    for (event, range) in events {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                if text[range.clone()].trim() == REFERENCES {
                    parts.end = parts.end.min(range.start);
                }
                parts.apart.push(range);
            }
            Event::Start(Tag::Paragraph) => {
                // A caption may follow the anchor of its figure or table in the same paragraph.
                let mut at = range.start;
                for line in text[range.clone()].split_inclusive('\n') {
                    if CAPTIONS.iter().any(|sign| line.starts_with(sign)) {
                        parts.apart.push(at..range.end);
                        break;
                    }
                    at += line.len();
                }
            }
            Event::Start(Tag::Table(_)) => {
                parts.tables += 1;
                parts.apart.push(range);
            }
            Event::Start(Tag::Image { .. }) => {
                parts.pictures += 1;
                parts.apart.push(range);
            }
            Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock) => parts.apart.push(range),
            Event::Html(html) | Event::InlineHtml(html) => {
                parts.pictures += html.matches("<img").count() + html.matches("<svg").count();
                parts.apart.push(range);
            }
            _ => {}
        }
    }
    parts.apart.sort_by_key(|range| range.start);
    parts
}

/// Returns the words of the prose of a Markdown file: neither captions, tables, code and headings, nor the
/// list of references.
pub(super) fn words(text: &str, after_first_line: bool) -> usize {
    let text = if after_first_line { text.split_once('\n').map_or("", |(_, rest)| rest) } else { text };
    let parts = parts(text);
    let is_word = |word: &&str| word.contains(char::is_alphanumeric);
    let (mut count, mut from) = (0, 0);
    for range in parts.apart.iter().chain([&(parts.end..text.len())]) {
        let to = range.start.clamp(from, parts.end.max(from));
        count += text[from..to].split_whitespace().filter(is_word).count();
        from = from.max(range.end);
    }
    count
}

/// Returns the pictures of a Markdown file.
pub(super) fn pictures(text: &str) -> usize {
    parts(text).pictures
}

/// Returns the tables of a Markdown file.
pub(super) fn tables(text: &str) -> usize {
    parts(text).tables
}

#[derive(Deserialize)]
struct Thread {
    posts: Vec<Post>,
}

#[derive(Deserialize)]
struct Post {
    text: String,
}

/// Returns the weights of the posts of a thread.
pub(super) fn posts(bytes: &[u8]) -> Result<Vec<usize>, String> {
    let thread: Thread = serde_json::from_slice(bytes).map_err(|error| format!("no thread: {error}"))?;
    Ok(thread.posts.iter().map(|post| weight(&post.text)).collect())
}

/// Returns the weight of a post by the rules of the platform, as twitter-text counts.
fn weight(text: &str) -> usize {
    let counted = twitter_text::parse(text, twitter_text_config::config_v3(), true);
    usize::try_from(counted.weighted_length).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_counts_and_frames_do_not() {
        let text = "# A title\n\nOne two – three.\n\n| a | b |\n| --- | ---: |\n| 1 | 2 |\n\n![alt](p.svg)\n```\nfour\n```\nfive\n\n**Fig.\u{a0}1.** Six\n\n## References\n\n1. Seven";
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
