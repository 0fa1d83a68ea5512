//! Curves of fractions over listed places, with a legend beside them.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use paper_engine::diagnostic::Diagnostics;
use paper_engine::facts::Unit;
use paper_engine::figure::Lookup;
use paper_engine::figure::canvas::{Anchor, Canvas, Style};
use paper_engine::figure::palette;

/// Groups of two curves over the same places: a solid and a dashed one.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Curves {
    /// The heading.
    title: String,
    /// Labels of the places, left to right.
    places: Vec<String>,
    /// What the places are.
    axis: String,
    /// What solid and dashed curves are.
    kinds: [String; 2],
    /// The groups.
    groups: Vec<Group>,
}

/// Two curves of one colour.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Group {
    /// Its name.
    label: String,
    /// Facts, one for each place: fractions.
    #[schemars(with = "Vec<String>")]
    solid: Vec<Spanned<String>>,
    /// The same for the dashed curve.
    #[schemars(with = "Vec<String>")]
    dashed: Vec<Spanned<String>>,
}

const LEFT: f64 = 34.0;
const HEIGHT: f64 = 88.0;
const WIDTH: f64 = 316.0;
const COLOURS: [&str; 3] = [palette::BLUE, palette::GREEN, palette::VERMILION];

/// Draws axes, curves and legend below `top`.
pub fn draw(
    spec: &Curves,
    lookup: &Lookup<'_>,
    canvas: &mut Canvas<'_>,
    top: f64,
) -> Result<(), Diagnostics> {
    let mut errors = Diagnostics::default();
    canvas.text(&spec.title, [8.0, top], Style::TITLE);
    let (high, low) = (top + 12.0, top + 12.0 + HEIGHT);
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let y = low - HEIGHT * share;
        canvas.line([LEFT, y], [LEFT + WIDTH, y], palette::LINE, 0.5);
        let label = Unit::FRACTION.display(share, Some(0));
        canvas.text(&label, [LEFT - 4.0, y + 2.6], Style::SOFT.anchored(Anchor::End));
    }
    let step = WIDTH / spec.places.len().max(1) as f64;
    let x = |place: usize| LEFT + step * (place as f64 + 0.5);
    for (place, label) in spec.places.iter().enumerate() {
        canvas.text(label, [x(place), low + 10.0], Style::SOFT.anchored(Anchor::Middle));
    }
    canvas.text(&spec.axis, [LEFT + WIDTH / 2.0, low + 20.5], Style::SOFT.anchored(Anchor::Middle));
    for (index, group) in spec.groups.iter().enumerate() {
        for (names, dash) in [(&group.solid, ""), (&group.dashed, "3")] {
            let values = names.iter().map(|name| errors.take(lookup.number(name)));
            let Some(values) = values.collect::<Option<Vec<f64>>>() else { continue };
            let points = values.iter().enumerate().take(spec.places.len());
            let points: Vec<_> = points.map(|(place, value)| [x(place), low - HEIGHT * value]).collect();
            canvas.polyline(&points, COLOURS[index % 3], 1.2, dash);
            marks(canvas, &points, index);
        }
    }
    legend(spec, canvas, [LEFT + WIDTH + 18.0, high + 8.0]);
    errors.into_result(())
}

/// Marks that differ in shape too, so that curves can be told apart in grey.
fn marks(canvas: &mut Canvas<'_>, points: &[[f64; 2]], group: usize) {
    let colour = COLOURS[group % 3];
    let corners: Vec<_> = points.iter().map(|[x, y]| [x - 2.2, y - 2.2]).collect();
    match group % 3 {
        0 => canvas.dots(points, 2.4, colour),
        1 => canvas.squares(&corners, 4.4, colour, colour),
        _ => canvas.squares(&corners, 4.4, palette::PAPER, colour),
    }
}

fn legend(spec: &Curves, canvas: &mut Canvas<'_>, [left, top]: [f64; 2]) {
    let mut y = top;
    for (index, group) in spec.groups.iter().enumerate() {
        canvas.polyline(&[[left, y - 2.6], [left + 20.0, y - 2.6]], COLOURS[index % 3], 1.2, "");
        marks(canvas, &[[left + 10.0, y - 2.6]], index);
        canvas.text(&group.label, [left + 25.0, y], Style::PLAIN);
        y += 12.0;
    }
    y += 4.0;
    for (kind, dash) in spec.kinds.iter().zip(["", "3"]) {
        canvas.polyline(&[[left, y - 2.6], [left + 20.0, y - 2.6]], palette::INK, 1.2, dash);
        canvas.text(kind, [left + 25.0, y], Style::PLAIN);
        y += 12.0;
    }
}
