//! Charts over facts: lines, bars, intervals, heat maps, and panels of these.
//!
//! Each kind reads its description into a [`Plot`]: numbers alone, with every error found on the way. Then
//! the frame around it is measured, and the plot drawn inside.

mod axis;
mod bar;
mod datum;
mod heat;
mod interval;
mod key;
mod label;
mod line;
mod mark;
mod panels;
mod quantity;
mod scale;

pub use bar::Bar;
pub use heat::Heat;
pub use interval::Interval;
pub use line::Line;
pub use panels::{Panels, draw_panels};

use super::Lookup;
use super::canvas::Canvas;
use crate::diagnostic::Diagnostics;
use axis::{Area, Axis};
use key::Key;

/// A description of a chart that can be read.
pub trait Spec {
    /// Looks every fact up.
    ///
    /// # Errors
    /// Everything that is wrong with the chart, located.
    fn plot(&self, lookup: &Lookup<'_>) -> Result<Box<dyn Plot>, Diagnostics>;
}

/// A chart whose numbers are known and whose place is not.
pub trait Plot {
    /// The axes that panels can share.
    fn axes(&mut self) -> Vec<&mut Axis>;

    /// Room that the plot needs around itself, for a plot of about this width.
    fn margins(&self, canvas: &Canvas<'_>, width: f64, place: Place) -> Margins;

    /// Height of the plot itself.
    fn height(&self) -> f64;

    /// Height of the plot beside a taller one.
    fn height_beside(&self, _tallest: f64) -> f64 {
        self.height()
    }

    /// Draws everything inside the area, and the axes around it.
    fn draw(&self, canvas: &mut Canvas<'_>, area: Area, place: Place);

    /// What a reader has to be told besides direct labels.
    fn keys(&self, place: Place) -> Vec<Key>;

    /// Names of the series where each can be written at its end, in a plot of this height.
    fn end_labels(&self) -> Vec<String> {
        Vec::new()
    }
}

/// What a plot may draw beside itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
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
    let place = Place { axis: true, ends: label::fit_ends(&canvas, &labels, width, plot.height()) };
    let margins = plot.margins(&canvas, width, place);
    let area = Area {
        left: EDGE + margins.left,
        top: TOP + margins.top,
        width: width - margins.left - margins.right,
        height: plot.height(),
    };
    plot.draw(&mut canvas, area, place);
    key::draw(&mut canvas, &plot.keys(place), [EDGE, width], area.bottom() + margins.bottom);
    Ok(canvas)
}
