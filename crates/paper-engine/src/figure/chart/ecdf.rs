//! The share of rows up to each value: the empirical distribution function.

use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::Lookup;
use super::annotation::{self, AnnotationSpec};
use super::axis::AxisSpec;
use super::histogram::ColumnRows;
use super::plane::{Layer, Plane};
use super::rows::refuse_words;
use super::scale::Spacing;
use super::{Plot, Spec};
use crate::diagnostic::Diagnostics;
use crate::results::RowsSpec;

/// The share of rows whose value in a column is at most the one on the axis.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ecdf {
    /// The axis of the values.
    x: AxisSpec,
    /// The axis of the shares; from 0 to 100 where its unit is `%`.
    y: AxisSpec,
    /// The rows, and what is shown of them.
    pub(super) rows: ColumnRows,
    /// Lines and words at numbers or facts.
    #[serde(default)]
    annotations: Vec<AnnotationSpec>,
}

/// The most places across a plot at which a step can be told from the next.
const PLACES: f64 = 800.0;

impl Spec for Ecdf {
    fn rows<'l>(&'l self, file: &'l Path) -> Option<RowsSpec<'l>> {
        Some(self.rows.rows(file))
    }

    fn plot(&self, lookup: &Lookup<'_>) -> Result<Box<dyn Plot>, Diagnostics> {
        let [mut x, mut y] = [&self.x, &self.y].map(|axis| axis.axis(lookup));
        if y.spacing != Spacing::Linear {
            return Err(lookup.whole("shares begin at zero", "write `scale: linear` at the axis `y`").into());
        }
        refuse_words(lookup, &x)?;
        let chosen = self.rows.choose(lookup)?;
        let whole = if y.unit.label() == "%" { 100.0 } else { 1.0 };
        [0.0, whole].into_iter().for_each(|end| y.extent.take(end));
        let column = chosen.columns[0];
        let of_series = chosen.series.iter().map(|(_, rows)| chosen.values(column, rows, &mut x));
        let mut values = of_series.collect::<Result<Vec<_>, _>>()?;
        let is_log = x.spacing == Spacing::Log;
        let placed = |value: f64| if is_log { value.ln() } else { value };
        let [low, high] = [x.extent.low, x.extent.high].map(placed);
        let place = |value: f64| ((placed(value) - low) / (high - low) * PLACES) as usize;
        let layer = |values: &mut Vec<f64>| {
            values.sort_unstable_by(f64::total_cmp);
            Layer::Steps(steps(values, whole, place))
        };
        let layers = values.iter_mut().map(layer).collect();
        let told = chosen.told(&format!("empirical distribution function of {}", column.name));
        let annotations = annotation::read(&self.annotations, lookup, Some(&mut x), &mut y)?;
        Ok(Box::new(Plane { x, y, labels: chosen.labels(), layers, annotations, told }))
    }
}

/// Returns the points at which the share of values in ascending order rises, the last of those at one place.
fn steps(sorted: &[f64], whole: f64, place: impl Fn(f64) -> usize) -> Vec<[f64; 2]> {
    let mut points: Vec<[f64; 2]> = sorted.first().map(|first| [*first, 0.0]).into_iter().collect();
    for (index, value) in sorted.iter().enumerate() {
        let share = whole * (index + 1) as f64 / sorted.len() as f64;
        match points.last_mut() {
            Some(last) if index > 0 && place(last[0]) == place(*value) => *last = [*value, share],
            _ => points.push([*value, share]),
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_rises_by_one_over_the_count_at_each_value() {
        let places = |value: f64| (value * 10.0) as usize;
        assert_eq!(
            steps(&[1.0, 2.0, 2.0, 4.0], 1.0, places),
            [[1.0, 0.0], [1.0, 0.25], [2.0, 0.75], [4.0, 1.0]]
        );
        assert_eq!(steps(&[5.0], 100.0, places), [[5.0, 0.0], [5.0, 100.0]]);
        assert!(steps(&[], 1.0, places).is_empty());
        let many: Vec<f64> = (0..100_000).map(|value| f64::from(value) / 100_000.0).collect();
        let points = steps(&many, 1.0, places);
        assert!(points.len() <= 12 && points.last() == Some(&[0.99999, 1.0]), "{points:?}");
    }
}
