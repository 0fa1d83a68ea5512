//! All-reduce on any network, over a tree of shortest routes for every owner.
//!
//! Switch maps that differ between the switches of one dimension leave no rings that line up. The pieces can
//! still travel: the vector is cut into one piece per chip, and the piece of every owner is reduced up a tree
//! of shortest routes and broadcast down the same tree, all trees at once, one level after another. Every
//! chip joins the tree through the link that the trees so far use least at that level, and chooses again in
//! later passes. This is a greedy choice, so its time is an upper bound on what trees can do.

use super::CollectiveError;
use super::ring::{Phase, Piece};
use super::schedule::{Lane, Schedule, Transfer, Transfers};
use crate::sim::network::Network;

/// The most chips of a network here, because every chip has a place in the tree of every other.
pub const MOST_TREE_CHIPS: usize = 1 << 13;

/// The times that every chip chooses its link up each tree.
const PASSES: usize = 2;

/// Marks the owner, which has no way up.
const ROOT: u8 = u8::MAX;

/// Plans an all-reduce over one tree per owner.
#[derive(Debug, Clone)]
pub struct Trees<'a> {
    network: &'a Network,
    /// The port that leads up the tree of an owner, at index owner * chips + chip.
    up: Vec<u8>,
    /// The links to the owner, at the same index.
    level: Vec<u16>,
    depth: usize,
}

impl<'a> Trees<'a> {
    /// Grows one tree of shortest routes per owner.
    ///
    /// # Errors
    /// Refuses networks with chips out of reach, and more than 2^13 chips.
    pub fn new(network: &'a Network) -> Result<Self, CollectiveError> {
        let (chips, ports) = (network.chips(), network.ports());
        if chips > MOST_TREE_CHIPS {
            let expected = "at most 2^13 for a tree per chip";
            return Err(CollectiveError::OutOfRange {
                name: "the number of chips",
                value: chips as f64,
                expected,
            });
        }
        let (level, depth) = levels(network)?;
        let mut trees = Self { network, up: vec![ROOT; chips * chips], level, depth };
        // used[level - 1][link]: the pieces that cross a link upwards from a level
        let mut used = vec![vec![0_u32; chips * ports]; depth];
        for _ in 0..PASSES {
            for owner in 0..chips {
                trees.choose(owner, &mut used)?;
            }
        }
        Ok(trees)
    }

    /// Chooses, for every chip, the least used link up the tree of an owner, in place of an earlier choice.
    fn choose(&mut self, owner: usize, used: &mut [Vec<u32>]) -> Result<(), CollectiveError> {
        let (chips, ports) = (self.network.chips(), self.network.ports());
        let level = &self.level[owner * chips..(owner + 1) * chips];
        let up = &mut self.up[owner * chips..(owner + 1) * chips];
        for chip in (0..chips).filter(|&chip| chip != owner) {
            let load = &mut used[usize::from(level[chip]) - 1][chip * ports..(chip + 1) * ports];
            if let Some(before) = load.get_mut(usize::from(up[chip])) {
                *before -= 1;
            }
            let leads_up = |&port: &usize| {
                self.network.neighbor(chip, port).is_some_and(|next| level[next] < level[chip])
            };
            // starting at a port that turns with the owner spreads ties over the ports
            let turned = (0..ports).map(|port| (port + owner + chip) % ports);
            let best = turned.filter(leads_up).min_by_key(|&port| load[port]);
            let port = best.ok_or(CollectiveError::Disconnected)?;
            load[port] += 1;
            up[chip] = u8::try_from(port).unwrap_or(ROOT);
        }
        Ok(())
    }

    /// Returns the number of steps: every level up, and every level down.
    #[must_use]
    pub const fn steps(&self) -> usize {
        2 * self.depth
    }

    /// Returns the schedule for vectors of so many bytes on every chip.
    #[must_use]
    pub fn schedule(&self, bytes: f64) -> Schedule {
        let (chips, ports) = (self.network.chips(), self.network.ports());
        let piece = bytes / chips as f64;
        let mut counts = vec![vec![0_u32; chips * ports]; self.steps()];
        for (index, &port) in self.up.iter().enumerate().filter(|(_, port)| **port != ROOT) {
            let (chip, port) = (index % chips, usize::from(port));
            let level = usize::from(self.level[index]);
            counts[self.depth - level][chip * ports + port] += 1;
            if let Some(above) = self.network.neighbor(chip, port) {
                // the two ends of a cable are the plus port of one chip and the minus port of the other
                counts[self.depth + level - 1][above * ports + (port ^ 1)] += 1;
            }
        }
        let mut lane = Lane::default();
        for count in counts {
            let used = count.iter().enumerate().filter(|(_, count)| **count > 0);
            let transfer = |(link, &count): (usize, &u32)| Transfer {
                chip: link / ports,
                port: link % ports,
                bytes: piece * f64::from(count),
            };
            lane.push(Transfers::Listed(used.map(transfer).collect()));
        }
        let mut schedule = Schedule::default();
        schedule.push(lane);
        schedule
    }

    /// Lists the pieces that all chips send in a step, each with the chip that sends it.
    #[must_use]
    pub fn pieces(&self, step: usize) -> Vec<(usize, Piece)> {
        let chips = self.network.chips();
        let mut pieces = Vec::new();
        for (index, &up) in self.up.iter().enumerate().filter(|(_, port)| **port != ROOT) {
            let (owner, chip, port) = (index / chips, index % chips, usize::from(up));
            let level = usize::from(self.level[index]);
            if step < self.depth && self.depth - level == step {
                pieces.push((chip, Piece { phase: Phase::ReduceScatter, port, part: 0, owner }));
            } else if step >= self.depth && self.depth + level - 1 == step {
                let piece = Piece { phase: Phase::AllGather, port: port ^ 1, part: 0, owner };
                pieces.extend(self.network.neighbor(chip, port).map(|above| (above, piece)));
            }
        }
        pieces
    }
}

/// Returns the distance of every chip from every owner, at index owner * chips + chip, and the longest one.
fn levels(network: &Network) -> Result<(Vec<u16>, usize), CollectiveError> {
    let chips = network.chips();
    let mut all = Vec::with_capacity(chips * chips);
    let mut depth = 0;
    let mut order = Vec::with_capacity(chips);
    for owner in 0..chips {
        let mut level = vec![u16::MAX; chips];
        level[owner] = 0;
        order.clear();
        order.push(owner);
        let mut head = 0;
        while let Some(&chip) = order.get(head) {
            head += 1;
            for next in (0..network.ports()).filter_map(|port| network.neighbor(chip, port)) {
                if level[next] == u16::MAX {
                    level[next] = level[chip] + 1;
                    order.push(next);
                }
            }
        }
        if order.len() != chips {
            return Err(CollectiveError::Disconnected);
        }
        depth = depth.max(order.last().map_or(0, |&last| usize::from(level[last])));
        all.append(&mut level);
    }
    Ok((all, depth))
}
