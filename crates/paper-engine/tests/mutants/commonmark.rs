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
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
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
            let name = format!("{file} {}", all.len() - before + 1);
            // Addresses within a site are refused in a paper: they become whole ones, on both sides.
            let mut markdown = markdown.to_owned();
            for before in ["]: ", "](", "](<", "]: <", "]: \n", "]:\n"] {
                markdown = markdown.replace(&format!("{before}/"), &format!("{before}https://a.org/"));
            }
            let html = html.replace("=\"/", "=\"https://a.org/");
            all.push(Example { name, markdown, html });
        }
        assert_eq!(all.len() - before, count, "{file}");
    }
    all
}

/// Examples that are shown otherwise: a dollar sign may begin a formula, and is no sign of punctuation.
const DIFFERENT: [&str; 1] = ["spec 354"];

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
    let mut out = String::new();
    for (index, part) in message.split('`').enumerate() {
        out.push_str(if index % 2 == 0 { part } else { "`…`" });
    }
    let fonts = out.replace(", `…`", "");
    match (fonts.find('"'), fonts.rfind('"')) {
        (Some(start), Some(end)) if end > start => format!("{}\"…\"{}", &fonts[..start], &fonts[end + 1..]),
        _ => fonts,
    }
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
    for (kind, examples) in &refused {
        println!(
            "    (\n        \"{}\",\n        \"{}\",\n    ),",
            kind.replace('"', "\\\""),
            examples.join(", ").replace(", spec ", " ")
        );
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
