//! What an author sees while writing: the page of the fullest edition at once, everything else behind it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use typesetter::Limit;

use super::context::{Options, Progress};
use super::editions;
use super::inputs::{Inputs, Seen};
use super::review::Review;
use super::session::{Memory, Session};
use super::verdicts::StoredVerdict;
use crate::diagnostic::Diagnostics;
use crate::output::{self, Positions};
use crate::table;

/// The page of the fullest edition and what stands beside it.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The title of the paper.
    pub title: String,
    /// The HTML page; paragraphs name their places.
    pub html: String,
    /// Every fact as a reader sees it, by name.
    pub numbers: BTreeMap<String, String>,
    /// Each claim with its verdict and the number that decided.
    pub verdicts: Vec<StoredVerdict>,
    /// SVG text by figure id.
    pub figures: BTreeMap<String, String>,
    /// Markdown by table id.
    pub tables: BTreeMap<String, String>,
}

/// What earlier drafts made and the next one can use again.
#[derive(Default)]
pub struct Known {
    memory: Arc<Memory>,
    inputs: Option<(String, Arc<Inputs>)>,
}

/// One state of an author's files, read once for the page, its mistakes and its PDF.
#[derive(Clone)]
pub struct Draft {
    seen: Seen,
    session: Arc<Session>,
}

/// The PDF of a draft.
pub struct DraftPdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// Passes that TeX needed: one, unless references moved.
    pub passes: usize,
}

/// Reads the files and makes the page; what did not change comes from `known`, and `progress` hears of each stage.
///
/// # Errors
/// Every error that authors can mend, located.
pub fn page(options: &Options, known: &mut Known, progress: Progress) -> Result<(Draft, Page), Diagnostics> {
    let seen = Seen::now(&options.root);
    let session = known.session(options, &seen, progress)?;
    let (inputs, facts, material) = (session.inputs()?, session.facts()?, session.material()?);
    let fullest = Diagnostics::default().require(inputs.paper.editions.last())?;
    let mut errors = material.errors.clone();
    let pair = errors.take(session.drawn()).zip(errors.take(session.document(fullest)));
    let (drawn, document) = errors.require(pair)?;
    let ledger = editions::ledger(fullest, document, facts);
    let html = output::html(document, &inputs.templates, &drawn.svg, facts, &ledger, Positions::Shown)
        .map_err(Diagnostics::from)?;
    let page = Page {
        title: inputs.paper.title.clone(),
        html,
        numbers: facts.0.iter().map(|(name, fact)| (name.clone(), fact.display(None))).collect(),
        verdicts: material.decided.clone(),
        figures: drawn.svg.clone(),
        tables: (material.tables.iter())
            .map(|(id, text)| (id.clone(), table::markdown(&text.table)))
            .collect(),
    };
    Ok((Draft { seen, session: Arc::new(session) }, page))
}

impl Draft {
    /// Whether the files are still those of this draft.
    #[must_use]
    pub fn is_current(&self, root: &Path) -> bool {
        Seen::now(root) == self.seen
    }

    /// Holds the text of all editions, and the texts beside the paper, against the rules of prose and the review.
    ///
    /// # Errors
    /// Every mistake, located.
    pub fn mistakes(&self) -> Result<Review, Diagnostics> {
        self.session.proofread()?;
        self.session.review().cloned()
    }

    /// Typesets the first edition, which is the shortest; `limit` can end it.
    ///
    /// # Errors
    /// Every error that authors can mend, located.
    pub fn first_pdf(&self, limit: &Limit) -> Result<DraftPdf, Diagnostics> {
        let first = Diagnostics::default().require(self.session.inputs()?.paper.editions.first())?;
        let pdf = self.session.pdf(first, limit)?;
        Ok(DraftPdf { bytes: pdf.bytes, passes: pdf.passes })
    }
}

impl Known {
    /// A session of these files; everything but the text is read again only where a file changed.
    fn session(
        &mut self,
        options: &Options,
        seen: &Seen,
        progress: Progress,
    ) -> Result<Session, Diagnostics> {
        let session = Session::after(Arc::clone(&self.memory), options.clone(), progress);
        if let Some((_, inputs)) = self.inputs.as_ref().filter(|(of, _)| *of == seen.inputs) {
            return Ok(session.with_inputs(Arc::clone(inputs)));
        }
        let inputs = Arc::clone(session.inputs()?);
        // A file that changed meanwhile may have been read in either state.
        let is_sure = Seen::now(&options.root).inputs == seen.inputs;
        self.inputs = is_sure.then(|| (seen.inputs.clone(), inputs));
        Ok(session)
    }
}
