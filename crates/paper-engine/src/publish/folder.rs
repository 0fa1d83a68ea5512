//! A bundle on disk: it appears whole or not at all, and only where nothing or an older bundle is.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;
use walkdir::WalkDir;

use super::sums::SUMS_FILE;
use crate::pipeline::{MANIFEST_FILE, Manifest};

/// Why a bundle was not written.
#[derive(Debug, Error)]
pub enum FolderError {
    /// Something else is in its place.
    #[error(
        "{0} is not a release bundle, and is left as it is; name another folder with --out, or remove it yourself"
    )]
    Taken(PathBuf),
    /// A bundle is there with a file of someone else in it.
    #[error(
        "{0} holds {1}, which is no part of the release bundle there; move it elsewhere, or name another folder with --out"
    )]
    Foreign(PathBuf, PathBuf),
    /// The file system refused.
    #[error("cannot write {0}: {1}")]
    Io(PathBuf, io::Error),
    /// Someone asked to stop; the bundle is written or left as it was.
    #[error("interrupted")]
    Interrupted,
}

/// Returns the manifest of a folder, where it is a bundle of this program.
pub fn manifest(folder: &Path) -> Option<Manifest> {
    let bytes = std::fs::read(folder.join(MANIFEST_FILE)).ok()?;
    let manifest: Manifest = serde_json::from_slice(&bytes).ok()?;
    manifest.release.is_some().then_some(manifest)
}

/// Accepts a folder that is empty, missing, or a bundle, and in which every file is one of the bundle's.
///
/// # Errors
/// Anything else in its place.
pub fn require_ours(out: &Path) -> Result<(), FolderError> {
    let taken = || FolderError::Taken(out.to_path_buf());
    match std::fs::symlink_metadata(out) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(FolderError::Io(out.to_path_buf(), error)),
        Ok(found) if !found.is_dir() => return Err(taken()),
        Ok(_) => {}
    }
    let Some(manifest) = manifest(out) else {
        let is_empty = WalkDir::new(out).min_depth(1).into_iter().next().is_none();
        return if is_empty { Ok(()) } else { Err(taken()) };
    };
    let is_ours = |path: &Path| {
        let path = path.to_string_lossy();
        path == MANIFEST_FILE || path == SUMS_FILE || manifest.outputs.contains_key(path.as_ref())
    };
    // A file that someone put into the bundle would be lost with it.
    for entry in WalkDir::new(out).min_depth(1).sort_by_file_name().into_iter().flatten() {
        let path = entry.path().strip_prefix(out).unwrap_or(entry.path());
        if !entry.file_type().is_dir() && !is_ours(path) {
            return Err(FolderError::Foreign(out.to_path_buf(), path.to_path_buf()));
        }
    }
    Ok(())
}

/// Writes files into a new folder beside `out` and puts it into its place.
pub fn write(files: &BTreeMap<String, Vec<u8>>, out: &Path) -> Result<(), FolderError> {
    let error = |error| FolderError::Io(out.to_path_buf(), error);
    require_ours(out)?;
    let out = std::path::absolute(out).map_err(error)?;
    let parent = out.parent().unwrap_or(&out);
    std::fs::create_dir_all(parent).map_err(error)?;
    // From here to the end a wish to stop waits: it takes a moment, and neither half a bundle nor litter
    // remains.
    let stop = Stop::listen().map_err(error)?;
    let fresh = tempfile::Builder::new().prefix(".publishing-").tempdir_in(parent).map_err(error)?;
    for (path, bytes) in files {
        let file = fresh.path().join(path);
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).map_err(error)?;
        }
        std::fs::write(&file, bytes).map_err(error)?;
    }
    open_to_readers(fresh.path()).map_err(error)?;
    let aside = tempfile::Builder::new().prefix(".replaced-").tempdir_in(parent).map_err(error)?;
    let old = aside.path().join("bundle");
    let had_one = out.exists();
    if had_one {
        std::fs::rename(&out, &old).map_err(error)?;
    }
    if let Err(failed) = std::fs::rename(fresh.path(), &out) {
        if had_one {
            std::fs::rename(&old, &out).map_err(error)?;
        }
        return Err(error(failed));
    }
    // The folder has another name now, so there is nothing to remove under the old one.
    let _moved = fresh.keep();
    if stop.was_asked() { Err(FolderError::Interrupted) } else { Ok(()) }
}

/// Gives a new folder the permissions of any other; a temporary one is closed to everyone else.
fn open_to_readers(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // A folder that was just made has what the process's own mask allows.
        let probe = folder.join(".probe");
        std::fs::create_dir(&probe)?;
        let mode = std::fs::metadata(&probe)?.permissions().mode();
        std::fs::remove_dir(&probe)?;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(mode))?;
    }
    Ok(())
}

/// Notes Ctrl-C and the signal that ends services instead of dying from them.
struct Stop {
    #[cfg(unix)]
    runtime: tokio::runtime::Runtime,
    #[cfg(unix)]
    signals: [std::cell::RefCell<tokio::signal::unix::Signal>; 2],
}

impl Stop {
    #[cfg(unix)]
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let signals = {
            let _inside = runtime.enter();
            [SignalKind::interrupt(), SignalKind::terminate()]
                .map(|kind| signal(kind).map(std::cell::RefCell::new))
        };
        let [interrupt, terminate] = signals;
        Ok(Self { runtime, signals: [interrupt?, terminate?] })
    }

    #[cfg(not(unix))]
    fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(unix)]
    fn was_asked(&self) -> bool {
        self.runtime.block_on(async {
            tokio::task::yield_now().await;
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            self.signals.iter().any(|signal| signal.borrow_mut().poll_recv(&mut context).is_ready())
        })
    }

    #[cfg(not(unix))]
    fn was_asked(&self) -> bool {
        false
    }
}
