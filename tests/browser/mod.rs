//! A headless browser, for tests that look at a page as its reader does.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A browser that asks nothing of the network and forgets what it saw; `profile` is a folder of its own.
pub fn browser(profile: &Path) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    let program =
        found.into_iter().find(|path| path.exists()).expect("no browser; run scripts/bootstrap --tests");
    let mut command = Command::new(program);
    command.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
    ]);
    command.arg(format!("--user-data-dir={}", profile.display()));
    command
}
