//! SVG to PNG with the fonts of the paper, for places that show no SVG.

use resvg::tiny_skia::{Color, Pixmap, Transform};

use super::Font;
use super::pdf::options;

/// Why a drawing has no PNG.
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    /// The SVG cannot be read.
    #[error("the drawing is no valid SVG: {0}")]
    Svg(#[from] usvg::Error),
    /// The drawing has no size.
    #[error("the drawing has no size")]
    Size,
    /// The pixels cannot be packed.
    #[error("the drawing cannot be packed: {0}")]
    Encode(String),
}

/// Paints a drawing on white, `width` pixels wide; the same drawing gives the same bytes.
///
/// # Errors
/// An SVG that is none, or that has no size.
pub fn to_png(svg: &str, width: u32, font: &Font) -> Result<Vec<u8>, PngError> {
    let tree = usvg::Tree::from_str(svg, &options(font))?;
    let scale = width as f32 / tree.size().width();
    let height = (tree.size().height() * scale).round() as u32;
    let mut pixmap = Pixmap::new(width, height).ok_or(PngError::Size)?;
    pixmap.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    pixmap.encode_png().map_err(|error| PngError::Encode(error.to_string()))
}
