//! Small multiples: charts side by side, with one scale where they measure the same; several charts, or one for each
//! value of a column.

use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::super::Lookup;
use super::super::canvas::{Canvas, Style};
use super::axis::{Area, Axis};
use super::key::{self, Key};
use super::{Chart, EDGE, Margins, PanelEdges, PanelValue, Plot, Spec, TOP, check_room, label};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source;

/// The panels, row by row: several charts, or one chart of the rows that have each value of a column.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Panels {
    /// How many panels stand side by side.
    #[schemars(with = "usize")]
    columns: Spanned<usize>,
    /// The panels, row by row.
    #[serde(default)]
    panels: Vec<Panel>,
    /// The column of which each value has a panel, in place of `panels`.
    #[schemars(with = "Option<String>")]
    by: Option<Spanned<String>>,
    /// The chart of each of these panels.
    chart: Option<Chart>,
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

/// A panel whose numbers are known.
struct PlotPanel {
    title: String,
    share: f64,
    plot: Box<dyn Plot>,
}

/// The most panels of one figure.
const MOST_PANELS: usize = 24;
/// Room between two panels.
const GAP: f64 = 14.0;
/// Height of the title of a panel.
const TITLE: f64 = 13.0;

impl Panels {
    /// Returns whether rows of results are shown.
    pub fn has_rows(&self) -> bool {
        let charts = self.panels.iter().map(|panel| &panel.chart).chain(&self.chart);
        charts.into_iter().any(|chart| chart.spec().rows(Path::new("")).is_some())
    }

    /// Reads the chart of each panel.
    fn plots(&self, lookup: &Lookup<'_>) -> Result<Vec<PlotPanel>, Diagnostics> {
        match (&self.by, &self.chart) {
            (None, None) if !self.panels.is_empty() => {
                let mut errors = Diagnostics::default();
                let plots = self.panels.iter().filter_map(|Panel { title, width, chart }| {
                    let plot = errors.take(chart.spec().plot(lookup))?;
                    let share = width.as_ref().map_or(1.0, |width| width.value);
                    Some(PlotPanel { title: title.clone(), share, plot })
                });
                let plots = plots.collect();
                errors.into_result(plots)
            }
            (Some(by), Some(chart)) if self.panels.is_empty() => by_column(lookup, by, chart.spec()),
            _ => {
                let remedy = "add one below `panels:`, or write `by: column` and one `chart:` of rows";
                Err(lookup.whole("the figure has no panel", remedy).into())
            }
        }
    }
}

/// Reads one chart for each value of a column of its rows.
fn by_column(
    lookup: &Lookup<'_>,
    by: &Spanned<String>,
    chart: &dyn Spec,
) -> Result<Vec<PlotPanel>, Diagnostics> {
    let place = lookup.place(by);
    let Some(spec) = chart.rows(&lookup.file) else {
        let error = Diagnostic::new(place, "a chart of facts has no columns that panels are made by");
        return Err(error.remedy("give the chart `rows:`, or list `panels:`").into());
    };
    let (rows, columns) = lookup.frames.rows(spec, &[(by.value.as_str(), place.clone())])?;
    let values: Vec<String> =
        rows.groups(&columns, &rows.chosen)?.into_iter().map(|group| group.values.concat()).collect();
    if values.is_empty() || values.len() > MOST_PANELS {
        let message = format!("a figure has 1 to {MOST_PANELS} panels, and here are {}", values.len());
        return Err(Diagnostic::new(place, message).remedy("ask for other rows under `where`").into());
    }
    let mut errors = Diagnostics::default();
    let plots = values.into_iter().filter_map(|value| {
        let panel = PanelValue { column: by, value: &value };
        let plot = errors.take(chart.plot(&lookup.of_panel(panel)))?;
        Some(PlotPanel { title: value, share: 1.0, plot })
    });
    let plots = plots.collect();
    errors.into_result(plots)
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
    let plots = errors.take(spec.plots(lookup));
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
    let mut plots = errors.require(plots)?;
    let shares = share_axes(&mut plots);
    let width = canvas.width() - 2.0 * EDGE;
    let labels = plots[0].plot.end_labels();
    let alike = plots.iter().all(|panel| panel.plot.end_labels() == labels);
    let ends = alike && label::fit_ends(&canvas, &labels, width * 0.6, plots[0].plot.height());
    let place = |index: usize| PanelEdges {
        axis: !shares || index.is_multiple_of(columns),
        ends: ends && (index % columns + 1 == columns || index + 1 == plots.len()),
    };
    let mut top = TOP;
    let mut keys: Vec<Key> = Vec::new();
    for (row, chunk) in plots.chunks(columns).enumerate() {
        let first = row * columns;
        // A row that is not full keeps the widths of a full one, so that panels compare from row to row.
        let missing = (columns - chunk.len()) as f64;
        let shares = chunk.iter().map(|panel| panel.share).sum::<f64>() + missing;
        let around = |widths: &[f64]| -> Vec<Margins> {
            let plots = chunk.iter().zip(widths).enumerate();
            plots
                .map(|(column, (panel, width))| panel.plot.margins(&canvas, *width, place(first + column)))
                .collect()
        };
        let guess = vec![width / columns as f64 - GAP; chunk.len()];
        let guessed = around(&guess);
        let sides: f64 = guessed.iter().map(|margins| margins.left + margins.right).sum();
        let unit = (width - sides - GAP * (columns - 1) as f64) / shares;
        // Names of categories break by the width that is known now.
        let widths: Vec<f64> = chunk
            .iter()
            .zip(&guessed)
            .map(|(panel, margins)| unit * panel.share + margins.left + margins.right)
            .collect();
        let margins = around(&widths);
        let above = margins.iter().map(|margins| margins.top).fold(0.0, f64::max);
        let tallest = chunk.iter().map(|panel| panel.plot.height()).fold(0.0, f64::max);
        let below = chunk
            .iter()
            .zip(&margins)
            .map(|(panel, margins)| panel.plot.height_beside(tallest) + margins.bottom);
        let below = below.fold(0.0, f64::max);
        let mut left = EDGE;
        for (column, (panel, margins)) in chunk.iter().zip(&margins).enumerate() {
            let (index, plot) = (first + column, panel.plot.as_ref());
            canvas.text(&panel.title, [left, top + TITLE - 5.0], Style::TITLE);
            let area = Area {
                left: left + margins.left,
                top: top + TITLE + above,
                width: unit * panel.share,
                height: plot.height_beside(tallest),
            };
            check_room(plot, lookup, &canvas, area.width)?;
            plot.draw(&mut canvas, area, place(index));
            plot.told().into_iter().for_each(|told| canvas.tell(told));
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
fn share_axes(panels: &mut [PlotPanel]) -> bool {
    let all: Vec<Vec<Axis>> =
        panels.iter_mut().map(|one| one.plot.axes().into_iter().map(|axis| axis.clone()).collect()).collect();
    for panel in panels.iter_mut() {
        for axis in panel.plot.axes() {
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
