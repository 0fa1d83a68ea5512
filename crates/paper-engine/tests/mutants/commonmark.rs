//! The examples of CommonMark 0.31.2, and those of the extensions of GitHub: each is shown as its specification
//! says, or refused at its place.
//!
//! The examples are read from the sources of a Markdown parser that the engine is built with, which tests itself
//! by them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use scraper::{ElementRef, Html, Node};

use crate::paper::{Paper, TEXT};
use crate::properties::unlocated;

/// An example: the file that holds it, its number in it, the Markdown, and the HTML that it has to become.
struct Example {
    name: String,
    markdown: String,
    html: String,
}

/// Returns the folder of the parser's tests.
fn folder() -> PathBuf {
    // Packages of other platforms need not be there.
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .args(["--filter-platform", "host-tuple"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let parser = packages.iter().find(|package| package["name"] == "pulldown-cmark").unwrap();
    PathBuf::from(parser["manifest_path"].as_str().unwrap()).with_file_name("tests/suite")
}

fn examples() -> Vec<Example> {
    let mut all = Vec::new();
    for (file, count) in [("spec", 652), ("gfm_table", 9), ("gfm_strikethrough", 3), ("gfm_tasklist", 2)] {
        let text = std::fs::read_to_string(folder().join(format!("{file}.rs"))).unwrap();
        let mut texts = text.split("r##\"").skip(1).map(|part| part.split("\"##").next().unwrap());
        let before = all.len();
        while let (Some(markdown), Some(html)) = (texts.next(), texts.next()) {
            let number = all.len() - before + 1;
            let name = if file == "spec" { number.to_string() } else { format!("{file}-{number}") };
            // Addresses within a site are refused in a paper: they become whole ones, on both sides.
            let whole = |text: &str| {
                let before = ["]: ", "](", "](<", "](&lt;", "]: <", "]: \n", "]:\n", "=\""];
                before.iter().fold(text.to_owned(), |text, before| {
                    text.replace(&format!("{before}/"), &format!("{before}https://a.org/"))
                })
            };
            let (markdown, html) = (whole(markdown), whole(html));
            all.push(Example { name, markdown, html });
        }
        assert_eq!(all.len() - before, count, "{file}");
    }
    all
}

/// Examples that are refused on purpose, by what is said of them without what it quotes.
const REFUSED: &[(&str, &str)] = &[
    (
        "HTML cannot be typeset",
        "21 31 148 149 150 151 152 153 154 155 156 157 158 159 160 161 162 163 164 165 166 167 169 \
         170 171 172 173 174 175 176 177 178 180 181 182 184 185 186 188 189 190 191",
    ),
    ("`…` behind the language of this listing would be printed nowhere", "143 146"),
    (
        "`…` is HTML",
        "148 168 187 201 344 475 476 477 491 494 524 536 613 614 615 616 617 623 627 628 629 630 631 642 \
         643",
    ),
    ("`…` is a command of LaTeX", "13"),
    ("`…` is a formula of LaTeX", "12"),
    ("headings may be 4 deep; this one has level 5", "62 72"),
    ("headings may be 4 deep; this one has level 6", "62"),
    (
        "nobody can follow a link to `…` from a printed page",
        "193 194 195 203 204 484 492 495 496 498 499 500 501 502 503 504 510 520 522 596 598 599 601",
    ),
    ("no installed font has `…`", "27"),
    ("pdfTeX, which sets the archive of this edition, has no `…`", "26 27"),
    ("pdfTeX, which sets the archive of this edition, has no `…`, U+0338", "25"),
    ("the picture `…` stands on another computer", "572 574 575 579 581 582 583 584 585 586 587 588 589 591"),
    (
        "the title \"…\" would be printed nowhere",
        "22 23 32 33 192 193 194 195 196 202 217 482 505 506 509 510 527 539 542 543 553 554 555 556 \
         557 558 559 561 572 573 576 577 579 584 585 586 587 588 589 591 593",
    ),
    ("there is no picture `…`", "517 520 531 573 576 577 578 580"),
    ("these are quotation marks of LaTeX", "347"),
    ("this heading has no text", "79"),
    ("this heading of level 3 has none of level 2 above it", "68 73 74 76 646 647"),
    ("this line stands directly below a table, and would be a row of it", "gfm_table-5"),
    (
        "this line would be lost: nothing links to `…`, which it defines",
        "207 208 210 317 536 537 538 540 545 563 565 567 571 592",
    ),
    ("this link has no address", "200 485 486 487 567"),
    ("this link has no text, and nobody would see it", "484 487 517 531"),
    ("this picture has no words for who cannot see it", "581"),
    ("this row has 3 cells, and the table 2 columns", "gfm_table-7"),
];

/// Examples that are shown otherwise: a dollar sign may begin a formula, and is no sign of punctuation.
const DIFFERENT: [&str; 1] = ["354"];

/// Elements of blocks whose ends are ends of words as well.
const BLOCKS: [&str; 11] =
    ["p", "li", "blockquote", "pre", "table", "tr", "td", "th", "thead", "tbody", "div"];

/// Writes the structure and the text of HTML, as far as a paper keeps them.
fn shape(element: ElementRef<'_>, in_code: bool, out: &mut String) {
    for child in element.children() {
        match child.value() {
            Node::Text(text) => {
                let text = text.replace(['“', '”'], "\"").replace(['‘', '’'], "'").replace('…', "...");
                let text = text.replace('—', "---").replace('–', "--");
                match in_code {
                    true => out.push_str(&text),
                    false => out.push_str(&text.replace('\n', " ")),
                }
            }
            Node::Element(value) => {
                let inner = ElementRef::wrap(child).unwrap();
                let name = value.name();
                let open = match name {
                    // A heading is one level deeper, below the title, and numbered.
                    "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => "<h>".to_owned(),
                    "a" if value.classes().any(|class| class == "up") => continue,
                    // Words and comments of program text are set apart.
                    "span" if in_code => {
                        shape(inner, in_code, out);
                        continue;
                    }
                    // A bare address is a link as well, as on GitHub.
                    "a" if is_bare(inner) => {
                        shape(inner, in_code, out);
                        continue;
                    }
                    "a" => format!("<a {}>", decoded(value.attr("href").unwrap_or_default())),
                    "ol" => format!("<ol {}>", value.attr("start").unwrap_or("1")),
                    "input" if value.attr("checked").is_some() => "☒".to_owned(),
                    "input" => "☐".to_owned(),
                    "del" => "<s>".to_owned(),
                    // Paragraphs and rows are told apart by their ends alone.
                    name if BLOCKS.contains(&name) && name != "blockquote" && name != "li" => " ".to_owned(),
                    "section" => " ".to_owned(),
                    name => format!("<{name}>"),
                };
                out.push_str(&open);
                shape(inner, in_code || name == "pre", out);
                match open.strip_prefix('<') {
                    Some(_) => out.push_str("</>"),
                    None => out.push(' '),
                }
            }
            _ => {}
        }
    }
}

/// Returns an address with the signs that its codes stand for.
fn decoded(address: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = address;
    while let Some(first) = rest.chars().next() {
        let code = rest.strip_prefix('%').and_then(|rest| u8::from_str_radix(rest.get(..2)?, 16).ok());
        match code {
            Some(byte) => bytes.push(byte),
            None => bytes.extend(&rest.as_bytes()[..first.len_utf8()]),
        }
        rest = &rest[if code.is_some() { 3 } else { first.len_utf8() }..];
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns whether a link shows its own address.
fn is_bare(link: ElementRef<'_>) -> bool {
    let address = decoded(link.value().attr("href").unwrap_or_default());
    let text: String = link.text().collect();
    [address.as_str(), address.trim_start_matches("mailto:")].contains(&decoded(&text).as_str())
}

/// Returns a message without what it quotes.
fn kind(message: &str) -> String {
    let mut kind = message.to_owned();
    for sign in ['`', '"'] {
        if let (Some(start), Some(end)) = (kind.find(sign), kind.rfind(sign)) {
            kind.replace_range(start..=end, &format!("{sign}…{sign}"));
        }
    }
    kind
}

fn shape_of(page: &str) -> String {
    let page = Html::parse_fragment(page);
    let mut out = String::new();
    shape(page.root_element(), false, &mut out);
    let out = out.split_whitespace().collect::<Vec<_>>().join(" ");
    out.replace("> ", ">").replace(" <", "<")
}

/// Returns what a text becomes behind the other sections of the paper.
fn body(html: &str) -> &str {
    let start = html.find("The mutant</h2>").unwrap() + "The mutant</h2>".len();
    let end = html.rfind("<ol>").and_then(|end| html[..end].rfind("<ol>")).unwrap();
    &html[start..end]
}

#[test]
fn each_example_is_shown_or_refused() {
    let paper = Paper::new();
    let mut refused: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for Example { name, markdown, html } in examples() {
        paper.write(TEXT, markdown.as_bytes());
        match paper.outputs() {
            Ok(outputs) => {
                let (is, should) = (shape_of(body(&outputs.html)), shape_of(&html));
                if is != should && !DIFFERENT.contains(&name.as_str()) {
                    wrong.push(format!("{name}: {markdown:?}\n  is     {is}\n  should {should}\n"));
                }
            }
            Err(errors) => {
                if let Some(why) = unlocated(&errors, paper.root()) {
                    wrong.push(format!("{name}: {markdown:?}: {why}"));
                }
                for error in errors.0 {
                    let examples = refused.entry(kind(&error.message)).or_default();
                    if examples.last() != Some(&name) {
                        examples.push(name.clone());
                    }
                }
            }
        }
    }
    let refused: Vec<(String, String)> =
        refused.into_iter().map(|(kind, examples)| (kind, examples.join(" "))).collect();
    for (kind, examples) in &refused {
        let known = REFUSED.iter().find(|(one, _)| one == kind).map(|(_, examples)| *examples);
        if known != Some(examples) {
            wrong.push(format!("refused as {kind:?}: {examples:?}"));
        }
    }
    let is_told = |kind: &str| refused.iter().any(|(one, _)| one == kind);
    let untold = REFUSED.iter().filter(|(kind, _)| !is_told(kind));
    wrong.extend(untold.map(|(kind, _)| format!("nothing is refused as {kind:?}")));
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
