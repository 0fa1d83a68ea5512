//! Tables from rows of results: a row for each group, the best numbers in bold, mistakes at their places.

use paper_engine::diagnostic::Diagnostics;
use paper_engine::facts::Facts;
use paper_engine::language::Language;
use paper_engine::results::Results;
use paper_engine::table::{Table, load_all, rows};

const CSV: &str =
    "system,size,time_ms\nours,64,3\nbase,8,4.5\nours,64,1\nbase,8,5.5\nour_s 2,8,-7\nour_s 2,8,-9\n";

const TABLE: &str = "rows:
  from: runs
  by: [system, size]
  headers: {system: \"*System*\"}
  columns:
    Time: {take: mean time_ms, unit: ms, digits: 1, best: lowest}
    Greatest: {take: max time_ms, best: highest}
    Runs: {take: count}
";

fn table(csv: &str, yaml: &str, language: Language) -> Result<Table, Diagnostics> {
    let root = tempfile::tempdir().unwrap();
    for folder in ["data", "paper/tables"] {
        std::fs::create_dir_all(root.path().join(folder)).unwrap();
    }
    std::fs::write(root.path().join("paper/tables/table-1.yaml"), format!("caption: C\n{yaml}")).unwrap();
    std::fs::write(root.path().join("data/runs.csv"), csv).unwrap();
    let sources = "sources:\n  runs: {file: data/runs.csv, about: by *hand*}\n";
    std::fs::write(root.path().join("paper/results.yaml"), sources).unwrap();
    let results = Results::read(root.path())?;
    let tables = load_all(root.path())?;
    rows("table-1", &tables["table-1"], &Facts::default(), results.frames(), language)
}

/// The cells of a table, those in bold between asterisks.
fn cells(table: &Table) -> Vec<String> {
    let cell = |cell: &paper_engine::table::Cell| {
        assert_eq!(cell.fact, None);
        if cell.best { format!("*{}*", cell.text) } else { cell.text.clone() }
    };
    table.rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join("|")).collect()
}

#[test]
fn a_row_for_each_group_has_what_is_taken_of_it() {
    let made = table(CSV, TABLE, Language::English).unwrap();
    let headers: Vec<&str> = made.columns.iter().map(|column| column.header.as_str()).collect();
    assert_eq!(headers, ["*System*", "size", "Time (ms)", "Greatest", "Runs"]);
    assert_eq!(cells(&made), ["ours|64|2.0|3|2", "base|8|5.0|*5.50*|2", "our\\_s 2|8|*−8.0*|−7|2"]);
    let note = "Source: `data/runs.csv` (`mean of time_ms`, `largest value of time_ms`, `number of rows`); by *hand*";
    assert_eq!(made.notes, [note]);
    let german = table(CSV, TABLE, Language::German).unwrap();
    assert_eq!(cells(&german)[1], "base|8|5,0|*5,50*|2");
}

#[test]
fn rows_are_in_the_order_that_is_asked_for() {
    let first = |sort: &str| {
        let made = table(CSV, &format!("{TABLE}  sort: {sort}\n"), Language::English).unwrap();
        made.rows.iter().map(|row| row[0].text.clone()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(first("Time"), "our\\_s 2 ours base");
    assert_eq!(first("Time\n  descending: true"), "base ours our\\_s 2");
    assert_eq!(first("size"), "base our\\_s 2 ours");
    assert_eq!(first("system"), "base our\\_s 2 ours");
    let whole = table(CSV, &TABLE.replace("[system, size]", "[]"), Language::English).unwrap();
    assert_eq!(cells(&whole), ["*−0.3*|*5.50*|6"]);
}

#[test]
fn an_interval_stands_behind_its_number() {
    let yaml = TABLE.replace("digits: 1", "digits: 1, interval: {quantiles: [0, 1]}");
    let made = table(CSV, &yaml, Language::English).unwrap();
    assert_eq!(made.rows[0][2].text, "2.0 (1.0–3.0)");
}

#[test]
fn mistakes_are_told_at_their_places() {
    let check = |csv: &str, yaml: &str, place: &str, part: &str| {
        let errors = table(csv, yaml, Language::English).expect_err(yaml);
        let said: Vec<String> = errors.0.iter().map(ToString::to_string).collect();
        let is_told =
            said.iter().any(|said| said.starts_with(place) && said.contains(part) && said.ends_with(')'));
        assert!(is_told, "{yaml}: {said:#?}");
    };
    let place = "paper/tables/table-1.yaml:";
    for (from, to, part) in [
        ("from: runs", "from: rusn", "did you mean `runs`?"),
        ("[system, size]", "[sistem, size]", "did you mean `system`?"),
        ("mean time_ms", "mean tim_ms", "did you mean `time_ms`?"),
        ("mean time_ms", "maen time_ms", "`maen` is no statistic"),
        ("  columns:", "  sort: Tme\n  columns:", "did you mean `Time`?"),
        ("  from: runs", "  from: runs\n  where: {size: 65}", "no row has `65`"),
        ("  from: runs", "  from: runs\n  where: {size: {above: 65}}", "no row of `runs` enters the table"),
        ("rows:", "columns: [{header: a}]\nrows:", "make all columns"),
        ("best: lowest", "best: least", "`least`"),
        ("max time_ms", "geometric mean time_ms", "all values have to be above zero"),
    ] {
        let place = if part.contains("make all") { "paper/tables/table-1.yaml: " } else { place };
        check(CSV, &TABLE.replace(from, to), place, part);
    }
    check(
        &CSV.replace("5.5", "n/a"),
        TABLE,
        "data/runs.csv:5:8: ",
        "`n/a` here, and the table takes numbers",
    );
    check(&CSV.replace("base,8,5.5", "base,,5.5"), TABLE, "data/runs.csv:5:6: ", "`size` is empty here");
    check("system,size,time_ms\n", TABLE, place, "no row of `runs` enters the table");
    check(CSV, "rows: []\n", "paper/tables/table-1.yaml: ", "has no columns");
    check(CSV, "rows: {from: runs, columns: {}}\n", place, "takes nothing");
}
