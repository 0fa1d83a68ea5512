//! Labels of sections, figures, tables and equations, and the references to them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;

use super::tree::{Inline, InlineKind, LabelKind, StatementKind};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::source::panel_letter;

/// A defined label.
#[derive(Clone, Debug)]
struct Label {
    number: String,
    location: Location,
}

/// What a reference may name of a labelled thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Parts {
    /// So many panels, by their letters.
    Panels(usize),
    /// Lines, by their numbers.
    Lines(RangeInclusive<usize>),
}

/// What labels of footnotes begin with.
const NOTE: &str = "fn:";

/// One thing that a text tells of its labels.
#[derive(Clone, Debug)]
pub(super) enum Told {
    /// It has a label, and its number.
    Label(String, String, Location),
    /// It calls a footnote: name and number.
    Note(String, usize, Location),
    /// A part of it that the edition leaves out has a label.
    LeftOut(String, Location),
    /// It refers to a label, or to a part of what that labels.
    Wanted(String, Option<String>, Location),
    /// What a label names consists of parts.
    Parts(String, Parts),
}

/// All labels of a paper and the references made to them.
#[derive(Debug, Default)]
pub(super) struct Labels {
    defined: BTreeMap<String, Label>,
    wanted: Vec<(String, Option<String>, Location)>,
    parts: BTreeMap<String, Parts>,
    left_out: BTreeMap<String, Location>,
    reserved: Arc<BTreeSet<String>>,
    /// What the present text told.
    told: Vec<Told>,
    /// The footnotes that are called, by their names: number and place of each. Names are those of a file.
    notes: BTreeMap<String, Vec<(usize, Location)>>,
}

/// Returns the kind that a label's prefix names.
pub(super) fn kind_of(label: &str) -> Option<LabelKind> {
    match label.split_once(':')?.0 {
        "sec" => Some(LabelKind::Section),
        "fig" => Some(LabelKind::Figure),
        "tab" => Some(LabelKind::Table),
        "eq" => Some(LabelKind::Equation),
        "fn" => Some(LabelKind::Footnote),
        prefix => {
            let kind = StatementKind::ALL.into_iter().find(|kind| kind.prefix() == Some(prefix));
            kind.map(LabelKind::Statement)
        }
    }
}

/// Returns the labels written in a line as `[#label]`, `{#label ...}` or `\label{label}`, each with its column in
/// characters, from 1.
pub(super) fn written_in(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let marks = [("[#", "]"), ("{#", " }"), ("\\label{", "}")];
    marks.into_iter().flat_map(move |(mark, ends)| {
        line.match_indices(mark).filter_map(move |(at, mark)| {
            let start = at + mark.len();
            let (label, _) = line[start..].split_once(|c: char| ends.contains(c))?;
            let is_label = mark != "{#" || kind_of(label).is_some();
            is_label.then(|| (line[..start].chars().count() + 1, label))
        })
    })
}

/// Returns what stands in the brackets directly behind a label, such as `(a)` or `(3-5)`, if it names parts of
/// such a thing; other brackets are text.
pub(super) fn written_part(kind: LabelKind, behind: &str) -> Option<&str> {
    let (part, _) = behind.strip_prefix('(')?.split_once(')')?;
    let is_piece = |piece: &str| match kind {
        LabelKind::Figure => piece.len() == 1 && piece.starts_with(|c: char| c.is_ascii_lowercase()),
        LabelKind::Statement(StatementKind::Listing | StatementKind::Algorithm) => {
            (1..=6).contains(&piece.len()) && piece.chars().all(|c| c.is_ascii_digit())
        }
        _ => false,
    };
    pieces(part).all(is_piece).then_some(part)
}

/// Returns the single letters or numbers of a part.
fn pieces(part: &str) -> impl Iterator<Item = &str> {
    part.split([',', '-', '–']).map(str::trim)
}

impl Parts {
    fn has(&self, piece: &str) -> bool {
        match self {
            Self::Panels(count) => {
                piece.bytes().next().is_some_and(|letter| usize::from(letter - b'a') < *count)
            }
            Self::Lines(lines) => piece.parse().is_ok_and(|line| lines.contains(&line)),
        }
    }
}

impl fmt::Display for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panels(count) => write!(f, "(a) to ({})", panel_letter(count.saturating_sub(1))),
            Self::Lines(lines) => write!(f, "{} to {}", lines.start(), lines.end()),
        }
    }
}

impl Labels {
    /// Begins a text.
    pub fn begin_telling(&mut self) {
        self.told.clear();
    }

    /// Returns what the present text told.
    pub fn told(&self) -> &[Told] {
        &self.told
    }

    /// Takes what a text told before.
    pub fn tell_again(&mut self, told: &Told, errors: &mut Diagnostics) {
        match told.clone() {
            Told::Label(label, number, location) => self.define(&label, number, location, errors),
            Told::Note(name, number, location) => self.define_note(&name, number, location),
            Told::LeftOut(label, location) => self.leave_out_label(&label, location),
            Told::Wanted(label, part, location) => self.want(&label, part, location),
            Told::Parts(label, parts) => self.has_parts(&label, parts),
        }
    }

    /// Returns the labels that are defined so far.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.defined.keys()
    }

    /// Returns the labels that no heading and no file may take.
    pub fn reserved(&self) -> Arc<BTreeSet<String>> {
        Arc::clone(&self.reserved)
    }

    /// Defines a label, or reports both places of one defined twice.
    pub fn define(&mut self, label: &str, number: String, location: Location, errors: &mut Diagnostics) {
        if let Some(first) = self.defined.get(label) {
            let message = format!("the label `{label}` is already at {}", first.location);
            errors.push(Diagnostic::new(location, message).remedy("give one of the two another label"));
            return;
        }
        self.told.push(Told::Label(label.to_owned(), number.clone(), location.clone()));
        self.defined.insert(label.to_owned(), Label { number, location });
    }

    /// Notes a footnote where it is called first; `location` is where it is defined.
    pub fn define_note(&mut self, name: &str, number: usize, location: Location) {
        self.told.push(Told::Note(name.to_owned(), number, location.clone()));
        self.notes.entry(name.to_owned()).or_default().push((number, location));
    }

    /// Returns the footnotes that a label in a file may name: those of the same file, or else of all.
    fn notes_of(&self, label: &str, file: &Path) -> Vec<&(usize, Location)> {
        let name = label.strip_prefix(NOTE).unwrap_or(label);
        let all = self.notes.get(name).map(Vec::as_slice).unwrap_or_default();
        let own: Vec<_> = all.iter().filter(|(_, location)| location.file == file).collect();
        if own.is_empty() { all.iter().collect() } else { own }
    }

    /// Reports the references to footnotes that nothing calls, or of which there are several.
    fn check_notes(&self, errors: &mut Diagnostics) {
        for (label, _, location) in self.wanted.iter().filter(|(label, ..)| label.starts_with(NOTE)) {
            let name = &label[NOTE.len()..];
            match self.notes_of(label, &location.file).as_slice() {
                [_] => {}
                [] => {
                    let error =
                        Diagnostic::new(location.clone(), format!("nothing calls a footnote `{name}`"));
                    let error = error.remedy(format!("write `[^{name}]` where the note belongs"));
                    errors.push(error.suggest(name, self.notes.keys().map(String::as_str)));
                }
                [(_, one), .., (_, other)] => {
                    let message = format!("`{name}` names two footnotes, at {one} and at {other}");
                    let error = Diagnostic::new(location.clone(), message);
                    errors.push(error.remedy("give one of the two another name"));
                }
            }
        }
    }

    /// Notes a label that stands in a part of the text that this edition leaves out.
    pub fn leave_out_label(&mut self, label: &str, location: Location) {
        self.told.push(Told::LeftOut(label.to_owned(), location.clone()));
        self.left_out.entry(label.to_owned()).or_insert(location);
    }

    /// Notes the labels of a whole text that this edition leaves out.
    pub fn leave_out(&mut self, text: &str, file: &Path) {
        for (index, line) in text.lines().enumerate() {
            for (column, label) in written_in(line) {
                self.leave_out_label(label, Location::new(file, index + 1, column));
            }
        }
    }

    /// Notes the labels that texts give, so that no label made from a heading or a file takes one of them.
    pub fn reserve<'t>(&mut self, texts: impl Iterator<Item = &'t str>) {
        let labels = texts.flat_map(str::lines).flat_map(written_in);
        self.reserved = Arc::new(labels.map(|(_, label)| label.to_owned()).collect());
    }

    /// Returns whether a label is defined so far.
    pub fn contains(&self, label: &str) -> bool {
        self.defined.contains_key(label)
    }

    /// Returns whether a label is defined so far, or will be.
    pub fn is_taken(&self, label: &str) -> bool {
        self.contains(label) || self.reserved.contains(label)
    }

    /// Notes a reference to a label.
    pub fn want(&mut self, label: &str, part: Option<String>, location: Location) {
        self.told.push(Told::Wanted(label.to_owned(), part.clone(), location.clone()));
        self.wanted.push((label.to_owned(), part, location));
    }

    /// Notes of which parts a labelled thing consists.
    pub fn has_parts(&mut self, label: &str, parts: Parts) {
        self.told.push(Told::Parts(label.to_owned(), parts.clone()));
        self.parts.insert(label.to_owned(), parts);
    }

    /// Reports the references to panels and lines that their targets do not have.
    fn check_parts(&self, errors: &mut Diagnostics) {
        let named = self.wanted.iter().filter_map(|(label, part, at)| Some((label, part.as_ref()?, at)));
        for (label, part, location) in named.filter(|(label, ..)| self.contains(label)) {
            let parts = self.parts.get(label);
            let Some(lost) = pieces(part).find(|piece| !parts.is_some_and(|parts| parts.has(piece))) else {
                continue;
            };
            let (thing, others) = match kind_of(label) {
                Some(LabelKind::Figure) => ("panel", "panels"),
                _ => ("numbered line", "numbered lines"),
            };
            let remedy = match parts {
                Some(parts) => format!("its {others} are {parts}"),
                None if thing == "panel" => format!(
                    "list its `panels` in figures/ID.yaml, or write `@{label}\\({lost})` where the picture has letters"
                ),
                None => format!("write @{label}, or `numbers` in braces behind the language of the listing"),
            };
            let message = format!("`{label}` has no {thing} {lost}");
            errors.push(Diagnostic::new(location.clone(), message).remedy(remedy));
        }
    }

    /// Reports the references to labels that are nowhere defined, or not in this edition.
    pub fn check(&self, edition: &str, errors: &mut Diagnostics) {
        self.check_parts(errors);
        self.check_notes(errors);
        let wanted = self.wanted.iter().filter(|(label, ..)| !label.starts_with(NOTE));
        for (label, _, location) in wanted.filter(|(label, ..)| !self.contains(label)) {
            if let Some(place) = self.left_out.get(label) {
                let message = format!(
                    "`{label}` is not in the edition `{edition}`: it stands at {place}, which is left out"
                );
                let remedy =
                    "put the reference into a block of the same edition, or take its target out of one";
                errors.push(Diagnostic::new(location.clone(), message).remedy(remedy));
                continue;
            }
            let diagnostic = Diagnostic::new(location.clone(), format!("nothing is labelled `{label}`"));
            errors.push(diagnostic.suggest(label, self.defined.keys().map(String::as_str)));
        }
    }

    /// Fills in the number of a reference that is written in this file.
    pub fn fill(&self, inline: &mut Inline, file: &Path) {
        let InlineKind::Reference { kind, label, number, .. } = &mut inline.kind else { return };
        if *kind == LabelKind::Footnote {
            if let [(of, _)] = self.notes_of(label, file).as_slice() {
                (*label, *number) = (format!("{NOTE}{of}"), of.to_string());
            }
        } else if let Some(defined) = self.defined.get(label) {
            number.clone_from(&defined.number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_letters_of_figures_and_numbers_of_lines() {
        let listing = LabelKind::Statement(StatementKind::Listing);
        for (kind, behind, part) in [
            (LabelKind::Figure, "(a) shows", Some("a")),
            (LabelKind::Figure, "(a, c-d)", Some("a, c-d")),
            (LabelKind::Figure, "(see below)", None),
            (LabelKind::Figure, " (a)", None),
            (LabelKind::Figure, "(A)", None),
            (LabelKind::Figure, "()", None),
            (listing, "(3–5)", Some("3–5")),
            (listing, "(a)", None),
            (listing, "(3", None),
            (LabelKind::Table, "(a)", None),
        ] {
            assert_eq!(written_part(kind, behind), part, "{behind}");
        }
        let (panels, lines) = (Parts::Panels(2), Parts::Lines(10..=12));
        assert!(panels.has("a") && panels.has("b") && !panels.has("c"));
        assert!(lines.has("10") && lines.has("12") && !lines.has("9") && !lines.has("13"));
        assert_eq!((panels.to_string(), lines.to_string()), ("(a) to (b)".into(), "10 to 12".into()));
    }
}
