//! What is made of the texts: Markdown, pages, a PDF, a card, a thread and plain text, below
//! `build/outreach/`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::limits::{Measure, Measures};
use super::text::{Kind, Text, Texts};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::figure::Font;
use crate::output::{self, Engines, Share};
use crate::pipeline::context::Press;
use crate::pipeline::editions::Printing;
use crate::pipeline::inputs::internal;
use crate::pipeline::paper::PAPER_FILE;
use crate::pipeline::{cache, pdf};
use crate::source;

/// The way from these files to the drawings.
const FIGURES: &str = "../figures";
/// The card of the blog post, beside its page.
const CARD: &str = "card.png";

/// Everything that is made of the texts.
#[derive(Debug, Default)]
pub struct Made {
    /// Files by path below `build/`.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What an author should look at although the build succeeds.
    pub warnings: Diagnostics,
    /// What breaks a rule that the paper ignores, each with the reason.
    pub ignored: Vec<(Diagnostic, String)>,
    /// What was counted in each text.
    pub measures: Vec<Measure>,
}

/// Renders all texts; a summary of too many pages is an error like any other limit.
///
/// # Errors
/// Those of all texts together.
pub fn render(printing: Printing<'_>, texts: &Texts) -> Result<Made, Diagnostics> {
    let outreach = &printing.inputs.paper.outreach;
    // What a text misses before it is rendered is told by the rules of prose.
    let Measures { all, .. } = Measures::of(outreach, &texts.texts, &texts.posts);
    let measures = Measures { all, ..Measures::default() };
    let mut job = Job { printing, measures, made: Made::default() };
    let mut errors = Diagnostics::default();
    for text in &texts.texts {
        let made = printing.context.stage(&format!("outreach {}", text.name), || {
            let cached = match text.kind {
                Kind::Summary => job.summary(text),
                Kind::Blog => job.blog(text),
                Kind::Thread => job.thread(text, texts),
                Kind::HnPost => job.hn_post(text),
            }?;
            Ok::<_, Diagnostics>(((), cached))
        });
        errors.take(made);
    }
    let Measures { all, mut missed } = job.measures;
    let rules = &printing.inputs.paper.rules;
    job.made.ignored.extend(rules.take_ignored(&mut missed.0, Diagnostic::broken));
    errors.0.extend(missed.0);
    job.made.measures = all;
    errors.into_result(job.made)
}

struct Job<'a> {
    printing: Printing<'a>,
    measures: Measures,
    made: Made,
}

impl Job<'_> {
    fn add(&mut self, name: String, bytes: Vec<u8>) {
        self.made.files.insert(format!("outreach/{name}"), bytes);
    }

    /// Writes a text as Markdown and as a page.
    fn page(&mut self, text: &Text, share: &Share) -> Result<(), Diagnostics> {
        let Text { name, document, .. } = text;
        let markdown = output::standalone_markdown(document, FIGURES);
        self.add(format!("{name}.md"), markdown.into_bytes());
        let Printing { inputs, facts, drawn, .. } = self.printing;
        let address = inputs.paper.outreach.site().map(|site| format!("{site}/{name}.html"));
        let share = Share { address, ..share.clone() };
        let page = output::outreach_page(document, &inputs.templates, &drawn.svg, facts, &share)?;
        self.add(format!("{name}.html"), page.into_bytes());
        Ok(())
    }

    /// Returns a summary with its PDF, whose pages are held against their limit.
    fn summary(&mut self, text: &Text) -> Result<bool, Diagnostics> {
        let Text { name, document, start, .. } = text;
        self.page(text, &Share::default())?;
        let Printing { context, inputs, drawn, .. } = self.printing;
        let venue = inputs.layout(None)?.venue;
        let list = output::reference_list(document, venue, Engines::XeTex)?;
        let latex = output::standalone_latex(document, &inputs.templates, venue, &list)?;
        let press = Press { context, limit: &context.options.limit };
        let (pdf, hit) =
            pdf::typeset(&press, name, &pdf::Source { latex: &latex, list: &list, venue }, drawn)?;
        let pages = pdf::pages(&pdf.bytes)?;
        let limit = inputs.paper.outreach.summary.as_ref().and_then(|summary| summary.pages);
        self.measures.count(name, "pages", pages, limit, start);
        let mut warnings = pdf.warnings.0;
        self.made.ignored.extend(inputs.paper.rules.take_ignored(&mut warnings, Diagnostic::broken));
        self.made.warnings.0.extend(warnings);
        self.add(format!("{name}.pdf"), pdf.bytes);
        Ok(hit)
    }

    /// Returns a blog post and its card.
    fn blog(&mut self, text: &Text) -> Result<bool, Diagnostics> {
        let Printing { context, inputs, drawn, .. } = self.printing;
        let outreach = &inputs.paper.outreach;
        let Some(blog) = &outreach.blog else { return Ok(false) };
        let id = blog.card.value.as_str();
        let (Some(svg), Some(figure)) = (drawn.svg.get(id), inputs.figures.get(id)) else {
            let place = source::place(Path::new(PAPER_FILE), &blog.card);
            let error = Diagnostic::new(place, format!("figures/{id}.yaml does not exist"));
            return Err(error.suggest(id, inputs.figures.keys().map(String::as_str)).into());
        };
        let image = outreach.site().map_or(CARD.to_owned(), |site| format!("{site}/{CARD}"));
        let share = Share { address: None, image: Some(image), alt: figure.alt.trim().to_owned() };
        let title = &text.document.title;
        let card = context.cache.get(&cache::CARDS, &[title.as_bytes(), svg.as_bytes()], || {
            let font = Font::installed().map_err(internal)?;
            output::card(title, svg, &font).map_err(|error| unpainted(id, &error))
        })?;
        self.page(text, &share)?;
        self.add(CARD.to_owned(), card.bytes);
        Ok(card.hit)
    }

    /// Returns a post for Hacker News.
    fn hn_post(&mut self, text: &Text) -> Result<bool, Diagnostics> {
        let post = output::hn_post(&text.document)?;
        self.add(format!("{}.md", text.name), post.into_bytes());
        Ok(false)
    }

    /// Returns a thread for readers and for programs, and its pictures.
    fn thread(&mut self, text: &Text, texts: &Texts) -> Result<bool, Diagnostics> {
        let Printing { context, drawn, .. } = self.printing;
        let Text { name, document, .. } = text;
        let markdown = output::thread_markdown(&document.title, &texts.posts);
        self.add(format!("{name}.md"), markdown.into_bytes());
        let json = output::thread_json(&texts.posts).map_err(internal)?;
        self.add(format!("{name}.json"), json.into_bytes());
        let pictures = texts.posts.iter().filter_map(|post| post.picture.as_ref());
        let pictures: BTreeSet<(&str, String)> =
            pictures.map(|picture| (picture.figure.as_str(), picture.path())).collect();
        let mut hit = true;
        for (id, path) in pictures {
            let Some(svg) = drawn.svg.get(id) else { continue };
            let made = context.cache.get(&cache::PICTURES, &[svg.as_bytes()], || {
                let font = Font::installed().map_err(internal)?;
                output::picture(svg, &font).map_err(|error| unpainted(id, &error))
            })?;
            hit &= made.hit;
            self.add(path, made.bytes);
        }
        Ok(hit)
    }
}

/// Says at its figure why a drawing has no pixels.
fn unpainted(id: &str, error: &crate::figure::PngError) -> Diagnostics {
    Diagnostic::new(Location::file(format!("figures/{id}.yaml")), error.to_string()).into()
}
