//! A run from the first cycle to the counts at the end.

use std::collections::VecDeque;

use super::super::{PacketResult, Traffic};
use super::{Engine, NONE};
use crate::sim::network::Network;

impl Engine<'_> {
    /// Runs all cycles.
    pub(in super::super) fn run(mut self) -> PacketResult {
        let cycles = self.measure();
        let share = f64::from(self.config.packet_flits) / f64::from(cycles);
        let per_chip = share / self.chips as f64;
        let accepted = self.measured as f64 * per_chip;
        let links = self.past.iter().filter(|&&chip| Network::is_link(chip)).count();
        let busiest = self.sent.iter().copied().max().unwrap_or(0);
        let all: u64 = self.sent.iter().map(|&sent| u64::from(sent)).sum();
        let closed = self.config.traffic.is_closed();
        let messages = if self.config.traffic == Traffic::RequestReply { 2.0 } else { 1.0 };
        let (measured, latency_sum) = (self.measured, self.latency_sum);
        let [median_latency_cycles, p99_latency_cycles] = [0.5, 0.99].map(|share| self.quantile(share));
        if self.config.drain {
            self.drain();
        }
        let flits = u64::from(self.config.packet_flits);
        PacketResult {
            chips: self.chips,
            cycles,
            virtual_channels: self.channels,
            offered_flits_per_chip_cycle: if closed {
                accepted
            } else {
                messages * self.config.load * self.source.senders()
            },
            accepted_flits_per_chip_cycle: accepted,
            least_flits_per_chip_cycle: f64::from(self.least_served()) * share,
            mean_latency_cycles: if measured > 0 { latency_sum as f64 / measured as f64 } else { 0.0 },
            median_latency_cycles,
            p99_latency_cycles,
            injected: self.injected * flits,
            delivered: self.delivered * flits,
            in_flight: self.count() * flits,
            max_link_use: f64::from(busiest) * share,
            mean_link_use: all as f64 / links.max(1) as f64 * share,
        }
    }

    /// Returns the fewest packets that a chip which sends any got delivered.
    fn least_served(&self) -> u32 {
        let sending = (0..self.chips).filter(|&chip| self.source.is_sending(chip));
        sending.map(|chip| self.served[chip]).min().unwrap_or(0)
    }

    /// Runs the warm-up and the cycles that are measured, and returns how many those are.
    fn measure(&mut self) -> u32 {
        let Traffic::Exchange { packets_per_pair } = self.config.traffic else {
            let end = self.config.warmup + self.config.cycles;
            while self.now < end {
                self.cycle(true);
            }
            return self.config.cycles;
        };
        let chips = self.chips as u64;
        let all = chips * (chips - 1) * u64::from(packets_per_pair);
        while self.delivered < all && self.now < self.config.cycles {
            self.cycle(true);
        }
        self.now
    }

    /// Goes on without new packets until none is left, or none has arrived at a router for long.
    fn drain(&mut self) {
        let patience = self.arrivals.span() + self.returns.span();
        let mut quiet = 0;
        while self.injected > self.delivered && quiet <= patience {
            quiet = if self.arrivals.is_due() { 0 } else { quiet + 1 };
            self.cycle(false);
        }
    }

    /// Counts the packets in queues and on links.
    fn count(&self) -> u64 {
        let stalled: usize = self.replies.stalled.iter().map(VecDeque::len).sum();
        let mut count = self.arrivals.count() + stalled as u64;
        for queue in &self.queues {
            let mut packet = queue.head;
            while packet != NONE {
                count += 1;
                packet = self.packets[packet as usize].next;
            }
        }
        count
    }

    /// Returns the least latency that a share of the measured packets does not exceed.
    fn quantile(&self, share: f64) -> u32 {
        let rank = (self.measured as f64 * share).ceil() as u64;
        let mut below = 0;
        for (latency, &count) in (0_u32..).zip(&self.latencies) {
            below += u64::from(count);
            if below >= rank {
                return latency;
            }
        }
        0
    }
}
