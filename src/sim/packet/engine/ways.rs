//! The link and virtual channel that a packet takes next.

use super::super::paths::Path;
use super::super::routes::{ESCAPE_CHANNELS, Router};
use super::{CHANNELS, Engine, Packet};

/// Holds what a packet takes next, and the rest of its path where it has one.
pub(super) struct Way {
    pub(super) link: usize,
    /// Counted over all classes of messages.
    pub(super) channel: u32,
    pub(super) rest: Path,
}

impl Engine<'_> {
    /// Returns the way of a packet that enters the network at a chip.
    pub(super) fn first_way(&mut self, chip: usize, packet: Packet) -> Way {
        let first = chip * self.ports;
        let base = self.replies.first_channel(packet.transfer);
        let target = packet.target as usize;
        let (port, channel, rest) = match &self.router {
            Router::Hops(routes) if self.escapes => {
                let (port, channel) = self.reserve(first, base, routes.ways(chip, target));
                (port, channel, Path::default())
            }
            Router::Hops(routes) => {
                let waiting = &self.waiting[first..first + self.ports];
                (routes.port(chip, target, waiting, &mut self.random), 0, Path::default())
            }
            Router::Paths { table, channels } => {
                let mut path = table.draw(chip, target, &mut self.random);
                let port = path.step().unwrap_or(0);
                let channel = table.first_channel(first + port, path, *channels, &mut self.random);
                (port, channel, path)
            }
        };
        Way { link: first + port, channel: base + channel, rest }
    }

    /// Reads the route of a packet that has come to a chip, so that the processor waits for the memory of
    /// many packets at once: the table of all pairs is larger than its caches.
    #[inline]
    pub(super) fn fetch_way(&self, packet: &Packet) {
        if let Router::Hops(routes) = &self.router {
            routes.fetch(self.past[(packet.came / CHANNELS) as usize] as usize, packet.target as usize);
        }
    }

    /// Returns the way of a packet that has come to a chip other than its target.
    #[inline]
    pub(super) fn next_way(&mut self, chip: usize, packet: Packet) -> Way {
        let first = chip * self.ports;
        let base = self.replies.first_channel(packet.transfer);
        let target = packet.target as usize;
        let (link, channel) = ((packet.came / CHANNELS) as usize, packet.came % CHANNELS - base);
        let mut rest = packet.path;
        let (port, channel) = match &self.router {
            Router::Hops(routes) if self.escapes => self.reserve(first, base, routes.ways(chip, target)),
            Router::Hops(routes) => {
                let waiting = &self.waiting[first..first + self.ports];
                let port = routes.port(chip, target, waiting, &mut self.random);
                let channel = if !self.ordered {
                    channel + 1
                } else if link % self.ports / 2 == port / 2 {
                    channel | u32::from(routes.crosses(link))
                } else {
                    0
                };
                (port, channel)
            }
            Router::Paths { table, channels } => {
                let port = rest.step().unwrap_or(0);
                let out = first + port;
                let channel = if table.is_later_stage(link, out) {
                    table.first_channel(out, rest, *channels, &mut self.random)
                } else {
                    table.channel_after(link, channel, out)
                };
                (port, channel)
            }
        };
        Way { link: first + port, channel: base + channel, rest }
    }

    /// Takes room on an adaptive channel of the shortest next hop with the fewest packets waiting, or names
    /// the escape channel; returns port and channel within the class of messages that begins at `base`.
    ///
    /// `first` is the first link of the chip.
    pub(super) fn reserve(
        &mut self,
        first: usize,
        base: u32,
        (set, escape, escape_channel): (u8, usize, u32),
    ) -> (usize, u32) {
        let adaptive = ESCAPE_CHANNELS..self.router.virtual_channels();
        let mut order = self.random.word();
        let mut best: Option<(u32, usize, usize)> = None;
        let mut set = u32::from(set);
        while set != 0 {
            let port = set.trailing_zeros() as usize;
            set &= set - 1;
            let rank = self.waiting[first + port] * 8 + (order & 7);
            order >>= 3;
            if best.is_some_and(|(least, ..)| least <= rank) {
                continue;
            }
            let place = (first + port) * self.channels + base as usize;
            let roomiest = adaptive.clone().max_by_key(|&channel| self.credits[place + channel]);
            if let Some(channel) = roomiest.filter(|&channel| self.credits[place + channel] > 0) {
                best = Some((rank, port, channel));
            }
        }
        let Some((_, port, channel)) = best else { return (escape, escape_channel) };
        self.credits[(first + port) * self.channels + base as usize + channel] -= 1;
        (port, channel as u32)
    }

    /// Tells whether packets on a channel have taken their room before they are sent.
    #[inline]
    pub(super) fn has_reserved(&self, channel: u32) -> bool {
        self.escapes && channel as usize % self.router.virtual_channels() >= ESCAPE_CHANNELS
    }
}
