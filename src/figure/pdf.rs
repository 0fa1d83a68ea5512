//! SVG to vector PDF with the fonts of the paper.

use svg2pdf::usvg;

use super::Font;

/// Why a drawing has no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The SVG cannot be read.
    #[error("the drawing is no valid SVG: {0}")]
    Svg(#[from] usvg::Error),
    /// The SVG cannot be converted.
    #[error("the drawing cannot be converted: {0}")]
    Convert(String),
}

/// Converts a drawing to PDF with embedded fonts.
///
/// # Errors
/// An SVG that is none, or that PDF cannot express.
pub fn to_pdf(svg: &str, font: &Font) -> Result<Vec<u8>, PdfError> {
    let mut options = usvg::Options { font_family: "TeX Gyre Heros".to_owned(), ..usvg::Options::default() };
    for face in font.faces() {
        options.fontdb_mut().load_font_data(face.to_vec());
    }
    let tree = usvg::Tree::from_str(svg, &options)?;
    // One unit of the drawing is one point of the page.
    let page = svg2pdf::PageOptions { dpi: 72.0 };
    svg2pdf::to_pdf(&tree, svg2pdf::ConversionOptions::default(), page)
        .map_err(|error| PdfError::Convert(error.to_string()))
}
