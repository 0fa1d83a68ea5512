//! Marks of series, told apart by dash, shape, hatch and lightness as well as by colour.

use super::super::canvas::Canvas;
use super::super::palette;

/// Looks of a series, one for each in turn.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Colour of lines, markers and text.
    pub colour: &'static str,
    /// Fill of bars.
    pub fill: &'static str,
    /// Dash pattern of lines.
    pub dash: &'static str,
    /// Shape of markers.
    pub shape: Shape,
    /// Whether bars are hatched.
    pub hatched: bool,
}

/// Shape of a marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A disc.
    Disc,
    /// A square.
    Square,
    /// A triangle that points up.
    Up,
    /// A triangle that points down.
    Down,
    /// A diamond, kept for published values.
    Diamond,
}

const LOOKS: [Look; 5] = [
    Look { colour: palette::BLUE, fill: palette::BLUE, dash: "", shape: Shape::Disc, hatched: false },
    Look {
        colour: palette::VERMILION,
        fill: palette::PALE_VERMILION,
        dash: "4.5 2",
        shape: Shape::Square,
        hatched: true,
    },
    Look {
        colour: palette::GREEN,
        fill: palette::PALE_GREEN,
        dash: "1.5 1.5",
        shape: Shape::Up,
        hatched: false,
    },
    Look {
        colour: palette::PURPLE,
        fill: palette::PURPLE,
        dash: "7 2 1.5 2",
        shape: Shape::Down,
        hatched: true,
    },
    Look { colour: palette::INK, fill: palette::LINE, dash: "2.5 1", shape: Shape::Disc, hatched: false },
];

/// The most series that can be told apart.
pub const MOST_SERIES: usize = LOOKS.len();

/// Returns the look of a series.
pub fn look(series: usize) -> Look {
    LOOKS[series % LOOKS.len()]
}

/// Half the height of a marker.
const RADIUS: f64 = 2.3;
/// Half the height of the mark of a published value.
pub const PUBLISHED_RADIUS: f64 = 3.4;
/// Distance between the lines of a hatch.
const HATCH: f64 = 3.2;
/// Half the width of the caps of a whisker, and of the mark of a published range.
const CAP: f64 = 2.8;

fn outline(shape: Shape, [x, y]: [f64; 2], r: f64) -> String {
    match shape {
        Shape::Disc => format!("M{:.2} {y:.2}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0z", x - r, d = 2.0 * r),
        Shape::Square => format!("M{:.2} {:.2}h{d}v{d}h-{d}z", x - r, y - r, d = 2.0 * r),
        Shape::Up => format!(
            "M{x:.2} {:.2}l{w:.2} {h:.2}h-{d:.2}z",
            y - 1.2 * r,
            w = 1.2 * r,
            h = 2.1 * r,
            d = 2.4 * r
        ),
        Shape::Down => {
            format!(
                "M{x:.2} {:.2}l-{w:.2} -{h:.2}h{d:.2}z",
                y + 1.2 * r,
                w = 1.2 * r,
                h = 2.1 * r,
                d = 2.4 * r
            )
        }
        Shape::Diamond => format!("M{x:.2} {:.2}l{r} {r}l-{r} {r}l-{r} -{r}z", y - r),
    }
}

/// Draws markers of one series; a thin rim of paper parts those that touch.
pub fn markers(canvas: &mut Canvas<'_>, series: usize, points: &[[f64; 2]]) {
    let look = look(series);
    let data: String = points.iter().map(|&point| outline(look.shape, point, RADIUS)).collect();
    let lowest = points.iter().fold(0.0, |lowest: f64, [_, y]| y.max(lowest)) + RADIUS;
    canvas.path(&data, lowest, look.colour, palette::PAPER, 0.5);
}

/// Draws the marks of published values: hollow diamonds, which none of our own are.
pub fn published(canvas: &mut Canvas<'_>, points: &[[f64; 2]]) {
    if points.is_empty() {
        return;
    }
    let data: String = points.iter().map(|&point| outline(Shape::Diamond, point, PUBLISHED_RADIUS)).collect();
    let lowest = points.iter().fold(0.0, |lowest: f64, [_, y]| y.max(lowest)) + PUBLISHED_RADIUS;
    canvas.path(&data, lowest, palette::PAPER, palette::INK, 0.9);
}

/// Draws a published range between two points on a horizontal or vertical line: a hollow box.
pub fn published_range(canvas: &mut Canvas<'_>, [x1, y1]: [f64; 2], [x2, y2]: [f64; 2]) {
    let [across, along] = if x1 == x2 { [CAP, 0.0] } else { [0.0, CAP] };
    let corner = [x1.min(x2) - across, y1.min(y2) - along];
    let size = [(x2 - x1).abs() + 2.0 * across, (y2 - y1).abs() + 2.0 * along];
    canvas.rectangle(corner, size, palette::PAPER, palette::INK);
}

/// Draws a line with caps from one point to another, horizontal or vertical.
pub fn whisker(canvas: &mut Canvas<'_>, from: [f64; 2], to: [f64; 2], colour: &str) {
    let [across, along] = if from[0] == to[0] { [CAP, 0.0] } else { [0.0, CAP] };
    let cap = |[x, y]: [f64; 2]| [[x - across, y - along], [x + across, y + along]];
    canvas.lines(&[[from, to], cap(from), cap(to)], colour, 1.0);
}

/// Draws a tick at the median on a horizontal whisker, taller than its caps.
pub fn median(canvas: &mut Canvas<'_>, [x, y]: [f64; 2], colour: &str) {
    canvas.line([x, y - 1.6 * CAP], [x, y + 1.6 * CAP], colour, 1.0);
}

/// Draws a bar of a series by its upper left corner and size.
pub fn bar(canvas: &mut Canvas<'_>, series: usize, [x, y]: [f64; 2], [width, height]: [f64; 2]) {
    if height <= 0.0 || width <= 0.0 {
        return;
    }
    let look = look(series);
    canvas.rectangle([x, y], [width, height], look.fill, look.colour);
    if look.hatched {
        let stroke = if look.fill == look.colour { palette::PAPER } else { look.colour };
        canvas.lines(&hatch([x, y], [width, height]), stroke, 0.7);
    }
}

/// Returns lines from lower left to upper right that fill a rectangle.
fn hatch([x, y]: [f64; 2], [width, height]: [f64; 2]) -> Vec<[[f64; 2]; 2]> {
    let step = HATCH * std::f64::consts::SQRT_2;
    let count = ((width + height) / step) as usize;
    let line = |index: usize| {
        let offset = (index as f64 + 0.5) * step;
        let from = [x + (offset - height).max(0.0), y + offset.min(height)];
        let to = [x + offset.min(width), y + (offset - width).max(0.0)];
        [from, to]
    };
    (0..=count).map(line).filter(|[from, to]| from[0] < to[0] && to[1] < from[1]).collect()
}
