//! The calls that authors write between braces: what each prints, and what is wrong with one that cannot.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tera::{Error, Kwargs};

use super::number::Number;
use crate::diagnostic::{Diagnostic, Location};
use crate::facts::{Fact, Facts, Outcome, Value};
use crate::units::MOST_DIGITS;

/// The calls that print a number of a fact.
pub(super) const NUMBERS: [&str; 5] = ["fact", "published", "difference", "interval", "median"];
/// The call that prints a verdict.
pub(super) const CLAIM: &str = "claim";

/// What calls may name.
#[derive(Debug)]
pub(super) struct Known {
    /// The facts.
    pub facts: Arc<Facts>,
    /// The verdict of each claim.
    pub verdicts: BTreeMap<String, Outcome>,
}

/// A call as it is written, with its arguments in quotes.
pub(super) struct Call<'t> {
    function: &'t str,
    arguments: Vec<Argument<'t>>,
}

struct Argument<'t> {
    key: &'t str,
    value: &'t str,
    offset: usize,
}

/// A word of a call that cannot stand there, and where it begins in the tag.
pub(super) struct Wrong<'t> {
    pub word: &'t str,
    pub offset: usize,
    describe: Box<dyn FnOnce(Location) -> Diagnostic + 't>,
}

impl Wrong<'_> {
    /// The message, at its place.
    pub fn at(self, location: Location) -> Diagnostic {
        (self.describe)(location)
    }
}

/// The calls inside a tag.
pub(super) fn calls(tag: &str) -> Vec<Call<'_>> {
    let mut calls = Vec::new();
    for (open, _) in tag.match_indices('(') {
        let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let before = tag[..open].trim_end();
        let function = &before[before.trim_end_matches(name).len()..];
        if function == CLAIM || NUMBERS.contains(&function) {
            calls.push(Call { function, arguments: arguments(tag, open + 1) });
        }
    }
    calls
}

/// The arguments in quotes from `start` to the closing bracket.
fn arguments(tag: &str, start: usize) -> Vec<Argument<'_>> {
    let (mut found, mut at) = (Vec::new(), start);
    while let Some(offset) = tag[at..].find(|c: char| c == ')' || "\"'`".contains(c)) {
        let quote_at = at + offset;
        let Some(quote) = tag[quote_at..].chars().next().filter(|&c| c != ')') else { break };
        let key = tag[at..quote_at].trim_end().strip_suffix('=').map(str::trim_end);
        let value_at = quote_at + 1;
        let Some(length) = tag[value_at..].find(quote) else { break };
        if let Some(key) = key {
            let key = key.rsplit(|c: char| c == ',' || c.is_whitespace()).next().unwrap_or(key);
            found.push(Argument { key, value: &tag[value_at..value_at + length], offset: value_at });
        }
        at = value_at + length + 1;
    }
    found
}

impl<'t> Call<'t> {
    fn argument(&self, key: &str) -> Option<&Argument<'t>> {
        self.arguments.iter().find(|argument| argument.key == key)
    }

    /// What is wrong with the words of this call, if anything.
    pub fn wrong(&self, known: &'t Known) -> Option<Wrong<'t>> {
        if self.function == CLAIM { self.wrong_claim(known) } else { self.wrong_number(known) }
    }

    fn wrong_number(&self, known: &'t Known) -> Option<Wrong<'t>> {
        let Argument { value: name, offset, .. } = *self.argument("name")?;
        let wrong = |describe| Some(Wrong { word: name, offset, describe });
        let Some(fact) = known.facts.get(name) else {
            return wrong(Box::new(move |place| {
                known.facts.unknown(name, place, format!("no fact is named `{name}`"))
            }));
        };
        let lacks = match self.function {
            "published" if fact.published.is_none() => "published counterpart",
            "difference" if fact.difference().is_none() => "published counterpart",
            "interval" if fact.interval.is_none() => "interval, since no input of it is assumed",
            "median" if fact.median.is_none() => "median, since none was taken over its inputs",
            _ => return None,
        };
        wrong(Box::new(move |place| {
            Diagnostic::new(place, format!("the fact `{name}` has no {lacks}"))
                .remedy("write `fact` for the computed value")
        }))
    }

    fn wrong_claim(&self, known: &'t Known) -> Option<Wrong<'t>> {
        let Argument { value: id, offset, .. } = *self.argument("id")?;
        let Some(outcome) = known.verdicts.get(id) else {
            let describe = Box::new(move |place| {
                Diagnostic::new(place, format!("paper/claims.yaml has no claim `{id}`"))
                    .suggest(id, known.verdicts.keys().map(String::as_str))
            });
            return Some(Wrong { word: id, offset, describe });
        };
        let word = outcome.word();
        let said = self.argument("is").filter(|said| said.value != word)?;
        let (value, offset) = (said.value, said.offset);
        let describe = Box::new(move |place| {
            Diagnostic::new(
                place,
                format!("this sentence says that `{id}` is `{value}`; its verdict is `{word}`"),
            )
            .remedy(format!("make the sentence true, then write is=\"{word}\""))
        });
        Some(Wrong { word: value, offset, describe })
    }
}

/// What `fact`, `published`, `difference`, `interval` or `median` prints.
pub(super) fn number(
    function: &str,
    args: &Kwargs,
    known: &Known,
    reported: &BTreeSet<String>,
) -> Result<Number, Error> {
    only(args, &["name", "digits", "bare"])?;
    let name = args.must_get::<&str>("name")?.to_owned();
    let digits = args.get::<usize>("digits")?;
    let bare = args.get::<bool>("bare")?.unwrap_or(false);
    if digits.is_some_and(|digits| digits > MOST_DIGITS) {
        return Err(Error::message(format!("`digits` is the number of decimals, at most {MOST_DIGITS}")));
    }
    let Some(fact) = known.facts.get(&name) else {
        if reported.contains(&name) {
            return Ok(Number { fact: name, text: "?".into() });
        }
        return Err(Error::message(format!("no fact is named `{name}`")));
    };
    let text = printed(function, fact, digits, bare).unwrap_or_else(|| "?".into());
    Ok(Number { fact: name, text })
}

fn printed(function: &str, fact: &Fact, digits: Option<usize>, bare: bool) -> Option<String> {
    let value = |value| if bare { fact.unit.digits(value, digits) } else { fact.unit.display(value, digits) };
    match function {
        "published" => fact.published.as_ref().map(|result| result.display(fact.unit, digits, bare)),
        "difference" => fact.difference().map(|share| {
            let sign = if share < 0.0 { "−" } else { "+" };
            let digits = digits.unwrap_or(1);
            format!("{sign}{:.digits$}{}", 100.0 * share.abs(), if bare { "" } else { "\u{a0}%" })
        }),
        "interval" => fact.interval_text(digits, bare).map(|ends| ends.join("–")),
        "median" => fact.median_text(digits, bare),
        _ => match &fact.value {
            Value::Number(number) => Some(value(*number)),
            Value::Text(text) => Some(text.clone()),
        },
    }
}

/// What `claim` prints: the verdict, or the words that say it.
pub(super) fn claim(args: &Kwargs, known: &Known, reported: &BTreeSet<String>) -> Result<String, Error> {
    only(args, &["id", "is", "say"])?;
    let (id, is) = (args.must_get::<&str>("id")?, args.must_get::<&str>("is")?);
    let right = known.verdicts.get(id).is_some_and(|outcome| outcome.word() == is);
    if !right && ![id, is].iter().any(|&word| reported.contains(word)) {
        return Err(Error::message(format!("`{is}` is not the verdict of a claim `{id}`")));
    }
    Ok(args.get::<&str>("say")?.unwrap_or(is).to_owned())
}

fn only(args: &Kwargs, allowed: &[&str]) -> Result<(), Error> {
    match args.iter().map(|(key, _)| key.to_string()).find(|key| !allowed.contains(&key.as_str())) {
        Some(key) => {
            let (last, others) = (allowed[allowed.len() - 1], allowed[..allowed.len() - 1].join(", "));
            Err(Error::message(format!("unknown argument `{key}`: write {others} or {last}")))
        }
        None => Ok(()),
    }
}
