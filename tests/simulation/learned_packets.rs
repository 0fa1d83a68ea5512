//! Packets on balanced paths over learned maps: the flow holds, no circle of waiting, nothing is lost.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use phext_paper::sim::learned::{
    BalanceSettings, BalancedRoutes, LearnedError, LearnedMaps, RouteSettings, Routed, Scheme, Translations,
    balance, balanced_routes, balanced_routes_of, class_loads, random_permutations, random_translations,
};
use phext_paper::sim::packet::{
    PacketConfig, Path, PathTable, SETTINGS, Traffic, dimension_order, simulate_routed,
};
use phext_paper::sim::{Network, Shape, SwitchMaps, Topology, analyze_network};
use proptest::prelude::*;

use crate::packet::crowded_requests;

fn shape(text: &str) -> Shape {
    text.parse().unwrap()
}

fn stored(text: &str) -> Translations {
    let maps: LearnedMaps = serde_json::from_str(text).unwrap();
    Translations::new(shape(&maps.shape).cubes(), maps.shifts).unwrap()
}

fn small() -> Translations {
    stored(include_str!("../../paper/maps/4x4x8.json"))
}

fn large() -> Translations {
    stored(include_str!("../../paper/maps/4x8x8.json"))
}

static SMALL: LazyLock<BalancedRoutes> =
    LazyLock::new(|| balanced_routes(&small(), RouteSettings::default()).unwrap());

/// Returns every path of a table with its source and target.
fn all_paths(network: &Network, paths: &PathTable) -> Vec<(usize, usize, Path)> {
    let chips = network.chips();
    let pairs = (0..chips).flat_map(|from| (0..chips).map(move |to| (from, to)));
    pairs
        .filter(|(from, to)| from != to)
        .flat_map(|(from, to)| paths.between(from, to).iter().map(move |&path| (from, to, path)))
        .collect()
}

#[test]
fn paths_lead_to_their_targets_within_two_hops_of_the_diameter_and_carry_the_stated_flow() {
    let routes = &*SMALL;
    let chips = routes.network.chips();
    let diameter = analyze_network(&routes.network).unwrap().diameter;
    let mut loads = vec![0.0; chips * 6];
    let per_pair = RouteSettings::default().paths_per_pair as f64;
    for (from, to, path) in all_paths(&routes.network, &routes.paths) {
        assert!(path.hops() <= diameter + 2);
        let mut chip = from;
        for port in path.ports() {
            loads[chip * 6 + port] += 1.0 / per_pair;
            chip = routes.network.neighbor(chip, port).unwrap();
        }
        assert_eq!(chip, to);
    }
    let largest = loads.iter().copied().fold(0.0, f64::max);
    assert!((routes.throughput * largest / (chips as f64 - 1.0) - 1.0).abs() < 1e-9);
    let links = loads.iter().sum::<f64>() / (chips * (chips - 1)) as f64;
    assert!((routes.mean_links / links - 1.0).abs() < 1e-9);
}

#[test]
fn paths_carry_the_balanced_flow_and_no_more_than_its_bound() {
    for (translations, channels) in [(small(), 4), (small(), 3), (large(), 4), (large(), 3)] {
        let flow = balance(&translations, BalanceSettings::default()).unwrap();
        let settings = RouteSettings { virtual_channels: channels, ..RouteSettings::default() };
        let routes = balanced_routes(&translations, settings).unwrap();
        // one path of each pair loads links by whole numbers: at most one above the least that carries the
        // flow
        let load = |throughput: f64| (routes.network.chips() as f64 - 1.0) / throughput;
        let found = load(routes.throughput).round();
        assert!(found <= load(flow.throughput).ceil() + 1.0, "{found} for {}", load(flow.throughput));
        assert!(routes.throughput <= flow.bound * (1.0 + 1e-9), "{} {}", routes.throughput, flow.bound);
        assert!(routes.paths.virtual_channels() <= channels);
    }
    // detours pay: equal splitting over shortest paths carries less
    assert!(SMALL.throughput > 1.1 * class_loads(&small()).unwrap().throughput);
}

#[test]
fn paths_of_any_maps_keep_to_the_channels_and_carry_what_symmetric_paths_carry() {
    let shape = shape("4x8x8");
    let translations = random_translations(shape, 1).unwrap().maps().unwrap();
    let permutations = random_permutations(shape, 1).unwrap();
    for maps in [&translations, &permutations] {
        for channels in [3, 4] {
            let settings = RouteSettings { virtual_channels: channels, ..RouteSettings::default() };
            let routes = balanced_routes_of(maps, settings).unwrap();
            assert!(routes.paths.virtual_channels() <= channels);
            // no more than all links filled by shortest paths
            let distance = analyze_network(&routes.network).unwrap().mean_distance;
            assert!((0.8..=1.0).contains(&(routes.throughput * distance / 6.0)), "{}", routes.throughput);
        }
    }
    // a twist that is no set of translations of the grid carries its equal splitting
    let twist = Topology::twisted(Shape::new([8, 8, 16]).unwrap()).unwrap();
    assert!(Translations::of(&twist).is_none());
    let one = RouteSettings { virtual_channels: 1, ..RouteSettings::default() };
    let few = balanced_routes_of(&SwitchMaps::of(&twist).unwrap(), one).unwrap_err();
    assert_eq!(few, LearnedError::FewChannels(1));
}

/// Tells whether the links and channels that packets hold and wait for form no circle (Kahn 1962).
fn is_acyclic(nodes: usize, edges: &[(usize, usize)]) -> bool {
    let mut after = vec![Vec::new(); nodes];
    let mut before = vec![0; nodes];
    for &(from, to) in edges {
        after[from].push(to);
        before[to] += 1;
    }
    let mut free: Vec<usize> = (0..nodes).filter(|&node| before[node] == 0).collect();
    let mut seen = 0;
    while let Some(node) = free.pop() {
        seen += 1;
        for &next in &after[node] {
            before[next] -= 1;
            if before[next] == 0 {
                free.push(next);
            }
        }
    }
    seen == nodes
}

#[test]
fn channels_that_wait_for_each_other_form_no_circle_and_would_on_one_channel() {
    check_channels(&SMALL.network, &SMALL.paths, 4);
    let routes = balanced_routes(&large(), RouteSettings::default()).unwrap();
    check_channels(&routes.network, &routes.paths, 4);
    let maps = random_permutations(shape("4x8x8"), 1).unwrap();
    let routes = balanced_routes_of(&maps, RouteSettings::default()).unwrap();
    check_channels(&routes.network, &routes.paths, 4);
    for topology in [Topology::torus(shape("4x4x8")), Topology::twisted(shape("4x8x8")).unwrap()] {
        check_channels(&topology.network(), &dimension_order(&topology, 4).unwrap().paths, 2);
    }
}

/// Asserts that at most so many virtual channels leave no circle of waiting, wherever packets start that need
/// fewer, and that a single channel would.
fn check_channels(network: &Network, paths: &PathTable, most: usize) {
    check_classes(network, paths, most, network.chips(), |chip| chip);
}

/// The same of classes of chips that are named by one of their own, with the paths of that one: where classes
/// form no circle of waiting, chips form none.
fn check_classes(
    network: &Network,
    paths: &PathTable,
    most: usize,
    classes: usize,
    class: impl Fn(usize) -> usize,
) {
    let (links, channels) = (classes * 6, paths.virtual_channels());
    let (mut edges, mut single) = (BTreeSet::new(), BTreeSet::new());
    let sources = (0..network.chips()).filter(|&chip| class(chip) == chip);
    for (from, to) in sources.flat_map(|from| (0..network.chips()).map(move |to| (from, to))) {
        for &path in paths.between(from, to).iter().filter(|_| from != to) {
            let hops = paths.hops(from, path);
            assert_eq!(hops.len(), path.hops());
            let top = hops.iter().map(|hop| hop.1).max().unwrap_or(0);
            for pair in hops.windows(2) {
                let [(a, low), (b, high)] = [pair[0], pair[1]];
                assert!(high < channels && high <= low + 1);
                let [a, b] = [a, b].map(|link| class(link / 6) * 6 + link % 6);
                edges.extend(
                    (0..channels - top).map(|up| (a * channels + low + up, b * channels + high + up)),
                );
                single.insert((a, b));
            }
        }
    }
    let list = |edges: BTreeSet<_>| edges.into_iter().collect::<Vec<_>>();
    assert!(is_acyclic(links * channels, &list(edges)));
    assert!(!is_acyclic(links, &list(single)));
    assert!(channels <= most, "{channels}");
}

#[test]
fn channels_form_no_circle_on_the_learned_maps_of_the_large_slices() {
    for (text, sizes) in [
        (include_str!("../../paper/maps/8x8x8.json"), [8, 8, 8]),
        (include_str!("../../paper/maps/8x8x16.json"), [8, 8, 16]),
        (include_str!("../../paper/maps/16x16x16.json"), [16, 16, 16]),
    ] {
        let settings = RouteSettings { rounds: 1, ..RouteSettings::default() };
        let routes = balanced_routes(&stored(text), settings).unwrap();
        let [_, y, z] = sizes;
        // translations carry the first cube to all others: the place in the cube is the class
        let class = |chip: usize| {
            let place = [chip / (y * z), chip / z % y, chip % z].map(|at| at % 4);
            (place[0] * y + place[1]) * z + place[2]
        };
        check_classes(&routes.network, &routes.paths, 4, routes.network.chips(), class);
    }
}

#[test]
fn saturated_runs_on_detours_with_the_smallest_buffers_never_deadlock() {
    let config = PacketConfig {
        load: 6.0,
        cycles: 20_000,
        warmup: 0,
        buffer_flits: 1,
        drain: true,
        ..PacketConfig::default()
    };
    for traffic in [Traffic::Uniform, Traffic::Hotspot { share: 0.1 }, Traffic::Transpose] {
        let result =
            simulate_routed(&SMALL.network, &PacketConfig { traffic, ..config }, &SMALL.paths).unwrap();
        assert_eq!(result.in_flight, 0, "{traffic:?}: packets are stuck");
        assert_eq!(result.injected, result.delivered);
        assert!(result.accepted_flits_per_chip_cycle > 0.05, "{traffic:?} {result:?}");
    }
}

#[test]
fn latency_without_load_is_the_mean_path_times_the_time_of_a_hop() {
    let config = PacketConfig {
        load: 0.01,
        cycles: 20_000,
        router_cycles: 3,
        link_cycles: 5,
        packet_flits: 2,
        ..PacketConfig::default()
    };
    let result = simulate_routed(&SMALL.network, &config, &SMALL.paths).unwrap();
    let expected = SMALL.mean_links * 8.0 + 1.0;
    assert!((result.mean_latency_cycles / expected - 1.0).abs() < 0.02, "{result:?} for {expected}");
}

#[test]
fn learned_maps_beat_the_twist_at_packet_level_on_the_same_bytes_and_channels() {
    let twist = Topology::twisted(shape("4x8x8")).unwrap();
    let config = PacketConfig { load: 2.0, cycles: 1500, warmup: 1500, ..SETTINGS.config(39) };
    let learned = Routed::balanced(&large().maps().unwrap(), 4, 1).unwrap();
    let found = learned.run(&config).unwrap();
    let mut best = 0.0_f64;
    for scheme in
        [Scheme::DimensionOrder(2), Scheme::DimensionOrder(4), Scheme::Escape(4), Scheme::Balanced(4)]
    {
        let rival = Routed::topology(&twist, scheme).unwrap();
        let result = rival.run(&config).unwrap();
        assert_eq!(result.virtual_channels, scheme.channels());
        best = best.max(result.accepted_flits_per_chip_cycle / rival.flow);
    }
    // the twist is not held back: its best routes reach what they carry as flow
    assert!(best > 0.99, "{best}");
    let accepted = found.accepted_flits_per_chip_cycle;
    assert!((0.97..1.03).contains(&(accepted / learned.flow)), "{found:?}");
    assert!(accepted > 1.07 * 1.386, "{found:?}");
}

#[test]
fn replies_on_channels_of_their_own_keep_requests_moving_on_learned_maps() {
    let config = crowded_requests();
    let shared = simulate_routed(&SMALL.network, &config, &SMALL.paths).unwrap();
    assert!(shared.in_flight > 0);
    let apart = PacketConfig { reply_channels: true, ..config };
    let apart = simulate_routed(&SMALL.network, &apart, &SMALL.paths).unwrap();
    assert_eq!((apart.in_flight, apart.injected), (0, apart.delivered));
    assert_eq!(apart.virtual_channels, 2 * shared.virtual_channels);
}

#[test]
fn a_seed_fixes_paths_and_packets() {
    let again = balanced_routes(&small(), RouteSettings::default()).unwrap();
    assert_eq!(again, *SMALL);
    let other = balanced_routes(&small(), RouteSettings { seed: 2, ..RouteSettings::default() }).unwrap();
    assert_ne!(other.paths, SMALL.paths);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn routed_flits_are_delivered_or_in_flight_and_all_arrive_in_the_end(
        load in 0.0..=6.0,
        (packet_flits, packets) in (1_u32..5, 1_u32..4),
        (router_cycles, link_cycles) in (0_u32..4, 1_u32..6),
        cycles in 1_u32..300,
        seed in any::<u64>(),
        closed in any::<bool>(),
    ) {
        let transfers = Traffic::AllToAll { window: 2, flits_per_transfer: 4 * packet_flits };
        let config = PacketConfig {
            load,
            cycles,
            warmup: 0,
            seed,
            traffic: if closed { transfers } else { Traffic::Uniform },
            buffer_flits: packet_flits * packets,
            packet_flits,
            router_cycles,
            link_cycles,
            ..PacketConfig::default()
        };
        let result = simulate_routed(&SMALL.network, &config, &SMALL.paths).unwrap();
        prop_assert_eq!(result.injected, result.delivered + result.in_flight);
        let drained = PacketConfig { drain: true, ..config };
        prop_assert_eq!(simulate_routed(&SMALL.network, &drained, &SMALL.paths).unwrap().in_flight, 0);
    }
}

#[test]
fn settings_without_paths_and_maps_without_ways_are_refused() {
    for bad in [
        RouteSettings { rounds: 0, ..RouteSettings::default() },
        RouteSettings { paths_per_pair: 0, ..RouteSettings::default() },
    ] {
        assert!(matches!(balanced_routes(&small(), bad), Err(LearnedError::Range { .. })));
    }
    let islands = Translations::new([1, 1, 2], vec![[0; 3]; 48]).unwrap();
    assert_eq!(balanced_routes(&islands, RouteSettings::default()).unwrap_err(), LearnedError::NotConnected);
}
