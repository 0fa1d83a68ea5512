//! The stage of figures: every drawing as SVG and PDF.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::cache;
use super::context::Context;
use super::inputs::{Inputs, internal};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::Facts;
use crate::figure::{self, Drawn, Figure, Font, Room, Setting};
use crate::manuscript::{BlockKind, Document, InlineKind, Picture};
use crate::output::Latex;

/// Figures as drawn.
#[derive(Clone, Default)]
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
    let mut drawn = Drawings::default();
    for (id, figure) in &inputs.figures {
        let made = context.stage(&format!("figure {id}"), || {
            let drawn = drawn_of(context, inputs, facts, &font, (id, figure))?;
            let svg = &drawn.svg;
            let convert = || {
                // A picture that an author brings is as it is.
                drawn.ruled(figure).into_iter().try_for_each(|svg| keep_rules(id, svg, &font))?;
                figure::to_pdf(svg, &font).map_err(|error| {
                    let place = Location::file(format!("figures/{id}.yaml"));
                    Diagnostics::from(Diagnostic::new(place, format!("cannot be converted to PDF: {error}")))
                })
            };
            let pdf = context.cache.get(&cache::FIGURES, &[svg.as_bytes()], convert)?;
            Ok::<_, Diagnostics>(((drawn.svg, pdf.bytes), pdf.hit))
        });
        if let Some((svg, pdf)) = errors.take(made) {
            drawn.svg.insert(id.clone(), svg);
            drawn.pdf.insert(id.clone(), pdf);
        }
    }
    errors.into_result(drawn)
}

/// Draws one figure; what shows rows of results comes from the cache, so that these need not be read.
fn drawn_of(
    context: &Context,
    inputs: &Inputs,
    facts: &Facts,
    font: &Font,
    (id, figure): (&String, &Figure),
) -> Result<Drawn, Diagnostics> {
    let (results, language) = (&inputs.results, inputs.paper.lang);
    let draw = || figure::draw(id, figure, facts, results.frames(), language, font);
    if !figure.has_rows() {
        return draw();
    }
    let described = format!("{id} {language:?} {figure:?}");
    let named = serde_json::to_vec(&facts.0).map_err(internal)?;
    let digest = results.digest(&inputs.model);
    let key = [described.as_bytes(), &named, digest.as_bytes()];
    let drawn = context.cache.get(&cache::DRAWN, &key, || serde_json::to_vec(&draw()?).map_err(internal))?;
    serde_json::from_slice(&drawn.bytes).map_err(internal)
}

/// A picture where a document shows it.
pub struct ShownPicture<'d> {
    id: &'d str,
    /// The picture.
    pub picture: &'d Picture,
    alt: &'d str,
    room: Room,
    place: Location,
}

/// Returns every picture that a document shows.
pub fn pictures(document: &Document) -> Vec<ShownPicture<'_>> {
    let mut shown = Vec::new();
    for block in document.every_block() {
        if let BlockKind::Figure { id, alt, wide, picture: Some(picture), .. } = &block.kind {
            let (room, place) = (Room::Column(figure::room(*wide)), block.location.clone());
            shown.push(ShownPicture { id, picture, alt, room, place });
        }
        let file = block.content_file();
        for inline in block.every_inline() {
            if let InlineKind::Picture { id, alt, picture } = &inline.kind {
                let place = inline.position().map_or(block.location.clone(), |at| at.within(&file));
                shown.push(ShownPicture { id, picture, alt, room: Room::Line, place });
            }
        }
    }
    shown
}

/// Returns the files of program text that a document shows lines of, below the root.
pub fn listed(document: &Document) -> impl Iterator<Item = &Path> {
    document.every_block().filter_map(|block| match &block.kind {
        BlockKind::Code { file, .. } => file.as_deref(),
        _ => None,
    })
}

/// Adds the pictures that documents show to the drawings of figures.
///
/// # Errors
/// Pictures that cannot be read or printed, at the place where they are shown.
pub fn with_pictures<'d>(
    context: &Context,
    figures: &Arc<Drawings>,
    documents: impl Iterator<Item = &'d Document>,
) -> Result<Arc<Drawings>, Diagnostics> {
    let mut shown = BTreeMap::new();
    for one in documents.flat_map(pictures) {
        shown.entry(one.id.to_owned()).or_insert(one);
    }
    if shown.is_empty() {
        return Ok(Arc::clone(figures));
    }
    let font = Font::installed().map_err(internal)?;
    let mut errors = Diagnostics::default();
    let mut drawn = Drawings::clone(figures);
    for (id, ShownPicture { picture, alt, room, place, .. }) in shown {
        let made = context.stage(&format!("picture {id}"), || {
            let Picture { file, page, width, .. } = picture;
            let wrong =
                |reason: String| Diagnostics::from(figure::picture::unprintable(file, &reason, &place));
            if figures.svg.contains_key(&id) {
                return Err(wrong(format!("figures/{id}.yaml has its name; rename one of them")));
            }
            let bytes = std::fs::read(context.options.root.join(file));
            let bytes = bytes.map_err(|error| wrong(format!("it cannot be read: {error}")))?;
            let setting = Setting { page: *page, width: *width, room };
            let asked = format!("{setting:?}");
            let key = [bytes.as_slice(), asked.as_bytes(), alt.as_bytes()];
            let draw = || figure::picture::draw(&bytes, &setting, alt, &font).map(String::into_bytes);
            let svg = context.cache.get(&cache::PICTURED, &key, draw).map_err(wrong)?;
            let text = String::from_utf8_lossy(&svg.bytes).into_owned();
            let convert = || figure::to_pdf(&text, &font).map_err(|error| wrong(error.to_string()));
            let pdf = context.cache.get(&cache::FIGURES, &[&svg.bytes], convert)?;
            Ok(((text, pdf.bytes), pdf.hit))
        });
        if let Some((svg, pdf)) = errors.take(made) {
            drawn.svg.insert(id.clone(), svg);
            drawn.pdf.insert(id, pdf);
        }
    }
    errors.into_result(Arc::new(drawn))
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
