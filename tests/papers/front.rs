//! Authors, affiliations and back matter: the same in every output, absent where the authors stay unnamed, and
//! refused where they cannot be right.

use std::process::Command;

use serde_json::Value;

use crate::paper::{APPENDICES, Paper};

/// What tells who wrote `tests/suite/everything`.
const TELLING: [&str; 8] = [
    "The phext-paper Developers",
    "Example Author",
    "Élodie Example",
    "0000-0002-1825-0097",
    "author_one@example.org",
    "elodie@example.org",
    "Example University",
    "Nobody paid",
];

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn text_of_pdf(paper: &Paper, file: &str) -> String {
    let path = paper.path(file);
    run("pdftotext", &[path.to_str().unwrap(), "-"]).replace("-\n", "").replace(['\n', '\u{a0}'], " ")
}

/// What stands in the properties of a PDF beside its title.
fn author_of_pdf(paper: &Paper, file: &str) -> Option<String> {
    let path = paper.path(file);
    let properties = run("pdfinfo", &[path.to_str().unwrap()]);
    properties.lines().find_map(|line| line.strip_prefix("Author:")).map(|name| name.trim().to_owned())
}

/// Makes other editions of `tests/suite/everything`.
fn with_editions(editions: &str) -> Paper {
    let paper = Paper::everything();
    let text = paper.read("paper/paper.yaml");
    let (before, after) = text.split_once("editions:\n").unwrap();
    let (_, macros) = after.split_once("macros:").unwrap();
    paper.write("paper/paper.yaml", format!("{before}editions:\n{editions}macros:{macros}"));
    paper
}

#[test]
fn every_output_tells_who_wrote_the_paper_and_what_stands_behind_it() {
    let paper = Paper::everything();
    paper.command("build").assert().success();
    let pdf = text_of_pdf(&paper, "build/extended/everything.pdf");
    let page = paper.read("build/html/index.html");
    let markdown = paper.read("build/everything.md").replace('\\', "");
    let phext = paper.read("build/everything.phext");
    let pieces = [
        "Constructs & Tests, Example University, Anytown, Nowhere",
        "Another Place",
        "the formats",
        "General and reference",
        "Availability",
        "Funding",
        "Acknowledgements",
    ];
    // Small capitals of headings are read back as capitals with gaps.
    let flat = |text: &str| text.to_lowercase().replace(' ', "");
    for told in TELLING.iter().chain(&pieces) {
        for (output, text) in [("PDF", &pdf), ("Markdown", &markdown), ("phext", &phext)] {
            assert!(flat(text).contains(&flat(told)), "no {told} in {output}: {text}");
        }
        assert!(page.contains(&told.replace('&', "&amp;")), "no {told} on the page");
    }
    for mark in ["These authors contributed equally", "Corresponding author: "] {
        assert!(pdf.contains(mark) && page.contains(mark) && markdown.contains(mark), "{mark}: {pdf}");
    }
    assert!(page.contains("Élodie Example<sup>1,*</sup>"));
    assert!(page.contains("<a href=\"https://orcid.org/0000-0002-1825-0097\">0000-0002-1825-0097</a>"));
    let names = "The phext-paper Developers, Example Author, Élodie Example";
    assert_eq!(author_of_pdf(&paper, "build/extended/everything.pdf").as_deref(), Some(names));
    // What stands behind the text stands before the references.
    let behind = |text: &str, last: &str| text.rfind("Acknowledgements").unwrap() < text.rfind(last).unwrap();
    assert!(behind(&page, "id=\"references\"") && behind(&markdown, "## References"));
    assert!(paper.read("build/extended/everything.tex").contains("\\section*{Funding}"));
}

#[test]
fn an_anonymous_edition_tells_nobody_who_wrote_it() {
    let paper =
        with_editions(&format!("  - {{name: extended, anonymous: true, archive: true, {APPENDICES}}}\n"));
    let output = paper.command("build").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(author_of_pdf(&paper, "build/extended/everything.pdf"), None);
    let packed = std::fs::read(paper.path("build/arxiv/everything.tar.gz")).unwrap();
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(packed.as_slice()), &mut unpacked).unwrap();
    let archive = String::from_utf8_lossy(&unpacked).into_owned();
    for (output, text) in [
        ("PDF", text_of_pdf(&paper, "build/extended/everything.pdf")),
        ("LaTeX", paper.read("build/extended/everything.tex")),
        ("page", paper.read("build/html/index.html")),
        ("Markdown", paper.read("build/everything.md")),
        ("phext", paper.read("build/everything.phext")),
        ("archive", archive),
    ] {
        for told in TELLING.iter().chain(&["We thank those", "pdfauthor", "name=\"author\""]) {
            assert!(!text.contains(told), "{told} in {output}");
        }
        let unnamed = text.contains("Anonymous Authors") && text.contains("The program that set this paper");
        assert!(unnamed, "{output}: {text}");
    }
}

#[test]
fn what_would_tell_the_authors_of_an_anonymous_edition_is_an_error_at_its_place() {
    let editions = format!("  - {{name: blind, anonymous: true}}\n  - {{name: extended, {APPENDICES}}}\n");
    let paper = with_editions(&editions);
    let text = "paper/sections/01-text.md";
    let prose = paper.append(text, "As *Example* Author says, our files stand in `/home/author/paper`.");
    let link = paper.append(text, "The code is on [a page](https://code.example/example-author/code).");
    let code = paper.append(text, "```sh\nmail elodie@example.org\n```");
    paper.append(text, "::: edition extended\n\nAt Example University we know better.\n\n:::");
    std::fs::create_dir_all(paper.path("templates")).unwrap();
    let template = include_str!("../../templates/paper.tex");
    paper.write("templates/paper.tex", format!("% by Example Author\n{template}"));
    let said = paper.errors();
    for (place, what) in [
        (format!("{text}:{prose}:"), "the author `Example Author`"),
        (format!("{text}:{prose}:"), "the home of a user"),
        (format!("{text}:{link}:"), "the author `Example Author`"),
        (format!("{text}:{}:", code + 1), "the address `elodie@example.org`"),
        ("templates/paper.tex:1:".to_owned(), "the author `Example Author`"),
    ] {
        assert!(said.contains(&place), "no {place} in {said}");
        assert!(said.contains(&format!("the anonymous edition `blind` names {what}")), "no {what} in {said}");
    }
    assert!(!said.contains("Example University"), "{said}");
    let rule = "rules:\n  ignore: [{rule: anonymity, reason: the place is a common name}]\n";
    let description = paper.read("paper/paper.yaml");
    paper.write("paper/paper.yaml", format!("{description}{rule}"));
    paper.command("build").assert().success();
}

#[test]
fn wrong_values_are_told_together_at_their_places() {
    let paper = Paper::everything();
    let text = paper.read("paper/paper.yaml");
    let text = text
        .replace("0000-0002-1825-0097", "0000-0002-1825-0079")
        .replace("[lab], email: elodie@example.org", "[lob], email: elodie")
        .replace("    email: author_one@example.org\n", "");
    paper.write("paper/paper.yaml", &text);
    let said = paper.errors();
    let line = |part: &str| text.lines().position(|line| line.contains(part)).unwrap() + 1;
    for (line, message) in [
        (line("orcid:"), "`0000-0002-1825-0079` is no ORCID: its last character would be 0"),
        (line("Élodie"), "`elodie` is no e-mail address"),
        (line("Élodie"), "`affiliations` has no `lob`"),
        (line("- given: Example"), "readers are to write to Example Author, who has no `email`"),
    ] {
        assert!(said.contains(message), "no {message} in {said}");
        assert!(said.contains(&format!("paper/paper.yaml:{line}:")), "no line {line} in {said}");
    }
    assert!(said.contains("did you mean `lab`?"), "{said}");
    paper.write("paper/paper.yaml", text.replace("- given: Example\n", "- given: {first: Example}\n"));
    assert!(paper.errors().contains("paper/paper.yaml:5:12"));
}

#[test]
fn a_heading_or_an_unknown_fact_behind_the_text_has_its_place() {
    let paper = Paper::everything();
    let text = paper.read("paper/paper.yaml");
    let text =
        text.replace("  They know who they are", "  # Thanks\n\n  {{ fact(name=\"no.such\") }} and all");
    paper.write("paper/paper.yaml", &text);
    let said = paper.errors();
    for part in ["# Thanks", "no.such"] {
        let line = text.lines().position(|line| line.contains(part)).unwrap() + 1;
        assert!(said.contains(&format!("paper/paper.yaml:{line}:")), "no line {line} in {said}");
    }
}

#[test]
fn a_catalogue_takes_what_is_said_of_the_authors() {
    let paper = Paper::everything();
    let text = paper.read("paper/paper.yaml");
    paper.write("paper/paper.yaml", format!("{text}version: 1.0.0\nlicense: [MIT]\n"));
    let publish = paper.command("publish").env("SOURCE_DATE_EPOCH", "1767225600").output().unwrap();
    assert!(publish.status.success(), "{}", String::from_utf8_lossy(&publish.stderr));
    let citation: Value =
        serde_saphyr::from_str(&paper.read("build/release/CITATION.cff")).expect("a citation file");
    check_citation(&citation);
    let authors = citation["authors"].as_array().unwrap();
    assert_eq!(authors[0]["name"], "The phext-paper Developers");
    let places = "Constructs & Tests, Example University, Anytown, Nowhere; Another Place";
    assert_eq!(authors[1]["affiliation"], places);
    let deposit: Value = serde_json::from_str(&paper.read("build/release/.zenodo.json")).unwrap();
    assert_eq!(deposit["creators"][1]["name"], "Author, Example");
    assert_eq!(deposit["creators"][1]["affiliation"], places);
    assert_eq!(deposit["creators"][1]["orcid"], "0000-0002-1825-0097");
}

/// Holds a citation against the rules of the Citation File Format 1.2.0.
///
/// <https://github.com/citation-file-format/citation-file-format/blob/main/schema-guide.md>
fn check_citation(citation: &Value) {
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let known = |value: &Value, allowed: &[&str]| {
        let unknown: Vec<String> =
            keys(value).into_iter().filter(|key| !allowed.contains(&key.as_str())).collect();
        assert_eq!(unknown, Vec::<String>::new());
    };
    let top = [
        "cff-version",
        "message",
        "title",
        "authors",
        "abstract",
        "keywords",
        "license",
        "version",
        "date-released",
    ];
    known(citation, &top);
    assert_eq!(citation["cff-version"], "1.2.0");
    for key in ["message", "title", "abstract"] {
        assert!(!citation[key].as_str().unwrap().is_empty(), "{key}");
    }
    let date = citation["date-released"].as_str().unwrap();
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    assert!(date.len() == 10 && date.split('-').map(str::len).eq([4, 2, 2]) && date.split('-').all(digits));
    for list in ["authors", "keywords", "license"] {
        let list = citation[list].as_array().unwrap();
        assert!(!list.is_empty() && (1..list.len()).all(|at| !list[..at].contains(&list[at])), "{list:?}");
    }
    for author in citation["authors"].as_array().unwrap() {
        match author.get("name") {
            Some(_) => known(author, &["name", "email", "orcid", "website"]),
            None => {
                let person = ["family-names", "given-names", "affiliation", "email", "orcid", "website"];
                known(author, &person);
                assert!(author["family-names"].is_string() && author["given-names"].is_string());
            }
        }
        if let Some(orcid) = author.get("orcid") {
            let groups: Vec<&str> =
                orcid.as_str().unwrap().strip_prefix("https://orcid.org/").unwrap().split('-').collect();
            assert!(groups.len() == 4 && groups.iter().all(|group| group.len() == 4), "{orcid}");
            assert!(digits(groups.concat().trim_end_matches('X')), "{orcid}");
        }
        let is_http = |page: &Value| page.as_str().unwrap().starts_with("http");
        assert!(author.get("website").is_none_or(is_http));
        let is_email = |email: &Value| email.as_str().unwrap().split_once('@').unwrap().1.contains('.');
        assert!(author.get("email").is_none_or(is_email));
    }
}

#[test]
fn no_float_stands_above_the_abstract() {
    let paper = Paper::minimal();
    let figure = "::: figure fig-1-gain\n:::\n";
    let results = paper.read("paper/sections/02-results.md");
    assert!(results.contains(figure));
    paper.write("paper/sections/02-results.md", results.replace(figure, ""));
    let introduction = paper.read("paper/sections/01-introduction.md");
    let first = "compared and for which machine.\n";
    assert!(introduction.contains(first));
    let shown = format!("{first}\n@fig:gain shows what is found.\n\n{figure}");
    paper.write("paper/sections/01-introduction.md", introduction.replacen(first, &shown, 1));
    paper.command("build").assert().success();
    let pdf = text_of_pdf(&paper, "build/conference/minimal.pdf");
    let (summary, caption) = (pdf.find("Abstract").unwrap(), pdf.find("Fig. 1").unwrap());
    assert!(summary < caption, "{pdf}");
}

#[test]
fn names_and_keywords_have_apostrophes_in_every_output() {
    let paper = Paper::everything();
    let description = paper.read("paper/paper.yaml");
    let description = description
        .replace("    family: Author\n", "    family: O'Neil\n")
        .replace("name: Example University", "name: \"St. John's College\"")
        .replace("keywords: [constructs, test]", "keywords: [constructs, \"Amdahl's law\"]");
    paper.write("paper/paper.yaml", description);
    paper.command("build").assert().success();
    paper.command("publish").assert().success();
    let docx = paper.path("build/extended/everything.docx");
    let docx = run("pandoc", &["--from=docx", "--to=plain", "--wrap=none", docx.to_str().unwrap()]);
    let outputs = [
        ("PDF", text_of_pdf(&paper, "build/extended/everything.pdf")),
        ("page", paper.read("build/html/index.html")),
        ("Markdown", paper.read("build/everything.md")),
        ("DOCX", docx),
        ("JATS", paper.read("build/extended/everything.xml")),
        ("phext", paper.read("build/everything.phext")),
        ("first page", paper.read("build/release/index.html")),
        ("citation", paper.read("build/release/CITATION.cff")),
    ];
    for (name, text) in &outputs {
        assert!(text.contains("O’Neil") && text.contains("Amdahl’s law"), "{name}");
        assert!(!text.contains("O'Neil") && !text.contains("O&#39;Neil"), "{name}");
    }
    for (name, text) in &outputs[..6] {
        assert!(text.contains("St. John’s"), "{name}");
    }
    assert_eq!(
        author_of_pdf(&paper, "build/extended/everything.pdf").as_deref(),
        Some("The phext-paper Developers, Example O’Neil, Élodie Example")
    );
}
