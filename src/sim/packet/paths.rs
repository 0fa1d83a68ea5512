//! Given paths between all chips, with virtual channels by an order of links.
//!
//! A packet draws one of the paths of its pair when it enters and keeps to it. It starts on channel 0 and
//! takes the next channel whenever the next link does not stand later in the order; on a link of a later
//! stage, such as the next dimension of a torus, it starts on channel 0 anew. Stage, channel and place in the
//! order together then only rise along a path, so no circle of packets that wait for each other can close
//! (Dally and Towles, "Principles and Practices of Interconnection Networks", 2004, section 14.2).

mod order;

use rayon::prelude::*;
use thiserror::Error;

use super::MOST_VIRTUAL_CHANNELS;
use super::random::Random;
use crate::sim::network::Network;

pub use order::LinkOrder;

/// The most chips of a network with paths for every pair, which fill half a gibibyte.
pub const MOST_CHIPS: usize = 1 << 13;
/// The ports that a path can take.
const PORTS: u64 = 6;
/// The most hops of a path: as many as the torus of 16x16x16 chips asks for, and as fit a word.
pub const MOST_HOPS: usize = 24;

/// Holds the ports by which a packet leaves one chip after another.
///
/// They are the digits 1 to 6 of a number to the base 6, the first one lowest: every number is one path.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(u64);

impl Path {
    /// Packs ports from 0 to 5; returns `None` for other ports and for more than 24 hops.
    #[must_use]
    pub fn new(ports: &[usize]) -> Option<Self> {
        if ports.len() > MOST_HOPS {
            return None;
        }
        let mut path = 0;
        for &port in ports.iter().rev() {
            let digit = u64::try_from(port).ok()? + 1;
            if digit > PORTS {
                return None;
            }
            path = path * PORTS + digit;
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
        self.ports().count()
    }

    /// Takes the next port off the path.
    #[inline]
    pub(super) fn step(&mut self) -> Option<usize> {
        let above = self.0.checked_sub(1)?;
        self.0 = above / PORTS;
        Some((above % PORTS) as usize)
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
    pub fn own(chips: usize) -> Self {
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
    /// A path returns to an earlier stage of the links.
    #[error("a path from chip {from} to chip {to} returns to an earlier stage of the links")]
    Backward {
        /// The source.
        from: usize,
        /// The target.
        to: usize,
    },
    /// A path is too long to store.
    #[error("a path has {0} hops: at most {MOST_HOPS}")]
    Long(usize),
    /// The network does not look the same from every chip.
    #[error("a mesh does not look the same from every chip")]
    NotRegular,
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
    order: LinkOrder,
    channels: usize,
    longest: usize,
}

impl PathTable {
    /// Checks paths against a network.
    ///
    /// The sources that some renaming gives a chip stand in ascending order; `paths` holds, for each of them
    /// and each target, as many paths; those from a source to itself are not used. A path that counts twice
    /// is twice as likely.
    ///
    /// # Errors
    /// Refuses lists of wrong length, renamings that do not keep the links, paths that end elsewhere or
    /// return to an earlier stage, and paths that need more than 62 channels.
    pub fn new(
        network: &Network,
        symmetry: Symmetry,
        order: LinkOrder,
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
        expect("the order of links", order.links(), chips * ports)?;
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
        let rows = table.paths.par_chunks(chips * paths_per_pair).zip(&sources);
        let needs = rows.map(|(paths, &from)| table.check(from as usize, paths));
        let most = |a: (usize, usize), b: (usize, usize)| (a.0.max(b.0), a.1.max(b.1));
        (table.channels, table.longest) = needs.try_reduce(|| (1, 0), |a, b| Ok(most(a, b)))?;
        if table.channels > MOST_VIRTUAL_CHANNELS {
            return Err(PathError::Channels(table.channels));
        }
        Ok(table)
    }

    /// Checks all paths of a source; returns the most channels and hops they take.
    fn check(&self, from: usize, paths: &[Path]) -> Result<(usize, usize), PathError> {
        let (mut most_channels, mut most_hops) = (1, 0);
        for (to, paths) in paths.chunks(self.paths_per_pair).enumerate().filter(|&(to, _)| to != from) {
            for &path in paths {
                let (channels, hops) = self.follow(from, to, path)?;
                most_channels = most_channels.max(channels);
                most_hops = most_hops.max(hops);
            }
        }
        Ok((most_channels, most_hops))
    }

    /// Follows a path; returns the channels and hops it takes.
    fn follow(&self, from: usize, to: usize, path: Path) -> Result<(usize, usize), PathError> {
        let (mut chip, mut channel, mut most, mut hops) = (from, 0, 0, 0);
        let mut before: Option<usize> = None;
        for port in path.ports() {
            if chip == to || port >= self.ports {
                return Err(PathError::Astray { from, to });
            }
            let link = chip * self.ports + port;
            if let Some(before) = before {
                if self.order.stage(link) < self.order.stage(before) {
                    return Err(PathError::Backward { from, to });
                }
                channel = self.order.channel_after(before, channel, link);
                most = most.max(channel);
            }
            chip = self.network.neighbor(chip, port).ok_or(PathError::Astray { from, to })?;
            hops += 1;
            before = Some(link);
        }
        if chip == to { Ok((most as usize + 1, hops)) } else { Err(PathError::Astray { from, to }) }
    }

    /// Tells whether a link belongs to a later stage than another.
    #[inline]
    pub(super) fn is_later_stage(&self, before: usize, link: usize) -> bool {
        self.order.stage(link) > self.order.stage(before)
    }

    /// Draws the channel on which a path begins a stage with a link: any that leaves as many above it as the
    /// path needs there, so that all channels are used alike.
    #[inline]
    pub(super) fn first_channel(&self, link: usize, rest: Path, channels: usize, random: &mut Random) -> u32 {
        let (mut link, mut needed) = (link, 1);
        for port in rest.ports() {
            let chip = self.network.table()[link];
            let next = chip as usize * self.ports + port;
            if self.is_later_stage(link, next) {
                break;
            }
            needed = self.order.channel_after(link, needed, next);
            link = next;
        }
        let free = channels as u32 - needed;
        if free == 0 { 0 } else { random.below(free + 1) }
    }

    /// Returns the virtual channel on a link after another one.
    #[inline]
    pub(super) fn channel_after(&self, before: usize, channel: u32, link: usize) -> u32 {
        self.order.channel_after(before, channel, link)
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
            let channel = hops.last().map_or(0, |&(before, channel)| {
                self.order.channel_after(before, channel as u32, link) as usize
            });
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
    symmetry.names.par_chunks(chips).enumerate().try_for_each(|(renaming, names)| {
        let name = |chip: usize| names[chip] as usize;
        let is_kept =
            |chip: usize, port| network.neighbor(chip, port).map(name) == network.neighbor(name(chip), port);
        let is_named =
            |&chip: &usize| name(chip) < chips && (0..network.ports()).all(|port| is_kept(chip, port));
        match (0..chips).find(|chip| !is_named(chip)) {
            Some(chip) => Err(PathError::NotSymmetric { renaming, chip }),
            None => Ok(()),
        }
    })
}
