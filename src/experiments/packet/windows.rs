//! The stored study `window`: the twist's gain with a finite window of transfers, beside its null model.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{INPUTS, SOURCE};
use crate::sim::packet::{
    ConstantFactor, Prediction, PublishedShape, SETTINGS, SweepSettings, WindowPoint, calibrate, window_sweep,
};
use crate::sim::{Shape, Topology, analyze};
use paper_engine::facts::Unit;
use paper_engine::facts::{Basis, Failure, Writer};
use paper_engine::facts::{Progress, StoredExperiment};
use paper_engine::model::{Model, Values};
use paper_engine::study::RandomDraw;
use sampling::rank_correlation;

/// The slices whose gain from the twist was measured, and the published results.
const SLICES: [&str; 2] = ["4x4x8", "4x8x8"];
const PUBLISHED: [&str; 2] = ["twist_alltoall_4x4x8", "twist_alltoall_4x8x8"];

/// The seed of the sweeps of windows.
pub(super) const DRAWN: RandomDraw = RandomDraw { what: "windows", seeds: &[1] };

/// The study `window`.
pub const WINDOW_STUDY: StoredExperiment = StoredExperiment {
    id: "window",
    experiment: "packet",
    summary: "The twist's gain in all-to-all with a finite window of transfers, and what one slice tells of the other.",
    inputs: INPUTS,
    data: &[],
    settings,
    run,
    spot,
};

fn settings() -> BTreeMap<String, f64> {
    let SweepSettings { windows, cycles, cycles_per_hop_cycle, seed, .. } = SweepSettings::default();
    let windows = windows.iter().map(|&window| (format!("window_{window}"), f64::from(window)));
    let rest = [
        ("cycles", f64::from(cycles)),
        ("cycles_per_hop_cycle", f64::from(cycles_per_hop_cycle)),
        ("seed", seed as f64),
        ("flit_bytes", f64::from(SETTINGS.flit_bytes)),
        ("packet_flits", f64::from(SETTINGS.packet_flits)),
        ("transfer_flits", f64::from(SETTINGS.transfer_flits)),
        ("buffer_round_trips", f64::from(SETTINGS.buffer_round_trips)),
        ("virtual_channels", SETTINGS.virtual_channels as f64),
    ];
    windows.chain(rest.map(|(name, value)| (name.to_owned(), value))).collect()
}

/// Returns the assumed hop latency, and the ends of its range, in microseconds.
fn latencies(model: &Model) -> [f64; 3] {
    let assumed = model.value("chip.hop_latency");
    let range = model.get("chip.hop_latency").and_then(|input| input.range);
    let (low, high) = range.unwrap_or((assumed, assumed));
    [assumed, low, high]
}

/// Returns the sweep at each of them.
fn sweeps(model: &Model) -> [SweepSettings; 3] {
    let bandwidth = model.value("chip.link_bandwidth");
    latencies(model).map(|latency| SweepSettings {
        hop_cycles: vec![SETTINGS.hop_cycles(latency, bandwidth)],
        ..SweepSettings::default()
    })
}

/// Returns the published gains of both slices.
fn published(model: &Model) -> Option<[f64; 2]> {
    let [small, large] = PUBLISHED.map(|name| model.published(name).map(|result| result.span.middle()));
    Some([small?, large?])
}

fn run(model: &Model, progress: Progress<'_>) -> Result<Values, String> {
    let sweeps = sweeps(model);
    let mut values = Values::from([("hop_latency".to_owned(), latencies(model).to_vec())]);
    progress("sweep of windows");
    let points: Vec<Vec<WindowPoint>> = sweeps
        .par_iter()
        .map(|settings| window_sweep(settings).map_err(|error| error.to_string()))
        .collect::<Result<_, _>>()?;
    for points in &points {
        for point in points {
            for (slice, gain) in SLICES.iter().zip([point.gain_4x4x8, point.gain_4x8x8]) {
                values.entry(format!("{}.{slice}", point.window)).or_default().push(gain);
            }
        }
    }
    let [small, large] = published(model).ok_or("the paper lacks the published gains of the twist")?;
    values.insert("measured".to_owned(), vec![small, large]);
    for (on, from, to) in [(PublishedShape::Small, 0, 1), (PublishedShape::Large, 1, 0)] {
        progress(&format!("window from {}", SLICES[from]));
        let found: Vec<Option<Prediction>> = sweeps
            .par_iter()
            .map(|settings| {
                let hop = settings.hop_cycles[0];
                // a window fills the links when its flits cover the round trip, which is a few hops long
                let settings = SweepSettings { windows: vec![(hop / 8).max(1), 2 * hop], ..settings.clone() };
                calibrate(&settings, hop, on, small, large).map_err(|error| error.to_string())
            })
            .collect::<Result<_, _>>()?;
        let found = found.into_iter().collect::<Option<Vec<Prediction>>>();
        let found = found.ok_or_else(|| format!("no window gives {} its published gain", SLICES[from]))?;
        let windows = found.iter().map(|found| f64::from(found.point.window)).collect();
        values.insert(format!("window_from_{}", SLICES[from]), windows);
        values
            .insert(format!("residual_{}", SLICES[from]), found.iter().map(|found| found.residual).collect());
        values
            .insert(format!("predicted_{}", SLICES[to]), found.iter().map(|found| found.predicted).collect());
    }
    Ok(values)
}

/// Returns the narrowest window at the assumed hop latency.
fn spot(model: &Model) -> Result<Values, String> {
    let [assumed, ..] = sweeps(model);
    let windows = assumed.windows.iter().copied().take(1).collect();
    let points = window_sweep(&SweepSettings { windows, ..assumed }).map_err(|error| error.to_string())?;
    let gains = points.iter().flat_map(|point| {
        let gains = SLICES.iter().zip([point.gain_4x4x8, point.gain_4x8x8]);
        gains.map(|(slice, gain)| (format!("{}.{slice}", point.window), vec![gain])).collect::<Vec<_>>()
    });
    Ok(gains.collect())
}

/// Writes the facts of the window; values are those at the assumed hop latency and at the ends of its range.
pub(super) fn write(model: &Model, values: &Values, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let latencies = latencies(model);
    // A result at other latencies is refused as a stored one of other inputs, and says nothing of these.
    if values.get("hop_latency").map(Vec::as_slice) != Some(&latencies[..]) {
        return Ok(());
    }
    let three = |name: &str| {
        let found = values.get(name).and_then(|list| <[f64; 3]>::try_from(list.as_slice()).ok());
        found.ok_or_else(|| format!("the stored windows have no three numbers `{name}`"))
    };
    let mut write = |name: String, values: [f64; 3], unit: Unit, formula: &str, published: Option<&str>| {
        let basis = Basis { unit, inputs: INPUTS, formula, source: SOURCE };
        let ends =
            [f64::min as fn(f64, f64) -> f64, f64::max].map(|end| values.into_iter().fold(values[0], end));
        facts.assumed(name.clone(), values[0], ends, basis, published);
        facts.moved_by(&name, "chip.hop_latency", rank_correlation(&latencies, &values));
    };
    for window in SweepSettings::default().windows {
        for slice in SLICES {
            let gains = three(&format!("{window}.{slice}"))?;
            let formula = "accepted all-to-all of 4 KiB transfers, twisted over regular torus; the interval spans the range of the hop latency";
            write(format!("packet.window.{window}.gain_{slice}"), gains, Unit::TIMES, formula, None);
        }
    }
    // windows calibrated on other gains predict nothing of these
    let Some(measured) = published(model) else { return Ok(()) };
    if values.get("measured").map(Vec::as_slice) != Some(&measured[..]) {
        return Ok(());
    }
    let mut joint = [f64::INFINITY; 3];
    for (from, to) in [(0, 1), (1, 0)] {
        let window = three(&format!("window_from_{}", SLICES[from]))?;
        let residual = three(&format!("residual_{}", SLICES[from]))?;
        let predicted = three(&format!("predicted_{}", SLICES[to]))?;
        let errors = predicted.map(|gain| gain / measured[to] - 1.0);
        for (joint, (residual, error)) in joint.iter_mut().zip(residual.iter().zip(errors)) {
            *joint = joint.min(residual.abs().max(error.abs()));
        }
        let [slice, other] = [SLICES[from], SLICES[to]];
        let formula = format!(
            "whole window whose gain on {slice} comes nearest to the published one: calibrated, not predicted"
        );
        write(format!("packet.window_from_{slice}"), window, Unit::COUNT, &formula, None);
        let formula =
            format!("gain on {other} with the window calibrated on {slice} alone, at each hop latency");
        let name = format!("packet.predicted_gain_{other}");
        write(name, predicted, Unit::TIMES, &formula, Some(PUBLISHED[to]));
        let formula = "the predicted over the measured gain, less one";
        write(format!("packet.window_error_{other}"), errors, Unit::FRACTION, formula, None);
    }
    let formula = "least, over both calibrated windows, of the larger error on the two slices";
    write("packet.window_joint_error".into(), joint, Unit::FRACTION, formula, None);
    // windows are calibrated on published gains
    for slice in SLICES {
        for quantity in ["window_from", "predicted_gain", "window_error"] {
            facts.starts_from_published(&format!("packet.{quantity}_{slice}"));
        }
    }
    facts.starts_from_published("packet.window_joint_error");
    Ok(())
}

/// Writes the facts of one constant factor between ideal and measured gain, fitted on either slice.
pub(super) fn write_null_model(model: &Model, facts: &mut Writer<'_>) -> Result<(), Failure> {
    let ideal = |name: &str| -> Result<f64, Failure> {
        let shape: Shape = name.parse()?;
        let rate = |topology: &Topology| analyze(topology).alltoall_links_per_chip;
        Ok(rate(&Topology::twisted(shape)?) / rate(&Topology::torus(shape)))
    };
    let (small, large) = (ideal(SLICES[0])?, ideal(SLICES[1])?);
    // A paper may lack these published results, and then nothing is fitted.
    let Some(measured) = published(model) else { return Ok(()) };
    let gains = [[small, measured[0]], [large, measured[1]]];
    for (from, to) in [(0, 1), (1, 0)] {
        let found = ConstantFactor::fit(gains[from], gains[to]);
        let [slice, other] = [SLICES[from], SLICES[to]];
        let basis = |unit, formula| Basis { unit, inputs: &[], formula, source: SOURCE };
        let formula = "measured over ideal gain of the twist: one number fitted, not predicted";
        facts.derived(format!("packet.factor_from_{slice}"), found.factor, basis(Unit::ONE, formula), None);
        let formula = "ideal gain of this slice times the factor fitted on the other one";
        let name = format!("packet.factor_predicted_gain_{other}");
        facts.derived(name, found.predicted, basis(Unit::TIMES, formula), PUBLISHED[to]);
        let formula = "the gain predicted by the factor over the measured one, less one";
        let name = format!("packet.factor_error_{other}");
        facts.derived(name, found.error, basis(Unit::FRACTION, formula), None);
    }
    Ok(())
}
