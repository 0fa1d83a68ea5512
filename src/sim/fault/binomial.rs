//! The number of cubes that are up.

/// Returns the probability of each number of successes in independent trials, by adding one trial at a time.
///
/// Adding trials only multiplies and adds positive numbers, so no digits are lost to cancellation.
pub(super) fn distribution(trials: usize, probability: f64) -> Vec<f64> {
    let mut ways = vec![0.0; trials + 1];
    ways[0] = 1.0;
    for trial in 1..=trials {
        for successes in (0..=trial).rev() {
            let more = if successes > 0 { ways[successes - 1] * probability } else { 0.0 };
            ways[successes] = ways[successes] * (1.0 - probability) + more;
        }
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::distribution;

    #[test]
    fn the_distribution_sums_to_one_and_has_the_binomial_mean_and_variance() {
        let (n, p) = (64, 0.85);
        let ways = distribution(n, p);
        let moment = |power| ways.iter().enumerate().map(|(k, w)| (k as f64).powi(power) * w).sum::<f64>();
        assert!((moment(0) - 1.0).abs() < 1e-12);
        assert!((moment(1) - n as f64 * p).abs() < 1e-9);
        assert!((moment(2) - moment(1).powi(2) - n as f64 * p * (1.0 - p)).abs() < 1e-8);
    }
}
