//! The child process: reads a job from a directory and leaves its result there.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::engine;
use super::exchange::{self, Outcome, Task};
use super::received::{Received, failed, receive};
use super::trees::TexTrees;

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

/// Works on the job in `dir`; a process that stood by has its result in the folder of the job it went on
/// with.
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
                engine::PassResult::Done(pdf, outcome) => (pdf, outcome),
                engine::PassResult::Moved(files) => {
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

fn write(path: &Path, bytes: &[u8]) -> Result<(), Outcome> {
    std::fs::write(path, bytes).map_err(|error| failed(path, &error))
}
