//! Packets in order and in windows: dimension order, a scheduled all-to-all, and transfers that wait for
//! others.

use phext_paper::sim::packet::{
    PacketConfig, PacketResult, PathError, SETTINGS, Traffic, WindowSetting, dimension_order, simulate,
    simulate_routed, window_gain,
};
use phext_paper::sim::{Shape, Topology, analyze, analyze_network};

fn shape(text: &str) -> Shape {
    text.parse().unwrap()
}

#[test]
fn dimension_order_paths_need_two_channels_also_on_twisted_tori_and_even_out_their_dimensions() {
    let cases = [
        (Topology::torus(shape("8x8x8")), 0.999),
        (Topology::torus(shape("4x4x8")), 0.999),
        (Topology::twisted(shape("4x4x8")).unwrap(), 0.97),
        (Topology::twisted(shape("4x8x8")).unwrap(), 0.97),
    ];
    for (topology, least) in cases {
        let found = dimension_order(&topology, 4).unwrap();
        let bound = analyze(&topology).alltoall_links_per_chip;
        assert_eq!(found.paths.virtual_channels(), 2);
        assert_eq!(found.paths.longest(), analyze(&topology).diameter);
        assert!((least..1.0 + 1e-9).contains(&(found.throughput / bound)), "{} {bound}", found.throughput);
    }
    let mesh = Topology::mesh(shape("4x4x4")).unwrap();
    assert_eq!(dimension_order(&mesh, 4).unwrap_err(), PathError::NotRegular);
}

#[test]
fn an_exchange_delivers_every_packet_once_and_takes_at_least_the_time_of_its_busiest_link() {
    for topology in [Topology::torus(shape("4x4x8")), Topology::twisted(shape("4x4x8")).unwrap()] {
        let found = dimension_order(&topology, 4).unwrap();
        let config = PacketConfig {
            traffic: Traffic::Exchange { packets_per_pair: 8 },
            cycles: 1 << 20,
            ..SETTINGS.config(4)
        };
        let result = simulate_routed(&topology.network(), &config, &found.paths).unwrap();
        assert_eq!((result.in_flight, result.delivered), (0, 128 * 127 * 8 * 2));
        let bound = analyze(&topology).alltoall_links_per_chip;
        let least = 127.0 * 16.0 / bound;
        assert!(f64::from(result.cycles) >= least, "{} {least}", result.cycles);
        assert!(f64::from(result.cycles) < 2.0 * least, "{} {least}", result.cycles);
        assert!(
            (result.least_flits_per_chip_cycle / result.accepted_flits_per_chip_cycle - 1.0).abs() < 1e-9
        );
    }
}

#[test]
fn a_window_of_one_transfer_moves_one_transfer_per_round_trip() {
    // alone on the network a transfer takes distance * hop + flits - 1 cycles, and its acknowledgement
    // distance * hop; with long hops and one flit per transfer, queues do not matter
    let (network, hop) = (Topology::torus(shape("4x4x4")).network(), 200);
    let distance = analyze_network(&network).unwrap().mean_distance;
    let config = PacketConfig {
        traffic: Traffic::AllToAll { window: 1, flits_per_transfer: 1 },
        cycles: 100_000,
        router_cycles: 1,
        link_cycles: hop - 1,
        ..PacketConfig::default()
    };
    let found = simulate(&network, &config).unwrap().accepted_flits_per_chip_cycle;
    let expected = 1.0 / (2.0 * distance * f64::from(hop));
    assert!((found / expected - 1.0).abs() < 0.02, "{found} for {expected}");
}

#[test]
fn a_wider_window_moves_more_and_the_twist_gains() {
    let config = PacketConfig { warmup: 2000, packet_flits: 8, buffer_flits: 16, ..PacketConfig::default() };
    let setting = WindowSetting { window: 2, flits_per_transfer: 8, config };
    let narrow = window_gain(shape("4x4x8"), &setting).unwrap();
    let wide = window_gain(shape("4x4x8"), &WindowSetting { window: 32, ..setting }).unwrap();
    let rate = |result: PacketResult| result.accepted_flits_per_chip_cycle;
    assert!(rate(wide.regular) > rate(narrow.regular) && rate(wide.twisted) > rate(narrow.twisted));
    assert!(narrow.gain > 1.0 && wide.gain > narrow.gain, "{} {}", narrow.gain, wide.gain);
    assert!(window_gain(shape("4x4x4"), &setting).is_err());
}
