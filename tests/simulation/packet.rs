//! Packets on links: nothing is lost, nothing waits for ever, and the flow bound is met.

use std::sync::LazyLock;

use phext_paper::sim::packet::{
    PacketConfig, PacketError, PacketResult, Routing, SETTINGS, Traffic, simulate,
};
use phext_paper::sim::{Network, Shape, SwitchMaps, Topology, analyze, analyze_network};
use proptest::prelude::*;

const MINIMAL: [Routing; 3] = [Routing::EqualPaths, Routing::EqualHops, Routing::Adaptive];
const ALL: [Routing; 5] =
    [Routing::EqualPaths, Routing::EqualHops, Routing::Adaptive, Routing::Escape, Routing::DimensionOrder];

fn shape(text: &str) -> Shape {
    text.parse().unwrap()
}

fn torus(text: &str) -> Network {
    Topology::torus(shape(text)).network()
}

fn twisted(text: &str) -> Network {
    Topology::twisted(shape(text)).unwrap().network()
}

/// Wires cubes by 48 permutations drawn from a seed.
fn random_maps(grid: [usize; 3], mut seed: u64) -> Network {
    let cubes = grid[0] * grid[1] * grid[2];
    let mut draw = |limit: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % limit
    };
    let maps = (0..48).map(|_| {
        let mut map: Vec<Option<u16>> = (0..cubes).map(|cube| u16::try_from(cube).ok()).collect();
        (1..cubes).rev().for_each(|index| map.swap(index, draw(index + 1)));
        map
    });
    SwitchMaps::new(grid, maps.collect()).unwrap().network()
}

/// Runs a simulation and checks that every flit is accounted for.
fn run(network: &Network, config: &PacketConfig) -> PacketResult {
    let result = simulate(network, config).unwrap();
    assert_eq!(result.injected, result.delivered + result.in_flight);
    // the last packet over a link may go on after the last cycle
    let over = f64::from(config.packet_flits - 1) / f64::from(config.cycles);
    assert!(result.max_link_use <= 1.0 + over + 1e-9, "{result:?}");
    result
}

#[test]
fn every_flit_is_delivered_or_in_flight_for_every_traffic_and_packet_size() {
    let traffics = [
        Traffic::Uniform,
        Traffic::Transpose,
        Traffic::Neighbor,
        Traffic::Hotspot { share: 0.2 },
        Traffic::AllToAll { window: 3, flits_per_transfer: 8 },
    ];
    let networks = [torus("4x4x8"), twisted("4x4x8"), random_maps([1, 1, 2], 7)];
    for (network, routing) in networks.iter().flat_map(|network| MINIMAL.map(|routing| (network, routing))) {
        for (traffic, packet_flits) in traffics.iter().flat_map(|&traffic| [(traffic, 1), (traffic, 4)]) {
            let config = PacketConfig {
                traffic,
                routing,
                packet_flits,
                load: 2.0,
                cycles: 500,
                warmup: 100,
                ..PacketConfig::default()
            };
            let result = run(network, &config);
            assert!(result.delivered > 0 && result.in_flight > 0, "{result:?}");
            let drained = run(network, &PacketConfig { drain: true, ..config });
            assert_eq!(drained.in_flight, 0);
            assert_eq!(drained.accepted_flits_per_chip_cycle, result.accepted_flits_per_chip_cycle);
        }
    }
}

#[test]
fn latency_without_load_is_hops_times_the_time_of_a_hop_and_the_rest_of_the_packet() {
    let network = torus("4x4x4");
    let distance = analyze_network(&network).unwrap().mean_distance;
    for (routing, (router, link, flits)) in
        ALL.iter().flat_map(|&routing| [(1, 1, 1), (3, 5, 1), (2, 7, 4)].map(|times| (routing, times)))
    {
        let config = PacketConfig {
            routing,
            load: 0.004 * f64::from(flits),
            cycles: 100_000,
            packet_flits: flits,
            router_cycles: router,
            link_cycles: link,
            ..PacketConfig::default()
        };
        let expected = distance * f64::from(router + link) + f64::from(flits - 1);
        let found = run(&network, &config).mean_latency_cycles;
        assert!((found / expected - 1.0).abs() < 0.01, "{routing:?}: {found} for {expected}");
        let neighbor = PacketConfig { traffic: Traffic::Neighbor, ..config };
        let found = run(&network, &neighbor).mean_latency_cycles;
        let single = f64::from(router + link + flits - 1);
        assert!((found / single - 1.0).abs() < 0.01, "{routing:?}: {found} for {single}");
    }
}

#[test]
fn saturated_runs_with_the_smallest_buffers_never_deadlock() {
    let config = PacketConfig {
        load: 6.0,
        cycles: 100_000,
        warmup: 0,
        buffer_flits: 1,
        drain: true,
        ..PacketConfig::default()
    };
    for (network, routing) in [
        (torus("4x4x4"), Routing::Adaptive),
        (torus("4x4x4"), Routing::EqualPaths),
        (torus("4x4x4"), Routing::DimensionOrder),
        (torus("4x4x4"), Routing::Escape),
        (twisted("4x4x8"), Routing::Escape),
        (twisted("4x4x8"), Routing::Adaptive),
        (random_maps([1, 1, 2], 3), Routing::Adaptive),
    ] {
        let cycles = if network.chips() > 64 { 20_000 } else { config.cycles };
        let result = run(&network, &PacketConfig { routing, cycles, ..config });
        assert_eq!(result.in_flight, 0, "{routing:?}: packets are stuck");
        assert!(result.accepted_flits_per_chip_cycle > 0.1, "{result:?}");
    }
}

#[test]
fn saturation_under_uniform_traffic_reaches_the_flow_bound_and_never_passes_it_with_equal_paths() {
    let cases = [
        Topology::torus(shape("8x8x8")),
        Topology::torus(shape("4x4x8")),
        Topology::twisted(shape("4x4x8")).unwrap(),
    ];
    for topology in cases {
        let network = topology.network();
        let bound = analyze(&topology).alltoall_links_per_chip;
        let config = PacketConfig { load: bound, cycles: 1500, warmup: 1000, ..PacketConfig::default() };
        let adaptive = run(&network, &config).accepted_fraction_of_bound(bound);
        assert!(adaptive > 0.97, "{:?} {adaptive}", topology.sizes());
        let split = PacketConfig { routing: Routing::EqualPaths, load: 1.2 * bound, ..config };
        let split = run(&network, &split).accepted_fraction_of_bound(bound);
        assert!((0.9..1.01).contains(&split), "{:?} {split}", topology.sizes());
    }
}

#[test]
fn dimension_order_uses_two_channels_and_accepts_most_of_the_bound() {
    for (network, least) in [(torus("8x8x8"), 0.7), (Topology::mesh(shape("4x4x4")).unwrap().network(), 0.7)]
    {
        let bound = analyze_network(&network).unwrap().alltoall_links_per_chip;
        let config = PacketConfig {
            routing: Routing::DimensionOrder,
            load: bound,
            cycles: 1500,
            warmup: 1000,
            ..PacketConfig::default()
        };
        let result = run(&network, &config);
        assert_eq!(result.virtual_channels, 2);
        assert!(result.accepted_fraction_of_bound(bound) > least, "{result:?}");
    }
}

#[test]
fn adaptive_packets_with_escape_channels_reach_the_flow_bound_of_torus_and_twist() {
    for topology in [Topology::torus(shape("8x8x8")), Topology::twisted(shape("4x4x8")).unwrap()] {
        let bound = analyze(&topology).alltoall_links_per_chip;
        for channels in [3, 4] {
            let config = PacketConfig {
                routing: Routing::Escape,
                virtual_channels: channels,
                load: bound,
                cycles: 1500,
                ..SETTINGS.config(4)
            };
            let result = run(&topology.network(), &config);
            assert_eq!(result.virtual_channels, channels);
            assert!((0.96..1.01).contains(&result.accepted_fraction_of_bound(bound)), "{result:?}");
        }
    }
}

#[test]
fn channels_share_the_bytes_behind_a_link_and_idle_links_are_those_that_wait_for_credit() {
    // one packet per buffer and a long hop: a channel carries one packet in each round trip of its credit
    let network = torus("4x4x4");
    let rate = |link_buffer_flits| {
        let config = PacketConfig {
            traffic: Traffic::Neighbor,
            routing: Routing::DimensionOrder,
            load: 6.0,
            cycles: 20_000,
            link_cycles: 99,
            link_buffer_flits,
            ..PacketConfig::default()
        };
        run(&network, &config).accepted_flits_per_chip_cycle / 6.0
    };
    let round_trip = 199.0;
    for (flits, expected) in [(2, 1.0 / round_trip), (20, 10.0 / round_trip), (400, 1.0)] {
        let found = rate(flits);
        assert!((found / expected - 1.0).abs() < 0.02, "{flits}: {found} for {expected}");
    }
}

/// Requests that wait for replies, more than the smallest buffers hold.
pub fn crowded_requests() -> PacketConfig {
    PacketConfig {
        traffic: Traffic::RequestReply,
        load: 3.0,
        cycles: 20_000,
        warmup: 0,
        buffer_flits: 1,
        drain: true,
        ..PacketConfig::default()
    }
}

#[test]
fn replies_deadlock_on_the_channels_of_requests_and_never_on_their_own() {
    let network = torus("4x4x4");
    for (routing, channels) in [(Routing::Escape, 3), (Routing::DimensionOrder, 2), (Routing::Adaptive, 6)] {
        let config = PacketConfig { routing, ..crowded_requests() };
        let shared = run(&network, &config);
        assert!(shared.in_flight > 0, "{routing:?}: requests wait for room and replies for requests");
        assert_eq!(shared.virtual_channels, channels);
        let apart = run(&network, &PacketConfig { reply_channels: true, ..config });
        assert_eq!((apart.in_flight, apart.injected), (0, apart.delivered), "{routing:?}");
        assert_eq!(apart.virtual_channels, 2 * channels);
        assert!(apart.accepted_flits_per_chip_cycle > 0.3, "{apart:?}");
    }
}

#[test]
fn neighbor_traffic_fills_every_link() {
    for network in [torus("4x4x4"), twisted("4x4x8"), random_maps([1, 2, 2], 5)] {
        for routing in MINIMAL {
            let config =
                PacketConfig { routing, traffic: Traffic::Neighbor, load: 6.0, ..PacketConfig::default() };
            let result = run(&network, &config);
            assert!(result.accepted_flits_per_chip_cycle > 5.999, "{routing:?} {result:?}");
        }
    }
}

#[test]
fn below_saturation_all_that_is_offered_is_accepted() {
    for traffic in [Traffic::Uniform, Traffic::Transpose, Traffic::Hotspot { share: 0.02 }] {
        let config = PacketConfig { traffic, load: 0.4, cycles: 20_000, ..PacketConfig::default() };
        let result = run(&torus("4x4x4"), &config);
        let share = result.accepted_flits_per_chip_cycle / result.offered_flits_per_chip_cycle;
        assert!((share - 1.0).abs() < 0.01, "{traffic:?} {result:?}");
    }
}

#[test]
fn a_seed_fixes_the_result() {
    let config = PacketConfig { cycles: 500, ..PacketConfig::default() };
    let network = twisted("4x4x8");
    assert_eq!(run(&network, &config), run(&network, &config));
    assert_ne!(run(&network, &config), run(&network, &PacketConfig { seed: 2, ..config }));
}

#[test]
fn bad_inputs_are_refused() {
    let network = torus("4x4x4");
    let good = PacketConfig::default();
    for (bad, message) in [
        (PacketConfig { load: 6.5, ..good }, "the load is 6.5"),
        (PacketConfig { load: f64::NAN, ..good }, "the load is NaN"),
        (PacketConfig { cycles: 0, ..good }, "the number of cycles is 0"),
        (PacketConfig { packet_flits: 9, ..good }, "cannot hold a packet of 9 flits"),
        (PacketConfig { virtual_channels: 3, ..good }, "needs 6 virtual channels"),
        (PacketConfig { traffic: Traffic::Hotspot { share: 1.5 }, ..good }, "share of the hotspot is 1.5"),
    ] {
        let error = simulate(&network, &bad).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    let ordered = PacketConfig { routing: Routing::DimensionOrder, ..good };
    assert_eq!(simulate(&twisted("4x4x8"), &ordered), Err(PacketError::NotPlain));
    let cut = SwitchMaps::new([1, 1, 2], vec![vec![None, None]; 48]).unwrap().network();
    assert_eq!(simulate(&cut, &good), Err(PacketError::NotConnected));
}

static NETWORKS: LazyLock<Vec<Network>> =
    LazyLock::new(|| vec![torus("4x4x4"), twisted("4x4x8"), random_maps([1, 1, 2], 11)]);

fn any_traffic() -> impl Strategy<Value = Traffic> {
    prop_oneof![
        Just(Traffic::Uniform),
        Just(Traffic::Transpose),
        Just(Traffic::Neighbor),
        (0.0..=1.0).prop_map(|share| Traffic::Hotspot { share }),
        (1_u32..6, 1_u32..5)
            .prop_map(|(window, packets)| Traffic::AllToAll { window, flits_per_transfer: 12 * packets }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn injected_flits_are_delivered_or_in_flight_and_all_arrive_in_the_end(
        network in 0_usize..3,
        routing in 0_usize..4,
        traffic in any_traffic(),
        load in 0.0..=6.0,
        (packet_flits, packets) in (1_u32..5, 1_u32..4),
        (router_cycles, link_cycles) in (0_u32..4, 1_u32..6),
        (cycles, warmup) in (1_u32..300, 0_u32..100),
        seed in any::<u64>(),
    ) {
        let config = PacketConfig {
            load,
            cycles,
            warmup,
            seed,
            traffic,
            // the last network is no torus
            routing: if network == 2 { MINIMAL[routing % 3] } else { ALL[routing] },
            virtual_channels: 0,
            buffer_flits: packet_flits * packets,
            link_buffer_flits: 0,
            reply_channels: false,
            packet_flits,
            router_cycles,
            link_cycles,
            drain: false,
        };
        let result = run(&NETWORKS[network], &config);
        let drained = run(&NETWORKS[network], &PacketConfig { drain: true, ..config });
        prop_assert_eq!(drained.in_flight, 0);
        prop_assert_eq!(drained.injected, result.injected);
        prop_assert_eq!(
            drained.accepted_flits_per_chip_cycle.to_bits(),
            result.accepted_flits_per_chip_cycle.to_bits()
        );
    }
}
