//! Collectives by trees: spanning, even, as fast as the least cut allows, and right when carried out chunk by
//! chunk.

use std::path::Path;

use assert_cmd::Command;
use paper_engine::model::Model;
use phext_paper::maps::{Maps, learned_maps};
use phext_paper::sim::collective::{
    CollectiveError, Directions, Forest, Link, Operation, Pipeline, Plan, Sent, Symmetry, Trees, even_trees,
    execute,
};
use phext_paper::sim::learned::{random_permutations, random_translations};
use phext_paper::sim::{Network, Shape, SwitchMaps, Topology};
use serde_json::Value;

const LINK: Link = Link { bandwidth: 50e9, latency: 1e-6 };
const GIBIBYTE: f64 = (1_u64 << 30) as f64;

fn shape(name: &str) -> Shape {
    name.parse().unwrap()
}

fn translations(name: &str, seed: u64) -> Network {
    random_translations(shape(name), seed).unwrap().maps().unwrap().network()
}

fn permutations(name: &str, seed: u64) -> Network {
    random_permutations(shape(name), seed).unwrap().network()
}

fn learned() -> Vec<(String, Network)> {
    let model = Model::read(Path::new(env!("CARGO_MANIFEST_DIR")), &phext_paper::STUDY).unwrap();
    let network = |name: &str| {
        learned_maps(model.maps(name).unwrap()).translations().unwrap().maps().unwrap().network()
    };
    ["4x4x8", "4x8x8", "8x8x8", "8x8x16", "16x16x16"].map(|name| (name.to_owned(), network(name))).into()
}

fn small() -> Vec<Network> {
    let name = "4x4x8";
    vec![
        Topology::torus(shape(name)).network(),
        Topology::twisted(shape(name)).unwrap().network(),
        Topology::mesh(shape("4x4x4")).unwrap().network(),
        Topology::flat_torus(4, 6).unwrap().network(),
        translations(name, 3),
        permutations(name, 1),
        permutations("4x4x4", 1),
    ]
}

#[test]
fn symmetries_carry_links_to_links_and_count_the_chips_that_look_alike() {
    let classes = |network: &Network| Symmetry::of(network).unwrap().classes();
    assert_eq!(classes(&Topology::torus(shape("8x8x8")).network()), 1);
    assert_eq!(classes(&Topology::twisted(shape("4x8x8")).unwrap().network()), 1);
    assert_eq!(classes(&translations("8x8x8", 1)), 64);
    assert_eq!(classes(&permutations("8x8x8", 1)), 512);
    assert_eq!(classes(&Topology::mesh(shape("4x4x4")).unwrap().network()), 64);
    for network in small() {
        let symmetry = Symmetry::of(&network).unwrap();
        assert_eq!(symmetry.order() * symmetry.classes(), network.chips());
        for chip in 0..network.chips() {
            let representative = symmetry.representatives()[symmetry.class(chip)];
            assert_eq!(symmetry.seen_from(chip, chip), representative);
            for port in 0..network.ports() {
                let next = network.neighbor(chip, port).map(|next| symmetry.seen_from(chip, next));
                assert_eq!(next, network.neighbor(representative, port));
            }
        }
    }
    let open = SwitchMaps::new([1, 1, 2], vec![vec![None; 2]; 48]).unwrap().network();
    assert_eq!(Symmetry::of(&open).map(|found| found.classes()), Err(CollectiveError::Disconnected));
}

#[test]
fn every_tree_spans_the_network_and_all_links_carry_equally_many() {
    let mut networks = small();
    networks.extend([translations("8x8x8", 1), Topology::torus(shape("4x8x8")).network()]);
    for network in networks {
        let (chips, ports) = (network.chips(), network.ports());
        let symmetry = Symmetry::of(&network).unwrap();
        let open = |chip: usize| (0..ports).filter(|&port| network.neighbor(chip, port).is_some()).count();
        let fewest = (0..chips).map(open).min().unwrap();
        for trees in [1, even_trees(chips, fewest)] {
            let forest = Forest::new(&network, &symmetry, trees).unwrap();
            let mut uses = vec![0_usize; chips * ports];
            let mut deepest = 0;
            for index in 0..chips * chips * trees {
                let (root, chip, tree) = (index / trees / chips, index / trees % chips, index % trees);
                let (mut at, mut links) = (chip, 0);
                while let Some(port) = forest.up(at, root, tree) {
                    at = network.neighbor(at, port).unwrap();
                    links += 1;
                    assert!(links <= forest.depth());
                }
                assert_eq!(at, root);
                deepest = deepest.max(links);
                if let Some(port) = forest.up(chip, root, tree) {
                    uses[chip * ports + port] += 1;
                }
            }
            assert_eq!(deepest, forest.depth());
            assert_eq!(uses.iter().copied().max(), Some(forest.most_used()));
            // a chip is in all trees but its own, each of which comes in through one of its links
            assert_eq!(forest.most_used(), (trees * (chips - 1)).div_ceil(fewest));
        }
    }
    assert_eq!([128, 256, 512, 4096].map(|chips| even_trees(chips, 6)), [6, 2, 6, 2]);
}

/// One chunk that starts over a link at some time, towards a chip: its root, its tree and its number.
type Transfer = (f64, usize, usize, [usize; 3]);

/// Runs an all-gather and returns its time and every transfer over every link, as symmetries carry it.
fn watched(pipeline: &Pipeline<'_>, piece: f64, chunks: usize) -> (f64, Vec<Transfer>) {
    let forest = pipeline.forest();
    let (network, symmetry) = (forest.network(), forest.symmetry());
    let mut sent: Vec<Sent> = Vec::new();
    let done = pipeline.all_gather_watched(piece, chunks, &LINK, |one| sent.push(one)).unwrap();
    assert_eq!(done.sent.iter().sum::<u64>(), done.received.iter().sum::<u64>());
    let mut all = Vec::new();
    for one in sent {
        for chip in (0..network.chips()).filter(|&chip| symmetry.class(chip) == symmetry.class(one.chip)) {
            let root = (0..network.chips()).find(|&root| symmetry.seen_from(chip, root) == one.root).unwrap();
            let port = forest.up(chip, root, one.tree).unwrap();
            let sender = network.neighbor(chip, port).unwrap();
            let link = sender * network.ports() + (port ^ 1);
            all.push((one.start, link, chip, [root, one.tree, one.chunk]));
        }
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    (done.seconds, all)
}

#[test]
fn chunks_leave_after_they_came_one_at_a_time_and_backwards_they_add_up() {
    for (network, chunks) in small().into_iter().zip([1, 2, 1, 3, 2, 1, 1]) {
        let (chips, ports) = (network.chips(), network.ports());
        let symmetry = Symmetry::of(&network).unwrap();
        let pipeline = Pipeline::new(Forest::new(&network, &symmetry, 2).unwrap());
        let piece = 3e4;
        let takes = piece / 2.0 / chunks as f64 / LINK.bandwidth;
        let (seconds, sent) = watched(&pipeline, piece, chunks);
        assert_eq!(sent.len(), chips * (chips - 1) * 2 * chunks);
        let slot = |chip: usize, [root, tree, chunk]: [usize; 3]| {
            ((chip * chips + root) * 2 + tree) * chunks + chunk
        };
        let mut arrived = vec![f64::INFINITY; chips * chips * 2 * chunks];
        for index in 0..chips * 2 * chunks {
            let root = index / chunks / 2;
            arrived[slot(root, [root, index / chunks % 2, index % chunks])] = 0.0;
        }
        let mut free = vec![0.0; chips * ports];
        let mut last = 0.0_f64;
        for &(start, link, chip, what) in &sent {
            assert!(start >= free[link] - 1e-15 && start >= arrived[slot(link / ports, what)] - 1e-15);
            assert!(arrived[slot(chip, what)].is_infinite(), "a chunk comes once");
            free[link] = start + takes;
            arrived[slot(chip, what)] = start + takes + LINK.latency;
            last = last.max(arrived[slot(chip, what)]);
        }
        assert!(arrived.iter().all(|time| time.is_finite()));
        assert!((last - seconds).abs() < 1e-12);
        // backwards, whoever received sends its sum to whoever sent
        let start: Vec<u64> = (0..arrived.len() as u64).map(|index| index * 7919 % 100_003).collect();
        let mut values = start.clone();
        for &(_, link, chip, what) in sent.iter().rev() {
            values[slot(link / ports, what)] += values[slot(chip, what)];
        }
        for index in 0..chips * 2 * chunks {
            let what = [index / chunks / 2, index / chunks % 2, index % chunks];
            let wanted: u64 = (0..chips).map(|chip| start[slot(chip, what)]).sum();
            assert_eq!(values[slot(what[0], what)], wanted);
        }
    }
}

#[test]
fn long_vectors_take_the_time_of_the_least_cut_on_every_map_and_send_the_fewest_bytes() {
    let mut networks = learned();
    for name in ["4x4x8", "8x8x8"] {
        networks.push((format!("torus {name}"), Topology::torus(shape(name)).network()));
        networks.push((format!("translations {name}"), translations(name, 3)));
        networks.push((format!("permutations {name}"), permutations(name, 1)));
    }
    networks.push(("twist".into(), Topology::twisted(shape("4x8x8")).unwrap().network()));
    for (name, network) in networks {
        let chips = network.chips() as f64;
        let symmetry = Symmetry::of(&network).unwrap();
        let trees = Trees::new(&network, &symmetry).unwrap();
        let bound = trees.bound().unwrap();
        assert_eq!((bound.chips as f64, bound.links), (chips - 1.0, 6), "{name}");
        assert!(trees.busiest_link_pieces() >= bound.pieces());
        for (operation, halves) in
            [(Operation::AllGather, 1.0), (Operation::ReduceScatter, 1.0), (Operation::AllReduce, 2.0)]
        {
            let done = trees.execute(operation, GIBIBYTE, &LINK).unwrap().executed;
            let least = halves * bound.seconds(GIBIBYTE / chips, LINK.bandwidth);
            let ratio = done.seconds / least;
            assert!(ratio > 1.0 && ratio < 1.005, "{name}: {ratio}");
            let fewest = halves * (chips - 1.0) * GIBIBYTE;
            for bytes in [done.bytes_sent(), done.bytes_received(), done.link_bytes.iter().sum()] {
                assert!((bytes - fewest).abs() < 1e-9 * fewest);
            }
            for (sent, received) in done.sent.iter().zip(&done.received) {
                assert!(halves < 2.0 || (sent - received).abs() < 1e-9 * sent, "{name}: {sent} {received}");
            }
            assert!(done.mean_link_use(&network, &LINK) > 0.99);
        }
    }
}

#[test]
fn short_vectors_take_one_latency_for_each_link_of_the_diameter_twice() {
    for network in small() {
        let symmetry = Symmetry::of(&network).unwrap();
        let trees = Trees::new(&network, &symmetry).unwrap();
        let far = (0..network.chips()).flat_map(|chip| network.distances(chip)).max().unwrap();
        let done = trees.execute(Operation::AllReduce, 1024.0, &LINK).unwrap().executed;
        let least = 2.0 * f64::from(far) * LINK.latency;
        assert!(done.seconds >= least && done.seconds < 1.01 * least, "{} {least}", done.seconds);
        let times: Vec<f64> = (0..12)
            .map(|size| {
                trees.execute(Operation::AllGather, 4_f64.powi(size), &LINK).unwrap().executed.seconds
            })
            .collect();
        assert!(times.windows(2).all(|pair| pair[0] <= pair[1] * 1.001));
        assert!(trees.execute(Operation::AllGather, 0.0, &LINK).unwrap().executed.bytes_sent() <= 0.0);
    }
}

#[test]
fn trees_are_never_slower_than_rings_where_latency_is_small() {
    for topology in [Topology::torus(shape("4x4x8")), Topology::twisted(shape("4x8x8")).unwrap()] {
        let network = topology.network();
        let symmetry = Symmetry::of(&network).unwrap();
        let trees = Trees::new(&network, &symmetry).unwrap();
        let link = Link { latency: 1e-9, ..LINK };
        let plan = Plan::new(&network, Operation::AllReduce, Directions::Shortest).unwrap();
        for bytes in [1e6, 1e8, 1e10] {
            let by_rings = execute(&network, &plan.schedule(bytes), &link).unwrap();
            let by_trees = trees.execute(Operation::AllReduce, bytes, &link).unwrap();
            assert!(by_trees.executed.seconds <= by_rings.seconds);
        }
    }
}

#[test]
fn the_command_prints_the_bound_and_the_use_of_every_link() {
    let run = |arguments: &[&str]| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut command = Command::cargo_bin("phext-paper").unwrap();
        command.current_dir(root).args(["sim", "collective"]).args(arguments).output().unwrap()
    };
    let size = ["--bytes", "1073741824"];
    for maps in ["learned", "paper/maps/8x8x8.json"] {
        let output = run(&[&["all-reduce", "8x8x8", "--maps", maps, "--json"], &size[..]].concat());
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        let number = |name: &str| found[name].as_f64().unwrap();
        let ratio = number("seconds") / number("bound_seconds");
        assert!((1.0..1.03).contains(&ratio), "{ratio}");
        let fewest = 2.0 * 511.0 * GIBIBYTE;
        for name in ["bytes_sent", "bytes_received", "total_link_bytes"] {
            assert!((number(name) - fewest).abs() < 1e-9 * fewest);
        }
        assert_eq!(found["links"].as_array().unwrap().len(), 6 * 512);
    }
    let text = run(&[&["all-gather", "4x4x8", "--maps", "learned", "--links"], &size[..]].concat());
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("bound of least cut") && text.lines().count() > 6 * 128);
    let to_all = run(&[&["all-to-all", "4x4x8", "--maps", "learned"], &size[..]].concat());
    assert!(to_all.status.success());
    for wrong in [["--maps", "nowhere.json"], ["--maps", "learned"], ["--twisted", "--links"]] {
        assert!(!run(&[&["all-reduce", "4x4x4"], &wrong[..], &size[..]].concat()).status.success());
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let network = Topology::torus(shape("4x4x4")).network();
    let symmetry = Symmetry::of(&network).unwrap();
    assert!(Forest::new(&network, &symmetry, 0).is_err() && Forest::new(&network, &symmetry, 65).is_err());
    let pipeline = Pipeline::new(Forest::new(&network, &symmetry, 1).unwrap());
    for piece in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(pipeline.all_gather(piece, 1, &LINK).is_err());
    }
    assert!(
        pipeline.all_gather(1.0, 0, &LINK).is_err() && pipeline.all_gather(1.0, usize::MAX, &LINK).is_err()
    );
    let stopped = Link { bandwidth: 0.0, ..LINK };
    assert!(pipeline.all_gather(1.0, 1, &stopped).is_err());
    let large = Topology::flat_torus(256, 256).unwrap().network();
    assert!(Symmetry::of(&large).is_err());
}
