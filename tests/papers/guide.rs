//! The user guide in `guide/`: it is built like any paper, quotes its own source beside what that prints, and shows of
//! commands what they print today.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use scraper::{Html, Selector};

use crate::constructs::{text_of_page, words};
use crate::paper::Paper;

/// Where this is set, the commands of the guide are run and what they print is written into it anew.
const ACCEPT: &str = "ACCEPT_OUTPUTS";

/// What a row of the README's table is for, and what of it the guide has to write.
const CONSTRUCTS: &[(&str, &[&str])] = &[
    ("a computed number", &["{{ fact(name=", "digits=", "bare=true"]),
    (
        "a number of your own results",
        &["take: median latency_ms", "interval: bootstrap", "formula: \"latency.base"],
    ),
    ("what another value of a sweep gives", &["topology.meshes: [8x8x4]", "topology.8x8x4.mesh.diameter"]),
    ("its published value", &["{{ published(name="]),
    ("a labelled section", &["# Text [#sec:text]"]),
    ("a labelled equation", &["$$ [#eq:"]),
    ("numbers of rows", &["\\label{eq:sum}", "\\tag{A}", "[#numbers]"]),
    (
        "a reference",
        &["@sec:", "@fig:", "@tab:", "@eq:", "@thm:", "@fn:name", "@fig:both(a)", "@lst:walk(4-5)"],
    ),
    ("several at once, a sentence that begins with one", &["[@fig:gain; @fig:", "@Fig:gain"]),
    ("a citation", &["[@dally1990kary]", "[@dally2004principles, ch. 5]", "[@camara2010twisted; @"]),
    ("a figure of `figures/fig-4-topology.yaml`", &["::: figure fig-1-gain"]),
    (
        "a chart of the rows of your results",
        &[
            "take: median latency_ms\n      by: system\n      interval: bootstrap",
            "\n  box:",
            "\n  violin:",
            "\n  scatter:",
            "\n  histogram:",
            "\n  ecdf:",
            "\n  heatmap:",
            "\n    by: size_kib",
        ],
    ),
    ("a table of `paper/tables/table-2-performance.yaml`", &["::: table table-1-gain"]),
    ("a table of the rows of your results", &["best: lowest", "\n  sort: Median"]),
    ("a picture", &["](figures/ring.svg){#fig:ring width=30%", "alt=\"", "![ring](figures/ring.svg) stands"]),
    ("several pictures in one figure", &["\npanels:\n", "file: figures/ring.svg"]),
    ("rows of a file", &["file: paper/data/speeds.csv", "source: \"[@"]),
    ("a table in the text", &["| Name | Sign | Gain |", "\n: The cells of a table hold", "[#tab:cells]"]),
    ("a listing with a number", &["{#lst:twice caption=\"", " numbers highlight=\"2\"}"]),
    ("lines of a file", &["file=\"paper/code/walk.rs\" anchor=\"walk\"", "`lines=\"4-6\"`"]),
    (
        "a theorem or its like",
        &["::: theorem [#thm:", "::: proof", "::: definition", "::: lemma", "::: algorithm [#alg:"],
    ),
    ("text of one edition", &["::: edition guide"]),
    ("a claim that the facts judge", &["{{ claim(id=", "say=\""]),
    (
        "the 5 to 95 % of a number, its median, its error",
        &["{{ interval(name=", "{{ median(name=", "{{ difference(name="],
    ),
    ("a footnote", &["[^name]", "\n[^name]: ", "^[as this one"]),
    ("a formula", &["$N$", "\\begin{align}", "\\begin{cases}", "\nmacros:\n", "\\mathbf{", "\\boldsymbol{"]),
    ("other scripts", &["Ελληνικά", "**Русский**", "├── sections"]),
    ("a dollar sign", &["$5 to $10", "\\$5"]),
    ("struck text, a task, a line", &["~~struck out~~", "- [x] done", "\n***\n"]),
    ("a term and its meaning", &["A *fact*\n\n: is"]),
    ("a notice", &["::: warning", "> [!NOTE]"]),
    (
        "a link",
        &["<https://example.org/", "[a page](https://example.org)", "[a link](#sec:text)", "as https://"],
    ),
    ("braces", &["`${{ github.ref }}`", "\\{braces\\}"]),
];

/// Programs and descriptions that the guide shows and does not have as files of its own, each with the number of parts.
const EXCERPTS: [(&str, &str, usize); 3] = [
    ("paper/sections/10-listings.md", "guide/paper/code/walk.rs", 1),
    ("paper/sections/18-venues.md", "templates/venues/lncs/venue.yaml", 1),
    ("paper/sections/23-simulation.md", "examples/queue/src/main.rs", 2),
];

/// Characters of a line where commands print what the guide shows, as many as a listing of it has.
const COLUMNS: &str = "74";

/// The most words that floats and notes put between two words of the running text.
const FURTHEST: usize = 300;

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text files of the guide by their paths in it.
fn sources() -> Vec<(String, String)> {
    let guide = project().join("guide");
    let folders = ["paper", "figures"].map(|folder| guide.join(folder));
    let entries = folders.iter().flat_map(|folder| walkdir::WalkDir::new(folder).sort_by_file_name());
    let files = entries.map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    let read = files.filter_map(|entry| {
        let name = entry.path().strip_prefix(&guide).unwrap().to_string_lossy().into_owned();
        Some((name, std::fs::read_to_string(entry.path()).ok()?))
    });
    read.collect()
}

/// The value of an attribute in the braces of a listing.
fn attribute<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let (_, after) = line.split_once(&format!("{name}=\""))?;
    after.split_once('"').map(|(value, _)| value)
}

/// The words of a text; whether one is divided at the end of a line depends on the column.
fn undivided(text: &str) -> Vec<String> {
    words(&text.replace("-\n", "").replace('-', ""))
}

#[test]
fn the_guide_builds_without_a_warning_and_page_and_pdf_have_the_same_words_in_the_same_order() {
    let guide = Paper::guide();
    let output = guide.command("build").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.is_empty(), "{said}");
    let page = guide.read("build/html/index.html").replace('\u{a0}', " ");
    // In the order in which TeX wrote them, since pdftotext takes what is aligned in a listing for columns of a page.
    let pdf = guide.path("build/guide/guide.pdf");
    let text = Command::new("pdftotext").arg("-raw").arg(pdf).arg("-").output().unwrap().stdout;
    let printed = undivided(&String::from_utf8(text).unwrap());
    let known: BTreeSet<&String> = printed.iter().collect();
    let shown = undivided(&text_of_page(&page));
    let lost: Vec<&String> = shown.iter().filter(|word| !known.contains(word)).collect();
    assert!(lost.is_empty(), "on the page and not in the PDF: {lost:?}");
    // Figures and tables float, notes stand at the foot of a page, and the ledger is the last part of the PDF.
    let (running, mut at) = (running_text(&page), 0);
    assert!(running.len() > 4_000, "{} words", running.len());
    for (index, word) in running.iter().enumerate() {
        let found = printed[at..].iter().take(FURTHEST).position(|other| other == word);
        let before = &running[index.saturating_sub(12)..index];
        let here = &printed[at..printed.len().min(at + 12)];
        let found =
            found.unwrap_or_else(|| panic!("`{word}` of the page behind {before:?} is not at {here:?}"));
        at += found + 1;
    }
}

/// The words of a page that stand in the order in which they were written.
fn running_text(page: &str) -> Vec<String> {
    let page = Html::parse_document(page);
    let parts = Selector::parse("main h2, main h3, main h4, main p, main li, main pre").unwrap();
    let mut text = String::new();
    for part in page.select(&parts) {
        let floats = part.ancestors().filter_map(|node| node.value().as_element()).any(|outer| {
            matches!(outer.name(), "figure" | "table" | "li")
                || outer.classes().any(|class| matches!(class, "footnotes" | "abstract"))
                || outer.attr("aria-labelledby") == Some("ledger")
        });
        if floats {
            continue;
        }
        for node in part.descendants() {
            if node.value().as_element().is_some_and(|element| element.name() == "br") {
                text.push(' ');
            }
            let mut around = node.ancestors().filter_map(|outer| outer.value().as_element());
            let is_set_apart = around.any(|element| matches!(element.name(), "math" | "style" | "svg"));
            if let (Some(part), false) = (node.value().as_text(), is_set_apart) {
                text.push_str(part);
            }
        }
        text.push('\n');
    }
    undivided(&text)
}

#[test]
fn every_anchor_is_quoted_and_what_a_section_quotes_of_itself_stands_right_below() {
    let sources = sources();
    let mut anchors = BTreeSet::new();
    for (file, text) in &sources {
        for line in text.lines() {
            // A listing of Markdown may show anchors of another language.
            let begun = match file.ends_with(".md") {
                true => line.strip_prefix("<!-- ANCHOR: ").and_then(|name| name.strip_suffix(" -->")),
                false => line.split_once("ANCHOR: ").map(|(_, name)| name),
            };
            if let Some(name) = begun {
                let name = name.trim().to_owned();
                assert!(anchors.insert((file.clone(), name.clone())), "{file} has two anchors `{name}`");
            }
        }
    }
    let mut quoted = BTreeSet::new();
    for (file, text) in sources.iter().filter(|(file, _)| file.ends_with(".md")) {
        let lines: Vec<&str> = text.lines().collect();
        for (index, line) in lines.iter().enumerate().filter(|(_, line)| line.starts_with("```")) {
            let (Some(of), Some(anchor)) = (attribute(line, "file"), attribute(line, "anchor")) else {
                continue;
            };
            quoted.insert((of.to_owned(), anchor.to_owned()));
            if of == file {
                let below = lines[index + 2..].iter().find(|line| !line.trim().is_empty());
                let begins = format!("<!-- ANCHOR: {anchor} -->");
                assert_eq!(below, Some(&begins.as_str()), "{file}:{}", index + 1);
            }
        }
    }
    let unlike: Vec<_> = anchors.symmetric_difference(&quoted).collect();
    assert!(unlike.is_empty(), "anchors that nothing quotes, or quoted and nowhere: {unlike:?}");
    assert!(anchors.len() > 50, "{} anchors", anchors.len());
}

#[test]
fn every_construct_of_the_readme_is_in_the_guide() {
    let readme = std::fs::read_to_string(project().join("README.md")).unwrap();
    let (_, after) = readme.split_once("Sections are CommonMark with these additions:").unwrap();
    let rows =
        after.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let rows: Vec<&str> = rows.skip(2).map(|row| row[1..].split_once(" | ").unwrap().0.trim()).collect();
    let listed: Vec<&str> = CONSTRUCTS.iter().map(|(row, _)| *row).collect();
    assert_eq!(rows, listed, "say here what the guide shows of each row");
    let guide: String = sources().into_iter().map(|(_, text)| text + "\n").collect();
    for (row, written) in CONSTRUCTS {
        for part in *written {
            assert!(guide.contains(part), "{row}: no `{part}` in the guide");
        }
    }
}

/// The commands of a session, each with the lines that show it.
fn commands(session: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    for line in session.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            commands.push((command.to_owned(), line.to_owned()));
        } else if let (Some(more), Some((command, shown))) = (line.strip_prefix("> "), commands.last_mut()) {
            command.push('\n');
            command.push_str(more);
            shown.push('\n');
            shown.push_str(line);
        }
    }
    commands
}

/// Compares a file of the guide with what it has to say today.
fn is_todays(file: &str, today: &str) {
    let path = project().join("guide").join(file);
    if std::env::var_os(ACCEPT).is_some() {
        std::fs::write(path, today).unwrap();
        return;
    }
    let written = std::fs::read_to_string(path).unwrap();
    assert_eq!(written, today, "guide/{file}: run this test with {ACCEPT}=1, which writes it anew");
}

#[test]
fn sessions_print_what_the_guide_shows() {
    let guide = Paper::guide();
    let program = assert_cmd::cargo::cargo_bin("phext-paper");
    let own = program.parent().unwrap().to_owned();
    let paths = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(&paths))).unwrap();
    let mut sessions: Vec<PathBuf> =
        std::fs::read_dir(guide.path("paper/sessions")).unwrap().map(|entry| entry.unwrap().path()).collect();
    sessions.sort();
    for session in sessions {
        let (mut today, mut said) = (String::new(), String::new());
        for (command, shown) in commands(&std::fs::read_to_string(&session).unwrap()) {
            let mut bash = Command::new("bash");
            bash.arg("-c").arg(format!("exec 2>&1\n{command}\n")).current_dir(guide.root());
            bash.env("PATH", &path).env("COLUMNS", COLUMNS);
            // An empty line parts what a command prints from the next one.
            let between = if said.is_empty() { "" } else { "\n" };
            said = String::from_utf8(bash.output().unwrap().stdout).unwrap();
            today.push_str(&format!("{between}{shown}\n{said}"));
        }
        assert!(!today.is_empty(), "{} runs nothing", session.display());
        let file = session.strip_prefix(guide.root()).unwrap().to_string_lossy().into_owned();
        is_todays(&file, &today);
    }
}

#[test]
fn mistakes_are_told_as_the_guide_shows_them() {
    let guide = Paper::guide();
    let description = guide.read("paper/paper.yaml");
    let last = "  - paper/sections/24-commands.md\n";
    assert!(description.contains(last));
    let mistakes = "  - paper/mistakes/wrong.md\n";
    guide.write("paper/paper.yaml", description.replace(last, &format!("{last}{mistakes}")));
    is_todays("paper/mistakes/said.txt", &guide.errors());
}

#[test]
fn excerpts_are_those_of_their_files() {
    for (section, file, parts) in EXCERPTS {
        let section = std::fs::read_to_string(project().join("guide").join(section)).unwrap();
        let whole = std::fs::read_to_string(project().join(file)).unwrap();
        let blocks = section.split("\n```").map(|block| block.split_once('\n').map_or("", |(_, text)| text));
        let found = blocks.filter(|text| text.len() > 100 && whole.contains(text.trim()));
        assert_eq!(found.count(), parts, "no listing shows what {file} says");
    }
}
