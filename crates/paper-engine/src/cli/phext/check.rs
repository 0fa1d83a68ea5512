//! `phext-paper phext check`.

use std::path::Path;
use std::process::ExitCode;

use phext::{Coordinate, Index, Scroll};

use super::{Outcome, located, malformed, open, print, report, say};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// The most differences from an index that are shown; more only repeat what they say.
const MOST_SHOWN: usize = 20;

/// Reads a whole document and compares it with its index: exit 0 without errors, 1 with errors.
pub fn run(file: &Path) -> Outcome {
    let mut reader = open(file)?;
    let mut index = None;
    let mut errors = Errors { file, shown: Diagnostics::default(), more: 0 };
    let mut scrolls = 0_usize;
    for scroll in reader.by_ref() {
        let scroll = scroll.map_err(|error| malformed(file, &error))?;
        scrolls += 1;
        errors.see(&scroll, &mut index);
    }
    for coordinate in index.iter().flat_map(|index| index.entries.keys()) {
        errors.add(format!("at {coordinate}: the index lists a scroll, but there is none"));
    }
    if !errors.shown.0.is_empty() {
        report(Path::new(""), &errors.shown);
        if errors.more > 0 {
            say(&format!("and {} more like these", errors.more));
        }
        return Ok(ExitCode::from(1));
    }
    let agree = if index.is_some() { ", as its index says" } else { ", no index" };
    print(&format!("{scrolls} scrolls, {} bytes{agree}", reader.offset()));
    Ok(ExitCode::SUCCESS)
}

/// Differences between a document and its index.
struct Errors<'a> {
    file: &'a Path,
    shown: Diagnostics,
    more: usize,
}

impl Errors<'_> {
    /// Compares a scroll with the index, which may be the first scroll.
    fn see(&mut self, scroll: &Scroll, index: &mut Option<Index>) {
        let Scroll { coordinate, offset, text } = scroll;
        let different = if *coordinate == Coordinate::ORIGIN {
            match Index::parse(text) {
                Some(Ok(parsed)) => {
                    *index = Some(parsed);
                    None
                }
                Some(Err(error)) => Some(error.to_string()),
                None => None,
            }
        } else {
            index.as_mut().and_then(|index| index.take(*coordinate, text))
        };
        if let Some(different) = different {
            self.add(format!("byte {offset}, at {coordinate}: {different}"));
        }
    }

    fn add(&mut self, message: String) {
        if self.shown.0.len() == MOST_SHOWN {
            self.more += 1;
            return;
        }
        let error: Diagnostic = located(self.file, message);
        self.shown.push(error.remedy("build the document again; it was cut off or changed"));
    }
}
