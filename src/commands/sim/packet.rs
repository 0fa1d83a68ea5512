//! `phext-paper sim packet`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::{
    Failure, JsonArguments, Outcome, announce, maps, print, print_json, read_model, torus_kind, wire,
};
use crate::maps::{Maps as _, learned_maps};
use crate::sim::learned::{Routed, Scheme, best_lattices, random_permutations, random_translations};
use crate::sim::packet::{PacketConfig, PacketResult, SETTINGS, Settings, Traffic};
use crate::sim::{Shape, SwitchMaps};
use paper_engine::facts::Seeds;
use paper_engine::model::Model;
use paper_engine::study::Study;

/// The longest that an all-to-all may take, in cycles.
const MOST_CYCLES: u32 = 1 << 24;
/// The most seeds of one call.
const MOST_SEEDS: u64 = 1000;

/// Options of `sim packet`.
#[derive(Args)]
pub struct Arguments {
    /// Chips along each axis, such as 8x8x8
    shape: String,
    /// Flits offered by each chip in a cycle; all that its ports take when it is left out
    #[arg(long, allow_hyphen_values = true)]
    load: Option<f64>,
    /// Wire the slice as a twisted torus
    #[arg(long, conflicts_with = "maps")]
    twisted: bool,
    /// Wire the slice by maps: `learned` for the stored ones, `lattice` for the best lattice, `translations`
    /// or `permutations` for random ones drawn from the seed, or a JSON file as `learn` writes it
    #[arg(long, value_name = "MAPS|FILE")]
    maps: Option<Maps>,
    /// How packets find their way [default: balanced with maps, else escape]
    #[arg(long, value_enum)]
    routing: Option<RoutingName>,
    /// Virtual channels of each link
    #[arg(long, default_value_t = SETTINGS.virtual_channels)]
    channels: usize,
    /// Microseconds of a hop [default: that of the model]
    #[arg(long, value_name = "US", allow_hyphen_values = true)]
    hop_latency: Option<f64>,
    /// Buffers of each link, in round trips of a credit
    #[arg(long, value_name = "ROUND_TRIPS", default_value_t = SETTINGS.buffer_round_trips)]
    buffers: u32,
    /// What the chips send
    #[arg(long, value_enum, default_value = "uniform")]
    traffic: TrafficName,
    /// Packets from each chip to each other in an all-to-all
    #[arg(long, default_value_t = 1)]
    packets: u32,
    /// Cycles measured, after twice as many that are not
    #[arg(long, default_value_t = SETTINGS.cycles)]
    cycles: u32,
    /// Seed of all random choices, random maps included; the first one with --seeds
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Number of seeds
    #[arg(long, default_value_t = 1)]
    seeds: u64,
    /// Folder of the paper whose model and maps are read
    #[arg(long, default_value = ".")]
    root: PathBuf,
    #[command(flatten)]
    json: JsonArguments,
}

/// Names how packets find their way.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum RoutingName {
    /// Stored paths that balance an all-to-all
    Balanced,
    /// Dimension order with datelines, on a torus or twisted torus
    DimensionOrder,
    /// Adaptive shortest paths with two escape channels, on a torus or twisted torus
    Escape,
}

/// Names what the chips send.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum TrafficName {
    /// Each packet to any other chip with equal probability
    Uniform,
    /// Each chip to all others in a staggered order, until all has arrived
    AllToAll,
    /// Uniform requests, each answered; replies have virtual channels of their own
    RequestReply,
}

/// Names the maps of a slice.
#[derive(Clone)]
enum Maps {
    Learned,
    Lattice,
    Translations,
    Permutations,
    File(PathBuf),
}

impl FromStr for Maps {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "learned" => Self::Learned,
            "lattice" => Self::Lattice,
            "translations" => Self::Translations,
            "permutations" => Self::Permutations,
            file => Self::File(file.into()),
        })
    }
}

/// Simulates packets, with one seed or several.
pub fn run(study: &'static Study, arguments: &Arguments) -> Outcome {
    if let Some(Maps::File(file)) = &arguments.maps
        && !file.is_file()
    {
        let names = ["learned", "lattice", "translations", "permutations"].into_iter();
        let list = "sim packet --help";
        return Err(Failure::unknown("file or wiring", &file.to_string_lossy(), names, list));
    }
    let model = read_model(study, &arguments.root)?;
    let found = check(arguments).and_then(|()| {
        let seeds = arguments.seed..arguments.seed.saturating_add(arguments.seeds);
        seeds.map(|seed| simulate(arguments, &model, seed)).collect::<Result<Vec<_>, String>>()
    });
    let found = found.map_err(Failure::Usage)?;
    if arguments.json.json {
        let list: Vec<_> = found.iter().map(|found| found.json(arguments)).collect();
        return Ok(match <[serde_json::Value; 1]>::try_from(list) {
            Ok([one]) => print_json(&one),
            Err(list) => print_json(&serde_json::Value::from(list)),
        });
    }
    found.iter().for_each(|found| found.print(arguments));
    if found.len() > 1 {
        summarize(&found);
    }
    Ok(ExitCode::SUCCESS)
}

/// Refuses numbers that would overflow or make no sense before anything is computed.
fn check(arguments: &Arguments) -> Result<(), String> {
    if !(1..=MOST_SEEDS).contains(&arguments.seeds) {
        return Err(format!("{} seeds: from 1 to {MOST_SEEDS}", arguments.seeds));
    }
    if !(1..=1024).contains(&arguments.buffers) {
        return Err(format!("buffers of {} round trips: from 1 to 1024", arguments.buffers));
    }
    if !(1..=1 << 20).contains(&arguments.cycles) {
        let most = 1 << 20;
        return Err(format!("the number of cycles is {}: it must be from 1 to {most}", arguments.cycles));
    }
    match arguments.hop_latency {
        Some(latency) if !(0.0..=10.0).contains(&latency) => {
            Err(format!("a hop of {latency} microseconds: from 0 to 10"))
        }
        _ => Ok(()),
    }
}

/// What one seed gave.
struct Found {
    seed: u64,
    scheme: Scheme,
    flow: f64,
    cycle_us: f64,
    config: PacketConfig,
    result: PacketResult,
}

fn simulate(arguments: &Arguments, model: &Model, seed: u64) -> Result<Found, String> {
    announce(&format!("routes of {} with seed {seed}", arguments.shape));
    let routed = route(arguments, model, seed)?;
    announce(&format!("packets on {} with seed {seed}", arguments.shape));
    let bandwidth = model.value("chip.link_bandwidth");
    let latency = arguments.hop_latency.unwrap_or_else(|| model.value("chip.hop_latency"));
    let settings = Settings { buffer_round_trips: arguments.buffers, cycles: arguments.cycles, ..SETTINGS };
    let config = settings.config(SETTINGS.hop_cycles(latency, bandwidth));
    let load = arguments.load.unwrap_or(routed.network.ports() as f64);
    let config = match arguments.traffic {
        TrafficName::Uniform => PacketConfig { load, seed, ..config },
        TrafficName::RequestReply => {
            PacketConfig { load, seed, traffic: Traffic::RequestReply, reply_channels: true, ..config }
        }
        TrafficName::AllToAll => {
            let traffic = Traffic::Exchange { packets_per_pair: arguments.packets };
            PacketConfig { traffic, cycles: MOST_CYCLES, seed, ..config }
        }
    };
    let result = routed.run(&config).map_err(|error| error.to_string())?;
    if arguments.traffic == TrafficName::AllToAll && result.in_flight > 0 {
        return Err(format!("the all-to-all does not end within {MOST_CYCLES} cycles"));
    }
    let cycle_us = SETTINGS.cycle_ns(bandwidth) / 1e3;
    Ok(Found { seed, scheme: routed.scheme, flow: routed.flow, cycle_us, config, result })
}

/// Wires and routes the slice.
fn route(arguments: &Arguments, model: &Model, seed: u64) -> Result<Routed, String> {
    let channels = arguments.channels;
    let Some(maps) = &arguments.maps else {
        let topology =
            wire(&arguments.shape, torus_kind(arguments.twisted)).map_err(|error| error.to_string())?;
        let scheme = match arguments.routing {
            Some(RoutingName::Balanced) => Scheme::Balanced(channels),
            Some(RoutingName::DimensionOrder) => Scheme::DimensionOrder(channels),
            Some(RoutingName::Escape) | None => Scheme::Escape(channels),
        };
        return Routed::topology(&topology, scheme).map_err(|error| error.to_string());
    };
    if arguments.routing.is_some_and(|routing| routing != RoutingName::Balanced) {
        return Err("only tori and twisted tori have dimensions to route by: maps take `balanced`".to_owned());
    }
    let maps = switch_maps(&arguments.shape, maps, model, seed)?;
    Routed::balanced(&maps, channels, seed).map_err(|error| error.to_string())
}

fn switch_maps(name: &str, maps: &Maps, model: &Model, seed: u64) -> Result<SwitchMaps, String> {
    let shape: Shape = name.parse().map_err(|error: crate::sim::ShapeError| error.to_string())?;
    let text = |error: crate::sim::learned::LearnedError| error.to_string();
    match maps {
        Maps::File(file) => maps::read(name, Path::new(file)),
        Maps::Permutations => random_permutations(shape, seed).map_err(text),
        Maps::Translations => random_translations(shape, seed).and_then(|found| found.maps()).map_err(text),
        Maps::Lattice => {
            let best = best_lattices(shape.cubes().iter().product()).map_err(text)?;
            best.best.lattice.translations().and_then(|found| found.maps()).map_err(text)
        }
        Maps::Learned => {
            let stored = model.maps(&shape.to_string()).ok_or_else(|| {
                format!("no maps are stored for `{shape}`; `phext-paper learn {shape}` finds some")
            })?;
            learned_maps(stored).translations().and_then(|found| found.maps()).map_err(text)
        }
    }
}

impl Found {
    fn us(&self, cycles: f64) -> f64 {
        cycles * self.cycle_us
    }

    fn json(&self, arguments: &Arguments) -> serde_json::Value {
        let result = &self.result;
        serde_json::json!({
            "shape": arguments.shape,
            "chips": result.chips,
            "cycles": result.cycles,
            "seed": self.seed,
            "load": result.offered_flits_per_chip_cycle,
            "routing": self.scheme.name(),
            "virtual_channels": result.virtual_channels,
            "link_buffer_flits": self.config.link_buffer_flits,
            "hop_cycles": self.config.router_cycles + self.config.link_cycles,
            "accepted_flits_per_chip_cycle": result.accepted_flits_per_chip_cycle,
            "slowest_chip_flits_per_cycle": result.least_flits_per_chip_cycle,
            "bound_flits_per_chip_cycle": self.flow,
            "accepted_fraction_of_bound": result.accepted_fraction_of_bound(self.flow),
            "mean_latency_cycles": result.mean_latency_cycles,
            "median_latency_cycles": result.median_latency_cycles,
            "p99_latency_cycles": result.p99_latency_cycles,
            "mean_link_use": result.mean_link_use,
            "max_link_use": result.max_link_use,
            "time_us": self.us(f64::from(result.cycles)),
        })
    }

    fn print(&self, arguments: &Arguments) {
        let result = &self.result;
        let way = format!("{} on {} virtual channels", self.scheme.name(), result.virtual_channels);
        print(&format!("{}: {} chips, {way}, seed {}", arguments.shape, result.chips, self.seed));
        if arguments.traffic == TrafficName::AllToAll {
            let time = self.us(f64::from(result.cycles));
            print(&format!("  time             {time:>9.1} us, or {} cycles", result.cycles));
        } else {
            let offered = result.offered_flits_per_chip_cycle;
            print(&format!("  offered          {offered:>9.4} flits per chip and cycle"));
        }
        let accepted = result.accepted_flits_per_chip_cycle;
        print(&format!("  accepted         {accepted:>9.4} flits per chip and cycle"));
        print(&format!("  slowest chip     {:>9.4}", result.least_flits_per_chip_cycle));
        print(&format!("  bound            {:>9.4} flow of these routes", self.flow));
        let fraction = result.accepted_fraction_of_bound(self.flow);
        print(&format!("  of the bound     {:>9.2} %", 100.0 * fraction));
        for (name, cycles) in [
            ("median latency ", result.median_latency_cycles),
            ("99 % latency   ", result.p99_latency_cycles),
        ] {
            print(&format!("  {name}  {:>9.3} us, or {cycles} cycles", self.us(f64::from(cycles))));
        }
        print(&format!("  mean link use    {:>9.2} %", 100.0 * result.mean_link_use));
    }
}

/// Prints the median of the accepted loads, and their ends.
fn summarize(found: &[Found]) {
    let accepted: Vec<f64> = found.iter().map(|found| found.result.accepted_flits_per_chip_cycle).collect();
    if let Some(Seeds { median, lowest, highest, count }) = Seeds::of(&accepted) {
        print(&format!("{count} seeds: accepted {median:.4} in the median, {lowest:.4} to {highest:.4}"));
    }
}
