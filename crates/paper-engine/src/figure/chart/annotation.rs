//! Lines and words that an author adds to a chart, at numbers or facts.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::super::Lookup;
use super::super::canvas::{Anchor, Canvas, Style, TEXT};
use super::super::palette;
use super::axis::{Area, Axis};
use super::datum;
use super::scale::{Scale, Spacing};
use super::time;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::facts::Fact;

/// A line across the chart at `y`, or up at `x`; a text at the point of both.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Annotation")]
pub struct AnnotationSpec {
    /// The place on the horizontal axis.
    #[schemars(with = "Option<Place>")]
    x: Option<Spanned<Place>>,
    /// The place on the vertical axis.
    #[schemars(with = "Option<Place>")]
    y: Option<Spanned<Place>>,
    /// What stands there.
    #[schemars(with = "String")]
    text: Spanned<String>,
}

/// A number in the unit of the axis, the name of a fact, or a date.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected a number, the name of a fact, or a date")]
enum Place {
    /// A number in the unit of the axis.
    Number(f64),
    /// The name of a fact, or on an axis of dates a date.
    Word(String),
}

/// A line or a text at numbers of the axes.
#[derive(Clone, Debug)]
pub struct Annotation {
    x: Option<f64>,
    y: Option<f64>,
    text: String,
}

/// Reads annotations and widens the axes to them; without a horizontal axis they are lines across.
///
/// # Errors
/// Names that are no facts, units that the axis does not have, and annotations without a place, located.
pub fn read(
    specs: &[AnnotationSpec],
    lookup: &Lookup<'_>,
    mut x: Option<&mut Axis>,
    y: &mut Axis,
) -> Result<Vec<Annotation>, Diagnostics> {
    let mut errors = Diagnostics::default();
    let mut found = Vec::with_capacity(specs.len());
    for spec in specs {
        let refuse = |message, remedy| {
            Err(Diagnostics::from(Diagnostic::new(lookup.place(&spec.text), message).remedy(remedy)))
        };
        let across = match (&spec.x, x.as_deref_mut()) {
            (Some(place), Some(axis)) => place_on(axis, place, lookup).map(Some),
            (Some(_), None) => refuse("the categories of this chart are no numbers", "take `x` out"),
            (None, _) if spec.y.is_none() => {
                refuse("this annotation has no place", "write `x`, `y`, or both")
            }
            (None, _) => Ok(None),
        };
        let up = spec.y.as_ref().map(|place| place_on(y, place, lookup)).transpose();
        let (x, y) = (errors.take(across).flatten(), errors.take(up).flatten());
        found.push(Annotation { x, y, text: spec.text.value.clone() });
    }
    errors.into_result(found)
}

fn place_on(axis: &mut Axis, place: &Spanned<Place>, lookup: &Lookup<'_>) -> Result<f64, Diagnostics> {
    let located = |message: String, remedy: &str| {
        Diagnostics::from(Diagnostic::new(lookup.place(place), message).remedy(remedy))
    };
    let number = match &place.value {
        Place::Number(number) => *number,
        Place::Word(word) if axis.spacing == Spacing::Time => time::read(word)
            .ok_or_else(|| located(format!("`{word}` is no date"), "write one such as 2024-01-31"))?,
        Place::Word(word) => {
            let Some(fact) = lookup.facts.get(word) else {
                let message = format!("there is no fact `{word}`");
                return Err(lookup.facts.unknown(word, lookup.place(place), message).into());
            };
            let alone = Fact { median: None, interval: None, published: None, ..fact.clone() };
            return Ok(datum::of_fact(&alone, word, &lookup.place(place), axis, None)?.value);
        }
    };
    axis.fits(number)
        .map_err(|(why, remedy)| located(format!("{number} has no place here: {why}"), remedy))?;
    axis.extent.take(number);
    Ok(number)
}

/// Draws annotations over a plot.
pub fn draw(
    canvas: &mut Canvas<'_>,
    annotations: &[Annotation],
    area: Area,
    across: Option<&Scale>,
    up: &Scale,
) {
    for Annotation { x, y, text } in annotations {
        let x = x.zip(across).map(|(x, scale)| area.x(scale.position(x)));
        let y = y.map(|y| area.y(up.position(y)));
        match (x, y) {
            (Some(x), Some(y)) => write(canvas, text, [x, y + 0.35 * TEXT], area),
            (None, Some(y)) => {
                line(canvas, [[area.left, y], [area.right(), y]]);
                // Below the line where there is no room above it.
                let baseline = if y - TEXT - 4.0 < area.top { y + TEXT + 1.5 } else { y - 3.0 };
                write(canvas, text, [area.right(), baseline], area);
            }
            (Some(x), None) => {
                line(canvas, [[x, area.top], [x, area.bottom()]]);
                let half = canvas.measure(text, Style::PLAIN) / 2.0 + 3.0;
                let beside = if x + 2.0 * half > area.right() { x - half } else { x + half };
                write(canvas, text, [beside, area.top + TEXT], area);
            }
            (None, None) => {}
        }
    }
}

fn line(canvas: &mut Canvas<'_>, ends: [[f64; 2]; 2]) {
    canvas.lines(&[ends], palette::PAPER, 2.2);
    canvas.polyline(&ends, palette::INK, 0.9, "3 2");
}

/// Writes a text over paper, centred on a place or moved inside the plot.
fn write(canvas: &mut Canvas<'_>, text: &str, [x, y]: [f64; 2], area: Area) {
    let half = canvas.measure(text, Style::PLAIN) / 2.0 + 1.0;
    let x = x.min(area.right() - half).max(area.left + half);
    let y = y.min(area.bottom() - 2.0).max(area.top + TEXT);
    canvas.rectangle([x - half, y + 1.5 - TEXT], [2.0 * half, TEXT + 0.5], palette::PAPER, "none");
    canvas.text(text, [x, y], Style::PLAIN.anchored(Anchor::Middle));
}
