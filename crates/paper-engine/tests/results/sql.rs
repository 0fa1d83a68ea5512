//! Files of columns and queries, which a program with SQL reads.

use super::{Paper, runs};

/// Files that pyarrow wrote: see `columns.py`.
const KINDS: [(&str, &[u8]); 3] = [
    ("data/kinds.parquet", include_bytes!("kinds.parquet")),
    ("data/kinds.feather", include_bytes!("kinds.feather")),
    ("data/kinds.arrows", include_bytes!("kinds.arrows")),
];

fn write(paper: &Paper, file: &str, bytes: &[u8]) {
    std::fs::create_dir_all(paper.root().join("data")).unwrap();
    std::fs::write(paper.root().join(file), bytes).unwrap();
}

/// The value of the fact `a.b`, as a reader sees it.
fn asked(paper: &Paper, sources: &str, fact: &str) -> String {
    paper.write("paper/results.yaml", &format!("sources: {{{sources}}}\nfacts:\n  a.b: {fact}\n"));
    match paper.facts() {
        Ok(facts) => facts.get("a.b").map_or("nothing".to_owned(), |fact| fact.display(None)),
        Err(_) => paper.errors(),
    }
}

#[test]
fn columns_of_every_kind_are_numbers_and_words() {
    for (file, bytes) in KINDS {
        let paper = Paper::new(&[]);
        write(&paper, file, bytes);
        let check = |fact: &str, expected: &str| {
            let found = asked(&paper, &format!("k: {{file: {file}}}"), fact);
            assert!(found.contains(expected), "{file} {fact}: {found}");
        };
        check("{from: k, take: sum half, unit: 1}", "-0.5");
        check("{from: k, take: sum small, unit: 1, empty: skip}", "3");
        check("{from: k, take: sum price, unit: 1, empty: skip}", "4.25");
        check("{from: k, take: sum gain.mean, unit: 1}", "6");
        // Numbers that no float keeps stay apart.
        check("{from: k, take: distinct id, unit: 1}", "3");
        check("{from: k, where: {id: '9007199254740993'}, take: only gain.of}", "y");
        check("{from: k, where: {kind: b}, take: only half, unit: 1}", "-2");
        check("{from: k, where: {ok: true}, take: only day}", "2024-02-29");
        check("{from: k, where: {ok: true}, take: only at}", "2024-02-29T12:30:00");
        check("{from: k, where: {name: {given: false}}, take: only small, unit: 1}", "2");
        check("{from: k, take: count, where: {nothing: {given: false}}}", "3");
        check("{from: k, take: mean value, unit: 1}", &format!("{file}:3:1: `value` is `NaN` here"));
        check("{from: k, take: mean vlaue, unit: 1}", "did you mean `value`?");
    }
    let paper = Paper::new(&[("data/none.parquet", "no columns\n")]);
    write(&paper, "data/lists.parquet", include_bytes!("lists.parquet"));
    let found = asked(&paper, "k: {file: data/lists.parquet}", "{from: k, take: count}");
    assert!(found.contains("data/lists.parquet: the column `a` holds List(Int64"), "{found}");
    let found = asked(&paper, "k: {file: data/none.parquet}", "{from: k, take: count}");
    assert!(found.contains("data/none.parquet: this is no Parquet: "), "{found}");
}

#[test]
fn a_query_gives_what_the_short_form_gives() {
    let results = "
sources:
  runs: {file: data/runs.csv}
  fast: {query: SELECT * FROM runs WHERE latency_ms < 5, columns: {latency_ms: number}}
facts:
  mean.{system}.{workload}: {from: runs, take: mean latency_ms, unit: ms}
  asked.{system}.{workload}:
    query: SELECT system, workload, avg(latency_ms) AS value FROM runs GROUP BY system, workload
    unit: ms
  slope.short: {from: runs, where: {workload: scan}, take: slope latency_ms on size, unit: ms}
  slope.asked:
    query: |
      WITH scans AS (SELECT * FROM runs WHERE workload = 'scan')
      SELECT regr_slope(latency_ms, size) FROM scans
    unit: ms
  fast.short: {from: runs, where: {latency_ms: {below: 5}}, take: count}
  fast.asked: {query: SELECT count(*) FROM fast, unit: count}
  fast.taken: {from: fast, take: median latency_ms, unit: ms}
  fast.first: {query: SELECT system FROM fast ORDER BY latency_ms LIMIT 1}
";
    let paper = Paper::new(&[("data/runs.csv", &runs()), ("paper/results.yaml", results)]);
    let facts = paper.facts().unwrap();
    let number = |name: &str| facts.get(name).unwrap_or_else(|| panic!("{name}")).number().unwrap();
    for name in facts.names().filter_map(|name| name.strip_prefix("mean.")) {
        let (short, asked) = (number(&format!("mean.{name}")), number(&format!("asked.{name}")));
        assert!((short - asked).abs() <= 1e-12 * short, "{name}: {short} {asked}");
    }
    assert_eq!(facts.names().filter(|name| name.starts_with("asked.")).count(), 12);
    assert!((number("slope.short") - number("slope.asked")).abs() < 1e-9);
    assert_eq!(number("fast.short"), number("fast.asked"));
    assert!(number("fast.taken") < 5.0);
    assert_eq!(facts.get("fast.first").unwrap().display(None), "ours");
    let asked = facts.get("fast.asked").unwrap();
    assert_eq!(asked.source, "data/runs.csv");
    assert!(asked.formula.contains("SELECT count(*) FROM fast"), "{}", asked.formula);
    let rests_on: Vec<&str> = asked.rests_on.iter().map(|read| read.name()).collect();
    assert_eq!(rests_on, ["fast"]);
}

#[test]
fn a_query_reads_and_nothing_else() {
    let paper = Paper::new(&[("data/runs.csv", "System,ms\nours,1\nbase,2\n"), ("data/other.csv", "a\n1\n")]);
    let check = |query: &str, expected: &str| {
        let fact = format!("{{query: \"{query}\", unit: ms}}");
        let found = asked(&paper, "runs: {file: data/runs.csv}", &fact);
        assert!(found.contains(expected), "{query}: {found}");
    };
    check("SELECT max(ms) FROM runs", "2\u{a0}ms");
    check("SELECT ms FROM runs WHERE System = 'ours'", "1\u{a0}ms");
    check("SELECT ms FROM runs", "`a.b` has no value of ms over 2 rows");
    check("SELECT ms FROM runs WHERE ms > 7", "no row of");
    check("SELECT ms, System FROM runs LIMIT 1", "gives 2 columns, and not one value");
    check("SELECT mss FROM runs", "paper/results.yaml:3:16: there is no column `mss`");
    check("SELECT system FROM runs", "did you mean `System`?");
    check("SELECT ms FROM run", "there is no source `run`");
    check("SELECT ms FROM runs JOIN other ON true", "there is no source `other`");
    check("SELECT a FROM 'data/other.csv'", "there is no source `data/other.csv`");
    // The name of a source is no query.
    check("runs", "this query has no answer: ");
    check("SELEC ms FROM runs", "this query has no answer: ");
    check("SELECT median(ms FROM runs", "this query has no answer: ");
    check("SELECT nosuch(ms) FROM runs", "nosuch");
    check("SELECT random() FROM runs LIMIT 1", "`random()` gives another value each time");
    check("SELECT to_unixtime(now()) FROM runs LIMIT 1", "gives another value each time");
    check("SELECT ms FROM runs WHERE ms < (SELECT random())", "gives another value each time");
    check("SELECT ms / 0 FROM runs LIMIT 1", "is `inf` here");
    check(
        "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t",
        "Recursive CTEs are not enabled",
    );
    for changing in [
        "DROP TABLE runs",
        "INSERT INTO runs VALUES ('x', 1)",
        "CREATE TABLE t AS SELECT * FROM runs",
        "COPY runs TO 'data/out.csv'",
        "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION 'data/other.csv'",
        "SET datafusion.execution.batch_size = 1",
        "EXPLAIN SELECT * FROM runs",
        "SHOW TABLES",
    ] {
        check(changing, "this is no query that gives rows");
    }
    check("SELECT 1; SELECT 2", "this query has no answer: ");
    assert!(!paper.root().join("data/out.csv").exists());
    let both = "a: {query: SELECT * FROM b}, b: {query: SELECT * FROM a}";
    let found = asked(&paper, both, "{from: a, take: count}");
    assert!(found.contains("the query of `a` reads what it gives"), "{found}");
    let found = asked(&paper, "a: {query: SELECT 1 AS x, file: data/runs.csv}", "{from: a, take: count}");
    assert!(found.contains("a source has one of `file`, `files` and `query`"), "{found}");
}

#[test]
fn a_million_rows_of_columns_are_read() {
    use parquet::arrow::ArrowWriter;
    use std::sync::Arc;

    use datafusion::arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};

    let count = 1_000_000;
    let systems: ArrayRef =
        Arc::new((0..count).map(|row| Some(["ours", "base"][row % 2])).collect::<StringArray>());
    let latencies: ArrayRef =
        Arc::new((0..count).map(|row| Some((row % 977) as f64 / 10.0)).collect::<Float64Array>());
    let batch = RecordBatch::try_from_iter([("system", systems), ("latency_ms", latencies)]).unwrap();
    let paper = Paper::new(&[]);
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    write(&paper, "data/events.parquet", &bytes);
    paper.write(
        "paper/results.yaml",
        "
sources:
  events: {file: data/events.parquet}
facts:
  median.{system}: {from: events, take: median latency_ms, unit: ms}
  asked.{system}: {query: 'SELECT system, median(latency_ms) FROM events GROUP BY system', unit: ms}
",
    );
    let facts = paper.facts().unwrap();
    for system in ["ours", "base"] {
        let number = |kind: &str| facts.get(&format!("{kind}.{system}")).unwrap().number().unwrap();
        assert_eq!(number("median"), number("asked"));
    }
}
