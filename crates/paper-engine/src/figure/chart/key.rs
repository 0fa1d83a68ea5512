//! The key under a chart: what its marks mean, in as few lines as fit.

use super::super::canvas::{Canvas, LEADING, Style, TEXT};
use super::super::palette;
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
    /// Bar of a series.
    Bar(usize),
    /// Line at one.
    One,
    /// Whisker over 5 to 95 %.
    Interval,
    /// Tick at a median.
    Median,
    /// Hollow diamond.
    Published,
    /// Hollow box.
    PublishedRange,
}

/// Returns what whiskers and the marks of published values mean, where a chart has any.
pub fn of_marks(words: &Words, interval: bool, single: bool, range: bool) -> Vec<Key> {
    let meanings = [
        (interval, Symbol::Interval, words.chart_interval),
        (single, Symbol::Published, words.published),
        (range, Symbol::PublishedRange, words.chart_published_range),
    ];
    let present = meanings.into_iter().filter(|(present, ..)| *present);
    present.map(|(_, symbol, text)| Key { symbol, text: text.to_owned() }).collect()
}

/// Width of the drawn mark of a key, with the room after it.
fn symbol_width(symbol: Symbol) -> f64 {
    match symbol {
        Symbol::Line(_) => 24.0,
        Symbol::One | Symbol::Interval | Symbol::PublishedRange => 19.0,
        Symbol::Bar(_) => 12.0,
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
        Symbol::Bar(series) => mark::bar(canvas, series, [x, y - 3.5], [8.0, 7.0]),
        Symbol::One => canvas.polyline(&[[x, y], [x + 15.0, y]], palette::INK, 1.0, "3 2"),
        Symbol::Interval => mark::whisker(canvas, [x + 1.0, y], [x + 15.0, y], palette::INK),
        Symbol::Median => mark::median(canvas, [x + 2.0, y], palette::INK),
        Symbol::Published => mark::published(canvas, &[[x + 4.0, y]]),
        Symbol::PublishedRange => mark::published_range(canvas, [x + 1.0, y], [x + 15.0, y]),
    }
}
