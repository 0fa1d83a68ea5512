//! How the values of a column are distributed, for each category and series: as boxes or as densities.

use std::path::Path;

use sampling::quantile_of;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::super::Lookup;
use super::super::canvas::Canvas;
use super::super::palette;
use super::annotation::{self, Annotation, AnnotationSpec};
use super::axis::{Area, Axis, AxisSpec};
use super::category::Categories;
use super::key::{self, Key, Symbol};
use super::mark;
use super::rows::{Chosen, refuse_words};
use super::scale::Spacing;
use super::{Margins, PanelEdges, Plot, Spec};
use crate::diagnostic::Diagnostics;
use crate::results::{RowsSpec, Statistic, with_rows};

/// Boxes from the lower to the upper quartile, with the median in them, whiskers and outliers.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Box")]
pub struct BoxPlot {
    /// The axis of the values.
    y: AxisSpec,
    /// The rows, and what is shown of them.
    rows: ValueRows,
    /// Lines and words at numbers or facts.
    #[serde(default)]
    annotations: Vec<AnnotationSpec>,
}

/// Densities of values, each as wide as the others, with quartiles and median in them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Violin {
    /// The axis of the values.
    y: AxisSpec,
    /// The rows, and what is shown of them.
    rows: ValueRows,
    /// Lines and words at numbers or facts.
    #[serde(default)]
    annotations: Vec<AnnotationSpec>,
}

with_rows! {
    /// The values of one column by those of others.
    struct ValueRows {
        /// The column of which each value is a category; one category where nothing is said.
        #[schemars(with = "Option<String>")]
        x: Option<Spanned<String>>,
        /// The column of the values.
        #[schemars(with = "String")]
        y: Spanned<String>,
        /// The column of which each value has a series.
        #[schemars(with = "Option<String>")]
        by: Option<Spanned<String>>,
    }
}

/// How a distribution looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Box,
    Violin,
}

/// A distribution in a few numbers.
#[derive(Clone, Debug, PartialEq)]
struct Spread {
    /// Lower quartile, median and upper quartile.
    quartiles: [f64; 3],
    /// The outermost values that are no outliers.
    whiskers: [f64; 2],
    /// The values beyond.
    outliers: Vec<f64>,
    /// The density at places from the least to the greatest value, as shares of the greatest density.
    density: Vec<[f64; 2]>,
}

struct DistributionPlot {
    y: Axis,
    categories: Categories,
    labels: Vec<String>,
    /// By category, then by series; nothing where no row is of both.
    spreads: Vec<Vec<Option<Spread>>>,
    look: Look,
    annotations: Vec<Annotation>,
    told: String,
}

/// Where the distribution of a series stands: its middle, and half its width.
struct Slot {
    series: usize,
    x: f64,
    half: f64,
}

/// Height of the plot.
const HEIGHT: f64 = 118.0;
/// How far from the box, in its lengths, a value is an outlier (Tukey, "Exploratory Data Analysis", 1977, section 2E).
const FENCE: f64 = 1.5;
/// The places at which a density is known.
const PLACES: usize = 96;
/// The cells in which values are counted before a density is made of them.
const CELLS: usize = 1024;
/// How many bandwidths away a value adds nothing to a density that can be seen.
const REACH: f64 = 6.0;

impl Spec for BoxPlot {
    fn plot(&self, lookup: &Lookup<'_>) -> Result<Box<dyn Plot>, Diagnostics> {
        plot(lookup, &self.y, &self.rows, &self.annotations, Look::Box)
    }

    fn rows<'l>(&'l self, file: &'l Path) -> Option<RowsSpec<'l>> {
        Some(self.rows.rows(file))
    }
}

impl Spec for Violin {
    fn plot(&self, lookup: &Lookup<'_>) -> Result<Box<dyn Plot>, Diagnostics> {
        plot(lookup, &self.y, &self.rows, &self.annotations, Look::Violin)
    }

    fn rows<'l>(&'l self, file: &'l Path) -> Option<RowsSpec<'l>> {
        Some(self.rows.rows(file))
    }
}

fn plot(
    lookup: &Lookup<'_>,
    axis: &AxisSpec,
    spec: &ValueRows,
    annotations: &[AnnotationSpec],
    look: Look,
) -> Result<Box<dyn Plot>, Diagnostics> {
    let mut y = axis.axis(lookup);
    refuse_words(lookup, &y)?;
    let named = [&spec.y].into_iter().chain(&spec.x);
    let columns: Vec<_> = named.map(|name| (name.value.as_str(), lookup.place(name))).collect();
    let chosen = Chosen::of(lookup, spec.rows(&lookup.file), spec.by.as_ref(), &columns)?;
    let (column, apart) = (chosen.columns[0], &chosen.columns[1..]);
    let names = chosen.rows.groups(apart, &chosen.all)?;
    let names: Vec<String> = names.into_iter().map(|group| group.values.concat()).collect();
    let mut spreads = vec![vec![None; chosen.series.len()]; names.len()];
    for (series, (_, rows)) in chosen.series.iter().enumerate() {
        for group in chosen.rows.groups(apart, rows)? {
            let values = chosen.values(column, &group.rows, &mut y)?;
            let name = group.values.concat();
            if let Some(category) = names.iter().position(|one| *one == name) {
                spreads[category][series] = Some(Spread::of(values, y.spacing, look));
            }
        }
    }
    let shown = match look {
        Look::Box => {
            "quartiles, whiskers to the outermost values within 1.5 interquartile ranges, and outliers"
        }
        Look::Violin => "Gaussian kernel densities with the bandwidth of Silverman, quartiles and median",
    };
    let each: Vec<&str> = spec.x.iter().chain(&spec.by).map(|name| name.value.as_str()).collect();
    let each = if each.is_empty() { String::new() } else { format!(" for each {}", each.join(" and ")) };
    let told = chosen.told(&format!("{shown} of {}{each}", column.name));
    let labels = chosen.labels();
    let categories = Categories { names, series: labels.len() };
    let annotations = annotation::read(annotations, lookup, None, &mut y)?;
    Ok(Box::new(DistributionPlot { y, categories, labels, spreads, look, annotations, told }))
}

impl Spread {
    fn of(mut values: Vec<f64>, spacing: Spacing, look: Look) -> Self {
        values.sort_unstable_by(f64::total_cmp);
        let quartiles = [0.25, 0.5, 0.75].map(|share| quantile_of(&values, share));
        let reach = FENCE * (quartiles[2] - quartiles[0]);
        let inside = |value: &&f64| (quartiles[0] - reach..=quartiles[2] + reach).contains(*value);
        let ends = [values.iter().find(inside), values.iter().rev().find(inside)];
        let whiskers = ends.map(|end| end.copied().unwrap_or(quartiles[1]));
        let outliers = values.iter().copied().filter(|value| !inside(&value)).collect();
        let density = match look {
            Look::Box => Vec::new(),
            Look::Violin if spacing == Spacing::Log => {
                let logs: Vec<f64> = values.iter().map(|value| value.ln()).collect();
                density(&logs).into_iter().map(|[at, share]| [at.exp(), share]).collect()
            }
            Look::Violin => density(&values),
        };
        Self { quartiles, whiskers, outliers, density }
    }
}

/// Returns the density of values in ascending order, by Gaussian kernels of the bandwidth 0.9 min(s, IQR / 1.34)
/// n^(-1/5) (Silverman, "Density Estimation for Statistics and Data Analysis", 1986, section 3.4.2, equation 3.31):
/// places from the least to the greatest value, each with its share of the greatest density. Nothing where all values
/// are equal. Values are counted in cells first, each shared between the two that are nearest.
fn density(sorted: &[f64]) -> Vec<[f64; 2]> {
    let (Some(low), Some(high)) = (sorted.first(), sorted.last()) else { return Vec::new() };
    if low >= high {
        return Vec::new();
    }
    let Some(deviation) = Statistic::StandardDeviation.of(&[sorted]).filter(|one| *one > 0.0) else {
        return Vec::new();
    };
    let between = (quantile_of(sorted, 0.75) - quantile_of(sorted, 0.25)) / 1.34;
    let spread = if between > 0.0 { deviation.min(between) } else { deviation };
    let bandwidth = 0.9 * spread * (sorted.len() as f64).powf(-0.2);
    let cell = (high - low) / (CELLS - 1) as f64;
    // A kernel narrower than a cell would miss what stands between two.
    let bandwidth = bandwidth.max(cell);
    let mut counts = vec![0.0; CELLS];
    for value in sorted {
        let place = (value - low) / cell;
        let below = (place as usize).min(CELLS - 2);
        let share = place - below as f64;
        counts[below] += 1.0 - share;
        counts[below + 1] += share;
    }
    let at = |place: usize| low + (high - low) * place as f64 / (PLACES - 1) as f64;
    let heights = (0..PLACES).map(|place| {
        let middle = (at(place) - low) / cell;
        let reach = REACH * bandwidth / cell;
        let cells = (middle - reach).max(0.0) as usize..=((middle + reach) as usize).min(CELLS - 1);
        let kernel = |from: usize| (-0.5 * ((from as f64 - middle) * cell / bandwidth).powi(2)).exp();
        cells.map(|from| counts[from] * kernel(from)).sum::<f64>()
    });
    let heights: Vec<f64> = heights.collect();
    let greatest = heights.iter().copied().fold(0.0, f64::max);
    heights.iter().enumerate().map(|(place, height)| [at(place), height / greatest]).collect()
}

impl DistributionPlot {
    fn draw_box(canvas: &mut Canvas<'_>, spread: &Spread, slot: &Slot, y: &dyn Fn(f64) -> f64) {
        let Slot { series, x, half } = *slot;
        let look = mark::look(series);
        let [low, median, high] = spread.quartiles.map(y);
        let [least, greatest] = spread.whiskers.map(y);
        let cap = half * 0.5;
        let whiskers = [
            [[x, low], [x, least]],
            [[x - cap, least], [x + cap, least]],
            [[x, high], [x, greatest]],
            [[x - cap, greatest], [x + cap, greatest]],
        ];
        canvas.lines(&whiskers, look.colour, 0.9);
        mark::pale_box(canvas, series, [x - half, high], [2.0 * half, low - high]);
        canvas.line([x - half, median], [x + half, median], look.colour, 1.8);
        let mut outliers: Vec<f64> = spread.outliers.iter().map(|value| y(*value)).collect();
        // Outliers at one place are one dot.
        outliers.dedup_by(|one, other| (*one - *other).abs() < 0.3);
        let outliers: Vec<[f64; 2]> = outliers.into_iter().map(|y| [x, y]).collect();
        mark::hollow(canvas, &outliers, look.colour);
    }

    fn draw_violin(canvas: &mut Canvas<'_>, spread: &Spread, slot: &Slot, y: &dyn Fn(f64) -> f64) {
        let Slot { series, x, half } = *slot;
        let look = mark::look(series);
        let sides = spread.density.iter().map(|[value, share]| (y(*value), half * share));
        let sides: Vec<(f64, f64)> = sides.collect();
        let right = sides.iter().map(|(y, width)| [x + width, *y]);
        let left = sides.iter().rev().map(|(y, width)| [x - width, *y]);
        let outline: Vec<[f64; 2]> = right.chain(left).collect();
        let [low, median, high] = spread.quartiles.map(y);
        if outline.is_empty() {
            canvas.line([x - half, median], [x + half, median], look.colour, 1.8);
            return;
        }
        mark::pale_area(canvas, series, &outline);
        canvas.line([x, low], [x, high], look.colour, 2.4);
        canvas.rectangle([x - 2.4, median - 1.2], [4.8, 2.4], palette::PAPER, look.colour);
    }
}

impl Plot for DistributionPlot {
    fn axes(&mut self) -> Vec<&mut Axis> {
        vec![&mut self.y]
    }

    fn margins(&self, canvas: &Canvas<'_>, width: f64, place: PanelEdges) -> Margins {
        self.categories.margins(canvas, &self.y, [width, HEIGHT], place.axis)
    }

    fn height(&self) -> f64 {
        HEIGHT
    }

    fn cramped(&self, canvas: &Canvas<'_>, width: f64) -> Option<String> {
        self.categories.cramped(canvas, width)
    }

    fn draw(&self, canvas: &mut Canvas<'_>, area: Area, place: PanelEdges) {
        let scale = self.y.scale(area.height);
        self.y.draw_vertical(canvas, area, place.axis, area.left - self.y.label_width(canvas, HEIGHT));
        canvas.line([area.left, area.bottom()], [area.right(), area.bottom()], palette::INK, 0.8);
        let y = |value: f64| area.y(scale.position(value));
        let half = self.categories.slot(area.width) * 0.36;
        for (category, spreads) in self.spreads.iter().enumerate() {
            for (series, spread) in spreads.iter().enumerate() {
                let Some(spread) = spread else { continue };
                let slot = Slot { series, x: self.categories.centre(area, category, series), half };
                match self.look {
                    Look::Box => Self::draw_box(canvas, spread, &slot, &y),
                    Look::Violin => Self::draw_violin(canvas, spread, &slot, &y),
                }
            }
        }
        if self.y.at_one.is_some() {
            self.y.draw_one(canvas, area);
        }
        annotation::draw(canvas, &self.annotations, area, None, &scale);
        self.categories.draw(canvas, area);
    }

    fn keys(&self, _: PanelEdges) -> Vec<Key> {
        let mut keys = key::of_series(self.labels.iter(), Symbol::Box);
        keys.extend(self.y.at_one.iter().map(|text| Key { symbol: Symbol::One, text: text.clone() }));
        keys
    }

    fn told(&self) -> Option<&str> {
        Some(&self.told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whiskers_end_at_the_outermost_values_within_the_fences() {
        // Quartiles 3 and 7, fences at -3 and 13.
        let values = vec![-4.0, -3.0, 3.0, 3.0, 5.0, 6.0, 7.0, 12.0, 14.0];
        let spread = Spread::of(values, Spacing::Linear, Look::Box);
        assert_eq!((spread.quartiles, spread.whiskers), ([3.0, 5.0, 7.0], [-3.0, 12.0]));
        assert_eq!(spread.outliers, [-4.0, 14.0]);
        let one = Spread::of(vec![2.0], Spacing::Linear, Look::Box);
        assert_eq!((one.quartiles, one.whiskers, one.outliers.len()), ([2.0; 3], [2.0; 2], 0));
    }

    #[test]
    fn a_density_is_the_sum_of_its_kernels() {
        let values: Vec<f64> = (0..200).map(|value| (f64::from(value) / 40.0).sin() * 3.0).collect();
        let mut sorted = values;
        sorted.sort_unstable_by(f64::total_cmp);
        let deviation = Statistic::StandardDeviation.of(&[&sorted]).unwrap();
        let between = (quantile_of(&sorted, 0.75) - quantile_of(&sorted, 0.25)) / 1.34;
        let bandwidth = 0.9 * deviation.min(between) * 200_f64.powf(-0.2);
        let direct = |at: f64| -> f64 {
            sorted.iter().map(|value| (-0.5 * ((at - value) / bandwidth).powi(2)).exp()).sum()
        };
        let found = density(&sorted);
        let greatest = found.iter().map(|[at, _]| direct(*at)).fold(0.0, f64::max);
        for [at, share] in &found {
            assert!((share - direct(*at) / greatest).abs() < 1e-3, "{at}: {share}");
        }
        assert!(found.iter().any(|[_, share]| *share == 1.0));
        // The same by `scipy.stats.gaussian_kde` with this bandwidth.
        for (place, expected) in [(0, 0.566_244_76), (47, 0.480_150_21)] {
            assert!((found[place][1] - expected).abs() < 1e-3, "{:?}", found[place]);
        }
        assert!(density(&[1.0; 9]).is_empty() && density(&[1.0]).is_empty());
    }
}
