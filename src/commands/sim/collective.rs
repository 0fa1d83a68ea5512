//! `phext-paper sim collective`.

use std::path::Path;
use std::process::ExitCode;

use super::{Failure, Outcome, print, print_json, read_model, torus_kind, wire};
use crate::sim::collective::{Collective, CollectiveTime, Link, time};
use paper_engine::model::Model;
use paper_engine::study::Study;

/// What is asked of the simulation.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The name of the collective.
    pub kind: &'a str,
    /// The shape of the slice.
    pub shape: &'a str,
    /// The bytes of the vector of each chip.
    pub bytes: f64,
}

/// Returns the link of a model.
pub fn link_of(model: &Model) -> Link {
    let bandwidth = model.value("chip.link_bandwidth") * 1e9;
    Link { bandwidth, latency: model.value("chip.hop_latency") * 1e-6 }
}

/// Executes one collective on one torus.
pub fn run(study: &'static Study, question: Question<'_>, twisted: bool, root: &Path, json: bool) -> Outcome {
    let Question { kind, shape, bytes } = question;
    let model = read_model(study, root)?;
    let link = link_of(&model);
    let found = execute(kind, shape, bytes, twisted, &link).map_err(Failure::Usage)?;
    if json {
        return Ok(print_json(&serde_json::json!({
            "collective": kind,
            "shape": shape,
            "bytes": bytes,
            "seconds": found.seconds,
            "algorithm_bandwidth_bytes_per_second": found.algorithm_bandwidth,
            "steps": found.steps,
            "hops": found.hops,
            "busiest_link_bytes": found.busiest_link_bytes,
            "total_link_bytes": found.total_link_bytes,
            "mean_link_use": found.mean_link_use,
        })));
    }
    print(&format!("{kind} on {shape}, {bytes} bytes on each chip"));
    print(&format!("  time                {:>12.3} us", found.seconds * 1e6));
    print(&format!("  algorithm bandwidth {:>12.3} GB/s", found.algorithm_bandwidth / 1e9));
    print(&format!("  steps               {:>12}", found.steps));
    print(&format!("  busiest link        {:>12.0} bytes", found.busiest_link_bytes));
    print(&format!("  mean link use       {:>12.2} %", 100.0 * found.mean_link_use));
    Ok(ExitCode::SUCCESS)
}

fn execute(
    kind: &str,
    shape: &str,
    bytes: f64,
    twisted: bool,
    link: &Link,
) -> Result<CollectiveTime, String> {
    let kind: Collective = kind.parse().map_err(|error| format!("{error}"))?;
    let topology = wire(shape, torus_kind(twisted)).map_err(|error| error.to_string())?;
    time(kind, &topology, bytes, link).map_err(|error| error.to_string())
}
