//! SVG to vector PDF with the fonts of the paper.

use krilla::geom::Size;
use krilla::page::PageSettings;
use krilla::{Document, SerializeSettings};
use krilla_svg::{SurfaceExt, SvgSettings};
use skrifa::{FontRef, MetadataProvider};

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

/// Returns how a drawing is read: with the fonts of drawings alone, one unit of it being one point of the page.
pub(super) fn options(font: &Font) -> usvg::Options<'static> {
    let mut options =
        usvg::Options { font_family: "TeX Gyre Heros".to_owned(), dpi: 72.0, ..usvg::Options::default() };
    for face in font.faces() {
        options.fontdb_mut().load_font_data(face.to_vec());
    }
    // What the face of a text lacks comes from the other family, in the same weight.
    options.font_resolver.select_fallback = Box::new(|character, used, fonts| {
        let weight = fonts.face(*used.first()?)?.weight;
        let has = |id| {
            let found = fonts.with_face_data(id, |data, index| {
                FontRef::from_index(data, index).is_ok_and(|face| face.charmap().map(character).is_some())
            });
            found.unwrap_or(false)
        };
        let others = fonts.faces().filter(|face| !used.contains(&face.id) && face.weight == weight);
        others.map(|face| face.id).find(|id| has(*id))
    });
    options
}

/// Converts a drawing to PDF with embedded fonts.
///
/// # Errors
/// An SVG that is none, or that PDF cannot express.
pub fn to_pdf(svg: &str, font: &Font) -> Result<Vec<u8>, PdfError> {
    let tree = usvg::Tree::from_str(svg, &options(font))?;
    let convert = |message: &str| PdfError::Convert(message.to_owned());
    let size =
        Size::from_wh(tree.size().width(), tree.size().height()).ok_or_else(|| convert("it has no size"))?;
    let page = PageSettings::from_wh(size.width(), size.height()).ok_or_else(|| convert("it has no size"))?;
    let settings = SerializeSettings { xmp_metadata: false, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let mut page = document.start_page_with(page);
    let mut surface = page.surface();
    surface
        .draw_svg(&tree, size, SvgSettings::default())
        .ok_or_else(|| convert("it holds what PDF cannot express"))?;
    surface.finish();
    page.finish();
    document.finish().map_err(|error| PdfError::Convert(format!("{error:?}")))
}
