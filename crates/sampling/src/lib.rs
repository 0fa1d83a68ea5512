//! Seeded uncertainty: a result over samples of its assumed inputs, and which input moves it most.
//!
//! Every input has a distribution. Samples are drawn by inversion of its distribution function (Devroye,
//! "Non-Uniform Random Variate Generation", 1986, section II.2) at quasi-random points, which fill the ranges
//! more evenly than random ones. Eight sets of points with permutations of their own take turns: how far
//! their quantiles lie apart tells how many digits of a quantile are certain. A point follows from its number
//! and the seed, so results do not depend on the number of threads.

mod halton;
mod surrogate;

use rayon::prelude::*;
use thiserror::Error;

use halton::Halton;
pub use surrogate::{MOST_AXES, Surrogate};

/// The most samples of a run.
pub const MOST_SAMPLES: usize = 10_000_000;
/// The quantiles of the reported interval: 5 % and 95 %.
pub const INTERVAL: [f64; 2] = [0.05, 0.95];
/// The samples that one task computes.
const CHUNK: usize = 256;
/// The independent sets of points.
const SETS: usize = 8;
/// The first samples, which rank correlations are computed from.
const CORRELATED: usize = 4096;
/// The standard errors within which a quantile is certain: with eight sets, Student's t of 7 degrees of
/// freedom exceeds it once in 100 times.
const CERTAIN: f64 = 3.5;

/// Tells how an assumed input is distributed over its range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Distribution {
    /// Every value of the range is as likely as any other.
    Uniform {
        /// The smallest value.
        low: f64,
        /// The largest value.
        high: f64,
    },
    /// Every value of the logarithm is as likely as any other; for inputs known to a factor.
    LogUniform {
        /// The smallest value, above zero.
        low: f64,
        /// The largest value.
        high: f64,
    },
    /// The density rises in a line from `low` to `mode` and falls in a line to `high`.
    Triangular {
        /// The smallest value.
        low: f64,
        /// The likeliest value.
        mode: f64,
        /// The largest value.
        high: f64,
    },
}

/// Tells why samples are refused.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SamplingError {
    /// A bound is not a finite number, or the bounds are out of order.
    #[error("input {input}: {low} to {high} is not a range of finite numbers in ascending order")]
    NotARange {
        /// The input, from 1.
        input: usize,
        /// The smallest value as given.
        low: f64,
        /// The largest value as given.
        high: f64,
    },
    /// A log-uniform input is not above zero.
    #[error("input {input}: a log-uniform input must be above zero, not {low}")]
    NotPositive {
        /// The input, from 1.
        input: usize,
        /// The smallest value as given.
        low: f64,
    },
    /// The mode of a triangular input is outside its range.
    #[error("input {input}: the mode {mode} is not between {low} and {high}")]
    ModeOutside {
        /// The input, from 1.
        input: usize,
        /// The smallest value as given.
        low: f64,
        /// The mode as given.
        mode: f64,
        /// The largest value as given.
        high: f64,
    },
    /// The number of samples is zero or too large.
    #[error("{0} samples: take 1 to {MOST_SAMPLES}")]
    WrongCount(usize),
    /// There is nothing to sample.
    #[error("there is no input to sample")]
    NoInputs,
    /// The model gives another number of results than it was asked for.
    #[error("the model gives {found} results in place of {results}")]
    WrongResults {
        /// How many it gives.
        found: usize,
        /// How many were asked for.
        results: usize,
    },
    /// The model gives no finite number for a sample.
    #[error("the result is {value} for the inputs {inputs:?}")]
    NotFinite {
        /// The result.
        value: f64,
        /// The inputs that gave it.
        inputs: Vec<f64>,
    },
}

/// Tells how much one input moves a result.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sensitivity {
    /// The input, from 0.
    pub input: usize,
    /// Spearman's rank correlation of input and result; zero when one of them is constant.
    pub rank_correlation: f64,
    /// The result with this input at its 5 % quantile and every other at its median.
    pub at_low: f64,
    /// The result with this input at its 95 % quantile and every other at its median.
    pub at_high: f64,
}

/// Holds the results of a model over samples of its inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Samples {
    /// The results in the order of the samples.
    pub values: Vec<f64>,
    /// The results in ascending order.
    sorted: Vec<f64>,
    /// How much each input moves the result, in the order of the inputs.
    pub sensitivities: Vec<Sensitivity>,
}

impl Distribution {
    /// Returns the smallest and the largest value.
    #[must_use]
    pub const fn range(&self) -> [f64; 2] {
        match *self {
            Self::Uniform { low, high }
            | Self::LogUniform { low, high }
            | Self::Triangular { low, high, .. } => [low, high],
        }
    }

    /// Tells whether it has one value.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        let [low, high] = self.range();
        low == high
    }

    /// Returns the quantile of a probability, clamped to 0 to 1: the inverse of the distribution function.
    #[must_use]
    pub fn quantile(&self, probability: f64) -> f64 {
        let probability = probability.clamp(0.0, 1.0);
        let [low, high] = self.range();
        let value = match *self {
            Self::Uniform { .. } => low + probability * (high - low),
            Self::LogUniform { .. } => low * (high / low).powf(probability),
            Self::Triangular { mode, .. } => {
                let (width, rise) = (high - low, mode - low);
                if probability * width < rise {
                    low + (probability * width * rise).sqrt()
                } else {
                    high - ((1.0 - probability) * width * (high - mode)).sqrt()
                }
            }
        };
        value.clamp(low, high)
    }

    /// Checks the bounds of the input with a number from 1.
    fn check(&self, input: usize) -> Result<(), SamplingError> {
        let [low, high] = self.range();
        if !low.is_finite() || !high.is_finite() || !(high - low).is_finite() || low > high {
            return Err(SamplingError::NotARange { input, low, high });
        }
        match *self {
            Self::LogUniform { .. } if low <= 0.0 => Err(SamplingError::NotPositive { input, low }),
            Self::Triangular { mode, .. } if !(low..=high).contains(&mode) => {
                Err(SamplingError::ModeOutside { input, low, mode, high })
            }
            _ => Ok(()),
        }
    }
}

impl Samples {
    /// Returns the median.
    #[must_use]
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// Returns the 5 % and the 95 % quantile.
    #[must_use]
    pub fn interval(&self) -> [f64; 2] {
        INTERVAL.map(|probability| self.quantile(probability))
    }

    /// Returns the arithmetic mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let count = self.values.len() as f64;
        self.values.iter().map(|value| value / count).sum()
    }

    /// Returns an empirical quantile; see [`quantile_of`].
    #[must_use]
    pub fn quantile(&self, probability: f64) -> f64 {
        quantile_of(&self.sorted, probability)
    }

    /// Returns how far a quantile may be from that of endlessly many samples: 3.5 standard errors, from the
    /// quantiles of the independent sets of points (Owen, arXiv:1706.02808, section 4); infinite for fewer
    /// than two samples in each set.
    #[must_use]
    pub fn error(&self, probability: f64) -> f64 {
        if self.values.len() < 2 * SETS {
            return f64::INFINITY;
        }
        let quantiles: [f64; SETS] = std::array::from_fn(|set| {
            let mut own: Vec<f64> = self.values.iter().skip(set).step_by(SETS).copied().collect();
            own.sort_unstable_by(f64::total_cmp);
            quantile_of(&own, probability)
        });
        let sets = SETS as f64;
        let mean = quantiles.iter().sum::<f64>() / sets;
        let variance = quantiles.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / (sets - 1.0);
        CERTAIN * (variance / sets).sqrt()
    }

    /// Returns the input with the largest absolute rank correlation.
    #[must_use]
    pub fn dominating_input(&self) -> Option<&Sensitivity> {
        largest(&self.sensitivities, |one| one.rank_correlation.abs())
    }

    /// Returns the input with the largest swing when moved alone.
    #[must_use]
    pub fn widest_swing(&self) -> Option<&Sensitivity> {
        largest(&self.sensitivities, |one| one.swing().abs())
    }
}

impl Sensitivity {
    /// Returns the change of the result from the 5 % to the 95 % quantile of this input alone.
    #[must_use]
    pub fn swing(&self) -> f64 {
        self.at_high - self.at_low
    }
}

/// Computes a model over seeded samples of its inputs, and how much each input moves it.
///
/// # Errors
/// Refuses distributions that are none, a count outside 1 to 10^7, and a result that is no finite number.
pub fn sample(
    count: usize,
    seed: u64,
    inputs: &[Distribution],
    model: impl Fn(&[f64]) -> f64 + Sync,
) -> Result<Samples, SamplingError> {
    Ok(Rows::draw(count, seed, inputs, 1, |drawn| [model(drawn)])?.samples(0))
}

/// Returns the same for a model of so many results, all at the same samples.
///
/// # Errors
/// Those of [`sample`], and a model that returns more or fewer results.
pub fn sample_together<R: AsRef<[f64]> + Send>(
    count: usize,
    seed: u64,
    inputs: &[Distribution],
    results: usize,
    model: impl Fn(&[f64]) -> R + Sync,
) -> Result<Vec<Samples>, SamplingError> {
    let rows = Rows::draw(count, seed, inputs, results, model)?;
    Ok((0..results).map(|result| rows.samples(result)).collect())
}

/// The results of a model at all samples, and what each input moves of them.
struct Rows<R> {
    all: Vec<R>,
    /// For each input the ranks of its first values, and the results at both ends of its interval.
    moved: Vec<(Vec<f64>, [R; 2])>,
    /// How many values have ranks.
    ranked: usize,
}

impl<R: AsRef<[f64]> + Send> Rows<R> {
    fn draw(
        count: usize,
        seed: u64,
        inputs: &[Distribution],
        results: usize,
        model: impl Fn(&[f64]) -> R + Sync,
    ) -> Result<Self, SamplingError> {
        if inputs.is_empty() {
            return Err(SamplingError::NoInputs);
        }
        if count == 0 || count > MOST_SAMPLES {
            return Err(SamplingError::WrongCount(count));
        }
        for (index, input) in inputs.iter().enumerate() {
            input.check(index + 1)?;
        }
        let finite = |drawn: &[f64]| {
            let values = model(drawn);
            let found = values.as_ref().len();
            if found != results {
                return Err(SamplingError::WrongResults { found, results });
            }
            match values.as_ref().iter().find(|value| !value.is_finite()) {
                Some(&value) => Err(SamplingError::NotFinite { value, inputs: drawn.to_vec() }),
                None => Ok(values),
            }
        };
        let points = Points::new(inputs, seed);
        // A chunk gives its samples in order; the first error in that order is the one reported.
        let chunks: Vec<Result<Vec<R>, SamplingError>> = (0..count.div_ceil(CHUNK))
            .into_par_iter()
            .map(|chunk| {
                let last = ((chunk + 1) * CHUNK).min(count);
                (chunk * CHUNK..last).map(|index| finite(&points.draw(index))).collect()
            })
            .collect();
        let all = chunks.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        let drawn: Vec<Vec<f64>> = (0..count.min(CORRELATED)).map(|index| points.draw(index)).collect();
        let medians: Vec<f64> = inputs.iter().map(|input| input.quantile(0.5)).collect();
        let mut moved = Vec::with_capacity(inputs.len());
        for (input, distribution) in inputs.iter().enumerate() {
            let column: Vec<f64> = drawn.iter().map(|sample| sample[input]).collect();
            let at_end = |probability: f64| {
                let mut moved = medians.clone();
                moved[input] = distribution.quantile(probability);
                finite(&moved)
            };
            moved.push((ranks(&column), [at_end(INTERVAL[0])?, at_end(INTERVAL[1])?]));
        }
        Ok(Self { all, moved, ranked: drawn.len() })
    }

    /// Returns the samples of one result.
    fn samples(&self, result: usize) -> Samples {
        let values: Vec<f64> = self.all.iter().map(|values| values.as_ref()[result]).collect();
        let ranks_of_values = ranks(&values[..self.ranked]);
        let sensitivities = self.moved.iter().enumerate().map(|(input, (ranks, [low, high]))| Sensitivity {
            input,
            rank_correlation: correlation(ranks, &ranks_of_values),
            at_low: low.as_ref()[result],
            at_high: high.as_ref()[result],
        });
        let sensitivities = sensitivities.collect();
        let mut sorted = values.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        Samples { values, sorted, sensitivities }
    }
}

/// Returns a quantile of values in ascending order, interpolated between neighbours.
///
/// Definition 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", The American Statistician
/// 50(4), 1996. Gives NaN for no values.
#[must_use]
pub fn quantile_of(sorted: &[f64], probability: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = probability.clamp(0.0, 1.0) * last as f64;
    let below = (place.floor() as usize).min(last);
    let above = (below + 1).min(last);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

/// Returns Spearman's rank correlation of two lists of one length; zero when one is constant.
///
/// Pearson's correlation of the ranks, equal values sharing their mean rank (Spearman, "The Proof and
/// Measurement of Association between Two Things", American Journal of Psychology 15, 1904).
#[must_use]
pub fn rank_correlation(left: &[f64], right: &[f64]) -> f64 {
    correlation(&ranks(left), &ranks(right))
}

/// The points of all sets, and what they are turned into.
struct Points<'a> {
    inputs: &'a [Distribution],
    sets: Vec<Halton>,
}

impl<'a> Points<'a> {
    /// Gives a coordinate to each input that has more than one value.
    fn new(inputs: &'a [Distribution], seed: u64) -> Self {
        let coordinates = inputs.iter().filter(|input| !input.is_constant()).count();
        let first = seed.wrapping_mul(SETS as u64);
        let sets = (0..SETS as u64).map(|set| Halton::new(coordinates, first.wrapping_add(set)));
        Self { inputs, sets: sets.collect() }
    }

    /// Returns the inputs of one sample; the sets take turns.
    fn draw(&self, index: usize) -> Vec<f64> {
        let mut point = self.sets[index % SETS].point(index / SETS);
        let mut at = |input: &Distribution| match input.is_constant() {
            true => input.quantile(0.5),
            false => input.quantile(point.next().unwrap_or(0.5)),
        };
        self.inputs.iter().map(&mut at).collect()
    }
}

/// Returns the rank of every value from 1, equal values sharing their mean rank.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for equal in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let mean = before as f64 + (equal.len() + 1) as f64 / 2.0;
        before += equal.len();
        for &index in equal {
            ranks[index] = mean;
        }
    }
    ranks
}

/// Returns Pearson's correlation; zero when one list is constant.
fn correlation(left: &[f64], right: &[f64]) -> f64 {
    let count = left.len().min(right.len()) as f64;
    let mean = |list: &[f64]| list.iter().sum::<f64>() / count;
    let (left_mean, right_mean) = (mean(left), mean(right));
    let (mut both, mut left_square, mut right_square) = (0.0, 0.0, 0.0);
    for (a, b) in left.iter().zip(right) {
        let (a, b) = (a - left_mean, b - right_mean);
        both += a * b;
        left_square += a * a;
        right_square += b * b;
    }
    let scale: f64 = left_square.sqrt() * right_square.sqrt();
    if scale > 0.0 { (both / scale).clamp(-1.0, 1.0) } else { 0.0 }
}

/// Returns the first of the inputs with the largest key.
fn largest(all: &[Sensitivity], key: impl Fn(&Sensitivity) -> f64) -> Option<&Sensitivity> {
    all.iter().reduce(|best, one| if key(one) > key(best) { one } else { best })
}
