//! Checks mathematics before any output sees it.

use pulldown_latex::{Parser, Storage};

/// Says what is wrong with a formula in TeX, in one line.
pub fn mistake(tex: &str) -> Option<String> {
    let storage = Storage::new();
    let error = Parser::new(tex, &storage).find_map(Result::err)?;
    let message = error.to_string();
    let line = message.lines().next().unwrap_or_default();
    let line = line.trim_start_matches("parsing error: ");
    Some(format!("broken mathematics `{}`: {line}", tex.trim()))
}
