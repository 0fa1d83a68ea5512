//! `phext-paper sim explain`.

use std::path::Path;
use std::process::ExitCode;

use super::{Failure, Outcome, facts_and_model, print, print_json};
use crate::facts::{Facts, Origin, family};
use crate::model::{Model, Read};
use crate::pipeline::Needed;
use crate::study::{DataNeeded, Study};
use crate::units::Grade;

/// Prints where one fact comes from.
pub fn run(study: &'static Study, name: &str, root: &Path, json: bool) -> Outcome {
    let (facts, model) = facts_and_model(study, root, |_| Needed::of([name]))?;
    let fact = facts.get(name).ok_or_else(|| missing(name, &facts, &model))?;
    if json {
        return Ok(print_json(&serde_json::to_value(fact)?));
    }
    print(&format!("{name} = {}", fact.display(None)));
    if let (Some(value), Some(ends)) = (fact.number(), fact.interval_text(None, false)) {
        let at = if fact.grade == Grade::Measured { "" } else { ", at the stated inputs" };
        print(&format!("  exactly    {value}{at}"));
        if let Some(median) = fact.median_text(None, false) {
            print(&format!("  median     {median}, over the ranges of the assumed inputs"));
        }
        let holds = fact.interval_holds.as_deref().unwrap_or("5 to 95 %");
        print(&format!("  interval   {} ({holds})", ends.join(" to ")));
    }
    print(&format!("  grade      {}", fact.grade.word()));
    print(&format!("  formula    {}", fact.formula));
    print(&format!("  source     {}", fact.source));
    if let Some(Origin { file, item }) = &fact.origin {
        let line = study.code.line(file, item).map(|line| format!(":{line}")).unwrap_or_default();
        print(&format!("  code       {file}{line}, {item}"));
    }
    for input in &fact.inputs {
        let value = model.get(input).map(|input| {
            let range =
                input.range.map(|(low, high)| format!(", assumed {low} to {high}")).unwrap_or_default();
            format!("{} ({}{range})", input.unit.display(input.value, None), input.source)
        });
        print(&format!("  input      {input} = {}", value.unwrap_or_else(|| "another fact".to_owned())));
    }
    for read in &fact.rests_on {
        print(&format!("  rests on   {}", told(read, &model)));
    }
    for (input, correlation) in &fact.moved_by {
        print(&format!("  moved by   {input}, rank correlation {correlation:+.2}"));
    }
    if let Some(published) = &fact.published {
        print(&format!("  published  {} ({})", published.display(fact.unit, None, false), published.place));
    }
    Ok(ExitCode::SUCCESS)
}

/// Says what something is on which a fact rests.
fn told(read: &Read, model: &Model) -> String {
    match read {
        Read::Published(name) => {
            let result = model.published(name);
            let value =
                result.map(|result| format!(" = {} ({})", result.span.display(result.unit), result.source));
            format!("{read}{}", value.unwrap_or_default())
        }
        Read::Stored(id) => {
            let Some(stored) = model.study().stored(id) else { return read.to_string() };
            let data = DataNeeded::each(stored.data).map(|(kind, name)| format!("the data `{kind}/{name}`"));
            let behind: Vec<String> =
                stored.inputs.iter().map(|input| format!("`{input}`")).chain(data).collect();
            match behind.is_empty() {
                true => format!("{read}, computed from no input"),
                false => format!("{read}, computed from {}", behind.join(", ")),
            }
        }
        Read::Parameter(name) => {
            let chosen = model.chosen(name).map(|chosen| format!(" = {chosen}"));
            format!("{read}{}", chosen.unwrap_or_default())
        }
        Read::Input(_) | Read::Data(_) | Read::Source(_) => read.to_string(),
    }
}

/// Says that no fact has a name: that an input has it, what its experiment lacks, or the nearest of all names.
fn missing(name: &str, facts: &Facts, model: &Model) -> Failure {
    if model.get(name).is_some() {
        return Failure::Usage(format!("`{name}` is an input; `input.{name}` is the fact that says it"));
    }
    if let Some(absent) = facts.absent(name) {
        return Failure::Usage(absent.message(name));
    }
    if let Some(remedy) = facts.unlisted(name) {
        return Failure::Usage(format!("there is no fact `{name}`: {remedy}"));
    }
    let families = model.study().experiments.iter().flat_map(|experiment| experiment.families).copied();
    let names: Vec<&str> = if facts.names().any(|known| family(known) == family(name)) {
        facts.names().collect()
    } else {
        families.collect()
    };
    Failure::unknown("fact", name, names.into_iter(), "sim run")
}
