//! The picture in README.md is the figure that a build draws today.

use std::path::Path;

use paper_engine::facts::{Facts, quoted};
use paper_engine::figure::{Font, draw, load_all};
use paper_engine::model::Model;
use phext_paper::experiments::EXPERIMENTS;

#[test]
fn the_picture_is_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let model = Model::read(root, &phext_paper::STUDY).unwrap();
    let mut facts = Facts::from(quoted(&model));
    EXPERIMENTS.iter().for_each(|experiment| facts.0.extend(experiment.facts(&model).unwrap()));
    let figures = load_all::<phext_paper::drawings::Drawing>(root).unwrap();
    let id = "fig-4-topology";
    let drawn = draw(id, &figures[id], &facts, &Font::installed().unwrap()).unwrap();
    let committed = std::fs::read_to_string(root.join("paper/readme-figure.svg")).unwrap();
    assert!(drawn == committed, "copy build/figures/{id}.svg to paper/readme-figure.svg");
}
