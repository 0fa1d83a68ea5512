//! The project's own study and paper: its figures, facts, stored results, commands, pages and workflows.

mod architecture;
mod author_commands;
#[path = "../browser/mod.rs"]
mod browser;
mod circles;
mod cli;
mod experiments;
mod figure_renderers;
mod figure_rules;
mod figures;
mod phext_commands;
mod provenance;
mod readme;
mod schemas;
mod stored;
mod workflows;

use std::path::Path;
use std::sync::{Arc, LazyLock};

use paper_engine::facts::Facts;
use paper_engine::figure::{self, Figure, Font};
use paper_engine::language::Language;
use paper_engine::model::Model;
use paper_engine::pipeline::{Needed, facts_of};
use paper_engine::results::Frames;
use phext_paper::drawings::Drawing;

/// The model of the paper.
static MODEL: LazyLock<Model> =
    LazyLock::new(|| Model::read(root(), &phext_paper::STUDY).expect("the model of the paper is valid"));

/// All facts of the paper, computed once for all tests.
static FACTS: LazyLock<Facts> = LazyLock::new(|| facts_at(root(), &MODEL));

/// The drawings of the paper, by name.
static DRAWINGS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| drawings(root(), &FACTS));

/// The folder of the project.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn facts_at(root: &Path, model: &Model) -> Facts {
    facts_of(root, model, &Needed::All, Arc::new(|_| {})).expect("facts are computed")
}

/// The drawings of the paper at `root`, by name.
fn drawings(root: &Path, facts: &Facts) -> Vec<(String, String)> {
    let font = Font::installed().expect("scripts/bootstrap installs the font");
    let figures = figure::load_all::<Drawing>(root).expect("the figures are valid");
    let draw = |(id, figure): (String, Figure)| {
        let svg = figure::draw(&id, &figure, facts, &Frames::default(), Language::English, &font)
            .expect("a drawing")
            .svg;
        (id, svg)
    };
    figures.into_iter().map(draw).collect()
}
