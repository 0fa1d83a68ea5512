//! Goodput: closed forms, sampling against them, monotony, and slices that move off failed cubes.

use phext_paper::sim::fault::{
    Assignment, CubeGrid, FaultError, OtherFailures, Placement, YearSetting, goodput, mixed_tolerance,
    simulate, simulate_year, tolerance,
};
use phext_paper::sim::{SwitchMaps, Topology};
use proptest::prelude::*;

const PUBLISHED: CubeGrid = CubeGrid::PUBLISHED;
const SLICES: [usize; 12] = [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3072, 4096];

fn maps(shape: &str) -> SwitchMaps {
    SwitchMaps::of(&Topology::torus(shape.parse().unwrap())).unwrap()
}

#[test]
fn goodput_meets_the_published_points_and_the_closed_form_of_aligned_boxes() {
    // Jouppi et al., ISCA 2023, caption of figure 4: three quarters, one half, three quarters
    for (availability, chips, published) in [
        (0.99, 1024, 0.75),
        (0.995, 1024, 0.75),
        (0.99, 2048, 0.5),
        (0.995, 2048, 0.5),
        (0.99, 3072, 0.75),
        (0.995, 3072, 0.75),
    ] {
        let found = goodput(PUBLISHED, availability, chips, 0.9).unwrap();
        // the published points are rounded to whole per cent
        assert!((found.switched - published).abs() < 0.01, "{availability} {chips} {found:?}");
    }
    for (availability, expected) in [(0.99, 0.0763), (0.995, 0.2771), (0.999, 0.7740)] {
        let found = goodput(PUBLISHED, availability, 1024, 0.5).unwrap().static_aligned;
        assert!((found - expected).abs() < 1e-4, "{found}");
    }
    let whole = goodput(PUBLISHED, 0.999, 4096, 0.5).unwrap();
    assert!((whole.switched - 0.999_f64.powi(1024)).abs() < 1e-12);
    assert!((whole.switched - whole.static_aligned).abs() < 1e-12);
}

#[test]
fn sampling_agrees_with_the_exact_expectation_within_its_error() {
    for chips in [64, 512, 1024, 3072] {
        let exact = goodput(PUBLISHED, 0.99, chips, 0.5).unwrap();
        let sampled = simulate(PUBLISHED, 0.99, chips, 100_000, 7).unwrap();
        for (found, expected) in
            [(sampled.switched, exact.switched), (sampled.switched_with_spares, exact.switched_with_spares)]
        {
            assert!(
                (found.mean - expected).abs() <= 5.0 * found.error + 1e-12,
                "{chips}: {found:?} {expected}"
            );
        }
        let unaligned = sampled.static_unaligned;
        assert!(unaligned.mean + 5.0 * unaligned.error >= exact.static_aligned, "{chips} {unaligned:?}");
        assert!(unaligned.mean <= sampled.switched.mean + 1e-12);
    }
}

#[test]
fn sampling_does_not_depend_on_the_number_of_threads() {
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| simulate(PUBLISHED, 0.97, 1024, 50_000, 3).unwrap())
    };
    assert_eq!(run(1), run(3));
}

proptest! {
    #[test]
    fn goodput_never_falls_when_hosts_get_better(low in 0.5_f64..1.0, step in 0.0_f64..0.5, slice in 0..SLICES.len()) {
        let high = (low + step).min(1.0);
        let [low, high] = [low, high].map(|a| goodput(PUBLISHED, a, SLICES[slice], 0.9).unwrap());
        prop_assert!(high.switched >= low.switched - 1e-12);
        prop_assert!(high.switched_with_spares >= low.switched_with_spares - 1e-12);
        prop_assert!(high.static_aligned >= low.static_aligned - 1e-12);
        prop_assert!(high.at_quantile >= low.at_quantile);
        prop_assert!(low.switched_with_spares >= low.switched - 1e-12);
        prop_assert!(low.switched >= low.static_aligned - 1e-9);
    }

    #[test]
    fn a_remapped_slice_keeps_its_topology(failed in proptest::collection::btree_set(0_usize..68, 0..5)) {
        let failed: Vec<usize> = failed.into_iter().collect();
        let logical = maps("16x16x12");
        let before = Assignment::new(vec![logical.clone()]).unwrap();
        let remap = before.without(&failed).unwrap();
        prop_assert!(remap.lost.is_empty());
        let cubes = remap.after.cubes(0).unwrap();
        prop_assert!(cubes.iter().all(|cube| !failed.contains(cube)));
        let physical = remap.after.switch_maps().unwrap();
        for switch in 0..48 {
            let (logical, physical) = (logical.map(switch).unwrap(), physical.map(switch).unwrap());
            for (from, to) in logical.iter().enumerate() {
                prop_assert_eq!(physical[cubes[from]].map(usize::from), to.map(|to| cubes[usize::from(to)]));
            }
        }
        // a cube that is exchanged costs, at each switch, its own entry, its successor's and its
        // predecessor's
        prop_assert!(remap.entries_rewritten <= 3 * 48 * remap.moved);
        prop_assert!(remap.entries_rewritten >= 2 * 48 * remap.moved);
    }
}

#[test]
fn a_slice_without_a_free_cube_is_lost_and_the_others_keep_theirs() {
    let full = Assignment::new(vec![maps("16x16x8"), maps("16x16x8")]).unwrap();
    let remap = full.without(&[0, 1, 2, 3, 40]).unwrap();
    assert_eq!((remap.moved, remap.lost), (4, vec![1]));
    assert_eq!(remap.after.cubes(0).unwrap()[..4], [64, 65, 66, 67]);
    assert!(Assignment::new(vec![maps("16x16x16"), maps("4x4x4")]).is_err());
    assert!(full.without(&[68]).is_err());
}

#[test]
fn hosts_that_fail_one_by_one_end_a_slice_long_before_the_share_of_its_definition() {
    let found = tolerance(PUBLISHED, 3072, 1).unwrap();
    assert!((found.cubes_by_definition - 0.25).abs() < 1e-12);
    assert!((found.switched - 18.0 / 1024.0).abs() < 1e-12, "{found:?}");
    assert!(found.switched_with_spares > found.switched);
    assert!((found.static_unaligned - 2.0 / 1024.0).abs() < 1e-12, "{found:?}");
    let whole = tolerance(PUBLISHED, 4096, 1).unwrap();
    assert_eq!(whole.switched, 0.0);
}

const YEAR: YearSetting = YearSetting {
    grid: PUBLISHED,
    slice_chips: 1024,
    host_availability: 0.99,
    repair_hours: 4.0,
    restart_hours: 0.5,
    placement: Placement::Switched { spares: false },
    others: None,
    seed: 1,
};

#[test]
fn a_year_of_failures_has_the_availability_it_was_given() {
    let year = simulate_year(&YEAR).unwrap();
    assert!((year.cubes_up / 0.99_f64.powi(16) - 1.0).abs() < 0.01, "{year:?}");
    assert!(
        (year.running / goodput(PUBLISHED, 0.99, 1024, 0.5).unwrap().switched - 1.0).abs() < 0.02,
        "{year:?}"
    );
    assert!(year.goodput < year.running);
    let fixed = simulate_year(&YearSetting { placement: Placement::Aligned, ..YEAR }).unwrap();
    assert!((fixed.running / 0.99_f64.powi(256) - 1.0).abs() < 0.25, "{fixed:?}");
    let spared =
        simulate_year(&YearSetting { placement: Placement::Switched { spares: true }, ..YEAR }).unwrap();
    assert!(spared.running > year.running);
    let perfect = simulate_year(&YearSetting { host_availability: 1.0, ..YEAR }).unwrap();
    assert_eq!((perfect.failures, perfect.goodput), (0, 1.0));
}

#[test]
fn the_freer_the_placement_the_more_of_a_year_slices_run() {
    for slice_chips in [1024, 3072] {
        let run = |placement| {
            simulate_year(&YearSetting { host_availability: 0.995, slice_chips, placement, ..YEAR }).unwrap()
        };
        let [aligned, any, packed] = [Placement::Aligned, Placement::AnyBox, Placement::BestPacking]
            .map(|placement| run(placement).running);
        let switched = run(YEAR.placement).running;
        assert!(aligned < any && any <= packed && packed < switched, "{aligned} {any} {packed} {switched}");
        // at every moment the best packing holds as many boxes as fit
        let best = simulate(PUBLISHED, 0.995, slice_chips, 100_000, 1).unwrap().static_unaligned.mean;
        assert!((packed / best - 1.0).abs() < 0.05, "{packed} {best}");
    }
}

#[test]
fn failures_of_racks_links_and_switches_come_at_their_rates() {
    let others = OtherFailures {
        rack_hours: 10_000.0,
        link_hours: 1e6,
        switch_hours: 20_000.0,
        waits_for_switches: false,
    };
    let setting = YearSetting { host_availability: 1.0, others: Some(others), ..YEAR };
    let year = simulate_year(&setting).unwrap();
    let expected = 8760.0 * (64.0 / 10_000.0 + 64.0 * 96.0 / 1e6 + 48.0 / 20_000.0);
    assert!((year.other_failures as f64 - expected).abs() < 4.0 * expected.sqrt(), "{year:?} {expected}");
    // of 48 switches that are down 4 hours in 20,004 each, some is down for nearly the sum
    let dark = 1.0 - (20_000.0_f64 / 20_004.0).powi(48);
    assert!((year.switch_dark / dark - 1.0).abs() < 0.5, "{} {dark}", year.switch_dark);
    let waits = OtherFailures { waits_for_switches: true, ..others };
    let waits = simulate_year(&YearSetting { others: Some(waits), ..setting }).unwrap();
    assert!((waits.running + waits.switch_dark - year.running).abs() < 0.02, "{waits:?} {year:?}");
    let fixed = simulate_year(&YearSetting { placement: Placement::Aligned, ..setting }).unwrap();
    assert_eq!(fixed.switch_dark, 0.0);
    assert!(
        simulate_year(&YearSetting { others: Some(OtherFailures { rack_hours: 0.0, ..others }), ..setting })
            .is_err()
    );
}

#[test]
fn racks_that_fail_whole_are_tolerated_up_to_the_definition_and_hosts_are_not() {
    let racks = mixed_tolerance(PUBLISHED, 3072, 1.0, 1).unwrap();
    assert!((racks.switched - 16.0 / 64.0).abs() < 1e-12, "{racks:?}");
    let found = tolerance(PUBLISHED, 3072, 1).unwrap();
    assert!((racks.static_unaligned - found.cubes_static).abs() < 1.5 / 64.0, "{racks:?} {found:?}");
    let hosts = mixed_tolerance(PUBLISHED, 3072, 0.0, 1).unwrap();
    assert!((hosts.switched - found.switched).abs() < 1.5 / 1024.0, "{hosts:?} {found:?}");
    assert!((hosts.static_unaligned - found.static_unaligned).abs() < 1.5 / 1024.0, "{hosts:?} {found:?}");
    let half = mixed_tolerance(PUBLISHED, 3072, 0.5, 1).unwrap();
    assert!(hosts.switched < half.switched && half.switched < racks.switched);
    assert!(mixed_tolerance(PUBLISHED, 3072, 1.1, 1).is_err());
}

/// A machine of one cube fails with its first host; one of eight is exact where orders can be counted.
#[test]
fn small_machines_have_their_closed_forms() {
    let [one, eight] = [1, 2].map(|side| CubeGrid::new(side).unwrap());
    let found = tolerance(one, 64, 1).unwrap();
    assert_eq!((found.cubes_by_definition, found.switched, found.static_unaligned), (0.0, 0.0, 0.0));
    assert_eq!(found.cubes_static, 0.0);
    let mixed = mixed_tolerance(one, 64, 0.5, 1).unwrap();
    assert_eq!((mixed.switched, mixed.static_unaligned), (0.0, 0.0));
    // Slices of one cube are alive until the last cube is hit, with and without switches.
    let found = tolerance(eight, 64, 1).unwrap();
    assert_eq!((found.cubes_by_definition, found.cubes_static), (7.0 / 8.0, 7.0 / 8.0));
    assert!((found.switched - found.static_unaligned).abs() < 2.0 / 128.0, "{found:?}");
    // Slices of all eight end with the first failure.
    let whole = tolerance(eight, 512, 1).unwrap();
    assert_eq!((whole.switched, whole.static_unaligned), (0.0, 0.0));
    for (grid, slice) in [(one, 64), (eight, 64), (eight, 256), (eight, 512)] {
        let exact = goodput(grid, 0.99, slice, 0.5).unwrap();
        let sampled = simulate(grid, 0.99, slice, 100_000, 7).unwrap();
        for (found, expected) in
            [(sampled.switched, exact.switched), (sampled.switched_with_spares, exact.switched_with_spares)]
        {
            let off = (found.mean - expected).abs();
            assert!(off <= 5.0 * found.error + 1e-12, "{grid:?} {slice}: {found:?} {expected}");
        }
        let year = YearSetting { grid, slice_chips: slice, ..YEAR };
        let [year, perfect] = [0.99, 1.0]
            .map(|host_availability| simulate_year(&YearSetting { host_availability, ..year }).unwrap());
        assert_eq!((perfect.failures, perfect.goodput), (0, 1.0));
        assert!((year.running / exact.switched - 1.0).abs() < 0.1, "{grid:?} {slice}: {year:?} {exact:?}");
    }
}

/// Boxes that do not tile the machine are those that fit, not what a division of its cubes says.
#[test]
fn aligned_boxes_of_a_year_are_those_that_fit() {
    let grid = CubeGrid::new(3).unwrap();
    let setting =
        YearSetting { grid, slice_chips: 512, host_availability: 1.0, placement: Placement::Aligned, ..YEAR };
    // One box of 2x2x2 cubes fits into 3x3x3, and three slices into its 27 cubes.
    assert_eq!(simulate_year(&setting).unwrap().running, 8.0 / 27.0);
    let switched = YearSetting { placement: YEAR.placement, ..setting };
    assert_eq!(simulate_year(&switched).unwrap().running, 24.0 / 27.0);
}

#[test]
fn bad_values_are_refused() {
    let large = CubeGrid::new(5).unwrap();
    assert_eq!(tolerance(large, 64, 1), Err(FaultError::TooManyCubes(125)));
    assert!(mixed_tolerance(large, 64, 0.5, 1).is_err() && simulate(large, 0.99, 64, 10, 1).is_err());
    assert!(simulate_year(&YearSetting { grid: large, ..YEAR }).is_err());
    assert_eq!(goodput(PUBLISHED, 1.2, 1024, 0.5), Err(FaultError::Availability(1.2)));
    assert!(goodput(PUBLISHED, f64::NAN, 1024, 0.5).is_err());
    assert_eq!(goodput(PUBLISHED, 0.99, 100, 0.5), Err(FaultError::Slice { chips: 100, most: 4096 }));
    assert_eq!(goodput(PUBLISHED, 0.99, 8192, 0.5), Err(FaultError::Slice { chips: 8192, most: 4096 }));
    assert_eq!(goodput(PUBLISHED, 0.99, 1024, 1.0), Err(FaultError::Quantile(1.0)));
    assert!(simulate(PUBLISHED, 0.99, 32, 10, 1).is_err() && simulate(PUBLISHED, 0.99, 64, 0, 1).is_err());
}
