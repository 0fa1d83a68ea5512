//! The key under a chart: what its marks mean, in as few lines as fit.

use super::super::canvas::{Canvas, LEADING, Style, TEXT};
use super::super::palette;
use super::datum::Datum;
use super::mark;
use crate::language::Words;

/// A mark and its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The mark.
    pub symbol: Symbol,
    /// Its meaning.
    pub text: String,
}

/// A mark that needs a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbol {
    /// Line and marker of a series.
    Line(usize),
    /// Line of a series without a marker.
    Stroke(usize),
    /// Dot of a series.
    Dot(usize, mark::Size),
    /// Bar of a series.
    Bar(usize),
    /// Pale box of a series.
    Box(usize),
    /// Band over intervals.
    Band,
    /// Line of least squares.
    Fit,
    /// Line at one.
    One,
    /// Whisker over an interval.
    Interval,
    /// Tick at a median.
    Median,
    /// Hollow diamond.
    Published,
    /// Hollow box.
    PublishedRange,
}

/// Returns what the marks of series mean, of those that have a label, in the symbol of each.
pub fn of_series<'l>(labels: impl Iterator<Item = &'l String>, symbol: impl Fn(usize) -> Symbol) -> Vec<Key> {
    let named = labels.enumerate().filter(|(_, label)| !label.is_empty());
    named.map(|(series, label)| Key { symbol: symbol(series), text: label.clone() }).collect()
}

/// Returns what whiskers and the marks of published values mean, where some data has any. Whiskers of several meanings
/// have all of them.
pub fn of_marks<'d>(words: &Words, data: impl Iterator<Item = &'d Datum>) -> Vec<Key> {
    let mut holds: Vec<&str> = Vec::new();
    let (mut single, mut range) = (false, false);
    for one in data {
        let held = one.interval.map(|_| one.interval_holds.as_deref().unwrap_or(words.chart_interval));
        holds.extend(held.filter(|held| !holds.contains(held)));
        single |= one.published.is_some_and(|[low, high]| low == high);
        range |= one.published.is_some_and(|[low, high]| low < high);
    }
    let interval = (!holds.is_empty()).then(|| (Symbol::Interval, holds.join("; ")));
    let single = single.then(|| (Symbol::Published, words.published.to_owned()));
    let range = range.then(|| (Symbol::PublishedRange, words.chart_published_range.to_owned()));
    let present = interval.into_iter().chain(single).chain(range);
    present.map(|(symbol, text)| Key { symbol, text }).collect()
}

/// Width of the drawn mark of a key, with the room after it.
fn symbol_width(symbol: Symbol) -> f64 {
    match symbol {
        Symbol::Line(_) | Symbol::Stroke(_) => 24.0,
        Symbol::One | Symbol::Interval | Symbol::PublishedRange | Symbol::Fit => 19.0,
        Symbol::Bar(_) | Symbol::Box(_) | Symbol::Band => 12.0,
        Symbol::Dot(..) => 9.0,
        Symbol::Published => 11.0,
        Symbol::Median => 7.0,
    }
}

/// Draws keys in lines from `left` over `width`, the first line below `top`.
pub fn draw(canvas: &mut Canvas<'_>, keys: &[Key], [left, width]: [f64; 2], top: f64) {
    let (mut x, mut y) = (left, top + LEADING);
    for key in keys {
        let wide = symbol_width(key.symbol) + canvas.measure(&key.text, Style::PLAIN);
        if x > left && x + wide > left + width {
            (x, y) = (left, y + LEADING + 1.0);
        }
        draw_symbol(canvas, key.symbol, [x, y - 0.35 * TEXT]);
        canvas.text(&key.text, [x + symbol_width(key.symbol), y], Style::PLAIN);
        x += wide + 12.0;
    }
}

fn draw_symbol(canvas: &mut Canvas<'_>, symbol: Symbol, [x, y]: [f64; 2]) {
    match symbol {
        Symbol::Line(series) => {
            let look = mark::look(series);
            canvas.polyline(&[[x, y], [x + 20.0, y]], look.colour, 1.3, look.dash);
            mark::markers(canvas, series, &[[x + 10.0, y]]);
        }
        Symbol::Stroke(series) => {
            let look = mark::look(series);
            canvas.polyline(&[[x, y], [x + 20.0, y]], look.colour, 1.2, look.dash);
        }
        Symbol::Dot(series, size) => size.draw(canvas, series, &[[x + 3.0, y]]),
        Symbol::Box(series) => mark::pale_box(canvas, series, [x, y - 3.5], [8.0, 7.0]),
        Symbol::Band => {
            mark::band(canvas, &[0.0, 8.0].map(|end| [[x + end, y + 3.5], [x + end, y - 3.5]]), palette::INK);
        }
        Symbol::Fit => canvas.line([x, y], [x + 15.0, y], palette::INK, 1.2),
        Symbol::Bar(series) => mark::bar(canvas, series, [x, y - 3.5], [8.0, 7.0]),
        Symbol::One => canvas.polyline(&[[x, y], [x + 15.0, y]], palette::INK, 1.0, "3 2"),
        Symbol::Interval => mark::whisker(canvas, [x + 1.0, y], [x + 15.0, y], palette::INK),
        Symbol::Median => mark::median(canvas, [x + 2.0, y], palette::INK),
        Symbol::Published => mark::published(canvas, &[[x + 4.0, y]]),
        Symbol::PublishedRange => mark::published_range(canvas, [x + 1.0, y], [x + 15.0, y]),
    }
}
