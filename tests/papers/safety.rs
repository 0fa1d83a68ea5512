//! A paper cannot read, write, run or hang: not by its mathematics, not by a template of its own.

use std::time::{Duration, Instant};

use crate::paper::Paper;

const TEMPLATE: &str = include_str!("../../templates/paper.tex");

/// Builds a paper whose template has `tex` at its beginning and returns what was said.
fn build_with(tex: &str) -> String {
    build_within(tex, "60")
}

/// The same within so many seconds.
fn build_within(tex: &str, limit: &str) -> String {
    let paper = Paper::minimal();
    std::fs::create_dir(paper.path("templates")).unwrap();
    let begin = "\\begin{document}\n";
    paper.write("templates/paper.tex", TEMPLATE.replace(begin, &format!("{begin}{tex}\n")));
    let output = paper.command("build").args(["--time-limit", limit]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(!paper.path("build/conference").exists());
    said
}

#[test]
fn a_file_outside_the_paper_is_not_read() {
    let said = build_with(r"\input{/etc/passwd}");
    assert!(said.contains("/etc/passwd") && said.contains("refused"), "{said}");
}

#[test]
fn nothing_outside_the_paper_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("written.txt");
    let tex = format!(r"\newwrite\out\immediate\openout\out={}\immediate\write\out{{x}}", target.display());
    let said = build_with(&tex);
    assert!(said.contains("refused"), "{said}");
    assert!(!target.exists());
}

#[test]
fn no_command_is_run() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("ran.txt");
    let said = build_with(&format!(r"\immediate\write18{{touch {}}}", target.display()));
    assert!(said.contains("write18"), "{said}");
    assert!(!target.exists());
}

#[test]
fn an_endless_loop_is_ended_at_the_time_limit() {
    let start = Instant::now();
    let said = build_within(r"\loop\iftrue\repeat", "5");
    assert!(said.contains("did not finish within 5 s"), "{said}");
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn mathematics_cannot_leave_the_formula() {
    for tex in [
        r"$\input{/etc/passwd}$",
        r"$\openout1=x$",
        r"$\write18{true}$",
        r"$\csname input\endcsname{/etc/passwd}$",
        r"$\loop\iftrue\repeat$",
        r"$\def\x{\x\x}\x$",
        r"$\newcommand{\x}{\x}\x$",
    ] {
        let paper = Paper::minimal();
        let line = paper.append("paper/sections/02-results.md", &format!("Here {tex} stands."));
        let said = paper.errors();
        assert!(said.contains(&format!("02-results.md:{line}:")), "{tex}: {said}");
    }
}

/// A folder that came from somebody else may hold links and lists: nothing outside is removed.
#[cfg(unix)]
#[test]
fn pruning_removes_nothing_behind_a_link() {
    let (paper, other) = (Paper::minimal(), tempfile::tempdir().unwrap());
    let link =
        |from: &str, to: &str| std::os::unix::fs::symlink(other.path().join(to), paper.path(from)).unwrap();
    std::fs::create_dir_all(other.path().join("figures")).unwrap();
    std::fs::create_dir_all(other.path().join("notes")).unwrap();
    for number in 0..100 {
        std::fs::write(other.path().join(format!("figures/{number:064x}")), "").unwrap();
    }
    std::fs::write(other.path().join("notes/mine.txt"), "").unwrap();
    std::fs::create_dir_all(paper.path("build/.cache")).unwrap();
    link("build/.cache/figures", "figures");
    link("build/notes", "notes");
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let entry = |path: &str| format!("\"{path}\": {{\"sha256\": \"{empty}\", \"bytes\": 0}}");
    let outside = other.path().join("notes/mine.txt").display().to_string();
    let list = ["notes/mine.txt", "../build/notes/mine.txt", &outside].map(entry).join(", ");
    paper.write("build/.cache/written.json", format!("{{{list}}}"));
    paper.command("build").assert().success();
    assert!(other.path().join("notes/mine.txt").exists());
    assert!(std::fs::read_dir(other.path().join("figures")).unwrap().count() >= 100);
}
