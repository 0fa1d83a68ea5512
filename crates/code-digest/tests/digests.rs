//! What changes a digest, and what does not.

use std::path::Path;

use code_digest::Code;

const LIB: &str = "
mod queue;
mod service;
pub use service::Server;
";
const QUEUE: &str = "
use crate::Server;
use rates::RATE;

pub const QUEUE: Experiment = Experiment { id: \"queue\", summary: \"one\", run };
pub const OTHER: Experiment = Experiment { id: \"other\", summary: \"two\", run: || unrelated() };

fn run() -> f64 { Server::new(RATE).mean() }
fn unrelated() -> f64 { 2.0 }
";
const SERVICE: &str = "
/// A server.
pub struct Server { rate: f64 }
impl Server {
    pub fn new(rate: f64) -> Self { Self { rate } }
    pub fn mean(&self) -> f64 { 1.0 / (self.rate - HALF) }
}
const HALF: f64 = 0.5;
";
const RATES: &str = "pub const RATE: f64 = 3.0;";

/// Returns the digests of the two experiments when a text of some file stands in place of another one.
fn digests(file: &str, old: &str, new: &str) -> [String; 2] {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("lib.rs", LIB), ("queue.rs", QUEUE), ("service.rs", SERVICE), ("rates.rs", RATES)] {
        let text = if name == file {
            assert!(text.contains(old), "{name} has no `{old}`");
            text.replace(old, new)
        } else {
            text.to_owned()
        };
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let (lib, rates) = (folder.path().join("lib.rs"), folder.path().join("rates.rs"));
    let code = Code::read(&[("queues", &lib), ("rates", &rates)]).unwrap();
    let found = code.constants(&["Experiment"]);
    let digest = |id: &str| found.iter().find(|one| one.id == id).unwrap().digest.clone();
    [digest("queue"), digest("other")]
}

#[test]
fn a_change_of_what_is_reached_changes_the_digest_of_whom_it_concerns() {
    let before = digests("lib.rs", "", "");
    for (file, old, new) in [
        ("service.rs", "0.5", "0.25"),
        ("service.rs", "1.0 /", "2.0 /"),
        ("rates.rs", "3.0", "4.0"),
        ("service.rs", "pub struct", "#[derive(Clone)] pub struct"),
        ("queue.rs", "(RATE)", "(RATE + RATE)"),
    ] {
        let after = digests(file, old, new);
        assert!(after[0] != before[0] && after[1] == before[1], "{old} -> {new}");
    }
    let after = digests("queue.rs", "2.0", "3.0");
    assert!(after[0] == before[0] && after[1] != before[1]);
}

/// What is done may stand in the constant itself, in a closure or in the value that it takes its fields from.
#[test]
fn a_change_inside_the_constant_changes_its_digest() {
    let before = digests("lib.rs", "", "");
    let closure = digests("queue.rs", "|| unrelated()", "|| unrelated() + 1.0");
    assert!(closure[0] == before[0] && closure[1] != before[1]);
    let with_base = |base: &str| {
        digests(
            "queue.rs",
            "run: || unrelated() };",
            &format!("..{base} }};\nconst fn base<const N: usize>() -> Experiment {{}}"),
        )
    };
    assert_ne!(with_base("base::<0>()")[1], with_base("base::<1>()")[1]);
    assert_eq!(with_base("base::<0>()"), with_base("base:: <0>( )"));
}

#[test]
fn comments_places_and_what_is_not_reached_change_nothing() {
    let before = digests("lib.rs", "", "");
    for (file, old, new) in [
        ("service.rs", "A server.", "A desk."),
        ("service.rs", "pub fn mean", "// The mean.\n  pub(crate) fn mean"),
        ("service.rs", "const HALF", "#[cfg(test)] mod tests { fn other() {} }\nconst HALF"),
        (
            "service.rs",
            "const HALF: f64 = 0.5;",
            "use constants::HALF; mod constants { pub const HALF: f64 = 0.5; }",
        ),
        ("queue.rs", "use crate::Server;", "use super::service::Server;"),
        ("queue.rs", "Server::new", "crate::service::Server::new"),
        ("queue.rs", "\"one\"", "\"three\""),
        ("queue.rs", "\"two\"", "\"four\""),
        ("queue.rs", "use rates::RATE;", "use rates::*;"),
        ("lib.rs", "pub use service::Server;", "pub use service::*;"),
    ] {
        assert_eq!(digests(file, old, new), before, "{old} -> {new}");
    }
}

#[test]
fn a_type_brings_its_traits_from_wherever_they_are_written() {
    let before = digests("lib.rs", "", "");
    let with = |body: &str| {
        digests("lib.rs", "mod queue;", &format!("mod queue;\nimpl Name for Server {{ {body} }}"))
    };
    assert_ne!(with("")[0], before[0]);
    assert_ne!(with("")[0], with("fn name() {}")[0]);
    assert_eq!(with("")[1], before[1]);
}

#[test]
fn sources_that_cannot_be_read_are_told_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lib.rs");
    let error = |text: Option<&str>| {
        if let Some(text) = text {
            std::fs::write(&file, text).unwrap();
        }
        Code::read(&[("one", Path::new(&file))]).err().unwrap().to_string()
    };
    assert!(error(None).contains("lib.rs"));
    assert!(error(Some("fn (")).contains("lib.rs"));
    assert!(error(Some("mod absent;")).contains("mod.rs"));
}
