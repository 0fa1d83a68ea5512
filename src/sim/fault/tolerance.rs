//! How many hosts may fail, one after the other, before a slice no longer fits.

use super::packing::Packing;
use super::{CUBES, FaultError, HOSTS_PER_CUBE, slice_cubes};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The random orders of failure behind the static medians.
const ORDERS: usize = 10_000;

/// Holds the shares of hosts that may fail, in random order, while a slice still fits more often than not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    /// The share of cubes that may be down by definition of the slice size: 1 - s / 64.
    pub cubes_by_definition: f64,
    /// With switches: at least as many cubes as the slice needs are up.
    pub switched: f64,
    /// With switches and the four spare cubes, as a share of the hosts of 64 cubes.
    pub switched_with_spares: f64,
    /// Without switches: some box of the slice's size is whole.
    pub static_unaligned: f64,
}

/// Computes how many failing hosts a slice survives.
///
/// Hosts fail in random order, without repair. The number of cubes hit is a Markov chain: after k failures with j
/// cubes hit, the next host is in a fresh cube with probability 16 (C - j) / (16 C - k).
///
/// # Errors
/// Refuses slices that are no whole cubes.
pub fn tolerance(slice_chips: usize, seed: u64) -> Result<Tolerance, FaultError> {
    let slice = slice_cubes(slice_chips)?;
    let hosts = (CUBES * HOSTS_PER_CUBE) as f64;
    let share = |cubes: usize| survived(cubes, cubes - slice) as f64 / hosts;
    Ok(Tolerance {
        cubes_by_definition: 1.0 - slice as f64 / CUBES as f64,
        switched: share(CUBES),
        switched_with_spares: share(CUBES + super::SPARE_CUBES),
        static_unaligned: survived_by_boxes(slice, seed) as f64 / hosts,
    })
}

/// Returns the most failures after which at most `spare` cubes are hit with a probability above 1/2.
fn survived(cubes: usize, spare: usize) -> usize {
    let hosts = cubes * HOSTS_PER_CUBE;
    let mut hit = vec![0.0; spare + 1];
    hit[0] = 1.0;
    for failures in 0..hosts {
        for j in (0..=spare).rev() {
            let fresh = |j: usize| ((cubes - j) * HOSTS_PER_CUBE) as f64 / (hosts - failures) as f64;
            let stays = hit[j] * (1.0 - fresh(j)).max(0.0);
            hit[j] = stays + if j > 0 { hit[j - 1] * fresh(j - 1) } else { 0.0 };
        }
        if hit.iter().sum::<f64>() <= 0.5 {
            return failures;
        }
    }
    hosts
}

/// Returns the median over random orders of the most failures that leave some box whole.
fn survived_by_boxes(slice: usize, seed: u64) -> usize {
    let packing = Packing::new(slice);
    let hosts = CUBES * HOSTS_PER_CUBE;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut order: Vec<usize> = (0..hosts).collect();
    let mut ends: Vec<usize> = (0..ORDERS)
        .map(|_| {
            let mut up = u64::MAX;
            for failures in 0..hosts {
                let other = failures + (random.next_u64() % (hosts - failures) as u64) as usize;
                order.swap(failures, other);
                up &= !(1 << (order[failures] / HOSTS_PER_CUBE));
                if packing.count(up) == 0 {
                    return failures;
                }
            }
            hosts
        })
        .collect();
    ends.sort_unstable();
    ends[ORDERS / 2]
}
