//! Runs the commands behind stale sources: in order of what they need, at once where they can, and so that a command
//! that fails leaves the files and the lock that were there.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::lock::{Entry, LOCK_FILE, Lock, Made, digest};
use super::origin::Origin;
use super::read::matching;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::source::write_atomically;

/// Where logs stand, below the root of a paper.
pub const FOLDER: &str = "build/results";
/// Where the old files of a source stand while its command runs: in no folder that may be emptied.
const ASIDE: &str = "paper/.results-aside";
/// The longest time that a command may take where its author says nothing.
const LIMIT: Duration = Duration::from_secs(3600);
/// How much of what a command prints is kept.
const MOST_LOGGED: usize = 16 << 20;
/// How much of a line that it printed is told.
const MOST_SAID: usize = 200;
/// The longest time that a tool may take to say its version.
const VERSION_LIMIT: Duration = Duration::from_secs(20);
/// How long a command has to end once it is told to.
const GRACE: Duration = Duration::from_secs(2);
/// How often a running command is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// What becomes of the command of one source.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<'s> {
    /// It begins.
    Begun(&'s str),
    /// It made its files in so many seconds.
    Made(&'s str, f64),
    /// It failed; the error is told at the end.
    Failed(&'s str),
    /// It does not run, since that of another source failed.
    Skipped(&'s str, String),
}

/// Where a run stands.
struct State<'s> {
    waiting: Vec<Origin<'s>>,
    running: Vec<Origin<'s>>,
    failed: Vec<Origin<'s>>,
    lock: Lock,
    errors: Diagnostics,
}

impl State<'_> {
    /// Returns a command that waits for no other.
    fn next(&self) -> Option<usize> {
        let waits = |origin: &Origin<'_>| {
            let others = self.waiting.iter().filter(|other| other.name != origin.name).chain(&self.running);
            others.into_iter().any(|other| origin.needs(other))
        };
        self.waiting.iter().position(|origin| !waits(origin))
    }
}

/// Runs the commands of some sources; at most so many at once, or as many as there are cores. Once `stopped`, what runs is ended, and nothing else
/// begins.
///
/// # Errors
/// Commands that need each other, that fail, take too long, make no file or change what they start from. What the others
/// made stays.
pub fn run<'s>(
    root: &Path,
    origins: Vec<Origin<'s>>,
    lock: Lock,
    jobs: Option<usize>,
    stopped: &AtomicBool,
    told: &(dyn Fn(Event<'s>) + Sync),
) -> Result<(), Diagnostics> {
    refuse_circles(&origins)?;
    let state = State {
        waiting: origins,
        running: Vec::new(),
        failed: Vec::new(),
        lock,
        errors: Diagnostics::default(),
    };
    let state = (Mutex::new(state), Condvar::new());
    std::thread::scope(|scope| {
        for _ in 0..jobs.unwrap_or_else(cores).max(1) {
            scope.spawn(|| work(root, &state, stopped, told));
        }
    });
    state.0.into_inner().unwrap_or_else(PoisonError::into_inner).errors.into_result(())
}

/// Refuses commands each of which waits for the other.
fn refuse_circles(origins: &[Origin<'_>]) -> Result<(), Diagnostics> {
    let mut left: Vec<&Origin<'_>> = origins.iter().collect();
    loop {
        let free = left.iter().position(|one| !left.iter().any(|other| one.needs(other)));
        match (free, left.first()) {
            (Some(at), _) => drop(left.remove(at)),
            (None, None) => return Ok(()),
            (None, Some(first)) => {
                let names: Vec<String> = left.iter().map(|one| format!("`{}`", one.name)).collect();
                let message = format!("the commands of {} need what each other makes", names.join(", "));
                let error = Diagnostic::new(first.at.clone(), message);
                return Err(error
                    .remedy("let one of them start from files that none of the others makes")
                    .into());
            }
        }
    }
}

/// Runs one command after another until none is left.
fn work<'s>(
    root: &Path,
    (state, changed): &(Mutex<State<'s>>, Condvar),
    stopped: &AtomicBool,
    told: &(dyn Fn(Event<'s>) + Sync),
) {
    let mut held = state.lock().unwrap_or_else(PoisonError::into_inner);
    while !stopped.load(Ordering::Relaxed) && !held.waiting.is_empty() {
        let Some(at) = held.next() else {
            held = changed.wait(held).unwrap_or_else(PoisonError::into_inner);
            continue;
        };
        let origin = held.waiting.remove(at);
        let before =
            held.failed.iter().find(|failed| origin.needs(failed)).map(|failed| failed.name.to_owned());
        if let Some(other) = before {
            told(Event::Skipped(origin.name, other));
            held.failed.push(origin);
            continue;
        }
        held.running.push(origin.clone());
        drop(held);
        told(Event::Begun(origin.name));
        let made = make(root, &origin, stopped);
        held = state.lock().unwrap_or_else(PoisonError::into_inner);
        held.running.retain(|running| running.name != origin.name);
        let kept = made.and_then(|(entry, seconds)| {
            let mut lock = held.lock.clone();
            lock.sources.insert(origin.name.to_owned(), entry);
            write(root, &lock)?;
            Ok((lock, seconds))
        });
        match kept {
            Ok((lock, seconds)) => {
                held.lock = lock;
                told(Event::Made(origin.name, seconds));
            }
            Err(errors) => {
                held.errors.0.extend(errors.0);
                told(Event::Failed(origin.name));
                held.failed.push(origin);
            }
        }
        changed.notify_all();
    }
    changed.notify_all();
}

/// Writes what is known of all sources.
///
/// # Errors
/// A file that cannot be written.
pub fn write(root: &Path, lock: &Lock) -> Result<(), Diagnostics> {
    let text = lock.text().map_err(|error| error.to_string());
    let written = text.and_then(|text| {
        write_atomically(&root.join(LOCK_FILE), text.as_bytes()).map_err(|error| error.to_string())
    });
    let error = |error| Diagnostic::new(Location::file(LOCK_FILE), format!("it cannot be written: {error}"));
    written.map_err(|message| error(message).into())
}

/// Runs the command of one source; returns from what it was made, and the seconds that took.
fn make(root: &Path, origin: &Origin<'_>, stopped: &AtomicBool) -> Result<(Entry, f64), Diagnostics> {
    let wrong = |message: String, remedy: &str| {
        Diagnostics::from(Diagnostic::new(origin.at.clone(), message).remedy(remedy))
    };
    let machine = |what: &str, error: std::io::Error| {
        wrong(
            format!("the command of `{}` cannot {what}: {error}", origin.name),
            "see to the disk and its permissions",
        )
    };
    let inputs = origin.inputs(root)?;
    let before: BTreeMap<&PathBuf, Option<String>> =
        inputs.iter().map(|file| (file, digest(root, file))).collect();
    let aside = Aside::of(root, origin);
    aside.put().map_err(|error| machine("put its old files aside", error))?;
    let log = root.join(FOLDER).join(format!("{}.log", origin.name));
    let begun = Instant::now();
    let limit = origin.spec.limit.as_ref().map_or(LIMIT, |limit| Duration::from_secs_f64(limit.value));
    let ended = execute(root, origin.command, limit, &log, stopped);
    let ended = ended.map_err(|error| machine("begin", error));
    let seconds = begun.elapsed().as_secs_f64();
    let checked = ended.and_then(|ended| {
        let shown = log.strip_prefix(root).unwrap_or(&log).display();
        let last = last_line(&log).map_or(String::new(), |line| format!("; it said last: {line}"));
        let failed = match ended {
            Ended::Well => None,
            Ended::Status(status) => {
                Some(format!("the command of `{}` failed ({}){last}", origin.name, said(status)))
            }
            Ended::Late => {
                Some(format!("the command of `{}` was ended after {} s{last}", origin.name, limit.as_secs()))
            }
            Ended::Stopped => Some(format!("the command of `{}` was interrupted", origin.name)),
        };
        if let Some(message) = failed {
            let kept = format!("its old files are back; all that it said is in {shown}");
            return Err(wrong(message, &kept));
        }
        let outputs = origin.spec.found(root, &origin.at).map_err(|errors| {
            let errors = errors.0.into_iter().map(|error| {
                let message = format!("the command of `{}` ended well, and {}", origin.name, error.message);
                Diagnostic::new(error.location, message).remedy(format!("what it said is in {shown}"))
            });
            Diagnostics(errors.collect())
        })?;
        if let Some(file) = inputs.iter().find(|file| before[file] != digest(root, file)) {
            let message = format!("the command of `{}` changed its input {}", origin.name, file.display());
            return Err(wrong(message, "let it write other files than those that it starts from"));
        }
        let made = Made::Run {
            seconds,
            cores: cores(),
            clock_mhz: clock_mhz(),
            versions: versions(root, origin, stopped),
        };
        origin.now(root, &outputs, made)
    });
    match checked {
        Ok(entry) => {
            aside.forget().map_err(|error| machine("take its old files away", error))?;
            Ok((entry, seconds))
        }
        Err(errors) => {
            aside.restore().map_err(|error| machine("put its old files back", error))?;
            Err(errors)
        }
    }
}

/// Files of a source while its command makes new ones.
struct Aside<'r> {
    root: &'r Path,
    folder: PathBuf,
    /// The path or the pattern of the files.
    pattern: PathBuf,
}

impl<'r> Aside<'r> {
    fn of(root: &'r Path, origin: &Origin<'_>) -> Self {
        let pattern = origin.spec.path().unwrap_or_default();
        Self { root, folder: root.join(ASIDE).join(origin.name), pattern }
    }

    /// Refuses files that a link leads out of the folder of the paper: what stands there is not to be moved.
    fn check(&self) -> std::io::Result<()> {
        let folder = self.root.join(self.pattern.parent().unwrap_or(Path::new("")));
        if !folder.exists() || folder.canonicalize()?.starts_with(self.root.canonicalize()?) {
            return Ok(());
        }
        let message = format!("{} leads out of the folder of the paper", folder.display());
        Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, message))
    }

    /// Puts the files of the source aside, after those that a killed run had put aside are back.
    fn put(&self) -> std::io::Result<()> {
        self.restore()?;
        self.check()?;
        for file in matching(self.root, &self.pattern) {
            let kept = self.folder.join(&file);
            std::fs::create_dir_all(kept.parent().unwrap_or(&self.folder))?;
            std::fs::rename(self.root.join(&file), kept)?;
        }
        std::fs::create_dir_all(self.root.join(self.pattern.parent().unwrap_or(Path::new(""))))
    }

    /// Puts them back in place of what stands there now; nothing where none were put aside.
    fn restore(&self) -> std::io::Result<()> {
        if !self.folder.exists() {
            return Ok(());
        }
        self.check()?;
        // Whatever else stands there was put there by somebody else.
        let kept = matching(&self.folder, &self.pattern);
        for file in matching(self.root, &self.pattern) {
            std::fs::remove_file(self.root.join(file))?;
        }
        for file in kept {
            let back = self.root.join(&file);
            std::fs::create_dir_all(back.parent().unwrap_or(self.root))?;
            std::fs::rename(self.folder.join(&file), back)?;
        }
        self.forget()
    }

    /// Takes them away.
    fn forget(&self) -> std::io::Result<()> {
        if self.folder.exists() {
            std::fs::remove_dir_all(&self.folder)?;
        }
        // It stays while those of another source are in it.
        let _others = self.folder.parent().map(std::fs::remove_dir);
        Ok(())
    }
}

/// Keeps others from running commands of a paper, or from putting its files back, for as long as it is held; nothing
/// where somebody else does.
///
/// # Errors
/// A file that cannot be written.
pub fn hold(root: &Path) -> std::io::Result<Option<File>> {
    let folder = root.join(FOLDER);
    std::fs::create_dir_all(&folder)?;
    // A link in its place may lead to a file of somebody else, of which nothing is to be lost.
    let file = File::options().create(true).append(true).open(folder.join(".running"))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}

/// Puts back what a run that was killed had put aside.
///
/// # Errors
/// Files that cannot be moved.
pub fn restore(root: &Path, origins: &[Origin<'_>]) -> Result<(), Diagnostics> {
    let mut errors = Diagnostics::default();
    for origin in origins {
        if let Err(error) = Aside::of(root, origin).restore() {
            let message = format!("the old files of `{}` cannot be put back: {error}", origin.name);
            errors.push(
                Diagnostic::new(origin.at.clone(), message).remedy("see to the disk and its permissions"),
            );
        }
    }
    errors.into_result(())
}

/// How a command ended.
enum Ended {
    Well,
    Status(ExitStatus),
    Late,
    Stopped,
}

/// Runs a command to its end, with all processes that it began; what it prints is kept in a file.
fn execute(
    root: &Path,
    written: &str,
    limit: Duration,
    log: &Path,
    stopped: &AtomicBool,
) -> std::io::Result<Ended> {
    std::fs::create_dir_all(log.parent().unwrap_or(root))?;
    // A file of its own, whatever an old one or a link in its place led to.
    let _none = std::fs::remove_file(log);
    let mut log = File::create_new(log)?;
    let (reader, writer) = std::io::pipe()?;
    let mut command = Command::new("sh");
    command.arg("-c").arg(written).current_dir(root).stdin(Stdio::null());
    command.stdout(writer.try_clone()?).stderr(writer).process_group(0);
    let mut child = command.spawn()?;
    // The writing ends of the pipe close with the last process that has them.
    drop(command);
    let logged = std::thread::spawn(move || copy(reader, &mut log));
    let ended = wait(&mut child, limit, stopped);
    // Whatever it left running behind itself ends too.
    end_all(&mut child);
    // A process that left its group may hold the pipe; what it says is not waited for.
    let since = Instant::now();
    while !logged.is_finished() && since.elapsed() < GRACE {
        std::thread::sleep(LOOK);
    }
    ended
}

fn wait(child: &mut Child, limit: Duration, stopped: &AtomicBool) -> std::io::Result<Ended> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(if status.success() { Ended::Well } else { Ended::Status(status) });
        }
        if stopped.load(Ordering::Relaxed) {
            return Ok(Ended::Stopped);
        }
        if begun.elapsed() >= limit {
            return Ok(Ended::Late);
        }
        std::thread::sleep(LOOK);
    }
}

/// Ends a command and whatever it began: it is asked to, and after a while made to.
fn end_all(child: &mut Child) {
    let Ok(group) = i32::try_from(child.id()).map(Pid::from_raw) else { return };
    let since = Instant::now();
    // No process of the group is left once it takes no signal.
    let mut signal = Signal::SIGTERM;
    while killpg(group, signal).is_ok() {
        let _ended = child.try_wait();
        if since.elapsed() > GRACE {
            signal = Signal::SIGKILL;
        }
        if since.elapsed() > 2 * GRACE {
            break;
        }
        std::thread::sleep(LOOK);
    }
    let _ended = child.wait();
}

/// Keeps the beginning of what a command prints, and reads on, so that it does not wait for a reader.
fn copy(mut from: impl Read, log: &mut File) {
    let mut buffer = [0; 1 << 16];
    let mut kept = 0;
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(_) => return,
        };
        let room = count.min(MOST_LOGGED - kept);
        kept += room;
        // A log that cannot be written costs nothing else.
        let _full = log.write_all(&buffer[..room]);
        if room < count && room > 0 {
            let _full = log.write_all(b"\n(what follows is not kept)\n");
        }
    }
}

/// Returns the first line that a command printed, without signs that are no text.
fn first_line(log: &Path) -> Option<String> {
    let text = std::fs::read(log).ok()?;
    String::from_utf8_lossy(&text).lines().find_map(plain)
}

/// Returns the last one, as far as it is kept.
fn last_line(log: &Path) -> Option<String> {
    let text = std::fs::read(log).ok()?;
    String::from_utf8_lossy(&text).lines().rev().find_map(plain)
}

/// Returns the text of a line that has some.
fn plain(line: &str) -> Option<String> {
    let line = line.trim();
    (!line.is_empty()).then(|| line.chars().filter(|c| !c.is_control()).take(MOST_SAID).collect())
}

fn said(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "it did not end".to_owned(),
    }
}

/// Returns how many commands run at once where nobody says.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Returns the clock of the first processor, where Linux tells it.
fn clock_mhz() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("cpu MHz"))?;
    line.split(':').nth(1)?.trim().parse().ok()
}

/// Returns the first line of what each tool says of its version; of one that says nothing, none.
fn versions(root: &Path, origin: &Origin<'_>, stopped: &AtomicBool) -> BTreeMap<String, String> {
    let log = root.join(FOLDER).join(format!("{}.version.log", origin.name));
    let ask = |command: &String| {
        execute(root, command, VERSION_LIMIT, &log, stopped).ok()?;
        let line = first_line(&log)?;
        Some((command.clone(), line))
    };
    origin.spec.versions.iter().filter_map(ask).collect()
}
