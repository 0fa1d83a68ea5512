//! `phext-paper build`.

use std::process::ExitCode;

use clap::Args;

use super::{Failure, LimitArguments, Outcome, PaperArguments, print, progress, say};
use crate::pipeline::{self, Options};
use crate::source::BUILD_FOLDER;
use crate::study::Study;

/// Options of `build`.
#[derive(Args)]
#[command(after_help = "Examples:
  {program} build
  {program} build --timings
  {program} build --root tests/suite/minimal --edition extended

An edition of paper/paper.yaml has its PDF and LaTeX, and what it asks for: `archive: true` (LaTeX for preprint servers),
`docx: true` (a text document, through pandoc), `jats: true` (XML for journals).")]
pub struct Arguments {
    #[command(flatten)]
    paper: PaperArguments,
    /// Compute also the facts that nothing in the paper names
    #[arg(long)]
    all_facts: bool,
    /// Print the time of each stage
    #[arg(long)]
    timings: bool,
    #[command(flatten)]
    limit: LimitArguments,
    /// Number of threads; by default one for each core
    #[arg(long)]
    threads: Option<usize>,
}

/// Builds the paper and names the PDF.
pub fn run(study: &'static Study, arguments: &Arguments) -> Outcome {
    if let Some(threads) = arguments.threads {
        // The pool is set once at the start of the program, so this cannot fail here.
        let _set = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    }
    let options = arguments.paper.options(study, &arguments.limit)?;
    let options = Options { all_facts: arguments.all_facts, ..options };
    let built = pipeline::build(&options, progress());
    let built = built.map_err(|errors| Failure::paper(&options.root, errors))?;
    pipeline::write(&options.root, &built)
        .map_err(|error| Failure::machine(&format!("cannot write {error}"), &error))?;
    for warning in &built.warnings.0 {
        say(&format!("warning: {warning}"));
    }
    if arguments.timings {
        for timing in &built.timings {
            let state = if timing.cached { "cached" } else { "" };
            say(&format!("{:<28} {:>9.1} ms  {state}", timing.stage, timing.elapsed.as_secs_f64() * 1e3));
        }
    }
    for pdf in &built.pdfs {
        print(&options.root.join(BUILD_FOLDER).join(pdf).display().to_string());
    }
    Ok(ExitCode::SUCCESS)
}
