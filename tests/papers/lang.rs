//! A German paper: its words, quotation marks, numbers and hyphenation, in all outputs.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use paper_engine::language::Language;
use scraper::Html;
use serde_json::Value;
use usvg::roxmltree::{Document, ParsingOptions};

use crate::archive::check_archive_of;
use crate::paper::Paper;
use crate::venues::set_editions;

/// Words that are longer than what a line of a column has left, with the places at which they may be divided.
const DIVIDED: [&str; 9] = [
    "Rechts-schutz-ver-si-che-rungs-ge-sell-schaf-ten",
    "Do-nau-dampf-schiff-fahrts-ge-sell-schaf-ten",
    "For-schungs-för-de-rungs-ge-sell-schaf-ten",
    "Ver-kehrs-in-fra-struk-tur-fi-nan-zie-rungs-ge-sell-schaf-ten",
    "Ar-bei-ter-un-fall-ver-si-che-rungs-ge-set-ze",
    "Grund-stücks-ver-kehrs-ge-neh-mi-gungs-zu-stän-dig-kei-ten",
    "Kraft-fahr-zeug-haft-pflicht-ver-si-che-run-gen",
    "Ge-schwin-dig-keits-be-gren-zun-gen",
    "Stra-ßen-ver-kehrs-ord-nun-gen",
];

/// The words of a table.
fn table(language: Language) -> BTreeSet<String> {
    fn collect(words: &Value, found: &mut BTreeSet<String>) {
        match words {
            Value::String(word) => {
                found.insert(word.clone());
            }
            Value::Object(fields) => fields.values().for_each(|field| collect(field, found)),
            other => panic!("{other} is no word"),
        }
    }
    let mut found = BTreeSet::new();
    collect(&serde_json::to_value(language.words()).unwrap(), &mut found);
    found
}

/// Asserts that no word of the English table stands in a text, but for those that are German too.
fn assert_german(name: &str, text: &str) {
    let german = table(Language::German);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for word in table(Language::English).difference(&german) {
        let is_end = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        let found = text.match_indices(word.as_str()).find(|(at, _)| {
            let after = text[at + word.len()..].chars().next();
            is_end(text[..*at].chars().next_back()) && is_end(after)
        });
        if let Some((at, _)) = found {
            let from = text.floor_char_boundary(at.saturating_sub(60));
            let to = text.ceil_char_boundary((at + 60).min(text.len()));
            panic!("`{word}` in {name}: {}", &text[from..to]);
        }
    }
}

/// What a page shows and says, but for the ledger, whose formulas are those of the study.
fn text_of_page(page: &str) -> String {
    let page = Html::parse_document(page);
    let mut text = String::new();
    for node in page.root_element().descendants() {
        let left_out = node.ancestors().filter_map(|outer| outer.value().as_element()).any(|outer| {
            ["style", "math"].contains(&outer.name()) || outer.classes().any(|class| class == "ledger")
        });
        if left_out {
            continue;
        }
        if let Some(part) = node.value().as_text() {
            text.push_str(part);
        }
        if let Some(label) = node.value().as_element().and_then(|element| element.attr("aria-label")) {
            text.push_str(&format!(" {label} "));
        }
    }
    text
}

fn text_of_article(article: &str) -> String {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let article = Document::parse_with_options(article, options).unwrap();
    let shown = article.descendants().filter(|node| {
        node.is_text() && !node.ancestors().any(|outer| outer.tag_name().name() == "alternatives")
    });
    shown.filter_map(|node| node.text()).collect()
}

/// Returns how many of the long words a printed text divides, each of them where it may be divided.
fn divided(text: &str) -> usize {
    let ligatures = [("ﬀ", "ff"), ("ﬁ", "fi"), ("ﬂ", "fl"), ("ﬃ", "ffi"), ("ﬄ", "ffl")];
    let text = ligatures.iter().fold(text.to_owned(), |text, (sign, letters)| text.replace(sign, letters));
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut count = 0;
    for pair in lines.windows(2) {
        let Some(start) = pair[0].strip_suffix('-').and_then(|line| line.split(' ').next_back()) else {
            continue;
        };
        let end: String = pair[1].chars().take_while(|c| c.is_alphabetic()).collect();
        let Some(parts) = DIVIDED.iter().find(|parts| parts.replace('-', "") == format!("{start}{end}"))
        else {
            continue;
        };
        let mut before = String::new();
        let places: Vec<String> = parts
            .split('-')
            .map(|part| {
                before.push_str(part);
                before.clone()
            })
            .collect();
        assert!(places.iter().any(|place| place == start), "{start}-{end}");
        count += 1;
    }
    count
}

fn built(paper: &Paper) {
    let output = paper.command("build").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.is_empty(), "{said}");
}

/// The lines of a PDF as they are printed, with the hyphens at their ends.
pub fn lines_of_pdf(pdf: &Path) -> String {
    let run = Command::new("pdftotext").arg("-raw").args([pdf, Path::new("-")]).output().unwrap();
    String::from_utf8_lossy(&run.stdout).into_owned()
}

/// What a text document says.
fn text_of_docx(paper: &Paper, file: &str) -> String {
    let mut pandoc = Command::new("pandoc");
    let run = pandoc.args(["--to", "plain", "--wrap", "none"]).arg(paper.path(file)).output().unwrap();
    String::from_utf8(run.stdout).unwrap()
}

/// What is printed before the ledger, whose formulas are those of the study.
fn before_ledger(printed: &str) -> &str {
    printed.split_once("Jede Zahl").expect("a ledger").0
}

/// A text on one line, its spaces all alike.
fn on_one_line(text: &str) -> String {
    let text = text.replace("-\n", "").replace("\u{202f}", " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_german_paper_is_german_in_every_output() {
    let paper = Paper::german();
    built(&paper);
    let html = paper.read("build/html/index.html");
    let printed = lines_of_pdf(&paper.path("build/lang/german.pdf"));
    let stock = check_archive_of(&paper, "german", "lang", "german");
    let texts = [
        ("the page", text_of_page(&html)),
        ("Markdown", paper.read("build/german.md")),
        ("JATS", text_of_article(&paper.read("build/lang/german.xml"))),
        ("DOCX", text_of_docx(&paper, "build/lang/german.docx")),
        ("the PDF", before_ledger(&printed).to_owned()),
        ("the archive", before_ledger(&stock).to_owned()),
        ("the short edition", lines_of_pdf(&paper.path("build/kurz/german.pdf"))),
    ];
    for (name, text) in &texts {
        assert_german(name, text);
        let text = on_one_line(&text.replace(['[', ']', '*', '\\'], "")).replace("(#", " (#");
        for part in
            ["Abb. 1", "„Ring“", "‚Kreis‘", "wie’s", "Satz 1", "Beweis", "u. a.", "Mustermann", "1,75"]
        {
            assert!(text.contains(part), "no {part} in {name}: {text}");
        }
    }
    // Markdown has a link around each of them.
    for (name, text) in texts.iter().filter(|(name, _)| *name != "Markdown") {
        let text = on_one_line(text);
        for part in [
            "Abb. 1 und 2",
            "Gln. (1) und (2)",
            " und A sind alle",
            "Abbildung 1",
            "Gleichung (1)",
            "Warnung",
        ] {
            assert!(text.contains(part), "no {part} in {name}: {text}");
        }
    }
    assert!(divided(&printed) >= 3, "{printed}");
    assert!(divided(&stock) >= 3, "{stock}");
    assert!(html.contains("<html lang=\"de\">"));
    assert!(html.contains("; Formel: ") && !html.contains("; formula: "), "{html}");
    assert!(html.contains("veröffentlicht: 1,63×"), "{html}");
    assert!(paper.read("build/lang/german.xml").contains("xml:lang=\"de\""));
    // An author's formula reads the sign of decimals as one.
    assert!(paper.read("build/lang/german.tex").contains("{,}"));
}

#[test]
fn the_classes_of_all_venues_print_german_words() {
    let paper = Paper::german();
    let venues = ["acm", "article", "ieee", "lncs", "neurips", "usenix"];
    let editions = venues.map(|venue| {
        let archive = if ["acm", "lncs"].contains(&venue) { ", archive: true" } else { "" };
        format!(
            "  - {{name: {venue}, venue: {venue}, anonymous: false{archive}, appendices: [paper/sections/90-anhang.md]}}\n"
        )
    });
    set_editions(&paper, &editions.concat());
    built(&paper);
    for venue in venues {
        let printed = lines_of_pdf(&paper.path(&format!("build/{venue}/german.pdf")));
        assert_german(venue, &printed);
        let text = on_one_line(&printed);
        for part in ["Zusammenfassung", "Literatur", "Danksagung", "Verfügbarkeit"] {
            assert!(text.to_lowercase().contains(&part.to_lowercase()), "no {part} in {venue}: {text}");
        }
        assert!(text.contains("Abb. 1") && divided(&printed) >= 1, "{venue}: {printed}");
    }
    for venue in ["acm", "lncs"] {
        let stock = check_archive_of(&paper, "german", venue, &format!("german-{venue}"));
        assert_german(venue, &stock);
        assert!(divided(&stock) >= 1, "{venue}: {stock}");
    }
}

#[test]
fn a_language_that_is_none_is_told_at_its_place() {
    let paper = Paper::minimal();
    let description = paper.read("paper/paper.yaml");
    paper.write("paper/paper.yaml", description.replacen("short:", "lang: dee\nshort:", 1));
    let said = paper.errors();
    assert!(said.contains("paper/paper.yaml:2:7") && said.contains("`dee`"), "{said}");
    assert!(said.contains("did you mean `de`? It is one of `en`, `de`"), "{said}");
}
