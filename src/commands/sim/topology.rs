//! `phext-paper sim topology`.

use std::path::Path;
use std::process::ExitCode;

use super::{Failure, Outcome, maps, print, print_json, wire};
use crate::sim::learned::{BalancedLattice, Lattice, LearnedError};
use crate::sim::{Analysis, Kind, Shape, ShapeError, analyze, analyze_network};

/// Analyses one slice.
pub fn run(shape: &str, kind: Kind, json: bool) -> Outcome {
    let topology = wire(shape, kind).map_err(|error| Failure::Usage(error.to_string()))?;
    Ok(show(shape, &format!("{kind:?}").to_lowercase(), &analyze(&topology), json))
}

/// Analyses a slice wired by switch maps from a file.
pub fn run_maps(shape: &str, file: &Path, json: bool) -> Outcome {
    let maps = maps::read(shape, file).map_err(Failure::Usage)?;
    let analysis = analyze_network(&maps.network()).ok_or_else(|| {
        Failure::Usage(format!("the maps in {} leave some chips out of reach", file.display()))
    })?;
    Ok(show(shape, "maps", &analysis, json))
}

/// Analyses a slice with one translation of a group of its cubes for each dimension.
pub fn run_lattice(shape: &str, wraps: &str, group: Option<&str>, json: bool) -> Outcome {
    let (analysis, balanced) = analyze_lattice(shape, wraps, group).map_err(Failure::Usage)?;
    let more = [
        ("balanced_links_per_chip", "balanced all-to-all", balanced.throughput),
        ("bound_links_per_chip", "  no routes give more", balanced.bound),
    ];
    Ok(show_with(shape, "lattice", &analysis, &more, json))
}

fn analyze_lattice(
    shape: &str,
    wraps: &str,
    group: Option<&str>,
) -> Result<(Analysis, BalancedLattice), String> {
    let shape: Shape = shape.parse().map_err(|error: ShapeError| error.to_string())?;
    let cubes: usize = shape.cubes().iter().product();
    let group = match group {
        Some(group) => numbers(group, 'x').filter(|parts| (1..=3).contains(&parts.len())).ok_or_else(|| {
            format!("`{group}` is not a group: write up to three factors with `x` between them, such as 8 or 2x4")
        })?,
        None => vec![cubes],
    };
    let size = group.iter().try_fold(1_usize, |size, &factor| size.checked_mul(factor));
    if size != Some(cubes) {
        let group = group.iter().map(usize::to_string).collect::<Vec<_>>().join("x");
        return Err(format!(
            "the group {group} does not have as many elements as {shape} has cubes: {cubes}"
        ));
    }
    let element = |text: &str| {
        let parts = numbers(text, ':').filter(|parts| parts.len() == group.len());
        let inside = parts.filter(|parts| parts.iter().zip(&group).all(|(part, factor)| part < factor));
        inside.ok_or_else(|| {
            let ranges = group.iter().map(|factor| format!("0 to {}", factor - 1)).collect::<Vec<_>>();
            format!("`{text}` is not an element of the group: write {}", ranges.join(", then `:` and "))
        })
    };
    let elements: Vec<Vec<usize>> = wraps.split(',').map(element).collect::<Result<_, _>>()?;
    let [x, y, z] = elements.as_slice() else {
        return Err(format!(
            "`{wraps}` is not a lattice: write three elements with `,` between them, such as 2,3,1"
        ));
    };
    // Factors of one element fill up three.
    let fill =
        |parts: &[usize], with: usize| std::array::from_fn(|part| parts.get(part).copied().unwrap_or(with));
    let lattice = Lattice::new(fill(&group, 1), [x, y, z].map(|element| fill(element, 0))).map_err(
        |error| match error {
            LearnedError::NotConnected => {
                format!(
                    "the wraps {wraps} leave some cubes out of reach: together they must generate the group"
                )
            }
            error => error.to_string(),
        },
    )?;
    let found = lattice.analyze().map_err(|error| error.to_string())?;
    let network = lattice.maps(shape.cubes()).map_err(|error| error.to_string())?.network();
    let analysis = Analysis {
        chips: shape.chips(),
        diameter: found.diameter,
        mean_distance: found.mean_distance,
        bisection_links: network.plane_bisection(),
        alltoall_links_per_chip: found.equal_splitting,
    };
    Ok((analysis, lattice.balance().map_err(|error| error.to_string())?))
}

/// Reads whole numbers with a character between them.
fn numbers(text: &str, between: char) -> Option<Vec<usize>> {
    let number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?;
    text.split(between).map(number).collect()
}

fn show(shape: &str, name: &str, analysis: &Analysis, json: bool) -> ExitCode {
    show_with(shape, name, analysis, &[], json)
}

fn show_with(
    shape: &str,
    name: &str,
    analysis: &Analysis,
    more: &[(&str, &str, f64)],
    json: bool,
) -> ExitCode {
    if json {
        let mut value = serde_json::json!({
            "shape": shape,
            "kind": name,
            "chips": analysis.chips,
            "diameter": analysis.diameter,
            "mean_distance": analysis.mean_distance,
            "bisection_links": analysis.bisection_links,
            "alltoall_links_per_chip": analysis.alltoall_links_per_chip,
        });
        for &(key, _, number) in more {
            value[key] = number.into();
        }
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
    for (_, name, number) in more {
        print(&format!("  {name:<24} {number:>10.4} links' worth per chip"));
    }
    ExitCode::SUCCESS
}
