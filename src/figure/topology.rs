//! Panels that show the same number of chips wired in different ways, with metrics underneath.

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::Lookup;
use super::canvas::{Anchor, Canvas, Style, TEXT};
use super::label::{Metric, metrics};
use super::palette;
use crate::diagnostic::Diagnostics;

/// The panels, left to right.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopologyPanels {
    panels: Vec<Panel>,
}

/// One plane of chips: rows and columns, the shift of its wrap, and metrics.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Panel {
    title: String,
    note: String,
    columns: usize,
    rows: usize,
    /// Fact that says how many rows the wrap of the columns moves; none when it stays in its row.
    shift: Option<Spanned<String>>,
    metrics: Vec<Metric>,
}

const MARGIN: f64 = 8.0;
const ROW: f64 = 11.0;
const GRID_TOP: f64 = 40.0;

/// Draws the panels side by side.
pub fn draw<'a>(
    spec: &TopologyPanels,
    lookup: &Lookup<'_>,
    mut canvas: Canvas<'a>,
) -> Result<Canvas<'a>, Diagnostics> {
    let mut errors = Diagnostics::default();
    let width = (canvas.width() - 2.0 * MARGIN) / spec.panels.len().max(1) as f64;
    let rows = spec.panels.iter().map(|panel| panel.rows).max().unwrap_or(0);
    for (index, panel) in spec.panels.iter().enumerate() {
        let left = MARGIN + width * index as f64;
        errors.take(draw_panel(panel, lookup, &mut canvas, [left, width - 14.0], rows));
    }
    errors.into_result(canvas)
}

fn draw_panel(
    panel: &Panel,
    lookup: &Lookup<'_>,
    canvas: &mut Canvas<'_>,
    [left, width]: [f64; 2],
    rows: usize,
) -> Result<(), Diagnostics> {
    canvas.text(&panel.title, [left, 14.0], Style::TITLE);
    canvas.text(&panel.note, [left, 25.0], Style::SOFT);
    let shift = panel.shift.as_ref().map(|name| lookup.number(name)).transpose()?.unwrap_or(0.0) as usize;
    draw_grid(panel, shift, canvas, left, width);
    let top = GRID_TOP + ROW * rows as f64 + 8.0;
    canvas.line([left, top - 4.0], [left + width, top - 4.0], palette::LINE, 0.6);
    metrics(&panel.metrics, lookup, canvas, [left, top], width)
}

/// A plane of chips: the number left of a row is its own, the one right of it the row its wrap enters.
fn draw_grid(panel: &Panel, shift: usize, canvas: &mut Canvas<'_>, left: f64, width: f64) {
    let (columns, rows) = (panel.columns.max(2), panel.rows.max(1));
    let label = canvas.measure("00", Style::PLAIN) + 4.0;
    let step = ((width - 2.0 * label - 16.0) / (columns - 1) as f64).min(22.0);
    let grid = step * (columns - 1) as f64;
    let start = left + (width - grid) / 2.0;
    let y = |row: usize| GRID_TOP + ROW * row as f64;
    let x = |column: usize| start + step * column as f64;
    let mesh = (0..columns).map(|column| [[x(column), y(0) - 4.5], [x(column), y(rows - 1) + 4.5]]);
    let mesh = mesh.chain((0..rows).map(|row| [[start, y(row)], [start + grid, y(row)]]));
    canvas.lines(&mesh.collect::<Vec<_>>(), palette::LINE, 0.6);
    for row in 0..rows {
        let entered = (row + shift) % rows;
        let colour = if entered == row { palette::BLUE } else { palette::VERMILION };
        let stubs = [
            [[start - 8.0, y(row)], [start, y(row)]],
            [[start + grid, y(row)], [start + grid + 8.0, y(row)]],
        ];
        canvas.lines(&stubs, colour, 1.0);
        let baseline = y(row) + 0.35 * TEXT;
        let style = Style::PLAIN.filled(colour);
        canvas.text(&row.to_string(), [start - 10.0, baseline], style.anchored(Anchor::End));
        canvas.text(&entered.to_string(), [start + grid + 10.0, baseline], style);
    }
    let chips = (0..rows).flat_map(|row| (0..columns).map(move |column| [x(column), y(row)]));
    canvas.dots(&chips.collect::<Vec<_>>(), 1.7, palette::INK);
}
