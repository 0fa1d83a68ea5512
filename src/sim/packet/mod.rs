//! A flit-level, cycle-driven simulation of packets on any [`Network`].
//!
//! Routers are input queued, with virtual channels and credits; a full input buffer stops the sender. Inside
//! a buffer, packets wait per output (virtual output queues: Dally and Towles, "Principles and Practices of
//! Interconnection Networks", 2004, section 17.2), and the crossbar is as wide as the buffers, so that only
//! links and buffers limit the flow. A link carries one flit a cycle. Switching is virtual cut-through
//! (Kermani and Klein 1979): a packet starts over a link once the next buffer has room for all of it, its
//! flits follow back to back, and its head leaves before its tail has come in. Injection and ejection are as
//! wide as all the ports of a chip; a chip holds at most one buffer per port of packets that have not left it
//! yet.
//!
//! Freedom from deadlock: see [`Routing`] and [`paths`]. Within a cycle every router sees the state of the
//! cycle before, so results depend on the inputs and the seed alone.

mod dimension_order;
mod engine;
mod error;
pub mod paths;
mod random;
mod routes;
mod settings;
mod sweep;
mod traffic;
mod wheel;
mod window;

use super::network::Network;

pub use dimension_order::{DimensionOrder, dimension_order};
pub use error::PacketError;
pub use paths::{LinkOrder, Path, PathError, PathTable, Symmetry};
pub use settings::{SETTINGS, Settings};
pub use sweep::{
    ConstantFactor, Prediction, PublishedShape, SweepSettings, WindowPoint, calibrate, window_sweep,
};
pub use window::{WindowError, WindowGain, WindowSetting, window_gain};

/// The most virtual channels of a link.
pub const MOST_VIRTUAL_CHANNELS: usize = 62;
/// The most ports of a chip.
pub const MOST_PORTS: usize = 8;
/// The most flits of a packet or buffer, and the longest times in a router or on a link.
const MOST_FLITS: u32 = 1 << 12;
/// The most chips of a network, whose routes fill a table over all pairs.
pub const MOST_CHIPS: usize = 1 << 14;

/// Names how packets choose their links.
///
/// The three minimal kinds take virtual channel h on hop h + 1, so a packet only ever waits for a channel of
/// higher number: no cycle of waiting can close, on any graph, given as many channels as the longest route
/// has hops (Günther 1981, "Prevention of deadlocks in packet-switched data transport systems"; Dally and
/// Towles 2004, section 14.2.1, distance classes). On each link the packet that travelled furthest goes
/// first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Routing {
    /// Every shortest path between two chips is equally likely, as in [`super::routing::link_loads`].
    EqualPaths,
    /// Every shortest next hop is equally likely.
    EqualHops,
    /// The shortest next hop with the fewest packets waiting in this chip, one of several at random.
    Adaptive,
    /// The shortest next hop with the fewest packets waiting of those that have room on an adaptive channel,
    /// one of several at random; where none has, the next hop in the order of dimensions, on one of two
    /// escape channels with a dateline on every ring (Duato 1993, "A new theory of deadlock-free adaptive
    /// routing in wormhole networks"; Dally and Towles 2004, section 14.3.3). On tori and twisted tori.
    ///
    /// A packet takes its room on an adaptive channel when it chooses its link, so it waits for nothing but
    /// the link; on an escape channel it waits for room on a later one.
    Escape,
    /// Axis by axis on a plain torus or mesh, with two channels and a dateline on every ring (Dally and Seitz
    /// 1987; Dally and Towles 2004, section 14.2.3).
    DimensionOrder,
}

/// Names what the chips send.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Traffic {
    /// Each packet goes to any other chip with equal probability.
    Uniform,
    /// Chip (x, y, z) of an a x b x c grid sends to the chip that the transposed a x (b c) matrix has there.
    ///
    /// On a cube this is (y, z, x). Chips that would send to themselves are silent.
    Transpose,
    /// Each chip sends to the chips past its ports in turn.
    Neighbor,
    /// A share of the packets goes to chip 0, the rest to any other chip; chip 0 sends uniformly.
    Hotspot {
        /// The share sent to chip 0, in 0..=1.
        share: f64,
    },
    /// All-to-all in a closed loop: each chip keeps a number of transfers under way, to all others in turn.
    ///
    /// Order: one random order of distances in chip numbers, entered by each chip at a random place. A
    /// transfer ends when its acknowledgement is back, which takes the time of an empty route and no
    /// bandwidth. [`PacketConfig::load`] is not used.
    AllToAll {
        /// The transfers under way per chip: an assumed input.
        window: u32,
        /// The flits of a transfer, a multiple of the flits of a packet: an assumed input.
        flits_per_transfer: u32,
    },
    /// All-to-all that ends: each chip sends to all others in turn, as fast as its links take the packets.
    ///
    /// The order is that of [`Traffic::AllToAll`]. [`PacketConfig::load`] and [`PacketConfig::warmup`] are
    /// not used, and [`PacketConfig::cycles`] is the most that it may take.
    Exchange {
        /// The packets from each chip to each other, one in each round of the order.
        packets_per_pair: u32,
    },
    /// Each packet asks any other chip with equal probability, which answers with a packet to the one that
    /// asked.
    ///
    /// A chip takes a request in only if it has room for the answer, as much as it has for packets of its
    /// own; else the request keeps its buffer. [`PacketConfig::load`] counts requests alone.
    RequestReply,
}

impl Traffic {
    /// Tells whether chips send when something is delivered or has room, and not at a given rate.
    const fn is_closed(self) -> bool {
        matches!(self, Self::AllToAll { .. } | Self::Exchange { .. })
    }
}

/// Holds the inputs of a simulation; all are assumptions on the modelled routers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PacketConfig {
    /// The flits each chip offers per cycle, from 0 to the number of ports.
    pub load: f64,
    /// The cycles that are measured.
    pub cycles: u32,
    /// The cycles before that, which are not.
    pub warmup: u32,
    /// The seed of all random choices.
    pub seed: u64,
    /// What the chips send.
    pub traffic: Traffic,
    /// How packets choose links.
    pub routing: Routing,
    /// The virtual channels of a link for one class of messages, or 0 for as many as the routing needs.
    /// Packets on given paths or with escape channels use all of them, those on other routes as many as they
    /// need.
    pub virtual_channels: usize,
    /// The flits that fit the buffer of one virtual channel.
    pub buffer_flits: u32,
    /// The flits that fit all buffers behind a link, shared out evenly over its channels, and the packets of
    /// a chip that have not left it; 0 for `buffer_flits` on each channel, and in a chip on each port.
    pub link_buffer_flits: u32,
    /// Whether replies have virtual channels of their own, as many as requests have.
    pub reply_channels: bool,
    /// The flits of a packet.
    pub packet_flits: u32,
    /// The cycles that the head of a packet spends in a router before it can start over the next link.
    pub router_cycles: u32,
    /// The cycles that a flit, or a credit on its way back, spends on a link.
    pub link_cycles: u32,
    /// Whether to go on without new packets until all are delivered, or nothing can move any more.
    pub drain: bool,
}

impl Default for PacketConfig {
    fn default() -> Self {
        Self {
            load: 1.0,
            cycles: 4000,
            warmup: 2000,
            seed: 1,
            traffic: Traffic::Uniform,
            routing: Routing::Adaptive,
            virtual_channels: 0,
            buffer_flits: 8,
            link_buffer_flits: 0,
            reply_channels: false,
            packet_flits: 1,
            router_cycles: 1,
            link_cycles: 1,
            drain: false,
        }
    }
}

/// Holds what a simulation found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PacketResult {
    /// The number of chips.
    pub chips: usize,
    /// The cycles measured; those that an exchange took.
    pub cycles: u32,
    /// The virtual channels of a link that the routing used, those of replies included.
    pub virtual_channels: usize,
    /// The flits offered per chip and cycle; in a closed loop, those accepted.
    pub offered_flits_per_chip_cycle: f64,
    /// The flits delivered per chip and measured cycle.
    pub accepted_flits_per_chip_cycle: f64,
    /// The flits delivered per measured cycle of the chip that got the fewest delivered, replies not counted.
    pub least_flits_per_chip_cycle: f64,
    /// The mean time from the creation of a packet to the arrival of its last flit, in cycles.
    pub mean_latency_cycles: f64,
    /// The time that half of the packets do not exceed, in cycles.
    pub median_latency_cycles: u32,
    /// The time that 99 % of the packets do not exceed, in cycles.
    pub p99_latency_cycles: u32,
    /// The flits that entered the network in the whole run.
    pub injected: u64,
    /// The flits delivered in the whole run.
    pub delivered: u64,
    /// The flits found in the network at the end, counted packet by packet.
    pub in_flight: u64,
    /// The largest share of measured cycles in which a link carried a flit.
    pub max_link_use: f64,
    /// The mean share of measured cycles in which a link carried a flit.
    pub mean_link_use: f64,
}

impl PacketResult {
    /// Returns the accepted load over a bound in flits per chip and cycle, such as
    /// [`super::Analysis::alltoall_links_per_chip`] for uniform traffic.
    #[must_use]
    pub fn accepted_fraction_of_bound(&self, bound: f64) -> f64 {
        self.accepted_flits_per_chip_cycle / bound
    }
}

/// Simulates packets on a network, flit by flit.
///
/// # Errors
/// Refuses inputs out of range, networks that are not connected, and too few virtual channels.
pub fn simulate(network: &Network, config: &PacketConfig) -> Result<PacketResult, PacketError> {
    check(network, config)?;
    let mut routes = routes::Routes::new(network, config.routing)?;
    let needed = routes.virtual_channels();
    let given = if config.virtual_channels == 0 { needed } else { config.virtual_channels };
    routes.use_channels(given);
    if given < needed {
        return Err(PacketError::VirtualChannels { needed, given });
    }
    run(network, config, routes::Router::Hops(routes))
}

/// Simulates packets that keep to given paths; [`PacketConfig::routing`] is not used.
///
/// # Errors
/// Refuses inputs out of range, paths for another network, and fewer virtual channels than the paths need.
pub fn simulate_routed(
    network: &Network,
    config: &PacketConfig,
    paths: &PathTable,
) -> Result<PacketResult, PacketError> {
    check(network, config)?;
    if !paths.fits(network) {
        return Err(PacketError::OtherNetwork);
    }
    let needed = paths.virtual_channels();
    let given = if config.virtual_channels == 0 { needed } else { config.virtual_channels };
    if given < needed {
        return Err(PacketError::VirtualChannels { needed, given });
    }
    run(network, config, routes::Router::Paths { table: paths, channels: given })
}

/// Runs a simulation whose channels and buffers suffice, or refuses it.
fn run(
    network: &Network,
    config: &PacketConfig,
    router: routes::Router<'_>,
) -> Result<PacketResult, PacketError> {
    let needed = router.virtual_channels() << u32::from(config.reply_channels);
    if needed > MOST_VIRTUAL_CHANNELS {
        return Err(PacketError::VirtualChannels { needed, given: MOST_VIRTUAL_CHANNELS });
    }
    let buffer = config.link_buffer_flits / needed as u32;
    if config.link_buffer_flits > 0 && buffer < config.packet_flits {
        return Err(PacketError::Buffer { buffer, packet: config.packet_flits });
    }
    Ok(engine::Engine::new(network, config, router).run())
}

/// Refuses inputs out of range.
fn check(network: &Network, config: &PacketConfig) -> Result<(), PacketError> {
    const MOST_CYCLES: u32 = 1 << 29;
    let (chips, ports) = (network.chips(), network.ports());
    if !(2..=MOST_CHIPS).contains(&chips) || ports > MOST_PORTS {
        return Err(PacketError::Size { chips, ports });
    }
    if !(0.0..=ports as f64).contains(&config.load) {
        return Err(PacketError::Load { load: config.load, ports });
    }
    let range = |name, value: u32, least: u32, most: u32| {
        if (least..=most).contains(&value) { Ok(()) } else { Err(PacketError::Range { name, value, most }) }
    };
    range("the number of cycles", config.cycles, 1, MOST_CYCLES)?;
    range("the warm-up", config.warmup, 0, MOST_CYCLES)?;
    range("the time on a link", config.link_cycles, 1, MOST_FLITS)?;
    range("the time in a router", config.router_cycles, 0, MOST_FLITS)?;
    range("the flits of a packet", config.packet_flits, 1, MOST_FLITS)?;
    range("the flits of a buffer", config.buffer_flits, 1, MOST_FLITS)?;
    range("the flits behind a link", config.link_buffer_flits, 0, 1 << 24)?;
    if config.buffer_flits < config.packet_flits && config.link_buffer_flits == 0 {
        return Err(PacketError::Buffer { buffer: config.buffer_flits, packet: config.packet_flits });
    }
    match config.traffic {
        Traffic::Exchange { packets_per_pair } => {
            range("the number of packets of a pair", packets_per_pair, 1, 1 << 16)
        }
        Traffic::Hotspot { share } if !(0.0..=1.0).contains(&share) => Err(PacketError::Share(share)),
        Traffic::AllToAll { window, flits_per_transfer } => {
            range("the window", window, 1, MOST_FLITS)?;
            range("the flits of a transfer", flits_per_transfer, 1, 1 << 20)?;
            if flits_per_transfer.is_multiple_of(config.packet_flits) {
                Ok(())
            } else {
                Err(PacketError::Transfer { transfer: flits_per_transfer, packet: config.packet_flits })
            }
        }
        _ => Ok(()),
    }
}
