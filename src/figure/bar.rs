//! Grouped bars over facts, with the published value as a mark beside each bar.

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::Lookup;
use super::canvas::{Anchor, Canvas, Style, TEXT};
use super::palette;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};

/// Categories, series and the axis.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bar {
    axis: String,
    categories: Vec<String>,
    series: Vec<Series>,
    digits: Option<usize>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Series {
    label: String,
    facts: Vec<Spanned<String>>,
}

const LEFT: f64 = 30.0;
const TOP: f64 = 26.0;
const HEIGHT: f64 = 110.0;
const COLOURS: [&str; 3] = [palette::BLUE, palette::VERMILION, palette::GREEN];

struct Mark {
    category: usize,
    series: usize,
    value: f64,
    text: String,
    published: Option<f64>,
}

/// Draws the chart.
pub fn draw<'a>(spec: &Bar, lookup: &Lookup<'_>, mut canvas: Canvas<'a>) -> Result<Canvas<'a>, Diagnostics> {
    let marks = marks(spec, lookup)?;
    let values = marks.iter().flat_map(|mark| [Some(mark.value), mark.published]).flatten();
    let step = tick_step(values.clone().fold(0.0, f64::max));
    let top = (values.fold(0.0, f64::max) / step).ceil() * step;
    let scale = move |value: f64| TOP + HEIGHT - value / top * HEIGHT;
    let right = canvas.width() - 6.0;
    let mut tick = 0.0;
    while tick <= top + step / 2.0 {
        canvas.line([LEFT, scale(tick)], [right, scale(tick)], palette::LINE, 0.4);
        let decimals = usize::from(step.fract() != 0.0);
        let style = Style::SOFT.anchored(Anchor::End);
        canvas.text(&format!("{tick:.decimals$}"), [LEFT - 4.0, scale(tick) + 0.35 * TEXT], style);
        tick += step;
    }
    canvas.text(&spec.axis, [LEFT - 24.0, 12.0], Style::SOFT);
    let group = (right - LEFT) / spec.categories.len() as f64;
    let width = (group * 0.7 / spec.series.len() as f64).min(34.0);
    for mark in &marks {
        let middle = LEFT + group * (mark.category as f64 + 0.5);
        let left = middle + width * (mark.series as f64 - spec.series.len() as f64 / 2.0);
        let colour = COLOURS[mark.series % COLOURS.len()];
        canvas.rectangle(
            [left, scale(mark.value)],
            [width - 2.0, scale(0.0) - scale(mark.value)],
            colour,
            "none",
        );
        let centre = left + width / 2.0 - 1.0;
        // Paper behind the text keeps grid lines from crossing it.
        let label = canvas.measure(&mark.text, Style::PLAIN);
        let corner = [centre - label / 2.0 - 1.0, scale(mark.value) - 3.0 - TEXT];
        canvas.rectangle(corner, [label + 2.0, TEXT + 1.5], palette::PAPER, "none");
        canvas.text(&mark.text, [centre, scale(mark.value) - 3.0], Style::PLAIN.anchored(Anchor::Middle));
        if let Some(published) = mark.published {
            let y = scale(published);
            let data = format!("M{:.2} {:.2}l4 4l-4 4l-4 -4z", centre, y - 4.0);
            canvas.path(&data, y + 4.0, palette::PAPER, palette::INK, 0.8);
        }
    }
    for (index, category) in spec.categories.iter().enumerate() {
        let x = LEFT + group * (index as f64 + 0.5);
        canvas.text(category, [x, TOP + HEIGHT + 11.0], Style::PLAIN.anchored(Anchor::Middle));
    }
    legend(spec, marks.iter().any(|mark| mark.published.is_some()), &mut canvas);
    Ok(canvas)
}

fn marks(spec: &Bar, lookup: &Lookup<'_>) -> Result<Vec<Mark>, Diagnostics> {
    let mut errors = Diagnostics::default();
    let mut marks = Vec::new();
    for (series, one) in spec.series.iter().enumerate() {
        if one.facts.len() != spec.categories.len() {
            let message = format!(
                "series `{}` has {} facts for {} categories",
                one.label,
                one.facts.len(),
                spec.categories.len()
            );
            let place = one.facts.first().map_or_else(
                || Location::file(&lookup.file),
                |fact| crate::source::place(&lookup.file, fact),
            );
            errors.push(Diagnostic::new(place, message).remedy("name one fact for each category"));
        }
        for (category, name) in one.facts.iter().enumerate().take(spec.categories.len()) {
            let found = lookup.number(name).and_then(|value| Ok((value, lookup.fact(name)?)));
            let Some((value, fact)) = errors.take(found) else { continue };
            let text = fact.unit.digits(value, spec.digits);
            let published = fact.published.as_ref().map(|published| published.value);
            marks.push(Mark { category, series, value, text, published });
        }
    }
    if marks.iter().all(|mark| mark.value <= 0.0) && errors.0.is_empty() {
        let error = Diagnostic::new(Location::file(&lookup.file), "the chart has no bar to show");
        errors.push(error.remedy("name at least one fact with a positive number"));
    }
    errors.into_result(marks)
}

/// A round step that gives four to eight ticks.
fn tick_step(largest: f64) -> f64 {
    let rough = (largest / 5.0).max(f64::MIN_POSITIVE);
    let power = 10_f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .map(|factor| factor * power)
        .into_iter()
        .find(|&step| step >= rough)
        .unwrap_or(rough)
}

fn legend(spec: &Bar, published: bool, canvas: &mut Canvas<'_>) {
    let y = TOP + HEIGHT + 25.0;
    let mut x = LEFT;
    for (index, series) in spec.series.iter().enumerate() {
        canvas.rectangle([x, y - 6.0], [7.0, 7.0], COLOURS[index % COLOURS.len()], "none");
        canvas.text(&series.label, [x + 10.0, y], Style::PLAIN);
        x += 22.0 + canvas.measure(&series.label, Style::PLAIN);
    }
    if published {
        canvas.path(
            &format!("M{:.2} {:.2}l4 4l-4 4l-4 -4z", x + 4.0, y - 6.5),
            y + 2.0,
            palette::PAPER,
            palette::INK,
            0.8,
        );
        canvas.text("published", [x + 11.0, y], Style::PLAIN);
    }
}
