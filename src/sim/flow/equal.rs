//! A demand split equally over all shortest paths: what a network carries without stored routes.

use super::super::network::Network;
use super::FlowError;
use super::demand::Demand;
use super::problem::Problem;

/// Holds a demand split equally over all paths with the fewest links.
#[derive(Debug, Clone, PartialEq)]
pub struct EqualSplitting {
    /// The largest factor by which the demand can be multiplied so that no link carries more than 1.
    pub throughput: f64,
    /// What each directed link carries at that factor, at index chip * ports + port; the largest is 1.
    pub loads: Vec<f64>,
    /// The mean distance of the demand, in links.
    pub mean_links: f64,
}

/// Splits what each chip sends to each other one equally over all paths with the fewest links.
///
/// # Errors
/// Refuses a demand of another size, an empty one, and one between chips that are not connected.
pub fn equal_splitting(network: &Network, demand: &Demand) -> Result<EqualSplitting, FlowError> {
    let problem = Problem::new(network, demand)?;
    let mut loads = split(&problem)?;
    let top = loads.iter().copied().fold(0.0, f64::max);
    let mean_links = loads.iter().sum::<f64>() / problem.total();
    loads.iter_mut().for_each(|load| *load /= top);
    Ok(EqualSplitting { throughput: 1.0 / top, loads: problem.expand(&loads), mean_links })
}

/// Returns the loads of all classes.
pub(super) fn split(problem: &Problem<'_>) -> Result<Vec<f64>, FlowError> {
    let mut loads = vec![0.0; problem.classes()];
    let mut spread = Spread::new(problem.network());
    for &source in problem.sources() {
        let report = |link, load| loads[problem.class_of(link)] += load;
        spread.send(source, &problem.targets(source), report).ok_or(FlowError::NotConnected)?;
    }
    Ok(loads)
}

/// Holds the working memory of one source after another.
struct Spread<'a> {
    network: &'a Network,
    order: Vec<usize>,
    distance: Vec<u32>,
    paths: Vec<f64>,
    arriving: Vec<f64>,
}

impl<'a> Spread<'a> {
    fn new(network: &'a Network) -> Self {
        let chips = network.chips();
        Self {
            network,
            order: Vec::with_capacity(chips),
            distance: vec![u32::MAX; chips],
            paths: vec![0.0; chips],
            arriving: vec![0.0; chips],
        }
    }

    /// Counts shortest paths outwards, then reports the load of each link from the farthest chip back (Brandes, "A
    /// faster algorithm for betweenness centrality", 2001); `None` if a target is out of reach.
    fn send(
        &mut self,
        source: usize,
        targets: &[(u32, f64)],
        mut report: impl FnMut(usize, f64),
    ) -> Option<()> {
        let (ports, table) = (self.network.ports(), self.network.table());
        self.order.clear();
        self.distance.fill(u32::MAX);
        self.paths.fill(0.0);
        self.arriving.fill(0.0);
        self.distance[source] = 0;
        self.paths[source] = 1.0;
        self.order.push(source);
        let mut head = 0;
        while let Some(&chip) = self.order.get(head) {
            head += 1;
            let step = self.distance[chip] + 1;
            for &next in
                table[chip * ports..(chip + 1) * ports].iter().filter(|&&next| Network::is_link(next))
            {
                let other = next as usize;
                if self.distance[other] == u32::MAX {
                    self.distance[other] = step;
                    self.order.push(other);
                }
                if self.distance[other] == step {
                    self.paths[other] += self.paths[chip];
                }
            }
        }
        for &(target, amount) in targets {
            if self.distance[target as usize] == u32::MAX {
                return None;
            }
            self.arriving[target as usize] = amount;
        }
        for &chip in self.order.iter().rev() {
            let step = self.distance[chip] + 1;
            for port in 0..ports {
                let link = chip * ports + port;
                let next = table[link];
                if Network::is_link(next) && self.distance[next as usize] == step {
                    let other = next as usize;
                    let load = self.arriving[other] * self.paths[chip] / self.paths[other];
                    if load > 0.0 {
                        report(link, load);
                        self.arriving[chip] += load;
                    }
                }
            }
        }
        Some(())
    }
}
