//! A map of facts over two keys in their names: darker is more, and every cell says its value.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::super::Lookup;
use super::super::canvas::{Anchor, Canvas, Style, TEXT};
use super::super::palette;
use super::axis::{Area, Axis, AxisSpec, BELOW};
use super::datum::{self, Datum};
use super::key::Key;
use super::scale::Scale;
use super::{Margins, PanelEdges, Plot, Spec};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source;

/// The pattern of the names, its keys, and what the cells measure.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Heat {
    /// Name of a fact with `{column}` and `{row}` for the keys.
    #[schemars(with = "String")]
    facts: Spanned<String>,
    /// What the cells measure.
    value: AxisSpec,
    /// The keys from left to right.
    columns: Keys,
    /// The keys from top to bottom.
    rows: Keys,
    /// Decimals of the values in the cells.
    #[serde(default, deserialize_with = "crate::units::digits")]
    #[schemars(range(max = crate::units::MOST_DIGITS))]
    digits: Option<usize>,
}

/// One side of the map: its title with unit, and the parts of names that stand along it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Keys {
    /// Its title with unit.
    axis: AxisSpec,
    /// The parts of names that stand along it.
    keys: Vec<String>,
    /// What a reader sees instead of the keys.
    labels: Option<Vec<String>>,
}

struct HeatPlot {
    value: Axis,
    columns: (Axis, Vec<String>),
    rows: (Axis, Vec<String>),
    /// By row, then by column.
    cells: Vec<Vec<Datum>>,
}

/// Height of a row.
const ROW: f64 = 17.0;
/// Height of the title above the labels of the rows.
const HEAD: f64 = 14.0;
/// Room between labels and cells.
const GAP: f64 = 4.0;

impl Keys {
    fn texts(&self) -> Vec<String> {
        let own = self.labels.clone();
        own.unwrap_or_else(|| self.keys.iter().map(|key| key.replace('_', ".")).collect())
    }
}

impl Spec for Heat {
    fn plot(&self, lookup: &Lookup<'_>) -> Result<Box<dyn Plot>, Diagnostics> {
        let mut errors = Diagnostics::default();
        let axes = [&self.value, &self.columns.axis, &self.rows.axis];
        let [mut value, columns, rows] = axes.map(|axis| axis.axis(lookup));
        let place = source::place(&lookup.file, &self.facts);
        for part in ["{column}", "{row}"] {
            if !self.facts.value.contains(part) {
                let message = format!("`{}` does not say where the keys stand", self.facts.value);
                errors.push(Diagnostic::new(place.clone(), message).remedy(format!("write `{part}` there")));
            }
        }
        if self.columns.keys.is_empty() || self.rows.keys.is_empty() {
            errors.push(
                lookup.whole("the map has no cell", "give its `columns` and `rows` at least one of `keys`"),
            );
        }
        for side in [&self.columns, &self.rows] {
            if let Some(labels) = side.labels.as_ref().filter(|labels| labels.len() != side.keys.len()) {
                let message = format!("{} labels stand for {} keys", labels.len(), side.keys.len());
                errors.push(lookup.whole(&message, "write one label for each key, or none"));
            }
        }
        let mut cells = Vec::new();
        for row in &self.rows.keys {
            let mut line = Vec::new();
            for column in &self.columns.keys {
                let name = self.facts.value.replace("{column}", column).replace("{row}", row);
                let Some(fact) = lookup.facts.get(&name) else {
                    errors.push(lookup.facts.unknown(
                        &name,
                        place.clone(),
                        format!("there is no fact `{name}`"),
                    ));
                    continue;
                };
                line.extend(errors.take(datum::of_fact(fact, &name, &place, &mut value, self.digits)));
            }
            cells.push(line);
        }
        let (columns, rows) = ((columns, self.columns.texts()), (rows, self.rows.texts()));
        errors.into_result(Box::new(HeatPlot { value, columns, rows, cells }))
    }
}

impl HeatPlot {
    fn label_width(&self, canvas: &Canvas<'_>) -> f64 {
        let widths = self.rows.1.iter().map(|text| canvas.measure(text, Style::PLAIN));
        widths.fold(0.0, f64::max) + GAP
    }

    fn draw_ramp(&self, canvas: &mut Canvas<'_>, area: Area, scale: &Scale) {
        const STEPS: usize = 24;
        let (y, height) = (area.bottom() + BELOW + 3.0, 7.0);
        let caption = self.value.caption();
        let left = area.left + canvas.measure(&caption, Style::SOFT) + 8.0;
        let ends = [scale.ticks().first(), scale.ticks().last()];
        let [low, high] = ends.map(|tick| tick.map_or(String::new(), |&tick| scale.label(tick)));
        let start = left + canvas.measure(&low, Style::SOFT) + 4.0;
        let width = (area.right() - start - canvas.measure(&high, Style::SOFT) - 4.0).clamp(24.0, 110.0);
        canvas.text(&caption, [area.left, y + 6.0], Style::SOFT);
        canvas.text(&low, [left, y + 6.0], Style::SOFT);
        for step in 0..STEPS {
            let share = (step as f64 + 0.5) / STEPS as f64;
            let x = start + width * step as f64 / STEPS as f64;
            canvas.rectangle([x, y], [width / STEPS as f64 + 0.3, height], &shade(share).0, "none");
        }
        canvas.text(&high, [start + width + 4.0, y + 6.0], Style::SOFT);
    }
}

impl Plot for HeatPlot {
    fn axes(&mut self) -> Vec<&mut Axis> {
        vec![&mut self.value]
    }

    fn margins(&self, canvas: &Canvas<'_>, _: f64, _: PanelEdges) -> Margins {
        Margins { left: self.label_width(canvas), right: 1.0, top: HEAD, bottom: BELOW + 12.0 }
    }

    fn height(&self) -> f64 {
        ROW * self.rows.1.len() as f64
    }

    fn too_wide(&self, canvas: &Canvas<'_>, width: f64) -> Option<String> {
        let room = width / self.columns.1.len().max(1) as f64 - 2.0;
        let texts = self.columns.1.iter().chain(self.cells.iter().flatten().map(|cell| &cell.text));
        texts.into_iter().find(|text| canvas.measure(text, Style::PLAIN) > room).cloned()
    }

    fn draw(&self, canvas: &mut Canvas<'_>, area: Area, _: PanelEdges) {
        let scale = self.value.scale(area.width);
        let (columns, rows) = (self.columns.1.len().max(1), self.rows.1.len().max(1));
        let (width, height) = (area.width / columns as f64, area.height / rows as f64);
        canvas.text(
            &self.rows.0.caption(),
            [area.left - self.label_width(canvas), area.top - 5.0],
            Style::SOFT,
        );
        for (row, cells) in self.cells.iter().enumerate() {
            let y = area.top + height * row as f64;
            let baseline = y + height / 2.0 + 0.35 * TEXT;
            let style = Style::PLAIN.anchored(Anchor::End);
            canvas.text(&self.rows.1[row], [area.left - GAP, baseline], style);
            for (column, cell) in cells.iter().enumerate() {
                let x = area.left + width * column as f64;
                let (fill, ink) = shade(scale.position(cell.value));
                canvas.rectangle([x + 0.5, y + 0.5], [width - 1.0, height - 1.0], &fill, "none");
                let style = Style::PLAIN.anchored(Anchor::Middle).filled(ink);
                canvas.text(&cell.text, [x + width / 2.0, baseline], style);
            }
        }
        for (column, text) in self.columns.1.iter().enumerate() {
            let x = area.left + width * (column as f64 + 0.5);
            canvas.text(text, [x, area.bottom() + 10.0], Style::PLAIN.anchored(Anchor::Middle));
        }
        self.columns.0.draw_title(canvas, area);
        self.draw_ramp(canvas, area, &scale);
    }

    fn keys(&self, _: PanelEdges) -> Vec<Key> {
        Vec::new()
    }
}

/// Red, green and blue at the two ends of the ramp.
const LIGHT: [f64; 3] = [240.0, 246.0, 251.0];
const DARK: [f64; 3] = [0.0, 66.0, 112.0];
/// Luminance at which dark and light text have the same contrast: sqrt(1.05 * 0.05) - 0.05.
const EVEN: f64 = 0.179;

/// Returns the fill of a share of the scale, and the text colour that reads better on it.
fn shade(share: f64) -> (String, &'static str) {
    let share = share.clamp(0.0, 1.0);
    let channels: [f64; 3] = std::array::from_fn(|index| LIGHT[index] + (DARK[index] - LIGHT[index]) * share);
    let linear = channels.map(|channel| {
        let channel = channel / 255.0;
        if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
    });
    let luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    let [red, green, blue] = channels.map(|channel| channel.round() as u8);
    let ink = if luminance > EVEN { palette::INK } else { palette::PAPER };
    (format!("#{red:02x}{green:02x}{blue:02x}"), ink)
}
