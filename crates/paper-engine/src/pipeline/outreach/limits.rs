//! What the texts of outreach may hold, and by how much one misses it.

use super::text::{Kind, Text};
use crate::assertion::Range;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::lint;
use crate::manuscript::{BlockKind, Document};
use crate::output::Post;
use crate::pipeline::paper::{Blog, HnPost, Outreach, Summary, Thread, stem};

/// One thing that was counted in a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// The name of the text.
    pub text: String,
    /// What was counted, such as `words`.
    pub what: &'static str,
    /// How many there are.
    pub count: usize,
    /// How many there may be.
    pub limit: Option<Range>,
}

/// What was counted, and every limit that was missed.
#[derive(Debug, Default)]
pub struct Measures {
    /// Every count.
    pub all: Vec<Measure>,
    /// The counts outside their limits, each at its place.
    pub missed: Diagnostics,
}

impl Measures {
    /// Counts what can be counted before anything is rendered.
    pub fn of(outreach: &Outreach, texts: &[Text], posts: &[Post]) -> Self {
        let mut measures = Self::default();
        for Text { kind, name, start, document } in texts {
            let mut count = |what, count, limit| measures.count(name, what, count, limit, start);
            match kind {
                Kind::Summary => {
                    let Some(Summary { words, figures, tables, .. }) = &outreach.summary else { continue };
                    count("words", words_of(document), *words);
                    count("figures", placed(document, true), *figures);
                    count("tables", placed(document, false), *tables);
                }
                Kind::Blog => {
                    let Some(Blog { words, .. }) = &outreach.blog else { continue };
                    count("words", words_of(document), *words);
                }
                Kind::Thread => {
                    let Some(thread) = &outreach.thread else { continue };
                    count("posts", posts.len(), thread.posts);
                    measures.posts(thread, posts);
                }
                Kind::HnPost => {
                    let Some(post) = &outreach.hn else { continue };
                    count("words", words_of(document), post.words);
                    measures.title(post, document, start);
                }
            }
        }
        measures
    }

    /// Keeps one count of a text and reports it where it is outside its limit.
    pub fn count(
        &mut self,
        text: &str,
        what: &'static str,
        count: usize,
        limit: Option<Range>,
        place: &Location,
    ) {
        self.all.push(Measure { text: text.to_owned(), what, count, limit });
        self.hold(&format!("`{text}`"), what, count, limit, place);
    }

    /// Reports a count where it is outside its limit.
    fn hold(&mut self, subject: &str, what: &str, count: usize, limit: Option<Range>, place: &Location) {
        let missed = limit.and_then(|range| range.check(subject, count, what, place));
        self.missed.0.extend(missed.map(|error| error.breaks(&lint::OUTREACH_LIMIT)));
    }

    fn posts(&mut self, thread: &Thread, posts: &[Post]) {
        let name = stem(&thread.source.value);
        let longest = posts.iter().map(|post| weighted(&post.text)).max().unwrap_or(0);
        let limit = thread.weighted_characters;
        let what = "weighted characters of the longest post";
        self.all.push(Measure { text: name, what, count: longest, limit });
        for (index, post) in posts.iter().enumerate() {
            let number = index + 1;
            let weight = weighted(&post.text);
            let place = &post.location;
            self.hold(&format!("post {number}"), "weighted characters", weight, limit, place);
            let Some(picture) = &post.picture else { continue };
            let count = picture.alt.chars().count();
            let what = format!("the alternative text of post {number}");
            let file = Location::new(format!("figures/{}.yaml", picture.figure), 1, 1);
            self.hold(&what, "characters", count, thread.alt_characters, &file);
            if picture.alt.trim().is_empty() {
                let error =
                    Diagnostic::new(file, format!("the image of post {number} has no alternative text"));
                self.missed.push(error.remedy("say in `alt` what a reader who cannot see it needs"));
            }
        }
    }

    fn title(&mut self, post: &HnPost, document: &Document, place: &Location) {
        let count = document.title.chars().count();
        let limit = post.title_characters;
        let text = stem(&post.source.value);
        self.all.push(Measure { text, what: "characters of the title", count, limit });
        self.hold("the title", "characters", count, limit, place);
        if let Some(begin) = post.title_begins.as_deref().filter(|begin| !document.title.starts_with(begin)) {
            let error = Diagnostic::new(place.clone(), format!("the title does not begin with `{begin}`"));
            self.missed.push(error.remedy(format!("write `# {begin} …`")));
        }
    }
}

/// Returns the length of a post as its platform counts: an address is 23, a character outside Latin scripts
/// is 2 (twitter-text, configuration 3).
fn weighted(text: &str) -> usize {
    let counted = twitter_text::parse(text, twitter_text_config::config_v3(), true);
    usize::try_from(counted.weighted_length).unwrap_or(0)
}

fn words_of(document: &Document) -> usize {
    lint::count(document).iter().map(|part| part.words).sum()
}

/// Figures or tables of a document.
fn placed(document: &Document, figures: bool) -> usize {
    let wanted = |kind: &BlockKind| match kind {
        BlockKind::Figure { .. } => figures,
        BlockKind::Table { .. } => !figures,
        _ => false,
    };
    document.blocks.iter().filter(|block| wanted(&block.kind)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posts_are_weighed_as_their_platform_weighs_them() {
        assert_eq!(weighted("1/15 plain text"), 15);
        assert_eq!(weighted("a https://arxiv.org/abs/2304.01433"), 2 + 23);
        assert_eq!(weighted("座標"), 4);
        assert_eq!(weighted("👨‍👩‍👧‍👦"), 2);
        // Of these only the ellipsis is heavy.
        assert_eq!(weighted("1.92× “noise” – …"), 18);
    }
}
