//! Speed of the stages an author waits for.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use paper_engine::facts::{Facts, quoted};
use paper_engine::language::Language;
use paper_engine::manuscript::{Front, ReferenceCache, ReferenceStyle, Sources, TextCache, read};
use paper_engine::model::Model;
use paper_engine::output::{Ledger, Positions, Templates, html};
use paper_engine::pipeline::{Options, build};
use phext_paper::experiments::EXPERIMENTS;
use phext_paper::sim::routing::link_loads;
use phext_paper::sim::{Shape, Topology};
use typesetter::Limit;

const WORDS: usize = 25_000;
const PARAGRAPH: &str = "A slice of $k \\times k \\times 2k$ chips gains {{ fact(name=\"twist_gain.4x4x8\") }} by its \
    twist [@camara2010twisted], and *all* of it follows from permutations of cubes, as @sec:one says. ";

fn link_loads_of_the_machine(criterion: &mut Criterion) {
    let shape = Shape::new([16, 16, 16]).unwrap();
    let network = Topology::torus(shape).network();
    let mut group = criterion.benchmark_group("simulation");
    group.sample_size(10);
    group.bench_function("link loads of 16x16x16, every chip a source", |bench| {
        bench.iter(|| link_loads(black_box(&network)));
    });
    group.finish();
}

fn markdown_to_html(criterion: &mut Criterion) {
    let root = tempfile::tempdir().unwrap();
    let paper = Path::new(env!("CARGO_MANIFEST_DIR"));
    let model = Model::read(paper, &phext_paper::STUDY).unwrap();
    let mut facts = Facts::from(quoted(&model));
    EXPERIMENTS.iter().for_each(|experiment| facts.0.extend(experiment.facts(&model).unwrap()));
    let facts = Arc::new(facts);
    std::fs::copy(paper.join("paper/references.bib"), root.path().join("references.bib")).unwrap();
    std::fs::write(root.path().join("abstract.md"), "An abstract.\n").unwrap();
    let paragraphs = WORDS / PARAGRAPH.split_whitespace().count() + 1;
    let text = format!("# One [#sec:one]\n\n{}", format!("{PARAGRAPH}\n\n").repeat(paragraphs));
    std::fs::write(root.path().join("one.md"), text).unwrap();
    let (figures, tables) = (BTreeMap::new(), BTreeMap::new());
    let sources = Sources {
        language: Language::default(),
        root: root.path(),
        title: "A title".to_owned(),
        front: Front::default(),
        back: Vec::new(),
        keywords: Vec::new(),
        abstract_file: Some(PathBuf::from("abstract.md")),
        sections: vec![PathBuf::from("one.md")],
        appendices: Vec::new(),
        left_out: Vec::new(),
        bibliography: PathBuf::from("references.bib"),
        references: ReferenceStyle::default(),
        edition: "conference",
        editions: &["conference"],
        macros: &BTreeMap::new(),
        facts: &facts,
        verdicts: &BTreeMap::new(),
        figures: &figures,
        tables: &tables,
        kept: &ReferenceCache::default(),
        texts: &TextCache::default(),
    };
    let templates = Templates::load(root.path()).unwrap();
    let mut group = criterion.benchmark_group("manuscript");
    group.sample_size(10);
    group.bench_function("Markdown to HTML, 25,000 words", |bench| {
        bench.iter(|| {
            let texts = TextCache::default();
            let document = read(&Sources { texts: &texts, ..sources.clone() }).unwrap();
            html(&document, &templates, &BTreeMap::new(), &facts, &Ledger::default(), Positions::Hidden, None)
                .unwrap()
        });
    });
    group.finish();
}

fn full_build(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR"));
    for part in ["paper", "figures"] {
        for entry in walkdir::WalkDir::new(from.join(part)).into_iter().map(Result::unwrap) {
            let to = folder.path().join(entry.path().strip_prefix(from).unwrap());
            if entry.file_type().is_dir() {
                std::fs::create_dir_all(to).unwrap();
            } else {
                std::fs::copy(entry.path(), to).unwrap();
            }
        }
    }
    let options = Options {
        study: &phext_paper::STUDY,
        all_facts: false,
        root: folder.path().to_path_buf(),
        edition: None,
        worker: PathBuf::from(env!("CARGO_BIN_EXE_phext-paper")),
        limit: Limit::of(Duration::from_secs(120)),
        standby: None,
    };
    build(&options, Arc::new(|_| {})).unwrap();
    let mut group = criterion.benchmark_group("warm build of the paper");
    group.sample_size(10);
    group
        .bench_function("nothing changed", |bench| bench.iter(|| build(&options, Arc::new(|_| {})).unwrap()));
    let section = folder.path().join("paper/sections/05-topology.md");
    let text = std::fs::read_to_string(&section).unwrap();
    let mut edits = 0;
    group.bench_function("one word edited", |bench| {
        bench.iter(|| {
            edits += 1;
            std::fs::write(&section, format!("{text}\nEdit {edits}.\n")).unwrap();
            build(&options, Arc::new(|_| {})).unwrap()
        });
    });
    group.finish();
}

criterion_group!(benches, link_loads_of_the_machine, markdown_to_html, full_build);
criterion_main!(benches);
