//! The author's preview: every edit reaches the page, every error its place, and nobody else is answered.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::paper::Paper;
use crate::watch::{Events, PATIENCE, Watch};

const TEXT: &str = "paper/sections/02-results.md";
/// Edits a file so that the page shows `mark`, breaks it, and mends it.
fn edit_break_and_mend(
    watch: &Watch,
    events: &mut Events,
    paper: &Paper,
    file: &str,
    edits: [(&str, &str); 2],
    mark: &str,
) {
    let old = paper.read(file);
    let [(from, to), (good, bad)] = edits;
    assert!(old.contains(from) && old.contains(good), "{file}");
    paper.write(file, old.replacen(from, to, 1));
    events.next("html");
    let page = watch.get("/");
    assert!(page.contains(mark), "no `{mark}` after an edit of {file}");
    paper.write(file, old.replacen(good, bad, 1));
    let error = events.next("error");
    let files: Vec<&str> =
        error["errors"].as_array().unwrap().iter().map(|error| error["file"].as_str().unwrap()).collect();
    assert!(files.iter().any(|found| found.ends_with(file)), "{file}: {error:#}");
    assert!(watch.get("/").contains("</html>"), "the last good page is gone");
    paper.write(file, &old);
    events.next("ok");
}

#[test]
fn every_kind_of_file_reaches_the_page_and_every_mistake_its_place() {
    let paper = Paper::minimal();
    let watch = Watch::start(paper.root());
    let mut events = watch.events();
    events.next("pdf");
    assert!(watch.get("/pdf").contains("%PDF-"));
    let mut check = |file: &str, edits: [(&str, &str); 2], mark: &str| {
        edit_break_and_mend(&watch, &mut events, &paper, file, edits, mark);
    };
    check(
        TEXT,
        [("Every chip sends", "Each chip now sends"), ("@fig:gain", "@fig:gian")],
        "Each chip now sends",
    );
    check(
        "figures/fig-1-gain.yaml",
        [("caption: ", "caption: Freshly drawn. "), ("caption:", "captoin:")],
        "Freshly drawn.",
    );
    check(
        "paper/tables/table-1-gain.yaml",
        [("caption: ", "caption: Freshly set. "), ("caption:", "captoin:")],
        "Freshly set.",
    );
    check(
        "paper/references.bib",
        [
            ("Performance Analysis of", "Performance Studies of"),
            ("doi     = {10.1109/12.53599}", "doi     = {10.1109/12.53599"),
        ],
        "Performance Studies of",
    );
    let model = "paper/model.yaml";
    let old = paper.read(model);
    paper.write(model, old.replace("link_bandwidth: {value: 50,", "link_bandwidth: {value: 60,"));
    // A page with numbers that are still being computed may come first.
    let one = loop {
        let moved = events.next("html")["moved"].clone();
        let one = moved.as_array().unwrap().iter().find(|one| one[0] == "machine.link_bandwidth").cloned();
        if let Some(one) = one {
            break one;
        }
    };
    let starts = |index: usize, number: &str| one[index].as_str().unwrap().starts_with(number);
    assert!(starts(1, "50") && starts(2, "60"), "{one:#}");
    for (path, wanted) in [
        ("/figures", "fig-1-gain"),
        ("/tables", "table-1-gain"),
        ("/check", "No errors"),
        ("/verdicts", "Verdict"),
        ("/pdf-view", "iframe"),
        ("/figure/fig-1-gain", "<svg"),
        ("/preview.js", "EventSource"),
    ] {
        let answer = watch.get(path);
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(wanted), "{path}: {answer:.300}");
    }
    // The ledger may be there before its page is asked for a second time.
    let waves = watch.get("/waves");
    let is_decided = waves.contains("paper/rally.yaml") || waves.contains("title=\"Ledger of the plan\"");
    assert!(waves.starts_with("HTTP/1.1 200") && (waves.contains("being decided") || is_decided), "{waves}");
    assert!(watch.get("/").contains(&format!("data-at=\"{TEXT}:")));
}

#[test]
fn foreign_requests_and_paths_out_of_build_are_refused() {
    let paper = Paper::minimal();
    paper.write("secret", "root:");
    std::fs::create_dir_all(paper.path("build")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(paper.path("secret"), paper.path("build/link")).unwrap();
    let watch = Watch::start(paper.root());
    watch.events().next("html");
    let port = watch.address.rsplit(':').next().unwrap();
    for headers in [
        String::new(),
        "Host: evil.example\r\n".to_owned(),
        format!("Host: evil.example:{port}\r\n"),
        format!("Host: {}\r\nOrigin: http://evil.example\r\n", watch.address),
        format!("Host: {}\r\nOrigin: null\r\n", watch.address),
    ] {
        let answer = watch.ask("/", &headers);
        assert!(
            !answer.starts_with("HTTP/1.1 200") && !answer.contains("Results"),
            "{headers}: {answer:.200}"
        );
    }
    for path in [
        "/../../etc/passwd",
        "/build/../../etc/passwd",
        "/build/%2e%2e/%2e%2e/etc/passwd",
        "/build/..%2f..%2fetc%2fpasswd",
        "/build/%252e%252e/etc/passwd",
        "/build//etc/passwd",
        "/build/..%5c..%5cetc%5cpasswd",
        "/build/%c0%ae%c0%ae/etc/passwd",
        "/build/link",
        "/build/../secret",
        "/build/.cache",
    ] {
        let answer = watch.get(path);
        assert!(!answer.starts_with("HTTP/1.1 200") && !answer.contains("root:"), "{path}: {answer}");
    }
    let answer = watch.ask("/", &format!("Host: {0}\r\nOrigin: http://{0}\r\n", watch.address));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer:.200}");
    assert!(answer.contains("default-src 'none'") && answer.contains("nosniff"), "{answer:.900}");
}

#[test]
fn after_200_edits_half_of_them_broken_the_last_state_is_shown_and_nothing_is_left_over() {
    let paper = Paper::minimal();
    let watch = Watch::start(paper.root());
    let mut events = watch.events();
    events.next("pdf");
    let old = paper.read(TEXT);
    let start = Instant::now();
    for edit in 0..200 {
        let text = if edit % 2 == 0 { "See @fig:nowhere." } else { "A sentence more." };
        paper.write(TEXT, format!("{old}\n{text}\n"));
        std::thread::sleep(Duration::from_millis(40));
    }
    assert!(start.elapsed() < Duration::from_secs(30));
    paper.write(TEXT, format!("{old}\nThe very last words.\n"));
    let start = Instant::now();
    while !watch.get("/").contains("The very last words.") {
        assert!(start.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(20));
    }
    events.next("pdf");
    assert!(watch.get("/check").contains("No errors"));
    let mut watch = watch;
    Command::new("kill").args(["-INT", &watch.child.id().to_string()]).status().unwrap();
    assert_eq!(watch.child.wait().unwrap().code(), Some(0));
    let left =
        Command::new("pgrep").args(["-f", &format!("watch.*{}", paper.root().display())]).output().unwrap();
    assert!(left.stdout.is_empty(), "{}", String::from_utf8_lossy(&left.stdout));
}

/// Kibibytes of memory that a process holds.
fn memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn after_a_thousand_edits_a_preview_holds_no_more_memory_than_after_the_first_hundred() {
    let paper = Paper::minimal();
    let watch = Watch::start(paper.root());
    let mut events = watch.events();
    events.next("pdf");
    let old = paper.read(TEXT);
    let mut after_hundred = 0;
    for edit in 1..=1000 {
        paper.write(TEXT, format!("{old}\nEdit {} of this text.\n", ["one", "two", "three"][edit % 3]));
        events.next("html");
        if edit == 100 {
            after_hundred = memory(watch.child.id());
        }
    }
    let after_all = memory(watch.child.id());
    // Free memory comes back in pieces of any size: a tenth more is no growth, twice as much would be.
    assert!(after_all <= after_hundred + after_hundred / 10 + 4096, "{after_hundred} to {after_all} KiB");
    assert!(after_all < 400 * 1024, "{after_all} KiB");
}

#[test]
fn a_preview_that_is_killed_leaves_the_next_build_right() {
    let (paper, other) = (Paper::minimal(), Paper::minimal());
    for wait in [5, 50, 300, 900] {
        let mut watch = Watch::start(paper.root());
        std::thread::sleep(Duration::from_millis(wait));
        watch.child.kill().unwrap();
        watch.child.wait().unwrap();
    }
    paper.command("build").assert().success();
    other.command("build").assert().success();
    for file in
        ["build/minimal.md", "build/html/index.html", "build/facts.json", "build/extended/minimal.tex"]
    {
        assert_eq!(paper.read(file), other.read(file), "{file}");
    }
}
