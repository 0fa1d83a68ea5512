//! Speed of the packet simulation.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use phext_paper::sim::packet::{PacketConfig, simulate};
use phext_paper::sim::{Shape, Topology};

fn saturated_tori(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("packet");
    group.sample_size(10);
    for (side, cycles) in [(8, 1000), (16, 200)] {
        let network = Topology::torus(Shape::new([side; 3]).unwrap()).network();
        let config = PacketConfig { cycles, warmup: cycles, ..PacketConfig::default() };
        group.throughput(Throughput::Elements(network.chips() as u64 * u64::from(2 * cycles)));
        group.bench_function(format!("chip-cycles of {side}x{side}x{side}, uniform, full load"), |bench| {
            bench.iter(|| simulate(black_box(&network), black_box(&config)));
        });
    }
    group.finish();
}

criterion_group!(benches, saturated_tori);
criterion_main!(benches);
