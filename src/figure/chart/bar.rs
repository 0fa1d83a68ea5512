//! Bars over facts, side by side or stacked, with published values as marks beside ours.

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::super::Lookup;
use super::super::canvas::{Anchor, Canvas, LEADING, Style, TEXT};
use super::super::palette;
use super::axis::{ABOVE, Area, Axis, AxisSpec};
use super::datum::{self, Datum};
use super::key::{self, Key, Symbol};
use super::mark::{self, MOST_SERIES, PUBLISHED_RADIUS};
use super::scale::{Scale, Spacing};
use super::{Margins, Place, Plot, Spec, label};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source;

/// Categories, series and the axis of values.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bar {
    y: AxisSpec,
    categories: Vec<String>,
    series: Vec<Series>,
    /// Whether the series of a category stand on each other.
    #[serde(default)]
    stacked: bool,
    /// Decimals of the values above the bars.
    digits: Option<usize>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Series {
    label: Spanned<String>,
    facts: Vec<Spanned<String>>,
}

struct BarPlot {
    y: Axis,
    categories: Vec<String>,
    labels: Vec<String>,
    /// By category, then by series.
    data: Vec<Vec<Datum>>,
    stacked: bool,
}

/// Height of the plot.
const HEIGHT: f64 = 110.0;
/// The widest bar.
const WIDEST: f64 = 34.0;
/// The share of a category that its bars fill.
const FILLED: f64 = 0.78;
/// The most lines of a category's name.
const MOST_LINES: usize = 3;

impl Spec for Bar {
    fn plot(&self, lookup: &Lookup<'_>) -> Result<Box<dyn Plot>, Diagnostics> {
        let mut errors = Diagnostics::default();
        let Some(mut y) = errors.take(self.y.axis(lookup)) else { return Err(errors) };
        y.from_zero();
        if self.stacked && y.spacing == Spacing::Log {
            let error = lookup.empty("lengths on a logarithmic axis do not add up", "write `scale: linear`");
            errors.push(error);
        }
        if self.series.is_empty() || self.categories.is_empty() {
            let remedy = "name at least one category, and one series with a fact for each";
            errors.push(lookup.empty("the chart has no bar to show", remedy));
        }
        if let Some(excess) = self.series.get(MOST_SERIES) {
            let message =
                format!("a chart tells {MOST_SERIES} series apart, and here are {}", self.series.len());
            let error = Diagnostic::new(source::place(&lookup.file, &excess.label), message);
            errors.push(error.remedy("leave some out, or make panels"));
        }
        let mut data: Vec<Vec<Datum>> = self.categories.iter().map(|_| Vec::new()).collect();
        for one in &self.series {
            if one.facts.len() != self.categories.len() {
                let (facts, categories) = (one.facts.len(), self.categories.len());
                let message =
                    format!("series `{}` has {facts} facts for {categories} categories", one.label.value);
                let error = Diagnostic::new(source::place(&lookup.file, &one.label), message);
                errors.push(error.remedy("name one fact for each category"));
            }
            for (bars, name) in data.iter_mut().zip(&one.facts) {
                bars.extend(errors.take(datum::read(lookup, name, &mut y, self.digits)));
            }
        }
        if self.stacked {
            data.iter().for_each(|bars| y.extent.take(bars.iter().map(|one| one.value).sum()));
        }
        let labels = self.series.iter().map(|one| one.label.value.clone()).collect();
        let categories = self.categories.clone();
        errors.into_result(Box::new(BarPlot { y, categories, labels, data, stacked: self.stacked }))
    }
}

impl BarPlot {
    fn all(&self) -> impl Iterator<Item = &Datum> {
        self.data.iter().flatten()
    }

    fn group(&self, width: f64) -> f64 {
        width / self.categories.len().max(1) as f64
    }

    fn names(&self, canvas: &Canvas<'_>, width: f64) -> Vec<Vec<String>> {
        let room = self.group(width) - 3.0;
        let wrapped = |name: &String| {
            let mut lines = label::wrap(canvas, name, room, Style::PLAIN);
            lines.truncate(MOST_LINES);
            lines
        };
        self.categories.iter().map(wrapped).collect()
    }

    /// Bars side by side, with interval, published mark and value.
    fn draw_grouped(&self, canvas: &mut Canvas<'_>, area: Area, scale: &Scale) {
        let group = self.group(area.width);
        let slot = (group * FILLED / self.labels.len().max(1) as f64).min(WIDEST);
        let widest = self.all().map(|one| canvas.measure(&one.text, Style::PLAIN)).fold(0.0, f64::max);
        let has_values = widest + 1.0 <= slot.max(group - slot * (self.labels.len() - 1) as f64);
        let y = |value: f64| area.y(scale.position(value));
        let base = y(scale.base());
        let mut single = Vec::new();
        for (category, bars) in self.data.iter().enumerate() {
            let middle = area.left + group * (category as f64 + 0.5);
            for (series, one) in bars.iter().enumerate() {
                let left = middle + slot * (series as f64 - self.labels.len() as f64 / 2.0);
                let (width, end) = (slot - 2.0, y(one.value));
                mark::bar(canvas, series, [left + 1.0, end.min(base)], [width, (base - end).abs()]);
                let centre = left + slot / 2.0;
                let shift = if one.interval.is_some() && one.published.is_some() { slot / 5.0 } else { 0.0 };
                let mut top = end.min(base);
                if let Some([low, high]) = one.interval {
                    mark::whisker(canvas, [centre - shift, y(low)], [centre - shift, y(high)], palette::INK);
                    top = top.min(y(high));
                }
                if let Some([low, high]) = one.published {
                    let x = centre + shift;
                    if low == high {
                        single.push([x, y(low)]);
                        top = top.min(y(low) - PUBLISHED_RADIUS);
                    } else {
                        mark::published_range(canvas, [x, y(low)], [x, y(high)]);
                        top = top.min(y(high));
                    }
                }
                if has_values {
                    let half = canvas.measure(&one.text, Style::PLAIN) / 2.0;
                    // Paper behind the text keeps grid lines from crossing it.
                    let corner = [centre - half - 0.5, top - 2.0 - TEXT];
                    canvas.rectangle(corner, [2.0 * half + 1.0, TEXT], palette::PAPER, "none");
                    let style = Style::PLAIN.anchored(Anchor::Middle);
                    canvas.text(&one.text, [centre, top - 3.0], style);
                }
            }
        }
        mark::published(canvas, &single);
    }

    /// Bars on each other, the first series lowest; each part with its value where there is room.
    fn draw_stacked(&self, canvas: &mut Canvas<'_>, area: Area, scale: &Scale) {
        let group = self.group(area.width);
        let width = (group * FILLED).min(1.4 * WIDEST);
        for (category, bars) in self.data.iter().enumerate() {
            let middle = area.left + group * (category as f64 + 0.5);
            let mut sum = 0.0;
            for (series, one) in bars.iter().enumerate() {
                let (low, high) = (area.y(scale.position(sum)), area.y(scale.position(sum + one.value)));
                mark::bar(canvas, series, [middle - width / 2.0, high], [width, low - high]);
                let half = canvas.measure(&one.text, Style::PLAIN) / 2.0 + 1.5;
                if low - high > TEXT + 3.0 && 2.0 * half < width {
                    let y = (low + high) / 2.0;
                    let (corner, size) = ([middle - half, y - 0.6 * TEXT], [2.0 * half, 1.2 * TEXT]);
                    canvas.rectangle(corner, size, palette::PAPER, "none");
                    let style = Style::PLAIN.anchored(Anchor::Middle);
                    canvas.text(&one.text, [middle, y + 0.35 * TEXT], style);
                }
                sum += one.value;
            }
        }
    }
}

impl Plot for BarPlot {
    fn axes(&mut self) -> Vec<&mut Axis> {
        vec![&mut self.y]
    }

    fn margins(&self, canvas: &Canvas<'_>, width: f64, place: Place) -> Margins {
        let left = if place.axis { self.y.label_width(canvas, HEIGHT) } else { 0.0 };
        let lines = self.names(canvas, width - left).iter().map(Vec::len).max().unwrap_or(1);
        Margins { left, right: 1.0, top: ABOVE + 3.0, bottom: 4.0 + LEADING * lines as f64 }
    }

    fn height(&self) -> f64 {
        HEIGHT
    }

    fn draw(&self, canvas: &mut Canvas<'_>, area: Area, place: Place) {
        let scale = self.y.scale(area.height);
        self.y.draw_vertical(canvas, area, place.axis, area.left - self.y.label_width(canvas, HEIGHT));
        if self.stacked {
            self.draw_stacked(canvas, area, &scale);
        } else {
            self.draw_grouped(canvas, area, &scale);
        }
        let base = area.y(scale.position(scale.base()));
        canvas.line([area.left, base], [area.right(), base], palette::INK, 0.8);
        if self.y.at_one.is_some() {
            let one = area.y(scale.position(1.0));
            canvas.polyline(&[[area.left, one], [area.right(), one]], palette::INK, 1.0, "3 2");
        }
        let group = self.group(area.width);
        for (category, lines) in self.names(canvas, area.width).iter().enumerate() {
            let x = area.left + group * (category as f64 + 0.5);
            for (index, line) in lines.iter().enumerate() {
                let y = area.bottom() + 10.0 + LEADING * index as f64;
                canvas.text(line, [x, y], Style::PLAIN.anchored(Anchor::Middle));
            }
        }
    }

    fn keys(&self, _: Place) -> Vec<Key> {
        let series = self.labels.iter().enumerate();
        let mut keys: Vec<Key> =
            series.map(|(series, text)| Key { symbol: Symbol::Bar(series), text: text.clone() }).collect();
        if let Some(text) = &self.y.at_one {
            keys.push(Key { symbol: Symbol::One, text: text.clone() });
        }
        if !self.stacked {
            let published = |one: &Datum| one.published;
            keys.extend(key::of_marks(
                self.all().any(|one| one.interval.is_some()),
                self.all().filter_map(published).any(|[low, high]| low == high),
                self.all().filter_map(published).any(|[low, high]| low < high),
            ));
        }
        keys
    }
}
