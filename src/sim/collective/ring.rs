//! Reduce-scatter, all-gather and all-reduce by rings on all axes at once.
//!
//! An all-reduce is a reduce-scatter followed by an all-gather (Chan, Heimlich, Purkayastha and van de Geijn,
//! "Collective communication: theory, practice, and experience", 2007, section 5), here on a torus (the
//! networks of Jouppi et al., "TPU v4", ISCA 2023, section 7.3). The vector is split into as many
//! parts as there are axes; part i runs over the axes i, i + 1, ... in turn, so that all links work at once.
//! All parts start the next axis together; on one axis, no part waits for those on other axes.
//!
//! Rings follow the plus ports. Let the plus ports of all axes be permutations of the chips that commute and
//! reach every chip: the network is then a Cayley graph of an abelian group, as every torus and twisted torus
//! is. With the axes of a part in some order, let m(j) be the fewest steps on axis j that lead back into the
//! chips reached by the axes before it. Every chip is then in exactly one way a sum of a(j) steps on axis j
//! with a(j) in a range of m(j) numbers, and the m(j) multiply to the number of chips. So the piece of every
//! owner travels the same tree, moved to that owner, and every chip sends the same bytes in a step.
//!
//! On a torus m(j) is the size of axis j. A twist joins rings: on 4x4x8 the first axis of every part has a
//! ring of 8, which loads the three axes evenly, as the regular torus does not. Switch maps that differ
//! between the switches of one dimension have no such rings: [`Plan::new`] says where they fail to line up.

use super::CollectiveError;
use super::schedule::{Lane, PortBytes, Schedule, Stage, Transfers};
use crate::sim::network::Network;

/// Names the direction in which pieces travel around a ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Directions {
    /// All pieces travel through plus ports, all the way around.
    One,
    /// Half of every part travels through plus ports and half through minus ports, all the way around.
    Opposite,
    /// Every piece travels both ways and meets halfway: the bytes of [`Directions::Opposite`] in half the
    /// steps.
    Shortest,
}

/// Names a collective that rings carry out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Every chip ends with its piece of the sum.
    ReduceScatter,
    /// Every chip starts with its piece and ends with all pieces.
    AllGather,
    /// Every chip ends with the sum: a reduce-scatter and an all-gather.
    AllReduce,
}

/// Names the half of an all-reduce that a piece travels in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// A receiver adds the piece to its own.
    ReduceScatter,
    /// A receiver stores the piece.
    AllGather,
}

/// Holds one piece of the vector that a chip sends in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Whether the receiver adds or stores it.
    pub phase: Phase,
    /// The port it leaves through.
    pub port: usize,
    /// The part of the vector.
    pub part: usize,
    /// The chip that owns the piece of that part after the reduce-scatter.
    pub owner: usize,
}

/// Holds the ring of one axis in one part: a piece travels so many links ahead and behind.
#[derive(Debug, Clone, Copy)]
struct Ring {
    axis: usize,
    ahead: usize,
    behind: usize,
}

/// Holds the rings of one part of the vector in the order it runs over them to reduce.
#[derive(Debug, Clone)]
struct Part {
    rings: Vec<Ring>,
}

/// Plans a collective by rings on a network.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    network: &'a Network,
    parts: Vec<Part>,
    /// The number of parts that run over the axes in the same order.
    together: usize,
    /// The phase, the place in the order of axes, and the steps of each stage.
    stages: Vec<(Phase, usize, usize)>,
}

impl Ring {
    const fn steps(self) -> usize {
        if self.ahead > self.behind { self.ahead } else { self.behind }
    }

    const fn members(self) -> usize {
        self.ahead + self.behind + 1
    }

    /// Returns the signed places of the members around the owner.
    fn places(self) -> std::ops::RangeInclusive<isize> {
        -self.behind.cast_signed()..=self.ahead.cast_signed()
    }

    /// Lists the ports in use at a step, each with the signed links between the sender and the owner.
    fn senders(self, phase: Phase, step: usize) -> impl Iterator<Item = (usize, isize)> {
        [(self.ahead, 0, 1), (self.behind, 1, -1)].into_iter().filter(move |&(links, _, _)| step < links).map(
            move |(links, side, sign)| {
                let away = match phase {
                    Phase::ReduceScatter => links - step,
                    Phase::AllGather => step,
                };
                (2 * self.axis + side, sign * away.cast_signed())
            },
        )
    }
}

impl<'a> Plan<'a> {
    /// Plans a collective by rings on a network.
    ///
    /// # Errors
    /// Refuses networks with open rings, with rings that do not line up, and with chips out of reach.
    pub fn new(
        network: &'a Network,
        operation: Operation,
        directions: Directions,
    ) -> Result<Self, CollectiveError> {
        check_rings(network)?;
        let axes = network.ports() / 2;
        let mut parts = Vec::new();
        for first in 0..axes {
            let order: Vec<usize> = (0..axes).map(|index| (first + index) % axes).collect();
            let members = ring_members(network, &order)?;
            let mirrors: &[bool] = if directions == Directions::One { &[false] } else { &[false, true] };
            for &mirror in mirrors {
                let ring = |(&axis, &members): (&usize, &usize)| {
                    let others = members - 1;
                    let long = if directions == Directions::Shortest { members / 2 } else { others };
                    let (ahead, behind) = if mirror { (others - long, long) } else { (long, others - long) };
                    Ring { axis, ahead, behind }
                };
                parts.push(Part { rings: order.iter().zip(&members).map(ring).collect() });
            }
        }
        let stages = stages(&parts, axes, operation);
        let together = parts.len() / axes.max(1);
        Ok(Self { network, parts, together, stages })
    }

    /// Returns the number of parts of the vector, each cut into one piece per chip.
    #[must_use]
    pub fn parts(&self) -> usize {
        self.parts.len()
    }

    /// Returns the number of steps.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.stages.iter().map(|&(_, _, steps)| steps).sum()
    }

    /// Returns the number of members of the ring of each axis, in the order of a part.
    #[must_use]
    pub fn members(&self, part: usize) -> Vec<usize> {
        self.parts
            .get(part)
            .map_or_else(Vec::new, |part| part.rings.iter().map(|ring| ring.members()).collect())
    }

    /// Returns the schedule for vectors of so many bytes on every chip.
    ///
    /// In a stage the parts run over different axes, each order of axes in a lane of its own.
    #[must_use]
    pub fn schedule(&self, bytes: f64) -> Schedule {
        let piece = bytes / self.parts.len() as f64 / self.network.chips() as f64;
        let stage = |&(phase, place, steps): &(Phase, usize, usize)| {
            let lane = |parts: &[Part]| {
                let mut lane = Lane::default();
                for step in 0..steps {
                    let mut counts = vec![0_usize; self.network.ports()];
                    for Part { rings } in parts {
                        let pieces: usize = rings[place + 1..].iter().map(|ring| ring.members()).product();
                        rings[place].senders(phase, step).for_each(|(port, _)| counts[port] += pieces);
                    }
                    let used = counts.iter().enumerate().filter(|(_, count)| **count > 0);
                    let each = used.map(|(port, &count)| PortBytes { port, bytes: piece * count as f64 });
                    let each: Vec<PortBytes> = each.collect();
                    if !each.is_empty() {
                        lane.push(Transfers::Symmetric(each));
                    }
                }
                lane
            };
            Stage { lanes: self.parts.chunks(self.together.max(1)).map(lane).collect() }
        };
        Schedule { stages: self.stages.iter().map(stage).collect() }
    }

    /// Lists the pieces that a chip sends in a step.
    #[must_use]
    pub fn pieces(&self, step: usize, chip: usize) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let Some((phase, place, step)) = self.stage_of(step) else { return pieces };
        for (number, Part { rings }) in self.parts.iter().enumerate() {
            // the owner lies ahead of a piece on its way to it, and behind a piece on its way from it
            let sign = if phase == Phase::ReduceScatter { 1 } else { -1 };
            for (port, away) in rings[place].senders(phase, step) {
                let mut owners = vec![self.walk(chip, rings[place].axis, sign * away)];
                for later in &rings[place + 1..] {
                    owners = owners
                        .iter()
                        .flat_map(|&owner| later.places().map(move |place| (owner, place)))
                        .map(|(owner, place)| self.walk(owner, later.axis, sign * place))
                        .collect();
                }
                let piece = |owner| Piece { phase, port, part: number, owner };
                pieces.extend(owners.into_iter().map(piece));
            }
        }
        pieces
    }

    /// Returns the phase, the place in the order of axes and the step within the stage of a step.
    fn stage_of(&self, step: usize) -> Option<(Phase, usize, usize)> {
        let mut left = step;
        for &(phase, place, steps) in &self.stages {
            if left < steps {
                return Some((phase, place, left));
            }
            left -= steps;
        }
        None
    }

    /// Returns the chip so many links ahead on an axis, or behind when negative.
    fn walk(&self, chip: usize, axis: usize, links: isize) -> usize {
        let port = if links < 0 { 2 * axis + 1 } else { 2 * axis };
        (0..links.unsigned_abs()).fold(chip, |at, _| self.network.neighbor(at, port).unwrap_or(at))
    }
}

/// Lists the stages: over the axes in order to reduce, and in reverse to gather.
fn stages(parts: &[Part], axes: usize, operation: Operation) -> Vec<(Phase, usize, usize)> {
    let along = |phase: Phase, place: usize| {
        let steps = parts.iter().map(|part| part.rings[place].steps()).max().unwrap_or(0);
        (phase, place, steps)
    };
    let reduce = (0..axes).map(|place| along(Phase::ReduceScatter, place));
    let gather = (0..axes).rev().map(|place| along(Phase::AllGather, place));
    match operation {
        Operation::ReduceScatter => reduce.collect(),
        Operation::AllGather => gather.collect(),
        Operation::AllReduce => reduce.chain(gather).collect(),
    }
}

/// Checks that every port has a link and that steps on two axes end on the same chip in either order.
fn check_rings(network: &Network) -> Result<(), CollectiveError> {
    let ahead = |chip, axis: usize| {
        let port = 2 * axis;
        network.neighbor(chip, port).ok_or(CollectiveError::OpenRing { chip, port })
    };
    let axes = network.ports() / 2;
    for chip in 0..network.chips() {
        for first in 0..axes {
            for second in first..axes {
                let one = ahead(ahead(chip, first)?, second)?;
                if one != ahead(ahead(chip, second)?, first)? {
                    return Err(CollectiveError::RingsCross { chip, first, second });
                }
            }
        }
    }
    Ok(())
}

/// Returns, for each axis in an order, the steps that lead back into the chips reached by the axes before it.
fn ring_members(network: &Network, order: &[usize]) -> Result<Vec<usize>, CollectiveError> {
    let mut reached = vec![false; network.chips()];
    let mut group = vec![0];
    reached[0] = true;
    let mut members = Vec::with_capacity(order.len());
    for &axis in order {
        let step = |chip| network.neighbor(chip, 2 * axis).ok_or(CollectiveError::Disconnected);
        let mut count = 1;
        let mut moved = group.clone();
        loop {
            for chip in &mut moved {
                *chip = step(*chip)?;
            }
            if reached[moved[0]] {
                break;
            }
            count += 1;
            for &chip in &moved {
                reached[chip] = true;
            }
            group.extend_from_slice(&moved);
        }
        members.push(count);
    }
    if group.len() == network.chips() { Ok(members) } else { Err(CollectiveError::Disconnected) }
}
