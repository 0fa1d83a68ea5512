//! `phext-paper rally log`.

use std::path::Path;
use std::process::{Command, ExitCode};

use clap::Args;
use serde_json::{Value, json};

use super::super::{Failure, JsonArguments, Outcome, RootArguments, print};
use crate::pipeline;
use crate::rally::{GIT_ARGUMENTS, History, Plan, Question, Spent, history};
use crate::study::Study;

/// Options of `rally log`.
#[derive(Args)]
#[command(
    after_help = "A commit counts for a phase when it touches an output or a source of one of its waves. An active
hour is an hour of the clock in UTC with such a commit in it: a lower bound, no time sheet."
)]
pub struct Arguments {
    #[command(flatten)]
    paper: RootArguments,
    #[command(flatten)]
    json: JsonArguments,
    /// List every wave as well
    #[arg(long)]
    waves: bool,
}

/// Prints estimates beside the history: exit 0, and 1 on errors in the plan.
pub fn run(study: &'static Study, arguments: &Arguments) -> Outcome {
    let options = arguments.paper.options(study, 0)?;
    let plan = pipeline::plan(&options).map_err(|errors| Failure::paper(&options.root, errors))?;
    let log = git_log(&options.root);
    let history = history(&plan, log.as_deref().unwrap_or_default());
    if arguments.json.json {
        print(&format!("{:#}", as_json(&plan, &history, log.is_ok())));
        return Ok(ExitCode::SUCCESS);
    }
    match &log {
        Ok(_) => print_history(&history, arguments.waves),
        Err(reason) => {
            print(&format!("No history: {reason}. Only the estimates are known.\n"));
            print_estimates(&history, arguments.waves);
        }
    }
    print("\nDecisions that the plan leaves to its owner, and what is used until they are made:");
    for Question { id, options, until_answered } in &plan.open_questions {
        let choice = if options.is_empty() { String::new() } else { format!(" (of {})", options.join(", ")) };
        print(&format!("  {id}: {until_answered}{choice}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns what git tells of the folder, with paths below it.
fn git_log(root: &Path) -> Result<String, String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(GIT_ARGUMENTS)
        .args(["--relative", "--", "."])
        .env("TZ", "UTC")
        .output()
        .map_err(|error| format!("git cannot be run ({error})"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or("git failed").trim_start_matches("fatal: ").to_owned();
    Err(said)
}

fn print_history(history: &History, with_waves: bool) {
    let head = format!(
        "{:<34} {:>8} {:>8} {:>6} {:>6}  {:<10}  {}",
        "", "estimate", "commits", "days", "hours", "first", "last"
    );
    print(&head);
    let line = |spent: &Spent, name: String| {
        let of = &spent.activity;
        let day = |date: &Option<String>| {
            date.as_deref().map_or("-", |date| &date[..date.len().min(10)]).to_owned()
        };
        let estimate = format!("{:.2} h", spent.estimate_hours);
        let name: String = name.chars().take(34).collect();
        print(&format!(
            "{name:<34} {estimate:>8} {:>8} {:>6} {:>6}  {:<10}  {}",
            of.commits,
            of.active_days,
            of.active_hours,
            day(&of.first),
            day(&of.last)
        ));
    };
    for phase in &history.phases {
        line(phase, format!("Phase {}: {}", phase.id, phase.title));
    }
    if with_waves {
        print("");
        for wave in &history.waves {
            line(wave, format!("{:>2} {}", wave.id, wave.title));
        }
    }
    print(
        "\nDays and hours are dates and hours of the clock in UTC with a commit to an output or a source in them:",
    );
    print("a lower bound, since work between commits leaves no trace.");
}

fn print_estimates(history: &History, with_waves: bool) {
    for phase in &history.phases {
        print(&format!("  {:.2} h  Phase {}: {}", phase.estimate_hours, phase.id, phase.title));
    }
    for wave in history.waves.iter().filter(|_| with_waves) {
        print(&format!("  {:.2} h  {:>2} {}", wave.estimate_hours, wave.id, wave.title));
    }
}

fn as_json(plan: &Plan, history: &History, has_history: bool) -> Value {
    let spent = |one: &Spent| {
        let of = &one.activity;
        json!({
            "id": one.id, "title": one.title, "estimate_hours": one.estimate_hours, "first": of.first,
            "last": of.last, "commits": of.commits, "active_days": of.active_days,
            "active_hours": of.active_hours,
        })
    };
    let decisions = plan.open_questions.iter().map(|question| {
        json!({"id": question.id, "options": question.options, "until_answered": question.until_answered})
    });
    json!({
        "has_history": has_history,
        "phases": history.phases.iter().map(spent).collect::<Vec<_>>(),
        "waves": history.waves.iter().map(spent).collect::<Vec<_>>(),
        "decisions": decisions.collect::<Vec<_>>(),
    })
}
