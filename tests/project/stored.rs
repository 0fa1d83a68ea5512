//! Results in `paper/results` are those of today's inputs and code.

use std::path::Path;

use assert_cmd::Command;
use paper_engine::facts::StoredState;
use paper_engine::model::Model;
use phext_paper::experiments::STORED;

#[test]
fn every_stored_result_is_of_todays_inputs_settings_and_code() {
    let model = Model::read(Path::new("."), &phext_paper::STUDY).unwrap();
    for study in STORED {
        let state = study.state(&model);
        assert_eq!(state, StoredState::Current, "{}: run `phext-paper sim store {}`", study.id, study.id);
    }
}

/// No routing carries more than the dual bound, and a balanced one comes near it.
#[test]
fn stored_flows_lie_within_a_small_part_below_their_bounds() {
    let model = Model::read(Path::new("."), &phext_paper::STUDY).unwrap();
    let mut compared = 0;
    for values in STORED.iter().filter_map(|study| model.stored(study.id)) {
        for (name, flows) in values {
            let bounds = [("", "_bound"), (".dark_", ".bound_"), (".links_", ".link_bound_")];
            let of = |&(flow, bound): &(&str, &str)| {
                values.get(&if flow.is_empty() {
                    format!("{name}{bound}")
                } else {
                    name.replace(flow, bound)
                })
            };
            let named = bounds.iter().filter(|(flow, _)| flow.is_empty() || name.contains(flow));
            let Some(bounds) = named.filter_map(of).next() else { continue };
            for (flow, bound) in flows.iter().zip(bounds) {
                assert!(*flow <= bound * (1.0 + 1e-9) && *flow >= 0.97 * bound, "{name}: {flow} of {bound}");
                compared += 1;
            }
        }
    }
    assert!(compared > 1000, "{compared}");
}

#[test]
fn names_of_studies_differ_and_every_file_below_the_results_is_one() {
    let mut ids: Vec<&str> = STORED.iter().map(|study| study.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), STORED.len());
    let Ok(folder) = std::fs::read_dir("paper/results") else { return assert!(STORED.is_empty()) };
    for file in folder {
        let name = file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned();
        assert!(ids.contains(&name.as_str()), "paper/results/{name}.json is of no study");
    }
}

#[test]
fn an_unknown_study_is_refused_and_the_list_names_all() {
    let program = || Command::cargo_bin("phext-paper").unwrap();
    let wrong = program().args(["sim", "store", "no-such-study"]).assert().code(2);
    let text = String::from_utf8_lossy(&wrong.get_output().stderr).into_owned();
    assert!(text.contains("there is no study `no-such-study`"), "{text}");
    let list = program().args(["sim", "store", "--json"]).assert().success();
    let list: serde_json::Value = serde_json::from_slice(&list.get_output().stdout).unwrap();
    assert_eq!(list.as_array().map(Vec::len), Some(STORED.len()));
}

#[test]
fn a_result_under_the_name_of_another_study_is_refused_at_its_file() {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(root.path().join("paper/results")).unwrap();
    for file in ["paper/paper.yaml", "paper/model.yaml"] {
        std::fs::copy(file, root.path().join(file)).unwrap();
    }
    let stored = std::fs::read_to_string("paper/results/search-length.json").unwrap();
    std::fs::write(root.path().join("paper/results/scale.json"), stored).unwrap();
    let errors = Model::read(root.path(), &phext_paper::STUDY).unwrap_err();
    let said = errors.0[0].to_string();
    assert!(said.contains("the result of the study `search-length`"), "{said}");
}
