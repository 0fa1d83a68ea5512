//! The type family of the paper, read once and measured exactly.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

/// Where Debian, Ubuntu and TeX Live put TeX Gyre Heros.
const FOLDERS: [&str; 3] = [
    "/usr/share/texmf/fonts/opentype/public/tex-gyre",
    "/usr/share/texlive/texmf-dist/fonts/opentype/public/tex-gyre",
    "/usr/share/fonts/opentype/tex-gyre",
];

/// The width of a character that the font lacks, in thousandths of its size.
const MISSING: f64 = 500.0;

/// Why text cannot be measured.
#[derive(Clone, Debug, thiserror::Error)]
pub enum FontError {
    /// The font is not installed.
    #[error("the font TeX Gyre Heros is not installed; run scripts/bootstrap")]
    Missing,
    /// A file is no font.
    #[error("{0} is no font that can be read; install fonts-texgyre anew")]
    Broken(PathBuf),
}

/// The regular and bold face of TeX Gyre Heros.
#[derive(Clone, Debug)]
pub struct Font {
    regular: Arc<Vec<u8>>,
    bold: Arc<Vec<u8>>,
}

impl Font {
    /// Reads the installed font.
    ///
    /// # Errors
    /// A font that is missing or broken.
    pub fn installed() -> Result<Self, FontError> {
        let read = |face: &str| {
            let name = format!("texgyreheros-{face}.otf");
            let paths = FOLDERS.map(|folder| Path::new(folder).join(&name));
            let found = paths.into_iter().find_map(|path| Some((std::fs::read(&path).ok()?, path)));
            let (bytes, path) = found.ok_or(FontError::Missing)?;
            match FontRef::new(&bytes) {
                Ok(_) => Ok(Arc::new(bytes)),
                Err(_) => Err(FontError::Broken(path)),
            }
        };
        Ok(Self { regular: read("regular")?, bold: read("bold")? })
    }

    /// Advance width of a text in points.
    pub fn width(&self, text: &str, size: f64, bold: bool) -> f64 {
        let bytes = if bold { &self.bold } else { &self.regular };
        let Ok(face) = FontRef::new(bytes) else { return 0.0 };
        // In the font's own units, so that the sum is exact.
        let metrics = face.glyph_metrics(Size::unscaled(), LocationRef::default());
        let characters = face.charmap();
        let advance = |character| metrics.advance_width(characters.map(character)?);
        let units: f64 = text.chars().map(|character| advance(character).map_or(MISSING, f64::from)).sum();
        let em = face.metrics(Size::unscaled(), LocationRef::default()).units_per_em;
        units * size / f64::from(em)
    }

    /// Returns the characters of a text that the font lacks.
    pub fn lacks(&self, text: &str, bold: bool) -> Vec<char> {
        let bytes = if bold { &self.bold } else { &self.regular };
        let Ok(face) = FontRef::new(bytes) else { return Vec::new() };
        let characters = face.charmap();
        text.chars().filter(|c| characters.map(*c).is_none()).collect()
    }

    /// Returns the faces, for programs that embed them.
    pub(super) fn faces(&self) -> [Arc<Vec<u8>>; 2] {
        [Arc::clone(&self.regular), Arc::clone(&self.bold)]
    }
}
