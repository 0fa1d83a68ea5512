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
/// How much of the colour of a series its pale areas have.
const BAND: f64 = 0.2;
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
    canvas.path(&data, lowest(points) + RADIUS, look.colour, palette::PAPER, 0.5);
}

/// How large the dots of a series are, by how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Markers that are told apart by their shapes.
    Marker,
    /// Smaller ones.
    Small,
    /// Dots of one shape.
    Dot,
}

/// Half the height of a small marker, and of a dot.
const SMALL_RADIUS: f64 = 1.5;
const DOT_RADIUS: f64 = 0.8;

impl Size {
    /// Returns the size of so many dots.
    pub const fn of(count: usize) -> Self {
        match count {
            0..=80 => Self::Marker,
            81..=1500 => Self::Small,
            _ => Self::Dot,
        }
    }

    /// Draws dots of one series.
    pub fn draw(self, canvas: &mut Canvas<'_>, series: usize, points: &[[f64; 2]]) {
        match self {
            _ if points.is_empty() => {}
            Self::Marker => markers(canvas, series, points),
            Self::Small => {
                let look = look(series);
                let data: String =
                    points.iter().map(|&point| outline(look.shape, point, SMALL_RADIUS)).collect();
                canvas.path(&data, lowest(points) + SMALL_RADIUS, look.colour, palette::PAPER, 0.3);
            }
            Self::Dot => canvas.dots(points, DOT_RADIUS, look(series).colour),
        }
    }
}

/// Draws the dots of outliers, which are hollow.
pub fn hollow(canvas: &mut Canvas<'_>, points: &[[f64; 2]], colour: &str) {
    if !points.is_empty() {
        let data: String = points.iter().map(|&point| outline(Shape::Disc, point, SMALL_RADIUS)).collect();
        canvas.path(&data, lowest(points) + SMALL_RADIUS, palette::PAPER, colour, 0.6);
    }
}

/// Draws the band between two lines, by their ends at each place across.
pub fn band(canvas: &mut Canvas<'_>, ends: &[[[f64; 2]; 2]], colour: &str) {
    let low = ends.iter().map(|[low, _]| *low);
    let high = ends.iter().rev().map(|[_, high]| *high);
    canvas.area(&low.chain(high).collect::<Vec<_>>(), colour, "none", BAND);
}

/// Draws a line of least squares; a rim of paper parts it from the dots.
pub fn fit(canvas: &mut Canvas<'_>, line: [[f64; 2]; 2], series: usize) {
    let look = look(series);
    canvas.lines(&[line], palette::PAPER, 2.4);
    canvas.polyline(&line, look.colour, 1.2, look.dash);
}

/// Draws columns that adjoin, each by its left and right edge and its top.
pub fn columns(canvas: &mut Canvas<'_>, columns: &[[f64; 3]], base: f64, fill: &str) {
    let shown = columns.iter().filter(|[_, _, top]| *top < base);
    let column =
        |[left, right, top]: &[f64; 3]| format!("M{left:.2} {base:.2}V{top:.2}H{right:.2}V{base:.2}z");
    canvas.path(&shown.map(column).collect::<String>(), base, fill, palette::PAPER, 0.4);
}

/// Draws the outline of such columns over a pale area, for series that lie over each other.
pub fn outline_columns(
    canvas: &mut Canvas<'_>,
    columns: &[[f64; 3]],
    base: f64,
    series: usize,
    opacity: f64,
) {
    let look = look(series);
    let ends = [columns.first().map(|[left, ..]| *left), columns.last().map(|[_, right, _]| *right)];
    let tops = columns.iter().flat_map(|[left, right, top]| [[*left, *top], [*right, *top]]);
    let foot = |end: Option<f64>| end.map(|x| [x, base]);
    let outline: Vec<[f64; 2]> = foot(ends[0]).into_iter().chain(tops).chain(foot(ends[1])).collect();
    canvas.area(&outline, look.colour, "none", opacity);
    canvas.polyline(&outline, look.colour, 1.1, look.dash);
}

/// Draws the box of a series in a pale form of its colour, under lines that stay visible.
pub fn pale_box(canvas: &mut Canvas<'_>, series: usize, [x, y]: [f64; 2], [width, height]: [f64; 2]) {
    pale_area(canvas, series, &[[x, y], [x + width, y], [x + width, y + height], [x, y + height]]);
}

/// Draws an area of a series in a pale form of its colour.
pub fn pale_area(canvas: &mut Canvas<'_>, series: usize, outline: &[[f64; 2]]) {
    let colour = look(series).colour;
    canvas.area(outline, palette::PAPER, "none", 1.0);
    canvas.area(outline, colour, colour, BAND);
}

/// Returns the lowest of some points.
fn lowest(points: &[[f64; 2]]) -> f64 {
    points.iter().fold(0.0, |lowest: f64, [_, y]| y.max(lowest))
}

/// Draws the marks of published values: hollow diamonds, which none of our own are.
pub fn published(canvas: &mut Canvas<'_>, points: &[[f64; 2]]) {
    if points.is_empty() {
        return;
    }
    let data: String = points.iter().map(|&point| outline(Shape::Diamond, point, PUBLISHED_RADIUS)).collect();
    canvas.path(&data, lowest(points) + PUBLISHED_RADIUS, palette::PAPER, palette::INK, 0.9);
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
