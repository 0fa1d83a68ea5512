//! Where the values of a YAML file stand, for what is found wrong after it was read.

use std::cell::OnceCell;
use std::path::Path;

use super::read_text;
use super::tree::{self, Kind, Node};
use crate::diagnostic::Location;

/// A step from a value to one inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// To what stands under a key.
    Key(&'a str),
    /// To an entry of a list, counted from 0.
    Entry(usize),
}

/// The places in a YAML file; it is read anew when the first is asked for.
#[derive(Debug)]
pub struct Places<'a> {
    root: &'a Path,
    file: &'a Path,
    tree: OnceCell<Option<Node>>,
}

impl<'a> Places<'a> {
    /// Names the file, relative to the root of the paper.
    pub const fn of(root: &'a Path, file: &'a Path) -> Self {
        Self { root, file, tree: OnceCell::new() }
    }

    /// Returns the place of a value; where the file has none, that of the nearest value around it.
    pub fn value(&self, steps: &[Step<'_>]) -> Location {
        let Some((node, _)) = self.walk(steps) else { return Location::file(self.file) };
        node.at.within(self.file)
    }

    /// Returns the place of the key of a value; where it has none, that of the value.
    pub fn key(&self, steps: &[Step<'_>]) -> Location {
        let around = steps.split_last().and_then(|(last, before)| Some((last, self.walk(before)?)));
        match around {
            Some((Step::Key(name), (node, true))) => {
                let key = node.entries().into_iter().find(|(key, _)| key.text == *name);
                key.map_or_else(|| self.value(steps), |(key, _)| key.at.within(self.file))
            }
            _ => self.value(steps),
        }
    }

    /// Returns the value that steps lead to from the whole of the file, as far as they lead, and whether that is
    /// the last of them.
    fn walk(&self, steps: &[Step<'_>]) -> Option<(&Node, bool)> {
        let read = || tree::read(&read_text(self.root, self.file).ok()?).ok();
        let mut node = self.tree.get_or_init(read).as_ref()?;
        for step in steps {
            let inside = match (step, &node.kind) {
                (Step::Key(name), Kind::Map(_)) => {
                    node.entries().into_iter().find(|(key, _)| key.text == *name).map(|(_, value)| value)
                }
                (Step::Entry(index), Kind::List(values)) => values.get(*index),
                _ => None,
            };
            match inside {
                Some(inside) => node = inside,
                None => return Some((node, false)),
            }
        }
        Some((node, true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_not_there_has_the_place_of_what_is_around_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = "a: &a {b: [x, \"y\"]}\nc:\n  <<: *a\n  d: é {z}\n";
        std::fs::write(folder.path().join("a.yaml"), text).expect("a file");
        let places = Places::of(folder.path(), Path::new("a.yaml"));
        let value = |steps: &[Step<'_>]| {
            let place = places.value(steps);
            (place.line, place.column)
        };
        use Step::{Entry, Key};
        assert_eq!(value(&[Key("a"), Key("b"), Entry(1)]), (1, 15));
        assert_eq!(value(&[Key("a"), Key("b"), Entry(2)]), (1, 11));
        assert_eq!(value(&[Key("c"), Key("d")]), (4, 6));
        assert_eq!(value(&[Key("c"), Key("b"), Entry(0)]), (1, 12));
        assert_eq!(value(&[Key("e")]), (1, 1));
        let key = |steps: &[Step<'_>]| {
            let place = places.key(steps);
            (place.line, place.column)
        };
        assert_eq!(key(&[Key("c"), Key("d")]), (4, 3));
        assert_eq!(key(&[Key("a"), Key("b"), Entry(0)]), (1, 12));
        let missing = Places::of(folder.path(), Path::new("b.yaml"));
        assert_eq!(missing.value(&[Key("a")]), Location::file("b.yaml"));
    }
}
