//! `phext-paper sim packet`.

use std::path::Path;
use std::process::ExitCode;

use super::{maps, print, print_json, torus_kind, usage, wire};
use crate::sim::packet::{PacketConfig, simulate};
use crate::sim::{Network, analyze_network};

/// What is asked of the simulation.
#[derive(Clone, Copy)]
pub struct Question {
    /// Flits offered by each chip in a cycle.
    pub load: f64,
    /// Cycles measured.
    pub cycles: u32,
    /// Seed of all random choices.
    pub seed: u64,
}

/// Simulates packets under uniform traffic.
pub fn run(shape: &str, twisted: bool, file: Option<&Path>, question: Question, json: bool) -> ExitCode {
    let found = network(shape, twisted, file).and_then(|network| {
        let Question { load, cycles, seed } = question;
        let config = PacketConfig { load, cycles, warmup: cycles, seed, ..PacketConfig::default() };
        let result = simulate(&network, &config).map_err(|error| error.to_string())?;
        let bound = analyze_network(&network).map_or(f64::NAN, |found| found.alltoall_links_per_chip);
        Ok((result, bound))
    });
    let (result, bound) = match found {
        Ok(found) => found,
        Err(error) => return usage(&error),
    };
    let fraction = result.accepted_fraction_of_bound(bound);
    if json {
        return print_json(&serde_json::json!({
            "shape": shape,
            "chips": result.chips,
            "cycles": result.cycles,
            "seed": question.seed,
            "load": question.load,
            "virtual_channels": result.virtual_channels,
            "accepted_flits_per_chip_cycle": result.accepted_flits_per_chip_cycle,
            "bound_flits_per_chip_cycle": bound,
            "accepted_fraction_of_bound": fraction,
            "mean_latency_cycles": result.mean_latency_cycles,
            "p99_latency_cycles": result.p99_latency_cycles,
            "mean_link_use": result.mean_link_use,
            "max_link_use": result.max_link_use,
        }));
    }
    print(&format!("{shape}: {} chips, {} cycles, seed {}", result.chips, result.cycles, question.seed));
    print(&format!("  offered          {:>9.4} flits per chip and cycle", question.load));
    print(&format!(
        "  accepted         {:>9.4} flits per chip and cycle",
        result.accepted_flits_per_chip_cycle
    ));
    print(&format!("  of the bound     {:>9.2} %", 100.0 * fraction));
    print(&format!("  mean latency     {:>9.2} cycles", result.mean_latency_cycles));
    print(&format!("  99 % latency     {:>9} cycles", result.p99_latency_cycles));
    print(&format!("  mean link use    {:>9.2} %", 100.0 * result.mean_link_use));
    print(&format!("  virtual channels {:>9}", result.virtual_channels));
    ExitCode::SUCCESS
}

fn network(shape: &str, twisted: bool, file: Option<&Path>) -> Result<Network, String> {
    if let Some(file) = file {
        return Ok(maps::read(shape, file)?.network());
    }
    let topology = wire(shape, torus_kind(twisted));
    topology.map(|topology| topology.network()).map_err(|error| error.to_string())
}
