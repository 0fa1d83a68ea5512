//! The archive for a preprint server compiles with stock `pdflatex`, and messages about entries have their
//! place.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::lang::lines_of_pdf;
use crate::paper::Paper;

/// Signs that an author may write; each must come out in both typesetters.
const SIGNS: &str =
    "Élan Åsa Łódź naïve, 4×4 ≤ 5 ≥ 3 ± 1 ≈ 2 − 7 → 8, α β γ Σ, 50 % & R#D_1 ^ ~ {x} “quoted” – — … µs 25°";

#[test]
fn the_archive_compiles_with_stock_pdflatex() {
    let paper = Paper::minimal();
    paper.append("paper/sections/02-results.md", &format!("{SIGNS} [@signs]."));
    let entry = "@article{signs, author = {Müller, Élie}, title = {{R}&{D} at 50% ≤ $O(N_1)$}, journal = {J_x}, \
                 year = {2020}, doi = {10.1000/a_b%20c#d}}";
    paper.append("paper/references.bib", entry);
    paper.append("paper/structural-numbers.yaml", "- {numbers: [any], reason: signs to be printed}");
    let output = paper.command("build").args(["--edition", "extended"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && !said.contains("warning"), "{said}");
    check_archive(&paper, "minimal");
}

/// Unpacks the archive of the extended edition of a built paper into an empty folder and typesets it three times.
pub fn check_archive(paper: &Paper, short: &str) {
    check_archive_of(paper, short, "extended", short);
}

/// The same with an archive of this name, of an edition of this name; returns what is printed, line by line.
pub fn check_archive_of(paper: &Paper, short: &str, edition: &str, archive: &str) -> String {
    let folder = typeset_archive(paper, short, edition, archive);
    lines_of_pdf(&folder.path().join(format!("{short}.pdf")))
}

/// The same; returns the folder in which it is typeset.
pub fn typeset_archive(paper: &Paper, short: &str, edition: &str, archive: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let packed = std::fs::read(paper.path(&format!("build/arxiv/{archive}.tar.gz"))).unwrap();
    tar::Archive::new(flate2::read::GzDecoder::new(packed.as_slice())).unpack(folder.path()).unwrap();
    let tex = std::fs::read_to_string(folder.path().join(format!("{short}.tex"))).unwrap();
    for _ in 0..3 {
        let mut pdflatex = Command::new("pdflatex");
        pdflatex.args(["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]);
        let run = pdflatex.arg(format!("{short}.tex")).current_dir(folder.path()).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
    }
    let log = std::fs::read(folder.path().join(format!("{short}.log"))).unwrap();
    let log = String::from_utf8_lossy(&log).replace('\n', "");
    assert!(!log.contains("undefined") && !log.contains("Missing character"), "{log}");
    // One that is shown twice is packed once.
    let places = tex.split("\\includegraphics[").skip(1).filter_map(|rest| rest.split(['{', '}']).nth(1));
    let shown = places.collect::<BTreeSet<_>>().len();
    let packed_figures = std::fs::read_dir(folder.path().join("figures")).unwrap().count();
    assert_eq!(packed_figures, shown, "a figure is unused");
    assert!(shown > 0 && log.matches("<./figures/").count() + log.matches("<figures/").count() >= shown);
    let pages = |path: &Path| lopdf::Document::load(path).unwrap().get_pages().len();
    let (stock, own) = (
        pages(&folder.path().join(format!("{short}.pdf"))),
        pages(&paper.path(&format!("build/{edition}/{short}.pdf"))),
    );
    assert!(stock.abs_diff(own) <= 1, "{stock} pages, not {own}");
    let text = |path: &Path| {
        let run = Command::new("pdftotext").args([path, Path::new("-")]).output().unwrap();
        String::from_utf8_lossy(&run.stdout).replace("-\n", "").replace('\n', " ")
    };
    if tex.contains("R\\#D") {
        for pdf in
            [folder.path().join(format!("{short}.pdf")), paper.path(&format!("build/{edition}/{short}.pdf"))]
        {
            let text = text(&pdf);
            for part in
                ["Élan", "Łód", "naïve", "R#D_1", "“quoted”", "µs", "É. Müller", "10.1000/a_b%20c#d", "J_x"]
            {
                assert!(text.contains(part), "no {part} in {text}");
            }
        }
    }
    folder
}

#[test]
fn odd_entries_compile_with_stock_pdflatex_and_are_whole() {
    let paper = Paper::minimal();
    paper.append("paper/sections/02-results.md", "See [@odd; @thesis; @page].");
    let entries = "@string(jx = {Journal of } # \"Extra Things\")
@article(odd, author = {Ḥasan, Ștefan and {\\v{S}}koda, P. and {\\relax Ch}ristos Papa and others},
  title = {A ``view'' of H$_2$O \\& \\t{oo} &amp; <i>E. coli</i>?}, journal = jx, month = sept, year = {in press},
  doi = {10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2}, abstract = {$ 5})
@phdthesis{thesis, author = {Doe, Jane}, title = {A Thesis}, school = {A School}, year = 1940}
@misc{page, author = {{A Body}}, title = {A Page}, howpublished = {\\url{https://example.org/~a/b_c\\%20d#e}}, year = 2001}";
    paper.append("paper/references.bib", entries);
    paper.append("paper/structural-numbers.yaml", "- {numbers: [any], reason: entries to be printed}");
    let output = paper.command("build").args(["--edition", "extended"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && !said.contains("warning"), "{said}");
    check_archive(&paper, "minimal");
    let mut run = Command::new("pdftotext");
    let run =
        run.args(["-raw", "minimal.pdf", "-"]).current_dir(paper.path("build/extended")).output().unwrap();
    let text = String::from_utf8_lossy(&run.stdout).replace('\n', " ");
    for part in
        ["Škoda", "Ch. Papa et al.", "‘view’", "Journal of Extra Things", "in press", "A School", "A Body"]
    {
        assert!(text.contains(part), "no {part} in {text}");
    }
    let joined = text.replace(' ', "");
    for part in ["15/16<1661::AID-SIM968>3.0.CO;2-2", "https://example.org/~a/b_c%20d#e"] {
        assert!(joined.contains(part), "no {part} in {text}");
    }
}

#[test]
fn what_an_entry_lacks_is_a_warning_at_the_entry() {
    let paper = Paper::minimal();
    paper.append("paper/sections/02-results.md", "See [@bare].");
    let line = paper.append(
        "paper/references.bib",
        "@book{bare, author = {A. B.}, title = {T}, year = 2020, publisher = {P}}",
    );
    let output = paper.command("build").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains(&format!("paper/references.bib:{line}:7: the entry `bare` has no doi"))
            && said.contains("ignore the rule `incomplete-reference`"),
        "{said}"
    );
}

#[test]
fn a_command_that_nothing_explains_is_an_error_at_its_field() {
    for (title, message) in
        [("\\nosuch", "the command `\\nosuch`"), ("\\input{/etc/passwd}", "the command `\\input`")]
    {
        let paper = Paper::minimal();
        paper.append("paper/sections/02-results.md", "See [@bad].");
        let entry = format!(
            "@misc{{bad, author = {{A. B.}}, title = {{{title}}}, year = 2020, url = {{https://example.org}}}}"
        );
        let line = paper.append("paper/references.bib", &entry);
        let said = paper.errors();
        assert!(
            said.contains(message) && said.contains(&format!("paper/references.bib:{line}:30")),
            "{said}"
        );
    }
}

#[test]
fn only_the_long_edition_has_a_ledger() {
    let paper = Paper::minimal();
    for (edition, has_one) in [("conference", false), ("extended", true)] {
        paper.command("build").args(["--edition", edition]).assert().success();
        let tex = paper.read(&format!("build/{edition}/minimal.tex"));
        let linked = |tex: &str| tex.split("\n").filter(|line| line.contains("\\papernumber{")).count() > 1;
        assert_eq!(linked(&tex) && tex.contains("\\paperfact{machine."), has_one, "{edition}");
        let html = paper.read("build/html/index.html");
        assert_eq!(
            html.contains("<div id=\"fact-machine.") && html.contains("href=\"#fact-machine."),
            has_one
        );
    }
}

#[test]
fn characters_that_latex_lacks_are_one_error_at_the_first() {
    let paper = Paper::minimal();
    let line = paper.append("paper/sections/02-results.md", "A word: 漢字.");
    let said = paper.errors();
    assert!(
        said.contains("`漢`, `字`") && said.contains(&format!("paper/sections/02-results.md:{line}:9")),
        "{said}"
    );
}
