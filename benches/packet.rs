//! Speed of the packet simulation, and of balancing paths.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use phext_paper::sim::learned::{RouteSettings, balanced_routes, random_translations};
use phext_paper::sim::packet::{PacketConfig, Routing, SETTINGS, simulate, simulate_routed};
use phext_paper::sim::{Shape, Topology};

/// Cycles of a hop of 1 microsecond.
const HOP_CYCLES: u32 = 195;

fn saturated_tori(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("packet");
    group.sample_size(10);
    for (side, cycles) in [(8, 1000), (16, 200)] {
        let network = Topology::torus(Shape::new([side; 3]).unwrap()).network();
        let config = PacketConfig {
            cycles,
            warmup: cycles,
            routing: Routing::Escape,
            virtual_channels: SETTINGS.virtual_channels,
            ..SETTINGS.config(HOP_CYCLES)
        };
        group.throughput(Throughput::Elements(network.chips() as u64 * u64::from(2 * cycles)));
        group.bench_function(format!("chip-cycles of {side}x{side}x{side}, uniform, full load"), |bench| {
            bench.iter(|| simulate(black_box(&network), black_box(&config)));
        });
    }
    group.finish();
}

fn stored_paths(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("paths");
    group.sample_size(10);
    let maps = random_translations(Shape::new([8, 8, 8]).unwrap(), 1).unwrap();
    group.bench_function("balanced on 8x8x8", |bench| {
        bench.iter(|| balanced_routes(black_box(&maps), RouteSettings::default()));
    });
    let routes = balanced_routes(&maps, RouteSettings::default()).unwrap();
    let config = PacketConfig { load: 1.5, cycles: 1000, warmup: 1000, ..SETTINGS.config(HOP_CYCLES) };
    group.throughput(Throughput::Elements(512 * 2000));
    group.bench_function("chip-cycles of 8x8x8, uniform, full load", |bench| {
        bench.iter(|| simulate_routed(black_box(&routes.network), black_box(&config), &routes.paths));
    });
    group.finish();
}

criterion_group!(benches, saturated_tori, stored_paths);
criterion_main!(benches);
