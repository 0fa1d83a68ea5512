//! What every finished drawing must keep: readable text on one plain ground, and a small file that stands
//! alone.
//!
//! Text is set and painted by the same library that makes the PDF; nothing is estimated from the description.

use resvg::tiny_skia::{Color, Pixmap, PremultipliedColorU8, Transform};
use usvg::roxmltree;

use super::Font;
use super::canvas::ROWS;
use super::pdf::options;

/// Smallest size of text in points of the printed page.
const SMALLEST: f32 = 7.0;
/// Least contrast of text with its ground: WCAG 2.1, success criterion 1.4.3, level AA.
const CONTRAST: f64 = 4.5;
/// Most bytes of a drawing.
pub const MOST_BYTES: usize = 25_000;
/// The same of one that shows rows of results, each with a mark.
pub const MOST_BYTES_OF_ROWS: usize = 600_000;
/// Pixels per point in which the ground of a text is looked at.
const SCALE: f32 = 4.0;
/// Free space around a text in points.
const MARGIN: f32 = 0.2;
/// How far channels of one plain ground may lie apart, for rounding in blending.
const PLAIN: u8 = 12;

/// Names every rule that a drawing breaks, with the text concerned; the drawing's units are points of the
/// page.
pub fn broken(svg: &str, font: &Font) -> Vec<String> {
    let mut found = Vec::new();
    let most = if svg.contains(&format!("<g class=\"{ROWS}\"")) { MOST_BYTES_OF_ROWS } else { MOST_BYTES };
    if svg.len() > most {
        found.push(format!("the drawing has {} bytes, more than {most}", svg.len()));
    }
    let document = match roxmltree::Document::parse(svg) {
        Ok(document) => document,
        Err(error) => return vec![format!("the drawing is no XML: {error}")],
    };
    alone(&document, &mut found);
    let read = |text: &str| usvg::Tree::from_str(text, &options(font));
    let (whole, ground) = match (read(svg), read(&without_text(svg, &document))) {
        (Ok(whole), Ok(ground)) => (whole, ground),
        (Err(error), _) | (_, Err(error)) => return vec![format!("the drawing is no valid SVG: {error}")],
    };
    let mut texts = Vec::new();
    gather(whole.root(), &mut texts);
    legible(&texts, whole.size(), &mut found);
    if let Some(ground) = painted(&ground) {
        texts.iter().for_each(|text| found.extend(text.on(&ground)));
    }
    found
}

/// One text as it is set: its outlines' box in points.
struct SetText {
    words: String,
    size: f32,
    colour: Option<[u8; 3]>,
    area: usvg::Rect,
}

impl SetText {
    /// Returns what is wrong with the ground of this text.
    fn on(&self, ground: &Pixmap) -> Option<String> {
        let pixel = |at: f32, end: u32| (at * SCALE).max(0.0).min(end as f32 - 1.0) as u32;
        let (left, right) = (self.area.left() - MARGIN, self.area.right() + MARGIN);
        let (top, bottom) = (self.area.top() - MARGIN, self.area.bottom() + MARGIN);
        let columns = pixel(left, ground.width())..=pixel(right, ground.width());
        let rows = pixel(top, ground.height())..=pixel(bottom, ground.height());
        let colours = rows.flat_map(|y| columns.clone().filter_map(move |x| ground.pixel(x, y)));
        let (mut low, mut high) = ([u8::MAX; 3], [0; 3]);
        for colour in colours.map(channels) {
            for channel in 0..3 {
                low[channel] = low[channel].min(colour[channel]);
                high[channel] = high[channel].max(colour[channel]);
            }
        }
        if (0..3).any(|channel| high[channel].saturating_sub(low[channel]) > PLAIN) {
            return Some(format!("the text `{}` lies on a line or an edge", self.words));
        }
        let Some(colour) = self.colour else {
            return Some(format!("the text `{}` is not of one colour", self.words));
        };
        let ratio = contrast(colour, low);
        let low_contrast =
            format!("the text `{}` has a contrast of {ratio:.1}, less than {CONTRAST}", self.words);
        (ratio < CONTRAST).then_some(low_contrast)
    }
}

fn channels(pixel: PremultipliedColorU8) -> [u8; 3] {
    [pixel.red(), pixel.green(), pixel.blue()]
}

/// Title and description are there; nothing is run, loaded or painted by points.
fn alone(document: &roxmltree::Document<'_>, found: &mut Vec<String>) {
    for name in ["title", "desc"] {
        let node =
            document.descendants().find(|node| node.has_tag_name(("http://www.w3.org/2000/svg", name)));
        if node.and_then(|node| node.text()).is_none_or(|text| text.trim().is_empty()) {
            found.push(format!("the drawing has no <{name}>"));
        }
    }
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let name = node.tag_name().name();
        if ["script", "image", "foreignObject", "style", "a"].contains(&name) {
            found.push(format!("the drawing holds <{name}>"));
        }
        for attribute in node.attributes() {
            let (key, value) = (attribute.name(), attribute.value());
            let outside = key == "href" && !value.starts_with('#');
            if outside || key.starts_with("on") || value.replace("url(#", "").contains("url(") {
                found.push(format!("the attribute {key} of <{name}> reaches outside the drawing"));
            }
        }
    }
}

/// Returns the drawing without its texts.
fn without_text(svg: &str, document: &roxmltree::Document<'_>) -> String {
    let mut rest = svg.to_owned();
    let texts: Vec<_> = document.descendants().filter(|node| node.tag_name().name() == "text").collect();
    for node in texts.iter().rev() {
        rest.replace_range(node.range(), "");
    }
    rest
}

fn gather(group: &usvg::Group, texts: &mut Vec<SetText>) {
    for node in group.children() {
        match node {
            usvg::Node::Group(inner) => gather(inner, texts),
            usvg::Node::Text(text) => {
                let spans = || text.chunks().iter().flat_map(usvg::TextChunk::spans);
                let (scale, _) = text.abs_transform().get_scale();
                let size = spans().map(|span| span.font_size().get() * scale).fold(f32::MAX, f32::min);
                let colours = spans().map(|span| match span.fill()?.paint() {
                    usvg::Paint::Color(colour) => Some([colour.red, colour.green, colour.blue]),
                    _ => None,
                });
                let mut colours: Vec<_> = colours.collect();
                colours.dedup();
                let colour = if let [one] = colours.as_slice() { *one } else { None };
                let words = text.chunks().iter().map(usvg::TextChunk::text).collect::<Vec<_>>().join(" ");
                texts.push(SetText { words, size, colour, area: text.flattened().abs_bounding_box() });
            }
            usvg::Node::Path(_) | usvg::Node::Image(_) => {}
        }
    }
}

/// Sizes, edges, and texts that cover each other.
fn legible(texts: &[SetText], size: usvg::Size, found: &mut Vec<String>) {
    for (index, text) in texts.iter().enumerate() {
        let SetText { words, area, .. } = text;
        if text.size < SMALLEST - 0.001 {
            found.push(format!("the text `{words}` has {:.1} pt, less than {SMALLEST}", text.size));
        }
        if area.left() < 0.0
            || area.top() < 0.0
            || area.right() > size.width()
            || area.bottom() > size.height()
        {
            found.push(format!("the text `{words}` leaves the drawing"));
        }
        let over = |other: &&SetText| {
            area.left() < other.area.right()
                && other.area.left() < area.right()
                && area.top() < other.area.bottom()
                && other.area.top() < area.bottom()
        };
        for other in texts[index + 1..].iter().filter(over) {
            found.push(format!("the texts `{words}` and `{}` overlap", other.words));
        }
    }
}

/// Returns the drawing on white paper.
fn painted(tree: &usvg::Tree) -> Option<Pixmap> {
    let pixels = |points: f32| (points * SCALE).ceil() as u32;
    let mut pixmap = Pixmap::new(pixels(tree.size().width()), pixels(tree.size().height()))?;
    pixmap.fill(Color::WHITE);
    resvg::render(tree, Transform::from_scale(SCALE, SCALE), &mut pixmap.as_mut());
    Some(pixmap)
}

/// Contrast ratio of two colours, from 1 to 21: WCAG 2.1, definition "contrast ratio".
pub(super) fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Relative luminance from 0 to 1: WCAG 2.1, definition "relative luminance".
fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|channel| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}
