//! Every drawing keeps the rules of a printed page, and a drawing that breaks one is found.

use std::time::Instant;

use paper_engine::figure::{Font, rules};
use paper_engine::model::Model;

use crate::{DRAWINGS, drawings, facts_at, root};

fn font() -> Font {
    Font::installed().expect("scripts/bootstrap installs the font")
}

#[test]
fn every_figure_and_chart_keeps_every_rule() {
    let minimal = root().join("tests/suite/minimal");
    let model = Model::read(&minimal, &phext_paper::STUDY).expect("the model is valid");
    let (own, minimal) = (&*DRAWINGS, drawings(&minimal, &facts_at(&minimal, &model)));
    assert!(own.len() >= 14 && minimal.len() >= 2);
    let start = Instant::now();
    let broken: Vec<String> = own
        .iter()
        .chain(&minimal)
        .flat_map(|(id, svg)| {
            rules::broken(svg, &font()).into_iter().map(move |rule| format!("{id}: {rule}"))
        })
        .collect();
    println!("{} drawings looked at in {:?}", own.len() + minimal.len(), start.elapsed());
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// A drawing of 100 by 40 points with this content.
fn sheet(content: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100\" height=\"40\" viewBox=\"0 0 100 40\" \
         font-family=\"TeX Gyre Heros\"><title>T</title><desc>D</desc>{content}</svg>"
    )
}

fn text(attributes: &str, words: &str) -> String {
    format!("<text font-size=\"8\" fill=\"#1a1a1a\" {attributes}>{words}</text>")
}

#[test]
fn a_drawing_that_breaks_a_rule_is_found() {
    let plain = text("x=\"10\" y=\"20\"", "Torus");
    assert_eq!(rules::broken(&sheet(&plain), &font()), Vec::<String>::new());
    let line = "<path d=\"M5 17h60\" stroke=\"#b5b5b5\" stroke-width=\"0.5\"/>";
    let backing = "<rect x=\"8\" y=\"12\" width=\"30\" height=\"10\" fill=\"#ffffff\"/>";
    let covered = format!("{line}{backing}{plain}");
    assert_eq!(rules::broken(&sheet(&covered), &font()), Vec::<String>::new());
    let cases = [
        ("<text font-size=\"6.5\" fill=\"#1a1a1a\" x=\"10\" y=\"20\">Torus</text>".to_owned(), "6.5 pt"),
        (format!("{plain}{}", text("x=\"18\" y=\"22\"", "Twist")), "overlap"),
        (format!("{line}{plain}"), "on a line or an edge"),
        (format!("{plain}{line}"), "on a line or an edge"),
        (
            format!("<rect x=\"0\" y=\"0\" width=\"20\" height=\"40\" fill=\"#d6e8f5\"/>{plain}"),
            "on a line or an edge",
        ),
        (text("x=\"80\" y=\"20\"", "Hypercube"), "leaves the drawing"),
        (plain.replace("#1a1a1a", "#999999"), "contrast of 2.8"),
        (format!("<rect width=\"100\" height=\"40\" fill=\"#0072b2\"/>{plain}"), "contrast of"),
        (format!("{plain}<script>1</script>"), "<script>"),
        (format!("{plain}<image href=\"https://example.org/a.png\"/>"), "reaches outside"),
        (format!("{plain}<rect onclick=\"a()\" width=\"1\" height=\"1\"/>"), "onclick"),
        (format!("{plain}<g>{}</g>", " ".repeat(rules::MOST_BYTES)), "bytes"),
    ];
    for (content, rule) in cases {
        let broken = rules::broken(&sheet(&content), &font());
        assert!(broken.iter().any(|found| found.contains(rule)), "{rule}: {broken:?}");
    }
    let nameless = sheet(&plain).replace("<title>T</title>", "");
    assert!(rules::broken(&nameless, &font()).iter().any(|found| found.contains("<title>")));
}
