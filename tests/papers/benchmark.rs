//! A paper over an author's own results alone: rows of CSV, columns of Parquet, queries.

use crate::paper::Paper;

#[test]
fn a_paper_over_results_has_the_same_bytes_everywhere() {
    let papers = [Paper::benchmark(), Paper::benchmark()];
    for (paper, threads) in papers.iter().zip(["1", "2"]) {
        paper.command("build").args(["--threads", threads]).assert().success();
    }
    let [one, two] = papers.map(|paper| paper.files("build"));
    assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
    let differ: Vec<&String> = one.keys().filter(|name| one[*name] != two[*name]).collect();
    assert!(differ.is_empty(), "{differ:?} differ");
}

#[test]
fn one_changed_row_moves_what_reads_it_and_nothing_else() {
    let paper = Paper::benchmark();
    paper.command("build").assert().success();
    std::fs::rename(paper.path("build"), paper.path("before")).unwrap();
    let runs = paper.read("data/runs.csv");
    // A row far above the median goes far below it.
    let slowest = |line: &&str| line.split(',').nth(3).unwrap().parse::<f64>().unwrap() > 1.3;
    let row = runs.lines().find(|line| line.starts_with("hashed,read,") && slowest(line)).unwrap();
    let number = runs.lines().position(|line| line == row).unwrap() + 1;
    let was = row.split(',').nth(3).unwrap();
    paper.write("data/runs.csv", runs.replacen(row, &row.replacen(was, "0.125", 1), 1));
    paper.command("build").assert().success();
    let mut diff = assert_cmd::Command::cargo_bin("phext-paper").unwrap();
    diff.args(["diff", "--format", "json"]).args(["before", "build"].map(|side| paper.path(side)));
    let output = diff.output().unwrap();
    let changes: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let moved = changes["moved"].as_array().unwrap();
    let names: Vec<&str> = moved.iter().map(|one| one["fact"].as_str().unwrap()).collect();
    assert_eq!(names, ["gain.all", "gain.read", "latency.hashed.read"], "{changes:#}");
    let read = moved.iter().find(|one| one["fact"] == "latency.hashed.read").unwrap();
    let expected = format!("data/runs.csv:{number}: latency_ms {was} → 0.125");
    assert_eq!(read["rows"], serde_json::json!([expected]), "{read:#}");
    assert!(read["sentences"].to_string().contains("A read takes the hashed store"), "{read:#}");
    let gain = moved.iter().find(|one| one["fact"] == "gain.all").unwrap();
    assert_eq!(gain["because"], serde_json::json!(["source.runs"]), "{gain:#}");
}

#[test]
fn a_fact_is_explained_by_its_rows() {
    let paper = Paper::benchmark();
    let explain = |arguments: &[&str]| {
        let mut command = assert_cmd::Command::cargo_bin("phext-paper").unwrap();
        let output = command
            .args(["results", "explain", "--root"])
            .arg(paper.root())
            .args(arguments)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
    };
    let said = explain(&["latency.hashed.read"]);
    assert!(said.contains("taken      median of latency_ms over 30 rows of `runs`"), "{said}");
    assert!(said.contains("  data/runs.csv:2   hashed  read      "), "{said}");
    assert!(said.contains("and 20 more rows; --all shows them"), "{said}");
    let whole: serde_json::Value =
        serde_json::from_str(&explain(&["latency.hashed.read", "--json"])).unwrap();
    assert_eq!(whole["rows"].as_array().unwrap().len(), 30);
    assert!(explain(&["slow.logged"]).contains("SELECT system, avg(CASE"));
    assert!(
        explain(&["gain.read"])
            .contains("is taken of no row; it is latency.logged.read / latency.hashed.read")
    );
    assert!(explain(&["latency.hashed.reed"]).contains("did you mean `latency.hashed.read`?"));
}
