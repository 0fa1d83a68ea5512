//! `paper/experiments.yaml`: what experiments sweep and how they sample, where an author chooses it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{self, Places, Step};
use crate::study::parameter::{Chosen, Domain, InputOf, Parameter};

/// Where what experiments sweep stands, below the root of a paper.
pub const EXPERIMENTS_FILE: &str = "paper/experiments.yaml";

/// Returns the schema of the file: the parameters of a study by their names.
pub fn schema(parameters: &[Parameter]) -> Value {
    let entry = |parameter: &Parameter| {
        let (one, default) = match parameter.domain {
            Domain::Numbers([low, high], default) => {
                (json!({"type": "number", "minimum": low, "maximum": high}), json!(default))
            }
            Domain::Counts([low, high], default) => {
                (json!({"type": "integer", "minimum": low, "maximum": high}), json!(default))
            }
            Domain::Words(_, default) => (json!({"type": "string"}), json!(default)),
        };
        let mut schema = match parameter.is_setting {
            true => one,
            false => json!({"type": "array", "items": one}),
        };
        if parameter.is_needed {
            schema["minItems"] = json!(1);
        }
        schema["description"] = json!(parameter.about);
        schema["default"] = if parameter.is_setting { default[0].clone() } else { default };
        (parameter.name.to_owned(), schema)
    };
    let properties: Map<String, Value> = parameters.iter().map(entry).collect();
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": properties,
        "additionalProperties": false
    })
}

/// Returns a file that chooses what a paper without one has, as far as its first parameters go.
pub fn example(parameters: &[Parameter]) -> String {
    const SHOWN: usize = 3;
    let lines = parameters.iter().take(SHOWN).map(|parameter| {
        let values = match parameter.domain {
            Domain::Numbers(_, default) => joined(default),
            Domain::Counts(_, default) => joined(default),
            Domain::Words(_, default) => joined(default),
        };
        match parameter.is_setting {
            true => format!("{}: {values}\n", parameter.name),
            false => format!("{}: [{values}]\n", parameter.name),
        }
    });
    let text: String = lines.collect();
    if text.is_empty() { "{}\n".to_owned() } else { text }
}

fn joined<T: ToString>(values: &[T]) -> String {
    values.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

/// Reads what a paper chooses of the parameters of its study; of the values of one that it does not choose,
/// those that go with its inputs.
pub(super) fn read(
    root: &Path,
    parameters: &'static [Parameter],
    inputs: InputOf<'_>,
) -> Result<BTreeMap<&'static str, Chosen>, Diagnostics> {
    let file = Path::new(EXPERIMENTS_FILE);
    let (mut written, mut errors): (BTreeMap<String, Value>, Diagnostics) = Default::default();
    if root.join(file).exists() {
        (written, errors) = source::read_of_schema(root, file, &schema(parameters))?;
    }
    let places = Places::of(root, file);
    // A value may have to go with a setting, as the ids that are looked up with the vocabulary.
    let settings: BTreeMap<&str, f64> = parameters
        .iter()
        .filter(|parameter| parameter.is_setting)
        .filter_map(|parameter| {
            let value = written.get(parameter.name).cloned();
            let value = value.or_else(|| defaults(parameter).into_iter().next());
            Some((parameter.name, value?.as_f64()?))
        })
        .collect();
    let inputs = &|name: &str| inputs(name).or_else(|| settings.get(name).copied());
    let mut chosen = BTreeMap::new();
    for parameter in parameters {
        let values = match written.remove(parameter.name) {
            Some(values) => {
                let values = values.as_array().cloned().unwrap_or_else(|| vec![values]);
                refuse(parameter, &values, inputs, &places, &mut errors);
                values
            }
            None => {
                let fits = |value: &Value| (parameter.fits)(inputs, &written_as(value)).is_ok();
                defaults(parameter).into_iter().filter(fits).collect()
            }
        };
        chosen.insert(parameter.name, taken(parameter, &values));
    }
    errors.into_result(chosen)
}

fn defaults(parameter: &Parameter) -> Vec<Value> {
    match parameter.domain {
        Domain::Numbers(_, default) => default.iter().map(|&value| json!(value)).collect(),
        Domain::Counts(_, default) => default.iter().map(|&value| json!(value)).collect(),
        Domain::Words(_, default) => default.iter().map(|&value| json!(value)).collect(),
    }
}

/// Returns a value as an author writes it.
fn written_as(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Reports values of which the schema does not know that they are wrong.
fn refuse(
    parameter: &Parameter,
    values: &[Value],
    inputs: InputOf<'_>,
    places: &Places<'_>,
    errors: &mut Diagnostics,
) {
    let mut seen = BTreeSet::new();
    for (index, value) in values.iter().enumerate() {
        let text = written_as(value);
        let form = match parameter.domain {
            Domain::Words(form, _) => form(&text),
            _ => Ok(()),
        };
        let place = match parameter.is_setting {
            true => places.value(&[Step::Key(parameter.name)]),
            false => places.value(&[Step::Key(parameter.name), Step::Entry(index)]),
        };
        // One of another type is told already.
        if errors.0.iter().any(|error| error.location == place) {
            continue;
        }
        let (message, remedy) = match form.and_then(|()| (parameter.fits)(inputs, &text)) {
            Err(message) => (message, "write another value, or take it out"),
            Ok(()) if seen.insert(value.as_f64().map_or(text.clone(), |number| number.to_string())) => {
                continue;
            }
            Ok(()) => (format!("`{text}` stands in `{}` twice", parameter.name), "delete one of the two"),
        };
        errors.push(Diagnostic::new(place, message).remedy(remedy));
    }
}

/// Returns values as the type of their parameter; the schema admits no others.
fn taken(parameter: &Parameter, values: &[Value]) -> Chosen {
    match parameter.domain {
        Domain::Numbers(..) => Chosen::Numbers(values.iter().filter_map(Value::as_f64).collect()),
        Domain::Counts(..) => {
            let count = |value: &Value| value.as_u64().or_else(|| value.as_f64().map(|count| count as u64));
            Chosen::Counts(values.iter().filter_map(count).collect())
        }
        Domain::Words(..) => {
            Chosen::Words(values.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        }
    }
}
