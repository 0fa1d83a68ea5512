//! Facts of packets: saturation, latency and a scheduled all-to-all from the stored study, and the window.

mod saturation;
mod study;
mod windows;

use super::Unit;
use super::experiment::{Basis, Experiment, Writer};
use crate::model::Model;
use crate::sim::packet::SETTINGS;

pub use study::PACKET_STUDY;
pub use windows::WINDOW_STUDY;

const SOURCE: &str = "dally2004principles, sections 14.2 and 17.2; jouppi2023tpuv4, section 2.8";

/// The experiment `packet`.
pub const PACKET: Experiment = Experiment {
    id: "packet",
    summary: "Packets flit by flit: accepted load, latency and scheduled all-to-all, and the twist's gain by a window.",
    inputs: INPUTS,
    maps: study::SHAPES,
    published: &["twist_alltoall_4x4x8", "twist_alltoall_4x8x8"],
    run,
};

/// The inputs of both studies.
const INPUTS: &[&str] = &["chip.hop_latency", "chip.link_bandwidth"];

fn run(model: &Model, facts: &mut Writer<'_>) {
    write_settings(model, facts);
    if let Some(values) = model.stored(PACKET_STUDY.id) {
        saturation::write(model, values, facts);
    }
    windows::write_null_model(model, facts);
    if let Some(values) = model.stored(WINDOW_STUDY.id) {
        windows::write(model, values, facts);
    }
}

/// The settings of all runs, for the text.
fn write_settings(model: &Model, facts: &mut Writer<'_>) {
    let bandwidth = model.value("chip.link_bandwidth");
    let hop = SETTINGS.hop_cycles(model.value("chip.hop_latency"), bandwidth);
    let mut write = |name: &str, value: f64, unit: Unit, inputs: &[&str], formula: &str| {
        let basis = Basis { unit, inputs, formula, source: SOURCE };
        facts.number(format!("packet.setting.{name}"), value, basis);
    };
    let whole = |value: u32| f64::from(value);
    let flit = whole(SETTINGS.flit_bytes);
    let link = &["chip.link_bandwidth"];
    write("flit_bytes", flit, Unit::Bytes, &[], "bytes of a flit, assumed");
    write(
        "packet_bytes",
        flit * whole(SETTINGS.packet_flits),
        Unit::Bytes,
        &[],
        "bytes of a packet, assumed",
    );
    let transfer = flit * whole(SETTINGS.transfer_flits);
    write("transfer_bytes", transfer, Unit::Bytes, &[], "bytes of a transfer, the published size");
    write("cycle", SETTINGS.cycle_ns(bandwidth), Unit::Nanoseconds, link, "time of a flit on a link");
    let formula = "time from the start over one link to the start over the next, in cycles";
    write("hop_cycles", whole(hop), Unit::Cycles, INPUTS, formula);
    let round_trip = flit * whole(SETTINGS.round_trip_flits(hop));
    let formula = "bytes that a link carries until credit for the first is back: two hops and a packet";
    write("round_trip_bytes", round_trip, Unit::Bytes, INPUTS, formula);
    let formula = "round trips that the buffers behind a link cover together, on every network";
    write("buffer_round_trips", whole(SETTINGS.buffer_round_trips), Unit::Count, &[], formula);
    let buffer = flit * whole(SETTINGS.link_buffer_flits(hop));
    let formula = "bytes of all buffers behind a link, shared evenly by its virtual channels";
    write("link_buffer_bytes", buffer, Unit::Bytes, INPUTS, formula);
    let formula = "virtual channels of a link at most, for one class of messages";
    write("virtual_channels", SETTINGS.virtual_channels as f64, Unit::Count, &[], formula);
    let formula = "virtual channels with requests and replies apart, without which they can deadlock";
    write("virtual_channels_with_replies", 2.0 * SETTINGS.virtual_channels as f64, Unit::Count, &[], formula);
    write("cycles", whole(SETTINGS.cycles), Unit::Cycles, &[], "cycles measured");
    let warmup = SETTINGS.warmup_ratio * SETTINGS.cycles;
    write("warmup_cycles", whole(warmup), Unit::Cycles, &[], "cycles before that, which are not measured");
    write("seeds", study::SEEDS.len() as f64, Unit::Count, &[], "seeds of each number with a range");
}

/// The median of a list, and its ends.
fn middle(values: &[f64]) -> Option<[f64; 3]> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (*sorted.first()?, *sorted.last()?);
    let half = sorted.len() / 2;
    let median = if sorted.len() % 2 == 1 { sorted[half] } else { sorted[half - 1].midpoint(sorted[half]) };
    Some([median, low, high])
}
