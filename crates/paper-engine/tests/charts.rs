//! Charts over facts: what they show moves with the facts, errors are located, text stays legible.

mod svg;

use std::collections::BTreeMap;

use paper_engine::diagnostic::Diagnostics;
use paper_engine::facts::{Fact, Facts, Grade, Published, Unit, Value};
use paper_engine::figure::{Font, NoDrawing, draw, load_all};
use paper_engine::language::Language;
use paper_engine::results::Frames;
use svg::numbers;

fn fact(value: f64, unit: Unit) -> Fact {
    Fact {
        moved_by: vec![("fault.repair_time".to_owned(), 0.9)],
        formula: "as given".to_owned(),
        source: "this test".to_owned(),
        ..Fact::new(Value::Number(value), unit, Grade::Assumption)
    }
}

/// Returns facts in hours for three loads on two machines, a text, and values without a logarithm.
fn facts() -> Facts {
    let mut facts = BTreeMap::new();
    for (load, one, two) in [("1", 1.0, 30.0), ("10", 10.0, 31.0), ("100", 100.0, 101.0)] {
        facts.insert(format!("load.{load}.one"), fact(one, Unit::HOURS));
        facts.insert(format!("load.{load}.two"), fact(two, Unit::HOURS));
    }
    let assumed = Fact {
        interval: Some((2.0, 9.0)),
        published: Some(Published { value: 5.0, high: Some(7.0), bound: None, place: "someone".to_owned() }),
        ..fact(4.0, Unit::HOURS)
    };
    facts.insert("assumed".to_owned(), assumed);
    let single = Published { value: 11.0, high: None, bound: None, place: "someone".to_owned() };
    facts.insert("published".to_owned(), Fact { published: Some(single), ..fact(12.0, Unit::HOURS) });
    facts.insert("zero".to_owned(), fact(0.0, Unit::HOURS));
    facts.insert("minutes".to_owned(), fact(90.0, Unit::MINUTES));
    facts.insert("memory".to_owned(), fact(3.0, Unit::GIBIBYTES));
    facts.insert("name".to_owned(), Fact { value: Value::Text("1.1.1".to_owned()), ..fact(0.0, Unit::TEXT) });
    Facts::from(facts)
}

fn drawn_from(drawing: &str, facts: &Facts) -> Result<String, Diagnostics> {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir(root.path().join("figures")).unwrap();
    let yaml = format!("title: T\ncaption: C\nalt: A\ndrawing:\n{drawing}");
    std::fs::write(root.path().join("figures/chart-x.yaml"), yaml).unwrap();
    let figures = load_all::<NoDrawing>(root.path())?;
    draw(
        "chart-x",
        &figures["chart-x"],
        facts,
        &Frames::default(),
        Language::English,
        &Font::installed().unwrap(),
    )
    .map(|drawn| drawn.svg)
}

fn drawn(drawing: &str) -> String {
    drawn_from(drawing, &facts()).unwrap()
}

const BARS: &str = r#"  bar:
    y: {title: Time, unit: h, at_one: equal}
    categories: [one, ten]
    series:
      - {label: machine, facts: [load.1.one, load.10.one]}
"#;
const LINES: &str = r#"  line:
    x: {title: Load, unit: jobs, scale: log, ticks: values}
    y: {title: Time, unit: h, scale: log}
    series:
      - {label: first machine, facts: load.*.one}
      - {label: second machine, facts: load.*.two}
"#;
const INTERVALS: &str = r#"  interval:
    x: {title: Time, unit: h, scale: log}
    moved_by: true
    rows:
      - {label: range, fact: assumed}
      - {label: one value, fact: published}
      - {label: minutes, fact: minutes}
"#;
const STACK: &str = r#"  bar:
    y: {title: Time, unit: h}
    stacked: true
    categories: [both]
    series:
      - {label: short, facts: [load.1.one]}
      - {label: long, facts: [load.100.one]}
"#;
const MAP: &str = r#"  heat:
    facts: load.{column}.{row}
    value: {title: Time, unit: h}
    columns: {axis: {title: Load, unit: jobs}, keys: ["1", "10", "100"]}
    rows: {axis: {title: Machine, unit: name}, keys: [one, two]}
"#;

/// Returns all kinds in panels, each indented below its own.
fn panels() -> String {
    let mut yaml = "  panels:\n    columns: 2\n    panels:\n".to_owned();
    for chart in [BARS, LINES, INTERVALS, STACK, MAP] {
        yaml += "      - title: Panel\n        chart:\n";
        chart.lines().for_each(|line| yaml += &format!("        {line}\n"));
    }
    format!("{yaml}wide: true\n")
}

#[test]
fn the_length_of_a_bar_is_its_value() {
    let heights = numbers(&drawn(BARS), "fill=\"#0072b2\"", "height");
    assert!((heights[1] / heights[0] - 10.0).abs() < 0.05, "{heights:?}");
    let mut changed = facts();
    changed.0.insert("load.1.one".to_owned(), fact(5.0, Unit::HOURS));
    let moved = numbers(&drawn_from(BARS, &changed).unwrap(), "fill=\"#0072b2\"", "height");
    assert!((moved[1] / moved[0] - 2.0).abs() < 0.05, "{moved:?}");
}

#[test]
fn equal_ratios_are_equal_distances_on_logarithmic_axes() {
    let svg = drawn(LINES);
    let line =
        svg.split("d=\"").find(|path| path.contains("stroke=\"#0072b2\"") && path.contains('L')).unwrap();
    let path = line.split('"').next().unwrap().replace(['M', 'L'], " ");
    let places: Vec<f64> = path.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let [x1, y1, x2, y2, x3, y3] = places[..] else { panic!("{places:?}") };
    assert!((x2 - x1 - (x3 - x2)).abs() < 0.05 && (y2 - y1 - (y3 - y2)).abs() < 0.05, "{places:?}");
    assert!(x3 > x1 && y3 < y1, "{places:?}");
}

#[test]
fn facts_of_one_kind_are_brought_to_the_unit_of_the_axis() {
    let yaml = "  bar:\n    y: {title: Time, unit: h}\n    categories: [a, b]\n    series:\n      - {label: s, \
                facts: [minutes, load.1.one]}\n";
    let heights = numbers(&drawn(yaml), "fill=\"#0072b2\"", "height");
    assert!((heights[0] / heights[1] - 1.5).abs() < 0.01, "{heights:?}");
}

#[test]
fn parts_of_a_stack_add_up() {
    let svg = drawn(STACK);
    let [below, above] = [("#0072b2", "#0072b2"), ("#f8dcc6", "#c24e00")].map(|(fill, stroke)| {
        let mark = format!("fill=\"{fill}\"");
        let bar = svg.split('<').find(|part| part.contains(&mark) && part.contains(stroke)).unwrap();
        [numbers(bar, &mark, "y")[0], numbers(bar, &mark, "height")[0]]
    });
    assert!((above[0] + above[1] - below[0]).abs() < 0.02, "{below:?} {above:?}");
}

#[test]
fn published_values_stand_beside_ours_with_a_key() {
    let svg = drawn(INTERVALS);
    for part in ["published range", ">\npublished\n<", "5–95 %", "fault: repair time"] {
        assert!(svg.contains(part), "no `{part}` in {svg}");
    }
}

/// Returns the boxes of all texts: left, top, right, bottom, and what they say.
fn boxes(svg: &str) -> Vec<([f64; 4], String)> {
    let font = Font::installed().unwrap();
    let texts = svg.split("<text ").skip(1).map(|element| {
        let element = element.split("</text>").next().unwrap();
        let (head, text) = element.split_once('>').unwrap();
        let of = |name: &str| numbers(&format!("< {head}"), "font-size", name)[0];
        let (x, y, size) = (of("x"), of("y"), of("font-size"));
        let text = text.trim().to_owned();
        let width = font.width(&text, size, head.contains("bold"));
        let left = match (head.contains("\"middle\""), head.contains("\"end\"")) {
            (true, _) => x - width / 2.0,
            (_, true) => x - width,
            _ => x,
        };
        ([left, y - 0.72 * size, left + width, y + 0.1 * size], text)
    });
    texts.collect()
}

#[test]
fn text_is_large_enough_and_touches_no_other_text() {
    for drawing in [BARS, LINES, INTERVALS, STACK, MAP, &panels()] {
        let svg = drawn(drawing);
        let width = if drawing.contains("wide") { 516.0 } else { 252.0 };
        assert!(numbers(&svg, "font-size", "font-size").iter().all(|&size| size >= 7.0), "{svg}");
        let boxes = boxes(&svg);
        assert!(boxes.len() > 4, "{svg}");
        for (index, (one, text)) in boxes.iter().enumerate() {
            assert!(one[0] >= 0.0 && one[2] <= width, "`{text}` leaves the page in {drawing}");
            for (two, other) in &boxes[index + 1..] {
                let apart = one[2] <= two[0] || two[2] <= one[0] || one[3] <= two[1] || two[3] <= one[1];
                assert!(apart, "`{text}` touches `{other}` in {drawing}");
            }
        }
    }
}

#[test]
fn labels_of_lines_that_end_together_are_moved_apart() {
    let ends: Vec<[f64; 4]> = boxes(&drawn(LINES))
        .into_iter()
        .filter(|(_, text)| text.contains("machine"))
        .map(|(place, _)| place)
        .collect();
    assert_eq!(ends.len(), 2);
    assert!((ends[0][1] - ends[1][1]).abs() >= 7.5, "{ends:?}");
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    assert!(drawn(&panels()) == drawn(&panels()));
    assert!(drawn(&panels()).len() <= paper_engine::figure::rules::MOST_BYTES);
}

fn check_errors(drawing: &str, expected: &[(&str, &str)]) {
    let errors = drawn_from(drawing, &facts()).unwrap_err();
    let said: Vec<String> = errors.0.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), expected.len(), "{said:#?}");
    for ((place, part), said) in expected.iter().zip(&said) {
        assert!(said.starts_with(&format!("figures/chart-x.yaml{place}: ")) && said.contains(part), "{said}");
        assert!(said.ends_with(')'), "no remedy in {said}");
    }
}

#[test]
fn all_mistakes_of_a_figure_are_told_together() {
    let drawing = BARS.replace("load.1.one", "load.1.won").replace("load.10.one", "memory");
    check_errors(
        &drawing,
        &[(":9:34", "there is no fact `load.1.won`"), (":9:46", "`GiB`, its axis in `h`")],
    );
}

#[test]
fn an_axis_without_a_unit_has_that_of_its_facts() {
    let bare = LINES.replace("Load, unit: jobs", "Load").replace("Time, unit: h", "Time");
    let svg = drawn(&bare);
    // What is read from names has no unit at all.
    assert!(svg.contains("\nLoad\n") && svg.contains("\nTime (h)\n"), "{svg}");
    assert_eq!(drawn(&LINES.replace("Time, unit: h", "Time")), drawn(LINES));
    assert_eq!(drawn(&LINES.replace("unit: h", "unit: \"\"")), drawn(LINES));
    let intervals = INTERVALS.replace("Time, unit: h", "Time");
    assert_eq!(drawn(&intervals), drawn(INTERVALS));
    check_errors(
        &intervals.replace("published", "memory"),
        &[(":10:34", "`memory` is in `GiB`, its axis in `h`")],
    );
    let mut counted = facts();
    for load in ["1", "10", "100"] {
        counted.0.insert(format!("load.{load}.one"), fact(3.0, Unit::COUNT));
    }
    let one = bare.replace("      - {label: second machine, facts: load.*.two}\n", "");
    let svg = drawn_from(&one, &counted).unwrap();
    assert!(svg.contains("\nTime\n"), "{svg}");
    let errors = drawn_from(&bare, &counted).unwrap_err();
    assert!(errors.0[0].message.contains("is in `h`, its axis in plain numbers"), "{errors:?}");
}

#[test]
fn a_series_without_points_is_an_error() {
    check_errors(&LINES.replace(", facts: load.*.one", ""), &[(":9:17", "`first machine` has no point")]);
    check_errors(
        &LINES.replace("load.*.one", "lode.*.one"),
        &[(":9:39", "no fact is named like `lode.*.one`")],
    );
    check_errors(&LINES.replace("load.*.one", "load.1.one"), &[(":9:39", "one wildcard")]);
}

#[test]
fn a_logarithmic_axis_refuses_zero() {
    let drawing = INTERVALS.replace("published", "zero");
    check_errors(&drawing, &[(":10:34", "fact `zero` reaches 0")]);
}

#[test]
fn a_text_is_no_number() {
    check_errors(&INTERVALS.replace("published", "name"), &[(":10:34", "fact `name` is a text")]);
}

#[test]
fn charts_that_show_nothing_are_errors() {
    let nothing = "  line:\n    x: {title: X, unit: h}\n    y: {title: Y, unit: h}\n    series: []\n";
    check_errors(nothing, &[("", "no series")]);
    check_errors("  interval:\n    x: {title: X, unit: h}\n    rows: []\n", &[("", "no row")]);
    check_errors("  panels: {columns: 0, panels: []}\n", &[("", "no panel"), (":5:21", "need a column")]);
    check_errors(&BARS.replace(", load.10.one", ""), &[(":9:17", "1 facts for 2 categories")]);
}

#[test]
fn labels_without_room_are_errors() {
    check_errors(
        &BARS.replace("[one, ten]", &format!("[one, {}]", "wide".repeat(20))),
        &[("", "is too wide")],
    );
    check_errors(&INTERVALS.replace("one value", &"very wide ".repeat(6)), &[("", "no room")]);
}

#[test]
fn a_missing_cell_of_a_map_is_named() {
    check_errors(
        &MAP.replace("[one, two]", "[one, too]"),
        &[
            (":6:12", "there is no fact `load.1.too`"),
            (":6:12", "there is no fact `load.10.too`"),
            (":6:12", "there is no fact `load.100.too`"),
        ],
    );
}

#[test]
fn a_sign_that_the_font_of_drawings_lacks_is_named() {
    let labelled = |label: &str| BARS.replace("[one, ten]", &format!("[one, \"{label}\"]"));
    check_errors(&labelled("漢"), &[("", "the font of drawings has no `漢`")]);
    for label in ["größer · 2×", "10⁻³ s⁻¹", "ώρες", "часы"] {
        assert!(drawn_from(&labelled(label), &facts()).is_ok(), "{label}");
    }
}
