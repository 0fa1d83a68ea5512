//! A headless browser, for tests that look at a page as its reader does.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What makes a browser ask nothing of the network.
pub const ALONE: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
];

/// The browser of this machine.
pub fn program() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    found.into_iter().find(|path| path.exists()).expect("no browser; run scripts/bootstrap --tests")
}

/// A browser that asks nothing of the network and forgets what it saw; `profile` is a folder of its own.
pub fn browser(profile: &Path) -> Command {
    let mut command = Command::new(program());
    command.args(ALONE).arg(format!("--user-data-dir={}", profile.display()));
    command
}
