//! Why a simulation is refused.

use thiserror::Error;

use super::{MOST_CHIPS, MOST_PORTS, MOST_VIRTUAL_CHANNELS};

/// Tells why a simulation is refused.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum PacketError {
    /// The load is not a number of flits that the ports can carry.
    #[error("the load is {load} flits per chip and cycle: it must be from 0 to {ports}, the number of ports")]
    Load {
        /// The load.
        load: f64,
        /// The ports of a chip.
        ports: usize,
    },
    /// The share of a hotspot is not a probability.
    #[error("the share of the hotspot is {0}: it must be from 0 to 1")]
    Share(f64),
    /// A number that must be positive is zero, or too large to count with.
    #[error("{name} is {value}: it must be from 1 to {most}")]
    Range {
        /// What the number counts.
        name: &'static str,
        /// The number.
        value: u32,
        /// The limit.
        most: u32,
    },
    /// A buffer cannot hold one packet.
    #[error("a buffer of {buffer} flits cannot hold a packet of {packet} flits")]
    Buffer {
        /// The flits that fit a buffer.
        buffer: u32,
        /// The flits of a packet.
        packet: u32,
    },
    /// A transfer is not a whole number of packets.
    #[error("a transfer of {transfer} flits is not a whole number of packets of {packet} flits")]
    Transfer {
        /// The flits of a transfer.
        transfer: u32,
        /// The flits of a packet.
        packet: u32,
    },
    /// The network has too many chips or ports, or too few chips.
    #[error("{chips} chips with {ports} ports: from 2 to {MOST_CHIPS} chips and at most {MOST_PORTS} ports")]
    Size {
        /// The chips.
        chips: usize,
        /// The ports of a chip.
        ports: usize,
    },
    /// Some chip cannot reach another.
    #[error("the network is not connected")]
    NotConnected,
    /// The network is no torus and no twisted torus.
    #[error("adaptive routing with escape channels needs a torus or a twisted torus")]
    NotRegular,
    /// The network is not a plain torus or mesh.
    #[error("dimension-order routing needs a plain torus or mesh")]
    NotPlain,
    /// The paths were checked against another network.
    #[error("the paths were checked against another network")]
    OtherNetwork,
    /// The routing could deadlock with so few virtual channels.
    #[error(
        "the routing needs {needed} virtual channels to be free of deadlock; there are {given} of at most {MOST_VIRTUAL_CHANNELS}"
    )]
    VirtualChannels {
        /// The channels needed.
        needed: usize,
        /// The channels there are.
        given: usize,
    },
}
