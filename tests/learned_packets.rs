//! Packets on balanced paths over learned maps: the flow holds, no circle of waiting, nothing is lost.

use std::sync::LazyLock;

use phext_paper::sim::learned::{
    BalanceSettings, BalancedRoutes, LearnedError, LearnedMaps, RouteSettings, Translations, balance,
    balanced_routes, class_loads, confirm,
};
use phext_paper::sim::packet::{
    PacketConfig, PacketError, Path, PathError, PathTable, Symmetry, Traffic, simulate_routed,
};
use phext_paper::sim::{Network, Shape, Topology, analyze, analyze_network};
use proptest::prelude::*;

fn shape(text: &str) -> Shape {
    text.parse().unwrap()
}

fn stored(text: &str) -> Translations {
    let maps: LearnedMaps = serde_json::from_str(text).unwrap();
    Translations::new(shape(&maps.shape).cubes(), maps.shifts).unwrap()
}

fn small() -> Translations {
    stored(include_str!("../paper/maps/4x4x8.json"))
}

fn large() -> Translations {
    stored(include_str!("../paper/maps/4x8x8.json"))
}

static SMALL: LazyLock<BalancedRoutes> =
    LazyLock::new(|| balanced_routes(&small(), RouteSettings::default()).unwrap());

/// Returns every path of a table with its source and target.
fn all_paths(routes: &BalancedRoutes) -> Vec<(usize, usize, Path)> {
    let chips = routes.network.chips();
    let pairs = (0..chips).flat_map(|from| (0..chips).map(move |to| (from, to)));
    pairs
        .filter(|(from, to)| from != to)
        .flat_map(|(from, to)| routes.paths.between(from, to).iter().map(move |&path| (from, to, path)))
        .collect()
}

#[test]
fn paths_lead_to_their_targets_within_two_hops_of_the_diameter_and_carry_the_stated_flow() {
    let routes = &*SMALL;
    let chips = routes.network.chips();
    let diameter = analyze_network(&routes.network).unwrap().diameter;
    let mut loads = vec![0.0; chips * 6];
    let per_pair = RouteSettings::default().paths_per_pair as f64;
    for (from, to, path) in all_paths(routes) {
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
    for translations in [small(), large(), Translations::of_torus(shape("4x8x8"))] {
        let flow = balance(&translations, BalanceSettings::default()).unwrap();
        let routes = balanced_routes(&translations, RouteSettings::default()).unwrap();
        let share = routes.throughput / flow.throughput;
        assert!(share > 0.98, "{share}");
        assert!(routes.throughput <= flow.bound * (1.0 + 1e-9), "{} {}", routes.throughput, flow.bound);
    }
    // detours pay: equal splitting over shortest paths carries less
    assert!(SMALL.throughput > 1.1 * class_loads(&small()).unwrap().throughput);
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
    check_channels(&SMALL, 4);
    check_channels(&balanced_routes(&large(), RouteSettings::default()).unwrap(), 4);
}

/// Asserts that at most so many virtual channels leave no circle of waiting, and that a single one would.
fn check_channels(routes: &BalancedRoutes, most: usize) {
    let (links, channels) = (routes.network.chips() * 6, routes.paths.virtual_channels());
    let (mut edges, mut single) = (Vec::new(), Vec::new());
    for (from, _, path) in all_paths(routes) {
        let hops = routes.paths.hops(from, path);
        assert_eq!(hops.len(), path.hops());
        for pair in hops.windows(2) {
            let [(a, low), (b, high)] = [pair[0], pair[1]];
            assert!(high < channels && (low..=low + 1).contains(&high));
            edges.push((a * channels + low, b * channels + high));
            single.push((a, b));
        }
    }
    assert!(is_acyclic(links * channels, &edges));
    assert!(!is_acyclic(links, &single));
    assert!(channels <= most, "{channels}");
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
fn a_saturated_run_of_a_million_cycles_never_deadlocks() {
    let config =
        PacketConfig { load: 6.0, cycles: 1_000_000, warmup: 0, drain: true, ..PacketConfig::default() };
    let result = simulate_routed(&SMALL.network, &config, &SMALL.paths).unwrap();
    assert_eq!((result.in_flight, result.injected), (0, result.delivered));
    assert!(result.accepted_flits_per_chip_cycle > 0.5 * SMALL.throughput, "{result:?}");
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
fn learned_maps_beat_the_twist_at_packet_level_with_half_the_channels() {
    let config = PacketConfig { cycles: 1200, warmup: 800, ..PacketConfig::default() };
    let found = confirm(&large(), RouteSettings::default(), &config).unwrap();
    assert!(found.ratio > 1.08, "{found:?}");
    assert!(found.rival.twisted && 2 * found.virtual_channels <= found.rival.result.virtual_channels);
    // no more than the flow of the paths, and most of it
    assert!((0.92..1.01).contains(&(found.learned / found.flow)), "{found:?}");
    // the twist is not held back: it reaches nearly all of its own bound
    let bound = analyze(&Topology::twisted(shape("4x8x8")).unwrap()).alltoall_links_per_chip;
    assert!(found.rival.result.accepted_fraction_of_bound(bound) > 0.97, "{found:?}");
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

/// Returns a flat torus and one path per pair that only goes forward.
fn forward_only() -> (Network, Vec<Path>) {
    let network = Topology::flat_torus(4, 4).unwrap().network();
    let chips = network.chips();
    // rows first, then columns, always forward
    let path = |from: usize, to: usize| {
        let rows = (to / 4 + 4 - from / 4) % 4;
        let columns = (to % 4 + 4 - from % 4) % 4;
        Path::new(&[vec![0; rows], vec![2; columns]].concat()).unwrap()
    };
    let pairs = (0..chips).flat_map(|from| (0..chips).map(move |to| (from, to)));
    (network, pairs.map(|(from, to)| path(from, to)).collect())
}

#[test]
fn any_network_takes_paths_of_its_own_and_refuses_false_ones() {
    let (network, paths) = forward_only();
    let chips = network.chips();
    let order: Vec<u32> = (0..64).collect();
    let table = |order: &[u32], paths: &[Path]| {
        PathTable::new(&network, Symmetry::none(chips), order.to_vec(), 1, paths.to_vec())
    };
    let good = table(&order, &paths).unwrap();
    assert_eq!(good.longest(), 6);
    // a packet that wraps leaves a late link for an early one: once by row, once by column, and at the turn
    assert!((2..=4).contains(&good.virtual_channels()));
    // with one place for all links every hop takes a new channel
    assert_eq!(table(&[0; 64], &paths).unwrap().virtual_channels(), 6);
    let config =
        PacketConfig { load: 4.0, cycles: 2000, buffer_flits: 1, drain: true, ..PacketConfig::default() };
    let result = simulate_routed(&network, &config, &good).unwrap();
    assert_eq!((result.in_flight, result.injected), (0, result.delivered));
    let mut astray = paths.clone();
    astray[1] = Path::new(&[0]).unwrap();
    assert_eq!(table(&order, &astray), Err(PathError::Astray { from: 0, to: 1 }));
    assert!(matches!(table(&order[1..], &paths), Err(PathError::Length { .. })));
    assert!(matches!(table(&order, &paths[1..]), Err(PathError::Length { .. })));
    let mut names: Vec<u32> = (0..16).collect();
    names.swap(0, 1);
    let turned = Symmetry { renaming: vec![0; chips], names };
    let refused = PathTable::new(&network, turned, order.clone(), 1, paths.clone());
    assert!(matches!(refused, Err(PathError::NotSymmetric { .. })), "{refused:?}");
    let other = Topology::torus(shape("4x4x4")).network();
    assert_eq!(simulate_routed(&other, &PacketConfig::default(), &good), Err(PacketError::OtherNetwork));
    let few = PacketConfig { virtual_channels: 1, ..PacketConfig::default() };
    assert!(matches!(simulate_routed(&network, &few, &good), Err(PacketError::VirtualChannels { .. })));
    assert_eq!(Path::new(&[7]), None);
    assert_eq!(Path::new(&[0; 22]), None);
    assert!(Path::new(&[0, 6, 3]).unwrap().ports().eq([0, 6, 3]));
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
