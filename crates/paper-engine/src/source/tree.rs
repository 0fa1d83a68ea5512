//! YAML as a tree in which every key and value has its place, for messages about what stands where.

use std::collections::BTreeMap;

use serde_saphyr::granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, Span};

use super::Position;

/// The most values of a file, with those that aliases repeat.
const MOST_NODES: usize = 500_000;

/// A value and where it begins.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it begins.
    pub at: Position,
    /// What it is.
    pub kind: Kind,
}

/// What stands at a place.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A scalar: its text, and whether it was written without quotes.
    Scalar(String, bool),
    /// A list.
    List(Vec<Node>),
    /// Keys with their values, in order.
    Map(Vec<(Key, Node)>),
}

/// A key and where it stands.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its text; empty where a list or a map stands for it.
    pub text: String,
    /// Where it begins.
    pub at: Position,
}

/// Why a file has no tree.
#[derive(Debug)]
pub enum Broken {
    /// It is no YAML.
    Syntax(ScanError),
    /// It holds a second document, which begins here.
    SecondDocument(Position),
    /// It holds nothing.
    Empty,
    /// It holds more than [`MOST_NODES`] values.
    Size,
}

/// Reads the one document of a file.
pub fn read(text: &str) -> Result<Node, Broken> {
    let mut reader = Reader { open: Vec::new(), anchors: BTreeMap::new(), nodes: 0, root: None };
    let mut documents = 0;
    let mut options = Options::default();
    options.set_emit_comments(false);
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(Broken::Syntax)?;
        if let Event::DocumentStart(..) = event {
            documents += 1;
            if documents > 1 {
                return Err(Broken::SecondDocument(place(&span)));
            }
        }
        reader.take(event, &span)?;
    }
    reader.root.ok_or(Broken::Empty)
}

/// Returns the place of a span.
fn place(span: &Span) -> Position {
    Position { line: span.start.line(), column: span.start.col() + 1 }
}

/// A list or a map that is not closed yet, with its anchor and how many values stand before it.
struct Open {
    node: Node,
    anchor: usize,
    before: usize,
    key: Option<Key>,
}

struct Reader {
    open: Vec<Open>,
    /// What aliases stand for, and how many values that is.
    anchors: BTreeMap<usize, (Node, usize)>,
    nodes: usize,
    root: Option<Node>,
}

impl Reader {
    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), Broken> {
        let at = place(span);
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let kind = Kind::Scalar(text.into_owned(), style == ScalarStyle::Plain);
                self.close(Node { at, kind }, anchor, 1)
            }
            Event::SequenceStart(_, anchor, _) => {
                self.begin(Node { at, kind: Kind::List(Vec::new()) }, anchor)
            }
            Event::MappingStart(_, anchor, _) => self.begin(Node { at, kind: Kind::Map(Vec::new()) }, anchor),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(open) => self.close(open.node, open.anchor, self.nodes - open.before),
                None => Ok(()),
            },
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some((node, size)) if self.nodes + size <= MOST_NODES => {
                    let (node, size) = (Node { at, ..node.clone() }, *size);
                    self.nodes += size;
                    self.close(node, 0, size)
                }
                // So many values, or an alias inside of what it stands for.
                _ => Err(Broken::Size),
            },
            _ => Ok(()),
        }
    }

    fn begin(&mut self, node: Node, anchor: usize) -> Result<(), Broken> {
        self.open.push(Open { node, anchor, before: self.nodes, key: None });
        Ok(())
    }

    /// Puts a whole value, of so many, into the list or map around it.
    fn close(&mut self, node: Node, anchor: usize, size: usize) -> Result<(), Broken> {
        self.nodes += 1;
        if anchor > 0 {
            self.nodes += size;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        if self.nodes > MOST_NODES {
            return Err(Broken::Size);
        }
        let Some(around) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut around.node.kind {
            Kind::List(values) => values.push(node),
            Kind::Map(entries) => match around.key.take() {
                Some(key) => entries.push((key, node)),
                None => {
                    let text = if let Kind::Scalar(text, _) = node.kind { text } else { String::new() };
                    around.key = Some(Key { text, at: node.at });
                }
            },
            Kind::Scalar(..) => {}
        }
        Ok(())
    }
}

impl Node {
    /// Returns the keys that stand twice, each at its second place with the line of its first.
    pub fn repeated_keys(&self) -> Vec<(&Key, usize)> {
        let mut found = Vec::new();
        match &self.kind {
            Kind::Scalar(..) => {}
            Kind::List(values) => found.extend(values.iter().flat_map(Self::repeated_keys)),
            Kind::Map(entries) => {
                let mut first: BTreeMap<&str, usize> = BTreeMap::new();
                for (key, value) in entries {
                    match first.get(key.text.as_str()) {
                        Some(line) if key.text != MERGE => found.push((key, *line)),
                        _ => {
                            first.insert(&key.text, key.at.line);
                        }
                    }
                    found.extend(value.repeated_keys());
                }
            }
        }
        found
    }

    /// Returns what stands under the keys of a map, those that it merges from other maps among them.
    pub fn entries(&self) -> Vec<(&Key, &Self)> {
        let Kind::Map(own) = &self.kind else { return Vec::new() };
        let mut all: Vec<(&Key, &Self)> = Vec::new();
        let mut add = |key, value| all.push((key, value));
        for (key, value) in own {
            match (&value.kind, key.text.as_str()) {
                (Kind::Map(_), MERGE) => {
                    let is_new = |name: &str| !own.iter().any(|(key, _)| key.text == name);
                    value
                        .entries()
                        .into_iter()
                        .filter(|(key, _)| is_new(&key.text))
                        .for_each(|(k, v)| add(k, v));
                }
                (Kind::List(maps), MERGE) => {
                    maps.iter().flat_map(Self::entries).for_each(|(key, value)| add(key, value));
                }
                _ => add(key, value),
            }
        }
        all
    }
}

/// The key by which a map takes in another one.
const MERGE: &str = "<<";
