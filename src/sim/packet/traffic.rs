//! What each chip sends, and when.

use super::random::{Random, threshold};
use super::{PacketConfig, Traffic};
use crate::sim::network::Network;

/// Marks a packet that belongs to no transfer.
pub(super) const NO_TRANSFER: u32 = u32::MAX;

/// Marks a chip without packets.
const SILENT: u32 = u32::MAX;

/// Holds a packet about to enter the network.
pub(super) struct Birth {
    pub(super) target: u32,
    pub(super) time: u32,
    pub(super) transfer: u32,
}

/// Makes the packets of all chips.
///
/// Source queues have no limit. A chip's queue is not stored: the chip remembers the time of its oldest packet
/// and draws the next one when that enters the network, which is the same process.
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
        };
        match config.traffic {
            Traffic::Uniform => {}
            Traffic::Hotspot { share } => source.hotspot = threshold(share),
            Traffic::Transpose => {
                let rows = u32::try_from(network.sizes()[0]).unwrap_or(1);
                let columns = count / rows;
                source.targets = (0..count).map(|chip| chip % columns * rows + chip / columns).collect();
            }
            Traffic::Neighbor => source.targets = network.table().to_vec(),
            Traffic::AllToAll { window, flits_per_transfer } => {
                let mut order: Vec<u32> = (1..count).collect();
                for index in (1..count - 1).rev() {
                    order.swap(index as usize, random.below(index + 1) as usize);
                }
                source.turn.iter_mut().for_each(|turn| *turn = random.below(count - 1));
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
            Traffic::AllToAll { .. } => false,
            Traffic::Transpose => idle || source.targets[chip] as usize == chip,
            _ => idle,
        };
        for chip in 0..chips {
            if silent(&source, chip) {
                source.birth[chip] = SILENT;
            } else if !matches!(config.traffic, Traffic::AllToAll { .. }) {
                source.advance(chip, random);
            }
        }
        source
    }

    /// Returns the share of chips that send.
    pub(super) fn senders(&self) -> f64 {
        let silent = self.birth.iter().filter(|&&birth| birth == SILENT).count();
        1.0 - silent as f64 / f64::from(self.chips)
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
        if matches!(self.traffic, Traffic::AllToAll { .. }) {
            return self.closed.unsent[chip] > 0 || self.closed.height[chip] > 0;
        }
        self.birth[chip] <= now
    }

    /// Takes the next packet of a chip that is ready.
    pub(super) fn take(&mut self, chip: usize, now: u32, random: &mut Random) -> Birth {
        if matches!(self.traffic, Traffic::AllToAll { .. }) {
            return self.take_of_transfer(chip, now);
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
        Birth { target, time, transfer: NO_TRANSFER }
    }

    /// Takes the next packet of the transfer a chip is sending, or of a new one.
    fn take_of_transfer(&mut self, chip: usize, now: u32) -> Birth {
        let closed = &mut self.closed;
        if closed.unsent[chip] == 0 {
            closed.height[chip] -= 1;
            let top = chip * closed.window as usize + closed.height[chip] as usize;
            let transfer = chip as u32 * closed.window + closed.free[top];
            let turn = self.turn[chip];
            self.turn[chip] = if turn + 2 == self.chips { 0 } else { turn + 1 };
            let target = chip as u32 + closed.order[turn as usize];
            closed.target[chip] = if target >= self.chips { target - self.chips } else { target };
            closed.sending[chip] = transfer;
            closed.unsent[chip] = closed.packets;
            closed.left[transfer as usize] = closed.packets;
            closed.began[transfer as usize] = now;
        }
        closed.unsent[chip] -= 1;
        let transfer = closed.sending[chip];
        Birth { target: closed.target[chip], time: closed.began[transfer as usize], transfer }
    }

    /// Counts a delivered packet; tells whether its transfer is complete.
    #[inline]
    pub(super) fn delivered(&mut self, transfer: u32) -> bool {
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
