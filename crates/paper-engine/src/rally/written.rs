//! Checks and measures in the form in which an author writes them.

use serde::Serialize;
use serde_json::Value;

/// Returns the name of a variant as an author writes it.
pub(super) fn written_name(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => name,
        Ok(Value::Object(fields)) => fields.keys().next().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

/// Returns what an author wrote of some checks, in one form: without fields that were left out.
pub(super) fn written(checks: &impl Serialize) -> String {
    serde_json::to_value(checks).map(without_defaults).unwrap_or_default().to_string()
}

fn without_defaults(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(without_defaults).collect(),
        Value::Object(fields) => {
            let is_written = |value: &Value| {
                !(value.is_null() || *value == false || value.as_array().is_some_and(Vec::is_empty))
            };
            let fields = fields.into_iter().map(|(name, value)| (name, without_defaults(value)));
            fields.filter(|(_, value)| is_written(value)).collect()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rally::check::{Check, LintCheck};
    use crate::rally::measure::Measure;

    #[test]
    fn a_check_is_signed_as_it_is_written() {
        let read = |text: &str| serde_saphyr::from_str::<Vec<Check>>(text).unwrap();
        let checks = read("[{fact: {names: [a.b], at_least: 2, in: x.md}}, {lint: {rule: placeholder}}]");
        assert_eq!(
            written(&checks),
            r#"[{"fact":{"at_least":2.0,"in":"x.md","names":["a.b"]}},{"lint":{"rule":"placeholder"}}]"#
        );
        let same = read(
            "[{fact: {in: x.md, names: [a.b], at_least: 2.0, published: false}}, \
                          {lint: {rule: placeholder}}]",
        );
        assert_eq!(written(&same), written(&checks));
    }

    #[test]
    fn measures_and_rules_are_named_as_they_are_written() {
        let measure: Measure = serde_saphyr::from_str("{cited-works: {}}").unwrap();
        assert_eq!(written_name(&measure), "cited-works");
        assert_eq!(
            written_name(&serde_saphyr::from_str::<Measure>("overfull-boxes").unwrap()),
            "overfull-boxes"
        );
        let error = serde_saphyr::from_str::<LintCheck>("{rule: placeholders}").unwrap_err().to_string();
        assert!(
            error.contains("no rule of prose `placeholders`") && error.contains("typed-number"),
            "{error}"
        );
    }
}
