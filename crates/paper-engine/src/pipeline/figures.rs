//! The stage of figures: every drawing as SVG and PDF.

use std::collections::BTreeMap;

use super::cache;
use super::context::Context;
use super::inputs::{Inputs, internal};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::Facts;
use crate::figure::{self, Font};
use crate::output::Latex;

/// Figures as drawn.
pub struct Drawings {
    /// SVG text by figure id.
    pub svg: BTreeMap<String, String>,
    /// PDF bytes by figure id.
    pub pdf: BTreeMap<String, Vec<u8>>,
}

impl Drawings {
    /// Returns the figures that a LaTeX text shows, by the path under which it names them.
    pub fn shown(&self, latex: &Latex) -> BTreeMap<String, Vec<u8>> {
        let shown = self.pdf.iter().filter(|(id, _)| names(&latex.text, &format!("figures/{id}")));
        shown.map(|(id, bytes)| (format!("figures/{id}.pdf"), bytes.clone())).collect()
    }
}

/// Returns whether a text names a path, whatever ending follows; a longer name is another.
fn names(text: &str, path: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || "-_".contains(c);
    text.match_indices(path).any(|(at, _)| !text[at + path.len()..].starts_with(is_part))
}

/// Draws every figure as SVG and PDF; unchanged ones come from the cache.
pub fn draw(context: &Context, inputs: &Inputs, facts: &Facts) -> Result<Drawings, Diagnostics> {
    let font = Font::installed().map_err(internal)?;
    let mut errors = Diagnostics::default();
    let mut drawn = Drawings { svg: BTreeMap::new(), pdf: BTreeMap::new() };
    for (id, figure) in &inputs.figures {
        let made = context.stage(&format!("figure {id}"), || {
            let svg = figure::draw(id, figure, facts, &font)?;
            let convert = || {
                keep_rules(id, &svg, &font)?;
                figure::to_pdf(&svg, &font).map_err(|error| {
                    let place = Location::file(format!("figures/{id}.yaml"));
                    Diagnostics::from(Diagnostic::new(place, format!("cannot be converted to PDF: {error}")))
                })
            };
            let pdf = context.cache.get(&cache::FIGURES, &[svg.as_bytes()], convert)?;
            Ok::<_, Diagnostics>(((svg, pdf.bytes), pdf.hit))
        });
        if let Some((svg, pdf)) = errors.take(made) {
            drawn.svg.insert(id.clone(), svg);
            drawn.pdf.insert(id.clone(), pdf);
        }
    }
    errors.into_result(drawn)
}

/// Reports every rule of the printed page that a drawing breaks.
fn keep_rules(id: &str, svg: &str, font: &Font) -> Result<(), Diagnostics> {
    let place = Location::file(format!("figures/{id}.yaml"));
    let broken = figure::rules::broken(svg, font).into_iter().map(|rule| {
        Diagnostic::new(place.clone(), rule).remedy("shorten a text, or give the drawing more room")
    });
    Diagnostics(broken.collect()).into_result(())
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_figure_is_shown_where_its_whole_name_stands() {
        let text = "\\includegraphics{figures/load-curve.pdf} and \\includegraphics{figures/wait}";
        assert!(names(text, "figures/load-curve") && names(text, "figures/wait"));
        assert!(!names(text, "figures/load") && !names(text, "figures/wai"));
    }
}
