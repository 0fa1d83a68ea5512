//! Traffic in which few ids are popular: Zipf's law.

use rand_chacha::rand_core::Rng;

use super::SparseError;
use super::placement::MOST_ROWS;

/// The ranks that [`Zipf::expected_distinct`] takes one by one, before it takes them in blocks.
const SINGLE_RANKS: u64 = 256;
/// How far each block reaches, as a multiple of its first rank.
const BLOCK_GROWTH: f64 = 1.02;

/// Draws ranks 1..=rows with probability proportional to rank^-exponent.
///
/// Rejection-inversion (Hoermann and Derflinger, "Rejection-inversion to generate variates from monotone
/// discrete distributions", ACM TOMACS 6(3), 1996): no table, and a bounded expected number of trials. The
/// exponent of real traffic is an assumption of whoever uses it; 0 is uniform.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Zipf {
    rows: u64,
    exponent: f64,
    first: f64,
    last: f64,
    squeeze: f64,
}

impl Zipf {
    /// Builds the law on ranks 1..=rows.
    ///
    /// # Errors
    /// Refuses rows of zero or above 2^40, and exponents outside 0 to 10.
    pub fn new(rows: u64, exponent: f64) -> Result<Self, SparseError> {
        if !(1..=MOST_ROWS).contains(&rows) {
            return Err(SparseError::WrongCount { name: "the rows", value: rows, most: MOST_ROWS });
        }
        if !(0.0..=10.0).contains(&exponent) {
            return Err(SparseError::OutOfRange {
                name: "the exponent",
                value: exponent,
                expected: "0 to 10",
            });
        }
        let mut law = Self { rows, exponent, first: 0.0, last: 0.0, squeeze: 0.0 };
        law.first = law.integral(1.5) - 1.0;
        law.last = law.integral(rows as f64 + 0.5);
        law.squeeze = 2.0 - law.inverse(law.integral(2.5) - law.density(2.0));
        Ok(law)
    }

    /// Draws one rank.
    pub fn draw(&self, random: &mut impl Rng) -> u64 {
        loop {
            let unit = ((random.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
            let area = self.last + unit * (self.first - self.last);
            let place = self.inverse(area);
            let rank = (place.round() as u64).clamp(1, self.rows);
            let near = rank as f64;
            if near - place <= self.squeeze || area >= self.integral(near + 0.5) - self.density(near) {
                return rank;
            }
        }
    }

    /// Returns the expected number of different ranks among independent draws: sum of 1 - (1 - p)^draws.
    ///
    /// The first 256 ranks are exact up to their common scale; beyond, ranks are taken in blocks of 2 % of
    /// their rank with the block's mean probability, the integral of the density giving its mass.
    #[must_use]
    pub fn expected_distinct(&self, draws: f64) -> f64 {
        let mut blocks = Vec::new();
        let mut total = 0.0;
        let mut from = 1_u64;
        while from <= self.rows {
            let single = from <= SINGLE_RANKS;
            let to = if single { from } else { ((from as f64 * BLOCK_GROWTH) as u64).min(self.rows) };
            let mass = if single {
                self.density(from as f64)
            } else {
                self.integral(to as f64 + 0.5) - self.integral(from as f64 - 0.5)
            };
            total += mass;
            blocks.push(((to - from + 1) as f64, mass));
            from = to + 1;
        }
        let seen = |(count, mass): (f64, f64)| {
            let missed = (-mass / count / total).max(-1.0).ln_1p();
            -count * (draws * missed).exp_m1()
        };
        blocks.into_iter().map(seen).sum()
    }

    /// Returns the unnormalised probability of a rank.
    fn density(&self, rank: f64) -> f64 {
        (-self.exponent * rank.ln()).exp()
    }

    /// Returns the integral of the density from 1.
    fn integral(&self, to: f64) -> f64 {
        let log = to.ln();
        let power = (1.0 - self.exponent) * log;
        log * if power.abs() > 1e-8 { power.exp_m1() / power } else { 1.0 + power / 2.0 }
    }

    /// Returns the rank up to which the integral has a value.
    fn inverse(&self, area: f64) -> f64 {
        let power = (area * (1.0 - self.exponent)).max(-1.0);
        (area * if power.abs() > 1e-8 { power.ln_1p() / power } else { 1.0 - power / 2.0 }).exp()
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    #[test]
    fn draws_pass_chi_square_against_exact_probabilities() {
        const DRAWS: u64 = 200_000;
        for (rows, exponent) in
            [(1_u64, 1.0), (2, 0.5), (20, 0.0), (20, 0.8), (20, 1.0), (20, 1.2), (20, 2.5)]
        {
            let law = Zipf::new(rows, exponent).unwrap();
            let mut random = ChaCha8Rng::seed_from_u64(2);
            let mut counts = vec![0.0_f64; rows as usize];
            (0..DRAWS).for_each(|_| counts[law.draw(&mut random) as usize - 1] += 1.0);
            let weights: Vec<f64> = (1..=rows).map(|rank| (rank as f64).powf(-exponent)).collect();
            let total: f64 = weights.iter().sum();
            let expected = |weight: f64| DRAWS as f64 * weight / total;
            let chi: f64 = counts
                .iter()
                .zip(&weights)
                .map(|(count, &weight)| (count - expected(weight)).powi(2) / expected(weight))
                .sum();
            // 99.99 % quantile of chi-square with 19 degrees of freedom: 50.8
            assert!(chi < 50.8, "{rows} rows, exponent {exponent}: {chi}");
        }
        assert!(Zipf::new(0, 1.0).is_err());
        assert!(Zipf::new(5, f64::NAN).is_err());
    }

    #[test]
    fn expected_distinct_ranks_agree_with_the_exact_sum() {
        for (rows, exponent, draws) in
            [(300_u64, 0.0, 100.0), (50_000, 0.8, 1e4), (50_000, 1.0, 1e6), (9, 1.1, 5.0)]
        {
            let weights: Vec<f64> = (1..=rows).map(|rank| (rank as f64).powf(-exponent)).collect();
            let total: f64 = weights.iter().sum();
            let exact: f64 = weights.iter().map(|weight| 1.0 - (1.0 - weight / total).powf(draws)).sum();
            let found = Zipf::new(rows, exponent).unwrap().expected_distinct(draws);
            assert!((found - exact).abs() <= 1e-4 * exact, "found {found}, wanted {exact}");
        }
    }
}
