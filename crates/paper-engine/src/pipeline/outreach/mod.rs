//! The texts beside the paper: a summary, a blog post, a thread and a post for Hacker News, by the paper's
//! own rules.

mod limits;
mod read;
mod render;
mod text;

pub use limits::Measure;
pub use read::{lint, read};
pub use render::{Made, render};
pub use text::Texts;
