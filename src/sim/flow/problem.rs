//! A network and a demand, folded by their symmetries.

use rayon::prelude::*;

use super::super::network::Network;
use super::FlowError;
use super::demand::Demand;
use super::routes::Routes;
use super::search::Search;
use super::symmetry::Symmetry;

/// Sources are summed in this many fixed groups, so that results do not depend on the number of threads.
const GROUPS: usize = 16;

/// Holds one source of each orbit, and the class of each link: the links that leave an orbit through one
/// port.
pub(super) struct Problem<'a> {
    network: &'a Network,
    demand: &'a Demand,
    symmetry: Symmetry,
    /// The class of each directed link, orbit * ports + port.
    class: Vec<u32>,
    /// Whether the links of a class lead anywhere.
    live: Vec<bool>,
    /// What all sources send for one unit of the rate.
    total: f64,
}

/// Holds what a search from a source finds.
pub(super) struct Found {
    /// The sum of the amounts times distances.
    pub(super) distances: f64,
    /// The shortest path to each target.
    pub(super) routes: Routes,
}

impl<'a> Problem<'a> {
    pub(super) fn new(network: &'a Network, demand: &'a Demand) -> Result<Self, FlowError> {
        if network.chips() != demand.chips() {
            return Err(FlowError::OtherSize { demand: demand.chips(), network: network.chips() });
        }
        let symmetry = Symmetry::of(network, demand);
        let ports = network.ports();
        let classes = symmetry.sources.len() * ports;
        let class: Vec<u32> = symmetry
            .orbits
            .iter()
            .flat_map(|orbit| (0..ports).map(move |port| orbit * ports + port))
            .map(|class| u32::try_from(class).unwrap_or(u32::MAX))
            .collect();
        let mut live = vec![false; classes];
        for (&class, &next) in class.iter().zip(network.table()) {
            live[class as usize] = Network::is_link(next);
        }
        let sent = |&source: &usize| demand.targets(source).iter().map(|&(_, amount)| amount).sum::<f64>();
        let total = symmetry.sources.iter().map(sent).sum();
        if total > 0.0 {
            Ok(Self { network, demand, symmetry, class, live, total })
        } else {
            Err(FlowError::Empty)
        }
    }

    pub(super) fn network(&self) -> &'a Network {
        self.network
    }

    /// Returns the targets of a source with their amounts.
    pub(super) fn targets(&self, source: usize) -> Vec<(u32, f64)> {
        let mut targets = Vec::new();
        self.demand.fill(source, &mut targets);
        targets
    }

    pub(super) fn sources(&self) -> &[usize] {
        &self.symmetry.sources
    }

    pub(super) fn classes(&self) -> usize {
        self.live.len()
    }

    pub(super) fn total(&self) -> f64 {
        self.total
    }

    /// Returns the sum of the lengths of all live classes.
    pub(super) fn sum(&self, lengths: &[u32]) -> f64 {
        let live = lengths.iter().zip(&self.live).filter(|(_, live)| **live);
        live.map(|(&length, _)| f64::from(length)).sum()
    }

    /// Returns the class of a link.
    pub(super) fn class_of(&self, link: usize) -> usize {
        self.class[link] as usize
    }

    /// Returns the value of each link for one of each class.
    pub(super) fn expand<T: Copy>(&self, of_class: &[T]) -> Vec<T> {
        self.class.iter().map(|&class| of_class[class as usize]).collect()
    }

    /// Reports the class of each link of a path.
    pub(super) fn follow(&self, source: usize, path: &[u8], mut report: impl FnMut(usize)) {
        let (ports, table) = (self.network.ports(), self.network.table());
        let mut chip = source;
        for &port in path {
            let link = chip * ports + usize::from(port);
            report(self.class[link] as usize);
            chip = table[link] as usize;
        }
    }

    /// Finds shortest paths by class lengths from some of the sources.
    ///
    /// # Errors
    /// Refuses a target out of reach.
    pub(super) fn search(
        &self,
        lengths: &[u32],
        sources: std::ops::Range<usize>,
    ) -> Result<Vec<Found>, FlowError> {
        let lengths = self.expand(lengths);
        let found: Option<Vec<Found>> = self.symmetry.sources[sources]
            .par_iter()
            .map_init(
                || (Search::new(self.network), Vec::new()),
                |(search, targets), &source| {
                    self.demand.fill(source, targets);
                    let distances = search.reach(&lengths, u32::try_from(source).ok()?, targets)?;
                    Some(Found { distances, routes: search.paths(targets) })
                },
            )
            .collect();
        found.ok_or(FlowError::NotConnected)
    }

    /// Returns the sum over all pairs of the amount times the distance by class lengths.
    ///
    /// # Errors
    /// Refuses a target out of reach.
    pub(super) fn distances(&self, lengths: &[u32]) -> Result<f64, FlowError> {
        let lengths = self.expand(lengths);
        let sources = &self.symmetry.sources;
        let parts: Vec<Option<f64>> = sources
            .par_chunks(sources.len().div_ceil(GROUPS))
            .map(|sources| {
                let mut search = Search::new(self.network);
                let mut targets = Vec::new();
                let mut sum = 0.0;
                for &source in sources {
                    self.demand.fill(source, &mut targets);
                    sum += search.reach(&lengths, u32::try_from(source).ok()?, &targets)?;
                }
                Some(sum)
            })
            .collect();
        parts.into_iter().sum::<Option<f64>>().ok_or(FlowError::NotConnected)
    }
}
