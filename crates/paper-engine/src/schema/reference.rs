//! The reference page: every key of every YAML file, with its type, default and meaning.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::{FileKind, KINDS};
use crate::study::Study;

/// Returns the page in Markdown, with the units and drawings of a study.
pub fn reference(study: &Study) -> String {
    let program = study.program;
    let mut page = format!(
        "# Keys of the YAML files\n\n\
         Every key that a file of a paper may have, as `{program} schema --reference` writes it. The same stands in \
         the schemas that `{program} schema --out {}` writes; an editor that knows the YAML language server completes \
         and checks keys by the first line of a file, such as\n\n\
         ```yaml\n# yaml-language-server: $schema=../schemas/paper.json\n```\n\n",
        super::FOLDER
    );
    for kind in &KINDS {
        let _ = writeln!(page, "- [`{}`](#{}): {}", kind.files, kind.name, kind.about);
    }
    for kind in &KINDS {
        section(&mut page, kind, study);
    }
    page
}

fn section(page: &mut String, kind: &FileKind, study: &Study) {
    let (schema, example) = (&kind.schema(study), (kind.example)(study));
    let _ = write!(page, "\n## {}\n\n`{}`: {}\n\n", kind.name, kind.files, kind.about);
    let earlier = KINDS.iter().take_while(|other| other.name != kind.name);
    if let Some(same) = earlier.into_iter().find(|other| (other.example)(study) == example) {
        let _ = writeln!(page, "It has the keys of [`{0}`](#{0}).", same.name);
        return;
    }
    let _ = write!(page, "```yaml\n{example}```\n");
    let mut types = Types { root: schema, names: BTreeMap::new(), order: Vec::new() };
    let whole = types.describe(schema, 0);
    if schema.get("properties").is_none() {
        let _ = write!(page, "\nThe file is {whole}.\n");
    } else {
        types.table(page, schema);
    }
    let mut next = 0;
    while let Some((name, schema)) = types.order.get(next).cloned() {
        next += 1;
        let _ = write!(page, "\n### {name}\n\n");
        if let Some(text) = schema.get("description").and_then(Value::as_str) {
            let _ = writeln!(page, "{}\n", plain(text));
        }
        types.definition(page, schema);
    }
}

/// The named types of a schema, in the order in which keys lead to them.
struct Types<'s> {
    root: &'s Value,
    names: BTreeMap<&'s str, ()>,
    order: Vec<(String, &'s Value)>,
}

impl<'s> Types<'s> {
    /// Writes what a named type may be: keys, words, or one of several.
    fn definition(&mut self, page: &mut String, schema: &'s Value) {
        if schema.get("properties").is_some() {
            self.table(page, schema);
            return;
        }
        let ways: Vec<&Value> =
            ["oneOf", "anyOf"].iter().filter_map(|word| schema.get(word)?.as_array()).flatten().collect();
        if ways.is_empty() {
            let _ = writeln!(page, "It is {}.", self.describe(schema, 0));
            return;
        }
        let _ = writeln!(page, "One of:\n");
        for way in ways {
            let words = self.describe(way, 0);
            match way.get("description").and_then(Value::as_str) {
                Some(text) => {
                    let _ = writeln!(page, "- {words}: {}", plain(text));
                }
                None => {
                    let _ = writeln!(page, "- {words}");
                }
            }
        }
    }

    fn table(&mut self, page: &mut String, schema: &'s Value) {
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let _ = write!(page, "\n| key | type | without it | meaning |\n| --- | --- | --- | --- |\n");
        let is_required = |name: &&String| required.contains(&name.as_str());
        let (first, rest): (Vec<&String>, Vec<&String>) = properties.keys().partition(is_required);
        for name in first.into_iter().chain(rest) {
            let property = &properties[name];
            let without = match property.get("default") {
                _ if required.contains(&name.as_str()) => "required".to_owned(),
                None | Some(Value::Null) => "none".to_owned(),
                Some(Value::Object(_)) => "all left out".to_owned(),
                Some(value) => format!("`{value}`"),
            };
            let meaning = property.get("description").and_then(Value::as_str).map(plain).unwrap_or_default();
            let kind = self.describe(property, 0).replace('|', "\\|");
            let _ = writeln!(page, "| `{name}` | {kind} | {without} | {} |", meaning.replace('|', "\\|"));
        }
    }

    /// Returns the words for a type, and notes the named types in it.
    fn describe(&mut self, schema: &'s Value, depth: usize) -> String {
        const DEEPEST: usize = 8;
        if depth > DEEPEST {
            return "more".to_owned();
        }
        if let Some(path) = schema.get("$ref").and_then(Value::as_str) {
            return self.named(path);
        }
        if let Some([one]) = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            return self.describe(one, depth + 1);
        }
        if let Some(words) = schema.get("enum").and_then(Value::as_array) {
            return words
                .iter()
                .filter_map(Value::as_str)
                .map(|word| format!("`{word}`"))
                .collect::<Vec<_>>()
                .join(", ");
        }
        if let Some(word) = schema.get("const").and_then(Value::as_str) {
            return format!("`{word}`");
        }
        let is_null = |way: &&Value| way.get("type").and_then(Value::as_str) != Some("null");
        if schema.get("properties").is_none()
            && let Some(ways) = ["oneOf", "anyOf"].iter().find_map(|word| schema.get(word)?.as_array())
        {
            let ways: Vec<String> =
                ways.iter().filter(is_null).map(|way| self.describe(way, depth + 1)).collect();
            return ways.join(" or ");
        }
        let types = match schema.get("type") {
            Some(Value::String(name)) => vec![name.as_str()],
            Some(Value::Array(names)) => {
                names.iter().filter_map(Value::as_str).filter(|name| *name != "null").collect()
            }
            _ => Vec::new(),
        };
        let words: Vec<String> = types.into_iter().map(|name| self.of_type(name, schema, depth)).collect();
        if words.is_empty() { "anything".to_owned() } else { words.join(" or ") }
    }

    fn of_type(&mut self, name: &str, schema: &'s Value, depth: usize) -> String {
        match name {
            "string" => match schema.get("examples").and_then(Value::as_array) {
                Some(examples) => {
                    let examples = examples.iter().filter_map(Value::as_str).map(|one| format!("`{one}`"));
                    format!("text, such as {}", examples.collect::<Vec<_>>().join(", "))
                }
                None => "text".to_owned(),
            },
            "number" => "number".to_owned(),
            "integer" => "whole number".to_owned(),
            "boolean" => "`true` or `false`".to_owned(),
            "array" => match schema.get("items") {
                Some(Value::Array(each)) => {
                    let each: Vec<String> = each.iter().map(|one| self.describe(one, depth + 1)).collect();
                    format!("[{}]", each.join(", "))
                }
                Some(every) => format!("list of {}", self.describe(every, depth + 1)),
                None => "list".to_owned(),
            },
            "object" => self.of_object(schema, depth),
            other => other.to_owned(),
        }
    }

    fn of_object(&mut self, schema: &'s Value, depth: usize) -> String {
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            let keys =
                properties.iter().map(|(name, one)| format!("`{name}:` {}", self.describe(one, depth + 1)));
            return keys.collect::<Vec<_>>().join(", ");
        }
        let numbered = schema.get("patternProperties").and_then(Value::as_object);
        if let Some(value) = numbered.and_then(|patterns| patterns.values().next()) {
            return format!("numbers, each with {}", self.describe(value, depth + 1));
        }
        match schema.get("additionalProperties") {
            Some(value) if value.is_object() => {
                format!("names, each with {}", self.describe(value, depth + 1))
            }
            _ => "keys".to_owned(),
        }
    }

    /// Returns a link to a named type, which is described behind those that are noted already.
    fn named(&mut self, path: &'s str) -> String {
        let Some(schema) = path.strip_prefix('#').and_then(|path| self.root.pointer(path)) else {
            return "more".to_owned();
        };
        let words = schema.get("enum").and_then(Value::as_array);
        if words.is_some_and(|words| words.len() <= 4) {
            return self.describe(schema, 0);
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        if self.names.insert(name, ()).is_none() {
            self.order.push((name.to_owned(), schema));
        }
        format!("*{name}*")
    }
}

/// Returns a description on one line.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
