//! `phext-paper sim topology`.

use std::path::Path;
use std::process::ExitCode;

use super::{maps, print, print_json, usage, wire};
use crate::sim::{Analysis, Kind, analyze, analyze_network};

/// Analyses one slice.
pub fn run(shape: &str, kind: Kind, json: bool) -> ExitCode {
    let analysis = match wire(shape, kind) {
        Ok(topology) => analyze(&topology),
        Err(error) => return usage(&error.to_string()),
    };
    show(shape, &format!("{kind:?}").to_lowercase(), &analysis, json)
}

/// Analyses a slice wired by switch maps from a file.
pub fn run_maps(shape: &str, file: &Path, json: bool) -> ExitCode {
    let maps = match maps::read(shape, file) {
        Ok(maps) => maps,
        Err(error) => return usage(&error),
    };
    match analyze_network(&maps.network()) {
        Some(analysis) => show(shape, "maps", &analysis, json),
        None => usage(&format!("the maps in {} leave some chips out of reach", file.display())),
    }
}

fn show(shape: &str, name: &str, analysis: &Analysis, json: bool) -> ExitCode {
    if json {
        let value = serde_json::json!({
            "shape": shape,
            "kind": name,
            "chips": analysis.chips,
            "diameter": analysis.diameter,
            "mean_distance": analysis.mean_distance,
            "bisection_links": analysis.bisection_links,
            "alltoall_links_per_chip": analysis.alltoall_links_per_chip,
        });
        return print_json(&value);
    }
    print(&format!("{shape} {name}"));
    print(&format!("  chips                    {:>10}", analysis.chips));
    print(&format!("  diameter                 {:>10} hops", analysis.diameter));
    print(&format!("  mean distance            {:>10.4} hops", analysis.mean_distance));
    print(&format!("  bisection, at most       {:>10} links", analysis.bisection_links));
    print(&format!(
        "  ideal all-to-all         {:>10.4} links' worth per chip",
        analysis.alltoall_links_per_chip
    ));
    ExitCode::SUCCESS
}
