//! Single messages split equally over all their shortest paths, as annealing adds and removes them one by
//! one.

use rayon::prelude::*;

use super::layout::narrow;
use crate::sim::network::Network;

/// Holds the distance of every pair of chips, and the links that a message between them uses.
#[derive(Debug, Clone)]
pub struct Paths<'a> {
    network: &'a Network,
    rows: Vec<Row>,
}

/// Holds the same from one chip.
#[derive(Debug, Clone)]
struct Row {
    distances: Vec<u32>,
    /// Where the links to each chip end in the list of all.
    ends: Vec<u32>,
    links: Vec<Share>,
}

/// Holds a link, numbered chip x ports + port, and the share of a message that it carries.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    link: u32,
    share: f32,
}

impl Share {
    /// Returns the link.
    pub(super) const fn link(self) -> usize {
        self.link as usize
    }

    /// Returns the share of the message.
    pub(super) fn of(self, bytes: f64) -> f64 {
        f64::from(self.share) * bytes
    }
}

impl<'a> Paths<'a> {
    /// Splits a message between every two chips; `None` if some chip cannot reach another.
    #[must_use]
    pub fn new(network: &'a Network) -> Option<Self> {
        let rows = (0..network.chips()).into_par_iter().map(|from| Row::new(network, from));
        Some(Self { network, rows: rows.collect::<Option<_>>()? })
    }

    /// Returns the network.
    pub(super) const fn network(&self) -> &'a Network {
        self.network
    }

    /// Returns the number of chips.
    pub(super) const fn chips(&self) -> usize {
        self.rows.len()
    }

    /// Returns the number of ports of all chips.
    pub(super) fn links(&self) -> usize {
        self.chips() * self.network.ports()
    }

    /// Returns the chip past a port.
    pub(super) fn neighbor(&self, chip: usize, port: usize) -> Option<usize> {
        self.network.neighbor(chip, port)
    }

    /// Returns the number of ports of a chip.
    pub(super) const fn ports(&self) -> usize {
        self.network.ports()
    }

    /// Returns the links between two chips on a shortest path.
    #[must_use]
    pub fn distance(&self, from: usize, to: usize) -> u32 {
        self.rows[from].distances[to]
    }

    /// Returns the links that a message uses, with the share that each carries.
    pub(super) fn shares(&self, from: usize, to: usize) -> &[Share] {
        let row = &self.rows[from];
        let first = to.checked_sub(1).map_or(0, |before| row.ends[before] as usize);
        &row.links[first..row.ends[to] as usize]
    }
}

impl Row {
    /// Splits messages from a chip: every shortest path carries the same.
    ///
    /// A link into a chip carries what leaves that chip times the paths to the link's start over those to its
    /// end.
    fn new(network: &Network, from: usize) -> Option<Self> {
        let (chips, ports) = (network.chips(), network.ports());
        let distances = network.distances(from);
        if distances.contains(&u32::MAX) {
            return None;
        }
        let mut order: Vec<usize> = (0..chips).collect();
        order.sort_by_key(|&chip| distances[chip]);
        let mut counts = vec![0.0; chips];
        counts[from] = 1.0;
        for chip in order {
            for next in (0..ports).filter_map(|port| network.neighbor(chip, port)) {
                if distances[next] == distances[chip] + 1 {
                    counts[next] += counts[chip];
                }
            }
        }
        let mut amounts = vec![0.0_f64; chips];
        let (mut layer, mut next) = (Vec::new(), Vec::new());
        let mut row = Self { distances, ends: Vec::with_capacity(chips), links: Vec::new() };
        for to in 0..chips {
            layer.push(to);
            amounts[to] = 1.0;
            for distance in (0..row.distances[to]).rev() {
                for chip in layer.drain(..) {
                    let amount = std::mem::take(&mut amounts[chip]) / counts[chip];
                    for port in 0..ports {
                        let Some(before) = network.neighbor(chip, port) else { continue };
                        if row.distances[before] != distance {
                            continue;
                        }
                        let share = amount * counts[before];
                        // what enters through a port has left the other side of its axis
                        let link = narrow(before * ports + (port ^ 1));
                        row.links.push(Share { link, share: share as f32 });
                        if amounts[before] == 0.0 {
                            next.push(before);
                        }
                        amounts[before] += share;
                    }
                }
                std::mem::swap(&mut layer, &mut next);
            }
            layer.clear();
            amounts[from] = 0.0;
            row.ends.push(narrow(row.links.len()));
        }
        Some(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Shape, Topology};

    #[test]
    fn a_message_uses_links_for_its_distance_and_ends_where_it_should() {
        let network = Topology::twisted_or_torus(Shape::new([4, 4, 8]).unwrap()).network();
        let paths = Paths::new(&network).unwrap();
        for (from, to) in [(0, 1), (3, 77), (127, 64), (5, 5), (9, 0)] {
            let mut total = 0.0;
            let mut balance = vec![0.0; network.chips()];
            for share in paths.shares(from, to) {
                total += share.of(1.0);
                balance[share.link() / 6] -= share.of(1.0);
                balance[network.neighbor(share.link() / 6, share.link() % 6).unwrap()] += share.of(1.0);
            }
            assert!((total - f64::from(paths.distance(from, to))).abs() < 1e-6);
            for (chip, balance) in balance.iter().enumerate() {
                let expected = f64::from(u8::from(chip == to)) - f64::from(u8::from(chip == from));
                assert!((balance - expected).abs() < 1e-6, "{from} to {to} at {chip}");
            }
        }
    }
}
