//! Reads all files of a paper into one document.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::bibliography::Bibliography;
use super::builder::Builder;
use super::call::Scope;
use super::front::with_apostrophes;
use super::label::Labels;
use super::source::Origin;
use super::sources::Sources;
use super::text_cache::Counted;
use super::tree::{BackMatter, Block, Document, InlineKind};
use super::walk::{change_inlines, plain_text};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{PAPER_FILE, read_text};

/// Reads a paper: numbers filled in, labels numbered, citations set.
///
/// # Errors
/// All errors of all files together.
pub fn read(sources: &Sources<'_>) -> Result<Document, Diagnostics> {
    let mut errors = Diagnostics::default();
    let bibliography = Bibliography::read(sources, &mut errors);
    let mut builder = Builder {
        sources,
        scope: Scope {
            language: sources.language,
            facts: Arc::clone(sources.facts),
            verdicts: sources.verdicts.clone(),
        },
        bibliography,
        labels: Labels::default(),
        errors,
        pending_labels: Vec::new(),
        counted: Counted::default(),
        tags: BTreeMap::new(),
        reads_files: false,
    };
    let texts: BTreeMap<&Path, Result<String, Diagnostic>> =
        sources.files().map(|file| (file.as_path(), read_text(sources.root, file))).collect();
    builder.labels.reserve(texts.values().flatten().map(String::as_str));
    let heading = builder.markdown_value(&sources.title, Path::new(PAPER_FILE), "title");
    let mut complete = true;
    let mut read_file = |builder: &mut Builder<'_>, file: &Path, numbered: bool| -> Vec<Block> {
        match &texts[file] {
            Ok(text) => builder.file(file, text, numbered),
            Err(error) => {
                builder.errors.push(error.clone());
                complete = false;
                Vec::new()
            }
        }
    };
    let mut abstract_blocks: Vec<Block> =
        sources.abstract_file.iter().flat_map(|file| read_file(&mut builder, file, false)).collect();
    let mut blocks: Vec<Block> =
        sources.sections.iter().flat_map(|file| read_file(&mut builder, file, true)).collect();
    builder.begin_appendices();
    let mut appendices: Vec<Block> =
        sources.appendices.iter().flat_map(|file| read_file(&mut builder, file, true)).collect();
    let mut back: Vec<BackMatter> = Vec::new();
    for (kind, text) in &sources.back {
        let origin = Origin::value(sources.root, Path::new(PAPER_FILE), kind.key(), text);
        back.push(BackMatter { kind: *kind, blocks: builder.text(text, origin, false) });
    }
    for file in &sources.left_out {
        let text = read_text(sources.root, file).unwrap_or_default();
        builder.labels.leave_out(&text, file);
    }
    builder.check_tags();
    // The labels of a file that cannot be read are unknown: its own error comes first.
    if complete {
        builder.labels.check(sources.edition, &mut builder.errors);
    }
    let references = builder.bibliography.references(sources.references);
    let references = builder.errors.take(references).unwrap_or_default();
    let numbers: BTreeMap<&str, usize> =
        references.iter().map(|work| (work.key.as_str(), work.number)).collect();
    let runs = [&mut abstract_blocks, &mut blocks, &mut appendices];
    for run in runs.into_iter().chain(back.iter_mut().map(|part| &mut part.blocks)) {
        change_inlines(run, &mut |inline, file| {
            builder.labels.fill(inline, file);
            // Only now is the order of the reference list known.
            let InlineKind::Cite(works) = &mut inline.kind else { return };
            for work in works {
                work.number = numbers.get(work.key.as_str()).copied().unwrap_or(work.number);
            }
        });
    }
    let document = Document {
        language: sources.language,
        title: plain_text(&heading),
        heading,
        front: sources.front.typeset(),
        keywords: sources.keywords.iter().map(|keyword| with_apostrophes(keyword)).collect(),
        abstract_blocks,
        blocks,
        appendices,
        back,
        references,
    };
    builder.errors.into_result(document)
}
