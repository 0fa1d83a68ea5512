//! Seeded uncertainty: closed forms of the distributions, known sensitivities, and refused inputs.

use sampling::{
    Distribution, MOST_SAMPLES, SamplingError, quantile_of, rank_correlation, sample, sample_together,
};

const UNIT: Distribution = Distribution::Uniform { low: 0.0, high: 1.0 };

fn close(found: f64, wanted: f64, tolerance: f64) {
    assert!((found - wanted).abs() <= tolerance, "found {found}, wanted {wanted}");
}

#[test]
fn samples_of_a_distribution_have_its_closed_form_quantiles_and_mean() {
    let (low, mode, high) = (2.0_f64, 3.0_f64, 7.0_f64);
    let log_mean = (high - low) / (high / low).ln();
    for (distribution, quantiles, mean) in [
        (Distribution::Uniform { low, high }, [2.25, 4.5, 6.75], 4.5),
        (
            Distribution::LogUniform { low, high },
            [0.05, 0.5, 0.95].map(|p| (low.ln() + p * (high.ln() - low.ln())).exp()),
            log_mean,
        ),
        (
            Distribution::Triangular { low, mode, high },
            [2.5, 7.0 - 10_f64.sqrt(), 6.0],
            (low + mode + high) / 3.0,
        ),
    ] {
        for (probability, wanted) in [0.05, 0.5, 0.95].into_iter().zip(quantiles) {
            close(distribution.quantile(probability), wanted, 1e-12);
        }
        assert_eq!([distribution.quantile(0.0), distribution.quantile(1.0)], [low, high]);
        let found = sample(40_000, 7, &[distribution], |inputs| inputs[0]).unwrap();
        close(found.interval()[0], quantiles[0], 0.002);
        close(found.median(), quantiles[1], 0.002);
        close(found.interval()[1], quantiles[2], 0.002);
        close(found.mean(), mean, 0.002);
        assert!(found.values.iter().all(|value| (low..=high).contains(value)));
    }
}

/// Eighteen inputs as uneven as those of a lookup: the median of a product of log-uniform inputs is that of
/// each.
#[test]
fn many_inputs_are_known_to_a_unit_of_the_second_digit_and_doubling_the_points_agrees() {
    let inputs: Vec<Distribution> =
        (0..18).map(|i| Distribution::LogUniform { low: 1.0, high: 1.2 + 0.05 * f64::from(i) }).collect();
    let exact: f64 = inputs.iter().map(|input| input.quantile(0.5)).product();
    let run = |count| sample(count, 1, &inputs, |x| x.iter().product()).unwrap();
    let (few, many) = (run(1 << 15), run(1 << 16));
    for found in [&few, &many] {
        close(found.median(), exact, found.error(0.5));
        assert!(found.error(0.5) <= 10_f64.powf(exact.log10().floor() - 1.0), "{}", found.error(0.5));
    }
    for probability in [0.05, 0.5, 0.95] {
        let apart = few.error(probability) + many.error(probability);
        close(few.quantile(probability), many.quantile(probability), apart);
    }
}

#[test]
fn results_that_share_samples_are_those_of_each_alone() {
    let inputs = [UNIT, Distribution::Uniform { low: 3.0, high: 3.0 }, UNIT];
    let found = sample_together(1000, 2, &inputs, 2, |x| [x[0] + x[1] + x[2], x[0] * x[1] * x[2]]).unwrap();
    let [sum, product] = <[_; 2]>::try_from(found).unwrap();
    assert_eq!(sum, sample(1000, 2, &inputs, |x| x[0] + x[1] + x[2]).unwrap());
    assert_eq!(product, sample(1000, 2, &inputs, |x| x[0] * x[1] * x[2]).unwrap());
    assert!(sample(15, 2, &inputs, |x| x[0]).unwrap().error(0.5).is_infinite());
}

#[test]
fn the_sum_of_two_equal_inputs_correlates_equally_with_both() {
    // For X + Y of two independent uniform inputs, Spearman's correlation with each is 0.7 (integral of
    // 12 E[F(X) G(X + Y)] - 3 with G the triangular distribution function).
    let found = sample(40_000, 11, &[UNIT, UNIT], |inputs| inputs[0] + inputs[1]).unwrap();
    for one in &found.sensitivities {
        close(one.rank_correlation, 0.7, 0.01);
        close(one.swing(), 0.9, 1e-12);
    }
}

#[test]
fn the_input_that_moves_a_result_most_is_found_by_both_measures() {
    let inputs = [UNIT, Distribution::LogUniform { low: 1.0, high: 100.0 }, UNIT];
    let found = sample(5_000, 3, &inputs, |x| 0.1 * x[0] - x[1].ln() + 0.0 * x[2]).unwrap();
    let dominating = found.dominating_input().unwrap();
    assert_eq!(dominating.input, 1);
    assert_eq!(found.widest_swing().unwrap().input, 1);
    assert!(dominating.rank_correlation < -0.99, "{dominating:?}");
    close(dominating.swing(), -0.9 * 100_f64.ln(), 1e-9);
    assert!(found.sensitivities[2].rank_correlation.abs() < 0.05);
    assert_eq!(found.sensitivities[2].swing(), 0.0);
}

#[test]
fn equal_values_share_their_mean_rank() {
    // ranks 1.5 1.5 3 and 1 2 3: covariance 1.5, variances 1.5 and 2
    close(rank_correlation(&[4.0, 4.0, 9.0], &[1.0, 2.0, 3.0]), 1.5 / 3_f64.sqrt(), 1e-12);
    assert_eq!(rank_correlation(&[1.0, 2.0, 3.0], &[5.0, 5.0, 5.0]), 0.0);
    close(rank_correlation(&[1.0, 2.0, 9.0], &[1.0, 8.0, 27.0]), 1.0, 1e-12);
}

#[test]
fn quantiles_interpolate_between_neighbours() {
    close(quantile_of(&[1.0, 2.0, 4.0], 0.25), 1.5, 1e-12);
    close(quantile_of(&[1.0, 2.0, 4.0], 1.0), 4.0, 1e-12);
    close(quantile_of(&[5.0], 0.3), 5.0, 1e-12);
    assert!(quantile_of(&[], 0.3).is_nan());
}

#[test]
fn results_depend_on_the_seed_and_not_on_the_number_of_threads() {
    let inputs = [UNIT, Distribution::Triangular { low: -1.0, mode: 0.0, high: 4.0 }];
    let run = |threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| sample(3_001, seed, &inputs, |x| x[0] * x[1]).unwrap())
    };
    assert_eq!(run(1, 5), run(3, 5));
    assert_ne!(run(1, 5).values, run(1, 6).values);
    // more samples keep the first ones
    let more = sample(4_000, 5, &inputs, |x| x[0] * x[1]).unwrap();
    assert_eq!(more.values[..3_001], run(2, 5).values);
}

#[test]
fn an_input_without_a_range_gives_one_value() {
    let fixed = [
        Distribution::Uniform { low: 3.0, high: 3.0 },
        Distribution::LogUniform { low: 3.0, high: 3.0 },
        Distribution::Triangular { low: 3.0, mode: 3.0, high: 3.0 },
    ];
    let found = sample(100, 1, &fixed, |x| x.iter().sum()).unwrap();
    assert_eq!((found.median(), found.interval()), (9.0, [9.0, 9.0]));
    assert!(found.sensitivities.iter().all(|one| one.rank_correlation == 0.0 && one.swing() == 0.0));
}

#[test]
fn impossible_inputs_are_refused() {
    let refused = |inputs: &[Distribution]| sample(10, 1, inputs, |x| x[0]).unwrap_err();
    assert_eq!(refused(&[]), SamplingError::NoInputs);
    assert_eq!(
        refused(&[UNIT, Distribution::Uniform { low: 2.0, high: 1.0 }]),
        SamplingError::NotARange { input: 2, low: 2.0, high: 1.0 }
    );
    assert!(matches!(
        refused(&[Distribution::Uniform { low: f64::NAN, high: 1.0 }]),
        SamplingError::NotARange { input: 1, .. }
    ));
    assert_eq!(
        refused(&[Distribution::LogUniform { low: 0.0, high: 1.0 }]),
        SamplingError::NotPositive { input: 1, low: 0.0 }
    );
    assert_eq!(
        refused(&[Distribution::Triangular { low: 0.0, mode: 2.0, high: 1.0 }]),
        SamplingError::ModeOutside { input: 1, low: 0.0, mode: 2.0, high: 1.0 }
    );
    for count in [0, MOST_SAMPLES + 1] {
        assert_eq!(sample(count, 1, &[UNIT], |x| x[0]).unwrap_err(), SamplingError::WrongCount(count));
    }
    let error = sample(10, 1, &[UNIT], |_| f64::NAN).unwrap_err();
    assert!(error.to_string().starts_with("the result is NaN for the inputs ["), "{error}");
}
