//! What an author sees while writing: the page of the fullest edition at once, everything else behind it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::Duration;

use typesetter::Limit;

use super::context::{Options, Progress};
use super::figures;
use super::inputs::{FOLDERS, FileDigests, Inputs};
use super::review::Review;
use super::session::{Memory, Numbers, Session};
use super::verdicts::StoredVerdict;
use crate::diagnostic::Diagnostics;
use crate::output;

/// How long a page waits for numbers that have to be computed before it shows earlier ones.
const SOON: Duration = Duration::from_millis(300);

/// The page of the fullest edition and what stands beside it.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The title of the paper.
    pub title: String,
    /// The HTML page; paragraphs name their places.
    pub html: String,
    /// Every fact as a reader sees it, by name.
    pub numbers: Arc<Numbers>,
    /// Each claim with its verdict and the number that decided.
    pub verdicts: Vec<StoredVerdict>,
    /// SVG text by figure id.
    pub figures: BTreeMap<String, String>,
    /// Markdown by table id.
    pub tables: BTreeMap<String, String>,
    /// What of it is of earlier inputs.
    pub pending: Pending,
}

/// What of a page is of earlier inputs, because it takes long to compute anew.
#[derive(Clone, Debug, Default)]
pub struct Pending {
    /// The experiments that are running.
    pub experiments: Vec<String>,
    /// The facts that they will make anew.
    pub facts: BTreeSet<String>,
}

/// What earlier drafts made and the next one can use again.
#[derive(Default)]
pub struct DraftCache {
    memory: Arc<Memory>,
    inputs: Option<(String, Arc<Inputs>)>,
    /// The digest of the inputs whose numbers are all computed, where nothing was begun since.
    settled: Option<String>,
}

/// One state of an author's files, read once for the page, its errors and its PDF.
#[derive(Clone)]
pub struct Draft {
    seen: FileDigests,
    session: Arc<Session>,
}

/// The PDF of a draft.
pub struct DraftPdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// Passes that TeX needed: one, unless references moved.
    pub passes: usize,
}

/// What can be shown of an author's files.
pub enum Look {
    /// The page with today's numbers.
    Settled(Draft, Box<Page>),
    /// Numbers have to be computed first; meanwhile a page with earlier ones, where all are known.
    Computing(Computing, Option<Box<Page>>),
}

/// A draft whose numbers are being computed.
pub struct Computing {
    draft: Draft,
    thread: JoinHandle<()>,
}

/// Reads the files and makes the page; what did not change comes from `known`, and `progress` hears of each
/// stage. Numbers that take longer than an author should wait are computed behind it.
///
/// # Errors
/// Every error that authors can mend, located.
pub fn look(options: &Options, known: &mut DraftCache, progress: Progress) -> Result<Look, Diagnostics> {
    let seen = FileDigests::now(&options.root);
    let session = Arc::new(known.session(options, &seen, progress)?);
    let draft = Draft { seen, session: Arc::clone(&session) };
    // The same inputs as of the last page, and nothing runs: all numbers are known but those named for the
    // first time.
    if known.settled.as_ref() == Some(&draft.seen.inputs) {
        let page = Box::new(draft.page()?);
        return Ok(Look::Settled(draft, page));
    }
    known.settled = None;
    let (done, ended) = channel();
    let thread = std::thread::spawn(move || {
        // Errors stay with the session, and who waited may have gone.
        let _facts = session.facts();
        let _gone = done.send(());
    });
    let computing = Computing { draft, thread };
    if ended.recv_timeout(SOON).is_ok() {
        let (draft, page) = computing.settle(known)?;
        return Ok(Look::Settled(draft, page));
    }
    let meanwhile = computing.meanwhile(options, known).ok().flatten().map(Box::new);
    Ok(Look::Computing(computing, meanwhile))
}

impl Computing {
    /// Returns whether all numbers are there.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.thread.is_finished()
    }

    /// Begins no further experiment.
    pub fn stop(&self) {
        self.draft.session.stop();
    }

    /// Makes the page with today's numbers, once they are there.
    ///
    /// # Errors
    /// Every error that authors can mend, located.
    pub fn settle(self, known: &mut DraftCache) -> Result<(Draft, Box<Page>), Diagnostics> {
        let page = self.draft.page()?;
        known.settled = Some(self.draft.seen.inputs.clone());
        Ok((self.draft, Box::new(page)))
    }

    /// Returns the page with numbers of earlier inputs where today's are not there yet.
    fn meanwhile(&self, options: &Options, known: &DraftCache) -> Result<Option<Page>, Diagnostics> {
        let Some(earlier) = self.draft.session.earlier()? else { return Ok(None) };
        let inputs = Arc::clone(self.draft.session.inputs()?);
        let session = Session::after(Arc::clone(&known.memory), options.clone(), Arc::new(|_| {}));
        let session = session.with_inputs(inputs).with_facts(earlier.facts);
        let draft = Draft { seen: self.draft.seen.clone(), session: Arc::new(session) };
        let pending = Pending {
            experiments: earlier.experiments.into_iter().map(str::to_owned).collect(),
            facts: earlier.names,
        };
        Ok(Some(Page { pending, ..draft.page()? }))
    }
}

impl Draft {
    fn page(&self) -> Result<Page, Diagnostics> {
        let session = &self.session;
        let (inputs, material) = (session.inputs()?, session.material()?);
        let fullest = Diagnostics::default().require(inputs.paper.editions.last())?;
        let mut errors = material.errors.clone();
        let document = errors.take(session.document(fullest));
        let drawn = errors.take(session.shown(document.into_iter()));
        let (drawn, document) = errors.require(drawn.zip(document))?;
        let html = session.page(fullest, &drawn)?;
        Ok(Page {
            title: document.title.clone(),
            html,
            numbers: session.numbers()?,
            verdicts: material.decided.clone(),
            figures: drawn.svg.clone(),
            tables: output::tables(document).into_iter().map(|(id, table)| (id, table.markdown)).collect(),
            pending: Pending::default(),
        })
    }

    /// Returns the files outside of [`FOLDERS`] that its text lists, below the root.
    #[must_use]
    pub fn listed_elsewhere(&self) -> Vec<PathBuf> {
        let fullest = self.session.inputs().ok().and_then(|inputs| inputs.paper.editions.last());
        let document = fullest.and_then(|fullest| self.session.document(fullest).ok());
        let listed = document.into_iter().flat_map(figures::listed);
        let elsewhere = listed.filter(|file| !FOLDERS.iter().any(|folder| file.starts_with(folder)));
        elsewhere.map(Path::to_path_buf).collect()
    }

    /// Returns whether the files are still those of this draft.
    #[must_use]
    pub fn is_current(&self, root: &Path) -> bool {
        FileDigests::now(root) == self.seen
    }

    /// Holds the text of all editions, and the texts beside the paper, against the rules of prose and the
    /// review.
    ///
    /// # Errors
    /// Every error, located.
    pub fn errors(&self) -> Result<Review, Diagnostics> {
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

impl DraftCache {
    /// Returns a session of these files; everything but the text is read again only where a file changed.
    fn session(
        &mut self,
        options: &Options,
        seen: &FileDigests,
        progress: Progress,
    ) -> Result<Session, Diagnostics> {
        let session = Session::after(Arc::clone(&self.memory), options.clone(), progress);
        if let Some((_, inputs)) = self.inputs.as_ref().filter(|(of, _)| *of == seen.inputs) {
            return Ok(session.with_inputs(Arc::clone(inputs)));
        }
        let inputs = Arc::clone(session.inputs()?);
        // A file that changed meanwhile may have been read in either state.
        let is_sure = FileDigests::now(&options.root).inputs == seen.inputs;
        self.inputs = is_sure.then(|| (seen.inputs.clone(), inputs));
        Ok(session)
    }
}
