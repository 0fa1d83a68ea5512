//! Learned maps.

use phext_paper::sim::learned::*;
use phext_paper::sim::routing::link_loads;
use phext_paper::sim::{Shape, SwitchMaps, Topology};

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
        let [x, y, z] = phext_paper::sim::network::place_of(network.sizes(), chip).map(|a| a % 4);
        for port in 0..6 {
            let class = ((x * 4 + y) * 4 + z) * 6 + port;
            assert!((all.loads[chip * 6 + port] - classes.loads[class]).abs() < 1e-6 * classes.loads[class]);
        }
    }
    assert_eq!(classes.diameter, all.diameter);
}

#[test]
fn probe() {
    for (text, steps, seeds) in [
        ("4x4x8", 2000, 5),
        ("4x8x8", 2000, 2),
        ("8x8x8", 2000, 1),
        ("8x8x16", 1000, 1),
        ("16x16x16", 400, 1),
    ] {
        for seed in 1..=seeds {
            for hot in [0.02, 0.1] {
                let clock = std::time::Instant::now();
                let l =
                    learn(shape(text), SearchSettings { hot, ..SearchSettings::of(seed, steps) }).unwrap();
                let t = clock.elapsed().as_secs_f64();
                let c = class_loads(&l.translations).unwrap();
                println!(
                    "{text} seed {seed} hot {hot} equal {:.4} dist {:.3} diam {} balanced {:?} start {} {t:.1}s channels {:?}",
                    c.throughput,
                    c.mean_distance,
                    c.diameter,
                    l.balanced,
                    l.start,
                    channels(&l.translations)
                );
            }
        }
    }
}
