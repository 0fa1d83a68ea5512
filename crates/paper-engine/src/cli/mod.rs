//! One file per subcommand.

mod build;
mod check;
mod diff;
mod phext;
mod publish;
mod rally;
mod review;
mod sim;
mod verify;
mod watch;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use typesetter::Limit;

use crate::diagnostic::{Diagnostics, nearest};
use crate::pipeline::{Options, Progress};
use crate::study::Study;
use crate::units::Unit;

/// Examples of the commands that every study has; its own follow.
const EXAMPLES: &str = "Examples:
  {program} build                               rebuild the paper in this folder
  {program} build --root tests/suite/minimal    build another paper
  {program} check                               look for mistakes, print words and pages
  {program} watch --open                        see the page change while you write
  {program} review                              list what a reviewer would mark
  {program} phext list FILE.phext               name the scrolls of a phext document
  {program} publish                             make the release bundle in build/release
  {program} verify build/release                hold a bundle against its sums and the sources
  {program} diff old-release build/release      tell which numbers moved, and why
  {program} rally status                        say how far the plan is
  {program} sim list                            name the experiments
";

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Rebuild everything into build/, doing only what changed
    Build(build::Arguments),
    /// Look for mistakes and print words and pages beside their budgets; writes no output
    Check(check::Arguments),
    /// Read the paper as a sceptical reviewer would: numbers, terms, figures, clarity
    Review(review::Arguments),
    /// Show the plan as a ledger: waves, the criteria of each, gates, signatures, history
    Rally(rally::Arguments),
    /// Ask the simulation: its experiments, their facts, a question of your own
    Sim(sim::Arguments),
    /// Read phext documents, such as the one that a build writes: get a scroll, list all, look for mistakes
    Phext(phext::Arguments),
    /// Show the paper in a browser while writing: every change at once, mistakes over the last good page
    Watch(watch::Arguments),
    /// Make the release bundle: every output, a page that leads to each, sums and a manifest
    Publish(publish::Arguments),
    /// Hold a release bundle against its own sums, and against what the sources make today
    Verify(verify::Arguments),
    /// Tell what moved between two builds: numbers with their sentences, and verdicts
    Diff(diff::Arguments),
    /// Typeset one prepared job, in a process that can be killed
    #[command(hide = true)]
    TypesetWorker {
        /// Folder of the job
        job: PathBuf,
        /// Folder of cached formats
        cache: PathBuf,
    },
}

/// Which paper, and which editions of it.
#[derive(Args)]
struct PaperArguments {
    /// Folder of the paper
    #[arg(long, default_value = ".")]
    root: PathBuf,
    /// Only this edition of paper/paper.yaml, such as conference; all of them without it
    #[arg(long)]
    edition: Option<String>,
}

impl PaperArguments {
    /// Options of the pipeline, with a time limit for typesetting in seconds.
    fn options(&self, study: &'static Study, time_limit: u64) -> std::io::Result<Options> {
        let (root, edition) = (self.root.clone(), self.edition.clone());
        Ok(Options {
            study,
            root,
            edition,
            all_facts: false,
            worker: std::env::current_exe()?,
            limit: Limit::of(Duration::from_secs(time_limit)),
            standby: None,
        })
    }
}

/// Runs the program of a study: 0 when all is well, 1 on an error in the paper, 2 on wrong usage.
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
    let matches = named(command, study.program).get_matches();
    for own in study.commands {
        let scope = own.group.map_or(Some(&matches), |group| matches.subcommand_matches(group));
        if let Some(code) = scope.and_then(|matches| (own.run)(study, matches)) {
            return code;
        }
    }
    match Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit()).command {
        Command::Build(arguments) => build::run(study, &arguments),
        Command::Check(arguments) => check::run(study, &arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Phext(arguments) => phext::run(&arguments),
        Command::Publish(arguments) => publish::run(study, &arguments),
        Command::Rally(arguments) => rally::run(study, &arguments),
        Command::Review(arguments) => review::run(study, &arguments),
        Command::Sim(arguments) => sim::run(study, &arguments),
        Command::Verify(arguments) => verify::run(study, &arguments),
        Command::Watch(arguments) => watch::run(study, &arguments),
        Command::TypesetWorker { job, cache } => typesetter::worker_main(&job, &cache),
    }
}

/// The name of the program that runs.
static PROGRAM: OnceLock<&str> = OnceLock::new();

/// The name of the program that runs, for messages that tell what to call.
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
pub fn report(root: &Path, errors: &Diagnostics) -> ExitCode {
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    for error in &errors.0 {
        say(&format!("{}\n", error.render(root, colour)));
    }
    let count = errors.0.len();
    say(&format!("{count} error{}", if count == 1 { "" } else { "s" }));
    ExitCode::from(1)
}

/// Prints a line for people on stderr; a closed stream is no error.
pub fn say(line: &str) {
    use std::io::Write;
    let _closed = writeln!(std::io::stderr(), "{line}");
}

/// Prints a result on stdout; a closed stream is no error.
pub fn print(text: &str) {
    use std::io::Write;
    let _closed = writeln!(std::io::stdout(), "{text}");
}

/// Says on a wrong argument what is wrong, with exit code 2.
pub fn usage(message: &str) -> ExitCode {
    say(&format!("error: {message}\n\nFor more information, try '--help'."));
    ExitCode::from(2)
}

/// Says that nothing of a kind has this name, with the nearest name or the command that lists all.
pub fn unknown<'n>(kind: &str, name: &str, names: impl Iterator<Item = &'n str>, list: &str) -> ExitCode {
    let near = match nearest(name, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("see `{} {list}`", program()),
    };
    usage(&format!("there is no {kind} `{name}`; {near}"))
}

/// Prints a JSON value, indented.
pub fn print_json(value: &serde_json::Value) -> ExitCode {
    print(&format!("{value:#}"));
    ExitCode::SUCCESS
}
