//! The search for translations: simulated annealing from the regular torus.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

use super::super::fabric::{POSITIONS, SWITCHES};
use super::super::network::place_of;
use super::super::shape::{CUBE_SIDE, Shape};
use super::LearnedError;
use super::flow::{BalanceSettings, Balanced, balance};
use super::graph::{CLASSES, Graph, is_optical};
use super::translations::{Translations, add};

/// The lengths of an optical link in electrical ones that starts make distances least by. Prices of balanced
/// flows are near 1 on small slices and near 3 at 4096 chips, where optical links are what is scarce.
const OPTICAL_LENGTHS: [u8; 3] = [1, 2, 3];
/// By how many times each start cools more often than the one before.
const MORE_COOLINGS: usize = 4;
/// The fewest moves of a cooling.
const SHORTEST_COOLING: usize = 250;
/// The streams of random numbers for each length of an optical link.
const STREAMS: usize = 1000;
/// The switches of one line of a face.
const LINE: usize = CUBE_SIDE;

/// Holds the settings of a search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SearchSettings {
    /// The seed of all random choices.
    pub seed: u64,
    /// The moves tried from each start.
    pub steps: usize,
    /// The independent runs for each length of an optical link, of which the best is kept.
    pub starts: usize,
    /// The first temperature, as a relative change of the mean distance.
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
    /// The length of an optical link in electrical ones by which they were found.
    pub optical: u8,
    /// The start that found them, from 0.
    pub start: usize,
    /// The least mean distance so far, in units of the regular torus, after each hundredth of that start.
    pub history: Vec<f64>,
}

/// Learns one translation per switch from the regular torus, by simulated annealing.
///
/// Starts make the mean distance least, with optical links of one of three lengths: by duality the sum of
/// lengths over the mean distance bounds the throughput, and balanced routes come close. Of the best start
/// for each length that with the largest balanced throughput is kept. The regular torus itself is the first
/// candidate.
///
/// # Errors
/// Refuses a graph whose chips cannot reach each other, which the regular torus never is.
pub fn learn(shape: Shape, settings: SearchSettings) -> Result<Learned, LearnedError> {
    let torus = Translations::of_torus(shape);
    let balanced = balance(&torus, settings.balance)?;
    let mut best = Learned { translations: torus, balanced, optical: 1, start: 0, history: Vec::new() };
    let runs: Vec<(usize, u8)> = OPTICAL_LENGTHS
        .iter()
        .flat_map(|&optical| (0..settings.starts).map(move |start| (start, optical)))
        .collect();
    let found: Vec<Annealed> =
        runs.par_iter().map(|&(start, optical)| anneal(shape, settings, start, optical)).collect();
    for (of_length, optical) in found.chunks(settings.starts.max(1)).zip(OPTICAL_LENGTHS) {
        let starts = of_length.iter().enumerate();
        let Some((start, least)) = starts.min_by(|a, b| a.1.energy.total_cmp(&b.1.energy)) else { continue };
        let balanced = balance(&least.translations, settings.balance)?;
        if balanced.throughput > best.balanced.throughput {
            let Annealed { translations, history, .. } = least.clone();
            best = Learned { translations, balanced, optical, start, history };
        }
    }
    Ok(best)
}

/// Holds what one start found.
#[derive(Debug, Clone)]
struct Annealed {
    energy: f64,
    translations: Translations,
    history: Vec<f64>,
}

/// Runs one start (Kirkpatrick, Gelatt and Vecchi, "Optimization by simulated annealing", Science 220, 1983).
///
/// The first start cools once; each next one spends as many moves on four times as many coolings, all from
/// the torus, since slow cooling can end in a twist that fast cooling misses.
///
/// A move gives one switch, one line of four on a face, or all 16 switches of a dimension another shift: that
/// of some switch, the sum of two, or any.
fn anneal(shape: Shape, settings: SearchSettings, start: usize, optical: u8) -> Annealed {
    let lengths = lengths(optical);
    let mut random = Random::new(settings.seed, start + STREAMS * usize::from(optical));
    let mut now = Translations::of_torus(shape);
    let mut graph = Graph::new(&now);
    let grid = now.grid();
    let first = log_distance(&graph, &lengths);
    let mut energy = first;
    let mut best = (energy, now.clone());
    let mut history = Vec::new();
    let length = settings.steps.div_ceil(MORE_COOLINGS.pow(start as u32)).max(SHORTEST_COOLING);
    for step in 0..settings.steps {
        if step > 0 && step.is_multiple_of(length) {
            now = Translations::of_torus(shape);
            graph = Graph::new(&now);
            energy = first;
        }
        let progress = (step % length) as f64 / length as f64;
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
            let new = log_distance(&graph, &lengths);
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
    Annealed { energy: best.0, translations: best.1, history }
}

/// Returns the logarithm of the mean distance but for a constant; infinite where some chip cannot reach
/// another.
fn log_distance(graph: &Graph, lengths: &[u8; CLASSES]) -> f64 {
    graph.distances(lengths).map_or(f64::INFINITY, |sum| (sum as f64).ln())
}

/// Returns the lengths of link classes: 1 for electrical links.
fn lengths(optical: u8) -> [u8; CLASSES] {
    std::array::from_fn(|class| if is_optical(class) { optical } else { 1 })
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
