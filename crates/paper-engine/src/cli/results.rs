//! `phext-paper results`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Args, Subcommand};

use super::sim::facts_and_model;
use super::{Failure, JsonArguments, Outcome, RootArguments, print, print_json, program, say};
use crate::model::declare_units;
use crate::pipeline::Needed;
use crate::results::{Event, Origin, Results, Stale};
use crate::study::Study;

/// The exit code of a command that was interrupted, as shells have it.
const INTERRUPTED: u8 = 130;

/// What to do with an author's own results.
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say of each source that a command makes whether its files are those that it would make today
    #[command(after_help = "Examples:
  {program} results status
  {program} results status --json")]
    Status {
        #[command(flatten)]
        root: RootArguments,
        #[command(flatten)]
        json: JsonArguments,
    },
    /// Run the commands of stale sources, in order of what they need; a build runs none
    #[command(after_help = "Examples:
  {program} results run                 show the commands of stale sources, ask, and run them
  {program} results run runs --force    run this one, stale or not
  {program} results run --yes --jobs 1  ask nothing, one at a time")]
    Run {
        /// Names of sources; those that are stale without any
        names: Vec<String>,
        /// Run them without asking
        #[arg(long)]
        yes: bool,
        /// Run those that are named although nothing changed
        #[arg(long)]
        force: bool,
        /// How many run at once; as many as there are cores without it
        #[arg(long)]
        jobs: Option<usize>,
        #[command(flatten)]
        root: RootArguments,
    },
    /// Say of a fact which rows entered, from which files, and what made those
    #[command(after_help = "Examples:
  {program} results explain latency.ours.read
  {program} results explain latency.ours.read --all --json")]
    Explain {
        /// The name of the fact
        fact: String,
        /// All rows, and not the first ten
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        root: RootArguments,
        #[command(flatten)]
        json: JsonArguments,
    },
    /// Take files that were made elsewhere as those that the commands would make
    #[command(after_help = "Example:
  {program} results adopt runs")]
    Adopt {
        /// Names of sources
        #[arg(required = true)]
        names: Vec<String>,
        #[command(flatten)]
        root: RootArguments,
    },
}

/// Runs the command.
pub fn run(study: &'static Study, arguments: &Arguments) -> Outcome {
    match &arguments.command {
        Command::Status { root, json } => status(study, &root.root, json.json),
        Command::Run { names, yes, force, jobs, root } => {
            run_commands(study, &root.root, names, *yes, *force, *jobs)
        }
        Command::Explain { fact, all, root, json } => explain(study, &root.root, fact, *all, json.json),
        Command::Adopt { names, root } => adopt(study, &root.root, names),
    }
}

/// Reads the results of a paper, after files were put back that a killed run had put aside; and what keeps others from
/// running commands, unless somebody else has that.
fn read(study: &Study, root: &Path) -> Result<(Results, Option<File>), Failure> {
    declare_units(root, study);
    let failure = |errors| Failure::paper(root, errors);
    let results = Results::read(root).map_err(failure)?;
    if results.origins().is_empty() {
        return Ok((results, None));
    }
    let held = results.hold().map_err(|error| Failure::write(&root.join("build/results"), &error))?;
    if held.is_some() {
        results.restore().map_err(failure)?;
    }
    // Files that were put back are seen from now on.
    Ok((Results::read(root).map_err(failure)?, held))
}

fn status(study: &Study, root: &Path, json: bool) -> Outcome {
    let (results, _held) = read(study, root)?;
    let states = results.states().map_err(|errors| Failure::paper(root, errors))?;
    let is_stale = states.iter().any(|(_, stale)| stale.is_some());
    let code = if is_stale { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    if json {
        let list = states.iter().map(|(origin, stale)| {
            let because = stale.as_ref().map(ToString::to_string);
            serde_json::json!({
                "source": origin.name, "command": origin.command, "stale": stale.is_some(), "because": because,
            })
        });
        print_json(&serde_json::Value::from(list.collect::<Vec<_>>()));
        return Ok(code);
    }
    let width = results.sources().map(str::len).max().unwrap_or_default();
    for name in results.sources() {
        let state = states.iter().find(|(origin, _)| origin.name == name);
        let said = match state {
            None => "a file without a command".to_owned(),
            Some((_, None)) => "up to date".to_owned(),
            Some((_, Some(stale))) => format!("stale: {stale}"),
        };
        print(&format!("{name:<width$}  {said}"));
    }
    Ok(code)
}

/// Rows that are shown where not all are asked for.
const SHOWN: usize = 10;

fn explain(study: &'static Study, root: &Path, name: &str, all: bool, json: bool) -> Outcome {
    let failure = |errors| Failure::paper(root, errors);
    // The model makes units known which the results have.
    let (facts, _) = facts_and_model(study, root, |_| Needed::of([name]))?;
    let results = Results::read(root).map_err(failure)?;
    let Some(fact) = facts.get(name) else {
        return Err(Failure::unknown("fact", name, facts.names(), "sim run"));
    };
    let Some(entered) = results.entered(name).map_err(failure)? else {
        let program = program();
        let message = match fact.formula.is_empty() {
            true => format!("`{name}` is taken of no row"),
            false => format!("`{name}` is taken of no row; it is {}", fact.formula),
        };
        return Err(Failure::Usage(format!(
            "{message}; `{program} sim explain {name}` says on what it rests"
        )));
    };
    let states = results.states().map_err(failure)?;
    let made = states.iter().filter(|(origin, _)| entered.sources.iter().any(|source| source == origin.name));
    if json {
        let rows = entered.rows.iter().map(|(place, cells)| {
            let cells: BTreeMap<_, _> = entered.columns.iter().zip(cells).collect();
            serde_json::json!({ "at": place, "cells": cells })
        });
        let commands = made.map(|(origin, stale)| {
            serde_json::json!({ "source": origin.name, "command": origin.command, "stale": stale.is_some() })
        });
        return Ok(print_json(&serde_json::json!({
            "fact": name,
            "value": fact.value,
            "unit": fact.unit,
            "formula": fact.formula,
            "sources": entered.sources,
            "files": results.digests(&entered.sources).collect::<BTreeMap<_, _>>(),
            "commands": commands.collect::<Vec<_>>(),
            "rows": rows.collect::<Vec<_>>(),
        })));
    }
    print(&format!("{name} = {}", fact.display(None)));
    print(&format!("  taken      {}", fact.formula));
    if let (Some(ends), Some(holds)) = (fact.interval_text(None, false), &fact.interval_holds) {
        print(&format!("  interval   {} ({holds})", ends.join(" to ")));
    }
    for (file, digest) in results.digests(&entered.sources) {
        print(&format!("  file       {}, SHA-256 {digest}", file.display()));
    }
    for (origin, stale) in made {
        let state = stale.as_ref().map_or_else(|| "up to date".to_owned(), |stale| format!("stale: {stale}"));
        print(&format!("  command    {} ({state})", visible(origin.command)));
    }
    let shown = if all { entered.rows.len() } else { SHOWN };
    let lines = entered
        .rows
        .iter()
        .take(shown)
        .map(|(place, cells)| std::iter::once(place.clone()).chain(cells.clone()).collect());
    let header = std::iter::once("row".to_owned()).chain(entered.columns.clone()).collect();
    aligned(&std::iter::once(header).chain(lines).collect::<Vec<_>>());
    if let Some(more) = entered.rows.len().checked_sub(shown).filter(|more| *more > 0) {
        print(&format!("  and {more} more rows; --all shows them"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints lines whose cells stand below each other.
fn aligned(lines: &[Vec<String>]) {
    let width =
        |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..lines.first().map_or(0, Vec::len)).map(width).collect();
    for line in lines {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        print(format!("  {}", cells.collect::<Vec<_>>().join("  ")).trim_end());
    }
}

/// Returns the sources of these names that commands make.
fn named<'r>(results: &'r Results, names: &[String]) -> Result<Vec<Origin<'r>>, Failure> {
    let origins = results.origins();
    let find = |name: &String| match origins.iter().find(|origin| origin.name == name) {
        Some(origin) => Ok(origin.clone()),
        None if results.sources().any(|source| source == name) => Err(Failure::Usage(format!(
            "the source `{name}` has no command; its files are taken as they are"
        ))),
        None => Err(Failure::unknown("source", name, results.sources(), "results status")),
    };
    names.iter().map(find).collect()
}

fn run_commands(
    study: &Study,
    root: &Path,
    names: &[String],
    yes: bool,
    force: bool,
    jobs: Option<usize>,
) -> Outcome {
    let (results, held) = read(study, root)?;
    let chosen = named(&results, names)?;
    let states = results.states().map_err(|errors| Failure::paper(root, errors))?;
    let is_wanted = |origin: &Origin<'_>, stale: &Option<Stale>| {
        let is_named = chosen.is_empty() || is_behind(&chosen, origin, &states);
        let is_forced = force && chosen.iter().any(|one| one.name == origin.name);
        is_named && (stale.is_some() || is_forced)
    };
    let wanted = states.iter().filter(|(origin, stale)| is_wanted(origin, stale));
    let wanted: Vec<Origin<'_>> = wanted.map(|(origin, _)| origin.clone()).collect();
    if wanted.is_empty() {
        print("All sources are up to date.");
        return Ok(ExitCode::SUCCESS);
    }
    if !yes && !is_allowed(&wanted)? {
        print("Nothing was run.");
        return Ok(ExitCode::FAILURE);
    }
    let Some(_held) = held else {
        let message = "another run of the commands of this paper is going on; wait for its end";
        return Err(Failure::Machine(message.to_owned()));
    };
    let stopped = stop_on_interrupt();
    let told = |event: Event<'_>| {
        let line = match event {
            Event::Begun(name) if std::io::stderr().is_terminal() => format!("{name} ..."),
            Event::Begun(_) => return,
            Event::Made(name, seconds) => format!("{name}: made in {seconds:.1} s"),
            Event::Failed(name) => format!("{name}: failed"),
            Event::Skipped(name, other) => format!("{name}: not run, since `{other}` failed"),
        };
        say(&line);
    };
    let done = results.run(wanted, jobs, stopped, &told);
    if stopped.load(Ordering::Relaxed) {
        say("interrupted: what was made is kept, and of the rest what was there before");
        return Ok(ExitCode::from(INTERRUPTED));
    }
    done.map_err(|errors| Failure::paper(root, errors))?;
    Ok(ExitCode::SUCCESS)
}

/// Returns whether a source is among some, or makes what one of them needs.
fn is_behind(chosen: &[Origin<'_>], origin: &Origin<'_>, all: &[(Origin<'_>, Option<Stale>)]) -> bool {
    let mut reached: Vec<&Origin<'_>> = chosen.iter().collect();
    let mut at = 0;
    while let Some(one) = reached.get(at).copied() {
        if one.name == origin.name {
            return true;
        }
        for (other, _) in all {
            if one.needs(other) && !reached.iter().any(|known| known.name == other.name) {
                reached.push(other);
            }
        }
        at += 1;
    }
    false
}

/// Returns a command with a code for each sign that a terminal would not show, or would obey.
fn visible(command: &str) -> String {
    let is_shown = |c: char| c.is_ascii_graphic() || c == ' ' || c.escape_debug().len() == 1;
    let show = |c: char| if is_shown(c) { c.to_string() } else { c.escape_debug().to_string() };
    command.chars().map(show).collect()
}

/// Shows everything that would run, and asks whether it may.
fn is_allowed(wanted: &[Origin<'_>]) -> Result<bool, Failure> {
    for origin in wanted {
        let versions = origin.spec.versions.iter().map(String::as_str);
        for command in std::iter::once(origin.command).chain(versions) {
            print(&format!("{}: {}", origin.name, visible(command)));
        }
    }
    if !std::io::stdin().is_terminal() {
        let message = format!("nobody is there to ask; `{} results run --yes` runs them", program());
        return Err(Failure::Usage(message));
    }
    let mut out = std::io::stdout();
    let _closed =
        write!(out, "Run {} with your rights? [y/N] ", if wanted.len() == 1 { "it" } else { "these" });
    let _closed = out.flush();
    let mut line = String::new();
    let _ended = std::io::stdin().lock().read_line(&mut line);
    Ok(["y", "yes"].contains(&line.trim().to_ascii_lowercase().as_str()))
}

/// Returns what is set once somebody interrupts.
fn stop_on_interrupt() -> &'static AtomicBool {
    static STOPPED: AtomicBool = AtomicBool::new(false);
    std::thread::spawn(|| {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            if tokio::signal::ctrl_c().await.is_ok() {
                STOPPED.store(true, Ordering::Relaxed);
            }
        });
    });
    &STOPPED
}

fn adopt(study: &Study, root: &Path, names: &[String]) -> Outcome {
    let (results, _held) = read(study, root)?;
    let chosen = named(&results, names)?;
    results.adopt(&chosen).map_err(|errors| Failure::paper(root, errors))?;
    for origin in chosen {
        print(&format!("{}: taken as it is", origin.name));
    }
    Ok(ExitCode::SUCCESS)
}
