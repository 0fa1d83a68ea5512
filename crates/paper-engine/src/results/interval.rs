//! The interval of a measured number: by bootstrap, by quantiles over its rows, or as its author states it.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sampling::quantile_of;
use schemars::JsonSchema;
use serde::Deserialize;
use statrs::distribution::{ContinuousCDF, Normal};

use super::statistic::Statistic;
use crate::diagnostic::{Diagnostic, Location};

/// The seed of resampling where an author names none.
const SEED: u64 = 1;
/// How often rows are drawn anew where an author does not say.
const RESAMPLES: u32 = 10_000;
/// The most times.
const MOST_RESAMPLES: u32 = 1_000_000;
/// The most values that are looked at for one interval.
const MOST_VALUES: u64 = 500_000_000;
/// The most groups of which the jackknife leaves out one at a time.
const MOST_GROUPS: usize = 1000;

/// How an interval is found: by a word, or with what there is to choose.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "expected `bootstrap`, or one of `bootstrap`, `quantiles` and `stated` with a value"
)]
pub enum IntervalEntry {
    /// The usual way.
    Word(IntervalWord),
    /// A way with its numbers.
    How(IntervalSpec),
}

/// A way to find an interval.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum IntervalWord {
    /// 95 % confidence by 10,000 draws.
    Bootstrap,
}

/// How an interval is found, as an author writes it.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Interval")]
pub enum IntervalSpec {
    /// By drawing the rows anew: bias-corrected and accelerated (Efron 1987).
    Bootstrap(BootstrapSpec),
    /// Between two quantiles of the values: how much they vary, not how well the number is known.
    Quantiles([f64; 2]),
    /// As its source states it: low and high end, in the unit of the fact.
    Stated([f64; 2]),
}

/// How rows are drawn anew.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BootstrapSpec {
    /// How likely the interval holds the number of the population; 0.95 where nothing is said.
    pub level: f64,
    /// How often the rows are drawn anew; 10,000 times where nothing is said.
    pub resamples: u32,
    /// The seed of the draws; 1 where nothing is said.
    pub seed: u64,
}

impl IntervalEntry {
    /// Returns what it asks.
    pub fn spec(self) -> IntervalSpec {
        match self {
            Self::Word(IntervalWord::Bootstrap) => IntervalSpec::Bootstrap(BootstrapSpec::default()),
            Self::How(spec) => spec,
        }
    }

    /// Returns what it asks at a place.
    ///
    /// # Errors
    /// What is wrong with it whatever the rows are.
    pub fn at(self, place: Location) -> Result<IntervalSpec, Diagnostic> {
        let spec = self.spec();
        let remedy = "write both ends, the lower one first; quantiles and levels are shares of one";
        match spec.wrong() {
            Some(message) => Err(Diagnostic::new(place, message).remedy(remedy)),
            None => Ok(spec),
        }
    }
}

impl Default for BootstrapSpec {
    fn default() -> Self {
        Self { level: 0.95, resamples: RESAMPLES, seed: SEED }
    }
}

impl IntervalSpec {
    /// Returns what is wrong with it whatever the rows are.
    fn wrong(&self) -> Option<String> {
        match self {
            Self::Bootstrap(BootstrapSpec { level, resamples, .. }) => {
                if !(*level > 0.0 && *level < 1.0) {
                    return Some(format!(
                        "the level of an interval is a probability such as 0.95, and not {level}"
                    ));
                }
                (!(100..=MOST_RESAMPLES).contains(resamples)).then(|| {
                    format!("rows are drawn anew 100 to {MOST_RESAMPLES} times, and not {resamples}")
                })
            }
            Self::Quantiles([low, high]) => (!(0.0 <= *low && low < high && *high <= 1.0)).then(|| {
                format!("the quantiles of an interval rise from 0 to 1, and not from {low} to {high}")
            }),
            Self::Stated([low, high]) => (!(low <= high && low.is_finite() && high.is_finite())).then(|| {
                format!("an interval goes from its low to its high end, and not from {low} to {high}")
            }),
        }
    }

    /// Returns what the interval holds, in words.
    pub fn words(&self) -> String {
        match self {
            Self::Bootstrap(BootstrapSpec { level, resamples, seed }) => {
                format!(
                    "{} % confidence, BCa bootstrap of {resamples} resamples with seed {seed}",
                    percent(*level)
                )
            }
            Self::Quantiles([low, high]) => format!("{} to {} % of the rows", percent(*low), percent(*high)),
            Self::Stated(_) => "as its source states it".to_owned(),
        }
    }

    /// Returns the ends of the interval of a statistic.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub fn of(&self, statistic: Statistic, values: &[&[f64]]) -> Result<(f64, f64), String> {
        match self {
            Self::Stated([low, high]) => Ok((*low, *high)),
            Self::Quantiles([low, high]) => {
                let [values] = values else {
                    return Err("quantiles over rows are those of one column".to_owned());
                };
                let mut sorted = values.to_vec();
                sorted.sort_unstable_by(f64::total_cmp);
                Ok((quantile_of(&sorted, *low), quantile_of(&sorted, *high)))
            }
            Self::Bootstrap(bootstrap) => bootstrap.of(statistic, values),
        }
    }
}

/// Returns a share in per cent, without what the product rounds wrongly.
fn percent(share: f64) -> f64 {
    (share * 1e11).round() / 1e9
}

impl BootstrapSpec {
    /// Returns the bias-corrected and accelerated interval (Efron, "Better Bootstrap Confidence Intervals", Journal
    /// of the American Statistical Association 82, 1987, section 3); rows of several columns are drawn together. The
    /// acceleration is that of a jackknife, of groups of rows where there are many (Efron and Tibshirani, "An
    /// Introduction to the Bootstrap", 1993, chapter 11).
    fn of(self, statistic: Statistic, values: &[&[f64]]) -> Result<(f64, f64), String> {
        let rows = values.first().map_or(0, |values| values.len());
        if rows < 3 {
            return Err(format!("{rows} rows are too few to draw anew"));
        }
        let groups = rows.min(MOST_GROUPS);
        let looked_at = rows as u64 * (u64::from(self.resamples) + groups as u64);
        if looked_at > MOST_VALUES {
            let most = (MOST_VALUES / rows as u64).saturating_sub(groups as u64) / 100 * 100;
            let remedy =
                if most < 100 { "take fewer rows".to_owned() } else { format!("say `resamples: {most}`") };
            return Err(format!(
                "{rows} rows drawn anew {} times take too long for a build: {remedy}",
                self.resamples
            ));
        }
        let undefined =
            || format!("the statistic has no value for some rows drawn anew: {}", statistic.why_not());
        let stated = statistic.of(values).ok_or_else(undefined)?;
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        let mut drawn: Vec<Vec<f64>> = values.iter().map(|_| Vec::with_capacity(rows)).collect();
        let mut of = |chosen: &mut dyn Iterator<Item = usize>| {
            drawn.iter_mut().for_each(Vec::clear);
            for row in chosen {
                drawn.iter_mut().zip(values).for_each(|(drawn, values)| drawn.push(values[row]));
            }
            let columns: Vec<&[f64]> = drawn.iter().map(Vec::as_slice).collect();
            statistic.of(&columns).ok_or_else(undefined)
        };
        let mut found = Vec::with_capacity(self.resamples as usize);
        for _ in 0..self.resamples {
            // The high half of the product is uniform below the number of rows.
            let mut row = || ((u128::from(random.next_u64()) * rows as u128) >> 64) as usize;
            found.push(of(&mut std::iter::repeat_with(&mut row).take(rows))?);
        }
        found.sort_unstable_by(f64::total_cmp);
        let mut without = Vec::with_capacity(groups);
        for group in 0..groups {
            without.push(of(&mut (0..rows).filter(|row| row % groups != group))?);
        }
        Ok(bias_corrected(stated, &found, &without, self.level))
    }
}

/// Returns the ends of the interval from the statistic, those of rows drawn anew in ascending order, and those without
/// each group of rows.
fn bias_corrected(stated: f64, found: &[f64], without: &[f64], level: f64) -> (f64, f64) {
    let normal = Normal::standard();
    let count = found.len() as f64;
    // Those that are equal count half, and none of the sides is empty.
    let below = found.partition_point(|one| *one < stated) as f64;
    let up_to = found.partition_point(|one| *one <= stated) as f64;
    let share = (f64::midpoint(below, up_to) / count).clamp(0.5 / count, 1.0 - 0.5 / count);
    let bias = normal.inverse_cdf(share);
    let mean = without.iter().sum::<f64>() / without.len() as f64;
    let moment = |power: i32| without.iter().map(|one| (mean - one).powi(power)).sum::<f64>();
    let spread = moment(2).powf(1.5);
    let acceleration = if spread > 0.0 { moment(3) / (6.0 * spread) } else { 0.0 };
    let end = |probability: f64| {
        let point = bias + normal.inverse_cdf(probability);
        quantile_of(found, normal.cdf(bias + point / (1.0 - acceleration * point)))
    };
    (end((1.0 - level) / 2.0), end(f64::midpoint(1.0, level)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOTSTRAP: IntervalSpec =
        IntervalSpec::Bootstrap(BootstrapSpec { level: 0.95, resamples: 10_000, seed: 1 });

    #[test]
    fn the_interval_of_a_mean_is_near_that_of_the_normal_distribution() {
        // Evenly spread values: no skew, so that only the standard error counts.
        let values: Vec<f64> = (0..400).map(|value| f64::from(value) / 399.0).collect();
        let (low, high) = BOOTSTRAP.of(Statistic::Mean, &[&values]).unwrap();
        let error = (super::super::moments::variance(&values).unwrap() / 400.0).sqrt();
        for (found, expected) in [(low, 0.5 - 1.96 * error), (high, 0.5 + 1.96 * error)] {
            assert!((found - expected).abs() < 0.05 * error, "{found} {expected}");
        }
    }

    #[test]
    fn skewed_values_move_the_interval_to_their_long_side() {
        let values: Vec<f64> = (0..30).map(|value| f64::from(value).exp2().ln_1p().powi(3)).collect();
        let (low, high) = BOOTSTRAP.of(Statistic::Mean, &[&values]).unwrap();
        let mean = Statistic::Mean.of(&[&values]).unwrap();
        assert!(high - mean > mean - low, "{low} {mean} {high}");
    }

    #[test]
    fn equal_values_have_no_width_and_few_rows_no_interval() {
        assert_eq!(BOOTSTRAP.of(Statistic::Mean, &[&[2.0; 9]]), Ok((2.0, 2.0)));
        assert!(BOOTSTRAP.of(Statistic::Mean, &[&[2.0, 3.0]]).unwrap_err().contains("too few"));
        let many = vec![1.0; 1_000_000];
        assert!(BOOTSTRAP.of(Statistic::Mean, &[&many]).unwrap_err().contains("take fewer rows"));
        assert!(
            BOOTSTRAP.of(Statistic::Mean, &[&many[..100_000]]).unwrap_err().contains("say `resamples: 4000`")
        );
    }

    #[test]
    fn quantiles_and_stated_ends_are_what_they_say() {
        let values = [1.0, 2.0, 3.0, 4.0, 5.0];
        let quantiles = IntervalSpec::Quantiles([0.0, 0.75]);
        assert_eq!(quantiles.of(Statistic::Mean, &[&values]), Ok((1.0, 4.0)));
        assert_eq!(IntervalSpec::Stated([1.0, 9.0]).of(Statistic::Count, &[&values]), Ok((1.0, 9.0)));
        for wrong in [
            IntervalSpec::Quantiles([0.9, 0.1]),
            IntervalSpec::Quantiles([0.1, 95.0]),
            IntervalSpec::Stated([2.0, 1.0]),
            IntervalSpec::Bootstrap(BootstrapSpec { level: 95.0, ..BootstrapSpec::default() }),
            IntervalSpec::Bootstrap(BootstrapSpec { resamples: 1, ..BootstrapSpec::default() }),
        ] {
            assert!(wrong.wrong().is_some(), "{wrong:?}");
        }
        assert_eq!(BOOTSTRAP.wrong(), None);
        assert_eq!(IntervalSpec::Quantiles([0.07, 0.55]).words(), "7 to 55 % of the rows");
        assert_eq!([percent(0.999), percent(0.95), percent(0.29)], [99.9, 95.0, 29.0]);
    }
}
