//! Twist gains under finite windows: limits, calibration on one shape, prediction of the other.

use phext_paper::sim::packet::{PublishedShape, SweepSettings, WindowPoint, answer, calibrate, window_sweep};
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
        hop_cycles: vec![400],
        flits_per_transfer: 4,
        cycles_per_hop_cycle: 100,
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
fn a_window_is_chosen_on_one_shape_and_judged_on_the_other() {
    let point =
        |window, gain_4x4x8, gain_4x8x8| WindowPoint { window, hop_cycles: 2, gain_4x4x8, gain_4x8x8 };
    let points = [point(1, 1.1, 1.1), point(2, 1.5, 1.2), point(4, 1.8, 1.32)];
    let found = answer(&points, 1.6, 1.3).unwrap();
    assert_eq!((found.from_small.point.window, found.from_large.point.window), (2, 4));
    assert!(
        (found.from_small.predicted - 1.2).abs() < 1e-12 && (found.from_large.predicted - 1.8).abs() < 1e-12
    );
    assert!((found.from_small.error - (1.2 / 1.3 - 1.0)).abs() < 1e-12);
    assert!((found.from_large.error - (1.8 / 1.6 - 1.0)).abs() < 1e-12);
    assert!((found.best_joint_error - (1.0 - 1.2 / 1.3)).abs() < 1e-12);
    assert_eq!((found.range_4x4x8, found.range_4x8x8), ([1.1, 1.8], [1.1, 1.32]));
    // what is published for the other shape does not move the choice
    assert_eq!(answer(&points, 1.6, 9.0).unwrap().from_small.predicted, found.from_small.predicted);
    assert_eq!(answer(&[], 1.6, 1.3), None);
    assert!(window_sweep(&SweepSettings { hop_cycles: vec![1], ..SweepSettings::default() }).is_err());
}

#[test]
fn calibration_meets_its_own_shape_and_ignores_the_gain_published_for_the_other() {
    let settings = SweepSettings {
        windows: vec![1, 64],
        packet_flits: 32,
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
