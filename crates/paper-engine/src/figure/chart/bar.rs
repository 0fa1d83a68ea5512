//! Bars over facts or rows, side by side or stacked, with published values as marks beside ours.

use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::super::Lookup;
use super::super::canvas::{Anchor, Canvas, LEADING, Style, TEXT};
use super::super::palette;
use super::annotation::{self, Annotation, AnnotationSpec};
use super::axis::{Area, Axis, AxisSpec};
use super::category::{Categories, WIDEST};
use super::datum::{self, Datum};
use super::key::{self, Key, Symbol};
use super::mark::{self, MOST_SERIES, PUBLISHED_RADIUS};
use super::rows::{StatisticRows, both};
use super::scale::{Scale, Spacing};
use super::{Margins, PanelEdges, Plot, Spec, label};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::results::RowsSpec;
use crate::source;

/// Categories, series and the axis of values.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bar {
    /// The axis of values.
    y: AxisSpec,
    /// Names of the categories, from left to right.
    #[serde(default)]
    categories: Vec<String>,
    /// The bars of each category.
    #[serde(default)]
    series: Vec<Series>,
    /// Rows of results, in place of `categories` and `series`.
    #[schemars(with = "Option<StatisticRows>")]
    rows: Option<Spanned<StatisticRows>>,
    /// Whether the series of a category stand on each other.
    #[serde(default)]
    stacked: bool,
    /// Decimals of the values above the bars.
    #[serde(default, deserialize_with = "crate::units::digits")]
    #[schemars(range(max = crate::units::MOST_DIGITS))]
    digits: Option<usize>,
    /// Lines and words at numbers or facts.
    #[serde(default)]
    annotations: Vec<AnnotationSpec>,
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
    categories: Categories,
    labels: Vec<String>,
    /// By category, then by series; nothing where no row is of both.
    data: Vec<Vec<Option<Datum>>>,
    stacked: bool,
    annotations: Vec<Annotation>,
    told: Option<String>,
}

/// Height of the plot.
const HEIGHT: f64 = 110.0;
/// The share of a category that a stack fills, which needs room for values beside it.
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
        if let Some(rows) = &self.rows {
            if !(self.series.is_empty() && self.categories.is_empty()) {
                errors.push(both(lookup, rows));
            }
            return errors.into_result(()).and_then(|()| self.of_rows(&rows.value, lookup, y));
        }
        if self.series.is_empty() || self.categories.is_empty() {
            let remedy = "name a category and a series with a fact for each, or show `rows:` of results";
            errors.push(lookup.whole("the chart has no bar to show", remedy));
        }
        if let Some(excess) = self.series.get(MOST_SERIES) {
            let message =
                format!("a chart tells {MOST_SERIES} series apart, and here are {}", self.series.len());
            let error = Diagnostic::new(source::place(&lookup.file, &excess.label), message);
            errors.push(error.remedy("leave some out, or make panels"));
        }
        let mut data: Vec<Vec<Option<Datum>>> = self.categories.iter().map(|_| Vec::new()).collect();
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
                    errors.push(negative(lookup, name, &format!("fact `{}`", name.value)));
                }
                bars.push(Some(found));
            }
        }
        if self.stacked {
            data.iter().for_each(|bars| y.extent.take(bars.iter().flatten().map(|one| one.value).sum()));
        }
        let labels: Vec<String> = self.series.iter().map(|one| one.label.value.clone()).collect();
        let categories = Categories { names: self.categories.clone(), series: labels.len() };
        let annotations = annotation::read(&self.annotations, lookup, None, &mut y);
        let annotations = errors.take(annotations).unwrap_or_default();
        let (stacked, told) = (self.stacked, None);
        errors.into_result(Box::new(BarPlot { y, categories, labels, data, stacked, annotations, told }))
    }

    fn rows<'l>(&'l self, file: &'l Path) -> Option<RowsSpec<'l>> {
        self.rows.as_ref().map(|rows| rows.value.rows(file))
    }
}

/// Reports a length below zero that others are to stand on.
fn negative(lookup: &Lookup<'_>, at: &Spanned<String>, what: &str) -> Diagnostic {
    let error = Diagnostic::new(lookup.place(at), format!("{what} is negative, and stands in a stack"));
    error.remedy("draw the bars side by side, without `stacked`")
}

impl Bar {
    /// Reads a bar for each value of a column and each series.
    fn of_rows(
        &self,
        spec: &StatisticRows,
        lookup: &Lookup<'_>,
        mut y: Axis,
    ) -> Result<Box<dyn Plot>, Diagnostics> {
        let (chosen, taking) = spec.choose(lookup)?;
        let column = chosen.columns[0];
        let categories = chosen.rows.groups(&[column], &chosen.all)?;
        let names: Vec<String> = categories.into_iter().map(|one| one.values.concat()).collect();
        let mut data: Vec<Vec<Option<Datum>>> = vec![vec![None; chosen.series.len()]; names.len()];
        let mut errors = Diagnostics::default();
        for (series, (label, rows)) in chosen.series.iter().enumerate() {
            for group in chosen.rows.groups(&[column], rows)? {
                let name = group.values.concat();
                let mut apart = y.clone();
                let axis = if self.stacked { &mut apart } else { &mut y };
                let found = chosen.measured(&taking, &group.rows, axis, self.digits);
                let Some(found) = errors.take(found) else { continue };
                if self.stacked && found.value < 0.0 {
                    errors.push(negative(lookup, &spec.take, &format!("that of `{name}` {label}")));
                }
                if let Some(category) = names.iter().position(|one| *one == name) {
                    data[category][series] = Some(found);
                }
            }
        }
        if self.stacked {
            for bars in &data {
                let mut sum = 0.0;
                for one in bars.iter().flatten() {
                    one.values().for_each(|value| y.extent.take(sum + value));
                    sum += one.value;
                }
            }
        }
        let (labels, told) = (chosen.labels(), Some(chosen.told(&taking.told())));
        let categories = Categories { names, series: labels.len() };
        let annotations = annotation::read(&self.annotations, lookup, None, &mut y);
        let annotations = errors.take(annotations).unwrap_or_default();
        let stacked = self.stacked;
        errors.into_result(Box::new(BarPlot { y, categories, labels, data, stacked, annotations, told }))
    }
}

impl BarPlot {
    fn all(&self) -> impl Iterator<Item = &Datum> {
        self.data.iter().flatten().flatten()
    }

    /// Places of bars side by side: category by category, each with its centre and the width of its slot.
    fn slots(&self, area: Area) -> Vec<(usize, &Datum, f64, f64)> {
        let slot = self.categories.slot(area.width);
        let slots = self.data.iter().enumerate().flat_map(|(category, bars)| {
            let place = move |(series, one)| {
                let one: &Option<Datum> = one;
                Some((series, one.as_ref()?, self.categories.centre(area, category, series), slot))
            };
            bars.iter().enumerate().filter_map(place)
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
            let room = if self.labels.len() > 1 { slot } else { self.categories.group(area.width) };
            if widest + 1.0 <= room {
                draw_value(canvas, &one.text, [centre, top - 3.0]);
            }
        }
        mark::published(canvas, &single);
    }

    /// Bars on each other, the first series lowest; each part with its value inside it, or else beside it.
    fn draw_stacked(&self, canvas: &mut Canvas<'_>, area: Area, scale: &Scale) {
        let group = self.categories.group(area.width);
        let width = (group * STACK_FILLED).min(WIDEST);
        for (category, bars) in self.data.iter().enumerate() {
            let middle = self.categories.middle(area, category);
            let (mut sum, mut beside) = (0.0, Vec::new());
            let present = bars.iter().enumerate().filter_map(|(series, one)| Some((series, one.as_ref()?)));
            for (series, one) in present {
                let y = |value: f64| area.y(scale.position(value));
                let (low, high) = (y(sum), y(sum + one.value));
                mark::bar(canvas, series, [middle - width / 2.0, high], [width, low - high]);
                if let (Some([low, high]), Some(_)) = (one.interval, &self.told) {
                    // Whiskers of neighbours in a stack stand apart, and clear of the values.
                    let x = middle - width / 2.0 + 4.0 + 7.0 * (series % 2) as f64;
                    let (low, high) = (y(sum + low), y(sum + high));
                    mark::whisker(canvas, [x, low], [x, high], palette::INK);
                }
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
        annotation::draw(canvas, &self.annotations, area, None, &scale);
        self.categories.draw(canvas, area);
    }

    fn keys(&self, _: PanelEdges) -> Vec<Key> {
        let mut keys = key::of_series(self.labels.iter(), Symbol::Bar);
        keys.extend(self.y.at_one.iter().map(|text| Key { symbol: Symbol::One, text: text.clone() }));
        if !self.stacked || self.told.is_some() {
            keys.extend(key::of_marks(self.y.language.words(), self.all()));
        }
        keys
    }

    fn told(&self) -> Option<&str> {
        self.told.as_deref()
    }
}
