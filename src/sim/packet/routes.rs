//! Tables of next hops for every pair of chips.

use std::collections::HashMap;
use std::hint::black_box;

use super::dimension_order::Rings;
use super::paths::PathTable;
use super::random::Random;
use super::{MOST_PORTS, PacketError, Routing};
use crate::sim::network::{Network, place_of};

/// Shares of next hops are rounded to whole parts of this many: halves to sixths are exact.
const PARTS: usize = 60;

/// The escape channels of a link; the others are adaptive.
pub(super) const ESCAPE_CHANNELS: usize = 2;

/// Tells packets where to go.
pub(super) enum Router<'a> {
    /// Next hops decided chip by chip, on shortest paths.
    Hops(Routes),
    /// Paths drawn at the source, and the virtual channels of a link.
    Paths { table: &'a PathTable, channels: usize },
}

impl Router<'_> {
    /// Returns the virtual channels that packets use.
    pub(super) fn virtual_channels(&self) -> usize {
        match self {
            Self::Hops(routes) => routes.virtual_channels(),
            Self::Paths { channels, .. } => *channels,
        }
    }

    /// Returns the hops of the longest route.
    pub(super) fn longest(&self) -> usize {
        match self {
            Self::Hops(routes) => routes.longest(),
            Self::Paths { table, .. } => table.longest(),
        }
    }
}

/// Holds the next hops of every pair of chips.
pub(super) struct Routes {
    pub(super) routing: Routing,
    chips: usize,
    longest: usize,
    /// For adaptive routing, at target * chips + chip: the set of shortest next hops.
    ports: Vec<u8>,
    /// For the others, at target * chips + chip: a row of `rows`.
    row: Vec<u32>,
    /// Ports, as often as their share of the parts.
    rows: Vec<[u8; PARTS]>,
    /// Whether a link crosses the dateline of its ring.
    dateline: Vec<bool>,
    /// For escape channels, at chip * chips + target: the set of shortest next hops and, times 256, the
    /// escape port and its channel times 8.
    escape: Vec<u16>,
    /// The virtual channels with escape channels.
    channels: usize,
}

impl Routes {
    pub(super) fn new(network: &Network, routing: Routing) -> Result<Self, PacketError> {
        let chips = network.chips();
        let mut routes = Self {
            routing,
            chips,
            longest: 0,
            ports: Vec::new(),
            row: Vec::new(),
            rows: Vec::new(),
            dateline: Vec::new(),
            escape: Vec::new(),
            channels: ESCAPE_CHANNELS + 1,
        };
        if routing == Routing::DimensionOrder {
            routes.dateline = datelines(network)?;
        }
        if routing == Routing::Escape {
            let hops = Rings::new(network).ok_or(PacketError::NotRegular)?.escape_hops();
            routes.escape = hops.into_iter().map(|hop| u16::from(hop) << 8).collect();
        } else if routing == Routing::Adaptive {
            routes.ports = vec![0; chips * chips];
        } else {
            routes.row = vec![0; chips * chips];
        }
        let mut known = HashMap::new();
        for port in 0..MOST_PORTS {
            let mut parts = [0; MOST_PORTS];
            parts[port] = PARTS as u8;
            routes.add(&mut known, parts);
        }
        let mut search = Search::new(chips);
        for target in 0..chips {
            search.run(network, target).ok_or(PacketError::NotConnected)?;
            routes.longest = routes.longest.max(search.longest());
            for chip in (0..chips).filter(|&chip| chip != target) {
                let weights = search.weights(network, chip, target, routing);
                let set = (0..MOST_PORTS).filter(|&port| weights[port] > 0.0).map(|port| 1 << port);
                if routing == Routing::Adaptive {
                    routes.ports[target * chips + chip] = set.sum();
                } else if routing == Routing::Escape {
                    routes.escape[chip * chips + target] |= u16::from(set.sum::<u8>());
                } else {
                    let parts = parts(&weights, chip + target);
                    let key = u64::from_le_bytes(parts);
                    let row = known.get(&key).copied().unwrap_or_else(|| routes.add(&mut known, parts));
                    routes.row[target * chips + chip] = row;
                }
            }
        }
        Ok(routes)
    }

    /// Adds a row of next hops.
    fn add(&mut self, known: &mut HashMap<u64, u32>, parts: [u8; MOST_PORTS]) -> u32 {
        let mut row = [0; PARTS];
        let ports = (0_u8..).zip(parts).flat_map(|(port, part)| std::iter::repeat_n(port, usize::from(part)));
        row.iter_mut().zip(ports).for_each(|(slot, port)| *slot = port);
        let index = u32::try_from(self.rows.len()).unwrap_or(0);
        self.rows.push(row);
        known.insert(u64::from_le_bytes(parts), index);
        index
    }

    /// Returns the virtual channels that keep this routing free of deadlock.
    pub(super) fn virtual_channels(&self) -> usize {
        match self.routing {
            Routing::DimensionOrder => 2,
            Routing::Escape => self.channels,
            _ => self.longest,
        }
    }

    /// Sets the virtual channels of a link, of which those beyond the escape channels are adaptive.
    pub(super) fn use_channels(&mut self, channels: usize) {
        self.channels = channels;
    }

    /// Returns the set of ports on shortest paths, and the escape port with its channel.
    #[inline]
    pub(super) fn ways(&self, chip: usize, target: usize) -> (u8, usize, u32) {
        let way = self.escape[chip * self.chips + target];
        ((way & 0xff) as u8, usize::from(way >> 8 & 7), u32::from(way >> 11))
    }

    /// Returns the hops of the longest route.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// Returns the port by which a packet leaves a chip; `waiting` counts packets per port there.
    #[inline]
    pub(super) fn port(&self, chip: usize, target: usize, waiting: &[u32], random: &mut Random) -> usize {
        let pair = target * self.chips + chip;
        if self.routing != Routing::Adaptive {
            let row = self.row[pair] as usize;
            return if row < MOST_PORTS {
                row
            } else {
                usize::from(self.rows[row][random.below(PARTS as u32) as usize])
            };
        }
        let mut set = u32::from(self.ports[pair]);
        if set.is_power_of_two() {
            return set.trailing_zeros() as usize;
        }
        let mut order = random.word();
        let (mut best, mut fewest) = (0, u32::MAX);
        while set != 0 {
            let port = set.trailing_zeros() as usize;
            set &= set - 1;
            let rank = waiting[port] * 8 + (order & 7);
            order >>= 3;
            if rank < fewest {
                (best, fewest) = (port, rank);
            }
        }
        best
    }

    /// Reads the entry of a pair without using it.
    #[inline]
    pub(super) fn fetch(&self, chip: usize, target: usize) {
        match self.routing {
            Routing::Escape => _ = black_box(self.escape[chip * self.chips + target]),
            Routing::Adaptive => _ = black_box(self.ports[target * self.chips + chip]),
            _ => _ = black_box(self.row[target * self.chips + chip]),
        }
    }

    /// Tells whether a link crosses the dateline of its ring.
    #[inline]
    pub(super) fn crosses(&self, link: usize) -> bool {
        self.dateline[link]
    }
}

/// Rounds weights to whole parts by largest remainder; equal remainders take turns.
fn parts(weights: &[f64; MOST_PORTS], turn: usize) -> [u8; MOST_PORTS] {
    let sum: f64 = weights.iter().sum();
    let exact = weights.map(|weight| weight / sum * PARTS as f64 + 1e-9);
    let mut parts = exact.map(|share| share as u8);
    let given: usize = parts.iter().map(|&part| usize::from(part)).sum();
    let mut taken = [false; MOST_PORTS];
    for _ in given..PARTS {
        let mut best: Option<(usize, f64)> = None;
        for step in 0..MOST_PORTS {
            let port = (turn + step) % MOST_PORTS;
            let rest = exact[port] - f64::from(parts[port]);
            if !taken[port] && weights[port] > 0.0 && best.is_none_or(|(_, most)| rest > most + 1e-6) {
                best = Some((port, rest));
            }
        }
        if let Some((port, _)) = best {
            taken[port] = true;
            parts[port] += 1;
        }
    }
    parts
}

/// Finds the links that close rings, or refuses a network that is no plain torus or mesh.
fn datelines(network: &Network) -> Result<Vec<bool>, PacketError> {
    let (sizes, ports) = (network.sizes(), network.ports());
    let mut dateline = vec![false; network.chips() * ports];
    let mut open = [[0_usize; 2]; 4];
    for (link, crosses) in dateline.iter_mut().enumerate() {
        let (chip, port) = (link / ports, link % ports);
        let axis = port / 2;
        let from = place_of(sizes, chip);
        let end = if port % 2 == 0 { from[axis] + 1 == sizes[axis] } else { from[axis] == 0 };
        let mut to = from;
        to[axis] = if port % 2 == 0 { from[axis] + 1 } else { from[axis] + sizes[axis] - 1 } % sizes[axis];
        match network.neighbor(chip, port) {
            None if end => open[axis][0] += 1,
            Some(other) if place_of(sizes, other) == to => {
                *crosses = end;
                open[axis][1] += usize::from(end);
            }
            _ => return Err(PacketError::NotPlain),
        }
    }
    // an axis is a ring in every line, or in none
    if open.iter().any(|[none, some]| *none > 0 && *some > 0) {
        Err(PacketError::NotPlain)
    } else {
        Ok(dateline)
    }
}

/// Finds distances to one chip and counts shortest paths.
struct Search {
    order: Vec<u32>,
    distance: Vec<u32>,
    paths: Vec<f64>,
}

impl Search {
    fn new(chips: usize) -> Self {
        Self { order: Vec::with_capacity(chips), distance: vec![0; chips], paths: vec![0.0; chips] }
    }

    /// Returns `None` if some chip is out of reach. Every link goes both ways.
    fn run(&mut self, network: &Network, target: usize) -> Option<()> {
        let (table, ports) = (network.table(), network.ports());
        self.order.clear();
        self.distance.fill(u32::MAX);
        self.paths.fill(0.0);
        self.distance[target] = 0;
        self.paths[target] = 1.0;
        self.order.push(u32::try_from(target).ok()?);
        let mut head = 0;
        while let Some(&chip) = self.order.get(head) {
            head += 1;
            let chip = chip as usize;
            for &entry in table[chip * ports..][..ports].iter().filter(|&&entry| Network::is_link(entry)) {
                let other = entry as usize;
                if self.distance[other] == u32::MAX {
                    self.distance[other] = self.distance[chip] + 1;
                    self.order.push(entry);
                }
                if self.distance[other] == self.distance[chip] + 1 {
                    self.paths[other] += self.paths[chip];
                }
            }
        }
        (self.order.len() == network.chips()).then_some(())
    }

    fn longest(&self) -> usize {
        self.order.last().map_or(0, |&last| self.distance[last as usize] as usize)
    }

    /// Returns the weight of each port of a chip on the way to the target.
    fn weights(&self, network: &Network, chip: usize, target: usize, routing: Routing) -> [f64; MOST_PORTS] {
        let mut weights = [0.0; MOST_PORTS];
        let ports = network.ports();
        let sizes = network.sizes();
        let axis = if routing == Routing::DimensionOrder {
            let (from, to) = (place_of(sizes, chip), place_of(sizes, target));
            (0..3).find(|&axis| from[axis] != to[axis])
        } else {
            None
        };
        for port in (0..ports).filter(|port| axis.is_none_or(|axis| port / 2 == axis)) {
            let entry = network.table()[chip * ports + port];
            if Network::is_link(entry) && self.distance[entry as usize] + 1 == self.distance[chip] {
                weights[port] = if routing == Routing::EqualPaths { self.paths[entry as usize] } else { 1.0 };
            }
        }
        weights
    }
}
