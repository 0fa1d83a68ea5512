//! Charts over facts: lines, bars, intervals, heat maps; over the rows of results these and distributions; and panels of them.
//!
//! Each kind reads its description into a [`Plot`]: numbers alone, with every error found on the way. Then
//! the frame around it is measured, and the plot drawn inside.
//!
//! # What an author writes below `drawing:`
//!
//! An axis is `{title, unit}`. The unit is the key or symbol of a unit of facts (`ms`, `x`, `%`), or a word for
//! what plain numbers count (`nodes`); without it, the unit of the first fact. Facts of another unit are
//! converted or refused.
//! Besides: `scale: log`, `ticks: values` for ticks at the values shown, and `at_one: TEXT` for a line at
//! one.
//!
//! ```yaml
//! line:                                  # published values and intervals are drawn where facts have them
//!   x: {title: Size, unit: nodes, scale: log, ticks: values}
//!   y: {title: Uptime, unit: "%"}
//!   series:
//!     - {label: static, facts: uptime.*.99_0.static}    # `*` is the number on the x axis
//!     - {label: ring, x: curve.*.offered, facts: curve.*.accepted}    # or names the fact that is
//!     - label: long                                              # or point by point
//!       points: [{x: ring.128.nodes, fact: ring.128.mean_distance}]
//! bar:
//!   y: {title: Time, unit: ms}
//!   stacked: true                        # without it, side by side
//!   digits: 2
//!   categories: [one, two]
//!   series: [{label: mirrors, facts: [time.one, time.two]}]
//! interval:                              # a row each: value, 5 to 95 %, tick at the median, published mark below
//!   x: {title: Gain, unit: x, scale: log, at_one: no gain}
//!   relative: true                       # divided by its own median, to compare unlike facts
//!   moved_by: true                       # with the input that moves it most
//!   rows: [{label: In memory, fact: lookup.128.gain_over_host, digits: 1}]
//! heat:
//!   facts: uptime.{column}.{row}.mean
//!   value: {title: Uptime, unit: "%"}
//!   columns: {axis: {title: Size, unit: nodes}, keys: ["64", "128"]}
//!   rows: {axis: {title: Availability, unit: "%"}, keys: ["99_0", "99_5"], labels: ["99.0", "99.5"]}
//! panels:                                # axes that measure the same share one scale
//!   columns: 2
//!   panels: [{title: Left, width: 0.6, chart: {bar: ...}}, {title: Right, chart: {line: ...}}]
//! ```
//!
//! In place of facts, `rows` says which rows of a source of `paper/results.yaml` are shown, and what of them. `x` and
//! `y` are columns, `take` a statistic as in facts, and `by` the column of which each value has a series; its values
//! stand in the order in which they first appear.
//!
//! ```yaml
//! line:                                  # a point for each value of `x`, its interval as a band
//!   x: {title: Size, unit: KiB, scale: log}
//!   y: {title: Latency, unit: ms}
//!   rows: {from: runs, where: {work: read}, x: size, take: median latency_ms, by: system, interval: bootstrap}
//! bar:                                   # a category for each value of `x`
//!   y: {title: Latency, unit: ms}
//!   rows: {from: runs, x: work, take: median latency_ms, by: system, interval: bootstrap}
//! box:                                   # quartiles, whiskers of Tukey, outliers; `violin` has densities
//!   y: {title: Latency, unit: ms}
//!   rows: {from: runs, x: work, y: latency_ms, by: system}
//! scatter:
//!   x: {title: Size, unit: KiB}
//!   y: {title: Latency, unit: ms}
//!   rows: {from: runs, x: size, y: latency_ms, by: system}
//!   fit: true                            # lines of least squares
//! histogram:
//!   x: {title: Latency, unit: ms}
//!   y: {title: Runs}
//!   rows: {from: runs, x: latency_ms, by: system}
//!   bins: 20                             # without it, as many as Freedman and Diaconis have
//! ecdf:
//!   x: {title: Latency, unit: ms}
//!   y: {title: Share of runs, unit: "%"}
//!   rows: {from: runs, x: latency_ms, by: system}
//! heatmap:                               # a statistic by two columns
//!   value: {title: Latency, unit: ms}
//!   x: {title: Size, unit: KiB}
//!   y: {title: System}
//!   rows: {from: runs, x: size, y: system, take: median latency_ms}
//! panels:                                # one chart for each value of a column
//!   columns: 2
//!   by: work
//!   chart: {box: ...}
//! ```

mod annotation;
mod axis;
mod bar;
mod category;
mod datum;
mod distribution;
mod ecdf;
mod heat;
mod heatmap;
mod histogram;
mod interval;
mod key;
mod kind;
mod label;
mod line;
mod mark;
mod panels;
mod plane;
mod quantity;
mod ramp;
mod rows;
mod scale;
mod scatter;
mod time;

use std::path::Path;

pub use kind::Chart;
pub use panels::{Panels, draw_panels};
pub use rows::PanelValue;

use super::Lookup;
use super::canvas::Canvas;
use crate::diagnostic::Diagnostics;
use crate::results::RowsSpec;
use axis::{Area, Axis};
use key::Key;

/// A description of a chart that can be read.
pub trait Spec {
    /// Looks every fact up.
    ///
    /// # Errors
    /// Everything that is wrong with the chart, located.
    fn plot(&self, lookup: &Lookup<'_>) -> Result<Box<dyn Plot>, Diagnostics>;

    /// Returns the rows that are shown, where the chart is described in a file and shows any.
    fn rows<'l>(&'l self, _file: &'l Path) -> Option<RowsSpec<'l>> {
        None
    }
}

/// A chart whose numbers are known and whose place is not.
pub trait Plot {
    /// Returns the axes that panels can share.
    fn axes(&mut self) -> Vec<&mut Axis>;

    /// Room that the plot needs around itself, for a plot of about this width.
    fn margins(&self, canvas: &Canvas<'_>, width: f64, place: PanelEdges) -> Margins;

    /// Height of the plot itself.
    fn height(&self) -> f64;

    /// Height of the plot beside a taller one.
    fn height_beside(&self, _tallest: f64) -> f64 {
        self.height()
    }

    /// Says what does not fit a plot of this width.
    fn cramped(&self, _canvas: &Canvas<'_>, _width: f64) -> Option<String> {
        None
    }

    /// Draws everything inside the area, and the axes around it.
    fn draw(&self, canvas: &mut Canvas<'_>, area: Area, place: PanelEdges);

    /// Returns what a reader has to be told besides direct labels.
    fn keys(&self, place: PanelEdges) -> Vec<Key>;

    /// Names of the series where each can be written at its end, in a plot of this height.
    fn end_labels(&self) -> Vec<String> {
        Vec::new()
    }

    /// Says what is shown of which rows, where there are any.
    fn told(&self) -> Option<&str> {
        None
    }
}

/// Says that a text is wider than its place.
fn too_wide(text: &str) -> String {
    format!("`{text}` is too wide for its place in the chart")
}

/// What a plot may draw beside itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PanelEdges {
    /// Whether the vertical axis is drawn here, not in a panel to the left.
    pub axis: bool,
    /// Whether series are named at their ends.
    pub ends: bool,
}

/// Room around a plot, in points.
#[derive(Clone, Copy, Debug, Default)]
pub struct Margins {
    /// Left of it.
    pub left: f64,
    /// Right of it.
    pub right: f64,
    /// Above it.
    pub top: f64,
    /// Below it.
    pub bottom: f64,
}

/// Free room at the left and right of a drawing.
const EDGE: f64 = 5.0;
/// Free room above the first line of text.
const TOP: f64 = 3.0;

/// The narrowest plot that can be read.
const NARROWEST: f64 = 50.0;

/// Refuses a plot that its labels leave no room, or that is too narrow for them.
fn check_room(
    plot: &dyn Plot,
    lookup: &Lookup<'_>,
    canvas: &Canvas<'_>,
    width: f64,
) -> Result<(), Diagnostics> {
    let message = match plot.cramped(canvas, width) {
        Some(message) => message,
        None if width < NARROWEST => "the labels leave the chart no room".to_owned(),
        None => return Ok(()),
    };
    Err(lookup.whole(&message, "shorten the labels, or write `wide: true`").into())
}

/// Draws one chart over the whole width.
///
/// # Errors
/// Everything that is wrong with the chart, located.
pub fn draw<'a>(
    spec: &dyn Spec,
    lookup: &Lookup<'_>,
    mut canvas: Canvas<'a>,
) -> Result<Canvas<'a>, Diagnostics> {
    let plot = spec.plot(lookup)?;
    let width = canvas.width() - 2.0 * EDGE;
    let labels = plot.end_labels();
    let place = PanelEdges { axis: true, ends: label::fit_ends(&canvas, &labels, width, plot.height()) };
    let margins = plot.margins(&canvas, width, place);
    let area = Area {
        left: EDGE + margins.left,
        top: TOP + margins.top,
        width: width - margins.left - margins.right,
        height: plot.height(),
    };
    check_room(plot.as_ref(), lookup, &canvas, area.width)?;
    plot.draw(&mut canvas, area, place);
    plot.told().into_iter().for_each(|told| canvas.tell(told));
    key::draw(&mut canvas, &plot.keys(place), [EDGE, width], area.bottom() + margins.bottom);
    Ok(canvas)
}
