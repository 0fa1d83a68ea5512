//! The cycle loop: arrivals, routes, injection, arbitration of links, credits.

use super::paths::Path;
use super::random::Random;
use super::routes::Router;
use super::traffic::{NO_TRANSFER, Source};
use super::wheel::Wheel;
use super::{PacketConfig, Routing, Traffic};
use crate::sim::network::Network;

mod run;

/// Ends a list of packets, and marks a packet that has not left its source.
const NONE: u32 = u32::MAX;
/// A link and a virtual channel share a word: link * 64 + channel.
const CHANNELS: u32 = 64;
/// The longest latency counted exactly, in cycles.
const MOST_LATENCY: usize = 1 << 16;

/// Holds a packet in the network.
#[derive(Clone, Copy)]
struct Packet {
    /// The next packet of the same queue.
    next: u32,
    target: u32,
    /// The link and virtual channel it came by, whose buffer it fills.
    came: u32,
    birth: u32,
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
/// A queue holds the packets of one output link that will use the same virtual channel. For dimension order and
/// given paths, queue 0 holds injected packets (channel 0), queue c + 1 those in transit on channel c.
pub(super) struct Engine<'a> {
    config: &'a PacketConfig,
    router: Router<'a>,
    random: Random,
    source: Source,
    chips: usize,
    ports: usize,
    queues_per_link: usize,
    /// Whether injected packets have queues of their own.
    apart: bool,
    /// Whether the two channels of dimension order take turns.
    ordered: bool,
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
    packets: Vec<Packet>,
    unused: Vec<u32>,
    arrivals: Wheel,
    returns: Wheel,
    acknowledgements: Wheel,
    now: u32,
    injected: u64,
    delivered: u64,
    measured: u64,
    latency_sum: u64,
    latencies: Vec<u32>,
    /// Per link: packets sent in the measured cycles.
    sent: Vec<u32>,
}

impl<'a> Engine<'a> {
    pub(super) fn new(network: &'a Network, config: &'a PacketConfig, router: Router<'a>) -> Self {
        let (chips, ports) = (network.chips(), network.ports());
        let links = chips * ports;
        let ordered = matches!(&router, Router::Hops(routes) if routes.routing == Routing::DimensionOrder);
        let apart = ordered || matches!(router, Router::Paths(_));
        let queues_per_link = router.virtual_channels() + usize::from(apart);
        let room = config.buffer_flits / config.packet_flits;
        let mut random = Random::new(config.seed);
        let source = Source::new(network, config, &mut random);
        let hop = config.router_cycles + config.link_cycles;
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
            queues_per_link,
            apart,
            ordered,
            past: network.table(),
            queues: vec![Queue { head: NONE, tail: NONE }; links * queues_per_link],
            occupied: vec![0; links],
            allowed: vec![u64::MAX >> (64 - queues_per_link); links],
            waiting: vec![0; links],
            busy: vec![0; links.div_ceil(64)],
            free_at: vec![0; links],
            credits: vec![room as u16; links * router.virtual_channels()],
            held: vec![0; chips],
            most_held: room * ports as u32,
            packets: Vec::new(),
            unused: Vec::new(),
            arrivals: Wheel::new(hop + config.packet_flits),
            returns: Wheel::new(config.link_cycles + config.packet_flits),
            acknowledgements: Wheel::new(ack),
            now: 0,
            injected: 0,
            delivered: 0,
            measured: 0,
            latency_sum: 0,
            latencies: vec![0; MOST_LATENCY + 1],
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
        if !self.apart {
            1 << channel
        } else if channel == 0 {
            0b11
        } else {
            0b10 << channel
        }
    }

    /// Returns the virtual channel of a queue.
    #[inline]
    fn channel_of(&self, queue: u32) -> u32 {
        if self.apart { queue.saturating_sub(1) } else { queue }
    }

    /// Gives back the buffer space of packets whose last flit has left.
    fn take_credits(&mut self) {
        let channels = self.router.virtual_channels();
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

    /// Ejects the packets that are where they go and queues the others.
    fn take_arrivals(&mut self) {
        let due = self.arrivals.take();
        for &index in &due {
            let packet = self.packets[index as usize];
            let link = (packet.came / CHANNELS) as usize;
            let chip = self.past[link];
            if chip == packet.target {
                self.eject(index, packet);
                continue;
            }
            let chip = chip as usize;
            let first = chip * self.ports;
            let channel = packet.came % CHANNELS;
            let (port, queue) = match &self.router {
                Router::Hops(routes) => {
                    let waiting = &self.waiting[first..first + self.ports];
                    let port = routes.port(chip, packet.target as usize, waiting, &mut self.random);
                    let queue = if !self.ordered {
                        channel + 1
                    } else if link % self.ports / 2 == port / 2 {
                        1 + (channel | u32::from(routes.crosses(link)))
                    } else {
                        1
                    };
                    (port, queue)
                }
                Router::Paths(table) => {
                    let port = self.packets[index as usize].path.step().unwrap_or(0);
                    (port, 1 + channel + u32::from(table.rises(link, first + port)))
                }
            };
            let out = first + port;
            self.enqueue(out, queue, index);
        }
        self.arrivals.give_back(due);
    }

    fn eject(&mut self, index: u32, packet: Packet) {
        self.returns.push(self.config.link_cycles, packet.came);
        self.unused.push(index);
        self.delivered += 1;
        if self.now >= self.config.warmup {
            let latency = self.now - packet.birth;
            self.measured += 1;
            self.latency_sum += u64::from(latency);
            self.latencies[(latency as usize).min(MOST_LATENCY)] += 1;
        }
        if packet.transfer != NO_TRANSFER && self.source.delivered(packet.transfer) {
            let back = packet.hops * (self.config.router_cycles + self.config.link_cycles);
            self.acknowledgements.push(back, packet.transfer);
        }
    }

    #[inline]
    fn enqueue(&mut self, link: usize, queue: u32, index: u32) {
        let place = &mut self.queues[link * self.queues_per_link + queue as usize];
        let bit = 1 << queue;
        self.packets[index as usize].next = NONE;
        if self.occupied[link] & bit == 0 {
            self.occupied[link] |= bit;
            place.head = index;
        } else {
            self.packets[place.tail as usize].next = index;
        }
        place.tail = index;
        self.waiting[link] += 1;
        self.busy[link / 64] |= 1 << (link % 64);
    }

    /// Lets packets enter while their chip has room.
    fn inject(&mut self) {
        for chip in 0..self.chips {
            while self.held[chip] < self.most_held && self.source.ready(chip, self.now) {
                let birth = self.source.take(chip, self.now, &mut self.random);
                let target = birth.target as usize;
                let first = chip * self.ports;
                let (port, path) = match &self.router {
                    Router::Hops(routes) => {
                        let waiting = &self.waiting[first..first + self.ports];
                        (routes.port(chip, target, waiting, &mut self.random), Path::default())
                    }
                    Router::Paths(table) => {
                        let mut path = table.draw(chip, target, &mut self.random);
                        (path.step().unwrap_or(0), path)
                    }
                };
                let packet = Packet {
                    next: NONE,
                    target: birth.target,
                    came: NONE,
                    birth: birth.time,
                    transfer: birth.transfer,
                    hops: 0,
                    path,
                };
                let index = if let Some(index) = self.unused.pop() {
                    self.packets[index as usize] = packet;
                    index
                } else {
                    self.packets.push(packet);
                    self.packets.len() as u32 - 1
                };
                self.enqueue(first + port, 0, index);
                self.held[chip] += 1;
                self.injected += 1;
            }
        }
    }

    /// Starts at most one packet over every free link: that of the highest channel, injected ones last.
    ///
    /// For dimension order the two channels take turns.
    fn send(&mut self) {
        for word in 0..self.busy.len() {
            let mut busy = self.busy[word];
            while busy != 0 {
                self.send_over(word * 64 + busy.trailing_zeros() as usize);
                busy &= busy - 1;
            }
        }
    }

    #[inline]
    fn send_over(&mut self, link: usize) {
        let ready = self.occupied[link] & self.allowed[link];
        if ready == 0 || self.free_at[link] > self.now {
            return;
        }
        let PacketConfig { packet_flits: flits, router_cycles, link_cycles, .. } = *self.config;
        let later = self.ordered && self.now & 1 == 0;
        let queue = if later && ready & 0b10 != 0 { 1 } else { 63 - ready.leading_zeros() };
        let place = &mut self.queues[link * self.queues_per_link + queue as usize];
        let index = place.head;
        let packet = &mut self.packets[index as usize];
        packet.hops += 1;
        place.head = packet.next;
        self.occupied[link] &= !(u64::from(packet.next == NONE) << queue);
        self.waiting[link] -= 1;
        self.busy[link / 64] &= !(u64::from(self.waiting[link] == 0) << (link % 64));
        let came = packet.came;
        let arrived = self.past[link] == packet.target;
        let channel = self.channel_of(queue);
        self.packets[index as usize].came = link as u32 * CHANNELS + channel;
        let place = link * self.router.virtual_channels() + channel as usize;
        self.credits[place] -= 1;
        if self.credits[place] == 0 {
            self.allowed[link] &= !self.queues_of(channel);
        }
        self.free_at[link] = self.now + flits;
        if self.now >= self.config.warmup {
            self.sent[link] += 1;
        }
        // a packet ends its way when its last flit is in; elsewhere it goes on with its first
        self.arrivals.push(router_cycles + link_cycles + if arrived { flits - 1 } else { 0 }, index);
        if came == NONE {
            self.held[link / self.ports] -= 1;
        } else {
            self.returns.push(link_cycles + flits - 1, came);
        }
    }
}
