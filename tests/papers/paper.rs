//! Copies of the smallest paper, to be broken by tests.

use std::path::{Path, PathBuf};

use assert_cmd::Command;

/// A paper in a folder of its own that is removed at the end.
pub struct Paper {
    folder: tempfile::TempDir,
}

impl Paper {
    /// Copies `tests/suite/minimal`.
    pub fn minimal() -> Self {
        Self::copy(&["tests/suite/minimal/paper", "tests/suite/minimal/figures"], "tests/suite/minimal")
    }

    /// Copies the project's own paper.
    pub fn own() -> Self {
        Self::copy(&["paper", "figures", "templates"], "")
    }

    fn copy(parts: &[&str], from: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        let from = project.join(from);
        for entry in parts.iter().flat_map(|part| walkdir::WalkDir::new(project.join(part))) {
            let entry = entry.unwrap();
            let to = folder.path().join(entry.path().strip_prefix(&from).unwrap());
            if entry.file_type().is_dir() {
                std::fs::create_dir_all(to).unwrap();
            } else {
                std::fs::copy(entry.path(), to).unwrap();
            }
        }
        Self { folder }
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.root().join(file)
    }

    pub fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path(file)).unwrap()
    }

    pub fn write(&self, file: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(file), bytes).unwrap();
    }

    /// Appends a paragraph and returns the line it stands on.
    pub fn append(&self, file: &str, text: &str) -> usize {
        let old = self.read(file);
        let line = old.lines().count() + 2;
        self.write(file, format!("{}\n\n{text}\n", old.trim_end_matches('\n')));
        line
    }

    pub fn command(&self, subcommand: &str) -> Command {
        let mut command = Command::cargo_bin("phext-paper").unwrap();
        command.arg(subcommand).arg("--root").arg(self.root());
        command
    }

    /// Builds, expects exit code 1, and returns what was said.
    pub fn errors(&self) -> String {
        let output = self.command("build").output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        said
    }
}
