//! The cycle loop: arrivals, routes, injection, arbitration of links, credits.

use super::paths::Path;
use super::random::Random;
use super::routes::Router;
use super::traffic::Source;
use super::wheel::Wheel;
use super::{PacketConfig, Routing, Traffic};
use crate::sim::network::Network;

mod moves;
mod replies;
mod run;
mod ways;

use replies::Replies;

/// Ends a list of packets, and marks a packet that has not left its source.
const NONE: u32 = u32::MAX;
/// A link and a virtual channel share a word: link * 64 + channel.
const CHANNELS: u32 = 64;
/// The longest latency counted exactly, in cycles.
const MOST_LATENCY: usize = 1 << 16;

/// Holds a packet in the network. Links hold packets one after another, so that memory is read in order.
#[derive(Clone, Copy)]
struct Packet {
    /// The next packet of the same queue.
    next: u32,
    target: u32,
    /// The link and virtual channel it came by, whose buffer it fills.
    came: u32,
    birth: u32,
    /// The transfer it belongs to, else its source; for a reply, which has neither, [`REPLY`].
    transfer: u32,
    hops: u32,
    /// The rest of its path, where paths are given.
    path: Path,
}

/// Holds the first and last packet of a queue.
#[derive(Clone, Copy)]
struct Queue {
    head: u32,
    tail: u32,
}

/// Holds the state of a simulation. Arrays per link are at chip * ports + port.
///
/// A queue holds the packets of one output link that will use the same virtual channel. For dimension order
/// and given paths, queue c holds injected packets on channel c, and queue channels + c those in transit.
/// Replies on channels of their own follow those of requests.
pub(super) struct Engine<'a> {
    config: &'a PacketConfig,
    router: Router<'a>,
    random: Random,
    source: Source,
    chips: usize,
    ports: usize,
    /// The virtual channels of a link.
    channels: usize,
    queues_per_link: usize,
    /// Whether injected packets have queues of their own.
    apart: bool,
    /// Whether the router follows the order of dimensions hop by hop.
    ordered: bool,
    /// Whether packets take room on adaptive channels when they choose their link.
    escapes: bool,
    /// Per link: the chip past it.
    past: &'a [u32],
    queues: Vec<Queue>,
    /// Per link: the queues that are not empty, those with credit, and the packets that wait.
    occupied: Vec<u64>,
    allowed: Vec<u64>,
    waiting: Vec<u32>,
    /// The set of links with packets that wait, 64 a word.
    busy: Vec<u64>,
    /// Per link: the cycle from which it is free.
    free_at: Vec<u32>,
    /// Per link and virtual channel: the packets for which the buffer past it has room.
    credits: Vec<u16>,
    /// Per chip: packets injected that have not left.
    held: Vec<u32>,
    most_held: u32,
    replies: Replies,
    packets: Vec<Packet>,
    unused: Vec<u32>,
    /// Packets on links; those that wait are in `packets`.
    arrivals: Wheel<Packet>,
    returns: Wheel<u32>,
    acknowledgements: Wheel<u32>,
    now: u32,
    /// The virtual channel whose turn it is.
    turn: u32,
    /// The cycle from which results count.
    start: u32,
    injected: u64,
    delivered: u64,
    measured: u64,
    latency_sum: u64,
    latencies: Vec<u32>,
    /// Per chip: packets that it sent and that were delivered in the measured cycles, without replies.
    served: Vec<u32>,
    /// Per link: packets sent in the measured cycles.
    sent: Vec<u32>,
}

impl<'a> Engine<'a> {
    pub(super) fn new(network: &'a Network, config: &'a PacketConfig, router: Router<'a>) -> Self {
        let (chips, ports) = (network.chips(), network.ports());
        let links = chips * ports;
        let routing = if let Router::Hops(routes) = &router { Some(routes.routing) } else { None };
        let ordered = routing == Some(Routing::DimensionOrder);
        let escapes = routing == Some(Routing::Escape);
        let apart = ordered || escapes || routing.is_none();
        let channels = router.virtual_channels() << u32::from(config.reply_channels);
        let queues_per_link = channels << u32::from(apart);
        let (rooms, most_held) = rooms(config, channels, ports);
        let mut random = Random::new(config.seed);
        let source = Source::new(network, config, &mut random);
        let hop = config.router_cycles + config.link_cycles;
        let asks = config.traffic == Traffic::RequestReply;
        let ack = if matches!(config.traffic, Traffic::AllToAll { .. }) {
            hop * u32::try_from(router.longest()).unwrap_or(0)
        } else {
            0
        };
        Self {
            config,
            random,
            source,
            chips,
            ports,
            channels,
            queues_per_link,
            apart,
            ordered,
            escapes,
            past: network.table(),
            queues: vec![Queue { head: NONE, tail: NONE }; links * queues_per_link],
            occupied: vec![0; links],
            allowed: vec![u64::MAX >> (64 - queues_per_link); links],
            waiting: vec![0; links],
            busy: vec![0; links.div_ceil(64)],
            free_at: vec![0; links],
            credits: rooms.iter().copied().cycle().take(links * channels).collect(),
            held: vec![0; chips],
            most_held,
            replies: Replies::new(if asks { chips } else { 0 }, &router, config.reply_channels),
            packets: Vec::new(),
            unused: Vec::new(),
            arrivals: Wheel::new(hop + config.packet_flits),
            returns: Wheel::new(config.link_cycles + config.packet_flits),
            acknowledgements: Wheel::new(ack),
            now: 0,
            turn: 0,
            start: if matches!(config.traffic, Traffic::Exchange { .. }) { 0 } else { config.warmup },
            injected: 0,
            delivered: 0,
            measured: 0,
            latency_sum: 0,
            latencies: vec![0; MOST_LATENCY + 1],
            served: vec![0; chips],
            sent: vec![0; links],
            router,
        }
    }

    fn cycle(&mut self, inject: bool) {
        self.take_credits();
        self.take_arrivals();
        if inject {
            self.inject();
        }
        self.send();
        self.returns.turn();
        self.acknowledgements.turn();
        self.arrivals.turn();
        self.now += 1;
    }

    /// Returns the queues that use a virtual channel.
    #[inline]
    fn queues_of(&self, channel: u32) -> u64 {
        (1 | u64::from(self.apart) << self.channels) << channel
    }

    /// Gives back the buffer space of packets whose last flit has left.
    fn take_credits(&mut self) {
        let channels = self.channels;
        let due = self.returns.take();
        for &came in &due {
            let (link, channel) = ((came / CHANNELS) as usize, came % CHANNELS);
            self.credits[link * channels + channel as usize] += 1;
            self.allowed[link] |= self.queues_of(channel);
        }
        self.returns.give_back(due);
        let due = self.acknowledgements.take();
        for &transfer in &due {
            self.source.acknowledged(transfer);
        }
        self.acknowledgements.give_back(due);
    }
}

/// Returns the packets that fit the buffer of each virtual channel of a link, and those that a chip may hold
/// before they leave it.
fn rooms(config: &PacketConfig, channels: usize, ports: usize) -> (Vec<u16>, u32) {
    let packets = |flits: u32| flits / config.packet_flits;
    if config.link_buffer_flits == 0 {
        let room = packets(config.buffer_flits);
        return (vec![room as u16; channels], room * ports as u32);
    }
    let all = packets(config.link_buffer_flits) as usize;
    let room = |channel| (all / channels + usize::from(channel < all % channels)).min(usize::from(u16::MAX));
    ((0..channels).map(|channel| room(channel) as u16).collect(), all as u32)
}
