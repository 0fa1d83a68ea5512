//! Facts of an author's own results: by other people's programs, and every mistake at its place.

#[cfg(feature = "sql")]
mod sql;

use std::path::Path;
use std::process::Command;

use paper_engine::diagnostic::Diagnostics;
use paper_engine::facts::{Fact, Facts, Grade, Unit, validate};
use paper_engine::model::Model;
use paper_engine::results::Results;
use paper_engine::study::Study;

/// A paper that is nothing but results.
struct Paper(tempfile::TempDir);

impl Paper {
    fn new(files: &[(&str, &str)]) -> Self {
        let paper = Self(tempfile::tempdir().unwrap());
        files.iter().for_each(|(file, text)| paper.write(file, text));
        paper
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.0.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn root(&self) -> &Path {
        self.0.path()
    }

    fn facts(&self) -> Result<Facts, Diagnostics> {
        let model = Model::read(self.root(), &Study::EMPTY)?;
        let results = Results::read(self.root())?;
        let mut facts = Facts::default();
        results.add(&results.taken(&model)?, &mut facts, &model)?;
        Ok(facts)
    }

    /// Returns the errors of a paper in lines: place, message, and remedy behind an arrow.
    fn errors(&self) -> String {
        let errors = self.facts().expect_err("an error");
        let told = errors.0.iter().map(|error| {
            let remedy = error.remedy.as_deref().unwrap_or_default();
            format!("{}: {} -> {remedy}", error.location, error.message)
        });
        told.collect::<Vec<_>>().join("\n")
    }
}

/// Rows that a seed gives: three systems, four workloads, thirty runs.
fn runs() -> String {
    let mut out = "system,workload,run,size,latency_ms\n".to_owned();
    let mut state = 1_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    for (place, system) in ["ours", "base", "other"].into_iter().enumerate() {
        for (scale, workload) in [("1", "read"), ("3", "write"), ("40", "scan"), ("90", "join")] {
            for run in 0..30 {
                let size = 10.0 + (random() * 90.0).floor();
                let scale: f64 = scale.parse().unwrap();
                let skew = -(1.0 - random()).ln();
                let latency = scale * (1.0 + place as f64) * (1.0 + 0.2 * skew) + size / 50.0;
                out.push_str(&format!("{system},{workload},{run},{size},{latency}\n"));
            }
        }
    }
    out
}

/// Returns the Python that has the programs to compare with.
fn python() -> Command {
    let has_them = |program: &&str| {
        let run = Command::new(program).args(["-c", "import numpy, scipy, pandas"]).output();
        run.is_ok_and(|run| run.status.success())
    };
    let found = ["python3", "/usr/bin/python3"].into_iter().find(has_them);
    Command::new(found.expect("numpy, scipy and pandas: run `make bootstrap-tests`"))
}

#[test]
fn statistics_are_those_of_other_programs() {
    let each = [
        ("count", "count"),
        ("sum", "sum latency_ms"),
        ("mean", "mean latency_ms"),
        ("geomean", "geometric mean latency_ms"),
        ("harmonic", "harmonic mean latency_ms"),
        ("median", "median latency_ms"),
        ("p99", "p99 latency_ms"),
        ("quantile", "quantile 0.123 latency_ms"),
        ("min", "min latency_ms"),
        ("max", "max latency_ms"),
        ("stdev", "stdev latency_ms"),
        ("variance", "variance latency_ms"),
        ("slope", "slope latency_ms on size"),
        ("intercept", "intercept latency_ms on size"),
        ("correlation", "correlation latency_ms on size"),
    ];
    let facts = each.iter().map(|(name, take)| {
        let interval = if ["median", "mean"].contains(name) { ", interval: bootstrap" } else { "" };
        format!("  {name}.{{system}}.{{workload}}: {{from: runs, take: {take}, unit: ms{interval}}}\n")
    });
    let description =
        format!("sources:\n  runs: {{file: data/runs.csv}}\nfacts:\n{}", facts.collect::<String>());
    let paper = Paper::new(&[("data/runs.csv", &runs()), ("paper/results.yaml", &description)]);
    let facts = paper.facts().unwrap();
    assert_eq!(facts.0.len(), 12 * each.len());
    let oracle = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/results/oracle.py");
    let run = python().arg(oracle).arg(paper.root().join("data/runs.csv")).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let expected = String::from_utf8(run.stdout).unwrap();
    assert_eq!(expected.lines().count(), 12);
    for line in expected.lines() {
        let group: serde_json::Value = serde_json::from_str(line).unwrap();
        let of = |name: &str| facts.get(&format!("{name}.{}", group["name"].as_str().unwrap())).unwrap();
        for (name, _) in each {
            let (found, expected) = (of(name).number().unwrap(), group[name].as_f64().unwrap());
            let apart = (found - expected).abs() / expected.abs();
            assert!(apart <= 1e-12, "{name} of {}: {found} and {expected}", group["name"]);
        }
        let ends = |name: &str| {
            let found = <[f64; 2]>::from(of(name).interval.unwrap());
            let expected = &group[format!("{name}_interval")];
            [0, 1].map(|end| (found[end], expected[end].as_f64().unwrap()))
        };
        // Two bootstraps of 10,000 and 20,000 draws: a few per cent of the width.
        let [low, high] = ends("mean");
        for (found, expected) in [low, high] {
            let apart = (found - expected).abs() / (high.1 - low.1);
            assert!(apart < 0.08, "mean of {}: {found} and {expected}", group["name"]);
        }
        // A median steps from value to value, and the two count draws that are equal to it differently.
        let values: Vec<f64> = serde_json::from_value(group["values"].clone()).unwrap();
        for (found, expected) in ends("median") {
            let between =
                values.iter().filter(|value| **value > found.min(expected) && **value < found.max(expected));
            assert!(between.count() <= 1, "median of {}: {found} and {expected}", group["name"]);
        }
    }
}

#[test]
fn comparisons_are_those_of_other_programs() {
    let results = "
sources:
  runs: {file: data/runs.csv}
facts:
  welch.{workload}: {from: runs, take: welch p latency_ms, between: {system: [ours, base]}}
  rank.{workload}: {from: runs, take: mann-whitney p latency_ms, between: {system: [ours, base]}}
  tied.{workload}: {from: runs, take: mann-whitney p size, between: {system: [ours, base]}}
  few.{workload}:
    from: runs
    where: {run: {below: 6}}
    take: mann-whitney p latency_ms
    between: {system: [ours, base]}
  cohen.{workload}: {from: runs, take: cohen d latency_ms, between: {system: [ours, base]}}
  cliff.{workload}: {from: runs, take: cliff delta latency_ms, between: {system: [ours, base]}}
";
    let paper = Paper::new(&[("data/runs.csv", &runs()), ("paper/results.yaml", results)]);
    let facts = paper.facts().unwrap();
    let oracle = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/results/comparisons.py");
    let run = python().arg(oracle).arg(paper.root().join("data/runs.csv")).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let expected = String::from_utf8(run.stdout).unwrap();
    assert_eq!(expected.lines().count(), 4);
    for line in expected.lines() {
        let group: serde_json::Value = serde_json::from_str(line).unwrap();
        for name in ["welch", "rank", "tied", "few", "cohen", "cliff"] {
            let name = (name, format!("{name}.{}", group["workload"].as_str().unwrap()));
            let (found, expected) = (facts.get(&name.1).unwrap().number(), group[name.0].as_f64().unwrap());
            let apart = (found.unwrap() - expected).abs() / expected.abs();
            assert!(apart <= 1e-12, "{}: {found:?} and {expected}", name.1);
        }
    }
    let told = &facts.get("cliff.read").unwrap().formula;
    let expected =
        "Cliff's delta of latency_ms between system = ours and system = base over 60 rows of `runs`";
    assert!(told.starts_with(expected), "{told}");
}

#[test]
fn a_fact_tells_its_rows_and_follows_its_formula() {
    let results = "
sources:
  runs: {file: data/runs.csv, about: thirty runs}
units:
  query: {symbol: queries, counted: true}
facts:
  latency.{system}.{workload}: {from: runs, take: median latency_ms, unit: ms, interval: bootstrap}
  small.ours: {from: runs, where: {system: ours, size: {below: 50}}, take: count, unit: query}
  gain.{workload}: {formula: 'latency.base.{workload} / latency.ours.{workload}'}
  gain.of_gains: {formula: 'gain.read / gain.scan'}
  saved.read: {formula: 'latency.base.read - latency.ours.read', unit: us}
  rate.read: {formula: 'small.ours / latency.ours.read', unit: query/s}
";
    let published = "
base_read: {value: 0.002, unit: s, source: 'somebody2020, table 1', ours: latency.base.read}
";
    let paper = Paper::new(&[
        ("data/runs.csv", &runs()),
        ("paper/results.yaml", results),
        ("paper/published.yaml", published),
    ]);
    let facts = paper.facts().unwrap();
    let fact = |name: &str| facts.get(name).unwrap_or_else(|| panic!("{name}")).clone();
    let number = |name: &str| fact(name).number().unwrap();
    let Fact { grade, unit, formula, source, interval_holds, published, .. } = fact("latency.base.read");
    assert_eq!((grade, unit), (Grade::Measured, Unit::MILLISECONDS));
    assert_eq!(formula, "median of latency_ms over 30 rows of `runs` with system = base, workload = read");
    assert_eq!(source, "data/runs.csv; thirty runs");
    assert!(interval_holds.unwrap().starts_with("95 % confidence, BCa bootstrap of 10000 resamples"));
    // It is held against what was published in the unit of that.
    let model = Model::read(paper.root(), &Study::EMPTY).unwrap();
    let compared = validate(&model, &facts);
    let [one] = compared.as_slice() else { panic!("{compared:?}") };
    let ours = one.ours.map(|(name, value)| (name, (value * 1e9).round()));
    assert_eq!(ours, Some(("latency.base.read", (number("latency.base.read") * 1e6).round())));
    let error = number("latency.base.read") / 2.0 - 1.0;
    assert!(one.error.is_some_and(|found| (found - error).abs() < 1e-12), "{:?} {error}", one.error);
    // What was published in seconds stands beside it in milliseconds.
    assert_eq!(published.unwrap().value, 2.0);
    assert_eq!(fact("small.ours").display(None), format!("{}\u{a0}queries", number("small.ours")));
    let gain = fact("gain.scan");
    assert_eq!(gain.number().unwrap(), number("latency.base.scan") / number("latency.ours.scan"));
    assert_eq!((gain.unit, gain.grade), (Unit::TIMES, Grade::Measured));
    let (low, high) = gain.interval.unwrap();
    let ends = |name: &str| fact(name).interval.unwrap();
    let (base, ours) = (ends("latency.base.scan"), ends("latency.ours.scan"));
    assert!((low - base.0 / ours.1).abs() < 1e-12 && (high - base.1 / ours.0).abs() < 1e-12);
    assert!((number("gain.of_gains") - number("gain.read") / number("gain.scan")).abs() < 1e-12);
    let saved = (number("latency.base.read") - number("latency.ours.read")) * 1000.0;
    assert!((number("saved.read") - saved).abs() < 1e-9);
    let rate = number("small.ours") / number("latency.ours.read") * 1000.0;
    assert!((number("rate.read") - rate).abs() < 1e-9 * rate);
    assert_eq!(fact("rate.read").display(Some(0)).split('\u{a0}').next_back(), Some("queries/s"));
}

#[test]
fn mistakes_are_told_at_their_places() {
    let rows = "system,workload,latency_ms,note\nours,read,1.5,\nours,scan,,x\nbase,read,n/a,x\nMy System,read,2,x\nlast,read,\"1,5\",x\n";
    let check = |facts: &str, expected: &[&str]| {
        let results = format!("sources:\n  runs: {{file: data/runs.csv}}\nfacts:\n{facts}\n");
        let paper = Paper::new(&[("data/runs.csv", rows), ("paper/results.yaml", &results)]);
        let told = paper.errors();
        for part in expected {
            assert!(told.contains(part), "{facts}\n{told}");
        }
    };
    check(
        "  a.b: {from: run, take: count}",
        &["paper/results.yaml:4:15: there is no source `run`", "did you mean `runs`?"],
    );
    check(
        "  a.b: {from: runs, take: medain latency_ms, unit: ms}",
        &["paper/results.yaml:4:27: `medain` is no statistic", "median"],
    );
    check(
        "  a.b: {from: runs, take: median latency, unit: ms}",
        &["paper/results.yaml:4:27: there is no column `latency`", "did you mean `latency_ms`?"],
    );
    check(
        "  a.b: {from: runs, where: {system: our}, take: count}",
        &["paper/results.yaml:4:37: no row has `our` in the column `system`", "did you mean `ours`?"],
    );
    check(
        "  a.b: {from: runs, where: {system: ours}, take: mean latency_ms, unit: ms}",
        &["data/runs.csv:3:11: `latency_ms` is empty here", "empty: skip"],
    );
    check(
        "  a.b: {from: runs, where: {system: base}, take: mean latency_ms, unit: ms}",
        &["data/runs.csv:4:11: `latency_ms` is `n/a` here, and `a.b` takes numbers of it"],
    );
    check(
        "  a.b: {from: runs, where: {system: last}, take: mean latency_ms, unit: ms}",
        &["data/runs.csv:6:11: `latency_ms` is `1,5` here", "write a point for the comma"],
    );
    check("  a.b: {from: runs, take: mean latency_ms}", &["4:8: nothing tells the unit of `a.b`"]);
    check(
        "  a.b: {from: runs, take: mean latency_ms, unit: mss}",
        &["`mss` is no unit", "did you mean `ms`?"],
    );
    check(
        "  a.{system}: {from: runs, take: count}",
        &[
            "4:15: the value `My System` of the column `system` cannot stand in a name",
            "names: {system: {\"My System\": my_system}}",
        ],
    );
    check(
        "  a.{note}: {from: runs, take: count}",
        &["data/runs.csv:2:15: `note` is empty here, and names facts"],
    );
    check(
        "  a.{system}: {from: runs, where: {system: ours}, take: count}\n  a.ours: {from: runs, take: count}",
        &["the fact `a.ours` is made already by what stands at paper/results.yaml:"],
    );
    check(
        "  a.b: {from: runs, where: {workload: scan, system: base}, take: count}",
        &["no row of `runs` enters `a.b`"],
    );
    check("  a.b: {take: count}", &["`a.b` says not how it is made"]);
    check("  a.b: {formula: 'a.c + 1'}", &["4:18: no fact is called `a.c`"]);
    check(
        "  a.b: {formula: 'a.c'}\n  a.c: {formula: 'a.b'}",
        &["`a.b` waits for `a.c`, which is never made"],
    );
    check("  a.b: {formula: 'a.c +'}", &["4:18: a number or the name of a fact is missing"]);
    check(
        "  a.n: {from: runs, take: count}\n  a.b: {formula: 'a.n', unit: ms}",
        &["`a.b` measures a plain number, which `ms` does not"],
    );
    check(
        "  a.n: {from: runs, take: count}\n  a.b: {formula: 'a.n / (a.n - 5)'}",
        &["`a.b` has no value: `a.n − 5` may be zero"],
    );
    let compared = |more: &str| format!("  a.b: {{from: runs, take: cliff delta latency_ms{more}}}");
    check(&compared(""), &["`a.b` compares two groups, and nothing tells which", "between: {system"]);
    check(
        &compared(", between: {system: [ours, bace]}"),
        &["4:69: no row of `a.b` has `bace` in the column `system`", "did you mean `base`?"],
    );
    check(&compared(", between: {sistem: [ours, base]}"), &["there is no column `sistem`"]);
    check(
        "  a.b: {from: runs, take: mean latency_ms, unit: ms, between: {system: [ours, base]}}",
        &["`a.b` compares nothing between groups"],
    );
    check(
        "  a.b: {from: runs, where: {system: ours}, take: count, interval: {quantiles: [0.9, 0.1]}}",
        &["the quantiles of an interval rise from 0 to 1"],
    );
}

#[test]
fn two_ways_to_make_one_fact_are_told_whichever_is_read_first() {
    let rows = "system,latency_ms\nours,1\nbase,2\n";
    let check = |facts: &str, expected: &str| {
        let results = format!("sources:\n  runs: {{file: data/runs.csv}}\nfacts:\n{facts}\n");
        let paper = Paper::new(&[("data/runs.csv", rows), ("paper/results.yaml", &results)]);
        let told = paper.errors();
        assert!(told.contains(expected), "{facts}\n{told}");
    };
    let taken = "  a.{system}: {from: runs, take: mean latency_ms, unit: ms}";
    check(
        &format!("{taken}\n  a.ours: {{formula: 'a.base * 2'}}"),
        "the fact `a.ours` is made already by what stands at",
    );
    check(
        &format!(
            "{taken}\n  b.{{system}}: {{formula: 'a.{{system}} * 2'}}\n  b.ours: {{formula: 'a.ours * 3'}}"
        ),
        "the fact `b.ours` is made already by what stands at",
    );
    check(
        &format!("{taken}\n  b.all: {{formula: 'a.{{system}} * 2'}}"),
        "`{system}` stands in the formula, and not in the name",
    );
    check(
        "  input.a: {from: runs, take: count}\n  input.a: {from: runs, take: count}",
        "stands here a second time",
    );
}

#[test]
fn ids_stay_apart_however_many_digits_they_have() {
    let rows = "id,time_ns\n9007199254740992,1700000000000000001\n9007199254740993,1700000000000000002\n";
    let results = "
sources:
  runs: {file: data/runs.csv}
facts:
  ids.count: {from: runs, take: distinct id}
  ids.{id}: {from: runs, take: count}
  ids.late: {from: runs, where: {time_ns: {above: 1.6e18}}, take: count}
  ids.one: {from: runs, where: {id: '9007199254740993'}, take: count}
";
    let paper = Paper::new(&[("data/runs.csv", rows), ("paper/results.yaml", results)]);
    let facts = paper.facts().unwrap();
    let number = |name: &str| facts.get(name).unwrap_or_else(|| panic!("{name}")).number();
    assert_eq!(
        [number("ids.count"), number("ids.late"), number("ids.one")],
        [Some(2.0), Some(2.0), Some(1.0)]
    );
    assert_eq!(number("ids.9007199254740993"), Some(1.0));
    paper.write("data/runs.jsonl", "{\"id\": 9007199254740993}\n");
    paper.write("paper/results.yaml", &results.replace("runs.csv", "runs.jsonl"));
    let told = paper.errors();
    assert!(told.contains("data/runs.jsonl:1:1: `id` is 9007199254740993, and has more digits"), "{told}");
}

#[test]
fn names_of_sources_are_plain_and_units_of_a_paper_its_own() {
    for name in ["../../outside", "/outside", "..", ".", ".hidden", "", "a/b", "a b"] {
        let results = format!("sources:\n  '{name}': {{file: data/runs.csv}}\n");
        let paper = Paper::new(&[("data/runs.csv", "a\n1\n"), ("paper/results.yaml", &results)]);
        let told = paper.errors();
        assert!(told.contains(&format!("`{name}` is no name of a source")), "{name}: {told}");
    }
    for unit in ["s", "ms", "count", "GB/s", "d", "B"] {
        let paper = Paper::new(&[("paper/results.yaml", &format!("units:\n  {unit}: {{}}\n"))]);
        let told = paper.errors();
        assert!(told.contains(&format!("`{unit}` is a unit already")), "{unit}: {told}");
    }
}

#[test]
fn rows_without_a_value_are_left_out_when_their_author_says_so() {
    let rows = "system,latency_ms\nours,1\nours,\nours,3\n";
    let results = "
sources:
  runs: {file: data/runs.csv}
facts:
  a.mean: {from: runs, take: mean latency_ms, unit: ms, empty: skip}
  a.name: {from: runs, where: {latency_ms: 3}, take: only system}
  a.only: {from: runs, where: {latency_ms: 3}, take: only latency_ms, unit: ms}
";
    let facts = Paper::new(&[("data/runs.csv", rows), ("paper/results.yaml", results)]).facts().unwrap();
    let mean = facts.get("a.mean").unwrap();
    assert_eq!(mean.number(), Some(2.0));
    assert_eq!(mean.formula, "mean of latency_ms over 2 rows of `runs`; 1 without a value are left out");
    assert_eq!(facts.get("a.name").unwrap().display(None), "ours");
    assert_eq!(facts.get("a.only").unwrap().number(), Some(3.0));
}

#[test]
fn a_million_rows_are_read() {
    let mut rows = "system,run,latency_ms\n".to_owned();
    for run in 0..1_000_000 {
        rows.push_str(&format!("{},{run},{}.{}\n", ["ours", "base"][run % 2], run % 977, run % 89));
    }
    let results = "
sources:
  runs: {file: data/runs.csv}
facts:
  a.{system}: {from: runs, take: median latency_ms, unit: ms}
  a.count: {from: runs, take: count}
";
    let paper = Paper::new(&[("data/runs.csv", &rows), ("paper/results.yaml", results)]);
    let facts = paper.facts().unwrap();
    assert_eq!(facts.get("a.count").unwrap().number(), Some(1e6));
}

#[cfg(not(feature = "sql"))]
#[test]
fn a_program_without_sql_says_so() {
    let check = |results: &str, expected: &str| {
        let paper = Paper::new(&[("data/a.parquet", "PAR1"), ("paper/results.yaml", results)]);
        let told = paper.errors();
        assert!(told.contains(expected) && told.contains("make program SQL=1"), "{told}");
    };
    check(
        "sources: {a: {file: data/a.parquet}}\nfacts:\n  a.b: {from: a, take: count}\n",
        "data/a.parquet: this program was built without Parquet",
    );
    check(
        "facts:\n  a.b: {query: SELECT 1, unit: 1}\n",
        "paper/results.yaml:2:16: this program was built without SQL",
    );
}
