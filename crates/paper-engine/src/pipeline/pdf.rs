//! The PDF stage: LaTeX and figures to PDF, with TeX's messages at the place the author wrote.

use std::sync::PoisonError;

use typesetter::{Job, TexMessage, Typeset, TypesetError};

use super::cache;
use super::context::Press;
use super::figures::Drawings;
use super::inputs::internal;
use crate::diagnostic::{Diagnostic, Diagnostics, Location, machine_remedy};
use crate::lint::OVERFULL_BOX;
use crate::output::{Latex, Line, Venue};
use crate::source::PAPER_FILE;

/// Boxes may stick out this far before an author is told, in points; the rule says so in words.
const OVERFULL_LIMIT: f64 = 10.0;
const TEMPLATE: &str = "templates/paper.tex";
/// What `templates/language.tex` says where TeX cannot divide the words of a language.
const UNDIVIDED: &str = "No hyphenation of ";

/// A PDF and what TeX complained about.
pub struct Pdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// Boxes that stick out into the margin.
    pub warnings: Diagnostics,
    /// Passes that TeX needed now.
    pub passes: usize,
}

/// What a PDF is made from.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The text.
    pub latex: &'a Latex,
    /// The reference list.
    pub list: &'a Latex,
    /// The venue, whose class and style files TeX reads.
    pub venue: &'a Venue,
}

/// Typesets the paper, or takes the PDF of the same LaTeX and figures from the cache; the job holds the
/// figures that its text shows, and no others.
///
/// Where a worker stands by, it sets each draft, and none is kept: nobody asks for an old one again.
pub fn typeset(
    press: &Press<'_>,
    short: &str,
    source: &Source<'_>,
    drawn: &Drawings,
) -> Result<(Pdf, bool), Diagnostics> {
    let Source { latex, list, venue } = *source;
    let main = format!("{short}.tex");
    let mut files = drawn.shown(latex);
    files.extend(venue.files.clone());
    files.insert(main.clone(), latex.text.clone().into_bytes());
    files.insert(format!("{short}.bbl"), list.text.clone().into_bytes());
    let job = Job { files, main, source_date: 0 };
    let (typeset, hit) = match &press.context.options.standby {
        Some(standby) => {
            let mut standby = standby.lock().unwrap_or_else(PoisonError::into_inner);
            let made = standby.typeset(&job, press.limit).map_err(|error| explain(&error, source))?;
            (made, false)
        }
        None => kept(press, &job, source)?,
    };
    let missing = typeset.missing.iter().map(|message| locate(message, latex, list, false)).collect();
    Diagnostics(missing).into_result(())?;
    let overfull = typeset.overfull.iter().filter(|message| excess(&message.text) > OVERFULL_LIMIT);
    let warnings =
        overfull.map(|message| locate(message, latex, list, false).breaks(&OVERFULL_BOX)).collect();
    let warnings = Diagnostics(warnings);
    Ok((Pdf { bytes: typeset.pdf, warnings, passes: typeset.passes }, hit))
}

/// Typesets a job unless the cache has its result.
fn kept(press: &Press<'_>, job: &Job, source: &Source<'_>) -> Result<(Typeset, bool), Diagnostics> {
    let Source { latex, list, .. } = *source;
    let key: Vec<&[u8]> =
        job.files.iter().flat_map(|(name, bytes)| [name.as_bytes(), bytes.as_slice()]).collect();
    let run = || {
        let worker = &press.context.options.worker;
        let typeset = typesetter::typeset(job, worker, &press.formats(), press.limit);
        let typeset = typeset.map_err(|error| explain(&error, source))?;
        let missing = typeset.missing.iter().map(|message| locate(message, latex, list, false)).collect();
        Diagnostics(missing).into_result(())?;
        let mut entry = serde_json::to_vec(&typeset.overfull).map_err(internal)?;
        entry.push(b'\n');
        entry.extend(typeset.pdf);
        Ok::<_, Diagnostics>(entry)
    };
    let entry = press.context.cache.get(&cache::PDF, &key, run)?;
    let split = entry.bytes.iter().position(|&byte| byte == b'\n').unwrap_or(entry.bytes.len());
    let overfull: Vec<TexMessage> = serde_json::from_slice(&entry.bytes[..split]).map_err(internal)?;
    let pdf = entry.bytes.get(split + 1..).unwrap_or_default().to_vec();
    // A document with undefined references is never kept, and its passes are of no interest any more.
    Ok((Typeset { pdf, passes: 0, overfull, missing: Vec::new() }, entry.hit))
}

/// Counts the pages of a PDF.
pub fn pages(pdf: &[u8]) -> Result<usize, Diagnostics> {
    Ok(lopdf::Document::load_mem(pdf).map_err(internal)?.get_pages().len())
}

/// Returns how far a box sticks out, in points, from a message such as `Overfull \\hbox (12.3pt too wide)`.
fn excess(message: &str) -> f64 {
    let points = message.split_once('(').and_then(|(_, rest)| rest.split_once("pt"));
    points.and_then(|(points, _)| points.parse().ok()).unwrap_or(0.0)
}

/// Returns whether TeX misses this file.
fn lacks(message: &TexMessage, file: &str) -> bool {
    message.text.contains("not found") && message.text.contains(file)
}

/// Says a TeX error at the place the author wrote.
fn explain(error: &TypesetError, source: &Source<'_>) -> Diagnostics {
    let Source { latex, list, venue } = *source;
    match error {
        TypesetError::Tex(messages) if messages.iter().any(|message| lacks(message, &venue.class)) => {
            let message = format!("{}, the class of the venue, is not installed", venue.class);
            let remedy = format!("install it; on Debian and Ubuntu it is in the package {}", venue.package);
            Diagnostic::new(Location::file(PAPER_FILE), message).remedy(remedy).into()
        }
        TypesetError::Tex(messages) if messages.iter().any(|message| message.text.contains(UNDIVIDED)) => {
            let message = "the hyphenation of this paper's language is not installed";
            let remedy =
                "install it; on Debian and Ubuntu that of German is in the package texlive-lang-german";
            Diagnostic::new(Location::file(PAPER_FILE), message).remedy(remedy).into()
        }
        TypesetError::Tex(messages) => {
            Diagnostics(messages.iter().map(|message| locate(message, latex, list, true)).collect())
        }
        TypesetError::Refused(_) => Diagnostic::new(Location::file(TEMPLATE), error.to_string())
            .remedy("only a template can ask for this: correct it, or delete it to use the built-in one")
            .into(),
        TypesetError::Timeout { .. } => Diagnostic::new(Location::file(PAPER_FILE), error.to_string())
            .remedy(
                "look for a command that never ends in `macros` and templates, or allow more: --time-limit",
            )
            .into(),
        TypesetError::Io { path, source } => {
            let error =
                Diagnostic::new(Location::file(path), format!("typesetting needs this place: {source}"));
            match machine_remedy(source) {
                Some(remedy) => error.remedy(remedy).into(),
                None => error.into(),
            }
        }
        TypesetError::NoTexTrees | TypesetError::Stopped | TypesetError::Crash(_) => {
            Diagnostic::new(Location::file(PAPER_FILE), error.to_string()).into()
        }
    }
}

/// Returns what TeX told, at the place where its cause was written. An error is in the line that it names.
fn locate(message: &TexMessage, latex: &Latex, list: &Latex, is_error: bool) -> Diagnostic {
    let (source, mut remedy) = match message.file.ends_with(".bbl") {
        true => (list, "shorten or correct this entry"),
        false => (latex, "shorten or correct the text in this block"),
    };
    // What TeX tells at the end of the document is about what stands before.
    let of_text = |line: &Line| match line {
        Line::Text(place) => Some(place.clone()),
        Line::Template(_) | Line::Made => None,
    };
    let place = source.lines.iter().take(message.line).rev().find_map(of_text);
    let place = match (place, source.lines.get(message.line.wrapping_sub(1))) {
        (place, Some(Line::Template(written))) if is_error || place.is_none() => {
            remedy = "correct the template, or delete it to use the built-in one";
            written.clone()
        }
        (Some(place), _) => place,
        (None, _) => {
            remedy = "correct the template, or delete it to use the built-in one";
            Location::file(TEMPLATE)
        }
    };
    if let Some(missing) = message.text.strip_prefix("Missing character: There is no ") {
        let (sign, font) = missing.split_once(" in font ").unwrap_or((missing, ""));
        let font = font.split(['/', ':', '"']).next().unwrap_or(font).trim_matches(['[', ']']);
        let message = format!("no font has {sign}, which would be missing in the PDF (asked of {font})");
        return Diagnostic::new(place, message)
            .remedy("write another sign or command; bold and upright letters exist for some alphabets only");
    }
    if message.text.ends_with("would be lost") {
        return Diagnostic::new(place, message.text.clone())
            .remedy("show fewer rows, or split it; build/tables holds all rows as CSV");
    }
    Diagnostic::new(place, format!("TeX: {}", message.text)).remedy(remedy)
}
