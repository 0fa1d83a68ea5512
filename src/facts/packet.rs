//! Facts of packets: saturation against the flow bound, and all-to-all with a finite window of transfers.

use rayon::prelude::*;

use super::Unit;
use super::experiment::{Basis, Experiment, Writer};
use super::learned::learned_maps;
use crate::model::{Model, StoredMaps};
use crate::sim::learned::{Confirmed, RouteSettings, confirm};
use crate::sim::packet::{
    PacketConfig, Prediction, PublishedShape, Routing, SweepSettings, WindowPoint, calibrate, simulate,
    window_sweep,
};
use crate::sim::sampling::rank_correlation;
use crate::sim::{Network, Shape, Topology, analyze_network};

/// Bytes of a flit; a cycle is the time of one flit on a link.
const FLIT_BYTES: f64 = 256.0;
/// Flits of a transfer of 4 KiB, the published size, and of a packet.
const FLITS_PER_TRANSFER: u32 = 16;
/// Transfers that each chip keeps under way.
const WINDOWS: [u32; 5] = [16, 64, 128, 256, 512];
/// The slices whose gain from the twist was measured.
const SLICES: [&str; 2] = ["4x4x8", "4x8x8"];
/// Cycles measured with a window, after half as many that are not, and for each cycle of a hop: round trips.
const WINDOW_CYCLES: u32 = 2000;
const CYCLES_PER_HOP_CYCLE: u32 = 40;
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
    write_confirmed(model, facts);
    write_windows(model, facts);
}

/// The settings of a run at saturation.
fn saturation() -> PacketConfig {
    let (cycles, warmup) = (SATURATION_CYCLES, SATURATION_CYCLES);
    PacketConfig { cycles, warmup, seed: SEED, ..PacketConfig::default() }
}

fn write_saturation(model: &Model, facts: &mut Writer<'_>) {
    let shape = |name: &str| name.parse::<Shape>().ok();
    let learned = |stored: &StoredMaps| {
        let translations = learned_maps(stored).translations().ok()?;
        Some(translations.maps().ok()?.network())
    };
    let torus = |name: &str| shape(name).map(|shape| Topology::torus(shape).network());
    let twisted = |name: &str| Topology::twisted(shape(name)?).ok().map(|topology| topology.network());
    let networks: Vec<(&str, Network)> = [
        ("4x4x8.torus", torus("4x4x8")),
        ("4x4x8.twisted", twisted("4x4x8")),
        ("4x8x8.twisted", twisted("4x8x8")),
        ("4x8x8.learned", model.maps("4x8x8").and_then(learned)),
        ("8x8x8.torus", torus("8x8x8")),
        ("8x8x8.learned", model.maps("8x8x8").and_then(learned)),
    ]
    .into_iter()
    .filter_map(|(name, network)| Some((name, network?)))
    .collect();
    let found: Vec<_> = networks
        .par_iter()
        .filter_map(|(name, network)| {
            let bound = analyze_network(network)?.alltoall_links_per_chip;
            let load = network.ports() as f64;
            let config = PacketConfig { load: load.min(2.0 * bound), ..saturation() };
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

/// A value at the assumed hop latency, and at the ends of its range.
type Three = [f64; 3];

fn write_windows(model: &Model, facts: &mut Writer<'_>) {
    let cycle_ns = FLIT_BYTES / model.value("chip.link_bandwidth");
    let assumed = model.value("chip.hop_latency");
    let (low, high) =
        model.get("chip.hop_latency").and_then(|input| input.range).unwrap_or((assumed, assumed));
    let latencies = [assumed, low, high];
    let settings = latencies.map(|latency| {
        let hop = (latency * 1e3 / cycle_ns).round().max(2.0) as u32;
        let settings = SweepSettings {
            windows: WINDOWS.to_vec(),
            hop_cycles: vec![hop],
            flits_per_transfer: FLITS_PER_TRANSFER,
            packet_flits: FLITS_PER_TRANSFER,
            cycles: WINDOW_CYCLES,
            cycles_per_hop_cycle: CYCLES_PER_HOP_CYCLE,
            routing: Routing::Adaptive,
            seed: SEED,
        };
        (hop, settings)
    });
    let sweeps: Vec<Vec<WindowPoint>> =
        settings.par_iter().map(|(_, settings)| window_sweep(settings).unwrap_or_default()).collect();
    let three = |value: &dyn Fn(&[WindowPoint]) -> Option<f64>| -> Three {
        [0, 1, 2].map(|at| sweeps.get(at).and_then(|sweep| value(sweep)).unwrap_or(f64::NAN))
    };
    let mut write = |name: String, values: Three, unit: Unit, formula: &str, published: Option<&str>| {
        let basis = Basis { unit, inputs: PACKET.inputs, formula, source: SOURCE };
        let ends =
            [f64::min as fn(f64, f64) -> f64, f64::max].map(|end| values.into_iter().fold(values[0], end));
        facts.assumed(name.clone(), values[0], ends, basis, published);
        facts.moved_by(&name, "chip.hop_latency", rank_correlation(&latencies, &values));
    };
    let gains: [fn(&WindowPoint) -> f64; 2] = [|point| point.gain_4x4x8, |point| point.gain_4x8x8];
    for (at, window) in WINDOWS.iter().enumerate() {
        for (slice, gain) in SLICES.iter().zip(gains) {
            let formula = "accepted all-to-all of 4 KiB transfers, twisted over regular torus; the interval spans the range of the hop latency";
            let values = three(&|sweep| sweep.get(at).map(gain));
            write(format!("packet.window.{window}.gain_{slice}"), values, Unit::Times, formula, None);
        }
    }
    let published = |name: &str| model.published(name).map(|published| published.span.middle());
    let (Some(small), Some(large)) = (published("twist_alltoall_4x4x8"), published("twist_alltoall_4x8x8"))
    else {
        return;
    };
    let directions = [
        (PublishedShape::Small, SLICES, "twist_alltoall_4x8x8"),
        (PublishedShape::Large, [SLICES[1], SLICES[0]], "twist_alltoall_4x4x8"),
    ];
    let mut joint = [f64::INFINITY; 3];
    for (calibrated_on, [from, to], other) in directions {
        let found: Vec<Option<Prediction>> = settings
            .par_iter()
            .map(|(hop, settings)| {
                // A window fills the links when its flits cover the round trip, which is a few hops long.
                let settings = SweepSettings { windows: vec![(hop / 8).max(1), 2 * hop], ..settings.clone() };
                calibrate(&settings, *hop, calibrated_on, small, large).ok().flatten()
            })
            .collect();
        for (joint, found) in joint.iter_mut().zip(&found) {
            let larger = |found: &Prediction| found.residual.abs().max(found.error.abs());
            *joint = found.as_ref().map_or(f64::NAN, larger).min(*joint);
        }
        let of = |value: fn(&Prediction) -> f64| -> Three {
            [0, 1, 2].map(|at| found.get(at).and_then(Option::as_ref).map_or(f64::NAN, value))
        };
        let formula = format!(
            "whole window whose gain on {from} comes nearest to the published one: calibrated, not predicted"
        );
        let window = of(|prediction| f64::from(prediction.point.window));
        write(format!("packet.window_from_{from}"), window, Unit::Count, &formula, None);
        let formula = format!("gain on {to} with the window calibrated on {from} alone, at each hop latency");
        let gain = of(|prediction| prediction.predicted);
        write(format!("packet.predicted_gain_{to}"), gain, Unit::Times, &formula, Some(other));
    }
    let formula = "least, over both calibrated windows, of the larger error on the two slices";
    write("packet.window_joint_error".into(), joint, Unit::Fraction, formula, None);
    // Windows are calibrated on published gains.
    for slice in SLICES {
        facts.starts_from_published(&format!("packet.window_from_{slice}"));
        facts.starts_from_published(&format!("packet.predicted_gain_{slice}"));
    }
    facts.starts_from_published("packet.window_joint_error");
}

/// Learned maps on their balanced paths, against the best torus or twist with its best routing.
fn write_confirmed(model: &Model, facts: &mut Writer<'_>) {
    let confirmed: Vec<(&str, Confirmed)> = PACKET
        .maps
        .par_iter()
        .filter_map(|&name| {
            let stored = model.maps(name)?;
            let translations = learned_maps(stored).translations().ok()?;
            Some((name, confirm(&translations, RouteSettings::default(), &saturation()).ok()?))
        })
        .collect();
    for (name, found) in confirmed {
        let mut write = |quantity: &str, value: f64, unit: Unit, formula: &str| {
            let basis = Basis { unit, inputs: &[], formula, source: SOURCE };
            facts.number(format!("packet.{name}.balanced.{quantity}"), value, basis);
        };
        let formula =
            "flits delivered for each chip and cycle on the balanced paths of the learned maps, saturated";
        write("accepted", found.learned, Unit::One, formula);
        write("flow", found.flow, Unit::One, "what the same paths carry by flow alone");
        let formula = "the same on the better of torus and twist, with the better of its routings";
        write("best_hand_designed", found.rival.result.accepted_flits_per_chip_cycle, Unit::One, formula);
        write("gain", found.ratio, Unit::Times, "accepted on learned maps over the best torus or twist");
        let formula = "the same with as many buffer flits on each link of both";
        write("gain_equal_buffers", found.ratio_equal_buffers, Unit::Times, formula);
        let formula = "virtual channels that free the paths of deadlock, rising with the order of links";
        write("virtual_channels", found.virtual_channels as f64, Unit::Count, formula);
        write("longest_path", found.longest as f64, Unit::Hops, "hops of the longest path");
    }
}
