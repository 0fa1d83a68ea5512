//! What is given to others to go on with: DOCX for co-authors, JATS for journals. Both say what the page says.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use scraper::{ElementRef, Html, Selector};
use serde_json::{Value, json};
use usvg::roxmltree::{Document, Node, ParsingOptions};

use crate::paper::Paper;

/// The words of a text with its numbers, whatever stands between them.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// The words of a page in the order in which it is read, formulas and what the page adds left out; with the numbers
/// of lists that begin with another number than the first where they are asked for.
fn words_of_page(page: &str, with_numbers: bool) -> Vec<String> {
    let page = Html::parse_document(page);
    let mut text = String::new();
    for part in page.select(&Selector::parse("header, main").unwrap()) {
        for node in part.descendants() {
            let outer: Vec<_> = node.ancestors().filter_map(|outer| outer.value().as_element()).collect();
            // The number of a row stands inside of its formula.
            let is_number = outer.iter().any(|outer| outer.classes().any(|class| class == "number"));
            let left_out = outer.iter().any(|outer| {
                (outer.name() == "math" && !is_number)
                    || ["style", "svg"].contains(&outer.name())
                    || outer.classes().any(|class| class == "ledger" || class == "back")
                    || outer.attr("role") == Some("doc-backlink")
            });
            if left_out {
                text.push(' ');
                continue;
            }
            if let Some(element) = node.value().as_element() {
                if !["a", "b", "code", "data", "em", "s", "span", "strong"].contains(&element.name()) {
                    text.push(' ');
                }
                let item = ElementRef::wrap(node).filter(|_| element.name() == "li");
                if let Some(number) = item.and_then(|item| number_of_item(item, with_numbers)) {
                    text.push_str(&format!("{number} "));
                }
            }
            if let Some(part) = node.value().as_text() {
                text.push_str(part);
            }
        }
        text.push(' ');
    }
    words(&text)
}

/// The number that an item says, or has in a list that begins with another number than the first.
fn number_of_item(item: ElementRef<'_>, with_numbers: bool) -> Option<usize> {
    if let Some(value) = item.attr("value") {
        return value.parse().ok();
    }
    if !with_numbers {
        return None;
    }
    let start: usize = ElementRef::wrap(item.parent()?)?.attr("start")?.parse().ok()?;
    Some(start + item.prev_siblings().filter(|node| node.value().is_element()).count())
}

/// The words of an article, formulas left out.
fn words_of_article(article: &Document<'_>) -> Vec<String> {
    let mut text = String::new();
    for node in article.descendants() {
        let left_out = |outer: Node<'_, '_>| {
            ["alternatives", "alt-text", "styled-content"].contains(&outer.tag_name().name())
        };
        let inline = ["bold", "ext-link", "italic", "monospace", "strike", "xref"];
        if node.is_element() && !inline.contains(&node.tag_name().name()) {
            text.push(' ');
        }
        if node.is_text() && !node.ancestors().any(left_out) {
            let written = node.text().unwrap_or_default();
            match node.ancestors().any(|outer| outer.tag_name().name() == "code") {
                true => text.push_str(&without_numbers(written)),
                false => text.push_str(written),
            }
        }
    }
    words(&text)
}

/// Returns program text without the numbers of its lines, which are no text of a page.
fn without_numbers(code: &str) -> String {
    let line = |line: &str| {
        let line = line.trim_start_matches(['▸', ' ']);
        let digits = line.chars().take_while(char::is_ascii_digit).count();
        let is_empty = digits == line.len();
        match line[digits..].strip_prefix("  ").filter(|_| digits > 0) {
            Some(text) => text.to_owned(),
            None if is_empty => String::new(),
            None => line.to_owned(),
        }
    };
    code.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// The words of a tree of Pandoc, and those of its notes, which are read behind it.
fn walk(tree: &Value, text: &mut String, notes: &mut Vec<String>) {
    let Some(kind) = tree.get("t").and_then(Value::as_str) else {
        let items: Vec<&Value> = match tree {
            Value::Array(items) => items.iter().collect(),
            Value::Object(fields) => fields.values().collect(),
            _ => Vec::new(),
        };
        items.into_iter().for_each(|item| walk(item, text, notes));
        return;
    };
    let content = &tree["c"];
    match kind {
        "Str" => text.push_str(content.as_str().unwrap()),
        "Code" => text.push_str(content[1].as_str().unwrap()),
        "CodeBlock" => text.push_str(&without_numbers(content[1].as_str().unwrap())),
        "Note" => {
            let mut note = String::new();
            walk(content, &mut note, notes);
            notes.push(note);
            text.push_str(&format!(" {} ", notes.len()));
        }
        "Math" | "Image" | "Space" | "SoftBreak" | "LineBreak" => text.push(' '),
        // Its caption is the paragraph above, and once more what is read to those who do not see it.
        "Table" => walk(&json!([content[3], content[4], content[5]]), text, notes),
        "Emph" | "Strong" | "Strikeout" | "Link" | "Span" | "Quoted" => walk(content, text, notes),
        _ => {
            text.push(' ');
            walk(content, text, notes);
            text.push(' ');
        }
    }
}

fn read_back(docx: &Path) -> Value {
    let run = Command::new("pandoc").args(["--from=docx", "--to=json"]).arg(docx).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    serde_json::from_slice(&run.stdout).unwrap()
}

fn words_of_docx(tree: &Value) -> Vec<String> {
    let (mut text, mut notes) = (String::new(), Vec::new());
    for part in [&tree["meta"]["title"], &tree["meta"]["author"], &tree["blocks"]] {
        walk(part, &mut text, &mut notes);
        text.push(' ');
    }
    if !notes.is_empty() {
        text.push_str(" Notes ");
    }
    for (index, note) in notes.iter().enumerate() {
        text.push_str(&format!(" {} {note} ", index + 1));
    }
    words(&text)
}

/// Asserts that two texts are the same from the abstract on, and shows where they part. What is told of authors
/// has another order in each format.
fn assert_same(name: &str, found: &[String], page: &[String]) {
    let text = |words: &[String]| {
        let start = words.iter().position(|word| word == "Abstract").expect("an abstract");
        words[start..].to_vec()
    };
    let (found, page) = (&text(found)[..], &text(page)[..]);
    let same = found.iter().zip(page).take_while(|(one, other)| one == other).count();
    let near = |words: &[String]| {
        words[same.saturating_sub(10).min(words.len())..(same + 10).min(words.len())].join(" ")
    };
    assert!(found == page, "{name}: …{}\npage: …{}", near(found), near(page));
}

/// What each element may hold in the tag set for publishing, as far as articles made here use it; `TEXT`
/// stands for running text, `BLOCKS` for what a section holds beside sections.
const CONTENT: [(&str, &str); 67] = [
    ("article", "front body back"),
    ("front", "article-meta"),
    ("article-meta", "title-group contrib-group aff pub-date-not-available abstract kwd-group"),
    ("title-group", "article-title"),
    ("article-title", "TEXT"),
    ("contrib-group", "contrib"),
    ("contrib", "contrib-id name collab email uri xref"),
    ("contrib-id", "#text"),
    ("name", "surname given-names"),
    ("surname", "#text"),
    ("given-names", "#text"),
    ("collab", "#text"),
    ("email", "#text"),
    ("uri", "#text"),
    ("aff", "label institution city country #text"),
    ("institution", "#text"),
    ("city", "#text"),
    ("country", "#text"),
    ("pub-date-not-available", ""),
    ("abstract", "title BLOCKS"),
    ("kwd-group", "title kwd"),
    ("kwd", "#text"),
    ("title", "TEXT"),
    ("body", "BLOCKS sec"),
    ("sec", "label title BLOCKS sec"),
    ("back", "app-group sec ack ref-list fn-group"),
    ("ack", "title BLOCKS"),
    ("app-group", "app"),
    ("app", "label title BLOCKS sec"),
    ("ref-list", "title ref"),
    ("ref", "label mixed-citation"),
    ("mixed-citation", "TEXT"),
    ("fn-group", "title fn"),
    ("fn", "label p"),
    ("label", "#text"),
    ("p", "TEXT BLOCKS"),
    ("list", "list-item"),
    ("list-item", "label p"),
    ("def-list", "def-item"),
    ("def-item", "term def"),
    ("term", "TEXT"),
    ("def", "p"),
    ("disp-quote", "p"),
    ("statement", "label title p"),
    ("code", "#text"),
    ("disp-formula", "label alternatives"),
    ("disp-formula-group", "disp-formula"),
    ("inline-formula", "alternatives"),
    ("alternatives", "tex-math math"),
    ("tex-math", "#text"),
    ("fig", "label caption alt-text graphic"),
    ("caption", "p"),
    ("alt-text", "#text"),
    ("graphic", ""),
    ("inline-graphic", "alt-text"),
    ("table-wrap", "label caption table table-wrap-foot"),
    ("table", "thead tbody"),
    ("thead", "tr"),
    ("tbody", "tr"),
    ("tr", "th td"),
    ("th", "TEXT"),
    ("td", "TEXT"),
    ("table-wrap-foot", "p"),
    ("xref", "WORDS"),
    ("ext-link", "WORDS"),
    ("named-content", "TEXT"),
    ("styled-content", "#text"),
];
/// Elements whose children come in the order in which the table has them.
const IN_ORDER: [&str; 18] = [
    "article",
    "front",
    "article-meta",
    "title-group",
    "kwd-group",
    "sec",
    "back",
    "app",
    "ref-list",
    "ref",
    "fn-group",
    "fn",
    "list-item",
    "def-item",
    "statement",
    "disp-formula",
    "fig",
    "table-wrap",
];
const BLOCKS: &str =
    "p code list def-list disp-quote statement disp-formula disp-formula-group fig table-wrap";
const TEXT: &str = "WORDS xref ext-link named-content inline-formula inline-graphic";
const WORDS: &str = "#text bold italic strike monospace sup styled-content";

/// The names of what an element may hold, in order.
fn allowed(element: &str) -> Vec<&'static str> {
    let formatted = ["bold", "italic", "strike", "monospace", "sup"];
    let content = CONTENT.iter().find(|(name, _)| *name == element).map(|(_, content)| *content);
    let content = content.or_else(|| formatted.contains(&element).then_some("TEXT"));
    let content = content.unwrap_or_else(|| panic!("`{element}` is not in the table"));
    let mut open: Vec<&str> = content.split_whitespace().rev().collect();
    let mut names = Vec::new();
    while let Some(name) = open.pop() {
        match name {
            "BLOCKS" => open.extend(BLOCKS.split(' ').rev()),
            "TEXT" => open.extend(TEXT.split(' ').rev()),
            "WORDS" => open.extend(WORDS.split(' ').rev()),
            name => names.push(name),
        }
    }
    names
}

/// Holds the nesting of elements against the table, and their order where it counts.
fn check_nesting(article: &Document<'_>) {
    let is_formula = |node: &Node<'_, '_>| node.ancestors().any(|outer| outer.tag_name().name() == "math");
    for node in article.descendants().filter(|node| node.is_element() && !is_formula(node)) {
        let element = node.tag_name().name();
        let allowed = allowed(element);
        let mut last = 0;
        for child in node.children() {
            if child.is_text() && child.text().unwrap_or_default().trim().is_empty() {
                continue;
            }
            let name = if child.is_text() { "#text" } else { child.tag_name().name() };
            let place = allowed.iter().position(|one| *one == name);
            let place = place.unwrap_or_else(|| panic!("`{name}` stands in `{element}`"));
            // What a section holds comes in any order, before its sections.
            let place =
                if BLOCKS.split(' ').any(|one| one == name) && element != "fn" { last } else { place };
            assert!(!IN_ORDER.contains(&element) || place >= last, "`{name}` comes too late in `{element}`");
            last = place;
        }
    }
}

#[test]
fn docx_and_jats_say_what_the_page_says_in_the_same_order() {
    let paper = Paper::everything();
    // The page alone has a ledger of numbers.
    let description = paper.read("paper/paper.yaml").replace("ledger: true, ", "");
    paper.write("paper/paper.yaml", description);
    paper.command("build").assert().success();
    let html = paper.read("build/html/index.html");
    let page = words_of_page(&html, false);
    assert!(page.len() > 5000, "{page:?}");
    let tree = read_back(&paper.path("build/extended/everything.docx"));
    assert_same("docx", &words_of_docx(&tree), &page);
    let text = paper.read("build/extended/everything.xml");
    let article =
        Document::parse_with_options(&text, ParsingOptions { allow_dtd: true, ..Default::default() });
    let article = article.unwrap();
    // Such a list has labels there, and a word processor counts by itself.
    assert_same("jats", &words_of_article(&article), &words_of_page(&html, true));
}

#[test]
fn the_article_is_nested_as_the_standard_says_and_every_reference_leads_somewhere() {
    let paper = Paper::everything();
    paper.command("build").assert().success();
    let text = paper.read("build/extended/everything.xml");
    let article =
        Document::parse_with_options(&text, ParsingOptions { allow_dtd: true, ..Default::default() });
    let article = article.unwrap();
    check_nesting(&article);
    let all = |name: &str| -> Vec<String> {
        article.descendants().filter_map(|node| node.attribute(name)).map(str::to_owned).collect()
    };
    let ids: BTreeSet<String> = all("id").into_iter().collect();
    assert_eq!(ids.len(), all("id").len());
    let lost: Vec<String> = all("rid").into_iter().filter(|target| !ids.contains(target)).collect();
    assert_eq!(lost, Vec::<String>::new());
    let link = ("http://www.w3.org/1999/xlink", "href");
    let mut pictures = 0;
    for node in article.descendants() {
        if let (true, Some(path)) = (node.tag_name().name().ends_with("graphic"), node.attribute(link)) {
            assert!(paper.path("build/extended").join(path).is_file(), "no {path}");
            pictures += 1;
        }
    }
    assert_eq!(pictures, 22);
}

#[test]
fn a_docx_has_the_parts_that_a_word_processor_knows_and_the_same_bytes_every_time() {
    let (one, two) = (Paper::everything(), Paper::everything());
    for paper in [&one, &two] {
        let description = paper.read("paper/paper.yaml").replace("archive: true", "archive: false");
        paper.write("paper/paper.yaml", description);
        paper.command("build").args(["--edition", "extended"]).assert().success();
    }
    let docx = |paper: &Paper| std::fs::read(paper.path("build/extended/everything.docx")).unwrap();
    assert!(docx(&one) == docx(&two), "the bytes differ");
    let tree = read_back(&one.path("build/extended/everything.docx")).to_string();
    for (kind, least) in [
        ("Header", 50),
        ("Note", 17),
        ("Image", 20),
        ("Table", 15),
        ("Math", 120),
        ("Strikeout", 4),
        ("BlockQuote", 10),
        ("OrderedList", 10),
        ("BulletList", 15),
        ("DefinitionList", 2),
        ("CodeBlock", 10),
    ] {
        let found = tree.matches(&format!("\"t\":\"{kind}\"")).count();
        assert!(found >= least, "{found} {kind} in {tree}");
    }
    assert!(tree.contains("Stripes"), "the alternative text of a picture is lost");
    for style in ["Decimal", "LowerAlpha", "LowerRoman", "UpperAlpha"] {
        assert!(tree.contains(&format!("{{\"t\":\"{style}\"}}")), "no list counts in {style}");
    }
    let text = text_of_part(&docx(&one), "word/document.xml");
    // LibreOffice reads the signs of a bracket in the order of the format alone.
    assert!(text.contains("<m:sepChr m:val=\"\" /><m:endChr m:val=\"|\" />"), "no bars in {text}");
    assert!(!text.contains("/><m:sepChr m:val=\"\" /><m:grow"), "{text}");
    let stations = text.split("<w:tbl>").find(|table| table.contains("Kind of building")).unwrap();
    let widths: Vec<usize> = stations
        .split("<w:gridCol w:w=\"")
        .skip(1)
        .map(|column| column.split('"').next().unwrap().parse().unwrap())
        .collect();
    assert!(widths.len() == 4 && widths[0] > 2 * widths[3], "{widths:?}");
}

/// The text of a part of a ZIP archive.
fn text_of_part(archive: &[u8], name: &str) -> String {
    let at = archive.windows(name.len()).position(|bytes| bytes == name.as_bytes()).unwrap();
    let extra = usize::from(u16::from_le_bytes([archive[at - 2], archive[at - 1]]));
    let mut text = String::new();
    let mut part = flate2::read::DeflateDecoder::new(&archive[at + name.len() + extra..]);
    std::io::Read::read_to_string(&mut part, &mut text).unwrap();
    text
}

#[test]
fn a_formula_that_a_docx_cannot_hold_is_an_error_at_its_place_and_so_is_a_missing_pandoc() {
    let paper = Paper::minimal();
    let description = paper.read("paper/paper.yaml").replace("archive: true", "archive: true, docx: true");
    paper.write("paper/paper.yaml", description);
    let line = paper.append("paper/sections/02-results.md", "Some space $a \\mathstrut b$ is kept.");
    let said = paper.errors();
    assert!(
        said.contains("pandoc cannot set the formula `a \\mathstrut b` for `docx`: unexpected")
            && said.contains(&format!("paper/sections/02-results.md:{line}:")),
        "{said}"
    );
    let output = paper.command("build").env("PATH", paper.root()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("paper/paper.yaml") && said.contains("the program pandoc is not installed"),
        "{said}"
    );
    assert!(said.contains("apt-get install pandoc"), "{said}");
}
