//! Several drawings and pictures in one figure, each with a letter below it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::Shown;
use super::canvas::{Anchor, Canvas, Style};
use super::content::{Content, with_content};
use super::drawing::{AnyDrawing, StudyDrawing};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{self, panel_letter};

/// Points between two panels.
const GAP: f64 = 10.0;
/// Points between a panel and the baseline of its letter.
const BELOW: f64 = 9.0;
/// Points between a letter and the panel below it.
const BETWEEN_ROWS: f64 = 8.0;
/// The most panels of a figure: one for each letter.
const MOST: usize = 26;

with_content! {
    /// A panel as its author describes it.
    #[schemars(bound = "D: StudyDrawing", rename = "Panel")]
    pub(super) struct PanelFile {
        /// What it shows, in Markdown.
        caption: String,
    }
}

/// One part of a figure.
#[derive(Clone, Debug)]
pub struct Panel {
    /// What it shows, in Markdown.
    pub caption: String,
    /// What a reader who cannot see it needs.
    pub alt: String,
    pub(super) shown: Shown,
}

/// The panels of a figure, in rows.
#[derive(Clone, Debug)]
pub(super) struct Panels {
    pub panels: Vec<Panel>,
    columns: usize,
}

impl Panels {
    /// Reads the panels of the figure that `described` describes.
    ///
    /// # Errors
    /// Too few or too many of them, and whatever is wrong with each.
    pub fn read<D: StudyDrawing>(
        root: &Path,
        described: &Path,
        files: Spanned<Vec<Spanned<PanelFile<D>>>>,
        columns: Option<&Spanned<usize>>,
        wide: bool,
    ) -> Result<Self, Diagnostics> {
        let mut errors = Diagnostics::default();
        let count = files.value.len();
        if !(2..=MOST).contains(&count) {
            let place = source::place(described, &files);
            let message = format!("a figure has 2 to {MOST} panels, and this one {count}");
            errors.push(Diagnostic::new(place, message).remedy("show one picture by its `file` alone"));
        }
        if let Some(columns) = columns.filter(|columns| !(1..=count.max(1)).contains(&columns.value)) {
            let message = format!("{count} panels cannot stand in {} columns", columns.value);
            let remedy = format!("write a number from 1 to {count}");
            errors.push(Diagnostic::new(source::place(described, columns), message).remedy(remedy));
        }
        let mut panels = Vec::with_capacity(count);
        for file in files.value {
            let place = source::place(described, &file);
            let PanelFile { caption, alt, drawing, file, page, width } = file.value;
            let shown = Content { drawing, file, page, width }.shown(root, described);
            let shown = shown.unwrap_or_else(|| {
                let message = "a panel has a `drawing`, or the `file` of a picture with `page` and `width`";
                Err(Diagnostic::new(place, message).remedy("write one of them").into())
            });
            panels.extend(errors.take(shown).map(|shown| Panel { caption, alt, shown }));
        }
        let most = if wide { 4 } else { 2 };
        let columns = columns.map_or(count.min(most), |columns| columns.value);
        errors.into_result(Self { panels, columns })
    }

    /// Returns how many points each panel has from left to right, in a figure of so many.
    pub fn room(&self, width: f64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a figure has few columns")]
        let columns = self.columns.max(1) as f64;
        (width - GAP * (columns - 1.0)) / columns
    }

    /// Sets the drawings of the panels side by side, each above its letter.
    pub fn set(&self, canvas: &mut Canvas<'_>, drawings: &[String]) {
        let room = self.room(canvas.width());
        let mut top = 0.0;
        for (row, drawn) in drawings.chunks(self.columns.max(1)).enumerate() {
            let heights: Vec<f64> = drawn.iter().map(|svg| height(svg)).collect();
            let bottom = top + heights.iter().copied().fold(0.0, f64::max);
            let mut left = 0.0;
            for (column, (svg, height)) in drawn.iter().zip(heights).enumerate() {
                let name = format!("({})", panel_letter(row * self.columns + column));
                canvas.place(&own_names(svg, &name[1..2]), [left, bottom - height], height);
                let style = Style::PLAIN.anchored(Anchor::Middle);
                canvas.text(&name, [left + room / 2.0, bottom + BELOW], style);
                left += room + GAP;
            }
            top = bottom + BELOW + BETWEEN_ROWS;
        }
    }
}

/// Returns the height of a drawing in points.
fn height(svg: &str) -> f64 {
    let inside = svg.split_once("viewBox=\"").and_then(|(_, rest)| rest.split_once('"'));
    let height = inside.and_then(|(numbers, _)| numbers.split(' ').nth(3)?.parse().ok());
    height.unwrap_or(0.0)
}

/// Makes the names inside a drawing its own, so that two drawings on one page cannot mix.
pub fn own_names(svg: &str, own: &str) -> String {
    svg.replace(" id=\"", &format!(" id=\"{own}-"))
        .replace("url(#", &format!("url(#{own}-"))
        .replace("href=\"#", &format!("href=\"#{own}-"))
        .replace("aria-labelledby=\"", &format!("aria-labelledby=\"{own}-"))
}

impl From<Panels> for Shown {
    fn from(panels: Panels) -> Self {
        Self::Panels(Arc::new(panels))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_share_the_room_and_have_letters() {
        let panels = Panels { panels: Vec::new(), columns: 2 };
        assert!((panels.room(252.0) - 121.0).abs() < 1e-9);
        assert_eq!([panel_letter(0), panel_letter(25)], ['a', 'z']);
        assert!((height("<svg viewBox=\"0 0 121 80.5\" width=\"121pt\">") - 80.5).abs() < 1e-9);
    }

    #[test]
    fn names_of_two_drawings_do_not_mix() {
        let svg = "<svg><linearGradient id=\"g\"/><rect fill=\"url(#g)\"/><use href=\"#g\"/></svg>";
        let own = "<svg><linearGradient id=\"b-g\"/><rect fill=\"url(#b-g)\"/><use href=\"#b-g\"/></svg>";
        assert_eq!(own_names(svg, "b"), own);
    }
}
