//! Every pattern on every network: balanced, with its bound, and split equally.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::super::network::Network;
use super::super::shape::Shape;
use super::FlowError;
use super::balance::{Settings, balance};
use super::demand::Demand;
use super::equal::equal_splitting;
use super::patterns::{self, Groups};

/// The part of all traffic that goes to the hot chip.
pub const HOT_PART: f64 = 0.01;

/// Names a traffic pattern.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pattern {
    /// Each chip sends to all others alike.
    Uniform,
    /// Each chip sends to one other; drawn.
    Permutation,
    /// Each chip sends to its place in the transposed matrix.
    Transpose,
    /// Each chip sends to its neighbours on the regular torus.
    Neighbours,
    /// Each chip sends [`HOT_PART`] to one chip, the rest to all others alike; drawn.
    Hotspot,
    /// Each chip sends tokens to the experts of its group, of some Zipf exponent; drawn unless the exponent
    /// is 0.
    Experts(Groups, f64),
}

impl Pattern {
    /// All patterns.
    pub const ALL: [Self; 13] = [
        Self::Uniform,
        Self::Permutation,
        Self::Transpose,
        Self::Neighbours,
        Self::Hotspot,
        Self::Experts(Groups::Runs, 0.0),
        Self::Experts(Groups::Runs, 0.5),
        Self::Experts(Groups::Runs, 1.0),
        Self::Experts(Groups::Cubes, 0.0),
        Self::Experts(Groups::Cubes, 0.5),
        Self::Experts(Groups::Cubes, 1.0),
        Self::Experts(Groups::All, 0.5),
        Self::Experts(Groups::All, 1.0),
    ];

    /// Returns its name, such as `experts_cubes_half`.
    #[must_use]
    pub fn name(self) -> String {
        let Self::Experts(groups, exponent) = self else { return format!("{self:?}").to_lowercase() };
        let groups = format!("{groups:?}").to_lowercase();
        let skew = match exponent {
            0.0 => "even",
            0.5 => "half",
            _ => "one",
        };
        format!("experts_{groups}_{skew}")
    }

    /// Tells whether it depends on a seed.
    #[must_use]
    pub fn is_drawn(self) -> bool {
        match self {
            Self::Uniform | Self::Transpose | Self::Neighbours => false,
            Self::Experts(_, exponent) => exponent != 0.0,
            Self::Permutation | Self::Hotspot => true,
        }
    }

    /// Returns its demand on a slice.
    ///
    /// # Errors
    /// Refuses a transpose where the number of chips is no power of two.
    pub fn demand(self, shape: Shape, seed: u64) -> Result<Demand, FlowError> {
        match self {
            Self::Uniform => Demand::uniform(shape.chips()),
            Self::Permutation => patterns::random_permutation(shape.chips(), seed),
            Self::Transpose => patterns::transpose(shape.chips()),
            Self::Neighbours => patterns::torus_neighbors(shape),
            Self::Hotspot => patterns::hot_spot(shape.chips(), HOT_PART, seed),
            Self::Experts(groups, exponent) => patterns::experts(shape, groups, exponent, seed),
        }
    }
}

/// Holds the networks of one kind, one for each draw.
#[derive(Debug, Clone)]
pub struct Kind {
    /// The name of the kind.
    pub name: &'static str,
    /// Its networks, by seed from 1 where they are drawn.
    pub networks: Vec<Network>,
}

/// Tells how far a survey goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extent {
    /// The seeds of random permutations of the chips, from 1.
    pub permutations: u64,
    /// The seeds of all other drawn patterns, and the most networks of a kind that these patterns and those
    /// that are not drawn run on; the uniform pattern runs on all, permutations in turn on all.
    pub others: u64,
    /// How long to balance.
    pub settings: Settings,
}

/// Holds one number for each draw.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rates {
    /// The rate of each chip with balanced routes, in links' worth.
    pub balanced: Vec<f64>,
    /// The dual bound on this rate.
    pub bound: Vec<f64>,
    /// The rate of each chip split equally over shortest paths.
    pub equal_splitting: Vec<f64>,
}

/// Runs patterns on kinds of networks; names of kind and pattern lead to the rates.
///
/// Draw d takes network d and seed d, each in turn.
///
/// # Errors
/// Refuses what [`Pattern::demand`] and [`balance`] refuse.
pub fn survey(
    shape: Shape,
    kinds: &[Kind],
    patterns: &[Pattern],
    extent: Extent,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<BTreeMap<(&'static str, String), Rates>, FlowError> {
    let mut jobs = Vec::new();
    for kind in kinds {
        for &pattern in patterns {
            let seeds = match pattern {
                Pattern::Permutation => extent.permutations,
                _ if pattern.is_drawn() => extent.others,
                _ => 1,
            };
            let most = match pattern {
                Pattern::Uniform | Pattern::Permutation => kind.networks.len(),
                _ => kind.networks.len().min(extent.others as usize),
            };
            let count = most.max(seeds as usize);
            for (draw, network) in (0..).zip(kind.networks.iter().take(most).cycle().take(count)) {
                jobs.push((kind.name, network, pattern, draw % seeds + 1));
            }
        }
    }
    let found: Vec<Result<_, FlowError>> = jobs
        .into_par_iter()
        .map(|(kind, network, pattern, seed)| {
            progress(&format!("{kind} {} {seed}", pattern.name()));
            let demand = pattern.demand(shape, seed)?;
            let equal = equal_splitting(network, &demand)?;
            let balanced = balance(network, &demand, extent.settings)?;
            Ok(((kind, pattern.name()), balanced.throughput, balanced.bound, equal.throughput))
        })
        .collect();
    let mut rates: BTreeMap<_, Rates> = BTreeMap::new();
    for one in found {
        let (key, balanced, bound, equal) = one?;
        let rates = rates.entry(key).or_default();
        rates.balanced.push(balanced);
        rates.bound.push(bound);
        rates.equal_splitting.push(equal);
    }
    Ok(rates)
}
