//! Addresses of links that are defined on lines of their own, and that nothing uses: Markdown drops such a line,
//! `[note]: important` among them.

use std::collections::BTreeSet;

use pulldown_cmark::{Event, Options, Parser, Tag};

/// Returns the names that a text defines and does not use, each with the byte at which its definition begins.
pub(super) fn unused(markdown: &str) -> Vec<(String, usize)> {
    if !markdown.contains("]:") {
        return Vec::new();
    }
    let mut events = Parser::new_ext(markdown, Options::ENABLE_FOOTNOTES | Options::ENABLE_TABLES);
    let used: BTreeSet<String> = events
        .by_ref()
        .filter_map(|event| match event {
            Event::Start(Tag::Link { id, .. } | Tag::Image { id, .. }) => Some(folded(&id)),
            _ => None,
        })
        .collect();
    let defined = events.reference_definitions().iter();
    let mut unused: Vec<_> = defined
        .filter(|(name, _)| !used.contains(&folded(name)))
        .map(|(name, definition)| (name.to_owned(), definition.span.start))
        .collect();
    // A name of several words is none of a note, whatever it begins with.
    if markdown.contains("[^") {
        let mut events = Parser::new_ext(markdown, Options::ENABLE_TABLES);
        events.by_ref().for_each(drop);
        let notes = events.reference_definitions().iter();
        let notes = notes.filter(|(name, _)| name.starts_with('^') && name.contains(char::is_whitespace));
        unused.extend(notes.map(|(name, definition)| (name.to_owned(), definition.span.start)));
    }
    unused.sort_by_key(|(_, at)| *at);
    unused
}

/// Returns a name as Markdown compares it.
fn folded(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nothing_uses_is_found() {
        let names = |text: &str| unused(text).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names("[note]: important\n\nText.\n"), ["note"]);
        assert_eq!(names("Text.\n\n[a]: https://a.org\n[b]: https://b.org\n\n[x][B]\n"), ["a"]);
        assert_eq!(names("> [a]: https://a.org\n"), ["a"]);
        assert_eq!(names("[^a note]: Important.\n\n[^b]: A note.\n"), ["^a note"]);
        for used in ["[A  link]", "[text][a link]", "[a link][]", "![a link]", "*[a link]*"] {
            assert_eq!(names(&format!("{used}\n\n[a link]: https://a.org\n")), [""; 0], "{used}");
        }
        for other in ["[^a]: A note.", "`[a]: b`", "```\n[a]: b\n```", "[a]: two words", "text\n[a]: b"] {
            assert_eq!(names(other), [""; 0], "{other}");
        }
        assert_eq!(unused("é\n\n[a]: b")[0].1, 4);
    }
}
