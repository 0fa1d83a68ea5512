//! Pictures that an author brings, as drawings: PNG, JPEG and SVG files, and pages of PDF files.
//!
//! A picture is printed at its own size, at most as wide as its room, unless its author says how wide. What
//! files say beside their picture, such as the place where a photograph was taken, goes into no output.

use std::fmt::Write;
use std::io::Cursor;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use hayro_svg::hayro_syntax::Pdf;
use hayro_svg::{RenderCache, SvgRenderSettings, convert};
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageFormat, ImageReader};
use svg::node::Blob;
use svg::node::element::{Image, Rectangle, Title};
use usvg::roxmltree;

use super::{Font, palette, pdf};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::source::{POINTS_TO_AN_INCH as INCH, Width};

/// Pixels to an inch of paper that a reader does not see one by one.
const SHARP: f64 = 150.0;
/// Points to a pixel of CSS, in which SVG counts.
const CSS_PIXEL: f64 = 0.75;
/// The most pixels of a picture, which fill an A0 poster.
const MOST_PIXELS: u64 = 100_000_000;

/// Where a picture is printed.
#[derive(Clone, Copy, Debug)]
pub enum Room {
    /// In the middle of a column or a page of so many points.
    Column(f64),
    /// In a line of text, whose height it takes.
    Line,
}

/// What is asked of a picture.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The page of a PDF, from 1.
    pub page: Option<usize>,
    /// How wide it is to be.
    pub width: Option<Width>,
    /// Where it stands.
    pub room: Room,
}

/// Reads a picture and draws it; `file` is what its author calls `path`, and `place` where it is shown.
///
/// # Errors
/// What is wrong with the file or with what is asked of it, located.
pub fn read(
    file: &Path,
    path: &Path,
    setting: &Setting,
    text: &str,
    font: &Font,
    place: &Location,
) -> Result<String, Diagnostics> {
    let bytes = std::fs::read(path).map_err(|error| format!("it cannot be read: {error}"));
    bytes
        .and_then(|bytes| draw(&bytes, setting, text, font))
        .map_err(|reason| unprintable(file, &reason, place).into())
}

/// Says why a picture cannot be printed, where it is shown.
pub fn unprintable(file: &Path, reason: &str, place: &Location) -> Diagnostic {
    let message = format!("the picture `{}` cannot be printed: {reason}", file.display());
    Diagnostic::new(place.clone(), message)
}

/// What an SVG drawing holds, and its size in points.
struct Content {
    inside: String,
    size: [f64; 2],
    /// Pixels from left to right, of what has pixels.
    pixels: Option<u32>,
}

/// Draws a picture; `text` is read in place of it.
///
/// # Errors
/// What is wrong with the file, or with what is asked of it.
pub fn draw(bytes: &[u8], setting: &Setting, text: &str, font: &Font) -> Result<String, String> {
    let Setting { page, width, room } = *setting;
    let is_pdf = bytes.starts_with(b"%PDF");
    if page.is_some() && !is_pdf {
        return Err("only a PDF has pages".to_owned());
    }
    let content = if bytes.starts_with(&[0x89, b'P', b'N', b'G']) {
        pixels(bytes, ImageFormat::Png)?
    } else if bytes.starts_with(&[0xff, 0xd8]) {
        pixels(bytes, ImageFormat::Jpeg)?
    } else if is_pdf {
        let svg = of_pdf(bytes, page.unwrap_or(1))?;
        vector(&svg, 1.0, font)?
    } else {
        let svg = std::str::from_utf8(bytes).ok().filter(|text| text.contains("<svg"));
        let svg = svg.ok_or("it is no PNG, JPEG, SVG or PDF, whatever its name says")?;
        no_lost_signs(svg, font)?;
        vector(svg, CSS_PIXEL, font)?
    };
    let [natural, height] = content.size;
    let (room, wanted) = match room {
        Room::Column(room) => (room, width),
        Room::Line => (natural, None),
    };
    let printed = match wanted {
        Some(Width::Share(share)) => share * room,
        Some(Width::Points(points)) if points > room + 0.5 => {
            return Err(format!("it is to be {points:.0} pt wide, and its room has {room:.0} pt"));
        }
        Some(Width::Points(points)) => points.min(room),
        None => natural.min(room),
    };
    let scale = printed / natural;
    if let Some(pixels) = content.pixels.map(|pixels| f64::from(pixels) / (printed / INCH))
        && pixels < SHARP - 1.0
    {
        let most = content.size[0];
        return Err(format!(
            "at {printed:.0} pt it has {pixels:.0} pixels to an inch, and print shows those below {SHARP:.0}; \
             show it at most {most:.0} pt wide, or bring more pixels"
        ));
    }
    let (left, high) = ((room - printed) / 2.0, height * scale);
    let mut node = svg::Document::new()
        .set("viewBox", (0, 0, round(room), round(high)))
        .set("width", format!("{}pt", round(room)))
        .set("height", format!("{}pt", round(high)))
        .set("role", "img")
        .add(Title::new(text));
    // A picture has colours of its own, which stand on paper.
    node = node.add(
        Rectangle::new().set("width", round(room)).set("height", round(high)).set("fill", palette::PAPER),
    );
    let place = format!("translate({} 0) scale({scale:.6})", round(left));
    node = node.add(Blob::new(format!("<g transform=\"{place}\">{}</g>", content.inside)));
    Ok(format!("{node}\n"))
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// Returns a picture of pixels, turned as its camera was held.
fn pixels(bytes: &[u8], format: ImageFormat) -> Result<Content, String> {
    let broken = |error: image::ImageError| format!("its pixels cannot be read: {error}");
    let reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(format!("it has {width}×{height} pixels, more than any page shows; make it smaller"));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let is_cmyk = decoder.original_color_type() == ExtendedColorType::Cmyk8;
    let mut image = DynamicImage::from_decoder(decoder).map_err(broken)?;
    let (kind, data) = if format == ImageFormat::Jpeg && orientation == Orientation::NoTransforms && !is_cmyk
    {
        ("jpeg", without_metadata(bytes).ok_or("its parts cannot be told apart")?)
    } else {
        image.apply_orientation(orientation);
        let image = match image.color().has_alpha() {
            true => DynamicImage::ImageRgba8(image.into_rgba8()),
            false if image.color().has_color() => DynamicImage::ImageRgb8(image.into_rgb8()),
            false => DynamicImage::ImageLuma8(image.into_luma8()),
        };
        let mut data = Cursor::new(Vec::new());
        image.write_to(&mut data, ImageFormat::Png).map_err(broken)?;
        ("png", data.into_inner())
    };
    let turned = matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    let [width, height] = if turned { [height, width] } else { [width, height] };
    let size = [width, height].map(|pixels| f64::from(pixels) / SHARP * INCH);
    let image = Image::new()
        .set("width", size[0])
        .set("height", size[1])
        .set("preserveAspectRatio", "none")
        .set("href", format!("data:image/{kind};base64,{}", base64(&data)));
    Ok(Content { inside: image.to_string(), size, pixels: Some(width) })
}

/// Returns a JPEG without what cameras and programs write beside the picture; its colours stay what they are.
fn without_metadata(jpeg: &[u8]) -> Option<Vec<u8>> {
    const START_OF_SCAN: u8 = 0xda;
    let mut out = jpeg.get(..2)?.to_vec();
    let mut at = 2;
    loop {
        let [0xff, marker] = *jpeg.get(at..at + 2)? else { return None };
        if marker == START_OF_SCAN {
            out.extend(&jpeg[at..]);
            return Some(out);
        }
        if marker == 0xff {
            // Fill bytes may stand before a marker.
            at += 1;
            continue;
        }
        let length = usize::from(u16::from_be_bytes(jpeg.get(at + 2..at + 4)?.try_into().ok()?));
        let segment = jpeg.get(at..at + 2 + length)?;
        // APP0 is JFIF, APP2 a colour profile, APP14 the way of Adobe's colours; comments have 0xfe.
        let is_beside = matches!(marker, 0xe1 | 0xe3..=0xed | 0xef | 0xfe);
        if !is_beside {
            out.extend(segment);
        }
        at += 2 + length;
    }
}

/// Returns the page of a PDF as SVG, whose unit is a point.
fn of_pdf(bytes: &[u8], page: usize) -> Result<String, String> {
    let pdf =
        Pdf::new(bytes.to_vec()).map_err(|error| format!("it is no PDF that can be read: {error:?}"))?;
    let pages = pdf.pages();
    let count = pages.len();
    let page = page.checked_sub(1).and_then(|index| pages.get(index));
    let page = page.ok_or_else(|| format!("it has {count} page{}", if count == 1 { "" } else { "s" }))?;
    Ok(convert(page, &RenderCache::new(), &Default::default(), &SvgRenderSettings::default()))
}

/// Returns an SVG as paths, whatever its author wrote it with; `unit` is one of its units in points.
fn vector(svg: &str, unit: f64, font: &Font) -> Result<Content, String> {
    let refused = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&refused);
    let mut options = pdf::options(font);
    options.image_href_resolver.resolve_string = Box::new(move |address, _| {
        seen.lock().unwrap_or_else(PoisonError::into_inner).push(address.to_owned());
        None
    });
    let tree = usvg::Tree::from_str(svg, &options).map_err(|error| format!("it is no SVG: {error}"))?;
    if let Some(address) = refused.lock().unwrap_or_else(PoisonError::into_inner).first() {
        return Err(format!("it shows another file, `{address}`; embed that in it"));
    }
    let size = [tree.size().width(), tree.size().height()].map(f64::from);
    let written = tree.to_string(&usvg::WriteOptions { preserve_text: false, ..Default::default() });
    let inside = written.find('>').map(|end| &written[end + 1..]).and_then(|rest| rest.rsplit_once("</svg>"));
    let (inside, _) = inside.ok_or("it is empty")?;
    let mut scaled = String::new();
    let _ = write!(scaled, "<g transform=\"scale({unit})\">{}</g>", inside.trim());
    Ok(Content { inside: scaled, size: size.map(|length| length * unit), pixels: None })
}

/// Reports the characters of an SVG that the font of drawings lacks.
fn no_lost_signs(svg: &str, font: &Font) -> Result<(), String> {
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(svg, options)
        .map_err(|error| format!("it is no SVG: {error}"))?;
    let texts = document.descendants().filter(|node| node.is_text());
    let texts = texts.filter(|text| {
        text.ancestors().any(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "text")))
    });
    let mut lost: Vec<char> = texts
        .flat_map(|node| font.lacks(node.text().unwrap_or_default(), false))
        .filter(|c| !c.is_control())
        .collect();
    lost.sort_unstable();
    lost.dedup();
    match lost.as_slice() {
        [] => Ok(()),
        lost => {
            let signs: Vec<String> = lost.iter().map(|sign| format!("`{sign}`")).collect();
            Err(format!("the font of drawings has no {}; save the text as paths", signs.join(", ")))
        }
    }
}

/// Returns bytes as a data address holds them (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: [u8; 3] = [200, 0, 0];

    fn font() -> Font {
        Font::installed().expect("TeX Gyre Heros")
    }

    fn file(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let image = image::RgbImage::from_pixel(width, height, image::Rgb(RED));
        let mut data = Cursor::new(Vec::new());
        DynamicImage::ImageRgb8(image).write_to(&mut data, format).expect("an image");
        data.into_inner()
    }

    fn setting(width: Option<Width>) -> Setting {
        Setting { page: None, width, room: Room::Column(252.0) }
    }

    /// The size of a drawing in points.
    fn size(svg: &str) -> [f64; 2] {
        let of = |name: &str| {
            let (_, after) = svg.split_once(&format!(" {name}=\"")).expect(name);
            after.split_once("pt\"").expect("points").0.parse().expect("a number")
        };
        [of("width"), of("height")]
    }

    /// The colour in the middle of a drawing.
    fn middle(svg: &str) -> [u8; 3] {
        let tree = usvg::Tree::from_str(svg, &pdf::options(&font())).expect("an SVG");
        let (width, height) = (tree.size().width() as u32, tree.size().height() as u32);
        let mut pixels = resvg::tiny_skia::Pixmap::new(width, height).expect("pixels");
        resvg::render(&tree, Default::default(), &mut pixels.as_mut());
        let pixel = pixels.pixel(width / 2, height / 2).expect("a pixel");
        [pixel.red(), pixel.green(), pixel.blue()]
    }

    #[test]
    fn each_kind_of_file_is_shown_at_its_size_and_keeps_its_colours() {
        let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='80' height='40'><rect width='80' \
                   height='40' fill='#c80000'/></svg>";
        let as_pdf = super::super::to_pdf(
            &svg.replace("width='80' height='40'>", "width='60' height='30' viewBox='0 0 80 40'>"),
            &font(),
        );
        for (name, bytes) in [
            ("png", file(125, 62, ImageFormat::Png)),
            ("jpeg", file(125, 62, ImageFormat::Jpeg)),
            ("svg", svg.as_bytes().to_vec()),
            ("pdf", as_pdf.expect("a PDF")),
        ] {
            let drawn = draw(&bytes, &setting(None), "Red", &font()).expect(name);
            let [width, height] = size(&drawn);
            assert!(width == 252.0 && (29.0..31.0).contains(&height), "{name}: {width} {height}");
            let middle = middle(&drawn);
            let is_red = middle.iter().zip(RED).all(|(seen, sent)| seen.abs_diff(sent) < 8);
            assert!(is_red, "{name}: {middle:?}");
            let pdf = super::super::to_pdf(&drawn, &font()).expect(name);
            assert!(pdf.starts_with(b"%PDF"));
        }
    }

    #[test]
    fn a_width_is_kept_and_one_that_pixels_cannot_fill_is_told() {
        let wide = file(1000, 500, ImageFormat::Png);
        let height = |width| size(&draw(&wide, &setting(width), "Red", &font()).expect("drawn"))[1];
        assert_eq!(height(None), 126.0);
        assert_eq!(height(Some(Width::Share(0.5))), 63.0);
        assert_eq!(height(Width::read("1in")), 36.0);
        let error = draw(&wide, &setting(Width::read("20cm")), "Red", &font()).expect_err("too wide");
        assert!(error.contains("its room has 252 pt"), "{error}");
        let coarse = file(100, 50, ImageFormat::Png);
        let error = draw(&coarse, &setting(Some(Width::Share(1.0))), "Red", &font()).expect_err("coarse");
        assert!(error.contains("29 pixels to an inch") && error.contains("at most 48 pt wide"), "{error}");
    }

    #[test]
    fn a_photograph_is_turned_and_says_nothing_of_where_it_was_taken() {
        let mut jpeg = file(64, 32, ImageFormat::Jpeg);
        // APP1 with EXIF (CIPA DC-008, 4.5): big-endian TIFF, one entry, orientation 6, turned to the right.
        let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let mut segment = vec![0xff, 0xe1];
        segment.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
        segment.extend(exif);
        let mut comment = vec![0xff, 0xfe, 0, 8];
        comment.extend(b"secret");
        let plain = without_metadata(&[&jpeg[..2], &comment, &jpeg[2..]].concat()).expect("a JPEG");
        assert!(!plain.windows(6).any(|part| part == b"secret"));
        jpeg.splice(2..2, segment);
        let content = pixels(&jpeg, ImageFormat::Jpeg).expect("a picture");
        assert!(content.size[0] < content.size[1], "{:?}", content.size);
    }

    #[test]
    fn what_cannot_be_printed_is_told() {
        let png = file(20, 20, ImageFormat::Png);
        let wrong = |bytes: &[u8], page| {
            draw(bytes, &Setting { page, ..setting(None) }, "x", &font()).expect_err("an error")
        };
        assert!(wrong(&png, Some(1)).contains("only a PDF has pages"));
        assert!(wrong(&png[..60], None).contains("pixels cannot be read"));
        assert!(wrong(b"GIF89a", None).contains("no PNG, JPEG, SVG or PDF"));
        assert!(wrong(b"%PDF-1.4 nothing", None).contains("no PDF that can be read"));
        let svg = |inside: &str| {
            format!("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>{inside}</svg>")
        };
        let linked = wrong(svg("<image href='/etc/passwd' width='9' height='9'/>").as_bytes(), None);
        assert!(linked.contains("shows another file, `/etc/passwd`"), "{linked}");
        let lost = wrong(svg("<text y='9'>\u{4e2d}</text>").as_bytes(), None);
        assert!(lost.contains("has no `\u{4e2d}`"), "{lost}");
        let pdf = super::super::to_pdf(&svg("<rect width='9' height='9'/>"), &font()).expect("a PDF");
        assert!(wrong(&pdf, Some(2)).contains("it has 1 page"));
    }
}
