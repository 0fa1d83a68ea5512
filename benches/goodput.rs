//! Speed of sampling goodput.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use phext_paper::sim::fault::{CubeGrid, simulate};

const TRIALS: u64 = 1 << 18;

fn trials_on_one_core(criterion: &mut Criterion) {
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let mut group = criterion.benchmark_group("goodput");
    group.sample_size(10).throughput(Throughput::Elements(TRIALS));
    for slice in [256, 1024] {
        group.bench_function(format!("trials of slices of {slice} chips, one core"), |bench| {
            bench.iter(|| {
                one.install(|| simulate(CubeGrid::PUBLISHED, black_box(0.99), black_box(slice), TRIALS, 1))
            });
        });
    }
    group.finish();
}

criterion_group!(benches, trials_on_one_core);
criterion_main!(benches);
