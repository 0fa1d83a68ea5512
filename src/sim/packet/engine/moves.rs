//! Packets that arrive, enter, wait and are sent.

use std::hint::black_box;

use super::super::PacketConfig;
use super::super::paths::Path;
use super::super::traffic::{Birth, REPLY};
use super::{CHANNELS, Engine, MOST_LATENCY, NONE, Packet};

/// The packets whose routes are fetched together.
const TOGETHER: usize = 32;

impl Engine<'_> {
    /// Ejects the packets that are where they go and queues the others.
    pub(super) fn take_arrivals(&mut self) {
        let due = self.arrivals.take();
        for together in due.chunks(TOGETHER) {
            together.iter().for_each(|packet| self.fetch_way(packet));
            together.iter().for_each(|&packet| self.arrive(packet));
        }
        self.arrivals.give_back(due);
    }

    fn arrive(&mut self, packet: Packet) {
        let link = (packet.came / CHANNELS) as usize;
        let chip = self.past[link];
        if chip != packet.target {
            let way = self.next_way(chip as usize, packet);
            let transit = if self.apart { self.channels as u32 } else { 0 };
            self.enqueue(way.link, transit + way.channel, Packet { path: way.rest, ..packet });
        } else if self.takes(packet) {
            self.eject(packet);
        }
    }

    fn eject(&mut self, packet: Packet) {
        self.returns.push(self.config.link_cycles, packet.came);
        self.delivered += 1;
        if self.now >= self.start {
            let latency = self.now - packet.birth;
            self.measured += 1;
            self.latency_sum += u64::from(latency);
            self.latencies[(latency as usize).min(MOST_LATENCY)] += 1;
            if packet.transfer != REPLY {
                self.served[self.source.of(packet.transfer)] += 1;
            }
        }
        if self.replies.is_used() {
            self.answer(packet);
        } else if self.source.delivered(packet.transfer) {
            let back = packet.hops * (self.config.router_cycles + self.config.link_cycles);
            self.acknowledgements.push(back, packet.transfer);
        }
    }

    /// Puts a packet last into a queue.
    #[inline]
    fn enqueue(&mut self, link: usize, queue: u32, packet: Packet) {
        let packet = Packet { next: NONE, ..packet };
        let index = if let Some(index) = self.unused.pop() {
            self.packets[index as usize] = packet;
            index
        } else {
            self.packets.push(packet);
            self.packets.len() as u32 - 1
        };
        let place = &mut self.queues[link * self.queues_per_link + queue as usize];
        let bit = 1 << queue;
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
    pub(super) fn inject(&mut self) {
        for chip in 0..self.chips {
            while self.held[chip] < self.most_held && self.source.ready(chip, self.now) {
                let birth = self.source.take(chip, self.now, &mut self.random);
                self.enter(chip, birth);
                self.held[chip] += 1;
            }
        }
    }

    /// Puts a new packet into the queue of its first link.
    pub(super) fn enter(&mut self, chip: usize, birth: Birth) {
        let Birth { target, time: birth, transfer } = birth;
        let packet =
            Packet { next: NONE, target, came: NONE, birth, transfer, hops: 0, path: Path::default() };
        let way = self.first_way(chip, packet);
        self.enqueue(way.link, way.channel, Packet { path: way.rest, ..packet });
        self.injected += 1;
    }

    /// Returns the queue whose turn it is: packets in transit before injected ones.
    ///
    /// Among those the highest channel goes first where it counts hops; else channels take turns.
    #[inline]
    fn next_queue(&self, ready: u64) -> u32 {
        if !self.apart {
            return 63 - ready.leading_zeros();
        }
        let transit = ready >> self.channels;
        let (set, base) = if transit > 0 { (transit, self.channels as u32) } else { (ready, 0) };
        let later = set >> self.turn << self.turn;
        base + if later > 0 { later } else { set }.trailing_zeros()
    }

    /// Starts at most one packet over every free link.
    pub(super) fn send(&mut self) {
        self.turn = self.now % self.channels as u32;
        for word in 0..self.busy.len() {
            let busy = self.busy[word];
            let each = || {
                std::iter::successors(Some(busy), |busy| Some(busy & busy.wrapping_sub(1)))
                    .take_while(|&busy| busy != 0)
                    .map(|busy| word * 64 + busy.trailing_zeros() as usize)
            };
            each().for_each(|link| self.fetch_head(link));
            each().for_each(|link| self.send_over(link));
        }
    }

    /// Returns the queue from which a link sends in this cycle.
    #[inline]
    fn queue_to_send(&self, link: usize) -> Option<u32> {
        let ready = self.occupied[link] & self.allowed[link];
        (ready != 0 && self.free_at[link] <= self.now).then(|| self.next_queue(ready))
    }

    /// Reads the packet that a link will send, so that the processor waits for the memory of many links at
    /// once: full buffers are larger than its caches.
    #[inline]
    fn fetch_head(&self, link: usize) {
        if let Some(queue) = self.queue_to_send(link) {
            let head = self.queues[link * self.queues_per_link + queue as usize].head;
            black_box(self.packets[head as usize].next);
        }
    }

    #[inline]
    fn send_over(&mut self, link: usize) {
        let Some(queue) = self.queue_to_send(link) else { return };
        let PacketConfig { packet_flits: flits, router_cycles, link_cycles, .. } = *self.config;
        let place = &mut self.queues[link * self.queues_per_link + queue as usize];
        let index = place.head;
        let packet = self.packets[index as usize];
        place.head = packet.next;
        self.unused.push(index);
        self.occupied[link] &= !(u64::from(packet.next == NONE) << queue);
        self.waiting[link] -= 1;
        self.busy[link / 64] &= !(u64::from(self.waiting[link] == 0) << (link % 64));
        let channel = if queue >= self.channels as u32 { queue - self.channels as u32 } else { queue };
        if !self.has_reserved(channel) {
            let place = link * self.channels + channel as usize;
            self.credits[place] -= 1;
            if self.credits[place] == 0 {
                self.allowed[link] &= !self.queues_of(channel);
            }
        }
        self.free_at[link] = self.now + flits;
        if self.now >= self.start {
            self.sent[link] += 1;
        }
        // a packet ends its way when its last flit is in; elsewhere it goes on with its first
        let rest = if self.past[link] == packet.target { flits - 1 } else { 0 };
        let came = link as u32 * CHANNELS + channel;
        self.arrivals
            .push(router_cycles + link_cycles + rest, Packet { came, hops: packet.hops + 1, ..packet });
        if packet.came != NONE {
            self.returns.push(link_cycles + flits - 1, packet.came);
        } else if packet.transfer == REPLY {
            self.left(link / self.ports);
        } else {
            self.held[link / self.ports] -= 1;
        }
    }
}
