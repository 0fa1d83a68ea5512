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
use crate::source::{file_inside, write_atomically};

/// Where logs stand, below the root of a paper.
pub const FOLDER: &str = "build/results";
/// Where the old files of a source stand while its command runs: in no folder that may be emptied.
const ASIDE: &str = "paper/.results-aside";
/// The longest time that a command may take where its author says nothing.
const LIMIT: Duration = Duration::from_secs(3600);
/// How much of what a command prints is kept.
const MOST_LOGGED: usize = 16 << 20;
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

/// Runs the commands of some sources; at most so many at once. Once `stopped`, what runs is ended, and nothing else
/// begins.
///
/// # Errors
/// Commands that need each other, that fail, take too long, make no file or change what they start from. What the others
/// made stays.
pub fn run<'s>(
    root: &Path,
    origins: Vec<Origin<'s>>,
    lock: Lock,
    jobs: usize,
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
        for _ in 0..jobs.max(1) {
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
    let aside = Aside::put(root, origin).map_err(|error| machine("put its old files aside", error))?;
    let log = root.join(FOLDER).join(format!("{}.log", origin.name));
    let begun = Instant::now();
    let ended = execute(root, origin, &log, stopped).map_err(|error| machine("begin", error));
    let seconds = begun.elapsed().as_secs_f64();
    let checked = ended.and_then(|ended| {
        let shown = log.strip_prefix(root).unwrap_or(&log).display();
        let last = last_line(&log).map_or(String::new(), |line| format!("; it said last: {line}"));
        let failed = match ended {
            Ended::Well => None,
            Ended::Status(status) => {
                Some(format!("the command of `{}` failed ({}){last}", origin.name, said(status)))
            }
            Ended::Late(limit) => {
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
        let made =
            Made::Run { seconds, cores: cores(), clock_mhz: clock_mhz(), versions: versions(root, origin) };
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
struct Aside {
    folder: PathBuf,
    root: PathBuf,
    pattern: Option<PathBuf>,
}

impl Aside {
    /// Puts the files of a source aside, those of a run that was killed before them first.
    fn put(root: &Path, origin: &Origin<'_>) -> std::io::Result<Self> {
        let folder = root.join(ASIDE).join(origin.name);
        let pattern = origin.outputs().and_then(|made| file_inside(&made));
        let aside = Self { folder, root: root.to_path_buf(), pattern };
        aside.restore()?;
        for file in aside.files() {
            let kept = aside.folder.join(&file);
            std::fs::create_dir_all(kept.parent().unwrap_or(&aside.folder))?;
            std::fs::rename(root.join(&file), kept)?;
        }
        if let Some(folder) = aside.pattern.as_deref().and_then(Path::parent) {
            std::fs::create_dir_all(root.join(folder))?;
        }
        Ok(aside)
    }

    fn files(&self) -> Vec<PathBuf> {
        self.pattern.as_deref().map(|pattern| matching(&self.root, pattern)).unwrap_or_default()
    }

    /// Puts them back in place of what stands there now; nothing where none were put aside.
    fn restore(&self) -> std::io::Result<()> {
        if !self.folder.exists() {
            return Ok(());
        }
        for file in self.files() {
            std::fs::remove_file(self.root.join(file))?;
        }
        for entry in walkdir::WalkDir::new(&self.folder).into_iter().flatten() {
            let below = entry.path().strip_prefix(&self.folder).unwrap_or(Path::new(""));
            if entry.file_type().is_file() {
                std::fs::rename(entry.path(), self.root.join(below))?;
            }
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
    let file = File::create(folder.join(".running"))?;
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
        let folder = root.join(ASIDE).join(origin.name);
        let pattern = origin.outputs().and_then(|made| file_inside(&made));
        if let Err(error) = (Aside { folder, root: root.to_path_buf(), pattern }).restore() {
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
    Late(Duration),
    Stopped,
}

/// Runs a command to its end, with all processes that it began.
fn execute(root: &Path, origin: &Origin<'_>, log: &Path, stopped: &AtomicBool) -> std::io::Result<Ended> {
    std::fs::create_dir_all(log.parent().unwrap_or(root))?;
    let mut log = File::create(log)?;
    let (reader, writer) = std::io::pipe()?;
    let mut command = Command::new("sh");
    command.arg("-c").arg(origin.command).current_dir(root).stdin(Stdio::null());
    command.stdout(writer.try_clone()?).stderr(writer).process_group(0);
    let mut child = command.spawn()?;
    // The writing ends of the pipe close with the last process that has them.
    drop(command);
    let logged = std::thread::spawn(move || copy(reader, &mut log));
    let ended = wait(&mut child, origin, stopped);
    // Whatever it left running behind itself ends too.
    end_all(&mut child);
    // A process that left its group may hold the pipe; what it says is not waited for.
    let since = Instant::now();
    while !logged.is_finished() && since.elapsed() < GRACE {
        std::thread::sleep(LOOK);
    }
    ended
}

fn wait(child: &mut Child, origin: &Origin<'_>, stopped: &AtomicBool) -> std::io::Result<Ended> {
    let limit =
        origin.spec.limit.as_ref().map_or(LIMIT, |limit| Duration::from_secs_f64(limit.value.max(0.0)));
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(if status.success() { Ended::Well } else { Ended::Status(status) });
        }
        if stopped.load(Ordering::Relaxed) {
            return Ok(Ended::Stopped);
        }
        if begun.elapsed() >= limit {
            return Ok(Ended::Late(limit));
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

/// Returns the last line that a command printed, as far as it is kept.
fn last_line(log: &Path) -> Option<String> {
    let text = String::from_utf8_lossy(&std::fs::read(log).ok()?).into_owned();
    let line = text.lines().rev().find(|line| !line.trim().is_empty())?;
    Some(line.trim().chars().filter(|c| !c.is_control()).take(200).collect())
}

fn said(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "it did not end".to_owned(),
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Returns the clock of the first processor, where Linux tells it.
fn clock_mhz() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("cpu MHz"))?;
    line.split(':').nth(1)?.trim().parse().ok()
}

/// Returns the first line of what each tool says of its version.
fn versions(root: &Path, origin: &Origin<'_>) -> BTreeMap<String, String> {
    let ask = |command: &String| {
        let run =
            Command::new("sh").arg("-c").arg(command).current_dir(root).stdin(Stdio::null()).output().ok()?;
        let text = if run.stdout.is_empty() { run.stderr } else { run.stdout };
        let line = String::from_utf8_lossy(&text).lines().next().unwrap_or_default().trim().to_owned();
        Some((command.clone(), line))
    };
    origin.spec.versions.iter().filter_map(ask).collect()
}
