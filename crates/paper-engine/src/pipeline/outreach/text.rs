//! The texts beside the paper, resolved.

use crate::diagnostic::Location;
use crate::manuscript::Document;
use crate::output::Post;

/// What is made of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A summary of a few pages.
    Summary,
    /// A post of a blog.
    Blog,
    /// A thread of short posts.
    Thread,
    /// A post for Hacker News.
    HnPost,
}

/// One text, resolved.
pub struct Text {
    /// What it becomes.
    pub kind: Kind,
    /// The name of its outputs.
    pub name: String,
    /// Where its title stands.
    pub start: Location,
    /// Its content.
    pub document: Document,
}

/// All texts of a paper.
#[derive(Default)]
pub struct Texts {
    /// The texts in the order of their kinds.
    pub texts: Vec<Text>,
    /// The posts of the thread.
    pub posts: Vec<Post>,
}

impl Texts {
    /// Returns what the texts say.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.texts.iter().map(|text| &text.document)
    }
}
