//! What maps per switch cost and survive: dark switches against closed forms and bounds, exchanged cubes, tables.

use phext_paper::sim::fabric::SWITCHES;
use phext_paper::sim::fault::Assignment;
use phext_paper::sim::learned::pareto::nested;
use phext_paper::sim::learned::tables::path_tables;
use phext_paper::sim::learned::{
    BalanceSettings, LearnedError, RouteSettings, Translations, balance, balance_without, balanced_routes,
    draw_switches, random_permutations, random_translations,
};
use phext_paper::sim::{Shape, SwitchMaps, Topology, analyze};

fn shape(name: &str) -> Shape {
    name.parse().unwrap()
}

fn torus(name: &str) -> SwitchMaps {
    SwitchMaps::of(&Topology::torus(shape(name))).unwrap()
}

#[test]
fn with_all_switches_tori_and_twists_carry_their_closed_forms() {
    for name in ["4x4x8", "4x8x8", "8x8x8"] {
        let topology = Topology::torus(shape(name));
        let found = balance_without(&torus(name), &[]).unwrap();
        let ideal = analyze(&topology).alltoall_links_per_chip;
        assert!(found.throughput >= ideal * (1.0 - 1e-9) && found.bound <= ideal * 1.002, "{name} {found:?}");
    }
    let twisted = Topology::twisted(shape("4x8x8")).unwrap();
    let found = balance_without(&SwitchMaps::of(&twisted).unwrap(), &[]).unwrap();
    assert!(found.throughput >= analyze(&twisted).alltoall_links_per_chip * (1.0 - 1e-9), "{found:?}");
}

#[test]
fn flows_are_within_one_per_cent_of_their_bounds_and_at_least_those_of_weights_alone() {
    let drawn = random_translations(shape("4x8x8"), 2).unwrap();
    let found = balance_without(&drawn.maps().unwrap(), &[]).unwrap();
    assert!(
        found.throughput <= found.bound * (1.0 + 1e-12) && found.bound <= found.throughput * 1.015,
        "{found:?}"
    );
    let weights = balance(&drawn, BalanceSettings::default()).unwrap();
    assert!(found.throughput >= weights.throughput * 0.995, "{found:?} {weights:?}");
    assert!(found.bound >= weights.throughput && weights.bound >= found.throughput);
}

#[test]
fn a_dark_switch_leaves_a_torus_no_more_than_the_cut_that_it_crosses() {
    // Half of 512 chips along the axis of the switch: 2 x 64 cables join the halves, of which 2 x 4 are dark. Each
    // chip sends half of its traffic across, so 256 chips share 120 cables: 120 / 256 of a rate of 511 / 256.
    let found = balance_without(&torus("8x8x8"), &[0]).unwrap();
    let cut = (128.0 - 8.0) / 256.0 * 511.0 / 256.0;
    assert!(found.throughput <= cut * (1.0 + 1e-9), "{found:?} {cut}");
    assert!(found.throughput >= 0.995 * found.bound, "{found:?}");
    // by symmetry of the face, the four corner switches of a dimension cost the same
    for corner in [3, 12, 15] {
        let other = balance_without(&torus("8x8x8"), &[corner]).unwrap();
        assert!((other.throughput / found.throughput - 1.0).abs() < 0.004, "{corner} {other:?}");
    }
    // and each further dark switch leaves no more than the bound before it
    let two = balance_without(&torus("8x8x8"), &[0, 5]).unwrap();
    assert!(two.throughput <= found.bound, "{two:?}");
}

#[test]
fn a_slice_without_the_switches_of_a_dimension_falls_apart() {
    let all: Vec<usize> = (0..16).collect();
    assert_eq!(balance_without(&torus("8x8x8"), &all), Err(LearnedError::NotConnected));
    let one_left: Vec<usize> = (1..16).collect();
    assert!(balance_without(&torus("8x8x8"), &one_left).unwrap().throughput > 0.0);
}

#[test]
fn maps_that_do_not_commute_and_switches_that_do_not_exist_are_refused() {
    let permutations = random_permutations(shape("8x8x8"), 1).unwrap();
    assert_eq!(balance_without(&permutations, &[]), Err(LearnedError::NotCommuting));
    let mesh = SwitchMaps::of(&Topology::mesh(shape("8x8x8")).unwrap()).unwrap();
    assert_eq!(balance_without(&mesh, &[]), Err(LearnedError::NotCommuting));
    assert_eq!(balance_without(&torus("8x8x8"), &[48]), Err(LearnedError::NoSuchSwitch(48)));
}

#[test]
fn drawn_switches_differ_and_every_one_is_drawn() {
    let mut hits = [0_usize; SWITCHES];
    for seed in 0..960 {
        let drawn = draw_switches(4, seed);
        assert!(drawn.len() == 4 && (1..4).all(|at| !drawn[..at].contains(&drawn[at])), "{drawn:?}");
        drawn.iter().for_each(|&switch| hits[switch] += 1);
    }
    // 80 each are expected, with a standard deviation of 9
    assert!(hits.iter().all(|&hits| (40..120).contains(&hits)), "{hits:?}");
}

#[test]
fn an_exchanged_cube_costs_no_more_entries_under_maps_per_switch_and_keeps_every_link() {
    let drawn = random_translations(shape("8x8x8"), 3).unwrap();
    let own = drawn.shifts().iter().filter(|shift| **shift == [0; 3]).count();
    let before = Assignment::new(vec![drawn.maps().unwrap()]).unwrap();
    for cube in 0..8 {
        let remap = before.without(&[cube]).unwrap();
        // its own entry, that of the new cube, and its predecessor's, where it is not its own predecessor
        assert_eq!(remap.entries_rewritten, 3 * SWITCHES - own);
    }
}

#[test]
fn tables_are_as_large_as_the_paths_of_the_router() {
    let drawn = random_translations(shape("4x4x8"), 1).unwrap();
    let settings = RouteSettings::default();
    let routes = balanced_routes(&drawn, settings).unwrap();
    let found = path_tables(128, settings.paths_per_pair, routes.mean_links, routes.paths.longest());
    let least = 127.0 * 4.0 * 3.0 * routes.mean_links / 8.0;
    assert!(
        found.bytes > least && found.bytes < 2.0 * least && found.slotted >= found.bytes,
        "{found:?} {least}"
    );
}

#[test]
fn nested_maps_lead_from_one_end_to_the_other_by_the_best_switch_each_time() {
    let slice = shape("4x4x8");
    let torus = Translations::of_torus(slice);
    let mut shifts = torus.shifts().to_vec();
    for switch in [3, 20, 40] {
        shifts[switch] = [0, 0, 1 - shifts[switch][2]];
    }
    let end = Translations::new(torus.grid(), shifts).unwrap();
    let found = nested(&torus, &end).unwrap();
    let mut order = found.order.clone();
    order.sort_unstable();
    assert_eq!(order, [3, 20, 40]);
    let rate = |maps: &Translations| balance_without(&maps.maps().unwrap(), &[]).unwrap().throughput;
    assert_eq!([found.balanced[0].throughput, found.balanced[3].throughput], [&torus, &end].map(rate));
    for switch in [3, 20, 40] {
        let mut shifts = torus.shifts().to_vec();
        shifts[switch] = end.shifts()[switch];
        let other = rate(&Translations::new(torus.grid(), shifts).unwrap());
        assert!(found.balanced[1].throughput >= other * 0.985, "{switch}: {other} {found:?}");
    }
}
