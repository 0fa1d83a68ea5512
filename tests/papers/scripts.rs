//! Text beyond Latin comes out in the PDF and in the archive, or is refused where it stands.

use std::process::Command;

use crate::archive::check_archive;
use crate::paper::Paper;

const SECTION: &str = "paper/sections/02-results.md";

fn any_number(paper: &Paper) {
    paper.append(
        "paper/structural-numbers.yaml",
        "- {numbers: [any], reason: an input under test states no result}",
    );
}

fn replace(paper: &Paper, file: &str, old: &str, new: &str) {
    let text = paper.read(file);
    assert!(text.contains(old), "{file} has no `{old}`");
    paper.write(file, text.replacen(old, new, 1));
}

fn built(paper: &Paper) -> String {
    let output = paper.command("build").args(["--edition", "extended"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    let run = Command::new("pdftotext").arg(paper.path("build/extended/minimal.pdf")).arg("-").output();
    String::from_utf8(run.unwrap().stdout).unwrap()
}

#[test]
fn greek_cyrillic_and_lines_are_set_wherever_text_stands() {
    let paper = Paper::minimal();
    any_number(&paper);
    replace(&paper, "paper/paper.yaml", "title: What a Twist Gains", "title: Τίτλος и Заголовок");
    replace(&paper, "paper/paper.yaml", "authors: [", "authors: [\"Пётр Ильич\", ");
    replace(&paper, "paper/paper.yaml", "keywords: [", "keywords: [Ключ, ");
    paper.append(
        "paper/references.bib",
        "@article{cyr, author = {Иванов, Пётр}, title = {О сетях}, journal = {Журнал}, year = {2020},
  doi = {10.1000/a}}",
    );
    paper.append(
        SECTION,
        "## Επικεφαλίδα и Раздел

Words: Ελληνικά, *πλάγια*, **έντονα**, ἀρχὴ ᾧ, Русский, *курсив*, **жирный**, `код λόγος`, и\u{306}, № [@cyr].^[Σημείωση.]

| Στήλη | Столбец |
|-------|---------|
| κελί | ячейка $\\text{слово}$ |

: Λεζάντα и Подпись. [#tab:scripts]

```
src
├── main.rs  ═══ 
└── τέλος   конец
```
",
    );
    let printed = built(&paper);
    for word in [
        "Τίτλος",
        "Заголовок",
        "Ильич",
        "Ключ",
        "ΕΠΙΚΕΦΑΛΊΔΑ",
        "Ελληνικά",
        "πλάγια",
        "έντονα",
        "ἀρχὴ",
        "Русский",
        "курсив",
        "жирный",
        "код",
        "λόγος",
        "Σημείωση",
        "Στήλη",
        "ячейка",
        "слово",
        "Подпись",
        "├──",
        "└──",
        "τέλος",
        "Иванов",
        "сетях",
        "Журнал",
    ] {
        let folded = word.to_lowercase();
        assert!(printed.to_lowercase().contains(&folded), "no {word} in {printed}");
    }
    check_archive(&paper, "minimal");
}

#[test]
fn what_only_the_pdf_has_a_font_for_is_refused_in_an_edition_with_an_archive() {
    let paper = Paper::minimal();
    let line = paper.append(SECTION, "A heart ❤, twice ❤, a square ▣ and a corner ╭.");
    let said = paper.errors();
    let place = format!("{SECTION}:{line}:9");
    assert!(said.contains(&place), "{said}");
    assert!(said.contains("pdfTeX, which sets the archive of this edition, has no `❤`, `▣`, `╭`"), "{said}");
    replace(&paper, "paper/paper.yaml", "archive: true", "archive: false");
    let printed = built(&paper);
    for sign in ["❤", "▣", "╭"] {
        assert!(printed.contains(sign), "no {sign} in {printed}");
    }
}

#[test]
fn what_no_font_has_and_what_runs_from_right_to_left_is_refused_at_its_place() {
    let paper = Paper::minimal();
    let line = paper.append(SECTION, "The word שלום and \u{10fffd}.");
    let said = paper.errors();
    assert!(said.contains(&format!("{SECTION}:{line}:10")), "{said}");
    assert!(said.contains("no installed font has `ש`, `ל`, `ו`, `ם`, `\u{10fffd}`"), "{said}");
    assert!(said.contains("text from right to left is not set"), "{said}");
}
