//! Quasi-random points: Halton's sequence with its digits permuted at random.
//!
//! Coordinate j of point i is the radical inverse of i in the j-th prime: its digits in that base, mirrored
//! at the point (Halton, "On the efficiency of certain quasi-random sequences of points in evaluating
//! multi-dimensional integrals", Numerische Mathematik 2, 1960). Sequences of large primes are correlated at
//! first, so each digit is replaced by a random permutation of the digits, one for each prime and place,
//! leading zeros included (Owen, "A randomized Halton algorithm in R", arXiv:1706.02808, 2017). Every seed
//! gives points that are evenly spread; the differences between seeds tell the error of what is computed from
//! them.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The bits of a coordinate: those of a double's fraction.
const BITS: f64 = 53.0;

/// The permuted digits of one prime.
#[derive(Debug, Clone)]
struct Digits {
    base: usize,
    /// `weighted[place * base + digit]`: the permuted digit times base^-(place + 1).
    weighted: Vec<f64>,
    /// `zeros[place]`: what the zeros from this place on add up to.
    zeros: Vec<f64>,
}

/// A sequence of points between zero and one along each axis, both left out.
#[derive(Debug, Clone)]
pub struct Halton {
    digits: Vec<Digits>,
}

impl Halton {
    /// Makes the sequence of so many coordinates, permuted as a seed tells.
    #[must_use]
    pub fn new(coordinates: usize, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let primes = (2..).filter(|&n: &usize| (2..n).take_while(|d| d * d <= n).all(|d| n % d != 0));
        Self { digits: primes.take(coordinates).map(|base| Digits::new(base, &mut random)).collect() }
    }

    /// Returns the coordinates of a point, from point 0.
    pub fn point(&self, index: usize) -> impl Iterator<Item = f64> {
        self.digits.iter().map(move |digits| digits.inverse(index))
    }
}

impl Digits {
    fn new(base: usize, random: &mut ChaCha8Rng) -> Self {
        let places = (BITS / (base as f64).log2()).ceil() as usize;
        let mut weighted = Vec::with_capacity(places * base);
        let mut weight = 1.0;
        for _ in 0..places {
            weight /= base as f64;
            weighted.extend(permutation(base, random).into_iter().map(|digit| digit as f64 * weight));
        }
        // half a unit in the last place keeps the borders out
        let mut zeros = vec![0.5 * weight; places + 1];
        for place in (0..places).rev() {
            zeros[place] = zeros[place + 1] + weighted[place * base];
        }
        Self { base, weighted, zeros }
    }

    fn inverse(&self, index: usize) -> f64 {
        let (mut rest, mut place, mut sum) = (index, 0, 0.0);
        while rest > 0 && place + 1 < self.zeros.len() {
            sum += self.weighted[place * self.base + rest % self.base];
            rest /= self.base;
            place += 1;
        }
        sum + self.zeros[place]
    }
}

/// Returns a random order of 0 to `count` - 1 (Fisher and Yates).
fn permutation(count: usize, random: &mut ChaCha8Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        order.swap(last, (random.next_u64() % (last as u64 + 1)) as usize);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first b^k points of base b fall one into each of b^k equal cells, whatever the permutations.
    #[test]
    fn every_cell_of_a_base_gets_one_point() {
        let sequence = Halton::new(3, 9);
        for (axis, cells) in [(0, 256), (1, 243), (2, 125)] {
            let mut found: Vec<usize> = (0..cells)
                .filter_map(|index| sequence.point(index).nth(axis))
                .map(|coordinate| (coordinate * cells as f64) as usize)
                .collect();
            found.sort_unstable();
            assert_eq!(found, (0..cells).collect::<Vec<_>>(), "axis {axis}");
        }
    }

    #[test]
    fn boxes_of_two_bases_are_filled_evenly() {
        let sequence = Halton::new(2, 4);
        let mut count = [0; 6];
        for point in (0..36).map(|index| sequence.point(index).collect::<Vec<_>>()) {
            count[(point[0] * 2.0) as usize * 3 + (point[1] * 3.0) as usize] += 1;
        }
        assert_eq!(count, [6; 6]);
    }

    #[test]
    fn a_late_coordinate_fills_the_range_with_few_points() {
        let sequence = Halton::new(18, 1);
        let last: Vec<f64> = (0..1000).filter_map(|index| sequence.point(index).nth(17)).collect();
        assert!((last.iter().sum::<f64>() / 1000.0 - 0.5).abs() < 0.01);
        assert!(last.iter().all(|&u| 0.0 < u && u < 1.0));
        assert!(last.iter().any(|&u| u < 0.02) && last.iter().any(|&u| u > 0.98));
    }
}
