//! The all-to-all throughput of translations: by equal splitting, and balanced over longer paths.

use super::LearnedError;
use super::graph::{CLASSES, Graph, LONGEST};
use super::translations::Translations;

/// The mean detour that still carries flow, as a part of the mean length of a link. Steers convergence only:
/// the bound tells how far the result can be from the best.
const SOFTNESS: f64 = 0.1;
/// The slacks beyond this many mean detours carry nothing.
const CUTOFF: f64 = 5.0;
/// The first step of the logarithm of a length per relative excess of load. Steers convergence only.
const STEP: f64 = 0.4;
/// The rounds after which the step is half the first one. Steers convergence only.
const SETTLE: f64 = 20.0;

/// Holds the loads that equal splitting puts on the link classes.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassLoads {
    /// The load of every link of a class, at index place in cube * 6 + port, when all chips send 1 to all.
    pub loads: Vec<f64>,
    /// The longest distance between two chips, in links.
    pub diameter: usize,
    /// The mean distance between two different chips, in links.
    pub mean_distance: f64,
    /// The all-to-all rate of each chip under equal splitting, in units of one link's bandwidth.
    pub throughput: f64,
}

/// Tells how long to balance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BalanceSettings {
    /// The most rounds.
    pub rounds: usize,
    /// The relative gap of bound and throughput at which to stop.
    pub gap: f64,
}

impl Default for BalanceSettings {
    fn default() -> Self {
        Self { rounds: 60, gap: 0.005 }
    }
}

/// Holds a balanced all-to-all flow.
#[derive(Debug, Clone, PartialEq)]
pub struct Balanced {
    /// The all-to-all rate of each chip, in units of one link's bandwidth: (N - 1) / largest load.
    pub throughput: f64,
    /// What no routing of any kind can exceed, in the same unit.
    pub bound: f64,
    /// The mean number of links that the flow takes; above the mean distance where it makes detours.
    pub mean_links: f64,
    /// The rounds taken.
    pub rounds: usize,
}

/// Returns the class loads when every chip sends 1 to every other by equal splitting.
///
/// # Errors
/// Refuses translations under which some chip cannot reach another.
pub fn class_loads(translations: &Translations) -> Result<ClassLoads, LearnedError> {
    let graph = Graph::new(translations);
    let flow = graph.equal_splitting().ok_or(LearnedError::NotConnected)?;
    let others = graph.chips() as f64 - 1.0;
    Ok(ClassLoads {
        diameter: flow.farthest as usize,
        mean_distance: flow.distances as f64 / (others * super::graph::PLACES as f64),
        throughput: others / flow.largest(),
        loads: flow.loads,
    })
}

/// Balances an all-to-all over paths of any length and bounds what any routing can reach.
///
/// # Errors
/// Refuses translations under which some chip cannot reach another.
pub fn balance(translations: &Translations, settings: BalanceSettings) -> Result<Balanced, LearnedError> {
    balance_graph(&Graph::new(translations), settings)
}

/// Balances an all-to-all on a graph of which links may be dark.
///
/// Maximum concurrent flow by multiplicative weights (Garg and Koenemann, "Faster and simpler algorithms for
/// multicommodity flow and other fractional packing problems", SIAM J. Comput. 37, 2007; Young, "Randomized
/// rounding without solving the linear program", SODA 1995): in each round all pairs take short paths by
/// class lengths, lengths grow or shrink exponentially with the excess of their load, and the flow is the
/// average over rounds, round r with weight r. Paths that are a little longer than the shortest one carry an
/// exponentially smaller share, which keeps rounds from swinging. Paths need not have the fewest links. The
/// bound is that of linear programming duality: for any lengths, the common rate of all pairs is at most the
/// sum of lengths over the sum of distances.
pub(super) fn balance_graph(graph: &Graph, settings: BalanceSettings) -> Result<Balanced, LearnedError> {
    let others = graph.chips() as f64 - 1.0;
    let mut loads = graph.equal_splitting().ok_or(LearnedError::NotConnected)?.loads;
    let live: Vec<bool> = (0..CLASSES).map(|class| graph.is_live(class)).collect();
    let links = live.iter().filter(|&&live| live).count() as f64;
    let mut bound = others * links / loads.iter().sum::<f64>();
    let mut best = loads.clone();
    let mut logs = [0.0_f64; CLASSES];
    let mut rounds = 0;
    while rounds < settings.rounds && bound * largest(&best) > others * (1.0 + settings.gap) {
        let part = 2.0 / (rounds as f64 + 2.0);
        rounds += 1;
        let lengths = lengths(&logs);
        let weighed: f64 =
            lengths.iter().zip(&live).filter(|(_, live)| **live).map(|(&length, _)| f64::from(length)).sum();
        let soft = weighed / links * SOFTNESS;
        let weights: Vec<f64> =
            (0..(soft * CUTOFF) as usize + 1).map(|slack| (-(slack as f64) / soft).exp()).collect();
        let flow = graph.shortest_paths(&lengths, &weights).ok_or(LearnedError::NotConnected)?;
        bound = bound.min(others * weighed / flow.distances as f64);
        loads.iter_mut().zip(&flow.loads).for_each(|(load, new)| *load += part * (new - *load));
        for candidate in [&loads, &flow.loads] {
            if largest(candidate) < largest(&best) {
                best.clone_from(candidate);
            }
        }
        let target =
            lengths.iter().zip(&flow.loads).map(|(&length, load)| f64::from(length) * load).sum::<f64>()
                / weighed;
        let step = STEP / (1.0 + rounds as f64 / SETTLE);
        for (log, load) in logs.iter_mut().zip(&flow.loads) {
            *log += step * (load / target - 1.0);
        }
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        logs.iter_mut().for_each(|log| *log = (*log - top).max(-(f64::from(LONGEST)).ln()));
    }
    let loads = best;
    let carried: f64 = loads.iter().sum();
    Ok(Balanced {
        throughput: others / largest(&loads),
        bound,
        mean_links: carried / (others * super::graph::PLACES as f64),
        rounds,
    })
}

/// Returns the largest load.
fn largest(loads: &[f64]) -> f64 {
    loads.iter().copied().fold(0.0, f64::max)
}

/// Returns whole class lengths for logarithms of at most zero.
pub(super) fn lengths(logs: &[f64; CLASSES]) -> [u32; CLASSES] {
    logs.map(|log| ((f64::from(LONGEST) * log.exp()).round() as u32).clamp(1, LONGEST))
}
