//! What learned maps are measured by: lattices, balanced flows and bounds, against closed forms and linear
//! programmes.

use crate::programmes::least_load;
use phext_paper::sim::learned::{
    BalanceSettings, Lattice, LearnedError, LearnedMaps, balance, balance_without, best_lattices,
    class_loads, fabric_bound, moore_mean_distance, random_permutations, random_regular, random_translations,
};
use phext_paper::sim::{Network, Shape, Topology, analyze, analyze_network};

fn shape(text: &str) -> Shape {
    text.parse().unwrap()
}

fn close(found: f64, wanted: f64, tolerance: f64) {
    assert!((found - wanted).abs() <= tolerance * wanted.abs(), "found {found}, wanted {wanted}");
}

/// Solves for the largest rate of an all-to-all when every chip sees the same network.
fn exact_rate(network: &Network) -> f64 {
    (network.chips() as f64 - 1.0) / least_load(network)
}

/// A ring of eight cubes with wraps by 2, 3 and 1, found by two other programs.
#[test]
fn a_ring_of_cubes_beats_the_torus_of_equal_sides() {
    let lattice = Lattice::new([1, 1, 8], [[0, 0, 2], [0, 0, 3], [0, 0, 1]]).unwrap();
    let found = lattice.analyze().unwrap();
    close(found.equal_splitting, 1.0479, 1e-4);
    assert!(found.equal_splitting > analyze(&Topology::torus(shape("8x8x8"))).alltoall_links_per_chip);
    let network = lattice.maps([2, 2, 2]).unwrap().network();
    let general = analyze_network(&network).unwrap();
    close(general.mean_distance, found.mean_distance, 1e-12);
    close(general.alltoall_links_per_chip, found.equal_splitting, 1e-9);
    assert_eq!(general.diameter, found.diameter);
}

#[test]
fn tori_and_twists_are_lattices_with_their_known_values() {
    // The group is the grid of cubes; each wrap steps along its own axis.
    for text in ["4x4x8", "8x8x8", "8x8x16"] {
        let lattice = Lattice::of(&Topology::torus(shape(text))).unwrap();
        let axes = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
        let cubes = shape(text).cubes();
        let steps = axes.map(|axis| [0, 1, 2].map(|part| axis[part] % cubes[part]));
        assert_eq!(lattice, Lattice::new(cubes, steps).unwrap());
        let torus = analyze(&Topology::torus(shape(text)));
        close(lattice.analyze().unwrap().equal_splitting, torus.alltoall_links_per_chip, 1e-9);
        // Nothing crosses the middle of the longest axis faster: equal splitting is the best routing.
        close(lattice.balance().unwrap().throughput, torus.alltoall_links_per_chip, 1e-5);
    }
    for text in ["4x4x8", "4x8x8", "8x8x16", "8x16x16"] {
        let topology = Topology::twisted(shape(text)).unwrap();
        let found = Lattice::of(&topology).unwrap().analyze().unwrap();
        let expected = analyze(&topology);
        close(found.equal_splitting, expected.alltoall_links_per_chip, 1e-9);
        close(found.mean_distance, expected.mean_distance, 1e-12);
    }
    // On k x k x 2k the wraps of x and y add half of the long axis.
    let twist = Lattice::new([1, 1, 2], [[0, 0, 1]; 3]).unwrap();
    assert_eq!(Lattice::of(&Topology::twisted(shape("4x4x8")).unwrap()).unwrap(), twist);
    assert_eq!(Lattice::of(&Topology::mesh(shape("4x4x8")).unwrap()), None);
}

#[test]
fn the_twists_are_the_best_lattices_of_their_sizes_and_others_beat_the_torus() {
    for text in ["4x4x8", "4x8x8", "8x8x16", "8x16x16"] {
        let best = best_lattices(shape(text).cubes().iter().product()).unwrap();
        let twist = analyze(&Topology::twisted(shape(text)).unwrap());
        close(best.by_equal_splitting.equal_splitting, twist.alltoall_links_per_chip, 1e-9);
        close(best.balanced.throughput, twist.alltoall_links_per_chip, 1e-5);
        close(best.best.mean_distance, twist.mean_distance, 1e-9);
    }
    for (text, equal) in [("8x8x8", 1.0479), ("16x16x16", 0.5379)] {
        let best = best_lattices(shape(text).cubes().iter().product()).unwrap();
        close(best.by_equal_splitting.equal_splitting, equal, 1e-4);
        assert!(best.balanced.throughput >= best.by_equal_splitting.equal_splitting);
        assert!(best.balanced.throughput <= 6.0 / best.best.mean_distance + 1e-9);
        close(best.balanced.bound, best.balanced.throughput, 1e-5);
    }
}

#[test]
fn balanced_lattices_equal_the_linear_programme() {
    // Of all lattices of two and four cubes, and one of them by the general flow as well.
    for cubes in [2, 4] {
        for lattice in Lattice::all(cubes).unwrap().0 {
            let network = lattice.maps([1, 1, cubes]).unwrap().network();
            let exact = exact_rate(&network);
            let balanced = lattice.balance().unwrap();
            close(balanced.throughput, exact, 1e-5);
            assert!(balanced.bound >= exact * (1.0 - 1e-7), "{balanced:?} {exact}");
            let general = balance(&lattice.translations().unwrap(), BalanceSettings::default()).unwrap();
            assert!(general.throughput <= exact * (1.0 + 1e-7), "{general:?} {exact}");
            assert!(general.bound >= exact * (1.0 - 1e-7), "{general:?} {exact}");
            assert!(general.throughput >= exact * 0.997, "{general:?} {exact}");
        }
    }
}

#[test]
fn elements_that_leave_cubes_out_or_the_group_are_refused() {
    let apart = Lattice::new([1, 1, 8], [[0, 0, 2], [0, 0, 4], [0, 0, 6]]).unwrap_err();
    assert_eq!(apart, LearnedError::NotConnected);
    assert!(matches!(Lattice::new([1, 1, 8], [[0, 0, 8]; 3]), Err(LearnedError::OutsideGrid { .. })));
    let lattice = Lattice::new([1, 2, 4], [[0, 1, 0], [0, 0, 1], [0, 1, 1]]).unwrap();
    assert!(lattice.maps([2, 2, 2]).unwrap().are_permutations());
    assert!(lattice.maps([2, 2, 4]).is_err());
}

#[test]
fn balanced_flows_of_random_maps_are_within_a_small_part_of_their_bound() {
    for (text, gap) in [("4x4x8", 0.004), ("4x8x8", 0.004), ("8x8x8", 0.004)] {
        for seed in [1, 2] {
            let translations = random_translations(shape(text), seed).unwrap();
            let found = balance(&translations, BalanceSettings::default()).unwrap();
            let equal = class_loads(&translations).unwrap();
            assert!(
                found.throughput <= found.bound && found.bound <= found.throughput * (1.0 + gap),
                "{found:?}"
            );
            assert!(found.throughput >= equal.throughput);
            assert!(found.mean_links >= equal.mean_distance - 1e-9);
            assert!(found.throughput <= 6.0 / found.mean_links + 1e-9);
            // Few rounds are less exact, never above the bound, and never above what more rounds prove.
            let few = balance(&translations, BalanceSettings { rounds: 30, gap: 0.01 }).unwrap();
            assert!(few.throughput <= found.bound && few.bound <= few.throughput * 1.03, "{few:?}");
            let dark = balance_without(&translations, &[5], BalanceSettings::default()).unwrap();
            assert!(dark.bound <= dark.throughput * 1.03 && dark.throughput < found.bound, "{dark:?}");
        }
    }
}

#[test]
fn flows_do_not_depend_on_the_number_of_threads() {
    let translations = random_translations(shape("4x8x8"), 3).unwrap();
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| balance(&translations, BalanceSettings { rounds: 30, gap: 0.0 }).unwrap())
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn no_maps_beat_the_limits_of_the_fabric_and_no_graph_moores() {
    for text in ["4x4x8", "4x8x8", "8x8x8", "8x8x16", "8x16x16", "16x16x16"] {
        let shape = shape(text);
        let cubes = shape.cubes().iter().product();
        let limit = fabric_bound(cubes).unwrap();
        let moore = moore_mean_distance(shape.chips());
        assert!(limit.mean_distance >= moore && limit.alltoall <= 6.0 / limit.mean_distance + 1e-12);
        let mut means = vec![analyze(&Topology::torus(shape)).mean_distance];
        let best = best_lattices(cubes).unwrap();
        assert!(best.balanced.bound <= limit.alltoall, "{text}");
        means.push(best.best.mean_distance);
        let path = format!("{}/paper/maps/{text}.json", env!("CARGO_MANIFEST_DIR"));
        let maps: LearnedMaps = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        assert!(maps.throughputs.iter().all(|&found| found <= limit.alltoall), "{text} {limit:?}");
        means.push(class_loads(&maps.translations().unwrap()).unwrap().mean_distance);
        for seed in 1..=3 {
            means.push(class_loads(&random_translations(shape, seed).unwrap()).unwrap().mean_distance);
        }
        if cubes <= 16 {
            let maps = random_permutations(shape, 1).unwrap();
            means.push(analyze_network(&maps.network()).unwrap().mean_distance);
            let free = analyze_network(&random_regular(shape.chips(), 1).unwrap()).unwrap();
            assert!(free.mean_distance >= moore);
        }
        for mean in means {
            assert!(mean >= limit.mean_distance, "{text} {mean} {limit:?}");
        }
    }
}

/// All 2^6 choices for two cubes of one map for each dimension or its opposite half of switches.
#[test]
fn no_choice_of_maps_for_two_cubes_beats_the_limit() {
    let limit = fabric_bound(2).unwrap();
    let mut nearest = f64::INFINITY;
    for choice in 0..64_usize {
        let shifts = (0..48).map(|switch| [0, 0, choice >> (switch / 8) & 1]).collect();
        let translations = phext_paper::sim::learned::Translations::new([1, 1, 2], shifts).unwrap();
        if let Ok(found) = class_loads(&translations) {
            nearest = nearest.min(found.mean_distance);
            assert!(found.mean_distance >= limit.mean_distance);
        }
    }
    assert!(nearest < 1.05 * limit.mean_distance, "{nearest} {limit:?}");
}
