//! `phext-paper learn`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::{print, say, usage};
use crate::model::{MAPS_FOLDER, StoredMaps};
use crate::pipeline;
use crate::sim::learned::LearnedMaps;
use crate::sim::{Shape, Topology, analyze};

/// What to search, and where to put it.
#[derive(clap::Args)]
#[command(after_help = "Example:
  phext-paper learn 8x8x8 --seed 1 --steps 2000

The search starts from the regular torus and is repeatable: the same seed and steps give the same maps.
Stored maps that are better than what this search finds stay in place.")]
pub struct Arguments {
    /// Chips along each axis, such as 8x8x8
    shape: String,
    /// Seed of the search
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Moves tried from each start
    #[arg(long, default_value_t = 2000)]
    steps: usize,
    /// Folder of the paper whose maps are written
    #[arg(long, default_value = ".")]
    root: PathBuf,
}

/// Searches maps and stores them unless better ones are there.
pub fn run(arguments: &Arguments) -> ExitCode {
    if let Err(errors) = pipeline::require_paper(&arguments.root) {
        return super::report(&arguments.root, &errors);
    }
    let shape: Shape = match arguments.shape.parse() {
        Ok(shape) => shape,
        Err(error) => return usage(&format!("{error}")),
    };
    say(&format!("searching maps for {shape}, {} moves from each start", arguments.steps));
    let found = match LearnedMaps::learn(shape, arguments.seed, arguments.steps) {
        Ok(found) => found,
        Err(error) => return usage(&error.to_string()),
    };
    let best = analyze(&Topology::twisted_or_torus(shape)).alltoall_links_per_chip;
    let gain = found.throughput / best;
    print(&format!(
        "{shape}: {:.4} links' worth per chip, {gain:.3} of the best torus or twist",
        found.throughput
    ));
    match store(&arguments.root, &found) {
        Ok(Some(file)) => print(&file.display().to_string()),
        Ok(None) => print("the stored maps are better and stay"),
        Err(error) => return usage(&error.to_string()),
    }
    ExitCode::SUCCESS
}

fn store(root: &Path, found: &LearnedMaps) -> std::io::Result<Option<PathBuf>> {
    let file = Path::new(MAPS_FOLDER).join(format!("{}.json", found.shape));
    let stored = crate::source::read_yaml::<StoredMaps>(root, &file);
    if stored.is_ok_and(|stored| stored.throughput > found.throughput) {
        return Ok(None);
    }
    let text = serde_json::to_string_pretty(found)? + "\n";
    pipeline::write_atomically(&root.join(&file), text.as_bytes())?;
    Ok(Some(file))
}
