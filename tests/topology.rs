//! Link loads and distances against closed forms, published shapes and an exact linear program.

use good_lp::{Expression, ProblemVariables, Solution, SolverModel, constraint, microlp, variable};
use phext_paper::sim::fabric::{SWITCHES, cubes, entries, entries_changed, switch_map};
use phext_paper::sim::routing::{analyze, link_loads};
use phext_paper::sim::topology::{DIRECTIONS, Kind, Shape, ShapeError, Topology};

fn slice(shape: &str, kind: Kind) -> Topology {
    Topology::new(shape.parse().unwrap(), kind).unwrap()
}

fn check_ideal(shape: &str, kind: Kind, diameter: usize, mean_distance: f64, ideal: f64) {
    let analysis = analyze(&slice(shape, kind));
    assert_eq!(analysis.diameter, diameter, "{shape} {kind:?}");
    assert!((analysis.mean_distance - mean_distance).abs() < 5e-4, "{shape} {kind:?}: {analysis:?}");
    assert!((analysis.alltoall_links_per_chip - ideal).abs() < 5e-4, "{shape} {kind:?}: {analysis:?}");
}

#[test]
fn tori_and_twists_have_the_values_of_independent_prototypes() {
    check_ideal("4x4x8", Kind::Torus, 8, 4.0315, 0.9922);
    check_ideal("4x4x8", Kind::Twisted, 6, 3.4646, 1.7318);
    check_ideal("4x8x8", Kind::Torus, 10, 5.0196, 0.9961);
    check_ideal("4x8x8", Kind::Twisted, 6, 4.3294, 1.3858);
    check_ideal("8x8x16", Kind::Torus, 16, 8.0078, 0.4995);
    check_ideal("8x8x16", Kind::Twisted, 12, 6.976, 0.8602);
}

/// Mean distance of a ring of even length n is n / 4 over all pairs with themselves.
#[test]
fn tori_have_the_closed_forms_of_rings() {
    for shape in ["4x4x4", "4x8x12", "8x8x8", "16x16x16"] {
        let topology = slice(shape, Kind::Torus);
        let (sides, chips) = (topology.shape().sides(), topology.shape().chips());
        let analysis = analyze(&topology);
        assert_eq!(analysis.diameter, sides.iter().map(|side| side / 2).sum::<usize>());
        let mean =
            sides.iter().map(|&side| side as f64 / 4.0).sum::<f64>() * chips as f64 / (chips - 1) as f64;
        assert!((analysis.mean_distance - mean).abs() < 1e-12);
        // A chip's traffic along a ring of n loads each of its two directions n^2 / 8 times the rest.
        let longest = sides[2];
        let ideal = (chips - 1) as f64 / (chips as f64 * longest as f64 / 8.0);
        assert!((analysis.alltoall_links_per_chip - ideal).abs() < 1e-9);
        assert_eq!(analysis.bisection_links, 2 * chips / longest);
    }
}

#[test]
fn loads_add_up_to_the_distances() {
    for (shape, kind) in [("4x4x8", Kind::Twisted), ("4x8x8", Kind::Twisted), ("4x4x8", Kind::Mesh)] {
        let loads = link_loads(&slice(shape, kind));
        let sum: f64 = loads.links.iter().sum();
        assert!((sum - loads.distance_sum as f64).abs() < 1e-6, "{shape} {kind:?}");
    }
}

#[test]
fn links_lead_back() {
    for (shape, kind) in [("4x4x8", Kind::Twisted), ("4x8x8", Kind::Twisted), ("4x4x8", Kind::Mesh)] {
        let topology = slice(shape, kind);
        for chip in 0..topology.shape().chips() {
            for pair in DIRECTIONS.chunks(2) {
                if let Some(other) = topology.neighbour(chip, pair[0]) {
                    assert_eq!(topology.neighbour(other, pair[1]), Some(chip));
                }
            }
        }
    }
}

#[test]
fn switches_hold_permutations_that_agree_with_the_chips() {
    for (shape, kind) in [("8x8x16", Kind::Torus), ("8x8x16", Kind::Twisted), ("4x8x8", Kind::Twisted)] {
        let topology = slice(shape, kind);
        for axis in 0..3 {
            let mut targets: Vec<usize> = switch_map(&topology, axis).into_iter().flatten().collect();
            targets.sort_unstable();
            assert_eq!(targets, (0..cubes(&topology)).collect::<Vec<_>>());
        }
        assert_eq!(entries(&topology), SWITCHES * cubes(&topology));
    }
}

#[test]
fn changed_entries_are_counted_alike_in_both_directions() {
    let (torus, twisted) = (slice("4x8x8", Kind::Torus), slice("4x8x8", Kind::Twisted));
    assert_eq!(entries_changed(&torus, &torus), 0);
    assert_eq!(entries_changed(&torus, &twisted), entries_changed(&twisted, &torus));
    // Only the x wrap of a k x 2k x 2k twist moves: all cubes of one dimension, on 16 switches.
    assert_eq!(entries_changed(&torus, &twisted), 16 * cubes(&torus));
}

#[test]
fn impossible_slices_are_refused() {
    assert!(matches!("4x4".parse::<Shape>(), Err(ShapeError::Syntax(_))));
    assert!(matches!("4x4x6".parse::<Shape>(), Err(ShapeError::Side { .. })));
    assert!(matches!("1024x1024x1024".parse::<Shape>(), Err(ShapeError::TooLarge { .. })));
    let cube = "4x4x4".parse().unwrap();
    assert!(matches!(Topology::new(cube, Kind::Twisted), Err(ShapeError::NotTwistable(_))));
}

/// The largest all-to-all that any routing carries: by symmetry, the flow of one source whose links of
/// each direction together carry at most L; the smallest such L is the optimum (Shahrokhi and Matula
/// 1990, doi:10.1145/77600.77620).
fn optimal_alltoall(topology: &Topology) -> f64 {
    let chips = topology.shape().chips();
    let mut variables = ProblemVariables::new();
    let flows: Vec<_> = (0..chips * 6).map(|_| variables.add(variable().min(0))).collect();
    let largest = variables.add(variable().min(0));
    let mut model = variables.minimise(largest).using(microlp);
    let mut net = vec![Expression::from(0); chips];
    for chip in 0..chips {
        for (direction, &step) in DIRECTIONS.iter().enumerate() {
            let other = topology.neighbour(chip, step).unwrap();
            let flow = flows[chip * 6 + direction];
            net[chip] -= flow;
            net[other] += flow;
        }
    }
    for arrived in net.into_iter().skip(1) {
        model = model.with(constraint!(arrived == 1));
    }
    for direction in 0..6 {
        let carried: Expression = (0..chips).map(|chip| flows[chip * 6 + direction]).sum();
        model = model.with(constraint!(carried <= largest));
    }
    (chips - 1) as f64 / model.solve().unwrap().value(largest)
}

#[test]
fn equal_splitting_reaches_the_optimum_of_the_linear_program() {
    for kind in [Kind::Torus, Kind::Twisted] {
        let topology = slice("4x4x8", kind);
        let ours = analyze(&topology).alltoall_links_per_chip;
        let optimum = optimal_alltoall(&topology);
        assert!((ours - optimum).abs() < 1e-6, "{kind:?}: {ours} against {optimum}");
    }
}
