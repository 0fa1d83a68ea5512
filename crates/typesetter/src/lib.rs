//! LaTeX to PDF with the Tectonic engines; the only module that knows them.
//!
//! [`typeset`] writes the job into a temporary directory and starts this same program again as
//! a worker ([`worker_main`]), because an endless TeX loop can only be stopped by ending its
//! process. The worker reads the installed TeX trees, keeps every output in memory, and leaves
//! one result behind.
//!
//! A [`Standby`] is for authors who wait for each edit: its worker has set the preamble and stands by at the
//! first line of the text; every job is a fork of it.

mod document;
mod engine;
mod files;
mod log;
mod parent;
mod received;
pub mod sealed;
mod standby;
mod trees;
mod turn;
mod worker;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use parent::typeset;
pub use standby::Standby;
pub use trees::TexTrees;
pub use worker::worker_main;

/// A document to typeset: its files by name, the main file, and the date the PDF carries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Job {
    /// Holds the contents of every file the document may read, by relative name.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Names the file with `\documentclass`, for instance `paper.tex`.
    pub main: String,
    /// Gives the date of the document in seconds since 1970 (`SOURCE_DATE_EPOCH`).
    pub source_date: i64,
}

/// A typeset document and what TeX had to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typeset {
    /// Holds the PDF.
    pub pdf: Vec<u8>,
    /// Counts the TeX passes until the auxiliary files stopped changing.
    pub passes: usize,
    /// Lists the lines and boxes that stick out into the margin.
    pub overfull: Vec<TexMessage>,
    /// Lists what would be missing on the pages: targets of citations and references, ends of too high floats.
    pub missing: Vec<TexMessage>,
}

/// A message of TeX with the place it is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TexMessage {
    /// Names the file, or is empty where TeX names none.
    pub file: String,
    /// Gives the line, counted from one, or zero where TeX gives none.
    pub line: usize,
    /// Holds the text of the message.
    pub text: String,
}

impl std::fmt::Display for TexMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.file.is_empty(), self.line) {
            (true, _) => write!(f, "{}", self.text),
            (false, 0) => write!(f, "{}: {}", self.file, self.text),
            (false, line) => write!(f, "{}:{line}: {}", self.file, self.text),
        }
    }
}

/// How long typesetting may take, and a way to end it earlier.
#[derive(Clone, Debug)]
pub struct Limit {
    /// The time that TeX may take.
    pub time: Duration,
    stopped: Arc<AtomicBool>,
}

impl Limit {
    /// Allows so much time.
    #[must_use]
    pub fn of(time: Duration) -> Self {
        Self { time, stopped: Arc::default() }
    }

    /// Ends what runs under this limit or a clone of it, now and later.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Returns whether it was ended.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

/// The reason why a document could not be typeset.
#[derive(Debug, thiserror::Error)]
pub enum TypesetError {
    /// TeX was still running when the time was up.
    #[error("TeX did not finish within {} s and was stopped", limit.as_secs_f64())]
    Timeout {
        /// Gives the time that was allowed.
        limit: Duration,
    },
    /// Nobody wanted the result any more.
    #[error("typesetting was stopped")]
    Stopped,
    /// TeX reported errors.
    #[error("TeX reported errors:{}", list(.0))]
    Tex(Vec<TexMessage>),
    /// The document asked for a file outside of its own files and the TeX trees.
    #[error("the document asks for `{0}`, which is outside of its own files; access refused")]
    Refused(String),
    /// No TeX installation was found.
    #[error("no TeX trees with an ls-R database were found; run scripts/bootstrap to install TeX Live")]
    NoTexTrees,
    /// A file of the worker or of the cache could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Names the file.
        path: PathBuf,
        /// Holds the cause.
        source: std::io::Error,
    },
    /// The worker ended without a result.
    #[error("the TeX worker ended without a result: {0}")]
    Crash(String),
}

fn list(messages: &[TexMessage]) -> String {
    messages.iter().map(|message| format!("\n  {message}")).collect()
}

/// Names the input and output files that the parent and the worker exchange.
mod exchange {
    use serde::{Deserialize, Serialize};

    use super::TexMessage;

    pub const JOB: &str = "job.json";
    pub const READY: &str = "ready";
    pub const RESULT: &str = "result.json";
    pub const MADE: &str = "made";
    pub const STDERR: &str = "stderr";

    /// Gives the name under which the file with this index is stored.
    pub fn input(index: usize) -> String {
        format!("input-{index}")
    }

    /// Gives the name under which the auxiliary file with this index is stored.
    pub fn auxiliary(index: usize) -> String {
        format!("auxiliary-{index}")
    }

    /// The job without the contents of its files.
    #[derive(Debug, Serialize, Deserialize)]
    pub struct Manifest {
        pub task: Task,
        pub main: String,
        pub source_date: i64,
        pub files: Vec<String>,
        /// What an earlier pass wrote for the next one.
        pub auxiliary: Vec<String>,
    }

    /// What the worker is to make.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    pub enum Task {
        /// A PDF, in as many passes as it needs.
        Pdf,
        /// A PDF in one pass, unless references moved.
        Pass,
        /// A PDF in one pass, even though references moved.
        LastPass,
    }

    /// What the worker found out.
    #[derive(Debug, Serialize, Deserialize)]
    pub enum Outcome {
        Done {
            passes: usize,
            overfull: Vec<TexMessage>,
            missing: Vec<TexMessage>,
        },
        /// References moved; these auxiliary files are for the next pass.
        Moved(Vec<String>),
        Tex(Vec<TexMessage>),
        Refused(String),
        NoTexTrees,
        /// A file, what happened to it, and the code of the system.
        Io(String, String, Option<i32>),
    }
}
