//! Inputs that authors report as lost by one tool or another, each kind with its neighbours: printed alike by every
//! output, the archive under stock pdfTeX as well, or refused where they stand.

use std::path::Path;
use std::process::Command;

use scraper::{Html, Selector};

use crate::archive::typeset_archive;
use crate::constructs::text_of_pdf;
use crate::paper::Paper;

const SECTION: &str = "paper/sections/03-inputs.md";

/// What is written in a section, and what of it every output prints. Where a part begins with `~`, the archive spells it
/// in letters and accents that its PDF does not give back as one.
const WRITTEN: &[(&str, &str)] = &[
    ("A workflow reads `${{ inputs.NAME }}` and ``{% if x %}``.", "${{ inputs.NAME }}"),
    ("A set {#B} and a block {% end %} are text.", "{#B} and a block {% end %} are text"),
    ("Rent rose from $3 to $12, and $PATH_X is a name.", "from $3 to $12, and $PATH_X is"),
    (
        "Look at https://example.net/x_y~z%20w?k=1&l=2#end, then write.",
        "https://example.net/x_y~z%20w?k=1&l=2#end",
    ),
    ("Write to first.last@example.net or to \\@nobody.", "first.last@example.net or to @nobody"),
    ("She says „Wort“, ‚Silbe‘, «mot» and it's 'so'.", "„Wort“, ‚Silbe‘, «mot» and it’s ‘so’"),
    ("Phạm Thị Ngọc met Ṣafiyya.", "~Phạm Thị Ngọc met Ṣafiyya"),
    ("A cafe\u{301} in Lu\u{308}beck is pasted from a file name.", "café in Lübeck is pasted"),
    ("Signs as typed: 3 ± 1, 2 × 4, 5 · 6, 30 °C, ¼, 7 µm.", "3 ± 1, 2 × 4, 5 · 6, 30 °C, ¼, 7 µm"),
    ("The ~~former~~ word stays.", "The former word stays"),
    ("- [ ] a thing left\n- [x] a thing finished", "a thing finished"),
    ("A line above.\n\n***\n\nA line below.", "A line below"),
    (
        "Both call one note.[^n] So does this.[^n]\n\n[^n]: Said once, in\n\n    two paragraphs.",
        "two paragraphs",
    ),
    ("Brackets: [0, 9] is a range, and \\[sic\\] is none.", "[0, 9] is a range, and [sic] is none"),
    ("a. is no list, 1.5 is none, and - neither.", "a. is no list, 1.5 is none, and - neither"),
    ("An en--dash, an em---dash, dots... and -- `--flag`.", "An en–dash, an em—dash, dots… and – --flag"),
    ("R&D at 100 % of a_b #1 ^2 ~ \\\\ | <3 {x}.", "R&D at 100 % of a_b #1 ^2 ~ \\ | <3 {x}"),
    ("> [!TIP]\n> Mind the notice.", "Mind the notice"),
    ("Second part\n===========\n\nText of it.", "Second part"),
    ("| Cell | Sign |\n|---|---|\n| `p\\|q` and r \\| s | $\\lvert y \\rvert$ |", "p|q and r | s"),
    ("Τίτλος и слово stand side by side.", "~Τίτλος и слово stand side by side"),
    ("These works are odd [@odd1; @odd2; @odd3; @odd4; @odd5; @odd6].", "These works are odd"),
];

/// What every output prints of cells, captions and works.
const ELSEWHERE: &[&str] = &[
    "one line and another",
    "NO and off",
    "(0.002)",
    "2e-6",
    "A note of a caption",
    "cell with x_1 & 5 %",
    "Annals of Odd Ends and More",
    "Sep. 2021",
    "Rules & Roots of C. elegans",
    "J.-L. Petit",
    "O. Ødegård",
    "“Is it so?”",
    "10.1000/u_v#w",
    "https://example.net/~u/p_q%20r",
    "Letter of 4 June",
    "T. Hall et al.",
    "M. King Jr.",
    "University of Elsewhere",
];

const WORKS: &str = r#"
@string(ends = "Annals of " # {Odd Ends})
@comment{ignored {even} this}
@article(odd1, author = {{\O}deg{\aa}rd, Ola and Petit, Jean‐Luc}, title = {Is it so?}, journal = ends # { and More},
  month = sept, year = 2021, doi = {10.1000/u\_v#w}, abstract = {Sold for $ 9 {each}.})
@article{odd2, author = {Hall, T. AND others}, title = {Rules &amp; Roots of <i>C. elegans</i>}, journal = {J. {\&} K.},
  year = {in press}, url = {https://example.net/odd2}}
@misc{odd3, author = {{A Body and Another}}, title = {A Page}, howpublished = {\url{https://example.net/~u/p_q%20r}}, year = 2020}
@misc{odd4, author = {King, Jr., M.}, title = {On $k$-sets}, note = {Letter of 4 June}, year = 1961}
@phdthesis{odd5, author = {Nguyễn, Văn and Müller, Jo\"rg}, title = {{DNA} ``and'' H$_2$O}, school = {University of Elsewhere}, year = 1938}
@techreport{odd6, author = {de la Rue, P. and {\relax Yu}. Ivanov}, title = {A Report}, institution = {Lab}, year = 1966, month = {March--April}}
"#;

/// A paper with another section, for which any number may be typed.
fn with(section: &str) -> Paper {
    let paper = Paper::minimal();
    paper.write(SECTION, section);
    let last = "  - paper/sections/02-results.md\n";
    let description = paper.read("paper/paper.yaml").replace(last, &format!("{last}  - {SECTION}\n"));
    paper.write("paper/paper.yaml", description.split("rules:").next().unwrap());
    paper.append(
        "paper/structural-numbers.yaml",
        "- {numbers: [any], reason: an input under test states no result}",
    );
    paper
}

fn replace(paper: &Paper, file: &str, old: &str, new: &str) {
    let text = paper.read(file);
    assert!(text.contains(old), "{file} has no `{old}`");
    paper.write(file, text.replacen(old, new, 1));
}

/// A text on one line, with each ligature as letters and no word divided.
fn flat(text: &str) -> String {
    let parts = [("-\n", "-"), ("\u{a0}", " "), ("ﬁ", "fi"), ("ﬂ", "fl"), ("ﬀ", "ff"), ("ﬃ", "ffi")];
    let text = parts.iter().fold(text.to_owned(), |text, (old, new)| text.replace(old, new));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text of a PDF in the order in which it is set, in which lines of a column follow each other.
fn raw_text(pdf: &Path) -> String {
    let run = Command::new("pdftotext").arg("-raw").arg(pdf).arg("-").output().unwrap();
    String::from_utf8(run.stdout).unwrap()
}

/// What a reader sees of Markdown.
fn seen(markdown: &str) -> String {
    let mut text = markdown.replace("\\\\", "\u{0}");
    while let Some(start) = text.find("](") {
        let end = text[start..].find(')').unwrap() + start;
        text.replace_range(start..=end, "");
    }
    text.replace(['[', ']', '\\', '`', '*'], "").replace("~~", "").replace('\u{0}', "\\")
}

#[test]
fn what_is_written_is_the_same_in_every_output() {
    let section: String = WRITTEN.iter().map(|(written, _)| format!("{written}\n\n")).collect();
    let paper = with(&format!("# Inputs\n\n{section}"));
    let title = "title: \"C++ & R_2: 99 % of $p$-values -- what's \\\"new\\\" {here} Cafe\u{301}\"";
    replace(&paper, "paper/paper.yaml", "title: What a Twist Gains", title);
    replace(&paper, "paper/paper.yaml", "authors: [", "authors: [\"Zoe\u{308} O'Hara & Sons\", ");
    replace(&paper, "paper/paper.yaml", "keywords: [", "keywords: [C++, R&D, \"70 %\", ");
    let table = "paper/tables/table-1-gain.yaml";
    replace(
        &paper,
        table,
        "caption: ",
        "caption: \"A caption^[A note of a caption.] and a work [@odd1].\"\n# ",
    );
    replace(
        &paper,
        table,
        "notes:\n",
        "notes:\n  - \"one line\\nand another, NO and off, (0.002), 2e-6, a cell with x_1 & 5 %\"\n",
    );
    replace(
        &paper,
        "figures/fig-1-gain.yaml",
        "title: Gain, unit: x",
        "title: \"Gain (10⁻⁶ m⁻¹ · s⁻²)\", unit: x",
    );
    let works = paper.read("paper/references.bib");
    paper.write("paper/references.bib", format!("{works}{WORKS}"));
    let output = paper.command("build").args(["--edition", "extended"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && !said.contains("warning"), "{said}");
    let archive = typeset_archive(&paper, "minimal", "extended", "minimal");
    let html = paper.read("build/html/index.html");
    let page = Html::parse_document(&html);
    let body = page.select(&Selector::parse("body").unwrap()).next().unwrap();
    let outputs = [
        ("PDF", flat(&raw_text(&paper.path("build/extended/minimal.pdf")))),
        ("archive", flat(&raw_text(&archive.path().join("minimal.pdf")))),
        ("page", flat(&body.text().collect::<String>())),
        ("Markdown", flat(&seen(&paper.read("build/minimal.md")))),
    ];
    // Words may be divided anywhere in a narrow column, headings stand in capitals there, pdfTeX sets dots as three, and
    // the page has the apostrophes of names as they are typed.
    let whole = |text: &str| {
        let same = [(" ", ""), ("…", "..."), ("’", "'")];
        same.iter().fold(text.to_lowercase(), |text, (old, new)| text.replace(old, new))
    };
    for (name, text) in &outputs {
        let written = WRITTEN.iter().map(|(_, printed)| *printed);
        for printed in written.chain(ELSEWHERE.iter().copied()) {
            let rare = printed.strip_prefix('~');
            if rare.is_some() && *name == "archive" {
                continue;
            }
            let printed = match *name {
                "Markdown" => seen(&rare.unwrap_or(printed).replace('\\', "\\\\")),
                _ => rare.unwrap_or(printed).to_owned(),
            };
            assert!(whole(text).contains(&whole(&printed)), "no {printed} in the {name}: {text}");
        }
        assert_eq!(text.matches("Said once").count(), 1, "{name}: {text}");
        for printed in ["99 % of", "what’s “new” {here} Café", "O’Hara & Sons", "C++, R&D, 70 %"] {
            let printed = if *name == "page" || *name == "Markdown" {
                printed.to_owned()
            } else {
                printed.replace('-', "")
            };
            assert!(whole(text).contains(&whole(&printed)), "no {printed} in the {name}: {text}");
        }
    }
    assert!(html.contains("10⁻⁶ m⁻¹ · s⁻²"), "the title of an axis loses signs");
    assert!(
        text_of_pdf(&paper.path("build/extended/minimal.pdf")).contains('⁻'),
        "the PDF loses signs of an axis"
    );
}

#[test]
fn what_no_archive_can_set_is_told_at_each_of_its_places() {
    let paper = with("# Inputs\n\nA word 漢字 in the text, and [@cjk].\n");
    replace(&paper, "paper/paper.yaml", "title: What a Twist Gains", "title: 題 of a paper");
    paper.append(
        "paper/references.bib",
        "@article{cjk, author = {王, 冰}, title = {T}, journal = {J}, year = 2020, doi = {10.1000/c}}",
    );
    replace(&paper, "paper/tables/table-1-gain.yaml", "caption: ", "caption: \"表 of gains.\"\n# ");
    let said = paper.errors();
    for part in ["`漢`", "`題`", "`王`", "`表`"] {
        assert!(said.contains(part), "no {part} in {said}");
    }
    for place in [
        format!("{SECTION}:3:8"),
        "paper/paper.yaml:".into(),
        "paper/references.bib:".into(),
        "paper/tables/table-1-gain.yaml:".into(),
    ] {
        assert!(said.contains(&place), "no {place} in {said}");
    }
}

#[test]
fn a_note_that_a_description_cannot_call_is_told_in_its_file() {
    let paper = Paper::minimal();
    replace(&paper, "figures/fig-1-gain.yaml", "which were measured", "which were measured[^far]");
    replace(&paper, "paper/tables/table-1-gain.yaml", "caption: ", "caption: \"Gains[^near].\"\n# ");
    let said = paper.errors();
    for (file, note) in [("figures/fig-1-gain.yaml:", "far"), ("paper/tables/table-1-gain.yaml:", "near")] {
        assert!(said.contains(file) && said.contains(&format!("no footnote is named `{note}`")), "{said}");
    }
    assert!(!said.contains("add `[^"), "a description holds no definition: {said}");
}

#[test]
fn a_table_of_too_many_rows_is_told_at_its_place() {
    let rows: String = (0..1001).map(|row| format!("| {row} | x |\n")).collect();
    let paper = with(&format!(
        "# Inputs\n\nSee @tab:many.\n\n| Row | Sign |\n|--:|---|\n{rows}\n: Many. [#tab:many]\n"
    ));
    let said = paper.errors();
    assert!(said.contains("has 1001 rows") && said.contains(&format!("{SECTION}:5:")), "{said}");
}

#[test]
fn a_file_that_the_machine_does_not_take_is_told_with_its_folder() {
    let paper = Paper::minimal();
    // A limit on the size of files is what a full disk is, and can be set by everybody.
    let program = assert_cmd::cargo::cargo_bin("phext-paper");
    let script = format!(
        "trap '' XFSZ; ulimit -f 16; exec '{}' build --root '{}'",
        program.display(),
        paper.root().display()
    );
    let output = Command::new("bash").args(["-c", &script]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("needs this place") && said.contains("File too large"), "{said}");
    assert!(!said.contains("templates/") && !said.contains("--help"), "{said}");
}
