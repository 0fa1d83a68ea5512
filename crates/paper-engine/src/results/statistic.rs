//! What is taken of the rows of a source: one number, by a statistic that has a name.

use std::fmt;

use sampling::quantile_of;

use super::comparison::Comparison;
use super::moments::{mean, variance};

use crate::diagnostic::{Diagnostic, Location};

/// A statistic of the values of a column, or of two columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Statistic {
    /// How many rows there are; of no column.
    Count,
    /// How many values differ.
    Distinct,
    /// The one value that there is.
    Only,
    /// The sum.
    Sum,
    /// The arithmetic mean.
    Mean,
    /// The geometric mean, of values above zero.
    GeometricMean,
    /// The harmonic mean, of values above zero.
    HarmonicMean,
    /// The quantile of this probability (Hyndman and Fan 1996, definition 7).
    Quantile(f64),
    /// The smallest value.
    Min,
    /// The largest value.
    Max,
    /// The standard deviation of a sample, over one less than the count.
    StandardDeviation,
    /// The variance of a sample, over one less than the count.
    Variance,
    /// The slope of the line of least squares.
    Slope,
    /// Where that line crosses zero of the second column.
    Intercept,
    /// Pearson's correlation.
    Correlation,
    /// How two groups of values differ.
    Compared(Comparison),
}

/// The words for statistics, the longest of those that begin alike first, and what stands behind each.
const WORDS: [(&str, Statistic, usize); 23] = [
    ("count", Statistic::Count, 0),
    ("distinct", Statistic::Distinct, 1),
    ("only", Statistic::Only, 1),
    ("sum", Statistic::Sum, 1),
    ("mean", Statistic::Mean, 1),
    ("geometric mean", Statistic::GeometricMean, 1),
    ("geomean", Statistic::GeometricMean, 1),
    ("harmonic mean", Statistic::HarmonicMean, 1),
    ("median", Statistic::Quantile(0.5), 1),
    ("minimum", Statistic::Min, 1),
    ("min", Statistic::Min, 1),
    ("maximum", Statistic::Max, 1),
    ("max", Statistic::Max, 1),
    ("standard deviation", Statistic::StandardDeviation, 1),
    ("stdev", Statistic::StandardDeviation, 1),
    ("variance", Statistic::Variance, 1),
    ("slope", Statistic::Slope, 2),
    ("intercept", Statistic::Intercept, 2),
    ("correlation", Statistic::Correlation, 2),
    ("welch p", Statistic::Compared(Comparison::Welch), 1),
    ("mann-whitney p", Statistic::Compared(Comparison::MannWhitney), 1),
    ("cohen d", Statistic::Compared(Comparison::Cohen), 1),
    ("cliff delta", Statistic::Compared(Comparison::Cliff), 1),
];

/// The word between two columns.
const OF_TWO: &str = " on ";

/// A statistic with the columns that it is taken of.
#[derive(Clone, Debug, PartialEq)]
pub struct Take {
    /// The statistic.
    pub statistic: Statistic,
    /// The columns, as many as it needs.
    pub columns: Vec<String>,
}

impl Take {
    /// Reads what an author writes, such as `median latency_ms`, `p99 latency_ms`, `quantile 0.999 latency_ms`,
    /// `count`, or `slope time on size`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn read(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Some((statistic, rest)) = quantile(text)? {
            return Self::of(statistic, 1, text, rest);
        }
        let found = WORDS.iter().find_map(|(word, statistic, columns)| {
            let rest = text.strip_prefix(word)?;
            (rest.is_empty() || rest.starts_with(' ')).then_some((*statistic, *columns, rest))
        });
        let Some((statistic, columns, rest)) = found else {
            let word = text.split(' ').next().unwrap_or_default();
            let words: Vec<&str> = WORDS.iter().map(|(word, ..)| *word).collect();
            return Err(format!(
                "`{word}` is no statistic; there are {}, and p50 and the like or `quantile 0.5` before a column",
                words.join(", ")
            ));
        };
        Self::of(statistic, columns, text, rest)
    }

    /// Reads what an author writes at a place.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn at(text: &str, place: Location) -> Result<Self, Diagnostic> {
        let located = |message| Diagnostic::new(place, message).remedy("write a statistic and a column");
        Self::read(text).map_err(located)
    }

    fn of(statistic: Statistic, count: usize, text: &str, rest: &str) -> Result<Self, String> {
        let rest = rest.trim();
        let columns: Vec<String> = match count {
            0 if rest.is_empty() => Vec::new(),
            0 => {
                return Err(format!(
                    "`count` counts rows, and no column: delete `{rest}`, or say `distinct {rest}`"
                ));
            }
            2 => match rest.split_once(OF_TWO) {
                Some((one, other)) => vec![one.trim().to_owned(), other.trim().to_owned()],
                None => return Err(format!("`{text}` needs two columns, such as `slope time on size`")),
            },
            _ if rest.is_empty() => return Err(format!("`{text}` names no column")),
            _ => vec![rest.to_owned()],
        };
        Ok(Self { statistic, columns })
    }
}

/// Reads `p99 x` and `quantile 0.99 x`.
fn quantile(text: &str) -> Result<Option<(Statistic, &str)>, String> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    // The digits are shifted and not the number, which would not be the one that is meant.
    let percent = word.strip_prefix('p').filter(|percent| percent.starts_with(|c: char| c.is_ascii_digit()));
    if let Some(share) = percent.and_then(|percent| format!("{percent}e-2").parse::<f64>().ok()) {
        if share > 1.0 {
            return Err(format!("`{word}` is no percentile: write p0 to p100"));
        }
        return Ok(Some((Statistic::Quantile(share), rest)));
    }
    if word != "quantile" {
        return Ok(None);
    }
    let (number, rest) = rest.trim_start().split_once(' ').unwrap_or((rest, ""));
    match number.parse::<f64>() {
        Ok(probability) if (0.0..=1.0).contains(&probability) => {
            Ok(Some((Statistic::Quantile(probability), rest)))
        }
        _ => Err(format!("`{number}` is no probability: write `quantile 0.99` and a column")),
    }
}

impl Statistic {
    /// Returns the statistic of the values of each column; nothing where there are too few, or values that it is
    /// not defined for.
    pub fn of(self, values: &[&[f64]]) -> Option<f64> {
        let first = values.first().copied().unwrap_or_default();
        let count = first.len() as f64;
        if first.is_empty() && !matches!(self, Self::Count | Self::Distinct | Self::Sum) {
            return None;
        }
        let all_above_zero = || first.iter().all(|value| *value > 0.0);
        let found = match self {
            Self::Count => count,
            Self::Distinct => {
                let mut sorted = first.to_vec();
                sorted.sort_unstable_by(f64::total_cmp);
                sorted.dedup();
                sorted.len() as f64
            }
            Self::Only => *first.first().filter(|_| first.len() == 1)?,
            Self::Sum => first.iter().sum(),
            Self::Mean => mean(first),
            Self::GeometricMean if all_above_zero() => {
                (first.iter().map(|value| value.ln()).sum::<f64>() / count).exp()
            }
            Self::HarmonicMean if all_above_zero() => {
                count / first.iter().map(|value| value.recip()).sum::<f64>()
            }
            Self::GeometricMean | Self::HarmonicMean => return None,
            Self::Quantile(probability) => {
                let mut sorted = first.to_vec();
                sorted.sort_unstable_by(f64::total_cmp);
                quantile_of(&sorted, probability)
            }
            Self::Compared(comparison) => comparison.of(first, values.get(1).copied().unwrap_or_default())?,
            Self::Min => first.iter().copied().fold(f64::INFINITY, f64::min),
            Self::Max => first.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            Self::Variance => variance(first)?,
            Self::StandardDeviation => variance(first)?.sqrt(),
            Self::Slope | Self::Intercept | Self::Correlation => {
                let second = values.get(1).copied().unwrap_or_default();
                let (above, beside) = (mean(first), mean(second));
                let pairs = || first.iter().zip(second);
                let both: f64 = pairs().map(|(one, other)| (one - above) * (other - beside)).sum();
                let square = |values: &[f64], mean: f64| {
                    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>()
                };
                let (of_first, of_second) = (square(first, above), square(second, beside));
                if of_second <= 0.0 {
                    return None;
                }
                match self {
                    Self::Slope => both / of_second,
                    Self::Intercept => above - both / of_second * beside,
                    _ if of_first <= 0.0 => return None,
                    _ => both / (of_first * of_second).sqrt(),
                }
            }
        };
        found.is_finite().then_some(found)
    }

    /// Says when there is no such number.
    pub fn why_not(self) -> &'static str {
        match self {
            Self::Only => "there has to be one row",
            Self::GeometricMean | Self::HarmonicMean => "all values have to be above zero",
            Self::Variance | Self::StandardDeviation => "there have to be two rows",
            Self::Compared(_) => "each group needs two rows, and not all values may be equal",
            Self::Slope | Self::Intercept | Self::Correlation => "the values of both columns have to differ",
            _ => "no row is left",
        }
    }
}

impl fmt::Display for Take {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.statistic {
            Statistic::Count => return f.write_str("number of rows"),
            Statistic::Distinct => f.write_str("number of different values")?,
            Statistic::Only => f.write_str("value")?,
            Statistic::Sum => f.write_str("sum")?,
            Statistic::Mean => f.write_str("mean")?,
            Statistic::GeometricMean => f.write_str("geometric mean")?,
            Statistic::HarmonicMean => f.write_str("harmonic mean")?,
            Statistic::Quantile(0.5) => f.write_str("median")?,
            Statistic::Quantile(probability) => write!(f, "quantile {probability}")?,
            Statistic::Min => f.write_str("smallest value")?,
            Statistic::Max => f.write_str("largest value")?,
            Statistic::StandardDeviation => f.write_str("standard deviation")?,
            Statistic::Variance => f.write_str("variance")?,
            Statistic::Slope => f.write_str("slope")?,
            Statistic::Intercept => f.write_str("intercept")?,
            Statistic::Correlation => f.write_str("correlation")?,
            Statistic::Compared(comparison) => f.write_str(comparison.words())?,
        }
        write!(f, " of {}", self.columns.join(OF_TWO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_have_their_words() {
        let read = |text: &str| Take::read(text).map(|take| (take.statistic, take.columns.join("|")));
        assert_eq!(read("median latency (ms)"), Ok((Statistic::Quantile(0.5), "latency (ms)".into())));
        assert_eq!(read("p99.9 x"), Ok((Statistic::Quantile(0.999), "x".into())));
        assert_eq!(read(" quantile 0.25  x "), Ok((Statistic::Quantile(0.25), "x".into())));
        assert_eq!(read("geometric mean x"), Ok((Statistic::GeometricMean, "x".into())));
        assert_eq!(read("slope time on size"), Ok((Statistic::Slope, "time|size".into())));
        assert_eq!(read("count"), Ok((Statistic::Count, String::new())));
        for wrong in ["count x", "median", "slope x", "medain x", "quantile 2 x", "p101 x", "", "minx"] {
            assert!(Take::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn statistics_have_their_closed_forms() {
        let of = |statistic: Statistic, values: &[f64]| statistic.of(&[values]);
        let values = [4.0, 1.0, 2.0, 8.0];
        let expected = [
            (Statistic::Count, 4.0),
            (Statistic::Sum, 15.0),
            (Statistic::Mean, 3.75),
            (Statistic::Quantile(0.5), 3.0),
            (Statistic::Quantile(0.25), 1.75),
            (Statistic::Min, 1.0),
            (Statistic::Max, 8.0),
            (Statistic::Variance, 115.0 / 12.0),
            (Statistic::HarmonicMean, 4.0 / 1.875),
        ];
        for (statistic, expected) in expected {
            assert_eq!(of(statistic, &values), Some(expected), "{statistic:?}");
        }
        assert!((of(Statistic::GeometricMean, &values).unwrap_or(0.0) - 8_f64.sqrt()).abs() < 1e-15);
        assert_eq!(of(Statistic::Distinct, &[1.0, 1.0, 2.0]), Some(2.0));
        let line = [1.0, 3.0, 5.0];
        let at = [0.0, 1.0, 2.0];
        assert_eq!(Statistic::Slope.of(&[&line, &at]), Some(2.0));
        assert_eq!(Statistic::Intercept.of(&[&line, &at]), Some(1.0));
        assert_eq!(Statistic::Correlation.of(&[&line, &at]), Some(1.0));
    }

    #[test]
    fn what_is_not_defined_is_no_number() {
        for statistic in [Statistic::Mean, Statistic::Min, Statistic::Only, Statistic::Quantile(0.5)] {
            assert_eq!(statistic.of(&[&[]]), None, "{statistic:?}");
        }
        assert_eq!(Statistic::Only.of(&[&[1.0, 1.0]]), None);
        assert_eq!(Statistic::GeometricMean.of(&[&[1.0, 0.0]]), None);
        assert_eq!(Statistic::Variance.of(&[&[1.0]]), None);
        assert_eq!(Statistic::Slope.of(&[&[1.0, 2.0], &[3.0, 3.0]]), None);
        assert_eq!(Statistic::Mean.of(&[&[f64::MAX, f64::MAX]]), None);
    }
}
