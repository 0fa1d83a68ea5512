//! Speed of all figures of the paper, drawn and converted anew.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use paper_engine::figure::{self, Font};
use paper_engine::language::Language;
use paper_engine::model::Model;
use paper_engine::pipeline::{Needed, facts_of};
use paper_engine::results::Frames;

fn all_figures(criterion: &mut Criterion) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let model = Model::read(root, &phext_paper::STUDY).unwrap();
    let facts = facts_of(root, &model, &Needed::All, Arc::new(|_| {})).unwrap();
    let figures = figure::load_all::<phext_paper::drawings::Drawing>(root).unwrap();
    // The figures of the paper show no rows of files.
    let frames = Frames::default();
    let mut group = criterion.benchmark_group("figures");
    group.sample_size(10);
    group.bench_function("all of the paper to SVG and PDF", |bench| {
        bench.iter(|| {
            let font = Font::installed().unwrap();
            for (id, figure) in &figures {
                let svg = figure::draw(id, figure, &facts, &frames, Language::English, &font).unwrap().svg;
                black_box(figure::to_pdf(&svg, &font).unwrap());
            }
        });
    });
    group.finish();
}

criterion_group!(benches, all_figures);
criterion_main!(benches);
