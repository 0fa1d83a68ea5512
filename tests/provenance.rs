//! What facts say of where they come from is true.

use std::path::Path;

use paper_engine::facts::Writer;
use paper_engine::model::{Model, Read};
use phext_paper::experiments::EXPERIMENTS;

fn model() -> Model {
    Model::read(Path::new(env!("CARGO_MANIFEST_DIR")), &phext_paper::STUDY).unwrap()
}

/// An experiment runs only where it has all that it declares, so what it never reads would keep it from running.
#[test]
fn experiments_read_all_inputs_that_they_declare() {
    for experiment in EXPERIMENTS {
        let model = model().tracked();
        (experiment.run)(&model, &mut Writer::new(&model));
        let read = model.reads();
        let unread: Vec<&str> = experiment
            .inputs
            .iter()
            .filter(|name| !read.contains(&Read::Input((**name).to_owned())))
            .copied()
            .collect();
        assert!(unread.is_empty(), "{} declares {unread:?} and does not read them", experiment.id);
    }
}
