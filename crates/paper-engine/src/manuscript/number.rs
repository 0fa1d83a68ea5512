//! Numbers and verdicts of a text, by name, through Tera.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use tera::{Context, Error, ErrorKind, Kwargs, State, Tera};

use super::call::{CLAIM, Known, NUMBERS, calls, claim, number};
use super::source::Origin;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};

/// Begins a number in rendered text; its index in decimal digits follows.
pub(super) const NUMBER: char = '\u{E000}';
/// Ends a number in rendered text.
pub(super) const NUMBER_END: char = '\u{E002}';
const LINE: char = '\u{E003}';
const LINE_END: char = '\u{E004}';
const TEMPLATE: &str = "text.md";

/// A number of a text: the fact's name and what the reader sees.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Number {
    /// Name of the fact.
    pub fact: String,
    /// Digits and unit.
    pub text: String,
}

/// A text with its numbers marked, and the source line of each of its lines.
#[derive(Debug, Default)]
pub(super) struct Rendered {
    /// The Markdown.
    pub text: String,
    /// The source line of each line.
    pub lines: Vec<usize>,
    /// The numbers, by index.
    pub numbers: Vec<Number>,
}

impl Rendered {
    /// Replaces every marked number in `text` by what `write` makes of it.
    pub fn fill(&self, text: &str, write: impl Fn(&str) -> String) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, marked)) = rest.split_once(NUMBER) {
            out.push_str(before);
            let (index, after) = marked.split_once(NUMBER_END).unwrap_or((marked, ""));
            if let Some(number) = index.parse().ok().and_then(|index: usize| self.numbers.get(index)) {
                out.push_str(&write(&number.text));
            }
            rest = after;
        }
        out + rest
    }
}

type Numbers = Arc<Mutex<Vec<Number>>>;

/// Fills in the numbers and verdicts of a text; broken calls are reported and left out.
pub(super) fn render(
    text: &str,
    known: &Arc<Known>,
    origin: &mut Origin,
    errors: &mut Diagnostics,
) -> Rendered {
    let tags = tags(text);
    let reported = Arc::new(check_words(text, &tags, known, origin, errors));
    let numbers = Numbers::default();
    let mut tera = Tera::new();
    for function in NUMBERS {
        let (known, reported, numbers) = (Arc::clone(known), Arc::clone(&reported), Arc::clone(&numbers));
        tera.register_function(function, move |args: Kwargs, _: &State<'_>| {
            let number = number(function, &args, &known, &reported)?;
            let mut numbers = numbers.lock().unwrap_or_else(PoisonError::into_inner);
            numbers.push(number);
            Ok::<String, Error>(format!("{NUMBER}{}{NUMBER_END}", numbers.len() - 1))
        });
    }
    let known = Arc::clone(known);
    tera.register_function(CLAIM, move |args: Kwargs, _: &State<'_>| claim(&args, &known, &reported));
    let marked = match run(&mut tera, &mark_lines(text, &tags)) {
        Ok(marked) => marked,
        Err(marked_error) => {
            // The marks move columns: the text as written says where the mistake is.
            let error = run(&mut tera, text).err().unwrap_or(marked_error);
            errors.push(describe(&error, origin));
            let blanked = blank(text, &tags);
            let lines = (1..=blanked.lines().count()).collect();
            return Rendered { text: blanked, lines, numbers: Vec::new() };
        }
    };
    let (text, lines) = strip_lines(&marked);
    let numbers = std::mem::take(&mut *numbers.lock().unwrap_or_else(PoisonError::into_inner));
    Rendered { text, lines, numbers }
}

fn run(tera: &mut Tera, text: &str) -> Result<String, Error> {
    tera.add_raw_template(TEMPLATE, text)?;
    tera.render(TEMPLATE, &Context::new())
}

/// The template tags of a text.
fn tags(text: &str) -> Vec<Range<usize>> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(offset) = text[at..].find('{') {
        let start = at + offset;
        let close = match text.as_bytes().get(start + 1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            _ => {
                at = start + 1;
                continue;
            }
        };
        at = text[start..].find(close).map_or(text.len(), |offset| start + offset + close.len());
        tags.push(start..at);
    }
    tags
}

/// Reports every word in quotes that nothing has; returns the words reported.
fn check_words(
    text: &str,
    tags: &[Range<usize>],
    known: &Known,
    origin: &mut Origin,
    errors: &mut Diagnostics,
) -> BTreeSet<String> {
    let mut reported = BTreeSet::new();
    for tag in tags.iter().filter(|tag| !text[(*tag).clone()].starts_with("{#")) {
        for wrong in calls(&text[tag.clone()]).iter().filter_map(|call| call.wrong(known)) {
            let at = Location::of_byte("", text, tag.start + wrong.offset);
            reported.insert(wrong.word.to_owned());
            let location = origin.find(wrong.word, at.line, at.column);
            errors.push(wrong.at(location));
        }
    }
    reported
}

fn describe(error: &Error, origin: &Origin) -> Diagnostic {
    let (message, line, column) = match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            (report.message().to_owned(), report.span().start_line, report.span().start_col + 1)
        }
        _ => (error.to_string(), 1, 1),
    };
    let message = message.lines().next().unwrap_or_default().trim_end_matches('.').replace("Found", "found");
    Diagnostic::new(origin.at(line, column), format!("this `{{{{ }}}}` cannot be read: {message}"))
        .remedy("write for example {{ fact(name=\"queue.half_load.wait\") }}")
}

fn blank(text: &str, tags: &[Range<usize>]) -> String {
    let mut out = text.to_owned();
    for tag in tags.iter().rev() {
        let newlines = "\n".repeat(text[tag.clone()].matches('\n').count());
        out.replace_range(tag.clone(), &format!("?{newlines}"));
    }
    out
}

/// Writes the number of each line at its beginning, except inside a tag.
fn mark_lines(text: &str, tags: &[Range<usize>]) -> String {
    let mut out = String::new();
    let mut start = 0;
    let mut tags = tags.iter().peekable();
    for (index, line) in text.split_inclusive('\n').enumerate() {
        while tags.next_if(|tag| tag.end <= start).is_some() {}
        if tags.peek().is_none_or(|tag| tag.start >= start) {
            out.push_str(&format!("{LINE}{}{LINE_END}", index + 1));
        }
        out.push_str(line);
        start += line.len();
    }
    out
}

fn strip_lines(marked: &str) -> (String, Vec<usize>) {
    let (mut text, mut lines) = (String::new(), Vec::new());
    for line in marked.split_inclusive('\n') {
        let mut number = lines.last().copied().unwrap_or(1);
        let mut rest = line;
        let mut first = true;
        while let Some((before, after)) = rest.split_once(LINE) {
            text.push_str(before);
            let (digits, after) = after.split_once(LINE_END).unwrap_or((after, ""));
            if let (true, Ok(parsed)) = (first, digits.parse()) {
                number = parsed;
                first = false;
            }
            rest = after;
        }
        text.push_str(rest);
        lines.push(number);
    }
    (text, lines)
}
