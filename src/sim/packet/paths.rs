//! Given paths between all chips, with virtual channels by an order of links.
//!
//! A packet draws one of the paths of its pair when it enters and keeps to it. It starts on channel 0 and takes
//! the next channel whenever the next link does not stand later in the order. Channel and place in the order
//! together then only rise along a path, so no circle of packets that wait for each other can close (Dally and
//! Towles, "Principles and Practices of Interconnection Networks", 2004, section 14.2).

use thiserror::Error;

use super::random::Random;
use super::{MOST_CHIPS, MOST_VIRTUAL_CHANNELS};
use crate::sim::network::Network;

/// The bits of one hop in a packed path.
const HOP_BITS: u32 = 3;
/// The hop that a packed path starts with.
const HOP: u64 = (1 << HOP_BITS) - 1;
/// The most hops of a path.
pub const MOST_HOPS: usize = 21;

/// Holds the ports by which a packet leaves one chip after another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(u64);

impl Path {
    /// Packs ports from 0 to 6; returns `None` for other ports and for more than 21 hops.
    #[must_use]
    pub fn new(ports: &[usize]) -> Option<Self> {
        if ports.len() > MOST_HOPS {
            return None;
        }
        let mut path = 0;
        for &port in ports.iter().rev() {
            let hop = u64::try_from(port).ok()? + 1;
            if hop > HOP {
                return None;
            }
            path = path << HOP_BITS | hop;
        }
        Some(Self(path))
    }

    /// Returns the ports in order.
    pub fn ports(self) -> impl Iterator<Item = usize> {
        let mut rest = self;
        std::iter::from_fn(move || rest.step())
    }

    /// Returns the number of hops.
    #[must_use]
    pub fn hops(self) -> usize {
        (u64::BITS - self.0.leading_zeros()).div_ceil(HOP_BITS) as usize
    }

    /// Takes the next port off the path.
    #[inline]
    pub(super) fn step(&mut self) -> Option<usize> {
        let hop = self.0 & HOP;
        self.0 >>= HOP_BITS;
        (hop > 0).then(|| hop as usize - 1)
    }
}

/// Holds renamings of the chips that keep every link, so that the paths of few sources stand for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symmetry {
    /// Per chip: the renaming that applies when it is the source.
    pub renaming: Vec<u32>,
    /// At renaming * chips + chip: the new name of a chip.
    pub names: Vec<u32>,
}

impl Symmetry {
    /// Returns the renaming that changes nothing: every source has paths of its own.
    #[must_use]
    pub fn none(chips: usize) -> Self {
        let names = (0..u32::try_from(chips).unwrap_or(0)).collect();
        Self { renaming: vec![0; chips], names }
    }
}

/// Tells why paths are refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PathError {
    /// A list has another length than the network asks for.
    #[error("{name}: {found} entries in place of {expected}")]
    Length {
        /// What the list holds.
        name: &'static str,
        /// The entries found.
        found: usize,
        /// The entries expected.
        expected: usize,
    },
    /// A renaming does not keep the links.
    #[error("renaming {renaming} does not keep the links of chip {chip}")]
    NotSymmetric {
        /// The renaming.
        renaming: usize,
        /// The chip.
        chip: usize,
    },
    /// A path does not lead from its source to its target, or passes the target before it ends.
    #[error("a path from chip {from} does not end at chip {to}")]
    Astray {
        /// The source.
        from: usize,
        /// The target.
        to: usize,
    },
    /// The network is too large.
    #[error("{0} chips: at most {MOST_CHIPS}")]
    Size(usize),
    /// The paths need more channels than a link can have.
    #[error("the paths need {0} virtual channels: at most {MOST_VIRTUAL_CHANNELS}")]
    Channels(usize),
}

/// Holds equally likely paths between all pairs of chips of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathTable {
    network: Network,
    chips: usize,
    ports: usize,
    paths_per_pair: usize,
    symmetry: Symmetry,
    /// Per chip: its row of paths after renaming.
    row: Vec<u32>,
    paths: Vec<Path>,
    /// Per link: its place in the order.
    order: Vec<u32>,
    channels: usize,
    longest: usize,
}

impl PathTable {
    /// Checks paths against a network.
    ///
    /// `order` gives every link, at chip * ports + port, a place; links may share one. The sources that some
    /// renaming gives a chip stand in ascending order; `paths` holds, for each of them and each target, as many
    /// paths; those from a source to itself are not used. A path that counts twice is twice as likely.
    ///
    /// # Errors
    /// Refuses lists of wrong length, renamings that do not keep the links, paths that end elsewhere, and paths
    /// that need more than 62 channels.
    pub fn new(
        network: &Network,
        symmetry: Symmetry,
        order: Vec<u32>,
        paths_per_pair: usize,
        paths: Vec<Path>,
    ) -> Result<Self, PathError> {
        let (chips, ports) = (network.chips(), network.ports());
        if chips > MOST_CHIPS {
            return Err(PathError::Size(chips));
        }
        let expect = |name, found: usize, expected: usize| {
            if found == expected { Ok(()) } else { Err(PathError::Length { name, found, expected }) }
        };
        expect("the order of links", order.len(), chips * ports)?;
        check_symmetry(network, &symmetry)?;
        let source = |chip: usize| symmetry.names[symmetry.renaming[chip] as usize * chips + chip];
        let mut sources: Vec<u32> = (0..chips).map(source).collect();
        sources.sort_unstable();
        sources.dedup();
        expect("the paths", paths.len(), sources.len() * chips * paths_per_pair)?;
        let row_of = |chip| sources.binary_search(&source(chip)).unwrap_or(0) as u32;
        let row = (0..chips).map(row_of).collect();
        let mut table = Self {
            network: network.clone(),
            chips,
            ports,
            paths_per_pair,
            symmetry,
            row,
            paths,
            order,
            channels: 1,
            longest: 0,
        };
        for (row, &from) in sources.iter().enumerate() {
            for to in (0..chips).filter(|&to| to != from as usize) {
                let first = (row * chips + to) * paths_per_pair;
                for index in first..first + paths_per_pair {
                    let (channels, hops) = table
                        .follow(from as usize, to, table.paths[index])
                        .ok_or(PathError::Astray { from: from as usize, to })?;
                    table.channels = table.channels.max(channels);
                    table.longest = table.longest.max(hops);
                }
            }
        }
        if table.channels > MOST_VIRTUAL_CHANNELS {
            return Err(PathError::Channels(table.channels));
        }
        Ok(table)
    }

    /// Follows a path; returns the channels and hops it takes, or `None` if it does not end at its target.
    fn follow(&self, from: usize, to: usize, path: Path) -> Option<(usize, usize)> {
        let (mut chip, mut channel, mut hops, mut before) = (from, 0, 0, None);
        for port in path.ports() {
            if chip == to || port >= self.ports {
                return None;
            }
            let link = chip * self.ports + port;
            channel += usize::from(before.is_some_and(|before| self.rises(before, link)));
            chip = self.network.neighbor(chip, port)?;
            hops += 1;
            before = Some(link);
        }
        (chip == to).then_some((channel + 1, hops))
    }

    /// Tells whether a packet takes the next channel from one link to the next.
    #[inline]
    pub(super) fn rises(&self, before: usize, link: usize) -> bool {
        self.order[link] <= self.order[before]
    }

    /// Returns the paths between two chips.
    #[must_use]
    pub fn between(&self, from: usize, to: usize) -> &[Path] {
        let to = self.symmetry.names[self.symmetry.renaming[from] as usize * self.chips + to] as usize;
        let first = (self.row[from] as usize * self.chips + to) * self.paths_per_pair;
        &self.paths[first..first + self.paths_per_pair]
    }

    /// Draws one of the paths between two chips.
    #[inline]
    pub(super) fn draw(&self, from: usize, to: usize, random: &mut Random) -> Path {
        let paths = self.between(from, to);
        paths[random.below(paths.len() as u32) as usize]
    }

    /// Returns the links and virtual channels of a path from a chip, as (chip * ports + port, channel).
    #[must_use]
    pub fn hops(&self, from: usize, path: Path) -> Vec<(usize, usize)> {
        let mut hops: Vec<(usize, usize)> = Vec::new();
        let mut chip = from;
        for port in path.ports() {
            let link = chip * self.ports + port;
            let channel =
                hops.last().map_or(0, |&(before, channel)| channel + usize::from(self.rises(before, link)));
            hops.push((link, channel));
            let Some(next) = self.network.neighbor(chip, port) else { break };
            chip = next;
        }
        hops
    }

    /// Returns the virtual channels that the paths need.
    #[must_use]
    pub const fn virtual_channels(&self) -> usize {
        self.channels
    }

    /// Returns the hops of the longest path.
    #[must_use]
    pub const fn longest(&self) -> usize {
        self.longest
    }

    /// Tells whether the paths were checked against this network.
    pub(super) fn fits(&self, network: &Network) -> bool {
        self.network == *network
    }
}

/// Refuses renamings that do not keep every link and its port.
fn check_symmetry(network: &Network, symmetry: &Symmetry) -> Result<(), PathError> {
    let chips = network.chips();
    let found = symmetry.renaming.len();
    if found != chips {
        return Err(PathError::Length { name: "the renamings of sources", found, expected: chips });
    }
    let renamings = symmetry.renaming.iter().map(|&renaming| renaming as usize + 1).max().unwrap_or(1);
    let found = symmetry.names.len();
    if found != renamings * chips {
        return Err(PathError::Length { name: "the names of chips", found, expected: renamings * chips });
    }
    for (renaming, names) in symmetry.names.chunks(chips).enumerate() {
        for chip in 0..chips {
            let name = |chip: usize| names[chip] as usize;
            let kept = |port| network.neighbor(chip, port).map(name) == network.neighbor(name(chip), port);
            if name(chip) >= chips || !(0..network.ports()).all(kept) {
                return Err(PathError::NotSymmetric { renaming, chip });
            }
        }
    }
    Ok(())
}
