//! Pictures for places that show no SVG: the card of a shared page, and the figures of posts.

use std::fmt::Write;

use crate::figure::{Font, PngError, to_png};

/// Width of a card in pixels, as Open Graph and Twitter cards ask for.
pub const WIDTH: u32 = 1200;
/// Height of a card in pixels.
pub const HEIGHT: u32 = 630;

/// Width of the figure of a post in pixels.
const PICTURE: u32 = 1600;
/// Pixels to a point of a printed figure: 300 to an inch.
const SHARP: f64 = 300.0 / 72.0;
/// Least width of a printed figure in pixels.
const LEAST: f64 = 400.0;
/// Free space at the edges of a card.
const MARGIN: f64 = 56.0;
/// Sizes of a title, from the largest; the first at which it fits its lines is taken.
const SIZES: [f64; 4] = [54.0, 48.0, 42.0, 36.0];
/// Most lines of a title.
const LINES: usize = 2;
/// Height of a line over the size of its text.
const LEADING: f64 = 1.2;
/// Space between title and figure.
const GAP: f64 = 34.0;

/// Draws the card of a page: its title over a figure, on white.
///
/// # Errors
/// A figure that is no drawing.
pub fn card(title: &str, figure: &str, font: &Font) -> Result<Vec<u8>, PngError> {
    let (width, height) = (f64::from(WIDTH), f64::from(HEIGHT));
    let room = width - 2.0 * MARGIN;
    let (size, lines) = fitted(title, room, font);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}pt\" height=\"{height}pt\" \
         viewBox=\"0 0 {width} {height}\"><rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>"
    );
    let mut below = MARGIN;
    for line in &lines {
        below += size * LEADING;
        let (baseline, line) = (below - size * (LEADING - 1.0), xml(line));
        let _ = write!(
            svg,
            "<text x=\"{MARGIN}\" y=\"{baseline}\" font-size=\"{size}\" font-weight=\"bold\" \
             fill=\"#1a1a1a\">{line}</text>"
        );
    }
    let (top, [wide, high]) = (below + GAP, drawing_size(figure)?);
    let scale = (room / wide).min((height - MARGIN - top) / high);
    let left = MARGIN + (room - wide * scale) / 2.0;
    let top = top + ((height - MARGIN - top) - high * scale) / 2.0;
    let _ = write!(svg, "<g transform=\"translate({left} {top}) scale({scale})\">{figure}</g></svg>");
    to_png(&svg, WIDTH, font)
}

/// Draws a figure alone, on white.
///
/// # Errors
/// A figure that is no drawing.
pub fn picture(figure: &str, font: &Font) -> Result<Vec<u8>, PngError> {
    to_png(figure, PICTURE, font)
}

/// Draws a figure for documents that show no SVG, on white.
///
/// # Errors
/// A figure that is no drawing.
pub fn print(figure: &str, font: &Font) -> Result<Vec<u8>, PngError> {
    // Those of a line of text are small, and looked at on screens that enlarge.
    let pixels = (print_width(figure)? * SHARP).round().clamp(LEAST, f64::from(2 * PICTURE));
    to_png(figure, pixels as u32, font)
}

/// Returns the width of a figure in points.
///
/// # Errors
/// A figure that has none.
pub fn print_width(figure: &str) -> Result<f64, PngError> {
    drawing_size(figure).map(|[width, _]| width)
}

/// Returns the lines of a title and their size: the largest at which it fits.
fn fitted(title: &str, room: f64, font: &Font) -> (f64, Vec<String>) {
    let broken = SIZES.map(|size| (size, lines(title, size, room, font)));
    let smallest = broken.last().cloned();
    let fits = broken.into_iter().find(|(_, lines)| lines.len() <= LINES);
    fits.or(smallest).unwrap_or_default()
}

fn lines(title: &str, size: f64, room: f64, font: &Font) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in title.split_whitespace() {
        match lines.last_mut() {
            Some(line) if font.width(&format!("{line} {word}"), size, true) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Width and height of a drawing in its own units, which are points.
fn drawing_size(svg: &str) -> Result<[f64; 2], PngError> {
    let view = svg.split_once("viewBox=\"0 0 ").and_then(|(_, rest)| rest.split_once('"'));
    let mut numbers = view.into_iter().flat_map(|(numbers, _)| numbers.split(' ')).map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(width)), Some(Ok(height))) if width > 0.0 && height > 0.0 => Ok([width, height]),
        _ => Err(PngError::Size),
    }
}

/// Text with everything escaped that XML gives a meaning.
fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIGURE: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100pt\" height=\"50pt\" \
                          viewBox=\"0 0 100 50\"><rect width=\"100\" height=\"50\" fill=\"#ff0000\"/></svg>";

    #[test]
    fn a_card_has_its_size_its_margin_and_its_figure() {
        let font = Font::installed().expect("the font");
        let png = card("A title & <more>", FIGURE, &font).expect("a card");
        assert_eq!(png, card("A title & <more>", FIGURE, &font).expect("a card"));
        let pixels = resvg::tiny_skia::Pixmap::decode_png(&png).expect("a PNG");
        assert_eq!((pixels.width(), pixels.height()), (WIDTH, HEIGHT));
        let colour = |x, y| pixels.pixel(x, y).map(|pixel| (pixel.red(), pixel.green(), pixel.blue()));
        assert_eq!(colour(5, 5), Some((255, 255, 255)));
        assert_eq!(colour(WIDTH / 2, 400), Some((255, 0, 0)));
    }

    #[test]
    fn a_long_title_gets_smaller_before_it_gets_longer() {
        let font = Font::installed().expect("the font");
        let (size, lines) = fitted("Short", 1000.0, &font);
        assert_eq!((size, lines.len()), (SIZES[0], 1));
        let (size, lines) = fitted(&"many words ".repeat(8), 1000.0, &font);
        assert!(size < SIZES[0] && lines.len() == LINES, "{size} {lines:?}");
    }

    #[test]
    fn a_drawing_without_a_size_is_an_error() {
        let font = Font::installed().expect("the font");
        assert!(matches!(card("A", "<svg/>", &font), Err(PngError::Size)));
    }
}
