//! The `:::` lines of a text: figures, tables and blocks of one edition.

use super::label;
use super::source::Origin;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};

/// What a `:::` line places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Placed {
    /// A figure by its identifier.
    Figure(String),
    /// A table by its identifier.
    Table(String),
}

impl Placed {
    /// Returns the label that comes with its file name: `fig:topology` of `fig-4-topology`.
    pub fn label(&self) -> String {
        match self {
            Self::Figure(id) => format!("fig:{}", short(id, "fig-")),
            Self::Table(id) => format!("tab:{}", short(id, "table-")),
        }
    }
}

/// A text after its `:::` lines are carried out.
pub(super) struct Expanded {
    /// The text that this edition keeps, line by line.
    pub text: String,
    /// The figures and tables placed in it, and where their names stand.
    pub placed: Vec<(Placed, Location)>,
    /// Labels in blocks of other editions, and where they stand.
    pub left_out: Vec<(String, Location)>,
}

/// Begins the HTML comment that stands for a placed figure or table.
const MARK: &str = "<!--\u{E005}";

/// Returns the index of the placed thing that an HTML comment stands for.
pub(super) fn placed_index(html: &str) -> Option<usize> {
    html.trim().strip_prefix(MARK)?.strip_suffix("-->")?.parse().ok()
}

struct Open {
    location: Location,
    keeps: bool,
    places: bool,
}

/// Replaces placed figures and tables by marks and leaves out the blocks of other editions, line by line.
///
/// `editions` are all names that such a block may have.
pub(super) fn expand(
    text: &str,
    edition: &str,
    editions: &[&str],
    origin: &Origin,
    errors: &mut Diagnostics,
) -> Expanded {
    let (mut out, mut placed, mut open) = (String::new(), Vec::new(), Vec::<Open>::new());
    let mut left_out = Vec::new();
    let mut fence: Option<String> = None;
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let trimmed = line.trim();
        let place = |word: &str| {
            let byte = line.find(word).unwrap_or_default();
            origin.at(number, line[..byte].chars().count() + 1)
        };
        let kept = open.iter().all(|block| block.keeps);
        if let Some(mark) = fence_mark(trimmed) {
            match &fence {
                None => fence = Some(mark),
                Some(begun) if mark.starts_with(begun.as_str()) && trimmed == mark => fence = None,
                Some(_) => {}
            }
        }
        if fence.is_some() || !trimmed.starts_with(":::") {
            if !trimmed.is_empty() && open.last().is_some_and(|block| block.places) {
                errors.push(
                    Diagnostic::new(place(trimmed), "a placed figure or table has no text inside")
                        .remedy("close it with `:::` before the text"),
                );
            } else if kept {
                out.push_str(line);
            } else {
                let labels = label::written_in(line)
                    .map(|(column, label)| (label.to_owned(), origin.at(number, column)));
                left_out.extend(labels);
            }
            out.push('\n');
            continue;
        }
        let words: Vec<&str> = trimmed.trim_start_matches(':').split_whitespace().collect();
        match words.as_slice() {
            [] => {
                if open.pop().is_none() {
                    let location = place(":::");
                    errors.push(
                        Diagnostic::new(location, "this `:::` closes nothing").remedy("delete the line"),
                    );
                }
            }
            [.., last] if last.ends_with(":::") => {
                let message = "a `:::` line holds one thing, and another closes it";
                let error = Diagnostic::new(place(":::"), message);
                errors.push(error.remedy("write `::: figure ID`, and `:::` on the next line"));
            }
            ["edition", name] => {
                if !editions.contains(name) {
                    let error = Diagnostic::new(place(name), format!("no edition is named `{name}`"));
                    let error = error.remedy(format!("write one of {}", editions.join(", ")));
                    errors.push(error.suggest(name, editions.iter().copied()));
                }
                open.push(Open { location: place(":::"), keeps: *name == edition, places: false })
            }
            [kind @ ("figure" | "table"), id] => {
                let name = (*id).to_owned();
                let thing = if *kind == "figure" { Placed::Figure(name) } else { Placed::Table(name) };
                if kept {
                    out.push_str(&format!("{MARK}{}-->", placed.len()));
                    placed.push((thing, place(id)));
                } else {
                    left_out.push((thing.label(), place(id)));
                }
                open.push(Open { location: place(":::"), keeps: true, places: true });
            }
            [word, ..] => {
                let message = format!("`::: {}` is not known", words.join(" "));
                errors.push(
                    Diagnostic::new(place(word), message)
                        .remedy("write `::: figure ID`, `::: table ID` or `::: edition NAME`"),
                );
                open.push(Open { location: place(":::"), keeps: true, places: false });
            }
        }
        out.push('\n');
    }
    for block in open {
        errors.push(
            Diagnostic::new(block.location, "this `:::` is not closed").remedy("add a line `:::` behind it"),
        );
    }
    Expanded { text: out, placed, left_out }
}

/// Returns the name in an identifier such as `fig-4-topology`.
fn short<'s>(id: &'s str, prefix: &str) -> &'s str {
    let Some(rest) = id.strip_prefix(prefix) else { return id };
    match rest.split_once('-') {
        Some((number, name)) if !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()) => name,
        _ => rest,
    }
}

/// Returns the signs that open or close a listing on this line.
pub(super) fn fence_mark(line: &str) -> Option<String> {
    let first = line.chars().next().filter(|c| "`~".contains(*c))?;
    let mark: String = line.chars().take_while(|&c| c == first).collect();
    (mark.len() >= 3 && !line[mark.len()..].contains('`')).then_some(mark)
}
