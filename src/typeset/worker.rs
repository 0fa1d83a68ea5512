//! The child process: reads a job from a directory and leaves its result there.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use super::exchange::{self, Manifest, Outcome, Task};
use super::trees::TexTrees;
use super::{Job, bibtex, engine};

/// Typesets the job in `dir` with the format cached in `cache` (`typeset-worker DIR CACHE`).
pub fn worker_main(dir: &Path, cache: &Path) -> ExitCode {
    let outcome = match work(dir, cache) {
        Ok(outcome) | Err(outcome) => outcome,
    };
    let stored = serde_json::to_vec(&outcome)
        .map_err(std::io::Error::other)
        .and_then(|bytes| std::fs::write(dir.join(exchange::RESULT), bytes));
    if stored.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn work(dir: &Path, cache: &Path) -> Result<Outcome, Outcome> {
    let (task, job) = read_job(dir)?;
    let trees = TexTrees::installed().ok_or(Outcome::NoTexTrees)?;
    let ready = || write(&dir.join(exchange::READY), b"");
    let (made, outcome) = match task {
        Task::Pdf => {
            let format = engine::format(&trees, cache)?;
            ready()?;
            engine::run(&trees, job, format)?
        }
        Task::References => {
            ready()?;
            bibtex::run(&trees, job)?
        }
    };
    write(&dir.join(exchange::MADE), &made)?;
    Ok(outcome)
}

fn read_job(dir: &Path) -> Result<(Task, Job), Outcome> {
    let path = dir.join(exchange::JOB);
    let manifest: Manifest =
        serde_json::from_slice(&read(&path)?).map_err(|error| failed(&path, &error.into()))?;
    let mut files = BTreeMap::new();
    for (index, name) in manifest.files.into_iter().enumerate() {
        files.insert(name, read(&dir.join(exchange::input(index)))?);
    }
    Ok((manifest.task, Job { files, main: manifest.main, source_date: manifest.source_date }))
}

fn read(path: &Path) -> Result<Vec<u8>, Outcome> {
    std::fs::read(path).map_err(|error| failed(path, &error))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Outcome> {
    std::fs::write(path, bytes).map_err(|error| failed(path, &error))
}

fn failed(path: &Path, error: &std::io::Error) -> Outcome {
    Outcome::Io(path.display().to_string(), error.to_string())
}
