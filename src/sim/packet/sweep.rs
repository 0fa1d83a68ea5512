//! A sweep of window and hop latency, and whether one window explains two measured twist gains.
//!
//! Physical setting, declared before any result: a flit is 128 bytes, which a link of 50 GB/s (ISCA 2023,
//! table 4) carries in 2.56 ns, one cycle; a transfer of 4 KiB is 32 flits; a packet is 512 bytes, 4 flits. The
//! latency of a hop is not published. Buffers cover the round trip of a credit, so that a link is never idle for
//! want of credit on a channel. All of these are assumptions.

use rayon::prelude::*;

use super::window::{WindowError, WindowSetting, window_gain};
use super::{MOST_FLITS, PacketError, Routing};
use crate::sim::shape::Shape;

/// Holds the inputs of a sweep; all are assumptions.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepSettings {
    /// The windows, in transfers under way per chip.
    pub windows: Vec<u32>,
    /// The latencies of a hop, in cycles.
    pub hop_cycles: Vec<u32>,
    /// The flits of a transfer.
    pub flits_per_transfer: u32,
    /// The flits of a packet.
    pub packet_flits: u32,
    /// The cycles measured at least.
    pub cycles: u32,
    /// The cycles measured per cycle of hop latency, if those are more.
    pub cycles_per_hop_cycle: u32,
    /// How packets choose links on both networks.
    pub routing: Routing,
    /// The seed of all random choices.
    pub seed: u64,
}

impl Default for SweepSettings {
    /// Hops of 102 ns, 0.3, 1 and 3 microseconds, at 2.56 ns a cycle.
    ///
    /// A transfer and its acknowledgement take twice the mean distance of 3 to 4 hops; the cycles measured hold
    /// some of those round trips after the warm-up, which is half as long.
    fn default() -> Self {
        Self {
            windows: vec![1, 2, 4, 8, 16, 32, 64],
            hop_cycles: vec![40, 117, 391, 1172],
            flits_per_transfer: 32,
            packet_flits: 4,
            cycles: 5000,
            cycles_per_hop_cycle: 30,
            routing: Routing::Adaptive,
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
    /// Returns the setting of one point; a hop is one cycle in the router and the rest on the link.
    fn at(&self, window: u32, hop_cycles: u32) -> Result<WindowSetting, PacketError> {
        if !(2..=MOST_FLITS / 2).contains(&hop_cycles) {
            let name = "the latency of a hop";
            return Err(PacketError::Range { name, value: hop_cycles, most: MOST_FLITS / 2 });
        }
        Ok(WindowSetting {
            window,
            flits_per_transfer: self.flits_per_transfer,
            packet_flits: self.packet_flits,
            buffer_flits: self.packet_flits.saturating_add(hop_cycles).saturating_mul(2),
            router_cycles: 1,
            link_cycles: hop_cycles - 1,
            routing: self.routing,
            cycles: self.cycles.max(self.cycles_per_hop_cycle.saturating_mul(hop_cycles)),
            seed: self.seed,
        })
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
/// `FINENESS`, the first one that reaches the gain; the closer end of the last interval is taken. Gains rise with the window once links fill
/// up. Returns `None` if the largest window stays below the published gain or the least one reaches it. The
/// published gain of the other shape enters the error alone.
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
