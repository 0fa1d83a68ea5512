//! Changed files as signals: one for each burst of changes, whatever way an editor writes.

use std::cell::Cell;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

/// Folders below a paper's root that its author writes.
const FOLDERS: [&str; 3] = ["paper", "figures", "templates"];
/// A burst has ended when nothing changes for so long.
const QUIET: Duration = Duration::from_millis(8);

/// Keeps the files followed as long as it lives.
pub struct Followed(#[expect(dead_code, reason = "following ends when it is dropped")] RecommendedWatcher);

/// Follows the folders of a paper.
///
/// # Errors
/// Folders that cannot be followed.
pub fn follow(root: &Path) -> std::io::Result<(Followed, Changes)> {
    let (sender, receiver) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // An event that cannot be read may have been a change.
        if event.map_or(true, |event| !event.kind.is_access()) {
            // The receiver is gone only while the program ends.
            let _ended = sender.send(());
        }
    })
    .map_err(std::io::Error::other)?;
    for folder in FOLDERS.map(|folder| root.join(folder)).iter().filter(|folder| folder.is_dir()) {
        watcher.watch(folder, RecursiveMode::Recursive).map_err(std::io::Error::other)?;
    }
    Ok((Followed(watcher), Changes { receiver, pending: Cell::new(false) }))
}

/// The signals of changed files.
pub struct Changes {
    receiver: Receiver<()>,
    /// Whether a signal was taken and not yet waited for.
    pending: Cell<bool>,
}

impl Changes {
    /// Whether something changed since the last wait: what was read meanwhile may be half of an edit.
    pub fn is_pending(&self) -> bool {
        if !self.pending.get() && self.receiver.recv_timeout(QUIET).is_ok() {
            self.pending.set(true);
        }
        self.pending.get()
    }

    /// Waits for a change and for the end of its burst, at most `longest`; `None` when nothing is followed any more.
    pub fn next(&self, longest: Duration) -> Option<bool> {
        if !self.pending.take() {
            match self.receiver.recv_timeout(longest) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => return Some(false),
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        loop {
            match self.receiver.recv_timeout(QUIET) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => return Some(true),
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
    }
}
