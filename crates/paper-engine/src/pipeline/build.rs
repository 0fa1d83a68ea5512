//! What a finished session gives: a build with all its files, or what a check tells.

use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path};

use super::cache::is_within;
use super::context::{Options, Progress, Timing};
use super::description::{Description, describe};
use super::inputs::internal;
use super::lint::WordCounts;
use super::manifest::{FileDigest, MANIFEST_FILE, Manifest, manifest};
use super::outreach::Measure;
use super::paper::PAPER_FILE;
use super::rally;
use super::review::{Review, reports};
use super::session::{Finished, Session};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::facts;
use crate::lint::Budgets;
use crate::model::QUOTED_LOCK_FILE;
use crate::rally::{Board, Tests};
use crate::source::{BUILD_FOLDER, write_atomically};

/// A finished build.
#[derive(Clone, Debug)]
pub struct Built {
    /// Files by path below `build/`.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Whether these are all files of the paper, and not those of one edition.
    pub is_whole: bool,
    /// Stages in the order in which they ended.
    pub timings: Vec<Timing>,
    /// Paths of the PDFs below `build/`, one for each edition.
    pub pdfs: Vec<String>,
    /// What an author should look at although the build succeeds.
    pub warnings: Diagnostics,
    /// What the paper is called and what it consists of.
    pub description: Description,
    /// What was read and written, as in `manifest.json`.
    pub manifest: Manifest,
    /// The ledger of the plan, where the paper has one and every edition was built.
    pub board: Option<Board>,
    /// What `paper/quoted.lock` has to be, unless it is that already.
    pub quoted_lock: Option<String>,
}

/// What a check of a paper without errors tells.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// The words of each edition.
    pub words: WordCounts,
    /// The pages of each edition, in the same order.
    pub pages: Vec<(String, usize)>,
    /// What each edition may hold, in the same order.
    pub budgets: Vec<Budgets>,
    /// What was counted in the texts beside the paper.
    pub outreach: Vec<Measure>,
    /// The review of all editions.
    pub review: Review,
    /// What an author should look at.
    pub warnings: Diagnostics,
}

/// Computes and renders the whole paper in memory; nothing under `build/` but the cache changes.
///
/// # Errors
/// Every error that authors can mend, located.
pub fn build(options: &Options, progress: Progress) -> Result<Built, Diagnostics> {
    // What a build writes depends on sources alone, and the record of tests is none.
    build_with(options, &Tests::Apart, progress)
}

/// Builds with what is known of the tests, which only the ledger of the plan reads.
///
/// # Errors
/// Those of [`build`].
pub fn build_with(options: &Options, tests: &Tests, progress: Progress) -> Result<Built, Diagnostics> {
    let session = Session::new(options.clone(), progress);
    let finished = session.finish()?;
    let ignored = ignored(&session, &finished)?;
    let warnings = warnings(&session, &finished, &ignored)?;
    let Finished { outputs, outreach, printed } = finished;
    let (inputs, documents, review) = (session.inputs()?, session.documents()?, session.review()?);
    let mut files = outputs.files.clone();
    files.extend(printed.files.clone());
    files.extend(reports(inputs, review, &ignored));
    files.extend(outreach.files.clone());
    let board = rally::board(&session, &files, &warnings, &ignored, tests)?;
    files.extend(board.iter().flat_map(|board| rally::files(inputs, board)));
    let shown = session.shown_files()?;
    let manifest = manifest(&options.root, inputs, &shown, &files);
    files.insert(MANIFEST_FILE.to_owned(), manifest.json().map_err(internal)?);
    let pdfs = documents.iter().map(|(edition, _)| edition.file(&inputs.paper.short, "pdf")).collect();
    let description = describe(inputs, &documents, printed.pages.clone());
    let is_whole = options.edition.is_none();
    if is_whole {
        session.cache().prune();
    }
    let timings = session.timings();
    let quoted_lock = inputs.model.quotations().lock();
    Ok(Built { files, is_whole, timings, pdfs, warnings, description, manifest, board, quoted_lock })
}

/// Makes everything as a build does and writes nothing.
///
/// # Errors
/// Those of [`build`].
pub fn check(options: &Options, progress: Progress) -> Result<Checked, Diagnostics> {
    let session = Session::new(options.clone(), progress);
    let finished = session.finish()?;
    let warnings = warnings(&session, &finished, &ignored(&session, &finished)?)?;
    let Finished { outreach, printed, .. } = finished;
    Ok(Checked {
        words: session.linted()?.words.clone(),
        pages: printed.pages.clone(),
        budgets: session.editions()?.iter().map(|edition| edition.budgets).collect(),
        outreach: outreach.measures.clone(),
        review: session.review()?.clone(),
        warnings,
    })
}

/// Returns what breaks a rule of prose or of the printed page that the paper ignores, each with the reason.
fn ignored(session: &Session, finished: &Finished<'_>) -> Result<Vec<(Diagnostic, String)>, Diagnostics> {
    let Finished { printed, outreach, .. } = finished;
    Ok([session.linted()?.ignored.as_slice(), &printed.ignored, &outreach.ignored].concat())
}

/// Returns what an author should look at although there is no error.
fn warnings(
    session: &Session,
    finished: &Finished<'_>,
    ignored: &[(Diagnostic, String)],
) -> Result<Diagnostics, Diagnostics> {
    let (inputs, linted, review) = (session.inputs()?, session.linted()?, session.review()?);
    let older = facts::made_by_older_code(&inputs.model);
    let mut unused = Vec::new();
    // An edition may lack what another one shows.
    if session.options().edition.is_none() {
        let by_lint = ignored.iter().filter_map(|(one, _)| one.broken());
        let by_review = review
            .checks
            .iter()
            .flat_map(|check| check.ignored.iter().map(|(finding, _)| (check.rule.name, &finding.place)));
        unused = inputs.paper.rules.unused(Path::new(PAPER_FILE), by_lint.chain(by_review));
    }
    let Finished { printed, outreach, .. } = finished;
    Ok(Diagnostics(
        [linted.warnings.0.as_slice(), &printed.warnings.0, &outreach.warnings.0, &older, &unused].concat(),
    ))
}

/// What builds have written below `build/`, so that what a paper no longer has can go.
const WRITTEN_FILE: &str = ".cache/written.json";

/// Writes a finished build below `build/`, and the lock of what is quoted where that is another now; each file appears
/// whole or not at all. Files that earlier builds wrote and this one did not make are removed after a whole build,
/// unless somebody changed them.
///
/// # Errors
/// Those of the file system, with the file that was written.
pub fn write(root: &Path, built: &Built) -> io::Result<()> {
    let folder = root.join(BUILD_FOLDER);
    let written = std::fs::read(folder.join(WRITTEN_FILE)).unwrap_or_default();
    let mut written: BTreeMap<String, FileDigest> = serde_json::from_slice(&written).unwrap_or_default();
    let put_at = |file: &Path, bytes: &[u8]| {
        write_atomically(file, bytes)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.display())))
    };
    let put = |path: &str, bytes: &[u8]| put_at(&folder.join(path), bytes);
    if let Some(lock) = &built.quoted_lock {
        put_at(&root.join(QUOTED_LOCK_FILE), lock.as_bytes())?;
    }
    built.files.iter().try_for_each(|(path, bytes)| put(path, bytes))?;
    let mut left = BTreeMap::new();
    if built.is_whole {
        left = std::mem::take(&mut written);
        left.retain(|path, _| !built.files.contains_key(path));
    }
    written.extend(built.files.iter().map(|(path, bytes)| (path.clone(), FileDigest::of(bytes))));
    put(WRITTEN_FILE, &serde_json::to_vec(&written)?)?;
    for (path, entry) in &left {
        let file = folder.join(path);
        // A list that somebody else wrote names nothing outside, and leads nowhere by a link.
        let is_below = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        if is_below
            && is_within(&file, &folder)
            && std::fs::read(&file).is_ok_and(|bytes| FileDigest::of(&bytes) == *entry)
        {
            std::fs::remove_file(&file)?;
            // The folder goes with its last file.
            let _kept = file.parent().filter(|parent| *parent != folder).map(std::fs::remove_dir);
        }
    }
    Ok(())
}
