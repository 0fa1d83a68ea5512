//! Changed files as signals: one for each burst of changes, whatever way an editor writes.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use walkdir::WalkDir;

use crate::pipeline::FOLDERS;

/// A burst has ended when nothing changes for so long.
const QUIET: Duration = Duration::from_millis(8);
/// A file that was changed and not closed is waited for so long: editors empty a file before they write it.
const UNCLOSED: Duration = Duration::from_millis(1000);
/// So many links may lead to a file, one to the next, as Linux itself follows.
const LINKS: usize = 40;
/// Only here the end of writing a file can be seen.
const SEES_CLOSING: bool = cfg!(target_os = "linux");

/// What happened to a file.
enum Signal {
    /// Its content changed, and whoever changes it may not be done.
    Writing(PathBuf),
    /// Whoever changed it is done.
    Written(PathBuf),
    /// It appeared, disappeared or has another name.
    Other,
    /// A folder that is followed, or a link in one, may be a new one.
    Folder,
}

/// Follows the folders of a paper, also those that appear later.
///
/// # Errors
/// Folders that cannot be followed.
pub fn follow(root: &Path) -> std::io::Result<Changes> {
    let (sender, receiver) = channel();
    // Events name files by the path that was followed, so that one path has to do for all of them.
    let root = root.canonicalize()?;
    let folders = FOLDERS.map(|folder| root.join(folder));
    let elsewhere = Elsewhere::default();
    let known = (folders.clone(), Arc::clone(&elsewhere));
    let mut watcher =
        notify::recommended_watcher(move |event: notify::Result<Event>| send(&sender, &known, event))
            .map_err(std::io::Error::other)?;
    watcher.watch(&root, RecursiveMode::NonRecursive).map_err(std::io::Error::other)?;
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        watcher.watch(folder, RecursiveMode::Recursive).map_err(std::io::Error::other)?;
    }
    let (pending, unclosed) = Default::default();
    let changes = Changes { receiver, watcher: RefCell::new(watcher), folders, elsewhere, pending, unclosed };
    changes.follow_links();
    Ok(changes)
}

/// Files and folders elsewhere: those to which links in the followed folders lead, and those that a text lists.
type Elsewhere = Arc<Mutex<BTreeSet<PathBuf>>>;

fn send(
    sender: &Sender<Signal>,
    known: &([PathBuf; FOLDERS.len()], Elsewhere),
    event: notify::Result<Event>,
) {
    // An event that cannot be read may have been a change.
    let Event { kind, paths, .. } = event.unwrap_or_default();
    let (folders, elsewhere) = known;
    let elsewhere = elsewhere.lock().unwrap_or_else(PoisonError::into_inner);
    let is_followed =
        |path: &PathBuf| folders.iter().chain(elsewhere.iter()).any(|one| path.starts_with(one));
    if !paths.is_empty() && !paths.iter().any(is_followed) {
        return;
    }
    let signals: Vec<Signal> = match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => {
            paths.into_iter().map(Signal::Written).collect()
        }
        EventKind::Access(_) => Vec::new(),
        EventKind::Modify(ModifyKind::Data(_)) if SEES_CLOSING => {
            paths.into_iter().map(Signal::Writing).collect()
        }
        _ if paths.iter().any(|path| folders.contains(path) || path.is_symlink()) => vec![Signal::Folder],
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
    watcher: RefCell<RecommendedWatcher>,
    folders: [PathBuf; FOLDERS.len()],
    elsewhere: Elsewhere,
    /// Whether a signal was taken and not yet waited for.
    pending: Cell<bool>,
    /// Files that were changed and not yet closed.
    unclosed: RefCell<BTreeSet<PathBuf>>,
}

impl Changes {
    /// Returns whether something changed since the last wait: what was read meanwhile may be half of an edit.
    pub fn is_pending(&self) -> bool {
        if !self.pending.get() && self.receive(QUIET).is_ok() {
            self.pending.set(true);
        }
        self.pending.get()
    }

    /// Waits for a change and for the end of its burst, at most `longest`; `None` when nothing is followed
    /// any more.
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

    /// Follows what links in the followed folders lead to, step by step: another program changes it there.
    fn follow_links(&self) {
        let folders = self.folders.iter().filter(|folder| folder.is_dir());
        let entries = folders.flat_map(|folder| WalkDir::new(folder).into_iter().flatten());
        for link in entries.filter(|entry| entry.path_is_symlink()) {
            let mut path = link.into_path();
            for _step in 0..LINKS {
                let Ok(target) = std::fs::read_link(&path) else { break };
                path = path.parent().unwrap_or(Path::new("/")).join(target);
                let Some(followed) = self.follow_elsewhere(&path) else { break };
                path = followed;
            }
        }
    }

    /// Follows a file or a folder outside of the followed folders; returns its path as events name it.
    pub fn follow_elsewhere(&self, path: &Path) -> Option<PathBuf> {
        // Events name files by the path that is followed.
        let parent = path.parent()?.canonicalize().ok()?;
        let path = parent.join(path.file_name()?);
        let (followed, mode) = match path.is_dir() && !path.is_symlink() {
            true => (path.as_path(), RecursiveMode::Recursive),
            false => (parent.as_path(), RecursiveMode::NonRecursive),
        };
        // Events wait for the list, and the watcher for its events.
        let is_new = self.elsewhere.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone());
        if is_new {
            // What cannot be followed is seen with the next change.
            let _unseen = self.watcher.borrow_mut().watch(followed, mode);
        }
        Some(path)
    }

    /// Waits for one signal.
    fn receive(&self, longest: Duration) -> Result<(), RecvTimeoutError> {
        let mut unclosed = self.unclosed.borrow_mut();
        match self.receiver.recv_timeout(longest)? {
            Signal::Writing(path) => drop(unclosed.insert(path)),
            Signal::Written(path) => drop(unclosed.remove(&path)),
            Signal::Other => {}
            Signal::Folder => {
                for folder in self.folders.iter().filter(|folder| folder.is_dir()) {
                    // A folder that is gone again needs nobody who follows it.
                    let _gone = self.watcher.borrow_mut().watch(folder, RecursiveMode::Recursive);
                }
                self.follow_links();
            }
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
        let changes = follow(root.path()).expect("followed");
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

    #[test]
    #[cfg(unix)]
    fn what_a_link_leads_to_is_followed_where_it_stands() {
        use std::os::unix::fs::symlink;
        let (root, elsewhere) =
            (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let (paper, library) = (root.path().join("paper"), elsewhere.path().join("library.bib"));
        std::fs::create_dir(&paper).expect("made");
        std::fs::write(&library, "one").expect("written");
        symlink(&library, elsewhere.path().join("newest.bib")).expect("linked");
        symlink(elsewhere.path().join("newest.bib"), paper.join("references.bib")).expect("linked");
        std::fs::create_dir(elsewhere.path().join("sections")).expect("made");
        let changes = follow(root.path()).expect("followed");
        let changed = |what: &str| {
            assert_eq!(changes.next(Duration::from_secs(60)), Some(true), "{what}");
            while changes.next(QUIET * 20) == Some(true) {}
        };
        std::fs::write(&library, "two").expect("written");
        changed("the file behind two links");
        // Programs write a new file beside the old one, and rename it.
        std::fs::write(elsewhere.path().join("beside"), "three").expect("written");
        assert_eq!(changes.next(QUIET * 20), Some(false));
        std::fs::rename(elsewhere.path().join("beside"), &library).expect("renamed");
        changed("the file that replaces it");
        symlink(elsewhere.path().join("sections"), paper.join("sections")).expect("linked");
        changed("a link that appears");
        std::fs::write(elsewhere.path().join("sections/text.md"), "new").expect("written");
        changed("a file in the folder behind it");
    }

    #[test]
    fn a_file_beside_the_folders_is_followed_where_it_is_asked_for() {
        let root = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(root.path().join("src")).expect("made");
        for name in ["src/walk.rs", "src/other.rs", "notes"] {
            std::fs::write(root.path().join(name), "old").expect("written");
        }
        let changes = follow(root.path()).expect("followed");
        for name in ["src/walk.rs", "notes"] {
            assert!(changes.follow_elsewhere(&root.path().join(name)).is_some());
        }
        std::fs::write(root.path().join("src/other.rs"), "new").expect("written");
        assert_eq!(changes.next(QUIET * 20), Some(false));
        for name in ["src/walk.rs", "notes"] {
            std::fs::write(root.path().join(name), "new").expect("written");
            assert_eq!(changes.next(Duration::from_secs(60)), Some(true), "{name}");
            while changes.next(QUIET * 20) == Some(true) {}
        }
    }

    #[test]
    fn a_folder_that_appears_later_is_followed_and_what_stands_beside_is_not() {
        let root = tempfile::tempdir().expect("a folder");
        let changes = follow(root.path()).expect("followed");
        std::fs::create_dir(root.path().join("build")).expect("made");
        std::fs::write(root.path().join("build/page.html"), "made").expect("written");
        std::fs::write(root.path().join("notes"), "mine").expect("written");
        assert_eq!(changes.next(QUIET * 20), Some(false));
        for name in ["one", "two"] {
            std::fs::create_dir(root.path().join("figures")).expect("made");
            assert_eq!(changes.next(Duration::from_secs(60)), Some(true));
            std::fs::write(root.path().join("figures").join(name), "drawn").expect("written");
            assert_eq!(changes.next(Duration::from_secs(60)), Some(true));
            std::fs::remove_dir_all(root.path().join("figures")).expect("removed");
            while changes.next(QUIET * 20) == Some(true) {}
        }
    }
}
