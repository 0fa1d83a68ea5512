//! What the newest generation made, and the events that tell browsers of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use serde::Serialize;
use tokio::sync::broadcast;

use super::parts::PagePart;
use crate::diagnostic::Diagnostics;
use crate::pipeline::{Page, Review};

/// Events that a slow browser may lag behind.
const BACKLOG: usize = 64;

/// One thing that happened, as events carry it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum PreviewEvent {
    /// The page is new.
    Html {
        /// Its generation, from 1.
        generation: u64,
        /// Milliseconds from the end of the burst of changes.
        ms: u64,
        /// The generation whose page becomes this one by `parts`.
        from: u64,
        /// The sections that changed; all of the page may have where there are none.
        parts: Option<Vec<PagePart>>,
        /// Numbers that moved: name, old, new.
        moved: Vec<[String; 3]>,
        /// Experiments that are computing: the page has their earlier numbers, marked as such.
        computing: Vec<String>,
    },
    /// Something takes longer than an edit should.
    Progress {
        /// Its generation.
        generation: u64,
        /// What is being done.
        stage: String,
    },
    /// The text has no errors.
    Ok {
        /// Its generation.
        generation: u64,
    },
    /// The text has errors; the page is the last good one.
    Error {
        /// Its generation.
        generation: u64,
        /// The errors.
        errors: Vec<ShownError>,
    },
    /// The ledger of the plan is new.
    Waves {
        /// Its generation.
        generation: u64,
    },
    /// The PDF is new.
    Pdf {
        /// Its generation.
        generation: u64,
        /// Milliseconds of typesetting.
        ms: u64,
        /// Passes of TeX: one, unless references moved.
        passes: usize,
    },
}

/// An error as a browser shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownError {
    /// The file, below the root.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// The lines around it, with a mark.
    pub excerpt: String,
    /// What to do.
    pub remedy: Option<String>,
}

/// The ledger of one generation.
pub struct Decided {
    /// The generation.
    pub generation: u64,
    /// Its page, or what is wrong.
    pub page: Result<String, String>,
}

/// The newest results.
#[derive(Default)]
pub struct Newest {
    /// The generation that the results belong to.
    pub generation: u64,
    /// The last good page.
    pub page: Page,
    /// The generation of that page.
    pub page_generation: u64,
    /// The numbers of the last page that had no earlier ones.
    pub settled: Arc<BTreeMap<String, String>>,
    /// The PDF.
    pub pdf: Vec<u8>,
    /// The review.
    pub review: Review,
    /// The ledger of the plan, where somebody looked at it.
    pub waves: Option<Decided>,
    /// The errors of the newest text.
    pub errors: Vec<ShownError>,
    /// What kept the newest text that was typeset from becoming a PDF.
    pub unprinted: Vec<ShownError>,
}

impl Newest {
    /// Returns everything that an author has to mend.
    pub fn all_errors(&self) -> Vec<ShownError> {
        [self.errors.as_slice(), self.unprinted.as_slice()].concat()
    }
}

/// What tells the terminal.
type Tell = Box<dyn Fn(&PreviewEvent, &Diagnostics) + Send + Sync>;

/// Shared by the worker and the server.
pub struct PreviewState {
    root: PathBuf,
    newest: RwLock<Newest>,
    events: broadcast::Sender<PreviewEvent>,
    tell: Tell,
}

impl PreviewState {
    /// Begins without results.
    pub fn new(root: PathBuf, tell: Tell) -> Self {
        Self { root, newest: RwLock::default(), events: broadcast::channel(BACKLOG).0, tell }
    }

    /// Returns the folder of the paper.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the newest results.
    pub fn read(&self) -> RwLockReadGuard<'_, Newest> {
        self.newest.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Events from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<PreviewEvent> {
        self.events.subscribe()
    }

    /// Changes the results, and tells what happened, unless a newer generation has results already.
    ///
    /// `errors` are those that are new; `change` says what happened where it has something to tell.
    pub fn publish(
        &self,
        generation: u64,
        errors: &Diagnostics,
        change: impl FnOnce(&mut Newest) -> Option<PreviewEvent>,
    ) {
        let happened = {
            let mut newest: RwLockWriteGuard<'_, Newest> =
                self.newest.write().unwrap_or_else(PoisonError::into_inner);
            if generation < newest.generation {
                return;
            }
            newest.generation = generation;
            change(&mut newest)
        };
        let Some(happened) = happened else { return };
        (self.tell)(&happened, errors);
        // Without browsers nobody listens.
        let _nobody = self.events.send(happened);
    }

    /// Tells whether a generation has errors, after a change of either kind.
    pub fn judge(&self, generation: u64, errors: &Diagnostics, change: impl FnOnce(&mut Newest)) {
        self.publish(generation, errors, |newest| {
            change(newest);
            let errors = newest.all_errors();
            Some(match errors.is_empty() {
                true => PreviewEvent::Ok { generation },
                false => PreviewEvent::Error { generation, errors },
            })
        });
    }

    /// Errors as browsers show them.
    pub fn shown(&self, errors: &Diagnostics) -> Vec<ShownError> {
        let error = |error: &crate::diagnostic::Diagnostic| ShownError {
            file: error.location.file.to_string_lossy().into_owned(),
            line: error.location.line,
            column: error.location.column,
            message: error.told(),
            excerpt: error.render(&self.root, false),
            remedy: error.remedy.clone(),
        };
        errors.0.iter().map(error).collect()
    }
}

impl PreviewEvent {
    /// Returns the name of the event.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Html { .. } => "html",
            Self::Progress { .. } => "progress",
            Self::Ok { .. } => "ok",
            Self::Error { .. } => "error",
            Self::Pdf { .. } => "pdf",
            Self::Waves { .. } => "waves",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_result_never_overwrites_a_newer_one() {
        let state = PreviewState::new(PathBuf::new(), Box::new(|_, _| {}));
        let none = Diagnostics::default();
        let mut events = state.subscribe();
        state.judge(2, &none, |newest| newest.pdf = vec![2]);
        state.judge(1, &none, |newest| newest.pdf = vec![1]);
        assert_eq!((state.read().generation, state.read().pdf.clone()), (2, vec![2]));
        assert_eq!(events.try_recv(), Ok(PreviewEvent::Ok { generation: 2 }));
        assert!(events.try_recv().is_err());
    }

    #[test]
    fn a_text_is_right_only_when_it_was_checked_and_printed_without_errors() {
        let state = PreviewState::new(PathBuf::new(), Box::new(|_, _| {}));
        let none = Diagnostics::default();
        let error = |message: &str| ShownError {
            file: String::new(),
            line: 1,
            column: 1,
            message: message.to_owned(),
            excerpt: String::new(),
            remedy: None,
        };
        let mut events = state.subscribe();
        state.judge(1, &none, |newest| newest.unprinted = vec![error("printed")]);
        state.judge(1, &none, |newest| newest.errors = vec![error("checked")]);
        state.judge(1, &none, |newest| newest.errors.clear());
        state.judge(1, &none, |newest| newest.unprinted.clear());
        let mut messages = |count: usize| match events.try_recv() {
            Ok(PreviewEvent::Error { errors, .. }) => assert_eq!(errors.len(), count),
            Ok(PreviewEvent::Ok { .. }) => assert_eq!(count, 0),
            other => panic!("{other:?}"),
        };
        [1, 2, 1, 0].into_iter().for_each(&mut messages);
    }
}
