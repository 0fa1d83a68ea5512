//! The picture in README.md is the figure that a build draws today.

use crate::{DRAWINGS, root};

#[test]
fn the_picture_is_current() {
    let id = "fig-4-topology";
    let (_, drawn) = DRAWINGS.iter().find(|(name, _)| name == id).unwrap();
    let committed = std::fs::read_to_string(root().join("paper/readme-figure.svg")).unwrap();
    assert!(*drawn == committed, "copy build/figures/{id}.svg to paper/readme-figure.svg");
}
