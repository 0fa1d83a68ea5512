//! A sweep of window and hop latency, and whether one window explains two measured twist gains.
//!
//! Routers, links and buffers are those of [`SETTINGS`], as in every other run; the latency of a hop is not
//! published. Beside the window stands its null model: one constant factor between ideal and measured gain.

use rayon::prelude::*;

use super::settings::SETTINGS;
use super::window::{WindowError, WindowSetting, window_gain};
use super::{PacketConfig, PacketError, Routing};
use crate::sim::shape::Shape;

/// The longest hop of a sweep, in cycles.
const MOST_HOP_CYCLES: u32 = 1 << 11;

/// Holds the inputs of a sweep; all are assumptions.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepSettings {
    /// The windows, in transfers under way per chip.
    pub windows: Vec<u32>,
    /// The latencies of a hop, in cycles.
    pub hop_cycles: Vec<u32>,
    /// The cycles measured at least, after half as many that are not.
    pub cycles: u32,
    /// The cycles measured per cycle of hop latency, if those are more: some round trips of a transfer and
    /// its acknowledgement, which take twice the mean distance of 3 to 4 hops.
    pub cycles_per_hop_cycle: u32,
    /// The seed of all random choices.
    pub seed: u64,
}

impl Default for SweepSettings {
    fn default() -> Self {
        Self {
            windows: vec![16, 64, 128, 256, 512],
            hop_cycles: Vec::new(),
            cycles: 2000,
            cycles_per_hop_cycle: 30,
            seed: 1,
        }
    }
}

/// Holds the twist gains of both published shapes under one window and one hop latency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WindowPoint {
    /// The transfers under way per chip.
    pub window: u32,
    /// The latency of a hop, in cycles.
    pub hop_cycles: u32,
    /// The accepted load of the twisted 4x4x8 over that of the regular one.
    pub gain_4x4x8: f64,
    /// The accepted load of the twisted 4x8x8 over that of the regular one.
    pub gain_4x8x8: f64,
}

/// Simulates all windows and hop latencies on both shapes, in the order of the latencies.
///
/// # Errors
/// Refuses inputs out of range.
pub fn window_sweep(settings: &SweepSettings) -> Result<Vec<WindowPoint>, WindowError> {
    let small = PublishedShape::Small.shape()?;
    let large = PublishedShape::Large.shape()?;
    let settings_of = |&hop_cycles: &u32| settings.windows.iter().map(move |&window| (window, hop_cycles));
    let pairs: Vec<(u32, u32)> = settings.hop_cycles.iter().flat_map(settings_of).collect();
    let points = pairs.into_par_iter().map(|(window, hop_cycles)| {
        let setting = settings.at(window, hop_cycles)?;
        let gain_4x4x8 = window_gain(small, &setting)?.gain;
        let gain_4x8x8 = window_gain(large, &setting)?.gain;
        Ok(WindowPoint { window, hop_cycles, gain_4x4x8, gain_4x8x8 })
    });
    points.collect()
}

impl SweepSettings {
    /// Returns the setting of one point.
    fn at(&self, window: u32, hop_cycles: u32) -> Result<WindowSetting, PacketError> {
        if !(2..=MOST_HOP_CYCLES).contains(&hop_cycles) {
            let name = "the latency of a hop";
            return Err(PacketError::Range { name, value: hop_cycles, most: MOST_HOP_CYCLES });
        }
        let cycles = self.cycles.max(self.cycles_per_hop_cycle.saturating_mul(hop_cycles));
        let config = PacketConfig {
            cycles,
            warmup: cycles / 2,
            seed: self.seed,
            routing: Routing::Escape,
            virtual_channels: SETTINGS.virtual_channels,
            ..SETTINGS.config(hop_cycles)
        };
        Ok(WindowSetting { window, flits_per_transfer: SETTINGS.transfer_flits, config })
    }
}

/// Holds the null model of the window: measured gains are ideal gains times one factor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConstantFactor {
    /// The measured over the ideal gain of the slice that it was fitted on.
    pub factor: f64,
    /// The ideal gain of the other slice times that factor.
    pub predicted: f64,
    /// The predicted over the measured gain of the other slice, less one.
    pub error: f64,
}

impl ConstantFactor {
    /// Fits the factor on one slice and predicts the gain of the other, each given as ideal and measured
    /// gain.
    #[must_use]
    pub fn fit(on: [f64; 2], other: [f64; 2]) -> Self {
        let [ideal, measured] = on;
        let factor = measured / ideal;
        let predicted = other[0] * factor;
        Self { factor, predicted, error: predicted / other[1] - 1.0 }
    }
}

/// Names a shape with a published twist gain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublishedShape {
    /// 4x4x8.
    Small,
    /// 4x8x8.
    Large,
}

impl PublishedShape {
    fn shape(self) -> Result<Shape, WindowError> {
        Ok(Shape::new(if self == Self::Small { [4, 4, 8] } else { [4, 8, 8] })?)
    }
}

/// Calibrated windows are found to one part in so many; finer differences drown in the noise of a run.
const FINENESS: u32 = 64;

/// Finds the window that gives one shape its published gain, and predicts the gain of the other.
///
/// Bisection over whole windows between the least and the largest of the settings finds, to one in
/// `FINENESS`, the first one that reaches the gain; the closer end of the last interval is taken. Gains rise
/// with the window once links fill up. Returns `None` if the largest window stays below the published gain or
/// the least one reaches it. The published gain of the other shape enters the error alone.
///
/// # Errors
/// Refuses inputs out of range.
pub fn calibrate(
    settings: &SweepSettings,
    hop_cycles: u32,
    calibrated_on: PublishedShape,
    published_4x4x8: f64,
    published_4x8x8: f64,
) -> Result<Option<Prediction>, WindowError> {
    let (other, target, published) = match calibrated_on {
        PublishedShape::Small => (PublishedShape::Large, published_4x4x8, published_4x8x8),
        PublishedShape::Large => (PublishedShape::Small, published_4x8x8, published_4x4x8),
    };
    let gain = |shape: PublishedShape, window| -> Result<f64, WindowError> {
        Ok(window_gain(shape.shape()?, &settings.at(window, hop_cycles)?)?.gain)
    };
    let ends = (settings.windows.iter().copied().min(), settings.windows.iter().copied().max());
    let (Some(mut below), Some(mut above)) = ends else { return Ok(None) };
    let (mut low, mut high) = (gain(calibrated_on, below)?, gain(calibrated_on, above)?);
    if low >= target || high < target {
        return Ok(None);
    }
    while above - below > (below / FINENESS).max(1) {
        let middle = below.midpoint(above);
        let found = gain(calibrated_on, middle)?;
        if found < target {
            (below, low) = (middle, found);
        } else {
            (above, high) = (middle, found);
        }
    }
    let (window, found) = if target - low < high - target { (below, low) } else { (above, high) };
    let predicted = gain(other, window)?;
    let (gain_4x4x8, gain_4x8x8) =
        if calibrated_on == PublishedShape::Small { (found, predicted) } else { (predicted, found) };
    Ok(Some(Prediction {
        calibrated_on,
        point: WindowPoint { window, hop_cycles, gain_4x4x8, gain_4x8x8 },
        residual: found / target - 1.0,
        predicted,
        published,
        error: predicted / published - 1.0,
    }))
}

/// Holds a window calibrated on one shape and what it predicts for the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// The shape whose published gain was used to choose the point.
    pub calibrated_on: PublishedShape,
    /// The point whose gain on that shape is closest to the published one.
    pub point: WindowPoint,
    /// How far the calibrated gain stays from the published one, as a part of it; calibration, no prediction.
    pub residual: f64,
    /// The gain that the same point has on the other shape.
    pub predicted: f64,
    /// The published gain of the other shape, which the choice of the point did not use.
    pub published: f64,
    /// The predicted over the published gain, less one.
    pub error: f64,
}
