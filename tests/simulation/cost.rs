//! What maps per switch cost and survive: dark switches against closed forms and bounds, exchanged cubes,
//! tables.

use phext_paper::sim::fabric::SWITCHES;
use phext_paper::sim::fault::Assignment;
use phext_paper::sim::flow::{self, Demand};
use phext_paper::sim::learned::pareto::{mixed, nested};
use phext_paper::sim::learned::tables::path_tables;
use phext_paper::sim::learned::{
    BalanceSettings, Balanced, LearnedError, RouteSettings, Translations, balance, balance_without,
    balanced_routes, draw_different, random_translations, without_links,
};
use phext_paper::sim::{Shape, Topology, analyze};

fn shape(name: &str) -> Shape {
    name.parse().unwrap()
}

fn dark(maps: &Translations, switches: &[usize]) -> Result<Balanced, LearnedError> {
    balance_without(maps, switches, BalanceSettings::default())
}

#[test]
fn with_all_switches_tori_and_twists_carry_their_closed_forms() {
    for topology in [Topology::torus(shape("4x8x8")), Topology::twisted(shape("4x8x8")).unwrap()] {
        let found = dark(&Translations::of(&topology).unwrap(), &[]).unwrap();
        let ideal = analyze(&topology).alltoall_links_per_chip;
        assert!(found.throughput >= ideal * (1.0 - 1e-9) && found.bound <= ideal * 1.003, "{found:?}");
    }
}

#[test]
fn a_dark_switch_leaves_a_torus_no_more_than_the_cut_that_it_crosses() {
    // Half of 512 chips along the axis of the switch: 2 x 64 cables join the halves, of which 2 x 1 of each
    // row of cubes are dark, in 4 rows. Each chip sends half of its traffic across, so 256 chips share 120
    // cables.
    let torus = Translations::of_torus(shape("8x8x8"));
    let found = dark(&torus, &[0]).unwrap();
    let cut = (128.0 - 8.0) / 256.0 * 511.0 / 256.0;
    assert!(found.throughput <= cut * (1.0 + 1e-9), "{found:?} {cut}");
    assert!(found.throughput >= 0.99 * found.bound, "{found:?}");
    // by symmetry of the face, the four corner switches of a dimension cost the same
    for corner in [3, 12, 15] {
        let other = dark(&torus, &[corner]).unwrap();
        assert!((other.throughput / found.throughput - 1.0).abs() < 0.01, "{corner} {other:?}");
    }
    // and each further dark switch leaves no more than the bound before it
    let two = dark(&torus, &[0, 5]).unwrap();
    assert!(two.throughput <= found.bound, "{two:?}");
}

#[test]
fn a_dark_switch_is_all_its_links_dark() {
    let drawn = random_translations(shape("4x4x8"), 1).unwrap();
    let cubes = drawn.cubes();
    let links: Vec<usize> = (7 * cubes..8 * cubes).collect();
    let maps = without_links(&drawn.maps().unwrap(), &links).unwrap();
    assert_eq!(maps.optical_links(), (SWITCHES - 1) * cubes);
    let demand = Demand::uniform(128).unwrap();
    let other = flow::balance(&maps.network(), &demand, flow::Settings::default()).unwrap();
    let found = dark(&drawn, &[7]).unwrap();
    assert!(other.throughput <= found.bound && found.throughput <= other.bound, "{found:?}");
}

#[test]
fn a_slice_without_the_switches_of_a_dimension_falls_apart() {
    let torus = Translations::of_torus(shape("8x8x8"));
    let all: Vec<usize> = (0..16).collect();
    assert_eq!(dark(&torus, &all), Err(LearnedError::NotConnected));
    assert!(dark(&torus, &all[1..]).unwrap().throughput > 0.0);
    assert_eq!(dark(&torus, &[48]), Err(LearnedError::NoSuchSwitch(48)));
}

#[test]
fn drawn_numbers_differ_and_every_one_is_drawn() {
    let mut hits = [0_usize; SWITCHES];
    for seed in 0..960 {
        let drawn = draw_different(4, SWITCHES, seed);
        assert!(drawn.len() == 4 && (1..4).all(|at| !drawn[..at].contains(&drawn[at])), "{drawn:?}");
        drawn.iter().for_each(|&switch| hits[switch] += 1);
    }
    // 80 each are expected, with a standard deviation of 9
    assert!(hits.iter().all(|&hits| (40..120).contains(&hits)), "{hits:?}");
    assert_eq!(draw_different(5, 3, 1).len(), 3);
}

#[test]
fn an_exchanged_cube_costs_no_more_entries_under_maps_per_switch_and_keeps_every_link() {
    let drawn = random_translations(shape("8x8x8"), 3).unwrap();
    let own = drawn.shifts().iter().filter(|shift| **shift == [0; 3]).count();
    let before = Assignment::new(vec![drawn.maps().unwrap()]).unwrap();
    for cube in 0..8 {
        let remap = before.without(&[cube]).unwrap();
        // The entry of the failed cube, that of the new one, and that of the cube before it; they are two
        // where a cube is its own predecessor.
        assert_eq!(remap.entries_rewritten, 3 * SWITCHES - own);
    }
}

#[test]
fn tables_are_as_large_as_the_paths_of_the_router() {
    let drawn = random_translations(shape("4x4x8"), 1).unwrap();
    let settings = RouteSettings::default();
    let routes = balanced_routes(&drawn, settings).unwrap();
    let found = path_tables(128, settings.paths_per_pair, routes.mean_links, routes.paths.longest());
    let least = 127.0 * settings.paths_per_pair as f64 * 3.0 * routes.mean_links / 8.0;
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
    let rate = |maps: &Translations| balance(maps, BalanceSettings::default()).unwrap().throughput;
    assert_eq!([found.balanced[0].throughput, found.balanced[3].throughput], [&torus, &end].map(rate));
    for switch in [3, 20, 40] {
        let other = rate(&mixed(&torus, &end, &[switch]).unwrap());
        assert!(found.balanced[1].throughput >= other * 0.98, "{switch}: {other} {found:?}");
    }
}
