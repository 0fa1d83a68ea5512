//! Goodput by seeded sampling, to check the exact formulas and to reach what has none.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

use super::packing::Packing;
use super::{CubeGrid, FaultError, HOSTS_PER_CUBE, SPARE_CUBES, check_availability};

/// The trials of one task; each task has its own stream of random numbers.
const CHUNK: u64 = 1 << 14;
/// The most trials of a run.
const MOST_TRIALS: u64 = 1 << 32;

/// Holds a mean over trials with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The mean.
    pub mean: f64,
    /// Its standard error.
    pub error: f64,
}

/// Holds goodput found by sampling, as shares of the chips of the machine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampled {
    /// With switches.
    pub switched: Estimate,
    /// With switches and the four spare cubes.
    pub switched_with_spares: Estimate,
    /// Without switches, boxes anywhere, around the ends of the machine; a lower bound below 16 cubes.
    pub static_unaligned: Estimate,
}

/// Samples the goodput of slices of whole cubes.
///
/// # Errors
/// Refuses machines of more than 64 cubes, availabilities that are none, slices that are no whole cubes, and no or
/// too many trials.
pub fn simulate(
    grid: CubeGrid,
    availability: f64,
    slice_chips: usize,
    trials: u64,
    seed: u64,
) -> Result<Sampled, FaultError> {
    check_availability(availability)?;
    let slice = grid.slice_cubes(slice_chips)?;
    if !(1..=MOST_TRIALS).contains(&trials) {
        let (value, most) = (trials as f64, MOST_TRIALS as f64);
        return Err(FaultError::Range { name: "the number of trials", value, most });
    }
    let up = Bernoulli::new(availability.powi(HOSTS_PER_CUBE as i32));
    let (packing, all) = (Packing::new(grid, slice)?, grid.cubes());
    let chunks: Vec<[Sum; 3]> = (0..trials.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            random.set_stream(chunk);
            let mut sums = [Sum::default(); 3];
            for _ in 0..CHUNK.min(trials - chunk * CHUNK) {
                let cubes = up.draw(&mut random) & packing.all();
                let spares = up.draw(&mut random) & ((1 << SPARE_CUBES) - 1);
                let count = cubes.count_ones() as usize;
                sums[0].add(count / slice * slice);
                sums[1].add((count + spares.count_ones() as usize).min(all) / slice * slice);
                sums[2].add(packing.count(cubes) * slice);
            }
            sums
        })
        .collect();
    let estimate = |which: usize| {
        let sum = chunks.iter().fold(Sum::default(), |sum, chunk| sum.plus(chunk[which]));
        sum.estimate(trials, all)
    };
    Ok(Sampled { switched: estimate(0), switched_with_spares: estimate(1), static_unaligned: estimate(2) })
}

/// Adds up cubes in use and their squares, exactly.
#[derive(Clone, Copy, Default)]
struct Sum {
    cubes: u64,
    squares: u64,
}

impl Sum {
    fn add(&mut self, cubes: usize) {
        self.cubes += cubes as u64;
        self.squares += (cubes * cubes) as u64;
    }

    fn plus(self, other: Self) -> Self {
        Self { cubes: self.cubes + other.cubes, squares: self.squares + other.squares }
    }

    fn estimate(self, trials: u64, cubes: usize) -> Estimate {
        let (n, all) = (trials as f64, cubes as f64);
        let mean = self.cubes as f64 / n;
        let variance = (self.squares as f64 / n - mean * mean).max(0.0);
        Estimate { mean: mean / all, error: (variance / n).sqrt() / all }
    }
}

/// Draws 64 independent bits at once, each one with the same probability of being set.
///
/// Each bit compares a uniform number, drawn digit by digit, with the probability; 64 comparisons run side by
/// side and end when all are decided (Knuth and Yao, "The complexity of nonuniform random number generation",
/// 1976).
struct Bernoulli {
    /// The probability in units of 2^-64; `None` is certainty.
    threshold: Option<u64>,
}

impl Bernoulli {
    fn new(probability: f64) -> Self {
        Self { threshold: (probability < 1.0).then_some((probability * 2.0_f64.powi(64)) as u64) }
    }

    fn draw(&self, random: &mut ChaCha8Rng) -> u64 {
        let Some(threshold) = self.threshold else { return u64::MAX };
        let (mut below, mut undecided) = (0, u64::MAX);
        for digit in (0..64).rev() {
            let word = random.next_u64();
            if threshold >> digit & 1 == 1 {
                below |= undecided & !word;
                undecided &= word;
            } else {
                undecided &= !word;
            }
            if undecided == 0 {
                break;
            }
        }
        below
    }
}
