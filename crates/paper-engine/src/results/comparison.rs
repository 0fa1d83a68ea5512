//! How two groups of values differ: a test, or the size of an effect.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::moments::{mean, variance};

/// What is taken of two groups.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Comparison {
    /// The two-sided p-value of Welch's test, which lets variances differ (Welch, "The Generalization of Student's
    /// Problem when Several Different Population Variances are Involved", Biometrika 34, 1947).
    Welch,
    /// The two-sided p-value of Mann and Whitney's test ("On a Test of Whether one of Two Random Variables is
    /// Stochastically Larger than the Other", Annals of Mathematical Statistics 18, 1947): exact where a group has at most
    /// eight values and none are equal, else by the normal distribution, corrected for ties and for continuity.
    MannWhitney,
    /// The difference of the means over the pooled standard deviation (Cohen, "Statistical Power Analysis for the
    /// Behavioral Sciences", 1988, section 2.2).
    Cohen,
    /// How much more often a value of the first group is the larger one than the smaller one (Cliff, "Dominance
    /// Statistics", Psychological Bulletin 114, 1993).
    Cliff,
}

/// The largest group for which all orders are counted.
const MOST_EXACT: usize = 8;

impl Comparison {
    /// Compares two groups; nothing where they have too few values, or none that differ.
    pub fn of(self, first: &[f64], second: &[f64]) -> Option<f64> {
        let found = match self {
            Self::Welch => welch(first, second)?,
            Self::MannWhitney => mann_whitney(first, second)?,
            Self::Cohen => {
                let (one, other) = (first.len() as f64 - 1.0, second.len() as f64 - 1.0);
                let pooled = (one * variance(first)? + other * variance(second)?) / (one + other);
                (mean(first) - mean(second)) / pooled.sqrt()
            }
            Self::Cliff => {
                let pairs = first.len() as f64 * second.len() as f64;
                2.0 * larger(first, second) / pairs - 1.0
            }
        };
        found.is_finite().then_some(found)
    }

    /// Says what it is, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Welch => "p-value of Welch's test",
            Self::MannWhitney => "p-value of Mann and Whitney's test",
            Self::Cohen => "Cohen's d",
            Self::Cliff => "Cliff's delta",
        }
    }
}

fn welch(first: &[f64], second: &[f64]) -> Option<f64> {
    let share = |values: &[f64]| Some(variance(values)? / values.len() as f64);
    let (one, other) = (share(first)?, share(second)?);
    let error = one + other;
    let freedom = |share: f64, values: &[f64]| share * share / (values.len() as f64 - 1.0);
    let freedom = error * error / (freedom(one, first) + freedom(other, second));
    let statistic = (mean(first) - mean(second)).abs() / error.sqrt();
    StudentsT::new(0.0, 1.0, freedom).ok().map(|student| 2.0 * student.sf(statistic))
}

/// Returns in how many pairs the value of the first group is the larger one; equal ones count half. It is the statistic U
/// of the first group.
fn larger(first: &[f64], second: &[f64]) -> f64 {
    let mut sorted = second.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let below = |value: &f64| {
        let (below, up_to) =
            (sorted.partition_point(|other| other < value), sorted.partition_point(|other| other <= value));
        (below + up_to) as f64 / 2.0
    };
    first.iter().map(below).sum()
}

fn mann_whitney(first: &[f64], second: &[f64]) -> Option<f64> {
    let (count, others) = (first.len(), second.len());
    if count == 0 || others == 0 {
        return None;
    }
    let statistic = larger(first, second);
    let pairs = (count * others) as f64;
    let farther = statistic.max(pairs - statistic);
    let mut all: Vec<f64> = first.iter().chain(second).copied().collect();
    all.sort_unstable_by(f64::total_cmp);
    let ties: Vec<f64> = all.chunk_by(|one, other| one == other).map(|equal| equal.len() as f64).collect();
    if count.min(others) <= MOST_EXACT && ties.len() == all.len() {
        return Some(f64::min(1.0, 2.0 * exact(count, others, farther as usize)));
    }
    let total = all.len() as f64;
    let tied: f64 = ties.iter().map(|equal| equal.powi(3) - equal).sum();
    let spread = pairs / 12.0 * ((total + 1.0) - tied / (total * (total - 1.0)));
    let score = (farther - pairs / 2.0 - 0.5) / spread.sqrt();
    // Twice what lies above the score in the normal distribution.
    score.is_finite().then(|| f64::min(1.0, libm::erfc(score / std::f64::consts::SQRT_2)))
}

/// Returns how likely U is at least this where both groups are alike: by counting the orders in which each U comes about,
/// value by value of the smaller group.
fn exact(count: usize, others: usize, least: usize) -> f64 {
    let (few, many) = (count.min(others), count.max(others));
    // For each number of values of the smaller group that are placed, the orders by the pairs that they make.
    let mut orders = vec![vec![0.0; few * many + 1]; few + 1];
    orders[0][0] = 1.0;
    for larger_than in 0..=many {
        // A value of the smaller group behind so many of the other makes as many pairs.
        for placed in 1..=few {
            for pairs in larger_than..=few * many {
                orders[placed][pairs] += orders[placed - 1][pairs - larger_than];
            }
        }
    }
    let last = &orders[few];
    let (all, far): (f64, f64) = (last.iter().sum(), last[least.min(last.len())..].iter().sum());
    far / all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_far_apart_differ_and_equal_ones_do_not() {
        let low = [1.0, 2.0, 3.0, 4.0];
        let high = [11.0, 12.0, 13.0, 14.0];
        // Of the 70 orders of four and four, two are as far apart as this one.
        assert_eq!(Comparison::MannWhitney.of(&low, &high).map(|p| (p * 35.0 * 1e12).round()), Some(1e12));
        assert_eq!(Comparison::Cliff.of(&low, &high), Some(-1.0));
        assert_eq!(Comparison::Cliff.of(&low, &low), Some(0.0));
        assert_eq!(Comparison::Cohen.of(&high, &low).map(|d| (d * d * 1e9).round()), Some(6e10));
        assert_eq!(Comparison::Welch.of(&low, &low), Some(1.0));
        assert!(Comparison::Welch.of(&low, &high).is_some_and(|p| p < 1e-4));
    }

    #[test]
    fn orders_are_counted_whole() {
        // All orders of three and two: ten, with U from 0 to 6 coming about 1, 1, 2, 2, 2, 1 and 1 times.
        let found: Vec<f64> = (0..=6).map(|least| (exact(3, 2, least) * 10.0).round()).collect();
        assert_eq!(found, [10.0, 9.0, 8.0, 6.0, 4.0, 2.0, 1.0]);
    }

    #[test]
    fn groups_without_a_spread_have_no_test() {
        let same = [2.0; 5];
        for comparison in [Comparison::Welch, Comparison::Cohen, Comparison::MannWhitney] {
            assert_eq!(comparison.of(&same, &same), None, "{comparison:?}");
        }
        assert_eq!(Comparison::Welch.of(&[1.0], &[1.0, 2.0]), None);
    }
}
