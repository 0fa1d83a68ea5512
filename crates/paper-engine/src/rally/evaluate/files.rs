//! What a finished text file holds: words, pictures, tables, posts.

use serde::Deserialize;

/// The heading above the list of references.
const REFERENCES: &str = "## References";

/// The characters of the first line.
pub(super) fn first_line(text: &str) -> usize {
    text.lines().next().unwrap_or_default().trim_start_matches('#').trim().chars().count()
}

/// The words of the prose of a Markdown file: neither captions, tables, code and headings, nor the list of references.
pub(super) fn words(text: &str, after_first_line: bool) -> usize {
    let mut is_code = false;
    let mut count = 0;
    for line in text.lines().skip(usize::from(after_first_line)) {
        let line = line.trim();
        if !is_code && line == REFERENCES {
            break;
        }
        if line.starts_with("```") {
            is_code = !is_code;
        } else if !is_code
            && !["#", "|", "![", "<", "**Fig.", "**Table"].iter().any(|sign| line.starts_with(sign))
        {
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

/// The weight of a post by the rules of the platform, as twitter-text counts.
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
