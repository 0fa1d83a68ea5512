//! `phext-paper phext list`.

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use phext::{Coordinate, Index, ReadError, Reader, Scroll, ScrollEntry};
use serde_json::json;

use super::{Outcome, finish, malformed, open};

/// Characters of a scroll's first line that a list shows.
const BEGINNING: usize = 60;

/// Lists the scrolls of a document as they are read.
pub fn run(file: &Path, json: bool) -> Outcome {
    let reader = open(file)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let listed = if json { as_json(reader, &mut out) } else { as_lines(reader, &mut out) };
    let written = listed.and_then(|end| out.flush().map(|()| end));
    match written {
        Ok(Some(error)) => Err(malformed(file, &error)),
        Ok(None) => Ok(ExitCode::SUCCESS),
        Err(error) => Ok(finish(Err(error))),
    }
}

/// Writes one line for each scroll; returns the error that ended the document early.
fn as_lines(reader: Reader<impl io::Read>, out: &mut impl Write) -> io::Result<Option<ReadError>> {
    let mut index = Index::default();
    for scroll in reader {
        let scroll = match scroll {
            Ok(scroll) => scroll,
            Err(error) => return Ok(Some(error)),
        };
        let entry = describe(&scroll, &mut index);
        let Scroll { coordinate, text, .. } = &scroll;
        let begins = beginning(text);
        let words: [&str; 3] = match &entry {
            Some(ScrollEntry { kind, name, title, .. }) if name.is_empty() && title.is_empty() => {
                [kind, &begins, ""]
            }
            Some(ScrollEntry { kind, name, title, .. }) => [kind, name, title],
            None => ["scroll", &begins, ""],
        };
        let [kind, name, title] = words.map(printable);
        let line = format!("{coordinate:<36}{:>9}  {kind:<9} {name}  {title}", text.len());
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(None)
}

/// Writes one JSON value, scroll by scroll; its `error` tells that the document ended early.
fn as_json(reader: Reader<impl io::Read>, out: &mut impl Write) -> io::Result<Option<ReadError>> {
    let mut index = Index::default();
    let mut found = None;
    let mut separator = "";
    write!(out, "{{\"scrolls\": [")?;
    for scroll in reader {
        let scroll = match scroll {
            Ok(scroll) => scroll,
            Err(error) => {
                found = Some(error);
                break;
            }
        };
        let entry = describe(&scroll, &mut index);
        let (kind, name, title) = match entry {
            Some(entry) => (Some(entry.kind), Some(entry.name), Some(entry.title)),
            None => (None, None, None),
        };
        let line = json!({
            "coordinate": scroll.coordinate.to_string(), "offset": scroll.offset, "bytes": scroll.text.len(),
            "kind": kind, "name": name, "title": title, "begins": beginning(&scroll.text),
        });
        write!(out, "{separator}\n  {line}")?;
        separator = ",";
    }
    writeln!(out, "\n], \"error\": {}}}", json!(found.as_ref().map(ToString::to_string)))?;
    Ok(found)
}

/// Returns what the index says of a scroll; the first scroll may be the index.
fn describe(scroll: &Scroll, index: &mut Index) -> Option<ScrollEntry> {
    if scroll.coordinate == Coordinate::ORIGIN {
        *index = Index::parse(&scroll.text)?.ok()?;
        let (name, title) = (String::new(), String::new());
        return Some(ScrollEntry { bytes: scroll.text.len(), kind: "index".to_owned(), name, title });
    }
    index.entries.remove(&scroll.coordinate)
}

/// Returns how a text begins, in one line.
fn beginning(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(BEGINNING).collect()
}

/// Text that moves no cursor and changes no colour.
fn printable(text: &str) -> String {
    let printable = |c: char| match c {
        '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().map(printable).collect()
}
