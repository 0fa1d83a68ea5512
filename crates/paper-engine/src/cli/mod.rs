//! One file per subcommand.

mod add;
mod build;
mod check;
mod diff;
mod failure;
mod new;
mod phext;
mod publish;
mod rally;
mod results;
mod review;
mod schema;
mod shell;
mod sim;
mod verify;
mod watch;

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use typesetter::Limit;

use crate::diagnostic::Diagnostics;
use crate::model::Model;
use crate::pipeline::{Options, Progress};
use crate::study::Study;
use crate::units::Unit;

pub use failure::{Failure, Outcome, end};

/// Examples of the commands that every study has; its own follow.
const EXAMPLES: &str = "Examples:
  {program} new my-paper                        write a short paper to begin with
  {program} build                               rebuild the paper in this folder
  {program} build --root tests/suite/minimal    build another paper
  {program} check                               look for errors, print words and pages
  {program} watch --open                        see the page change while you write
  {program} review                              list what a reviewer would mark
  {program} phext list FILE.phext               name the scrolls of a phext document
  {program} publish                             make the release bundle in build/release
  {program} verify build/release                hold a bundle against its sums and the sources
  {program} diff old-release build/release      tell which numbers moved, and why
  {program} rally status                        say how far the plan is
  {program} sim list                            name the experiments
  {program} results run                         run the commands that make your own results
  {program} add reference export.bib            append works to the bibliography
  {program} schema --out schemas                write what editors know of the YAML files
";

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write a new, short paper that shows what an author can write
    New(new::Arguments),
    /// Add to the sources of a paper, such as a work to its bibliography
    Add(add::Arguments),
    /// Rebuild everything into build/, doing only what changed
    Build(build::Arguments),
    /// Look for errors and print words and pages beside their budgets; writes no output
    Check(check::Arguments),
    /// Read the paper as a sceptical reviewer would: numbers, terms, figures, clarity
    Review(review::Arguments),
    /// Show the plan as a ledger: waves, the criteria of each, gates, signatures, history
    Rally(rally::Arguments),
    /// Ask the simulation: its experiments, their facts, a question of your own
    Sim(sim::Arguments),
    /// Run and look after the commands that make an author's own results
    Results(results::Arguments),
    /// Read phext documents, such as the one that a build writes: get a scroll, list all, look for errors
    Phext(phext::Arguments),
    /// Show the paper in a browser while writing: every change at once, errors over the last good page
    Watch(watch::Arguments),
    /// Make the release bundle: every output, a page that leads to each, sums and a manifest
    Publish(publish::Arguments),
    /// Hold a release bundle against its own sums, and against what the sources make today
    Verify(verify::Arguments),
    /// Tell what moved between two builds: numbers with their sentences, and verdicts
    Diff(diff::Arguments),
    /// Print the JSON Schemas of the YAML files of a paper, or the reference of their keys
    Schema(schema::Arguments),
    /// Print what a shell reads to complete these commands
    Completions(shell::CompletionsArguments),
    /// Print a page of the manual
    Man(shell::ManArguments),
    /// Typeset one prepared job, in a process that can be killed
    #[command(hide = true)]
    TypesetWorker {
        /// Folder of the job
        job: PathBuf,
        /// Folder of cached formats
        cache: PathBuf,
    },
}

/// Which paper.
#[derive(Args)]
struct RootArguments {
    /// Folder of the paper
    #[arg(long, default_value = ".")]
    root: PathBuf,
}

/// Whose model is read.
#[derive(Args)]
pub struct ModelArguments {
    /// Folder of the paper whose model is read
    #[arg(long, default_value = ".")]
    pub root: PathBuf,
}

/// Whether a script reads the answer.
#[derive(Args, Clone, Copy)]
pub struct JsonArguments {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// How long typesetting may take.
#[derive(Args)]
struct LimitArguments {
    /// Longest time in seconds that typesetting may take
    #[arg(long, default_value_t = 120)]
    time_limit: u64,
}

/// Which paper, and which editions of it.
#[derive(Args)]
struct PaperArguments {
    #[command(flatten)]
    root: RootArguments,
    /// Only this edition of paper/paper.yaml, such as conference; all of them without it
    #[arg(long)]
    edition: Option<String>,
}

impl RootArguments {
    /// Options of the pipeline for all editions, with a time limit for typesetting in seconds.
    fn options(&self, study: &'static Study, time_limit: u64) -> Result<Options, Failure> {
        let worker = std::env::current_exe()
            .map_err(|error| Failure::Machine(format!("cannot find this program again: {error}")))?;
        Ok(Options {
            study,
            root: self.root.clone(),
            edition: None,
            all_facts: false,
            worker,
            limit: Limit::of(Duration::from_secs(time_limit)),
            standby: None,
        })
    }
}

impl PaperArguments {
    /// Options of the pipeline.
    fn options(&self, study: &'static Study, limit: &LimitArguments) -> Result<Options, Failure> {
        Ok(Options { edition: self.edition.clone(), ..self.root.options(study, limit.time_limit)? })
    }
}

/// Runs the program of a study: 0 when all is well, 1 on an error in the paper or one of the machine, such as
/// a full disk, and 2 on wrong usage or where standard output does not take the answer.
pub fn run(study: &'static Study) -> ExitCode {
    Unit::declare(study.units);
    // A process runs one study, so that this is the first and only time.
    let _known = PROGRAM.set(study.program);
    let mut command = Cli::command()
        .name(study.program)
        .version(study.version)
        .about(study.about)
        .after_help(format!("{EXAMPLES}{}", study.examples).trim_end().to_owned());
    for own in study.commands {
        command = match own.group {
            Some(group) => command.mut_subcommand(group, own.add),
            None => (own.add)(command),
        };
    }
    let command = named(command, study.program);
    let matches = match command.clone().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => return answer(&error),
    };
    for own in study.commands {
        let scope = own.group.map_or(Some(&matches), |group| matches.subcommand_matches(group));
        if let Some(code) = scope.and_then(|matches| (own.run)(study, matches)) {
            return code;
        }
    }
    end(match Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit()).command {
        Command::Add(arguments) => add::run(study, &arguments),
        Command::Build(arguments) => build::run(study, &arguments),
        Command::Check(arguments) => check::run(study, &arguments),
        Command::Completions(arguments) => shell::completions(command, &arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Man(arguments) => shell::man(command, &arguments),
        Command::New(arguments) => new::run(study, &arguments),
        Command::Phext(arguments) => phext::run(&arguments),
        Command::Publish(arguments) => publish::run(study, &arguments),
        Command::Rally(arguments) => rally::run(study, &arguments),
        Command::Results(arguments) => results::run(study, &arguments),
        Command::Review(arguments) => review::run(study, &arguments),
        Command::Schema(arguments) => schema::run(study, &arguments),
        Command::Sim(arguments) => sim::run(study, &arguments),
        Command::Verify(arguments) => verify::run(study, &arguments),
        Command::Watch(arguments) => watch::run(study, &arguments),
        Command::TypesetWorker { job, cache } => Ok(typesetter::worker_main(&job, &cache)),
    })
}

/// Prints the help that was asked for, or why a call makes no sense.
fn answer(error: &clap::Error) -> ExitCode {
    if let Err(unprinted) = error.print().and_then(|()| io::stdout().flush()) {
        note_unprinted(unprinted);
    }
    end(Ok(ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))))
}

/// The name of the program that runs.
static PROGRAM: OnceLock<&str> = OnceLock::new();

/// Returns the name of the program that runs, for messages that tell what to call.
pub fn program() -> &'static str {
    PROGRAM.get().copied().unwrap_or(Study::EMPTY.program)
}

/// Writes the name of a program into the examples of a command and of all below it.
fn named(command: clap::Command, program: &str) -> clap::Command {
    let help = command.get_after_help().map(|help| help.to_string().replace("{program}", program));
    let command = command.mut_subcommands(|below| named(below, program));
    match help {
        Some(help) => command.after_help(help),
        None => command,
    }
}

/// Names a stage on stderr once the run has taken a second; only on a terminal.
pub fn announce(stage: &str) {
    static START: Mutex<Option<Instant>> = Mutex::new(None);
    if !std::io::stderr().is_terminal() {
        return;
    }
    let Ok(mut start) = START.lock() else { return };
    let first = *start.get_or_insert_with(Instant::now);
    if first.elapsed() > Duration::from_secs(1) || stage.starts_with("pdf") {
        say(&format!("{stage} ..."));
    }
}

/// Tells [`announce`] of every stage.
pub fn progress() -> Progress {
    Arc::new(announce)
}

/// Shows all errors of a run on stderr, with colours on a terminal only.
pub fn report(root: &Path, errors: &Diagnostics) {
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    for error in &errors.0 {
        say(&format!("{}\n", error.render(root, colour)));
    }
    let count = errors.0.len();
    say(&format!("{count} error{}", if count == 1 { "" } else { "s" }));
}

/// Prints a line for people on stderr; a closed stream is no error.
pub fn say(line: &str) {
    let _closed = writeln!(io::stderr(), "{line}");
}

/// Why standard output did not take all that was printed.
static UNPRINTED: OnceLock<io::Error> = OnceLock::new();

/// Prints a result on stdout. A reader that has left is no error; any other is one when the command
/// [ends](end).
pub fn print(text: &str) {
    if let Err(error) = writeln!(io::stdout(), "{text}") {
        note_unprinted(error);
    }
}

/// Keeps the first error of standard output, unless its reader has left.
fn note_unprinted(error: io::Error) {
    if error.kind() != ErrorKind::BrokenPipe {
        // Whatever failed later failed for the same reason.
        let _later = UNPRINTED.set(error);
    }
}

/// Returns why standard output did not take all that was printed.
fn unprinted() -> Option<&'static io::Error> {
    UNPRINTED.get()
}

/// Prints a JSON value, indented.
pub fn print_json(value: &serde_json::Value) -> ExitCode {
    print(&format!("{value:#}"));
    ExitCode::SUCCESS
}

/// Reads the model of a paper.
///
/// # Errors
/// Those of the paper.
pub fn read_model(study: &'static Study, root: &Path) -> Result<Model, Failure> {
    Model::read(root, study).map_err(|errors| Failure::paper(root, errors))
}
