//! Categories side by side below a plot, each with a slot for every series.

use super::super::canvas::{Anchor, Canvas, LEADING, Style};
use super::axis::{ABOVE, Area, Axis};
use super::{Margins, label, too_wide};

/// Categories from left to right.
#[derive(Clone, Debug)]
pub struct Categories {
    /// Their names.
    pub names: Vec<String>,
    /// How many series each has.
    pub series: usize,
}

/// The widest mark of a series.
pub const WIDEST: f64 = 34.0;
/// The narrowest room for a mark that can be seen.
const NARROWEST: f64 = 3.2;
/// The share of a category that its marks fill.
const FILLED: f64 = 0.78;

impl Categories {
    /// Width of a category in a plot of this width.
    pub fn group(&self, width: f64) -> f64 {
        width / self.names.len().max(1) as f64
    }

    /// Width of the slot of a series.
    pub fn slot(&self, width: f64) -> f64 {
        (self.group(width) * FILLED / self.series.max(1) as f64).min(WIDEST)
    }

    /// The middle of a category.
    pub fn middle(&self, area: Area, category: usize) -> f64 {
        area.left + self.group(area.width) * (category as f64 + 0.5)
    }

    /// The middle of the slot of a series in a category.
    pub fn centre(&self, area: Area, category: usize, series: usize) -> f64 {
        let places = series as f64 + 0.5 - self.series.max(1) as f64 / 2.0;
        self.middle(area, category) + self.slot(area.width) * places
    }

    fn lines(&self, canvas: &Canvas<'_>, width: f64) -> Vec<Vec<String>> {
        let room = self.group(width) - 3.0;
        self.names.iter().map(|name| label::wrap(canvas, name, room, Style::PLAIN)).collect()
    }

    /// Room around a plot of about this width and this height: for the names below it, and at its left for the labels
    /// of the axis of values, where that is drawn.
    pub fn margins(
        &self,
        canvas: &Canvas<'_>,
        values: &Axis,
        [width, height]: [f64; 2],
        titled: bool,
    ) -> Margins {
        let left = if titled { values.label_width(canvas, height) } else { 0.0 };
        let lines = self.lines(canvas, width - left - 1.0).iter().map(Vec::len).max().unwrap_or(1);
        Margins { left, right: 1.0, top: ABOVE + 3.0, bottom: 4.0 + LEADING * lines as f64 }
    }

    /// Says what does not fit a plot of this width.
    pub fn cramped(&self, canvas: &Canvas<'_>, width: f64) -> Option<String> {
        let room = self.group(width);
        let lines = self.lines(canvas, width).into_iter().flatten();
        let wide = lines.into_iter().find(|line| canvas.measure(line, Style::PLAIN) > room);
        wide.map(|line| too_wide(&line)).or_else(|| {
            let (categories, series) = (self.names.len(), self.series);
            (self.slot(width) < NARROWEST)
                .then(|| format!("{categories} categories of {series} series leave each no room"))
        })
    }

    /// Writes the names below a plot.
    pub fn draw(&self, canvas: &mut Canvas<'_>, area: Area) {
        for (category, lines) in self.lines(canvas, area.width).iter().enumerate() {
            let x = self.middle(area, category);
            for (index, line) in lines.iter().enumerate().filter(|(_, line)| !line.is_empty()) {
                let y = area.bottom() + 10.0 + LEADING * index as f64;
                canvas.text(line, [x, y], Style::PLAIN.anchored(Anchor::Middle));
            }
        }
    }
}
