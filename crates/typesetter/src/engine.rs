//! Runs the engines: the format once, TeX until nothing changes, then the PDF.

use std::collections::BTreeMap;
use std::fmt::Arguments;
use std::io::Write;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};
use tectonic_bridge_core::{CoreBridgeLauncher, SecuritySettings, SecurityStance};
use tectonic_engine_xdvipdfmx::XdvipdfmxEngine;
use tectonic_engine_xetex::{FORMAT_SERIAL, TexEngine, TexOutcome};
use tectonic_errors::Error;
use tectonic_status_base::{MessageKind, StatusBackend};

use super::document::{self, primary};
use super::exchange::Outcome;
use super::files::{FORMAT, FORMAT_SOURCE, Files, Primary, languages};
use super::log;
use super::sealed::{seal, unseal};
use super::trees::TexTrees;
use super::turn::Turn;
use super::{Job, TexMessage};

/// The most TeX passes over one document.
const MAX_PASSES: usize = 5;

/// The errors of the engines; a status callback must never panic.
#[derive(Default)]
pub struct Errors(Vec<String>);

impl StatusBackend for Errors {
    fn report(&mut self, kind: MessageKind, text: Arguments, cause: Option<&Error>) {
        if kind == MessageKind::Error {
            self.0.push(cause.map_or_else(|| text.to_string(), |cause| format!("{text}: {cause}")));
        }
    }

    fn dump_error_logs(&mut self, _: &[u8]) {}
}

/// Reads the LaTeX format from the cache, or generates it and stores it there.
pub fn format(trees: &TexTrees, cache: &Path) -> Result<Vec<u8>, Outcome> {
    let mut key = Sha256::new();
    let (version, languages) = (env!("CARGO_PKG_VERSION"), languages(trees));
    key.update(format!("{FORMAT_SERIAL}\0{version}\0{}\0{languages}", trees.digest()));
    let key: String = key.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let path = cache.join(format!("latex-{FORMAT_SERIAL}-{key}.fmt"));
    if let Ok(Some(bytes)) = std::fs::read(&path).map(unseal) {
        return Ok(bytes);
    }
    let source = format!("\\input {FORMAT_SOURCE}\n");
    let mut files = Files::new(trees, Default::default(), Primary::Whole(source.into_bytes()), Vec::new());
    let mut errors = Errors::default();
    let mut engine = TexEngine::default();
    engine.initex_mode(true).build_date(UNIX_EPOCH);
    let result = launch(&mut files, &mut errors, 0, |mut launcher| {
        engine.process(&mut launcher, "UNUSED.fmt", "texput.tex")
    });
    let bytes = files.output("texput.fmt").filter(|_| result.is_ok());
    let Some(bytes) = bytes else {
        let text = result.err().map_or_else(String::new, |error| error.to_string());
        let mut messages = messages(&errors, "", &text, "texput");
        for message in &mut messages {
            message.text.insert_str(0, "while making the LaTeX format: ");
        }
        return Err(Outcome::Tex(messages));
    };
    // A folder that takes no files costs time, and nothing else.
    let _unkept = keep(cache, &path, &bytes);
    Ok(bytes)
}

/// Stores a format behind its digest, so that a damaged one is made anew.
fn keep(cache: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(cache)?;
    let mut file = tempfile::NamedTempFile::new_in(cache)?;
    file.write_all(&seal(bytes))?;
    file.persist(path)?;
    Ok(())
}

/// A document and the names that its engines know.
struct Document<'a> {
    main: &'a str,
    source_date: i64,
}

impl Document<'_> {
    /// Returns the main file without folders.
    fn base(&self) -> &str {
        self.main.rsplit('/').next().unwrap_or(self.main)
    }

    /// Returns the name of an output of the engines.
    fn output(&self, ending: &str) -> String {
        let base = self.base();
        format!("{}.{ending}", base.strip_suffix(".tex").unwrap_or(base))
    }

    fn date(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(u64::try_from(self.source_date).unwrap_or(0))
    }
}

/// Typesets a job with a format and returns the PDF and the outcome.
pub fn run(trees: &TexTrees, job: Job, format: Vec<u8>) -> Result<(Vec<u8>, Outcome), Outcome> {
    let document = Document { main: &job.main, source_date: job.source_date };
    let Some(source) = job.files.get(&job.main) else {
        let text = "the main file is not among the files of the job".to_owned();
        return Err(Outcome::Tex(vec![TexMessage { file: job.main, line: 0, text }]));
    };
    let text = Primary::Whole(primary(source));
    let mut files = Files::new(trees, document::own(job.files), text, format);
    let mut passes = 0;
    let mut before = BTreeMap::new();
    let log_text = loop {
        passes += 1;
        let log_text = pass(&mut files, &document)?;
        let after = files.auxiliary();
        if after == before || passes == MAX_PASSES {
            break log_text;
        }
        before = after;
    };
    finish(&mut files, &document, &log_text, passes)
}

/// What one pass of a job on top of a preamble made.
pub enum PassResult {
    /// A PDF and the outcome.
    Done(Vec<u8>, Outcome),
    /// The auxiliary files for another pass: references moved.
    Moved(BTreeMap<String, Vec<u8>>),
}

/// Sets the preamble of a document and stands by there; returns in each process that went on with a job.
pub fn stand_by(
    trees: &TexTrees,
    turn: &Rc<Turn>,
    (main, source_date): (&str, i64),
    auxiliary: BTreeMap<String, Vec<u8>>,
    format: Vec<u8>,
) -> Result<PassResult, Outcome> {
    let document = Document { main, source_date };
    let mut files = Files::new(trees, turn.own(), Primary::Waiting(Rc::clone(turn)), format);
    files.restore(auxiliary.clone());
    let log_text = pass(&mut files, &document)?;
    let after = files.auxiliary();
    if after != auxiliary && !turn.is_last() {
        return Ok(PassResult::Moved(after));
    }
    let (pdf, outcome) = finish(&mut files, &document, &log_text, 1)?;
    Ok(PassResult::Done(pdf, outcome))
}

/// Runs TeX once over the main file; returns the log with its lines joined.
fn pass(files: &mut Files<'_>, document: &Document<'_>) -> Result<String, Outcome> {
    let before = files.auxiliary();
    let errors = match pass_once(files, document, true) {
        Err(Outcome::Tex(errors)) => errors,
        other => return other,
    };
    if !errors.iter().any(|error| error.text.starts_with(log::MISSING_CHARACTER)) {
        return Err(Outcome::Tex(errors));
    }
    // TeX goes on well behind a character that it leaves out, and so tells all of them.
    let mut again = files.anew(document.main, before);
    let _other_errors = pass_once(&mut again, document, false);
    let log_text = log_of(&again, document);
    let all = log::missing_characters(&log_text, document.main, &again.own());
    Err(Outcome::Tex(if all.is_empty() { errors } else { all }))
}

/// Returns the log of the last pass with its lines joined.
fn log_of(files: &Files<'_>, document: &Document<'_>) -> String {
    log::unwrap(&files.output(&document.output("log")).unwrap_or_default())
}

/// Runs TeX over the main file, to its end or to the first error.
fn pass_once(files: &mut Files<'_>, document: &Document<'_>, halts: bool) -> Result<String, Outcome> {
    let main = document.main;
    let mut errors = Errors::default();
    let mut engine = TexEngine::default();
    engine.halt_on_error_mode(halts).build_date(document.date());
    let result = launch(files, &mut errors, document.source_date, |mut launcher| {
        engine.process(&mut launcher, FORMAT, document.base())
    });
    let log_text = log_of(files, document);
    if let Some(name) = refused(files) {
        return Err(Outcome::Refused(name));
    }
    let commands = log::shell_commands(&log_text, &files.own());
    if !commands.is_empty() {
        return Err(Outcome::Tex(commands));
    }
    match result {
        Ok(TexOutcome::Spotless | TexOutcome::Warnings) => Ok(log_text),
        Ok(TexOutcome::Errors) => Err(Outcome::Tex(messages(&errors, &log_text, "", main))),
        Err(error) => Err(Outcome::Tex(messages(&errors, &log_text, &error.to_string(), main))),
    }
}

/// Makes the PDF of the last pass.
fn finish(
    files: &mut Files<'_>,
    document: &Document<'_>,
    log_text: &str,
    passes: usize,
) -> Result<(Vec<u8>, Outcome), Outcome> {
    let main = document.main;
    let (xdv, pdf) = (document.output("xdv"), document.output("pdf"));
    if files.output(&xdv).is_none() {
        let text = "the document has no pages".to_owned();
        return Err(Outcome::Tex(vec![TexMessage { file: main.to_owned(), line: 0, text }]));
    }
    let mut errors = Errors::default();
    let mut engine = XdvipdfmxEngine::default();
    engine.build_date(document.date()).enable_deterministic_tags(true);
    let result = launch(files, &mut errors, document.source_date, |mut launcher| {
        engine.process(&mut launcher, &xdv, &pdf)
    });
    if let Some(name) = refused(files) {
        return Err(Outcome::Refused(name));
    }
    if let Err(error) = result {
        return Err(Outcome::Tex(messages(&errors, "", &error.to_string(), main)));
    }
    if !errors.0.is_empty() {
        return Err(Outcome::Tex(messages(&errors, "", "", main)));
    }
    let bytes = files.output(&pdf).unwrap_or_default();
    let (overfull, missing) = log::warnings(log_text, main, &files.own());
    Ok((bytes, Outcome::Done { passes, overfull, missing }))
}

/// Calls an engine with no insecure feature and with no time but the job's.
pub fn launch<T>(
    files: &mut Files<'_>,
    errors: &mut Errors,
    date: i64,
    call: impl FnOnce(CoreBridgeLauncher<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let security = SecuritySettings::new(SecurityStance::DisableInsecures);
    let mut launcher = CoreBridgeLauncher::new_with_security(files, errors, security);
    launcher.with_expose_absolute_paths(false).with_mtime_override(Some(date));
    call(launcher)
}

/// Picks the name that the author wrote: TeX also tries it with extensions added.
fn refused(files: &Files<'_>) -> Option<String> {
    let first = files.refused.first()?;
    let shorter = files.refused.iter().filter(|name| first.starts_with(name.as_str()));
    shorter.min_by_key(|name| name.len()).cloned()
}

/// Turns the errors of an engine into messages with places.
fn messages(errors: &Errors, log_text: &str, cause: &str, main: &str) -> Vec<TexMessage> {
    let mut messages: Vec<TexMessage> = errors.0.iter().map(|text| log::message(text, main)).collect();
    if messages.is_empty() {
        messages.extend(log::errors(log_text, main));
    }
    if messages.is_empty() {
        let text = if cause.is_empty() { "TeX failed without a message" } else { cause };
        messages.push(log::message(text, main));
    }
    for message in messages.iter_mut().filter(|message| message.line == 0) {
        message.line = log::line_of(log_text, &message.text);
    }
    messages
}
