//! The frame of panels that stand side by side: their places, headings and metrics, and the words of a
//! legend.

use super::label::{Metric, metrics};
use paper_engine::diagnostic::Diagnostics;
use paper_engine::figure::Lookup;
use paper_engine::figure::canvas::{Canvas, Style};
use paper_engine::figure::palette;

/// Free space at the edges of a drawing.
pub const MARGIN: f64 = 8.0;
/// Free space between two panels.
const GAP: f64 = 12.0;
/// Free space behind an entry of a legend.
const ENTRY_GAP: f64 = 14.0;

/// Returns the left edge and the width of each panel.
pub fn places(canvas: &Canvas<'_>, count: usize) -> impl Iterator<Item = [f64; 2]> + use<> {
    let gaps = count.saturating_sub(1) as f64 * GAP;
    let width = (canvas.width() - 2.0 * MARGIN - gaps) / count.max(1) as f64;
    (0..count).map(move |index| [MARGIN + (width + GAP) * index as f64, width])
}

/// Writes title and note of a panel.
pub fn heading(canvas: &mut Canvas<'_>, left: f64, title: &str, note: &str) {
    canvas.text(title, [left, 14.0], Style::TITLE);
    canvas.text(note, [left, 25.0], Style::SOFT);
}

/// Writes the metrics of a panel from `top` on, below a line that lies `above` them.
pub fn footing(
    rows: &[Metric],
    lookup: &Lookup<'_>,
    canvas: &mut Canvas<'_>,
    [left, width]: [f64; 2],
    [top, above]: [f64; 2],
) -> Result<(), Diagnostics> {
    canvas.line([left, top - above], [left + width, top - above], palette::LINE, 0.6);
    metrics(rows, lookup, canvas, [left, top], width)
}

/// Writes the words of an entry of a legend and returns where the next entry begins.
pub fn entry(canvas: &mut Canvas<'_>, text: &str, [x, y]: [f64; 2]) -> f64 {
    canvas.text(text, [x, y], Style::SOFT);
    x + canvas.measure(text, Style::SOFT) + ENTRY_GAP
}
