//! Small multiples: charts side by side, with one scale where they measure the same.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::super::Lookup;
use super::super::canvas::{Canvas, Style};
use super::axis::{Area, Axis};
use super::key::{self, Key};
use super::{Bar, EDGE, Heat, Interval, Line, Margins, PanelEdges, Plot, Spec, TOP, check_room, label};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source;

/// The panels, row by row.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Panels {
    /// How many panels stand side by side.
    #[schemars(with = "usize")]
    columns: Spanned<usize>,
    /// The panels, row by row.
    panels: Vec<Panel>,
}

/// One panel.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Panel {
    /// Its title.
    title: String,
    /// Width of its plot beside those of the others.
    #[schemars(with = "Option<f64>")]
    width: Option<Spanned<f64>>,
    /// Its chart.
    chart: Chart,
}

/// The chart of a panel.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Chart {
    /// Bars side by side or stacked.
    Bar(Bar),
    /// A map over two keys.
    Heat(Box<Heat>),
    /// Values with their ranges.
    Interval(Interval),
    /// Lines.
    Line(Line),
}

/// Room between two panels.
const GAP: f64 = 14.0;
/// Height of the title of a panel.
const TITLE: f64 = 13.0;

impl Panel {
    fn share(&self) -> f64 {
        self.width.as_ref().map_or(1.0, |width| width.value)
    }
}

impl Chart {
    fn spec(&self) -> &dyn Spec {
        match self {
            Self::Bar(chart) => chart,
            Self::Heat(chart) => chart.as_ref(),
            Self::Interval(chart) => chart,
            Self::Line(chart) => chart,
        }
    }
}

/// Draws the panels over the whole width, and one key for all.
///
/// # Errors
/// Everything that is wrong with any of the charts, located.
pub fn draw_panels<'a>(
    spec: &Panels,
    lookup: &Lookup<'_>,
    mut canvas: Canvas<'a>,
) -> Result<Canvas<'a>, Diagnostics> {
    let mut errors = Diagnostics::default();
    let mut plots = Vec::new();
    for panel in &spec.panels {
        plots.extend(errors.take(panel.chart.spec().plot(lookup)));
    }
    if spec.panels.is_empty() {
        errors.push(lookup.whole("the figure has no panel", "add one below `panels:`"));
    }
    let columns = spec.columns.value;
    if columns == 0 {
        let place = source::place(&lookup.file, &spec.columns);
        errors.push(Diagnostic::new(place, "panels need a column").remedy("write `columns: 2`, or more"));
    }
    let widths = spec.panels.iter().filter_map(|panel| panel.width.as_ref());
    for width in widths.filter(|width| !(width.value > 0.0 && width.value.is_finite())) {
        let place = source::place(&lookup.file, width);
        errors.push(
            Diagnostic::new(place, "a panel needs a width").remedy("write a positive `width:`, or none"),
        );
    }
    errors.into_result(())?;
    let shares = share_axes(&mut plots);
    let width = canvas.width() - 2.0 * EDGE;
    let labels = plots[0].end_labels();
    let alike = plots.iter().all(|plot| plot.end_labels() == labels);
    let ends = alike && label::fit_ends(&canvas, &labels, width * 0.6, plots[0].height());
    let place = |index: usize| PanelEdges {
        axis: !shares || index.is_multiple_of(columns),
        ends: ends && (index % columns + 1 == columns || index + 1 == plots.len()),
    };
    let mut top = TOP;
    let mut keys: Vec<Key> = Vec::new();
    for (row, chunk) in plots.chunks(columns).enumerate() {
        let first = row * columns;
        let panels = &spec.panels[first..first + chunk.len()];
        // A row that is not full keeps the widths of a full one, so that panels compare from row to row.
        let missing = (columns - chunk.len()) as f64;
        let shares = panels.iter().map(Panel::share).sum::<f64>() + missing;
        let around = |widths: &[f64]| -> Vec<Margins> {
            let plots = chunk.iter().zip(widths).enumerate();
            plots
                .map(|(column, (plot, width))| plot.margins(&canvas, *width, place(first + column)))
                .collect()
        };
        let guess = vec![width / columns as f64 - GAP; chunk.len()];
        let guessed = around(&guess);
        let sides: f64 = guessed.iter().map(|margins| margins.left + margins.right).sum();
        let unit = (width - sides - GAP * (columns - 1) as f64) / shares;
        // Names of categories break by the width that is known now.
        let widths: Vec<f64> = panels
            .iter()
            .zip(&guessed)
            .map(|(panel, margins)| unit * panel.share() + margins.left + margins.right)
            .collect();
        let margins = around(&widths);
        let above = margins.iter().map(|margins| margins.top).fold(0.0, f64::max);
        let tallest = chunk.iter().map(|plot| plot.height()).fold(0.0, f64::max);
        let below =
            chunk.iter().zip(&margins).map(|(plot, margins)| plot.height_beside(tallest) + margins.bottom);
        let below = below.fold(0.0, f64::max);
        let mut left = EDGE;
        for (column, (plot, margins)) in chunk.iter().zip(&margins).enumerate() {
            let index = first + column;
            canvas.text(&panels[column].title, [left, top + TITLE - 5.0], Style::TITLE);
            let area = Area {
                left: left + margins.left,
                top: top + TITLE + above,
                width: unit * panels[column].share(),
                height: plot.height_beside(tallest),
            };
            check_room(plot.as_ref(), lookup, &canvas, area.width)?;
            plot.draw(&mut canvas, area, place(index));
            left = area.right() + margins.right + GAP;
            for key in plot.keys(PanelEdges { axis: true, ends }) {
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
        }
        top += TITLE + above + below + GAP / 2.0;
    }
    key::draw(&mut canvas, &keys, [EDGE, width], top - GAP / 2.0);
    Ok(canvas)
}

/// Gives axes that measure the same one extent; says whether all panels share their vertical axis.
fn share_axes(plots: &mut [Box<dyn Plot>]) -> bool {
    let all: Vec<Vec<Axis>> =
        plots.iter_mut().map(|plot| plot.axes().into_iter().map(|axis| axis.clone()).collect()).collect();
    for plot in plots.iter_mut() {
        for axis in plot.axes() {
            for other in all.iter().flatten() {
                if axis.is_like(other) {
                    axis.join(other);
                }
            }
        }
    }
    let Some(first) = all.first() else { return false };
    first.last().is_some_and(|axis| {
        all.iter()
            .all(|other| other.len() == first.len() && other.last().is_some_and(|last| axis.is_like(last)))
    })
}
