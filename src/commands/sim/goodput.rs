//! `phext-paper sim goodput`.

use std::process::ExitCode;

use super::{Failure, Outcome, print, print_json};
use crate::sim::fault::{CubeGrid, goodput};

/// Prints the goodput of one slice size at one host availability, on a machine of some size.
pub fn run(cubes_per_axis: usize, availability: f64, chips: usize, quantile: f64, json: bool) -> Outcome {
    let found = CubeGrid::new(cubes_per_axis).and_then(|grid| goodput(grid, availability, chips, quantile));
    let found = found.map_err(|error| Failure::Usage(error.to_string()))?;
    if json {
        return Ok(print_json(&serde_json::json!({
            "host_availability": availability,
            "slice_chips": chips,
            "cube_availability": found.cube_availability,
            "expected_goodput_switched": found.switched,
            "expected_goodput_switched_with_spares": found.switched_with_spares,
            "expected_goodput_static": found.static_aligned,
            "quantile": quantile,
            "goodput_at_quantile": found.at_quantile,
            "goodput_at_quantile_with_spares": found.at_quantile_with_spares,
        })));
    }
    print(&format!("slices of {chips} chips, hosts up {:.2} % of the time", 100.0 * availability));
    let line = |name: &str, value: f64| print(&format!("  {name:<38} {:>7.2} %", 100.0 * value));
    line("cube availability", found.cube_availability);
    line("goodput with switches", found.switched);
    line("goodput with switches and spare cubes", found.switched_with_spares);
    line("goodput without switches, aligned", found.static_aligned);
    line(&format!("reached with probability {quantile}"), found.at_quantile);
    line("the same with spare cubes", found.at_quantile_with_spares);
    Ok(ExitCode::SUCCESS)
}
