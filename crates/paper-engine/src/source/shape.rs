//! Holds the tree of a YAML file against the schema of its type, and says in an author's words what stands
//! where something else has to.
//!
//! The keywords are those that schemas derived from types have: `type`, `enum`, `const`, `properties`,
//! `patternProperties`, `required`, `additionalProperties`, `items`, `minItems`, `maxItems`, `minimum`,
//! `maximum`, `allOf`, `anyOf`, `oneOf`, `$ref` and `format: unit`. Others hold of everything.

use serde_json::{Map, Value};

use super::Position;
use super::tree::{Key, Kind, Node};
use crate::diagnostic::nearest;
use crate::units::Unit;

/// What is wrong at a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where.
    pub at: Position,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

/// How deep schemas are followed; deeper ones hold of everything.
const DEEPEST: usize = 100;

/// The most names that a message lists.
const MOST_NAMES: usize = 24;
/// The most words that are listed even where one of them is near.
const FEW_WORDS: usize = 4;

/// Returns everything in a tree that its schema does not allow.
pub fn problems(node: &Node, schema: &Value) -> Vec<Problem> {
    let mut found = Vec::new();
    for (key, line) in node.repeated_keys() {
        let message = format!("the key `{}` stands here a second time, after line {line}", key.text);
        found.push(Problem { at: key.at, message, remedy: "delete one of the two".to_owned() });
    }
    Shape { root: schema }.check(node, schema, None, 0, &mut found);
    found
}

struct Shape<'s> {
    root: &'s Value,
}

impl<'s> Shape<'s> {
    /// Follows references to the schema itself.
    fn resolved(&self, mut schema: &'s Value) -> &'s Value {
        for _ in 0..DEEPEST {
            let Some(path) = schema.get("$ref").and_then(Value::as_str) else { break };
            let Some(found) = path.strip_prefix('#').and_then(|path| self.root.pointer(path)) else { break };
            schema = found;
        }
        schema
    }

    /// Adds what is wrong with a value; `key` is the one that it stands behind.
    fn check(
        &self,
        node: &Node,
        schema: &'s Value,
        key: Option<&Key>,
        depth: usize,
        found: &mut Vec<Problem>,
    ) {
        let schema = self.resolved(schema);
        if depth > DEEPEST {
            return;
        }
        if let Some(all) = schema.get("allOf").and_then(Value::as_array) {
            for one in all {
                self.check(node, one, key, depth + 1, found);
            }
        }
        let types = types(schema);
        if !types.is_empty() && !types.iter().any(|name| is_of(node, name)) {
            found.push(self.wrong_type(node, schema, key));
            return;
        }
        if let Some(problem) = wrong_value(node, schema) {
            found.push(problem);
            return;
        }
        match &node.kind {
            Kind::Scalar(..) => {}
            Kind::List(values) => self.check_list(node, values, schema, key, depth, found),
            Kind::Map(_) => self.check_map(node, schema, depth, found),
        }
        for word in ["anyOf", "oneOf"] {
            if let Some(ways) = schema.get(word).and_then(Value::as_array) {
                self.check_ways(node, ways, schema, key, depth, found);
            }
        }
    }

    fn check_list(
        &self,
        node: &Node,
        values: &[Node],
        schema: &'s Value,
        key: Option<&Key>,
        depth: usize,
        found: &mut Vec<Problem>,
    ) {
        let limit = |word: &str| schema.get(word).and_then(Value::as_u64).map(|limit| limit as usize);
        let (least, most) = (limit("minItems").unwrap_or(0), limit("maxItems").unwrap_or(usize::MAX));
        if !(least..=most).contains(&values.len()) {
            let wanted = if least == most { format!("{least}") } else { format!("at least {least}") };
            let message = format!("the list {} has {} entries and needs {wanted}", behind(key), values.len());
            let remedy = format!("write {wanted} entries");
            found.push(Problem { at: node.at, message, remedy });
            return;
        }
        match schema.get("items") {
            Some(Value::Array(each)) => {
                for (value, schema) in values.iter().zip(each) {
                    self.check(value, schema, None, depth + 1, found);
                }
            }
            Some(every) => {
                for value in values {
                    self.check(value, every, None, depth + 1, found);
                }
            }
            None => {}
        }
    }

    fn check_map(&self, node: &Node, schema: &'s Value, depth: usize, found: &mut Vec<Problem>) {
        let properties = schema.get("properties").and_then(Value::as_object);
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        let others = schema.get("additionalProperties");
        let entries = node.entries();
        let is_there = |name: &str| entries.iter().any(|(key, _)| key.text == name);
        let mut missing: Vec<&str> = required(schema).into_iter().filter(|name| !is_there(name)).collect();
        for (key, value) in &entries {
            if let Some(schema) = properties.and_then(|properties| properties.get(&key.text)) {
                self.check(value, schema, Some(key), depth + 1, found);
            } else if let Some(patterns) = patterns {
                self.check_numbered(key, value, patterns, depth, found);
            } else if let Some(Value::Object(_)) = others {
                self.check(value, &schema["additionalProperties"], Some(key), depth + 1, found);
            } else if others == Some(&Value::Bool(false)) {
                // A key that is missing is more likely meant than one that is there.
                let meant = nearest(&key.text, missing.iter().copied());
                missing.retain(|name| Some(*name) != meant);
                found.push(unknown_key(key, properties, meant));
            }
        }
        for name in missing {
            let meaning = properties.and_then(|properties| properties.get(name)).map(|one| self.meaning(one));
            let message = format!("the key `{name}` is missing here");
            let remedy = match meaning.filter(|meaning| !meaning.is_empty()) {
                Some(meaning) => format!("write `{name}:` with {meaning}"),
                None => format!("write `{name}:`"),
            };
            found.push(Problem { at: node.at, message, remedy });
        }
    }

    /// Adds what is wrong with a key that has to be a number, and with its value.
    fn check_numbered(
        &self,
        key: &Key,
        value: &Node,
        patterns: &'s Map<String, Value>,
        depth: usize,
        found: &mut Vec<Problem>,
    ) {
        if key.text.parse::<u64>().is_err() {
            let message = format!("`{}` stands where a number has to", key.text);
            found.push(Problem {
                at: key.at,
                message,
                remedy: "write a whole number before the colon".to_owned(),
            });
        } else if let Some(schema) = patterns.values().next() {
            self.check(value, schema, Some(key), depth + 1, found);
        }
    }

    /// Adds what is wrong with a value that may be written in several ways: in that which it is nearest to.
    fn check_ways(
        &self,
        node: &Node,
        ways: &'s [Value],
        schema: &'s Value,
        key: Option<&Key>,
        depth: usize,
        found: &mut Vec<Problem>,
    ) {
        if let Some(problem) = self.unquoted(node, ways, key) {
            found.push(problem);
            return;
        }
        let tried = ways.iter().map(|way| {
            let mut problems = Vec::new();
            self.check(node, way, key, depth + 1, &mut problems);
            (self.resolved(way), problems)
        });
        let tried: Vec<(&Value, Vec<Problem>)> = tried.collect();
        if tried.iter().any(|(_, problems)| problems.is_empty()) {
            return;
        }
        // Comparisons, of which one has to be there.
        if ways.iter().all(|way| way.get("required").is_some() && way.get("properties").is_none()) {
            let keys: Vec<&str> = ways.iter().flat_map(required).collect();
            let properties = schema.get("properties");
            let is_known = |key: &Key| properties.is_none_or(|known| known.get(&key.text).is_some());
            if !node.entries().iter().all(|(key, _)| is_known(key)) {
                // A key of another name was meant, and is told with those that there are.
                return;
            }
            let message = "nothing here says how to compare".to_owned();
            found.push(Problem {
                at: node.at,
                message,
                remedy: format!("write {} or several of them", listed(&keys)),
            });
            return;
        }
        if let Some(problem) = self.wrong_kind(node, &tried) {
            found.push(problem);
            return;
        }
        let fits = |way: &Value| self.all_types(way).iter().any(|name| is_of(node, name));
        let nearest = tried.iter().filter(|(way, _)| fits(way)).min_by_key(|(way, problems)| {
            let shared =
                node.entries().iter().filter(|(key, _)| way["properties"].get(&key.text).is_some()).count();
            (usize::MAX - shared, problems.len())
        });
        match nearest {
            Some((_, problems)) => found.extend(problems.iter().cloned()),
            None => found.push(self.wrong_type(node, schema, key)),
        }
    }

    /// Returns what is wrong with a word that YAML takes for a number or a truth value, where one of several
    /// ways is a text and none is of that type.
    fn unquoted(&self, node: &Node, ways: &'s [Value], key: Option<&Key>) -> Option<Problem> {
        let Kind::Scalar(text, true) = &node.kind else { return None };
        let types: Vec<&str> = ways.iter().flat_map(|way| self.all_types(way)).collect();
        let is_word = ["yes", "no", "on", "off", "y", "n"].contains(&text.to_lowercase().as_str());
        let is_other = ["number", "integer", "boolean"].iter().any(|name| is_of(node, name)) || is_word;
        let takes = |name: &str| types.contains(&name);
        if !is_other || !takes("string") || ["number", "integer", "boolean"].iter().any(|name| takes(name)) {
            return None;
        }
        let message = format!("YAML takes `{text}` {} for a number or a truth value", behind(key));
        Some(Problem { at: node.at, message, remedy: format!("put it in quotes: \"{text}\"") })
    }

    /// Returns what is wrong where each way is a word, or one key that tells the kind of what stands behind
    /// it.
    fn wrong_kind(&self, node: &Node, tried: &[(&'s Value, Vec<Problem>)]) -> Option<Problem> {
        let mut kinds: Vec<&str> = Vec::new();
        let mut words: Vec<&str> = Vec::new();
        for (way, _) in tried {
            let own = way.get("properties").and_then(Value::as_object);
            match (own, required(way).as_slice()) {
                (Some(properties), [kind]) if properties.len() == 1 => kinds.push(kind),
                _ => words.extend(names(way)),
            }
        }
        let entries = node.entries();
        if kinds.len() < 2 && words.is_empty()
            || entries.len() == 1 && kinds.contains(&entries[0].0.text.as_str())
        {
            return None;
        }
        match &node.kind {
            Kind::Scalar(text, _) if words.contains(&text.as_str()) => None,
            Kind::Scalar(text, _) if kinds.contains(&text.as_str()) => {
                let message = format!("nothing stands behind `{text}`");
                let remedy = format!("write `{text}: ...` with what belongs to it");
                Some(Problem { at: node.at, message, remedy })
            }
            Kind::Scalar(text, _) if !text.is_empty() => {
                words.extend(&kinds);
                Some(unknown_word(node.at, text, &words))
            }
            Kind::Map(_) if kinds.is_empty() => None,
            Kind::Map(_) if entries.len() == 1 => {
                let key = entries[0].0;
                let message = format!("there is no `{}` to write here", key.text);
                Some(Problem { at: key.at, message, remedy: suggestion(&key.text, &kinds) })
            }
            Kind::Map(_) if entries.is_empty() => None,
            Kind::Map(_) => {
                let message = format!("here stand {} keys, and one has to tell the kind", entries.len());
                let remedy =
                    format!("write one of {} and indent under it what belongs to it", listed(&kinds));
                Some(Problem { at: node.at, message, remedy })
            }
            _ => None,
        }
    }

    fn wrong_type(&self, node: &Node, schema: &'s Value, key: Option<&Key>) -> Problem {
        let mut wanted: Vec<&str> =
            self.all_types(schema).into_iter().filter(|name| *name != "null").map(word).collect();
        wanted.dedup();
        let wanted = match wanted.as_slice() {
            [] => "something else".to_owned(),
            [one] => (*one).to_owned(),
            [first @ .., last] => format!("{} or {last}", first.join(", ")),
        };
        let message = match &node.kind {
            Kind::Scalar(text, true) if is_null(text) => format!("nothing stands {}", behind(key)),
            Kind::Scalar(text, _) if text.is_empty() => {
                format!("an empty text stands {} instead of {wanted}", behind(key))
            }
            Kind::Scalar(text, _) => {
                format!("`{}` stands {} instead of {wanted}", short(text), behind(key))
            }
            Kind::List(_) => format!("a list stands {} instead of {wanted}", behind(key)),
            Kind::Map(_) => format!("keys with values stand {} instead of {wanted}", behind(key)),
        };
        let mut remedy = format!("write {wanted}");
        let meaning = self.meaning(schema);
        if !meaning.is_empty() {
            remedy = format!("{remedy}: {meaning}");
        }
        // The reader of YAML begins a list or a map where its first entry does.
        let at = match (&node.kind, key) {
            (Kind::Scalar(text, true), Some(key)) if is_null(text) => key.at,
            _ => node.at,
        };
        Problem { at, message, remedy }
    }

    /// Returns the names of all types that a schema allows.
    fn all_types(&self, schema: &'s Value) -> Vec<&'s str> {
        let schema = self.resolved(schema);
        let own = types(schema);
        if !own.is_empty() {
            return own;
        }
        let mut all: Vec<&str> = Vec::new();
        for word in ["anyOf", "oneOf", "allOf"] {
            let ways = schema.get(word).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            for name in ways.iter().flat_map(|way| self.all_types(way)) {
                if !all.contains(&name) {
                    all.push(name);
                }
            }
        }
        all
    }

    /// Returns what a schema says of its value, in small letters at the beginning.
    fn meaning(&self, schema: &'s Value) -> String {
        let of = |schema: &'s Value| schema.get("description").and_then(Value::as_str);
        let text = of(schema).or_else(|| of(self.resolved(schema))).unwrap_or_default();
        let text =
            text.split("\n\n").next().unwrap_or_default().trim().trim_end_matches('.').replace('\n', " ");
        let mut letters = text.chars();
        let is_word = text.chars().nth(1).is_some_and(char::is_lowercase);
        match letters.next() {
            Some(first) if is_word || text.starts_with("A ") => first.to_lowercase().chain(letters).collect(),
            _ => text,
        }
    }
}

/// Returns what is wrong with a scalar of the right type.
fn wrong_value(node: &Node, schema: &Value) -> Option<Problem> {
    let Kind::Scalar(text, _) = &node.kind else { return None };
    let is_nothing = is_of(node, "null") && types(schema).contains(&"null");
    if let Some(names) = schema.get("enum").and_then(Value::as_array).filter(|_| !is_nothing) {
        let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
        if !names.contains(&text.as_str()) {
            return Some(unknown_word(node.at, text, &names));
        }
    }
    if schema.get("format").and_then(Value::as_str) == Some("unit") && Unit::with_key(text).is_none() {
        let known = schema.get("examples").and_then(Value::as_array);
        let known: Vec<&str> = known.into_iter().flatten().filter_map(Value::as_str).collect();
        let message = format!("`{}` is no unit", short(text));
        let made = "units are made of known ones, as in kJ, GB/s or 1/s, or declared under `units` of paper/results.yaml";
        let remedy = match nearest(text, known.iter().copied()) {
            Some(name) => format!("did you mean `{name}`? Otherwise {made}"),
            None => made.to_owned(),
        };
        return Some(Problem { at: node.at, message, remedy });
    }
    if let Some(only) = schema.get("const").and_then(Value::as_str)
        && only != text
    {
        return Some(unknown_word(node.at, text, &[only]));
    }
    let number: f64 = number(text)?;
    let limit = |word: &str| schema.get(word).and_then(Value::as_f64);
    let wrong = match (limit("minimum"), limit("maximum")) {
        (Some(least), _) if number < least => format!("at least {least}"),
        (_, Some(most)) if number > most => format!("at most {most}"),
        _ => return None,
    };
    let message = format!("`{text}` is no number that can stand here: it is {wrong}");
    Some(Problem { at: node.at, message, remedy: format!("write a number of {wrong}") })
}

fn unknown_word(at: Position, text: &str, names: &[&str]) -> Problem {
    let message = format!("`{}` cannot stand here", short(text));
    let remedy = match nearest(text, names.iter().copied()) {
        // Few enough to be told whatever was meant.
        Some(name) if (2..=FEW_WORDS).contains(&names.len()) => {
            format!("did you mean `{name}`? It is one of {}", listed(names))
        }
        _ => suggestion(text, names),
    };
    Problem { at, message, remedy }
}

fn unknown_key(key: &Key, properties: Option<&Map<String, Value>>, meant: Option<&str>) -> Problem {
    let names: Vec<&str> = properties.into_iter().flat_map(Map::keys).map(String::as_str).collect();
    let message = format!("there is no key `{}` here", short(&key.text));
    let remedy = match meant {
        Some(name) => format!("did you mean `{name}`?"),
        None if names.is_empty() => "take it out".to_owned(),
        None => suggestion(&key.text, &names),
    };
    Problem { at: key.at, message, remedy }
}

/// Returns the nearest name, or all of them.
fn suggestion(wanted: &str, names: &[&str]) -> String {
    match nearest(wanted, names.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("write one of {}", listed(names)),
    }
}

fn listed(names: &[&str]) -> String {
    let shown = names.iter().take(MOST_NAMES).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match names.len().checked_sub(MOST_NAMES) {
        Some(rest) if rest > 0 => format!("{shown} and {rest} others"),
        _ => shown,
    }
}

/// Returns the words for where a value stands.
fn behind(key: Option<&Key>) -> String {
    key.map_or_else(|| "here".to_owned(), |key| format!("behind `{}:`", short(&key.text)))
}

/// Returns the beginning of a text, on one line.
fn short(text: &str) -> String {
    const MOST: usize = 40;
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn names(schema: &Value) -> Vec<&str> {
    let listed = schema.get("enum").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    listed.iter().chain(schema.get("const")).filter_map(Value::as_str).collect()
}

fn required(schema: &Value) -> Vec<&str> {
    let names = schema.get("required").and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Returns what an author calls a type.
fn word(name: &str) -> &str {
    match name {
        "string" => "a text",
        "number" => "a number",
        "integer" => "a whole number",
        "boolean" => "`true` or `false`",
        "array" => "a list such as `[a, b]`",
        "object" => "keys with values",
        other => other,
    }
}

/// Returns whether a value is of a type, as the reader of YAML takes it.
fn is_of(node: &Node, name: &str) -> bool {
    match (&node.kind, name) {
        (Kind::List(_), "array") | (Kind::Map(_), "object") => true,
        (Kind::Scalar(text, is_plain), "string") => !(*is_plain && is_null(text)),
        (Kind::Scalar(text, true), "null") => is_null(text),
        (Kind::Scalar(text, true), "boolean") => ["true", "false"].contains(&text.to_lowercase().as_str()),
        (Kind::Scalar(text, true), "number") => number(text).is_some(),
        (Kind::Scalar(text, true), "integer") => number(text).is_some_and(|number| number.fract() == 0.0),
        _ => false,
    }
}

fn is_null(text: &str) -> bool {
    ["", "~", "null", "Null", "NULL"].contains(&text)
}

/// Returns the number that a scalar without quotes writes.
fn number(text: &str) -> Option<f64> {
    let plain = text.trim_start_matches(['+', '-']);
    match plain.to_lowercase().as_str() {
        ".inf" => return Some(f64::INFINITY),
        ".nan" => return Some(f64::NAN),
        _ => {}
    }
    let begins = plain.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let radix = |prefix: &str, radix| {
        let digits = plain.strip_prefix(prefix)?;
        u64::from_str_radix(&digits.replace('_', ""), radix).ok().map(|number| number as f64)
    };
    let decimal = || plain.replace('_', "").parse().ok();
    let other = || radix("0x", 16).or_else(|| radix("0o", 8)).or_else(|| radix("0b", 2));
    let found = begins.then(|| decimal().or_else(other)).flatten()?;
    Some(if text.starts_with('-') { -found } else { found })
}
