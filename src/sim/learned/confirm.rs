//! Packets on balanced paths over learned maps, against packets on the best torus or twist of the same shape.

use thiserror::Error;

use super::super::network::Network;
use super::super::packet::{
    PacketConfig, PacketError, PacketResult, Routing, Traffic, simulate, simulate_routed,
};
use super::super::routing::analyze;
use super::super::shape::{CUBE_SIDE, Shape};
use super::super::topology::Topology;
use super::LearnedError;
use super::routes::{RouteSettings, balanced_routes};
use super::translations::Translations;

/// The routings that the torus and the twist may choose from.
const ROUTINGS: [Routing; 2] = [Routing::Adaptive, Routing::EqualPaths];

/// Names the wiring that learned maps are compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rival {
    /// Whether the twist was better than the regular torus.
    pub twisted: bool,
    /// The routing that accepted most.
    pub routing: Routing,
    /// Its run.
    pub result: PacketResult,
}

/// Holds uniform traffic at saturation on learned maps and on the best torus or twist.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Confirmed {
    /// The flits that each chip of the learned slice delivers per cycle, in the mean over chips.
    ///
    /// Chips with room may send more than others beyond saturation, so this can pass `flow` by a little.
    pub learned: f64,
    /// The same on the best torus or twist with its best routing.
    pub rival: Rival,
    /// The first over the second.
    pub ratio: f64,
    /// The flits that each chip of the learned slice delivers per cycle when its links have as much buffer in
    /// all as those of the best torus or twist, which need more channels.
    pub learned_equal_buffers: f64,
    /// That over what the best torus or twist accepts.
    pub ratio_equal_buffers: f64,
    /// The rate that the paths carry by flow alone, in units of one link's bandwidth.
    pub flow: f64,
    /// The virtual channels that the paths need to be free of deadlock.
    pub virtual_channels: usize,
    /// The hops of the longest path.
    pub longest: usize,
    /// The run on the learned slice.
    pub result: PacketResult,
}

/// Tells why maps cannot be confirmed.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ConfirmError {
    /// The maps are refused.
    #[error(transparent)]
    Learned(#[from] LearnedError),
    /// The simulation is refused.
    #[error(transparent)]
    Packet(#[from] PacketError),
}

/// Simulates uniform traffic at saturation on learned maps and on the best torus or twist of the shape.
///
/// The traffic of the configuration is not used, nor its load, routing and number of virtual channels: every
/// network is offered a tenth more than its flow bound, and gets the channels that its routes need.
///
/// # Errors
/// Refuses maps under which some chip cannot reach another, and inputs out of range.
pub fn confirm(
    translations: &Translations,
    routes: RouteSettings,
    config: &PacketConfig,
) -> Result<Confirmed, ConfirmError> {
    let saturated = |bound: f64, routing| PacketConfig {
        load: (bound * OFFERED).min(super::graph::PORTS as f64),
        traffic: Traffic::Uniform,
        routing,
        virtual_channels: 0,
        ..*config
    };
    let routes = balanced_routes(translations, routes)?;
    let result =
        simulate_routed(&routes.network, &saturated(routes.throughput, Routing::Adaptive), &routes.paths)?;
    let shape = Shape::new(translations.grid().map(|cubes| cubes * CUBE_SIDE)).map_err(LearnedError::from)?;
    let run = |topology: &Topology, twisted| -> Result<Rival, ConfirmError> {
        let network: Network = topology.network();
        let bound = analyze(topology).alltoall_links_per_chip;
        let mut best: Option<Rival> = None;
        for routing in ROUTINGS {
            let result = simulate(&network, &saturated(bound, routing))?;
            if best.is_none_or(|best| accepted(&result) > accepted(&best.result)) {
                best = Some(Rival { twisted, routing, result });
            }
        }
        best.ok_or(ConfirmError::Learned(LearnedError::NotConnected))
    };
    let mut rival = run(&Topology::torus(shape), false)?;
    if let Ok(twist) = Topology::twisted(shape) {
        let twist = run(&twist, true)?;
        if accepted(&twist.result) > accepted(&rival.result) {
            rival = twist;
        }
    }
    let least = accepted(&rival.result);
    let channels = result.virtual_channels as u32;
    let buffer_flits = config.buffer_flits.saturating_mul(rival.result.virtual_channels as u32) / channels;
    let buffer_flits = buffer_flits.max(config.packet_flits);
    let equal = PacketConfig { buffer_flits, ..saturated(routes.throughput, Routing::Adaptive) };
    let equal = accepted(&simulate_routed(&routes.network, &equal, &routes.paths)?);
    Ok(Confirmed {
        learned: accepted(&result),
        rival,
        ratio: accepted(&result) / least,
        learned_equal_buffers: equal,
        ratio_equal_buffers: equal / least,
        flow: routes.throughput,
        virtual_channels: result.virtual_channels,
        longest: routes.paths.longest(),
        result,
    })
}

/// The offered load over the flow bound: enough to saturate.
const OFFERED: f64 = 1.1;

/// Returns the flits accepted per chip and cycle.
fn accepted(result: &PacketResult) -> f64 {
    result.accepted_flits_per_chip_cycle
}
