//! Reads the texts beside the paper and holds them against the rules of prose.

use super::limits::Measures;
use super::text::{Kind, Text, Texts};
use crate::diagnostic::{Diagnostics, Location};
use crate::facts::Facts;
use crate::lint;
use crate::manuscript::{FigureText, ReferenceStyle, Sources, TextCache, read_standalone};
use crate::output;
use crate::pipeline::inputs::Inputs;
use crate::pipeline::paper::{Edition, stem};
use crate::pipeline::reading::{OUTREACH, Reading};

/// Reads all texts that the paper declares.
///
/// # Errors
/// Those of all texts together.
pub fn read(reading: &Reading<'_>) -> Result<Texts, Diagnostics> {
    let Reading { context, inputs, facts, material, kept, texts } = reading;
    let mut all = Texts::default();
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
    let mut errors = material.errors.clone();
    let editions: Vec<&str> = paper.editions.iter().map(Edition::blocks).chain([OUTREACH]).collect();
    let sources = Sources {
        root: &context.options.root,
        language: paper.lang,
        title: String::new(),
        front: paper.editions.last().map_or_else(|| paper.front.clone(), |fullest| paper.front(fullest)),
        back: Vec::new(),
        keywords: paper.keywords.clone(),
        abstract_file: None,
        sections: paper.sections.clone(),
        appendices: paper.appendices().cloned().collect(),
        left_out: Vec::new(),
        bibliography: paper.bibliography.clone(),
        references: ReferenceStyle::Ieee,
        edition: OUTREACH,
        editions: &editions,
        macros: &paper.macros,
        facts,
        verdicts: &material.verdicts,
        figures: &material.figures,
        tables: &material.tables,
        kept,
        texts,
    };
    let uncaptioned = material.figures.iter().map(|(id, figure)| {
        let figure = FigureText { caption: String::new(), ..figure.clone() };
        (id.clone(), figure)
    });
    let uncaptioned = uncaptioned.collect();
    for (kind, source) in declared {
        let Some(file) = source.map(|source| &source.value) else { continue };
        let name = stem(file);
        // A post shows the drawing alone.
        let (figures, texts) = match kind {
            Kind::Thread => (&uncaptioned, &TextCache::default()),
            _ => (&material.figures, &**texts),
        };
        let sources = Sources { figures, texts, ..sources.clone() };
        let read = context.stage(&format!("manuscript {name}"), || {
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

/// Holds the texts against the rules of prose and their limits: all errors of all texts.
pub fn lint(inputs: &Inputs, facts: &Facts, texts: &Texts) -> Diagnostics {
    let mut errors = Measures::of(&inputs.paper.outreach, &texts.texts, &texts.posts).missed;
    for Text { kind, name, document, .. } in &texts.texts {
        let parts = [
            lint::numbers(document, facts, &inputs.structural),
            lint::placeholders(document),
            lint::repeats(document),
        ];
        errors.0.extend(parts.into_iter().flat_map(|part| part.0));
        // The figure of a post stands beside it.
        if *kind != Kind::Thread {
            errors.0.extend(lint::uncited(name, document).0);
        }
    }
    errors
}
