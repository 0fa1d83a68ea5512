//! Names of facts, and of families of them: `latency.{system}.{workload}` is one for each value of two columns.

use std::collections::BTreeMap;

/// What stands in a name for the value of each column.
pub type Values = BTreeMap<String, String>;

/// A name in parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(String),
    Column(String),
}

/// Returns whether a text may stand in a name of a fact.
pub fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
}

/// Returns a name that stands for a value in names of facts.
pub fn plain_name(value: &str) -> String {
    let words = value.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_").to_lowercase()
}

impl Pattern {
    /// Splits a name at the columns in braces.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn read(name: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = name;
        while let Some((before, inside)) = rest.split_once('{') {
            let Some((column, after)) = inside.split_once('}') else {
                return Err(format!("a brace of `{name}` is not closed"));
            };
            parts.extend([Part::Text(before.to_owned()), Part::Column(column.trim().to_owned())]);
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        let is_right = |part: &Part| match part {
            Part::Text(text) => is_plain(text),
            Part::Column(column) => !column.is_empty(),
        };
        let is_dotted = name.contains('.') && !name.starts_with('.') && !name.ends_with('.');
        if !parts.iter().all(is_right) || !is_dotted {
            return Err(format!(
                "`{name}` is no name of facts: letters, digits, `_`, `-` and points between them, such as group.name"
            ));
        }
        Ok(Self(parts))
    }

    /// Returns the columns, in their order.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Column(column) => Some(column.as_str()),
            Part::Text(_) => None,
        })
    }

    /// Returns the name for these values; nothing where one is missing.
    pub fn with(&self, values: &Values) -> Option<String> {
        let parts = self.0.iter().map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Column(column) => values.get(column).map(String::as_str),
        });
        parts.collect()
    }

    /// Returns of some values those of its columns.
    pub fn part(&self, values: &Values) -> Values {
        let own = self.columns().filter_map(|column| values.get_key_value(column));
        own.map(|(column, value)| (column.clone(), value.clone())).collect()
    }

    /// Returns whether a name is one of the family.
    pub fn has(&self, name: &str) -> bool {
        is_of(&self.0, name)
    }
}

fn is_of(parts: &[Part], name: &str) -> bool {
    match parts.split_first() {
        None => name.is_empty(),
        Some((Part::Text(text), rest)) => {
            name.strip_prefix(text.as_str()).is_some_and(|name| is_of(rest, name))
        }
        Some((Part::Column(_), rest)) => {
            let ends = name.char_indices().skip(1).map(|(at, _)| at).chain([name.len()]);
            !name.is_empty() && ends.into_iter().any(|at| is_of(rest, &name[at..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_a_value_for_each_column() {
        let pattern = Pattern::read("time.{system}.at_{size}").unwrap();
        assert_eq!(pattern.columns().collect::<Vec<_>>(), ["system", "size"]);
        let mut values = Values::from([("system".to_owned(), "ours".to_owned())]);
        assert_eq!(pattern.with(&values), None);
        values.insert("size".to_owned(), "64".to_owned());
        assert_eq!(pattern.with(&values).as_deref(), Some("time.ours.at_64"));
        assert!(
            pattern.has("time.ours.at_64") && !pattern.has("time.ours.64") && !pattern.has("time.ours.at_")
        );
        for wrong in ["time", ".time", "time.", "a.{", "a.{}", "a b.c", "a.ü"] {
            assert!(Pattern::read(wrong).is_err(), "{wrong}");
        }
        assert_eq!(plain_name("Our System (v2)"), "our_system_v2");
    }
}
