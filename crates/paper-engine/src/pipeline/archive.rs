//! The archive for a preprint server: what stock `pdflatex` needs for one edition, and nothing else.

use std::collections::BTreeMap;

use super::references::ReferenceList;
use super::stages::{Drawn, internal};
use crate::diagnostic::Diagnostics;
use crate::output::{self, Latex};

/// Packs LaTeX, its reference list and the figures it shows; the class and the style are in every TeX Live.
pub fn archive(
    short: &str,
    latex: &Latex,
    list: &ReferenceList,
    drawn: &Drawn,
) -> Result<Vec<u8>, Diagnostics> {
    let shown =
        drawn.pdf.iter().map(|(id, bytes)| (format!("figures/{id}.pdf"), bytes)).filter(|(path, _)| {
            let asked = format!("{{{path}}}");
            latex.text.contains(&asked)
        });
    let mut files: BTreeMap<String, Vec<u8>> = shown.map(|(path, bytes)| (path, bytes.clone())).collect();
    files.insert(format!("{short}.tex"), latex.text.clone().into_bytes());
    if latex.text.contains("\\bibliography{") {
        files.insert(format!("{short}.bbl"), list.bbl.clone().into_bytes());
    }
    output::archive(&files).map_err(internal)
}
