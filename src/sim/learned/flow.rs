//! The all-to-all throughput of translations: by equal splitting, and balanced over longer paths.

use super::LearnedError;
use super::graph::{CLASSES, Flow, Graph, LONGEST, PLACES};
use super::master::{Master, largest};
use super::translations::Translations;

/// The part of all rounds that lowers the bound. Steers convergence only, as all numbers down to the steps:
/// the bound tells how far the result can be from the best.
const ASCENT: [usize; 2] = [3, 5];
/// The mean detour that still carries flow, as a part of the mean length of a link: first.
const FIRST_DETOUR: f64 = 0.1;
/// The same after it has been halved again and again.
const LAST_DETOUR: f64 = 0.01;
/// The same of flows that are mixed.
const MIXED_DETOUR: f64 = 0.03;
/// The slacks beyond this many mean detours carry nothing.
const CUTOFF: f64 = 5.0;
/// The most rounds with one mean detour.
const LONGEST_STAGE: usize = 10;
/// The root mean square of the excess over the mean detour at which the detour is halved early.
const SETTLED: f64 = 0.15;
/// The first step of the logarithm of a length per relative excess of load and mean detour.
const STEP: f64 = 4.0;
/// The factors of the step of a link after an excess of the same sign as the last one, and of the other.
const STEP_CHANGES: [f64; 2] = [1.3, 0.5];
/// The least and the most that these factors come to.
const STEP_RANGE: [f64; 2] = [0.3, 20.0];
/// The longest step.
const LONGEST_STEP: f64 = 1.0;
/// The rounds of a stage after which the step is half the first one.
const SETTLE: f64 = 20.0;
/// The last rounds of the first part whose flows are mixed too.
const LAST_OF_ASCENT: usize = 8;
/// The weight of prices against the lengths of the best bound.
const LEAN: f64 = 0.05;
/// The sharpness of the smoothed largest load in the first mixture.
const FIRST_SHARPNESS: f64 = 300.0;
/// The same in the last one.
const LAST_SHARPNESS: f64 = 4000.0;
/// The steps towards the best mixture in each round.
const STEPS: usize = 60;
/// The same in the last round.
const LAST_STEPS: usize = 600;

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
        Self { rounds: 80, gap: 0.002 }
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
    /// The lengths of link classes that bound the rate best, in mean 1: the prices of their links.
    pub prices: Vec<f64>,
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
        mean_distance: flow.distances as f64 / (others * PLACES as f64),
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
/// Maximum concurrent flow as a linear programme, in two parts. The first lowers the bound of duality: for
/// any lengths, the common rate of all pairs is at most the sum of lengths over the sum of distances. All
/// pairs take short paths by class lengths, and lengths grow or shrink exponentially with the excess of their
/// load (multiplicative weights: Garg and Koenemann, SIAM J. Comput. 37, 2007; Young, SODA 1995). Paths that
/// are a little longer than the shortest one carry an exponentially smaller share (Dial, "A probabilistic
/// multipath traffic assignment model", Transp. Res. 5, 1971), which smooths the bound; the smoothing
/// shrinks. The second part mixes flows. Lengths stay near those of the best bound and lean to the links that
/// the mixture loads most (Wentges, "Weighted Dantzig-Wolfe decomposition", Int. Trans. Oper. Res. 4, 1997).
/// Flows are averaged with their reversals, which keep every load of a pair of opposite links the same in
/// sum. Paths need not have the fewest links. Cuts of the cubes into halves bound the rate as well, where
/// lengths are slow.
pub(super) fn balance_graph(graph: &Graph, settings: BalanceSettings) -> Result<Balanced, LearnedError> {
    let start = graph.equal_splitting().ok_or(LearnedError::NotConnected)?;
    let mut balancing = Balancing::new(graph, &start);
    let ascent = settings.rounds * ASCENT[0] / ASCENT[1];
    let (mut rounds, mut detour, mut stage) = (0, FIRST_DETOUR, 0);
    let mut steps = Steps::new(balancing.links.len());
    while rounds < ascent && balancing.gap() > settings.gap {
        rounds += 1;
        stage += 1;
        let flow = balancing.round(detour, rounds + LAST_OF_ASCENT > ascent)?;
        let excess = balancing.excess(&flow);
        let logs = steps.next(&balancing.logs, &excess, STEP * detour / (1.0 + stage as f64 / SETTLE));
        balancing.set(logs);
        let rms = (excess.iter().map(|excess| excess * excess).sum::<f64>() / excess.len() as f64).sqrt();
        if detour > LAST_DETOUR && (rms < SETTLED * detour || stage == LONGEST_STAGE) {
            detour = (detour / 2.0).max(LAST_DETOUR);
            stage = 0;
        }
    }
    let mut sharpness = FIRST_SHARPNESS;
    while rounds < settings.rounds && balancing.gap() > settings.gap {
        let last = rounds + 1 == settings.rounds;
        let prices = balancing.master.solve(sharpness, if last { LAST_STEPS } else { STEPS });
        if !last {
            balancing.lean(&prices);
            balancing.round(MIXED_DETOUR, true)?;
        }
        rounds += 1;
        let growth = (LAST_SHARPNESS / FIRST_SHARPNESS).powf(1.0 / (settings.rounds - ascent) as f64);
        sharpness *= growth;
    }
    let carried: f64 =
        balancing.master.best().iter().zip(&balancing.links).map(|(load, links)| load * links).sum();
    Ok(Balanced {
        throughput: balancing.others / largest(balancing.master.best()),
        bound: balancing.bound,
        mean_links: carried / (balancing.others * PLACES as f64),
        prices: balancing.prices(),
        rounds,
    })
}

/// Holds a balanced flow in the making; opposite links form one class.
struct Balancing<'a> {
    graph: &'a Graph,
    /// The chips that a chip sends to.
    others: f64,
    /// The joint class of every link class.
    joint: Vec<usize>,
    /// The link classes of every joint class, 0 where they are dark.
    links: Vec<f64>,
    /// The logarithms of the lengths of joint classes, at most 0.
    logs: Vec<f64>,
    /// The least bound so far, of lengths or of cuts.
    bound: f64,
    /// The logarithms of the lengths with the best bound, and that bound.
    center: (Vec<f64>, f64),
    master: Master,
}

impl<'a> Balancing<'a> {
    fn new(graph: &'a Graph, start: &Flow) -> Self {
        let mut joint = vec![0; CLASSES];
        let mut links = Vec::new();
        for class in 0..CLASSES {
            let reverse = graph.reverse(class);
            if reverse < class {
                joint[class] = joint[reverse];
                links[joint[class]] += 1.0;
            } else {
                joint[class] = links.len();
                links.push(if graph.is_live(class) { 1.0 } else { 0.0 });
            }
        }
        let chips = graph.chips() as f64;
        let others = chips - 1.0;
        let by_distance = others * links.iter().sum::<f64>() / start.loads.iter().sum::<f64>();
        let logs = vec![0.0; links.len()];
        let center = (logs.clone(), by_distance);
        // A half sends N^2 / 4 of N - 1 each to the other over half of the links between them.
        let bound =
            graph.cuts().into_iter().map(|links| 2.0 * links * others / chips).fold(by_distance, f64::min);
        let loads = fold(&start.loads, &joint, &links);
        let master = Master::new(PLACES, &loads);
        Self { graph, others, joint, links, logs, bound, center, master }
    }

    /// Returns the relative gap between the bound and the best flow.
    fn gap(&self) -> f64 {
        self.bound * largest(self.master.best()) / self.others - 1.0
    }

    /// Sends all pairs over short paths, and returns the loads of joint classes with the lengths that made
    /// them.
    ///
    /// `detour` is the mean detour that still carries flow, as a part of the mean length of a link.
    fn round(&mut self, detour: f64, mix: bool) -> Result<Round, LearnedError> {
        let logs: Vec<f64> = self.joint.iter().map(|&joint| self.logs[joint]).collect();
        let lengths = lengths(&logs);
        let lengths_of = self.joint.iter().zip(lengths);
        let mut own = vec![0.0; self.links.len()];
        lengths_of.for_each(|(&joint, length)| own[joint] = f64::from(length));
        let sum: f64 = own.iter().zip(&self.links).map(|(length, links)| length * links).sum();
        let soft = sum / self.links.iter().sum::<f64>() * detour;
        let weights: Vec<f64> =
            (0..(soft * CUTOFF) as usize + 1).map(|slack| (-(slack as f64) / soft).exp()).collect();
        let flows = self.graph.source_flows(&lengths, &weights).ok_or(LearnedError::NotConnected)?;
        let distances: u64 = flows.iter().map(|flow| flow.distances).sum();
        let bound = self.others * sum / distances as f64;
        self.bound = self.bound.min(bound);
        if bound < self.center.1 {
            self.center = (self.logs.clone(), bound);
        }
        let rows: Vec<Vec<f64>> =
            flows.iter().map(|flow| fold(&flow.loads, &self.joint, &self.links)).collect();
        let mut loads = vec![0.0; self.links.len()];
        for row in &rows {
            loads.iter_mut().zip(row).for_each(|(sum, load)| *sum += load);
        }
        self.master.offer(&loads);
        if mix {
            self.master.add(&rows);
        }
        Ok(Round { loads, lengths: own, sum })
    }

    /// Returns by which part the load of every joint class is above the mean weighed by lengths.
    fn excess(&self, round: &Round) -> Vec<f64> {
        let weighed = round.lengths.iter().zip(&self.links).zip(&round.loads);
        let target = weighed.map(|((length, links), load)| length * links * load).sum::<f64>() / round.sum;
        let excess = |(load, &links): (&f64, &f64)| if links > 0.0 { load / target - 1.0 } else { 0.0 };
        round.loads.iter().zip(&self.links).map(excess).collect()
    }

    /// Sets the logarithms of all lengths, moved so that the largest is 0.
    fn set(&mut self, logs: Vec<f64>) {
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let least = -f64::from(LONGEST).ln();
        self.logs = logs.into_iter().map(|log| (log - top).max(least)).collect();
    }

    /// Returns the lengths with the best bound, in mean 1.
    fn prices(&self) -> Vec<f64> {
        let lengths: Vec<f64> = self.joint.iter().map(|&joint| self.center.0[joint].exp()).collect();
        let mean = lengths.iter().sum::<f64>() / CLASSES as f64;
        lengths.into_iter().map(|length| length / mean).collect()
    }

    /// Sets lengths near those of the best bound, leaning to loads of a high price.
    fn lean(&mut self, prices: &[f64]) {
        let center: f64 = self.center.0.iter().zip(&self.links).map(|(log, links)| log.exp() * links).sum();
        let price: f64 = prices.iter().sum();
        let logs = self.center.0.iter().zip(prices).zip(&self.links).map(|((log, price_of), links)| {
            let each = price_of / price / links.max(1.0);
            ((1.0 - LEAN) * log.exp() / center + LEAN * each).ln()
        });
        let logs = logs.collect();
        self.set(logs);
    }
}

/// Holds the length of the step of each link class (Jacobs, "Increased rates of convergence through learning
/// rate adaptation", Neural Networks 1, 1988).
struct Steps {
    factors: Vec<f64>,
    last: Vec<f64>,
}

impl Steps {
    fn new(classes: usize) -> Self {
        Self { factors: vec![1.0; classes], last: vec![0.0; classes] }
    }

    /// Returns the next logarithms of lengths.
    fn next(&mut self, logs: &[f64], excess: &[f64], step: f64) -> Vec<f64> {
        let [same, other] = STEP_CHANGES;
        let [least, most] = STEP_RANGE;
        for ((factor, last), &excess) in self.factors.iter_mut().zip(&mut self.last).zip(excess) {
            *factor = (*factor * if *last * excess >= 0.0 { same } else { other }).clamp(least, most);
            *last = excess;
        }
        let moves = excess.iter().zip(&self.factors).map(|(excess, factor)| step * factor * excess);
        logs.iter().zip(moves).map(|(log, by)| log + by.clamp(-LONGEST_STEP, LONGEST_STEP)).collect()
    }
}

/// Holds the flow of one round.
struct Round {
    loads: Vec<f64>,
    lengths: Vec<f64>,
    /// The sum of the lengths of all live link classes.
    sum: f64,
}

/// Returns the mean loads of opposite links: those of a flow mixed with its reversal.
fn fold(loads: &[f64], joint: &[usize], links: &[f64]) -> Vec<f64> {
    let mut folded = vec![0.0; links.len()];
    for (&load, &joint) in loads.iter().zip(joint) {
        folded[joint] += load / links[joint].max(1.0);
    }
    folded
}

/// Returns whole class lengths for logarithms of at most zero.
pub(super) fn lengths(logs: &[f64]) -> [u32; CLASSES] {
    let length = |log: f64| ((f64::from(LONGEST) * log.exp()).round() as u32).clamp(1, LONGEST);
    std::array::from_fn(|class| logs.get(class).map_or(LONGEST, |&log| length(log)))
}
