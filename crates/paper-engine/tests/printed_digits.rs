//! Printed digits of quantiles are those of closed forms.

use paper_engine::facts::Unit;
use sampling::{Distribution, sample};

/// Returns the quantiles of a product of log-uniform inputs, by sums of uniform ones: with widths a and b of
/// the logarithms, a >= b, the density of the sum rises over b, is flat, and falls.
fn product_quantile(a: f64, b: f64, probability: f64) -> f64 {
    let low_tail = |p: f64| {
        let rise = b / (2.0 * a);
        if p < rise { (2.0 * a * b * p).sqrt() } else { a * p + b / 2.0 }
    };
    let sum = if probability <= 0.5 { low_tail(probability) } else { a + b - low_tail(1.0 - probability) };
    sum.exp()
}

#[test]
fn printed_digits_are_those_of_the_closed_form() {
    let wide = Distribution::LogUniform { low: 1.0, high: 100.0 };
    let narrow = Distribution::LogUniform { low: 1.0, high: 5.0 };
    let (a, b) = (100_f64.ln(), 5_f64.ln());
    for seed in 1..=20 {
        for count in [256, 4096, 65_536] {
            let found = sample(count, seed, &[wide, narrow], |x| x[0] * x[1]).unwrap();
            for probability in [0.05, 0.5, 0.95] {
                let exact = product_quantile(a, b, probability);
                let (value, error) = (found.quantile(probability), found.error(probability));
                let text = Unit::ONE.certain_digits(value, error, None);
                let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
                // zeros at the end of a whole number stand for digits that are not certain
                let zeros = if decimals == 0 { text.len() - text.trim_end_matches('0').len() } else { 0 };
                let unit = 10_f64.powi(zeros as i32 - decimals as i32);
                let printed: f64 = text.parse().unwrap();
                assert!((printed - exact).abs() <= unit, "found {printed}, wanted {exact}");
                if count == 65_536 {
                    assert!(error < 0.01 * exact, "{count} {probability}: {value} within {error}");
                }
            }
        }
    }
}
