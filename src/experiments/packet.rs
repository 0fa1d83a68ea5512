//! Facts of packets: saturation, latency and a scheduled all-to-all from the stored study, and the window.

mod saturation;
mod study;
mod windows;

use crate::maps::maps;
use crate::sim::packet::SETTINGS;
use paper_engine::facts::{Basis, Experiment, Failure, INTERVAL, Writer, distribution};
use paper_engine::model::Model;
use paper_engine::study::RandomDraw;
use paper_engine::units::Unit;

pub use study::PACKET_STUDY;
pub use windows::WINDOW_STUDY;

const SOURCE: &str = "dally2004principles, sections 14.2 and 17.2; jouppi2023tpuv4, section 2.8";

/// The experiment `packet`.
pub const PACKET: Experiment = Experiment {
    id: "packet",
    summary: "Packets flit by flit: accepted load, latency and scheduled all-to-all, and the twist's gain by a window.",
    families: &["packet"],
    inputs: INPUTS,
    data: &[maps(study::SHAPES)],
    published: &["tons_uniform_gain", "twist_alltoall_4x4x8", "twist_alltoall_4x8x8"],
    drawn: &[RandomDraw { what: "wirings_and_packets", seeds: &study::SEEDS }, windows::DRAWN],
    run,
    ..Experiment::EMPTY
};

/// The inputs of both studies.
const INPUTS: &[&str] = &["chip.hop_latency", "chip.link_bandwidth"];

fn run(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    facts.apart(|facts| {
        write_settings(model, facts);
        Ok(())
    })?;
    facts.apart(|facts| {
        let Some(values) = model.stored(PACKET_STUDY.id) else { return Ok(()) };
        saturation::write(model, values, facts)
    })?;
    facts.apart(|facts| windows::write_null_model(model, facts))?;
    facts.apart(|facts| {
        let Some(values) = model.stored(WINDOW_STUDY.id) else { return Ok(()) };
        windows::write(model, values, facts)
    })?;
    Ok(())
}

/// The settings of all runs, for the text.
fn write_settings(model: &Model, facts: &mut Writer<'_>) {
    let mut write = |name: &str, value: f64, unit: Unit, inputs: &[&str], formula: &str| {
        let basis = Basis { unit, inputs, formula, source: SOURCE };
        facts.number(format!("packet.setting.{name}"), value, basis);
    };
    let whole = |value: u32| f64::from(value);
    let flit = whole(SETTINGS.flit_bytes);
    // What no input moves comes first, and so rests on none.
    write("flit_bytes", flit, Unit::BYTES, &[], "bytes of a flit, assumed");
    write(
        "packet_bytes",
        flit * whole(SETTINGS.packet_flits),
        Unit::BYTES,
        &[],
        "bytes of a packet, assumed",
    );
    let transfer = flit * whole(SETTINGS.transfer_flits);
    write("transfer_bytes", transfer, Unit::BYTES, &[], "bytes of a transfer, the published size");
    let formula = "round trips that the buffers behind a link cover together, on every network";
    write("buffer_round_trips", whole(SETTINGS.buffer_round_trips), Unit::COUNT, &[], formula);
    let formula = "virtual channels of a link at most, for one class of messages";
    write("virtual_channels", SETTINGS.virtual_channels as f64, Unit::COUNT, &[], formula);
    let formula = "virtual channels with requests and replies apart, without which they can deadlock";
    write("virtual_channels_with_replies", 2.0 * SETTINGS.virtual_channels as f64, Unit::COUNT, &[], formula);
    write("cycles", whole(SETTINGS.cycles), crate::units::CYCLES, &[], "cycles measured");
    let warmup = SETTINGS.warmup_ratio * SETTINGS.cycles;
    write(
        "warmup_cycles",
        whole(warmup),
        crate::units::CYCLES,
        &[],
        "cycles before that, which are not measured",
    );
    let formula = "load offered at saturation over what the network's own routes carry by flow";
    write("overload", study::OVERLOAD, Unit::TIMES, &[], formula);
    write("seeds", study::SEEDS.len() as f64, Unit::COUNT, &[], "seeds of each number with a range");
    let bandwidth = model.value("chip.link_bandwidth");
    let link = &["chip.link_bandwidth"];
    write("cycle", SETTINGS.cycle_ns(bandwidth), Unit::NANOSECONDS, link, "time of a flit on a link");
    let hop = SETTINGS.hop_cycles(model.value("chip.hop_latency"), bandwidth);
    let latencies = distribution(model, "chip.hop_latency");
    let ends = INTERVAL.map(|probability| SETTINGS.hop_cycles(latencies.quantile(probability), bandwidth));
    let formula = "time from the start over one link to the start over the next, in cycles";
    let mut by_hop = |name: &str, unit: Unit, formula: &str, value: &dyn Fn(u32) -> f64| {
        let basis = Basis { unit, inputs: INPUTS, formula, source: SOURCE };
        let name = format!("packet.setting.{name}");
        facts.assumed(name.clone(), value(hop), ends.map(value), basis, None);
        // Longer hops take more cycles and bytes.
        facts.moved_by(&name, "chip.hop_latency", 1.0);
    };
    by_hop("hop_cycles", crate::units::CYCLES, formula, &whole);
    let formula = "bytes that a link carries until credit for the first is back: two hops and a packet";
    let round_trip = |hop| flit * whole(SETTINGS.round_trip_flits(hop));
    by_hop("round_trip_bytes", Unit::BYTES, formula, &round_trip);
    let formula = "bytes of all buffers behind a link, shared evenly by its virtual channels";
    let buffer = |hop| flit * whole(SETTINGS.link_buffer_flits(hop));
    by_hop("link_buffer_bytes", Unit::BYTES, formula, &buffer);
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_seed_of_windows_is_that_of_their_sweeps() {
        assert_eq!(windows::DRAWN.seeds, [crate::sim::packet::SweepSettings::default().seed]);
    }

    /// The text states the settings by these facts, so that it cannot state others than those simulated.
    #[test]
    fn settings_in_the_text_are_those_of_the_simulation() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let model = Model::read(root, &crate::STUDY).unwrap();
        let facts = PACKET.facts(&model).unwrap();
        let (latency, bandwidth) = (model.value("chip.hop_latency"), model.value("chip.link_bandwidth"));
        let cycle = f64::from(SETTINGS.flit_bytes) / bandwidth;
        let hop = (1e3 * latency / cycle).round() as u32;
        let config = SETTINGS.config(hop);
        let whole = f64::from;
        let flit = whole(SETTINGS.flit_bytes);
        let round_trip = flit * whole(2 * hop + config.packet_flits);
        let expected = [
            ("flit_bytes", flit),
            ("packet_bytes", flit * whole(config.packet_flits)),
            ("transfer_bytes", 4096.0),
            ("cycle", cycle),
            ("hop_cycles", whole(config.router_cycles + config.link_cycles)),
            ("round_trip_bytes", round_trip),
            ("buffer_round_trips", flit * whole(config.link_buffer_flits) / round_trip),
            ("link_buffer_bytes", flit * whole(config.link_buffer_flits)),
            ("virtual_channels", SETTINGS.virtual_channels as f64),
            ("virtual_channels_with_replies", 2.0 * SETTINGS.virtual_channels as f64),
            ("cycles", whole(config.cycles)),
            ("warmup_cycles", whole(config.warmup)),
            ("overload", study::OVERLOAD),
            ("seeds", study::SEEDS.len() as f64),
        ];
        let names: Vec<&str> = facts.keys().filter_map(|name| name.strip_prefix("packet.setting.")).collect();
        assert_eq!(names.len(), expected.len(), "{names:?}");
        for (name, value) in expected {
            let found = facts[&format!("packet.setting.{name}")].number().unwrap();
            assert!((found - value).abs() <= 1e-12 * value, "{name}: {found}, simulated {value}");
        }
        let settings = (PACKET_STUDY.settings)();
        for name in ["flit_bytes", "buffer_round_trips", "virtual_channels", "cycles", "overload", "seeds"] {
            let fact = facts[&format!("packet.setting.{name}")].number().unwrap();
            assert_eq!(settings[name], fact, "{name}");
        }
        for section in std::fs::read_dir(root.join("paper/sections")).unwrap() {
            let text = std::fs::read_to_string(section.unwrap().path()).unwrap();
            for quote in text.split("packet.setting.").skip(1) {
                let name = quote.split(|sign: char| sign != '_' && !sign.is_ascii_alphanumeric()).next();
                assert!(names.contains(&name.unwrap()), "the text quotes `packet.setting.{}`", name.unwrap());
            }
        }
    }
}
