//! A dot for each row, at the values of two columns.

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::super::Lookup;
use super::annotation::{self, AnnotationSpec};
use super::axis::{Axis, AxisSpec};
use super::plane::{Layer, Plane};
use super::rows::Chosen;
use super::scale::Spacing;
use super::{Plot, Spec};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::results::{RowsSpec, Statistic, with_rows};

/// Two columns against each other, a dot for each row.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scatter {
    /// The horizontal axis.
    x: AxisSpec,
    /// The vertical axis.
    y: AxisSpec,
    /// The rows, and what is shown of them.
    pub(super) rows: PairRows,
    /// Whether a line of least squares goes through each series, straight on the axes as they are.
    #[schemars(with = "bool")]
    fit: Option<Spanned<bool>>,
    /// In how many cells along each axis dots are counted, in place of one dot for each row.
    #[schemars(with = "Option<usize>")]
    bins: Option<Spanned<usize>>,
    /// Lines and words at numbers or facts.
    #[serde(default)]
    annotations: Vec<AnnotationSpec>,
}

with_rows! {
    /// The values of two columns.
    pub(super) struct PairRows {
        /// The column of the places on the horizontal axis.
        #[schemars(with = "String")]
        x: Spanned<String>,
        /// The column of the heights.
        #[schemars(with = "String")]
        y: Spanned<String>,
        /// The column of which each value has a series.
        #[schemars(with = "Option<String>")]
        by: Option<Spanned<String>>,
    }
}

/// The most dots that are drawn one by one.
const MOST_DOTS: usize = 20_000;
/// The most cells along an axis.
const MOST_BINS: usize = 100;

impl Spec for Scatter {
    fn rows<'l>(&'l self, file: &'l Path) -> Option<RowsSpec<'l>> {
        Some(self.rows.rows(file))
    }

    fn plot(&self, lookup: &Lookup<'_>) -> Result<Box<dyn Plot>, Diagnostics> {
        let [mut x, mut y] = [&self.x, &self.y].map(|axis| axis.axis(lookup));
        let columns = [&self.rows.x, &self.rows.y].map(|name| (name.value.as_str(), lookup.place(name)));
        let chosen = Chosen::of(lookup, self.rows.rows(&lookup.file), self.rows.by.as_ref(), &columns)?;
        let [across, up] = [0, 1].map(|column| chosen.columns[column]);
        let count: usize = chosen.series.iter().map(|(_, rows)| rows.len()).sum();
        let refuse = |place, message: String, remedy: &str| {
            Err(Diagnostics::from(Diagnostic::new(place, message).remedy(remedy)))
        };
        match (&self.bins, &self.rows.by) {
            (Some(bins), _) if !(2..=MOST_BINS).contains(&bins.value) => {
                let message =
                    format!("a density has 2 to {MOST_BINS} bins along an axis, and not {}", bins.value);
                return refuse(lookup.place(bins), message, "write a number such as 40");
            }
            (Some(_), Some(by)) => {
                let message = "a density shows how many rows there are, and no series".to_owned();
                return refuse(lookup.place(by), message, "take `by` or `bins` out, or make `panels` by it");
            }
            (None, _) if count > MOST_DOTS => {
                let message = format!("a scatter has {MOST_DOTS} dots at most, and here are {count}");
                let remedy = "say `bins: 40` to count them in cells, or ask for fewer rows under `where`";
                return refuse(lookup.place(&self.rows.from), message, remedy);
            }
            _ => {}
        }
        let fit = self.fit.as_ref().filter(|fit| fit.value);
        let mut layers = Vec::with_capacity(chosen.series.len());
        for (label, rows) in &chosen.series {
            let at = chosen.values(across, rows, &mut x)?;
            let heights = chosen.values(up, rows, &mut y)?;
            let line = fit.filter(|_| !rows.is_empty()).map(|fit| {
                least_squares(&at, &heights, [&x, &y]).ok_or_else(|| {
                    let of = if label.is_empty() { String::new() } else { format!(" of `{label}`") };
                    let message = format!("no line goes through the dots{of}, which have one place across");
                    Diagnostic::new(lookup.place(fit), message).remedy("take `fit` out, or show other rows")
                })
            });
            let line = line.transpose()?;
            line.iter().flatten().for_each(|[_, height]| y.extent.take(*height));
            let points: Vec<[f64; 2]> = at.into_iter().zip(heights).map(|(x, y)| [x, y]).collect();
            layers.push(match &self.bins {
                Some(bins) => Layer::Density { cells: cells(&points, bins.value, [&x, &y]), line },
                None => Layer::Dots { points, line },
            });
        }
        let fitted = if fit.is_some() { " with lines of least squares" } else { "" };
        let told = chosen.told(&format!("{} against {}{fitted}", up.name, across.name));
        let annotations = annotation::read(&self.annotations, lookup, Some(&mut x), &mut y)?;
        Ok(Box::new(Plane { x, y, labels: chosen.labels(), layers, annotations, told }))
    }
}

/// Counts points in cells of equal size on the axes as they are; returns those with points in order.
fn cells(points: &[[f64; 2]], bins: usize, axes: [&Axis; 2]) -> Vec<([[f64; 2]; 2], usize)> {
    let sides = [0, 1].map(|side| {
        let is_log = axes[side].spacing == Spacing::Log;
        let extent = axes[side].extent;
        let placed = move |value: f64| if is_log { value.ln() } else { value };
        let [low, high] = [extent.low, extent.high].map(placed);
        let [low, high] = if low < high { [low, high] } else { [low - 0.5, low + 0.5] };
        let cell = move |value: f64| {
            let share = (placed(value) - low) / (high - low);
            ((share * bins as f64) as usize).min(bins - 1)
        };
        let edge = move |cell: usize| {
            let edge = low + (high - low) * cell as f64 / bins as f64;
            if is_log { edge.exp() } else { edge }
        };
        (cell, edge)
    });
    let [(column, left), (row, low)] = sides;
    let mut counts: BTreeMap<[usize; 2], usize> = BTreeMap::new();
    for [x, y] in points {
        *counts.entry([column(*x), row(*y)]).or_default() += 1;
    }
    let corners = |[column, row]: [usize; 2]| [[left(column), low(row)], [left(column + 1), low(row + 1)]];
    counts.into_iter().map(|(cell, count)| (corners(cell), count)).collect()
}

/// Returns both ends of the line of least squares, which is straight on the axes: on logarithmic ones it is a power.
fn least_squares(at: &[f64], heights: &[f64], axes: [&Axis; 2]) -> Option<[[f64; 2]; 2]> {
    let [across, up] = axes.map(|axis| axis.spacing == Spacing::Log);
    let placed = |is_log: bool, values: &[f64]| -> Vec<f64> {
        values.iter().map(|value| if is_log { value.ln() } else { *value }).collect()
    };
    let (at, heights) = (placed(across, at), placed(up, heights));
    let slope = Statistic::Slope.of(&[&heights, &at])?;
    let intercept = Statistic::Intercept.of(&[&heights, &at])?;
    let ends = [Statistic::Min, Statistic::Max].map(|end| end.of(&[&at]));
    let end = |at: Option<f64>| {
        let (at, height) = (at?, intercept + slope * at?);
        let back = |is_log: bool, value: f64| if is_log { value.exp() } else { value };
        Some([back(across, at), back(up, height)])
    };
    Some([end(ends[0])?, end(ends[1])?])
}
