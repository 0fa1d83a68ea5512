//! A process that waits at the first line of a document's text, and goes on with each job in a process of its
//! own.

use std::cell::RefCell;
use std::io::{self, Cursor, Read, SeekFrom, Write};
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::rc::Rc;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};
use tectonic_errors::Result;
use tectonic_io_base::InputFeatures;

use super::Job;
use super::document::{self, Own, primary};
use super::exchange::Task;
use super::received::{Received, receive};

/// What the parent writes to go on with the job in a folder; its path follows.
pub const JOB: &str = "job ";
/// What the parent writes when nobody wants the running job any more.
pub const STOP: &str = "stop";
/// What this process writes when it waits for its first job.
pub const READY: &str = "ready";
/// What this process writes when a job has ended.
pub const DONE: &str = "done";

/// Milliseconds between two looks at a job that runs.
const LOOK: u8 = 2;

/// The job that a process goes on with.
struct TakenJob {
    dir: PathBuf,
    is_last: bool,
}

/// The place where a document's text begins.
pub struct Turn {
    own: Own,
    main: String,
    /// The bytes of the main file that are its preamble: all that it had at the start.
    preamble: Vec<u8>,
    taken: RefCell<Option<TakenJob>>,
}

impl Turn {
    /// Waits behind the text of the main file of `job`.
    pub fn new(job: Job) -> Rc<Self> {
        let preamble = job.files.get(&job.main).cloned().unwrap_or_default();
        let own = document::own(job.files);
        Rc::new(Self { own, main: job.main, preamble, taken: RefCell::default() })
    }

    /// Returns the files of the document, which change when there is a job.
    pub fn own(&self) -> Own {
        Rc::clone(&self.own)
    }

    /// Returns the folder of the job that this process goes on with.
    pub fn dir(&self) -> Option<PathBuf> {
        self.taken.borrow().as_ref().map(|taken| taken.dir.clone())
    }

    /// Tells whether the PDF is wanted even though references moved.
    pub fn is_last(&self) -> bool {
        self.taken.borrow().as_ref().is_some_and(|taken| taken.is_last)
    }

    /// Opens the main file: its preamble, and behind it the text of whatever job comes.
    pub fn text(turn: &Rc<Self>) -> Text {
        Text { turn: Rc::clone(turn), read: Cursor::new(primary(&turn.preamble)) }
    }

    /// Waits for jobs; returns, in a process of its own for each, the text behind the preamble.
    fn wait(&self) -> io::Result<Vec<u8>> {
        say(READY)?;
        loop {
            let Some(command) = command()? else { std::process::exit(0) };
            let Some(dir) = command.strip_prefix(JOB) else { continue };
            match fork_here()? {
                ForkResult::Child => return self.take(dir.into()),
                ForkResult::Parent { child } => supervise(child)?,
            }
            say(DONE)?;
        }
    }

    /// Puts the files of a job in place and returns the text behind its preamble.
    fn take(&self, dir: PathBuf) -> io::Result<Vec<u8>> {
        *self.taken.borrow_mut() = Some(TakenJob { dir: dir.clone(), is_last: false });
        let Received { task, job, .. } =
            receive(&dir).map_err(|outcome| io::Error::other(format!("{outcome:?}")))?;
        *self.taken.borrow_mut() = Some(TakenJob { dir, is_last: task == Task::LastPass });
        let main = job.files.get(&self.main).map(Vec::as_slice).unwrap_or_default();
        let rest = main.strip_prefix(self.preamble.as_slice());
        let rest = rest.ok_or_else(|| io::Error::other("the job has another preamble"))?.to_vec();
        self.own.swap(&document::own(job.files));
        Ok(rest)
    }
}

/// The text of a main file whose second part comes with a job.
pub struct Text {
    turn: Rc<Turn>,
    read: Cursor<Vec<u8>>,
}

impl Read for Text {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.read.read(buffer)?;
        if count > 0 || buffer.is_empty() || self.turn.taken.borrow().is_some() {
            return Ok(count);
        }
        self.read = Cursor::new(self.turn.wait()?);
        self.read.read(buffer)
    }
}

impl InputFeatures for Text {
    fn get_size(&mut self) -> Result<usize> {
        Ok(self.read.get_ref().len())
    }

    fn try_seek(&mut self, place: SeekFrom) -> Result<u64> {
        self.read.try_seek(place)
    }
}

#[expect(unsafe_code, reason = "there is no safe way to continue one process as two")]
fn fork_here() -> io::Result<ForkResult> {
    // SAFETY: a worker starts no threads, so no lock can be held by another one at this moment.
    Ok(unsafe { fork() }?)
}

/// Waits until a job has ended, and ends it when the parent says so or is gone.
fn supervise(child: Pid) -> io::Result<()> {
    loop {
        if waitpid(child, Some(WaitPidFlag::WNOHANG))? != WaitStatus::StillAlive {
            return Ok(());
        }
        let stdin = io::stdin();
        let mut wanted = [PollFd::new(stdin.as_fd(), PollFlags::POLLIN)];
        match poll(&mut wanted, PollTimeout::from(LOOK)) {
            Ok(0) | Err(Errno::EINTR) => continue,
            other => other?,
        };
        let command = command()?;
        if command.as_deref().is_none_or(|command| command == STOP) {
            // Both fail only where it has ended by itself.
            let _ended = kill(child, Signal::SIGKILL);
            let _ended = waitpid(child, None);
            if command.is_none() {
                std::process::exit(0);
            }
            return Ok(());
        }
    }
}

/// Reads one line byte by byte, so that nothing of the next one is taken; `None` when the parent is gone.
fn command() -> io::Result<Option<String>> {
    let mut line = Vec::new();
    let mut byte = [0];
    loop {
        match nix::unistd::read(io::stdin(), &mut byte) {
            Ok(0) => return Ok(None),
            Ok(_) if byte == [b'\n'] => return Ok(Some(String::from_utf8_lossy(&line).into_owned())),
            Ok(_) => line.extend(byte),
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Tells the parent.
fn say(word: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{word}")?;
    stdout.flush()
}
