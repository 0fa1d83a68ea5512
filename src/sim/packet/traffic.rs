//! What each chip sends, and when.

use super::random::{Random, threshold};
use super::{PacketConfig, Traffic};
use crate::sim::network::Network;

/// Marks a packet that answers a request.
pub(super) const REPLY: u32 = u32::MAX;

/// Marks a chip without packets.
const SILENT: u32 = u32::MAX;

/// Holds a packet about to enter the network.
pub(super) struct Birth {
    pub(super) target: u32,
    pub(super) time: u32,
    /// The transfer it belongs to, else its source, or [`REPLY`].
    pub(super) transfer: u32,
}

/// Makes the packets of all chips.
///
/// Source queues have no limit. A chip's queue is not stored: the chip remembers the time of its oldest
/// packet and draws the next one when that enters the network, which is the same process.
pub(super) struct Source {
    traffic: Traffic,
    chips: u32,
    /// Per chip: the time of the oldest packet, and how many more have that time.
    birth: Vec<u32>,
    more: Vec<u32>,
    /// Packets that come in every cycle, and the chance of one more.
    whole: u32,
    chance: u64,
    /// For transpose, one target per chip; for neighbour, one per port, of which `turn` is next.
    targets: Vec<u32>,
    turn: Vec<u32>,
    ports: usize,
    hotspot: u64,
    /// The last cycle with new packets.
    end: u32,
    closed: Closed,
    exchange: Exchange,
}

/// Holds what is left to send when every chip sends to all others once.
#[derive(Default)]
struct Exchange {
    /// Distances in chip numbers, in the order in which all chips use them.
    order: Vec<u32>,
    /// Per chip: the packets yet to enter.
    left: Vec<u32>,
}

/// Holds the transfers of a closed loop.
#[derive(Default)]
struct Closed {
    packets: u32,
    window: u32,
    /// Distances in chip numbers, in the order in which all chips use them.
    order: Vec<u32>,
    /// Per transfer: packets yet to be delivered, and when it began.
    left: Vec<u32>,
    began: Vec<u32>,
    /// Per chip: the transfers that are free, as a stack of `window` with a height.
    free: Vec<u32>,
    height: Vec<u32>,
    /// Per chip: the transfer being sent, its target and its packets yet to enter.
    sending: Vec<u32>,
    target: Vec<u32>,
    unsent: Vec<u32>,
}

impl Source {
    pub(super) fn new(network: &Network, config: &PacketConfig, random: &mut Random) -> Self {
        let (chips, ports) = (network.chips(), network.ports());
        let count = u32::try_from(chips).unwrap_or(u32::MAX);
        let rate = config.load / f64::from(config.packet_flits);
        let mut source = Self {
            traffic: config.traffic,
            chips: count,
            birth: vec![0; chips],
            more: vec![0; chips],
            whole: rate as u32,
            chance: threshold(rate.fract()),
            targets: Vec::new(),
            turn: vec![0; chips],
            ports,
            hotspot: 0,
            end: config.warmup + config.cycles,
            closed: Closed::default(),
            exchange: Exchange::default(),
        };
        match config.traffic {
            Traffic::Uniform | Traffic::RequestReply => {}
            Traffic::Hotspot { share } => source.hotspot = threshold(share),
            Traffic::Transpose => {
                let rows = u32::try_from(network.sizes()[0]).unwrap_or(1);
                let columns = count / rows;
                source.targets = (0..count).map(|chip| chip % columns * rows + chip / columns).collect();
            }
            Traffic::Neighbor => source.targets = network.table().to_vec(),
            Traffic::Exchange { packets_per_pair } => {
                let order = source.stagger(random);
                source.exchange = Exchange { order, left: vec![(count - 1) * packets_per_pair; chips] };
            }
            Traffic::AllToAll { window, flits_per_transfer } => {
                let order = source.stagger(random);
                source.closed = Closed {
                    packets: flits_per_transfer / config.packet_flits,
                    window,
                    order,
                    left: vec![0; chips * window as usize],
                    began: vec![0; chips * window as usize],
                    free: (0..count).flat_map(|_| 0..window).collect(),
                    height: vec![window; chips],
                    sending: vec![0; chips],
                    target: vec![0; chips],
                    unsent: vec![0; chips],
                };
            }
        }
        let idle = source.whole == 0 && source.chance == 0;
        let silent = |source: &Self, chip: usize| match config.traffic {
            Traffic::AllToAll { .. } | Traffic::Exchange { .. } => false,
            Traffic::Transpose => idle || source.targets[chip] as usize == chip,
            _ => idle,
        };
        for chip in 0..chips {
            if silent(&source, chip) {
                source.birth[chip] = SILENT;
            } else if !config.traffic.is_closed() {
                source.advance(chip, random);
            }
        }
        source
    }

    /// Draws an order of distances and a place in it for each chip.
    fn stagger(&mut self, random: &mut Random) -> Vec<u32> {
        let mut order: Vec<u32> = (1..self.chips).collect();
        for index in (1..order.len()).rev() {
            order.swap(index, random.below(index as u32 + 1) as usize);
        }
        for turn in &mut self.turn {
            *turn = random.below(self.chips - 1);
        }
        order
    }

    /// Returns the next chip in the order of distances of a chip, and moves on.
    fn next_in_order(&mut self, chip: usize) -> u32 {
        let order = if self.exchange.order.is_empty() { &self.closed.order } else { &self.exchange.order };
        let turn = self.turn[chip];
        self.turn[chip] = if turn + 2 == self.chips { 0 } else { turn + 1 };
        let target = chip as u32 + order[turn as usize];
        if target >= self.chips { target - self.chips } else { target }
    }

    /// Returns the share of chips that send.
    pub(super) fn senders(&self) -> f64 {
        let sending = (0..self.birth.len()).filter(|&chip| self.is_sending(chip)).count();
        sending as f64 / f64::from(self.chips)
    }

    /// Tells whether a chip sends at all.
    pub(super) fn is_sending(&self, chip: usize) -> bool {
        self.birth[chip] != SILENT
    }

    /// Moves a chip to the time of its next packet: the same cycle while that has more, else a later one.
    fn advance(&mut self, chip: usize, random: &mut Random) {
        if self.more[chip] > 0 {
            self.more[chip] -= 1;
            return;
        }
        let mut time = self.birth[chip];
        while time < self.end {
            time += 1;
            let packets = self.whole + u32::from(u64::from(random.word()) < self.chance);
            if packets > 0 {
                self.more[chip] = packets - 1;
                break;
            }
        }
        self.birth[chip] = time;
    }

    /// Tells whether a chip has a packet to send.
    #[inline]
    pub(super) fn ready(&self, chip: usize, now: u32) -> bool {
        match self.traffic {
            Traffic::AllToAll { .. } => self.closed.unsent[chip] > 0 || self.closed.height[chip] > 0,
            Traffic::Exchange { .. } => self.exchange.left[chip] > 0,
            _ => self.birth[chip] <= now,
        }
    }

    /// Takes the next packet of a chip that is ready.
    pub(super) fn take(&mut self, chip: usize, now: u32, random: &mut Random) -> Birth {
        if matches!(self.traffic, Traffic::AllToAll { .. }) {
            return self.take_of_transfer(chip, now);
        }
        if matches!(self.traffic, Traffic::Exchange { .. }) {
            self.exchange.left[chip] -= 1;
            return Birth { target: self.next_in_order(chip), time: now, transfer: chip as u32 };
        }
        let time = self.birth[chip];
        let uniform = |random: &mut Random, chips: u32| {
            let target = chip as u32 + 1 + random.below(chips - 1);
            if target >= chips { target - chips } else { target }
        };
        let target = match self.traffic {
            Traffic::Transpose => self.targets[chip],
            Traffic::Neighbor => loop {
                let port = self.turn[chip] as usize;
                self.turn[chip] = if port + 1 == self.ports { 0 } else { port as u32 + 1 };
                let target = self.targets[chip * self.ports + port];
                if Network::is_link(target) {
                    break target;
                }
            },
            Traffic::Hotspot { .. } if chip != 0 && u64::from(random.word()) < self.hotspot => 0,
            _ => uniform(random, self.chips),
        };
        self.advance(chip, random);
        Birth { target, time, transfer: chip as u32 }
    }

    /// Takes the next packet of the transfer a chip is sending, or of a new one.
    fn take_of_transfer(&mut self, chip: usize, now: u32) -> Birth {
        let is_new = self.closed.unsent[chip] == 0;
        let target = if is_new { self.next_in_order(chip) } else { self.closed.target[chip] };
        let closed = &mut self.closed;
        if is_new {
            closed.height[chip] -= 1;
            let top = chip * closed.window as usize + closed.height[chip] as usize;
            let transfer = chip as u32 * closed.window + closed.free[top];
            closed.target[chip] = target;
            closed.sending[chip] = transfer;
            closed.unsent[chip] = closed.packets;
            closed.left[transfer as usize] = closed.packets;
            closed.began[transfer as usize] = now;
        }
        closed.unsent[chip] -= 1;
        let transfer = closed.sending[chip];
        Birth { target, time: closed.began[transfer as usize], transfer }
    }

    /// Returns the chip that sent a packet of a transfer.
    #[inline]
    pub(super) fn of(&self, transfer: u32) -> usize {
        let transfer = transfer as usize;
        if self.closed.left.is_empty() { transfer } else { transfer / self.closed.window as usize }
    }

    /// Counts a delivered packet; tells whether a transfer is complete with it.
    #[inline]
    pub(super) fn delivered(&mut self, transfer: u32) -> bool {
        if self.closed.left.is_empty() {
            return false;
        }
        let left = &mut self.closed.left[transfer as usize];
        *left -= 1;
        *left == 0
    }

    /// Frees a transfer whose acknowledgement is back.
    pub(super) fn acknowledged(&mut self, transfer: u32) {
        let closed = &mut self.closed;
        let chip = (transfer / closed.window) as usize;
        let top = chip * closed.window as usize + closed.height[chip] as usize;
        closed.free[top] = transfer % closed.window;
        closed.height[chip] += 1;
    }
}
