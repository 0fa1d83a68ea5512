//! Charts over rows of results: what they show is what stands in the rows, mistakes are told at their places, and
//! drawings keep the rules of the page.

mod svg;

use std::collections::BTreeMap;
use std::time::Instant;

use paper_engine::diagnostic::Diagnostics;
use paper_engine::facts::{Fact, Facts, Grade, Unit, Value};
use paper_engine::figure::{Font, NoDrawing, draw, load_all, rules};
use paper_engine::language::Language;
use paper_engine::results::Results;
use svg::numbers;

/// Draws the rows of `data/runs.csv`.
fn drawn(csv: &str, drawing: &str) -> Result<String, Diagnostics> {
    let root = tempfile::tempdir().unwrap();
    for folder in ["data", "figures", "paper"] {
        std::fs::create_dir(root.path().join(folder)).unwrap();
    }
    let yaml = format!("title: T\ncaption: C\nalt: What is seen.\ndrawing:\n{drawing}");
    std::fs::write(root.path().join("figures/chart-x.yaml"), yaml).unwrap();
    std::fs::write(root.path().join("data/runs.csv"), csv).unwrap();
    std::fs::write(root.path().join("paper/results.yaml"), "sources:\n  runs: {file: data/runs.csv}\n")
        .unwrap();
    let results = Results::read(root.path())?;
    let figures = load_all::<NoDrawing>(root.path())?;
    let limit = Fact::new(Value::Number(2.0), Unit::SECONDS, Grade::Measured);
    let facts = Facts::from(BTreeMap::from([("limit.upper".to_owned(), limit)]));
    let font = Font::installed().unwrap();
    let frames = results.frames();
    draw("chart-x", &figures["chart-x"], &facts, frames, Language::English, &font).map(|drawn| drawn.svg)
}

/// Draws them and holds the drawing against the rules of the page.
fn ruled(csv: &str, drawing: &str) -> String {
    let svg = drawn(csv, drawing).unwrap_or_else(|errors| panic!("{drawing}: {errors:?}"));
    let broken = rules::broken(&svg, &Font::installed().unwrap());
    assert!(broken.is_empty(), "{drawing}: {broken:?}");
    assert!(!svg.contains("NaN") && !svg.contains("inf\""), "{drawing}");
    svg
}

/// Checks what is told of a drawing: the beginning of each error, and a part of it.
fn check_error(csv: &str, drawing: &str, place: &str, part: &str) {
    let errors = drawn(csv, drawing).expect_err(drawing);
    let said: Vec<String> = errors.0.iter().map(ToString::to_string).collect();
    let is_told =
        said.iter().any(|said| said.starts_with(place) && said.contains(part) && said.ends_with(')'));
    assert!(is_told, "{drawing}: {said:#?}");
}

/// Rows of three systems, four works and five sizes, eight runs each.
fn runs() -> String {
    let mut out = "system,work,size,latency,day\n".to_owned();
    let mut state = 7_u64;
    for (place, system) in ["ours", "base", "other"].into_iter().enumerate() {
        for (scale, work) in [(1.0, "read"), (3.0, "write"), (12.0, "scan")] {
            for size in [1, 4, 16, 64, 256] {
                for run in 0..8 {
                    state =
                        state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    let random = (state >> 11) as f64 / (1_u64 << 53) as f64;
                    let latency = scale * (1.0 + place as f64) * (1.0 + random) * f64::from(size).powf(0.2);
                    out += &format!("{system},{work},{size},{latency:.4},2024-{:02}-01\n", run + 1);
                }
            }
        }
    }
    out
}

const LINE: &str = "  line:
    x: {title: Size, unit: KiB, scale: log, ticks: values}
    y: {title: Latency, unit: ms}
    rows: {from: runs, where: {work: read}, x: size, take: median latency, by: system, interval: bootstrap}
";
const BAR: &str = "  bar:
    y: {title: Latency, unit: ms}
    rows: {from: runs, x: work, take: median latency, by: system, interval: bootstrap}
";
const BOX: &str = "  box:
    y: {title: Latency, unit: ms}
    rows: {from: runs, x: work, y: latency, by: system}
";
const SCATTER: &str = "  scatter:
    x: {title: Size, unit: KiB}
    y: {title: Latency, unit: ms}
    rows: {from: runs, x: size, y: latency, by: system}
    fit: true
";
const HISTOGRAM: &str = "  histogram:
    x: {title: Latency, unit: ms}
    y: {title: Runs}
    rows: {from: runs, x: latency, by: system}
";
const ECDF: &str = "  ecdf:
    x: {title: Latency, unit: ms}
    y: {title: Share of runs, unit: \"%\"}
    rows: {from: runs, x: latency, by: system}
";
const HEATMAP: &str = "  heatmap:
    value: {title: Latency, unit: ms}
    x: {title: Size, unit: KiB}
    y: {title: System}
    rows: {from: runs, where: {work: read}, x: size, y: system, take: median latency}
";

/// The same chart of other looks.
fn all() -> Vec<String> {
    let violin = BOX.replace("box:", "violin:");
    let stacked = BAR.replace("  bar:\n", "  bar:\n    stacked: true\n");
    let density = SCATTER.replace(", by: system", "") + "    bins: 12\n";
    let mut all: Vec<String> = [LINE, BAR, BOX, SCATTER, HISTOGRAM, ECDF, HEATMAP].map(str::to_owned).into();
    all.extend([violin, stacked, density]);
    let logarithmic: Vec<String> =
        all.iter().map(|one| one.replace("unit: ms}", "unit: ms, scale: log}")).collect();
    all.extend(logarithmic.into_iter().filter(|one| !one.contains("stacked") && !one.contains("heatmap")));
    all
}

/// A chart for each value of a column, side by side.
fn panels(chart: &str, by: &str) -> String {
    let inside: String = chart.lines().map(|line| format!("    {line}\n")).collect();
    format!("  panels:\n    columns: 3\n    by: {by}\n    chart:\n{inside}wide: true\n")
}

#[test]
fn every_kind_keeps_the_rules_alone_and_in_panels() {
    let csv = runs();
    for chart in all() {
        let svg = ruled(&csv, &chart);
        assert!(
            svg.contains("<desc") && svg.contains("Drawn from results: ") && svg.contains("data/runs.csv")
        );
        assert_eq!(svg, ruled(&csv, &chart), "the same rows give the same bytes");
        ruled(&csv, &panels(&chart.replace(", where: {work: read}", ""), "work"));
    }
}

#[test]
fn rows_of_any_shape_are_drawn() {
    let one = "system,work,size,latency,day\nours,read,4,2.5,2024-01-01\n";
    let equal: String =
        "system,work,size,latency,day\n".to_owned() + &"ours,read,4,2.5,2024-01-01\n".repeat(9);
    let unicode: String =
        runs().replace("ours", "größer ‹µs›").replace("base", "Ελλάδα").replace("other", "a & <b>");
    for chart in all() {
        let bare = chart.replace(", interval: bootstrap", "").replace("    fit: true\n", "");
        ruled(one, &bare);
        ruled(&equal, &bare);
        let svg = ruled(&unicode, &chart);
        assert!(!svg.contains("<b>"), "{svg}");
    }
    // The places across need no order, and rows at one place are one point.
    let mixed = "system,work,size,latency\nours,read,16,3\nours,read,1,1\nours,read,16,5\nours,read,4,2\n";
    let line = LINE.replace(", interval: bootstrap", "").replace(", by: system", "");
    let sorted = "system,work,size,latency\nours,read,1,1\nours,read,4,2\nours,read,16,5\nours,read,16,3\n";
    let paths = |csv: &str| ruled(csv, &line).split("<path").skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(paths(mixed), paths(sorted));
    // A series without a row in one panel has its colour in the others, and nothing there.
    let partial: String =
        runs().lines().filter(|line| !line.starts_with("base,scan")).collect::<Vec<_>>().join("\n");
    for chart in all() {
        let svg = ruled(&partial, &panels(&chart.replace(", where: {work: read}", ""), "work"));
        assert!(!chart.contains("by: system") || svg.contains("base"), "{svg}");
    }
}

#[test]
fn heights_are_the_numbers_of_the_rows() {
    let csv = "kind,value\na,1\na,3\nb,8\n";
    let bar = "  bar:\n    y: {title: V}\n    rows: {from: runs, x: kind, take: mean value}\n";
    let heights = numbers(&ruled(csv, bar), "fill=\"#0072b2\"", "height");
    assert!((heights[1] / heights[0] - 4.0).abs() < 0.02, "{heights:?}");
    let map = "  heatmap:\n    value: {title: V}\n    x: {title: K}\n    y: {title: K}\n    rows: {from: runs, x: kind, y: kind, take: sum value}\n";
    let svg = ruled(csv, map);
    let cells = [">\n4\n<", ">\n8\n<", ">\n–\n<"];
    assert!(cells.iter().all(|cell| svg.contains(cell)), "{svg}");
    let counted =
        "  histogram:\n    x: {title: V}\n    y: {title: N}\n    bins: 2\n    rows: {from: runs, x: value}\n";
    let svg = ruled(csv, counted);
    let path = svg.split("d=\"").find(|path| path.contains("fill=\"#0072b2\"")).unwrap();
    let path = path.split('"').next().unwrap();
    let tops: Vec<f64> = path
        .split('V')
        .skip(1)
        .step_by(2)
        .map(|part| part.split('H').next().unwrap().parse().unwrap())
        .collect();
    let base: f64 = path.split(['M', ' ', 'V']).nth(2).unwrap().parse().unwrap();
    assert!(((base - tops[0]) / (base - tops[1]) - 2.0).abs() < 0.01, "{path}");
}

#[test]
fn a_line_of_least_squares_goes_through_points_on_a_line() {
    let csv = "x,y\n1,10\n2,20\n4,40\n";
    let scatter = "  scatter:\n    x: {title: X}\n    y: {title: Y}\n    rows: {from: runs, x: x, y: y}\n    fit: true\n";
    for scale in ["linear", "log"] {
        let scaled = scatter.replace("title: X", &format!("title: X, scale: {scale}"));
        let svg = ruled(csv, &scaled.replace("title: Y", &format!("title: Y, scale: {scale}")));
        assert!(svg.contains("least squares"));
        let line = svg
            .split("d=\"")
            .filter(|path| path.contains("stroke=\"#0072b2\"") && path.contains('L'))
            .last()
            .unwrap();
        let ends: Vec<f64> = line
            .split('"')
            .next()
            .unwrap()
            .replace(['M', 'L'], " ")
            .split_whitespace()
            .map(|n| n.parse().unwrap())
            .collect();
        let dots =
            svg.split("d=\"").find(|path| path.contains("stroke=\"#ffffff\"") && path.contains('a')).unwrap();
        let first: Vec<f64> = dots[1..].split(['a', ' ']).take(2).map(|n| n.parse().unwrap()).collect();
        assert!(
            (first[0] + 2.3 - ends[0]).abs() < 0.02 && (first[1] - ends[1]).abs() < 0.02,
            "{ends:?} {first:?}"
        );
    }
}

#[test]
fn dates_and_words_have_axes() {
    let csv = runs();
    let dates =
        LINE.replace("unit: KiB, scale: log, ticks: values", "scale: time").replace("x: size", "x: day");
    assert!(ruled(&csv, &dates).contains("2024-04"));
    let words =
        LINE.replace("unit: KiB, scale: log, ticks: values", "scale: category").replace("x: size", "x: day");
    check_error(&csv, &words, "figures/chart-x.yaml: ", "`2024-01-01` is too wide");
    let words = words.replace("x: day", "x: work").replace(", where: {work: read}", "");
    assert!(ruled(&csv, &words).contains("\nscan\n"));
    check_error(&csv, &LINE.replace("x: size", "x: work"), "data/runs.csv:2:6: ", "`work` is `read` here");
    check_error(&csv, &dates.replace("x: day", "x: work"), "data/runs.csv:2:6: ", "takes dates");
    check_error(
        &csv,
        &HISTOGRAM.replace("unit: ms", "scale: category"),
        "figures/chart-x.yaml: ",
        "puts values in order",
    );
}

#[test]
fn annotations_stand_at_numbers_and_facts() {
    let csv = runs();
    let noted = |notes: &str| format!("{LINE}    annotations: [{notes}]\n");
    let svg = ruled(
        &csv,
        &noted("{y: limit.upper, text: a limit}, {x: 16, text: page}, {x: 2, y: 1, text: cache}"),
    );
    assert!(["a limit", "page", "cache"].iter().all(|text| svg.contains(text)), "{svg}");
    // Two seconds are 2000 milliseconds, to which the axis grows.
    assert!(svg.contains("\n2000\n"), "{svg}");
    check_error(
        &csv,
        &noted("{y: limit.uper, text: a}"),
        "figures/chart-x.yaml:9:23: ",
        "did you mean `limit.upper`?",
    );
    let bare = noted("{y: limit.upper, text: a}").replace(", unit: ms", "");
    check_error(&csv, &bare, "figures/chart-x.yaml:9:23: ", "its axis in plain numbers");
    check_error(&csv, &noted("{x: -1, text: a}"), "figures/chart-x.yaml:9:23: ", "positive numbers alone");
    check_error(&csv, &noted("{text: a}"), "figures/chart-x.yaml:9:26: ", "has no place");
    let on_bars = format!("{BAR}    annotations: [{{x: 1, text: a}}]\n");
    check_error(&csv, &on_bars, "figures/chart-x.yaml:8:32: ", "are no numbers");
}

#[test]
fn mistakes_are_told_at_their_places() {
    let csv = runs();
    let place = "figures/chart-x.yaml:";
    for (from, to, part) in [
        ("from: runs", "from: rusn", "did you mean `runs`?"),
        ("x: size", "x: sise", "did you mean `size`?"),
        ("by: system", "by: sistem", "did you mean `system`?"),
        ("median latency", "median latncy", "did you mean `latency`?"),
        ("median latency", "medain latency", "`medain` is no statistic"),
        ("work: read", "work: raed", "did you mean `read`?"),
        ("work: read", "wrok: read", "did you mean `work`?"),
        ("work: read", "latency: {above: 1e9}", "no row of `runs` enters the chart"),
        ("interval: bootstrap", "interval: {bootstrap: {level: 95}}", "a probability such as 0.95"),
        ("by: system", "by: latency", "a chart tells 5 series apart"),
        ("    rows", "    series: [{label: a, facts: a.*}]\n    rows", "facts or rows"),
        ("by: system", "bye: system", "`bye`"),
    ] {
        check_error(&csv, &LINE.replace(from, to), place, part);
    }
    let bad = |cell: &str| csv.replacen("ours,read,1,", &format!("ours,read,1,{cell}"), 1);
    let broken = |cell: &str| {
        let mut lines: Vec<String> = csv.lines().map(str::to_owned).collect();
        lines[3] = format!("ours,read,1,{cell},2024-01-01");
        lines.join("\n")
    };
    assert_ne!(bad("9"), csv);
    for (cell, part) in
        [("n/a", "`n/a` here"), ("", "is empty here"), ("NaN", "`NaN` here"), ("-inf", "`-inf` here")]
    {
        for chart in [LINE, BAR, BOX, SCATTER, HISTOGRAM, ECDF, HEATMAP] {
            let chart = chart.replace(", interval: bootstrap", "");
            check_error(&broken(cell), &chart, "data/runs.csv:4:13: ", part);
            check_error(
                &broken(cell),
                &panels(&chart.replace(", where: {work: read}", ""), "work"),
                "data/runs.csv:4:13: ",
                part,
            );
        }
    }
    ruled(&broken(""), &BOX.replace("from: runs", "from: runs, empty: skip"));
    for chart in [BOX, SCATTER, HISTOGRAM, ECDF] {
        let log = chart.replace("title: Latency", "scale: log, title: Latency");
        check_error(
            &broken("-3"),
            &log,
            "data/runs.csv:4:13: ",
            "`latency` is -3 here, and a logarithmic axis",
        );
        check_error(&broken("1e200"), chart, "data/runs.csv:4:13: ", "no axis reaches as far");
    }
    let negative = BAR
        .replace("unit: ms", "unit: ms, scale: log")
        .replace("median", "min")
        .replace(", interval: bootstrap", "");
    check_error(&broken("-3"), &negative, place, "the smallest value of latency reaches -3");
    check_error(&csv, &panels(LINE, "wrok"), place, "did you mean `work`?");
    check_error(&csv, &panels(LINE, "latency"), place, "1 to 24 panels");
    check_error(
        &csv,
        &SCATTER.replace("x: size, y", "x: size, where: {size: 1}, y"),
        place,
        "no line goes through",
    );
    check_error(&csv, &(HISTOGRAM.to_owned() + "    bins: 0\n"), place, "1 to 200 bins");
    check_error(&csv, &(SCATTER.to_owned() + "    bins: 9\n"), place, "and no series");
    let long = csv.replace("read", "a_very_long_name_without_any_space_in_which_it_could_be_broken_to_lines");
    check_error(&long, BAR, place, "is too wide");
    let empty = "system,work,size,latency,day\n";
    check_error(empty, BOX, place, "no row of `runs` enters the chart");
    let many: String = (0..50).map(|kind| format!("kind {kind},{kind}\n")).collect();
    let bars = "  bar:\n    y: {title: V}\n    rows: {from: runs, x: kind, take: mean value}\n";
    check_error(&format!("kind,value\n{many}"), bars, place, "too wide");
}

#[test]
fn many_rows_are_drawn_in_a_second_or_refused_with_what_helps() {
    let mut csv = String::from("x,y,kind\n");
    let mut state = 1_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    for row in 0..1_000_000 {
        let x = -(1.0 - random()).ln();
        csv += &format!("{x:.5},{:.5},{}\n", x + random(), row % 3);
    }
    let axes = "    x: {title: X}\n    y: {title: Y}\n";
    for chart in [
        format!("  histogram:\n{axes}    rows: {{from: runs, x: x, by: kind}}\n"),
        format!("  ecdf:\n{axes}    rows: {{from: runs, x: x, by: kind}}\n"),
        "  box:\n    y: {title: Y}\n    rows: {from: runs, x: kind, y: y}\n".to_owned(),
        "  violin:\n    y: {title: Y}\n    rows: {from: runs, x: kind, y: y}\n".to_owned(),
        format!("  scatter:\n{axes}    rows: {{from: runs, x: x, y: y}}\n    bins: 40\n"),
    ] {
        let start = Instant::now();
        let svg = drawn(&csv, &chart).unwrap();
        println!(
            "{}: {:?}, {} bytes",
            chart.lines().next().unwrap_or_default().trim(),
            start.elapsed(),
            svg.len()
        );
        assert!(svg.len() < rules::MOST_BYTES_OF_ROWS, "{}", svg.len());
    }
    let dots = format!("  scatter:\n{axes}    rows: {{from: runs, x: x, y: y}}\n");
    check_error(&csv, &dots, "figures/chart-x.yaml:8:18: ", "say `bins: 40`");
    let most: String = csv.split_inclusive('\n').take(20_001).collect();
    ruled(&most, &dots);
}
