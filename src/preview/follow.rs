//! Changed files as signals: one for each burst of changes, whatever way an editor writes.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

/// Folders below a paper's root that its author writes.
const FOLDERS: [&str; 3] = ["paper", "figures", "templates"];
/// A burst has ended when nothing changes for so long.
const QUIET: Duration = Duration::from_millis(8);
/// A file that was changed and not closed is waited for so long: editors empty a file before they write it.
const UNCLOSED: Duration = Duration::from_millis(1000);
/// Only here the end of writing a file can be seen.
const SEES_CLOSING: bool = cfg!(target_os = "linux");

/// Keeps the files followed as long as it lives.
pub struct Followed(#[expect(dead_code, reason = "following ends when it is dropped")] RecommendedWatcher);

/// What happened to a file.
enum Signal {
    /// Its content changed, and whoever changes it may not be done.
    Writing(PathBuf),
    /// Whoever changed it is done.
    Written(PathBuf),
    /// It appeared, disappeared or has another name.
    Other,
}

/// Follows the folders of a paper.
///
/// # Errors
/// Folders that cannot be followed.
pub fn follow(root: &Path) -> std::io::Result<(Followed, Changes)> {
    let (sender, receiver) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| send(&sender, event))
        .map_err(std::io::Error::other)?;
    for folder in FOLDERS.map(|folder| root.join(folder)).iter().filter(|folder| folder.is_dir()) {
        watcher.watch(folder, RecursiveMode::Recursive).map_err(std::io::Error::other)?;
    }
    Ok((Followed(watcher), Changes { receiver, pending: Cell::new(false), unclosed: RefCell::default() }))
}

fn send(sender: &Sender<Signal>, event: notify::Result<Event>) {
    // An event that cannot be read may have been a change.
    let Event { kind, paths, .. } = event.unwrap_or_default();
    let signals: Vec<Signal> = match kind {
        EventKind::Modify(ModifyKind::Data(_)) if SEES_CLOSING => {
            paths.into_iter().map(Signal::Writing).collect()
        }
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => {
            paths.into_iter().map(Signal::Written).collect()
        }
        EventKind::Access(_) => Vec::new(),
        _ => vec![Signal::Other],
    };
    for signal in signals {
        // The receiver is gone only while the program ends.
        let _ended = sender.send(signal);
    }
}

/// The signals of changed files.
pub struct Changes {
    receiver: Receiver<Signal>,
    /// Whether a signal was taken and not yet waited for.
    pending: Cell<bool>,
    /// Files that were changed and not yet closed.
    unclosed: RefCell<BTreeSet<PathBuf>>,
}

impl Changes {
    /// Whether something changed since the last wait: what was read meanwhile may be half of an edit.
    pub fn is_pending(&self) -> bool {
        if !self.pending.get() && self.receive(QUIET).is_ok() {
            self.pending.set(true);
        }
        self.pending.get()
    }

    /// Waits for a change and for the end of its burst, at most `longest`; `None` when nothing is followed any more.
    pub fn next(&self, longest: Duration) -> Option<bool> {
        if !self.pending.take() {
            match self.receive(longest) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => return Some(false),
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        let mut last = Instant::now();
        loop {
            match self.receive(QUIET) {
                Ok(()) => last = Instant::now(),
                Err(RecvTimeoutError::Timeout) => {
                    let is_closed = self.unclosed.borrow().is_empty();
                    if is_closed || last.elapsed() > UNCLOSED {
                        self.unclosed.borrow_mut().clear();
                        return Some(true);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    /// Waits for one signal.
    fn receive(&self, longest: Duration) -> Result<(), RecvTimeoutError> {
        let mut unclosed = self.unclosed.borrow_mut();
        match self.receiver.recv_timeout(longest)? {
            Signal::Writing(path) => drop(unclosed.insert(path)),
            Signal::Written(path) => drop(unclosed.remove(&path)),
            Signal::Other => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_file_that_is_emptied_and_written_later_is_one_change() {
        let root = tempfile::tempdir().expect("a folder");
        let file = root.path().join("paper/text.md");
        std::fs::create_dir(root.path().join("paper")).expect("made");
        std::fs::write(&file, "old").expect("written");
        let (_followed, changes) = follow(root.path()).expect("followed");
        let mut opened = std::fs::File::create(&file).expect("emptied");
        let writer = std::thread::spawn(move || {
            std::thread::sleep(QUIET * 10);
            opened.write_all(b"new").expect("written");
        });
        assert_eq!(changes.next(Duration::from_secs(60)), Some(true));
        assert_eq!(std::fs::read_to_string(&file).expect("read"), if SEES_CLOSING { "new" } else { "" });
        writer.join().expect("joined");
        while changes.next(QUIET * 20) == Some(true) {}
        assert_eq!(changes.next(QUIET), Some(false));
    }
}
