//! The search for translations: simulated annealing from the regular torus.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

use super::super::fabric::{POSITIONS, SWITCHES};
use super::super::network::place_of;
use super::super::shape::{CUBE_SIDE, Shape};
use super::LearnedError;
use super::flow::{BalanceSettings, Balanced, balance};
use super::graph::{CLASSES, Graph};
use super::translations::{Translations, add};

/// The exponents of the norm of loads that starts make least, in turn: 1 is the mean distance, which balanced
/// routes can turn into throughput; 8 is near the largest load.
const EXPONENTS: [i32; 2] = [1, 8];
/// The switches of one line of a face.
const LINE: usize = CUBE_SIDE;

/// Holds the settings of a search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SearchSettings {
    /// The seed of all random choices.
    pub seed: u64,
    /// The moves tried from each start.
    pub steps: usize,
    /// The independent runs, of which the best is kept.
    pub starts: usize,
    /// The first temperature, as a relative change of the norm.
    pub hot: f64,
    /// The last temperature.
    pub cold: f64,
    /// How the best maps of every start are balanced.
    pub balance: BalanceSettings,
}

impl SearchSettings {
    /// Returns the settings with which stored maps are learned: all but seed and steps are fixed.
    #[must_use]
    pub fn of(seed: u64, steps: usize) -> Self {
        Self { seed, steps, starts: 4, hot: 0.1, cold: 0.0002, balance: BalanceSettings::default() }
    }
}

/// Holds the best translations of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Learned {
    /// The best translations.
    pub translations: Translations,
    /// Their balanced all-to-all.
    pub balanced: Balanced,
    /// The start that found them, from 0.
    pub start: usize,
    /// The lowest norm of loads so far, in units of the regular torus, after each hundredth of that start.
    pub history: Vec<f64>,
}

/// Learns one translation per switch from the regular torus, by simulated annealing.
///
/// Starts make norms of the loads under equal splitting least, and the one with the largest balanced
/// throughput is kept. The regular torus itself is the first candidate.
///
/// # Errors
/// Refuses a graph whose chips cannot reach each other, which the regular torus never is.
pub fn learn(shape: Shape, settings: SearchSettings) -> Result<Learned, LearnedError> {
    let torus = Translations::of_torus(shape);
    let balanced = balance(&torus, settings.balance)?;
    let mut best = Learned { translations: torus, balanced, start: 0, history: Vec::new() };
    let runs: Vec<Result<Learned, LearnedError>> =
        (0..settings.starts).into_par_iter().map(|start| anneal(shape, settings, start)).collect();
    for run in runs {
        let run = run?;
        if run.balanced.throughput > best.balanced.throughput {
            best = run;
        }
    }
    Ok(best)
}

/// Runs one start (Kirkpatrick, Gelatt and Vecchi, "Optimization by simulated annealing", Science 220, 1983).
///
/// A move gives one switch, one line of four on a face, or all 16 switches of a dimension another shift: that
/// of some switch, the sum of two, or any.
fn anneal(shape: Shape, settings: SearchSettings, start: usize) -> Result<Learned, LearnedError> {
    let exponent = EXPONENTS[start % EXPONENTS.len()];
    let mut random = Random::new(settings.seed, start);
    let mut now = Translations::of_torus(shape);
    let mut graph = Graph::new(&now);
    let grid = now.grid();
    let flow = graph.equal_splitting().ok_or(LearnedError::NotConnected)?;
    let first = log_norm(&flow.loads, exponent);
    let mut energy = first;
    let mut best = (energy, now.clone());
    let mut history = Vec::new();
    for step in 0..settings.steps {
        let progress = step as f64 / settings.steps as f64;
        let temperature = settings.hot * (settings.cold / settings.hot).powf(progress);
        let switch = random.below(SWITCHES);
        let scope = match random.below(16) {
            0 => switch / POSITIONS * POSITIONS..(switch / POSITIONS + 1) * POSITIONS,
            1 | 2 => switch / LINE * LINE..(switch / LINE + 1) * LINE,
            _ => switch..switch + 1,
        };
        let other = now.shifts()[random.below(SWITCHES)];
        let shift = match random.below(4) {
            0 => other,
            1 => add(grid, now.shifts()[switch], other),
            _ => place_of(grid, random.below(now.cubes())),
        };
        let before: Vec<[usize; 3]> = now.shifts()[scope.clone()].to_vec();
        if before.iter().any(|&old| old != shift) {
            scope.clone().for_each(|switch| graph.set(switch, shift));
            let new = graph.equal_splitting().map_or(f64::INFINITY, |flow| log_norm(&flow.loads, exponent));
            if new <= energy || random.unit() < ((energy - new) / temperature).exp() {
                energy = new;
                scope.for_each(|switch| now.set(switch, shift));
                if energy < best.0 {
                    best = (energy, now.clone());
                }
            } else {
                scope.zip(before).for_each(|(switch, old)| graph.set(switch, old));
            }
        }
        if (step + 1).is_multiple_of(settings.steps.div_ceil(100)) {
            history.push((best.0 - first).exp());
        }
    }
    let balanced = balance(&best.1, settings.balance)?;
    Ok(Learned { translations: best.1, balanced, start, history })
}

/// Returns the logarithm of the norm of loads: near the largest for large exponents, yet smooth.
fn log_norm(loads: &[f64], exponent: i32) -> f64 {
    let mean = loads.iter().map(|load| load.powi(exponent)).sum::<f64>() / CLASSES as f64;
    mean.ln() / f64::from(exponent)
}

/// Draws the random choices of one start.
struct Random(ChaCha8Rng);

impl Random {
    fn new(seed: u64, start: usize) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(start as u64);
        Self(generator)
    }

    /// Returns a number below a limit.
    fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.0.next_u64()) * limit as u128) >> 64) as usize
    }

    /// Returns a number in 0..1.
    fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
