//! `phext-paper build`.

use std::process::ExitCode;

use clap::Args;

use super::{PaperArguments, print, progress, report, say};
use crate::pipeline::{self, Options};
use crate::study::Study;

/// Options of `build`.
#[derive(Args)]
#[command(after_help = "Examples:
  {program} build
  {program} build --timings
  {program} build --root tests/suite/minimal --edition extended")]
pub struct Arguments {
    #[command(flatten)]
    paper: PaperArguments,
    /// Compute also the facts that nothing in the paper names
    #[arg(long)]
    all_facts: bool,
    /// Print the time of each stage
    #[arg(long)]
    timings: bool,
    /// Longest time in seconds that typesetting may take
    #[arg(long, default_value_t = 120)]
    time_limit: u64,
    /// Number of threads; by default one for each core
    #[arg(long)]
    threads: Option<usize>,
}

/// Builds the paper and names the PDF.
pub fn run(study: &'static Study, arguments: &Arguments) -> ExitCode {
    if let Some(threads) = arguments.threads {
        // The pool is set once at the start of the program, so this cannot fail here.
        let _set = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    }
    let options = match arguments.paper.options(study, arguments.time_limit) {
        Ok(options) => Options { all_facts: arguments.all_facts, ..options },
        Err(error) => return super::usage(&error.to_string()),
    };
    let built = match pipeline::build(&options, progress()) {
        Ok(built) => built,
        Err(errors) => return report(&options.root, &errors),
    };
    if let Err(error) = pipeline::write(&options.root, &built) {
        return super::usage(&format!("cannot write below {}/build: {error}", options.root.display()));
    }
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
        print(&options.root.join("build").join(pdf).display().to_string());
    }
    ExitCode::SUCCESS
}
