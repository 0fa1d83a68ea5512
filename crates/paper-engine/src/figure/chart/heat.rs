//! A map of facts over two keys in their names: darker is more, and every cell says its value.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::super::Lookup;
use super::super::canvas::{Anchor, Canvas, Style, TEXT};
use super::axis::{Area, Axis, AxisSpec, BELOW};
use super::datum::{self, Datum};
use super::key::Key;
use super::ramp;
use super::{Margins, PanelEdges, Plot, Spec, too_wide};
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

/// A map whose cells are known.
pub struct HeatPlot {
    /// What the cells measure.
    pub value: Axis,
    /// What stands along it from left to right.
    pub columns: (Axis, Vec<String>),
    /// The same from top to bottom.
    pub rows: (Axis, Vec<String>),
    /// By row, then by column; nothing where no row of results is of both.
    pub cells: Vec<Vec<Option<Datum>>>,
    /// What is shown of which rows of results.
    pub told: Option<String>,
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
                line.push(errors.take(datum::of_fact(fact, &name, &place, &mut value, self.digits)));
            }
            cells.push(line);
        }
        let (columns, rows) = ((columns, self.columns.texts()), (rows, self.rows.texts()));
        errors.into_result(Box::new(HeatPlot { value, columns, rows, cells, told: None }))
    }
}

impl HeatPlot {
    fn label_width(&self, canvas: &Canvas<'_>) -> f64 {
        let widths = self.rows.1.iter().map(|text| canvas.measure(text, Style::PLAIN));
        widths.fold(0.0, f64::max) + GAP
    }
}

impl Plot for HeatPlot {
    fn axes(&mut self) -> Vec<&mut Axis> {
        vec![&mut self.value]
    }

    fn margins(&self, canvas: &Canvas<'_>, _: f64, _: PanelEdges) -> Margins {
        Margins { left: self.label_width(canvas), right: 1.0, top: HEAD, bottom: BELOW + ramp::HEIGHT }
    }

    fn height(&self) -> f64 {
        ROW * self.rows.1.len() as f64
    }

    fn cramped(&self, canvas: &Canvas<'_>, width: f64) -> Option<String> {
        let room = width / self.columns.1.len().max(1) as f64 - 2.0;
        let texts = self.columns.1.iter().chain(self.cells.iter().flatten().flatten().map(|cell| &cell.text));
        texts.into_iter().find(|text| canvas.measure(text, Style::PLAIN) > room).map(|text| too_wide(text))
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
                let Some(cell) = cell else {
                    let style = Style::SOFT.anchored(Anchor::Middle);
                    canvas.text("–", [x + width / 2.0, baseline], style);
                    continue;
                };
                let (fill, ink) = ramp::shade(scale.position(cell.value));
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
        let ends = [scale.ticks().first(), scale.ticks().last()];
        let [low, high] = ends.map(|tick| tick.map_or(String::new(), |&tick| scale.label(tick)));
        let room = [area.left, area.right()];
        ramp::draw(canvas, &self.value.caption(), [&low, &high], room, area.bottom() + BELOW);
    }

    fn keys(&self, _: PanelEdges) -> Vec<Key> {
        Vec::new()
    }

    fn told(&self) -> Option<&str> {
        self.told.as_deref()
    }
}
