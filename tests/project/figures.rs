//! The figures of the paper: sizes, determinism, legibility, and drawings that follow their facts.

use paper_engine::facts::{Facts, Value};
use paper_engine::figure::{self, Font, rules};
use paper_engine::language::Language;
use paper_engine::results::Frames;

use crate::{FACTS, root};

const SMALLEST_TEXT: f64 = 7.0;

fn facts() -> Facts {
    FACTS.clone()
}

fn draw(id: &str, facts: &Facts) -> String {
    let figures = figure::load_all::<phext_paper::drawings::Drawing>(root()).expect("figures are read");
    let font = Font::installed().expect("the font is installed");
    figure::draw(id, &figures[id], facts, &Frames::default(), Language::English, &font)
        .expect("the figure is drawn")
        .svg
}

/// Draws a figure before and after one fact changes.
fn moves(id: &str, fact: &str, value: Value) -> bool {
    let mut facts = facts();
    let before = draw(id, &facts);
    facts.0.get_mut(fact).expect("a fact of that name").value = value;
    positions(&before) != positions(&draw(id, &facts))
}

/// Everything drawn but texts: the places of all marks.
fn positions(svg: &str) -> Vec<&str> {
    let nodes = svg.lines().filter(|line| ["<path", "<rect", "<line"].iter().any(|node| line.contains(node)));
    nodes.collect()
}

#[test]
fn architecture_follows_the_number_of_spare_cubes() {
    assert!(moves("fig-1-architecture", "machine.spare_cubes", Value::Number(3.0)));
}

#[test]
fn routing_follows_the_coordinate_of_a_hop() {
    let elsewhere = Value::Text("1.1.1/2.2.2/1.1.1".to_owned());
    assert!(moves("fig-2-routing", "route.alltoall.hop_2", elsewhere));
}

#[test]
fn a_lookup_follows_the_coordinate_of_its_id() {
    let elsewhere = Value::Text("1.1.1/2.2.2/2.2.2".to_owned());
    assert!(moves("fig-3-sparsecore", "route.id_0.coordinate", elsewhere));
    let ratio = "sparse.128.twisted.gain_over_host_memory_lookup";
    assert!(moves("fig-3-sparsecore", ratio, Value::Number(3.0)));
}

#[test]
fn topology_follows_the_shift_of_the_twist() {
    assert!(moves("fig-4-topology", "twist_shift.4x4x8", Value::Number(2.0)));
}

#[test]
fn fault_tolerance_follows_the_failed_cube_and_goodput() {
    let other = Value::Text("3.1.1".to_owned());
    assert!(moves("fig-5-fault-tolerance", "remap.example.failed_cube", other));
    assert!(moves("fig-5-fault-tolerance", "goodput.1024.99_5.switched", Value::Number(0.9)));
}

#[test]
fn every_figure_is_small_legible_and_the_same_each_time() {
    let facts = facts();
    for id in figure::load_all::<phext_paper::drawings::Drawing>(root()).expect("figures are read").keys() {
        let svg = draw(id, &facts);
        assert!(svg.len() <= rules::MOST_BYTES, "{id} has {} bytes", svg.len());
        assert_eq!(svg, draw(id, &facts), "{id} differs from one time to the next");
        assert!(svg.contains("<title") && svg.contains("<desc"), "{id} says nothing to who cannot see it");
        for size in svg.split("font-size=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(
                size.parse::<f64>().is_ok_and(|size| size >= SMALLEST_TEXT),
                "{id} has text of {size} pt"
            );
        }
    }
}

#[test]
fn a_coordinate_that_is_none_is_told_with_its_place() {
    let mut facts = facts();
    facts.0.get_mut("route.alltoall.hop_1").expect("a hop").value = Value::Text("nowhere".to_owned());
    let figures = figure::load_all::<phext_paper::drawings::Drawing>(root()).expect("figures are read");
    let font = Font::installed().expect("the font is installed");
    let id = "fig-2-routing";
    let errors = figure::draw(id, &figures[id], &facts, &Frames::default(), Language::English, &font)
        .expect_err("no coordinate, no drawing");
    let told = format!("{errors:?}");
    assert!(told.contains("route.alltoall.hop_1") && told.contains("fig-2-routing.yaml"), "{told}");
}
