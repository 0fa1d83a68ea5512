//! Facts of packets: saturation against the flow bound, and all-to-all with a finite window of transfers.

use rayon::prelude::*;

use super::Unit;
use super::experiment::{Basis, Experiment, Writer};
use crate::model::{Model, StoredMaps};
use crate::sim::learned::Translations;
use crate::sim::packet::{PacketConfig, Routing, WindowGain, WindowSetting, simulate, window_gain};
use crate::sim::sampling::rank_correlation;
use crate::sim::{Network, Shape, Topology, analyze_network};

/// Bytes of a flit; a cycle is the time of one flit on a link.
const FLIT_BYTES: f64 = 256.0;
/// Flits of a transfer of 4 KiB, the published size, and of a packet.
const FLITS_PER_TRANSFER: u32 = 16;
/// Transfers that each chip keeps under way.
const WINDOWS: [u32; 7] = [8, 16, 32, 64, 128, 256, 512];
/// The slices whose gain from the twist was measured.
const SLICES: [&str; 2] = ["4x4x8", "4x8x8"];
/// Cycles measured with a window, after half as many that are not, and for each cycle of a hop: round trips.
const WINDOW_CYCLES: u32 = 2000;
const CYCLES_PER_HOP_CYCLE: u32 = 8;
/// Cycles measured at saturation, after as many that are not.
const SATURATION_CYCLES: u32 = 1500;
const SEED: u64 = 1;
const SOURCE: &str = "dally2004principles, sections 14.2 and 17.2; jouppi2023tpuv4, section 2.8";

/// The experiment `packet`.
pub const PACKET: Experiment = Experiment {
    id: "packet",
    summary: "Packets flit by flit: accepted load at saturation, and the gain of the twist with a finite window.",
    inputs: &["chip.hop_latency", "chip.link_bandwidth"],
    maps: &["4x8x8", "8x8x8"],
    published: &["twist_alltoall_4x4x8", "twist_alltoall_4x8x8"],
    run,
};

fn run(model: &Model, facts: &mut Writer<'_>) {
    write_saturation(model, facts);
    write_windows(model, facts);
}

fn write_saturation(model: &Model, facts: &mut Writer<'_>) {
    let shape = |name: &str| name.parse::<Shape>().ok();
    let learned = |stored: &StoredMaps| {
        let shifts = stored.shifts.clone();
        let translations = Translations::new(shape(&stored.shape)?.cubes(), shifts).ok()?;
        Some(translations.maps().ok()?.network())
    };
    let torus = |name: &str| shape(name).map(|shape| Topology::torus(shape).network());
    let twisted = |name: &str| Topology::twisted(shape(name)?).ok().map(|topology| topology.network());
    let networks: Vec<(String, Network)> = [
        ("4x4x8.torus", torus("4x4x8")),
        ("4x4x8.twisted", twisted("4x4x8")),
        ("4x8x8.twisted", twisted("4x8x8")),
        ("4x8x8.learned", model.maps("4x8x8").and_then(learned)),
        ("8x8x8.torus", torus("8x8x8")),
        ("8x8x8.learned", model.maps("8x8x8").and_then(learned)),
    ]
    .into_iter()
    .filter_map(|(name, network)| Some((name.to_owned(), network?)))
    .collect();
    let found: Vec<_> = networks
        .par_iter()
        .filter_map(|(name, network)| {
            let bound = analyze_network(network)?.alltoall_links_per_chip;
            let load = network.ports() as f64;
            let config = PacketConfig {
                load: load.min(2.0 * bound),
                cycles: SATURATION_CYCLES,
                warmup: SATURATION_CYCLES,
                seed: SEED,
                ..PacketConfig::default()
            };
            Some((name, simulate(network, &config).ok()?, bound))
        })
        .collect();
    for (name, result, bound) in found {
        let mut write = |quantity: &str, value: f64, unit: Unit, formula: &str| {
            let basis = Basis { unit, inputs: &[], formula, source: SOURCE };
            facts.number(format!("packet.{name}.{quantity}"), value, basis);
        };
        let formula = "flits delivered for each chip and cycle, uniform traffic at twice the bound, adaptive shortest paths";
        write("accepted", result.accepted_flits_per_chip_cycle, Unit::One, formula);
        let formula = "accepted load over the bound of equal splitting; adaptive routes may exceed it";
        write("accepted_of_bound", result.accepted_fraction_of_bound(bound), Unit::Fraction, formula);
        let formula = "virtual channels of each link, one for each hop of the longest route";
        write("virtual_channels", result.virtual_channels as f64, Unit::Count, formula);
    }
}

/// The run of both slices with one window and one hop latency, in cycles.
fn gains(window: u32, hop: u32) -> Option<[WindowGain; 2]> {
    let run = |name: &str| {
        let setting = WindowSetting {
            window,
            flits_per_transfer: FLITS_PER_TRANSFER,
            packet_flits: FLITS_PER_TRANSFER,
            // Buffers cover the round trip of a credit, so that they do not limit a link.
            buffer_flits: 2 * hop + 2 * FLITS_PER_TRANSFER,
            router_cycles: 1,
            link_cycles: hop.saturating_sub(1).max(1),
            routing: Routing::Adaptive,
            cycles: WINDOW_CYCLES + CYCLES_PER_HOP_CYCLE * hop,
            seed: SEED,
        };
        window_gain(name.parse().ok()?, &setting).ok()
    };
    let [first, second] = SLICES;
    Some([run(first)?, run(second)?])
}

/// A value at the assumed hop latency, and at the ends of its range.
type Three = [f64; 3];

/// Gains and accepted loads of both slices for one window.
struct Run {
    window: u32,
    gain: [Three; 2],
    accepted: [Three; 2],
}

fn write_windows(model: &Model, facts: &mut Writer<'_>) {
    let cycle_ns = FLIT_BYTES / model.value("chip.link_bandwidth");
    let assumed = model.value("chip.hop_latency");
    let (low, high) =
        model.get("chip.hop_latency").and_then(|input| input.range).unwrap_or((assumed, assumed));
    let latencies = [assumed, low, high];
    let hops = latencies.map(|latency| (latency * 1e3 / cycle_ns).round().max(2.0) as u32);
    let points: Vec<(u32, u32)> = WINDOWS.iter().flat_map(|&window| hops.map(|hop| (window, hop))).collect();
    let found: Vec<Option<[WindowGain; 2]>> =
        points.par_iter().map(|&(window, hop)| gains(window, hop)).collect();
    let three = |at: usize, value: &dyn Fn(&[WindowGain; 2]) -> f64| {
        [0, 1, 2].map(|hop| found.get(at * 3 + hop).and_then(Option::as_ref).map_or(f64::NAN, value))
    };
    let runs: Vec<Run> = WINDOWS
        .iter()
        .enumerate()
        .map(|(at, &window)| Run {
            window,
            gain: [0, 1].map(|slice| three(at, &|both| both[slice].gain)),
            accepted: [0, 1]
                .map(|slice| three(at, &|both| both[slice].twisted.accepted_flits_per_chip_cycle)),
        })
        .collect();
    let mut write = |name: String, values: Three, unit: Unit, formula: &str, published: Option<&str>| {
        let basis = Basis { unit, inputs: PACKET.inputs, formula, source: SOURCE };
        let ends =
            [f64::min as fn(f64, f64) -> f64, f64::max].map(|end| values.into_iter().fold(values[0], end));
        facts.assumed(name.clone(), values[0], ends, basis, published);
        facts.moved_by(&name, "chip.hop_latency", rank_correlation(&latencies, &values));
    };
    for run in &runs {
        for (at, slice) in SLICES.iter().enumerate() {
            let formula = "accepted all-to-all of 4 KiB transfers, twisted over regular torus; the interval spans the range of the hop latency";
            write(
                format!("packet.window.{}.gain_{slice}", run.window),
                run.gain[at],
                Unit::Times,
                formula,
                None,
            );
            let formula =
                "accepted flits for each chip and cycle on the twisted torus; the interval as for the gain";
            write(
                format!("packet.window.{}.accepted_{slice}", run.window),
                run.accepted[at],
                Unit::One,
                formula,
                None,
            );
        }
    }
    for (at, known, other) in [
        (0, "twist_alltoall_4x4x8", "twist_alltoall_4x8x8"),
        (1, "twist_alltoall_4x8x8", "twist_alltoall_4x4x8"),
    ] {
        let Some(measured) = model.published(known).map(|published| published.span.middle()) else {
            continue;
        };
        // at each latency, the window that comes nearest to the published gain of one slice, and its gain on the other
        let nearest = [0, 1, 2].map(|hop| {
            let distance = |run: &Run| (run.gain[at][hop] - measured).abs();
            let best = runs.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
            best.map_or([f64::NAN; 2], |run| [f64::from(run.window), run.gain[1 - at][hop]])
        });
        let (from, to) = (SLICES[at], SLICES[1 - at]);
        let formula = format!(
            "window whose gain on {from} comes nearest to the published one: calibrated, not predicted"
        );
        write(format!("packet.window_from_{from}"), nearest.map(|pair| pair[0]), Unit::Count, &formula, None);
        let formula = format!("gain on {to} with the window calibrated on {from} alone, at each hop latency");
        write(
            format!("packet.predicted_gain_{to}"),
            nearest.map(|pair| pair[1]),
            Unit::Times,
            &formula,
            Some(other),
        );
    }
}
