//! The settings of all packet runs, in one place.

use super::PacketConfig;

/// Holds what is assumed of links, routers and runs; nothing of it is published.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The bytes of a flit; a cycle is the time that a link takes for one.
    pub flit_bytes: u32,
    /// The flits of a packet.
    pub packet_flits: u32,
    /// The flits of a transfer of 4 KiB, the published size.
    pub transfer_flits: u32,
    /// The round trips of a credit that the buffers behind a link cover together, at the rate of the link.
    pub buffer_round_trips: u32,
    /// The most virtual channels of a link.
    pub virtual_channels: usize,
    /// The cycles that are measured.
    pub cycles: u32,
    /// The cycles before that, which are not, over those that are.
    pub warmup_ratio: u32,
}

/// The settings.
///
/// Each of four channels has a buffer for one round trip, the least with which a channel can use a whole link
/// (Dally and Towles, "Principles and Practices of Interconnection Networks", 2004, section 16.3); fewer
/// channels share the same bytes.
pub const SETTINGS: Settings = Settings {
    flit_bytes: 256,
    packet_flits: 2,
    transfer_flits: 16,
    buffer_round_trips: 4,
    virtual_channels: 4,
    cycles: 3000,
    warmup_ratio: 2,
};

impl Settings {
    /// Returns the time of a cycle in nanoseconds on a link of so many GB/s.
    #[must_use]
    pub fn cycle_ns(&self, link_bandwidth: f64) -> f64 {
        f64::from(self.flit_bytes) / link_bandwidth
    }

    /// Returns a hop latency in microseconds as whole cycles: one in the router and at least one on the link.
    #[must_use]
    pub fn hop_cycles(&self, hop_latency: f64, link_bandwidth: f64) -> u32 {
        (hop_latency * 1e3 / self.cycle_ns(link_bandwidth)).round().max(2.0) as u32
    }

    /// Returns the flits that a link carries until the credit for the first of them can be back: the
    /// bandwidth-delay product.
    #[must_use]
    pub fn round_trip_flits(&self, hop_cycles: u32) -> u32 {
        2 * hop_cycles + self.packet_flits
    }

    /// Returns the flits of all buffers behind a link.
    #[must_use]
    pub fn link_buffer_flits(&self, hop_cycles: u32) -> u32 {
        self.buffer_round_trips * self.round_trip_flits(hop_cycles)
    }

    /// Returns the inputs of a run at a hop latency; load, traffic and seed are left at their defaults.
    #[must_use]
    pub fn config(&self, hop_cycles: u32) -> PacketConfig {
        PacketConfig {
            cycles: self.cycles,
            warmup: self.warmup_ratio * self.cycles,
            link_buffer_flits: self.link_buffer_flits(hop_cycles),
            packet_flits: self.packet_flits,
            router_cycles: 1,
            link_cycles: hop_cycles - 1,
            ..PacketConfig::default()
        }
    }
}
