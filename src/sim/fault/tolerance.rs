//! How many hosts may fail, one after the other, before a slice no longer fits.

use super::packing::Packing;
use super::{CubeGrid, FaultError, HOSTS_PER_CUBE};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The random orders of failure behind the static medians.
const ORDERS: usize = 10_000;

/// Holds the shares of hosts that may fail, in random order, while a slice still fits more often than not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    /// The share of cubes that may be down by definition of the slice size: 1 - s / C for C cubes.
    pub cubes_by_definition: f64,
    /// With switches: at least as many cubes as the slice needs are up.
    pub switched: f64,
    /// With switches and the four spare cubes, as a share of the hosts of the others.
    pub switched_with_spares: f64,
    /// Without switches: some box of the slice's size is whole.
    pub static_unaligned: f64,
    /// The share of cubes that may be down, in random order, without switches: racks that fail as a whole.
    pub cubes_static: f64,
}

/// Holds the shares of chips that may fail, hosts and whole racks in random order, while a slice still fits
/// more often than not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MixedTolerance {
    /// With switches.
    pub switched: f64,
    /// Without switches: some box of the slice's size is whole.
    pub static_unaligned: f64,
}

/// Computes how many failing hosts a slice survives.
///
/// Hosts fail in random order, without repair. The number of cubes hit is a Markov chain: after k failures
/// with j cubes hit, the next host is in a fresh cube with probability 16 (C - j) / (16 C - k).
///
/// # Errors
/// Refuses machines of more than 64 cubes, and slices that are no whole cubes.
pub fn tolerance(grid: CubeGrid, slice_chips: usize, seed: u64) -> Result<Tolerance, FaultError> {
    let (slice, all) = (grid.slice_cubes(slice_chips)?, grid.cubes());
    let hosts = (all * HOSTS_PER_CUBE) as f64;
    let share = |cubes: usize| survived(cubes, cubes - slice) as f64 / hosts;
    Ok(Tolerance {
        cubes_by_definition: 1.0 - slice as f64 / all as f64,
        switched: share(all),
        switched_with_spares: share(all + super::SPARE_CUBES),
        static_unaligned: survived_by_boxes(grid, slice, HOSTS_PER_CUBE, seed)? as f64 / hosts,
        cubes_static: survived_by_boxes(grid, slice, 1, seed)? as f64 / all as f64,
    })
}

/// Computes what share of all chips may fail when a share of the failures are whole racks, the others hosts.
///
/// Failures come in random order, without repair; each strikes a rack with probability `rack_share`, else one
/// host anywhere. What counts is the median over random orders of the share of chips that are down themselves
/// before the failure that leaves no slice; chips that are up in a broken cube do not count.
///
/// # Errors
/// Refuses machines of more than 64 cubes, slices that are no whole cubes, and shares outside 0 to 1.
pub fn mixed_tolerance(
    grid: CubeGrid,
    slice_chips: usize,
    rack_share: f64,
    seed: u64,
) -> Result<MixedTolerance, FaultError> {
    let (slice, all) = (grid.slice_cubes(slice_chips)?, grid.cubes());
    if !(0.0..=1.0).contains(&rack_share) {
        return Err(FaultError::Range {
            name: "the share of failures that strike racks",
            value: rack_share,
            most: 1.0,
        });
    }
    let packing = Packing::new(grid, slice)?;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut ends = [Vec::new(), Vec::new()];
    for _ in 0..ORDERS {
        let mut down = vec![0_u32; all];
        let mut broken = [false; 2];
        while broken != [true; 2] {
            let is_rack = (random.next_u64() >> 11) as f64 / 2.0_f64.powi(53) < rack_share;
            let draw = random.next_u64() as usize % (all * HOSTS_PER_CUBE);
            let (cube, host) = (draw / HOSTS_PER_CUBE, draw % HOSTS_PER_CUBE);
            let hosts = |down: &[u32]| down.iter().map(|bits| bits.count_ones()).sum::<u32>();
            let share = f64::from(hosts(&down)) / (all * HOSTS_PER_CUBE) as f64;
            down[cube] |= if is_rack { (1 << HOSTS_PER_CUBE) - 1 } else { 1 << host };
            let up = (0..all).filter(|&cube| down[cube] == 0).fold(0, |up, cube| up | 1_u64 << cube);
            let gone = [(up.count_ones() as usize) < slice, packing.count(up) == 0];
            for which in 0..2 {
                if gone[which] && !broken[which] {
                    broken[which] = true;
                    ends[which].push(share);
                }
            }
        }
    }
    let [switched, static_unaligned] = ends.map(|mut ends| {
        ends.sort_by(f64::total_cmp);
        ends[ORDERS / 2]
    });
    Ok(MixedTolerance { switched, static_unaligned })
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

/// Returns the median over random orders of the most failures that leave some box whole, of parts that each
/// cube has some of.
fn survived_by_boxes(
    grid: CubeGrid,
    slice: usize,
    parts_per_cube: usize,
    seed: u64,
) -> Result<usize, FaultError> {
    let packing = Packing::new(grid, slice)?;
    let hosts = grid.cubes() * parts_per_cube;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut order: Vec<usize> = (0..hosts).collect();
    let mut ends: Vec<usize> = (0..ORDERS)
        .map(|_| {
            let mut up = packing.all();
            for failures in 0..hosts {
                let other = failures + (random.next_u64() % (hosts - failures) as u64) as usize;
                order.swap(failures, other);
                up &= !(1 << (order[failures] / parts_per_cube));
                if packing.count(up) == 0 {
                    return failures;
                }
            }
            hosts
        })
        .collect();
    ends.sort_unstable();
    Ok(ends[ORDERS / 2])
}
