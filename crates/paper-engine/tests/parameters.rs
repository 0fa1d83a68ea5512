//! What experiments sweep, chosen in `paper/experiments.yaml`: read, refused, asked for, and behind which digest.

use std::path::Path;
use std::sync::Arc;

use paper_engine::diagnostic::{Diagnostics, Location};
use paper_engine::facts::{Basis, Experiment, Facts};
use paper_engine::model::{EXPERIMENTS_FILE, MODEL_FILE, Model};
use paper_engine::pipeline::{Needed, facts_of};
use paper_engine::study::{Chosen, Declared, InputOf, Label, Parameter, Study};
use paper_engine::units::Unit;

const BASIS: Basis<'_> = Basis { unit: Unit::ONE, inputs: &[], formula: "chosen", source: "none" };

static STUDY: Study = Study {
    program: "rooms",
    inputs: &[Declared { name: "house.rooms", unit: Unit::COUNT, low: 1.0, high: 99.0 }],
    parameters: &[
        Parameter::numbers("desk.loads", "Loads.", [0.0, 1.0], &[0.5, 0.9])
            .named(&["desk.load_{}"])
            .labelled(Label::Percent(0)),
        Parameter::counts("desk.queues", "Queues, fewer than trials.", [1, 100], &[3]).needed().fitting(few),
        Parameter::count("desk.trials", "Trials.", [1, 100], &[10]),
        Parameter::words("hall.doors", "Doors.", door, &["a1", "b7"]).fitting(in_house).named(&["hall.{}"]),
    ],
    experiments: &[DESK, HALL],
    ..Study::EMPTY
};

fn door(text: &str) -> Result<(), String> {
    let is_door = text.len() == 2 && text.as_bytes()[1].is_ascii_digit();
    is_door.then_some(()).ok_or_else(|| format!("`{text}` is no door"))
}

fn few(inputs: InputOf<'_>, text: &str) -> Result<(), String> {
    let trials = inputs("desk.trials").unwrap_or_default();
    let is_few = text.parse().is_ok_and(|queues: f64| queues < trials);
    is_few.then_some(()).ok_or_else(|| format!("{text} queues are not fewer than {trials} trials"))
}

fn in_house(inputs: InputOf<'_>, text: &str) -> Result<(), String> {
    let rooms = inputs("house.rooms").unwrap_or(9.0);
    let is_there = text[1..].parse().is_ok_and(|room: f64| room <= rooms);
    is_there.then_some(()).ok_or_else(|| format!("`{text}` is behind the {rooms} rooms"))
}

const DESK: Experiment = Experiment {
    id: "desk",
    families: &["desk"],
    parameters: &["desk.loads", "desk.queues", "desk.trials"],
    run: |model, facts| {
        facts.number("desk.floor", 0.0, BASIS);
        facts.apart(|facts| {
            facts.number("desk.queues", model.counts("desk.queues").len() as f64, BASIS);
            Ok(())
        })?;
        for &load in model.numbers("desk.loads") {
            let trials = model.setting("desk.trials") as f64;
            facts.number(format!("desk.load_{}.wait", Label::Percent(0).text(load)), trials * load, BASIS);
        }
        Ok(())
    },
    ..Experiment::EMPTY
};

const HALL: Experiment = Experiment {
    id: "hall",
    families: &["hall"],
    parameters: &["hall.doors"],
    suits: |inputs| match inputs("house.rooms") {
        Some(rooms) if rooms < 2.0 => Err("is made for two rooms".to_owned()),
        _ => Ok(()),
    },
    run: |model, facts| {
        model
            .words("hall.doors")
            .iter()
            .for_each(|door| facts.number(format!("hall.{door}.width"), 1.0, BASIS));
        Ok(())
    },
    ..Experiment::EMPTY
};

/// A paper that chooses what `text` says, in a house of so many rooms.
fn paper(text: Option<&str>, rooms: u32) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir(root.path().join("paper")).unwrap();
    let input = format!("house.rooms: {{value: {rooms}, unit: count, grade: quoted, source: x}}\n");
    std::fs::write(root.path().join(MODEL_FILE), input).unwrap();
    if let Some(text) = text {
        std::fs::write(root.path().join(EXPERIMENTS_FILE), text).unwrap();
    }
    root
}

fn read(text: Option<&str>, rooms: u32) -> Result<Model, Diagnostics> {
    Model::read(paper(text, rooms).path(), &STUDY)
}

fn facts(text: Option<&str>, rooms: u32) -> Facts {
    let root = paper(text, rooms);
    let model = Model::read(root.path(), &STUDY).unwrap();
    facts_of(root.path(), &model, &Needed::All, Arc::new(|_| ())).unwrap()
}

#[test]
fn a_paper_that_chooses_nothing_has_the_defaults_that_go_with_its_inputs() {
    for text in [None, Some("{}\n")] {
        let model = read(text, 9).unwrap();
        assert_eq!(model.numbers("desk.loads"), [0.5, 0.9]);
        assert_eq!(model.words("hall.doors"), ["a1", "b7"]);
        assert_eq!(read(text, 3).unwrap().words("hall.doors"), ["a1"]);
    }
    let model = read(Some("desk.loads: []\ndesk.trials: 7\n"), 9).unwrap();
    assert_eq!(model.chosen("desk.loads"), Some(&Chosen::Numbers(vec![])));
    assert_eq!((model.setting("desk.trials"), model.chosen("desk.doors")), (7, None));
}

#[test]
fn every_mistake_is_told_at_its_place_all_together() {
    let text =
        "desk.loads: [0.5, 1.2, 0.50, x]\ndesk.load: [0.3]\ndesk.trials: [3]\nhall.doors: [c, b9, b7]\n";
    let errors = read(Some(text), 8).unwrap_err();
    let told: Vec<(usize, usize, &str, &str)> = errors
        .0
        .iter()
        .map(|error| {
            assert_eq!(error.location.file, Path::new(EXPERIMENTS_FILE));
            let remedy = error.remedy.as_deref().unwrap_or_default();
            (error.location.line, error.location.column, error.message.as_str(), remedy)
        })
        .collect();
    let expected = [
        (1, 19, "it is at most 1", "at most 1"),
        (1, 24, "`0.5` stands in `desk.loads` twice", "delete"),
        (1, 30, "`x` stands", "a number"),
        (2, 1, "no key `desk.load`", "`desk.loads`"),
        (3, 14, "a list stands behind `desk.trials:`", "a whole number"),
        (4, 14, "`c` is no door", "another value"),
        (4, 17, "`b9` is behind the 8 rooms", "another value"),
    ];
    let mut told = told;
    told.sort_unstable();
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, (line, column, message, remedy)) in told.iter().zip(expected) {
        let is_told =
            (told.0, told.1) == (line, column) && told.2.contains(message) && told.3.contains(remedy);
        assert!(is_told, "{told:?}, wanted {line}:{column} {message}");
    }
}

/// A list that needs a value, and values that have to go with a setting, chosen or not.
#[test]
fn a_list_of_none_and_values_beyond_a_setting_are_told_at_their_places() {
    let told = |text: &str| {
        let errors = read(Some(text), 9).unwrap_err();
        let [error] = errors.0.as_slice() else { panic!("{errors:?}") };
        (error.location.line, error.location.column, error.message.clone())
    };
    let (line, _, message) = told("desk.queues: []\n");
    assert_eq!(line, 1);
    assert!(message.contains("`desk.queues:` has 0 entries and needs at least 1"), "{message}");
    let beyond = |trials| format!("12 queues are not fewer than {trials} trials");
    assert_eq!(told("desk.queues: [2, 12]\n"), (1, 18, beyond(10)));
    assert_eq!(told("desk.trials: 11\ndesk.queues: [12]\n"), (2, 15, beyond(11)));
    assert_eq!(read(Some("desk.queues: [12]\ndesk.trials: 13\n"), 9).unwrap().counts("desk.queues"), [12]);
}

/// Settings, and sweeps whose values stand in no name, are behind what is written after they were read.
#[test]
fn a_fact_rests_on_the_parameters_that_move_it_and_not_on_those_in_its_name() {
    let found = facts(None, 9);
    let behind = |name: &str| -> Vec<String> {
        found.get(name).unwrap().rests_on.iter().map(ToString::to_string).collect()
    };
    assert!(behind("desk.floor").is_empty() && behind("hall.a1.width").is_empty());
    assert_eq!(behind("desk.queues"), ["the parameter `desk.queues`"]);
    assert_eq!(behind("desk.load_50.wait"), ["the parameter `desk.trials`"]);
}

#[test]
fn a_fact_that_no_value_makes_says_by_which_value_it_is_asked_for() {
    let help = |facts: &Facts, name| {
        facts.unknown(name, Location::default(), "there is none").remedy.unwrap_or_default()
    };
    let found = facts(None, 9);
    assert_eq!(help(&found, "desk.load_75.wait"), "add `0.75` to `desk.loads` in paper/experiments.yaml");
    assert_eq!(help(&found, "hall.b3.width"), "add `b3` to `hall.doors` in paper/experiments.yaml");
    for (name, meant) in [
        // A value that there is, one that nothing admits, and no value.
        ("desk.load_50.wail", "desk.load_50.wait"),
        ("desk.load_500.wait", "desk.load_50.wait"),
        ("hall.a11.width", "hall.a1.width"),
    ] {
        assert!(help(&found, name).contains(&format!("did you mean `{meant}`")), "{}", help(&found, name));
    }
    let more = facts(Some("desk.loads: [0.75]\nhall.doors: [b3]\n"), 9);
    assert_eq!(more.get("desk.load_75.wait").unwrap().number(), Some(7.5));
    assert!(more.get("hall.b3.width").is_some() && more.get("hall.a1.width").is_none());
}

/// Kept facts are those of the same values, and of the same reason to make none.
#[test]
fn a_change_moves_the_digests_of_the_experiments_that_read_it_and_no_others() {
    let digests = |text: &str, rooms| {
        let model = read(Some(text), rooms).unwrap();
        (DESK.input_digest(&model), HALL.input_digest(&model))
    };
    let before = digests("{}\n", 9);
    let loads = digests("desk.loads: [0.5, 0.8]\n", 9);
    assert!(loads.0 != before.0 && loads.1 == before.1);
    let trials = digests("desk.trials: 11\n", 9);
    assert!(trials.0 != before.0 && trials.1 == before.1);
    let doors = digests("hall.doors: [a1]\n", 9);
    assert!(doors.0 == before.0 && doors.1 != before.1);
    // Said or not, the values are the same.
    assert_eq!(digests("desk.loads: [0.5, 0.9]\ndesk.trials: 10\nhall.doors: [a1, b7]\n", 9), before);
    let small = digests("hall.doors: [a1]\n", 1);
    assert!(small.0 == doors.0 && small.1 != doors.1);
}

#[test]
fn an_experiment_that_does_not_suit_the_inputs_says_so_where_its_fact_is_missed() {
    let found = facts(None, 1);
    assert!(found.names().all(|name| !name.starts_with("hall.")));
    let error = found.unknown("hall.a1.width", Location::default(), "there is none");
    assert_eq!(error.message, "`hall.a1.width` is not computed: the experiment `hall` is made for two rooms");
}

#[test]
fn what_an_experiment_reads_and_does_not_declare_is_refused() {
    let run = Experiment { parameters: &["desk.trials"], ..DESK };
    let errors = run.facts(&read(None, 9).unwrap()).unwrap_err();
    assert_eq!(
        errors.0[0].message,
        "the experiment `desk` reads the parameter `desk.loads`, which it does not declare"
    );
}
