//! Text beyond Latin and letters of every alphabet come out in the PDF and in the archive, or are refused where
//! they stand.

use std::path::Path;
use std::process::Command;

use crate::archive::{check_archive, check_archive_of};
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

Words as in @tab:scripts: Ελληνικά, *πλάγια*, **έντονα**, ἀρχὴ ᾧ, Русский, *курсив*, **жирный**, `код λόγος`, и\u{306}, № [@cyr].^[Σημείωση.]

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
fn rare_letters_and_signs_of_mathematics_in_the_text_are_set_by_both_engines() {
    let paper = Paper::minimal();
    any_number(&paper);
    let letters = "ħ Ħ ŀ Ŀ ẞ ǭ ȩ ḑ ϑ ϕ ϖ ϱ ϵ ∂ ∫ ∇ ℓ ℂ ℕ ℙ ℚ ℝ ℤ";
    paper.append(
        SECTION,
        &format!("Letters {letters} in a text, a well‐known dash, and $x ∈ ℝ \\setminus ℕ$."),
    );
    let printed = built(&paper);
    for letter in "ħĦŀĿẞǭȩḑ∫∇ℓℂℕℙℚℝℤ∖".chars() {
        assert!(printed.contains(letter), "no {letter} in {printed}");
    }
    check_archive(&paper, "minimal");
    let line = paper.append(SECTION, "The letters ĸ, ŉ, Ŧ and ſ.");
    let said = paper.errors();
    assert!(said.contains(&format!("{SECTION}:{line}:13")), "{said}");
    assert!(
        said.contains("pdfTeX, which sets the archive of this edition, has no `ĸ`, `ŉ`, `Ŧ`, `ſ`"),
        "{said}"
    );
}

#[test]
fn what_only_the_pdf_has_a_font_for_is_refused_in_an_edition_with_an_archive() {
    let paper = Paper::minimal();
    let line = paper.append(SECTION, "A heart ❤, again ❤, a square ▣ and a corner ╭.");
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
fn hebrew_and_arabic_run_from_right_to_left() {
    let paper = Paper::minimal();
    any_number(&paper);
    let line =
        paper.append(SECTION, "The word שלום, עולם was said in שנת 1998 טובה, and مرحبا *بالعالم* as well.");
    // The archive is set by an engine that has neither.
    let said = paper.errors();
    assert!(said.contains(&format!("{SECTION}:{line}:10")) && said.contains("has no `ש`, `ל`"), "{said}");
    replace(&paper, "paper/paper.yaml", "archive: true", "archive: false");
    // As it is seen: words from left to right, each with its letters in order between marks of direction.
    let printed: String = built(&paper).chars().filter(|c| !('\u{202a}'..='\u{202e}').contains(c)).collect();
    let line = printed.lines().find(|line| line.contains("1998")).unwrap();
    let at = |word: &str| line.find(word).unwrap_or_else(|| panic!("no {word} in {line}"));
    assert!(at("טובה") < at("1998") && at("1998") < at("שנת"), "{line}");
    assert!(at("עולם") < at("שלום"), "{line}");
    let page = paper.read("build/html/index.html");
    assert!(page.contains("שנת 1998 טובה"));
}

#[test]
fn other_letters_from_right_to_left_are_refused_at_their_place() {
    let paper = Paper::minimal();
    let line = paper.append(SECTION, "The word \u{710}\u{712}.");
    let said = paper.errors();
    assert!(said.contains(&format!("{SECTION}:{line}:10")), "{said}");
    assert!(said.contains("no installed font has `\u{710}`"), "{said}");
}

/// The names of the commands that the outputs define.
fn defined() -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/paper-engine/src/output/math_fonts.rs");
    let text = std::fs::read_to_string(file).unwrap();
    let table = text.split("const COMMANDS").nth(1).unwrap().split("];").next().unwrap();
    let parts: Vec<&str> = table.split('"').skip(1).step_by(2).collect();
    parts.chunks(3).map(|row| row[0].to_owned()).collect()
}

#[test]
fn every_letter_in_every_alphabet_and_every_defined_command_is_set_by_both_engines() {
    const SMALL: &str = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau \
                         upsilon phi chi psi omega varepsilon vartheta varpi varrho varsigma varphi";
    const LARGE: &str = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega";
    let commands = |names: &str| names.split(' ').map(|name| format!("\\{name} ")).collect::<String>();
    let (small, large) = (commands(SMALL), commands(LARGE));
    let paper = Paper::minimal();
    any_number(&paper);
    let mut text = String::new();
    for alphabet in ["mathbf", "mathrm", "mathit", "boldsymbol", "bm"] {
        for letters in [&small, &large] {
            text.push_str(&format!("Letters of {alphabet}: $\\{alphabet}{{{letters}x_1}}$.\n\n"));
        }
    }
    text.push_str(
        "More: $\\mathbf{\\nabla}\\mathbf{\\partial}\\mathrm{\\nabla}\\mathit{\\partial}$, $10\\,\\mathrm{µ m}$, $\\mathbf{θ}$,
$\\boldsymbol{\\nabla + \\sum = \\mathcal{L} \\mathbf{A} \\mathrm{d} \\mathsf{s} \\mathtt{t} \\mathit{i}}$, $\\mathbb{1}\\mathbb{k}$,
$\\mathbb{ABCDEFGHIJKLMNOPQRSTUVWXYZ}$, $\\mathscr{ABCDEFGHIJKLM}$, $\\mathcal{NOPQRSTUVWXYZ}$,
$\\mathfrak{ABCXYZabcxyz}$, $\\mathsf{Aa1}$, $\\mathtt{Aa1}$.\n\n",
    );
    let names = defined();
    assert!(names.len() > 50, "{names:?}");
    for name in &names {
        text.push_str(&format!("Here $a \\{name} b_{{\\{name}}}$.\n"));
    }
    paper.append(SECTION, &text);
    let printed = built(&paper);
    // Bold, upright and slanted letters have code points of their own there.
    for letter in ["𝛉", "𝚺", "μ", "𝛤", "𝛼", "𝟙", "𝕜", "≔", "□"] {
        assert!(printed.contains(letter), "no {letter} in {printed}");
    }
    check_archive(&paper, "minimal");
}

/// Every sign of the mathematics of Unicode that has a name, but for letters of alphabets.
fn signs() -> Vec<String> {
    let found = Command::new("kpsewhich").arg("unicode-math-table.tex").output().unwrap();
    let file = String::from_utf8(found.stdout).unwrap();
    let table = String::from_utf8_lossy(&std::fs::read(file.trim()).unwrap()).into_owned();
    let names = table.lines().filter_map(|line| {
        let name = line.strip_prefix("\\UnicodeMathSymbol{")?.split('\\').nth(1)?.split('}').next()?;
        let name = name.trim();
        (!name.starts_with("math") && !name.starts_with("mitB")).then(|| name.to_owned())
    });
    names.collect()
}

#[test]
fn every_sign_that_formulas_may_name_is_set_by_both_engines_in_every_class() {
    let paper = Paper::minimal();
    any_number(&paper);
    replace(
        &paper,
        "paper/paper.yaml",
        "  - {name: extended, ledger: true, archive: true}",
        "  - {name: ieee, text: extended, archive: true}
  - {name: acm, venue: acm, text: extended, archive: true}
  - {name: lncs, venue: lncs, text: extended, archive: true}",
    );
    let section = paper.read(SECTION);
    let with = |names: &[String]| {
        let lines = names.iter().map(|name| format!("Sign $a \\{name} b$.\n\n"));
        paper.write(SECTION, format!("{section}\n{}", lines.collect::<String>()));
    };
    let mut names = signs();
    assert!(names.len() > 1000, "{names:?}");
    with(&names);
    let said = paper.errors();
    let refused: Vec<&str> = said
        .lines()
        .filter_map(|line| line.strip_prefix("error: this formula cannot be typeset: "))
        .filter_map(|told| told.rsplit_once('\\'))
        .map(|(_, name)| name)
        .collect();
    names.retain(|name| !refused.contains(&name.as_str()));
    assert!(names.len() > 300 && refused.contains(&"Finv"), "{names:?}");
    with(&names);
    let output = paper.command("build").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for edition in ["ieee", "acm", "lncs"] {
        check_archive_of(&paper, "minimal", edition, &format!("minimal-{edition}"));
    }
}

#[test]
fn what_an_alphabet_lacks_is_refused_at_its_formula() {
    let paper = Paper::minimal();
    let line =
        paper.append(SECTION, "Set $x$ and $a + \\mathcal{l}$ and\n$\\mathsf{\\alpha}$ and $\\coloneq$.");
    let said = paper.errors();
    for (place, text) in [
        (format!("{line}:18"), "\\mathcal has no l"),
        (format!("{}:2", line + 1), "\\mathsf has no \\alpha"),
        (format!("{}:24", line + 1), "unknown command \\coloneq"),
    ] {
        assert!(said.contains(&format!("{SECTION}:{place}")) && said.contains(text), "{place} {said}");
    }
}
