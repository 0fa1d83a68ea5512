//! What each edition has for itself: LaTeX, reference list, PDF, and the archive where one is asked for.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::anonymity;
use super::archive;
use super::context::{Context, Press};
use super::docx;
use super::figures::Drawings;
use super::inputs::Inputs;
use super::paper::{Edition, PAPER_FILE};
use super::pdf::{self, Source};
use crate::assertion::Range;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::Facts;
use crate::lint::PAGE_BUDGET;
use crate::manuscript::Document;
use crate::output::{self, Engines, Latex, Ledger, Venue};

/// The way from the files of an edition to the drawings.
const FIGURES: &str = "../figures";

/// Returns the ledger of an edition, empty where it has none.
pub fn ledger(edition: &Edition, document: &Document, facts: &Facts) -> Ledger {
    if edition.ledger { Ledger::of(document, facts) } else { Ledger::default() }
}

/// What is made of editions.
#[derive(Default)]
pub struct Printed {
    /// Files by path below `build/`.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What an author should look at although the build succeeds.
    pub warnings: Diagnostics,
    /// What breaks a rule that the paper ignores, each with the reason.
    pub ignored: Vec<(Diagnostic, String)>,
    /// Pages of each edition, by its name.
    pub pages: Vec<(String, usize)>,
}

/// What editions are printed with.
#[derive(Clone, Copy)]
pub struct Printing<'a> {
    /// Options, cache and clock.
    pub context: &'a Context,
    /// Everything but the text.
    pub inputs: &'a Inputs,
    /// All facts.
    pub facts: &'a Facts,
    /// The drawings.
    pub drawn: &'a Drawings,
}

/// An edition as TeX read it and as it came out.
pub struct Typeset {
    latex: Latex,
    list: Latex,
    /// The PDF.
    pub pdf: pdf::Pdf,
}

impl Printing<'_> {
    /// Prints all editions at once, each typeset in a process of its own.
    ///
    /// # Errors
    /// Those of all editions together.
    pub fn print(&self, resolved: &[(&Edition, &Document)]) -> Result<Printed, Diagnostics> {
        let made: Vec<_> =
            resolved.par_iter().map(|(edition, document)| self.edition(edition, document)).collect();
        let mut errors = Diagnostics::default();
        let mut all = Printed::default();
        for printed in made {
            let Some(printed) = errors.take(printed) else { continue };
            all.files.extend(printed.files);
            all.warnings.0.extend(printed.warnings.0);
            all.ignored.extend(printed.ignored);
            all.pages.extend(printed.pages);
        }
        all.warnings.0.sort_by(|a, b| (&a.location, &a.message).cmp(&(&b.location, &b.message)));
        all.warnings.0.dedup();
        all.ignored.sort_by(|(a, _), (b, _)| (&a.location, &a.message).cmp(&(&b.location, &b.message)));
        all.ignored.dedup();
        errors.into_result(all)
    }

    fn edition(&self, edition: &Edition, document: &Document) -> Result<Printed, Diagnostics> {
        let short = &self.inputs.paper.short;
        let press = Press { context: self.context, limit: &self.context.options.limit };
        let mut errors = Diagnostics::default();
        let typeset = errors.take(self.typeset(edition, document, press));
        let written = errors.take(self.written(edition, document));
        let (Typeset { latex, list, pdf }, written) = errors.require(typeset.zip(written))?;
        if edition.is_anonymous() {
            let mut named = anonymity::Search::new(self.inputs).latex(edition, &latex);
            self.inputs.paper.rules.take_ignored(&mut named.0, Diagnostic::broken);
            named.into_result(())?;
        }
        let pages = pdf::pages(&pdf.bytes)?;
        let rules = &self.inputs.paper.rules;
        let venue = self.inputs.layout(edition.venue.as_ref())?.venue;
        let mut missed = check_pages(edition, venue, pages);
        let mut warnings = pdf.warnings;
        let mut ignored = rules.take_ignored(&mut missed.0, Diagnostic::broken);
        ignored.extend(rules.take_ignored(&mut warnings.0, Diagnostic::broken));
        missed.into_result(())?;
        let mut files = written;
        files.insert(edition.file(short, "pdf"), pdf.bytes);
        if edition.archive {
            let name = self.inputs.paper.archive_name(edition);
            files.insert(name, archive::archive(short, &latex, &list, self.drawn, venue)?);
        }
        insert_sources(&mut files, edition, short, latex, list);
        Ok(Printed { files, warnings, ignored, pages: vec![(edition.name.clone(), pages)] })
    }

    /// Returns the files of an edition that need no TeX: those for word processors and journals.
    fn written(
        &self,
        edition: &Edition,
        document: &Document,
    ) -> Result<BTreeMap<String, Vec<u8>>, Diagnostics> {
        let short = &self.inputs.paper.short;
        let mut errors = Diagnostics::default();
        let mut files = BTreeMap::new();
        if edition.docx {
            let made = errors.take(docx::docx(self.context, self.drawn, edition, document));
            files.extend(made.map(|bytes| (edition.file(short, "docx"), bytes)));
        }
        if edition.jats {
            let made = self.context.stage(&format!("jats {}", edition.name), || {
                Ok::<_, Diagnostics>((output::jats(document, FIGURES)?, false))
            });
            files.extend(errors.take(made).map(|text| (edition.file(short, "xml"), text.into_bytes())));
        }
        errors.into_result(files)
    }

    /// Typesets one edition.
    ///
    /// # Errors
    /// Every error that authors can mend, located.
    pub fn typeset(
        &self,
        edition: &Edition,
        document: &Document,
        press: Press<'_>,
    ) -> Result<Typeset, Diagnostics> {
        let Self { context, inputs, facts, drawn } = self;
        let name = &edition.name;
        let (latex, list) = context.stage(&format!("latex {name}"), || {
            let mut errors = Diagnostics::default();
            let layout = inputs.layout(edition.venue.as_ref())?;
            let engines = if edition.archive { Engines::WithPdfTex } else { Engines::XeTex };
            let ledger = ledger(edition, document, facts);
            let list = output::reference_list(document, layout.venue, engines);
            // What is wrong with the list leaves the errors of the text to be found.
            let list = errors.take(list.map_err(Diagnostics::from));
            let listed = list.clone().unwrap_or_default();
            let latex = output::latex(document, &inputs.templates, layout, &ledger, &listed, engines);
            let latex = errors.take(latex.map_err(Diagnostics::from));
            Ok::<_, Diagnostics>((errors.require(latex.zip(list))?, false))
        })?;
        let pdf = context.stage(&format!("pdf {name}"), || {
            let source =
                Source { latex: &latex, list: &list, venue: inputs.layout(edition.venue.as_ref())?.venue };
            pdf::typeset(&press, &inputs.paper.short, &source, drawn)
        })?;
        Ok(Typeset { latex, list, pdf })
    }
}

/// Holds the pages of an edition against its budget, or where it has none against the limit of its venue.
fn check_pages(edition: &Edition, venue: &Venue, pages: usize) -> Diagnostics {
    let subject = format!("the edition `{}`", edition.name);
    let place = Location::file(PAPER_FILE);
    let limit = venue.pages.map(|most| Range::new(1.0, most as f64));
    let missed =
        edition.budgets.pages.or(limit).and_then(|range| range.check(&subject, pages, "pages", &place));
    Diagnostics(missed.into_iter().map(|error| error.breaks(&PAGE_BUDGET)).collect())
}

/// Keeps what TeX read beside the PDF.
fn insert_sources(
    files: &mut BTreeMap<String, Vec<u8>>,
    edition: &Edition,
    short: &str,
    latex: Latex,
    list: Latex,
) {
    files.insert(edition.file(short, "tex"), latex.text.into_bytes());
    files.insert(edition.file(short, "bbl"), list.text.into_bytes());
}
