//! Lines over facts or rows, each named at its end.

use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::super::Lookup;
use super::super::canvas::{Canvas, LEADING, Style, TEXT};
use super::annotation::{self, Annotation, AnnotationSpec};
use super::axis::{ABOVE, Area, Axis, AxisSpec, BELOW};
use super::datum::{self, Datum};
use super::key::{self, Key, Symbol};
use super::mark::{self, MOST_SERIES};
use super::rows::{StatisticRows, both};
use super::scale::Spacing;
use super::{Margins, PanelEdges, Plot, Spec, label};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::results::RowsSpec;
use crate::source;

/// Two axes and the series between them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The horizontal axis.
    x: AxisSpec,
    /// The vertical axis.
    y: AxisSpec,
    /// The lines.
    #[serde(default)]
    series: Vec<Series>,
    /// Rows of results, in place of `series`.
    #[schemars(with = "Option<StatisticRows>")]
    rows: Option<Spanned<StatisticRows>>,
    /// Lines and words at numbers or facts.
    #[serde(default)]
    annotations: Vec<AnnotationSpec>,
}

/// A series by a pattern over names of facts, by its points one by one, or by both.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Series {
    /// The name at the end of its line.
    #[schemars(with = "String")]
    label: Spanned<String>,
    /// Name with one wildcard for the part that changes.
    #[schemars(with = "Option<String>")]
    facts: Option<Spanned<String>>,
    /// The same for the horizontal axis; without it the part itself is the number.
    #[schemars(with = "Option<String>")]
    x: Option<Spanned<String>>,
    /// Points one by one.
    #[serde(default)]
    points: Vec<Point>,
}

/// One point by the facts of its two numbers.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Point {
    /// The fact of its horizontal place.
    #[schemars(with = "String")]
    x: Spanned<String>,
    /// The fact of its height.
    #[schemars(with = "String")]
    fact: Spanned<String>,
}

struct LinePlot {
    x: Axis,
    y: Axis,
    series: Vec<(String, Vec<(f64, Datum)>)>,
    annotations: Vec<Annotation>,
    told: Option<String>,
}

/// The most points of a line over rows that have markers.
const MOST_MARKERS: usize = 40;
/// Height of the plot.
const HEIGHT: f64 = 118.0;
/// Room between the end of a line and its label.
const LEADER: f64 = 9.0;

impl Spec for Line {
    fn plot(&self, lookup: &Lookup<'_>) -> Result<Box<dyn Plot>, Diagnostics> {
        let mut errors = Diagnostics::default();
        let [mut x, mut y] = [&self.x, &self.y].map(|axis| axis.axis(lookup));
        y.begin_at_zero();
        if let Some(rows) = &self.rows {
            if !self.series.is_empty() {
                errors.push(both(lookup, rows));
            }
            return errors.into_result(()).and_then(|()| self.of_rows(&rows.value, lookup, [x, y]));
        }
        if matches!(x.spacing, Spacing::Time | Spacing::Category) {
            let message = "facts have numbers for places, and no dates or words";
            errors.push(lookup.whole(message, "write `scale: linear` at the axis `x`"));
        }
        let mut series = Vec::new();
        for one in &self.series {
            if let Some(points) = errors.take(one.read(lookup, &mut x, &mut y)) {
                series.push((one.label.value.clone(), points));
            }
        }
        if let Some(excess) = self.series.get(MOST_SERIES) {
            let message =
                format!("a chart tells {MOST_SERIES} series apart, and here are {}", self.series.len());
            let error = Diagnostic::new(source::place(&lookup.file, &excess.label), message);
            errors.push(error.remedy("leave some out, or make panels"));
        }
        if self.series.is_empty() {
            errors.push(
                lookup
                    .whole("the chart has no series", "add one below `series:`, or show `rows:` of results"),
            );
        }
        let annotations = annotation::read(&self.annotations, lookup, Some(&mut x), &mut y);
        let annotations = errors.take(annotations).unwrap_or_default();
        errors.into_result(Box::new(LinePlot { x, y, series, annotations, told: None }))
    }

    fn rows<'l>(&'l self, file: &'l Path) -> Option<RowsSpec<'l>> {
        self.rows.as_ref().map(|rows| rows.value.rows(file))
    }
}

impl Line {
    /// Reads a point for each value of a column and each series, in order of their places.
    fn of_rows(
        &self,
        spec: &StatisticRows,
        lookup: &Lookup<'_>,
        [mut x, mut y]: [Axis; 2],
    ) -> Result<Box<dyn Plot>, Diagnostics> {
        let (chosen, taking) = spec.choose(lookup)?;
        let column = chosen.columns[0];
        let mut errors = Diagnostics::default();
        let mut series = Vec::new();
        for (label, rows) in &chosen.series {
            let mut points = Vec::new();
            for group in chosen.rows.groups(&[column], rows)? {
                let at = errors.take(chosen.values(column, &group.rows[..1], &mut x));
                let found = errors.take(chosen.measured(&taking, &group.rows, &mut y, None));
                points.extend(at.into_iter().flatten().zip(found));
            }
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            x.values.extend(points.iter().map(|(at, _)| at));
            series.push((label.clone(), points));
        }
        let told = Some(chosen.told(&taking.told()));
        let annotations = annotation::read(&self.annotations, lookup, Some(&mut x), &mut y);
        let annotations = errors.take(annotations).unwrap_or_default();
        errors.into_result(Box::new(LinePlot { x, y, series, annotations, told }))
    }
}

impl Series {
    fn read(
        &self,
        lookup: &Lookup<'_>,
        x: &mut Axis,
        y: &mut Axis,
    ) -> Result<Vec<(f64, Datum)>, Diagnostics> {
        let mut errors = Diagnostics::default();
        let mut points = errors.take(self.matched(lookup, x, y)).unwrap_or_default();
        for point in &self.points {
            let at = errors.take(datum::read(lookup, &point.x, x, None));
            let found = errors.take(datum::read(lookup, &point.fact, y, None));
            points.extend(at.map(|at| at.value).zip(found));
        }
        if self.facts.is_none() && self.points.is_empty() {
            let message = format!("series `{}` has no point", self.label.value);
            let error = Diagnostic::new(source::place(&lookup.file, &self.label), message);
            errors.push(error.remedy("give it `facts:`, a name with `*`, or `points:` with `x` and `fact`"));
        }
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        x.values.extend(points.iter().map(|(at, _)| at));
        errors.into_result(points)
    }

    /// Returns the points whose facts fit the pattern.
    fn matched(
        &self,
        lookup: &Lookup<'_>,
        x: &mut Axis,
        y: &mut Axis,
    ) -> Result<Vec<(f64, Datum)>, Diagnostics> {
        let Some(pattern) = &self.facts else { return Ok(Vec::new()) };
        let place = source::place(&lookup.file, pattern);
        let places = self.x.as_ref().map(|names| datum::matching(lookup, names)).transpose()?;
        let mut errors = Diagnostics::default();
        let mut points = Vec::new();
        for (part, name, fact) in datum::matching(lookup, pattern)? {
            let at = match &places {
                None => datum::number_of(part).inspect(|at| x.extent.take(*at)),
                Some(places) => {
                    places.iter().find(|(other, ..)| *other == part).and_then(|(_, name, fact)| {
                        errors.take(datum::of_fact(fact, name, &place, x, None)).map(|found| found.value)
                    })
                }
            };
            let Some(at) = at else {
                let message = format!("fact `{name}` has no place on the horizontal axis");
                let error = Diagnostic::new(place.clone(), message);
                errors.push(error.remedy("let `*` stand for a number, or name the facts of `x:` alike"));
                continue;
            };
            points.extend(errors.take(datum::of_fact(fact, name, &place, y, None)).map(|found| (at, found)));
        }
        errors.into_result(points)
    }
}

impl LinePlot {
    fn data(&self) -> impl Iterator<Item = &Datum> {
        self.series.iter().flat_map(|(_, points)| points).map(|(_, found)| found)
    }

    /// Names the series at their ends; one that had to move is joined to its end.
    fn draw_ends(&self, canvas: &mut Canvas<'_>, area: Area, ends: &[(usize, [f64; 2])]) {
        let places: Vec<f64> = ends.iter().map(|(_, [_, y])| *y).collect();
        let room = [area.top + 2.0, area.bottom() - 3.0];
        for ((series, [x, y]), place) in ends.iter().zip(label::spread(&places, LEADING, room)) {
            let look = mark::look(*series);
            let end = area.right() + LEADER;
            canvas.lines(&[[[x + 4.0, *y], [end - 2.0, place]]], look.colour, 0.5);
            canvas.text(
                &self.series[*series].0,
                [end, place + 0.35 * TEXT],
                Style::PLAIN.filled(look.colour),
            );
        }
    }
}

impl Plot for LinePlot {
    fn axes(&mut self) -> Vec<&mut Axis> {
        vec![&mut self.x, &mut self.y]
    }

    fn margins(&self, canvas: &Canvas<'_>, _: f64, place: PanelEdges) -> Margins {
        Margins {
            left: if place.axis { self.y.label_width(canvas, HEIGHT) } else { 0.0 },
            right: if place.ends { LEADER + label::widest(canvas, &self.end_labels()) } else { 4.0 },
            top: ABOVE,
            bottom: BELOW,
        }
    }

    fn height(&self) -> f64 {
        HEIGHT
    }

    fn cramped(&self, canvas: &Canvas<'_>, width: f64) -> Option<String> {
        self.x.cramped(canvas, width)
    }

    fn draw(&self, canvas: &mut Canvas<'_>, area: Area, place: PanelEdges) {
        let (across, up) = (self.x.scale(area.width * 0.7), self.y.scale(area.height));
        self.y.draw_vertical(canvas, area, place.axis, area.left - self.y.label_width(canvas, HEIGHT));
        self.x.draw_horizontal(canvas, area, false);
        let at = |x: f64, y: f64| [area.x(across.position(x)), area.y(up.position(y))];
        if self.y.at_one.is_some() {
            self.y.draw_one(canvas, area);
        }
        let mut ends = Vec::new();
        // The first series is the main one: it is drawn last, over the others.
        for (series, (_, points)) in self.series.iter().enumerate().rev() {
            let look = mark::look(series);
            let shift = 2.0 * (series as f64 - (self.series.len() - 1) as f64 / 2.0);
            if self.told.is_some() {
                let ends = points.iter().filter_map(|(x, found)| Some((*x, found.interval?)));
                let ends: Vec<[[f64; 2]; 2]> = ends.map(|(x, ends)| ends.map(|end| at(x, end))).collect();
                mark::band(canvas, &ends, look.colour);
            }
            for (x, found) in points.iter().filter(|_| self.told.is_none()) {
                if let Some([low, high]) = found.interval {
                    let ([left, low], [_, high]) = (at(*x, low), at(*x, high));
                    mark::whisker(canvas, [left + shift, low], [left + shift, high], look.colour);
                }
            }
            let line: Vec<_> = points.iter().map(|(x, found)| at(*x, found.value)).collect();
            if line.is_empty() {
                continue;
            }
            canvas.polyline(&line, look.colour, 1.3, look.dash);
            if self.told.is_none() || line.len() <= MOST_MARKERS {
                mark::markers(canvas, series, &line);
            }
            ends.extend(line.last().map(|&end| (series, end)));
        }
        ends.reverse();
        let mut single = Vec::new();
        for (x, [low, high]) in self
            .series
            .iter()
            .flat_map(|(_, points)| points)
            .filter_map(|(x, found)| Some((x, found.published?)))
        {
            if low == high {
                single.push(at(*x, low));
            } else {
                mark::published_range(canvas, at(*x, low), at(*x, high));
            }
        }
        mark::published(canvas, &single);
        if place.ends {
            self.draw_ends(canvas, area, &ends);
        }
        annotation::draw(canvas, &self.annotations, area, Some(&across), &up);
    }

    fn keys(&self, place: PanelEdges) -> Vec<Key> {
        let mut keys = Vec::new();
        if !place.ends {
            keys.extend(key::of_series(self.series.iter().map(|(label, _)| label), Symbol::Line));
        }
        keys.extend(self.y.at_one.iter().map(|text| Key { symbol: Symbol::One, text: text.clone() }));
        let mut marks = key::of_marks(self.y.language.words(), self.data());
        if self.told.is_some() {
            marks.iter_mut().for_each(|key| key.symbol = Symbol::Band);
        }
        keys.extend(marks);
        keys
    }

    fn end_labels(&self) -> Vec<String> {
        // A line that has no end here is named by the key.
        if self.series.iter().any(|(_, points)| points.is_empty()) {
            return Vec::new();
        }
        let labels = self.series.iter().map(|(label, _)| label.clone());
        labels.filter(|label| !label.is_empty()).collect()
    }

    fn told(&self) -> Option<&str> {
        self.told.as_deref()
    }
}
