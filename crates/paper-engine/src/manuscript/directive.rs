//! The `:::` lines of a text: figures, tables and blocks of one edition.

use super::label;
use super::source::Origin;
use super::tree::StatementKind;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};

/// What a mark in the text stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Marked {
    /// A figure or a table.
    Placed(Placed),
    /// The beginning of a statement.
    Begin(Begun),
    /// The end of the statement begun last.
    End,
}

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

/// What a line such as `::: theorem [#thm:name] Title` begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Begun {
    pub kind: StatementKind,
    /// Its label and where that stands.
    pub label: Option<(String, Location)>,
    /// Its title, and the line and column at which that begins.
    pub title: Option<(String, usize, usize)>,
}

impl Begun {
    /// Reads what stands behind the word of a statement on its line; `column` counts the characters before.
    pub fn read(kind: StatementKind, rest: &str, line: usize, column: usize, origin: &Origin) -> Self {
        let mut begun = Self { kind, label: None, title: None };
        let (mut rest, mut column) = (rest, column);
        let skip = |rest: &mut &str, column: &mut usize| {
            let after = rest.trim_start();
            *column += rest[..rest.len() - after.len()].chars().count();
            *rest = after;
        };
        skip(&mut rest, &mut column);
        if let Some((label, after)) = rest.strip_prefix("[#").and_then(|after| after.split_once(']')) {
            begun.label = Some((label.trim().to_owned(), origin.at(line, column + 3)));
            column += label.chars().count() + 3;
            rest = after;
            skip(&mut rest, &mut column);
        }
        let title = rest.trim_end();
        if !title.is_empty() {
            begun.title = Some((title.to_owned(), line, column + 1));
        }
        begun
    }
}

/// A text after its `:::` lines are carried out.
pub(super) struct Expanded {
    /// The text that this edition keeps, line by line.
    pub text: String,
    /// The figures and tables placed in it, and where their names stand; beginnings and ends of statements.
    pub marked: Vec<(Marked, Location)>,
    /// Labels in blocks of other editions, and where they stand.
    pub left_out: Vec<(String, Location)>,
}

/// Begins the HTML comment that stands for a placed figure or table.
const MARK: &str = "<!--\u{E005}";

/// Returns the index of what an HTML comment stands for, if it is a mark.
pub(super) fn mark_index(html: &str) -> Option<usize> {
    html.trim().strip_prefix(MARK)?.strip_suffix("-->")?.parse().ok()
}

struct Open {
    location: Location,
    keeps: bool,
    places: bool,
    /// Whether it is a statement that the text keeps.
    states: bool,
}

/// Replaces placed figures and tables by marks and leaves out the blocks of other editions, line by line.
///
/// `source` is the same text as its author wrote it, line by line; `editions` are all names that a block of
/// an edition may have.
pub(super) fn expand(
    text: &str,
    source: &str,
    edition: &str,
    editions: &[&str],
    origin: &Origin,
    errors: &mut Diagnostics,
) -> Expanded {
    let (mut out, mut marked, mut open) = (String::new(), Vec::new(), Vec::<Open>::new());
    let mut left_out = Vec::new();
    let (mut fence, mut in_comment) = (None::<String>, false);
    for (number, (line, written)) in (1..).zip(text.lines().zip(source.lines())) {
        let trimmed = line.trim();
        let place = |word: &str| {
            let byte = line.find(word).unwrap_or_default();
            origin.at(number, line[..byte].chars().count() + 1)
        };
        let kept = open.iter().all(|block| block.keeps);
        // A line in a comment is neither of the two, up to that on which the comment ends.
        let was_comment = in_comment;
        if fence.is_none() && (in_comment || trimmed.starts_with("<!--")) {
            let inside = if in_comment { trimmed } else { &trimmed[4..] };
            in_comment = !inside.contains("-->");
        }
        if let Some(mark) = fence_mark(trimmed).filter(|_| !was_comment) {
            match &fence {
                None => fence = Some(mark),
                Some(begun) if mark.starts_with(begun.as_str()) && trimmed == mark => fence = None,
                Some(_) => {}
            }
        }
        if fence.is_some() || was_comment || !trimmed.starts_with(":::") {
            if !trimmed.is_empty() && open.last().is_some_and(|block| block.places) {
                errors.push(
                    Diagnostic::new(place(trimmed), "a placed figure or table has no text inside")
                        .remedy("close it with `:::` before the text"),
                );
            } else if kept {
                out.push_str(line);
            } else {
                let labels = label::written_in(written)
                    .map(|(column, label)| (label.to_owned(), origin.at(number, column)));
                left_out.extend(labels);
            }
            out.push('\n');
            continue;
        }
        let words: Vec<&str> = trimmed.trim_start_matches(':').split_whitespace().collect();
        match words.as_slice() {
            [] => match open.pop() {
                None => {
                    let error = Diagnostic::new(place(":::"), "this `:::` closes nothing");
                    errors.push(error.remedy("delete the line"));
                }
                Some(block) if block.states => {
                    out.push_str(&format!("{MARK}{}-->", marked.len()));
                    marked.push((Marked::End, place(":::")));
                }
                Some(_) => {}
            },
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
                open.push(Open {
                    location: place(":::"),
                    keeps: *name == edition,
                    places: false,
                    states: false,
                })
            }
            [kind @ ("figure" | "table"), id] => {
                let name = (*id).to_owned();
                let thing = if *kind == "figure" { Placed::Figure(name) } else { Placed::Table(name) };
                if kept {
                    out.push_str(&format!("{MARK}{}-->", marked.len()));
                    marked.push((Marked::Placed(thing), place(id)));
                } else {
                    left_out.push((thing.label(), place(id)));
                }
                open.push(Open { location: place(":::"), keeps: true, places: true, states: false });
            }
            [word, ..] => {
                let kind = statement(word);
                match kind {
                    Some(kind) => {
                        let behind = written.find(word).map_or(written.len(), |at| at + word.len());
                        let column = written[..behind].chars().count();
                        let begun = Begun::read(kind, &written[behind..], number, column, origin);
                        if kept {
                            out.push_str(&format!("{MARK}{}-->", marked.len()));
                            marked.push((Marked::Begin(begun), place(":::")));
                        } else {
                            left_out.extend(begun.label);
                        }
                    }
                    None => {
                        let message = format!("`::: {}` is not known", words.join(" "));
                        errors.push(Diagnostic::new(place(word), message).remedy(
                            "write `::: figure ID`, `::: table ID`, `::: edition NAME`, or a statement such as `::: theorem`",
                        ));
                    }
                }
                let states = kept && kind.is_some();
                open.push(Open { location: place(":::"), keeps: true, places: false, states });
            }
        }
        out.push('\n');
    }
    for block in open {
        errors.push(
            Diagnostic::new(block.location, "this `:::` is not closed").remedy("add a line `:::` behind it"),
        );
    }
    Expanded { text: out, marked, left_out }
}

/// Returns the statement that a word begins.
fn statement(word: &str) -> Option<StatementKind> {
    StatementKind::ALL.into_iter().find(|kind| kind.name().to_lowercase() == word)
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
