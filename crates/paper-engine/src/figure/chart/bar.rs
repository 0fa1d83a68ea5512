//! Bars over facts, side by side or stacked, with published values as marks beside ours.

use schemars::JsonSchema;
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
use super::{Margins, PanelEdges, Plot, Spec, label};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source;

/// Categories, series and the axis of values.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bar {
    /// The axis of values.
    y: AxisSpec,
    /// Names of the categories, from left to right.
    categories: Vec<String>,
    /// The bars of each category.
    series: Vec<Series>,
    /// Whether the series of a category stand on each other.
    #[serde(default)]
    stacked: bool,
    /// Decimals of the values above the bars.
    #[serde(default, deserialize_with = "crate::units::digits")]
    #[schemars(range(max = crate::units::MOST_DIGITS))]
    digits: Option<usize>,
}

/// The bars of one colour.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Series {
    /// What the key calls it.
    #[schemars(with = "String")]
    label: Spanned<String>,
    /// Facts by name, one for each category.
    #[schemars(with = "Vec<String>")]
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
/// The same for stacks, which need room for values beside them.
const STACK_FILLED: f64 = 0.4;
/// Length of the line from a part of a stack to its value.
const LEADER: f64 = 8.0;
impl Spec for Bar {
    fn plot(&self, lookup: &Lookup<'_>) -> Result<Box<dyn Plot>, Diagnostics> {
        let mut errors = Diagnostics::default();
        let mut y = self.y.axis(lookup);
        y.begin_at_zero();
        if self.stacked && y.spacing == Spacing::Log {
            let error = lookup.whole("lengths on a logarithmic axis do not add up", "write `scale: linear`");
            errors.push(error);
        }
        if self.series.is_empty() || self.categories.is_empty() {
            let remedy = "name at least one category, and one series with a fact for each";
            errors.push(lookup.whole("the chart has no bar to show", remedy));
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
                // A stack shows sums, not the intervals and published values of its parts.
                let mut apart = y.clone();
                let axis = if self.stacked { &mut apart } else { &mut y };
                let Some(found) = errors.take(datum::read(lookup, name, axis, self.digits)) else { continue };
                if self.stacked && found.value < 0.0 {
                    let message = format!("fact `{}` is negative, and stands in a stack", name.value);
                    let error = Diagnostic::new(source::place(&lookup.file, name), message);
                    errors.push(error.remedy("draw the bars side by side, without `stacked`"));
                }
                bars.push(found);
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
        self.categories.iter().map(|name| label::wrap(canvas, name, room, Style::PLAIN)).collect()
    }

    /// Places of bars side by side: category by category, each with its centre and the width of its slot.
    fn slots(&self, area: Area) -> Vec<(usize, &Datum, f64, f64)> {
        let (group, series_count) = (self.group(area.width), self.labels.len().max(1) as f64);
        let slot = (group * FILLED / series_count).min(WIDEST);
        let place = |category: usize, series: usize| {
            let middle = area.left + group * (category as f64 + 0.5);
            middle + slot * (series as f64 + 0.5 - series_count / 2.0)
        };
        let slots = self.data.iter().enumerate().flat_map(|(category, bars)| {
            bars.iter().enumerate().map(move |(series, one)| (series, one, place(category, series), slot))
        });
        slots.collect()
    }

    fn draw_grouped(&self, canvas: &mut Canvas<'_>, area: Area, scale: &Scale) {
        let base = area.y(scale.position(scale.base()));
        for (series, one, centre, slot) in self.slots(area) {
            let end = area.y(scale.position(one.value));
            let corner = [centre - slot / 2.0 + 1.0, end.min(base)];
            mark::bar(canvas, series, corner, [slot - 2.0, (base - end).abs()]);
        }
    }

    /// Intervals, published marks and values of bars side by side, which stand before everything else.
    fn draw_marks(&self, canvas: &mut Canvas<'_>, area: Area, scale: &Scale) {
        let widest = self.all().map(|one| canvas.measure(&one.text, Style::PLAIN)).fold(0.0, f64::max);
        let base = area.y(scale.position(scale.base()));
        let y = |value: f64| area.y(scale.position(value));
        let mut single = Vec::new();
        for (_, one, centre, slot) in self.slots(area) {
            let shift = if one.interval.is_some() && one.published.is_some() { slot / 5.0 } else { 0.0 };
            let mut top = y(one.value).min(base);
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
            let room = if self.labels.len() > 1 { slot } else { self.group(area.width) };
            if widest + 1.0 <= room {
                draw_value(canvas, &one.text, [centre, top - 3.0]);
            }
        }
        mark::published(canvas, &single);
    }

    /// Bars on each other, the first series lowest; each part with its value inside it, or else beside it.
    fn draw_stacked(&self, canvas: &mut Canvas<'_>, area: Area, scale: &Scale) {
        let group = self.group(area.width);
        let width = (group * STACK_FILLED).min(WIDEST);
        for (category, bars) in self.data.iter().enumerate() {
            let middle = area.left + group * (category as f64 + 0.5);
            let (mut sum, mut beside) = (0.0, Vec::new());
            for (series, one) in bars.iter().enumerate() {
                let (low, high) = (area.y(scale.position(sum)), area.y(scale.position(sum + one.value)));
                mark::bar(canvas, series, [middle - width / 2.0, high], [width, low - high]);
                sum += one.value;
                let text_width = canvas.measure(&one.text, Style::PLAIN);
                if low - high > TEXT + 3.0 && text_width + 3.0 < width {
                    draw_value(canvas, &one.text, [middle, (low + high) / 2.0 + 0.35 * TEXT]);
                } else if text_width + LEADER + 2.0 < (group - width) / 2.0 {
                    beside.push(((low + high) / 2.0, one.text.as_str()));
                }
            }
            let places: Vec<f64> = beside.iter().map(|(y, _)| *y).collect();
            let room = [area.top + 4.0, area.bottom() - 5.0];
            for ((y, text), place) in beside.iter().zip(label::spread(&places, LEADING, room)) {
                let right = middle + width / 2.0;
                canvas.lines(&[[[right + 1.0, *y], [right + LEADER - 1.5, place]]], palette::INK, 0.5);
                canvas.text(text, [right + LEADER, place + 0.35 * TEXT], Style::PLAIN);
            }
        }
    }
}

/// Writes a value centred on its point; paper behind it keeps lines and hatches from crossing it.
fn draw_value(canvas: &mut Canvas<'_>, text: &str, [x, y]: [f64; 2]) {
    let half = canvas.measure(text, Style::PLAIN) / 2.0 + 0.8;
    canvas.rectangle([x - half, y + 1.0 - TEXT], [2.0 * half, TEXT], palette::PAPER, "none");
    canvas.text(text, [x, y], Style::PLAIN.anchored(Anchor::Middle));
}

impl Plot for BarPlot {
    fn axes(&mut self) -> Vec<&mut Axis> {
        vec![&mut self.y]
    }

    fn margins(&self, canvas: &Canvas<'_>, width: f64, place: PanelEdges) -> Margins {
        let left = if place.axis { self.y.label_width(canvas, HEIGHT) } else { 0.0 };
        let lines = self.names(canvas, width - left - 1.0).iter().map(Vec::len).max().unwrap_or(1);
        Margins { left, right: 1.0, top: ABOVE + 3.0, bottom: 4.0 + LEADING * lines as f64 }
    }

    fn height(&self) -> f64 {
        HEIGHT
    }

    fn too_wide(&self, canvas: &Canvas<'_>, width: f64) -> Option<String> {
        let room = self.group(width);
        let lines = self.names(canvas, width).into_iter().flatten();
        lines.into_iter().find(|line| canvas.measure(line, Style::PLAIN) > room)
    }

    fn draw(&self, canvas: &mut Canvas<'_>, area: Area, place: PanelEdges) {
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
            self.y.draw_one(canvas, area);
        }
        if !self.stacked {
            self.draw_marks(canvas, area, &scale);
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

    fn keys(&self, _: PanelEdges) -> Vec<Key> {
        let series = self.labels.iter().enumerate();
        let mut keys: Vec<Key> =
            series.map(|(series, text)| Key { symbol: Symbol::Bar(series), text: text.clone() }).collect();
        if let Some(text) = &self.y.at_one {
            keys.push(Key { symbol: Symbol::One, text: text.clone() });
        }
        if !self.stacked {
            keys.extend(key::of_marks(self.y.language.words(), self.all()));
        }
        keys
    }
}
