//! The estimate of each phase beside what the history of its files tells.
//!
//! A commit belongs to a wave when it touches its output or one of its sources, and to a phase when it
//! belongs to one of its waves. An active day is a date in UTC, and an active hour an hour of the clock in
//! UTC, with at least one such commit in it. Hours of thought leave no commit, so active hours are a lower
//! bound and no time sheet.

use std::collections::BTreeSet;

use super::plan::{Plan, Wave};

/// What `git` is asked: every commit with its date in UTC and the files it touched, the oldest first.
pub const GIT_ARGUMENTS: [&str; 8] = [
    "-c",
    "core.quotePath=false",
    "log",
    "--reverse",
    "--no-merges",
    "--name-only",
    "--date=format-local:%Y-%m-%dT%H:%M:%SZ",
    "--format=commit %ad",
];

/// What the history tells of some files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// The first commit, as date and time in UTC.
    pub first: Option<String>,
    /// The last one.
    pub last: Option<String>,
    /// The commits.
    pub commits: usize,
    /// Dates with a commit.
    pub active_days: usize,
    /// Hours of the clock with a commit.
    pub active_hours: usize,
}

/// A phase or a wave: the estimate and what was spent.
#[derive(Clone, Debug, PartialEq)]
pub struct Spent {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub title: String,
    /// The estimate in hours.
    pub estimate_hours: f64,
    /// What the history tells.
    pub activity: Activity,
}

/// All phases and waves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// The phases.
    pub phases: Vec<Spent>,
    /// The waves.
    pub waves: Vec<Spent>,
}

struct Commit<'a> {
    date: &'a str,
    files: Vec<&'a str>,
}

/// Reads what `git` printed for [`GIT_ARGUMENTS`] with times in UTC.
#[must_use]
pub fn history(plan: &Plan, log: &str) -> History {
    let commits = commits(log);
    let waves = plan.waves.iter().map(|wave| Spent {
        id: wave.id.value,
        title: wave.title.clone(),
        estimate_hours: f64::from(wave.minutes) / 60.0,
        activity: activity(&commits, &[wave]),
    });
    let phases = plan.phases.iter().map(|phase| {
        let waves: Vec<&Wave> = plan.waves_of(phase.id.value).collect();
        let (id, title) = (phase.id.value, phase.title.clone());
        Spent { id, title, estimate_hours: phase.hours, activity: activity(&commits, &waves) }
    });
    History { phases: phases.collect(), waves: waves.collect() }
}

fn commits(log: &str) -> Vec<Commit<'_>> {
    let mut commits: Vec<Commit<'_>> = Vec::new();
    for line in log.lines().filter(|line| !line.is_empty()) {
        match (line.strip_prefix("commit "), commits.last_mut()) {
            (Some(date), _) => commits.push(Commit { date, files: Vec::new() }),
            (None, Some(commit)) => commit.files.push(line),
            (None, None) => {}
        }
    }
    commits
}

fn activity(commits: &[Commit<'_>], waves: &[&Wave]) -> Activity {
    let parts: Vec<&str> = waves
        .iter()
        .flat_map(|wave| [&wave.output].into_iter().chain(&wave.sources))
        .map(String::as_str)
        .collect();
    let touches = |file: &str| parts.iter().any(|part| super::signed::is_part(file, part));
    let own: Vec<&str> = commits
        .iter()
        .filter(|commit| commit.files.iter().any(|file| touches(file)))
        .map(|commit| commit.date)
        .collect();
    // `2026-11-26T07:15:33Z`: the date, and the date with the hour.
    let distinct =
        |length: usize| own.iter().filter_map(|date| date.get(..length)).collect::<BTreeSet<_>>().len();
    Activity {
        first: own.iter().min().map(|date| (*date).to_owned()),
        last: own.iter().max().map(|date| (*date).to_owned()),
        commits: own.len(),
        active_days: distinct("2026-11-26".len()),
        active_hours: distinct("2026-11-26T07".len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_count_for_the_files_they_touch() {
        let plan: Plan = serde_saphyr::from_str(
            "phases: [{id: 1, title: One, hours: 2, gate: {question: q, criteria: []}}]\n\
             waves:\n\
             - {id: 1, phase: 1, title: A, output: paper/a.md, minutes: 30, after: [], criteria: []}\n\
             - {id: 2, phase: 1, title: B, output: build/b.md, sources: [src/b/], minutes: 45, after: [1], criteria: []}\n",
        )
        .unwrap();
        let log = "commit 2026-01-01T10:05:00Z\n\npaper/a.md\nother\n\ncommit 2026-01-01T10:55:00Z\n\nsrc/b/c.rs\n\
            \ncommit 2026-01-02T00:00:00Z\n\nother\n\ncommit 2026-01-03T09:00:00Z\n\npaper/a.md\nsrc/b/d.rs\n";
        let found = history(&plan, log);
        let numbers = |spent: &Spent| {
            let of = &spent.activity;
            (spent.estimate_hours, of.commits, of.active_days, of.active_hours)
        };
        assert_eq!(found.waves.iter().map(numbers).collect::<Vec<_>>(), [(0.5, 2, 2, 2), (0.75, 2, 2, 2)]);
        assert_eq!(numbers(&found.phases[0]), (2.0, 3, 2, 2));
        assert_eq!(found.phases[0].activity.first.as_deref(), Some("2026-01-01T10:05:00Z"));
        assert_eq!(found.waves[1].activity.last.as_deref(), Some("2026-01-03T09:00:00Z"));
        assert_eq!(history(&plan, "").phases[0].activity, Activity::default());
    }
}
