//! All-gather, reduce-scatter and all-reduce by trees, on any network, with as many chunks as are fastest.

use super::forest::{Forest, even_trees};
use super::mincut::{CutBound, all_gather_bound};
use super::pipeline::{Gathered, Pipeline, SMALLEST_CHUNK};
use super::ring::Operation;
use super::schedule::{Executed, Link};
use super::symmetry::Symmetry;
use super::{CollectiveError, check_amount};
use crate::sim::network::Network;

/// The most entries of the forests kept, over all classes, roots and trees.
const MOST_ENTRIES: usize = 1 << 20;
/// The chunks of each tree's part that are tried.
const CHUNKS: [usize; 2] = [1, 2];
/// More chunks are tried only while all trees together have at most so many.
const MOST_TRIED: usize = 1 << 19;
/// A time within this share of what no schedule can beat ends the trial.
const NEAR: f64 = 1e-3;

/// Holds trees for collectives on a network: one per root for short vectors, and as many as share all links
/// evenly.
#[derive(Debug, Clone)]
pub struct Trees<'a> {
    pipelines: Vec<Pipeline<'a>>,
    links: usize,
}

/// Holds the fastest execution found for one size, and what bounds it.
#[derive(Debug, Clone, PartialEq)]
pub struct ByTrees {
    /// What was executed, link by link.
    pub executed: Executed,
    /// The all-gather behind it.
    pub gathered: Gathered,
}

impl<'a> Trees<'a> {
    /// Grows the trees.
    ///
    /// # Errors
    /// Refuses networks with chips out of reach, more than 8 ports and more than 2^15 chips.
    pub fn new(network: &'a Network, symmetry: &'a Symmetry) -> Result<Self, CollectiveError> {
        let chips = network.chips();
        let open =
            |chip: usize| (0..network.ports()).filter(|&p| network.neighbor(chip, p).is_some()).count();
        let links = (0..chips).map(open).min().unwrap_or(0);
        let fit = MOST_ENTRIES / (symmetry.classes() * chips).max(1);
        let mut counts = vec![1];
        let even = even_trees(chips, links).min(fit);
        if even > 1 {
            counts.push(even);
        }
        let grow = |&trees: &usize| Ok(Pipeline::new(Forest::new(network, symmetry, trees)?));
        Ok(Self { pipelines: counts.iter().map(grow).collect::<Result<_, CollectiveError>>()?, links })
    }

    /// Returns the pipelines: of one tree per root, and of more if these share the links more evenly.
    #[must_use]
    pub fn pipelines(&self) -> &[Pipeline<'a>] {
        &self.pipelines
    }

    /// Returns the forest with the most trees per root.
    #[must_use]
    pub fn forest(&self) -> &Forest<'a> {
        self.pipelines[self.pipelines.len() - 1].forest()
    }

    /// Returns the time of the busiest link in an all-gather, in units of one chip's piece on one link.
    ///
    /// No schedule is faster than [`CutBound::pieces`], and where the two are equal the trees prove the
    /// bound.
    #[must_use]
    pub fn busiest_link_pieces(&self) -> f64 {
        let forest = self.forest();
        forest.most_used() as f64 / forest.trees() as f64
    }

    /// Finds the cut that bounds all of them.
    ///
    /// # Errors
    /// Refuses what [`all_gather_bound`] refuses.
    pub fn bound(&self) -> Result<CutBound, CollectiveError> {
        all_gather_bound(self.forest().network(), self.forest().symmetry())
    }

    /// Executes an operation on vectors of so many bytes on every chip, with the trees and chunks that are
    /// fastest.
    ///
    /// # Errors
    /// Refuses bytes and links that are not numbers in range.
    pub fn execute(&self, operation: Operation, bytes: f64, link: &Link) -> Result<ByTrees, CollectiveError> {
        check_amount("the bytes of a vector", bytes)?;
        let gathered = self.fastest(bytes, link)?;
        let executed = self.expand(operation, &gathered);
        Ok(ByTrees { executed, gathered })
    }

    /// Tries trees and chunks for an all-gather, and returns the fastest.
    fn fastest(&self, bytes: f64, link: &Link) -> Result<Gathered, CollectiveError> {
        let chips = self.forest().network().chips();
        let piece = bytes / chips as f64;
        // each chip takes in all other pieces over its links, the first of which is a latency away
        let others = (chips - 1) as f64 * piece / self.links as f64 / link.bandwidth + link.latency;
        let hop = link.latency + SMALLEST_CHUNK / link.bandwidth;
        let least = others.max(self.pipelines[0].forest().depth() as f64 * hop);
        let mut best = self.pipelines[self.pipelines.len() - 1].all_gather(piece, 1, link)?;
        for chunks in CHUNKS {
            for pipeline in self.pipelines.iter().rev() {
                if best.seconds <= least * (1.0 + NEAR) {
                    return Ok(best);
                }
                let entries = pipeline.entries();
                if chunks > 1 && entries * chunks > MOST_TRIED {
                    continue;
                }
                let found = pipeline.all_gather(piece, chunks, link)?;
                if found.seconds < best.seconds {
                    best = found;
                }
            }
        }
        Ok(best)
    }

    /// Carries the counts of one chip of each class to all chips.
    fn expand(&self, operation: Operation, gathered: &Gathered) -> Executed {
        let forest = self.forest();
        let (network, symmetry) = (forest.network(), forest.symmetry());
        let (chips, ports) = (network.chips(), network.ports());
        let (gathers, scatters) = match operation {
            Operation::AllGather => (1.0, 0.0),
            Operation::ReduceScatter => (0.0, 1.0),
            Operation::AllReduce => (1.0, 1.0),
        };
        let mut done = Executed {
            seconds: (gathers + scatters) * gathered.seconds,
            steps: 0,
            hops: 0,
            sent: vec![0.0; chips],
            received: vec![0.0; chips],
            link_bytes: vec![0.0; chips * ports],
        };
        for index in 0..chips * ports {
            let (chip, port) = (index / ports, index % ports);
            let of = symmetry.class(chip) * ports + port;
            let [out, into] = [gathered.sent[of], gathered.received[of]].map(|count| count as f64);
            // backwards, a chip sends through a port what forwards came in through it
            let bytes = (gathers * out + scatters * into) * gathered.chunk_bytes;
            done.link_bytes[index] = bytes;
            done.sent[chip] += bytes;
            done.received[chip] += (gathers * into + scatters * out) * gathered.chunk_bytes;
            done.hops += ((gathers + scatters) as u64) * gathered.sent[of];
        }
        done.steps = (gathers + scatters) as usize * forest.depth();
        done
    }
}
