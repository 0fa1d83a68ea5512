//! Twist gains under finite windows: limits, calibration on one shape, prediction of the other.

use phext_paper::sim::packet::{ConstantFactor, PublishedShape, SweepSettings, calibrate, window_sweep};
use phext_paper::sim::{Network, Shape, Topology, analyze_network};

fn shape(text: &str) -> Shape {
    text.parse().unwrap()
}

fn torus(text: &str) -> Network {
    Topology::torus(shape(text)).network()
}

fn twisted(text: &str) -> Network {
    Topology::twisted(shape(text)).unwrap().network()
}

#[test]
fn a_narrow_window_gains_what_distances_gain_when_hops_are_long() {
    // one transfer under way, no queues: the rate is one transfer per round trip of 2 * distance hops
    let settings = SweepSettings {
        windows: vec![1],
        hop_cycles: vec![800],
        cycles_per_hop_cycle: 60,
        ..SweepSettings::default()
    };
    let points = window_sweep(&settings).unwrap();
    assert_eq!(points.len(), 1);
    let distances = |text: &str| {
        let [torus, twist] = [torus(text), twisted(text)].map(|network| analyze_network(&network).unwrap());
        torus.mean_distance / twist.mean_distance
    };
    for (found, text) in [(points[0].gain_4x4x8, "4x4x8"), (points[0].gain_4x8x8, "4x8x8")] {
        assert!((found / distances(text) - 1.0).abs() < 0.03, "{text}: {found} for {}", distances(text));
    }
}

#[test]
fn calibration_meets_its_own_shape_and_ignores_the_gain_published_for_the_other() {
    let settings = SweepSettings {
        windows: vec![1, 64],
        cycles: 3000,
        cycles_per_hop_cycle: 1,
        ..SweepSettings::default()
    };
    let run = |other| calibrate(&settings, 20, PublishedShape::Small, 1.5, other).unwrap().unwrap();
    let found = run(1.2);
    assert!(found.residual.abs() < 0.04, "{found:?}");
    assert!((found.point.gain_4x4x8 / 1.5 - 1.0 - found.residual).abs() < 1e-12);
    assert!((found.predicted / 1.2 - 1.0 - found.error).abs() < 1e-12);
    assert_eq!(run(9.0).point, found.point);
    // the gain lies between that of distances alone and that of bisections alone
    assert!((1.1..1.42).contains(&found.predicted), "{found:?}");
    // no window reaches more than the flow bound allows
    assert_eq!(calibrate(&settings, 20, PublishedShape::Small, 2.5, 1.2).unwrap(), None);
}

#[test]
fn the_null_model_is_exact_on_the_slice_that_it_was_fitted_on() {
    let [small, large] = [[1.75, 1.63], [1.39, 1.31]];
    let same = ConstantFactor::fit(small, small);
    assert!(same.error.abs() < 1e-12 && (same.predicted - 1.63).abs() < 1e-12);
    let found = ConstantFactor::fit(small, large);
    assert!((found.factor - 1.63 / 1.75).abs() < 1e-12);
    assert!((found.predicted - 1.39 * 1.63 / 1.75).abs() < 1e-12);
    assert!((found.error - (found.predicted / 1.31 - 1.0)).abs() < 1e-12);
}
