//! Which coordinate each part of a document has.

use std::collections::BTreeMap;

use phext::Coordinate;
use phext::coordinate::LARGEST;

use super::super::markdown::Targets;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::facts::Facts;
use crate::manuscript::{BackKind, BackMatter, Block, BlockKind, Document, Reference};
use crate::source::PAPER_FILE;

/// Where facts come from, for messages.
pub const FACTS_FILE: &str = "paper/model.yaml";

/// What each part of a coordinate means.
pub const ARMS: [(&str, &str); 4] = [
    ("library", "what a scroll is; shelf and series stay 1"),
    ("collection.volume.book", "which one"),
    (
        "chapter",
        "which block of a section: 1 the heading, 2 and on what stands below it; otherwise 1; section stays 1",
    ),
    ("scroll", "which part of it"),
];

/// Name and meaning of the libraries, from 1.
pub const LIBRARIES: [(&str, &str); 7] = [
    (
        "front",
        "collection 1 this index, 2 the abstract, 3 text before the first section, 4 before the first appendix, \
         5 availability, 6 funding, 7 acknowledgements",
    ),
    (
        "sections",
        "collection section, volume subsection + 1, book its subsection + 1; scroll 1 Markdown whose references \
         lead to coordinates, 2 its numbers: shown, fact, coordinate",
    ),
    ("appendices", "appendix A is collection 1; otherwise like sections"),
    ("figures", "collection number; scroll 1 caption, 2 alternative text, 3 SVG, 4 numbers of the caption"),
    ("tables", "collection number; scroll 1 caption, 2 Markdown, 3 CSV, 4 its numbers"),
    (
        "facts",
        "collection rank of the first part of the name, volume rank of the second part below it, book rank of the \
         fact below both; lines of a word and its fields",
    ),
    ("references", "collection number; lines of a word and its fields"),
];

const FRONT: usize = 1;
const SECTIONS: usize = 2;
const APPENDICES: usize = 3;
const FIGURES: usize = 4;
const TABLES: usize = 5;
const FACTS: usize = 6;
const REFERENCES: usize = 7;

/// Collections of the front matter behind the index.
const ABSTRACT: usize = 2;
const BEFORE_SECTIONS: usize = 3;
const BEFORE_APPENDICES: usize = 4;
/// The first of the collections of the back matter.
const BACK: usize = 5;

/// Where something stands in the document and where its author wrote it.
pub struct ScrollPlace {
    /// The coordinate of its first scroll.
    pub coordinate: Coordinate,
    /// What an author has to look at.
    pub location: Location,
}

/// The coordinates of all parts of a document.
pub struct Places<'a> {
    /// The heading that the abstract has in every format.
    pub abstract_heading: Coordinate,
    /// The headings of the back matter.
    pub back: Vec<(ScrollPlace, &'a BackMatter)>,
    /// Blocks of abstract, sections and appendices, in reading order.
    pub blocks: Vec<(ScrollPlace, &'a Block)>,
    /// Figures, wherever they stand.
    pub figures: Vec<(ScrollPlace, &'a Block)>,
    /// Tables, wherever they stand.
    pub tables: Vec<(ScrollPlace, &'a Block)>,
    /// Cited works.
    pub works: Vec<(ScrollPlace, &'a Reference)>,
    /// Facts by name.
    pub facts: BTreeMap<&'a str, Coordinate>,
    /// Where references lead.
    pub targets: Targets,
}

impl<'a> Places<'a> {
    /// Gives every part its coordinate.
    ///
    /// # Errors
    /// The first part of each kind that outnumbers a coordinate.
    pub fn of(document: &'a Document, facts: &'a Facts) -> Result<Self, Diagnostics> {
        let mut errors = Diagnostics::default();
        let origin = Location::file(PAPER_FILE);
        let heading = place(FRONT, [ABSTRACT, 1, 1], 1, &origin);
        let mut places = Self {
            abstract_heading: errors.take(heading).map_or(Coordinate::ORIGIN, |place| place.coordinate),
            back: Vec::new(),
            blocks: Vec::new(),
            figures: Vec::new(),
            tables: Vec::new(),
            works: Vec::new(),
            facts: BTreeMap::new(),
            targets: Targets::new(),
        };
        errors.take(places.text(FRONT, ABSTRACT, &document.abstract_blocks));
        errors.take(places.text(SECTIONS, BEFORE_SECTIONS, &document.blocks));
        errors.take(places.text(APPENDICES, BEFORE_APPENDICES, &document.appendices));
        for part in &document.back {
            let collection =
                BACK + BackKind::ALL.iter().position(|kind| *kind == part.kind).unwrap_or_default();
            let heading = place(FRONT, [collection, 1, 1], 1, &origin);
            places.back.extend(errors.take(heading).map(|place| (place, part)));
            errors.take(places.text(FRONT, collection, &part.blocks));
        }
        errors.take(places.references(&document.references));
        errors.take(places.facts(facts));
        errors.into_result(places)
    }

    /// Blocks of one library; those before its first heading stand in a collection of the front matter.
    fn text(&mut self, library: usize, before: usize, blocks: &'a [Block]) -> Result<(), Diagnostics> {
        let mut section = [0, 0, 0];
        let mut chapter = 1;
        for block in blocks {
            match &block.kind {
                BlockKind::Heading { level: level @ 1..=3, .. } => {
                    let depth = usize::from(*level) - 1;
                    section[depth] += 1;
                    section[depth + 1..].fill(0);
                    chapter = 1;
                }
                _ => chapter += 1,
            }
            let at = match section {
                [0, ..] => place(FRONT, [before, 1, 1], chapter, &block.location)?,
                [first, second, third] => {
                    place(library, [first, second + 1, third + 1], chapter, &block.location)?
                }
            };
            self.labels(block, at.coordinate)?;
            self.blocks.push((at, block));
        }
        Ok(())
    }

    /// Notes where the labels of a block lead, and takes out figures and tables.
    fn labels(&mut self, block: &'a Block, at: Coordinate) -> Result<(), Diagnostics> {
        let (label, coordinate) = match &block.kind {
            BlockKind::List { items, .. } => {
                return items.iter().flatten().try_for_each(|inner| self.labels(inner, at));
            }
            BlockKind::Quote(blocks) | BlockKind::Definition { blocks, .. } => {
                return blocks.iter().try_for_each(|inner| self.labels(inner, at));
            }
            BlockKind::Statement { label, blocks, .. } => {
                self.targets.extend(label.iter().map(|label| (label.clone(), at.to_string())));
                return blocks.iter().try_for_each(|inner| self.labels(inner, at));
            }
            BlockKind::Heading { label, .. } => (label.as_str(), at),
            BlockKind::Equation { .. } => {
                let labels = block.equation_numbers().filter_map(|number| number.label.clone());
                self.targets.extend(labels.map(|label| (label, at.to_string())));
                return Ok(());
            }
            BlockKind::Figure { label, number, .. } => {
                let place = place(FIGURES, [*number, 1, 1], 1, &block.location)?;
                let coordinate = place.coordinate;
                self.figures.push((place, block));
                (label.as_str(), coordinate)
            }
            BlockKind::Table { label, number: Some(number), .. } => {
                let place = place(TABLES, [*number, 1, 1], 1, &block.location)?;
                let coordinate = place.coordinate;
                self.tables.push((place, block));
                (label.as_str(), coordinate)
            }
            BlockKind::Paragraph(_)
            | BlockKind::Rule
            | BlockKind::Code { .. }
            | BlockKind::Table { number: None, .. } => {
                return Ok(());
            }
        };
        self.targets.insert(label.to_owned(), coordinate.to_string());
        Ok(())
    }

    fn references(&mut self, works: &'a [Reference]) -> Result<(), Diagnostics> {
        for work in works {
            let place = place(REFERENCES, [work.number, 1, 1], 1, &Location::file(PAPER_FILE))?;
            self.targets.insert(format!("ref-{}", work.key), place.coordinate.to_string());
            self.works.push((place, work));
        }
        Ok(())
    }

    /// Ranks the names of facts by their first part, their second part, and the rest.
    fn facts(&mut self, facts: &'a Facts) -> Result<(), Diagnostics> {
        let mut groups: BTreeMap<&str, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
        for name in facts.names() {
            let mut parts = name.split('.');
            let (first, second) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            groups.entry(first).or_default().entry(second).or_default().push(name);
        }
        for (collection, group) in (1..).zip(groups.values()) {
            for (volume, names) in (1..).zip(group.values()) {
                for (book, &name) in (1..).zip(names) {
                    let location = Location::file(FACTS_FILE);
                    let place = place(FACTS, [collection, volume, book], 1, &location)?;
                    self.facts.insert(name, place.coordinate);
                }
            }
        }
        Ok(())
    }
}

/// Returns a coordinate of the scheme, its first scroll.
fn place(
    library: usize,
    y: [usize; 3],
    chapter: usize,
    location: &Location,
) -> Result<ScrollPlace, Diagnostics> {
    let small = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
    let (z, x) = ([small(library), 1, 1], [small(chapter), 1, 1]);
    if let Some(coordinate) = Coordinate::from_arms(z, y.map(small), x) {
        return Ok(ScrollPlace { coordinate, location: location.clone() });
    }
    let numbers = [("collection", y[0]), ("volume", y[1]), ("book", y[2]), ("chapter", chapter)];
    let past = numbers.into_iter().find(|(_, number)| !(1..=usize::from(LARGEST)).contains(number));
    let (name, number) = past.unwrap_or_default();
    let what = LIBRARIES.get(library.saturating_sub(1)).map_or("", |(what, _)| what);
    let message = format!("the {what} need {name} {number} of the phext document, which has 1 to {LARGEST}");
    let remedy = "split the section that grew too long, or have fewer of them";
    Err(Diagnostic::new(location.clone(), message).remedy(remedy).into())
}
