//! Marks between two axes of numbers: areas, steps and dots, a look for each series.

use super::super::canvas::Canvas;
use super::annotation::{self, Annotation};
use super::axis::{ABOVE, Area, Axis, BELOW};
use super::key::{self, Key, Symbol};
use super::mark;
use super::ramp;
use super::{Margins, PanelEdges, Plot};

/// What one series shows.
pub enum Layer {
    /// Columns that adjoin: the edges between them, one more than there are columns, and how high each is.
    Columns {
        /// The edges.
        edges: Vec<f64>,
        /// The heights.
        heights: Vec<f64>,
    },
    /// A line that rises in steps, from point to point.
    Steps(Vec<[f64; 2]>),
    /// Dots, and a line through them.
    Dots {
        /// The dots.
        points: Vec<[f64; 2]>,
        /// Both ends of the line, where there is one.
        line: Option<[[f64; 2]; 2]>,
    },
    /// How many dots lie in each of many cells.
    Density {
        /// The cells with dots: their lower left and upper right corners, and how many.
        cells: Vec<([[f64; 2]; 2], usize)>,
        /// Both ends of the line through all dots, where there is one.
        line: Option<[[f64; 2]; 2]>,
    },
}

/// Series between two axes.
pub struct Plane {
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// What the key calls each series; one without a name has none.
    pub labels: Vec<String>,
    /// The series.
    pub layers: Vec<Layer>,
    /// Lines and words of the author.
    pub annotations: Vec<Annotation>,
    /// What is shown, of which rows.
    pub told: String,
}

/// Height of the plot.
const HEIGHT: f64 = 118.0;
/// How much of the colour of a series its area has where others lie below.
const PALE: f64 = 0.14;

impl Plane {
    fn symbol(&self, series: usize) -> Symbol {
        match self.layers.get(series) {
            Some(Layer::Dots { points, .. }) => Symbol::Dot(series, mark::Size::of(points.len())),
            Some(Layer::Columns { .. }) if self.layers.len() == 1 => Symbol::Bar(series),
            _ => Symbol::Stroke(series),
        }
    }
}

impl Plot for Plane {
    fn axes(&mut self) -> Vec<&mut Axis> {
        vec![&mut self.x, &mut self.y]
    }

    fn margins(&self, canvas: &Canvas<'_>, _: f64, place: PanelEdges) -> Margins {
        let left = if place.axis { self.y.label_width(canvas, HEIGHT) } else { 0.0 };
        let has_ramp = self.layers.iter().any(|layer| matches!(layer, Layer::Density { .. }));
        let bottom = if has_ramp { BELOW + ramp::HEIGHT } else { BELOW };
        Margins { left, right: 4.0, top: ABOVE, bottom }
    }

    fn cramped(&self, canvas: &Canvas<'_>, width: f64) -> Option<String> {
        self.x.cramped(canvas, width)
    }

    fn height(&self) -> f64 {
        HEIGHT
    }

    fn draw(&self, canvas: &mut Canvas<'_>, area: Area, place: PanelEdges) {
        let (across, up) = (self.x.scale(area.width * 0.7), self.y.scale(area.height));
        self.y.draw_vertical(canvas, area, place.axis, area.left - self.y.label_width(canvas, HEIGHT));
        let at = |[x, y]: [f64; 2]| [area.x(across.position(x)), area.y(up.position(y))];
        let base = area.y(up.position(up.base()));
        // The first series is the main one: it is drawn last, over the others.
        for (series, layer) in self.layers.iter().enumerate().rev() {
            let look = mark::look(series);
            match layer {
                Layer::Columns { edges, heights } => {
                    let places: Vec<f64> = edges.iter().map(|edge| at([*edge, 0.0])[0]).collect();
                    let tops = heights.iter().map(|height| at([edges[0], *height])[1]);
                    let columns: Vec<[f64; 3]> =
                        places.windows(2).zip(tops).map(|(ends, top)| [ends[0], ends[1], top]).collect();
                    if self.layers.len() == 1 {
                        mark::columns(canvas, &columns, base, look.colour);
                    } else {
                        mark::outline_columns(canvas, &columns, base, series, PALE);
                    }
                }
                Layer::Steps(points) => {
                    let points: Vec<[f64; 2]> = points.iter().map(|point| at(*point)).collect();
                    let mut line = Vec::with_capacity(2 * points.len());
                    for point in &points {
                        line.extend(line.last().map(|[_, before]: &[f64; 2]| [point[0], *before]));
                        line.push(*point);
                    }
                    canvas.polyline(&line, look.colour, 1.2, look.dash);
                }
                Layer::Dots { points, .. } => {
                    let places: Vec<[f64; 2]> = points.iter().map(|point| at(*point)).collect();
                    mark::Size::of(points.len()).draw(canvas, series, &places);
                }
                Layer::Density { cells, .. } => {
                    let most = cells.iter().map(|(_, count)| *count).max().unwrap_or_default();
                    let cells = cells.iter().map(|(corners, count)| (corners.map(at), *count));
                    ramp::cells(canvas, &cells.collect::<Vec<_>>(), most);
                    let (rows, most) = (self.y.language.words().chart_rows, most.to_string());
                    let room = [area.left, area.right()];
                    ramp::draw(canvas, rows, ["1", &most], room, area.bottom() + BELOW);
                }
            }
        }
        for (series, layer) in self.layers.iter().enumerate() {
            match layer {
                Layer::Dots { line: Some(line), .. } => mark::fit(canvas, line.map(at), series),
                // The second colour stands out from the ramp.
                Layer::Density { line: Some(line), .. } => mark::fit(canvas, line.map(at), 1),
                _ => {}
            }
        }
        self.x.draw_horizontal(canvas, area, false);
        if self.y.at_one.is_some() {
            self.y.draw_one(canvas, area);
        }
        annotation::draw(canvas, &self.annotations, area, Some(&across), &up);
    }

    fn keys(&self, _: PanelEdges) -> Vec<Key> {
        let mut keys = key::of_series(self.labels.iter(), |series| self.symbol(series));
        let has_line = |layer: &Layer| {
            matches!(layer, Layer::Dots { line: Some(_), .. } | Layer::Density { line: Some(_), .. })
        };
        if self.layers.iter().any(has_line) {
            let text = self.y.language.words().chart_fit.to_owned();
            keys.push(Key { symbol: Symbol::Fit, text });
        }
        keys.extend(self.y.at_one.iter().map(|text| Key { symbol: Symbol::One, text: text.clone() }));
        keys
    }

    fn told(&self) -> Option<&str> {
        Some(&self.told)
    }
}
