//! Balanced all-to-all flow to within a small gap of its bound, on any maps that commute.
//!
//! Two ways to find lengths take turns, and every flow found on the way enters the best mix of all
//! ([`super::game`]). Column generation comes first: it is exact on tori and lattices, where many links have
//! one load. Multiplicative weights follow where a gap is left, as on irregular maps where all classes are full;
//! then column generation ends what they began. Constants steer convergence only: the bound tells how far the
//! result can be from the best.

use super::LearnedError;
use super::flow::{BalanceSettings, Balanced, lengths};
use super::game::Game;
use super::graph::{CLASSES, Graph, LONGEST, PLACES};

/// The share of the best lengths in the next ones of column generation (Wentges, "Weighted Dantzig-Wolfe
/// decomposition for linear mixed-integer programming", International Transactions in Operational Research 4, 1997).
const SMOOTHING: f64 = 0.8;
/// The rounds of column generation before the weights.
const EXACT_ROUNDS: usize = 60;
/// The rounds after which it gives way earlier, and the relative gap that makes it.
const TRIAL_ROUNDS: usize = 20;
const TRIAL_GAP: f64 = 0.2;
/// The rounds of weights before column generation takes over again.
const WEIGHTED_ROUNDS: usize = 80;
/// The mean detour that still carries flow under multiplicative weights, as a part of the mean length of a link.
const SOFTNESS: f64 = 0.1;
/// The least of it.
const LEAST_SOFTNESS: f64 = 0.03;
/// The rounds of multiplicative weights before the detours begin to shrink, and those after which they are half.
const SOFT_ROUNDS: f64 = 60.0;
const SHRINK: f64 = 30.0;
/// The slacks beyond this many mean detours carry nothing.
const CUTOFF: f64 = 5.0;
/// The first step of the logarithm of a length per relative excess of load.
const STEP: f64 = 0.6;
/// The rounds after which the step is half the first one.
const SETTLE: f64 = 20.0;

/// The settings under which gains and losses are compared.
pub(super) const CLOSE: BalanceSettings = BalanceSettings { rounds: 160, gap: 0.002 };

/// Balances an all-to-all on a graph of which links may be dark.
///
/// # Errors
/// Refuses a graph on which some chip cannot reach another.
pub(super) fn converge(graph: &Graph, settings: BalanceSettings) -> Result<Balanced, LearnedError> {
    let others = graph.chips() as f64 - 1.0;
    let mut state = State::new(graph)?;
    let mut logs = [0.0_f64; CLASSES];
    let mut weighted = 0;
    while state.rounds < settings.rounds && state.gap(others) > settings.gap {
        let gives_way = state.rounds >= TRIAL_ROUNDS && state.gap(others) > TRIAL_GAP;
        if weighted == 0 && state.rounds < EXACT_ROUNDS && !gives_way {
            state.price(graph, 0.0)?;
        } else if weighted < WEIGHTED_ROUNDS {
            weighted += 1;
            state.weigh(graph, &mut logs, weighted as f64)?;
        } else {
            state.price(graph, LEAST_SOFTNESS)?;
        }
    }
    Ok(Balanced {
        throughput: others / largest(&state.loads),
        bound: state.bound,
        mean_links: state.loads.iter().sum::<f64>() / (others * PLACES as f64),
        rounds: state.rounds,
    })
}

/// Holds the best bound and the best mix so far.
struct State {
    live: Vec<bool>,
    links: f64,
    game: Game,
    /// The price of each class by the mix.
    prices: Vec<f64>,
    /// The lengths of the best bound, of sum 1.
    center: Vec<f64>,
    smoothing: f64,
    loads: Vec<f64>,
    bound: f64,
    rounds: usize,
}

impl State {
    fn new(graph: &Graph) -> Result<Self, LearnedError> {
        let first = graph.equal_splitting().ok_or(LearnedError::NotConnected)?;
        let live: Vec<bool> = (0..CLASSES).map(|class| graph.is_live(class)).collect();
        let links = live.iter().filter(|&&live| live).count() as f64;
        let mut game = Game::new(CLASSES);
        Ok(Self {
            bound: (graph.chips() as f64 - 1.0) * links / first.loads.iter().sum::<f64>(),
            center: live.iter().map(|&live| if live { 1.0 / links } else { 0.0 }).collect(),
            prices: game.add(&first.loads),
            loads: game.mixed(),
            smoothing: SMOOTHING,
            rounds: 0,
            live,
            links,
            game,
        })
    }

    /// Returns the relative gap of bound and throughput.
    fn gap(&self, others: f64) -> f64 {
        self.bound * largest(&self.loads) / others - 1.0
    }

    /// Takes lengths between the best ones so far and the prices of the mix.
    fn price(&mut self, graph: &Graph, softness: f64) -> Result<(), LearnedError> {
        let part = self.smoothing;
        let mixed: Vec<f64> = self
            .center
            .iter()
            .zip(&self.prices)
            .map(|(center, price)| part * center + (1.0 - part) * price)
            .collect();
        let top = mixed.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let mut logs = [0.0; CLASSES];
        logs.iter_mut().zip(&mixed).for_each(|(log, length)| *log = (length / top).ln());
        let (value, before) = (largest(&self.loads), self.bound);
        let prices = self.prices.clone();
        let loads = self.step(graph, &logs, softness)?;
        let cost: f64 = prices.iter().zip(&loads).map(|(price, load)| price * load).sum();
        // A round that gains nothing goes closer to the prices, until it does.
        let gained = self.bound < before || cost < value;
        self.smoothing = if gained { SMOOTHING } else { self.smoothing / 2.0 };
        Ok(())
    }

    /// Takes lengths that grow with the excess of their load.
    fn weigh(&mut self, graph: &Graph, logs: &mut [f64; CLASSES], round: f64) -> Result<(), LearnedError> {
        let softness = (SOFTNESS / (1.0 + (round - SOFT_ROUNDS).max(0.0) / SHRINK)).max(LEAST_SOFTNESS);
        let loads = self.step(graph, logs, softness)?;
        let lengths = lengths(logs);
        let target = self.weighed(&lengths, |class| loads[class]) / self.weighed(&lengths, |_| 1.0);
        let step = STEP / (1.0 + round / SETTLE);
        logs.iter_mut().zip(&loads).for_each(|(log, load)| *log += step * (load / target - 1.0));
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        logs.iter_mut().for_each(|log| *log = (*log - top).max(-f64::from(LONGEST).ln()));
        Ok(())
    }

    /// Sends all pairs along short paths by lengths, and takes bound and mix from that; returns its loads.
    fn step(
        &mut self,
        graph: &Graph,
        logs: &[f64; CLASSES],
        softness: f64,
    ) -> Result<Vec<f64>, LearnedError> {
        self.rounds += 1;
        let lengths = lengths(logs);
        let weighed = self.weighed(&lengths, |_| 1.0);
        let soft = weighed / self.links * softness;
        let weights: Vec<f64> = (0..(soft * CUTOFF) as usize + 1)
            .map(|slack| if slack == 0 { 1.0 } else { (-(slack as f64) / soft).exp() })
            .collect();
        let flow = graph.shortest_paths(&lengths, &weights).ok_or(LearnedError::NotConnected)?;
        // Linear programming duality: no common rate exceeds the sum of lengths over the sum of distances.
        let bound = (graph.chips() as f64 - 1.0) * weighed / flow.distances as f64;
        if bound < self.bound {
            self.bound = bound;
            let share =
                |(length, live): (&u32, &bool)| if *live { f64::from(*length) / weighed } else { 0.0 };
            self.center = lengths.iter().zip(&self.live).map(share).collect();
        }
        self.prices = self.game.add(&flow.loads);
        self.loads = self.game.mixed();
        Ok(flow.loads)
    }

    /// Returns the sum over live classes of length times a value.
    fn weighed(&self, lengths: &[u32; CLASSES], value: impl Fn(usize) -> f64) -> f64 {
        let live = (0..CLASSES).filter(|&class| self.live[class]);
        live.map(|class| f64::from(lengths[class]) * value(class)).sum()
    }
}

/// Returns the largest load.
fn largest(loads: &[f64]) -> f64 {
    loads.iter().copied().fold(0.0, f64::max)
}
