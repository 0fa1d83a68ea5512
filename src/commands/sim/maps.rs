//! `phext-paper sim maps`, and switch maps read from a file.

use std::path::Path;
use std::process::ExitCode;

use super::{Failure, Outcome, print, print_json, read_model};
use crate::maps::StoredMaps;
use crate::maps::{Maps, learned_maps};
use crate::sim::learned::{Checked, Translations};
use crate::sim::{Shape, SwitchMaps};
use paper_engine::source;
use paper_engine::study::Study;

/// Prints the learned maps of a shape, after checking them anew.
pub fn run(study: &'static Study, shape: &str, root: &Path, json: bool) -> Outcome {
    let model = read_model(study, root)?;
    let stored = model.maps(shape).ok_or_else(|| {
        let remedy = format!("`phext-paper learn {shape}` finds some");
        Failure::Usage(format!("no maps are stored for `{shape}`; {remedy}"))
    })?;
    let checked = learned_maps(stored).check();
    let checked =
        checked.map_err(|error| Failure::Usage(format!("the stored maps of {shape} are wrong: {error}")))?;
    let Checked { maps, balanced, .. } = checked;
    let all: Vec<&[Option<u16>]> = (0..48).filter_map(|switch| maps.map(switch)).collect();
    if json {
        return Ok(print_json(&serde_json::json!({
            "shape": shape,
            "seed": stored.seed,
            "steps": stored.steps,
            "alltoall_links_per_chip": balanced.throughput,
            "bound_links_per_chip": balanced.bound,
            "maps": all,
        })));
    }
    let found = format!("{:.4} of at most {:.4} links' worth per chip", balanced.throughput, balanced.bound);
    print(&format!("{shape}: {found}, found with seed {} in {} steps", stored.seed, stored.steps));
    for (switch, map) in all.iter().enumerate() {
        let axis = ["x", "y", "z"].get(switch / 16).copied().unwrap_or_default();
        let entries: Vec<String> =
            map.iter().map(|cube| cube.map_or_else(|| "-".to_owned(), |cube| cube.to_string())).collect();
        print(&format!("{axis} {:>2}: {}", switch % 16, entries.join(" ")));
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads the switch maps of a shape from a JSON file: shifts as `learn` writes them, or 48 lists of cubes.
pub fn read(shape: &str, file: &Path) -> Result<SwitchMaps, String> {
    let shape: Shape = shape.parse().map_err(|error: crate::sim::ShapeError| error.to_string())?;
    let text = |errors: paper_engine::diagnostic::Diagnostics| {
        let messages: Vec<&str> = errors.0.iter().map(|error| error.message.as_str()).collect();
        format!("{}: {}", file.display(), messages.join("; "))
    };
    let content = source::read_written::<serde_json::Value>(Path::new(""), file).map_err(text)?;
    if let Some(maps) = content.get("maps") {
        let maps: Vec<Vec<Option<u16>>> = serde_json::from_value(maps.clone())
            .map_err(|error| format!("{}: `maps` is not 48 lists of cubes: {error}", file.display()))?;
        return SwitchMaps::new(shape.cubes(), maps).map_err(|error| error.to_string());
    }
    let stored: StoredMaps = serde_json::from_value(content)
        .map_err(|error| format!("{}: neither stored maps nor `maps`: {error}", file.display()))?;
    let translations = Translations::new(shape.cubes(), stored.shifts).map_err(|error| error.to_string())?;
    translations.maps().map_err(|error| error.to_string())
}
