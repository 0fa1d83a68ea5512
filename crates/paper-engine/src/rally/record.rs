//! What is known of the tests: the record that `make test` leaves, and the sources it belongs to.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use super::signed::SIGNED_FILE;

use crate::source::sha256;

/// Where `make test` leaves its record, below the root of the paper.
pub const TESTS_FILE: &str = "target/test-results.txt";

/// What tests depend on, as `scripts/sources` reads it: a path in each line, and what it is part of.
const SOURCES: &str = include_str!("../../../../scripts/sources.txt");

/// How a plan learns whether its tests passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tests {
    /// They are left to `make test`, as in a build, whose outputs depend on sources alone.
    Apart,
    /// There is no record, or one of other sources; the reason.
    Unknown(String),
    /// What each test said, by its name; of several with one name the worst.
    Recorded(BTreeMap<String, bool>),
}

impl Tests {
    /// Reads the record of `make test`, if it belongs to these very sources.
    #[must_use]
    pub fn of_record(record: &str, sources: &str) -> Self {
        let mut lines = record.lines();
        if lines.next().and_then(|line| line.strip_prefix("sources ")) != Some(sources) {
            return Self::Unknown("the record is of other sources; run make test".to_owned());
        }
        let mut results = BTreeMap::new();
        for line in lines {
            let Some((name, result)) = line.strip_prefix("test ").and_then(|line| line.rsplit_once(" ... "))
            else {
                continue;
            };
            let name = settled(name.trim().trim_end_matches(" - should panic"));
            let is_passed = result.trim() == "ok";
            // What a test prints itself can only fail it, never pass it a second time.
            results.entry(name).and_modify(|known| *known &= is_passed).or_insert(is_passed);
        }
        Self::Recorded(results)
    }

    /// Reads the record in a file; sources are those below `root`.
    #[must_use]
    pub fn read(root: &Path, file: &Path) -> Self {
        match std::fs::read(file) {
            Ok(record) => Self::of_record(&String::from_utf8_lossy(&record), &sources(root)),
            Err(_) => {
                let file = file.strip_prefix(".").unwrap_or(file);
                Self::Unknown(format!("there is no {}; run make test", file.display()))
            }
        }
    }
}

/// Returns a name without detours: doc-tests of an included file are named by the way to it, such as
/// `src/../paper/a.md`.
fn settled(name: &str) -> String {
    let mut name = name.to_owned();
    while let Some(at) = name.find("/../") {
        let start = name[..at].rfind('/').map_or(0, |slash| slash + 1);
        name.replace_range(start..at + "/../".len(), "");
    }
    name
}

/// Returns the digest of everything that tests depend on: the SHA-256 of the list that `sha256sum` prints of
/// all files in the order of their names' bytes. Signatures do not count, since signing changes no test, nor
/// do folders named `build`, which tests fill themselves.
#[must_use]
pub fn sources(root: &Path) -> String {
    let parts = SOURCES.lines().filter_map(|line| line.split_whitespace().next());
    let paths = parts.filter(|part| *part != "#").map(|part| root.join(part)).filter(|path| path.exists());
    let entries = paths.flat_map(walkdir::WalkDir::new).flatten();
    let mut files: Vec<String> = entries
        .filter(|entry| entry.file_type().is_file())
        .filter_map(|entry| Some(entry.path().strip_prefix(root).ok()?.to_str()?.to_owned()))
        .filter(|file| file != SIGNED_FILE && !file.contains("/build/"))
        .collect();
    files.sort();
    let mut list = String::new();
    for file in files {
        let bytes = std::fs::read(root.join(&file)).unwrap_or_default();
        let _ = writeln!(list, "{}  {file}", sha256(&bytes));
    }
    sha256(list.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = "sources abc\n\nrunning 3 tests\ntest phext::there_and_back ... ok\n\
        test src/../paper/a.md - Scheme (line 29) ... FAILED\ntest a::slow ... ignored\ntest twice ... ok\n\
        test twice ... FAILED\ntest result: FAILED. 1 passed\n";

    #[test]
    fn a_record_counts_for_its_own_sources_alone() {
        let Tests::Recorded(found) = Tests::of_record(RECORD, "abc") else { panic!("another record") };
        assert!(found["phext::there_and_back"]);
        assert!(!found["paper/a.md - Scheme (line 29)"]);
        assert_eq!((found["a::slow"], found["twice"], found.len()), (false, false, 4));
        let other = Tests::of_record(RECORD, "abd");
        assert_eq!(other, Tests::Unknown("the record is of other sources; run make test".to_owned()));
        assert_eq!(Tests::of_record("", "abc"), other);
    }

    #[test]
    fn the_sources_are_the_list_of_sha256sum_without_signatures() {
        let folder = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("paper/b.md", "b");
        write("paper/a.md", "a");
        write("build/c.md", "c");
        let list = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  paper/a.md\n\
            3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d  paper/b.md\n";
        assert_eq!(sources(folder.path()), sha256(list.as_bytes()));
        let before = sources(folder.path());
        write(SIGNED_FILE, "- {}");
        write("tests/suite/minimal/build/.cache/made", "by a test");
        assert_eq!(sources(folder.path()), before);
        write("src/new.rs", "");
        assert_ne!(sources(folder.path()), before);
    }
}
