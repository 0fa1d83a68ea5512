//! The parent process: starts a worker, waits for it, and stops it when its time is up.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Error;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::exchange::{self, Manifest, Outcome, Task};
use super::{Job, Limit, Typeset, TypesetError};

/// The time for indexing the TeX trees and generating the format, which does not count towards
/// the document's own limit.
pub(super) const PREPARATION_LIMIT: Duration = Duration::from_secs(180);

/// The time between two looks at the worker.
pub(super) const POLL: Duration = Duration::from_millis(5);

/// Typesets a job in a child process (`worker typeset-worker DIR CACHE`), which is stopped when
/// TeX takes longer than `limit`.
///
/// # Errors
/// Fails where TeX reports errors, the document asks for a file outside of the job, no TeX
/// trees are installed, or the time is up.
pub fn typeset(job: &Job, worker: &Path, cache: &Path, limit: &Limit) -> Result<Typeset, TypesetError> {
    let (made, outcome) = run(Task::Pdf, job, worker, cache, limit)?;
    match outcome {
        Outcome::Done { passes, overfull, missing } => Ok(Typeset { pdf: made, passes, overfull, missing }),
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
    let folder = send(task, job, &BTreeMap::new())?;
    let dir = folder.path();
    let child = start(worker, dir, cache, |command| command.stdin(Stdio::null()).stdout(Stdio::null()))?;
    let status = wait(&mut Guard(child), dir, limit).map_err(io(worker))?;
    let ended = || {
        if limit.is_stopped() { TypesetError::Stopped } else { TypesetError::Timeout { limit: limit.time } }
    };
    result(dir, &status.ok_or_else(ended)?.to_string())
}

/// Writes a job into a folder of its own.
pub(super) fn send(
    task: Task,
    job: &Job,
    auxiliary: &BTreeMap<String, Vec<u8>>,
) -> Result<TempDir, TypesetError> {
    let folder = tempfile::tempdir().map_err(io(&std::env::temp_dir()))?;
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect();
    let manifest = Manifest {
        task,
        main: job.main.clone(),
        source_date: job.source_date,
        files: names(&job.files),
        auxiliary: names(auxiliary),
    };
    let text = serde_json::to_vec(&manifest).map_err(|error| io(folder.path())(error.into()))?;
    let inputs = job.files.values().enumerate().map(|(index, bytes)| (exchange::input(index), bytes));
    let others = auxiliary.values().enumerate().map(|(index, bytes)| (exchange::auxiliary(index), bytes));
    for (name, bytes) in inputs.chain(others).chain([(exchange::JOB.to_owned(), &text)]) {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).map_err(io(&path))?;
    }
    Ok(folder)
}

/// Starts this program as the worker for the job in `dir`; `channels` sets its input and output.
pub(super) fn start(
    worker: &Path,
    dir: &Path,
    cache: &Path,
    channels: impl FnOnce(&mut Command) -> &mut Command,
) -> Result<Child, TypesetError> {
    let cache = std::path::absolute(cache).map_err(io(cache))?;
    let program = std::path::absolute(worker).map_err(io(worker))?;
    let path = dir.join(exchange::STDERR);
    let stderr = File::create(&path).map_err(io(&path))?;
    let mut command = Command::new(&program);
    command.arg("typeset-worker").args([dir, &cache]).current_dir(dir).stderr(stderr);
    channels(&mut command).spawn().map_err(io(&program))
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

/// Reads the result that a worker left in `dir`; `ended` says how the worker ended.
pub(super) fn result(dir: &Path, ended: &str) -> Result<(Vec<u8>, Outcome), TypesetError> {
    let outcome = std::fs::read(dir.join(exchange::RESULT)).ok();
    let outcome = outcome.and_then(|bytes| serde_json::from_slice::<Outcome>(&bytes).ok());
    match outcome {
        Some(outcome @ Outcome::Moved(_)) => Ok((Vec::new(), outcome)),
        Some(outcome @ Outcome::Done { .. }) => {
            let path = dir.join(exchange::MADE);
            let made = std::fs::read(&path).map_err(io(&path))?;
            Ok((made, outcome))
        }
        Some(Outcome::Tex(messages)) => Err(TypesetError::Tex(messages)),
        Some(Outcome::Refused(name)) => Err(TypesetError::Refused(name)),
        Some(Outcome::NoTexTrees) => Err(TypesetError::NoTexTrees),
        Some(Outcome::Io(path, text, code)) => {
            let source = code.map_or_else(|| Error::other(text), Error::from_raw_os_error);
            Err(TypesetError::Io { path: path.into(), source })
        }
        None => {
            let text = std::fs::read(dir.join(exchange::STDERR)).unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            Err(TypesetError::Crash(format!("{ended} {}", text.trim())))
        }
    }
}

pub(super) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> TypesetError + use<> {
    let path = path.to_path_buf();
    move |source| TypesetError::Io { path, source }
}
