//! `phext-paper measure`.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use phext::Coordinate;

use crate::sim::chip_map::{ALL_CHIPS, ChipIndex, chip_at, coordinate_of};
use crate::sim::{Shape, SwitchMaps, Topology};
use paper_engine::cli::{Failure, Outcome, print};
use paper_engine::model::MEASUREMENTS_FILE;
use paper_engine::pipeline;
use paper_engine::source;
use sampling::quantile_of;

/// Runs of each measured task.
const RUNS: usize = 501;

/// Where to put the measurements.
#[derive(clap::Args)]
#[command(
    after_help = "Writes value, 5 to 95 % over 501 runs, and the cores and clock of the machine. Builds read the
file and never measure, so their results do not depend on the machine that builds."
)]
pub struct Arguments {
    /// Folder of the paper whose measurements are written
    #[arg(long, default_value = ".")]
    root: PathBuf,
}

/// Measures and writes paper/measurements.yaml.
pub fn run(arguments: &Arguments) -> Outcome {
    pipeline::require_paper(&arguments.root).map_err(|errors| Failure::paper(&arguments.root, errors))?;
    let machine = machine();
    let mut text = String::from(
        "# Wall-clock times, written by `phext-paper measure`; builds read them and never measure.\n",
    );
    for (name, unit, [low, median, high]) in measurements() {
        let line = format!(
            "measured.{name}: {{value: {median}, unit: {unit}, grade: assumption, range: [{low}, {high}], distribution: triangular, source: \"measured on a machine with {machine}\"}}\n"
        );
        print(&format!("{name:<20} {median:>10} {unit}, 5 to 95 %: {low} to {high}"));
        text.push_str(&line);
    }
    source::write_atomically(&arguments.root.join(MEASUREMENTS_FILE), text.as_bytes())
        .map_err(|error| Failure::write(Path::new(MEASUREMENTS_FILE), &error))?;
    Ok(ExitCode::SUCCESS)
}

/// Returns the tasks with their unit and 5 %, median and 95 % of their times.
fn measurements() -> Vec<(&'static str, &'static str, [f64; 3])> {
    let mut found = Vec::new();
    if let Ok(shape) = "16x16x16".parse::<Shape>() {
        let topology = Topology::torus(shape);
        let rewrite = || drop(black_box(SwitchMaps::of(black_box(&topology))));
        found.push(("table_rewrite", "us", time(1e6, 1, rewrite)));
    }
    let texts: Vec<String> =
        (0..ALL_CHIPS).filter_map(ChipIndex::new).map(|chip| coordinate_of(chip).to_string()).collect();
    let lookup = || {
        for text in &texts {
            let chip = text.parse::<Coordinate>().ok().and_then(|coordinate| chip_at(&coordinate));
            black_box(chip);
        }
    };
    found.push(("coordinate_lookup", "ns", time(1e9, texts.len(), lookup)));
    found
}

/// Times a task of so many parts: 5 %, median and 95 % of the time of a part, to four digits.
fn time(scale: f64, parts: usize, task: impl Fn()) -> [f64; 3] {
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            task();
            start.elapsed().as_secs_f64() * scale / parts.max(1) as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    [0.05, 0.5, 0.95].map(|probability| {
        let value = quantile_of(&times, probability);
        let digits = 10_f64.powf((3.0 - value.log10().floor()).max(0.0));
        (value * digits).round() / digits
    })
}

/// Returns the machine as cores and clock.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let clock = info
        .lines()
        .filter(|line| line.starts_with("cpu MHz"))
        .filter_map(|line| line.split(':').nth(1)?.trim().parse::<f64>().ok())
        .fold(0.0, f64::max);
    let clock = if clock > 0.0 { format!("{:.1} GHz", clock / 1e3) } else { "an unknown clock".to_owned() };
    format!("{cores} cores at {clock}")
}
