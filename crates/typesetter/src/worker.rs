//! The child process: reads a job from a directory and leaves its result there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::exchange::{self, Manifest, Outcome, Task};
use super::trees::TexTrees;
use super::{Job, bibtex, engine};

/// Typesets the job in `dir` with the format cached in `cache` (`typeset-worker DIR CACHE`).
pub fn worker_main(dir: &Path, cache: &Path) -> ExitCode {
    let mut dir = dir.to_path_buf();
    let outcome = match work(&mut dir, cache) {
        Ok(outcome) | Err(outcome) => outcome,
    };
    let stored = serde_json::to_vec(&outcome)
        .map_err(std::io::Error::other)
        .and_then(|bytes| std::fs::write(dir.join(exchange::RESULT), bytes));
    if stored.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Works on the job in `dir`; a process that stood by has its result in the folder of the job it went on with.
fn work(dir: &mut PathBuf, cache: &Path) -> Result<Outcome, Outcome> {
    let Received { task, job, auxiliary } = receive(dir)?;
    let trees = TexTrees::installed().ok_or(Outcome::NoTexTrees)?;
    let ready = |dir: &Path| write(&dir.join(exchange::READY), b"");
    let (made, outcome) = match task {
        Task::Pdf => {
            let format = engine::format(&trees, cache)?;
            ready(dir)?;
            engine::run(&trees, job, format)?
        }
        Task::References => {
            ready(dir)?;
            bibtex::run(&trees, job)?
        }
        Task::Pass | Task::LastPass => {
            let format = engine::format(&trees, cache)?;
            ready(dir)?;
            let (main, date) = (job.main.clone(), job.source_date);
            let turn = super::turn::Turn::new(job);
            let passed = engine::stand_by(&trees, &turn, (&main, date), auxiliary, format);
            if let Some(place) = turn.dir() {
                *dir = place;
            }
            match passed? {
                engine::Passed::Done(pdf, outcome) => (pdf, outcome),
                engine::Passed::Moved(files) => {
                    for (index, bytes) in files.values().enumerate() {
                        write(&dir.join(exchange::auxiliary(index)), bytes)?;
                    }
                    return Ok(Outcome::Moved(files.into_keys().collect()));
                }
            }
        }
    };
    write(&dir.join(exchange::MADE), &made)?;
    Ok(outcome)
}

/// A job as it was sent.
pub struct Received {
    /// What to make.
    pub task: Task,
    /// The document.
    pub job: Job,
    /// What an earlier pass wrote.
    pub auxiliary: BTreeMap<String, Vec<u8>>,
}

/// Reads the job in a folder.
pub fn receive(dir: &Path) -> Result<Received, Outcome> {
    let path = dir.join(exchange::JOB);
    let manifest: Manifest =
        serde_json::from_slice(&read(&path)?).map_err(|error| failed(&path, &error.into()))?;
    let read_all = |names: Vec<String>, place: fn(usize) -> String| {
        let read = |(index, name)| Ok((name, read(&dir.join(place(index)))?));
        names.into_iter().enumerate().map(read).collect::<Result<BTreeMap<_, _>, Outcome>>()
    };
    let files = read_all(manifest.files, exchange::input)?;
    let auxiliary = read_all(manifest.auxiliary, exchange::auxiliary)?;
    let job = Job { files, main: manifest.main, source_date: manifest.source_date };
    Ok(Received { task: manifest.task, job, auxiliary })
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
