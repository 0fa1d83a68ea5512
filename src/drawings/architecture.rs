//! The machine: cubes, three of them opened, the spare pool, the switches and the arms of a coordinate.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use paper_engine::diagnostic::Diagnostics;
use paper_engine::facts::Value;
use paper_engine::figure::Lookup;
use paper_engine::figure::canvas::{Anchor, Canvas, LEADING, Style};
use paper_engine::figure::palette;

/// The facts whose values the drawing shows.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Architecture {
    /// Fact: the chips.
    #[schemars(with = "String")]
    chips: Spanned<String>,
    /// Fact: the cubes.
    #[schemars(with = "String")]
    cubes: Spanned<String>,
    /// Fact: the chips of a cube.
    #[schemars(with = "String")]
    chips_per_cube: Spanned<String>,
    /// Fact: the switches.
    #[schemars(with = "String")]
    switches: Spanned<String>,
    /// Fact: the positions of a face.
    #[schemars(with = "String")]
    face_positions: Spanned<String>,
    /// Fact: the spare cubes.
    #[schemars(with = "String")]
    spare_cubes: Spanned<String>,
    /// Fact: the spare chips.
    #[schemars(with = "String")]
    spare_chips: Spanned<String>,
    /// Texts: coordinates of a chip in each cube that is opened, first to last.
    #[schemars(with = "Vec<String>")]
    opened: Vec<Spanned<String>>,
    /// Text: the coordinate taken apart.
    #[schemars(with = "String")]
    example: Spanned<String>,
}

/// Distance of chips.
const CELL: f64 = 6.5;
/// Distance of cubes, and their side.
const CUBE: f64 = 9.0;
const BOX: f64 = 7.6;
const SIDE: usize = 4;
const BOARD: f64 = CELL * SIDE as f64;
const LIBRARY: f64 = CUBE * SIDE as f64;
/// Colours of the arms of a coordinate.
const ARMS: [&str; 3] = [palette::BLUE, palette::VERMILION, palette::SOFT];
const TOP: f64 = 34.0;
const BOTTOM: f64 = 172.0;

/// Draws the machine.
pub fn draw<'a>(
    spec: &Architecture,
    lookup: &Lookup<'_>,
    mut canvas: Canvas<'a>,
) -> Result<Canvas<'a>, Diagnostics> {
    let mut errors = Diagnostics::default();
    errors.take(machine(spec, lookup, &mut canvas));
    errors.take(opened(spec, lookup, &mut canvas));
    errors.take(switches(spec, lookup, &mut canvas));
    errors.take(coordinate(spec, lookup, &mut canvas));
    legend(&mut canvas);
    errors.into_result(canvas)
}

fn text(lookup: &Lookup<'_>, name: &Spanned<String>) -> Result<String, Diagnostics> {
    Ok(lookup.fact(name)?.display(None))
}

/// Draws all cubes: one board for each library, its shelves as rows, its series as columns.
fn machine(spec: &Architecture, lookup: &Lookup<'_>, canvas: &mut Canvas<'_>) -> Result<(), Diagnostics> {
    let (cubes, chips) = (text(lookup, &spec.cubes)?, text(lookup, &spec.chips)?);
    canvas.text(&format!("{cubes} cubes, {chips} chips"), [8.0, 14.0], Style::TITLE);
    canvas.text("Z arm: library.shelf.series", [8.0, 25.0], Style::SOFT);
    let count = lookup.number(&spec.cubes)? as usize;
    let opened = spec.opened.iter().map(|name| text(lookup, name)).collect::<Result<Vec<_>, _>>()?;
    let (mut closed, mut open) = (Vec::new(), Vec::new());
    for cube in 0..count {
        let (board, row, column) = (cube / (SIDE * SIDE), cube / SIDE % SIDE, cube % SIDE);
        let x = 8.0 + (board % 2) as f64 * (LIBRARY + 16.0) + column as f64 * CUBE;
        let y = TOP + (board / 2) as f64 * (LIBRARY + 16.0) + row as f64 * CUBE;
        let prefix = format!("{}.{}.{}/", board + 1, row + 1, column + 1);
        let is_opened = opened.iter().any(|coordinate| coordinate.starts_with(&prefix));
        if is_opened { &mut open } else { &mut closed }.push([x, y]);
        if cube % (SIDE * SIDE) == 0 {
            canvas.text(&format!("library {}", board + 1), [x, y + LIBRARY + 7.5], Style::SOFT);
        }
    }
    canvas.squares(&closed, BOX, palette::PALE_BLUE, palette::BLUE);
    canvas.squares(&open, BOX, palette::BLUE, palette::BLUE);
    let y = TOP + 2.0 * (LIBRARY + 16.0) + 7.0;
    let (cubes, chips) = (text(lookup, &spec.spare_cubes)?, text(lookup, &spec.spare_chips)?);
    let spares = 0..lookup.number(&spec.spare_cubes)? as usize;
    let spares: Vec<_> = spares.map(|cube| [8.0 + cube as f64 * CUBE, y]).collect();
    canvas.squares(&spares, BOX, palette::PALE_GREEN, palette::GREEN);
    canvas.text(&format!("spare pool: {cubes} cubes,"), [8.0, y + 18.0], Style::PLAIN.filled(palette::GREEN));
    canvas.text(&format!("{chips} chips, library 5"), [8.0, y + 28.0], Style::PLAIN.filled(palette::GREEN));
    Ok(())
}

/// Three cubes with their chips: one board for each collection.
fn opened(spec: &Architecture, lookup: &Lookup<'_>, canvas: &mut Canvas<'_>) -> Result<(), Diagnostics> {
    let chips = text(lookup, &spec.chips_per_cube)?;
    let left = 134.0;
    canvas.text(&format!("Three cubes opened, {chips} chips each"), [left, 14.0], Style::TITLE);
    canvas.text("Y arm: collection.volume.book", [left, 25.0], Style::SOFT);
    let count = lookup.number(&spec.chips_per_cube)? as usize;
    for (index, name) in spec.opened.iter().enumerate() {
        let coordinate = text(lookup, name)?;
        let chip = coordinate.split('/').nth(1).unwrap_or_default().to_owned();
        let (x0, y0) = (left, TOP + index as f64 * 43.0);
        canvas.rectangle([x0, y0], [4.0 * (BOARD + 5.0) + 5.0, BOARD + 4.0], "none", palette::BLUE);
        let (mut others, mut named) = (Vec::new(), Vec::new());
        for number in 0..count {
            let (board, row, column) = (number / (SIDE * SIDE), number / SIDE % SIDE, number % SIDE);
            let x = x0 + 5.0 + board as f64 * (BOARD + 5.0) + (column as f64 + 0.5) * CELL;
            let y = y0 + 2.0 + (row as f64 + 0.5) * CELL;
            let is_named = chip == format!("{}.{}.{}", board + 1, row + 1, column + 1);
            if is_named { &mut named } else { &mut others }.push([x, y]);
        }
        canvas.dots(&others, 1.6, palette::INK);
        canvas.dots(&named, 2.6, palette::VERMILION);
        let mut x = x0;
        for (index, (arm, colour)) in coordinate.split('/').zip(ARMS).enumerate() {
            let text = if index == 0 { arm.to_owned() } else { format!("/{arm}") };
            let style = Style::PLAIN.filled(colour);
            canvas.text(&text, [x, y0 + BOARD + 12.5], style);
            x += canvas.measure(&text, style);
        }
    }
    Ok(())
}

/// Draws the switches: one row of face positions for each dimension.
fn switches(spec: &Architecture, lookup: &Lookup<'_>, canvas: &mut Canvas<'_>) -> Result<(), Diagnostics> {
    let (count, positions) = (text(lookup, &spec.switches)?, lookup.number(&spec.face_positions)? as usize);
    let left = 290.0;
    canvas.text(&format!("{count} optical circuit switches"), [left, 14.0], Style::TITLE);
    canvas.text("each holds a permutation of Z arms", [left, 25.0], Style::SOFT);
    let dimensions = (lookup.number(&spec.switches)? as usize).checked_div(positions).unwrap_or(0);
    for dimension in 0..dimensions {
        let y = TOP + 6.0 + dimension as f64 * 22.0;
        let name = ["library", "shelf", "series"].get(dimension).copied().unwrap_or_default();
        canvas.text(name, [left, y + 2.6], Style::SOFT);
        let lefts = (0..positions).map(|position| left + 38.0 + position as f64 * 11.2);
        let corners: Vec<_> = lefts.clone().map(|x| [x, y - 4.0]).collect();
        canvas.squares(&corners, 8.0, palette::PAPER, palette::VERMILION);
        let crossings =
            lefts.flat_map(|x| [[[x, y - 3.0], [x + 8.0, y + 3.0]], [[x, y + 3.0], [x + 8.0, y - 3.0]]]);
        canvas.lines(&crossings.collect::<Vec<_>>(), palette::VERMILION, 0.6);
    }
    let y = TOP + 12.0 + dimensions as f64 * 22.0;
    canvas.text("Switch (d, i, j) joins the + port of cube c at face", [left, y], Style::PLAIN);
    canvas.text("position (i, j) to the − port of cube p(c). The chip's", [left, y + LEADING], Style::PLAIN);
    canvas.text("place in its cube, the Y arm, never changes.", [left, y + 2.0 * LEADING], Style::PLAIN);
    Ok(())
}

/// Draws one coordinate taken apart into its arms.
fn coordinate(spec: &Architecture, lookup: &Lookup<'_>, canvas: &mut Canvas<'_>) -> Result<(), Diagnostics> {
    let fact = lookup.fact(&spec.example)?;
    let Value::Text(example) = &fact.value else { return Ok(()) };
    let left = 134.0;
    let style = Style { size: 11.0, bold: true, ..Style::PLAIN };
    let mut x = left;
    let y = BOTTOM + 14.0;
    let meanings = ["Z arm: cube", "Y arm: chip in its cube", "X arm: inside the chip"];
    for ((arm, meaning), colour) in example.split('/').zip(meanings).zip(ARMS) {
        let width = canvas.measure(arm, style).max(canvas.measure(meaning, Style::PLAIN));
        canvas.text(arm, [x + width / 2.0, y], style.anchored(Anchor::Middle).filled(colour));
        canvas.line([x, y + 4.0], [x + width, y + 4.0], colour, 1.0);
        canvas.text(meaning, [x + width / 2.0, y + 14.0], Style::PLAIN.anchored(Anchor::Middle));
        x += width + 7.0;
        if meaning != meanings[2] {
            canvas.text("/", [x, y], style.anchored(Anchor::Middle));
            x += 7.0;
        }
    }
    Ok(())
}

fn legend(canvas: &mut Canvas<'_>) {
    let (x, y) = (420.0, BOTTOM + 8.0);
    canvas.rectangle([x, y - 6.5], [BOX, BOX], palette::PALE_BLUE, palette::BLUE);
    canvas.text("cube", [x + 12.0, y], Style::PLAIN);
    canvas.dots(&[[x + 45.0, y - 2.7]], 1.6, palette::INK);
    canvas.text("chip", [x + 53.0, y], Style::PLAIN);
    canvas.rectangle([x, y + 4.5], [BOX, BOX], palette::PALE_GREEN, palette::GREEN);
    canvas.text("spare", [x + 12.0, y + 11.0], Style::PLAIN);
    canvas.rectangle([x + 41.0, y + 4.5], [BOX, BOX], palette::PAPER, palette::VERMILION);
    canvas.text("switch", [x + 53.0, y + 11.0], Style::PLAIN);
}
