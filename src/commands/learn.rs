//! `phext-paper learn`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::maps::MAPS_FOLDER;
use crate::sim::learned::{LearnedMaps, best_lattices};
use crate::sim::{Shape, ShapeError};
use paper_engine::cli::{Failure, Outcome, print, say};
use paper_engine::pipeline;
use paper_engine::source;

/// What to search, and where to put it.
#[derive(clap::Args)]
#[command(after_help = "Example:
  phext-paper learn 8x8x8 --seeds 5 --steps 20000

Every seed starts from the regular torus, the best is kept, and the file says how many there were and what each
gave. The search is repeatable: the same seeds and steps give the same maps.")]
pub struct Arguments {
    /// Chips along each axis, such as 8x8x8
    shape: String,
    /// Seeds to search, from 1 to this one
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=1000))]
    seeds: u64,
    /// Moves tried from each start
    #[arg(long, default_value_t = 20_000)]
    steps: usize,
    /// Folder of the paper whose maps are written
    #[arg(long, default_value = ".")]
    root: PathBuf,
}

/// Searches maps and stores the best.
pub fn run(arguments: &Arguments) -> Outcome {
    pipeline::require_paper(&arguments.root).map_err(|errors| Failure::paper(&arguments.root, errors))?;
    let wrong = |error: &dyn std::fmt::Display| Failure::Usage(error.to_string());
    let shape: Shape = arguments.shape.parse().map_err(|error: ShapeError| wrong(&error))?;
    let Arguments { seeds, steps, .. } = arguments;
    say(&format!("searching maps for {shape}, {seeds} seeds, {steps} moves from each start"));
    let found = LearnedMaps::learn(shape, *seeds, *steps).map_err(|error| wrong(&error))?;
    let best = best_lattices(shape.cubes().iter().product()).map_err(|error| wrong(&error))?;
    let gain = found.throughput / best.balanced.throughput;
    print(&format!("{shape}: {:.4} links' worth per chip, {gain:.3} of the best lattice", found.throughput));
    print(&store(&arguments.root, &found)?.display().to_string());
    Ok(ExitCode::SUCCESS)
}

fn store(root: &Path, found: &LearnedMaps) -> Result<PathBuf, Failure> {
    let file = Path::new(MAPS_FOLDER).join(format!("{}.json", found.shape));
    let text = on_one_line(&serde_json::to_string_pretty(found)?) + "\n";
    source::write_atomically(&root.join(&file), text.as_bytes())
        .map_err(|error| Failure::write(&file, &error))?;
    Ok(file)
}

/// Joins the lines of lists that hold no other lists.
fn on_one_line(text: &str) -> String {
    let mut joined = String::new();
    let mut parts = text.split('[').peekable();
    while let Some(part) = parts.next() {
        match part.split_once(']') {
            Some((list, after)) => {
                joined += &list.split_whitespace().collect::<Vec<_>>().join(" ");
                joined += "]";
                joined += after;
            }
            None => joined += part,
        }
        if parts.peek().is_some() {
            joined += "[";
        }
    }
    joined
}
