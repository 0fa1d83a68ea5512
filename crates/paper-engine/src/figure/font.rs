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

/// Where they put FreeSans, which looks like it and has more scripts.
const OTHER_FOLDERS: [&str; 2] = [
    "/usr/share/fonts/opentype/freefont",
    "/usr/share/texlive/texmf-dist/fonts/opentype/public/gnu-freefont",
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

/// The regular and bold face of TeX Gyre Heros, and of FreeSans for what it lacks, where that is installed.
#[derive(Clone, Debug)]
pub struct Font {
    regular: Arc<Vec<u8>>,
    bold: Arc<Vec<u8>>,
    others: Option<[Arc<Vec<u8>>; 2]>,
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
        let other = |name: &str| {
            let bytes =
                OTHER_FOLDERS.iter().find_map(|folder| std::fs::read(Path::new(folder).join(name)).ok())?;
            FontRef::new(&bytes).is_ok().then(|| Arc::new(bytes))
        };
        let others = other("FreeSans.otf").zip(other("FreeSansBold.otf"));
        let others = others.map(|(regular, bold)| [regular, bold]);
        Ok(Self { regular: read("regular")?, bold: read("bold")?, others })
    }

    /// Returns the face that sets a text, and the one for what it lacks.
    fn pair(&self, bold: bool) -> impl Iterator<Item = FontRef<'_>> {
        let first = if bold { &self.bold } else { &self.regular };
        let other = self.others.as_ref().map(|others| &others[usize::from(bold)]);
        std::iter::once(first).chain(other).filter_map(|bytes| FontRef::new(bytes).ok())
    }

    /// Advance width of a text in points.
    pub fn width(&self, text: &str, size: f64, bold: bool) -> f64 {
        // In the font's own units, so that the sum is exact.
        let faces = self.pair(bold).map(|face| {
            let em = face.metrics(Size::unscaled(), LocationRef::default()).units_per_em;
            (face.charmap(), face.glyph_metrics(Size::unscaled(), LocationRef::default()), f64::from(em))
        });
        let faces: Vec<_> = faces.collect();
        let Some((_, _, em)) = faces.first() else { return 0.0 };
        let advance = |character| {
            faces.iter().find_map(|(characters, metrics, own)| {
                let advance = metrics.advance_width(characters.map(character)?)?;
                Some(f64::from(advance) * (em / own))
            })
        };
        let units: f64 = text.chars().map(|character| advance(character).unwrap_or(MISSING)).sum();
        units * size / em
    }

    /// Returns the characters of a text that no face has.
    pub fn lacks(&self, text: &str, bold: bool) -> Vec<char> {
        let faces: Vec<_> = self.pair(bold).map(|face| face.charmap()).collect();
        text.chars().filter(|c| faces.iter().all(|characters| characters.map(*c).is_none())).collect()
    }

    /// Returns the faces, for programs that embed them.
    pub(super) fn faces(&self) -> impl Iterator<Item = &Arc<Vec<u8>>> {
        [&self.regular, &self.bold].into_iter().chain(self.others.iter().flatten())
    }
}
