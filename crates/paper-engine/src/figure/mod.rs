//! Facts to SVG drawings, and SVG to vector PDF or pixels.
//!
//! A figure is a YAML file in `figures/`: title, caption, alternative text and a drawing, a picture or several
//! of them as panels. Text is
//! measured with the real font, sizes are points of the printed page.

pub mod canvas;
mod chart;
mod content;
pub mod dark;
mod drawing;
pub mod fallback;
mod font;
pub mod palette;
mod panels;
mod pdf;
pub mod picture;
mod png;
pub mod rules;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

pub use drawing::{Draw, NoDrawing, StudyDrawing};
pub use font::{Font, FontError};
pub use panels::{Panel, own_names};
pub use pdf::{PdfError, to_pdf};
pub use picture::{Room, Setting};
pub use png::{PngError, to_png};

use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::{Fact, Facts};
use crate::language::Language;
use crate::results::Frames;
use crate::source::{self, Width, panel_letter};
use chart::PanelValue;
use content::{Content, with_content};
use drawing::AnyDrawing;
use panels::{PanelFile, Panels};

const FOLDER: &str = "figures";
/// Width of a column of the conference class, in points.
const COLUMN_WIDTH: f64 = 252.0;
/// Width of the text of a page, in points.
const PAGE_WIDTH: f64 = 516.0;

/// A figure as its author describes it.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Title for readers of the SVG alone.
    pub title: String,
    /// Caption in Markdown, with the same expressions as the text.
    pub caption: String,
    /// What a reader who cannot see it needs.
    pub alt: String,
    /// Whether it spans both columns of a page.
    pub wide: bool,
    shown: Shown,
}

impl Figure {
    /// Returns the files of its pictures, below the root.
    pub fn pictures(&self) -> Vec<&Path> {
        self.shown.pictures()
    }

    /// Returns its panels, if it has several.
    pub fn panels(&self) -> &[Panel] {
        match &self.shown {
            Shown::Panels(panels) => &panels.panels,
            Shown::Drawing(_) | Shown::Picture { .. } => &[],
        }
    }

    /// Returns whether it shows rows of an author's results.
    pub fn has_rows(&self) -> bool {
        let panels = self.panels().iter().map(|panel| &panel.shown);
        panels.chain([&self.shown]).any(|shown| match shown {
            Shown::Drawing(drawing) => drawing.has_rows(),
            Shown::Picture { .. } | Shown::Panels(_) => false,
        })
    }

    /// Returns whether it is one drawing, which keeps the rules of drawings as a whole.
    pub fn is_drawing(&self) -> bool {
        matches!(self.shown, Shown::Drawing(_))
    }
}

/// What a figure shows.
#[derive(Clone, Debug)]
enum Shown {
    Drawing(Arc<dyn Draw>),
    /// A file, below the root and with it.
    Picture {
        file: PathBuf,
        path: PathBuf,
        page: Option<usize>,
        width: Option<Width>,
    },
    Panels(Arc<Panels>),
}

impl Shown {
    fn pictures(&self) -> Vec<&Path> {
        match self {
            Self::Drawing(_) => Vec::new(),
            Self::Picture { file, .. } => vec![file],
            Self::Panels(panels) => panels.panels.iter().flat_map(|panel| panel.shown.pictures()).collect(),
        }
    }
}

/// A figure as drawn.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Drawn {
    /// The whole of it as SVG.
    pub svg: String,
    /// Drawings of its panels, if it has several.
    panels: Vec<String>,
}

impl Drawn {
    /// Returns what was drawn from facts and has to keep the rules of drawings: the figure, or its panels.
    pub fn ruled(&self, figure: &Figure) -> Vec<&str> {
        let panels = figure.panels().iter().zip(&self.panels);
        let drawn = panels.filter(|(panel, _)| matches!(panel.shown, Shown::Drawing(_)));
        let drawn = drawn.map(|(_, svg)| svg.as_str());
        drawn.chain(figure.is_drawing().then_some(self.svg.as_str())).collect()
    }
}

with_content! {
    /// The file of a figure, which shows a chart, a drawing of the study or a picture.
    #[schemars(bound = "D: StudyDrawing", rename = "Figure")]
    struct FigureFile {
        /// Title for readers of the SVG alone.
        title: String,
        /// Caption in Markdown, with the same expressions as the text.
        caption: String,
        /// Whether it spans both columns of a page.
        #[serde(default)]
        wide: bool,
        /// Several pictures or drawings in place of one, lettered (a), (b), ...
        #[schemars(with = "Option<Vec<PanelFile<D>>>")]
        panels: Option<Spanned<Vec<Spanned<PanelFile<D>>>>>,
        /// How many panels stand side by side.
        #[schemars(with = "Option<usize>")]
        columns: Option<Spanned<usize>>,
    }
}

/// Returns the schema of the file of a figure; `D` are the study's drawings.
pub fn schema<D: StudyDrawing>() -> serde_json::Value {
    source::schema_of::<FigureFile<D>>()
}

/// Reads every figure below `root`, by id; `D` are the study's drawings.
///
/// # Errors
/// Broken descriptions, located.
pub fn load_all<D: StudyDrawing>(root: &Path) -> Result<BTreeMap<String, Figure>, Diagnostics> {
    let files: BTreeMap<String, FigureFile<D>> = source::read_folder(root, Path::new(FOLDER))?;
    let mut errors = Diagnostics::default();
    let mut figures = BTreeMap::new();
    for (id, file) in files {
        let described = Path::new(FOLDER).join(format!("{id}.yaml"));
        let FigureFile { title, caption, wide, panels, columns, alt, drawing, file, page, width } = file;
        let content = Content { drawing, file, page, width };
        let shown = match panels {
            Some(panels) if content.is_empty() => {
                Some(Panels::read(root, &described, panels, columns.as_ref(), wide).map(Shown::from))
            }
            None if columns.is_none() => content.shown(root, &described),
            _ => None,
        };
        let shown = shown.unwrap_or_else(|| {
            let message = "a figure has a `drawing`, the `file` of a picture with `page` and `width`, or \
                           `panels` in `columns`";
            Err(Diagnostic::new(Location::file(&described), message).remedy("write one of them").into())
        });
        if let Some(shown) = errors.take(shown) {
            figures.insert(id, Figure { title, caption, alt, wide, shown });
        }
    }
    errors.into_result(figures)
}

/// Draws one figure as SVG, in a language.
///
/// # Errors
/// Names that are no facts, and drawings that show nothing, located.
pub fn draw(
    id: &str,
    figure: &Figure,
    facts: &Facts,
    frames: &Frames,
    language: Language,
    font: &Font,
) -> Result<Drawn, Diagnostics> {
    let file = PathBuf::from(FOLDER).join(format!("{id}.yaml"));
    let lookup = Lookup { file, language, facts, frames, panel: None };
    let words = Words { id, title: &figure.title, alt: &figure.alt };
    let width = room(figure.wide);
    let Shown::Panels(panels) = &figure.shown else {
        let (svg, _) = draw_part(&figure.shown, width, &words, &lookup, font)?;
        return Ok(Drawn { svg, panels: Vec::new() });
    };
    let mut errors = Diagnostics::default();
    let drawings = panels.panels.iter().filter_map(|panel| {
        let words = Words { alt: &panel.alt, ..words };
        errors.take(draw_part(&panel.shown, panels.room(width), &words, &lookup, font))
    });
    let (drawings, told): (Vec<String>, Vec<Vec<String>>) = drawings.unzip();
    let mut canvas = canvas::Canvas::new(font, width);
    told.iter().flatten().for_each(|told| canvas.tell(told));
    let drawings = errors.into_result(drawings)?;
    panels.set(&mut canvas, &drawings);
    let alts =
        (0..).zip(&panels.panels).map(|(index, panel)| format!(" ({}) {}", panel_letter(index), panel.alt));
    let alt = alts.fold(figure.alt.clone(), |alt, panel| alt + &panel);
    Ok(Drawn { svg: canvas.finish(id, &figure.title, &alt), panels: drawings })
}

/// What is read in place of a drawing, and the name that its parts begin with.
#[derive(Clone, Copy)]
struct Words<'a> {
    id: &'a str,
    title: &'a str,
    alt: &'a str,
}

/// Draws what fills so many points from left to right; returns it with what it shows of which rows of results.
fn draw_part(
    shown: &Shown,
    width: f64,
    words: &Words<'_>,
    lookup: &Lookup<'_>,
    font: &Font,
) -> Result<(String, Vec<String>), Diagnostics> {
    let drawing = match shown {
        Shown::Drawing(drawing) => drawing,
        Shown::Picture { file, path, page, width: wanted } => {
            let setting = Setting { page: *page, width: *wanted, room: Room::Column(width) };
            let place = Location::file(&lookup.file);
            return Ok((picture::read(file, path, &setting, words.alt, font, &place)?, Vec::new()));
        }
        Shown::Panels(_) => {
            return Err(lookup.whole("a panel has no panels", "write one file of its own").into());
        }
    };
    let canvas = drawing.draw(lookup, canvas::Canvas::new(font, width))?;
    if !canvas.lost().is_empty() {
        let signs: Vec<String> = canvas.lost().iter().map(|sign| format!("`{sign}`")).collect();
        let message = format!("the font of drawings has no {}", signs.join(", "));
        return Err(lookup
            .whole(&message, "write it in other signs, or install the package fonts-freefont-otf")
            .into());
    }
    let told = canvas.told().to_vec();
    Ok((canvas.finish(words.id, words.title, words.alt), told))
}

/// Returns how many points a figure has from left to right.
pub const fn room(wide: bool) -> f64 {
    if wide { PAGE_WIDTH } else { COLUMN_WIDTH }
}

/// Facts and rows for one figure; a name that is none is told at its place in the figure's file.
pub struct Lookup<'a> {
    file: PathBuf,
    language: Language,
    facts: &'a Facts,
    frames: &'a Frames,
    /// What the rows of one panel have in common.
    panel: Option<PanelValue<'a>>,
}

impl<'a> Lookup<'a> {
    /// Returns the same for one panel.
    fn of_panel<'p>(&'p self, panel: PanelValue<'p>) -> Lookup<'p> {
        Lookup { file: self.file.clone(), panel: Some(panel), ..*self }
    }

    /// Returns the language of the paper.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// Returns the fact that an author names.
    ///
    /// # Errors
    /// A name that is no fact, at its place.
    pub fn fact(&self, name: &Spanned<String>) -> Result<&Fact, Diagnostics> {
        self.facts.get(&name.value).ok_or_else(|| {
            let message = format!("there is no fact `{}`", name.value);
            self.facts.unknown(&name.value, self.place(name), message).into()
        })
    }

    /// Returns the number of the fact that an author names.
    ///
    /// # Errors
    /// A name that is no fact or a text, at its place.
    pub fn number(&self, name: &Spanned<String>) -> Result<f64, Diagnostics> {
        self.fact(name)?.number().ok_or_else(|| {
            let message = format!("fact `{}` is a text, and a drawing needs a number here", name.value);
            Diagnostic::new(source::place(&self.file, name), message)
                .remedy("name a fact with a number")
                .into()
        })
    }

    /// Returns the place of a value in the file of the figure.
    pub fn place<T>(&self, value: &Spanned<T>) -> Location {
        source::place(&self.file, value)
    }

    /// Says what is wrong with the drawing as a whole.
    pub fn whole(&self, message: &str, remedy: &str) -> Diagnostic {
        Diagnostic::new(Location::file(&self.file), message).remedy(remedy)
    }
}
