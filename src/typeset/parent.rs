//! The parent process: starts a worker, waits for it, and stops it when its time is up.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::exchange::{self, Manifest, Outcome, Task};
use super::{Job, Limit, References, Typeset, TypesetError};

/// The time for indexing the TeX trees and generating the format, which does not count towards
/// the document's own limit.
const PREPARATION_LIMIT: Duration = Duration::from_secs(180);

/// The time between two looks at the worker.
const POLL: Duration = Duration::from_millis(5);

/// Typesets a job in a child process (`worker typeset-worker DIR CACHE`), which is stopped when
/// TeX takes longer than `limit`.
///
/// # Errors
/// Fails where TeX reports errors, the document asks for a file outside of the job, no TeX
/// trees are installed, or the time is up.
pub fn typeset(job: &Job, worker: &Path, cache: &Path, limit: &Limit) -> Result<Typeset, TypesetError> {
    let (made, outcome) = run(Task::Pdf, job, worker, cache, limit)?;
    match outcome {
        Outcome::Done { passes, overfull, undefined } => {
            Ok(Typeset { pdf: made, passes, overfull, undefined })
        }
        other => Err(TypesetError::Crash(format!("an unexpected result: {other:?}"))),
    }
}

/// Makes the reference list of an `.aux` file's citations from a bibliography, in a child process.
///
/// # Errors
/// Fails where BibTeX reports errors, no TeX trees are installed, or the time is up.
pub fn bibtex(
    aux: String,
    bibliography: String,
    worker: &Path,
    cache: &Path,
    limit: &Limit,
) -> Result<References, TypesetError> {
    let job = super::bibtex::job(aux, bibliography);
    let (made, outcome) = run(Task::References, &job, worker, cache, limit)?;
    match outcome {
        Outcome::Bibtex(warnings) => {
            Ok(References { bbl: String::from_utf8_lossy(&made).into_owned(), warnings })
        }
        other => Err(TypesetError::Crash(format!("an unexpected result: {other:?}"))),
    }
}

fn run(
    task: Task,
    job: &Job,
    worker: &Path,
    cache: &Path,
    limit: &Limit,
) -> Result<(Vec<u8>, Outcome), TypesetError> {
    let folder = tempfile::tempdir().map_err(io(Path::new("temporary directory")))?;
    let dir = folder.path();
    let manifest = Manifest {
        task,
        main: job.main.clone(),
        source_date: job.source_date,
        files: job.files.keys().cloned().collect(),
    };
    let path = dir.join(exchange::JOB);
    let text = serde_json::to_vec(&manifest).map_err(|error| io(&path)(error.into()))?;
    std::fs::write(&path, text).map_err(io(&path))?;
    for (index, bytes) in job.files.values().enumerate() {
        let path = dir.join(exchange::input(index));
        std::fs::write(&path, bytes).map_err(io(&path))?;
    }

    let cache = std::path::absolute(cache).map_err(io(cache))?;
    let program = std::path::absolute(worker).map_err(io(worker))?;
    let path = dir.join(exchange::STDERR);
    let stderr = File::create(&path).map_err(io(&path))?;
    let child = Command::new(&program)
        .arg("typeset-worker")
        .args([dir, &cache])
        .current_dir(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(stderr)
        .spawn()
        .map_err(io(&program))?;
    let status = wait(&mut Guard(child), dir, limit).map_err(io(&program))?;
    let ended = || {
        if limit.is_stopped() { TypesetError::Stopped } else { TypesetError::Timeout { limit: limit.time } }
    };
    result(dir, status.ok_or_else(ended)?)
}

/// A child that never outlives the call.
struct Guard(Child);

impl Drop for Guard {
    fn drop(&mut self) {
        // Both fail only where the worker has already ended and been waited for.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits for the worker; `None` where its time is up or nobody wants its result any more.
fn wait(worker: &mut Guard, dir: &Path, limit: &Limit) -> std::io::Result<Option<ExitStatus>> {
    let ready = dir.join(exchange::READY);
    let mut deadline = Instant::now() + PREPARATION_LIMIT;
    let mut prepared = false;
    loop {
        if let Some(status) = worker.0.try_wait()? {
            return Ok(Some(status));
        }
        if !prepared && ready.exists() {
            prepared = true;
            deadline = Instant::now() + limit.time;
        }
        if Instant::now() >= deadline || limit.is_stopped() {
            return Ok(None);
        }
        std::thread::sleep(POLL);
    }
}

fn result(dir: &Path, status: ExitStatus) -> Result<(Vec<u8>, Outcome), TypesetError> {
    let outcome = std::fs::read(dir.join(exchange::RESULT)).ok();
    let outcome = outcome.and_then(|bytes| serde_json::from_slice::<Outcome>(&bytes).ok());
    match outcome {
        Some(outcome @ (Outcome::Done { .. } | Outcome::Bibtex(_))) => {
            let path = dir.join(exchange::MADE);
            let made = std::fs::read(&path).map_err(io(&path))?;
            Ok((made, outcome))
        }
        Some(Outcome::Tex(messages)) => Err(TypesetError::Tex(messages)),
        Some(Outcome::Refused(name)) => Err(TypesetError::Refused(name)),
        Some(Outcome::NoTexTrees) => Err(TypesetError::NoTexTrees),
        Some(Outcome::Io(path, text)) => {
            Err(TypesetError::Io { path: path.into(), source: std::io::Error::other(text) })
        }
        None => {
            let text = std::fs::read(dir.join(exchange::STDERR)).unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            Err(TypesetError::Crash(format!("{status} {}", text.trim())))
        }
    }
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> TypesetError + use<> {
    let path = path.to_path_buf();
    move |source| TypesetError::Io { path, source }
}
