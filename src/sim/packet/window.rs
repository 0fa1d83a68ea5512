//! What a twist gains when every chip has a finite window of transfers under way.

use super::{PacketConfig, PacketError, PacketResult, Traffic, simulate};
use crate::sim::shape::{Shape, ShapeError};
use crate::sim::topology::Topology;
use thiserror::Error;

/// Holds the inputs of a closed-loop all-to-all; all are assumptions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WindowSetting {
    /// The transfers of 4 KiB that each chip has under way.
    pub window: u32,
    /// The flits of a transfer; a cycle is the time of one flit on a link.
    pub flits_per_transfer: u32,
    /// All else, on both networks; load and traffic are not used.
    pub config: PacketConfig,
}

/// Holds an all-to-all on a regular and on a twisted torus of the same shape.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WindowGain {
    /// The run on the regular torus.
    pub regular: PacketResult,
    /// The run on the twisted torus.
    pub twisted: PacketResult,
    /// The accepted load of the twisted torus over that of the regular one.
    pub gain: f64,
}

/// Tells why a gain cannot be computed.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum WindowError {
    /// The shape has no twist.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// The simulation is refused.
    #[error(transparent)]
    Packet(#[from] PacketError),
}

/// Simulates an all-to-all with a finite window on the regular and on the twisted torus of a shape.
///
/// # Errors
/// Refuses shapes without a twist and inputs out of range.
pub fn window_gain(shape: Shape, setting: &WindowSetting) -> Result<WindowGain, WindowError> {
    let traffic =
        Traffic::AllToAll { window: setting.window, flits_per_transfer: setting.flits_per_transfer };
    let config = PacketConfig { traffic, ..setting.config };
    let twisted = simulate(&Topology::twisted(shape)?.network(), &config)?;
    let regular = simulate(&Topology::torus(shape).network(), &config)?;
    let gain = twisted.accepted_flits_per_chip_cycle / regular.accepted_flits_per_chip_cycle;
    Ok(WindowGain { regular, twisted, gain })
}
