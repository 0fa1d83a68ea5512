//! The parent's side of a worker that stands by with a preamble.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::exchange::{self, Outcome, Task};
use super::parent::{self, POLL, PREPARATION_LIMIT, io};
use super::{Job, Limit, Typeset, TypesetError, turn};

/// Where the text of a document begins.
const BEGIN: &[u8] = b"\\begin{document}\n";
/// The most passes over one document, as many as without standing by.
const MAX_PASSES: usize = 5;
/// The time in which a process that was told to end does so.
const FAREWELL: Duration = Duration::from_millis(500);

type Auxiliary = BTreeMap<String, Vec<u8>>;

/// Typesets one document again and again: its preamble once, its text in one pass as long as no reference
/// moves.
#[derive(Debug)]
pub struct Standby {
    worker: PathBuf,
    cache: PathBuf,
    auxiliary: Auxiliary,
    process: Option<Process>,
}

impl Standby {
    /// Stands by with `worker typeset-worker DIR CACHE`, once there is a job.
    #[must_use]
    pub fn new(worker: &Path, cache: &Path) -> Self {
        let (auxiliary, process) = Default::default();
        Self { worker: worker.to_path_buf(), cache: cache.to_path_buf(), auxiliary, process }
    }

    /// Typesets a job; a document without a line `\begin{document}` is typeset as [`super::typeset`] does.
    ///
    /// # Errors
    /// Those of [`super::typeset`].
    pub fn typeset(&mut self, job: &Job, limit: &Limit) -> Result<Typeset, TypesetError> {
        let main = job.files.get(&job.main).map(Vec::as_slice).unwrap_or_default();
        let Some(begin) = main.windows(BEGIN.len()).position(|window| window == BEGIN) else {
            return parent::typeset(job, &self.worker, &self.cache, limit);
        };
        let mut preamble = job.clone();
        preamble.files.insert(job.main.clone(), main[..begin + BEGIN.len()].to_vec());
        for passes in 1.. {
            let task = if passes < MAX_PASSES { Task::Pass } else { Task::LastPass };
            let sent = parent::send(task, job, &Auxiliary::new())?;
            match self.pass(&preamble, sent.path(), limit)? {
                (pdf, Outcome::Done { overfull, missing, .. }) => {
                    return Ok(Typeset { pdf, passes, overfull, missing });
                }
                (_, Outcome::Moved(names)) => self.auxiliary = moved(sent.path(), names)?,
                (_, other) => return Err(TypesetError::Crash(format!("an unexpected result: {other:?}"))),
            }
        }
        Err(TypesetError::Crash("references never stopped moving".to_owned()))
    }

    /// Runs the job in `dir` on top of a preamble.
    fn pass(
        &mut self,
        preamble: &Job,
        dir: &Path,
        limit: &Limit,
    ) -> Result<(Vec<u8>, Outcome), TypesetError> {
        let mut process = self.process_for(preamble)?;
        // A process that is gone cannot be told anything; what it left says more.
        let ended = process.run(dir, limit).unwrap_or(Ended::Process);
        match ended {
            // What is wrong with the preamble stands in the folder of the process.
            Ended::Process => return parent::result(process.dir.path(), "without a reason"),
            Ended::Stopped if !process.is_ready => {}
            Ended::Job | Ended::Stopped => self.process = Some(process),
        }
        match ended {
            Ended::Stopped if limit.is_stopped() => Err(TypesetError::Stopped),
            Ended::Stopped => Err(TypesetError::Timeout { limit: limit.time }),
            Ended::Job | Ended::Process => parent::result(dir, "without a reason"),
        }
    }

    /// Returns the process that stands by with this preamble and these auxiliary files, started where there
    /// is none.
    fn process_for(&mut self, preamble: &Job) -> Result<Process, TypesetError> {
        let main = preamble.files.get(&preamble.main).map(Vec::as_slice).unwrap_or_default();
        let fits = |process: &Process| {
            (process.preamble.as_slice(), process.source_date, &process.auxiliary)
                == (main, preamble.source_date, &self.auxiliary)
        };
        match self.process.take().filter(fits) {
            Some(process) => Ok(process),
            None => Process::start(&self.worker, &self.cache, preamble, self.auxiliary.clone()),
        }
    }
}

/// Reads the auxiliary files that a pass left for the next one.
fn moved(dir: &Path, names: Vec<String>) -> Result<Auxiliary, TypesetError> {
    let read = |(index, name)| {
        let path = dir.join(exchange::auxiliary(index));
        std::fs::read(&path).map(|bytes| (name, bytes)).map_err(io(&path))
    };
    names.into_iter().enumerate().map(read).collect()
}

/// How waiting for a job ended.
enum Ended {
    /// The job has a result.
    Job,
    /// It took too long, or nobody wanted it any more.
    Stopped,
    /// The process that stood by is gone.
    Process,
}

/// A worker that stands by, and what it stands on.
#[derive(Debug)]
struct Process {
    child: Child,
    /// Closed to end the worker and whatever it runs.
    commands: Option<ChildStdin>,
    said: Receiver<String>,
    /// Whether it waits for jobs; before, it sets the preamble and has no child of its own.
    is_ready: bool,
    dir: TempDir,
    preamble: Vec<u8>,
    source_date: i64,
    auxiliary: Auxiliary,
}

impl Process {
    fn start(
        worker: &Path,
        cache: &Path,
        preamble: &Job,
        auxiliary: Auxiliary,
    ) -> Result<Self, TypesetError> {
        let dir = parent::send(Task::Pass, preamble, &auxiliary)?;
        let mut child = parent::start(worker, dir.path(), cache, |command| {
            command.stdin(Stdio::piped()).stdout(Stdio::piped())
        })?;
        let (commands, stdout) = (child.stdin.take(), child.stdout.take());
        let (sender, said) = channel();
        std::thread::spawn(move || {
            let lines = stdout.into_iter().flat_map(|stdout| BufReader::new(stdout).lines());
            // Nobody listens when the process is not wanted any more.
            lines.map_while(Result::ok).try_for_each(|line| sender.send(line)).ok()
        });
        let preamble_text = preamble.files.get(&preamble.main).cloned().unwrap_or_default();
        Ok(Self {
            child,
            commands,
            said,
            is_ready: false,
            dir,
            preamble: preamble_text,
            source_date: preamble.source_date,
            auxiliary,
        })
    }

    /// Hands over the job in `dir` and waits for its end.
    fn run(&mut self, dir: &Path, limit: &Limit) -> std::io::Result<Ended> {
        self.tell(&format!("{}{}", turn::JOB, dir.display()))?;
        let mut deadline = Instant::now() + if self.is_ready { limit.time } else { PREPARATION_LIMIT };
        let mut is_told = false;
        loop {
            match self.said.recv_timeout(POLL) {
                Ok(word) if word == turn::DONE && is_told => return Ok(Ended::Stopped),
                Ok(word) if word == turn::DONE => return Ok(Ended::Job),
                Ok(_) => {
                    self.is_ready = true;
                    deadline = Instant::now() + limit.time;
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(Ended::Process),
                Err(RecvTimeoutError::Timeout) => {}
            }
            let is_over = limit.is_stopped() || Instant::now() >= deadline;
            if is_over && !self.is_ready {
                self.child.kill()?;
                return Ok(Ended::Stopped);
            }
            if is_over && !is_told {
                is_told = true;
                self.tell(turn::STOP)?;
            }
        }
    }

    fn tell(&mut self, command: &str) -> std::io::Result<()> {
        self.commands.as_mut().map_or(Ok(()), |commands| writeln!(commands, "{command}"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.commands = None;
        let deadline = Instant::now() + if self.is_ready { FAREWELL } else { Duration::ZERO };
        while Instant::now() < deadline && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(1));
        }
        // Both fail only where it has ended already.
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}
