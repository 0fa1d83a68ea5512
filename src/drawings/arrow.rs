//! Arrows, straight and bent, and discs with a number in them.

use paper_engine::figure::canvas::{Anchor, Canvas, Style};
use paper_engine::figure::palette;

/// Length and half width of the head of an arrow in points.
const HEAD: [f64; 2] = [3.4, 1.7];
/// Radius of a disc with a number in points.
pub const DISC: f64 = 4.4;

/// Arrows of one colour, drawn together.
pub struct Arrows {
    colour: &'static str,
    width: f64,
    shafts: String,
    heads: String,
    bottom: f64,
}

impl Arrows {
    /// No arrows yet.
    pub fn new(colour: &'static str) -> Self {
        Self { colour, width: 1.0, shafts: String::new(), heads: String::new(), bottom: 0.0 }
    }

    /// Returns the same with thick shafts, which can be told apart in grey.
    pub fn thick(self) -> Self {
        Self { width: 1.9, ..self }
    }

    /// Adds an arrow that keeps a distance from both points; `bend` moves its middle sideways.
    pub fn add(&mut self, [from, to]: [[f64; 2]; 2], [before, after]: [f64; 2], bend: f64) {
        let [dx, dy] = [to[0] - from[0], to[1] - from[1]];
        let length = dx.hypot(dy).max(0.1);
        let half = [(from[0] + to[0]) / 2.0, (from[1] + to[1]) / 2.0];
        let middle = [half[0] - dy / length * bend, half[1] + dx / length * bend];
        let start = towards(from, middle, before);
        let tip = towards(to, middle, after);
        let head = HEAD[0].min(length - before - after).max(1.0);
        let neck = towards(tip, middle, head);
        let curve = if bend == 0.0 {
            format!("M{}L{}", at(start), at(neck))
        } else {
            format!("M{}Q{} {}", at(start), at(middle), at(neck))
        };
        self.shafts.push_str(&curve);
        let [ux, uy] = [(tip[0] - neck[0]) / head, (tip[1] - neck[1]) / head];
        let wing = HEAD[1] + 0.5 * (self.width - 1.0);
        let [left, right] = [[-uy, ux], [uy, -ux]].map(|[x, y]| [neck[0] + wing * x, neck[1] + wing * y]);
        self.heads.push_str(&format!("M{}L{}L{}z", at(tip), at(left), at(right)));
        self.bottom = self.bottom.max(start[1]).max(tip[1]);
    }

    /// Draws all arrows added.
    pub fn draw(self, canvas: &mut Canvas<'_>) {
        if !self.heads.is_empty() {
            canvas.path(&self.shafts, self.bottom, "none", self.colour, self.width);
            canvas.path(&self.heads, self.bottom, self.colour, "none", 0.0);
        }
    }
}

/// One arrow.
pub fn arrow(canvas: &mut Canvas<'_>, ends: [[f64; 2]; 2], gaps: [f64; 2], bend: f64, colour: &'static str) {
    let mut arrows = Arrows::new(colour);
    arrows.add(ends, gaps, bend);
    arrows.draw(canvas);
}

/// Filled discs, each with a number.
pub fn discs(canvas: &mut Canvas<'_>, numbered: &[(usize, [f64; 2])], colour: &'static str) {
    canvas.dots(&numbered.iter().map(|(_, centre)| *centre).collect::<Vec<_>>(), DISC, colour);
    let style = Style { size: 7.0, bold: true, anchor: Anchor::Middle, fill: palette::PAPER };
    for (number, [x, y]) in numbered {
        canvas.text(&number.to_string(), [*x, y + 2.5], style);
    }
}

/// Returns the point so far from one point on the way to another.
fn towards(from: [f64; 2], to: [f64; 2], distance: f64) -> [f64; 2] {
    let [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    let share = distance / dx.hypot(dy).max(0.1);
    [from[0] + dx * share, from[1] + dy * share]
}

/// Returns a point in the syntax of SVG paths.
fn at([x, y]: [f64; 2]) -> String {
    format!("{x:.1} {y:.1}")
}
