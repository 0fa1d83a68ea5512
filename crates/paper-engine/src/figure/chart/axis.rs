//! Axes: title with unit, spacing, ticks that do not collide, grid lines.

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::Lookup;
use super::super::canvas::{Anchor, Canvas, Style, TEXT};
use super::super::palette;
use super::quantity::AxisUnit;
use super::scale::{Extent, Scale, Spacing};
use super::{label, too_wide};
use crate::language::Language;

/// An axis as its author describes it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AxisSpec {
    /// What is measured.
    title: String,
    /// In what: the key of a unit, or a word for what plain numbers count; without it, the unit of the first fact.
    unit: Option<String>,
    /// How it spaces values.
    #[serde(default)]
    scale: Spacing,
    /// Whether ticks stand at the values shown instead of at round numbers.
    #[serde(default)]
    ticks: Ticks,
    /// Label of a line at one, where ratios neither gain nor lose.
    at_one: Option<String>,
}

/// Where ticks stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Ticks {
    /// At round numbers.
    #[default]
    Round,
    /// At the values shown.
    Values,
}

/// An axis that grows with the values it has to show.
#[derive(Clone, Debug)]
pub struct Axis {
    /// The language of its numbers.
    pub language: Language,
    title: String,
    /// What its values are measured in.
    pub unit: AxisUnit,
    /// How it spaces values.
    pub spacing: Spacing,
    /// The values it has to show.
    pub extent: Extent,
    /// The values that ticks may stand at.
    pub values: Vec<f64>,
    /// The words that stand along an axis of categories.
    pub names: Vec<String>,
    /// The label of the line at one.
    pub at_one: Option<String>,
    ticks: Ticks,
}

/// The rectangle of a plot, in points.
#[derive(Clone, Copy, Debug)]
pub struct Area {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Area {
    /// Returns the place of a share of the width.
    pub fn x(&self, share: f64) -> f64 {
        self.left + share * self.width
    }

    /// Returns the place of a share of the height, from below.
    pub fn y(&self, share: f64) -> f64 {
        self.top + (1.0 - share) * self.height
    }

    /// Returns the right edge.
    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    /// Returns the lower edge.
    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }
}

/// The greatest number that has a place on an axis; a logarithmic one begins at one over it.
const GREATEST: f64 = 1e150;
/// Length of an axis for each of its ticks, as far as round numbers allow.
const TICK: f64 = 22.0;
/// The farthest that a label moves from its tick.
const FARTHEST: f64 = 4.5;
/// Room between an axis and the labels of its ticks.
const GAP: f64 = 4.0;
/// Height of the tick labels and the title under a plot.
pub const BELOW: f64 = 25.0;
/// Height of the title above a plot.
pub const ABOVE: f64 = 17.0;

impl AxisSpec {
    /// Returns the axis before any value.
    pub fn axis(&self, lookup: &Lookup<'_>) -> Axis {
        let unit = self.unit.as_deref().map(str::trim).filter(|unit| !unit.is_empty());
        let mut extent = Extent::default();
        if self.at_one.is_some() {
            extent.take(1.0);
        }
        Axis {
            language: lookup.language(),
            title: self.title.clone(),
            unit: unit.map_or(AxisUnit::OfFacts, AxisUnit::parse),
            spacing: self.scale,
            extent,
            values: Vec::new(),
            names: Vec::new(),
            at_one: self.at_one.clone(),
            ticks: self.ticks,
        }
    }
}

impl Axis {
    /// Says why a number has no place on the axis, and what helps.
    pub fn fits(&self, number: f64) -> Result<(), (&'static str, &'static str)> {
        match self.spacing {
            Spacing::Log if number <= 0.0 => {
                Err(("a logarithmic axis shows positive numbers alone", "write `scale: linear` at the axis"))
            }
            Spacing::Category => {
                Err(("an axis of categories shows words alone", "write `scale: linear` at the axis"))
            }
            Spacing::Log if number < 1.0 / GREATEST => Err(("no axis reaches as far", "correct the file")),
            _ if number.abs() > GREATEST => Err(("no axis reaches as far", "correct the file")),
            _ => Ok(()),
        }
    }

    /// Says which of the words below an axis of categories has no room.
    pub fn cramped(&self, canvas: &Canvas<'_>, width: f64) -> Option<String> {
        let room = width / self.names.len().max(1) as f64;
        let wide = self.names.iter().find(|name| canvas.measure(name, Style::SOFT) + 2.0 > room);
        wide.map(|name| too_wide(name))
    }

    /// Makes a linear axis begin at zero.
    pub fn begin_at_zero(&mut self) {
        if self.spacing == Spacing::Linear {
            self.extent.take(0.0);
        }
    }

    /// Returns whether another axis measures the same, so that panels can share one scale.
    pub fn is_like(&self, other: &Self) -> bool {
        (&self.title, &self.unit, self.spacing) == (&other.title, &other.unit, other.spacing)
    }

    /// Takes over the values of another axis.
    pub fn join(&mut self, other: &Self) {
        self.extent.join(other.extent);
        self.values.extend(&other.values);
    }

    /// Returns the scale of an axis of this length in points.
    pub fn scale(&self, length: f64) -> Scale {
        let scale = match self.ticks {
            _ if self.spacing == Spacing::Category => Scale::of_names(self.names.clone()),
            Ticks::Values if self.spacing != Spacing::Time => {
                Scale::at(self.spacing, self.extent, self.values.clone())
            }
            _ => Scale::round(self.spacing, self.extent, (length / TICK) as usize),
        };
        scale.labelled(self.language)
    }

    /// Title and unit as they stand beside the axis.
    pub fn caption(&self) -> String {
        match self.unit.label() {
            "" => self.title.clone(),
            unit => format!("{} ({unit})", self.title),
        }
    }

    /// Width of the labels left of a vertical axis of this length.
    pub fn label_width(&self, canvas: &Canvas<'_>, length: f64) -> f64 {
        let scale = self.scale(length);
        let widths = scale.ticks().iter().map(|&tick| canvas.measure(&scale.label(tick), Style::SOFT));
        widths.fold(0.0, f64::max) + GAP
    }

    /// Draws grid lines and labels of a vertical axis; the title stands above its labels.
    pub fn draw_vertical(&self, canvas: &mut Canvas<'_>, area: Area, titled: bool, left: f64) {
        let scale = self.scale(area.height);
        let mut above = f64::INFINITY;
        for &tick in scale.ticks() {
            let y = area.y(scale.position(tick));
            canvas.line([area.left, y], [area.right(), y], palette::LINE, 0.4);
            if titled && above - y >= TEXT + 0.5 {
                let style = Style::SOFT.anchored(Anchor::End);
                canvas.text(&scale.label(tick), [area.left - GAP, y + 0.35 * TEXT], style);
                above = y;
            }
        }
        if titled {
            canvas.text(&self.caption(), [left, area.top - 9.0], Style::SOFT);
        }
    }

    /// Draws the line at one across a plot, with a rim of paper that parts it from dark bars.
    pub fn draw_one(&self, canvas: &mut Canvas<'_>, area: Area) {
        let y = area.y(self.scale(area.height).position(1.0));
        canvas.line([area.left, y], [area.right(), y], palette::PAPER, 2.2);
        canvas.polyline(&[[area.left, y], [area.right(), y]], palette::INK, 1.0, "3 2");
    }

    /// Draws ticks, labels and title of a horizontal axis, with grid lines if asked.
    pub fn draw_horizontal(&self, canvas: &mut Canvas<'_>, area: Area, grid: bool) {
        let scale = self.scale(area.width * 0.7);
        canvas.line([area.left, area.bottom()], [area.right(), area.bottom()], palette::INK, 0.8);
        let places: Vec<f64> = scale.ticks().iter().map(|&tick| area.x(scale.position(tick))).collect();
        let moved = self.moved_labels(canvas, &scale, &places);
        let mut free = f64::NEG_INFINITY;
        for ((&tick, &x), label_x) in scale.ticks().iter().zip(&places).zip(moved) {
            if grid {
                canvas.line([x, area.top], [x, area.bottom()], palette::LINE, 0.4);
            }
            canvas.line([x, area.bottom()], [x, area.bottom() + 2.5], palette::INK, 0.8);
            let label = scale.label(tick);
            let half = canvas.measure(&label, Style::SOFT) / 2.0;
            // A label that would touch the one before it is left out; its tick stays.
            if label_x - half >= free {
                let style = Style::SOFT.anchored(Anchor::Middle);
                canvas.text(&label, [label_x, area.bottom() + 3.5 + TEXT], style);
                free = label_x + half + 2.0;
            }
        }
        self.draw_title(canvas, area);
    }

    /// Places of tick labels, moved apart where a little is enough.
    fn moved_labels(&self, canvas: &Canvas<'_>, scale: &Scale, places: &[f64]) -> Vec<f64> {
        let widths = scale.ticks().iter().map(|&tick| canvas.measure(&scale.label(tick), Style::SOFT));
        let gap = widths.fold(0.0, f64::max) + 2.5;
        let moved = label::spread(places, gap, [f64::NEG_INFINITY, f64::INFINITY]);
        let is_near = moved.iter().zip(places).all(|(moved, place)| (moved - place).abs() <= FARTHEST);
        if is_near { moved } else { places.to_vec() }
    }

    /// Draws the title of a horizontal axis, moved inwards where it would leave the page.
    pub fn draw_title(&self, canvas: &mut Canvas<'_>, area: Area) {
        let caption = self.caption();
        let half = canvas.measure(&caption, Style::SOFT) / 2.0;
        let x = area.x(0.5).min(canvas.width() - half - 2.0).max(half + 2.0);
        canvas.text(&caption, [x, area.bottom() + BELOW - 4.0], Style::SOFT.anchored(Anchor::Middle));
    }
}
