//! The texts beside the paper: a summary, a blog post, a thread and a post for Hacker News, by the paper's own rules.

mod limits;
mod render;
mod spec;

use std::path::Path;
use std::sync::Arc;

use super::paper::Author;
use super::stages::{self, Inputs, Material};
use super::{Clock, Options};
use crate::diagnostic::{Diagnostics, Location};
use crate::facts::Facts;
use crate::lint;
use crate::manuscript::{Document, FigureText, Kept, Sources, read_standalone};
use crate::output::{self, Post};

pub use limits::Measure;
pub use render::render;
pub use spec::Outreach;

use limits::Measures;
use spec::stem;

/// The name by which `::: edition` blocks of these texts are kept.
const EDITION: &str = "outreach";

/// What is made of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Summary,
    Blog,
    Thread,
    HnPost,
}

/// One text, resolved.
struct Text {
    kind: Kind,
    /// The name of its outputs.
    name: String,
    /// Where its title stands.
    start: Location,
    document: Document,
}

/// All texts of a paper.
pub struct Texts {
    texts: Vec<Text>,
    posts: Vec<Post>,
}

/// Reads all texts that the paper declares; all errors together.
pub fn read(
    options: &Options,
    inputs: &Inputs,
    facts: &Arc<Facts>,
    kept: &Kept,
    clock: &mut Clock<'_>,
) -> Result<Texts, Diagnostics> {
    let mut all = Texts { texts: Vec::new(), posts: Vec::new() };
    let paper = &inputs.paper;
    let outreach = &paper.outreach;
    let declared = [
        (Kind::Summary, outreach.summary.as_ref().map(|text| &text.source)),
        (Kind::Blog, outreach.blog.as_ref().map(|text| &text.source)),
        (Kind::Thread, outreach.thread.as_ref().map(|text| &text.source)),
        (Kind::HnPost, outreach.hn.as_ref().map(|text| &text.source)),
    ];
    if declared.iter().all(|(_, source)| source.is_none()) {
        return Ok(all);
    }
    let (Material { figures, tables, verdicts }, mut errors) = stages::material(inputs, facts);
    let sources = Sources {
        root: &options.root,
        title: String::new(),
        authors: paper.authors.iter().map(Author::name).collect(),
        keywords: paper.keywords.clone(),
        abstract_file: None,
        sections: paper.sections.clone(),
        appendices: paper.editions.iter().flat_map(|edition| edition.appendices.clone()).collect(),
        left_out: Vec::new(),
        bibliography: paper.bibliography.clone(),
        edition: EDITION,
        facts,
        verdicts: &verdicts,
        figures: &figures,
        tables: &tables,
        kept,
    };
    let uncaptioned = figures.iter().map(|(id, figure)| {
        let figure = FigureText { caption: String::new(), ..figure.clone() };
        (id.clone(), figure)
    });
    let uncaptioned = uncaptioned.collect();
    for (kind, source) in declared {
        let Some(file) = source.map(|source| &source.value) else { continue };
        let name = stem(file);
        // A post shows the drawing alone.
        let figures = if kind == Kind::Thread { &uncaptioned } else { &figures };
        let sources = Sources { figures, ..sources.clone() };
        let read = clock.stage(&format!("manuscript {name}"), || {
            read_standalone(&sources, file, outreach.site()).map(|document| (document, false))
        });
        let Some(document) = errors.take(read) else { continue };
        if kind == Kind::Thread {
            all.posts = errors.take(output::posts(&document)).unwrap_or_default();
        }
        all.texts.push(Text { kind, name, start: Location::new(file, 1, 1), document });
    }
    errors.into_result(all)
}

impl Texts {
    /// Holds the texts against the rules of prose and their limits; all errors together.
    pub fn lint(&self, root: &Path, inputs: &Inputs, facts: &Facts) -> Result<(), Diagnostics> {
        let mut errors = Measures::of(&inputs.paper.outreach, &self.texts, &self.posts).missed;
        for Text { kind, name, document, .. } in &self.texts {
            let parts = [
                lint::numbers(root, document, facts, &inputs.structural),
                lint::placeholders(root, document),
                lint::repeats(root, document),
            ];
            errors.0.extend(parts.into_iter().flat_map(|part| part.0));
            // The figure of a post stands beside it.
            if *kind != Kind::Thread {
                errors.0.extend(lint::uncited(name, document).0);
            }
        }
        errors.into_result(())
    }
}
