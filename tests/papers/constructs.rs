//! Every construct that an author can write, in `tests/suite/everything`, and what its outputs make of it.

use std::path::Path;
use std::process::Command;

use scraper::{Html, Selector};

use crate::archive::check_archive;
use crate::paper::{APPENDICES, Paper};

/// The words of a text: letters side by side, whatever stands between them.
pub fn words(text: &str) -> Vec<String> {
    let ligatures = [("ﬀ", "ff"), ("ﬁ", "fi"), ("ﬂ", "fl"), ("ﬃ", "ffi"), ("ﬄ", "ffl"), ("-\n", "")];
    let text = ligatures.iter().fold(text.to_owned(), |text, (sign, letters)| text.replace(sign, letters));
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 2);
    words.map(str::to_lowercase).collect()
}

pub fn text_of_pdf(pdf: &Path) -> String {
    let run = Command::new("pdftotext").arg(pdf).arg("-").output().unwrap();
    String::from_utf8(run.stdout).unwrap()
}

/// What marks something in Markdown, and would stand in a text only where it was not understood.
const MARKS: [&str; 6] = ["^[", "[^", "[@", "{{ ", ":::", "](#"];

/// The words of a page but for formulas, whose letters are signs, and links back.
pub fn text_of_page(page: &str) -> String {
    let page = Html::parse_document(page);
    let select = |selector: &str| Selector::parse(selector).unwrap();
    let mut text = String::new();
    for part in page.select(&select(
        "main p, main li, main td, main th, main figcaption, main h2, main h3, main h4, main h5, main h6",
    )) {
        let is_ledger = part.ancestors().any(|node| {
            node.value().as_element().is_some_and(|element| element.classes().any(|class| class == "ledger"))
        });
        if is_ledger {
            continue;
        }
        for node in part.descendants() {
            let in_formula = node.ancestors().any(|outer| {
                outer.value().as_element().is_some_and(|element| matches!(element.name(), "math" | "style"))
            });
            if node
                .value()
                .as_element()
                .is_some_and(|element| ["br", "p", "td", "th"].contains(&element.name()))
            {
                text.push(' ');
            }
            if let (Some(part), false) = (node.value().as_text(), in_formula) {
                text.push_str(part);
            }
        }
        text.push('\n');
    }
    text
}

/// The Markdown of a built paper without the addresses of its links.
fn plain_markdown(paper: &Paper) -> String {
    let mut text = paper.read("build/everything.md").replace(['\u{a0}', '\n'], " ");
    while let Some(start) = text.find("](#") {
        let end = text[start..].find(')').unwrap() + start;
        text.replace_range(start..=end, "");
    }
    text.replace('[', "")
}

#[test]
fn every_construct_is_printed_whole_by_both_engines_and_on_the_page() {
    let paper = Paper::everything();
    let output = paper.command("build").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.is_empty(), "{said}");
    let printed = text_of_pdf(&paper.path("build/extended/everything.pdf"));
    let known = words(&printed);
    let page = text_of_page(&paper.read("build/html/index.html")).replace('\u{a0}', " ");
    let lost: Vec<String> = words(&page).into_iter().filter(|word| !known.contains(word)).collect();
    assert_eq!(lost, Vec::<String>::new(), "on the page and not in the PDF:\n{printed}");
    let pages = lopdf::Document::load(paper.path("build/extended/everything.pdf")).unwrap().get_pages().len();
    assert!(pages >= 16, "{pages} pages");
    for mark in MARKS {
        assert!(!page.contains(mark) && !printed.contains(mark), "{mark} is printed: {printed}");
    }
    for sign in [
        "Nguyễn Thị Hường",
        "Șerban",
        "4×4×8",
        "±1",
        "20 °C",
        "½",
        "□",
        "Theorem 1",
        "[1, p. 3]",
        "Ελληνικά",
        "Русский",
        "gęślą jaźń",
        "Tiếng Việt có nhiều dấu",
        "ᾠδή, ὕδωρ",
        "українська їжа",
        "A theorem that is longer than others",
    ] {
        let in_pdf = printed.replace(['\n', '\u{a0}'], " ").contains(sign) || sign == "□";
        assert!(in_pdf && (page.contains(sign) || sign.contains('[')), "{sign}: {printed}");
    }
    let page = page.replace('\n', " ");
    for reference in
        ["Fig. 2(a)", "Fig. 2(b)", "Listing 1, line 2", "Algorithm 1, lines 1–2", "Listing 2, line 4"]
    {
        assert!(page.contains(reference), "{reference} in {page}");
        assert!(printed.replace(['\n', '\u{a0}'], " ").contains(reference), "{reference} in {printed}");
    }
    for sign in ["├── sections", "𝛉", "Σ", "μ", "𝟙", "≔"] {
        assert!(printed.contains(sign), "no {sign} in {printed}");
    }
    for named in ["Figure 1 is drawn from facts", "Figs. 3, 4, and 5 and Fig. 6 are files"] {
        let printed = printed.replace(['\n', '\u{a0}'], " ");
        assert!(printed.contains(named) && page.replace('\n', " ").contains(named), "{named}: {printed}");
        assert!(plain_markdown(&paper).contains(named), "{named}");
    }
    check_archive(&paper, "everything");
}

/// The lines of a PDF as they stand on its page, with one space between words.
fn lines_of_pdf(pdf: &Path) -> Vec<String> {
    let run = Command::new("pdftotext").arg("-layout").arg(pdf).arg("-").output().unwrap();
    let text = String::from_utf8(run.stdout).unwrap();
    text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn rows_of_formulas_and_notes_have_the_same_numbers_in_every_output_and_venue() {
    let paper = Paper::everything();
    paper.command("build").assert().success();
    let (page, text) = (paper.read("build/html/index.html"), paper.read("build/everything.md"));
    let article = paper.read("build/extended/everything.xml");
    // Each row with its number, as the page, the Markdown and the article for journals have it.
    for (label, number, row) in [
        ("eq:first", "4", "a_1 &= b + \\frac{c}{d}"),
        ("eq:last", "5", "x   &= \\min(y, z)"),
        ("eq:prime", "U′", "u' = v'"),
    ] {
        let cell = format!("<mtr id=\"{label}\"><mtd></mtd>");
        let row_of_page = page.split(&cell).nth(1).and_then(|rest| rest.split("</mtr>").next()).unwrap();
        assert!(row_of_page.contains(&format!("<mtext><span class=\"number\">({number})")), "{row_of_page}");
        assert!(text.contains(&format!("{row} \\tag{{{number}}}")), "{row} in {text}");
        let id = label.replace(':', ".");
        assert!(article.contains(&format!("<disp-formula id=\"{id}\">\n<label>({number})</label>")), "{id}");
    }
    for part in ["<code>two  spaces   three</code>", "<li id=\"fn-7\" value=\"7\">\n<ol>", "id=\"fn-5\""] {
        assert!(page.contains(part), "{part}");
    }
    let description = paper.read("paper/paper.yaml");
    for venue in ["acm", "article", "ieee", "lncs", "neurips", "usenix"] {
        let edition = format!("{{name: extended, archive: true, anonymous: false, {APPENDICES}, venue: ");
        let start = description.find("  - {name: extended").unwrap();
        let end = start + description[start..].find('\n').unwrap_or(description.len() - start);
        let (before, after) = (&description[..start], &description[end..]);
        paper.write("paper/paper.yaml", format!("{before}  - {edition}{venue}}}{after}"));
        let output = paper.command("build").args(["--edition", "extended"]).output().unwrap();
        assert!(output.status.success(), "{venue}: {}", String::from_utf8_lossy(&output.stderr));
        let printed = text_of_pdf(&paper.path("build/extended/everything.pdf"));
        let printed = printed.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            "as Eq. (4) and Eq. (5) here",
            "Eq. (Balance) is not counted",
            "Eqs. (7) and (8) show both ways",
            "goes on with Eq. (10)",
            "as note 5 does again; notes 5 and 6 are two. Note 6 is short.",
            "another, see Eq. (9).",
            "fn noted(x: u32)",
        ] {
            assert!(printed.contains(part), "{venue}: {part} in {printed}");
        }
        let lines = lines_of_pdf(&paper.path("build/extended/everything.pdf"));
        for number in ["(4)", "(5)", "(Balance)", "(6)", "(7)", "(8)", "(9)", "(10)"] {
            assert!(lines.iter().any(|line| line.contains(number)), "{venue}: {number} in {lines:#?}");
        }
        check_archive(&paper, "everything");
    }
}

#[test]
fn listings_notices_panels_and_data_are_in_every_output() {
    let paper = Paper::everything();
    paper.command("build").assert().success();
    let (page, text) = (paper.read("build/html/index.html"), paper.read("build/everything.md"));
    for part in [
        "<span class=\"line marked\" data-line=\"2\">",
        "<span class=\"word\">fn</span> walk",
        "data-line=\"4\"><span class=\"word\">fn</span> walk",
        "<span class=\"comment\">// every chip</span>",
        "<aside class=\"notice notice-warning\">",
        "<aside class=\"notice notice-note\">",
        ">\n(a)\n</text>",
        ">\n(b)\n</text>",
    ] {
        assert!(page.contains(part), "{part}");
    }
    for part in [
        "2      2 * x // text of a program",
        "Line 2 is marked.",
        "> [!WARNING]\n> **Hot *rings*.**",
        "> [!NOTE]\n> **Beside the text.**",
        "> [!TIP]\n> Write one thing",
        "(a)\u{a0}The gain of the twist. (b)\u{a0}A *ring*",
        "| inner, short | copper\\_1 | 50 |",
        "| outer | glass, \"long\" | 12.5 |",
        "Source: ",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let manifest = paper.read("build/manifest.json");
    for file in ["paper/code/walk.rs", "paper/data/speeds.csv", "figures/ring.svg"] {
        assert!(manifest.contains(file), "{file} is no source in {manifest}");
    }
}

#[test]
fn what_listings_panels_and_data_cannot_show_is_told_at_its_place() {
    let paper = Paper::everything();
    let blocks = "paper/sections/02-blocks.md";
    let listing = |attributes: &str| format!("Shown.\n\n```{attributes}\n```\n");
    for (text, expected) in [
        (listing("pyhton"), "`pyhton` is no language that is known here"),
        (listing("rust {file=\"/etc/passwd\"}"), "is outside of the folder of the paper"),
        (listing("rust {file=\"../../../walk.rs\"}"), "is outside of the folder of the paper"),
        (listing("rust {file=\".env\"}"), "the file `.env` is hidden"),
        (listing("rust {file=\"build/everything.md\"}"), "is generated"),
        (listing("rust {file=\"paper/code/run.rs\"}"), "there is no file `paper/code/run.rs`"),
        (listing("rust {file=\"paper/code/walk.rs\" lines=\"5-9\"}"), "the file has 7 lines"),
        (listing("rust {file=\"paper/code/walk.rs\" anchor=\"run\"}"), "no line ends with `ANCHOR: run`"),
        (listing("rust {file=\"paper/code/walk.rs\" highlight=\"8\"}"), "and 8 is to be marked"),
        ("As @lst:twice(9) says.".to_owned(), "`lst:twice` has no numbered line 9"),
        ("As @fig:both(c) shows.".to_owned(), "`fig:both` has no panel c"),
        ("As @fig:gain(a) shows.".to_owned(), "`fig:gain` has no panel a"),
        ("::: note\n:::".to_owned(), "this note says nothing"),
        ("A note[^list].\n\n[^list]: - > ## A heading".to_owned(), "a footnote holds paragraphs, lists"),
        ("![a](figures/ring.svg) ![b](figures/ring.svg)".to_owned(), "this paragraph is several pictures"),
        (
            "A ring ![a](figures/ring.svg){width=50%} here.".to_owned(),
            "`{width=50%}` says nothing of a picture",
        ),
    ] {
        let before = paper.read(blocks);
        paper.append(blocks, &text);
        let said = paper.errors();
        assert!(said.contains(expected) && said.contains(blocks), "{text}: {said}");
        paper.write(blocks, before);
    }
    for (file, old, new, expected) in [
        ("figures/fig-2-both.yaml", "wide: true", "columns: 3", "2 panels cannot stand in 3 columns"),
        ("figures/fig-2-both.yaml", "figures/ring.svg", "figures/rings.svg", "there is no picture"),
        (
            "paper/tables/table-1-speeds.yaml",
            "[@jouppi2023tpuv4]",
            " ",
            "nobody knows where these numbers come",
        ),
        ("paper/tables/table-1-speeds.yaml", "note, speed]", "notes, speed]", "did you mean `note`?"),
        (
            "paper/tables/table-1-speeds.yaml",
            "link, note, speed",
            "link, speed",
            "2 columns of the file stand in 3",
        ),
        ("paper/data/speeds.csv", "outer,12.5,", "outer,", "this line has 2 fields, and the first 3"),
        ("paper/data/speeds.csv", "\"\"long\"\"\"", "", "a quote is not closed"),
    ] {
        let before = paper.read(file);
        paper.write(file, before.replace(old, new));
        let said = paper.errors();
        assert!(said.contains(expected) && said.contains(file), "{file}: {said}");
        paper.write(file, before);
    }
}

#[test]
fn a_table_without_a_caption_goes_on_in_the_next_column() {
    let paper = Paper::minimal();
    let rows: String = (0..150).map(|row| format!("| row {row} | {row}.5 |\n")).collect();
    let table = format!("Rows stand here.\n\n| Name | Value |\n|:---|---:|\n{rows}");
    paper.append("paper/sections/02-results.md", &table);
    paper.append("paper/structural-numbers.yaml", "- {numbers: [any], reason: rows are counted}");
    let output = paper.command("build").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("verfull"), "{said}");
    let printed = text_of_pdf(&paper.path("build/extended/minimal.pdf"));
    for row in 0..150 {
        assert!(printed.contains(&format!("row {row}\n")), "row {row} in {printed}");
    }
    check_archive(&paper, "minimal");
}

#[test]
fn a_table_longer_than_a_page_goes_on_with_its_header() {
    let paper = Paper::minimal();
    let rows: String = (0..150).map(|row| format!("  - [\"row {row}\", \"–\"]\n")).collect();
    let table = format!(
        "caption: Many rows.\ncolumns:\n  - {{header: Row}}\n  - {{header: Value, align: decimal}}\nrows:\n{rows}"
    );
    paper.write("paper/tables/table-3-long.yaml", table);
    paper.append("paper/sections/02-results.md", "See @tab:long.\n\n::: table table-3-long\n:::");
    paper.append("paper/structural-numbers.yaml", "- {numbers: [any], reason: rows are counted}");
    let output = paper.command("build").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = text_of_pdf(&paper.path("build/extended/minimal.pdf"));
    for row in 0..150 {
        assert!(printed.lines().any(|line| line.trim() == format!("row {row}")), "row {row} in {printed}");
    }
    assert_eq!(printed.matches("continued").count(), 2, "{printed}");
    assert_eq!(printed.lines().filter(|line| line.trim() == "Row").count(), 3, "{printed}");
}

#[test]
fn a_figure_may_be_a_file_and_one_that_is_none_is_told_in_its_description() {
    let paper = Paper::everything();
    let figure = "title: A ring\ncaption: A ring of two, as a file of lines.\nalt: A circle.\nfile: figures/ring.svg\n";
    paper.write("figures/fig-2-circle.yaml", format!("{figure}width: 50%\n"));
    paper.append("paper/sections/03-figures.md", "See @fig:circle.\n\n::: figure fig-2-circle\n:::");
    paper.command("build").assert().success();
    assert!(paper.read("build/figures/fig-2-circle.svg").contains("<path"));
    for (wrong, expected) in [
        ("width: wide\n", "`wide` is no width"),
        ("page: 2\n", "the picture `figures/ring.svg` cannot be printed: only a PDF has pages"),
        ("drawing: {interval: {}}\n", "figures/fig-2-circle.yaml"),
    ] {
        paper.write("figures/fig-2-circle.yaml", format!("{figure}{wrong}"));
        let said = paper.errors();
        assert!(said.contains(expected) && said.contains("figures/fig-2-circle.yaml"), "{wrong}: {said}");
    }
    paper.write("figures/fig-2-circle.yaml", figure.replace("ring.svg", "../../ring.svg"));
    let said = paper.errors();
    assert!(said.contains("there is no picture `figures/../../ring.svg`"), "{said}");
}

#[test]
fn a_picture_that_changes_is_seen_by_the_next_build() {
    let paper = Paper::everything();
    paper.command("build").assert().success();
    let name = std::fs::read_dir(paper.path("build/figures")).unwrap().flatten().find_map(|file| {
        let name = file.file_name().to_string_lossy().into_owned();
        (name.starts_with("ring-svg-") && name.ends_with(".svg")).then_some(name)
    });
    let name = format!("build/figures/{}", name.unwrap());
    let before = paper.read(&name);
    let ring = paper.read("figures/ring.svg");
    paper.write("figures/ring.svg", ring.replace("#0072b2", "#009e73"));
    paper.command("build").assert().success();
    assert_ne!(paper.read(&name), before);
    let manifest = paper.read("build/manifest.json");
    for file in ["figures/ring.svg", "figures/gradient.png", "figures/photo.jpg", "figures/page.pdf"] {
        assert!(manifest.contains(file), "{file} is no source in {manifest}");
    }
}

#[test]
fn a_paragraph_longer_than_a_line_of_tex_is_set() {
    let paper = Paper::minimal();
    // No words stand twice, as the rules of prose ask.
    let word = |number: usize| {
        let letter = |place: u32| char::from(b'a' + u8::try_from(number / 20_usize.pow(place) % 20).unwrap());
        format!("{}{}{}{}e", letter(3), letter(2), letter(1), letter(0))
    };
    let words: Vec<String> = (0..45_000).map(word).collect();
    paper.append("paper/sections/02-results.md", &words.join(" "));
    let description = paper.read("paper/paper.yaml");
    assert!(description.contains("rules:\n  also: [long-mean-sentence, long-sentence"));
    paper.write("paper/paper.yaml", description.split("rules:").next().unwrap());
    let output = paper.command("build").args(["--edition", "conference"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_new_paper_is_one_page_and_builds_at_once() {
    let parent = Paper::empty();
    let run = |arguments: &[&str]| {
        let program = assert_cmd::cargo::cargo_bin("phext-paper");
        Command::new(program).args(arguments).current_dir(parent.root()).output().unwrap()
    };
    let made = run(&["new", "mine", "--title", "What *Rings* Cost: $x^2$ \"now\""]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let build = run(&["build", "--root", "mine"]);
    let said = String::from_utf8_lossy(&build.stderr).into_owned();
    assert!(build.status.success() && said.is_empty(), "{said}");
    let pdf = parent.path("mine/build/paper/what-rings-cost-x-2.pdf");
    assert_eq!(lopdf::Document::load(&pdf).unwrap().get_pages().len(), 1);
    assert!(text_of_pdf(&pdf).contains("What Rings Cost"));
    let again = run(&["new", "mine"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("mine is not empty"));
}
