//! The block `outreach` of `paper/paper.yaml`: which texts are made beside the paper, and what they may hold.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::assertion::Range;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::source::place;

/// The texts that stand beside a paper; each kind that is left out is not made.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outreach {
    /// The address below which the pages are published; none while it is not known.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub site: Option<Spanned<String>>,
    /// A summary of a few pages: Markdown, HTML and PDF.
    #[serde(default)]
    pub summary: Option<Summary>,
    /// A post of a blog: Markdown and HTML, with a card for those who share it.
    #[serde(default)]
    pub blog: Option<Blog>,
    /// A thread of short posts: Markdown and JSON.
    #[serde(default)]
    pub thread: Option<Thread>,
    /// A post for Hacker News: a title and its first comment, plain text.
    #[serde(default)]
    pub hn: Option<HnPost>,
}

/// The file of a summary and its limits.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// The text, below the root.
    #[schemars(with = "PathBuf")]
    pub source: Spanned<PathBuf>,
    /// Words of its paragraphs, lists and quotations.
    #[serde(default)]
    pub words: Option<Range>,
    /// Figures of the paper that it shows.
    #[serde(default)]
    pub figures: Option<Range>,
    /// Tables of the paper that it shows.
    #[serde(default)]
    pub tables: Option<Range>,
    /// Pages of its PDF.
    #[serde(default)]
    pub pages: Option<Range>,
}

/// The file of a blog post and its limits.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Blog {
    /// The text, below the root.
    #[schemars(with = "PathBuf")]
    pub source: Spanned<PathBuf>,
    /// Words of its paragraphs, lists and quotations.
    #[serde(default)]
    pub words: Option<Range>,
    /// The figure of the card.
    #[schemars(with = "String")]
    pub card: Spanned<String>,
}

/// The file of a thread and its limits.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thread {
    /// The text, below the root.
    #[schemars(with = "PathBuf")]
    pub source: Spanned<PathBuf>,
    /// Posts.
    #[serde(default)]
    pub posts: Option<Range>,
    /// Characters of a post as the platform weighs them.
    #[serde(default)]
    pub weighted_characters: Option<Range>,
    /// Characters of the alternative text of an image.
    #[serde(default)]
    pub alt_characters: Option<Range>,
}

/// The file of a post for Hacker News and its limits.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HnPost {
    /// The text, below the root.
    #[schemars(with = "PathBuf")]
    pub source: Spanned<PathBuf>,
    /// How the title begins.
    #[serde(default)]
    pub title_begins: Option<String>,
    /// Characters of the title.
    #[serde(default)]
    pub title_characters: Option<Range>,
    /// Words of the comment's paragraphs and lists.
    #[serde(default)]
    pub words: Option<Range>,
}

impl Outreach {
    /// Returns the files of all texts, below the root.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.sources().into_iter().map(|source| source.value.as_path())
    }

    /// Returns the address of the site, without a slash at its end.
    pub fn site(&self) -> Option<&str> {
        self.site.as_ref().map(|site| site.value.trim_end_matches('/'))
    }

    /// Reports what no reader of YAML can see, in the file that holds this block.
    pub fn check(&self, file: &Path) -> Diagnostics {
        let mut errors = Diagnostics::default();
        let mut error = |location: Location, message: String, remedy: &str| {
            errors.push(Diagnostic::new(location, message).remedy(remedy));
        };
        if let Some(site) = &self.site
            && !["https://", "http://"].iter().any(|start| site.value.starts_with(start))
        {
            let message = format!("`{}` is not the address of a site", site.value);
            error(place(file, site), message, "begin it with `https://`");
        }
        let sources = self.sources();
        for (index, source) in sources.iter().enumerate() {
            let stem = stem(&source.value);
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if stem.is_empty() || !stem.chars().all(plain) {
                let message = format!("`{stem}` cannot name a text and its outputs");
                let remedy = "name the file with small letters, digits and hyphens";
                error(place(file, source), message, remedy);
            }
            if sources[..index].iter().any(|other| self::stem(&other.value) == stem) {
                let message = format!("two texts of outreach are called `{stem}`");
                error(place(file, source), message, "give one of the two files another name");
            }
        }
        errors
    }

    fn sources(&self) -> Vec<&Spanned<PathBuf>> {
        let summary = self.summary.as_ref().map(|text| &text.source);
        let blog = self.blog.as_ref().map(|text| &text.source);
        let thread = self.thread.as_ref().map(|text| &text.source);
        let hn = self.hn.as_ref().map(|text| &text.source);
        [summary, blog, thread, hn].into_iter().flatten().collect()
    }
}

/// Returns the name of a text and of its outputs.
pub fn stem(source: &Path) -> String {
    source.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}
