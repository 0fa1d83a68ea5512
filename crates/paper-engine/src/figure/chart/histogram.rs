//! How many rows have a value in each of several ranges.

use std::path::Path;

use sampling::quantile_of;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::super::Lookup;
use super::annotation::{self, AnnotationSpec};
use super::axis::AxisSpec;
use super::plane::{Layer, Plane};
use super::rows::{Chosen, refuse_words};
use super::scale::Spacing;
use super::{Plot, Spec};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::results::{RowsSpec, with_rows};

/// The values of a column in ranges, each as high as there are rows in it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Histogram {
    /// The axis of the values.
    x: AxisSpec,
    /// The axis of how many rows there are.
    y: AxisSpec,
    /// The rows, and what is shown of them.
    pub(super) rows: ColumnRows,
    /// How many ranges there are; by the rule of Freedman and Diaconis where nothing is said.
    #[schemars(with = "Option<usize>")]
    bins: Option<Spanned<usize>>,
    /// Lines and words at numbers or facts.
    #[serde(default)]
    annotations: Vec<AnnotationSpec>,
}

with_rows! {
    /// The values of one column.
    pub(super) struct ColumnRows {
        /// The column of the values.
        #[schemars(with = "String")]
        pub(super) x: Spanned<String>,
        /// The column of which each value has a series.
        #[schemars(with = "Option<String>")]
        by: Option<Spanned<String>>,
    }
}

/// The most ranges of a histogram.
const MOST_BINS: usize = 200;

impl ColumnRows {
    /// Chooses the rows; their one column is the first.
    pub fn choose<'l>(&'l self, lookup: &'l Lookup<'_>) -> Result<Chosen<'l>, Diagnostics> {
        let column = (self.x.value.as_str(), lookup.place(&self.x));
        Chosen::of(lookup, self.rows(&lookup.file), self.by.as_ref(), &[column])
    }
}

impl Spec for Histogram {
    fn rows<'l>(&'l self, file: &'l Path) -> Option<RowsSpec<'l>> {
        Some(self.rows.rows(file))
    }

    fn plot(&self, lookup: &Lookup<'_>) -> Result<Box<dyn Plot>, Diagnostics> {
        let mut errors = Diagnostics::default();
        let [mut x, mut y] = [&self.x, &self.y].map(|axis| axis.axis(lookup));
        y.begin_at_zero();
        if y.spacing != Spacing::Linear {
            errors.push(lookup.whole("counts begin at zero", "write `scale: linear` at the axis `y`"));
        }
        errors.take(refuse_words(lookup, &x));
        let wanted = self.bins.as_ref().filter(|bins| !(1..=MOST_BINS).contains(&bins.value));
        if let Some(bins) = wanted {
            let message = format!("a histogram has 1 to {MOST_BINS} bins, and not {}", bins.value);
            let error = Diagnostic::new(lookup.place(bins), message);
            errors.push(error.remedy("write a number that a reader can count, such as 20"));
        }
        let chosen = errors.take(self.rows.choose(lookup));
        let chosen = errors.require(chosen)?;
        let column = chosen.columns[0];
        // The ranges are those of all panels, so that these compare.
        let all = chosen.values(column, &chosen.all, &mut x)?;
        let is_log = x.spacing == Spacing::Log;
        let placed = |value: f64| if is_log { value.ln() } else { value };
        let mut sorted: Vec<f64> = all.into_iter().map(placed).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let count = self.bins.as_ref().map_or_else(|| bins(&sorted), |bins| bins.value);
        let bins = Bins::of(&sorted, count);
        let mut layers = Vec::with_capacity(chosen.series.len());
        for (_, rows) in &chosen.series {
            let values = chosen.values(column, rows, &mut x)?;
            let mut heights = vec![0.0; count];
            values.into_iter().for_each(|value| heights[bins.place(placed(value))] += 1.0);
            heights.iter().for_each(|height| y.extent.take(*height));
            let edges = bins.edges().into_iter().map(|edge| if is_log { edge.exp() } else { edge });
            layers.push(Layer::Columns { edges: edges.collect(), heights });
        }
        if let [Layer::Columns { edges, .. }, ..] = layers.as_slice() {
            edges.iter().for_each(|edge| x.extent.take(*edge));
        }
        let told = chosen.told(&format!("histogram of {} in {count} bins", column.name));
        let annotations = annotation::read(&self.annotations, lookup, Some(&mut x), &mut y)?;
        Ok(Box::new(Plane { x, y, labels: chosen.labels(), layers, annotations, told }))
    }
}

/// Ranges of one width.
struct Bins {
    low: f64,
    high: f64,
    count: usize,
}

impl Bins {
    /// Divides what values in ascending order span; values that are all equal have ranges around them.
    fn of(sorted: &[f64], count: usize) -> Self {
        let ends = [sorted.first(), sorted.last()].map(|end| end.copied().unwrap_or_default());
        let [low, high] = if ends[0] < ends[1] { ends } else { [ends[0] - 0.5, ends[0] + 0.5] };
        Self { low, high, count }
    }

    /// Returns the range of a value, the last of which holds its upper end too.
    fn place(&self, value: f64) -> usize {
        let share = (value - self.low) / (self.high - self.low);
        ((share * self.count as f64) as usize).min(self.count - 1)
    }

    fn edges(&self) -> Vec<f64> {
        let width = (self.high - self.low) / self.count as f64;
        (0..self.count).map(|bin| self.low + width * bin as f64).chain([self.high]).collect()
    }
}

/// Returns how many ranges values in ascending order are shown in: each is 2 IQR n^(-1/3) wide (Freedman and Diaconis,
/// "On the Histogram as a Density Estimator", Zeitschrift für Wahrscheinlichkeitstheorie 57, 1981); where half of the
/// values are one, as many as Sturges has ("The Choice of a Class Interval", Journal of the American Statistical
/// Association 21, 1926).
fn bins(sorted: &[f64]) -> usize {
    let (Some(low), Some(high)) = (sorted.first(), sorted.last()) else { return 1 };
    let (range, count) = (high - low, sorted.len() as f64);
    if range <= 0.0 {
        return 1;
    }
    let between = quantile_of(sorted, 0.75) - quantile_of(sorted, 0.25);
    let bins = if between > 0.0 { range / (2.0 * between / count.cbrt()) } else { count.log2() + 1.0 };
    (bins.ceil() as usize).clamp(1, MOST_BINS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_bins_is_that_of_freedman_and_diaconis() {
        // 1000 values spread evenly over 0 to 999: half of them span 499.5, so that bins are 99.9 wide, as those of
        // `numpy.histogram_bin_edges` are.
        let even: Vec<f64> = (0..1000).map(f64::from).collect();
        assert_eq!(bins(&even), 10);
        assert_eq!(bins(&[7.0; 5]), 1);
        assert_eq!(bins(&[]), 1);
        let mostly_one = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 9.0];
        assert_eq!(bins(&mostly_one), 4);
        let mut far = even;
        far.push(1e12);
        assert_eq!(bins(&far), MOST_BINS);
    }

    #[test]
    fn every_value_is_in_one_bin() {
        let values = [0.0, 0.1, 0.5, 0.9, 1.0];
        let bins = Bins::of(&values, 2);
        assert_eq!(values.map(|value| bins.place(value)), [0, 0, 1, 1, 1]);
        assert_eq!(bins.edges(), [0.0, 0.5, 1.0]);
        let single = Bins::of(&[3.0], 3);
        assert_eq!((single.place(3.0), single.edges()[0]), (1, 2.5));
    }
}
