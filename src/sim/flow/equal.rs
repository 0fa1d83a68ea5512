//! A demand split equally over all shortest paths: what a network carries without stored routes.

use super::super::network::Network;
use super::super::routing::Scratch;
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

/// Returns the loads of all classes, before they are scaled.
pub(super) fn split(problem: &Problem<'_>) -> Result<Vec<f64>, FlowError> {
    let network = problem.network();
    let mut loads = vec![0.0; problem.classes()];
    let mut scratch = Scratch::new(network.chips());
    let mut amounts = vec![0.0; network.chips()];
    for &source in problem.sources() {
        let targets = problem.targets(source);
        scratch.reach(network, source);
        if targets.iter().any(|&(target, _)| !scratch.is_reached(target as usize)) {
            return Err(FlowError::NotConnected);
        }
        amounts.fill(0.0);
        targets.iter().for_each(|&(target, amount)| amounts[target as usize] = amount);
        scratch.send(network, |chip| amounts[chip], |link, load| loads[problem.class_of(link)] += load);
    }
    Ok(loads)
}
