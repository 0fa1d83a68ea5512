//! Learned switch maps: symmetry, flows that agree with independent ones, a positive control, and costs.

use phext_paper::sim::learned::{
    BalanceSettings, CLASSES, LearnedError, LearnedMaps, SearchSettings, Translations, balance,
    balance_without, channels, class_loads, learn, neighbor_distance, rings, routes,
};
use phext_paper::sim::network::place_of;
use phext_paper::sim::routing::link_loads;
use phext_paper::sim::{Shape, SwitchMaps, Topology, analyze};

fn shape(text: &str) -> Shape {
    text.parse().unwrap()
}

#[test]
fn torus_and_twist_are_translations_and_come_back_as_the_same_maps() {
    for text in ["4x4x8", "4x8x8"] {
        for topology in [Topology::torus(shape(text)), Topology::twisted(shape(text)).unwrap()] {
            let translations = Translations::of(&topology).unwrap();
            let maps = translations.maps().unwrap();
            assert!(maps.are_permutations());
            assert_eq!(maps, SwitchMaps::of(&topology).unwrap());
        }
        assert_eq!(
            Translations::of(&Topology::torus(shape(text))).unwrap(),
            Translations::of_torus(shape(text))
        );
    }
}

#[test]
fn loads_of_link_classes_equal_the_loads_of_all_links() {
    let learned = learn(shape("4x8x8"), SearchSettings { starts: 1, ..SearchSettings::of(1, 20) }).unwrap();
    let maps = learned.translations.maps().unwrap();
    let network = maps.network();
    let all = link_loads(&network).unwrap();
    let classes = class_loads(&learned.translations).unwrap();
    for chip in 0..network.chips() {
        let [x, y, z] = place_of(network.sizes(), chip).map(|a| a % 4);
        for port in 0..6 {
            let class = ((x * 4 + y) * 4 + z) * 6 + port;
            assert!((all.loads[chip * 6 + port] - classes.loads[class]).abs() < 1e-6 * classes.loads[class]);
        }
    }
    assert_eq!(classes.diameter, all.diameter);
}

fn torus(text: &str) -> Translations {
    Translations::of_torus(shape(text))
}

fn twist(text: &str) -> Translations {
    Translations::of(&Topology::twisted(shape(text)).unwrap()).unwrap()
}

fn quick(text: &str, seed: u64, steps: usize) -> Translations {
    learn(shape(text), SearchSettings { starts: 1, ..SearchSettings::of(seed, steps) }).unwrap().translations
}

#[test]
fn meshes_and_wraps_that_shift_only_at_the_edge_are_no_translations() {
    assert_eq!(Translations::of(&Topology::mesh(shape("4x4x8")).unwrap()), None);
    assert_eq!(Translations::of(&Topology::flat_torus(8, 8).unwrap()), None);
    // Only the last of two cubes along x wraps, so the shift along z is not the same for all cubes.
    assert_eq!(Translations::of(&Topology::twisted(shape("8x8x16")).unwrap()), None);
}

#[test]
fn malformed_translations_are_refused() {
    assert_eq!(Translations::new([1, 1, 2], vec![[0; 3]; 47]).unwrap_err(), LearnedError::NotAllSwitches(47));
    let mut shifts = vec![[0; 3]; 48];
    shifts[5] = [0, 0, 2];
    let error = Translations::new([1, 1, 2], shifts).unwrap_err();
    assert_eq!(error, LearnedError::OutsideGrid { switch: 5, shift: [0, 0, 2], grid: [1, 1, 2] });
    assert!(matches!(Translations::new([0, 1, 2], vec![[0; 3]; 48]), Err(LearnedError::Shape(_))));
    // All shifts zero: cubes are islands.
    let islands = Translations::new([1, 1, 2], vec![[0; 3]; 48]).unwrap();
    assert_eq!(class_loads(&islands).unwrap_err(), LearnedError::NotConnected);
}

#[test]
fn balancing_a_torus_or_twist_keeps_equal_splitting_and_the_bound_meets_it() {
    for text in ["4x4x8", "4x8x8"] {
        for (translations, topology) in [
            (torus(text), Topology::torus(shape(text))),
            (twist(text), Topology::twisted(shape(text)).unwrap()),
        ] {
            let expected = analyze(&topology).alltoall_links_per_chip;
            let balanced = balance(&translations, BalanceSettings::default()).unwrap();
            assert!((balanced.throughput / expected - 1.0).abs() < 0.01, "{text} {balanced:?} {expected}");
            assert!(balanced.bound >= balanced.throughput * (1.0 - 1e-12), "{text} {balanced:?}");
            assert!(balanced.bound <= 1.02 * balanced.throughput, "{text} {balanced:?}");
        }
    }
}

#[test]
fn a_balanced_flow_gains_on_equal_splitting_and_carries_as_much_as_its_mean_path_allows() {
    let translations = quick("4x8x8", 3, 200);
    let equal = class_loads(&translations).unwrap();
    let balanced = balance(&translations, BalanceSettings::default()).unwrap();
    assert!(balanced.throughput > equal.throughput);
    assert!(balanced.throughput <= balanced.bound);
    assert!(balanced.mean_links >= equal.mean_distance - 1e-9);
    // Six links a chip carry `mean_links` each of what a chip sends.
    assert!(balanced.throughput <= 6.0 / balanced.mean_links + 1e-9);
    // Unit lengths bound any routing by the mean distance.
    assert!(balanced.bound <= 6.0 / equal.mean_distance + 1e-9);
    let total: f64 = equal.loads.iter().sum();
    assert_eq!(equal.loads.len(), CLASSES);
    assert!((total - equal.mean_distance * 255.0 * 64.0).abs() < 1e-6 * total);
}

#[test]
fn the_search_rediscovers_or_beats_the_twist_from_the_regular_torus() {
    let expected = analyze(&Topology::twisted(shape("4x4x8")).unwrap()).alltoall_links_per_chip;
    for seed in 1..=3 {
        let learned =
            learn(shape("4x4x8"), SearchSettings { starts: 2, ..SearchSettings::of(seed, 1000) }).unwrap();
        assert!(learned.balanced.throughput >= expected * (1.0 - 1e-9), "{seed} {:?}", learned.balanced);
    }
}

#[test]
fn a_seed_gives_the_same_maps_with_any_number_of_threads() {
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| learn(shape("4x8x8"), SearchSettings::of(9, 60)).unwrap())
    };
    let one = run(1);
    assert_eq!(one, run(3));
    assert!(one.history.is_sorted_by(|before, after| before >= after), "{:?}", one.history);
}

#[test]
fn a_dark_switch_costs_a_torus_more_than_its_share_and_never_gains() {
    let settings = BalanceSettings { rounds: 30, gap: 0.005 };
    let torus = torus("4x4x8");
    let dark = |switches: &[usize]| balance_without(&torus, switches, settings).unwrap();
    let intact = dark(&[]).throughput;
    let each: Vec<f64> = (0..48).map(|switch| dark(&[switch]).throughput).collect();
    assert!(each.iter().all(|&left| left <= intact), "{each:?}");
    // Across the long axis one of 16 switches goes, and with it 1/16 of the bisection.
    assert!(each[32..].iter().all(|left| *left <= intact * 15.0 / 16.0 * 1.005), "{each:?}");
    let one = dark(&[32]);
    assert!(one.bound >= one.throughput);
    assert_eq!(balance_without(&torus, &[48], settings).unwrap_err(), LearnedError::NoSuchSwitch(48));
}

#[test]
fn plus_ports_form_rings_of_one_side_on_a_torus_and_cover_every_chip_on_any_map() {
    let sides = rings(&torus("4x8x8")).map(|rings| (rings.rings, rings.shortest, rings.longest));
    assert_eq!(sides, [(64, 4, 4), (32, 8, 8), (32, 8, 8)]);
    // The x wrap of the twist passes both cubes along z and y: rings of 4 become rings of 8.
    let [x, y, z] = rings(&twist("4x8x8")).map(|rings| (rings.shortest, rings.longest));
    assert_eq!([x, y, z], [(8, 8); 3]);
    for rings in rings(&quick("4x8x8", 3, 200)) {
        assert!(rings.rings * rings.shortest <= 256 && 256 <= rings.rings * rings.longest);
    }
}

#[test]
fn torus_neighbors_are_one_link_apart_on_the_torus_and_farther_on_other_maps() {
    let near = neighbor_distance(&torus("8x8x8")).unwrap();
    assert_eq!((near.mean, near.longest), (1.0, 1));
    let learned = neighbor_distance(&quick("8x8x8", 1, 100)).unwrap();
    // Three quarters of the links are electrical and stay.
    assert!(learned.mean > 1.0 && learned.mean < 1.0 + 0.25 * learned.longest as f64);
}

#[test]
fn routes_follow_shortest_paths_and_their_channels_depend_on_each_other_in_no_circle() {
    for translations in [torus("4x4x8"), twist("4x4x8"), quick("4x4x8", 5, 300)] {
        let needed = channels(&translations).unwrap();
        let loads = class_loads(&translations).unwrap();
        assert_eq!(needed.by_hop, loads.diameter);
        assert!(needed.by_order <= needed.by_hop, "{needed:?}");
        let nodes = 128 * 6 * needed.by_order;
        let mut after = vec![Vec::new(); nodes];
        let (mut hops, mut highest) = (0, 0);
        for source in 0..128 {
            for (target, route) in routes(&translations, source).unwrap().iter().enumerate() {
                assert_eq!(route.is_empty(), target == source);
                hops += route.len();
                highest = route.iter().map(|hop| hop.channel + 1).fold(highest, usize::max);
                for pair in route.windows(2) {
                    let node = |index: usize| pair[index].link * needed.by_order + pair[index].channel;
                    after[node(0)].push(node(1));
                }
            }
        }
        assert_eq!(highest, needed.by_order);
        assert!((hops as f64 - loads.mean_distance * 127.0 * 128.0).abs() < 1e-6);
        assert!(is_acyclic(&after));
    }
    let error = routes(&torus("4x4x8"), 128).unwrap_err();
    assert_eq!(error, LearnedError::NoSuchChip { chip: 128, chips: 128 });
}

/// Removes nodes that nothing waits for until none is left (Kahn, CACM 5, 1962).
fn is_acyclic(after: &[Vec<usize>]) -> bool {
    let mut waits = vec![0; after.len()];
    after.iter().flatten().for_each(|&node| waits[node] += 1);
    let mut free: Vec<usize> = (0..after.len()).filter(|&node| waits[node] == 0).collect();
    let mut removed = 0;
    while let Some(node) = free.pop() {
        removed += 1;
        for &next in &after[node] {
            waits[next] -= 1;
            if waits[next] == 0 {
                free.push(next);
            }
        }
    }
    removed == after.len()
}

fn stored(name: &str) -> LearnedMaps {
    let path = format!("{}/paper/maps/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn stored_maps_have_the_throughput_they_claim_and_beat_every_torus_and_twist() {
    for (name, gain) in [("4x4x8", 1.0), ("4x8x8", 1.1), ("8x8x8", 1.3), ("8x8x16", 1.4), ("16x16x16", 1.8)] {
        let checked = stored(name).check().unwrap();
        assert_eq!(checked.shape, shape(name));
        let mut best = analyze(&Topology::torus(checked.shape)).alltoall_links_per_chip;
        if let Ok(twisted) = Topology::twisted(checked.shape) {
            best = best.max(analyze(&twisted).alltoall_links_per_chip);
        }
        assert!(checked.balanced.throughput > gain * best, "{name} {:?} {best}", checked.balanced);
    }
}

#[test]
fn learning_again_gives_the_stored_maps_and_changed_maps_are_refused() {
    let maps = stored("4x4x8");
    let again = learn(shape(&maps.shape), SearchSettings::of(maps.seed, maps.steps)).unwrap();
    assert_eq!(again.translations.shifts(), maps.shifts);
    assert!((again.balanced.throughput - maps.throughput).abs() < 1e-6);
    let one = LearnedMaps::learn(shape("4x4x8"), 2, 250).unwrap();
    one.check().unwrap();
    assert_eq!((one.seeds, one.throughputs.len()), (2, 2));
    assert!(matches!(LearnedMaps::learn(shape("4x4x8"), 0, 250), Err(LearnedError::Range { .. })));
    let unlisted = LearnedMaps { throughputs: vec![maps.throughput], ..maps.clone() };
    assert!(matches!(unlisted.check(), Err(LearnedError::NotBestOfSeeds { .. })));
    let chosen = LearnedMaps { seed: maps.seed % maps.seeds + 1, ..maps.clone() };
    assert!(matches!(chosen.check(), Err(LearnedError::NotBestOfSeeds { .. })));
    let mut claimed = maps.clone();
    claimed.throughput *= 1.01;
    claimed.throughputs[claimed.seed as usize - 1] = claimed.throughput;
    assert!(matches!(claimed.check(), Err(LearnedError::WrongThroughput { .. })));
    let unclaimed = LearnedMaps { throughput: f64::NAN, ..maps };
    assert!(matches!(unclaimed.check(), Err(LearnedError::NotBestOfSeeds { .. })));
}
