//! Panels that show the same number of chips wired in different ways, with metrics underneath.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::label::{Metric, wrong};
use super::panel::{MARGIN, footing, heading};
use paper_engine::diagnostic::Diagnostics;
use paper_engine::figure::Lookup;
use paper_engine::figure::canvas::{Anchor, Canvas, Style, TEXT};
use paper_engine::figure::palette;

/// The panels, left to right.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TopologyPanels {
    /// The panels.
    panels: Vec<Panel>,
}

/// One plane of chips: rows and columns, where its links wrap to, a path over it, and metrics.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Panel {
    /// Its title.
    title: String,
    /// What stands below the title.
    note: String,
    /// Columns of chips.
    columns: usize,
    /// Rows of chips.
    rows: usize,
    /// Where the wrap of the columns leads; without it, back to its row.
    wrap: Option<Wrap>,
    /// Text: the row that the link past the last row enters, for each column; without it, the first.
    #[schemars(with = "Option<String>")]
    closed: Option<Spanned<String>>,
    /// Text: column and row of each chip on a path, such as `0,0 1,0`.
    #[schemars(with = "Option<String>")]
    path: Option<Spanned<String>>,
    /// Rows of facts below the plane.
    metrics: Vec<Metric>,
}

/// How the wrap of the columns is known.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Wrap {
    /// Fact: how many rows it moves.
    Shift(#[schemars(with = "String")] Spanned<String>),
    /// Text: the row it enters, for each row.
    Rows(#[schemars(with = "String")] Spanned<String>),
}

/// The plane of a panel: what facts say of it, and where it stands on the page.
struct Plane {
    columns: usize,
    rows: usize,
    entered: Vec<usize>,
    closed: Vec<usize>,
    path: Vec<[usize; 2]>,
    start: f64,
    step: f64,
    again: f64,
}

const ROW: f64 = 11.0;
const GRID_TOP: f64 = 40.0;
/// Room for the number of a row.
const LABEL: f64 = 11.0;
/// Room for the wraps of the columns.
const WIDE_WRAP: f64 = 40.0;
const NARROW_WRAP: f64 = 14.0;
/// What is seen of a wrap of the rows.
const STUB: f64 = 4.5;

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
    let mut errors = Diagnostics::default();
    heading(canvas, left, &panel.title, &panel.note);
    if let Some(plane) = errors.take(plane(panel, lookup, left, width)) {
        draw_plane(&plane, canvas);
    }
    let top = GRID_TOP + ROW * rows as f64 + 8.0;
    errors.take(footing(&panel.metrics, lookup, canvas, [left, width], [top, 4.0]));
    errors.into_result(())
}

fn plane(panel: &Panel, lookup: &Lookup<'_>, left: f64, width: f64) -> Result<Plane, Diagnostics> {
    let (columns, rows) = (panel.columns.max(2), panel.rows.max(1));
    let entered = match &panel.wrap {
        None => (0..rows).collect(),
        Some(Wrap::Shift(name)) => {
            let shift = lookup.number(name)?.max(0.0) as usize;
            (0..rows).map(|row| (row + shift) % rows).collect()
        }
        Some(Wrap::Rows(name)) => numbers(name, lookup, rows, rows)?,
    };
    let closed = panel.closed.as_ref().map(|name| numbers(name, lookup, columns, rows)).transpose()?;
    let path = panel.path.as_ref().map(|name| cells(name, lookup, [columns, rows])).transpose()?;
    let wrap = if columns > 8 { NARROW_WRAP } else { WIDE_WRAP };
    let step = ((width - 2.0 * LABEL - wrap) / (columns - 1) as f64).min(15.0);
    let grid = step * (columns - 1) as f64;
    let start = left + (width - grid - wrap) / 2.0;
    Ok(Plane {
        columns,
        rows,
        entered,
        closed: closed.unwrap_or_else(|| vec![0; columns]),
        path: path.unwrap_or_default(),
        start,
        step,
        again: start + grid + wrap,
    })
}

/// Returns the numbers that a text holds: so many, each below a limit.
fn numbers(
    name: &Spanned<String>,
    lookup: &Lookup<'_>,
    count: usize,
    limit: usize,
) -> Result<Vec<usize>, Diagnostics> {
    let text = lookup.fact(name)?.display(None);
    let numbers = text.split(' ').map(|number| number.parse().ok().filter(|&number: &usize| number < limit));
    match numbers.collect::<Option<Vec<_>>>() {
        Some(numbers) if numbers.len() == count => Ok(numbers),
        _ => {
            let what = format!("not {count} numbers below {limit}");
            Err(wrong(lookup, name, &what, "name a text with one number for each row or column"))
        }
    }
}

fn cells(
    name: &Spanned<String>,
    lookup: &Lookup<'_>,
    sizes: [usize; 2],
) -> Result<Vec<[usize; 2]>, Diagnostics> {
    let text = lookup.fact(name)?.display(None);
    let cell = |text: &str| {
        let (column, row) = text.split_once(',')?;
        let cell = [column.parse().ok()?, row.parse().ok()?];
        (cell[0] < sizes[0] && cell[1] < sizes[1]).then_some(cell)
    };
    let cells: Option<Vec<_>> = text.split(' ').map(cell).collect();
    cells.ok_or_else(|| wrong(lookup, name, "no path in this plane", "name a text such as `0,0 1,0 1,1`"))
}

impl Plane {
    fn at(&self, [column, row]: [usize; 2]) -> [f64; 2] {
        [self.start + self.step * column as f64, GRID_TOP + ROW * row as f64]
    }

    /// Returns the first column drawn once more, where wraps arrive.
    fn again(&self, row: usize) -> [f64; 2] {
        [self.again, GRID_TOP + ROW * row as f64]
    }

    /// Returns the line of one hop; a wrap of the columns ends in the column drawn once more.
    fn hop(&self, from: [usize; 2], to: [usize; 2]) -> [[f64; 2]; 2] {
        match (from[0].abs_diff(to[0]) > 1, from[0] > to[0]) {
            (true, true) => [self.at(from), self.again(to[1])],
            (true, false) => [self.again(from[1]), self.at(to)],
            _ => [self.at(from), self.at(to)],
        }
    }
}

/// A plane of chips with the wraps of its columns as lines to the first column, drawn once more.
fn draw_plane(plane: &Plane, canvas: &mut Canvas<'_>) {
    let last = [plane.columns - 1, plane.rows - 1];
    let rows = (0..plane.rows).map(|row| [plane.at([0, row]), plane.at([last[0], row])]);
    let mut mesh: Vec<_> = rows.collect();
    for (column, &entered) in plane.closed.iter().enumerate() {
        let stub = |[x, y]: [f64; 2], length: f64| [x, y + length];
        if entered == 0 {
            mesh.push([stub(plane.at([column, 0]), -STUB), stub(plane.at([column, last[1]]), STUB)]);
            continue;
        }
        for [from, to] in [[0, entered - 1], [entered, last[1]]] {
            let [[x, top], [_, bottom]] = [plane.at([column, from]), plane.at([column, to])];
            mesh.push([[x, top], [x, bottom]]);
            let bulge = x + 0.55 * plane.step;
            let arc =
                format!("M{x:.1} {top:.1}C{bulge:.1} {top:.1} {bulge:.1} {bottom:.1} {x:.1} {bottom:.1}");
            canvas.path(&arc, bottom, "none", palette::VERMILION, 0.9);
        }
    }
    canvas.lines(&mesh, palette::LINE, 0.6);
    let mut wraps = [Vec::new(), Vec::new()];
    for (row, &entered) in plane.entered.iter().enumerate() {
        wraps[usize::from(entered != row)].push([plane.at([last[0], row]), plane.again(entered)]);
    }
    for (lines, colour) in wraps.iter().zip([palette::BLUE, palette::VERMILION]) {
        if !lines.is_empty() {
            canvas.lines(lines, colour, 0.9);
        }
    }
    let path: Vec<_> = plane.path.windows(2).map(|pair| plane.hop(pair[0], pair[1])).collect();
    if !path.is_empty() {
        canvas.lines(&path, palette::GREEN, 2.4);
    }
    let rows = (0..plane.rows).map(|row| [plane.at([0, row]), plane.at([last[0], row])]);
    canvas.dotted(&rows.collect::<Vec<_>>(), plane.step, 1.6, palette::INK);
    let again: Vec<_> = (0..plane.rows).map(|row| plane.again(row)).collect();
    canvas.dots(&again, 2.0, palette::SOFT);
    canvas.dots(&again, 1.2, palette::PAPER);
    let mut on_path: Vec<_> = plane.path.iter().map(|&cell| plane.at(cell)).collect();
    on_path.extend(path.iter().flatten().filter(|[x, _]| *x == plane.again));
    canvas.dots(&on_path, 2.0, palette::GREEN);
    let ends = plane.path.first().into_iter().chain(plane.path.last()).map(|&cell| plane.at(cell));
    canvas.dots(&ends.collect::<Vec<_>>(), 3.2, palette::GREEN);
    for row in 0..plane.rows {
        let baseline = GRID_TOP + ROW * row as f64 + 0.35 * TEXT;
        let (left, right) = ([plane.start - 6.0, baseline], [plane.again + 5.0, baseline]);
        canvas.text(&row.to_string(), left, Style::SOFT.anchored(Anchor::End));
        canvas.text(&row.to_string(), right, Style::SOFT);
    }
}
