//! Facts to SVG drawings, and SVG to vector PDF or pixels.
//!
//! A figure is a YAML file in `figures/`: title, caption, alternative text and one drawing. Text is
//! measured with the real font, sizes are points of the printed page.

mod architecture;
mod arrow;
mod canvas;
mod chart;
mod curves;
pub mod dark;
mod fault;
mod font;
mod label;
mod palette;
mod pdf;
mod pipeline;
mod png;
mod routing;
pub mod rules;
mod topology;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_saphyr::Spanned;

pub use font::{Font, FontError};
pub use pdf::{PdfError, to_pdf};
pub use png::{PngError, to_png};

use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::{Fact, Facts};
use crate::source;

const FOLDER: &str = "figures";
/// Width of a column of the conference class, in points.
const COLUMN_WIDTH: f64 = 252.0;
/// Width of the text of a page, in points.
const PAGE_WIDTH: f64 = 516.0;

/// A figure as its author describes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// Title for readers of the SVG alone.
    pub title: String,
    /// Caption in Markdown, with the same expressions as the text.
    pub caption: String,
    /// What a reader who cannot see it needs.
    pub alt: String,
    /// Whether it spans both columns of a page.
    #[serde(default)]
    pub wide: bool,
    drawing: Drawing,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Drawing {
    Architecture(Box<architecture::Architecture>),
    Bar(chart::Bar),
    Fault(fault::FaultPanels),
    Heat(Box<chart::Heat>),
    Interval(chart::Interval),
    Line(chart::Line),
    Panels(chart::Panels),
    Pipeline(pipeline::Pipeline),
    Routing(routing::RoutingPanels),
    Topology(topology::TopologyPanels),
}

/// Reads every figure below `root`, by id.
///
/// # Errors
/// Broken descriptions, located.
pub fn load_all(root: &Path) -> Result<BTreeMap<String, Figure>, Diagnostics> {
    source::read_folder(root, Path::new(FOLDER), "yaml")
}

/// Draws one figure as SVG.
///
/// # Errors
/// Names that are no facts, and drawings that show nothing, located.
pub fn draw(id: &str, figure: &Figure, facts: &Facts, font: &Font) -> Result<String, Diagnostics> {
    let lookup = Lookup { file: PathBuf::from(FOLDER).join(format!("{id}.yaml")), facts };
    let width = if figure.wide { PAGE_WIDTH } else { COLUMN_WIDTH };
    let canvas = canvas::Canvas::new(font, width);
    let canvas = match &figure.drawing {
        Drawing::Architecture(drawing) => architecture::draw(drawing, &lookup, canvas),
        Drawing::Bar(drawing) => chart::draw(drawing, &lookup, canvas),
        Drawing::Fault(drawing) => fault::draw(drawing, &lookup, canvas),
        Drawing::Heat(drawing) => chart::draw(drawing.as_ref(), &lookup, canvas),
        Drawing::Interval(drawing) => chart::draw(drawing, &lookup, canvas),
        Drawing::Line(drawing) => chart::draw(drawing, &lookup, canvas),
        Drawing::Panels(drawing) => chart::draw_panels(drawing, &lookup, canvas),
        Drawing::Pipeline(drawing) => pipeline::draw(drawing, &lookup, canvas),
        Drawing::Routing(drawing) => routing::draw(drawing, &lookup, canvas),
        Drawing::Topology(drawing) => topology::draw(drawing, &lookup, canvas),
    }?;
    Ok(canvas.finish(id, &figure.title, &figure.alt))
}

/// Facts for one figure; a name that is none is told at its place in the figure's file.
struct Lookup<'a> {
    file: PathBuf,
    facts: &'a Facts,
}

impl Lookup<'_> {
    fn fact(&self, name: &Spanned<String>) -> Result<&Fact, Diagnostics> {
        self.facts.get(&name.value).ok_or_else(|| {
            let message = format!("there is no fact `{}`", name.value);
            let error = Diagnostic::new(source::place(&self.file, name), message);
            error.suggest(&name.value, self.facts.names()).into()
        })
    }

    fn number(&self, name: &Spanned<String>) -> Result<f64, Diagnostics> {
        self.fact(name)?.number().ok_or_else(|| {
            let message = format!("fact `{}` is a text, and a drawing needs a number here", name.value);
            Diagnostic::new(source::place(&self.file, name), message)
                .remedy("name a fact with a number")
                .into()
        })
    }

    /// Says what is wrong with the drawing as a whole.
    fn whole(&self, message: &str, remedy: &str) -> Diagnostic {
        Diagnostic::new(Location::file(&self.file), message).remedy(remedy)
    }
}
