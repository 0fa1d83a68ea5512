//! The search for translations: simulated annealing from the regular torus.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

use super::super::fabric::SWITCHES;
use super::super::network::place_of;
use super::super::shape::Shape;
use super::LearnedError;
use super::graph::{CLASSES, Graph};
use super::translations::{Translations, add};

/// Holds the settings of a search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SearchSettings {
    /// The seed of all random choices.
    pub seed: u64,
    /// The moves tried from each start.
    pub steps: usize,
    /// The independent runs, of which the best is kept.
    pub starts: usize,
    /// The exponent of the norm of loads that a run makes least.
    pub exponent: i32,
    /// The first temperature, in units of the relative change of the norm.
    pub hot: f64,
    /// The last temperature.
    pub cold: f64,
}

impl Default for SearchSettings {
    fn default() -> Self {
        Self { seed: 1, steps: 2000, starts: 2, exponent: 8, hot: 0.01, cold: 0.0002 }
    }
}

/// Holds the best translations of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Learned {
    /// The best translations.
    pub translations: Translations,
    /// Their all-to-all rate per chip under equal splitting, in units of one link's bandwidth.
    pub throughput: f64,
    /// The start that found them, from 0.
    pub start: usize,
    /// The best throughput so far after each hundredth of the steps of that start.
    pub history: Vec<f64>,
}

/// Learns one translation per switch from the regular torus by simulated annealing.
///
/// # Errors
/// Refuses a graph whose chips cannot reach each other, which the regular torus never is.
pub fn learn(shape: Shape, settings: SearchSettings) -> Result<Learned, LearnedError> {
    let runs: Vec<Result<Learned, LearnedError>> =
        (0..settings.starts.max(1)).into_par_iter().map(|start| anneal(shape, settings, start)).collect();
    let mut best: Option<Learned> = None;
    for run in runs {
        let run = run?;
        if best.as_ref().is_none_or(|best| run.throughput > best.throughput) {
            best = Some(run);
        }
    }
    best.ok_or(LearnedError::NotConnected)
}

/// Runs one start (Kirkpatrick, Gelatt and Vecchi, "Optimization by simulated annealing", Science 220, 1983).
fn anneal(shape: Shape, settings: SearchSettings, start: usize) -> Result<Learned, LearnedError> {
    let mut random = Random::new(settings.seed, start);
    let mut now = Translations::of_torus(shape);
    let mut graph = Graph::new(&now);
    let grid = now.grid();
    let others = graph.chips() as f64 - 1.0;
    let flow = graph.equal_splitting().ok_or(LearnedError::NotConnected)?;
    let mut energy = log_norm(&flow.loads, settings.exponent);
    let mut best = (others / flow.largest(), now.clone());
    let mut lowest = f64::INFINITY;
    let mut history = Vec::new();
    for step in 0..settings.steps {
        let progress = step as f64 / settings.steps as f64;
        let temperature = settings.hot * (settings.cold / settings.hot).powf(progress);
        let switch = random.below(SWITCHES);
        let before = now.shifts()[switch];
        let shift = match random.below(4) {
            0 => now.shifts()[random.below(SWITCHES)],
            1 => add(grid, before, now.shifts()[random.below(SWITCHES)]),
            _ => place_of(grid, random.below(now.cubes())),
        };
        if shift != before {
            graph.set(switch, shift);
            let flow = graph.equal_splitting();
            let new = flow.as_ref().map_or(f64::INFINITY, |flow| log_norm(&flow.loads, settings.exponent));
            if new <= energy || random.unit() < ((energy - new) / temperature).exp() {
                energy = new;
                now.set(switch, shift);
                if let Some(flow) = flow {
                    let throughput = others / flow.largest();
                    if energy < lowest {
                        lowest = energy;
                        best = (throughput, now.clone());
                    }
                }
            } else {
                graph.set(switch, before);
            }
        }
        if (step + 1) % settings.steps.div_ceil(100) == 0 {
            history.push(best.0);
        }
    }
    Ok(Learned { throughput: best.0, translations: best.1, start, history })
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
