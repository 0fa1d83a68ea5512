//! Packets on every kind of wiring: no deadlock at saturation, and no more than the dual bound of the
//! balanced flow.

use phext_paper::sim::flow::{self, Demand};
use phext_paper::sim::learned::{
    LearnedMaps, Routed, Scheme, Translations, best_lattices, random_permutations, random_translations,
};
use phext_paper::sim::packet::{PacketConfig, SETTINGS, Traffic};
use phext_paper::sim::{Shape, SwitchMaps, Topology};

fn shape(text: &str) -> Shape {
    text.parse().unwrap()
}

fn stored(text: &str) -> SwitchMaps {
    let maps: LearnedMaps = serde_json::from_str(text).unwrap();
    Translations::new(shape(&maps.shape).cubes(), maps.shifts).unwrap().maps().unwrap()
}

/// Routes 128 chips, wired in every way, over four virtual channels.
fn networks() -> Vec<Routed> {
    let shape = shape("4x4x8");
    let lattice = best_lattices(shape.cubes().iter().product()).unwrap().best.lattice;
    let balanced = [
        stored(include_str!("../../paper/maps/4x4x8.json")),
        lattice.translations().unwrap().maps().unwrap(),
        random_translations(shape, 1).unwrap().maps().unwrap(),
        random_permutations(shape, 1).unwrap(),
    ];
    let by_hand = [Topology::torus(shape), Topology::twisted(shape).unwrap()];
    let schemes = [Scheme::DimensionOrder(4), Scheme::Escape(4)];
    let by_hand =
        by_hand.iter().flat_map(|topology| schemes.map(|scheme| Routed::topology(topology, scheme).unwrap()));
    balanced.iter().map(|maps| Routed::balanced(maps, 4, 1).unwrap()).chain(by_hand).collect()
}

/// Saturates a network for a number of cycles with one packet per buffer, and asserts that all of it drains.
///
/// What any run could do, the order of channels excludes on networks of any size. The run shows that the
/// engine keeps to that order; large packets keep it affordable.
fn saturate(routed: &Routed, cycles: u32, packet_flits: u32) {
    let config = PacketConfig {
        load: 6.0,
        cycles,
        warmup: 0,
        packet_flits,
        buffer_flits: packet_flits,
        drain: true,
        ..PacketConfig::default()
    };
    let result = routed.run(&config).unwrap();
    assert_eq!(result.virtual_channels, 4);
    assert_eq!((result.in_flight, result.injected), (0, result.delivered));
    assert!(result.accepted_flits_per_chip_cycle > 0.2 * routed.flow, "{:?}: {result:?}", routed.scheme);
}

#[test]
fn a_saturated_run_of_a_million_cycles_never_deadlocks() {
    for routed in networks() {
        saturate(&routed, 1_000_000, 128);
    }
}

#[test]
fn a_saturated_run_of_a_million_cycles_never_deadlocks_on_larger_slices() {
    // each map on a thread of its own, the largest first
    std::thread::scope(|scope| {
        for text in [
            include_str!("../../paper/maps/16x16x16.json"),
            include_str!("../../paper/maps/8x8x16.json"),
            include_str!("../../paper/maps/8x8x8.json"),
        ] {
            scope.spawn(|| saturate(&Routed::balanced(&stored(text), 4, 1).unwrap(), 1_000_000, 256));
        }
    });
}

#[test]
fn packets_on_every_wiring_carry_no_more_than_the_dual_bound_of_its_balanced_flow() {
    let config = PacketConfig { load: 3.0, cycles: 3000, warmup: 3000, ..SETTINGS.config(39) };
    let exchange = Traffic::Exchange { packets_per_pair: 16 };
    let exchange = PacketConfig { traffic: exchange, cycles: 1 << 20, ..config };
    for routed in networks() {
        let demand = Demand::uniform(routed.network.chips()).unwrap();
        let flow = flow::balance(&routed.network, &demand, flow::Settings { rounds: 30, gap: 0.01 }).unwrap();
        assert!(routed.flow <= flow.bound * (1.0 + 1e-9), "{} {}", routed.flow, flow.bound);
        // every pair sends the same, as the bound assumes
        let all = routed.run(&exchange).unwrap();
        assert_eq!(all.in_flight, 0);
        assert!(all.accepted_flits_per_chip_cycle <= flow.bound, "{all:?} {}", flow.bound);
        // drawn targets are uniform but for chance, and the slowest chip gets no more than all can get
        let drawn = routed.run(&config).unwrap();
        assert_eq!(drawn.injected, drawn.delivered + drawn.in_flight);
        assert!(drawn.least_flits_per_chip_cycle <= flow.bound, "{drawn:?} {}", flow.bound);
        assert!(drawn.accepted_flits_per_chip_cycle <= 1.02 * flow.bound, "{drawn:?} {}", flow.bound);
    }
}
