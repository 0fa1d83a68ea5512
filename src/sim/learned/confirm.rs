//! Networks with their routes, ready for packets: learned and random maps on balanced paths, and tori and
//! twisted tori on the routes that serve them best.

use thiserror::Error;

use super::super::fabric::SwitchMaps;
use super::super::network::Network;
use super::super::packet::{
    PacketConfig, PacketError, PacketResult, PathError, PathTable, Routing, dimension_order, simulate,
    simulate_routed,
};
use super::super::routing::analyze;
use super::super::topology::Topology;
use super::LearnedError;
use super::routes::{RouteSettings, balanced_routes_of};

/// The paths of a pair that dimension-order routing draws from: its ties are pairs of ways along each
/// dimension.
const DIMENSION_ORDER_PATHS: usize = 4;

/// Names how packets find their way, with the virtual channels of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// Stored paths that balance an all-to-all, on any maps.
    Balanced(usize),
    /// Dimension order with datelines, on tori and twisted tori; two channels are enough.
    DimensionOrder(usize),
    /// Shortest paths by the fewest packets waiting, with two escape channels, on tori and twisted tori.
    Escape(usize),
}

impl Scheme {
    /// Returns the virtual channels of a link.
    #[must_use]
    pub const fn channels(self) -> usize {
        match self {
            Self::Balanced(channels) | Self::DimensionOrder(channels) | Self::Escape(channels) => channels,
        }
    }

    /// Returns the name of the scheme without its channels.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Balanced(_) => "balanced",
            Self::DimensionOrder(_) => "dimension-order",
            Self::Escape(_) => "escape",
        }
    }
}

/// Holds a network with its routes.
#[derive(Debug, Clone, PartialEq)]
pub struct Routed {
    /// The network.
    pub network: Network,
    /// How packets find their way.
    pub scheme: Scheme,
    /// The all-to-all rate of each chip that the routes carry by flow alone, in units of one link's
    /// bandwidth.
    pub flow: f64,
    paths: Option<PathTable>,
}

/// Tells why a network cannot be routed.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum RoutedError {
    /// The maps are refused.
    #[error(transparent)]
    Learned(#[from] LearnedError),
    /// The paths are refused.
    #[error(transparent)]
    Path(#[from] PathError),
    /// The simulation is refused.
    #[error(transparent)]
    Packet(#[from] PacketError),
}

impl Routed {
    /// Balances paths on any maps; the seed is that of the order in which pairs take their turn.
    ///
    /// # Errors
    /// Refuses maps that have no paths within the channels.
    pub fn balanced(maps: &SwitchMaps, channels: usize, seed: u64) -> Result<Self, RoutedError> {
        let settings = RouteSettings { virtual_channels: channels, seed, ..RouteSettings::default() };
        let found = balanced_routes_of(maps, settings)?;
        Ok(Self {
            network: found.network,
            scheme: Scheme::Balanced(channels),
            flow: found.throughput,
            paths: Some(found.paths),
        })
    }

    /// Routes a torus or twisted torus.
    ///
    /// # Errors
    /// Refuses meshes, and balanced paths that do not fit the channels.
    pub fn topology(topology: &Topology, scheme: Scheme) -> Result<Self, RoutedError> {
        let network = topology.network();
        match scheme {
            Scheme::Balanced(channels) => {
                let maps = SwitchMaps::of(topology).map_err(LearnedError::from)?;
                Self::balanced(&maps, channels, RouteSettings::default().seed)
            }
            Scheme::DimensionOrder(_) => {
                let found = dimension_order(topology, DIMENSION_ORDER_PATHS)?;
                Ok(Self { network, scheme, flow: found.throughput, paths: Some(found.paths) })
            }
            Scheme::Escape(_) => {
                let flow = analyze(topology).alltoall_links_per_chip;
                Ok(Self { network, scheme, flow, paths: None })
            }
        }
    }

    /// Returns the stored paths, if packets keep to such.
    #[must_use]
    pub const fn paths(&self) -> Option<&PathTable> {
        self.paths.as_ref()
    }

    /// Simulates packets; routing and virtual channels of the configuration are not used.
    ///
    /// # Errors
    /// Refuses inputs out of range, and buffers too small for the channels.
    pub fn run(&self, config: &PacketConfig) -> Result<PacketResult, PacketError> {
        let config =
            PacketConfig { routing: Routing::Escape, virtual_channels: self.scheme.channels(), ..*config };
        match &self.paths {
            Some(paths) => simulate_routed(&self.network, &config, paths),
            None => simulate(&self.network, &config),
        }
    }
}
