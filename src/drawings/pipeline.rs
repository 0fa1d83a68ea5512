//! A sparse lookup from ids to vectors, above times of the same lookup on two machines.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::arrow::Arrows;
use super::label::arms;
use paper_engine::diagnostic::Diagnostics;
use paper_engine::facts::Unit;
use paper_engine::figure::Lookup;
use paper_engine::figure::canvas::{Anchor, Canvas, Style};
use paper_engine::figure::palette;

/// The rows looked up, the headings of the stages, and the times.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pipeline {
    /// Headings of ids, coordinates, batches, lookups and vectors.
    stages: [Stage; 5],
    /// The rows looked up.
    rows: Vec<Row>,
    /// The times underneath.
    times: Times,
}

/// The heading of a stage.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Stage {
    /// Its heading.
    title: String,
    /// What stands below the heading.
    note: String,
}

/// A row that is looked up.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Row {
    /// Text: its id.
    #[schemars(with = "String")]
    id: Spanned<String>,
    /// Text: the coordinate of the row with that id.
    #[schemars(with = "String")]
    coordinate: Spanned<String>,
    /// The unit of the chip that gathers the row, from 1.
    #[schemars(with = "String")]
    unit: Spanned<String>,
}

/// Bars on a time line whose unit is the first of them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Times {
    /// Its heading.
    title: String,
    /// What stands beside the heading.
    note: String,
    /// What takes one unit of time.
    base: String,
    /// The bars.
    bars: Vec<Bar>,
}

/// A bar of the time line.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Bar {
    /// What stands beside it.
    label: String,
    /// A ratio to the first bar.
    #[schemars(with = "String")]
    fact: Spanned<String>,
}

struct LookupRow {
    id: String,
    coordinate: String,
    cube: [usize; 3],
    chip: [usize; 3],
    unit: usize,
}

/// Left edges of the stages.
const STAGES: [f64; 5] = [8.0, 84.0, 196.0, 300.0, 432.0];
const TOP: f64 = 44.0;
const ROW: f64 = 14.0;
/// Colours of batches in turn: outline and fill.
const BATCHES: [[&str; 2]; 3] = [
    [palette::BLUE, palette::PALE_BLUE],
    [palette::VERMILION, palette::PALE_VERMILION],
    [palette::GREEN, palette::PALE_GREEN],
];
/// Cells that stand for the elements of a vector.
const CELLS: usize = 8;

/// Draws the stages, and the times underneath.
pub fn draw<'a>(
    spec: &Pipeline,
    lookup: &Lookup<'_>,
    mut canvas: Canvas<'a>,
) -> Result<Canvas<'a>, Diagnostics> {
    let mut errors = Diagnostics::default();
    for (stage, x) in spec.stages.iter().zip(STAGES) {
        canvas.text(&stage.title, [x, 14.0], Style::TITLE);
        canvas.text(&stage.note, [x, 25.0], Style::SOFT);
    }
    let rows = spec.rows.iter().map(|row| errors.take(entry(row, lookup)));
    if let Some(rows) = rows.collect::<Option<Vec<_>>>() {
        stages(&rows, &mut canvas);
    }
    let top = TOP + ROW * spec.rows.len() as f64 + 22.0;
    errors.take(times(&spec.times, lookup, &mut canvas, top));
    errors.into_result(canvas)
}

fn entry(row: &Row, lookup: &Lookup<'_>) -> Result<LookupRow, Diagnostics> {
    let (coordinate, [cube, chip, _]) = arms(lookup, &row.coordinate)?;
    let unit = lookup.number(&row.unit)? as usize;
    Ok(LookupRow { id: lookup.fact(&row.id)?.display(None), coordinate, cube, chip, unit })
}

/// The stages from left to right: rows keep the order of ids until batches sort them by coordinate.
fn stages(rows: &[LookupRow], canvas: &mut Canvas<'_>) {
    let mut sorted: Vec<usize> = (0..rows.len()).collect();
    sorted.sort_by_key(|&row| (rows[row].cube, rows[row].chip, rows[row].unit, row));
    let middle = |place: usize| TOP + ROW * place as f64;
    let dotted = |[a, b, c]: [usize; 3]| format!("{a}.{b}.{c}");
    let id_end = STAGES[0] + 54.0;
    for (place, row) in rows.iter().enumerate() {
        canvas.text(&row.id, [id_end, middle(place) + 2.7], Style::PLAIN.anchored(Anchor::End));
    }
    let batches: Vec<&[usize]> = sorted.chunk_by(|&a, &b| rows[a].cube == rows[b].cube).collect();
    let longest = rows.iter().map(|row| canvas.measure(&row.coordinate, Style::PLAIN)).fold(0.0, f64::max);
    let longest = STAGES[1] + longest;
    let mut place = 0;
    for (index, batch) in batches.iter().enumerate() {
        let [colour, pale] = BATCHES[index % BATCHES.len()];
        let (first, last) = (middle(place), middle(place + batch.len() - 1));
        let mut arrows = Arrows::new(colour);
        for (offset, &row) in batch.iter().enumerate() {
            let entry = &rows[row];
            let (before, after) = (middle(row), middle(place + offset));
            arrows.add([[id_end, before], [STAGES[1], before]], [4.0, 3.0], 0.0);
            canvas.text(&entry.coordinate, [STAGES[1], before + 2.7], Style::PLAIN.filled(colour));
            arrows.add([[longest, before], [STAGES[2], after]], [4.0, 2.0], 0.0);
            arrows.add([[STAGES[2] + 66.0, after], [STAGES[3], after]], [1.0, 3.0], 0.0);
            let lookup = format!("chip {}, SparseCore {}", dotted(entry.chip), entry.unit);
            canvas.text(&lookup, [STAGES[3], after + 2.7], Style::PLAIN);
            let end = STAGES[3] + canvas.measure(&lookup, Style::PLAIN);
            arrows.add([[end, after], [STAGES[4], after]], [3.0, 3.0], 0.0);
            let cells = (0..CELLS).map(|cell| [STAGES[4] + 8.0 * cell as f64, after - 4.0]);
            canvas.squares(&cells.collect::<Vec<_>>(), 8.0, pale, colour);
        }
        arrows.draw(canvas);
        canvas.rectangle([STAGES[2], first - 5.5], [66.0, last - first + 11.0], pale, colour);
        let cube = rows[batch[0]].cube;
        let (centre, y) = (STAGES[2] + 33.0, f64::midpoint(first, last));
        let label = format!("to cube {}", dotted(cube));
        let count = if batch.len() == 1 { "1 id".to_owned() } else { format!("{} ids", batch.len()) };
        let style = Style::PLAIN.anchored(Anchor::Middle);
        if batch.len() > 1 {
            canvas.text(&label, [centre, y - 2.3], Style { bold: true, ..style });
            canvas.text(&count, [centre, y + 7.7], style);
        } else {
            canvas.text(&label, [centre, y + 2.7], Style { bold: true, ..style });
        }
        place += batch.len();
    }
}

/// Bars from a common start, with intervals, on an axis in units of the first bar.
fn times(spec: &Times, lookup: &Lookup<'_>, canvas: &mut Canvas<'_>, top: f64) -> Result<(), Diagnostics> {
    const BAR: f64 = 15.0;
    canvas.text(&spec.title, [8.0, top], Style::TITLE);
    let x = 8.0 + canvas.measure(&spec.title, Style::TITLE) + 8.0;
    canvas.text(&spec.note, [x, top], Style::SOFT);
    let mut errors = Diagnostics::default();
    let mut bars = vec![(spec.base.as_str(), 1.0, None, Unit::TIMES.display(1.0, Some(0)))];
    for bar in &spec.bars {
        let (Some(fact), Some(number)) =
            (errors.take(lookup.fact(&bar.fact)), errors.take(lookup.number(&bar.fact)))
        else {
            continue;
        };
        let text = match fact.interval_text(None, false) {
            Some(ends) => format!("{} ({})", fact.display(None), ends.join(" to ")),
            None => fact.display(None),
        };
        bars.push((bar.label.as_str(), number, fact.interval, text));
    }
    let widest = bars.iter().map(|bar| canvas.measure(bar.0, Style::PLAIN)).fold(0.0, f64::max);
    let room = bars.iter().map(|bar| canvas.measure(&bar.3, Style::PLAIN)).fold(0.0, f64::max);
    let left = 8.0 + widest + 6.0;
    let most = bars.iter().map(|bar| bar.2.map_or(bar.1, |(_, high)| high.max(bar.1))).fold(1.0, f64::max);
    let scale = (canvas.width() - 8.0 - room - 6.0 - left) / most;
    let bottom = top + 8.0 + BAR * bars.len() as f64;
    let step = if most > 12.0 { 5 } else { 1 };
    for tick in (0..=most as usize).step_by(step) {
        let x = left + scale * tick as f64;
        canvas.line([x, top + 7.0], [x, bottom + 2.0], palette::LINE, 0.5);
        let style = Style::SOFT.anchored(Anchor::Middle);
        canvas.text(&tick.to_string(), [x, bottom + 10.0], style);
    }
    for (index, (label, value, interval, text)) in bars.iter().enumerate() {
        let y = top + 9.0 + BAR * index as f64;
        let [colour, pale] = BATCHES[usize::from(index > 0)];
        canvas.text(label, [left - 6.0, y + 8.2], Style::PLAIN.anchored(Anchor::End));
        canvas.rectangle([left, y], [scale * value, BAR - 4.0], pale, colour);
        let mut end = left + scale * value;
        if let Some((low, high)) = interval {
            let [low, high] = [low, high].map(|value| left + scale * value);
            let middle = y + (BAR - 4.0) / 2.0;
            let whisker = [
                [[low, middle], [high, middle]],
                [[low, middle - 2.5], [low, middle + 2.5]],
                [[high, middle - 2.5], [high, middle + 2.5]],
            ];
            canvas.lines(&whisker, palette::INK, 0.9);
            end = end.max(high);
        }
        let text_x = end + 5.0;
        let width = canvas.measure(text, Style::PLAIN);
        canvas.rectangle([text_x - 2.0, y - 0.5], [width + 4.0, BAR - 4.0], palette::PAPER, "none");
        canvas.text(text, [text_x, y + 8.2], Style::PLAIN);
    }
    errors.into_result(())
}
