//! Panels that follow one route each through a slice, with the coordinate of every hop.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::arrow::{Arrows, DISC, discs};
use super::label::{self, Metric};
use super::panel::{MARGIN, entry, footing, heading, places};
use paper_engine::diagnostic::Diagnostics;
use paper_engine::figure::Lookup;
use paper_engine::figure::canvas::{Anchor, Canvas, LEADING, Style};
use paper_engine::figure::palette;

/// The slice that the routes cross, and the panels, left to right.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoutingPanels {
    /// Fact: the chips along an edge of a cube.
    #[schemars(with = "String")]
    cube_side: Spanned<String>,
    /// Cubes of the slice along x, y and z.
    cubes: [usize; 3],
    /// The panels.
    panels: Vec<Panel>,
}

/// A route over the slice.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Panel {
    /// Its title.
    title: String,
    /// What stands below the title.
    note: String,
    /// Texts: the coordinates of the chips on the route, in order.
    #[schemars(with = "Vec<String>")]
    hops: Vec<Spanned<String>>,
    /// Chips of the route that have a name.
    #[serde(default)]
    named: Vec<Named>,
    /// Rows of facts below the route.
    metrics: Vec<Metric>,
}

/// A chip that has a name.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Named {
    /// Its name.
    label: String,
    /// Text: its coordinate.
    #[schemars(with = "String")]
    chip: Spanned<String>,
}

/// One chip of a route: its coordinate, its cube, and its place in the slice from 0.
struct Hop {
    coordinate: String,
    cube: [usize; 3],
    place: [usize; 3],
}

/// Where the planes of a slice stand on the page.
struct Planes {
    left: f64,
    sizes: [usize; 3],
    side: usize,
    stride: f64,
    step: f64,
}

const GRID_TOP: f64 = 50.0;
const ROW: f64 = 10.5;
const LINK: f64 = 12.8;

/// Draws the panels side by side.
pub fn draw<'a>(
    spec: &RoutingPanels,
    lookup: &Lookup<'_>,
    mut canvas: Canvas<'a>,
) -> Result<Canvas<'a>, Diagnostics> {
    let mut errors = Diagnostics::default();
    let side = lookup.number(&spec.cube_side)?.max(1.0) as usize;
    let sizes = spec.cubes.map(|cubes| cubes.max(1) * side);
    let longest = spec.panels.iter().map(|panel| panel.hops.len()).max().unwrap_or(0);
    let chain_top = GRID_TOP + ROW * sizes[2] as f64 + 8.0;
    let bottom = chain_top + LINK * longest as f64;
    for (panel, place) in spec.panels.iter().zip(places(&canvas, spec.panels.len())) {
        let [left, width] = place;
        let planes = Planes::new(left, width, sizes, side);
        heading(&mut canvas, left, &panel.title, &panel.note);
        planes.draw(&mut canvas);
        let hops = panel.hops.iter().map(|name| errors.take(hop(name, lookup, side, sizes)));
        let Some(hops) = hops.collect::<Option<Vec<_>>>() else { continue };
        let names = panel.named.iter().map(|named| {
            errors.take(lookup.fact(&named.chip)).map(|fact| (fact.display(None), named.label.as_str()))
        });
        let Some(names) = names.collect::<Option<Vec<_>>>() else { continue };
        planes.route(&hops, &mut canvas);
        chain(&hops, &names, &mut canvas, [left, chain_top]);
        errors.take(footing(&panel.metrics, lookup, &mut canvas, place, [bottom, 3.0]));
    }
    let rows = spec.panels.iter().map(|panel| panel.metrics.len()).max().unwrap_or(0);
    legend(&mut canvas, bottom + LEADING * rows as f64 + 14.0);
    errors.into_result(canvas)
}

fn hop(
    name: &Spanned<String>,
    lookup: &Lookup<'_>,
    side: usize,
    sizes: [usize; 3],
) -> Result<Hop, Diagnostics> {
    let (coordinate, [cube, chip, _]) = label::arms(lookup, name)?;
    let place = [0, 1, 2].map(|axis| side * (cube[axis] - 1) + chip[axis] - 1);
    if (0..3).any(|axis| place[axis] >= sizes[axis]) {
        return Err(label::wrong(lookup, name, "a chip outside the slice", "make `cubes` larger"));
    }
    Ok(Hop { coordinate, cube, place })
}

impl Planes {
    fn new(left: f64, width: f64, sizes: [usize; 3], side: usize) -> Self {
        let stride = (width + 4.0) / sizes[1] as f64;
        Self { left, sizes, side, stride, step: (stride - 13.0) / (sizes[0].max(2) - 1) as f64 }
    }

    fn at(&self, [x, y, z]: [usize; 3]) -> [f64; 2] {
        let column = self.left + 4.5 + self.stride * y as f64 + self.step * x as f64;
        [column, GRID_TOP + ROW * z as f64]
    }

    /// The cubes as pale boxes, cut into planes of x and z, with all chips.
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let [columns, planes, rows] = self.sizes;
        for y in 0..planes {
            let middle = self.at([0, y, 0])[0] + self.step * (columns - 1) as f64 / 2.0;
            let heading = format!("y = {y}");
            canvas.text(&heading, [middle, GRID_TOP - 9.0], Style::SOFT.anchored(Anchor::Middle));
            for z in (0..rows).step_by(self.side) {
                let [x0, y0] = self.at([0, y, z]);
                let size = [self.step * (columns - 1) as f64 + 8.4, ROW * (self.side - 1) as f64 + 8.4];
                canvas.rectangle([x0 - 4.2, y0 - 4.2], size, palette::PALE_BLUE, "none");
            }
        }
        let chips = (0..planes).flat_map(|y| (0..rows).map(move |z| [0, columns - 1].map(|x| [x, y, z])));
        let lines: Vec<_> = chips.map(|ends| ends.map(|chip| self.at(chip))).collect();
        canvas.dotted(&lines, self.step, 1.0, palette::SOFT);
    }

    /// The route over the planes: arrows, dots for chips on the way, numbers at its ends.
    fn route(&self, hops: &[Hop], canvas: &mut Canvas<'_>) {
        let last = hops.len().saturating_sub(1);
        let mut arrows = [Arrows::new(palette::BLUE), Arrows::new(palette::VERMILION).thick()];
        for (index, pair) in hops.windows(2).enumerate() {
            let [from, to] = [&pair[0], &pair[1]];
            let ends = [self.at(from.place), self.at(to.place)];
            let gap = |is_end: bool| if is_end { DISC } else { 2.4 };
            let is_beside = from.place[1] == to.place[1] && !is_wrap(from, to);
            let bend = if is_beside { 0.0 } else { -9.0 };
            let gaps = [gap(index == 0), gap(index + 1 == last)];
            arrows[usize::from(is_optical(from, to))].add(ends, gaps, bend);
        }
        arrows.into_iter().for_each(|arrows| arrows.draw(canvas));
        let between = hops.iter().take(last).skip(1).map(|hop| self.at(hop.place));
        canvas.dots(&between.collect::<Vec<_>>(), 2.0, palette::INK);
        let ends = hops.iter().enumerate().filter(|(index, _)| *index == 0 || *index == last);
        let ends: Vec<_> = ends.map(|(index, hop)| (index, self.at(hop.place))).collect();
        discs(canvas, &ends, palette::INK);
    }
}

/// Returns the axis on which a link leaves its chip, and whether it leaves in the direction of growing
/// numbers.
///
/// A wrap that shifts moves along several axes at once; it belongs to the first, whose end it leaves.
fn direction(from: &Hop, to: &Hop) -> (usize, bool) {
    let axis = (0..3).find(|&axis| from.place[axis] != to.place[axis]).unwrap_or(0);
    let is_growing = to.place[axis] > from.place[axis];
    (axis, is_growing != is_wrap(from, to))
}

fn is_wrap(from: &Hop, to: &Hop) -> bool {
    (0..3).map(|axis| from.place[axis].abs_diff(to.place[axis])).sum::<usize>() > 1
}

/// Links between cubes, and wraps, run over switches.
fn is_optical(from: &Hop, to: &Hop) -> bool {
    from.cube != to.cube || is_wrap(from, to)
}

fn link_colour(from: &Hop, to: &Hop) -> &'static str {
    if is_optical(from, to) { palette::VERMILION } else { palette::BLUE }
}

/// The hops one under the other, each with its coordinate and the port by which it was reached.
fn chain(hops: &[Hop], names: &[(String, &str)], canvas: &mut Canvas<'_>, [left, top]: [f64; 2]) {
    let centre = |index: usize| [left + DISC, top + LINK * index as f64];
    let mut arrows = [Arrows::new(palette::BLUE), Arrows::new(palette::VERMILION).thick()];
    for (index, pair) in hops.windows(2).enumerate() {
        let ends = [centre(index), centre(index + 1)];
        arrows[usize::from(is_optical(&pair[0], &pair[1]))].add(ends, [DISC; 2], 0.0);
    }
    arrows.into_iter().for_each(|arrows| arrows.draw(canvas));
    let numbered: Vec<_> = (0..hops.len()).map(|index| (index, centre(index))).collect();
    discs(canvas, &numbered, palette::INK);
    for (index, hop) in hops.iter().enumerate() {
        let y = centre(index)[1];
        let text = [left + 2.0 * DISC + 4.0, y + 2.7];
        canvas.text(&hop.coordinate, text, Style::PLAIN);
        let mut x = text[0] + canvas.measure(&hop.coordinate, Style::PLAIN) + 6.0;
        if let Some(before) = index.checked_sub(1).and_then(|index| hops.get(index)) {
            let (axis, is_plus) = direction(before, hop);
            let sign = if is_plus { "+" } else { "−" };
            let wrap = match (is_wrap(before, hop), is_optical(before, hop)) {
                (true, _) => " wrap",
                (false, true) => " optical",
                (false, false) => "",
            };
            let port = format!("{sign}{}{wrap}", ["x", "y", "z"][axis]);
            let style = Style::PLAIN.filled(link_colour(before, hop));
            canvas.text(&port, [x, text[1]], style);
            x += canvas.measure(&port, style) + 6.0;
        }
        if let Some((_, name)) = names.iter().find(|(coordinate, _)| *coordinate == hop.coordinate) {
            canvas.text(name, [x, text[1]], Style { bold: true, ..Style::PLAIN });
        }
    }
}

fn legend(canvas: &mut Canvas<'_>, y: f64) {
    let mut x = MARGIN;
    canvas.rectangle([x, y - 6.5], [8.4, 8.4], palette::PALE_BLUE, "none");
    canvas.dots(&[[x + 4.2, y - 2.3]], 1.0, palette::SOFT);
    let entries = [
        ("chip in a plane of its cube; x grows to the right, z downwards", None),
        ("electrical link in a cube", Some(palette::BLUE)),
        ("optical link over a switch", Some(palette::VERMILION)),
    ];
    for (text, colour) in entries {
        if let Some(colour) = colour {
            let arrows = Arrows::new(colour);
            let mut arrows = if colour == palette::VERMILION { arrows.thick() } else { arrows };
            arrows.add([[x, y - 2.5], [x + 14.0, y - 2.5]], [0.0, 0.0], 0.0);
            arrows.draw(canvas);
        }
        x += if colour.is_some() { 18.0 } else { 13.0 };
        x = entry(canvas, text, [x, y]);
    }
}
