//! A failed cube and its spare in four panels, above curves of goodput.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::arrow::arrow;
use super::curves::{self, Curves};
use super::label::{Metric, arm, wrong};
use super::panel::{MARGIN, entry, footing, heading, places};
use paper_engine::diagnostic::Diagnostics;
use paper_engine::figure::Lookup;
use paper_engine::figure::canvas::{Canvas, LEADING};
use paper_engine::figure::palette;

/// The machine, its slices, what fails and what replaces it, and the panels, left to right.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FaultPanels {
    /// Fact: the spare cubes.
    #[schemars(with = "String")]
    spare_cubes: Spanned<String>,
    /// The cubes of each slice; slices stand one after another, in the order of Z arms.
    #[schemars(with = "Vec<String>")]
    slices: Vec<Spanned<String>>,
    /// Text: the Z arm of the cube that fails.
    #[schemars(with = "String")]
    failed: Spanned<String>,
    /// Text: the Z arm of the spare cube that takes its place.
    #[schemars(with = "String")]
    spare: Spanned<String>,
    /// The panels.
    panels: Vec<Panel>,
    /// The curves below them.
    curves: Curves,
}

/// One moment of the machine.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Panel {
    /// Its title.
    title: String,
    /// What stands below the title.
    note: String,
    /// What has happened.
    state: SliceState,
    /// Rows of facts below it.
    metrics: Vec<Metric>,
}

/// What has happened to the slice with the cube that fails.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
enum SliceState {
    /// Nothing.
    Normal,
    /// The cube has failed.
    Failure,
    /// The spare takes its place.
    Remap,
    /// The slice runs again.
    Recovered,
}

/// The cubes of the machine as a drawing needs them.
struct Machine {
    slices: Vec<usize>,
    spares: usize,
    failed: usize,
    spare: usize,
}

const SIDE: usize = 4;
const BOARD: usize = SIDE * SIDE;
const CELL: f64 = 9.0;
const BOX: f64 = 7.6;
const TOP: f64 = 34.0;
/// Distance from one board to the next.
const STRIDE: f64 = CELL * SIDE as f64 + 6.0;

/// Draws the panels, a legend, and the curves.
pub fn draw<'a>(
    spec: &FaultPanels,
    lookup: &Lookup<'_>,
    mut canvas: Canvas<'a>,
) -> Result<Canvas<'a>, Diagnostics> {
    let mut errors = Diagnostics::default();
    let bottom = TOP + 2.0 * STRIDE + 4.0;
    let machine = errors.take(machine(spec, lookup));
    for (panel, place) in spec.panels.iter().zip(places(&canvas, spec.panels.len())) {
        let left = place[0];
        heading(&mut canvas, left, &panel.title, &panel.note);
        if let Some(machine) = &machine {
            machine.draw(panel.state, &mut canvas, left);
        }
        errors.take(footing(&panel.metrics, lookup, &mut canvas, place, [bottom, 3.0]));
    }
    let rows = spec.panels.iter().map(|panel| panel.metrics.len()).max().unwrap_or(0);
    let legend_at = bottom + LEADING * rows as f64 + 16.0;
    legend(&mut canvas, legend_at);
    errors.take(curves::draw(&spec.curves, lookup, &mut canvas, legend_at + 22.0));
    errors.into_result(canvas)
}

fn machine(spec: &FaultPanels, lookup: &Lookup<'_>) -> Result<Machine, Diagnostics> {
    let mut errors = Diagnostics::default();
    let slices = spec.slices.iter().map(|name| errors.take(lookup.number(name)).map(|cubes| cubes as usize));
    let slices: Option<Vec<usize>> = slices.collect();
    let spares = errors.take(lookup.number(&spec.spare_cubes)).map(|cubes| cubes as usize);
    let failed = errors.take(cube(&spec.failed, lookup));
    let spare = errors.take(cube(&spec.spare, lookup));
    let (Some(slices), Some(spares), Some(failed), Some(spare)) = (slices, spares, failed, spare) else {
        return Err(errors);
    };
    Ok(Machine { slices, spares, failed, spare })
}

/// Returns the number of the cube with the Z arm that a fact holds; spares follow the grid of cubes.
fn cube(name: &Spanned<String>, lookup: &Lookup<'_>) -> Result<usize, Diagnostics> {
    let numbers = arm(&lookup.fact(name)?.display(None));
    let Some([a, b, c]) = numbers.filter(|numbers| numbers[1..].iter().all(|&number| number <= SIDE)) else {
        return Err(wrong(lookup, name, "no Z arm", "name a fact such as `remap.example.failed_cube`"));
    };
    Ok((a - 1) * BOARD + (b - 1) * SIDE + c - 1)
}

impl Machine {
    /// Returns the corner of a cube: four boards in a square, spares in a column beside them.
    fn corner(cube: usize, left: f64) -> [f64; 2] {
        let (board, row, column) = (cube / BOARD, cube / SIDE % SIDE, cube % SIDE);
        if board >= SIDE {
            let spare = cube - SIDE * BOARD;
            return [left + 2.0 * STRIDE + 10.0, TOP + CELL * spare as f64];
        }
        let x = left + STRIDE * (board % 2) as f64 + CELL * column as f64;
        [x, TOP + STRIDE * (board / 2) as f64 + CELL * row as f64]
    }

    fn draw(&self, state: SliceState, canvas: &mut Canvas<'_>, left: f64) {
        let stopped = matches!(state, SliceState::Failure | SliceState::Remap);
        let mut first = 0;
        for (index, &cubes) in self.slices.iter().enumerate() {
            let members = first..first + cubes;
            let is_hit = members.contains(&self.failed);
            let corners = members.filter(|&cube| cube != self.failed || state == SliceState::Normal);
            let corners: Vec<_> = corners.map(|cube| Self::corner(cube, left)).collect();
            let [stroke, fill] = match (is_hit && stopped, index % 2) {
                (true, _) => [palette::SOFT, palette::PAPER],
                (false, 0) => [palette::BLUE, palette::PALE_BLUE],
                (false, _) => [palette::BLUE, palette::BLUE],
            };
            canvas.squares(&corners, BOX, fill, stroke);
            first += cubes;
        }
        let spares = (SIDE * BOARD..).take(self.spares);
        let spares = spares.filter(|&cube| cube != self.spare || state < SliceState::Remap);
        let spares: Vec<_> = spares.map(|cube| Self::corner(cube, left)).collect();
        canvas.squares(&spares, BOX, palette::PALE_GREEN, palette::GREEN);
        if state == SliceState::Normal {
            return;
        }
        let failed = Self::corner(self.failed, left);
        cross(canvas, failed);
        if state < SliceState::Remap {
            return;
        }
        let spare = Self::corner(self.spare, left);
        let fill = if state == SliceState::Remap { palette::PAPER } else { palette::PALE_BLUE };
        canvas.squares(&[spare], BOX, fill, palette::GREEN);
        canvas.dots(&[spare.map(|edge| edge + BOX / 2.0)], 1.8, palette::GREEN);
        if state == SliceState::Remap {
            let ends = [failed, spare].map(|corner| corner.map(|edge| edge + BOX / 2.0));
            arrow(canvas, ends, [BOX / 2.0 + 1.0, BOX / 2.0 + 1.0], -10.0, palette::VERMILION);
        }
    }
}

/// A failed cube.
fn cross(canvas: &mut Canvas<'_>, [x, y]: [f64; 2]) {
    canvas.squares(&[[x, y]], BOX, palette::VERMILION, palette::VERMILION);
    let (near, far) = (1.8, BOX - 1.8);
    let strokes = [[[x + near, y + near], [x + far, y + far]], [[x + near, y + far], [x + far, y + near]]];
    canvas.lines(&strokes, palette::PAPER, 1.1);
}

fn legend(canvas: &mut Canvas<'_>, y: f64) {
    let mut x = MARGIN;
    let entries = [
        ("first slice runs", palette::PALE_BLUE, palette::BLUE),
        ("second slice runs", palette::BLUE, palette::BLUE),
        ("stands still", palette::PAPER, palette::SOFT),
        ("failed", palette::VERMILION, palette::VERMILION),
        ("spare", palette::PALE_GREEN, palette::GREEN),
        ("spare in use", palette::PALE_BLUE, palette::GREEN),
    ];
    for (index, (text, fill, stroke)) in entries.into_iter().enumerate() {
        let corner = [x, y - 6.5];
        match index {
            3 => cross(canvas, corner),
            _ => canvas.squares(&[corner], BOX, fill, stroke),
        }
        if index == 5 {
            canvas.dots(&[corner.map(|edge| edge + BOX / 2.0)], 1.8, palette::GREEN);
        }
        x = entry(canvas, text, [x + 12.0, y]);
    }
}
