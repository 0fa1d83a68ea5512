//! Why a YAML file cannot be read: everything that is wrong with it, each at its place.
//!
//! The reader of a type stops at the first mistake. Where it stops at all, the file is read anew as a tree
//! and held against the schema of the type, which finds all of them.

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::shape::{self, Problem};
use super::tree::{self, Broken};
use super::{Position, words};
use crate::diagnostic::{Diagnostic, Diagnostics, listed};

/// The most places of one mistake that are told one by one.
const MOST_TOLD: usize = 2;

/// Returns the schema of what a file of a type holds, in the draft of JSON Schema that editors know best.
pub fn schema_of<T: JsonSchema>() -> Value {
    SchemaSettings::draft07().into_generator().into_root_schema_for::<T>().to_value()
}

/// Says why the reader of a type refused the text of a file, with the schema of the type where it has one.
pub(super) fn explain(
    file: &Path,
    text: &str,
    error: &serde_saphyr::Error,
    schema: Option<&Value>,
) -> Diagnostics {
    let mut problems = problems(text, schema);
    if problems.is_empty() {
        problems.push(words::reader(error));
    }
    folded(file, problems)
}

/// Returns everything that the schema of a kind of file does not allow in the text of a file, and what is no
/// YAML in it.
pub fn misfits(file: &Path, text: &str, schema: &Value) -> Diagnostics {
    folded(file, problems(text, Some(schema)))
}

fn problems(text: &str, schema: Option<&Value>) -> Vec<Problem> {
    let start = Position { line: 1, column: 1 };
    let whole = |at, message: &str, remedy: &str| {
        vec![Problem { at, message: message.to_owned(), remedy: remedy.to_owned() }]
    };
    match tree::read(text) {
        Ok(node) => schema.map(|schema| shape::problems(&node, schema)).unwrap_or_default(),
        Err(Broken::Syntax(error)) => vec![words::syntax(&error, text)],
        Err(Broken::SecondDocument(at)) => {
            whole(at, "a second document begins here", "take the line `---` and what stands behind it out")
        }
        Err(Broken::Empty) => whole(start, "this file holds nothing", "write its keys, or delete the file"),
        Err(Broken::Size) => whole(
            start,
            "this file holds too many values",
            "take aliases such as `*name` out that repeat others",
        ),
    }
}

/// Returns the problems as errors in a file: one that stands at several places as one, with their lines.
fn folded(file: &Path, mut problems: Vec<Problem>) -> Diagnostics {
    problems.sort();
    problems.dedup();
    let mut places: BTreeMap<(String, String), Vec<Position>> = BTreeMap::new();
    for Problem { at, message, remedy } in problems {
        places.entry((message, remedy)).or_default().push(at);
    }
    let mut errors = Vec::new();
    for ((message, remedy), all) in places {
        let told = if all.len() > MOST_TOLD { 1 } else { all.len() };
        let lines: Vec<String> = all[told..].iter().map(|at| at.line.to_string()).collect();
        for at in &all[..told] {
            let message = match lines.as_slice() {
                [] => message.clone(),
                others => format!("{message}, and so on line {}", listed(others)),
            };
            errors.push(Diagnostic::new(at.within(file), message).remedy(remedy.clone()));
        }
    }
    errors.sort_by(|a, b| a.location.cmp(&b.location));
    Diagnostics(errors)
}
