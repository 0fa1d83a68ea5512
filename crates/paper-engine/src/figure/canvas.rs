//! Marks on a page in points: rectangles, dots, lines and measured text.

use std::collections::BTreeSet;

use svg::Document;
use svg::node::Blob;
use svg::node::element::{Description, Group, Line, Path, Rectangle, Text, Title};

use super::font::Font;
use super::palette;

/// Size of ordinary text in points.
pub const TEXT: f64 = 7.5;
/// Distance between two lines of text in points.
pub const LEADING: f64 = 10.0;

/// Where a text stands relative to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Begins there.
    Start,
    /// Is centred there.
    Middle,
    /// Ends there.
    End,
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Size in points.
    pub size: f64,
    /// Where it stands.
    pub anchor: Anchor,
    /// Colour.
    pub fill: &'static str,
    /// Weight.
    pub bold: bool,
}

impl Style {
    /// Ordinary text that begins at its point.
    pub const PLAIN: Self = Self { size: TEXT, anchor: Anchor::Start, fill: palette::INK, bold: false };
    /// Secondary text.
    pub const SOFT: Self = Self { fill: palette::SOFT, ..Self::PLAIN };
    /// The title of a panel.
    pub const TITLE: Self = Self { size: 8.0, bold: true, ..Self::PLAIN };

    /// Returns the same text, anchored otherwise.
    pub const fn anchored(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    /// Returns the same text in another colour.
    pub const fn filled(self, fill: &'static str) -> Self {
        Self { fill, ..self }
    }
}

/// A drawing that grows downwards as marks are added.
pub struct Canvas<'a> {
    font: &'a Font,
    width: f64,
    height: f64,
    group: Group,
    /// Characters of its texts that the font lacks.
    lost: BTreeSet<char>,
    /// What is shown of which rows of results.
    told: Vec<String>,
}

/// The class of what holds marks of rows, of which there may be many.
pub const ROWS: &str = "rows";

impl<'a> Canvas<'a> {
    /// Returns an empty drawing of this width in points.
    pub fn new(font: &'a Font, width: f64) -> Self {
        Self { font, width, height: 0.0, group: Group::new(), lost: BTreeSet::new(), told: Vec::new() }
    }

    /// Width in points.
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Width of a text in points.
    pub fn measure(&self, text: &str, style: Style) -> f64 {
        self.font.width(text, style.size, style.bold)
    }

    /// A rectangle with fill and outline; `none` leaves either out.
    pub fn rectangle(&mut self, [x, y]: [f64; 2], [width, height]: [f64; 2], fill: &str, stroke: &str) {
        self.reach(y + height);
        let node = Rectangle::new().set("x", round(x)).set("y", round(y));
        let node = node.set("width", round(width)).set("height", round(height)).set("fill", fill);
        self.push(if stroke == "none" { node } else { node.set("stroke", stroke).set("stroke-width", 0.6) });
    }

    /// Filled circles of one size and colour: segments too short to see, with round caps.
    pub fn dots(&mut self, centres: &[[f64; 2]], radius: f64, fill: &str) {
        let data: String = centres.iter().map(|[x, y]| format!("M{} {}h.01", round(*x), round(*y))).collect();
        self.reach(centres.iter().fold(0.0, |lowest, [_, y]| y.max(lowest)) + radius);
        let node = Path::new().set("d", data).set("stroke", fill).set("stroke-width", 2.0 * radius);
        self.push(node.set("stroke-linecap", "round"));
    }

    /// Rows of equal dots: each from its first dot to its last, `step` apart.
    pub fn dotted(&mut self, rows: &[[[f64; 2]; 2]], step: f64, radius: f64, fill: &str) {
        let row = |[[x1, y1], [x2, y2]]: &[[f64; 2]; 2]| {
            // A little past the end, so that the last dot is not lost to rounding.
            let [dx, dy] =
                [(x2 - x1).signum() * f64::from(x1 != x2), (y2 - y1).signum() * f64::from(y1 != y2)];
            let end = [x2 + dx * step / 4.0, y2 + dy * step / 4.0].map(round);
            format!("M{} {}L{} {}", round(*x1), round(*y1), end[0], end[1])
        };
        self.reach(rows.iter().flatten().fold(0.0, |lowest: f64, [_, y]| y.max(lowest)) + radius);
        let node = Path::new().set("d", rows.iter().map(row).collect::<String>()).set("fill", "none");
        let node = node.set("stroke", fill).set("stroke-width", 2.0 * radius).set("stroke-linecap", "round");
        self.push(node.set("stroke-dasharray", format!("0.01 {}", round(step - 0.01))));
    }

    /// Squares of one size and look, by their upper left corners.
    pub fn squares(&mut self, corners: &[[f64; 2]], side: f64, fill: &str, stroke: &str) {
        let square = |[x, y]: &[f64; 2]| format!("M{} {}h{side}v{side}h-{side}z", round(*x), round(*y));
        let lowest = corners.iter().fold(0.0, |lowest: f64, [_, y]| y.max(lowest)) + side;
        self.path(&corners.iter().map(square).collect::<String>(), lowest, fill, stroke, 0.6);
    }

    /// Straight lines of one look, each from its first to its second point.
    pub fn lines(&mut self, lines: &[[[f64; 2]; 2]], stroke: &str, width: f64) {
        let line = |[[x1, y1], [x2, y2]]: &[[f64; 2]; 2]| {
            format!("M{} {}L{} {}", round(*x1), round(*y1), round(*x2), round(*y2))
        };
        let lowest = lines.iter().flatten().fold(0.0, |lowest: f64, [_, y]| y.max(lowest));
        self.path(&lines.iter().map(line).collect::<String>(), lowest, "none", stroke, width);
    }

    /// A straight line.
    pub fn line(&mut self, [x1, y1]: [f64; 2], [x2, y2]: [f64; 2], stroke: &str, width: f64) {
        self.reach(y1.max(y2));
        let node =
            Line::new().set("x1", round(x1)).set("y1", round(y1)).set("x2", round(x2)).set("y2", round(y2));
        self.push(node.set("stroke", stroke).set("stroke-width", width));
    }

    /// A path in SVG syntax; `bottom` is its lowest point.
    pub fn path(&mut self, data: &str, bottom: f64, fill: &str, stroke: &str, width: f64) {
        self.reach(bottom);
        let node = Path::new().set("d", data).set("fill", fill);
        self.push(node.set("stroke", stroke).set("stroke-width", width));
    }

    /// A closed area by its corners, with so much of its colour.
    pub fn area(&mut self, corners: &[[f64; 2]], fill: &str, stroke: &str, opacity: f64) {
        if corners.is_empty() {
            return;
        }
        self.reach(corners.iter().fold(0.0, |lowest: f64, [_, y]| y.max(lowest)));
        let node = Path::new().set("d", through(corners) + "z").set("fill", fill);
        let node = if opacity < 1.0 { node.set("fill-opacity", opacity) } else { node };
        self.push(node.set("stroke", stroke).set("stroke-width", 0.8));
    }

    /// A line through points; `dash` is a dash pattern in SVG syntax, or empty.
    pub fn polyline(&mut self, points: &[[f64; 2]], stroke: &str, width: f64, dash: &str) {
        self.reach(points.iter().fold(0.0, |lowest: f64, [_, y]| y.max(lowest)));
        let node = Path::new().set("d", through(points));
        let node = node.set("fill", "none").set("stroke", stroke).set("stroke-width", width);
        let node = node.set("stroke-linejoin", "round");
        self.push(if dash.is_empty() { node } else { node.set("stroke-dasharray", dash) });
    }

    /// A text whose baseline is at its point.
    pub fn text(&mut self, text: &str, [x, y]: [f64; 2], style: Style) {
        self.reach(y + 0.25 * style.size);
        self.lost.extend(self.font.lacks(text, style.bold));
        let node = Text::new(text).set("x", round(x)).set("y", round(y));
        let node = node.set("font-size", style.size).set("fill", style.fill);
        let node = match style.anchor {
            Anchor::Start => node,
            Anchor::Middle => node.set("text-anchor", "middle"),
            Anchor::End => node.set("text-anchor", "end"),
        };
        self.push(if style.bold { node.set("font-weight", "bold") } else { node });
    }

    /// Another finished drawing, `height` points high, with its upper left corner at a point.
    pub fn place(&mut self, svg: &str, [x, y]: [f64; 2], height: f64) {
        self.reach(y + height);
        // Its title and description stand before its ground.
        let inside = svg.find("<rect").zip(svg.rfind("</svg>"));
        let inside = inside.and_then(|(start, end)| svg.get(start..end)).unwrap_or_default();
        let place = format!("translate({} {})", round(x), round(y));
        self.push(Blob::new(format!("<g transform=\"{place}\">{inside}</g>")));
    }

    /// Says what is shown of which rows of results; the same twice is said once.
    pub fn tell(&mut self, what: &str) {
        if !self.told.iter().any(|told| told == what) {
            self.told.push(what.to_owned());
        }
    }

    /// Returns what is shown of which rows of results.
    pub fn told(&self) -> &[String] {
        &self.told
    }

    /// Returns the characters of its texts that the font lacks.
    pub fn lost(&self) -> &BTreeSet<char> {
        &self.lost
    }

    /// Returns the drawing as SVG text with title and description.
    pub fn finish(self, id: &str, title: &str, description: &str) -> String {
        let height = (self.height + 6.0).ceil();
        let description =
            self.told.iter().fold(description.trim_end().to_owned(), |all, told| all + " " + told);
        let group = if self.told.is_empty() { self.group } else { self.group.set("class", ROWS) };
        let (title_id, description_id) = (format!("{id}-title"), format!("{id}-desc"));
        let document = Document::new()
            .set("viewBox", (0, 0, self.width, height))
            .set("width", format!("{}pt", self.width))
            .set("height", format!("{height}pt"))
            .set("role", "img")
            .set("aria-labelledby", format!("{title_id} {description_id}"))
            .set("font-family", "TeX Gyre Heros, Arial, Helvetica, sans-serif")
            .add(Title::new(title).set("id", title_id))
            .add(Description::new().set("id", description_id).add(svg::node::Text::new(description)))
            .add(Rectangle::new().set("width", self.width).set("height", height).set("fill", palette::PAPER))
            .add(group);
        format!("{document}\n")
    }

    fn push(&mut self, node: impl Into<Box<dyn svg::Node>>) {
        self.group = std::mem::take(&mut self.group).add(node);
    }

    fn reach(&mut self, y: f64) {
        self.height = self.height.max(y);
    }
}

/// Returns straight lines through points in SVG syntax.
fn through(points: &[[f64; 2]]) -> String {
    let step = |(index, [x, y]): (usize, &[f64; 2])| {
        format!("{}{} {}", if index == 0 { "M" } else { "L" }, round(*x), round(*y))
    };
    points.iter().enumerate().map(step).collect()
}

/// Rounds to two decimals, which are finer than any printer.
fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
