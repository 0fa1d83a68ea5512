//! The archive for a preprint server: what stock `pdflatex` needs for one edition, and nothing else.

use super::figures::Drawings;
use super::inputs::internal;
use crate::diagnostic::Diagnostics;
use crate::output::{self, Latex, Venue};

/// Packs LaTeX, its reference list, the figures it shows, and the class and style files that the venue brings;
/// all others are in every TeX Live.
pub fn archive(
    short: &str,
    latex: &Latex,
    list: &Latex,
    drawn: &Drawings,
    venue: &Venue,
) -> Result<Vec<u8>, Diagnostics> {
    let mut files = drawn.shown(latex);
    files.extend(venue.files.clone());
    files.insert(format!("{short}.tex"), latex.text.clone().into_bytes());
    if latex.text.contains("\\bibliography{") {
        files.insert(format!("{short}.bbl"), list.text.clone().into_bytes());
    }
    output::archive(&files).map_err(internal)
}
