//! `phext-paper phext get`.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use phext::{Coordinate, CoordinateError};

use super::super::program;
use super::{Failure, Outcome, finish, located, malformed, open, wrong};

/// Prints one scroll and reads no further.
pub fn run(file: &Path, coordinate: &str) -> Outcome {
    let wanted =
        Coordinate::parse(coordinate).map_err(|error| Failure::Usage(explain(coordinate, &error)))?;
    let reader = open(file)?;
    let mut before = None;
    let mut after = None;
    for scroll in reader {
        let scroll = scroll.map_err(|error| malformed(file, &error))?;
        if scroll.coordinate == wanted {
            return Ok(finish(write(&scroll.text)));
        }
        // Coordinates only grow along a text.
        if scroll.coordinate > wanted {
            after = Some(scroll.coordinate);
            break;
        }
        before = Some(scroll.coordinate);
    }
    let neighbours = match (before, after) {
        (Some(before), Some(after)) => format!("the nearest are {before} and {after}"),
        (Some(last), None) => format!("the last is {last}"),
        (None, Some(first)) => format!("the first is {first}"),
        (None, None) => "it has none at all".to_owned(),
    };
    let missing = located(file, format!("there is no scroll at {wanted}; {neighbours}"));
    Err(wrong(missing.remedy(format!("`{} phext list` names them all", program()))))
}

/// Writes the bytes of a scroll; on a terminal the prompt begins on a line of its own.
fn write(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if io::stdout().is_terminal() && !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// Says where a coordinate is wrong, below the coordinate.
fn explain(coordinate: &str, error: &CoordinateError) -> String {
    let shown: String = coordinate.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    let mark = " ".repeat(error.column - 1);
    format!("this is no coordinate, {error}\n  {shown}\n  {mark}^")
}
