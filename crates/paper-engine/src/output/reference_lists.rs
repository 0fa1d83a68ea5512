//! The reference list says the same in every format.

use std::path::Path;

use super::{Engines, Ledger, Positions, Templates, html, latex, markdown, reference_list, sample};
use crate::language::Language;
use crate::manuscript::{Document, all_references};

/// Kinds of entries, as BibTeX and BibLaTeX name them.
const KINDS: [&str; 20] = [
    "article",
    "inproceedings",
    "conference",
    "book",
    "inbook",
    "incollection",
    "phdthesis",
    "mastersthesis",
    "thesis",
    "techreport",
    "report",
    "manual",
    "misc",
    "online",
    "unpublished",
    "proceedings",
    "booklet",
    "software",
    "dataset",
    "patent",
];
/// What entries of every kind say besides their kind.
const FIELDS: [&str; 4] = [
    "author = {Élie Çelik and de la Cruz, Jan and {A Body}}, title = {On $k$-means -- a ``view'' of \\emph{this}}, \
     journal = {J. Test & Co.}, booktitle = {Proc. {X}}, school = {A School}, year = 2001, month = feb, pages = {1--9}, \
     doi = {10.1000/a_b<1::C>#2}, publisher = {P}, address = {Ulm}, volume = 3, number = {4}",
    "author = {Doe, Jane and others}, title = {What is 50\\% of H$_2$O?}, institution = {An Institute}, \
     year = {in press}, url = {https://example.org/~a/b_c%20d?x=1&y=2#f}, urldate = {2021-05-06}, note = {A note}",
    "editor = {Doe, Jane and Roe, Richard}, title = {{DNA} &amp; <i>E. coli</i>}, howpublished = {\\url{https://a.org/b}}, \
     year = {1999}, edition = {Second}, series = {S}, number = {TR-7}, organization = {O}",
    "author = {A, A. and B, B. and C, C. and D, D. and E, E. and F, F. and G, G.}, title = {T * [x] | y_z {\\ss}}, \
     date = {1987-06}, eprint = {2201.01234}, archiveprefix = {arXiv}, primaryclass = {cs.DC}, type = {A Type}",
];

fn document(language: Language) -> Document {
    let mut text = String::new();
    for (index, fields) in FIELDS.iter().enumerate() {
        for kind in KINDS {
            text.push_str(&format!("@{kind}{{{kind}{index}, {fields}}}\n"));
        }
    }
    Document {
        references: all_references(language, &text).expect("a bibliography"),
        language,
        ..sample::document()
    }
}

/// Removes everything between two marks, the marks included.
fn without(text: &str, begin: &str, end: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once(begin) {
        out.push_str(before);
        rest = inside.split_once(end).map_or("", |(_, after)| after);
    }
    out + rest
}

/// Returns the words of a text: letters and digits that stand together.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Returns the words of each entry of LaTeX's list.
fn of_latex(list: &str) -> Vec<Vec<String>> {
    let entries =
        list.lines().filter(|line| !line.starts_with("\\bibitem") && !line.contains("{thebibliography}"));
    let plain = |entry: &str| {
        let entry = without(&without(entry, "\\href{", "}{\\nolinkurl"), "\\ensuremath{{}_2", "}");
        let entry = entry.replace("\\ensuremath{k}", "").replace("\\%20", "%20");
        let mut entry = entry.replace("\\nolinkurl", "");
        for command in [
            "\\textquotedblleft{}",
            "\\textquotedblright{}",
            "\\textquoteleft{}",
            "\\textquoteright{}",
            "\\quotedblbase{}",
            "\\quotesinglbase{}",
        ] {
            entry = entry.replace(command, " ");
        }
        words(&entry.replace("\\emph", " ").replace("\\textbar", " ").replace("\\textasciitilde", " "))
    };
    entries.map(plain).collect()
}

fn of_html(page: &str) -> Vec<Vec<String>> {
    let items =
        page.split("<li id=\"ref-").skip(1).map(|item| item.split("</li>").next().unwrap_or_default());
    let plain = |item: &str| {
        let item = item.split_once('>').map_or("", |(_, text)| text);
        let item = item.split("<span class=\"back\"").next().unwrap_or_default();
        let text = without(&without(item, "<math", "</math>"), "<", ">");
        words(
            &text
                .replace("&lt;", " ")
                .replace("&gt;", " ")
                .replace("&amp;", " ")
                .replace("&quot;", " ")
                .replace("&nbsp;", " "),
        )
    };
    items.map(plain).collect()
}

fn of_markdown(page: &str) -> Vec<Vec<String>> {
    let items = page.lines().filter_map(|line| line.split_once(". <a id=\"ref-")?.1.split_once("</a>"));
    let plain =
        |(_, text): (&str, &str)| words(&without(&without(&text.replace("\\$", " "), "](<", ">)"), "$", "$"));
    items.map(plain).collect()
}

#[test]
fn all_formats_have_the_same_words_in_the_same_order() {
    Language::ALL.into_iter().for_each(has_the_same_words_in_all_formats);
}

fn has_the_same_words_in_all_formats(language: Language) {
    let document = document(language);
    assert_eq!(document.references.len(), KINDS.len() * FIELDS.len());
    let templates = Templates::load(Path::new("no/templates")).expect("templates");
    let layout = templates.layout(None).expect("a venue");
    let list = reference_list(&document, layout.venue, Engines::XeTex).expect("a list");
    let (drawings, facts) = (sample::figures(), sample::facts());
    let page = html(&document, &templates, &drawings, &facts, &Ledger::default(), Positions::Hidden, None);
    let page = page.expect("a page");
    let (tex, web, text) = (of_latex(&list.text), of_html(&page), of_markdown(&markdown(&document)));
    assert_eq!((tex.len(), web.len(), text.len()), (80, 80, 80));
    for (index, entry) in tex.iter().enumerate() {
        assert!(entry.len() > 6, "{entry:?}");
        assert_eq!(entry, &web[index], "{}", document.references[index].key);
        assert_eq!(entry, &text[index], "{}", document.references[index].key);
    }
    assert!(
        latex(&document, &templates, layout, &Ledger::default(), &list, Engines::XeTex)
            .expect("LaTeX")
            .text
            .contains("\\bibliography{")
    );
}
