//! The paper as a phext document: its index is true, other programs read it, and its parts lead to each
//! other.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use phext::{Coordinate, Document, Index, ScrollEntry};

use crate::paper::Paper;

/// A built document with the entries of its index.
struct Written {
    file: PathBuf,
    text: String,
    document: Document,
    index: Index,
}

impl Written {
    fn of(paper: &Paper, short: &str) -> Self {
        let file = paper.path(&format!("build/{short}.phext"));
        let text = std::fs::read_to_string(&file).unwrap();
        let document = Document::read(text.as_bytes()).unwrap();
        let index = document.get(Coordinate::ORIGIN).unwrap();
        let index = Index::parse(index).unwrap().unwrap();
        Self { file, text, document, index }
    }

    fn minimal() -> (Paper, Self) {
        let paper = Paper::minimal();
        paper.command("build").assert().success();
        let written = Self::of(&paper, "minimal");
        (paper, written)
    }

    /// Every entry of a kind, with its text.
    fn all(&self, kind: &str) -> Vec<(Coordinate, &ScrollEntry, &str)> {
        let entries = self.index.entries.iter().filter(|(_, entry)| entry.kind == kind);
        entries.map(|(&at, entry)| (at, entry, self.document.get(at).unwrap())).collect()
    }

    /// The index lists every scroll with its bytes, and every other reader finds the same.
    fn check(&self) {
        assert_eq!(self.index.entries.len() + 1, self.document.iter().count());
        for (at, entry) in &self.index.entries {
            let text = self.document.get(*at).unwrap_or_else(|| panic!("nothing at {at}"));
            assert_eq!(text.len(), entry.bytes, "{at}");
        }
        let theirs = libphext::phext::explode(&self.text).into_iter().filter(|(_, text)| !text.is_empty());
        let theirs: BTreeMap<String, String> = theirs.map(|(at, text)| (at.to_string(), text)).collect();
        let ours = self.document.iter().map(|(at, text)| (at.to_string(), text.to_owned()));
        assert_eq!(theirs, ours.collect());
        let program = assert_cmd::cargo::cargo_bin("phext-paper");
        let checked = Command::new(&program).args(["phext", "check"]).arg(&self.file).output().unwrap();
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
        let last = *self.index.entries.keys().last().unwrap();
        let get =
            Command::new(&program).args(["phext", "get"]).arg(&self.file).arg(last.to_string()).output();
        assert_eq!(get.unwrap().stdout, self.document.get(last).unwrap().as_bytes());
    }

    /// Every reference in a text and every fact of a number leads to a scroll that is what it says.
    fn check_references(&self) {
        let mut followed = 0;
        for kind in ["paragraph", "list", "quote", "figure", "table", "caption"] {
            for (at, _, text) in self.all(kind) {
                assert!(!text.contains("](#"), "{at}: a reference leads nowhere: {text}");
                let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
                for target in targets.filter_map(|target| Coordinate::parse(target).ok()) {
                    assert!(self.document.get(target).is_some(), "{at} leads to {target}");
                    followed += 1;
                }
            }
        }
        for (at, _, numbers) in self.all("numbers") {
            for line in numbers.lines() {
                let [_, fact, target] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
                let target = Coordinate::parse(target).unwrap();
                let record = self.document.get(target).unwrap();
                assert!(record.starts_with(&format!("name\t{fact}\n")), "{at} leads to {target}");
                followed += 1;
            }
        }
        assert!(followed > 5, "{followed} references");
    }

    /// Every fact of `facts.json` is there with its value, and every drawing and table with its bytes.
    fn check_contents(&self, paper: &Paper) {
        let facts: serde_json::Value = serde_json::from_str(&paper.read("build/facts.json")).unwrap();
        let written = self.all("fact");
        assert_eq!(written.len(), facts.as_object().unwrap().len());
        for (at, entry, record) in written {
            let fact = &facts[&entry.name];
            let of = |word: &str| {
                let line = record.lines().find_map(|line| line.strip_prefix(&format!("{word}\t")));
                line.map(str::to_owned)
            };
            match fact["value"].as_f64() {
                Some(value) => assert_eq!(of("value").unwrap().parse(), Ok(value), "{at}"),
                None => assert_eq!(of("value").as_deref(), fact["value"].as_str(), "{at}"),
            }
            assert_eq!(of("unit").as_deref(), fact["unit"].as_str(), "{at}");
            assert_eq!(of("grade").as_deref(), fact["grade"].as_str(), "{at}");
            assert_eq!(of("interval").is_some(), !fact["interval"].is_null(), "{at}");
            assert_eq!(of("published").is_some(), !fact["published"].is_null(), "{at}");
            assert!(of("formula").is_some() && of("source").is_some() && of("shown").is_some(), "{at}");
        }
        for (kind, folder) in [("svg", "figures"), ("csv", "tables")] {
            let files = walkdir::WalkDir::new(paper.path(&format!("build/{folder}"))).into_iter().flatten();
            let files = files.filter(|entry| entry.path().extension().is_some_and(|found| found == kind));
            let files: Vec<String> =
                files.map(|file| std::fs::read_to_string(file.path()).unwrap()).collect();
            let written = self.all(kind);
            assert!(!written.is_empty() && written.len() <= files.len());
            for (at, _, text) in written {
                assert!(files.iter().any(|file| file == text), "{at} is no file of {folder}");
            }
        }
    }

    /// Loads the document into `sq` and reads ten scrolls back, those of different kinds first.
    fn check_in_sq(&self) {
        let Some(namespace) = namespace() else {
            let why = "skipped: this system makes no network namespaces, and `sq` would bind every address";
            let _closed = writeln!(std::io::stderr(), "{why}");
            return;
        };
        let kinds = [
            "heading",
            "paragraph",
            "numbers",
            "caption",
            "svg",
            "csv",
            "fact",
            "reference",
            "alt",
            "markdown",
        ];
        let mut wanted = vec![Coordinate::ORIGIN];
        wanted.extend(kinds.iter().filter_map(|kind| self.all(kind).last().map(|(at, ..)| *at)));
        wanted.extend(self.index.entries.keys().copied());
        wanted.truncate(10);
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(&self.file, folder.path().join("paper.phext")).unwrap();
        let lines: String = wanted.iter().map(|at| format!("{at}\n")).collect();
        std::fs::write(folder.path().join("coordinates"), lines).unwrap();
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or(project.join("target"), PathBuf::from);
        let sq = target.join("tools/bin/sq");
        assert!(sq.exists(), "{} is missing: run scripts/bootstrap --tests", sq.display());
        let mut command = Command::new("unshare");
        command.args(namespace).args(["--pid", "--fork", "--kill-child"]);
        command.arg(project.join("tests/phext/read-back.sh")).arg(sq).arg("paper");
        let output = command.current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        for (number, at) in (1..).zip(&wanted) {
            let answer = std::fs::read_to_string(folder.path().join(format!("answers/{number}"))).unwrap();
            assert_eq!(answer, self.document.get(*at).unwrap(), "{at}");
        }
        assert_eq!(wanted.len(), 10);
    }
}

/// The options with which this system makes a network namespace, if it does.
fn namespace() -> Option<&'static [&'static str]> {
    let ways: [&[&str]; 2] = [&["--map-root-user", "--net"], &["--net"]];
    ways.into_iter().find(|way| {
        let run = Command::new("unshare").args(*way).args(["--pid", "--fork", "true"]).output();
        run.expect("util-linux is installed").status.success()
    })
}

#[test]
fn the_index_of_the_smallest_paper_is_true_and_its_references_lead_to_scrolls() {
    let (paper, written) = Written::minimal();
    written.check();
    written.check_references();
    written.check_contents(&paper);
    let headings = written.all("heading");
    let titles: Vec<(String, &str)> =
        headings.iter().map(|(at, entry, _)| (at.to_string(), entry.title.as_str())).collect();
    for (at, title) in [
        ("1.1.1/2.1.1/1.1.1", "Abstract"),
        ("2.1.1/1.1.1/1.1.1", "1 Introduction"),
        ("2.1.1/2.1.1/1.1.1", "2 Results"),
        ("2.1.1/2.2.1/1.1.1", "2.1 Definition"),
        ("2.1.1/2.3.1/1.1.1", "2.2 Comparison"),
    ] {
        assert!(titles.contains(&(at.to_owned(), title)), "no {title} at {at}: {titles:?}");
    }
}

#[test]
fn the_index_of_the_own_paper_is_true_and_its_references_lead_to_scrolls() {
    let paper = Paper::own_built();
    let written = Written::of(paper, "phext-based-compute");
    written.check();
    written.check_references();
    written.check_contents(paper);
    for kind in ["list", "code", "equation", "reference", "svg", "csv"] {
        assert!(written.all(kind).len() > 1, "{kind}");
    }
}

#[test]
fn the_server_sq_reads_scrolls_of_the_smallest_paper_back() {
    Written::minimal().1.check_in_sq();
}

#[test]
fn the_server_sq_reads_scrolls_of_the_own_paper_back() {
    Written::of(Paper::own_built(), "phext-based-compute").check_in_sq();
}

#[test]
fn a_delimiter_in_the_text_is_an_error_at_its_block() {
    let paper = Paper::minimal();
    let line = paper.append("paper/sections/02-results.md", "A break\u{1c}inside.");
    let said = paper.errors();
    assert!(said.contains("the character U+001C means nothing outside one program"), "{said}");
    assert!(said.contains(&format!("paper/sections/02-results.md:{line}:8")), "{said}");
    assert!(!paper.path("build/minimal.phext").exists());
}

#[test]
fn a_section_with_more_blocks_than_a_coordinate_counts_is_an_error_at_the_first_too_many() {
    let paper = Paper::minimal();
    let words: Vec<String> = (0..1100).map(|number| format!("Word {}.", letters(number))).collect();
    paper.write("paper/sections/02-results.md", format!("# Many [#sec:results]\n\n{}\n", words.join("\n\n")));
    let said = paper.errors();
    let line = 1 + 2 * 999;
    assert!(
        said.contains("the sections need chapter 1000 of the phext document, which has 1 to 999"),
        "{said}"
    );
    assert!(said.contains(&format!("paper/sections/02-results.md:{line}:1")), "{said}");
}

/// A number in letters, so that no two paragraphs are the same.
fn letters(number: u32) -> String {
    number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
}
