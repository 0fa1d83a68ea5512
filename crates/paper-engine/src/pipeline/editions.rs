//! What each edition has for itself: LaTeX, reference list, PDF, and the archive where one is asked for.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rayon::prelude::*;

use super::paper::{Edition, PAPER_FILE};
use super::references::{self, ReferenceList};
use super::stages::{Drawn, Inputs, Rendered};
use super::{Cache, Clock, Options, archive, pdf};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::Facts;
use crate::manuscript::Document;
use crate::output::{self, Latex, Ledger};

/// The ledger of an edition, empty where it has none.
pub fn ledger(edition: &Edition, document: &Document, facts: &Facts) -> Ledger {
    if edition.ledger { Ledger::of(document, facts) } else { Ledger::default() }
}

/// Prints all editions at once, each typeset in a process of its own; all errors together.
pub fn print(
    options: &Options,
    inputs: &Inputs,
    facts: &Facts,
    drawn: &Drawn,
    resolved: &[(&Edition, Document)],
    cache: &Cache,
    clock: &mut Clock<'_>,
) -> Result<Rendered, Diagnostics> {
    for (edition, _) in resolved {
        (clock.progress)(&format!("pdf {}", edition.name));
    }
    let made: Vec<_> = resolved
        .par_iter()
        .map(|(edition, document)| print_one(options, inputs, facts, drawn, edition, document, cache))
        .collect();
    let mut errors = Diagnostics::default();
    let mut all = Rendered { files: BTreeMap::new(), warnings: Diagnostics::default(), pages: Vec::new() };
    for ((edition, _), printed) in resolved.iter().zip(made) {
        let Some(Printed { rendered, times }) = errors.take(printed) else { continue };
        for (stage, elapsed, cached) in times {
            clock.note(&format!("{stage} {}", edition.name), elapsed, cached);
        }
        all.files.extend(rendered.files);
        all.warnings.0.extend(rendered.warnings.0);
        all.pages.extend(rendered.pages);
    }
    all.warnings.0.sort_by(|a, b| (&a.location, &a.message).cmp(&(&b.location, &b.message)));
    all.warnings.0.dedup();
    errors.into_result(all)
}

struct Printed {
    rendered: Rendered,
    times: Vec<(&'static str, Duration, bool)>,
}

fn print_one(
    options: &Options,
    inputs: &Inputs,
    facts: &Facts,
    drawn: &Drawn,
    edition: &Edition,
    document: &Document,
    cache: &Cache,
) -> Result<Printed, Diagnostics> {
    let short = &inputs.paper.short;
    let Set { latex, list, pdf, times } = set(options, inputs, facts, drawn, edition, document, cache)?;
    let pages = check_pages(edition, &pdf.bytes)?;
    let warnings = Diagnostics([list.warnings.0.as_slice(), pdf.warnings.0.as_slice()].concat());
    let mut files = BTreeMap::from([(edition.file(short, "pdf"), pdf.bytes)]);
    if edition.archive {
        files.insert(format!("arxiv/{short}.tar.gz"), archive::archive(short, &latex, &list, drawn)?);
    }
    insert_sources(&mut files, edition, short, latex, list);
    let pages = vec![(edition.name.clone(), pages)];
    Ok(Printed { rendered: Rendered { files, warnings, pages }, times })
}

/// An edition as TeX read it and as it came out.
pub struct Set {
    latex: Latex,
    list: ReferenceList,
    /// The PDF.
    pub pdf: pdf::Pdf,
    times: Vec<(&'static str, Duration, bool)>,
}

/// Typesets one edition.
pub fn set(
    options: &Options,
    inputs: &Inputs,
    facts: &Facts,
    drawn: &Drawn,
    edition: &Edition,
    document: &Document,
    cache: &Cache,
) -> Result<Set, Diagnostics> {
    let mut times = Vec::new();
    let start = Instant::now();
    let latex = output::latex(document, &inputs.templates, &ledger(edition, document, facts))?;
    times.push(("latex", start.elapsed(), false));
    let start = Instant::now();
    let (list, hit) = references::references(options, &inputs.paper.bibliography, document, cache)?;
    times.push(("bibtex", start.elapsed(), hit));
    let start = Instant::now();
    let (pdf, hit) = pdf::typeset(options, &inputs.paper.short, &latex, &list, drawn, cache)?;
    times.push(("pdf", start.elapsed(), hit));
    Ok(Set { latex, list, pdf, times })
}

/// Counts the pages of an edition and holds them against its budget.
fn check_pages(edition: &Edition, pdf: &[u8]) -> Result<usize, Diagnostics> {
    let pages = pdf::pages(pdf)?;
    let [least, most] = edition.budgets.pages.unwrap_or([0, usize::MAX]);
    if (least..=most).contains(&pages) {
        return Ok(pages);
    }
    let message = format!("the edition `{}` has {pages} pages, outside its {least} to {most}", edition.name);
    let remedy = "move text between this edition and a fuller one, or change its budget";
    Err(Diagnostic::new(Location::file(PAPER_FILE), message).remedy(remedy).into())
}

/// Keeps what TeX read beside the PDF.
fn insert_sources(
    files: &mut BTreeMap<String, Vec<u8>>,
    edition: &Edition,
    short: &str,
    latex: Latex,
    list: ReferenceList,
) {
    files.insert(edition.file(short, "tex"), latex.text.into_bytes());
    files.insert(edition.file(short, "bbl"), list.bbl.into_bytes());
    files.insert(format!("{}/references.bib", edition.name), list.bibtex.bibliography.into_bytes());
}
