//! Values with the range that assumptions leave them, one row each, above what was published.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::super::Lookup;
use super::super::canvas::{Anchor, Canvas, Style, TEXT};
use super::super::palette;
use super::axis::{Area, Axis, AxisSpec, BELOW};
use super::datum::{self, Datum};
use super::key::{self, Key, Symbol};
use super::mark;
use super::scale::number;
use super::{Margins, PanelEdges, Plot, Spec};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::facts::{Unit, Value};
use crate::source;

/// The axis of values and the rows.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// The axis of values.
    x: AxisSpec,
    /// The values, from top to bottom.
    rows: Vec<Row>,
    /// Whether value and interval are divided by the median, or by the value where there is none, so that
    /// facts of different units compare.
    #[serde(default)]
    relative: bool,
    /// Whether the assumption that moves a value most stands beside it.
    #[serde(default)]
    moved_by: bool,
}

/// One value with its range.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Row {
    /// What stands at its left.
    label: String,
    /// The fact by name.
    #[schemars(with = "String")]
    fact: Spanned<String>,
    /// Decimals of its value.
    #[serde(default, deserialize_with = "crate::units::digits")]
    #[schemars(range(max = crate::units::MOST_DIGITS))]
    digits: Option<usize>,
}

struct IntervalRow {
    label: String,
    datum: Datum,
    /// Text columns to the right: the value, and what moves it.
    columns: Vec<String>,
}

struct IntervalPlot {
    x: Axis,
    entries: Vec<IntervalRow>,
    heads: Vec<&'static str>,
}

/// Height of a row, and of one with a published mark below ours.
const ROW: f64 = 12.5;
const DOUBLE_ROW: f64 = 17.0;
/// Radius of the dot at a value; smaller than the caps of its whisker, which stay visible beside it.
const DOT: f64 = 2.0;
/// Room below the last row.
const FOOT: f64 = 3.0;
/// Room between columns.
const GAP: f64 = 8.0;
/// Height of the heads of the columns.
const HEAD: f64 = 14.0;

impl Spec for Interval {
    fn plot(&self, lookup: &Lookup<'_>) -> Result<Box<dyn Plot>, Diagnostics> {
        let mut errors = Diagnostics::default();
        let mut x = self.x.axis(lookup);
        if self.rows.is_empty() {
            errors
                .push(lookup.whole("the chart has no row", "add one below `rows:`, with `label` and `fact`"));
        }
        let mut entries = Vec::new();
        for row in &self.rows {
            entries.extend(errors.take(self.entry(row, lookup, &mut x)));
        }
        let words = lookup.language().words();
        let heads = [words.chart_value, words.chart_moved_by]
            .into_iter()
            .take(1 + usize::from(self.moved_by))
            .collect();
        errors.into_result(Box::new(IntervalPlot { x, entries, heads }))
    }
}

impl Interval {
    fn entry(&self, row: &Row, lookup: &Lookup<'_>, x: &mut Axis) -> Result<IntervalRow, Diagnostics> {
        let fact = lookup.fact(&row.fact)?;
        let datum = if self.relative {
            let value = lookup.number(&row.fact)?;
            let (Some((low, high)), true) = (fact.interval, value > 0.0) else {
                let place = source::place(&lookup.file, &row.fact);
                let message = format!("fact `{}` has no interval around a positive value", row.fact.value);
                let remedy = "name a fact that rests on assumptions, or leave out `relative`";
                return Err(Diagnostic::new(place, message).remedy(remedy).into());
            };
            let mut ratio = fact.clone();
            let one = fact.median.filter(|median| *median > 0.0).unwrap_or(value);
            ratio.value = Value::Number(value / one);
            ratio.unit = Unit::TIMES;
            ratio.median = None;
            ratio.interval = Some((low / one, high / one));
            ratio.published = None;
            let place = source::place(&lookup.file, &row.fact);
            datum::of_fact(&ratio, &row.fact.value, &place, x, None)?
        } else {
            datum::read(lookup, &row.fact, x, row.digits)?
        };
        let mut columns = vec![number(lookup.language(), &fact.display(row.digits))];
        if self.moved_by {
            let strongest = fact.moved_by.first().map_or("", |(input, _)| input.as_str());
            columns.push(strongest.replace('_', " ").replacen('.', ": ", 1));
        }
        Ok(IntervalRow { label: row.label.clone(), datum, columns })
    }
}

impl IntervalPlot {
    fn label_width(&self, canvas: &Canvas<'_>) -> f64 {
        self.entries.iter().map(|one| canvas.measure(&one.label, Style::PLAIN)).fold(0.0, f64::max) + GAP
    }

    fn column_width(&self, canvas: &Canvas<'_>, column: usize) -> f64 {
        let texts = self.entries.iter().filter_map(|one| one.columns.get(column).map(String::as_str));
        let texts = texts.chain(self.heads.get(column).copied());
        texts.map(|text| canvas.measure(text, Style::SOFT)).fold(0.0, f64::max)
    }

    fn row(&self) -> f64 {
        if self.entries.iter().any(|one| one.datum.published.is_some()) { DOUBLE_ROW } else { ROW }
    }
}

impl Plot for IntervalPlot {
    fn axes(&mut self) -> Vec<&mut Axis> {
        vec![&mut self.x]
    }

    fn margins(&self, canvas: &Canvas<'_>, _: f64, _: PanelEdges) -> Margins {
        let columns = (0..self.heads.len()).map(|column| GAP + self.column_width(canvas, column));
        Margins { left: self.label_width(canvas), right: columns.sum(), top: HEAD, bottom: BELOW }
    }

    fn height(&self) -> f64 {
        self.row() * self.entries.len() as f64 + FOOT
    }

    fn height_beside(&self, tallest: f64) -> f64 {
        tallest.clamp(self.height(), 2.0 * self.height())
    }

    fn draw(&self, canvas: &mut Canvas<'_>, area: Area, _: PanelEdges) {
        let scale = self.x.scale(area.width * 0.7);
        self.x.draw_horizontal(canvas, area, true);
        if let Some(text) = &self.x.at_one {
            let x = area.x(scale.position(1.0));
            canvas.line([x, area.top - 2.0], [x, area.bottom()], palette::INK, 0.8);
            let half = canvas.measure(text, Style::SOFT) / 2.0;
            let x = x.max(area.left + half).min(area.right() - half);
            canvas.text(text, [x, area.top - 5.0], Style::SOFT.anchored(Anchor::Middle));
        }
        let mut left = area.right();
        let columns: Vec<f64> = (0..self.heads.len())
            .map(|column| {
                let start = left + GAP;
                left = start + self.column_width(canvas, column);
                start
            })
            .collect();
        for (x, head) in columns.iter().zip(&self.heads) {
            canvas.text(head, [*x, area.top - 5.0], Style::SOFT);
        }
        let x = |value: f64| area.x(scale.position(value));
        let row = (area.height - FOOT) / self.entries.len().max(1) as f64;
        let (mut dots, mut single) = (Vec::new(), Vec::new());
        for (index, one) in self.entries.iter().enumerate() {
            let middle = area.top + row * (index as f64 + 0.5);
            canvas.text(
                &one.label,
                [area.left - GAP, middle + 0.35 * TEXT],
                Style::PLAIN.anchored(Anchor::End),
            );
            for (start, text) in columns.iter().zip(&one.columns) {
                canvas.text(text, [*start, middle + 0.35 * TEXT], Style::PLAIN);
            }
            let ours = if one.datum.published.is_some() { middle - 3.2 } else { middle };
            if let Some([low, high]) = one.datum.interval {
                mark::whisker(canvas, [x(low), ours], [x(high), ours], palette::BLUE);
            }
            if let Some(median) = one.datum.median {
                mark::median(canvas, [x(median), ours], palette::BLUE);
            }
            dots.push([x(one.datum.value), ours]);
            if let Some([low, high]) = one.datum.published {
                let y = middle + 4.2;
                if low == high {
                    single.push([x(low), y]);
                } else {
                    mark::published_range(canvas, [x(low), y], [x(high), y]);
                }
            }
        }
        canvas.dots(&dots, DOT, palette::BLUE);
        mark::published(canvas, &single);
    }

    fn keys(&self, _: PanelEdges) -> Vec<Key> {
        let words = self.x.language.words();
        let has_median = self.entries.iter().any(|one| one.datum.median.is_some());
        let median = has_median.then(|| Key { symbol: Symbol::Median, text: words.chart_median.to_owned() });
        let marks = key::of_marks(words, self.entries.iter().map(|one| &one.datum));
        median.into_iter().chain(marks).collect()
    }
}
