//! Two programs that know nothing of each other draw every figure alike: resvg and a browser.

use std::fmt::Write;

use tiny_skia::{Color, Pixmap, Transform};

use crate::DRAWINGS;
use crate::browser::browser;

/// Device pixels per CSS pixel; a drawing in points has 4/3 CSS pixels to the point.
const SCALE: f32 = 2.0;
/// Side in device pixels of the squares that are compared by their mean colour: the programs smooth edges and
/// place letters by different rules, which moves ink by less than a device pixel.
const SQUARE: u32 = 6;
/// Channels of two such squares may differ by this much of 255.
const DIFFERENCE: f64 = 40.0;
/// This share of a drawing's squares may differ by more.
const SHARE: f64 = 0.005;

/// What resvg draws, on white.
fn by_resvg(svg: &str) -> Pixmap {
    let mut options = usvg::Options::default();
    options.fontdb_mut().load_fonts_dir("/usr/share/texmf/fonts/opentype/public/tex-gyre");
    options.fontdb_mut().load_fonts_dir("/usr/share/texlive/texmf-dist/fonts/opentype/public/tex-gyre");
    let tree = usvg::Tree::from_str(svg, &options).expect("a drawing");
    let (width, height) = (tree.size().width() * SCALE, tree.size().height() * SCALE);
    let mut pixmap = Pixmap::new(width.round() as u32, height.round() as u32).expect("a size");
    pixmap.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixmap.as_mut());
    pixmap
}

/// What the browser draws of all drawings, one below the other, each at its place in CSS pixels.
fn by_browser(drawings: &[&str], tops: &[u32], height: u32) -> Pixmap {
    let folder = tempfile::tempdir().expect("a folder");
    let mut page =
        String::from("<!doctype html><meta charset=\"utf-8\"><body style=\"margin:0;background:#fff\">");
    for (svg, top) in drawings.iter().zip(tops) {
        let _ = write!(page, "<div style=\"position:absolute;left:0;top:{top}px\">{svg}</div>");
    }
    let (html, png) = (folder.path().join("page.html"), folder.path().join("page.png"));
    std::fs::write(&html, page).expect("written");
    let run = browser(&folder.path().join("profile"))
        .arg("--disable-lcd-text")
        .arg(format!("--force-device-scale-factor={SCALE}"))
        .arg(format!("--window-size=720,{height}"))
        .arg(format!("--screenshot={}", png.display()))
        .arg(format!("file://{}", html.display()))
        .output()
        .expect("the browser runs");
    assert!(png.exists(), "{}", String::from_utf8_lossy(&run.stderr));
    Pixmap::load_png(png).expect("a picture")
}

/// The share of squares in which a drawing differs from the part of a page that begins at `top` device
/// pixels.
fn differing(drawing: &Pixmap, page: &Pixmap, top: u32) -> f64 {
    let mean = |pixmap: &Pixmap, left: u32, top: u32| {
        let mut sum = [0.0; 3];
        for y in top..top + SQUARE {
            for x in left..left + SQUARE {
                let pixel = pixmap.pixel(x, y).expect("inside the picture");
                for (sum, channel) in sum.iter_mut().zip([pixel.red(), pixel.green(), pixel.blue()]) {
                    *sum += f64::from(channel) / f64::from(SQUARE * SQUARE);
                }
            }
        }
        sum
    };
    let (columns, rows) = (drawing.width() / SQUARE, drawing.height() / SQUARE);
    let squares = (0..rows).flat_map(|row| (0..columns).map(move |column| (column * SQUARE, row * SQUARE)));
    let differ = squares.filter(|&(x, y)| {
        let (ours, theirs) = (mean(drawing, x, y), mean(page, x, top + y));
        ours.iter().zip(theirs).any(|(ours, theirs)| (ours - theirs).abs() > DIFFERENCE)
    });
    differ.count() as f64 / f64::from(columns * rows)
}

#[test]
fn every_figure_looks_the_same_in_resvg_and_in_a_browser() {
    let drawings = &*DRAWINGS;
    assert!(drawings.len() >= 14);
    let ours: Vec<Pixmap> = drawings.iter().map(|(_, svg)| by_resvg(svg)).collect();
    let mut tops = vec![0];
    for pixmap in &ours {
        let height = (pixmap.height() as f32 / SCALE).ceil() as u32;
        tops.push(tops.last().expect("a first") + height + 20);
    }
    let svgs: Vec<&str> = drawings.iter().map(|(_, svg)| svg.as_str()).collect();
    let page = by_browser(&svgs, &tops, *tops.last().expect("a last"));
    let top = |index: usize| tops[index] * SCALE as u32;
    for (index, (id, _)) in drawings.iter().enumerate() {
        let share = differing(&ours[index], &page, top(index));
        println!("{id}: {:.3} % of the squares differ", 100.0 * share);
        assert!(share <= SHARE, "{id}: {:.2} % of the squares differ", 100.0 * share);
    }
    // The comparison can fail: a drawing without its texts is another one.
    let (_, svg) = &drawings[0];
    let mute = svg.replace("<text", "<g display=\"none\"").replace("</text>", "</g>");
    assert!(differing(&by_resvg(&mute), &page, top(0)) > SHARE);
}
