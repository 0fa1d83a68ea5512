//! A job as the parent left it in a folder.

use std::collections::BTreeMap;
use std::path::Path;

use super::Job;
use super::exchange::{self, Manifest, Outcome, Task};

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

/// Returns what is told of a file that cannot be read or written.
pub fn failed(path: &Path, error: &std::io::Error) -> Outcome {
    Outcome::Io(path.display().to_string(), error.to_string(), error.raw_os_error())
}
