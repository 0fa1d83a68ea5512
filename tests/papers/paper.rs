//! Copies of the smallest paper, to be broken by tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::LazyLock;

use assert_cmd::Command;

/// A paper in a folder of its own.
pub struct Paper {
    folder: PathBuf,
    /// Removes the folder at the end.
    _guard: Option<tempfile::TempDir>,
}

/// The project's own paper, built once for all tests that only read it, and what the build said.
static OWN: LazyLock<(Paper, Output)> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("own-paper");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    copy(&OWN_PARTS, "", &folder);
    share("facts", &folder);
    let paper = Paper { folder, _guard: None };
    // A test compares this build with one of another number of threads.
    let output = paper.command("build").args(["--threads", "2"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (paper, output)
});

/// What the project's own paper consists of.
const OWN_PARTS: [&str; 3] = ["paper", "figures", "templates"];

/// The appendices of `tests/suite/everything`, for an edition that keeps its fullest text.
pub const APPENDICES: &str = "appendices: [paper/appendices/a-listing.md, paper/appendices/b-data.md]";

/// Takes a part of the cache from that of the project, where other tests and `make paper` look as well: facts are kept
/// by their inputs and code, formats of TeX by what they are made of.
pub fn share(part: &str, folder: &Path) {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("build/.cache").join(part);
    std::fs::create_dir_all(&kept).unwrap();
    std::fs::create_dir_all(folder.join("build/.cache")).unwrap();
    std::os::unix::fs::symlink(kept, folder.join("build/.cache").join(part)).unwrap();
}

/// Copies parts of the project into a folder, without the path they share.
fn copy(parts: &[&str], from: &str, to: &Path) {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let from = project.join(from);
    for entry in parts.iter().flat_map(|part| walkdir::WalkDir::new(project.join(part))) {
        let entry = entry.unwrap();
        let to = to.join(entry.path().strip_prefix(&from).unwrap());
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(to).unwrap();
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

impl Paper {
    /// Copies `tests/suite/minimal`.
    pub fn minimal() -> Self {
        Self::copy(&["tests/suite/minimal/paper", "tests/suite/minimal/figures"], "tests/suite/minimal")
    }

    /// Copies `tests/suite/everything`, which holds every construct that an author can write.
    pub fn everything() -> Self {
        let from = "tests/suite/everything";
        Self::copy(&["tests/suite/everything/paper", "tests/suite/everything/figures"], from)
    }

    /// Copies `tests/suite/benchmark`, a paper over files of results.
    #[cfg(feature = "sql")]
    pub fn benchmark() -> Self {
        let from = "tests/suite/benchmark";
        let parts = ["paper", "figures", "data"].map(|part| format!("{from}/{part}"));
        Self::copy(&parts.each_ref().map(String::as_str), from)
    }

    /// Copies the user guide.
    pub fn guide() -> Self {
        Self::copy(&["guide/paper", "guide/figures"], "guide")
    }

    /// Copies `tests/suite/german`, a small paper in German.
    pub fn german() -> Self {
        let from = "tests/suite/german";
        Self::copy(&["tests/suite/german/paper", "tests/suite/german/figures"], from)
    }

    /// Copies the project's own paper.
    pub fn own() -> Self {
        Self::copy(&OWN_PARTS, "")
    }

    /// Returns the project's own paper, built; not to be changed.
    pub fn own_built() -> &'static Self {
        &OWN.0
    }

    /// Returns what the build of the project's own paper said.
    pub fn own_output() -> &'static Output {
        &OWN.1
    }

    /// A folder with nothing in it.
    pub fn empty() -> Self {
        Self::copy(&[], "")
    }

    fn copy(parts: &[&str], from: &str) -> Self {
        let guard = tempfile::tempdir().unwrap();
        copy(parts, from, guard.path());
        Self { folder: guard.path().to_owned(), _guard: Some(guard) }
    }

    pub fn root(&self) -> &Path {
        &self.folder
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.root().join(file)
    }

    pub fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path(file)).unwrap()
    }

    /// Reads all files below a folder, by their paths in it, but for what builds keep for themselves.
    pub fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let folder = self.path(folder);
        let entries = walkdir::WalkDir::new(&folder).into_iter().filter_entry(|e| e.file_name() != ".cache");
        let files = entries.map(Result::unwrap).filter(|entry| entry.file_type().is_file());
        let read = files.map(|entry| {
            let name = entry.path().strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(entry.path()).unwrap())
        });
        read.collect()
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
        // To make a format takes longer than to typeset a small paper.
        let is_typeset = ["build", "publish"].contains(&subcommand);
        if is_typeset && !self.path("build").is_file() && !self.path("build/.cache/tex").exists() {
            share("tex", self.root());
        }
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

#[test]
fn every_structural_number_has_a_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    paper_engine::lint::Structural::read(root).expect("the list of the paper is valid");
}
