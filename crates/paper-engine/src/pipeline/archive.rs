//! The archive for a preprint server: what stock `pdflatex` needs for one edition, and nothing else.

use super::figures::Drawings;
use super::inputs::internal;
use crate::diagnostic::Diagnostics;
use crate::output::{self, Latex};

/// Packs LaTeX, its reference list and the figures it shows; the class and the style are in every TeX Live.
pub fn archive(short: &str, latex: &Latex, list: &Latex, drawn: &Drawings) -> Result<Vec<u8>, Diagnostics> {
    let mut files = drawn.shown(latex);
    files.insert(format!("{short}.tex"), latex.text.clone().into_bytes());
    if latex.text.contains("\\bibliography{") {
        files.insert(format!("{short}.bbl"), list.text.clone().into_bytes());
    }
    output::archive(&files).map_err(internal)
}
