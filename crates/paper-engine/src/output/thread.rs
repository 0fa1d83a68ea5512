//! A thread of short posts: numbered, without markup, each with at most one picture.

use std::fmt::Write;

use serde::Serialize;

use super::bare::{BareWriter, Citations};
use super::markdown::escape;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::manuscript::{Block, BlockKind, Document};

/// One post of a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Where its heading stands.
    pub location: Location,
    /// What is posted, its number included.
    pub text: String,
    /// The figure shown with it.
    pub picture: Option<Picture>,
}

/// The figure of a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The name of the figure's file without ending.
    pub figure: String,
    /// What a reader who cannot see it needs.
    pub alt: String,
}

impl Picture {
    /// Returns where the picture lies, seen from the thread.
    pub fn path(&self) -> String {
        format!("pictures/{}.png", self.figure)
    }
}

/// Splits a document into posts: each heading opens one and is not part of it.
///
/// # Errors
/// Text before the first heading, and what a post cannot hold, located.
pub fn posts(document: &Document) -> Result<Vec<Post>, Diagnostics> {
    let citations = Citations::Addresses(&document.references);
    let mut writer = BareWriter { what: "a post", citations, errors: Diagnostics::default() };
    let mut posts: Vec<Post> = Vec::new();
    for block in &document.blocks {
        if let BlockKind::Heading { .. } = block.kind {
            posts.push(Post { location: block.location.clone(), text: String::new(), picture: None });
            continue;
        }
        let Some(post) = posts.last_mut() else {
            let error = Diagnostic::new(block.location.clone(), "this text stands in no post");
            writer.errors.push(error.remedy("open a post with a heading such as `## What it is`"));
            continue;
        };
        add(block, post, &mut writer);
    }
    let count = posts.len();
    for (index, post) in posts.iter_mut().enumerate() {
        post.text = format!("{}/{count} {}", index + 1, post.text);
    }
    writer.errors.into_result(posts)
}

fn add(block: &Block, post: &mut Post, writer: &mut BareWriter<'_>) {
    if let BlockKind::Figure { id, alt, .. } = &block.kind {
        if post.picture.is_some() {
            return writer.refuse("second figure", &block.location).unwrap_or_default();
        }
        post.picture = Some(Picture { figure: id.clone(), alt: alt.clone() });
    } else if let Some(bare) = writer.block(block) {
        if !post.text.is_empty() {
            post.text.push_str("\n\n");
        }
        post.text.push_str(&bare.lines.join("\n"));
    }
}

/// Returns the thread for readers: one post after the other, each with its picture.
pub fn thread_markdown(title: &str, posts: &[Post]) -> String {
    let mut out = format!("# {}\n", escape(title));
    for (index, post) in posts.iter().enumerate() {
        out.push_str(if index == 0 { "\n" } else { "\n---\n\n" });
        let paragraphs = post.text.split("\n\n").map(|paragraph| {
            let lines = paragraph.lines().map(escape).collect::<Vec<_>>();
            lines.join("\\\n")
        });
        out.push_str(&paragraphs.collect::<Vec<_>>().join("\n\n"));
        out.push('\n');
        if let Some(picture) = &post.picture {
            let _ = write!(out, "\n![{}]({})\n", escape(&picture.alt), picture.path());
        }
    }
    out
}

#[derive(Serialize)]
struct Thread<'p> {
    posts: Vec<ThreadPost<'p>>,
}

#[derive(Serialize)]
struct ThreadPost<'p> {
    text: &'p str,
    image: Option<String>,
    alt: Option<&'p str>,
}

/// Returns the thread for programs: text, image and alternative text of each post; `null` where there is no
/// image.
///
/// # Errors
/// A text that JSON cannot hold.
pub fn thread_json(posts: &[Post]) -> serde_json::Result<String> {
    let entries = posts.iter().map(|Post { text, picture, .. }| {
        let alt = picture.as_ref().map(|picture| picture.alt.as_str());
        ThreadPost { text, image: picture.as_ref().map(Picture::path), alt }
    });
    let thread = Thread { posts: entries.collect() };
    Ok(serde_json::to_string_pretty(&thread)? + "\n")
}

#[cfg(test)]
mod tests {
    use super::super::sample::{self, text};
    use super::*;
    use crate::language::Language;
    use crate::manuscript::InlineKind;

    fn at(line: usize, kind: BlockKind) -> Block {
        Block { location: Location::new("thread.md", line, 1), kind }
    }

    fn heading(line: usize) -> Block {
        let (number, label) = (String::new(), format!("sec:{line}"));
        at(line, BlockKind::Heading { level: 1, number, label, content: vec![text("A note")] })
    }

    fn figure(line: usize) -> Block {
        let (id, label, alt) = ("fig-1-a".into(), "fig:a".into(), "What is *seen*".into());
        at(
            line,
            BlockKind::Figure { id, label, number: 1, caption: Vec::new(), alt, wide: false, picture: None },
        )
    }

    fn document(blocks: Vec<Block>) -> Document {
        let work = sample::work("k", 1, Some("10.1145/1"));
        Document {
            language: Language::English,
            heading: Vec::new(),
            title: "A thread".into(),
            front: crate::manuscript::Front::default(),
            keywords: Vec::new(),
            abstract_blocks: Vec::new(),
            blocks,
            appendices: Vec::new(),
            back: Vec::new(),
            references: vec![work],
        }
    }

    #[test]
    fn headings_open_posts_and_are_not_part_of_them() {
        let link = InlineKind::Link { url: "https://a.org/b".into(), content: vec![text("there")] }.into();
        let paragraph = vec![
            text("It takes 5\u{a0}ms, "),
            InlineKind::Emphasis(vec![text("see ")]).into(),
            link,
            text(" and "),
            InlineKind::Cite(vec![sample::citation("k", 1)]).into(),
        ];
        let list = BlockKind::List {
            start: None,
            items: vec![vec![at(5, BlockKind::Paragraph(vec![text("one")]))]],
        };
        let blocks = vec![
            heading(1),
            at(3, BlockKind::Paragraph(paragraph)),
            at(5, list),
            heading(7),
            at(9, BlockKind::Paragraph(vec![text("Two.")])),
            figure(11),
        ];
        let posts = posts(&document(blocks)).expect("posts");
        let first = "1/2 It takes 5 ms, see there (https://a.org/b) and https://doi.org/10.1145/1\n\n- one";
        assert_eq!(posts[0].text, first);
        assert_eq!(posts[1].text, "2/2 Two.");
        assert_eq!(posts[1].picture.as_ref().expect("a picture").alt, "What is *seen*");
        let markdown = thread_markdown("A thread", &posts);
        assert!(markdown.ends_with("---\n\n2/2 Two.\n\n![What is \\*seen\\*](pictures/fig-1-a.png)\n"));
        let json: serde_json::Value =
            serde_json::from_str(&thread_json(&posts).expect("JSON")).expect("JSON");
        assert_eq!(json["posts"][0]["image"], serde_json::Value::Null);
        assert_eq!(json["posts"][1]["image"], "pictures/fig-1-a.png");
    }

    #[test]
    fn what_a_post_cannot_hold_is_named_at_its_place() {
        let equation = BlockKind::Equation { tex: "x".into(), number: None, rows: Vec::new() };
        let blocks = vec![
            at(1, BlockKind::Paragraph(vec![text("Too early.")])),
            heading(2),
            figure(3),
            figure(4),
            at(5, equation),
            at(6, BlockKind::Paragraph(vec![InlineKind::Math("x".into()).into()])),
        ];
        let errors = posts(&document(blocks)).expect_err("errors");
        let said: Vec<String> = errors.0.iter().map(ToString::to_string).collect();
        let said = said.join("\n");
        for part in [
            "thread.md:1:1: this text stands in no post",
            "thread.md:4:1: a post cannot hold a second figure",
            "thread.md:5:1: a post cannot hold a displayed formula",
            "thread.md:6:1: a post cannot hold a formula",
        ] {
            assert!(said.contains(part), "no {part} in {said}");
        }
    }
}
